// Central moments in one pass: count, mean and the sums of the second, third and fourth powers of deviations.
//
// A span of at most QS_MOMENTS_SPAN values is summed in double about a shift taken from the span itself (the mean of
// 16 evenly spaced values: never further from the mean than sqrt(n/16) standard deviations, so nothing cancels), in
// 32 fixed lanes: every CPU and every thread count gives the same bits. Spans are joined by Chan's and Pebay's update
// (P. Pebay, Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
// moments, SAND2008-6212), in the order the caller gives.
//
// Relative error of each sum against exact arithmetic: below 1e-12 for usual weights, below 1e-10 where |mean| is a
// thousand standard deviations; measured in tests/unit/kernel.
#ifndef QS_KERNEL_MOMENTS_H
#define QS_KERNEL_MOMENTS_H

#include "kernel/dtype.h"

#include <stddef.h>
#include <stdint.h>

enum { QS_MOMENTS_SPAN = 4096 };

// Over the finite values only; NaN and infinite ones are counted apart. All zero: nothing seen yet.
struct qs_moments {
    uint64_t count;     // finite values
    uint64_t nan_count;
    uint64_t inf_count;
    double mean;
    double m2;          // sum (x - mean)^2
    double m3;          // sum (x - mean)^3
    double m4;          // sum (x - mean)^4
    double min;         // of the finite values; 0 where there are none
    double max;
};

// Moments of count <= QS_MOMENTS_SPAN values at src (any alignment), dtype F64, F32, F16 or BF16. Dispatched per CPU.
void qs_moments_span(enum qs_dtype dtype, const void *src, size_t count, struct qs_moments *out);

// The plain C reference: two passes in long double, value by value; the oracle, and the path for spans that hold NaN
// or infinities.
void qs_moments_span_reference(enum qs_dtype dtype, const void *src, size_t count, struct qs_moments *out);

// into becomes the moments of both. Order matters in the last bits: join in a fixed order.
void qs_moments_join(struct qs_moments *into, const struct qs_moments *other);

#endif
