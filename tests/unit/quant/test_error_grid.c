// src/quant/error_grid: against the errors of matrices that are really quantized and restored, against the plain
// references, in every form of weight, for odd shapes, any number of threads, and weights that have no errors.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "fake_weight.h"
#include "quant/error_grid.h"
#include "quant/quantized.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct qs_pool *pools[6]; // by number of threads; 4 is not there

static int make_pools(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        if (threads != 4 && qs_pool_new(threads, &pools[threads], NULL) != QS_OK) {
            return -1;
        }
    }
    return 0;
}

static int free_pools(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        qs_pool_free(pools[threads]);
    }
    return 0;
}

static const uint64_t all_rungs = ((uint64_t)1 << QS_LADDER_MAX) - 1;

static struct qs_error_job job_of(const struct fake *fake)
{
    struct qs_error_job job = {.weight = &fake->weight};
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        job.wanted[kind] = all_rungs;
    }
    return job;
}

static void run(unsigned threads, const struct qs_quantizer *quantizer, const struct qs_ladder *ladder,
                struct qs_error_job *jobs, size_t count)
{
    struct qs_error err = {0};
    if (qs_error_grid(pools[threads], quantizer, ladder, jobs, count, NULL, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
}

static struct qs_quantizer on_axis(uint32_t axis)
{
    struct qs_quantizer quantizer = qs_quantizer_defaults;
    quantizer.axis = axis;
    return quantizer;
}

static double nearness(double got, double want)
{
    return want == 0 ? fabs(got) : fabs(got / want - 1);
}

static double worst;

static void assert_near(double got, double want, double tolerance, const char *what)
{
    double error = nearness(got, want);
    worst = fmax(worst, error);
    if (!(error <= tolerance)) {
        fail_msg("%s: %.17g, not %.17g", what, got, want);
    }
}

// The errors of a weight that is quantized and restored.
static struct qs_rung_error restored_error(const struct fake *fake, const struct qs_quantizer *quantizer,
                                           struct qs_rung rung)
{
    size_t values = (size_t)(fake->weight.rows * fake->weight.cols);
    struct qs_quantized q;
    assert_int_equal(qs_quantize(&fake->weight, quantizer, rung, &q, NULL), QS_OK);
    float *restored = malloc(values * sizeof *restored);
    assert_non_null(restored);
    qs_dequantize(&q, restored);
    struct qs_rung_error error = {.state = QS_RUNG_DONE, .steps = q.steps};
    double abs = 0;
    double square = 0;
    double energy = 0;
    for (size_t i = 0; i < values; i++) {
        assert_true(q.codes[i] <= (uint8_t)qs_rung_top(rung));
        double d = (double)(fake->values[i] - restored[i]);
        abs += fabs(d);
        square += d * d;
        energy += (double)fake->values[i] * (double)fake->values[i];
        error.max_abs = fmax(error.max_abs, fabs(d));
    }
    error.fnorm = sqrt(square);
    error.mean_abs = abs / (double)values;
    error.snr_db = square > 0 ? 10 * log10(energy / square) : INFINITY;
    free(restored);
    qs_quantized_free(&q);
    return error;
}

// 1e-6: sums inside a group are float32, of at most 256 values.
static void compare_with_restored(const struct fake *fake, const struct qs_quantizer *parameters,
                                  const struct qs_ladder *ladder)
{
    static struct qs_error_job job;
    job = job_of(fake);
    run(2, parameters, ladder, &job, 1);
    uint64_t values = fake->weight.rows * fake->weight.cols;
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        struct qs_quantizer quantizer = *parameters;
        quantizer.kind = kind;
        for (size_t rung = 0; rung < ladder->count; rung++) {
            const struct qs_rung_error *got = &job.results[kind][rung];
            struct qs_rung at = ladder->rungs[rung];
            if (kind == QS_QUANTIZER_NF4 && (at.bits != 4 || parameters->axis == 0)) {
                assert_int_equal(got->state, QS_RUNG_NO_FORM);
                continue;
            }
            if (values % at.group_size) {
                struct qs_quantized q;
                assert_int_equal(got->state, QS_RUNG_INDIVISIBLE);
                assert_int_equal(qs_quantize(&fake->weight, &quantizer, at, &q, NULL), QS_BAD_INPUT);
                continue;
            }
            struct qs_rung_error want = restored_error(fake, &quantizer, at);
            assert_int_equal(got->state, QS_RUNG_DONE);
            assert_int_equal(got->steps, want.steps);
            if (want.fnorm < 1e-18) { // errors whose squares float32 does not hold
                assert_true(got->fnorm < 1e-18);
                continue;
            }
            assert_near(got->fnorm, want.fnorm, 1e-6, "norm");
            assert_near(got->mean_abs, want.mean_abs, 1e-6, "mean");
            assert_near(got->max_abs, want.max_abs, 1e-6, "max");
            assert_true(fabs(got->snr_db - want.snr_db) < 1e-5);
        }
    }
}

static struct qs_ladder ladder_of(const char *list)
{
    struct qs_ladder ladder;
    assert_int_equal(qs_ladder_parse(list, &ladder, NULL), QS_OK);
    return ladder;
}

static void every_form_of_weight(void **state)
{
    (void)state;
    struct qs_ladder ladder = ladder_of("hqq,b1g16,b5g16,b6g256,b4g16,b4g256");
    worst = 0;
    for (enum fake_form form = 0; form < FAKE_FORMS; form++) {
        struct fake fake;
        fake_make(&fake, form, 52, 352, 0.02, form + 1); // 4 tiles of 4096 and a tail
        for (uint32_t axis = 0; axis < 2; axis++) {
            struct qs_quantizer quantizer = on_axis(axis);
            compare_with_restored(&fake, &quantizer, &ladder);
        }
        fake_free(&fake);
    }
    printf("# largest relative difference %.2g\n", worst);
}

static void odd_shapes(void **state)
{
    (void)state;
    static const struct {
        uint64_t rows;
        uint64_t cols;
    } shapes[] = {
        {1, 4096}, {4096, 1}, {1, 16}, {16, 1}, {1, 1}, {7, 5}, {1, 255}, {48, 80}, {129, 96}, {3, 4111}, {65, 64},
        {513, 528}, // more than 2^18, whose last piece has a tail
    };
    struct qs_ladder ladder = ladder_of("b1g16,b2g32,b3g64,b4g64,b4g128,b8g256");
    for (size_t i = 0; i < QS_COUNT_OF(shapes); i++) {
        struct fake fake;
        fake_make(&fake, FAKE_F32, shapes[i].rows, shapes[i].cols, 0.05, i);
        for (uint32_t axis = 0; axis < 2; axis++) {
            struct qs_quantizer quantizer = on_axis(axis);
            compare_with_restored(&fake, &quantizer, &ladder);
        }
        fake_free(&fake);
    }
}

static void parameters_of_hqq(void **state)
{
    (void)state;
    struct qs_ladder ladder = ladder_of("b2g64,b3g32,b4g128,b8g64");
    for (uint32_t axis = 0; axis < 2; axis++) {
        for (int large = 0; large < 2; large++) {
            struct fake fake;
            fake_make(&fake, FAKE_F32, 96, 192, large ? 2.0 : 0.02, 9);
            struct qs_quantizer ways[5];
            for (size_t i = 0; i < QS_COUNT_OF(ways); i++) {
                ways[i] = on_axis(axis);
            }
            ways[0].growth = 1.01;
            ways[1].steps = 0;
            ways[2].lp_norm = 1;
            ways[3].steps = QS_TILE_STEPS_MAX;
            ways[4].beta = 1e4;
            for (size_t i = 0; i < QS_COUNT_OF(ways); i++) {
                compare_with_restored(&fake, &ways[i], &ladder);
            }
            // Without steps HQQ is RTN.
            static struct qs_error_job job;
            job = job_of(&fake);
            run(1, &ways[1], &ladder, &job, 1);
            assert_memory_equal(job.results[QS_QUANTIZER_HQQ], job.results[QS_QUANTIZER_RTN],
                                ladder.count * sizeof job.results[0][0]);
            fake_free(&fake);
        }
    }
}

// HQQ by the plain references of the kernels, with the early stop over the matrix. The number of groups is a multiple
// of 16.
static double reference_norm(const struct fake *fake, const struct qs_quantizer *quantizer, struct qs_rung rung,
                             uint32_t *steps)
{
    size_t group_size = rung.group_size;
    size_t groups = (size_t)(fake->weight.rows * fake->weight.cols) / group_size;
    double abs[QS_TILE_STEPS_MAX + 1] = {0};
    double square[QS_TILE_STEPS_MAX + 1] = {0};
    struct qs_tile_shrink shrink = {.p = (float)quantizer->lp_norm};
    for (size_t i = 0; i < QS_TILE_STEPS_MAX; i++) {
        shrink.beta[i] = (float)(quantizer->beta * pow(quantizer->growth, (double)i));
    }
    for (size_t group = 0; group < groups; group += QS_TILE_LANES) {
        static float tile[QS_GROUP_SIZE_MAX * QS_TILE_LANES];
        for (size_t i = 0; i < group_size; i++) {
            for (size_t lane = 0; lane < QS_TILE_LANES; lane++) {
                size_t at = quantizer->axis == 1 ? (group + lane) * group_size + i : i * groups + group + lane;
                tile[i * QS_TILE_LANES + lane] = fake->values[at];
            }
        }
        float scale[QS_TILE_LANES];
        float zero[QS_TILE_LANES];
        static struct qs_tile_errors errors[QS_TILE_STEPS_MAX + 1];
        float top = qs_rung_top(rung);
        qs_tile_start_reference(tile, QS_TILE_LANES, group_size, top, scale, zero);
        qs_tile_steps_reference(tile, QS_TILE_LANES, group_size, qs_quantizer_order(quantizer), top, scale, zero,
                                quantizer->steps, &shrink, errors, NULL);
        for (size_t i = 0; i <= quantizer->steps; i++) {
            for (size_t lane = 0; lane < QS_TILE_LANES; lane++) {
                abs[i] += (double)errors[i].abs[lane];
                square[i] += (double)errors[i].square[lane];
            }
        }
    }
    float best = 1e4f;
    uint32_t step = 0;
    while (step < quantizer->steps) {
        float mean = (float)(abs[step] / (double)(groups * group_size));
        step++;
        if (!(mean < best)) {
            break;
        }
        best = mean;
    }
    *steps = step;
    return sqrt(square[step]);
}

// Usual weights give the reference's bits. A hundred times as large, the shrinkage acts: its power differs in the last
// bits, so that single weights on the edge between two codes fall the other way, and the early stop may fall a step
// apart; 1e-4 is what the golden numbers are held to.
static void errors_equal_the_reference(void **state)
{
    (void)state;
    struct qs_ladder ladder = ladder_of("b1g32,b2g64,b3g128,b4g64,b8g32,b4g16,b2g256");
    double largest = 0;
    for (int large = 0; large < 2; large++) {
        struct fake fake;
        fake_make(&fake, FAKE_F32, 64, 256, large ? 2.0 : 0.02, 5);
        for (int way = 0; way < 6; way++) {
            struct qs_quantizer quantizer = on_axis((uint32_t)way % 2);
            quantizer.growth = way / 2 == 1 ? 1.01 : 1;
            quantizer.lp_norm = way / 2 == 2 ? 1 : 0.7;
            static struct qs_error_job job;
            job = job_of(&fake);
            run(1, &quantizer, &ladder, &job, 1);
            for (size_t rung = 0; rung < ladder.count; rung++) {
                const struct qs_rung_error *got = &job.results[QS_QUANTIZER_HQQ][rung];
                uint32_t steps = 0;
                double want = reference_norm(&fake, &quantizer, ladder.rungs[rung], &steps);
                double error = nearness(got->fnorm, want);
                assert_true(error < (large ? 1e-4 : 1e-9) && (large || steps == got->steps));
                largest = large ? fmax(largest, error) : largest;
            }
        }
        fake_free(&fake);
    }
    printf("# with shrinkage: largest relative difference %.2g\n", largest);
}

static void any_number_of_threads(void **state)
{
    (void)state;
    enum { JOBS = 4 };
    struct fake fakes[JOBS];
    fake_make(&fakes[0], FAKE_F32, 520, 1056, 0.02, 1);
    fake_make(&fakes[1], FAKE_Q8_0, 31, 64, 0.02, 2);
    fake_make(&fakes[2], FAKE_F16, 1, 80, 0.02, 3);
    fake_make(&fakes[3], FAKE_TRANSPOSED, 300, 96, 3, 4);
    struct qs_ladder ladder = ladder_of("hqq,b4g16");
    for (uint32_t axis = 0; axis < 2; axis++) {
        static struct qs_error_job first[JOBS];
        static struct qs_error_job jobs[JOBS];
        struct qs_quantizer quantizer = on_axis(axis);
        for (unsigned threads = 1; threads <= 5; threads++) {
            if (!pools[threads]) {
                continue;
            }
            memset(jobs, 0, sizeof jobs);
            for (size_t i = 0; i < JOBS; i++) {
                jobs[i] = job_of(&fakes[i]);
            }
            run(threads, &quantizer, &ladder, jobs, JOBS);
            if (threads == 1) {
                memcpy(first, jobs, sizeof first);
            }
            assert_memory_equal(first, jobs, sizeof jobs);
        }
        // Alone or among others, all rungs or one: the same.
        for (size_t i = 0; i < JOBS; i++) {
            jobs[0] = job_of(&fakes[i]);
            run(2, &quantizer, &ladder, jobs, 1);
            assert_memory_equal(first[i].results, jobs[0].results, sizeof jobs[0].results);
            memset(jobs, 0, sizeof jobs);
            jobs[0].weight = &fakes[i].weight;
            jobs[0].wanted[QS_QUANTIZER_HQQ] = 1 << 3;
            run(2, &quantizer, &ladder, jobs, 1);
            assert_memory_equal(&first[i].results[QS_QUANTIZER_HQQ][3], &jobs[0].results[QS_QUANTIZER_HQQ][3],
                                sizeof jobs[0].results[0][0]);
            assert_int_equal(jobs[0].results[QS_QUANTIZER_RTN][3].state, QS_RUNG_NOT_ASKED);
            assert_int_equal(jobs[0].results[QS_QUANTIZER_HQQ][4].state, QS_RUNG_NOT_ASKED);
        }
    }
    for (size_t i = 0; i < JOBS; i++) {
        fake_free(&fakes[i]);
    }
}

// One bad value anywhere in a module ends that module alone.
static void bad_values(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0x1p57f};
    struct fake good;
    struct fake other;
    fake_make(&good, FAKE_F32, 24, 64, 0.02, 1);
    fake_make(&other, FAKE_F32, 513, 512, 0.02, 2); // two pieces
    struct qs_ladder ladder = ladder_of("b2g32,b4g64,b4g256");
    size_t values = 513 * 512;
    static struct qs_error_job jobs[3];
    static struct qs_error_job alone;
    for (uint32_t axis = 0; axis < 2; axis++) {
        struct qs_quantizer quantizer = on_axis(axis);
        alone = job_of(&good);
        run(1, &quantizer, &ladder, &alone, 1);
        for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
            size_t at = i % 3 == 0 ? 0 : i % 3 == 1 ? values / 2 + 77 : values - 1;
            float *data = (float *)(void *)other.data;
            float kept = data[at];
            data[at] = bad[i];
            jobs[0] = job_of(&good);
            jobs[1] = job_of(&other);
            jobs[2] = job_of(&good);
            jobs[2].weight = NULL;
            run(2, &quantizer, &ladder, jobs, 3);
            assert_memory_equal(jobs[0].results, alone.results, sizeof alone.results);
            for (size_t rung = 0; rung < ladder.count; rung++) {
                struct qs_quantized q;
                struct qs_error err = {0};
                assert_int_equal(jobs[1].results[QS_QUANTIZER_HQQ][rung].state, QS_RUNG_NOT_FINITE);
                assert_int_equal(jobs[1].results[QS_QUANTIZER_RTN][rung].state, QS_RUNG_NOT_FINITE);
                assert_int_equal(jobs[2].results[QS_QUANTIZER_HQQ][rung].state, QS_RUNG_NOT_ASKED);
                assert_int_equal(qs_quantize(&other.weight, &quantizer, ladder.rungs[rung], &q, &err), QS_BAD_INPUT);
                assert_non_null(strstr(err.text, "not finite"));
            }
            data[at] = kept;
        }
        jobs[1] = job_of(&other);
        jobs[1].wanted[QS_QUANTIZER_RTN] = 0;
        run(2, &quantizer, &ladder, &jobs[1], 1);
        assert_int_equal(jobs[1].results[QS_QUANTIZER_HQQ][1].state, QS_RUNG_DONE);
    }
    good.weight.readable = false;
    struct qs_quantizer quantizer = on_axis(1);
    alone = job_of(&good);
    run(1, &quantizer, &ladder, &alone, 1);
    assert_int_equal(alone.results[QS_QUANTIZER_RTN][0].state, QS_RUNG_NO_FORM);
    fake_free(&good);
    fake_free(&other);
}

