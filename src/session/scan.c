// The scanning thread: see scan.h. One mutex guards the queue; `ready` wakes the owner, `space` the thread.
#include "session/scan.h"

#include "base/pool.h"
#include "base/progress.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Enough that an owner busy with its disk or screen for a moment does not stop the work.
enum { QUEUE_MAX = 4 };

struct qs_scan {
    const struct qs_model *model;
    struct qs_scan_options options;
    struct qs_scan_need *needs; // [layers][kinds]
    struct qs_pool *pool;
    pthread_t thread;
    atomic_bool stop;

    pthread_mutex_t mutex;
    pthread_cond_t ready;
    pthread_cond_t space;
    struct qs_scan_layer *first;
    struct qs_scan_layer **last; // where the next one is linked
    unsigned queued;
    bool ended;            // the thread adds nothing more
    enum qs_status status; // valid once it ended
    struct qs_error error;
};

bool qs_scan_needs_any(const struct qs_scan_need *need)
{
    bool any = need->stats;
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        any = any || need->rungs[quantizer];
    }
    return any;
}

static bool needs_errors(const struct qs_scan_need *need)
{
    struct qs_scan_need errors = *need;
    errors.stats = false;
    return qs_scan_needs_any(&errors);
}

uint64_t qs_scan_work(const struct qs_scan_need *need, const struct qs_scan_options *options, uint64_t bytes)
{
    uint64_t passes = need->stats;
    for (size_t rung = 0; rung < options->ladder.count; rung++) {
        bool hqq = need->rungs[QS_QUANTIZER_HQQ] >> rung & 1;
        bool rtn = need->rungs[QS_QUANTIZER_RTN] >> rung & 1;
        passes += hqq ? options->parameters.steps + 1 : rtn;
        passes += need->rungs[QS_QUANTIZER_NF4] >> rung & 1;
    }
    return passes * bytes;
}

void qs_scan_layer_free(struct qs_scan_layer *layer)
{
    if (layer) {
        free(layer->kinds);
        free(layer->needs);
        free(layer->stats);
        free(layer->jobs);
        free(layer);
    }
}

static const struct qs_scan_need *need_at(const struct qs_scan *scan, uint32_t layer, uint32_t kind)
{
    return &scan->needs[(size_t)layer * qs_model_info(scan->model)->kinds + kind];
}

static uint32_t count_needed(const struct qs_scan *scan, uint32_t layer)
{
    uint32_t kinds = qs_model_info(scan->model)->kinds;
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < kinds; kind++) {
        count += qs_scan_needs_any(need_at(scan, layer, kind));
    }
    return count;
}

// The first layer from `layer` on with something to do; the number of layers where there is none.
static uint32_t next_needed(const struct qs_scan *scan, uint32_t layer)
{
    uint32_t layers = qs_model_info(scan->model)->layers;
    while (layer < layers && count_needed(scan, layer) == 0) {
        layer++;
    }
    return layer;
}

static void advise_layer(const struct qs_scan *scan, uint32_t layer, void (*advise)(const struct qs_weight *))
{
    const struct qs_model_info *info = qs_model_info(scan->model);
    for (uint32_t kind = 0; layer < info->layers && kind < info->kinds; kind++) {
        if (qs_scan_needs_any(need_at(scan, layer, kind))) {
            advise(qs_model_module(scan->model, layer, kind));
        }
    }
}

