// Causal attention of grouped heads over one sequence. Internal to src/infer.
#ifndef QS_INFER_ATTENTION_H
#define QS_INFER_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

enum { QS_ATTENTION_ROWS = 64 }; // queries of one head that are computed at once

struct qs_attention {
    size_t heads;
    size_t kv_heads;  // head h attends with keys and values of head h / (heads/kv_heads)
    size_t head_dim;
    uint64_t window;  // 0: none
    const float *keys;   // [length][kv_stride], kv_heads*head_dim of each row
    const float *values; // the same
    size_t kv_stride;
};

// out[row] = sum over keys j of softmax(q . k_j / sqrt(head_dim)) v_j for the queries of positions first + row, over
// j <= first + row and, with a window, j > first + row - window.
//   q, out    f32[rows][heads*head_dim]; not the same
//   scores    f32[QS_ATTENTION_ROWS][first + rows], used here
// Products in float32, the sum of a softmax in double.
void qs_attention_rows(const struct qs_attention *attention, const float *q, size_t first, size_t rows, float *scores,
                       float *out);

#endif
