// The table of storage types and the way to their conversions: see dtype.h.
#include "kernel/dtype.h"

#include "base/attr.h"
#include "kernel/blocks.h"
#include "kernel/plain.h"

#include <string.h>

static void f32_row(const uint8_t *src, size_t count, float *dst)
{
    memcpy(dst, src, count * sizeof *dst);
}

static const struct {
    struct qs_dtype_traits traits;
    void (*row)(const uint8_t *src, size_t count, float *dst);
} dtypes[QS_DTYPE_COUNT] = {
    [QS_DTYPE_F64] = {{"F64", 1, 8}, qs_f64_row},
    [QS_DTYPE_F32] = {{"F32", 1, 4}, f32_row},
    [QS_DTYPE_F16] = {{"F16", 1, 2}, qs_f16_row},
    [QS_DTYPE_BF16] = {{"BF16", 1, 2}, qs_bf16_row},
    [QS_DTYPE_F8_E4M3] = {{"F8_E4M3", 1, 1}, qs_f8_e4m3_row},
    [QS_DTYPE_F8_E5M2] = {{"F8_E5M2", 1, 1}, qs_f8_e5m2_row},
    [QS_DTYPE_Q4_0] = {{"Q4_0", QS_BLOCK_SMALL, QS_Q4_0_BYTES}, qs_q4_0_row},
    [QS_DTYPE_Q4_1] = {{"Q4_1", QS_BLOCK_SMALL, QS_Q4_1_BYTES}, qs_q4_1_row},
    [QS_DTYPE_Q5_0] = {{"Q5_0", QS_BLOCK_SMALL, QS_Q5_0_BYTES}, qs_q5_0_row},
    [QS_DTYPE_Q5_1] = {{"Q5_1", QS_BLOCK_SMALL, QS_Q5_1_BYTES}, qs_q5_1_row},
    [QS_DTYPE_Q8_0] = {{"Q8_0", QS_BLOCK_SMALL, QS_Q8_0_BYTES}, qs_q8_0_row},
    [QS_DTYPE_Q2_K] = {{"Q2_K", QS_BLOCK_SUPER, QS_Q2_K_BYTES}, qs_q2_k_row},
    [QS_DTYPE_Q3_K] = {{"Q3_K", QS_BLOCK_SUPER, QS_Q3_K_BYTES}, qs_q3_k_row},
    [QS_DTYPE_Q4_K] = {{"Q4_K", QS_BLOCK_SUPER, QS_Q4_K_BYTES}, qs_q4_k_row},
    [QS_DTYPE_Q5_K] = {{"Q5_K", QS_BLOCK_SUPER, QS_Q5_K_BYTES}, qs_q5_k_row},
    [QS_DTYPE_Q6_K] = {{"Q6_K", QS_BLOCK_SUPER, QS_Q6_K_BYTES}, qs_q6_k_row},
    [QS_DTYPE_IQ4_NL] = {{"IQ4_NL", QS_BLOCK_SMALL, QS_IQ4_NL_BYTES}, qs_iq4_nl_row},
    [QS_DTYPE_IQ4_XS] = {{"IQ4_XS", QS_BLOCK_SUPER, QS_IQ4_XS_BYTES}, qs_iq4_xs_row},
    [QS_DTYPE_OTHER] = {{"OTHER", 0, 0}, NULL},
};

const struct qs_dtype_traits *qs_dtype_traits(enum qs_dtype dtype)
{
    return &dtypes[dtype].traits;
}

void qs_dtype_to_f32(enum qs_dtype dtype, const void *src, size_t count, float *dst)
{
    if (count) {
        dtypes[dtype].row(src, count, dst);
    }
}