static struct qs_rung_error error_of(const float *values, uint64_t rows, uint64_t cols, enum qs_quantizer_kind kind,
                                     uint32_t axis, const char *rung)
{
    struct qs_ladder ladder = ladder_of(rung);
    struct qs_quantizer quantizer = on_axis(axis);
    struct fake fake;
    fake_from(&fake, values, rows, cols);
    static struct qs_error_job job;
    job = job_of(&fake);
    run(1, &quantizer, &ladder, &job, 1);
    compare_with_restored(&fake, &quantizer, &ladder);
    fake_free(&fake);
    return job.results[kind][0];
}

static void special_matrices(void **state)
{
    (void)state;
    enum { ROWS = 32, COLS = 64, VALUES = ROWS * COLS };
    static float values[VALUES];
    for (uint32_t axis = 0; axis < 2; axis++) {
        for (enum qs_quantizer_kind kind = 0; kind < 2; kind++) {
            // All zero: nothing is lost.
            memset(values, 0, sizeof values);
            struct qs_rung_error error = error_of(values, ROWS, COLS, kind, axis, "b4g64");
            assert_true(error.state == QS_RUNG_DONE && error.fnorm == 0 && error.max_abs == 0);
            assert_true(isinf(error.snr_db) && error.snr_db > 0);

            // Constant: its rounding at most.
            for (size_t i = 0; i < VALUES; i++) {
                values[i] = 0.3f;
            }
            error = error_of(values, ROWS, COLS, kind, axis, "b2g32");
            assert_true(error.max_abs <= 1e-6 && (kind == QS_QUANTIZER_HQQ || error.max_abs == 0));

            // Denormals: a range below 1e-4 is none, so each is restored as its group's smallest or mean.
            for (size_t i = 0; i < VALUES; i++) {
                values[i] = 1e-40f * (float)(i % 7);
            }
            error = error_of(values, ROWS, COLS, kind, axis, "b8g32");
            assert_true(error.state == QS_RUNG_DONE && error.max_abs <= 6.1e-40 && error.fnorm < 1e-30);

            // Ranges of at most 1e-4.
            for (size_t i = 0; i < VALUES; i++) {
                values[i] = 0.5f + 5e-5f * (float)(i % 2);
            }
            error = error_of(values, ROWS, COLS, kind, axis, "b8g32");
            assert_true(error.max_abs <= 5.1e-5);

            // 255 steps in 1.2e-3 would be a scale of 2.1e5: it is capped at 2e4, steps of 5e-5.
            for (size_t i = 0; i < VALUES; i++) {
                values[i] = 1.2e-3f * (float)((i * 37) % VALUES) / (float)VALUES;
            }
            error = error_of(values, ROWS, COLS, kind, axis, "b8g32");
            assert_true(error.max_abs > 1e-5 && error.max_abs <= (kind == QS_QUANTIZER_RTN ? 2.6e-5 : 5e-5));

            // The largest weights there are: every sum stays finite.
            for (size_t i = 0; i < VALUES; i++) {
                values[i] = 0x1.fffffep56f * (i * 2654435761u >> 7 & 1 ? 1.0f : -1.0f) * (i % 5 ? 1.0f : 0.37f);
            }
            error = error_of(values, ROWS, COLS, kind, axis, "b1g256");
            assert_true(isfinite(error.fnorm) && error.fnorm > 0 && isfinite(error.snr_db));
            error = error_of(values, ROWS, COLS, kind, axis, "b8g32");
            assert_true(isfinite(error.fnorm) && error.snr_db > 40);
        }
    }
    memset(values, 0, sizeof values);
    struct qs_rung_error error = error_of(values, ROWS, COLS, QS_QUANTIZER_NF4, 1, "b4g64");
    assert_true(error.fnorm == 0 && isinf(error.snr_db));
}

