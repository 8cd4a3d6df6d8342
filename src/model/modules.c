// Layers and modules: see modules.h.
//
// 1. The decoder is found (decoder.h).
// 2. Every tensor gets its layer (-1 outside) and its canonical name.
// 3. Every weight of two dimensions, and every slice of a stack of experts, becomes a place (layer, kind).
// 4. Places are sorted, kinds are numbered in model order.
// 5. Every place gets its weight: shape, bytes, row order, orientation.
#include "model/modules.h"

#include "base/array.h"
#include "model/decoder.h"
#include "model/kind.h"
#include "model/names.h"

#include <stdlib.h>
#include <string.h>

static enum qs_status fail_memory(struct qs_error *err, size_t bytes)
{
    return qs_fail_memory(err, "the list of a model's modules", bytes);
}

static enum qs_status set_part(struct qs_tensor *tensor, struct qs_modules *modules, const char *kind,
                               const char *suffix, struct qs_error *err)
{
    struct qs_text part = {0};
    qs_text_add(&part, kind);
    qs_text_add(&part, suffix);
    char *chars = qs_text_take(&part);
    if (!chars) {
        return fail_memory(err, strlen(kind));
    }
    modules->parts[modules->part_count++] = chars;
    tensor->part = chars;
    return QS_OK;
}

// "mlp.experts.*.up_proj" with the expert's number in place of '*'.
static char *stacked_kind(const char *kind, uint64_t expert)
{
    struct qs_text text = {0};
    const char *star = strchr(kind, '*');
    qs_text_add_bytes(&text, kind, (size_t)(star - kind));
    qs_text_addf(&text, "%llu%s", (unsigned long long)expert, star + 1);
    return qs_text_take(&text);
}

static enum qs_status add_place(struct qs_modules *modules, size_t *capacity, uint32_t layer, size_t tensor,
                                uint64_t slice, const char *kind, struct qs_error *err)
{
    if (modules->count >= QS_MODULES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a model of more than %d modules is not supported", QS_MODULES_MAX);
    }
    if (!qs_array_reserve(&modules->places, capacity, modules->count + 1, sizeof *modules->places)) {
        return fail_memory(err, modules->count * sizeof *modules->places);
    }
    char *name = strchr(kind, '*') ? stacked_kind(kind, slice) : strdup(kind);
    if (!name) {
        return fail_memory(err, strlen(kind));
    }
    modules->places[modules->count++] =
        (struct qs_module_place){.layer = layer, .kind_name = name, .tensor = tensor, .slice = slice};
    return QS_OK;
}

// What was met while tensors were placed, for warnings.
struct oddities {
    uint64_t beyond;       // tensors of layers that the configuration does not have
    uint64_t scales;       // tensors that scale other tensors
    const char *uncut;     // a stack that cannot be cut
    const char *empty;     // the first weight without values
    uint64_t empties;      // and how many they are
};

static enum qs_status place_tensor(const struct qs_reading *reading, const struct qs_decoder *decoder, size_t index,
                                   struct qs_modules *modules, size_t *capacity, struct oddities *oddities,
                                   struct qs_error *err)
{
    struct qs_tensor *tensor = &reading->tensors[index];
    struct qs_layer_name name;
    struct qs_inside_name inside;
    tensor->layer = -1;
    if (!qs_decoder_has(decoder, tensor->name, &name)) {
        return set_part(tensor, modules, qs_name_outside(tensor->name), "", err);
    }
    if (reading->layers > 0 && name.layer >= reading->layers) {
        oddities->beyond++; // as the layers that predict further tokens, which DeepSeek counts on from the last
        return set_part(tensor, modules, tensor->name, "", err);
    }
    if (name.layer >= QS_LAYERS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: layer numbers beyond %d are not supported",
                       tensor->map->path, tensor->name, QS_LAYERS_MAX - 1);
    }
    uint32_t layer = (uint32_t)name.layer;
    if (!qs_name_inside(name.rest, decoder->post_norms, &inside)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %.64s...: the name is too long", tensor->map->path,
                       tensor->name);
    }
    tensor->layer = (int)layer;
    modules->layers = layer >= modules->layers ? layer + 1 : modules->layers;
    enum qs_status status = set_part(tensor, modules, inside.kind, inside.suffix, err);
    if (status != QS_OK) {
        return status;
    }
    bool stack = inside.role == QS_NAME_STACK;
    bool weight = inside.role == QS_NAME_WEIGHT;
    oddities->scales += inside.role == QS_NAME_SCALE;
    if (!((weight || stack) && tensor->ndim == 2) && !(stack && tensor->ndim == 3)) {
        return QS_OK;
    }
    if (tensor->values == 0) {
        oddities->empty = oddities->empty ? oddities->empty : tensor->name;
        oddities->empties++;
        return QS_OK;
    }
    uint64_t slices = tensor->ndim == 3 ? tensor->dims[0] : 1;
    if (tensor->bytes % slices != 0) {
        oddities->uncut = tensor->name;
        return QS_OK;
    }
    if (slices > QS_KINDS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: %llu experts, at most %d are supported", tensor->map->path,
                       tensor->name, (unsigned long long)slices, QS_KINDS_MAX);
    }
    for (uint64_t slice = 0; status == QS_OK && slice < slices; slice++) {
        status = add_place(modules, capacity, layer, index, slice, inside.kind, err);
    }
    return status;
}

