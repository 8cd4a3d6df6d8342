// Rows of GGUF block types to float32, dispatched per CPU. Internal to src/kernel: see qs_dtype_to_f32 for what holds.
#ifndef QS_KERNEL_BLOCKS_H
#define QS_KERNEL_BLOCKS_H

#include "kernel/dtype.h"

enum {
    QS_BLOCK_SMALL = 32,   // values of a block of Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and IQ4_NL
    QS_BLOCK_SUPER = 256,  // of the K types and IQ4_XS
    QS_Q4_0_BYTES = 18,
    QS_Q4_1_BYTES = 20,
    QS_Q5_0_BYTES = 22,
    QS_Q5_1_BYTES = 24,
    QS_Q8_0_BYTES = 34,
    QS_Q2_K_BYTES = 84,
    QS_Q3_K_BYTES = 110,
    QS_Q4_K_BYTES = 144,
    QS_Q5_K_BYTES = 176,
    QS_Q6_K_BYTES = 210,
    QS_IQ4_NL_BYTES = 18,
    QS_IQ4_XS_BYTES = 136,
};

// The sixteen levels of IQ4_NL and IQ4_XS (ggml-common.h, kvalues_iq4nl).
#define QS_IQ4_LEVELS {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113}

// dtype: a block type. src: count values in whole blocks, any alignment; dst: f32[count].
void qs_block_row(enum qs_dtype dtype, const uint8_t *src, size_t count, float *dst);

#endif
