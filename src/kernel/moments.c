// Central moments of spans, and how spans are joined: see moments.h.
//
// A span is read twice from the first-level cache. First its extremes, as integers: among floating-point patterns of
// one sign the order of the values is that of the patterns, so three integer reductions give minimum and maximum, and
// show whether NaN or an infinity is there. Then the power sums about a shift, in LANES lanes: value i belongs to lane
// i % LANES (of BF16, pairs do), every lane adds up RUN of its values at a time as a tree, and the lanes are added as
// a tree at the end. That order is written out in the source and nothing may change it (no -ffast-math, no fused
// multiply-add), so each clone vectorises it as widely as its CPU allows and they all return the same bits.
#include "kernel/moments.h"

#include "base/attr.h"
#include "kernel/load.h"

#include <math.h>

enum {
    LANES = 32,          // a 512-bit vector of 16-bit values; lanes of wider ones take several vectors
    RUN = 4,
    STEP = LANES * RUN,
    EXTREMES_RUN = 1024, // a fixed length, which compilers vectorise at -O2
    SHIFT_VALUES = 16,
    CACHE_LINE = 64,
};

// The values' own patterns, as unsigned and as signed integers of their width.
struct extremes {
    uint64_t lowest;
    uint64_t highest;
    int64_t highest_signed;
};

struct sums {
    double shift;
    double s1; // sum of (x - shift)^k
    double s2;
    double s3;
    double s4;
};

QS_ALWAYS_INLINE size_t value_bytes(enum qs_dtype dtype)
{
    return dtype == QS_DTYPE_F64 ? 8 : dtype == QS_DTYPE_F32 ? 4 : 2;
}

// RUN values of one lane.
struct run {
    double a;
    double b;
    double c;
    double d;
};

// step: (RUN, LANES) values; of BF16 (RUN / 2, LANES, 2): two in a word are taken apart in place, which spares the
// shuffles that widening takes.
QS_ALWAYS_INLINE struct run load_run(enum qs_dtype dtype, const uint8_t *step, size_t lane)
{
    if (dtype == QS_DTYPE_BF16) {
        uint32_t low = qs_load_u32(step + 4 * lane);
        uint32_t high = qs_load_u32(step + 4 * (lane + LANES));
        return (struct run){(double)qs_f32_from_bits(low << 16), (double)qs_f32_from_bits(low & 0xffff0000),
                            (double)qs_f32_from_bits(high << 16), (double)qs_f32_from_bits(high & 0xffff0000)};
    }
    return (struct run){qs_load_value(dtype, step, lane), qs_load_value(dtype, step, lane + LANES),
                        qs_load_value(dtype, step, lane + 2 * LANES), qs_load_value(dtype, step, lane + 3 * LANES)};
}

// Halves are added until one value is left: exact where all are equal, so that a constant span has no deviations.
QS_ALWAYS_INLINE double sum_tree(double *values, size_t count)
{
#pragma GCC unroll 8 // small loops around a short one cost a tenth of it
    for (size_t half = count / 2; half > 0; half /= 2) {
#pragma GCC unroll 16
        for (size_t i = 0; i < half; i++) {
            values[i] += values[i + half];
        }
    }
    return values[0];
}

// The mean of some values, evenly spaced.
QS_ALWAYS_INLINE double choose_shift(enum qs_dtype dtype, const uint8_t *src, size_t count)
{
    double values[SHIFT_VALUES];
#pragma GCC unroll 16
    for (size_t i = 0; i < SHIFT_VALUES; i++) {
        values[i] = qs_load_value(dtype, src, i * count / SHIFT_VALUES);
    }
    return sum_tree(values, SHIFT_VALUES) / SHIFT_VALUES;
}

// src: count / STEP steps and a tail.
QS_ALWAYS_INLINE void sum_powers(enum qs_dtype dtype, const uint8_t *restrict src, size_t count,
                                 struct sums *restrict out)
{
    double shift = choose_shift(dtype, src, count);
    double s1[LANES];
    double s2[LANES];
    double s3[LANES];
    double s4[LANES];
    for (size_t lane = 0; lane < LANES; lane++) {
        s1[lane] = s2[lane] = s3[lane] = s4[lane] = 0;
    }
    size_t span_bytes = count * value_bytes(dtype);
    size_t at = 0;
    for (; at + STEP <= count; at += STEP) {
        const uint8_t *restrict step = src + at * value_bytes(dtype);
        // All this runs from the first-level cache while memory idles: let it bring what is most likely next, the
        // span behind this one. Twice as fast from memory.
        for (size_t line = 0; line < STEP * value_bytes(dtype); line += CACHE_LINE) {
            __builtin_prefetch((const void *)((uintptr_t)step + span_bytes + line));
        }
        for (size_t lane = 0; lane < LANES; lane++) {
            struct run run = load_run(dtype, step, lane);
            double a = run.a - shift;
            double b = run.b - shift;
            double c = run.c - shift;
            double d = run.d - shift;
            double a2 = a * a;
            double b2 = b * b;
            double c2 = c * c;
            double d2 = d * d;
            s1[lane] += (a + b) + (c + d);
            s2[lane] += (a2 + b2) + (c2 + d2);
            s3[lane] += (a2 * a + b2 * b) + (c2 * c + d2 * d);
            s4[lane] += (a2 * a2 + b2 * b2) + (c2 * c2 + d2 * d2);
        }
    }
    for (; at < count; at++) {
        double d = qs_load_value(dtype, src, at) - shift;
        double d2 = d * d;
        s1[at % LANES] += d;
        s2[at % LANES] += d2;
        s3[at % LANES] += d2 * d;
        s4[at % LANES] += d2 * d2;
    }
    *out = (struct sums){shift, sum_tree(s1, LANES), sum_tree(s2, LANES), sum_tree(s3, LANES), sum_tree(s4, LANES)};
}

