// What was measured on data, in a cache: see scores.h.
#include "session/scores.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The group of a metric's arrays, but for quantizer and axis: what stands before the dataset's name, and behind it.
static const struct {
    const char *before;
    const char *behind;
} groups[QS_DATA_COUNT] = {
    [QS_DATA_PART] = {"sensitivity/", "/part/"},
    [QS_DATA_MODULE] = {"sensitivity/", "/module/"},
    [QS_DATA_LOSS] = {"loss/", "/"},
};

bool qs_dataset_is_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < QS_DATASET_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static const char *group_of(const struct qs_metric *metric, const char *dataset, enum qs_quantizer_kind quantizer,
                            uint32_t axis, char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "%s%.*s%s%s/axis%u", groups[metric->data].before, QS_DATASET_MAX - 1, dataset,
             groups[metric->data].behind, qs_quantizer_name(quantizer), axis);
    return out;
}

struct qs_rung_place qs_scores_place(const struct qs_metric *metric, const char *dataset,
                                     const struct qs_config *config, const char *name)
{
    char group[QS_ARRAY_PATH_MAX];
    if (!dataset[0]) {
        return (struct qs_rung_place){.element = UINT32_MAX};
    }
    return qs_shelf_place(group_of(metric, dataset, config->quantizer, config->axis, group), name, config->rung);
}

// The dataset of an array of this metric's values; false where it is another's array.
static bool dataset_of(const struct qs_metric *metric, const char *path, char out[static QS_DATASET_MAX])
{
    const char *before = groups[metric->data].before;
    const char *behind = groups[metric->data].behind;
    if (strncmp(path, before, strlen(before)) != 0) {
        return false;
    }
    const char *name = path + strlen(before);
    size_t length = strcspn(name, "/");
    const char *last = strrchr(path, '/');
    if (length == 0 || length >= QS_DATASET_MAX || strncmp(name + length, behind, strlen(behind)) != 0 ||
        (strcmp(last, "/value") != 0 && strcmp(last, "/extra_value") != 0)) {
        return false;
    }
    memcpy(out, name, length);
    out[length] = '\0';
    return qs_dataset_is_name(out);
}

static bool has_values(const struct qs_cache *cache, const struct qs_array *array)
{
    const struct qs_model_info *info = qs_cache_model(cache);
    for (uint32_t layer = 0; array->f64 && layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const double *cell = qs_array_f64(cache, array, layer, kind);
            for (uint32_t i = 0; i < array->spec.width; i++) {
                if (!isnan(cell[i])) {
                    return true;
                }
            }
        }
    }
    return false;
}

bool qs_scores_dataset(const struct qs_cache *cache, const struct qs_metric *metric, char out[static QS_DATASET_MAX])
{
    char best[QS_DATASET_MAX] = "";
    for (size_t i = 0; i < qs_cache_array_count(cache); i++) {
        const struct qs_array *array = qs_cache_array_at(cache, i);
        char name[QS_DATASET_MAX];
        if (dataset_of(metric, array->spec.path, name) && (!best[0] || strcmp(name, best) < 0) &&
            has_values(cache, array)) {
            memcpy(best, name, sizeof best);
        }
    }
    if (best[0]) {
        memcpy(out, best, sizeof best);
    }
    return best[0] != '\0';
}

enum qs_status qs_scores_declare(struct qs_cache *cache, const struct qs_metric *metric, const char *dataset,
                                 enum qs_quantizer_kind quantizer, uint32_t axis, const struct qs_ladder *ladder,
                                 struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    struct qs_array_spec spec = {.type = QS_ARRAY_F64};
    enum qs_status status = QS_OK;
    snprintf(spec.units, sizeof spec.units, "%s", metric->units);
    snprintf(spec.about, sizeof spec.about, "%s", metric->about);
    group_of(metric, dataset, quantizer, axis, group);
    for (size_t i = 0; status == QS_OK && i < QS_SHELVES; i++) {
        if (qs_shelf_has_any(&qs_shelves[i], ladder)) {
            status = qs_shelf_declare(cache, &qs_shelves[i], group, metric->path, &spec, err);
        }
    }
    return status;
}

enum qs_status qs_scores_put(struct qs_cache *cache, const struct qs_metric *metric, const char *dataset,
                             enum qs_quantizer_kind quantizer, uint32_t axis, uint32_t layer, uint32_t kind,
                             const struct qs_ladder *ladder, const double *values, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    group_of(metric, dataset, quantizer, axis, group);
    return qs_shelf_put_f64(cache, group, metric->path, layer, kind, ladder, values, err);
}
