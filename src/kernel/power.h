// A power of 16 numbers at once. Internal to src/kernel; a header of its own so that tests measure what the kernel
// uses.
#ifndef QS_KERNEL_POWER_H
#define QS_KERNEL_POWER_H

#include "base/attr.h"

#include <string.h>

typedef float qs_v16f __attribute__((vector_size(64)));
typedef int qs_v16i __attribute__((vector_size(64)));

// Adding and subtracting 1.5 * 2^23 rounds a float below 2^22 to the nearest integer, halves to even.
#define QS_ROUND_MAGIC 12582912.0f

// size^exponent for sizes within [1e-30, 1e30] and an exponent within [-1, 0], as 2^(exponent*log2 size): log2 by the
// atanh series on a mantissa within [sqrt(1/2), sqrt(2)), 2^x by a Taylor polynomial on [-1/2, 1/2]. The relative error
// is below 1e-6 for sizes within [1e-3, 1e3] and below 6e-6 elsewhere (tests/unit/quant/test_quantize measures it):
// x, up to 100, is held in a float32. Vectors are passed by address, as clones of functions have no common way to pass
// them by value.
QS_ALWAYS_INLINE void qs_power(const qs_v16f *sizes, float exponent, qs_v16f *out)
{
    qs_v16f size = *sizes;
    qs_v16i bits;
    memcpy(&bits, &size, sizeof bits);
    qs_v16i e = (bits - 0x3f3504f3) >> 23; // relative to sqrt(1/2)
    qs_v16i mantissa_bits = bits - (e << 23);
    qs_v16f m;
    memcpy(&m, &mantissa_bits, sizeof m);
    qs_v16f f = (m - 1.0f) / (m + 1.0f);
    qs_v16f f2 = f * f;
    // log2(m) = 2/ln 2 * (f + f^3/3 + f^5/5 + ...)
    qs_v16f series = 1.0f + f2 * (0.333333343f + f2 * (0.2f + f2 * (0.142857149f + f2 * 0.111111112f)));
    qs_v16f x = exponent * (__builtin_convertvector(e, qs_v16f) + 2.88539004f * f * series);
    qs_v16f whole = (x + QS_ROUND_MAGIC) - QS_ROUND_MAGIC;
    qs_v16f part = (x - whole) * 0.693147182f;
    qs_v16f y = 1.0f + part * (1.0f + part * (0.5f + part * (0.166666672f + part * (0.0416666679f
                + part * (0.00833333377f + part * 0.00138888892f)))));
    qs_v16i factor_bits = (__builtin_convertvector(whole, qs_v16i) + 127) << 23;
    qs_v16f factor;
    memcpy(&factor, &factor_bits, sizeof factor);
    *out = y * factor;
}

#endif
