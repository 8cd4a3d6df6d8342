// The statistics of weights in a cache: see weights.h. Arrays of one value per module take their description from the
// table of metrics, so what a user asks for and what the file says are one text.
#include "session/weights.h"

#include "session/session.h"

#include <stdio.h>

struct column {
    const char *metric;
    size_t offset; // in struct qs_weight_stats
};

static const struct column columns[] = {
    {"count", offsetof(struct qs_weight_stats, count)},
    {"nan_count", offsetof(struct qs_weight_stats, nan_count)},
    {"inf_count", offsetof(struct qs_weight_stats, inf_count)},
    {"zero_count", offsetof(struct qs_weight_stats, zero_count)},
    {"mean", offsetof(struct qs_weight_stats, mean)},
    {"std", offsetof(struct qs_weight_stats, std)},
    {"skewness", offsetof(struct qs_weight_stats, skewness)},
    {"kurtosis", offsetof(struct qs_weight_stats, kurtosis)},
    {"min", offsetof(struct qs_weight_stats, min)},
    {"max", offsetof(struct qs_weight_stats, max)},
    {"absmax", offsetof(struct qs_weight_stats, absmax)},
    {"norm", offsetof(struct qs_weight_stats, norm)},
};

static const struct qs_array_spec percentile = {
    .path = "weights/abs_percentile",
    .type = QS_ARRAY_F64,
    .width = QS_STATS_PERCENTILES,
    .scale = "percentile",
    .units = "",
    .about = "percentiles of the magnitudes of the weights, interpolated linearly between order statistics",
};

static const struct qs_array_spec histogram = {
    .path = QS_WEIGHTS_HISTOGRAM,
    .type = QS_ARRAY_U64,
    .width = QS_STATS_BINS,
    .scale = "bin",
    .units = "values",
    .about = "weights in 256 equal bins over [-absmax, absmax]; scale: the bins' centres in units of absmax",
};

static enum qs_status set_scales(struct qs_cache *cache, struct qs_error *err)
{
    enum qs_status status = qs_cache_set_scale(cache, percentile.scale, qs_stats_percentile, QS_STATS_PERCENTILES, err);
    if (status != QS_OK) {
        return status;
    }
    double centres[QS_STATS_BINS];
    for (uint32_t bin = 0; bin < QS_STATS_BINS; bin++) {
        centres[bin] = (2.0 * bin + 1.0) / QS_STATS_BINS - 1.0;
    }
    return qs_cache_set_scale(cache, histogram.scale, centres, QS_STATS_BINS, err);
}

static enum qs_status set_attributes(struct qs_cache *cache, struct qs_error *err)
{
    static const char *const attributes[][2] = {
        {"program", PACKAGE_STRING},
        {"definitions", "over the finite weights of each module, in double precision; std with n in the denominator; "
                        "skewness m3/m2^1.5 and kurtosis m4/m2^2 biased, not in excess of 3; NaN where undefined"},
    };
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(attributes); i++) {
        status = qs_cache_set_attribute(cache, "weights", attributes[i][0], attributes[i][1], err);
    }
    return status;
}

enum qs_status qs_weights_declare(struct qs_cache *cache, struct qs_error *err)
{
    enum qs_status status = set_scales(cache, err);
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(columns); i++) {
        const struct qs_metric *metric = qs_metric_find(columns[i].metric);
        struct qs_array_spec spec = {.type = metric->integer ? QS_ARRAY_U64 : QS_ARRAY_F64, .width = 1};
        snprintf(spec.path, sizeof spec.path, "%s", metric->path);
        snprintf(spec.units, sizeof spec.units, "%s", metric->units);
        snprintf(spec.about, sizeof spec.about, "%s", metric->about);
        status = qs_cache_declare(cache, &spec, err);
    }
    if (status == QS_OK) {
        status = qs_cache_declare(cache, &percentile, err);
    }
    if (status == QS_OK) {
        status = qs_cache_declare(cache, &histogram, err);
    }
    return status == QS_OK ? set_attributes(cache, err) : status;
}

enum qs_status qs_weights_put(struct qs_cache *cache, uint32_t layer, uint32_t kind,
                              const struct qs_weight_stats *stats, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(columns); i++) {
        const void *cell = (const unsigned char *)stats + columns[i].offset;
        status = qs_cache_put(cache, qs_metric_find(columns[i].metric)->path, layer, kind, cell, err);
    }
    if (status == QS_OK) {
        status = qs_cache_put(cache, percentile.path, layer, kind, stats->percentile, err);
    }
    if (status == QS_OK) {
        status = qs_cache_put(cache, histogram.path, layer, kind, stats->histogram, err);
    }
    return status;
}
