// The statistics of weights: see weights.h.
//
// A module is cut in chunks. A small module is one worker's job; a large one is cut among all of them (its team), and
// what they counted is added up, each taking a slice of the tables. Everything but the moments is an integer count,
// and the moments of chunks are joined in chunk order: who computed what does not show in the result. Values are read
// as they lie in the file, transposed and permuted ones too: no statistic depends on their places.
#include "stats/weights.h"

#include "base/array.h"
#include "kernel/counts.h"
#include "kernel/moments.h"
#include "stats/order.h"
#include "stats/patterns.h"
#include "stats/team.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)QS_STATS_BINS == (int)QS_HISTOGRAM_BINS, "one histogram");
_Static_assert((int)QS_PREFIXES_MAX >= (int)QS_ORDER_RANKS, "every rank may need its own prefix");
_Static_assert((int)QS_SPAN_MAX == (int)QS_MOMENTS_SPAN, "a span of a weight is a span of moments");

enum {
    CHUNK_VALUES = 16 * QS_SPAN_MAX,
    SMALL_CHUNKS = QS_TEAM_CHUNKS,
};

struct job {
    struct qs_team team;
    const struct qs_progress *progress; // only asked whether to stop
    struct qs_weight weight;            // as stored: one row, so that no value need be moved to its place
    enum qs_dtype dtype;                // of the values as spans bring them: F64, F32, F16 or BF16
    uint64_t values;
    size_t chunks;
    struct qs_moments *moments;         // [chunks]; not for 16-bit types
    double absmax;
    struct qs_order order;
    bool histogram;                     // wanted from this pass
};

static uint64_t chunk_end(const struct job *job, size_t chunk)
{
    uint64_t end = ((uint64_t)chunk + 1) * CHUNK_VALUES;
    return end < job->values ? end : job->values;
}

static bool is_short(enum qs_dtype dtype)
{
    return dtype == QS_DTYPE_F16 || dtype == QS_DTYPE_BF16;
}

static void first_pass(void *context, size_t chunk, unsigned index)
{
    const struct job *job = context;
    struct qs_worker *worker = &job->team.workers[index];
    if (qs_progress_stopped(job->progress)) {
        return;
    }
    struct qs_moments joined = {0};
    uint64_t end = chunk_end(job, chunk);
    for (uint64_t at = (uint64_t)chunk * CHUNK_VALUES; at < end; at += QS_SPAN_MAX) {
        size_t count = end - at < QS_SPAN_MAX ? (size_t)(end - at) : QS_SPAN_MAX;
        enum qs_dtype dtype; // is job->dtype
        const void *span = qs_weight_span(&job->weight, at, count, worker->scratch, &dtype);
        qs_counts_leading(job->dtype, span, count, worker->leading);
        if (!is_short(job->dtype)) {
            struct qs_moments moments;
            qs_moments_span(job->dtype, span, count, &moments);
            qs_moments_join(&joined, &moments);
            worker->zeros += qs_counts_zeros(job->dtype, span, count);
        }
    }
    if (!is_short(job->dtype)) {
        job->moments[chunk] = joined;
    }
}

static void next_pass(void *context, size_t chunk, unsigned index)
{
    const struct job *job = context;
    struct qs_worker *worker = &job->team.workers[index];
    if (qs_progress_stopped(job->progress)) {
        return;
    }
    uint64_t end = chunk_end(job, chunk);
    for (uint64_t at = (uint64_t)chunk * CHUNK_VALUES; at < end; at += QS_SPAN_MAX) {
        size_t count = end - at < QS_SPAN_MAX ? (size_t)(end - at) : QS_SPAN_MAX;
        enum qs_dtype dtype; // is job->dtype
        const void *span = qs_weight_span(&job->weight, at, count, worker->scratch, &dtype);
        qs_counts_refine(job->dtype, span, count, &job->order.prefixes, worker->refined);
        if (job->histogram) {
            qs_counts_histogram(job->dtype, span, count, job->absmax, worker->histogram);
        }
    }
}

// Whether a sum of powers was too large for a double, or so small that digits were lost. Only F64 weights beyond about
// 1e75, or all below about 1e-70, come to that.
static bool is_lost(double sum)
{
    static const double least = 1e-280;
    return !(sum >= least) || isinf(sum);
}

static void finish_moments(const struct qs_moments *moments, struct qs_weight_stats *out)
{
    double n = (double)moments->count;
    bool any = moments->count > 0;
    bool spread = moments->max > moments->min;
    bool has_m2 = any && !(spread && is_lost(moments->m2));
    bool has_m4 = spread && has_m2 && !is_lost(moments->m4);
    double squares = moments->m2 + n * moments->mean * moments->mean;
    bool zero = moments->max == 0 && moments->min == 0;
    out->count = moments->count;
    out->nan_count = moments->nan_count;
    out->inf_count = moments->inf_count;
    out->mean = any ? moments->mean : NAN;
    out->std = has_m2 ? sqrt(moments->m2 / n) : NAN;
    out->skewness = has_m4 ? moments->m3 / moments->m2 * sqrt(n / moments->m2) : NAN;
    out->kurtosis = has_m4 ? moments->m4 / moments->m2 * (n / moments->m2) : NAN;
    out->min = any ? moments->min : NAN;
    out->max = any ? moments->max : NAN;
    out->absmax = !any ? NAN : -moments->min > moments->max ? -moments->min : moments->max;
    out->norm = any && (zero || !is_lost(squares)) ? sqrt(squares) : NAN;
}

