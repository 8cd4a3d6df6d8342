// GGUF block types to float32: see blocks.h.
//
// A block holds codes q of a few bits and one or two float16 scales; a super-block of 256 adds a small integer scale
// for each run of 16 or 32. Each value is scale*q or scale*q - minimum, rounded to float32 after every operation in the
// order of ggml's reference (ggml-quants.c, dequantize_row_*), so the bits agree. Codes are unpacked run by run with a
// shift that is fixed for the run; such loops of a fixed length vectorise. (Why the clones are static: see plain.c.)
#include "kernel/blocks.h"

#include "base/attr.h"
#include "kernel/float_bits.h"

static inline float load_f16(const uint8_t *src)
{
    return qs_f16_to_f32(qs_load_u16(src));
}

// block: f16 d | 16 bytes; byte j holds code j (low nibble) and code j + 16
QS_CLONES static void q4_0_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_Q4_0_BYTES, dst += QS_BLOCK_SMALL) {
        float d = load_f16(src);
        const uint8_t *codes = src + 2;
        for (int j = 0; j < 16; j++) {
            dst[j] = (float)((codes[j] & 15) - 8) * d;
        }
        for (int j = 0; j < 16; j++) {
            dst[16 + j] = (float)((codes[j] >> 4) - 8) * d;
        }
    }
}

// block: f16 d | f16 m | 16 bytes
QS_CLONES static void q4_1_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_Q4_1_BYTES, dst += QS_BLOCK_SMALL) {
        float d = load_f16(src);
        float m = load_f16(src + 2);
        const uint8_t *codes = src + 4;
        for (int j = 0; j < 16; j++) {
            dst[j] = (float)(codes[j] & 15) * d + m;
        }
        for (int j = 0; j < 16; j++) {
            dst[16 + j] = (float)(codes[j] >> 4) * d + m;
        }
    }
}

// The 32 five-bit codes of a block: nibbles as above, the fifth bits in the u32 `high`, bit j for code j.
static inline void unpack_five_bits(uint32_t high, const uint8_t *restrict nibbles, int32_t *restrict codes)
{
    for (unsigned j = 0; j < 16; j++) {
        codes[j] = (int32_t)((nibbles[j] & 15U) | (high >> j & 1) << 4);
    }
    for (unsigned j = 0; j < 16; j++) {
        codes[16 + j] = (int32_t)((uint32_t)(nibbles[j] >> 4) | (high >> (16 + j) & 1) << 4);
    }
}

// block: f16 d | u32 fifth bits | 16 bytes
QS_CLONES static void q5_0_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_Q5_0_BYTES, dst += QS_BLOCK_SMALL) {
        float d = load_f16(src);
        int32_t codes[QS_BLOCK_SMALL];
        unpack_five_bits(qs_load_u32(src + 2), src + 6, codes);
        for (int j = 0; j < QS_BLOCK_SMALL; j++) {
            dst[j] = (float)(codes[j] - 16) * d;
        }
    }
}

// block: f16 d | f16 m | u32 fifth bits | 16 bytes
QS_CLONES static void q5_1_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_Q5_1_BYTES, dst += QS_BLOCK_SMALL) {
        float d = load_f16(src);
        float m = load_f16(src + 2);
        int32_t codes[QS_BLOCK_SMALL];
        unpack_five_bits(qs_load_u32(src + 4), src + 8, codes);
        for (int j = 0; j < QS_BLOCK_SMALL; j++) {
            dst[j] = (float)codes[j] * d + m;
        }
    }
}

// block: f16 d | 32 signed bytes
QS_CLONES static void q8_0_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_Q8_0_BYTES, dst += QS_BLOCK_SMALL) {
        float d = load_f16(src);
        const int8_t *codes = (const int8_t *)(src + 2);
        for (int j = 0; j < QS_BLOCK_SMALL; j++) {
            dst[j] = (float)codes[j] * d;
        }
    }
}

