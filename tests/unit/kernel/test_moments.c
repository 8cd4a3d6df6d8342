// src/kernel moments: against the reference on every shape of input, against numbers computed elsewhere, and the same
// bits everywhere.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "kernel/moments.h"
#include "moment_sets.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SPAN_BYTES = QS_MOMENTS_SPAN * 8 + 8 };

static const struct {
    enum qs_dtype dtype;
    const char *name;
    size_t bytes;
} types[] = {
    {QS_DTYPE_F64, "F64", 8}, {QS_DTYPE_F32, "F32", 4}, {QS_DTYPE_F16, "F16", 2}, {QS_DTYPE_BF16, "BF16", 2}};

// What a span may hold.
enum kind { NORMAL, HEAVY_TAILS, FAR_MEAN, FAR_NEGATIVE, DENORMAL, POSITIVE, MIXED_ZEROS, KINDS };
static const char *const kind_names[] = {"normal", "heavy tails", "far mean", "far negative mean", "denormal",
                                         "positive", "zeros of both signs"};

// A double as the nearest value of a type toward zero, which is good enough to fill spans; returns its bytes.
static size_t store(enum qs_dtype dtype, double value, uint8_t *to)
{
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    uint16_t half = (uint16_t)(bits >> 16);
    if (dtype == QS_DTYPE_F64) {
        memcpy(to, &value, 8);
        return 8;
    }
    if (dtype == QS_DTYPE_F32) {
        memcpy(to, &narrow, 4);
        return 4;
    }
    if (dtype == QS_DTYPE_F16) {
        double size = fabs(value);
        int exponent = -14;
        if (size >= 0x1p-14) {
            exponent = ilogb(size);
        }
        uint32_t units = (uint32_t)(size / ldexp(1, exponent - 10)); // 11 bits where normal
        units = exponent > 15 ? 0x7bff : units + ((uint32_t)(exponent + 14) << 10);
        half = (uint16_t)(units | (signbit(value) ? 0x8000 : 0));
    }
    memcpy(to, &half, 2);
    return 2;
}

static double draw(enum kind kind, enum qs_dtype dtype, uint64_t *state)
{
    double normal = next_normal(state) * 0x1p-24; // about 0.6 standard
    switch (kind) {
    case HEAVY_TAILS:
        return normal * normal * normal * (next_random(state) % 64 == 0 ? 30 : 0.05);
    case FAR_MEAN:
        return 1 + normal * 0x1p-10;
    case FAR_NEGATIVE:
        return -3 + normal * 0x1p-8;
    case DENORMAL:
        return normal * (dtype == QS_DTYPE_F16 ? 0x1p-18 : dtype == QS_DTYPE_F64 ? 0x1p-140 : 0x1p-130);
    case POSITIVE:
        return fabs(normal) + 0x1p-10;
    case MIXED_ZEROS:
        return next_random(state) % 3 == 0 ? copysign(0, normal) : normal;
    default:
        return normal * 0.03;
    }
}

// The largest error seen of each sum, relative to its size: m3 to n std^3, which it may be far below.
struct errors {
    double mean, m2, m3, m4;
};

static void compare(const struct qs_moments *got, const struct qs_moments *want, struct errors *errors)
{
    assert_int_equal(got->count, want->count);
    assert_int_equal(got->nan_count, want->nan_count);
    assert_int_equal(got->inf_count, want->inf_count);
    assert_true(got->min == want->min && signbit(got->min) == signbit(want->min));
    assert_true(got->max == want->max && signbit(got->max) == signbit(want->max));
    double n = want->count ? (double)want->count : 1;
    double std = sqrt(want->m2 / n);
    if (std == 0) {
        assert_true(got->mean == want->mean && got->m2 == 0 && got->m3 == 0 && got->m4 == 0);
        return;
    }
    errors->mean = fmax(errors->mean, fabs(got->mean - want->mean) / (std + fabs(want->mean)));
    errors->m2 = fmax(errors->m2, fabs(got->m2 / want->m2 - 1));
    errors->m3 = fmax(errors->m3, fabs(got->m3 - want->m3) / (n * std * std * std));
    errors->m4 = fmax(errors->m4, fabs(got->m4 / want->m4 - 1));
}