// The layer with what it needs, and nothing computed yet; NULL where memory ran out.
static struct qs_scan_layer *new_layer(const struct qs_scan *scan, uint32_t layer)
{
    const struct qs_model_info *info = qs_model_info(scan->model);
    uint32_t count = count_needed(scan, layer);
    struct qs_scan_layer *result = calloc(1, sizeof *result);
    if (!result) {
        return NULL;
    }
    result->layer = layer;
    result->kinds = calloc(count, sizeof *result->kinds);
    result->needs = calloc(count, sizeof *result->needs);
    result->stats = calloc(count, sizeof *result->stats);
    result->jobs = calloc(count, sizeof *result->jobs);
    if (!result->kinds || !result->needs || !result->stats || !result->jobs) {
        qs_scan_layer_free(result);
        return NULL;
    }
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        const struct qs_scan_need *need = need_at(scan, layer, kind);
        const struct qs_weight *weight = qs_model_module(scan->model, layer, kind);
        if (!weight || !qs_scan_needs_any(need)) {
            continue;
        }
        uint32_t at = result->count++;
        uint64_t bytes = weight->readable ? qs_model_info_module(info, layer, kind)->bytes : 0;
        result->kinds[at] = kind;
        result->needs[at] = *need;
        result->bytes += qs_scan_work(need, &scan->options, bytes);
        result->jobs[at].weight = needs_errors(need) ? weight : NULL;
        memcpy(result->jobs[at].wanted, need->rungs, sizeof need->rungs);
    }
    return result;
}

static enum qs_status compute_stats(struct qs_scan *scan, struct qs_scan_layer *layer, struct qs_error *err)
{
    const struct qs_weight **weights = calloc(layer->count, sizeof(const struct qs_weight *));
    if (!weights) {
        return qs_fail_memory(err, "a layer", layer->count * sizeof *weights);
    }
    bool any = false;
    for (uint32_t i = 0; i < layer->count; i++) {
        weights[i] = layer->needs[i].stats ? qs_model_module(scan->model, layer->layer, layer->kinds[i]) : NULL;
        any = any || weights[i];
    }
    struct qs_progress progress = {.stop = &scan->stop};
    enum qs_status status = QS_OK;
    if (any) {
        status = qs_weight_stats_layer(scan->pool, weights, layer->count, layer->stats, &progress, err);
    }
    free(weights);
    return status;
}

static enum qs_status compute_errors(struct qs_scan *scan, struct qs_scan_layer *layer, struct qs_error *err)
{
    bool any = false;
    for (uint32_t i = 0; i < layer->count; i++) {
        any = any || layer->jobs[i].weight;
    }
    struct qs_progress progress = {.stop = &scan->stop};
    return any ? qs_error_grid(scan->pool, &scan->options.parameters, &scan->options.ladder, layer->jobs, layer->count,
                               &progress, err)
               : QS_OK;
}

static enum qs_status compute_layer(struct qs_scan *scan, uint32_t layer, struct qs_scan_layer **out,
                                    struct qs_error *err)
{
    struct qs_scan_layer *result = new_layer(scan, layer);
    if (!result) {
        return qs_fail_memory(err, "the results of a layer", sizeof *result);
    }
    enum qs_status status = compute_stats(scan, result, err);
    if (status == QS_OK) {
        status = compute_errors(scan, result, err);
    }
    if (status != QS_OK) {
        qs_scan_layer_free(result);
        return status;
    }
    *out = result;
    return QS_OK;
}

// Takes over the layer.
static void enqueue(struct qs_scan *scan, struct qs_scan_layer *layer)
{
    pthread_mutex_lock(&scan->mutex);
    while (scan->queued >= QUEUE_MAX && !atomic_load(&scan->stop)) {
        pthread_cond_wait(&scan->space, &scan->mutex);
    }
    *scan->last = layer;
    scan->last = &layer->next;
    scan->queued++;
    pthread_cond_signal(&scan->ready);
    pthread_mutex_unlock(&scan->mutex);
}

static void *work(void *argument)
{
    struct qs_scan *scan = argument;
    struct qs_error error = {0};
    enum qs_status status = QS_OK;
    uint32_t layers = qs_model_info(scan->model)->layers;
    uint32_t layer = next_needed(scan, 0);
    advise_layer(scan, layer, qs_weight_prefetch);
    while (layer < layers) {
        if (atomic_load(&scan->stop)) {
            status = qs_fail(&error, QS_INTERRUPTED, "the scan was stopped");
            break;
        }
        uint32_t next = next_needed(scan, layer + 1);
        advise_layer(scan, next, qs_weight_prefetch);
        struct qs_scan_layer *result = NULL;
        status = compute_layer(scan, layer, &result, &error);
        if (status != QS_OK) {
            break;
        }
        advise_layer(scan, layer, qs_weight_release);
        enqueue(scan, result);
        layer = next;
    }
    pthread_mutex_lock(&scan->mutex);
    scan->status = status;
    scan->error = error;
    scan->ended = true;
    pthread_cond_signal(&scan->ready);
    pthread_mutex_unlock(&scan->mutex);
    return NULL;
}

