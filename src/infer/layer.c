// One layer over many sequences (qs_forward_layer of forward.h).
//
// A worker takes a whole sequence through the layer, tile by tile: first all keys and values, then, for each tile, the
// attention and the MLP, added to the hidden states where they stand. Nothing is shared but the weights, so the order
// in which workers take sequences leaves no trace.
#include "infer/state.h"

#include "infer/attention.h"
#include "infer/product.h"
#include "kernel/rows.h"

#include <inttypes.h>

struct pass {
    struct qs_forward *forward;
    struct qs_batch *batch;
    size_t first; // sequence
    const struct qs_watch *watch;
    atomic_size_t bad; // the first sequence that is not finite
};

// The tile of rows [row, row + rows) of one sequence, at the positions of the same numbers.
struct tile {
    struct pass *pass;
    struct qs_workspace *work;
    unsigned worker;
    size_t begin; // token at which the sequence begins
    size_t row;
    size_t rows;
    float *hidden; // f32[rows][hidden], in place
};

static void watch(const struct tile *tile, enum qs_part part, const float *x)
{
    const struct qs_watch *watch = tile->pass->watch;
    if (watch) {
        watch->see(watch->context, tile->pass->forward->layer, part, tile->begin + tile->row, tile->rows, x,
                   tile->worker);
    }
}

static void norm_rows(const struct tile *tile, const float *weight)
{
    const struct qs_graph *graph = tile->pass->forward->graph;
    for (size_t row = 0; row < tile->rows; row++) {
        qs_rows_norm(tile->hidden + row * graph->hidden, weight, graph->hidden, graph->eps,
                     tile->work->x + row * graph->hidden);
    }
}

// y: f32[rows][stride] += bias, where there is one.
static void add_bias(const struct tile *tile, enum qs_linear linear, float *y, size_t stride)
{
    const struct qs_forward *forward = tile->pass->forward;
    for (size_t row = 0; forward->bias[linear] && row < tile->rows; row++) {
        qs_rows_add(y + row * stride, forward->bias[linear], qs_linear_rows(forward->graph, linear));
    }
}

// y = keep*y + x w^T + bias.  x: f32[rows][cols of the linear], y: f32[rows][rows of the linear].
static void apply(const struct tile *tile, enum qs_linear linear, const float *x, float keep, float *y)
{
    const struct qs_forward *forward = tile->pass->forward;
    size_t cols = qs_linear_cols(forward->graph, linear);
    size_t rows = qs_linear_rows(forward->graph, linear);
    qs_product_rows(tile->rows, rows, cols, (struct qs_matrix){x, cols},
                    (struct qs_matrix){forward->matrix[linear], cols}, keep, y, rows);
    add_bias(tile, linear, y, rows);
}

// Every head of y: normed where the architecture does so, and turned by its position.
static void turn_heads(const struct tile *tile, const float *norm, size_t heads, float *y, size_t stride)
{
    const struct qs_forward *forward = tile->pass->forward;
    size_t dim = forward->graph->head_dim;
    for (size_t row = 0; row < tile->rows; row++) {
        size_t at = (tile->row + row) * (dim / 2);
        for (size_t head = 0; head < heads; head++) {
            float *x = y + row * stride + head * dim;
            if (norm) {
                qs_rows_norm(x, norm, dim, forward->graph->eps, x);
            }
            qs_rows_rotate(x, forward->cosines + at, forward->sines + at, dim / 2);
        }
    }
}

static void make_keys(const struct tile *tile)
{
    const struct qs_forward *forward = tile->pass->forward;
    const struct qs_graph *graph = forward->graph;
    size_t width = graph->kv_heads * graph->head_dim;
    float *kv = tile->work->kv + tile->row * 2 * width;
    norm_rows(tile, forward->attn_norm);
    watch(tile, QS_PART_ATTN_IN, tile->work->x);
    // The matrices of k and v stand behind each other: one product makes both.
    qs_product_rows(tile->rows, 2 * width, graph->hidden, (struct qs_matrix){tile->work->x, graph->hidden},
                    (struct qs_matrix){forward->matrix[QS_LINEAR_K], graph->hidden}, 0, kv, 2 * width);
    add_bias(tile, QS_LINEAR_K, kv, 2 * width);
    add_bias(tile, QS_LINEAR_V, kv + width, 2 * width);
    turn_heads(tile, forward->k_norm, graph->kv_heads, kv, 2 * width);
}