static void spans_agree_with_the_reference(void **state)
{
    (void)state;
    static const size_t long_ones[] = {95, 96, 127, 128, 129, 255, 256, 1000, 1023, 1024, 1025, 3000, 4095, 4096};
    uint8_t *span = malloc(SPAN_BYTES);
    uint64_t random = 7;
    struct errors errors = {0};
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        for (enum kind kind = 0; kind < KINDS; kind++) {
            for (size_t length = 0; length < 68 + QS_COUNT_OF(long_ones); length++) {
                size_t count = length < 68 ? length : long_ones[length - 68];
                size_t offset = length % 4 == 3 ? 1 : 2 * (length % 4); // also odd addresses
                for (size_t i = 0; i < count; i++) {
                    store(types[t].dtype, draw(kind, types[t].dtype, &random), span + offset + i * types[t].bytes);
                }
                struct qs_moments got;
                struct qs_moments want;
                struct errors before = errors;
                qs_moments_span(types[t].dtype, span + offset, count, &got);
                qs_moments_span_reference(types[t].dtype, span + offset, count, &want);
                compare(&got, &want, &errors);
                // 4096 additions in 32 lanes of trees: some tens of roundings of 1.1e-16 each, more where the shift
                // is off by a few standard deviations (spans of a few values).
                if (fmax(fmax(errors.mean, errors.m2), fmax(errors.m3, errors.m4)) > 1e-13) {
                    print_message("# %s, %s, %zu values: %g %g %g %g (before: %g %g %g %g)\n", types[t].name,
                                  kind_names[kind], count, errors.mean, errors.m2, errors.m3, errors.m4, before.mean,
                                  before.m2, before.m3, before.m4);
                    fail();
                }
            }
        }
    }
    print_message("# largest errors: mean %.1e, m2 %.1e, m3 %.1e, m4 %.1e\n", errors.mean, errors.m2, errors.m3,
                  errors.m4);
    free(span);
}

// Every sampled value an outlier: the shift is as far off as it can be, 16 standard deviations.
static void a_misled_shift_costs_little(void **state)
{
    (void)state;
    float *span = malloc(QS_MOMENTS_SPAN * sizeof *span);
    uint64_t random = 8;
    for (size_t i = 0; i < QS_MOMENTS_SPAN; i++) {
        span[i] = (float)(next_normal(&random) * 0x1p-29) + (i % (QS_MOMENTS_SPAN / 16) == 0 ? 5 : 0);
    }
    struct qs_moments got;
    struct qs_moments want;
    struct errors errors = {0};
    qs_moments_span(QS_DTYPE_F32, span, QS_MOMENTS_SPAN, &got);
    qs_moments_span_reference(QS_DTYPE_F32, span, QS_MOMENTS_SPAN, &want);
    compare(&got, &want, &errors);
    print_message("# errors: mean %.1e, m2 %.1e, m3 %.1e, m4 %.1e\n", errors.mean, errors.m2, errors.m3, errors.m4);
    // In m3, terms of 2*16^3 n std^3 cancel to what remains: 1e4 roundings of 1e-16. The others lose less.
    assert_true(errors.mean < 1e-15 && errors.m2 < 1e-13 && errors.m3 < 1e-11 && errors.m4 < 1e-11);
    free(span);
}

static void values_that_are_not_finite_are_counted_apart(void **state)
{
    (void)state;
    static const struct {
        enum qs_dtype dtype;
        uint64_t bits[5]; // inf, -inf, three NaN
    } patterns[] = {
        {QS_DTYPE_F64, {0x7ffULL << 52, 0xfffULL << 52, 0x7ff8ULL << 48, (0xfffULL << 52) + 1, UINT64_MAX}},
        {QS_DTYPE_F32, {0x7f800000, 0xff800000, 0x7fc00000, 0xff800001, 0xffffffff}},
        {QS_DTYPE_F16, {0x7c00, 0xfc00, 0x7e00, 0xfc01, 0xffff}},
        {QS_DTYPE_BF16, {0x7f80, 0xff80, 0x7fc0, 0xff81, 0xffff}},
    };
    enum { COUNT = 163 };
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        size_t bytes = types[t].bytes;
        uint64_t random = 9 + t;
        uint8_t clean[COUNT * 8];
        for (size_t i = 0; i < COUNT; i++) {
            store(types[t].dtype, draw(NORMAL, types[t].dtype, &random), clean + i * bytes);
        }
        for (size_t place = 0; place < COUNT; place++) {
            for (size_t p = 0; p < 5; p++) {
                uint8_t span[COUNT * 8];
                uint8_t without[COUNT * 8];
                memcpy(span, clean, COUNT * bytes);
                memcpy(span + place * bytes, &patterns[t].bits[p], bytes);
                memcpy(without, clean, place * bytes);
                memcpy(without + place * bytes, clean + (place + 1) * bytes, (COUNT - place - 1) * bytes);
                struct qs_moments got;
                struct qs_moments want;
                struct errors errors = {0};
                qs_moments_span(types[t].dtype, span, COUNT, &got);
                qs_moments_span_reference(types[t].dtype, without, COUNT - 1, &want);
                want.nan_count = p >= 2;
                want.inf_count = p < 2;
                compare(&got, &want, &errors);
                assert_true(fmax(fmax(errors.mean, errors.m2), fmax(errors.m3, errors.m4)) < 1e-14);
            }
        }
        // Nothing but NaN and infinities.
        uint8_t span[5 * 8];
        for (size_t p = 0; p < 5; p++) {
            memcpy(span + p * bytes, &patterns[t].bits[p], bytes);
        }
        struct qs_moments got;
        static const struct qs_moments want = {.nan_count = 3, .inf_count = 2};
        qs_moments_span(types[t].dtype, span, 5, &got);
        assert_memory_equal(&got, &want, sizeof want);
    }
}

