// Opening a model of any format (qs_model_* of model.h).
//
// A reader gives the tensors (reader.h); modules.h finds layers and modules among them; what is left here is to tell
// the formats apart, to name the model, and to fill in its description.
#include "model/model.h"

#include "base/array.h"
#include "model/fingerprint.h"
#include "model/folder.h"
#include "model/modules.h"
#include "model/names.h"
#include "model/reader.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t no_module = UINT32_MAX;

struct qs_model {
    char *path;
    char *default_cache;
    struct qs_reading reading;  // tensors in name order
    struct qs_modules modules;
    struct qs_model_info info;
    uint32_t *index;            // [layers][kinds], into modules.weights, or no_module
};

static int compare_tensors(const void *a, const void *b)
{
    const struct qs_tensor *x = a;
    const struct qs_tensor *y = b;
    return qs_name_compare(x->name, y->name);
}

// What a file is, by its first bytes, where its name does not tell.
static enum qs_status read_unnamed(const char *path, struct qs_reading *out, struct qs_error *err)
{
    struct qs_map map;
    enum qs_status status = qs_map_open(path, &map, err);
    if (status != QS_OK) {
        return status;
    }
    static const uint8_t pickle[] = {0x80, 0x02};
    bool gguf = map.size >= 4 && memcmp(map.data, "GGUF", 4) == 0;
    bool zip = map.size >= 4 && memcmp(map.data, "PK\003\004", 4) == 0;
    bool hdf5 = map.size >= 4 && memcmp(map.data, "\x89HDF", 4) == 0;
    bool program = zip || (map.size >= 2 && memcmp(map.data, pickle, sizeof pickle) == 0) || qs_is_pickle_name(path);
    bool safetensors = map.size > 8 && map.data[8] == '{' && map.data[7] == 0;
    qs_map_close(&map);
    if (gguf) {
        return qs_gguf_read(path, out, err);
    }
    if (safetensors) {
        return qs_safetensors_read(path, out, err);
    }
    if (program) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is a PyTorch pickle, which is a program and is not read: convert it to "
                       "safetensors", path);
    }
    if (qs_has_suffix(path, ".json")) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: a model is opened by its directory, not by a JSON file in it; a plan is for `quantscope "
                       "compare` and `quantscope export`",
                       path);
    }
    return qs_fail(err, QS_BAD_INPUT, "%s: is %s, neither a safetensors nor a GGUF file", path,
                   hdf5 ? "an HDF5 file" : "no model");
}

static enum qs_status read_any(const char *path, struct qs_reading *out, struct qs_error *err)
{
    if (qs_path_is_directory(path) || qs_has_suffix(path, ".safetensors")) {
        return qs_safetensors_read(path, out, err);
    }
    if (qs_has_suffix(path, ".gguf")) {
        return qs_gguf_read(path, out, err);
    }
    return read_unnamed(path, out, err);
}

// The directory's own name, whatever the path to it looks like. Hugging Face's download cache keeps a model in
// models--ORGANIZATION--NAME/snapshots/COMMIT. NULL where memory ran out.
static char *name_of_folder(const char *folder)
{
    char *real = qs_path_real(folder);
    char *name = NULL;
    if (!real) {
        return NULL;
    }
    char *snapshots = strstr(real, "/snapshots/");
    if (snapshots && !strchr(snapshots + strlen("/snapshots/"), '/')) {
        *snapshots = '\0';
        const char *base = qs_path_base(real);
        const char *last = strstr(base, "--");
        for (const char *next; last && (next = strstr(last + 2, "--")) != NULL;) {
            last = next;
        }
        if (last && last[2] != '\0' && strncmp(base, "models--", 8) == 0) {
            name = strdup(last + 2);
        } else {
            *snapshots = '/';
        }
    }
    if (!name) {
        const char *base = qs_path_base(real);
        name = strdup(base[0] ? base : "model");
    }
    free(real);
    return name;
}

static char *name_of_path(const char *path)
{
    if (qs_path_is_directory(path)) {
        return name_of_folder(path);
    }
    const char *base = qs_path_base(path);
    if (strcmp(base, "model.safetensors") == 0) {
        char *folder = qs_path_folder(path);
        char *name = folder ? name_of_folder(folder) : NULL;
        free(folder);
        return name;
    }
    size_t length = strlen(base);
    static const char *const suffixes[] = {".safetensors", ".gguf"};
    for (size_t i = 0; i < QS_COUNT_OF(suffixes); i++) {
        if (length > strlen(suffixes[i]) && qs_has_suffix(base, suffixes[i])) {
            length -= strlen(suffixes[i]);
            break;
        }
    }
    return strndup(base, length);
}

// Replaces *to, an allocated string, by a copy of from.
static enum qs_status set_string(char **to, const char *what, const char *from, struct qs_error *err)
{
    if (strlen(from) >= QS_NAME_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "the model's %s is longer than %d bytes: %.64s...", what, QS_NAME_MAX - 1,
                       from);
    }
    char *copy = strdup(from);
    if (!copy) {
        return qs_fail_memory(err, what, strlen(from) + 1);
    }
    free(*to);
    *to = copy;
    return QS_OK;
}

