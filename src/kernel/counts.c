// Counting values by their bits: see counts.h. The increments are plain scalar code, about one a cycle; what can be
// vectorised (the bins of a run of values, the search for a prefix) is done for a run first, in loops of fixed length.
#include "kernel/counts.h"

#include "base/attr.h"
#include "kernel/float_bits.h"

enum { RUN = 128 };

QS_ALWAYS_INLINE uint64_t load_u64(const uint8_t *src)
{
    uint64_t bits;
    memcpy(&bits, src, sizeof bits);
    return bits;
}

static void leading_16(const uint8_t *src, size_t count, uint64_t *even, uint64_t *odd)
{
    size_t at = 0;
    for (; at + 4 <= count; at += 4) {
        uint64_t four = load_u64(src + 2 * at);
        even[four & 0xffff]++;
        odd[four >> 16 & 0xffff]++;
        even[four >> 32 & 0xffff]++;
        odd[four >> 48]++;
    }
    for (; at < count; at++) {
        even[qs_load_u16(src + 2 * at)]++;
    }
}

static void leading_32(const uint8_t *src, size_t count, uint64_t *even, uint64_t *odd)
{
    size_t at = 0;
    for (; at + 2 <= count; at += 2) {
        uint64_t two = load_u64(src + 4 * at);
        even[two >> 16 & 0xffff]++;
        odd[two >> 48]++;
    }
    if (at < count) {
        even[qs_load_u32(src + 4 * at) >> 16]++;
    }
}

static void leading_64(const uint8_t *src, size_t count, uint64_t *even, uint64_t *odd)
{
    size_t at = 0;
    for (; at + 2 <= count; at += 2) {
        even[load_u64(src + 8 * at) >> 48]++;
        odd[load_u64(src + 8 * at + 8) >> 48]++;
    }
    if (at < count) {
        even[load_u64(src + 8 * at) >> 48]++;
    }
}

void qs_counts_leading(enum qs_dtype dtype, const void *src, size_t count, uint64_t *tables)
{
    if (dtype == QS_DTYPE_F64) {
        leading_64(src, count, tables, tables + QS_COUNTS);
    } else if (dtype == QS_DTYPE_F32) {
        leading_32(src, count, tables, tables + QS_COUNTS);
    } else {
        leading_16(src, count, tables, tables + QS_COUNTS);
    }
}

// One loop for each width. pattern << 1 drops the sign, so it is 0 for both zeros.
#define DEFINE_ZEROS(name, type)                                                                                      \
    QS_CLONES static size_t name(const uint8_t *src, size_t count)                                                    \
    {                                                                                                                 \
        size_t zeros = 0;                                                                                             \
        size_t at = 0;                                                                                                \
        for (; at + RUN <= count; at += RUN) {                                                                        \
            type run = 0;                                                                                             \
            for (size_t i = 0; i < RUN; i++) {                                                                        \
                type bits;                                                                                            \
                memcpy(&bits, src + (at + i) * sizeof bits, sizeof bits);                                             \
                run = (type)(run + ((type)(bits << 1) == 0));                                                         \
            }                                                                                                         \
            zeros += run;                                                                                             \
        }                                                                                                             \
        for (; at < count; at++) {                                                                                    \
            type bits;                                                                                                \
            memcpy(&bits, src + at * sizeof bits, sizeof bits);                                                       \
            zeros += (type)(bits << 1) == 0;                                                                          \
        }                                                                                                             \
        return zeros;                                                                                                 \
    }

DEFINE_ZEROS(zeros_32, uint32_t)
DEFINE_ZEROS(zeros_64, uint64_t)

size_t qs_counts_zeros(enum qs_dtype dtype, const void *src, size_t count)
{
    return dtype == QS_DTYPE_F64 ? zeros_64(src, count) : zeros_32(src, count);
}

// Few values have a prefix that is looked for: a run is searched as a whole first. Unused places hold what no
// magnitude has. rest: the bits that are not known yet.
#define DEFINE_REFINE(name, type)                                                                                     \
    QS_ALWAYS_INLINE void name##_run(const uint8_t *src, size_t count, const type *prefix, unsigned rest,             \
                                  unsigned prefixes, uint64_t *tables)                                                \
    {                                                                                                                 \
        for (size_t i = 0; i < count; i++) {                                                                          \
            type bits;                                                                                                \
            memcpy(&bits, src + i * sizeof bits, sizeof bits);                                                        \
            type magnitude = (type)(bits << 1) >> 1;                                                                  \
            for (unsigned p = 0; p < prefixes; p++) {                                                                 \
                if (magnitude >> rest == prefix[p]) {                                                                 \
                    tables[(size_t)p * QS_COUNTS + (magnitude >> (rest - 16) & 0xffff)]++;                            \
                }                                                                                                     \
            }                                                                                                         \
        }                                                                                                             \
    }                                                                                                                 \
    QS_CLONES static void name(const uint8_t *src, size_t count, const struct qs_prefixes *prefixes,                  \
                               uint64_t *tables)                                                                      \
    {                                                                                                                 \
        unsigned rest = (unsigned)(8 * sizeof(type)) - prefixes->bits;                                                \
        type prefix[QS_PREFIXES_MAX];                                                                                 \
        for (unsigned p = 0; p < QS_PREFIXES_MAX; p++) {                                                              \
            prefix[p] = p < prefixes->count ? (type)prefixes->prefix[p] : (type)-1;                                   \
        }                                                                                                             \
        size_t at = 0;                                                                                                \
        for (; at + RUN <= count; at += RUN) {                                                                        \
            type hit = 0;                                                                                             \
            for (size_t i = 0; i < RUN; i++) {                                                                        \
                type bits;                                                                                            \
                memcpy(&bits, src + (at + i) * sizeof bits, sizeof bits);                                             \
                type leading = (type)(bits << 1) >> 1 >> rest;                                                        \
                hit |= (type)(leading == prefix[0]) | (type)(leading == prefix[1]) | (type)(leading == prefix[2]) |   \
                       (type)(leading == prefix[3]) | (type)(leading == prefix[4]) | (type)(leading == prefix[5]);    \
            }                                                                                                         \
            if (hit) {                                                                                                \
                name##_run(src + at * sizeof(type), RUN, prefix, rest, prefixes->count, tables);                      \
            }                                                                                                         \
        }                                                                                                             \
        name##_run(src + at * sizeof(type), count - at, prefix, rest, prefixes->count, tables);                       \
    }

