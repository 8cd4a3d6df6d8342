// The storage types of weights: names, block shapes, and the plain conversion to floating point.
#ifndef QS_KERNEL_DTYPE_H
#define QS_KERNEL_DTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A stable list: the values never leave the process (files carry the names).
enum qs_dtype {
    QS_DTYPE_F64,
    QS_DTYPE_F32,
    QS_DTYPE_F16,
    QS_DTYPE_BF16,
    QS_DTYPE_F8_E4M3, // OCP FP8 E4M3FN: no infinities, NaN 0x7f and 0xff
    QS_DTYPE_F8_E5M2,
    QS_DTYPE_Q4_0, // GGUF block types
    QS_DTYPE_Q4_1,
    QS_DTYPE_Q5_0,
    QS_DTYPE_Q5_1,
    QS_DTYPE_Q8_0,
    QS_DTYPE_Q2_K,
    QS_DTYPE_Q3_K,
    QS_DTYPE_Q4_K,
    QS_DTYPE_Q5_K,
    QS_DTYPE_Q6_K,
    QS_DTYPE_IQ4_NL,
    QS_DTYPE_IQ4_XS,
    QS_DTYPE_OTHER, // listed, with its own name and size, but its values are not read: integers, bool, other GGUF types
    QS_DTYPE_COUNT
};

struct qs_dtype_traits {
    const char *name;       // "BF16", "Q4_K", ...
    uint32_t block_values;  // values in a block; 1 for plain types; 0 for QS_DTYPE_OTHER
    uint32_t block_bytes;   // bytes of a block; 0 for QS_DTYPE_OTHER
};

const struct qs_dtype_traits *qs_dtype_traits(enum qs_dtype dtype);

static inline bool qs_dtype_is_float(enum qs_dtype dtype)
{
    return dtype <= QS_DTYPE_F8_E5M2;
}

// Converts count values (a whole number of blocks) stored at src, any alignment, to float32. Exact for every type of
// at most 32 bits; F64 is rounded to nearest. src: bytes of count values; dst: f32[count], not overlapping.
// dtype is not QS_DTYPE_OTHER. Dispatched per CPU; the same bits on every CPU. Thread-safe.
// Block types follow ggml's reference dequantization (ggml-quants.c, dequantize_row_*), in float32.
void qs_dtype_to_f32(enum qs_dtype dtype, const void *src, size_t count, float *dst);

// The plain C reference of the above, the oracle of the tests.
void qs_dtype_to_f32_reference(enum qs_dtype dtype, const void *src, size_t count, float *dst);

#endif