// super-block: 16 bytes of scales, one per 16 values (low nibble: scale, high: minimum) | 64 bytes | f16 d | f16 dmin.
// Of each 128 values the codes of run r (32 values) are the bits 2r, 2r+1 of 32 bytes.
QS_CLONES static void q2_k_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_Q2_K_BYTES) {
        float d = load_f16(src + 80);
        float dmin = load_f16(src + 82);
        for (int run = 0; run < 16; run++, dst += 16) {
            float scale = d * (float)(src[run] & 15);
            float minimum = dmin * (float)(src[run] >> 4);
            const uint8_t *codes = src + 16 + run / 8 * 32 + run % 2 * 16;
            int shift = run % 8 / 2 * 2;
            for (int j = 0; j < 16; j++) {
                dst[j] = scale * (float)(codes[j] >> shift & 3) - minimum;
            }
        }
    }
}

// super-block: 32 bytes of high bits (inverted; bit r of byte j belongs to value 32r + j) | 64 bytes as in Q2_K |
// 16 scales of 6 bits in 12 bytes | f16 d. Scale k: low nibbles of bytes 0-7, then their high nibbles; its upper two
// bits are bits 2(k/4), 2(k/4)+1 of byte 8 + k%4.
QS_CLONES static void q3_k_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_Q3_K_BYTES) {
        float d = load_f16(src + 108);
        const uint8_t *scales = src + 96;
        for (int run = 0; run < 16; run++, dst += 16) {
            int low = run < 8 ? scales[run] & 15 : scales[run - 8] >> 4;
            int high = scales[8 + run % 4] >> run / 4 * 2 & 3;
            float scale = d * (float)((low | high << 4) - 32);
            const uint8_t *masks = src + run % 2 * 16;
            const uint8_t *codes = src + 32 + run / 8 * 32 + run % 2 * 16;
            int shift = run % 8 / 2 * 2;
            int bit = run / 2;
            for (int j = 0; j < 16; j++) {
                dst[j] = scale * (float)((codes[j] >> shift & 3) + (masks[j] >> bit & 1) * 4 - 4);
            }
        }
    }
}

// Scale and minimum of run k (0-7) of Q4_K and Q5_K, 6 bits each in 12 bytes: for k < 4 the low six bits of bytes k and
// k + 4; else the nibbles of byte k + 4, with the top two bits of bytes k - 4 and k above them.
static inline int packed_scale(const uint8_t *scales, int k)
{
    return k < 4 ? scales[k] & 63 : (scales[k + 4] & 15) | scales[k - 4] >> 6 << 4;
}

static inline int packed_minimum(const uint8_t *scales, int k)
{
    return k < 4 ? scales[k + 4] & 63 : scales[k + 4] >> 4 | scales[k] >> 6 << 4;
}

// super-block: f16 d | f16 dmin | 12 bytes of scales | 128 bytes; of each 64 values the first 32 are the low nibbles of
// 32 bytes, the rest the high ones
QS_CLONES static void q4_k_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_Q4_K_BYTES) {
        float d = load_f16(src);
        float dmin = load_f16(src + 2);
        for (int run = 0; run < 8; run++, dst += 32) {
            float scale = d * (float)packed_scale(src + 4, run);
            float minimum = dmin * (float)packed_minimum(src + 4, run);
            const uint8_t *codes = src + 16 + run / 2 * 32;
            int shift = run % 2 * 4;
            for (int j = 0; j < 32; j++) {
                dst[j] = scale * (float)(codes[j] >> shift & 15) - minimum;
            }
        }
    }
}

// super-block: f16 d | f16 dmin | 12 bytes of scales | 32 bytes of fifth bits (bit r of byte j: value 32r + j) | 128
// bytes as in Q4_K
QS_CLONES static void q5_k_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_Q5_K_BYTES) {
        float d = load_f16(src);
        float dmin = load_f16(src + 2);
        const uint8_t *high = src + 16;
        for (int run = 0; run < 8; run++, dst += 32) {
            float scale = d * (float)packed_scale(src + 4, run);
            float minimum = dmin * (float)packed_minimum(src + 4, run);
            const uint8_t *codes = src + 48 + run / 2 * 32;
            int shift = run % 2 * 4;
            for (int j = 0; j < 32; j++) {
                dst[j] = scale * (float)((codes[j] >> shift & 15) + (high[j] >> run & 1) * 16) - minimum;
            }
        }
    }
}

