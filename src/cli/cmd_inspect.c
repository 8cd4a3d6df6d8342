// The command `inspect`: what a model holds, without reading its weights.
#include "cli/commands.h"

#include "base/array.h"
#include "base/number.h"
#include "cli/console.h"
#include "cli/table.h"
#include "cli/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Which module, if any, a tensor holds: modules sorted by tensor. A tensor of several (stacked experts) has several.
struct owner {
    const struct qs_tensor *tensor;
    const struct qs_weight *weight;
    uint32_t layer;
    uint32_t kind;
};

struct inspection {
    const struct qs_model *model;
    const struct qs_model_info *info;
    struct owner *owners; // [owner_count]
    size_t owner_count;
};

static int compare_owners(const void *a, const void *b)
{
    const struct owner *x = a;
    const struct owner *y = b;
    if (x->tensor != y->tensor) {
        return (uintptr_t)x->tensor < (uintptr_t)y->tensor ? -1 : 1;
    }
    return x->kind < y->kind ? -1 : x->kind > y->kind;
}

static enum qs_status find_owners(struct inspection *inspection, struct qs_error *err)
{
    const struct qs_model_info *info = inspection->info;
    size_t most = (size_t)qs_model_info_module_count(info);
    inspection->owners = calloc(most + 1, sizeof *inspection->owners);
    if (!inspection->owners) {
        return qs_fail_memory(err, "modules", most * sizeof *inspection->owners);
    }
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const struct qs_weight *weight = qs_model_module(inspection->model, layer, kind);
            if (weight && inspection->owner_count < most) {
                inspection->owners[inspection->owner_count++] = (struct owner){weight->tensor, weight, layer, kind};
            }
        }
    }
    qsort(inspection->owners, inspection->owner_count, sizeof *inspection->owners, compare_owners);
    return QS_OK;
}

// The first owner of a tensor; *out_count of them stand one after the other.
static const struct owner *owners_of(const struct inspection *inspection, const struct qs_tensor *tensor,
                                     size_t *out_count)
{
    size_t low = 0;
    size_t high = inspection->owner_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)inspection->owners[middle].tensor < (uintptr_t)tensor) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t count = 0;
    while (low + count < inspection->owner_count && inspection->owners[low + count].tensor == tensor) {
        count++;
    }
    *out_count = count;
    return inspection->owners + low;
}

static const struct qs_column tensor_columns[] = {
    {"name", false}, {"layer", true}, {"module", false}, {"dtype", false},
    {"rows", true},  {"cols", true},  {"params", true},  {"bytes", true},
};

// rows and cols of a tensor that is no module: its last dimension, and the product of the others.
static void add_tensor(struct qs_table *table, const struct qs_tensor *tensor)
{
    uint64_t cols = tensor->ndim ? tensor->dims[tensor->ndim - 1] : 1;
    qs_table_text(table, tensor->name);
    if (tensor->layer >= 0) {
        qs_table_count(table, (uint64_t)tensor->layer);
    } else {
        qs_table_none(table);
    }
    qs_table_none(table);
    qs_table_text(table, tensor->dtype_name);
    qs_table_count(table, cols ? tensor->values / cols : 0);
    qs_table_count(table, cols);
    qs_table_count(table, tensor->values);
    qs_table_count(table, tensor->bytes);
}

static void add_module(struct qs_table *table, const struct owner *owner, const char *kind_name)
{
    const struct qs_weight *weight = owner->weight;
    qs_table_text(table, weight->tensor->name);
    qs_table_count(table, owner->layer);
    qs_table_text(table, kind_name);
    qs_table_text(table, weight->tensor->dtype_name);
    qs_table_count(table, weight->rows);
    qs_table_count(table, weight->cols);
    qs_table_count(table, weight->rows * weight->cols);
    qs_table_count(table, weight->readable ? weight->rows * weight->row_bytes : weight->tensor->bytes);
}

