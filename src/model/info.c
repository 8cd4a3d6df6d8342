// A model's description: see info.h.
#include "model/info.h"

#include "base/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static char *copy_string(const char *string)
{
    return strdup(string ? string : "");
}

enum qs_status qs_model_info_init(struct qs_model_info *info, uint32_t layers, uint32_t kinds,
                                  const char *const *kind_names, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    struct qs_model_info made = {.layers = layers};
    if (layers > QS_LAYERS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a model of %u layers: at most %d are supported", layers, QS_LAYERS_MAX);
    }
    if (kinds > QS_KINDS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a model of %u module kinds: at most %d are supported", kinds, QS_KINDS_MAX);
    }
    size_t cells = (size_t)layers * kinds; // at most 2^32
    if (cells > QS_MODULES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a model of %u layers and %u module kinds: at most %d modules are supported",
                       layers, kinds, QS_MODULES_MAX);
    }
    made.name = copy_string("");
    made.architecture = copy_string("");
    made.format = copy_string("");
    made.kind_names = calloc(kinds ? kinds : 1, sizeof *made.kind_names);
    made.modules = calloc(cells ? cells : 1, sizeof *made.modules);
    if (!made.name || !made.architecture || !made.format || !made.kind_names || !made.modules) {
        status = qs_fail_memory(err, "a model's description", cells * sizeof *made.modules);
        goto out;
    }
    for (; made.kinds < kinds; made.kinds++) {
        const char *name = kind_names[made.kinds];
        if (strlen(name) >= QS_NAME_MAX) {
            status = qs_fail(err, QS_BAD_INPUT, "module kind %.64s...: the name is longer than %d bytes", name,
                             QS_NAME_MAX - 1);
            goto out;
        }
        made.kind_names[made.kinds] = copy_string(name);
        if (!made.kind_names[made.kinds]) {
            status = qs_fail_memory(err, "a module kind", strlen(name) + 1);
            goto out;
        }
    }
    *info = made;
    made = (struct qs_model_info){0};
out:
    qs_model_info_free(&made);
    return status;
}

enum qs_status qs_model_info_copy(struct qs_model_info *to, const struct qs_model_info *from, struct qs_error *err)
{
    struct qs_model_info made = {0};
    enum qs_status status =
        qs_model_info_init(&made, from->layers, from->kinds, (const char *const *)from->kind_names, err);
    if (status != QS_OK) {
        return status;
    }
    free(made.name);
    free(made.architecture);
    free(made.format);
    made.name = copy_string(from->name);
    made.architecture = copy_string(from->architecture);
    made.format = copy_string(from->format);
    if (!made.name || !made.architecture || !made.format) {
        qs_model_info_free(&made);
        return qs_fail_memory(err, "a model's description", sizeof made);
    }
    memcpy(made.fingerprint, from->fingerprint, sizeof made.fingerprint);
    memcpy(made.modules, from->modules, (size_t)from->layers * from->kinds * sizeof *made.modules);
    made.params = from->params;
    made.module_params = from->module_params;
    made.bytes = from->bytes;
    *to = made;
    return QS_OK;
}

void qs_model_info_free(struct qs_model_info *info)
{
    if (!info) {
        return;
    }
    free(info->name);
    free(info->architecture);
    free(info->format);
    for (uint32_t kind = 0; info->kind_names && kind < info->kinds; kind++) {
        free(info->kind_names[kind]);
    }
    free(info->kind_names);
    free(info->modules);
    *info = (struct qs_model_info){0};
}

const struct qs_module_info *qs_model_info_module(const struct qs_model_info *info, uint32_t layer, uint32_t kind)
{
    return &info->modules[(size_t)layer * info->kinds + kind];
}

bool qs_model_info_counts_only(const struct qs_model_info *info)
{
    return !info->format[0];
}

static bool same_count(const struct qs_module_info *a, const struct qs_module_info *b)
{
    uint64_t counts[2] = {0, 0};
    bool fit = qs_mul_u64(a->rows, a->cols, &counts[0]) && qs_mul_u64(b->rows, b->cols, &counts[1]);
    return fit && counts[0] == counts[1];
}

size_t qs_model_info_difference(const struct qs_model_info *a, const struct qs_model_info *b)
{
    bool counts = qs_model_info_counts_only(a) || qs_model_info_counts_only(b);
    size_t cells = (size_t)a->layers * a->kinds;
    size_t cell = 0;
    while (cell < cells) {
        const struct qs_module_info *x = &a->modules[cell];
        const struct qs_module_info *y = &b->modules[cell];
        if (!(x->rows == y->rows && x->cols == y->cols) && !(counts && same_count(x, y))) {
            break;
        }
        cell++;
    }
    return cell;
}

const char *qs_module_info_text(const struct qs_module_info *module, bool counts, char out[static QS_MODULE_TEXT_MAX])
{
    if (counts) {
        snprintf(out, QS_MODULE_TEXT_MAX, "%llu weights", (unsigned long long)(module->rows * module->cols));
    } else {
        snprintf(out, QS_MODULE_TEXT_MAX, "%llu x %llu", (unsigned long long)module->rows,
                 (unsigned long long)module->cols);
    }
    return out;
}

uint64_t qs_model_info_module_count(const struct qs_model_info *info)
{
    uint64_t count = 0;
    size_t cells = (size_t)info->layers * info->kinds;
    for (size_t cell = 0; cell < cells; cell++) {
        count += info->modules[cell].rows > 0;
    }
    return count;
}

int qs_model_info_kind(const struct qs_model_info *info, const char *name)
{
    int found = -1;
    size_t length = strlen(name);
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        const char *full = info->kind_names[kind];
        size_t full_length = strlen(full);
        if (strcasecmp(full, name) == 0) {
            return (int)kind;
        }
        if (length > 0 && full_length > length && full[full_length - length - 1] == '.' &&
            strcasecmp(full + full_length - length, name) == 0) {
            found = found == -1 ? (int)kind : -2;
        }
    }
    return found;
}

const char *qs_model_info_short_name(const struct qs_model_info *info, uint32_t kind)
{
    const char *name = info->kind_names[kind];
    const char *dot = strrchr(name, '.');
    return dot && qs_model_info_kind(info, dot + 1) == (int)kind ? dot + 1 : name;
}
