// The forward pass: see forward.h. Here is what is allocated, the embedding, and the loop over layers; load.c, layer.c
// and head.c do the work.
#include "infer/state.h"

#include "base/array.h"
#include "infer/attention.h"
#include "infer/product.h"
#include "kernel/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_FLOATS = 1 << 24, HEAD_WORDS = 8192 }; // 64 MiB of the head; 8 MiB of logits per thread

float *qs_floats_new(size_t count)
{
    uint64_t bytes;
    if (!qs_mul_u64(count, sizeof(float), &bytes) || bytes > SIZE_MAX - 128) {
        return NULL;
    }
    return aligned_alloc(64, ((size_t)bytes + 64) / 64 * 64);
}

static enum qs_status fail_memory(struct qs_error *err, const char *what, size_t floats)
{
    return qs_fail_memory(err, what, floats > SIZE_MAX / sizeof(float) ? SIZE_MAX : floats * sizeof(float));
}

static size_t layer_floats(const struct qs_graph *graph)
{
    size_t floats = 0;
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        floats += qs_linear_rows(graph, linear) * qs_linear_cols(graph, linear);
    }
    return floats;
}

static enum qs_status make_weights(struct qs_forward *forward, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    size_t floats = layer_floats(graph);
    size_t words = HEAD_FLOATS / graph->hidden;
    size_t vectors = 3 * graph->hidden + 2 * graph->head_dim;
    words = words < 256 ? 256 : words > HEAD_WORDS ? HEAD_WORDS : words;
    forward->words = words < graph->vocabulary ? words : graph->vocabulary;
    if (floats < forward->words * graph->hidden) {
        floats = forward->words * graph->hidden;
    }
    forward->weights = qs_floats_new(floats);
    if (!forward->weights) {
        return fail_memory(err, "a layer in float32", floats);
    }
    size_t at = 0;
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        forward->matrix[linear] = forward->weights + at;
        at += qs_linear_rows(graph, linear) * qs_linear_cols(graph, linear);
        vectors += qs_linear_rows(graph, linear);
    }
    forward->vectors = qs_floats_new(vectors);
    if (!forward->vectors) {
        return fail_memory(err, "a layer's vectors", vectors);
    }
    forward->norm = forward->vectors;
    return QS_OK;
}

static enum qs_status make_workspaces(struct qs_forward *forward, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    size_t q_width = graph->heads * graph->head_dim;
    forward->workspaces = calloc(forward->threads, sizeof *forward->workspaces);
    if (!forward->workspaces) {
        return qs_fail_memory(err, "workspaces", forward->threads * sizeof *forward->workspaces);
    }
    for (unsigned i = 0; i < forward->threads; i++) {
        struct qs_workspace *work = &forward->workspaces[i];
        work->x = qs_floats_new(QS_TILE_ROWS * graph->hidden);
        work->q = qs_floats_new(QS_TILE_ROWS * q_width);
        work->mixed = qs_floats_new(QS_TILE_ROWS * q_width);
        work->gate = qs_floats_new(QS_TILE_ROWS * graph->inner);
        work->up = qs_floats_new(QS_TILE_ROWS * graph->inner);
        work->logits = qs_floats_new(QS_TILE_ROWS * forward->words);
        if (!work->x || !work->q || !work->mixed || !work->gate || !work->up || !work->logits) {
            return fail_memory(err, "a tile of rows", QS_TILE_ROWS * (graph->hidden + 2 * q_width + 2 * graph->inner));
        }
    }
    return QS_OK;
}

enum qs_status qs_forward_new(const struct qs_graph *graph, struct qs_pool *pool, struct qs_forward **out,
                              struct qs_error *err)
{
    struct qs_forward *forward = calloc(1, sizeof *forward);
    if (!forward) {
        return qs_fail_memory(err, "a forward pass", sizeof *forward);
    }
    qs_product_set_up();
    forward->graph = graph;
    forward->pool = pool;
    forward->threads = qs_pool_threads(pool);
    enum qs_status status = make_weights(forward, err);
    if (status == QS_OK) {
        status = make_workspaces(forward, err);
    }
    if (status == QS_OK) {
        struct qs_dequantize piece = {&graph->norm, 0, graph->hidden, forward->norm};
        status = qs_forward_dequantize(forward, &piece, 1, err);
    }
    if (status != QS_OK) {
        qs_forward_free(forward);
        return status;
    }
    *out = forward;
    return QS_OK;
}

void qs_forward_free(struct qs_forward *forward)
{
    if (!forward) {
        return;
    }
    for (unsigned i = 0; forward->workspaces && i < forward->threads; i++) {
        struct qs_workspace *work = &forward->workspaces[i];
        free(work->kv);
        free(work->x);
        free(work->q);
        free(work->mixed);
        free(work->gate);
        free(work->up);
        free(work->scores);
        free(work->logits);
    }
    free(forward->workspaces);
    free(forward->weights);
    free(forward->vectors);
    free(forward->cosines);
    free(forward->sines);
    free(forward);
}

const struct qs_graph *qs_forward_graph(const struct qs_forward *forward)
{
    return forward->graph;
}

float *qs_forward_matrix(struct qs_forward *forward, enum qs_linear linear)
{
    return forward->matrix[linear];
}

