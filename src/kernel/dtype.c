// The table of storage types and the way to their conversions: see dtype.h.
#include "kernel/dtype.h"

#include "kernel/blocks.h"
#include "kernel/plain.h"

static const struct qs_dtype_traits dtypes[QS_DTYPE_COUNT] = {
    [QS_DTYPE_F64] = {"F64", 1, 8},
    [QS_DTYPE_F32] = {"F32", 1, 4},
    [QS_DTYPE_F16] = {"F16", 1, 2},
    [QS_DTYPE_BF16] = {"BF16", 1, 2},
    [QS_DTYPE_F8_E4M3] = {"F8_E4M3", 1, 1},
    [QS_DTYPE_F8_E5M2] = {"F8_E5M2", 1, 1},
    [QS_DTYPE_Q4_0] = {"Q4_0", QS_BLOCK_SMALL, QS_Q4_0_BYTES},
    [QS_DTYPE_Q4_1] = {"Q4_1", QS_BLOCK_SMALL, QS_Q4_1_BYTES},
    [QS_DTYPE_Q5_0] = {"Q5_0", QS_BLOCK_SMALL, QS_Q5_0_BYTES},
    [QS_DTYPE_Q5_1] = {"Q5_1", QS_BLOCK_SMALL, QS_Q5_1_BYTES},
    [QS_DTYPE_Q8_0] = {"Q8_0", QS_BLOCK_SMALL, QS_Q8_0_BYTES},
    [QS_DTYPE_Q2_K] = {"Q2_K", QS_BLOCK_SUPER, QS_Q2_K_BYTES},
    [QS_DTYPE_Q3_K] = {"Q3_K", QS_BLOCK_SUPER, QS_Q3_K_BYTES},
    [QS_DTYPE_Q4_K] = {"Q4_K", QS_BLOCK_SUPER, QS_Q4_K_BYTES},
    [QS_DTYPE_Q5_K] = {"Q5_K", QS_BLOCK_SUPER, QS_Q5_K_BYTES},
    [QS_DTYPE_Q6_K] = {"Q6_K", QS_BLOCK_SUPER, QS_Q6_K_BYTES},
    [QS_DTYPE_IQ4_NL] = {"IQ4_NL", QS_BLOCK_SMALL, QS_IQ4_NL_BYTES},
    [QS_DTYPE_IQ4_XS] = {"IQ4_XS", QS_BLOCK_SUPER, QS_IQ4_XS_BYTES},
    [QS_DTYPE_OTHER] = {"OTHER", 0, 0},
};

const struct qs_dtype_traits *qs_dtype_traits(enum qs_dtype dtype)
{
    return &dtypes[dtype];
}

void qs_dtype_to_f32(enum qs_dtype dtype, const void *src, size_t count, float *dst)
{
    if (count == 0) {
        return; // src and dst may be NULL
    }
    if (qs_dtype_is_float(dtype)) {
        qs_plain_row(dtype, src, count, dst);
    } else {
        qs_block_row(dtype, src, count, dst);
    }
}
