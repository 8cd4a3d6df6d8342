// Statistics from the counts of patterns: see patterns.h. A positive value and its negative are taken together: their
// products with the counts are exact, and what cancels between them does so in integers.
#include "stats/patterns.h"

#include "kernel/counts.h"
#include "kernel/load.h"

#include <math.h>

enum { SIGN = QS_COUNTS / 2 };

static double magnitude_of(enum qs_dtype dtype, uint16_t pattern)
{
    uint64_t bits = pattern;
    return qs_load_value(dtype, (const uint8_t *)&bits, 0);
}

// The first pattern from `pattern` on that occurs with either sign; at least `end` where there is none. Most do not.
static uint16_t next_pattern(const uint64_t *counts, uint16_t pattern, uint16_t end)
{
    enum { STRIDE = 8 };
    while (pattern < end) {
        uint64_t any = 0;
        for (size_t i = 0; i < STRIDE; i++) {
            any |= counts[pattern + i] | counts[pattern + SIGN + i];
        }
        if (any) {
            break;
        }
        pattern = (uint16_t)(pattern + STRIDE);
    }
    while (pattern < end && counts[pattern] + counts[pattern + SIGN] == 0) {
        pattern++;
    }
    return pattern;
}

void qs_patterns_moments(enum qs_dtype dtype, const uint64_t *counts, struct qs_moments *out)
{
    struct qs_moments moments = {.min = INFINITY, .max = -INFINITY};
    double sum = 0;
    uint16_t infinity = dtype == QS_DTYPE_F16 ? 0x7c00 : 0x7f80;
    moments.inf_count = counts[infinity] + counts[infinity + SIGN];
    for (size_t pattern = (size_t)infinity + 1; pattern < SIGN; pattern++) {
        moments.nan_count += counts[pattern] + counts[pattern + SIGN];
    }
    for (uint16_t pattern = next_pattern(counts, 0, infinity); pattern < infinity;
         pattern = next_pattern(counts, (uint16_t)(pattern + 1), infinity)) {
        uint64_t positive = counts[pattern];
        uint64_t negative = counts[pattern + SIGN];
        double magnitude = magnitude_of(dtype, pattern);
        if (positive) {
            moments.min = fmin(moments.min, magnitude);
            moments.max = fmax(moments.max, magnitude);
        }
        if (negative) {
            moments.min = fmin(moments.min, -magnitude);
            moments.max = fmax(moments.max, -magnitude);
        }
        moments.count += positive + negative;
        sum += (double)(int64_t)(positive - negative) * magnitude;
    }
    if (moments.count == 0) {
        moments.min = 0;
        moments.max = 0;
        *out = moments;
        return;
    }
    double mean = sum / (double)moments.count;
    moments.mean = mean;
    moments.min += 0.0; // -0 becomes 0
    moments.max += 0.0;
    for (uint16_t pattern = next_pattern(counts, 0, infinity); pattern < infinity;
         pattern = next_pattern(counts, (uint16_t)(pattern + 1), infinity)) {
        double magnitude = magnitude_of(dtype, pattern);
        double positive = (double)counts[pattern];
        double negative = (double)counts[pattern + SIGN];
        double p = magnitude - mean;
        double n = -magnitude - mean;
        double p2 = p * p;
        double n2 = n * n;
        moments.m2 += positive * p2 + negative * n2;
        moments.m3 += positive * (p2 * p) + negative * (n2 * n);
        moments.m4 += positive * (p2 * p2) + negative * (n2 * n2);
    }
    *out = moments;
}

void qs_patterns_histogram(enum qs_dtype dtype, const uint64_t *counts, double absmax, uint64_t *bins)
{
    double scale = qs_histogram_scale(absmax);
    uint16_t infinity = dtype == QS_DTYPE_F16 ? 0x7c00 : 0x7f80;
    for (uint16_t pattern = next_pattern(counts, 0, infinity); pattern < infinity;
         pattern = next_pattern(counts, (uint16_t)(pattern + 1), infinity)) {
        double magnitude = magnitude_of(dtype, pattern);
        bins[qs_histogram_bin(magnitude, absmax, scale)] += counts[pattern];
        bins[qs_histogram_bin(-magnitude, absmax, scale)] += counts[pattern + SIGN];
    }
}
