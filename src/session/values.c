// What the caches of a session hold, read over each other: see session.h.
#include "session/state.h"

#include "session/errors.h"
#include "session/scores.h"
#include "session/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

// Where a metric stands; config is only looked at where it matters.
static struct qs_rung_place place_of(const struct qs_session *session, const struct qs_metric *metric,
                                     const struct qs_config *config)
{
    if (metric->data != QS_DATA_NONE) {
        return qs_scores_place(metric, session->datasets[metric->data], config, metric->path);
    }
    if (metric->per_config) {
        return qs_errors_place(config, metric->path);
    }
    struct qs_rung_place place = {.element = metric->element};
    snprintf(place.path, sizeof place.path, "%s", metric->path);
    return place;
}

static bool has_any(const struct qs_session *session, const struct qs_rung_place *place)
{
    const struct qs_array *array;
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        for (uint32_t kind = 0; kind < session->info->kinds; kind++) {
            if (qs_session_cell(session, place->path, layer, kind, place->element, &array)) {
                return true;
            }
        }
    }
    return false;
}

bool qs_session_has_metric(const struct qs_session *session, const struct qs_metric *metric)
{
    return qs_session_has_metric_at(session, metric, &session->config);
}

bool qs_session_has_metric_at(const struct qs_session *session, const struct qs_metric *metric,
                              const struct qs_config *config)
{
    struct qs_rung_place place = place_of(session, metric, config);
    return has_any(session, &place);
}

void qs_session_find_datasets(struct qs_session *session)
{
    memset(session->datasets, 0, sizeof session->datasets);
    for (size_t i = 0; i < qs_metric_count(); i++) {
        const struct qs_metric *metric = qs_metric_at(i);
        bool found = metric->data == QS_DATA_NONE;
        for (size_t cache = 0; !found && cache < session->cache_count; cache++) {
            found = session->caches[cache] &&
                    qs_scores_dataset(session->caches[cache], metric, session->datasets[metric->data]);
        }
    }
}

const char *qs_session_dataset(const struct qs_session *session, const struct qs_metric *metric)
{
    return session->datasets[metric->data];
}

static double value_in(const struct qs_session *session, const struct qs_rung_place *place, uint32_t layer,
                       uint32_t kind)
{
    const struct qs_array *array;
    const struct qs_cache *cache = qs_session_cell(session, place->path, layer, kind, place->element, &array);
    if (!cache) {
        return NAN;
    }
    const double *f64 = qs_array_f64(cache, array, layer, kind);
    return f64 ? f64[place->element] : (double)qs_array_u64(cache, array, layer, kind)[place->element];
}

double qs_session_value_at(const struct qs_session *session, const struct qs_metric *metric,
                           const struct qs_config *config, uint32_t layer, uint32_t kind)
{
    struct qs_rung_place place = place_of(session, metric, config ? config : &session->config);
    return value_in(session, &place, layer, kind);
}

double qs_session_value(const struct qs_session *session, const struct qs_metric *metric, uint32_t layer, uint32_t kind)
{
    return qs_session_value_at(session, metric, NULL, layer, kind);
}

bool qs_session_scanned(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array;
    return qs_session_cell(session, QS_WEIGHTS_DONE, layer, kind, 0, &array) != NULL;
}

bool qs_session_measured(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    if (qs_session_scanned(session, layer, kind)) {
        return true;
    }
    for (size_t i = 0; i < session->cache_count; i++) {
        const struct qs_cache *cache = session->caches[i];
        for (size_t a = 0; cache && a < qs_cache_array_count(cache); a++) {
            const struct qs_array *array = qs_cache_array_at(cache, a);
            const double *cell = qs_array_f64(cache, array, layer, kind);
            for (uint32_t element = 0; cell && element < array->spec.width; element++) {
                if (!isnan(cell[element])) {
                    return true;
                }
            }
        }
    }
    return false;
}

const uint64_t *qs_session_histogram(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array;
    const struct qs_cache *cache =
        qs_session_cell(session, QS_WEIGHTS_HISTOGRAM, layer, kind, QS_STATS_BINS - 1, &array);
    // Another number of bins, as a stranger's file may have, is not this histogram.
    return cache && array->spec.width == QS_STATS_BINS ? qs_array_u64(cache, array, layer, kind) : NULL;
}

void qs_session_curve_at(const struct qs_session *session, const struct qs_metric *metric,
                         const struct qs_config *config, uint32_t kind, double *out)
{
    struct qs_rung_place place = place_of(session, metric, config ? config : &session->config);
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        out[layer] = value_in(session, &place, layer, kind);
    }
}

void qs_session_curve(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind, double *out)
{
    qs_session_curve_at(session, metric, NULL, kind, out);
}

const struct qs_config *qs_session_config(const struct qs_session *session)
{
    return &session->config;
}