static enum qs_status print_tensors(const struct inspection *inspection, enum qs_format format, struct qs_error *err)
{
    struct qs_table table;
    qs_table_begin(&table, format, tensor_columns, QS_COUNT_OF(tensor_columns));
    for (size_t i = 0; i < qs_model_tensor_count(inspection->model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(inspection->model, i);
        size_t count;
        const struct owner *owners = owners_of(inspection, tensor, &count);
        for (size_t j = 0; j < count; j++) {
            add_module(&table, &owners[j], inspection->info->kind_names[owners[j].kind]);
        }
        if (count == 0) {
            add_tensor(&table, tensor);
        }
    }
    return qs_table_end(&table, err);
}

// A sum over some tensors.
struct total {
    const char *name; // borrowed
    uint64_t tensors;
    uint64_t values;
    uint64_t bytes;
};

static void add_total(struct total *total, const struct qs_tensor *tensor)
{
    total->tensors++;
    total->values += tensor->values; // below 2^64: each is backed by the bytes of a file
    total->bytes += tensor->bytes;
}

static enum qs_status print_totals(const char *head, const struct total *totals, size_t count, struct qs_error *err)
{
    struct qs_column columns[] = {{head, false}, {"tensors", true}, {"params", true}, {"bytes", true}, {"", true}};
    struct qs_table table;
    qs_table_begin(&table, QS_FORMAT_TEXT, columns, QS_COUNT_OF(columns));
    for (size_t i = 0; i < count; i++) {
        char bytes[QS_NUMBER_MAX];
        if (totals[i].tensors) {
            qs_table_text(&table, totals[i].name);
            qs_table_count(&table, totals[i].tensors);
            qs_table_count(&table, totals[i].values);
            qs_table_count(&table, totals[i].bytes);
            qs_table_text(&table, qs_format_bytes(totals[i].bytes, bytes));
        }
    }
    return qs_table_end(&table, err);
}

static int compare_totals(const void *a, const void *b)
{
    const struct total *x = a;
    const struct total *y = b;
    return x->bytes > y->bytes ? -1 : x->bytes < y->bytes ? 1 : strcmp(x->name, y->name);
}

static enum qs_status print_dtypes(const struct qs_model *model, struct qs_error *err)
{
    struct total *totals = NULL;
    size_t count = 0;
    size_t capacity = 0;
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < qs_model_tensor_count(model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(model, i);
        size_t at = 0;
        while (at < count && strcmp(totals[at].name, tensor->dtype_name) != 0) {
            at++;
        }
        if (at == count) {
            if (!qs_array_reserve(&totals, &capacity, count + 1, sizeof *totals)) {
                status = qs_fail_memory(err, "dtypes", (count + 1) * sizeof *totals);
                goto out;
            }
            totals[count++] = (struct total){.name = tensor->dtype_name};
        }
        add_total(&totals[at], tensor);
    }
    if (count) {
        qsort(totals, count, sizeof *totals, compare_totals);
    }
    status = print_totals("dtype", totals, count, err);
out:
    free(totals);
    return status;
}

enum part { PART_MODULES, PART_EMBEDDINGS, PART_HEAD, PART_NORMS, PART_BIASES, PART_OTHER, PART_COUNT };

// By the canonical name: "model.embed_tokens.weight", "input_layernorm.weight", "lm_head.weight".
static enum part part_of(const struct inspection *inspection, const struct qs_tensor *tensor)
{
    size_t modules;
    owners_of(inspection, tensor, &modules);
    const char *name = tensor->part;
    return modules                                   ? PART_MODULES
           : qs_has_suffix(name, ".bias")            ? PART_BIASES
           : strstr(name, "norm") || strstr(name, "ln_") ? PART_NORMS
           : strstr(name, "embed") || strstr(name, "wte") || strstr(name, "wpe") ? PART_EMBEDDINGS
           : strstr(name, "lm_head")                 ? PART_HEAD
                                                     : PART_OTHER;
}

static enum qs_status print_parts(const struct inspection *inspection, struct qs_error *err)
{
    struct total totals[PART_COUNT] = {
        [PART_MODULES] = {.name = "modules of the layers"}, [PART_EMBEDDINGS] = {.name = "embeddings"},
        [PART_HEAD] = {.name = "output head"},              [PART_NORMS] = {.name = "norms"},
        [PART_BIASES] = {.name = "biases"},                 [PART_OTHER] = {.name = "other"},
    };
    for (size_t i = 0; i < qs_model_tensor_count(inspection->model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(inspection->model, i);
        add_total(&totals[part_of(inspection, tensor)], tensor);
    }
    enum qs_status status = print_totals("part", totals, PART_COUNT, err);
    if (totals[PART_HEAD].tensors == 0 && totals[PART_EMBEDDINGS].tensors > 0) {
        puts("no output head of its own: the embeddings serve");
    }
    return status;
}

// One row per kind and shape and dtype: a kind whose layers differ has several.
static enum qs_status print_kinds(const struct qs_model_info *info, struct qs_error *err)
{
    static const struct qs_column columns[] = {
        {"module", false}, {"layers", true}, {"rows", true}, {"cols", true}, {"dtype", false}, {"params", true},
        {"bytes", true},
    };
    struct qs_table table;
    bool *told = calloc((size_t)info->layers + 1, sizeof *told);
    if (!told) {
        return qs_fail_memory(err, "layers", info->layers);
    }
    qs_table_begin(&table, QS_FORMAT_TEXT, columns, QS_COUNT_OF(columns));
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        memset(told, 0, info->layers * sizeof *told);
        for (uint32_t layer = 0; layer < info->layers; layer++) {
            const struct qs_module_info *module = qs_model_info_module(info, layer, kind);
            if (told[layer] || module->rows == 0) {
                continue;
            }
            uint64_t layers = 0;
            uint64_t bytes = 0;
            for (uint32_t other = layer; other < info->layers; other++) {
                const struct qs_module_info *twin = qs_model_info_module(info, other, kind);
                if (twin->rows == module->rows && twin->cols == module->cols &&
                    strcmp(twin->dtype, module->dtype) == 0) {
                    told[other] = true;
                    layers++;
                    bytes += twin->bytes;
                }
            }
            qs_table_text(&table, info->kind_names[kind]);
            qs_table_count(&table, layers);
            qs_table_count(&table, module->rows);
            qs_table_count(&table, module->cols);
            qs_table_text(&table, module->dtype);
            qs_table_count(&table, layers * module->rows * module->cols);
            qs_table_count(&table, bytes);
        }
    }
    free(told);
    return qs_table_end(&table, err);
}

static void print_field(const char *name, const char *value)
{
    printf("%-13s ", name);
    qs_console_print(stdout, value);
    puts("");
}

static void print_head(const struct inspection *inspection)
{
    const struct qs_model_info *info = inspection->info;
    const char *cache = qs_model_default_cache(inspection->model);
    char params[QS_NUMBER_MAX];
    char inside[QS_NUMBER_MAX];
    char outside[QS_NUMBER_MAX];
    char bytes[QS_NUMBER_MAX];
    print_field("model", info->name);
    print_field("path", qs_model_path(inspection->model));
    print_field("architecture", info->architecture[0] ? info->architecture : "unknown");
    print_field("format", info->format);
    printf("%-13s %u\n", "layers", info->layers);
    printf("%-13s %llu of %u kinds\n", "modules", (unsigned long long)qs_model_info_module_count(info), info->kinds);
    printf("%-13s %s: %s in modules, %s outside\n", "parameters", qs_format_count(info->params, params),
           qs_format_count(info->module_params, inside),
           qs_format_count(info->params - info->module_params, outside));
    printf("%-13s %s in %zu tensors\n", "size", qs_format_bytes(info->bytes, bytes),
           qs_model_tensor_count(inspection->model));
    print_field("fingerprint", info->fingerprint[0] ? info->fingerprint : "unknown");
    printf("%-13s ", "cache");
    qs_console_print(stdout, cache);
    puts(qs_path_exists(cache) ? "" : " (not there yet)");
}

static enum qs_status print_summary(const struct inspection *inspection, struct qs_error *err)
{
    print_head(inspection);
    puts("");
    enum qs_status status = print_kinds(inspection->info, err);
    if (status == QS_OK) {
        puts("");
        status = print_parts(inspection, err);
    }
    if (status == QS_OK) {
        puts("");
        status = print_dtypes(inspection->model, err);
    }
    return status;
}

enum qs_status qs_cmd_inspect(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_work work = {0};
    struct qs_model *model = NULL;
    struct inspection inspection = {0};
    enum qs_status status = qs_work_find(arguments, &work, err);
    if (status == QS_OK) {
        status = qs_model_open(work.path, &model, err);
    }
    if (status != QS_OK) {
        goto out;
    }
    qs_console_warn(qs_model_warnings(model));
    inspection.model = model;
    inspection.info = qs_model_info(model);
    status = find_owners(&inspection, err);
    if (status != QS_OK) {
        goto out;
    }
    if (arguments->format != QS_FORMAT_TEXT || arguments->tensors) {
        status = print_tensors(&inspection, (enum qs_format)arguments->format, err);
    } else {
        status = print_summary(&inspection, err);
    }
out:
    free(inspection.owners);
    qs_model_close(model);
    qs_work_close(&work);
    return status;
}
