// What plans are made of: see source.h.
#include "plan/source.h"

#include <math.h>
#include <strings.h>

const struct qs_source_curves *qs_source_find(const struct qs_source *source, const char *name)
{
    for (size_t i = 0; i < source->curve_count; i++) {
        if (strcasecmp(source->curves[i].name, name) == 0) {
            return &source->curves[i];
        }
    }
    return NULL;
}

const double *qs_source_values(const struct qs_source *source, enum qs_objective objective)
{
    switch (objective) {
    case QS_OBJECTIVE_FNORM:
        return source->fnorm;
    case QS_OBJECTIVE_SENSITIVITY:
        return source->sensitivity;
    case QS_OBJECTIVE_LOSS:
        return source->loss;
    case QS_OBJECTIVE_BEST:
    case QS_OBJECTIVE_COUNT:
        break;
    }
    return NULL;
}

enum qs_objective qs_source_best(const struct qs_source *source)
{
    static const enum qs_objective order[] = {QS_OBJECTIVE_LOSS, QS_OBJECTIVE_SENSITIVITY, QS_OBJECTIVE_FNORM};
    for (size_t i = 0; i < QS_COUNT_OF(order); i++) {
        const double *values = qs_source_values(source, order[i]);
        if (values && qs_source_covers(source, values, NULL, NULL)) {
            return order[i];
        }
    }
    return QS_OBJECTIVE_COUNT;
}

static bool has_value(const struct qs_source *source, const double *values, uint32_t layer, uint32_t kind)
{
    size_t cell = (size_t)layer * source->model->kinds + kind;
    for (size_t rung = 0; rung < source->ladder.count; rung++) {
        if (qs_source_takes(source, layer, kind, rung) && isfinite(values[cell * source->ladder.count + rung])) {
            return true;
        }
    }
    return false;
}

bool qs_source_covers(const struct qs_source *source, const double *values, uint32_t *out_layer, uint32_t *out_kind)
{
    for (uint32_t layer = 0; layer < source->model->layers; layer++) {
        for (uint32_t kind = 0; kind < source->model->kinds; kind++) {
            if (qs_module_params(source->model, layer, kind) > 0 && !has_value(source, values, layer, kind)) {
                if (out_layer && out_kind) {
                    *out_layer = layer;
                    *out_kind = kind;
                }
                return false;
            }
        }
    }
    return true;
}

bool qs_source_takes(const struct qs_source *source, uint32_t layer, uint32_t kind, size_t rung)
{
    return qs_module_params(source->model, layer, kind) % source->ladder.rungs[rung].group_size == 0;
}

size_t qs_source_rungs(const struct qs_source *source, uint32_t layer, uint32_t kind, uint8_t out[static QS_LADDER_MAX])
{
    size_t count = 0;
    for (size_t rung = 0; rung < source->ladder.count; rung++) {
        if (qs_source_takes(source, layer, kind, rung)) {
            out[count++] = (uint8_t)rung;
        }
    }
    return count;
}
