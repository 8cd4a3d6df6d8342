// src/quant/quantized: what quantization promises of its codes, scales and zeros; 8-bit scales; the kernel's power.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "fake_weight.h"
#include "kernel/power.h"
#include "quant/quantized.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct qs_quantizer quantizer_of(enum qs_quantizer_kind kind, uint32_t axis)
{
    struct qs_quantizer quantizer = qs_quantizer_defaults;
    quantizer.kind = kind;
    quantizer.axis = axis;
    return quantizer;
}

static struct qs_quantized quantize(const struct fake *fake, enum qs_quantizer_kind kind, uint32_t axis,
                                    struct qs_rung rung)
{
    struct qs_quantizer quantizer = quantizer_of(kind, axis);
    struct qs_quantized q;
    struct qs_error err = {0};
    if (qs_quantize(&fake->weight, &quantizer, rung, &q, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return q;
}

static double norm_of(const struct fake *fake, enum qs_quantizer_kind kind, uint32_t axis, struct qs_rung rung)
{
    struct qs_quantized q = quantize(fake, kind, axis, rung);
    size_t values = (size_t)(q.rows * q.cols);
    float *restored = malloc(values * sizeof *restored);
    assert_non_null(restored);
    qs_dequantize(&q, restored);
    double square = 0;
    for (size_t i = 0; i < values; i++) {
        double d = (double)fake->values[i] - (double)restored[i];
        square += d * d;
    }
    free(restored);
    qs_quantized_free(&q);
    return sqrt(square);
}

// b1's levels are among b2's, these among b4's, and these among b8's (1, 3, 15 and 255 divide each other), so RTN never
// loses by climbing from one to the next (1e-6: rounding). Other numbers of bits gain on random weights by far.
static void more_bits_lose_less(void **state)
{
    (void)state;
    static const uint32_t all[] = {1, 2, 3, 4, 5, 6, 8};
    static const uint32_t nested[] = {1, 2, 4, 8};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct fake fake;
        fake_make(&fake, FAKE_F32, 32, 256, 0.02 * (double)seed, seed);
        for (uint32_t axis = 0; axis < 2; axis++) {
            for (uint32_t group = 16; group <= 256; group *= 2) {
                double last = INFINITY;
                for (size_t i = 0; i < QS_COUNT_OF(nested); i++) {
                    double norm = norm_of(&fake, QS_QUANTIZER_RTN, axis, (struct qs_rung){nested[i], group});
                    assert_true(norm <= last * (1 + 1e-6));
                    last = norm;
                }
                last = INFINITY;
                for (size_t i = 0; i < QS_COUNT_OF(all); i++) {
                    double norm = norm_of(&fake, QS_QUANTIZER_RTN, axis, (struct qs_rung){all[i], group});
                    assert_true(norm < last * 0.8);
                    last = norm;
                }
            }
        }
        fake_free(&fake);
    }
}

static void values_on_the_grid_come_back(void **state)
{
    (void)state;
    static const uint32_t bits[] = {1, 2, 3, 4, 5, 6, 8};
    enum { ROWS = 16, COLS = 512, VALUES = ROWS * COLS };
    static float values[VALUES];
    static float restored[VALUES];
    for (size_t b = 0; b < QS_COUNT_OF(bits); b++) {
        struct qs_rung rung = {bits[b], 256};
        uint32_t levels = 1u << bits[b];
        float step = 1.0f / qs_rung_top(rung);
        for (uint32_t axis = 0; axis < 2; axis++) {
            for (size_t i = 0; i < VALUES; i++) {
                // Every group has the first and the last level.
                size_t place = axis == 1 ? i % 256 : i / (VALUES / 256);
                values[i] = (float)(place < levels ? place : place * 31 % levels) * step;
            }
            struct fake fake;
            fake_from(&fake, values, ROWS, COLS);
            struct qs_quantized q = quantize(&fake, QS_QUANTIZER_RTN, axis, rung);
            qs_dequantize(&q, restored);
            for (size_t i = 0; i < VALUES; i++) {
                assert_true(restored[i] == values[i]);
            }
            qs_quantized_free(&q);
            assert_true(norm_of(&fake, QS_QUANTIZER_HQQ, axis, rung) < 1e-4); // float32 rounding of its zero
            fake_free(&fake);
        }
    }
}

static void rows_may_be_permuted(void **state)
{
    (void)state;
    enum { ROWS = 60, COLS = 192 };
    struct fake fake;
    fake_make(&fake, FAKE_F32, ROWS, COLS, 0.02, 3);
    static float values[ROWS * COLS];
    for (size_t row = 0; row < ROWS; row++) {
        memcpy(values + row * COLS, fake.values + row * 7 % ROWS * COLS, COLS * sizeof *values);
    }
    struct fake permuted;
    fake_from(&permuted, values, ROWS, COLS);
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        struct qs_quantized a = quantize(&fake, kind, 1, (struct qs_rung){4, 64});
        struct qs_quantized b = quantize(&permuted, kind, 1, (struct qs_rung){4, 64});
        assert_int_equal(a.steps, b.steps);
        for (size_t row = 0; row < ROWS; row++) {
            size_t from = row * 7 % ROWS;
            assert_memory_equal(b.codes + row * COLS, a.codes + from * COLS, COLS);
            assert_memory_equal(b.scale + row * 3, a.scale + from * 3, 3 * sizeof *a.scale);
            if (kind != QS_QUANTIZER_NF4) {
                assert_memory_equal(b.zero + row * 3, a.zero + from * 3, 3 * sizeof *a.zero);
            }
        }
        qs_quantized_free(&a);
        qs_quantized_free(&b);
    }
    fake_free(&fake);
    fake_free(&permuted);
}

