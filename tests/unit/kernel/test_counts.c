// src/kernel counts: against counting value by value, on every length, address and kind of pattern.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "kernel/counts.h"
#include "moment_sets.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPAN = 4096 };

static const struct {
    enum qs_dtype dtype;
    size_t bytes;
} types[] = {{QS_DTYPE_F64, 8}, {QS_DTYPE_F32, 4}, {QS_DTYPE_F16, 2}, {QS_DTYPE_BF16, 2}};

static uint64_t bits_at(const uint8_t *span, size_t bytes, size_t i)
{
    uint64_t bits = 0;
    memcpy(&bits, span + i * bytes, bytes); // little-endian, as configure demands
    return bits;
}

// All patterns are drawn, NaN and infinities with them, and both zeros often.
static void fill(uint8_t *span, size_t bytes, size_t count, uint64_t *random)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = (uint64_t)next_random(random) << 40 ^ (uint64_t)next_random(random) << 20 ^ next_random(random);
        if (next_random(random) % 8 == 0) {
            bits = next_random(random) % 2 ? 0 : (uint64_t)1 << (8 * bytes - 1);
        }
        memcpy(span + i * bytes, &bits, bytes);
    }
}

static size_t length_of(size_t step)
{
    return step < 140 ? step : step == 140 ? SPAN - 1 : SPAN;
}

static void leading_bits_and_zeros_are_counted(void **state)
{
    (void)state;
    uint8_t *span = malloc(SPAN * 8 + 8);
    uint64_t *tables = malloc(2 * QS_COUNTS * sizeof *tables);
    uint64_t random = 1;
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        size_t bytes = types[t].bytes;
        for (size_t step = 0; step <= 141; step++) {
            size_t count = length_of(step);
            uint8_t *at = span + step % 3;
            fill(at, bytes, count, &random);
            memset(tables, 0, 2 * QS_COUNTS * sizeof *tables);
            tables[0] = 5; // counts are added to what is there
            qs_counts_leading(types[t].dtype, at, count, tables);
            tables[0] -= 5;
            size_t zeros = 0;
            for (size_t i = 0; i < count; i++) {
                uint64_t bits = bits_at(at, bytes, i);
                uint64_t leading = bits >> (8 * bytes - 16);
                zeros += (bits << (64 - 8 * bytes + 1)) == 0;
                size_t from = tables[leading] ? leading : leading + QS_COUNTS;
                assert_true(tables[from] > 0);
                tables[from]--;
            }
            for (size_t i = 0; i < 2 * QS_COUNTS; i++) {
                assert_true(tables[i] == 0);
            }
            if (bytes > 2) {
                assert_int_equal(qs_counts_zeros(types[t].dtype, at, count), zeros);
            }
        }
    }
    free(tables);
    free(span);
}

static void values_with_a_prefix_are_refined(void **state)
{
    (void)state;
    uint8_t *span = malloc(SPAN * 8 + 8);
    uint64_t *tables = malloc(QS_PREFIXES_MAX * QS_COUNTS * sizeof *tables);
    uint64_t random = 2;
    for (size_t t = 0; t < 2; t++) {
        size_t bytes = types[t].bytes;
        unsigned width = (unsigned)(8 * bytes);
        for (unsigned known = 16; known < width; known += 16) {
            for (size_t step = 0; step <= 141; step++) {
                size_t count = length_of(step);
                uint8_t *at = span + step % 3;
                fill(at, bytes, count, &random);
                uint64_t no_sign = UINT64_MAX >> (64 - width + 1);
                struct qs_prefixes prefixes = {.bits = known};
                // Those of values that are there, and one that is not; as many as the step says.
                for (unsigned p = 0; p < step % (QS_PREFIXES_MAX + 1); p++) {
                    uint64_t prefix = p + 3;
                    if (p < 5 && count > 0) {
                        prefix = (bits_at(at, bytes, p * count / 7) & no_sign) >> (width - known);
                    }
                    bool fresh = true;
                    for (unsigned q = 0; q < prefixes.count; q++) {
                        fresh = fresh && prefixes.prefix[q] != prefix;
                    }
                    if (fresh) {
                        prefixes.prefix[prefixes.count++] = prefix;
                    }
                }
                memset(tables, 0, QS_PREFIXES_MAX * QS_COUNTS * sizeof *tables);
                qs_counts_refine(types[t].dtype, at, count, &prefixes, tables);
                for (size_t i = 0; i < count; i++) {
                    uint64_t magnitude = bits_at(at, bytes, i) & no_sign;
                    for (unsigned p = 0; p < prefixes.count; p++) {
                        if (magnitude >> (width - known) == prefixes.prefix[p]) {
                            size_t next = magnitude >> (width - known - 16) & 0xffff;
                            assert_true(tables[p * QS_COUNTS + next] > 0);
                            tables[p * QS_COUNTS + next]--;
                        }
                    }
                }
                for (size_t i = 0; i < QS_PREFIXES_MAX * QS_COUNTS; i += 16) {
                    uint64_t any = 0;
                    for (size_t j = 0; j < 16; j++) {
                        any |= tables[i + j];
                    }
                    assert_true(any == 0);
                }
            }
        }
    }
    free(tables);
    free(span);
}

