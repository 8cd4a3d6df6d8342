// Statistics of 16-bit types from the counts of their 65536 patterns: no value need be read again. Internal to
// src/stats.
#ifndef QS_STATS_PATTERNS_H
#define QS_STATS_PATTERNS_H

#include "kernel/moments.h"

#include <stdint.h>

// dtype: F16 or BF16; counts: u64[QS_COUNTS]. Sums in double in the order of the patterns, about the mean.
void qs_patterns_moments(enum qs_dtype dtype, const uint64_t *counts, struct qs_moments *out);

// Adds to bins: u64[QS_HISTOGRAM_BINS]; absmax > 0.
void qs_patterns_histogram(enum qs_dtype dtype, const uint64_t *counts, double absmax, uint64_t *bins);

#endif
