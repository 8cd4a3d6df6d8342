// src/kernel/tile, nf4: the cloned kernels against their plain references.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "kernel/nf4.h"
#include "kernel/tile.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANES QS_TILE_LANES

static uint64_t seed = 1;

static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

// Sum of 12 uniforms: near enough to normal.
static float normal(double std)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += uniform();
    }
    return (float)(sum * std);
}

static void fill(float *tile, size_t count, double std, double mean)
{
    for (size_t i = 0; i < count; i++) {
        tile[i] = normal(std) * (uniform() < 0.01 ? 8.0f : 1.0f) + (float)mean;
    }
}

static struct qs_tile_shrink shrink_with(float p, float beta)
{
    struct qs_tile_shrink shrink = {.p = p};
    for (size_t i = 0; i < QS_TILE_STEPS_MAX; i++) {
        shrink.beta[i] = beta;
        shrink.threshold[i] = (float)(pow((double)beta, -1 / (2 - (double)p)) * (1 - 1e-5));
    }
    return shrink;
}

static double relative(double got, double want)
{
    return fabs(got - want) / (fabs(want) > 1e-30 ? fabs(want) : 1e-30);
}

static void runs_are_transposed(void **state)
{
    (void)state;
    static float src[16 * 256];
    static float tile[16 * 256];
    for (size_t i = 0; i < QS_COUNT_OF(src); i++) {
        src[i] = (float)i;
    }
    for (size_t length = 1; length <= 256; length += length < 40 ? 1 : 27) {
        for (size_t lanes = 1; lanes <= LANES; lanes++) {
            qs_tile_from_runs(src, length, lanes, tile);
            for (size_t row = 0; row < length; row++) {
                for (size_t lane = 0; lane < LANES; lane++) {
                    size_t run = lane < lanes ? lane : lanes - 1;
                    assert_true(tile[row * LANES + lane] == src[run * length + row]);
                }
            }
        }
    }
}

// Without large errors the kernel does the reference's operations in the reference's order: the same bits. With them
// only the power differs, by less than 4e-7.
static void steps_equal_the_reference(void **state)
{
    (void)state;
    static float tile[256 * 64];
    static const size_t groups[] = {16, 32, 64, 128, 256};
    double worst = 0;
    int plain = 0;
    int settled = 0;
    for (int round = 0; round < 60; round++) {
        size_t group_size = groups[round % 5];
        size_t stride = round % 3 ? LANES : 64;
        float top = (float)((1 << (1 + round % 8)) - 1);
        bool large = round % 4 == 3;
        enum qs_tile_order order = round / 5 % 2 ? QS_TILE_ALONG_ROWS : QS_TILE_DOWN_COLUMNS;
        fill(tile, 256 * 64, large ? 3.0 : 0.02, round % 7 == 6 ? 0.5 : 0);
        struct qs_tile_shrink shrink = shrink_with(round % 8 == 7 ? 1.0f : 0.7f, 10);
        float scale[2][LANES];
        float zero[2][LANES];
        static struct qs_tile_errors errors[2][21];
        static float zeros[2][21 * LANES];
        qs_tile_start(tile, stride, group_size, top, scale[0], zero[0]);
        qs_tile_start_reference(tile, stride, group_size, top, scale[1], zero[1]);
        assert_memory_equal(scale[0], scale[1], sizeof scale[0]);
        assert_memory_equal(zero[0], zero[1], sizeof zero[0]);
        size_t made = qs_tile_steps(tile, stride, group_size, order, top, scale[0], zero[0], 20, &shrink, errors[0],
                                    zeros[0]);
        assert_true(made >= 1 && made <= 21);
        settled += made < 21;
        for (size_t step = made; step < 21; step++) {
            errors[0][step] = errors[0][made - 1];
            memcpy(zeros[0] + step * LANES, zeros[0] + (made - 1) * LANES, LANES * sizeof(float));
        }
        qs_tile_steps_reference(tile, stride, group_size, order, top, scale[1], zero[1], 20, &shrink, errors[1],
                                zeros[1]);
        bool shrunk = false;
        for (size_t step = 0; step < 20; step++) {
            for (size_t lane = 0; lane < LANES; lane++) {
                shrunk = shrunk || errors[1][step].max[lane] > shrink.threshold[step];
            }
        }
        plain += !shrunk;
        if (!shrunk) {
            assert_memory_equal(zeros[0], zeros[1], sizeof zeros[0]);
            assert_memory_equal(errors[0], errors[1], sizeof errors[0]);
            continue;
        }
        // A code on the edge between two may fall either way, so the first steps are compared, where nothing has
        // drifted yet: 1e-5 is a hundred float32 roundings of the zero.
        for (size_t lane = 0; lane < LANES; lane++) {
            worst = fmax(worst, relative((double)zeros[0][LANES + lane], (double)zeros[1][LANES + lane]));
        }
    }
    printf("# largest relative difference of a zero after a step with shrinkage: %g\n", worst);
    assert_true(worst < 1e-5);
    assert_true(plain > 20 && plain < 55); // both kinds were met
    assert_true(settled > 10 && settled < 60);
    printf("# %d of 60 tiles settled before the last step\n", settled);
}

