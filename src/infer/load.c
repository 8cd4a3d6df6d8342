// A layer's weights as float32 (qs_forward_load of forward.h).
//
// Rows are dequantized on the pool and looked through for numbers that are not finite while they are still in the
// processor's cache. The next layer is asked for before this one is read, and this one's pages are given back after.
#include "infer/state.h"

#include "base/file.h"
#include "kernel/rows.h"

enum { LOAD_ROWS = 64 };

struct load {
    const struct qs_dequantize *pieces;
    size_t count;
    atomic_size_t bad; // the first piece that is not finite
};

static size_t tasks_of(const struct qs_dequantize *piece)
{
    return (size_t)((piece->rows + LOAD_ROWS - 1) / LOAD_ROWS);
}

static void dequantize_rows(void *context, size_t index, unsigned worker)
{
    struct load *load = context;
    size_t at = 0;
    (void)worker;
    while (index >= tasks_of(&load->pieces[at])) {
        index -= tasks_of(&load->pieces[at++]);
    }
    const struct qs_dequantize *piece = &load->pieces[at];
    uint64_t begin = (uint64_t)index * LOAD_ROWS;
    uint64_t end = begin + LOAD_ROWS < piece->rows ? begin + LOAD_ROWS : piece->rows;
    size_t cols = (size_t)piece->weight->cols;
    for (uint64_t row = begin; row < end; row++) {
        qs_weight_row(piece->weight, piece->first + row, piece->to + row * cols);
    }
    if (!qs_rows_finite(piece->to + begin * cols, (size_t)(end - begin) * cols)) {
        size_t bad = atomic_load(&load->bad);
        while (at < bad && !atomic_compare_exchange_weak(&load->bad, &bad, at)) {
        }
    }
}

enum qs_status qs_forward_dequantize(struct qs_forward *forward, const struct qs_dequantize *pieces, size_t count,
                                     struct qs_error *err)
{
    struct load load = {.pieces = pieces, .count = count};
    size_t tasks = 0;
    for (size_t i = 0; i < count; i++) {
        tasks += tasks_of(&pieces[i]);
    }
    atomic_init(&load.bad, SIZE_MAX);
    qs_pool_for(forward->pool, tasks, dequantize_rows, &load);
    size_t bad = atomic_load(&load.bad);
    if (bad != SIZE_MAX) {
        const struct qs_tensor *tensor = pieces[bad].weight->tensor;
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: holds numbers that are infinite or NaN", tensor->map->path,
                       tensor->name);
    }
    return QS_OK;
}

// Calls a hint of base/file.h for all matrices of a layer.
static void hint(const struct qs_graph_layer *layer, void (*call)(const struct qs_map *, uint64_t, uint64_t))
{
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        const struct qs_weight *weight = layer->linear[linear];
        const struct qs_map *map = weight->tensor->map;
        call(map, (uint64_t)(weight->data - map->data), weight->rows * weight->row_bytes);
    }
}

// A vector of the layer, where there is one: takes its place in forward->vectors.
static float *add_vector(struct qs_dequantize *pieces, size_t *count, const struct qs_weight *vector, float **next)
{
    if (!vector->tensor) {
        return NULL;
    }
    float *to = *next;
    pieces[(*count)++] = (struct qs_dequantize){vector, 0, vector->rows, to};
    *next += vector->rows;
    return to;
}

enum qs_status qs_forward_load(struct qs_forward *forward, uint32_t index, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    const struct qs_graph_layer *layer = &graph->layer[index];
    struct qs_dequantize pieces[2 * QS_LINEAR_COUNT + 4];
    size_t count = 0;
    float *next = forward->vectors + graph->hidden; // behind the last norm
    forward->loaded = false;
    if (index + 1 < graph->layers) {
        hint(layer + 1, qs_map_will_need);
    }
    forward->attn_norm = add_vector(pieces, &count, &layer->attn_norm, &next);
    forward->mlp_norm = add_vector(pieces, &count, &layer->mlp_norm, &next);
    forward->q_norm = add_vector(pieces, &count, &layer->q_norm, &next);
    forward->k_norm = add_vector(pieces, &count, &layer->k_norm, &next);
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        const struct qs_weight *weight = layer->linear[linear];
        forward->bias[linear] = add_vector(pieces, &count, &layer->bias[linear], &next);
        pieces[count++] = (struct qs_dequantize){weight, 0, weight->rows, forward->matrix[linear]};
    }
    enum qs_status status = qs_forward_dequantize(forward, pieces, count, err);
    hint(layer, qs_map_done_with);
    if (status == QS_OK) {
        forward->layer = index;
        forward->loaded = true;
    }
    return status;
}