static void run_job(struct job *job, struct qs_weight_stats *out)
{
    const struct qs_team *team = &job->team;
    uint64_t *leading = team->workers[0].leading;
    uint64_t *refined = team->workers[0].refined;
    struct qs_weight_stats stats = {0};
    struct qs_moments moments = {0};
    qs_team_for(team, job->chunks, first_pass, job);
    if (qs_progress_stopped(job->progress)) {
        return;
    }
    qs_team_add_leading(team);
    if (is_short(job->dtype)) {
        qs_patterns_moments(job->dtype, leading, &moments);
        stats.zero_count = leading[0] + leading[QS_COUNTS / 2];
    } else {
        for (size_t chunk = 0; chunk < job->chunks; chunk++) {
            qs_moments_join(&moments, &job->moments[chunk]);
        }
    }
    finish_moments(&moments, &stats);
    job->absmax = stats.absmax;
    job->histogram = stats.absmax > 0 && !is_short(job->dtype);
    if (stats.absmax > 0 && is_short(job->dtype)) {
        qs_patterns_histogram(job->dtype, leading, stats.absmax, stats.histogram);
    } else if (stats.absmax == 0) {
        stats.histogram[QS_STATS_BINS / 2] = stats.count;
    }
    for (size_t i = 0; i < QS_COUNTS / 2; i++) { // from here on of magnitudes
        leading[i] += leading[i + QS_COUNTS / 2];
    }
    qs_order_begin(&job->order, job->dtype, leading);
    memset(leading, 0, QS_COUNTS * sizeof *leading);
    while (qs_order_open(&job->order)) {
        size_t tables = job->order.prefixes.count;
        qs_team_for(team, job->chunks, next_pass, job);
        if (qs_progress_stopped(job->progress)) {
            return;
        }
        qs_team_add_refined(team, tables);
        qs_order_refine(&job->order, refined);
        memset(refined, 0, tables * QS_COUNTS * sizeof *refined);
        job->histogram = false;
    }
    qs_order_percentiles(&job->order, stats.percentile);
    qs_team_take_counts(team, stats.histogram, &stats.zero_count);
    *out = stats;
}

static void set_weight(struct job *job, const struct qs_weight *weight)
{
    enum qs_dtype dtype = weight->tensor->dtype;
    job->values = weight->rows * weight->cols;
    job->weight = *weight;
    job->weight.rows = 1;
    job->weight.cols = job->values;
    job->weight.row_bytes = weight->rows * weight->row_bytes;
    job->weight.heads = 0;
    job->weight.transposed = false;
    job->dtype = dtype == QS_DTYPE_F64 || is_short(dtype) ? dtype : QS_DTYPE_F32;
    job->chunks = (size_t)(job->values / CHUNK_VALUES + (job->values % CHUNK_VALUES != 0));
}

struct layer {
    const struct qs_weight *const *weights;
    struct qs_weight_stats *out;
    struct qs_worker *workers;
    const struct qs_progress *progress;
    size_t *small; // indices of small modules
};

static void run_small(void *context, size_t index, unsigned worker)
{
    const struct layer *layer = context;
    struct job job = {.team = {NULL, &layer->workers[worker], 1}, .progress = layer->progress};
    job.moments = layer->workers[worker].moments;
    set_weight(&job, layer->weights[layer->small[index]]);
    run_job(&job, &layer->out[layer->small[index]]);
}

enum qs_status qs_weight_stats_layer(struct qs_pool *pool, const struct qs_weight *const *weights, size_t count,
                                     struct qs_weight_stats *out, const struct qs_progress *progress,
                                     struct qs_error *err)
{
    enum qs_status status = QS_OK;
    unsigned threads = qs_pool_threads(pool);
    struct qs_worker *workers = qs_workers_new(threads);
    size_t *small = calloc(count ? count : 1, sizeof *small);
    struct qs_moments *moments = NULL;
    size_t moments_capacity = 0;
    if (!workers || !small) {
        status = qs_fail_memory(err, "weight statistics",
                                threads * (2 + QS_PREFIXES_MAX) * QS_COUNTS * sizeof(uint64_t));
        goto out;
    }
    struct layer layer = {weights, out, workers, progress, small};
    size_t small_count = 0;
    memset(out, 0, count * sizeof *out);
    for (size_t i = 0; i < count && !qs_progress_stopped(progress); i++) {
        if (!weights[i] || !weights[i]->readable) {
            continue;
        }
        struct job job = {.team = {pool, workers, threads}, .progress = progress};
        set_weight(&job, weights[i]);
        if (job.chunks <= SMALL_CHUNKS) {
            small[small_count++] = i;
            continue;
        }
        if (!is_short(job.dtype) &&
            !qs_array_reserve(&moments, &moments_capacity, job.chunks, sizeof *moments)) {
            status = qs_fail_memory(err, "moments of a weight", job.chunks * sizeof *moments);
            goto out;
        }
        job.moments = moments;
        run_job(&job, &out[i]);
    }
    qs_pool_for(pool, small_count, run_small, &layer);
    if (qs_progress_stopped(progress)) {
        status = qs_fail(err, QS_INTERRUPTED, "interrupted");
    }
out:
    free(moments);
    free(small);
    qs_workers_free(workers, threads);
    return status;
}

void qs_weight_prefetch(const struct qs_weight *weight)
{
    const struct qs_map *map = weight->tensor->map;
    if (map && weight->data) {
        qs_map_will_need(map, (uint64_t)(weight->data - map->data), weight->rows * weight->row_bytes);
    }
}

void qs_weight_release(const struct qs_weight *weight)
{
    const struct qs_map *map = weight->tensor->map;
    if (map && weight->data) {
        qs_map_done_with(map, (uint64_t)(weight->data - map->data), weight->rows * weight->row_bytes);
    }
}
