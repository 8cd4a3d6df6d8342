// Counting values by their bits: exact order statistics of magnitudes, and histograms.
//
// Magnitudes are ordered as their patterns without the sign are. So the counts of the patterns' leading 16 bits tell
// between which two patterns an order statistic lies, and counting the next 16 bits of the values with that prefix
// narrows it down until the pattern is known: a radix selection. 16-bit types need the first count only.
// All counts are of integers: sums over spans do not depend on their order. dtype is F64, F32, F16 or BF16; src may
// have any alignment. Thread-safe for different tables.
#ifndef QS_KERNEL_COUNTS_H
#define QS_KERNEL_COUNTS_H

#include "base/attr.h"
#include "kernel/dtype.h"

#include <float.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QS_COUNTS = 65536,          // one for every value of 16 bits
    QS_PREFIXES_MAX = 6,        // two order statistics for each of three percentiles
    QS_HISTOGRAM_BINS = 256,
};

// Adds the leading 16 bits of every pattern (sign, exponent, leading bits of the mantissa) to the tables.
//   tables   u64[2][QS_COUNTS]: the count is the sum of both. Neighbours go to different tables, so that runs of equal
//            values do not wait for one counter
void qs_counts_leading(enum qs_dtype dtype, const void *src, size_t count, uint64_t *tables);

// How many values are 0 or -0. dtype: F64 or F32.
size_t qs_counts_zeros(enum qs_dtype dtype, const void *src, size_t count);

// What is known of the patterns that are looked for: their leading bits, without the sign.
struct qs_prefixes {
    unsigned count;                   // 0 to QS_PREFIXES_MAX, all different
    unsigned bits;                    // 16, 32 or 48, the sign's place included; less than the width of the type
    uint64_t prefix[QS_PREFIXES_MAX]; // pattern without sign >> (width - bits)
};

// For every value whose magnitude has one of the prefixes, adds its next 16 bits to the table of that prefix.
//   dtype    F64 or F32
//   tables   u64[prefixes->count][QS_COUNTS]
void qs_counts_refine(enum qs_dtype dtype, const void *src, size_t count, const struct qs_prefixes *prefixes,
                      uint64_t *tables);

// Adds every finite value to its bin of QS_HISTOGRAM_BINS equal ones over [-absmax, absmax].
//   dtype    F64 or F32
//   absmax   the largest magnitude of the finite values, > 0; values beyond it are left out, as NaN is
//   bins     u64[QS_HISTOGRAM_BINS]
void qs_counts_histogram(enum qs_dtype dtype, const void *src, size_t count, double absmax, uint64_t *bins);

// floor((value + absmax) * (256/(2*absmax))) in double, at most the last bin: with half of both terms, which rounds
// the same and cannot overflow. value: within [-absmax, absmax]; scale: qs_histogram_scale(absmax).
QS_ALWAYS_INLINE uint32_t qs_histogram_bin(double value, double absmax, double scale)
{
    int32_t bin = (int32_t)((0.5 * value + 0.5 * absmax) * scale);
    return (uint32_t)(bin < QS_HISTOGRAM_BINS ? bin : QS_HISTOGRAM_BINS - 1);
}

static inline double qs_histogram_scale(double absmax)
{
    double scale = QS_HISTOGRAM_BINS / absmax;
    return scale < DBL_MAX ? scale : DBL_MAX; // absmax below 1e-305
}

#endif
