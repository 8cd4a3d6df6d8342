// src/stats: the statistics of weights in memory, against numbers computed elsewhere and against sorting; any number
// of threads; values that are not finite; modules without values.
#include "../cmocka_all.h"
#include "../kernel/moment_sets.h"
#include "base/attr.h"
#include "kernel/counts.h"
#include "stats/weights.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// A module in memory: what a model gives, without a file.
struct fake {
    struct qs_tensor tensor;
    struct qs_weight weight;
    uint8_t *data;
};

static void fake_make(struct fake *fake, enum qs_dtype dtype, uint64_t rows, uint64_t cols)
{
    const struct qs_dtype_traits *traits = qs_dtype_traits(dtype);
    *fake = (struct fake){.tensor = {.dtype = dtype, .ndim = 2, .dims = {rows, cols}, .values = rows * cols}};
    fake->weight.rows = rows;
    fake->weight.cols = cols;
    fake->weight.row_bytes = cols / traits->block_values * traits->block_bytes;
    fake->tensor.bytes = rows * fake->weight.row_bytes;
    fake->weight.readable = true;
    fake->data = malloc(fake->tensor.bytes + 1);
    fake->weight.data = fake->data;
    fake->tensor.data = fake->data;
}

// The fake lies at a fixed address from here on.
static const struct qs_weight *fake_weight(struct fake *fake)
{
    fake->weight.tensor = &fake->tensor;
    return &fake->weight;
}

static void run(unsigned threads, const struct qs_weight *const *weights, size_t count, struct qs_weight_stats *out)
{
    struct qs_pool *pool = NULL;
    struct qs_error err = {0};
    assert_int_equal(qs_pool_new(threads, &pool, &err), QS_OK);
    assert_int_equal(qs_weight_stats_layer(pool, weights, count, out, NULL, &err), QS_OK);
    qs_pool_free(pool);
}

static struct qs_weight_stats stats_of(struct fake *fake)
{
    struct qs_weight_stats stats;
    const struct qs_weight *weights[1] = {fake_weight(fake)};
    memset(&stats, 0xee, sizeof stats);
    run(1, weights, 1, &stats);
    return stats;
}

static double nearness(double got, double want)
{
    return want == 0 ? fabs(got) : fabs(got / want - 1);
}

static void sets_agree_with_scipy_and_numpy(void **state)
{
    (void)state;
    double worst = 0;
    for (enum set set = 0; set < SET_COUNT; set++) {
        struct fake fake;
        fake_make(&fake, sets[set].dtype, 1, SET_VALUES);
        make_set(set, fake.data);
        struct qs_weight_stats stats = stats_of(&fake);
        // Moments as in test_moments; where the mean is 1774 deviations, skewness has the largest share of rounding.
        bool far = set == SET_FAR || set == SET_FAR_F64;
        double tolerance = far ? 1e-10 : 1e-12;
        double error = nearness(stats.std, sets[set].std);
        error = fmax(error, nearness(stats.kurtosis, sets[set].kurtosis));
        error = fmax(error, fabs(stats.skewness - sets[set].skewness));
        error = fmax(error, fabs(stats.mean - sets[set].mean) / sets[set].std);
        error = fmax(error, nearness(stats.norm, sets[set].fnorm));
        worst = far ? worst : fmax(worst, error);
        if (!(error < tolerance)) {
            print_message("# %s: error %g\n", sets[set].name, error);
            fail();
        }
        assert_int_equal(stats.count, SET_VALUES);
        assert_int_equal(stats.nan_count + stats.inf_count, 0);
        assert_true(stats.min == sets[set].min && stats.max == sets[set].max);
        assert_true(stats.absmax == fmax(-stats.min, stats.max));
        for (size_t p = 0; p < QS_STATS_PERCENTILES; p++) {
            // Order statistics are exact, and so is all but the last rounding of the interpolation.
            assert_true(nearness(stats.percentile[p], sets[set].percentile[p]) <= DBL_EPSILON);
        }
        for (size_t b = 0; b < SET_BINS; b++) {
            assert_int_equal(stats.histogram[set_bin[b]], sets[set].bins[b]);
        }
        free(fake.data);
    }
    print_message("# largest error %.1e\n", worst);
}

// What a module's values are, one kind after another.
enum kind { NORMAL, LOGARITHMIC, FEW_VALUES, MANY_ZEROS, NOT_FINITE, NARROW, KINDS };

