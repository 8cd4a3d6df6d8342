// Plain types to float32: see plain.h. Each loop runs over runs of a fixed length, which compilers vectorise even at
// -O2, where they accept no epilogue; what is left over goes value by value through the same expression.
#include "kernel/plain.h"

#include "base/attr.h"
#include "kernel/float_bits.h"

enum { RUN = 64 };

static inline float from_f64(const uint8_t *src)
{
    double value;
    memcpy(&value, src, sizeof value);
    return (float)value;
}

#define PLAIN_ROW(name, bytes, convert)                                                                               \
    QS_CLONES void name(const uint8_t *restrict src, size_t count, float *restrict dst)                               \
    {                                                                                                                 \
        size_t at = 0;                                                                                                \
        for (; at + RUN <= count; at += RUN) {                                                                        \
            const uint8_t *restrict from = src + at * (bytes);                                                        \
            float *restrict to = dst + at;                                                                            \
            for (size_t i = 0; i < RUN; i++) {                                                                        \
                to[i] = convert(from + i * (bytes));                                                                  \
            }                                                                                                         \
        }                                                                                                             \
        for (; at < count; at++) {                                                                                    \
            dst[at] = convert(src + at * (bytes));                                                                    \
        }                                                                                                             \
    }

#define FROM_F16(src) qs_f16_to_f32(qs_load_u16(src))
#define FROM_BF16(src) qs_bf16_to_f32(qs_load_u16(src))
#define FROM_F8_E4M3(src) qs_f8_e4m3_to_f32(*(src))
#define FROM_F8_E5M2(src) qs_f8_e5m2_to_f32(*(src))

PLAIN_ROW(qs_f64_row, 8, from_f64)
PLAIN_ROW(qs_f16_row, 2, FROM_F16)
PLAIN_ROW(qs_bf16_row, 2, FROM_BF16)
PLAIN_ROW(qs_f8_e4m3_row, 1, FROM_F8_E4M3)
PLAIN_ROW(qs_f8_e5m2_row, 1, FROM_F8_E5M2)