static int compare_places(const void *a, const void *b)
{
    const struct qs_module_place *x = a;
    const struct qs_module_place *y = b;
    if (x->layer != y->layer) {
        return x->layer < y->layer ? -1 : 1;
    }
    int order = strcmp(x->kind_name, y->kind_name);
    if (order != 0) {
        return order;
    }
    return x->tensor < y->tensor ? -1 : x->tensor > y->tensor;
}

static bool same_place(const struct qs_module_place *x, const struct qs_module_place *y)
{
    return x->layer == y->layer && strcmp(x->kind_name, y->kind_name) == 0;
}

static void sort_places(struct qs_modules *modules)
{
    if (modules->count > 1) {
        qsort(modules->places, modules->count, sizeof *modules->places, compare_places);
    }
}

// Two tensors that the table of names takes for the same module: the second keeps its own name.
static enum qs_status part_twins(struct qs_reading *reading, const struct qs_decoder *decoder,
                                 struct qs_modules *modules, struct qs_error *err)
{
    sort_places(modules);
    bool twins = false;
    for (size_t i = 1; i < modules->count; i++) {
        struct qs_module_place *place = &modules->places[i];
        struct qs_layer_name name;
        struct qs_tensor *tensor = &reading->tensors[place->tensor];
        if (same_place(place - 1, place) && qs_decoder_has(decoder, tensor->name, &name)) {
            char *own = strdup(name.rest);
            if (!own) {
                return fail_memory(err, strlen(name.rest));
            }
            free(place->kind_name);
            place->kind_name = own;
            tensor->part = name.rest; // a part of the tensor's own name
            twins = true;
        }
    }
    if (!twins) {
        return QS_OK;
    }
    sort_places(modules);
    for (size_t i = 1; i < modules->count; i++) {
        const struct qs_module_place *place = &modules->places[i];
        if (same_place(place - 1, place)) {
            const struct qs_tensor *tensor = &reading->tensors[place->tensor];
            return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: is the same module as %s (%s of layer %u)",
                           tensor->map->path, tensor->name, reading->tensors[place[-1].tensor].name,
                           place->kind_name, place->layer);
        }
    }
    return QS_OK;
}

static void set_shape(const struct qs_reading *reading, const struct qs_decoder *decoder,
                      const struct qs_module_place *place, struct qs_weight *weight)
{
    const struct qs_tensor *tensor = &reading->tensors[place->tensor];
    const struct qs_dtype_traits *traits = qs_dtype_traits(tensor->dtype);
    bool stack = tensor->ndim == 3;
    struct qs_layer_name name;
    bool conv1d = decoder->conv1d && qs_decoder_has(decoder, tensor->name, &name) &&
                  (qs_has_own_name(name.rest, "c_attn") || qs_has_own_name(name.rest, "c_proj") ||
                   qs_has_own_name(name.rest, "c_fc"));
    uint64_t slice_bytes = tensor->bytes / (stack ? tensor->dims[0] : 1);
    *weight = (struct qs_weight){
        .tensor = tensor,
        .rows = tensor->dims[tensor->ndim - 2],
        .cols = tensor->dims[tensor->ndim - 1],
        .data = tensor->data + place->slice * slice_bytes,
        .transposed = (stack ? decoder->stacks_transposed : conv1d) && traits->block_values <= 1,
        .readable = tensor->dtype != QS_DTYPE_OTHER,
    };
    if (weight->transposed) {
        uint64_t rows = weight->rows;
        weight->rows = weight->cols;
        weight->cols = rows;
    }
    weight->row_bytes = slice_bytes / weight->rows;
}