void qs_session_set_config(struct qs_session *session, const struct qs_config *config)
{
    const struct qs_config *now = &session->config;
    if (now->quantizer != config->quantizer || now->axis != config->axis || !qs_rung_equal(now->rung, config->rung)) {
        session->config = *config;
        session->revision++;
    }
}

const char *qs_session_refusal(const struct qs_session *session, const struct qs_config *config, uint32_t layer,
                               uint32_t kind)
{
    struct qs_rung_place place = qs_errors_place(config, QS_ERRORS_STATE);
    double state = value_in(session, &place, layer, kind);
    return state == QS_RUNG_INDIVISIBLE  ? "no whole number of groups"
           : state == QS_RUNG_NOT_FINITE ? "not finite, or 2^57 and more"
           : state == QS_RUNG_NO_FORM    ? "of a type that is not read"
                                         : NULL;
}

bool qs_session_has_config(const struct qs_session *session, const struct qs_config *config)
{
    return qs_session_has_metric_at(session, qs_metric_find("fnorm"), config);
}

void qs_session_metric_rungs(const struct qs_session *session, const struct qs_metric *metric,
                             enum qs_quantizer_kind quantizer, uint32_t axis, struct qs_ladder *out)
{
    // Both ladders ascend; the next rung is the smaller of their heads.
    const struct qs_ladder *ladders[] = {qs_shelves[0].ladder, qs_shelves[1].ladder};
    size_t at[2] = {0, 0};
    *out = (struct qs_ladder){.count = 0};
    while (at[0] < ladders[0]->count || at[1] < ladders[1]->count) {
        double bpw[2];
        for (size_t i = 0; i < 2; i++) {
            bool more = at[i] < ladders[i]->count;
            bpw[i] = more ? qs_rung_bpw(ladders[i]->rungs[at[i]], QS_STORAGE_META8) : INFINITY;
        }
        size_t from = bpw[0] < bpw[1] ? 0 : 1;
        struct qs_config config = {quantizer, axis, ladders[from]->rungs[at[from]++]};
        if (qs_session_has_metric_at(session, metric, &config)) {
            out->rungs[out->count++] = config.rung;
        }
    }
}

void qs_session_rungs(const struct qs_session *session, enum qs_quantizer_kind quantizer, uint32_t axis,
                      struct qs_ladder *out)
{
    qs_session_metric_rungs(session, qs_metric_find("fnorm"), quantizer, axis, out);
}

uint32_t qs_session_axis(const struct qs_session *session, const struct qs_metric *metric,
                         enum qs_quantizer_kind quantizer)
{
    const struct qs_metric *of = metric && metric->data != QS_DATA_NONE ? metric : qs_metric_find("fnorm");
    struct qs_ladder rungs[2];
    for (uint32_t axis = 0; axis < 2; axis++) {
        qs_session_metric_rungs(session, of, quantizer, axis, &rungs[axis]);
    }
    return rungs[1].count == 0 && rungs[0].count > 0 ? 0 : 1;
}

const struct qs_scan_options *qs_session_scan_options(const struct qs_session *session)
{
    return &session->options;
}

static enum qs_status check_options(const struct qs_scan_options *options, struct qs_error *err)
{
    bool nf4 = options->quantizers >> QS_QUANTIZER_NF4 & 1;
    bool four = false;
    for (size_t rung = 0; rung < options->ladder.count; rung++) {
        four = four || options->ladder.rungs[rung].bits == 4;
    }
    if (options->quantizers >> QS_QUANTIZER_COUNT || (options->quantizers && options->ladder.count == 0)) {
        return qs_fail(err, QS_USAGE, "errors need a quantizer and a rung");
    }
    if (nf4 && options->parameters.axis != 1) {
        return qs_fail(err, QS_USAGE, "the blocks of nf4 run along rows: it has axis 1 only; scan axis 0 without it");
    }
    if (nf4 && !four) {
        return qs_fail(err, QS_USAGE, "nf4 has 4 bits, and the ladder has no rung of 4 bits, such as b4g64");
    }
    return qs_quantizer_check(&options->parameters, err);
}

enum qs_status qs_session_set_scan_options(struct qs_session *session, const struct qs_scan_options *options,
                                           struct qs_error *err)
{
    enum qs_status status = session->scan ? qs_fail(err, QS_USAGE, "a scan is running: stop it first")
                                          : check_options(options, err);
    if (status == QS_OK) {
        session->options = *options;
        session->revision++;
        qs_session_survey(session, NULL);
    }
    return status;
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
    if (params->top_m > session->info->layers) {
        return qs_fail(err, QS_USAGE, "top-m is %u, and the model has %u layers; 0 keeps all", params->top_m,
                       session->info->layers);
    }
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
