// What the caches of a session hold, read over each other: see session.h.
#include "session/state.h"

#include "session/weights.h"

#include <math.h>
#include <stdlib.h>

const struct qs_cache *qs_session_cell(const struct qs_session *session, const char *path, uint32_t layer,
                                       uint32_t kind, uint32_t element, const struct qs_array **out_array)
{
    for (size_t i = 0; i < session->cache_count; i++) {
        const struct qs_cache *cache = session->caches[i];
        const struct qs_array *array = cache ? qs_cache_array(cache, path) : NULL;
        if (!array || element >= array->spec.width) {
            continue;
        }
        const double *f64 = qs_array_f64(cache, array, layer, kind);
        const uint64_t *u64 = qs_array_u64(cache, array, layer, kind);
        if ((f64 && !isnan(f64[element])) || (u64 && u64[element] != QS_ABSENT_U64)) {
            *out_array = array;
            return cache;
        }
    }
    return NULL;
}

bool qs_session_has_metric(const struct qs_session *session, const struct qs_metric *metric)
{
    const struct qs_array *array;
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        for (uint32_t kind = 0; kind < session->info->kinds; kind++) {
            if (qs_session_cell(session, metric->path, layer, kind, metric->element, &array)) {
                return true;
            }
        }
    }
    return false;
}

double qs_session_value(const struct qs_session *session, const struct qs_metric *metric, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array;
    const struct qs_cache *cache = qs_session_cell(session, metric->path, layer, kind, metric->element, &array);
    if (!cache) {
        return NAN;
    }
    const double *f64 = qs_array_f64(cache, array, layer, kind);
    return f64 ? f64[metric->element] : (double)qs_array_u64(cache, array, layer, kind)[metric->element];
}

bool qs_session_scanned(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array;
    return qs_session_cell(session, QS_WEIGHTS_DONE, layer, kind, 0, &array) != NULL;
}

const uint64_t *qs_session_histogram(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array;
    const struct qs_cache *cache =
        qs_session_cell(session, QS_WEIGHTS_HISTOGRAM, layer, kind, QS_STATS_BINS - 1, &array);
    // Another number of bins, as a stranger's file may have, is not this histogram.
    return cache && array->spec.width == QS_STATS_BINS ? qs_array_u64(cache, array, layer, kind) : NULL;
}

void qs_session_curve(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind, double *out)
{
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        out[layer] = qs_session_value(session, metric, layer, kind);
    }
}

const struct qs_detect_params *qs_session_detect_params(const struct qs_session *session)
{
    return &session->detect;
}

enum qs_status qs_session_set_detect_params(struct qs_session *session, const struct qs_detect_params *params,
                                            struct qs_error *err)
{
    // An empty curve has nothing to detect, but its parameters are checked: one place knows their ranges.
    struct qs_detection none = {0};
    double curve = NAN;
    enum qs_status status = qs_detect(&curve, 0, params, &none, err);
    if (status == QS_OK) {
        qs_detection_free(&none);
        session->detect = *params;
        session->revision++;
    }
    return status;
}

enum qs_status qs_session_detect(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind,
                                 struct qs_detection *out, struct qs_error *err)
{
    uint32_t layers = session->info->layers;
    double *curve = malloc((layers ? layers : 1) * sizeof *curve);
    if (!curve) {
        return qs_fail_memory(err, "a curve", layers * sizeof *curve);
    }
    qs_session_curve(session, metric, kind, curve);
    struct qs_detect_params params = session->detect;
    params.difference = metric->difference;
    enum qs_status status = qs_detect(curve, layers, &params, out, err);
    free(curve);
    return status;
}

uint64_t qs_session_revision(const struct qs_session *session)
{
    return session->revision;
}