// Powers of two are exact as long as no rule about absolute sizes (range 1e-4, scale 2e4, shrinkage 0.17) wakes.
static void errors_scale_with_the_matrix(void **state)
{
    (void)state;
    enum { ROWS = 32, COLS = 256 };
    struct fake fake;
    fake_make(&fake, FAKE_F32, ROWS, COLS, 0.02, 4);
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        for (uint32_t axis = kind == QS_QUANTIZER_NF4; axis < 2; axis++) {
            struct qs_rung rung = {4, 64};
            double norm = norm_of(&fake, kind, axis, rung);
            static const float factors[] = {0.125f, 0.5f, 2, 4, -1, 1.7f};
            for (size_t f = 0; f < QS_COUNT_OF(factors); f++) {
                static float values[ROWS * COLS];
                for (size_t i = 0; i < ROWS * COLS; i++) {
                    values[i] = fake.values[i] * factors[f];
                }
                struct fake scaled;
                fake_from(&scaled, values, ROWS, COLS);
                double got = norm_of(&scaled, kind, axis, rung);
                double want = norm * fabs((double)factors[f]);
                if (factors[f] > 0 && f < 4) {
                    assert_true(got == want);
                } else if (factors[f] > 0 || kind == QS_QUANTIZER_RTN) {
                    // Other factors round every weight anew; a code here and there falls the other way.
                    assert_true(fabs(got / want - 1) < 1e-4);
                }
                fake_free(&scaled);
            }
        }
    }
    fake_free(&fake);
}

static bool fp16_holds(float value)
{
    float size = fabsf(value);
    int exponent;
    frexpf(size, &exponent);
    float unit = ldexpf(1, (exponent < -13 ? -13 : exponent) - 11);
    return size <= 65504 && rintf(size / unit) * unit == size;
}

static void check_meta8(const float *before, const float *after, const struct qs_meta8 *meta, double *worst)
{
    assert_int_equal(meta->meta_groups, (meta->groups + 127) / 128);
    for (uint64_t group = 0; group < meta->meta_groups; group++) {
        float low = INFINITY;
        float high = -INFINITY;
        for (uint64_t i = group * 128; i < (group + 1) * 128 && i < meta->groups; i++) {
            low = fminf(low, before[i]);
            high = fmaxf(high, before[i]);
        }
        double scale = (double)meta->scale[group];
        double size = fmax(fabs((double)low), fabs((double)high));
        double least = fmax(fmax(((double)high - (double)low) / 254, size / 2000), 0x1p-24);
        assert_true(fp16_holds(meta->scale[group]) && fp16_holds(meta->zero[group]));
        // At least what is needed (1e-6: float32), at most one unit of fp16 more.
        assert_true(scale >= least * (1 - 1e-6) && scale <= least * (1 + 0x1p-10) + 0x1p-24);
        for (uint64_t i = group * 128; i < (group + 1) * 128 && i < meta->groups; i++) {
            assert_true(after[i] == ((float)meta->codes[i] - meta->zero[group]) * meta->scale[group]);
            double error = fabs((double)after[i] - (double)before[i]) / scale;
            *worst = fmax(*worst, error);
            assert_true(error <= 0.5 + 1e-3); // the division rounds: 2000 steps of 2^-24 each
        }
    }
}

