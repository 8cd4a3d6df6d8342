// The forward pass, a layer at a time: every sequence goes through a layer before the next layer's weights are touched.
//
//     qs_forward_new(graph, pool, &forward, err)
//     qs_forward_embed(forward, batch, err)
//     for each layer:
//         qs_forward_load(forward, layer, err)             its weights, dequantized to float32
//         qs_forward_matrix(forward, QS_LINEAR_Q)          which may be replaced here
//         qs_forward_layer(forward, batch, 0, batch->sequences, watch, err)
//     qs_forward_head(forward, batch, tokens, count, see, context, err)
//
// or qs_forward_run for all but the head. Several batches may pass a loaded layer in turn, so that one reading of the
// model serves full precision and any number of plans.
//
// Memory: one layer in float32, the batch's hidden states, and per thread a tile of rows and one sequence's keys and
// values. Numbers: float32 but for the sums of norms and softmaxes, which are double; the same bits for any number of
// threads. One thread calls; the pool works.
#ifndef QS_INFER_FORWARD_H
#define QS_INFER_FORWARD_H

#include "base/pool.h"
#include "base/progress.h"
#include "infer/batch.h"
#include "infer/graph.h"

struct qs_forward;

// graph and pool outlive it.
enum qs_status qs_forward_new(const struct qs_graph *graph, struct qs_pool *pool, struct qs_forward **out,
                              struct qs_error *err) QS_MUST_USE;
void qs_forward_free(struct qs_forward *forward); // NULL is fine

const struct qs_graph *qs_forward_graph(const struct qs_forward *forward);

// Fills the batch's hidden states. QS_BAD_INPUT where a token's embedding has a number that is not finite.
enum qs_status qs_forward_embed(struct qs_forward *forward, struct qs_batch *batch, struct qs_error *err) QS_MUST_USE;

// Reads one layer. QS_BAD_INPUT names the tensor where a weight is infinite or NaN; no layer is loaded then.
enum qs_status qs_forward_load(struct qs_forward *forward, uint32_t layer, struct qs_error *err) QS_MUST_USE;

// The loaded layer's matrix of a linear, f32 (rows, cols) row-major in Hugging Face order. What is written there is
// computed with until the next load.
float *qs_forward_matrix(struct qs_forward *forward, enum qs_linear linear);

// The inputs of the linears: q, k and v share one, and so do gate and up.
enum qs_part { QS_PART_ATTN_IN, QS_PART_ATTN_OUT, QS_PART_MLP_GATE, QS_PART_MLP_DOWN, QS_PART_COUNT };

// "attn_in", "attn_out", "mlp_gate", "mlp_down".
const char *qs_part_name(enum qs_part part);
size_t qs_part_width(const struct qs_graph *graph, enum qs_part part);
enum qs_part qs_linear_part(enum qs_linear linear); // whose input it is

// Called with the input of a part for the tokens [token, token + rows) of the batch, x: f32[rows][width], borrowed for
// the call. Each token of each part comes once, those of a sequence in order; different sequences come from different
// workers at once.
struct qs_watch {
    void (*see)(void *context, uint32_t layer, enum qs_part part, size_t token, size_t rows, const float *x,
                unsigned worker);
    void *context;
};

// The loaded layer over sequences [first, first + count) of the batch. watch: NULL is fine. QS_BAD_INPUT names the
// layer and the first sequence whose hidden states became infinite or NaN; the batch is useless then.
enum qs_status qs_forward_layer(struct qs_forward *forward, struct qs_batch *batch, size_t first, size_t count,
                                const struct qs_watch *watch, struct qs_error *err) QS_MUST_USE;

// What may be done to a loaded layer before it is used; NULL members are fine.
struct qs_forward_hooks {
    const struct qs_watch *watch;
    enum qs_status (*replace)(void *context, struct qs_forward *forward, uint32_t layer, struct qs_error *err);
    void *context;
    const struct qs_progress *progress; // is told of every layer, and asked whether to stop (QS_INTERRUPTED)
};

// Embedding and all layers. hooks: NULL is fine.
enum qs_status qs_forward_run(struct qs_forward *forward, struct qs_batch *batch, const struct qs_forward_hooks *hooks,
                              struct qs_error *err) QS_MUST_USE;

// Called with logits: rows [row, row + rows) of the tokens asked for, the vocabulary's [word, word + words),
// f32[rows][words], borrowed for the call. Of one row the words come in order; different rows from different workers at
// once.
typedef void qs_logits_see(void *context, size_t row, size_t rows, size_t word, size_t words, const float *logits,
                           unsigned worker);

// The last norm and the head for count tokens of the batch: tokens[row] is its index. The vocabulary is cut so that no
// more than 64 MiB of the head are held in float32. QS_BAD_INPUT where a weight of the head is infinite or NaN.
enum qs_status qs_forward_head(struct qs_forward *forward, const struct qs_batch *batch, const size_t *tokens,
                               size_t count, qs_logits_see *see, void *context, struct qs_error *err) QS_MUST_USE;

#endif
