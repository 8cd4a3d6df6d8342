// The exponential of several numbers at once. Internal to src/kernel; a header of its own so that tests measure what
// the kernels use. Both are polynomials on [-ln(2)/2, ln(2)/2] times a power of two put together from its bits; NaN
// stays NaN. Vectors are passed by address, as clones of functions have no common way to pass them by value.
#ifndef QS_KERNEL_EXP_H
#define QS_KERNEL_EXP_H

#include "kernel/power.h"

#include <stdint.h>

typedef double qs_v8d __attribute__((vector_size(64)));
typedef int64_t qs_v8i __attribute__((vector_size(64)));
typedef float qs_v8f __attribute__((vector_size(32)));

// Lane by lane: limit where x is beyond it, else x, which may be NaN.
QS_ALWAYS_INLINE void qs_at_least_16(qs_v16f *x, const qs_v16f *limit)
{
    qs_v16i below = *x < *limit;
    *x = (qs_v16f)(((qs_v16i)*limit & below) | ((qs_v16i)*x & ~below));
}

QS_ALWAYS_INLINE void qs_at_most_16(qs_v16f *x, const qs_v16f *limit)
{
    qs_v16i above = *x > *limit;
    *x = (qs_v16f)(((qs_v16i)*limit & above) | ((qs_v16i)*x & ~above));
}

QS_ALWAYS_INLINE void qs_within_8(qs_v8d *x, double limit)
{
    qs_v8d top = (qs_v8d){0} + limit;
    qs_v8i above = *x > top;
    *x = (qs_v8d)(((qs_v8i)top & above) | ((qs_v8i)*x & ~above));
    qs_v8i below = *x < -top;
    *x = (qs_v8d)(((qs_v8i)-top & below) | ((qs_v8i)*x & ~below));
}

// float32, x held within [-87, 88]; the relative error is below 2e-7. Coefficients: Moshier's Cephes, expf.
QS_ALWAYS_INLINE void qs_exp_16(qs_v16f *inout)
{
    qs_v16f x = *inout;
    const qs_v16f least = (qs_v16f){0} - 87.0f;
    const qs_v16f most = (qs_v16f){0} + 88.0f;
    qs_at_least_16(&x, &least);
    qs_at_most_16(&x, &most);
    qs_v16f magic = x * 1.44269504f + QS_ROUND_MAGIC;
    qs_v16f whole = magic - QS_ROUND_MAGIC;
    qs_v16f r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    qs_v16f p = 5.0000001201e-1f
                + r * (1.6666665459e-1f
                       + r * (4.1665795894e-2f
                              + r * (8.3334519073e-3f + r * (1.3981999507e-3f + r * 1.9875691500e-4f))));
    qs_v16f y = 1.0f + (r + r * r * p);
    qs_v16i bits;
    memcpy(&bits, &magic, sizeof bits);
    bits = (bits - 0x4b400000 + 127) << 23; // 0x4b400000: the bits of the magic number itself
    qs_v16f factor;
    memcpy(&factor, &bits, sizeof factor);
    *inout = y * factor;
}

// double, x held within [-700, 700]; the relative error is below 1e-15: Taylor to the 13th power.
QS_ALWAYS_INLINE void qs_exp_8(qs_v8d *inout)
{
    const double round_magic = 6755399441055744.0; // 1.5 * 2^52
    qs_v8d x = *inout;
    qs_within_8(&x, 700);
    qs_v8d magic = x * 1.4426950408889634 + round_magic;
    qs_v8d whole = magic - round_magic;
    qs_v8d r = x - whole * 6.93145751953125e-1 - whole * 1.42860682030941723212e-6;
    static const double inverse[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880,
                                     1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 0.5, 1, 1};
    qs_v8d y = (qs_v8d){0} + inverse[0];
    for (size_t i = 1; i < sizeof inverse / sizeof inverse[0]; i++) {
        y = y * r + inverse[i];
    }
    qs_v8i bits;
    memcpy(&bits, &magic, sizeof bits);
    bits = (bits - 0x4338000000000000 + 1023) << 52;
    qs_v8d factor;
    memcpy(&factor, &bits, sizeof factor);
    *inout = y * factor;
}

#endif