static void shrinkage_acts_only_above_its_threshold(void **state)
{
    (void)state;
    // Two values 0 and v in a group of 16 at one bit: the middle value's error is known, and the shrinkage moves the
    // zero exactly where the error exceeds beta^(-1/(2-p)) = 0.17013.
    float tile[16 * LANES] = {0};
    struct qs_tile_shrink shrink = shrink_with(0.7f, 10);
    for (size_t lane = 0; lane < LANES; lane++) {
        tile[lane] = 1;
        tile[LANES + lane] = 0.10f + 0.01f * (float)lane;
    }
    struct qs_tile_errors errors[2];
    float scale[LANES];
    float zero[LANES];
    qs_tile_start(tile, LANES, 16, 1, scale, zero);
    qs_tile_steps(tile, LANES, 16, QS_TILE_ALONG_ROWS, 1, scale, zero, 1, &shrink, errors, NULL);
    for (size_t lane = 0; lane < LANES; lane++) {
        double v = (double)tile[LANES + lane];
        double kept = fmax(v - pow(v, -0.3) / 10, 0);
        assert_true(fabs((double)zero[lane] - (-v + kept) / 16) < 1e-7);
        assert_true((kept > 0) == (v > 0.17013));
    }
}

static void codes_and_special_groups(void **state)
{
    (void)state;
    float tile[32 * LANES];
    for (size_t i = 0; i < QS_COUNT_OF(tile); i++) {
        static const float levels[16] = {0, 0, 1e-4f, 5, -3, 1e30f, 1e-40f, 65504};
        size_t lane = i % LANES;
        tile[i] = levels[lane] * (lane < 3 || lane == 3 ? 1.0f : (float)(i / LANES) / 31.0f);
    }
    float scale[LANES];
    float zero[LANES];
    qs_tile_start(tile, LANES, 32, 15, scale, zero);
    assert_true(scale[0] == 1 && zero[0] == 0);     // all zero
    assert_true(scale[3] == 1 && zero[3] == -5);    // constant
    assert_true(scale[6] == 1);                     // denormals: a range below 1e-4
    struct qs_tile_errors errors;
    qs_tile_steps(tile, LANES, 32, QS_TILE_ALONG_ROWS, 15, scale, zero, 0, NULL, &errors, NULL);
    assert_true(errors.abs[0] == 0 && errors.abs[3] == 0);
    assert_true(isfinite(errors.abs[7]) && errors.max[7] <= 65504.0f / 30 * 1.001f);
    unsigned char codes[32 * LANES];
    qs_tile_codes(tile, LANES, 32, 15, scale, zero, codes);
    for (size_t row = 0; row < 32; row++) {
        assert_int_equal(codes[row * LANES + 7], (int)rintf(65504.0f * ((float)row / 31.0f) * scale[7] + zero[7]));
    }
    for (size_t i = 0; i < 32 * LANES; i++) {
        tile[i] = 1e-4f * (float)(i / LANES % 2) * 0.4f;
    }
    qs_tile_start(tile, LANES, 32, 255, scale, zero);
    assert_true(scale[0] == 1); // 4e-5 is no range
    for (size_t i = 0; i < 32 * LANES; i++) {
        tile[i] = 1.1e-4f * (float)(i / LANES % 2);
    }
    qs_tile_start(tile, LANES, 32, 255, scale, zero);
    assert_true(scale[0] == 2e4f); // capped
}

static void nf4_takes_the_nearest(void **state)
{
    (void)state;
    static float tile[64 * LANES];
    fill(tile, QS_COUNT_OF(tile), 0.05, 0);
    float absmax[LANES];
    struct qs_tile_errors errors;
    unsigned char codes[64 * LANES];
    qs_nf4_tile(tile, LANES, 64, absmax, &errors, codes);
    for (size_t lane = 0; lane < LANES; lane++) {
        double square = 0;
        float top = 0;
        for (size_t row = 0; row < 64; row++) {
            top = fmaxf(top, fabsf(tile[row * LANES + lane]));
        }
        assert_true(top == absmax[lane]);
        for (size_t row = 0; row < 64; row++) {
            float w = tile[row * LANES + lane];
            int best = 0;
            for (int code = 1; code < QS_NF4_CODES; code++) {
                if (fabsf(w / top - qs_nf4_codebook[code]) < fabsf(w / top - qs_nf4_codebook[best])) {
                    best = code;
                }
            }
            assert_int_equal(codes[row * LANES + lane], best);
            square += pow((double)w - (double)qs_nf4_codebook[best] * (double)top, 2);
        }
        assert_true(relative((double)errors.square[lane], square) < 1e-5); // float32 sums of 64 values
    }
    memset(tile, 0, sizeof tile);
    qs_nf4_tile(tile, LANES, 64, absmax, &errors, codes);
    assert_true(absmax[0] == 0 && errors.abs[0] == 0 && codes[0] == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_transposed),
        cmocka_unit_test(steps_equal_the_reference),
        cmocka_unit_test(shrinkage_acts_only_above_its_threshold),
        cmocka_unit_test(codes_and_special_groups),
        cmocka_unit_test(nf4_takes_the_nearest),
    };
    return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}