// Gate and up in one matrix, as Phi-3's in GGUF and ChatGLM's: an "up" of twice the rows that down has columns, and no
// gate beside it. [begin, end) are one layer's modules.
static enum qs_status rename_fused(struct qs_reading *reading, struct qs_modules *modules, size_t begin, size_t end,
                                   struct qs_error *err)
{
    size_t up = end;
    size_t down = end;
    for (size_t i = begin; i < end; i++) {
        const char *kind = modules->places[i].kind_name;
        if (strcmp(kind, "mlp.gate_proj") == 0 || strcmp(kind, "mlp.gate_up_proj") == 0) {
            return QS_OK;
        }
        up = strcmp(kind, "mlp.up_proj") == 0 ? i : up;
        down = strcmp(kind, "mlp.down_proj") == 0 ? i : down;
    }
    if (up == end || down == end || modules->weights[up].rows % 2 != 0 ||
        modules->weights[up].rows / 2 != modules->weights[down].cols) {
        return QS_OK;
    }
    char *fused = strdup("mlp.gate_up_proj");
    if (!fused) {
        return fail_memory(err, sizeof "mlp.gate_up_proj");
    }
    free(modules->places[up].kind_name);
    modules->places[up].kind_name = fused;
    reading->tensors[modules->places[up].tensor].part = "mlp.gate_up_proj.weight";
    return QS_OK;
}

static int compare_kind_names(const void *a, const void *b)
{
    return qs_kind_compare(*(const char *const *)a, *(const char *const *)b);
}

// Numbers the kinds in model order. The names stay the places' own.
static enum qs_status number_kinds(struct qs_modules *modules, struct qs_error *err)
{
    const char **names = calloc(modules->count + 1, sizeof *names);
    if (!names) {
        return fail_memory(err, modules->count * sizeof *names);
    }
    modules->kind_names = names;
    for (size_t i = 0; i < modules->count; i++) {
        names[i] = modules->places[i].kind_name;
    }
    qsort(names, modules->count, sizeof *names, compare_kind_names);
    size_t kinds = 0;
    for (size_t i = 0; i < modules->count; i++) {
        if (kinds == 0 || strcmp(names[kinds - 1], names[i]) != 0) {
            names[kinds++] = names[i];
        }
    }
    if (kinds > QS_KINDS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a model of %zu module kinds: at most %d are supported", kinds,
                       QS_KINDS_MAX);
    }
    modules->kinds = (uint32_t)kinds;
    for (size_t i = 0; i < modules->count; i++) {
        struct qs_module_place *place = &modules->places[i];
        const char *const *at =
            bsearch(&(const char *){place->kind_name}, names, kinds, sizeof *names, compare_kind_names);
        place->kind = (uint32_t)(at - (const char *const *)names);
    }
    return QS_OK;
}

// Where the file has q and k rows interleaved, in how many heads.
static enum qs_status set_heads(const struct qs_reading *reading, const struct qs_module_place *place,
                                struct qs_weight *weight, struct qs_error *err)
{
    bool q = strcmp(place->kind_name, "self_attn.q_proj") == 0;
    bool k = strcmp(place->kind_name, "self_attn.k_proj") == 0;
    uint64_t heads = k && reading->kv_heads ? reading->kv_heads : reading->heads;
    if (!reading->permuted_qk || (!q && !k) || heads == 0) {
        return QS_OK;
    }
    if (heads > UINT32_MAX || weight->rows % heads != 0 || weight->rows / heads % 2 != 0) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: its %llu rows are no %llu heads of an even size",
                       weight->tensor->map->path, weight->tensor->name, (unsigned long long)weight->rows,
                       (unsigned long long)heads);
    }
    weight->heads = (uint32_t)heads;
    return QS_OK;
}

static enum qs_status make_weights(struct qs_reading *reading, const struct qs_decoder *decoder,
                                   struct qs_modules *modules, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    modules->weights = calloc(modules->count, sizeof *modules->weights);
    if (!modules->weights) {
        return fail_memory(err, modules->count * sizeof *modules->weights);
    }
    for (size_t i = 0; status == QS_OK && i < modules->count; i++) {
        set_shape(reading, decoder, &modules->places[i], &modules->weights[i]);
        status = set_heads(reading, &modules->places[i], &modules->weights[i], err);
    }
    for (size_t begin = 0, end = 0; status == QS_OK && begin < modules->count; begin = end) {
        while (end < modules->count && modules->places[end].layer == modules->places[begin].layer) {
            end++;
        }
        status = rename_fused(reading, modules, begin, end, err);
    }
    return status;
}