// super-block: 128 bytes of low nibbles | 64 bytes of upper bit pairs | 16 signed scales, one per 16 values | f16 d.
// Of each 128 values, run r (32 values): nibbles of 32 bytes from 32(r%2) on, low for r < 2; pair r of 32 bytes.
QS_CLONES static void q6_k_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_Q6_K_BYTES) {
        float d = load_f16(src + 208);
        const int8_t *scales = (const int8_t *)(src + 192);
        for (int run = 0; run < 16; run++, dst += 16) {
            float scale = d * (float)scales[run];
            int quarter = run % 8 / 2;
            const uint8_t *low = src + run / 8 * 64 + quarter % 2 * 32 + run % 2 * 16;
            const uint8_t *high = src + 128 + run / 8 * 32 + run % 2 * 16;
            int low_shift = quarter / 2 * 4;
            int high_shift = quarter * 2;
            for (int j = 0; j < 16; j++) {
                dst[j] = scale * (float)((low[j] >> low_shift & 15) + (high[j] >> high_shift & 3) * 16 - 32);
            }
        }
    }
}

// 32 values of IQ4: the sixteen products are made once and looked up.
static inline void iq4_run(float scale, const uint8_t *restrict codes, float *restrict dst)
{
    static const float levels[16] = QS_IQ4_LEVELS;
    float values[16];
    for (int j = 0; j < 16; j++) {
        values[j] = scale * levels[j];
    }
    for (int j = 0; j < 16; j++) {
        dst[j] = values[codes[j] & 15];
        dst[16 + j] = values[codes[j] >> 4];
    }
}

// block: f16 d | 16 bytes of nibbles as in Q4_0, which number levels
QS_CLONES static void iq4_nl_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SMALL; b++, src += QS_IQ4_NL_BYTES, dst += QS_BLOCK_SMALL) {
        iq4_run(load_f16(src), src + 2, dst);
    }
}

// super-block: f16 d | u16 upper bit pairs of 8 scales | 4 bytes of their low nibbles | 8 times 16 bytes as in IQ4_NL
QS_CLONES static void iq4_xs_row(const uint8_t *restrict src, size_t count, float *restrict dst)
{
    for (size_t b = 0; b < count / QS_BLOCK_SUPER; b++, src += QS_IQ4_XS_BYTES) {
        float d = load_f16(src);
        int high = qs_load_u16(src + 2);
        for (int run = 0; run < 8; run++, dst += 32) {
            int scale = (src[4 + run / 2] >> run % 2 * 4 & 15) | (high >> run * 2 & 3) << 4;
            iq4_run(d * (float)(scale - 32), src + 8 + run * 16, dst);
        }
    }
}

void qs_block_row(enum qs_dtype dtype, const uint8_t *src, size_t count, float *dst)
{
    switch (dtype) {
    case QS_DTYPE_Q4_0:
        q4_0_row(src, count, dst);
        break;
    case QS_DTYPE_Q4_1:
        q4_1_row(src, count, dst);
        break;
    case QS_DTYPE_Q5_0:
        q5_0_row(src, count, dst);
        break;
    case QS_DTYPE_Q5_1:
        q5_1_row(src, count, dst);
        break;
    case QS_DTYPE_Q8_0:
        q8_0_row(src, count, dst);
        break;
    case QS_DTYPE_Q2_K:
        q2_k_row(src, count, dst);
        break;
    case QS_DTYPE_Q3_K:
        q3_k_row(src, count, dst);
        break;
    case QS_DTYPE_Q4_K:
        q4_k_row(src, count, dst);
        break;
    case QS_DTYPE_Q5_K:
        q5_k_row(src, count, dst);
        break;
    case QS_DTYPE_Q6_K:
        q6_k_row(src, count, dst);
        break;
    case QS_DTYPE_IQ4_NL:
        iq4_nl_row(src, count, dst);
        break;
    default: // QS_DTYPE_IQ4_XS
        iq4_xs_row(src, count, dst);
    }
}