static void eight_bit_scales_and_zeros(void **state)
{
    (void)state;
    static const double deviations[] = {1e-6, 1e-3, 0.02, 1, 3e4};
    static const struct qs_rung rungs[] = {{2, 32}, {4, 64}, {8, 128}, {3, 16}};
    double worst = 0;
    for (size_t d = 0; d < QS_COUNT_OF(deviations); d++) {
        for (size_t r = 0; r < QS_COUNT_OF(rungs); r++) {
            struct fake fake;
            fake_make(&fake, FAKE_F32, 72, 256, deviations[d], d + 1);
            struct qs_quantized q = quantize(&fake, QS_QUANTIZER_HQQ, r % 2, rungs[r]);
            float *scale = malloc(q.groups * sizeof *scale);
            float *zero = malloc(q.groups * sizeof *zero);
            assert_true(scale && zero);
            memcpy(scale, q.scale, q.groups * sizeof *scale);
            memcpy(zero, q.zero, q.groups * sizeof *zero);
            assert_int_equal(qs_quantized_meta8(&q, NULL), QS_OK);
            check_meta8(scale, q.scale, &q.scale8, &worst);
            check_meta8(zero, q.zero, &q.zero8, &worst);
            // A second time changes nothing.
            memcpy(scale, q.scale, q.groups * sizeof *scale);
            assert_int_equal(qs_quantized_meta8(&q, NULL), QS_OK);
            assert_memory_equal(scale, q.scale, q.groups * sizeof *scale);
            free(scale);
            free(zero);
            qs_quantized_free(&q);
            assert_null(q.codes);
            fake_free(&fake);
        }
    }
    printf("# largest error %.4f steps\n", worst);

    // At 8 bits the scales differ by less than 1e-4; the matrix must not lose by much.
    struct fake fake;
    fake_make(&fake, FAKE_F32, 64, 256, 0.02, 9);
    double norm = norm_of(&fake, QS_QUANTIZER_RTN, 1, (struct qs_rung){8, 64});
    struct qs_quantized q = quantize(&fake, QS_QUANTIZER_RTN, 1, (struct qs_rung){8, 64});
    assert_int_equal(qs_quantized_meta8(&q, NULL), QS_OK);
    float *restored = malloc(64 * 256 * sizeof *restored);
    assert_non_null(restored);
    qs_dequantize(&q, restored);
    double square = 0;
    for (size_t i = 0; i < 64 * 256; i++) {
        square += pow((double)fake.values[i] - (double)restored[i], 2);
    }
    printf("# b8g64: norm %.4g in float32, %.4g with 8-bit scales and zeros\n", norm, sqrt(square));
    assert_true(sqrt(square) < 1.5 * norm);
    free(restored);
    qs_quantized_free(&q);
    fake_free(&fake);
}

static void scales_beyond_fp16_are_refused(void **state)
{
    (void)state;
    struct fake fake;
    fake_make(&fake, FAKE_F32, 16, 64, 1e13, 1);
    struct qs_quantized q = quantize(&fake, QS_QUANTIZER_RTN, 1, (struct qs_rung){2, 32});
    float scale[32];
    float zero[32];
    memcpy(scale, q.scale, sizeof scale);
    memcpy(zero, q.zero, sizeof zero);
    struct qs_error err = {0};
    assert_int_equal(qs_quantized_meta8(&q, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "fp16"));
    assert_memory_equal(scale, q.scale, sizeof scale);
    assert_memory_equal(zero, q.zero, sizeof zero);
    assert_null(q.scale8.codes);
    assert_null(q.zero8.codes);
    qs_quantized_free(&q);
    q = quantize(&fake, QS_QUANTIZER_NF4, 1, (struct qs_rung){4, 32});
    assert_int_equal(qs_quantized_meta8(&q, &err), QS_USAGE);
    qs_quantized_free(&q);
    qs_quantized_free(NULL);
    fake_free(&fake);
}