static void stops_when_asked(void **state)
{
    (void)state;
    struct fake fake;
    fake_make(&fake, FAKE_F32, 64, 64, 0.02, 1);
    static struct qs_error_job job;
    job = job_of(&fake);
    atomic_bool stop = true;
    struct qs_progress progress = {.stop = &stop};
    struct qs_error err = {0};
    assert_int_equal(qs_error_grid(pools[2], &qs_quantizer_defaults, &qs_ladder_hqq, &job, 1, &progress, &err),
                     QS_INTERRUPTED);
    stop = false;
    assert_int_equal(qs_error_grid(pools[2], &qs_quantizer_defaults, &qs_ladder_hqq, &job, 1, &progress, &err), QS_OK);
    assert_int_equal(qs_error_grid(pools[2], &qs_quantizer_defaults, &qs_ladder_hqq, &job, 0, NULL, &err), QS_OK);
    struct qs_quantizer quantizer = on_axis(2);
    assert_int_equal(qs_error_grid(pools[2], &quantizer, &qs_ladder_hqq, &job, 1, NULL, &err), QS_USAGE);
    fake_free(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_weight),
        cmocka_unit_test(odd_shapes),
        cmocka_unit_test(parameters_of_hqq),
        cmocka_unit_test(errors_equal_the_reference),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(bad_values),
        cmocka_unit_test(special_matrices),
        cmocka_unit_test(stops_when_asked),
    };
    return cmocka_run_group_tests_name("error grid", tests, make_pools, free_pools);
}