DEFINE_REFINE(refine_32, uint32_t)
DEFINE_REFINE(refine_64, uint64_t)

void qs_counts_refine(enum qs_dtype dtype, const void *src, size_t count, const struct qs_prefixes *prefixes,
                      uint64_t *tables)
{
    if (prefixes->count == 0) {
        return;
    }
    if (dtype == QS_DTYPE_F64) {
        refine_64(src, count, prefixes, tables);
    } else {
        refine_32(src, count, prefixes, tables);
    }
}

// A bin that nobody reads takes what is not finite, and what is beyond absmax: the file may be another one than when
// absmax was found. Magnitudes are compared as their patterns, without the sign.
enum { SPARE_BIN = QS_HISTOGRAM_BINS, TABLES = 4 };

QS_ALWAYS_INLINE uint16_t bin_f64(const uint8_t *src, double absmax, double scale)
{
    uint64_t bits = load_u64(src);
    uint64_t limit;
    memcpy(&limit, &absmax, sizeof limit);
    uint64_t within = (bits << 1) <= (limit << 1);
    bits &= 0U - within;
    double value;
    memcpy(&value, &bits, sizeof value);
    return (uint16_t)qs_choose_bits((uint32_t)within, qs_histogram_bin(value, absmax, scale), SPARE_BIN);
}

QS_ALWAYS_INLINE uint16_t bin_f32(const uint8_t *src, double absmax, double scale)
{
    uint32_t bits = qs_load_u32(src);
    uint32_t within = (bits << 1) <= (qs_f32_bits((float)absmax) << 1);
    double value = (double)qs_f32_from_bits(qs_choose_bits(within, bits, 0));
    return (uint16_t)qs_choose_bits(within, qs_histogram_bin(value, absmax, scale), SPARE_BIN);
}

#define DEFINE_BINS(name, bytes, bin_of)                                                                              \
    QS_CLONES static void name(const uint8_t *restrict src, size_t count, double absmax, double scale,                \
                               uint32_t (*restrict tables)[SPARE_BIN + 1])                                            \
    {                                                                                                                 \
        size_t at = 0;                                                                                                \
        for (; at + RUN <= count; at += RUN) {                                                                        \
            uint16_t bin[RUN];                                                                                        \
            for (size_t i = 0; i < RUN; i++) {                                                                        \
                bin[i] = bin_of(src + (at + i) * (bytes), absmax, scale);                                             \
            }                                                                                                         \
            for (size_t i = 0; i < RUN; i += TABLES) {                                                                \
                uint64_t four;                                                                                        \
                memcpy(&four, bin + i, sizeof four);                                                                  \
                tables[0][four & 0xffff]++;                                                                           \
                tables[1][four >> 16 & 0xffff]++;                                                                     \
                tables[2][four >> 32 & 0xffff]++;                                                                     \
                tables[3][four >> 48]++;                                                                              \
            }                                                                                                         \
        }                                                                                                             \
        for (; at < count; at++) {                                                                                    \
            tables[0][bin_of(src + at * (bytes), absmax, scale)]++;                                                   \
        }                                                                                                             \
    }

DEFINE_BINS(bins_f64, 8, bin_f64)
DEFINE_BINS(bins_f32, 4, bin_f32)

void qs_counts_histogram(enum qs_dtype dtype, const void *src, size_t count, double absmax, uint64_t *bins)
{
    uint32_t tables[TABLES][SPARE_BIN + 1] = {0};
    double scale = qs_histogram_scale(absmax);
    if (dtype == QS_DTYPE_F64) {
        bins_f64(src, count, absmax, scale, tables);
    } else {
        bins_f32(src, count, absmax, scale, tables);
    }
    for (size_t bin = 0; bin < QS_HISTOGRAM_BINS; bin++) {
        bins[bin] += (uint64_t)tables[0][bin] + tables[1][bin] + tables[2][bin] + tables[3][bin];
    }
}
