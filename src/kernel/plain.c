// Plain types to float32: see plain.h. Each loop runs over runs of a fixed length, which compilers vectorise even at
// -O2, where they accept no epilogue; what is left over goes value by value through the same expression.
// The cloned functions are static: clang 14 gives a cloned function a name that other files cannot link to.
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
    QS_CLONES static void name(const uint8_t *restrict src, size_t count, float *restrict dst)                        \
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

PLAIN_ROW(f64_row, 8, from_f64)
PLAIN_ROW(f16_row, 2, FROM_F16)
PLAIN_ROW(bf16_row, 2, FROM_BF16)
PLAIN_ROW(f8_e4m3_row, 1, FROM_F8_E4M3)
PLAIN_ROW(f8_e5m2_row, 1, FROM_F8_E5M2)

void qs_plain_row(enum qs_dtype dtype, const uint8_t *src, size_t count, float *dst)
{
    switch (dtype) {
    case QS_DTYPE_F64:
        f64_row(src, count, dst);
        break;
    case QS_DTYPE_F16:
        f16_row(src, count, dst);
        break;
    case QS_DTYPE_BF16:
        bf16_row(src, count, dst);
        break;
    case QS_DTYPE_F8_E4M3:
        f8_e4m3_row(src, count, dst);
        break;
    case QS_DTYPE_F8_E5M2:
        f8_e5m2_row(src, count, dst);
        break;
    default: // QS_DTYPE_F32
        memcpy(dst, src, count * sizeof *dst);
    }
}