static void free_scan(struct qs_scan *scan)
{
    while (scan->first) {
        struct qs_scan_layer *layer = scan->first;
        scan->first = layer->next;
        qs_scan_layer_free(layer);
    }
    qs_pool_free(scan->pool);
    pthread_cond_destroy(&scan->space);
    pthread_cond_destroy(&scan->ready);
    pthread_mutex_destroy(&scan->mutex);
    free(scan->needs);
    free(scan);
}

enum qs_status qs_scan_start(const struct qs_model *model, const struct qs_scan_options *options,
                             const struct qs_scan_need *needs, unsigned threads, struct qs_scan **out,
                             struct qs_error *err)
{
    const struct qs_model_info *info = qs_model_info(model);
    size_t cells = (size_t)info->layers * info->kinds;
    struct qs_scan *scan = calloc(1, sizeof *scan);
    if (!scan) {
        return qs_fail_memory(err, "a scan", sizeof *scan);
    }
    // Waits are timed by a clock that nobody sets.
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&scan->mutex, NULL);
    pthread_cond_init(&scan->ready, &attributes);
    pthread_cond_init(&scan->space, NULL);
    pthread_condattr_destroy(&attributes);
    scan->model = model;
    scan->options = *options;
    scan->last = &scan->first;

    enum qs_status status = qs_pool_new(threads, &scan->pool, err);
    if (status != QS_OK) {
        goto out;
    }
    scan->needs = calloc(cells ? cells : 1, sizeof *scan->needs);
    if (!scan->needs) {
        status = qs_fail_memory(err, "a scan", cells);
        goto out;
    }
    memcpy(scan->needs, needs, cells * sizeof *scan->needs);
    int number = qs_thread_start(&scan->thread, work, scan);
    if (number != 0) {
        status = qs_fail(err, QS_FAILED, "cannot start a thread: %s", strerror(number));
        goto out;
    }
    *out = scan;
    scan = NULL;
out:
    if (scan) {
        free_scan(scan);
    }
    return status;
}

bool qs_scan_take(struct qs_scan *scan, int max_wait_ms, struct qs_scan_layer **out)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += max_wait_ms / 1000;
    until.tv_nsec += (long)(max_wait_ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&scan->mutex);
    while (!scan->first && !scan->ended && max_wait_ms > 0) {
        if (pthread_cond_timedwait(&scan->ready, &scan->mutex, &until) == ETIMEDOUT) {
            break;
        }
    }
    struct qs_scan_layer *layer = scan->first;
    if (layer) {
        scan->first = layer->next;
        layer->next = NULL;
        if (!scan->first) {
            scan->last = &scan->first;
        }
        scan->queued--;
        pthread_cond_signal(&scan->space);
    }
    bool more = layer || !scan->ended;
    pthread_mutex_unlock(&scan->mutex);
    *out = layer;
    return more;
}

void qs_scan_stop(struct qs_scan *scan)
{
    pthread_mutex_lock(&scan->mutex);
    atomic_store(&scan->stop, true);
    pthread_cond_signal(&scan->space);
    pthread_mutex_unlock(&scan->mutex);
}

enum qs_status qs_scan_finish(struct qs_scan *scan, struct qs_error *err)
{
    pthread_join(scan->thread, NULL);
    enum qs_status status = scan->status;
    if (status != QS_OK && err) {
        *err = scan->error;
    }
    free_scan(scan);
    return status;
}
