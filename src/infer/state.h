// What the files of the forward pass share. Internal to src/infer.
#ifndef QS_INFER_STATE_H
#define QS_INFER_STATE_H

#include "infer/forward.h"

#include <stdatomic.h>

// Rows of tokens that go through a linear at once: what a worker holds of them is bounded, and the weights are read
// from memory once per tile. The same for every number of threads, as the products' shapes are.
enum { QS_TILE_ROWS = 256 };

// One worker's buffers.
struct qs_workspace {
    float *kv;       // [longest][2*kv_width]: keys, then values
    float *x;        // [tile][hidden]: what a norm gives
    float *q;        // [tile][q_width]
    float *mixed;    // [tile][q_width]: what the attention gives
    float *gate;     // [tile][inner]
    float *up;       // [tile][inner]
    float *scores;   // [QS_ATTENTION_ROWS][longest]
    float *logits;   // [tile][words]
};

struct qs_forward {
    const struct qs_graph *graph;
    struct qs_pool *pool;
    unsigned threads;
    size_t words;       // of the vocabulary that go through the head at once
    uint32_t layer;     // the loaded one
    bool loaded;
    float *weights;     // all linears of a layer after each other, or a piece of the head
    float *matrix[QS_LINEAR_COUNT];     // in weights
    float *bias[QS_LINEAR_COUNT];       // f32[rows], or NULL; all in vectors
    float *attn_norm;
    float *mlp_norm;
    float *q_norm;      // or NULL
    float *k_norm;
    float *norm;        // the last one
    float *vectors;
    float *cosines;     // [positions][head_dim/2]
    float *sines;
    size_t positions;
    struct qs_workspace *workspaces; // [threads]
};

// Rows to float32 on the pool: row `row` of weights[i] to to[i] + row*cols. QS_BAD_INPUT names the first tensor that
// holds a number that is not finite.
struct qs_dequantize {
    const struct qs_weight *weight;
    uint64_t first; // rows [first, first + rows)
    uint64_t rows;
    float *to;
};
enum qs_status qs_forward_dequantize(struct qs_forward *forward, const struct qs_dequantize *pieces, size_t count,
                                     struct qs_error *err) QS_MUST_USE;

// f32[count] of 64-byte alignment; NULL where memory ran out.
float *qs_floats_new(size_t count);

#endif