static void constant_spans_have_no_deviations(void **state)
{
    (void)state;
    static const double constants[] = {0, -0.0, 0.1, -0.3, 1e-3, 60000, 1e-7};
    uint8_t *span = malloc(SPAN_BYTES);
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        for (size_t c = 0; c < QS_COUNT_OF(constants); c++) {
            for (size_t count = 1; count <= QS_MOMENTS_SPAN; count += count < 40 ? 1 : 507) {
                for (size_t i = 0; i < count; i++) {
                    store(types[t].dtype, constants[c], span + i * types[t].bytes);
                }
                struct qs_moments got;
                struct qs_moments reference;
                qs_moments_span(types[t].dtype, span, count, &got);
                qs_moments_span_reference(types[t].dtype, span, count, &reference);
                assert_true(got.m2 == 0 && got.m3 == 0 && got.m4 == 0 && got.mean == got.min && got.min == got.max);
                assert_true(!signbit(got.min) || got.min < 0);
                assert_memory_equal(&got, &reference, sizeof got);
            }
        }
    }
    free(span);
}

// Beyond what the fourth powers of doubles hold: the reference path, whose sums are infinite only where they must be.
static void huge_doubles_stay_defined(void **state)
{
    (void)state;
    static const double span[] = {1e80, -1e80, 3e79, 2e79, DBL_MAX, -DBL_MAX};
    struct qs_moments got;
    qs_moments_span(QS_DTYPE_F64, span, 4, &got);
    assert_true(got.count == 4 && got.min == -1e80 && got.max == 1e80);
    assert_true(fabs(got.mean / 1.25e79 - 1) < 1e-15 && isfinite(got.m2) && isinf(got.m4));
    qs_moments_span(QS_DTYPE_F64, span, 6, &got);
    assert_true(got.count == 6 && got.min == -DBL_MAX && got.max == DBL_MAX && isinf(got.m2));
}

static void join_spans(enum qs_dtype dtype, const uint8_t *data, size_t bytes, size_t count, size_t span,
                       struct qs_moments *out)
{
    *out = (struct qs_moments){0};
    for (size_t at = 0; at < count; at += span) {
        struct qs_moments moments;
        qs_moments_span(dtype, data + at * bytes, count - at < span ? count - at : span, &moments);
        qs_moments_join(out, &moments);
    }
}

static void joined_spans_agree_with_exact_arithmetic(void **state)
{
    (void)state;
    static const size_t spans[] = {1, 7, 128, 1000, 4096};
    uint8_t *data = malloc(SET_VALUES * 8);
    for (enum set set = 0; set < SET_COUNT; set++) {
        size_t bytes = make_set(set, data);
        struct errors errors = {0};
        for (size_t s = 0; s < QS_COUNT_OF(spans); s++) {
            struct qs_moments got;
            join_spans(sets[set].dtype, data, bytes, SET_VALUES, spans[s], &got);
            struct qs_moments want = {SET_VALUES, 0, 0, sets[set].mean, sets[set].m2, sets[set].m3, sets[set].m4,
                                      sets[set].min, sets[set].max};
            compare(&got, &want, &errors);
        }
        print_message("# %s: mean %.1e, m2 %.1e, m3 %.1e, m4 %.1e\n", sets[set].name, errors.mean, errors.m2,
                      errors.m3, errors.m4);
        // Means of spans are rounded to 1e-16 of themselves; where that is 1774 times as much of a deviation, it shows
        // in m3 first, through 10007 joins of one value.
        double tolerance = set == SET_FAR || set == SET_FAR_F64 ? 1e-10 : 1e-12;
        assert_true(errors.mean < 1e-14 && errors.m2 < tolerance && errors.m3 < tolerance && errors.m4 < tolerance);
    }
    free(data);
}