#define DEFINE_SUM(name, dtype)                                                                                       \
    QS_CLONES static void name(const uint8_t *restrict src, size_t count, struct sums *restrict out)                  \
    {                                                                                                                 \
        sum_powers(dtype, src, count, out);                                                                           \
    }

DEFINE_SUM(sum_f64, QS_DTYPE_F64)
DEFINE_SUM(sum_f32, QS_DTYPE_F32)
DEFINE_SUM(sum_f16, QS_DTYPE_F16)
DEFINE_SUM(sum_bf16, QS_DTYPE_BF16)

// Integers of one width, so that the compiler can use vectors of them.
#define DEFINE_EXTREMES(name, unsigned_type, signed_type)                                                             \
    QS_ALWAYS_INLINE void name##_run(const uint8_t *restrict src, size_t count, struct extremes *restrict extremes)   \
    {                                                                                                                 \
        unsigned_type lowest = (unsigned_type)extremes->lowest;                                                       \
        unsigned_type highest = (unsigned_type)extremes->highest;                                                     \
        signed_type highest_signed = (signed_type)extremes->highest_signed;                                           \
        _Pragma("GCC unroll 4") for (size_t i = 0; i < count; i++) {                                                  \
            unsigned_type bits;                                                                                       \
            memcpy(&bits, src + i * sizeof bits, sizeof bits);                                                        \
            signed_type bits_signed = (signed_type)bits;                                                              \
            lowest = bits < lowest ? bits : lowest;                                                                   \
            highest = bits > highest ? bits : highest;                                                                \
            highest_signed = bits_signed > highest_signed ? bits_signed : highest_signed;                             \
        }                                                                                                             \
        *extremes = (struct extremes){lowest, highest, highest_signed};                                               \
    }                                                                                                                 \
    QS_CLONES static void name(const uint8_t *restrict src, size_t count, struct extremes *restrict out)              \
    {                                                                                                                 \
        unsigned_type first;                                                                                          \
        memcpy(&first, src, sizeof first);                                                                            \
        struct extremes extremes = {first, first, (signed_type)first};                                                \
        size_t at = 0;                                                                                                \
        for (; at + EXTREMES_RUN <= count; at += EXTREMES_RUN) {                                                      \
            name##_run(src + at * sizeof first, EXTREMES_RUN, &extremes);                                             \
        }                                                                                                             \
        name##_run(src + at * sizeof first, count - at, &extremes);                                                   \
        *out = extremes;                                                                                              \
    }

DEFINE_EXTREMES(extremes_16, uint16_t, int16_t)
DEFINE_EXTREMES(extremes_32, uint32_t, int32_t)
DEFINE_EXTREMES(extremes_64, uint64_t, int64_t)

static double value_of(enum qs_dtype dtype, uint64_t bits)
{
    return qs_load_value(dtype, (const uint8_t *)&bits, 0) + 0.0; // -0 becomes 0
}

static uint64_t infinity_bits(enum qs_dtype dtype)
{
    return dtype == QS_DTYPE_F64   ? (uint64_t)0x7ff0 << 48
           : dtype == QS_DTYPE_F32 ? 0x7f800000
           : dtype == QS_DTYPE_F16 ? 0x7c00
                                   : 0x7f80;
}