static enum qs_status set_names(struct qs_model *model, struct qs_error *err)
{
    const struct qs_reading *reading = &model->reading;
    char *own = reading->name && reading->name[0] ? strdup(reading->name) : name_of_path(model->path);
    enum qs_status status =
        own ? set_string(&model->info.name, "name", own, err) : qs_fail_memory(err, "a model's name", 1);
    free(own);
    if (status == QS_OK) {
        const char *architecture = reading->architecture ? reading->architecture : "";
        status = set_string(&model->info.architecture, "architecture", architecture, err);
    }
    if (status == QS_OK) {
        status = set_string(&model->info.format, "format", reading->format, err);
    }
    model->default_cache = NULL;
    if (status == QS_OK && qs_path_is_directory(model->path)) {
        model->default_cache = qs_path_join(model->path, "quantscope.h5");
    } else if (status == QS_OK) {
        struct qs_text text = {0};
        qs_text_addf(&text, "%s.quantscope.h5", model->path);
        model->default_cache = qs_text_take(&text);
    }
    if (status == QS_OK && !model->default_cache) {
        status = qs_fail_memory(err, "a path", strlen(model->path));
    }
    return status;
}

// Parameters and bytes of the whole, checked before anything adds them up again.
static enum qs_status count_whole(const struct qs_reading *reading, const char *path, uint64_t *out_params,
                                  uint64_t *out_bytes, struct qs_error *err)
{
    uint64_t params = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < reading->tensor_count; i++) {
        if (!qs_add_u64(params, reading->tensors[i].values, &params) ||
            !qs_add_u64(bytes, reading->tensors[i].bytes, &bytes)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: the sum of all tensors overflows", path,
                           reading->tensors[i].name);
        }
    }
    *out_params = params;
    *out_bytes = bytes;
    return QS_OK;
}

static enum qs_status describe(struct qs_model *model, struct qs_error *err)
{
    const struct qs_modules *modules = &model->modules;
    struct qs_error why = {0};
    enum qs_status status =
        qs_model_info_init(&model->info, modules->layers, modules->kinds, modules->kind_names, &why);
    if (status != QS_OK) {
        return qs_fail(err, status, "%s: %s", model->path, why.text);
    }
    size_t cells = (size_t)modules->layers * modules->kinds;
    model->index = malloc(cells * sizeof *model->index);
    if (!model->index) {
        return qs_fail_memory(err, "a model's modules", cells * sizeof *model->index);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        model->index[cell] = no_module;
    }
    for (size_t i = 0; i < modules->count; i++) {
        const struct qs_weight *weight = &modules->weights[i];
        const struct qs_tensor *tensor = weight->tensor;
        size_t cell = (size_t)modules->places[i].layer * modules->kinds + modules->places[i].kind;
        struct qs_module_info *module = &model->info.modules[cell];
        model->index[cell] = (uint32_t)i;
        module->rows = weight->rows;
        module->cols = weight->cols;
        module->bytes = tensor->bytes / (tensor->ndim == 3 ? tensor->dims[0] : 1);
        memcpy(module->dtype, tensor->dtype_name, sizeof module->dtype);
        model->info.module_params += weight->rows * weight->cols; // at most the whole's, which fit
    }
    return QS_OK;
}

enum qs_status qs_model_open(const char *path, struct qs_model **out, struct qs_error *err)
{
    struct qs_model *model = calloc(1, sizeof *model);
    uint64_t params = 0;
    uint64_t bytes = 0;
    if (!model) {
        return qs_fail_memory(err, "a model", sizeof *model);
    }
    model->path = strdup(path);
    enum qs_status status = model->path ? QS_OK : qs_fail_memory(err, "a path", strlen(path) + 1);
    if (status == QS_OK) {
        status = read_any(path, &model->reading, err);
    }
    if (status == QS_OK && model->reading.tensor_count > 1) {
        qsort(model->reading.tensors, model->reading.tensor_count, sizeof *model->reading.tensors, compare_tensors);
    }
    if (status == QS_OK) {
        status = count_whole(&model->reading, path, &params, &bytes, err);
    }
    if (status == QS_OK) {
        status = qs_modules_find(&model->reading, path, &model->modules, err);
    }
    if (status == QS_OK) {
        status = describe(model, err);
    }
    if (status == QS_OK) {
        model->info.params = params;
        model->info.bytes = bytes;
        status = set_names(model, err);
    }
    if (status == QS_OK) {
        status = qs_fingerprint(&model->reading, model->info.fingerprint, err);
    }
    if (status == QS_OK && model->reading.warnings.failed) {
        status = qs_fail_memory(err, "a model's warnings", model->reading.warnings.length);
    }
    if (status == QS_OK) {
        *out = model;
        model = NULL;
    }
    qs_model_close(model);
    return status;
}

void qs_model_close(struct qs_model *model)
{
    if (!model) {
        return;
    }
    qs_modules_free(&model->modules);
    qs_reading_free(&model->reading);
    qs_model_info_free(&model->info);
    free(model->index);
    free(model->path);
    free(model->default_cache);
    free(model);
}

const struct qs_model_info *qs_model_info(const struct qs_model *model)
{
    return &model->info;
}

const char *qs_model_path(const struct qs_model *model)
{
    return model->path;
}

const char *qs_model_default_cache(const struct qs_model *model)
{
    return model->default_cache;
}

const struct qs_config *qs_model_config(const struct qs_model *model)
{
    return &model->reading.config;
}

size_t qs_model_tensor_count(const struct qs_model *model)
{
    return model->reading.tensor_count;
}

const struct qs_tensor *qs_model_tensor(const struct qs_model *model, size_t index)
{
    return &model->reading.tensors[index];
}

const struct qs_weight *qs_model_module(const struct qs_model *model, uint32_t layer, uint32_t kind)
{
    if (layer >= model->info.layers || kind >= model->info.kinds) {
        return NULL;
    }
    uint32_t index = model->index[(size_t)layer * model->info.kinds + kind];
    return index == no_module ? NULL : &model->modules.weights[index];
}

const char *qs_model_warnings(const struct qs_model *model)
{
    return qs_text_chars(&model->reading.warnings);
}