static void joining_is_associative_but_for_rounding(void **state)
{
    (void)state;
    uint8_t *data = malloc(SET_VALUES * 8);
    for (enum set set = 0; set < SET_COUNT; set++) {
        size_t bytes = make_set(set, data);
        for (size_t cut = 0; cut <= 3000; cut += 500) {
            struct qs_moments a;
            struct qs_moments b;
            struct qs_moments c;
            qs_moments_span(sets[set].dtype, data, cut, &a);
            qs_moments_span(sets[set].dtype, data + cut * bytes, 3000 - cut, &b);
            qs_moments_span(sets[set].dtype, data + 3000 * bytes, 2000, &c);
            a.nan_count = 1;
            c.inf_count = 2;
            struct qs_moments left = a;
            qs_moments_join(&left, &b);
            qs_moments_join(&left, &c);
            struct qs_moments right = b;
            qs_moments_join(&right, &c);
            struct qs_moments whole = a;
            qs_moments_join(&whole, &right);
            struct errors errors = {0};
            compare(&whole, &left, &errors);
            assert_int_equal(left.nan_count, 1);
            assert_int_equal(left.inf_count, 2);
            // Two joins: a few roundings, of means that may be 1774 deviations large.
            assert_true(fmax(fmax(errors.mean, errors.m2), fmax(errors.m3, errors.m4)) < 1e-13);
        }
    }
    free(data);
}

// The order of all operations is written in the source, so these bits hold for every CPU, compiler and option.
static void bits_are_the_same_everywhere(void **state)
{
    (void)state;
    static const struct {
        double mean, m2, m3, m4;
    } want[SET_COUNT] = {
        [SET_NORMAL] = {0x1.03406b4405d52p-13, 0x1.9c182ead1572cp+1, 0x1.598cd1ea4ba2bp-10, 0x1.6c5e7ab7a388p-9},
        [SET_CUBES] = {-0x1.1c3044100d08ep-13, 0x1.5e2fc4a21cea3p+0, -0x1.d4e66d2098f62p-13, 0x1.771b9dd1aeadap-11},
        [SET_FAR] = {0x1.fffe6959ebca4p-1, 0x1.a0efc961522b7p-9, 0x1.5b9395277c2bep-25, 0x1.7e95c9093c578p-29},
        [SET_FAR_F64] = {0x1.fffe695a90cb7p-1, 0x1.a0efb0d3353f5p-9, 0x1.5b95c2e6ea3eap-25, 0x1.7e9581737c3cap-29},
        [SET_F16] = {0x1.5471a52efe8aap-12, 0x1.e6f567f74d15bp+10, 0x1.b20bc61891329p+6, 0x1.015a02ed697fcp+12},
        [SET_BF16] = {0x1.8e9bef520ab19p-13, 0x1.97b182fa57d1ep+1, 0x1.cbb5b17d23e35p-14, 0x1.614a0485d20f9p-9},
    };
    uint8_t *data = malloc(SET_VALUES * 8);
    for (enum set set = 0; set < SET_COUNT; set++) {
        size_t bytes = make_set(set, data);
        struct qs_moments got;
        join_spans(sets[set].dtype, data, bytes, SET_VALUES, QS_MOMENTS_SPAN, &got);
        if (got.mean != want[set].mean || got.m2 != want[set].m2 || got.m3 != want[set].m3 ||
            got.m4 != want[set].m4) {
            print_message("# %s: {%a, %a, %a, %a}\n", sets[set].name, got.mean, got.m2, got.m3, got.m4);
            fail();
        }
    }
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_agree_with_the_reference),
        cmocka_unit_test(a_misled_shift_costs_little),
        cmocka_unit_test(values_that_are_not_finite_are_counted_apart),
        cmocka_unit_test(constant_spans_have_no_deviations),
        cmocka_unit_test(huge_doubles_stay_defined),
        cmocka_unit_test(joined_spans_agree_with_exact_arithmetic),
        cmocka_unit_test(joining_is_associative_but_for_rounding),
        cmocka_unit_test(bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
