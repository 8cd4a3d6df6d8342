// The last norm and the head (qs_forward_head of forward.h): a piece of the vocabulary at a time, and for each, tiles
// of rows on the pool.
#include "infer/state.h"

#include "infer/product.h"
#include "kernel/rows.h"

struct head {
    struct qs_forward *forward;
    const struct qs_batch *batch;
    const size_t *tokens;
    size_t count;
    size_t word;  // the piece of the vocabulary
    size_t words;
    qs_logits_see *see;
    void *context;
};

static void run_tile(void *context, size_t index, unsigned worker)
{
    const struct head *head = context;
    const struct qs_graph *graph = head->forward->graph;
    struct qs_workspace *work = &head->forward->workspaces[worker];
    size_t row = index * QS_TILE_ROWS;
    size_t rows = head->count - row < QS_TILE_ROWS ? head->count - row : QS_TILE_ROWS;
    for (size_t i = 0; i < rows; i++) {
        qs_rows_norm(head->batch->hidden + head->tokens[row + i] * graph->hidden, head->forward->norm, graph->hidden,
                     graph->eps, work->x + i * graph->hidden);
    }
    qs_product_rows(rows, head->words, graph->hidden, (struct qs_matrix){work->x, graph->hidden},
                    (struct qs_matrix){head->forward->weights, graph->hidden}, 0, work->logits, head->words);
    head->see(head->context, row, rows, head->word, head->words, work->logits, worker);
}

enum qs_status qs_forward_head(struct qs_forward *forward, const struct qs_batch *batch, const size_t *tokens,
                               size_t count, qs_logits_see *see, void *context, struct qs_error *err)
{
    const struct qs_graph *graph = forward->graph;
    struct head head = {.forward = forward, .batch = batch, .tokens = tokens, .count = count, .see = see,
                        .context = context};
    forward->loaded = false; // the head takes the layer's place
    for (head.word = 0; head.word < graph->vocabulary; head.word += forward->words) {
        size_t rest = graph->vocabulary - head.word;
        head.words = rest < forward->words ? rest : forward->words;
        struct qs_dequantize piece = {&graph->head, head.word, head.words, forward->weights};
        enum qs_status status = qs_forward_dequantize(forward, &piece, 1, err);
        if (status != QS_OK) {
            return status;
        }
        qs_pool_for(forward->pool, (count + QS_TILE_ROWS - 1) / QS_TILE_ROWS, run_tile, &head);
    }
    return QS_OK;
}