static void attend(const struct tile *tile, bool normed)
{
    const struct qs_forward *forward = tile->pass->forward;
    const struct qs_graph *graph = forward->graph;
    struct qs_workspace *work = tile->work;
    size_t kv_width = graph->kv_heads * graph->head_dim;
    struct qs_attention attention = {.heads = graph->heads, .kv_heads = graph->kv_heads, .head_dim = graph->head_dim,
                                     .window = graph->layer[forward->layer].window, .keys = work->kv,
                                     .values = work->kv + kv_width, .kv_stride = 2 * kv_width};
    if (!normed) {
        norm_rows(tile, forward->attn_norm);
    }
    apply(tile, QS_LINEAR_Q, work->x, 0, work->q);
    turn_heads(tile, forward->q_norm, graph->heads, work->q, graph->heads * graph->head_dim);
    qs_attention_rows(&attention, work->q, tile->row, tile->rows, work->scores, work->mixed);
    watch(tile, QS_PART_ATTN_OUT, work->mixed);
    apply(tile, QS_LINEAR_O, work->mixed, 1, tile->hidden);
}

static void feed(const struct tile *tile)
{
    const struct qs_forward *forward = tile->pass->forward;
    struct qs_workspace *work = tile->work;
    norm_rows(tile, forward->mlp_norm);
    watch(tile, QS_PART_MLP_GATE, work->x);
    apply(tile, QS_LINEAR_GATE, work->x, 0, work->gate);
    apply(tile, QS_LINEAR_UP, work->x, 0, work->up);
    qs_rows_gate(work->gate, work->up, tile->rows * forward->graph->inner);
    watch(tile, QS_PART_MLP_DOWN, work->gate);
    apply(tile, QS_LINEAR_DOWN, work->gate, 1, tile->hidden);
}

static void run_sequence(void *context, size_t index, unsigned worker)
{
    struct pass *pass = context;
    const struct qs_batch *batch = pass->batch;
    size_t sequence = pass->first + index;
    size_t begin = batch->starts[sequence];
    size_t length = batch->starts[sequence + 1] - begin;
    bool finite = true;
    struct tile tile = {.pass = pass, .work = &pass->forward->workspaces[worker], .worker = worker, .begin = begin};
    for (int second = 0; second < 2; second++) {
        for (tile.row = 0; tile.row < length; tile.row += QS_TILE_ROWS) {
            tile.rows = length - tile.row < QS_TILE_ROWS ? length - tile.row : QS_TILE_ROWS;
            tile.hidden = batch->hidden + (begin + tile.row) * batch->width;
            if (second) {
                attend(&tile, length <= QS_TILE_ROWS);
                feed(&tile);
                finite = finite && qs_rows_finite(tile.hidden, tile.rows * batch->width);
            } else {
                make_keys(&tile);
            }
        }
    }
    if (!finite) {
        size_t bad = atomic_load(&pass->bad);
        while (sequence < bad && !atomic_compare_exchange_weak(&pass->bad, &bad, sequence)) {
        }
    }
}

enum qs_status qs_forward_layer(struct qs_forward *forward, struct qs_batch *batch, size_t first, size_t count,
                                const struct qs_watch *watch, struct qs_error *err)
{
    struct pass pass = {.forward = forward, .batch = batch, .first = first, .watch = watch};
    if (!forward->loaded || forward->positions < batch->longest) {
        return qs_fail(err, QS_FAILED, "no layer is loaded, or the batch has no hidden states");
    }
    atomic_init(&pass.bad, SIZE_MAX);
    qs_pool_for(forward->pool, count, run_sequence, &pass);
    size_t bad = atomic_load(&pass.bad);
    if (bad != SIZE_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: layer %" PRIu32 ": what it makes of sequence %zu is infinite or NaN",
                       qs_model_path(forward->graph->model), forward->layer, bad);
    }
    return QS_OK;
}