// Fills min and max; false where a value is not finite.
static bool find_extremes(enum qs_dtype dtype, const uint8_t *src, size_t count, struct qs_moments *out)
{
    struct extremes extremes;
    if (dtype == QS_DTYPE_F64) {
        extremes_64(src, count, &extremes);
    } else if (dtype == QS_DTYPE_F32) {
        extremes_32(src, count, &extremes);
    } else {
        extremes_16(src, count, &extremes);
    }
    uint64_t infinity = infinity_bits(dtype);
    uint64_t sign = (uint64_t)1 << (8 * value_bytes(dtype) - 1);
    bool any_negative = extremes.highest >= sign;
    bool any_positive = extremes.highest_signed >= 0;
    if ((any_negative && extremes.highest - sign >= infinity) ||
        (any_positive && (uint64_t)extremes.highest_signed >= infinity)) {
        return false;
    }
    out->min = value_of(dtype, any_negative ? extremes.highest : extremes.lowest);
    out->max = value_of(dtype, any_positive ? (uint64_t)extremes.highest_signed : extremes.lowest);
    return true;
}

void qs_moments_span(enum qs_dtype dtype, const void *src, size_t count, struct qs_moments *out)
{
    struct qs_moments moments = {.count = count};
    if (count == 0) {
        *out = moments;
        return;
    }
    if (!find_extremes(dtype, src, count, &moments)) {
        qs_moments_span_reference(dtype, src, count, out);
        return;
    }
    struct sums sums;
    if (dtype == QS_DTYPE_F64) {
        sum_f64(src, count, &sums);
    } else if (dtype == QS_DTYPE_F32) {
        sum_f32(src, count, &sums);
    } else if (dtype == QS_DTYPE_F16) {
        sum_f16(src, count, &sums);
    } else {
        sum_bf16(src, count, &sums);
    }
    double n = (double)count;
    if (!isfinite(sums.s4)) { // only F64 values can be so large
        qs_moments_span_reference(dtype, src, count, out);
        return;
    }
    // From powers about the shift to powers about the mean, which lies `a` above it.
    double a = sums.s1 / n;
    double a2 = a * a;
    moments.mean = sums.shift + a;
    moments.m2 = fmax(sums.s2 - a * sums.s1, 0);
    moments.m3 = sums.s3 - 3 * a * sums.s2 + 2 * n * a2 * a;
    moments.m4 = fmax(sums.s4 - 4 * a * sums.s3 + 6 * a2 * sums.s2 - 3 * n * a2 * a2, 0);
    *out = moments;
}

void qs_moments_span_reference(enum qs_dtype dtype, const void *src, size_t count, struct qs_moments *out)
{
    struct qs_moments moments = {0};
    const uint8_t *bytes = src;
    double first = 0;
    long double sum = 0; // of differences from the first: exactly 0 where all are equal
    for (size_t i = 0; i < count; i++) {
        double value = qs_load_value(dtype, bytes, i) + 0.0; // -0 becomes 0
        if (isnan(value)) {
            moments.nan_count++;
        } else if (isinf(value)) {
            moments.inf_count++;
        } else {
            first = moments.count == 0 ? value : first;
            moments.min = moments.count == 0 || value < moments.min ? value : moments.min;
            moments.max = moments.count == 0 || value > moments.max ? value : moments.max;
            moments.count++;
            sum += (long double)value - first;
        }
    }
    if (moments.count == 0) {
        *out = moments;
        return;
    }
    long double mean = first + sum / (long double)moments.count;
    long double m2 = 0;
    long double m3 = 0;
    long double m4 = 0;
    for (size_t i = 0; i < count; i++) {
        double value = qs_load_value(dtype, bytes, i);
        if (isfinite(value)) {
            long double d = value - mean;
            m2 += d * d;
            m3 += d * d * d;
            m4 += d * d * d * d;
        }
    }
    moments.mean = (double)mean;
    moments.m2 = (double)m2;
    moments.m3 = (double)m3;
    moments.m4 = (double)m4;
    *out = moments;
}

void qs_moments_join(struct qs_moments *into, const struct qs_moments *other)
{
    into->nan_count += other->nan_count;
    into->inf_count += other->inf_count;
    if (other->count == 0) {
        return;
    }
    if (into->count == 0) {
        struct qs_moments joined = *other;
        joined.nan_count = into->nan_count;
        joined.inf_count = into->inf_count;
        *into = joined;
        return;
    }
    double n = (double)(into->count + other->count);
    double a = (double)into->count / n;
    double b = (double)other->count / n;
    double d = other->mean - into->mean;
    double d2 = d * d;
    double m2 = into->m2 + other->m2 + d2 * (n * a * b);
    double m3 = into->m3 + other->m3 + d2 * d * (n * a * b * (a - b)) + 3 * d * (a * other->m2 - b * into->m2);
    double m4 = into->m4 + other->m4 + d2 * d2 * (n * a * b * (a * a - a * b + b * b)) +
                6 * d2 * (a * a * other->m2 + b * b * into->m2) + 4 * d * (a * other->m3 - b * into->m3);
    into->mean += d * b;
    into->m2 = m2;
    into->m3 = m3;
    into->m4 = m4;
    into->count += other->count;
    into->min = other->min < into->min ? other->min : into->min;
    into->max = other->max > into->max ? other->max : into->max;
}