static void warn(struct qs_reading *reading, const char *path, const struct qs_modules *modules,
                 const struct oddities *oddities)
{
    struct qs_text *warnings = &reading->warnings;
    if (oddities->beyond > 0) {
        qs_text_addf(warnings, "%s: %llu tensors of layers beyond the configuration's %llu are kept apart\n", path,
                     (unsigned long long)oddities->beyond, (unsigned long long)reading->layers);
    }
    if (oddities->scales > 0) {
        qs_text_addf(warnings, "%s: %llu tensors of scales or zero points are not applied to the weights they "
                     "belong to\n", path, (unsigned long long)oddities->scales);
    }
    if (oddities->uncut) {
        qs_text_addf(warnings, "%s: tensor %s cannot be cut into experts and is left alone\n", path, oddities->uncut);
    }
    if (oddities->empty) {
        qs_text_addf(warnings, "%s: tensor %s has no values and is no module", path, oddities->empty);
        if (oddities->empties > 1) {
            qs_text_addf(warnings, ", and %llu more", (unsigned long long)oddities->empties - 1);
        }
        qs_text_add(warnings, "\n");
    }
    if (reading->permuted_qk && reading->heads == 0) {
        qs_text_addf(warnings, "%s: the number of heads is unknown: q and k rows stay in the file's order\n", path);
    }
    uint32_t absent = 0;
    uint32_t next = 0; // the first layer not yet met; places are sorted by layer
    uint32_t first_absent = 0;
    for (size_t i = 0; i <= modules->count; i++) {
        uint32_t layer = i < modules->count ? modules->places[i].layer : modules->layers;
        if (layer > next) {
            first_absent = absent == 0 ? next : first_absent;
            absent += layer - next;
        }
        next = layer >= next ? layer + 1 : next;
    }
    if (absent > 0) {
        qs_text_addf(warnings, "%s: %u of %u layers have no weights, the first is layer %u\n", path, absent,
                     modules->layers, first_absent);
    }
}

enum qs_status qs_modules_find(struct qs_reading *reading, const char *path, struct qs_modules *out,
                               struct qs_error *err)
{
    struct qs_decoder decoder = {0};
    struct qs_modules modules = {0};
    struct oddities oddities = {0};
    size_t capacity = 0;
    enum qs_status status = qs_decoder_find(reading, &decoder, err);
    if (status != QS_OK) {
        return status;
    }
    modules.parts = calloc(reading->tensor_count + 1, sizeof *modules.parts);
    if (!modules.parts) {
        status = fail_memory(err, reading->tensor_count * sizeof *modules.parts);
    }
    for (size_t i = 0; status == QS_OK && decoder.prefix && i < reading->tensor_count; i++) {
        status = place_tensor(reading, &decoder, i, &modules, &capacity, &oddities, err);
    }
    if (status == QS_OK && modules.count == 0) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: holds no weights of decoder layers (names such as "
                         "model.layers.0.self_attn.q_proj.weight or blk.0.attn_q.weight)", path);
    }
    if (status == QS_OK && reading->layers > modules.layers) {
        const char *field = strcmp(reading->format, "gguf") == 0 ? "block_count" : "config.json: num_hidden_layers";
        status = qs_fail(err, QS_BAD_INPUT, "%s: %s: says %llu layers, but the tensors end with layer %u", path, field,
                         (unsigned long long)reading->layers, modules.layers - 1);
    }
    if (status == QS_OK) {
        status = part_twins(reading, &decoder, &modules, err);
    }
    if (status == QS_OK) {
        status = make_weights(reading, &decoder, &modules, err);
    }
    if (status == QS_OK) {
        status = number_kinds(&modules, err);
    }
    if (status == QS_OK) {
        warn(reading, path, &modules, &oddities);
        *out = modules;
        modules = (struct qs_modules){0};
    }
    qs_modules_free(&modules);
    return status;
}

void qs_modules_free(struct qs_modules *modules)
{
    for (size_t i = 0; i < modules->count; i++) {
        free(modules->places[i].kind_name);
    }
    for (size_t i = 0; i < modules->part_count; i++) {
        free(modules->parts[i]);
    }
    free(modules->kind_names);
    free(modules->weights);
    free(modules->places);
    free(modules->parts);
    *modules = (struct qs_modules){0};
}