const char *qs_part_name(enum qs_part part)
{
    static const char *const names[QS_PART_COUNT] = {"attn_in", "attn_out", "mlp_gate", "mlp_down"};
    return names[part];
}

size_t qs_part_width(const struct qs_graph *graph, enum qs_part part)
{
    return part == QS_PART_ATTN_OUT   ? graph->heads * graph->head_dim
           : part == QS_PART_MLP_DOWN ? graph->inner
                                      : graph->hidden;
}

enum qs_part qs_linear_part(enum qs_linear linear)
{
    return linear <= QS_LINEAR_V     ? QS_PART_ATTN_IN
           : linear == QS_LINEAR_O   ? QS_PART_ATTN_OUT
           : linear <= QS_LINEAR_UP  ? QS_PART_MLP_GATE
                                     : QS_PART_MLP_DOWN;
}

// Positions up to the longest sequence: tables of angles, and per worker what a whole sequence needs.
static enum qs_status reserve_positions(struct qs_forward *forward, size_t positions, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    size_t half = graph->head_dim / 2;
    size_t kv_width = 2 * graph->kv_heads * graph->head_dim;
    uint64_t kv_floats;
    if (positions <= forward->positions) {
        return QS_OK;
    }
    if (!qs_mul_u64(positions, kv_width + QS_ATTENTION_ROWS, &kv_floats)) {
        return fail_memory(err, "a sequence's keys and values", SIZE_MAX);
    }
    forward->positions = 0;
    free(forward->cosines);
    free(forward->sines);
    forward->cosines = qs_floats_new(positions * half);
    forward->sines = qs_floats_new(positions * half);
    bool complete = forward->cosines && forward->sines;
    for (unsigned i = 0; i < forward->threads; i++) {
        struct qs_workspace *work = &forward->workspaces[i];
        free(work->kv);
        free(work->scores);
        work->kv = qs_floats_new(positions * kv_width);
        work->scores = qs_floats_new(positions * QS_ATTENTION_ROWS);
        complete = complete && work->kv && work->scores;
    }
    if (!complete) {
        return fail_memory(err, "a sequence's keys and values", (size_t)kv_floats);
    }
    qs_rope_table(graph->frequencies, half, graph->rope.attention_factor, 0, positions, forward->cosines,
                  forward->sines);
    forward->positions = positions;
    return QS_OK;
}

struct embedding {
    const struct qs_graph *graph;
    struct qs_batch *batch;
    atomic_size_t bad; // the first token whose embedding is not finite
};

enum { EMBED_TOKENS = 256 };

static void embed_tokens(void *context, size_t index, unsigned worker)
{
    struct embedding *job = context;
    struct qs_batch *batch = job->batch;
    size_t end = (index + 1) * EMBED_TOKENS < batch->tokens ? (index + 1) * EMBED_TOKENS : batch->tokens;
    (void)worker;
    for (size_t token = index * EMBED_TOKENS; token < end; token++) {
        float *row = batch->hidden + token * batch->width;
        qs_weight_row(&job->graph->embedding, batch->ids[token], row);
        if (!qs_rows_finite(row, batch->width)) {
            size_t bad = atomic_load(&job->bad);
            while (token < bad && !atomic_compare_exchange_weak(&job->bad, &bad, token)) {
            }
        }
    }
}

enum qs_status qs_forward_embed(struct qs_forward *forward, struct qs_batch *batch, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    struct embedding job = {.graph = graph, .batch = batch};
    enum qs_status status = reserve_positions(forward, batch->longest, err);
    if (status != QS_OK) {
        return status;
    }
    atomic_init(&job.bad, SIZE_MAX);
    qs_pool_for(forward->pool, (batch->tokens + EMBED_TOKENS - 1) / EMBED_TOKENS, embed_tokens, &job);
    size_t bad = atomic_load(&job.bad);
    if (bad != SIZE_MAX) {
        const struct qs_tensor *tensor = graph->embedding.tensor;
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: row %" PRIu32 ": is not finite", tensor->map->path,
                       tensor->name, batch->ids[bad]);
    }
    return QS_OK;
}

enum qs_status qs_forward_run(struct qs_forward *forward, struct qs_batch *batch, const struct qs_forward_hooks *hooks,
                              struct qs_error *err)
{
    static const struct qs_forward_hooks none;
    const struct qs_forward_hooks *use = hooks ? hooks : &none;
    uint32_t layers = forward->graph->layers;
    enum qs_status status = qs_forward_embed(forward, batch, err);
    for (uint32_t layer = 0; status == QS_OK && layer < layers; layer++) {
        char what[32];
        if (qs_progress_stopped(use->progress)) {
            return QS_INTERRUPTED;
        }
        status = qs_forward_load(forward, layer, err);
        if (status == QS_OK && use->replace) {
            status = use->replace(use->context, forward, layer, err);
        }
        if (status == QS_OK) {
            status = qs_forward_layer(forward, batch, 0, batch->sequences, use->watch, err);
        }
        snprintf(what, sizeof what, "layer %" PRIu32, layer);
        qs_progress_report(use->progress, what, layer + 1, layers);
    }
    return status;
}
