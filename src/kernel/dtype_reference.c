// The reference conversions, written for the eye: each value of a block is worked out alone, from its index, the way
// the format is described (ggml-common.h for the blocks; ggml-quants.c, dequantize_row_*, for the arithmetic).
#include "kernel/dtype.h"

#include "kernel/blocks.h"
#include "kernel/float_bits.h"

#include <math.h>

// A binary float of 1 + exponent_bits + mantissa_bits; infinities: the topmost exponent means infinity and NaN.
static float short_float(uint32_t bits, int exponent_bits, int mantissa_bits, bool infinities)
{
    uint32_t mantissa = bits & ((1U << mantissa_bits) - 1);
    int exponent = (int)(bits >> mantissa_bits & ((1U << exponent_bits) - 1));
    int top = (1 << exponent_bits) - 1;
    int bias = top / 2;
    bool negative = bits >> (exponent_bits + mantissa_bits) & 1;
    if (infinities && exponent == top) {
        uint32_t special = 0x7f800000U | mantissa << (23 - mantissa_bits);
        return qs_f32_from_bits(special | (uint32_t)negative << 31);
    }
    if (!infinities && exponent == top && mantissa == (1U << mantissa_bits) - 1) {
        return qs_f32_from_bits(0x7fc00000U | (uint32_t)negative << 31);
    }
    int significand = (int)(exponent ? mantissa | 1U << mantissa_bits : mantissa);
    float magnitude = ldexpf((float)significand, (exponent ? exponent : 1) - bias - mantissa_bits);
    return negative ? -magnitude : magnitude;
}

static float f16_at(const uint8_t *src)
{
    return short_float(qs_load_u16(src), 5, 10, true);
}

// Code i of the 32 in 16 bytes of nibbles.
static int nibble(const uint8_t *bytes, unsigned i)
{
    return i < 16 ? bytes[i] & 15 : bytes[i - 16] >> 4;
}

static int bit_at(const uint8_t *bytes, unsigned bit)
{
    return bytes[bit / 8] >> bit % 8 & 1;
}

// 6-bit scales and minima of Q4_K and Q5_K: see blocks.c.
static int k4_scale(const uint8_t *s, unsigned k)
{
    return k < 4 ? s[k] & 63 : (s[k + 4] & 15) + 16 * (s[k - 4] >> 6);
}

static int k4_minimum(const uint8_t *s, unsigned k)
{
    return k < 4 ? s[k + 4] & 63 : (s[k + 4] >> 4) + 16 * (s[k] >> 6);
}

static int q3_k_scale(const uint8_t *s, unsigned k)
{
    int low = k < 8 ? s[k] & 15 : s[k - 8] >> 4;
    return low + 16 * (s[8 + k % 4] >> 2 * (k / 4) & 3) - 32;
}

static float small_value(enum qs_dtype dtype, const uint8_t *b, unsigned i)
{
    static const int levels[16] = QS_IQ4_LEVELS;
    float d = f16_at(b);
    switch (dtype) {
    case QS_DTYPE_Q4_0:
        return (float)(nibble(b + 2, i) - 8) * d;
    case QS_DTYPE_Q4_1:
        return (float)nibble(b + 4, i) * d + f16_at(b + 2);
    case QS_DTYPE_Q5_0:
        return (float)(nibble(b + 6, i) + 16 * bit_at(b + 2, i) - 16) * d;
    case QS_DTYPE_Q5_1:
        return (float)(nibble(b + 8, i) + 16 * bit_at(b + 4, i)) * d + f16_at(b + 2);
    case QS_DTYPE_Q8_0:
        return (float)(int8_t)b[2 + i] * d;
    default: // QS_DTYPE_IQ4_NL
        return d * (float)levels[nibble(b + 2, i)];
    }
}

static float super_value(enum qs_dtype dtype, const uint8_t *b, unsigned i)
{
    static const int levels[16] = QS_IQ4_LEVELS;
    unsigned half = i / 128;        // of 128 values
    unsigned quarter = i % 128 / 32; // of a half
    unsigned j = i % 32;
    switch (dtype) {
    case QS_DTYPE_Q2_K: {
        float scale = f16_at(b + 80) * (float)(b[i / 16] & 15);
        float minimum = f16_at(b + 82) * (float)(b[i / 16] >> 4);
        return scale * (float)(b[16 + 32 * half + j] >> 2 * quarter & 3) - minimum;
    }
    case QS_DTYPE_Q3_K: {
        float scale = f16_at(b + 108) * (float)q3_k_scale(b + 96, i / 16);
        int low = b[32 + 32 * half + j] >> 2 * quarter & 3;
        return scale * (float)(b[j] >> (i / 32) & 1 ? low : low - 4);
    }
    case QS_DTYPE_Q4_K: {
        float scale = f16_at(b) * (float)k4_scale(b + 4, i / 32);
        float minimum = f16_at(b + 2) * (float)k4_minimum(b + 4, i / 32);
        return scale * (float)(b[16 + 32 * (i / 64) + j] >> 4 * (i / 32 % 2) & 15) - minimum;
    }
    case QS_DTYPE_Q5_K: {
        float scale = f16_at(b) * (float)k4_scale(b + 4, i / 32);
        float minimum = f16_at(b + 2) * (float)k4_minimum(b + 4, i / 32);
        int low = b[48 + 32 * (i / 64) + j] >> 4 * (i / 32 % 2) & 15;
        return scale * (float)(low + 16 * (b[16 + j] >> (i / 32) & 1)) - minimum;
    }
    case QS_DTYPE_Q6_K: {
        float scale = f16_at(b + 208) * (float)(int8_t)b[192 + i / 16];
        int low = b[64 * half + 32 * (quarter % 2) + j] >> 4 * (quarter / 2) & 15;
        int high = b[128 + 32 * half + j] >> 2 * quarter & 3;
        return scale * (float)(low + 16 * high - 32);
    }
    default: { // QS_DTYPE_IQ4_XS
        unsigned k = i / 32;
        int low = b[4 + k / 2] >> 4 * (k % 2) & 15;
        int high = qs_load_u16(b + 2) >> 2 * k & 3;
        return f16_at(b) * (float)(low + 16 * high - 32) * (float)levels[nibble(b + 8 + 16 * k, j)];
    }
    }
}

static float plain_value(enum qs_dtype dtype, const uint8_t *src)
{
    double f64;
    switch (dtype) {
    case QS_DTYPE_F64:
        memcpy(&f64, src, sizeof f64);
        return (float)f64;
    case QS_DTYPE_F32:
        return qs_f32_from_bits(qs_load_u32(src));
    case QS_DTYPE_F16:
        return f16_at(src);
    case QS_DTYPE_BF16:
        return qs_f32_from_bits((uint32_t)qs_load_u16(src) << 16);
    case QS_DTYPE_F8_E4M3:
        return short_float(*src, 4, 3, false);
    default: // QS_DTYPE_F8_E5M2
        return short_float(*src, 5, 2, true);
    }
}

void qs_dtype_to_f32_reference(enum qs_dtype dtype, const void *src, size_t count, float *dst)
{
    const struct qs_dtype_traits *traits = qs_dtype_traits(dtype);
    const uint8_t *bytes = src;
    for (size_t at = 0; at < count; at++) {
        const uint8_t *block = bytes + at / traits->block_values * traits->block_bytes;
        unsigned i = (unsigned)(at % traits->block_values);
        dst[at] = traits->block_values == 1                ? plain_value(dtype, block)
                : traits->block_values == QS_BLOCK_SMALL ? small_value(dtype, block, i)
                                                         : super_value(dtype, block, i);
    }
}