static void forms_that_are_refused(void **state)
{
    (void)state;
    struct fake fake;
    fake_make(&fake, FAKE_F32, 4, 24, 0.02, 1);
    static const struct {
        enum qs_quantizer_kind kind;
        uint32_t axis;
        struct qs_rung rung;
        enum qs_status status;
    } table[] = {
        {QS_QUANTIZER_HQQ, 1, {4, 64}, QS_BAD_INPUT},  // 96 weights
        {QS_QUANTIZER_RTN, 0, {4, 128}, QS_BAD_INPUT}, // a group larger than the matrix
        {QS_QUANTIZER_NF4, 1, {3, 32}, QS_BAD_INPUT},
        {QS_QUANTIZER_NF4, 0, {4, 32}, QS_BAD_INPUT},
        {QS_QUANTIZER_RTN, 2, {4, 32}, QS_USAGE},
        {QS_QUANTIZER_RTN, 1, {4, 32}, QS_OK}, // groups may run over the ends of rows, as in the HQQ library
    };
    for (size_t i = 0; i < QS_COUNT_OF(table); i++) {
        struct qs_quantizer quantizer = quantizer_of(table[i].kind, table[i].axis);
        struct qs_quantized q = {.rows = 77};
        struct qs_error err = {0};
        assert_int_equal(qs_quantize(&fake.weight, &quantizer, table[i].rung, &q, &err), table[i].status);
        if (table[i].status == QS_OK) {
            qs_quantized_free(&q);
        } else {
            assert_true(err.text[0] && q.rows == 77);
        }
    }
    fake.weight.readable = false;
    snprintf(fake.tensor.dtype_name, sizeof fake.tensor.dtype_name, "MXFP4");
    struct qs_quantizer quantizer = quantizer_of(QS_QUANTIZER_RTN, 1);
    struct qs_quantized q;
    struct qs_error err = {0};
    assert_int_equal(qs_quantize(&fake.weight, &quantizer, (struct qs_rung){4, 32}, &q, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "MXFP4"));
    fake_free(&fake);
}

static double power_of(float size, float exponent)
{
    qs_v16f power = (qs_v16f){0} + size;
    qs_power(&power, exponent, &power);
    return (double)power[15];
}

static void power_is_accurate(void **state)
{
    (void)state;
    static const float exponents[] = {-0.3f, -0.5f, -0.9f, -1.0f, 0.0f};
    static const struct {
        double low;
        double high;
        double tolerance;
    } ranges[] = {{-3, 3, 1e-6}, {-30, 30, 6e-6}};
    for (size_t r = 0; r < QS_COUNT_OF(ranges); r++) {
        double worst = 0;
        for (size_t e = 0; e < QS_COUNT_OF(exponents); e++) {
            for (int i = 0; i <= 100000; i++) {
                float size = (float)pow(10, ranges[r].low + (ranges[r].high - ranges[r].low) * i / 100000);
                long double want = powl((long double)size, (long double)exponents[e]);
                double error = (double)fabsl((long double)power_of(size, exponents[e]) / want - 1);
                worst = fmax(worst, error);
            }
        }
        printf("# power on [1e%g, 1e%g]: largest relative error %.3g\n", ranges[r].low, ranges[r].high, worst);
        assert_true(worst < ranges[r].tolerance);
    }
    for (unsigned i = 0; i < 30; i++) {
        assert_true(power_of(ldexpf(1, (int)i - 15), 0.0f) == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_bits_lose_less),
        cmocka_unit_test(values_on_the_grid_come_back),
        cmocka_unit_test(rows_may_be_permuted),
        cmocka_unit_test(errors_scale_with_the_matrix),
        cmocka_unit_test(eight_bit_scales_and_zeros),
        cmocka_unit_test(scales_beyond_fp16_are_refused),
        cmocka_unit_test(forms_that_are_refused),
        cmocka_unit_test(power_is_accurate),
    };
    return cmocka_run_group_tests_name("quantize", tests, NULL, NULL);
}