// The definition, with its own scale and clamping.
static size_t bin_by_definition(double value, double absmax)
{
    double bin = floor((value + absmax) * (256 / (2 * absmax)));
    return bin > 255 ? 255 : bin < 0 ? 0 : (size_t)bin;
}

static void finite_values_fall_into_bins(void **state)
{
    (void)state;
    static const double scales[] = {0.03, 1, 1e-30, 1e-44, 3e37};
    uint8_t *span = malloc(SPAN * 8 + 8);
    uint64_t random = 3;
    for (size_t t = 0; t < 2; t++) {
        size_t bytes = types[t].bytes;
        for (size_t step = 0; step <= 141; step++) {
            size_t count = length_of(step);
            uint8_t *at = span + step % 3;
            double scale = scales[step % QS_COUNT_OF(scales)];
            double absmax = 0;
            uint64_t want[QS_HISTOGRAM_BINS] = {[7] = 2};
            uint64_t got[QS_HISTOGRAM_BINS] = {[7] = 2};
            for (size_t i = 0; i < count; i++) {
                double wide = next_normal(&random) * 0x1p-24 * scale;
                // Some values lie on edges of bins.
                wide = next_random(&random) % 4 == 0 ? ((double)(next_random(&random) % 17) - 8) * scale : wide;
                wide = next_random(&random) % 16 == 0 ? (next_random(&random) % 2 ? NAN : -INFINITY) : wide;
                float narrow = (float)wide;
                wide = bytes == 4 ? (double)narrow : wide;
                memcpy(at + i * bytes, bytes == 4 ? (void *)&narrow : (void *)&wide, bytes);
                absmax = isfinite(wide) ? fmax(absmax, fabs(wide)) : absmax;
            }
            if (absmax == 0) {
                continue;
            }
            for (size_t i = 0; i < count; i++) {
                float narrow;
                double wide;
                memcpy(&narrow, at + i * bytes, 4);
                memcpy(&wide, at + i * bytes, bytes == 8 ? 8 : 4);
                wide = bytes == 4 ? (double)narrow : wide;
                if (isfinite(wide)) {
                    want[bin_by_definition(wide, absmax)]++;
                }
            }
            qs_counts_histogram(types[t].dtype, at, count, absmax, got);
            assert_memory_equal(got, want, sizeof want);
        }
    }
    free(span);
}

static void bins_are_defined_at_the_ends_of_double(void **state)
{
    (void)state;
    static const double edges[] = {DBL_MAX, 1e-310, 5e-324, 0x1p-1022};
    for (size_t e = 0; e < QS_COUNT_OF(edges); e++) {
        double values[] = {-edges[e], edges[e], 0, -0.0, NAN, INFINITY};
        uint64_t bins[QS_HISTOGRAM_BINS] = {0};
        qs_counts_histogram(QS_DTYPE_F64, values, QS_COUNT_OF(values), edges[e], bins);
        uint64_t sum = 0;
        for (size_t bin = 0; bin < QS_HISTOGRAM_BINS; bin++) {
            sum += bins[bin];
        }
        assert_int_equal(sum, 4);
    }
    double scale = qs_histogram_scale(DBL_MAX);
    assert_int_equal(qs_histogram_bin(-DBL_MAX, DBL_MAX, scale), 0);
    assert_int_equal(qs_histogram_bin(0, DBL_MAX, scale), 128);
    assert_int_equal(qs_histogram_bin(DBL_MAX, DBL_MAX, scale), 255);
}

// As when a file changes between two passes.
static void values_beyond_absmax_are_left_out(void **state)
{
    (void)state;
    static const float values[] = {-2, 2, -3e38F, 3e38F, 1, -1, 1.0000001F, NAN, INFINITY};
    double wide[QS_COUNT_OF(values)];
    for (size_t i = 0; i < QS_COUNT_OF(values); i++) {
        wide[i] = (double)values[i];
    }
    uint64_t bins[QS_HISTOGRAM_BINS] = {0};
    uint64_t want[QS_HISTOGRAM_BINS] = {[0] = 2, [255] = 2};
    qs_counts_histogram(QS_DTYPE_F32, values, QS_COUNT_OF(values), 1, bins);
    qs_counts_histogram(QS_DTYPE_F64, wide, QS_COUNT_OF(values), 1, bins);
    assert_memory_equal(bins, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leading_bits_and_zeros_are_counted),
        cmocka_unit_test(values_with_a_prefix_are_refined),
        cmocka_unit_test(finite_values_fall_into_bins),
        cmocka_unit_test(bins_are_defined_at_the_ends_of_double),
        cmocka_unit_test(values_beyond_absmax_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