static double draw(enum kind kind, uint64_t *random)
{
    double normal = next_normal(random) * 0x1p-29;
    switch (kind) {
    case LOGARITHMIC:
        return copysign(exp2(-(double)(next_random(random) % 4000) / 100), normal);
    case FEW_VALUES:
        return ((double)(next_random(random) % 3) - 1) * 0.0371;
    case MANY_ZEROS:
        return next_random(random) % 2 ? copysign(0, normal) : normal;
    case NOT_FINITE:
        return next_random(random) % 50 ? normal : next_random(random) % 3 ? NAN : copysign(INFINITY, normal);
    case NARROW: // all in one bin of leading bits of float32 and double
        return 1 + fabs(normal) * 0x1p-8;
    default:
        return normal;
    }
}

static void fill(struct fake *fake, enum kind kind, uint64_t seed)
{
    uint64_t random = seed;
    size_t bytes = qs_dtype_traits(fake->tensor.dtype)->block_bytes;
    for (uint64_t i = 0; i < fake->tensor.values; i++) {
        double wide = draw(kind, &random);
        float narrow = (float)wide;
        uint16_t half;
        memcpy(&half, (const uint8_t *)&narrow + 2, sizeof half);
        if (fake->tensor.dtype == QS_DTYPE_F16 && kind != NOT_FINITE) {
            half = (uint16_t)(half - (half & 0x7fff ? 0x3800 : 0)); // some f16 pattern: what it means is read back
            half = (half & 0x7c00) == 0x7c00 ? 0x1234 : half;
        }
        const void *from = bytes == 8 ? (const void *)&wide : bytes == 4 ? (const void *)&narrow : (const void *)&half;
        memcpy(fake->data + i * bytes, from, bytes);
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x;
    double y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// Everything again, value by value and by sorting.
static void check_by_sorting(const struct fake *fake, const struct qs_weight_stats *stats)
{
    uint64_t values = fake->tensor.values;
    size_t bytes = qs_dtype_traits(fake->tensor.dtype)->block_bytes;
    double *value = malloc((values + 1) * sizeof *value);
    uint64_t count = 0;
    uint64_t zeros = 0;
    uint64_t nans = 0;
    double min = INFINITY;
    double max = -INFINITY;
    long double sum = 0;
    for (uint64_t i = 0; i < values; i++) {
        double wide = 0;
        if (bytes == 8) {
            memcpy(&wide, fake->data + i * 8, 8);
        } else {
            float narrow;
            qs_dtype_to_f32_reference(fake->tensor.dtype, fake->data + i * bytes, 1, &narrow);
            wide = (double)narrow;
        }
        nans += isnan(wide) != 0;
        if (isfinite(wide)) {
            value[count++] = wide;
            zeros += wide == 0;
            min = fmin(min, wide);
            max = fmax(max, wide);
            sum += wide;
        }
    }
    assert_int_equal(stats->count, count);
    assert_int_equal(stats->nan_count, nans);
    assert_int_equal(stats->inf_count, values - count - nans);
    assert_int_equal(stats->zero_count, zeros);
    assert_true(stats->min == min && stats->max == max && stats->absmax == fmax(-min, max));
    long double mean = sum / (long double)count;
    long double m2 = 0;
    long double m4 = 0;
    long double squares = 0;
    uint64_t histogram[QS_STATS_BINS] = {0};
    for (uint64_t i = 0; i < count; i++) {
        long double d = value[i] - mean;
        m2 += d * d;
        m4 += d * d * d * d;
        squares += (long double)value[i] * value[i];
        double bin = floor((value[i] + stats->absmax) * (256 / (2 * stats->absmax)));
        histogram[bin > 255 ? 255 : (size_t)bin]++;
        value[i] = fabs(value[i]);
    }
    double std = (double)sqrtl(m2 / (long double)count);
    // As in test_moments, for up to 300 spans.
    assert_true(fabs(stats->mean - (double)mean) < 1e-12 * std + 4 * DBL_EPSILON * fabs((double)mean));
    assert_true(nearness(stats->std, std) < 1e-12);
    assert_true(nearness(stats->kurtosis, (double)(m4 * (long double)count / (m2 * m2))) < 1e-12);
    assert_true(nearness(stats->norm, (double)sqrtl(squares)) < 1e-12);
    assert_memory_equal(stats->histogram, histogram, sizeof histogram);
    qsort(value, count, sizeof *value, compare_doubles);
    for (size_t p = 0; p < QS_STATS_PERCENTILES; p++) {
        double place = (double)(count - 1) * (qs_stats_percentile[p] / 100);
        uint64_t low = (uint64_t)place;
        double high = value[low + (low + 1 < count)];
        double want = value[low] + (high - value[low]) * (place - (double)low);
        assert_true(stats->percentile[p] >= value[low] && stats->percentile[p] <= high);
        assert_true(nearness(stats->percentile[p], want) <= DBL_EPSILON);
    }
    free(value);
}

static const enum qs_dtype plain[] = {QS_DTYPE_F64, QS_DTYPE_F32, QS_DTYPE_F16, QS_DTYPE_BF16};

static void order_statistics_and_bins_agree_with_sorting(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {2, 3, 99, 100, 101, 1000, 4096, 4097, 70001};
    for (size_t t = 0; t < QS_COUNT_OF(plain); t++) {
        for (enum kind kind = 0; kind < KINDS; kind++) {
            for (size_t s = 0; s < QS_COUNT_OF(sizes); s++) {
                struct fake fake;
                fake_make(&fake, plain[t], 1, sizes[s]);
                fill(&fake, kind, 11 + s);
                struct qs_weight_stats stats = stats_of(&fake);
                if (stats.std > 0) { // else: constant, which has a test of its own
                    check_by_sorting(&fake, &stats);
                }
                free(fake.data);
            }
        }
    }
}

// Small modules, and large ones whose chunks are spread over the threads, in one layer.
static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    enum { MODULES = 10 };
    static const struct {
        enum qs_dtype dtype;
        uint64_t rows, cols;
        enum kind kind;
    } modules[MODULES] = {
        {QS_DTYPE_F32, 100, 333, NORMAL},    {QS_DTYPE_F32, 1201, 1000, NORMAL}, {QS_DTYPE_BF16, 1100, 1024, NORMAL},
        {QS_DTYPE_F64, 1050, 1001, NOT_FINITE}, {QS_DTYPE_F16, 30, 40, MANY_ZEROS}, {QS_DTYPE_F16, 1, 1100001, NORMAL},
        {QS_DTYPE_BF16, 64, 64, NOT_FINITE}, {QS_DTYPE_F32, 1049, 1000, FEW_VALUES}, {QS_DTYPE_F64, 9, 9, LOGARITHMIC},
        {QS_DTYPE_F32, 1049, 1001, NOT_FINITE}};
    static const unsigned threads[] = {2, 3, 5};
    struct fake fakes[MODULES];
    const struct qs_weight *weights[MODULES + 2] = {0};
    for (size_t m = 0; m < MODULES; m++) {
        fake_make(&fakes[m], modules[m].dtype, modules[m].rows, modules[m].cols);
        fill(&fakes[m], modules[m].kind, 100 + m);
        weights[m] = fake_weight(&fakes[m]);
    }
    struct fake unreadable;
    fake_make(&unreadable, QS_DTYPE_F32, 4, 4);
    unreadable.tensor.dtype = QS_DTYPE_OTHER;
    unreadable.weight.readable = false;
    weights[MODULES + 1] = fake_weight(&unreadable); // and a NULL before it
    struct qs_weight_stats one[MODULES + 2];
    struct qs_weight_stats many[MODULES + 2];
    run(1, weights, MODULES + 2, one);
    for (size_t m = 0; m < MODULES; m++) {
        check_by_sorting(&fakes[m], &one[m]);
    }
    static const struct qs_weight_stats nothing;
    assert_memory_equal(&one[MODULES], &nothing, sizeof nothing);
    assert_memory_equal(&one[MODULES + 1], &nothing, sizeof nothing);
    for (size_t t = 0; t < QS_COUNT_OF(threads); t++) {
        memset(many, 0xee, sizeof many);
        run(threads[t], weights, MODULES + 2, many);
        assert_memory_equal(many, one, sizeof one);
    }
    for (size_t m = 0; m < MODULES; m++) {
        free(fakes[m].data);
    }
    free(unreadable.data);
}

// A module's values may lie in the file in another order than in the model.
static void the_order_of_values_does_not_matter(void **state)
{
    (void)state;
    for (size_t t = 0; t < QS_COUNT_OF(plain); t++) {
        struct fake fake;
        fake_make(&fake, plain[t], 96, 130);
        fill(&fake, NORMAL, 5);
        struct qs_weight_stats as_stored = stats_of(&fake);
        fake.weight.heads = 6;
        struct qs_weight_stats permuted = stats_of(&fake);
        fake.weight.heads = 0;
        fake.weight.transposed = true;
        struct qs_weight_stats transposed = stats_of(&fake);
        assert_memory_equal(&permuted, &as_stored, sizeof as_stored);
        assert_memory_equal(&transposed, &as_stored, sizeof as_stored);
        free(fake.data);
    }
}

// Every type that can be read: as the float32 values that its conversion gives.
static void stored_types_are_read_as_float32(void **state)
{
    (void)state;
    for (enum qs_dtype dtype = QS_DTYPE_F8_E4M3; dtype < QS_DTYPE_OTHER; dtype++) {
        struct fake fake;
        struct fake wide;
        uint64_t random = 77 + (uint64_t)dtype;
        fake_make(&fake, dtype, 33, 512);
        fake_make(&wide, QS_DTYPE_F32, 33, 512);
        for (uint64_t i = 0; i < fake.tensor.bytes; i++) {
            fake.data[i] = (uint8_t)(next_random(&random) & 0xbb); // F16 scales stay finite and small
        }
        qs_dtype_to_f32_reference(dtype, fake.data, wide.tensor.values, (float *)(void *)wide.data);
        struct qs_weight_stats got = stats_of(&fake);
        struct qs_weight_stats want = stats_of(&wide);
        assert_memory_equal(&got, &want, sizeof want);
        assert_true(got.count + got.nan_count + got.inf_count == 33 * 512 && got.std > 0);
        free(fake.data);
        free(wide.data);
    }
}

static uint64_t histogram_sum(const struct qs_weight_stats *stats)
{
    uint64_t sum = 0;
    for (size_t bin = 0; bin < QS_STATS_BINS; bin++) {
        sum += stats->histogram[bin];
    }
    return sum;
}

static void assert_undefined(const struct qs_weight_stats *stats)
{
    assert_true(isnan(stats->mean) && isnan(stats->std) && isnan(stats->skewness) && isnan(stats->kurtosis));
    assert_true(isnan(stats->min) && isnan(stats->max) && isnan(stats->absmax) && isnan(stats->norm));
    assert_true(isnan(stats->percentile[0]) && isnan(stats->percentile[1]) && isnan(stats->percentile[2]));
    assert_int_equal(stats->count, 0);
    assert_int_equal(histogram_sum(stats), 0);
}

static void modules_without_finite_values_are_undefined(void **state)
{
    (void)state;
    static const uint8_t nan_bytes[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    for (size_t t = 0; t < QS_COUNT_OF(plain); t++) {
        struct fake fake;
        fake_make(&fake, plain[t], 0, 0);
        struct qs_weight_stats stats = stats_of(&fake);
        assert_undefined(&stats);
        assert_int_equal(stats.nan_count + stats.inf_count, 0);
        free(fake.data);
        fake_make(&fake, plain[t], 5, 1000);
        size_t bytes = (size_t)fake.tensor.bytes / 5000;
        for (size_t i = 0; i < 5000; i++) {
            memcpy(fake.data + i * bytes, nan_bytes, bytes);
        }
        stats = stats_of(&fake);
        assert_undefined(&stats);
        assert_int_equal(stats.nan_count, 5000);
        free(fake.data);
    }
}

static void constants_have_no_shape(void **state)
{
    (void)state;
    static const uint16_t patterns[] = {0x0000, 0x8000, 0x3c01, 0xbc01}; // 0, -0 and some value and its negative
    static const uint64_t sizes[] = {1, 2, 5000, 1100000};
    for (size_t t = 0; t < QS_COUNT_OF(plain); t++) {
        for (size_t c = 0; c < QS_COUNT_OF(patterns); c++) {
            for (size_t s = 0; s < QS_COUNT_OF(sizes); s++) {
                struct fake fake;
                fake_make(&fake, plain[t], 1, sizes[s]);
                size_t bytes = (size_t)(fake.tensor.bytes / sizes[s]);
                uint64_t bits = (uint64_t)patterns[c] << (8 * bytes - 16);
                bits |= patterns[c] & 0x7fff ? 1 : 0; // not a round number in wide types
                for (uint64_t i = 0; i < sizes[s]; i++) {
                    memcpy(fake.data + i * bytes, &bits, bytes);
                }
                double value = 0;
                float narrow;
                qs_dtype_to_f32(plain[t], fake.data, 1, &narrow);
                value = (double)narrow;
                if (bytes == 8) {
                    memcpy(&value, &bits, sizeof value);
                }
                struct qs_weight_stats stats = stats_of(&fake);
                assert_int_equal(stats.count, sizes[s]);
                assert_int_equal(stats.zero_count, value == 0 ? sizes[s] : 0);
                assert_true(stats.mean == value && stats.min == value && stats.max == value && stats.std == 0);
                assert_true(stats.absmax == fabs(value) && !signbit(stats.absmax));
                assert_true(isnan(stats.skewness) && isnan(stats.kurtosis));
                assert_true(nearness(stats.norm, fabs(value) * sqrt((double)sizes[s])) < 1e-14);
                for (size_t p = 0; p < QS_STATS_PERCENTILES; p++) {
                    assert_true(stats.percentile[p] == fabs(value));
                }
                assert_int_equal(stats.histogram[value == 0 ? 128 : value < 0 ? 0 : 255], sizes[s]);
                assert_int_equal(histogram_sum(&stats), sizes[s]);
                free(fake.data);
            }
        }
    }
}

// Squares and fourth powers of such weights overflow, or vanish: not 0, not infinite, but unknown. What needs no powers
// is exact.
static void sums_beyond_a_double_are_undefined(void **state)
{
    (void)state;
    static const double scales[] = {1e300, 1e100, 1e-100, 1e-300, 1};
    for (size_t s = 0; s < QS_COUNT_OF(scales); s++) {
        struct fake fake;
        fake_make(&fake, QS_DTYPE_F64, 3, 64);
        for (size_t i = 0; i < 192; i++) {
            double value = scales[s] * (double)(i % 7);
            memcpy(fake.data + i * sizeof value, &value, sizeof value);
        }
        struct qs_weight_stats stats = stats_of(&fake);
        bool usual = scales[s] == 1;
        bool squares = scales[s] == 1e100 || scales[s] == 1e-100 || usual;
        assert_true(isnan(stats.kurtosis) == !usual);
        assert_true(isnan(stats.skewness) == !usual);
        assert_true(isnan(stats.std) == !squares);
        assert_true(isnan(stats.norm) == !squares);
        assert_true(stats.min == 0 && stats.max == scales[s] * 6 && stats.absmax == scales[s] * 6);
        assert_true(stats.zero_count == 28 && stats.count == 192);
        free(fake.data);
    }
}

static void work_stops_on_request(void **state)
{
    (void)state;
    atomic_bool stop = true;
    struct qs_progress progress = {.stop = &stop};
    struct qs_pool *pool = NULL;
    struct qs_error err = {0};
    struct fake fakes[2];
    const struct qs_weight *weights[2];
    struct qs_weight_stats stats[2];
    fake_make(&fakes[0], QS_DTYPE_F32, 10, 10);
    fake_make(&fakes[1], QS_DTYPE_F32, 1100, 1000);
    for (size_t i = 0; i < 2; i++) {
        fill(&fakes[i], NORMAL, i);
        weights[i] = fake_weight(&fakes[i]);
    }
    assert_int_equal(qs_pool_new(2, &pool, &err), QS_OK);
    assert_int_equal(qs_weight_stats_layer(pool, weights, 2, stats, &progress, &err), QS_INTERRUPTED);
    assert_int_equal(err.status, QS_INTERRUPTED);
    stop = false;
    assert_int_equal(qs_weight_stats_layer(pool, weights, 2, stats, &progress, &err), QS_OK);
    assert_int_equal(qs_weight_stats_layer(pool, weights, 0, stats, &progress, &err), QS_OK);
    qs_weight_prefetch(weights[0]); // hints about memory that is not mapped do nothing
    qs_weight_release(weights[0]);
    qs_pool_free(pool);
    free(fakes[0].data);
    free(fakes[1].data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_agree_with_scipy_and_numpy),
        cmocka_unit_test(order_statistics_and_bins_agree_with_sorting),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bytes),
        cmocka_unit_test(the_order_of_values_does_not_matter),
        cmocka_unit_test(stored_types_are_read_as_float32),
        cmocka_unit_test(modules_without_finite_values_are_undefined),
        cmocka_unit_test(constants_have_no_shape),
        cmocka_unit_test(sums_beyond_a_double_are_undefined),
        cmocka_unit_test(work_stops_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
