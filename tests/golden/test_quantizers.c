// HQQ, RTN and NF4 against numbers made with the HQQ library and PyTorch (their README says how).
#include "../unit/cmocka_all.h"
#include "model/model.h"
#include "quant/error_grid.h"
#include "quant/quantized.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 24, KINDS = 7, CONFIGS = 12 };

static struct qs_model *model;
static struct qs_pool *pool;
static hid_t golden = -1;

static bool available(void)
{
    return golden >= 0;
}

static int open_all(void **state)
{
    (void)state;
    char path[4096];
    snprintf(path, sizeof path, "%s/data/demo", getenv("QS_SRCDIR"));
    struct qs_error err;
    if (qs_model_open(path, &model, &err) != QS_OK || qs_pool_new(2, &pool, &err) != QS_OK) {
        printf("# %s\n", err.text);
        return -1;
    }
    const char *shared = getenv("QS_SHARED");
    if (shared && *shared) {
        H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
        snprintf(path, sizeof path, "%s/golden/demo.h5", shared);
        golden = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    }
    if (!available()) {
        printf("# no reference data: skipped\n");
    }
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    if (available()) {
        H5Fclose(golden);
    }
    qs_pool_free(pool);
    qs_model_close(model);
    return 0;
}

static void read_dataset(const char *path, hid_t type, void *out, size_t count)
{
    hid_t set = H5Dopen2(golden, path, H5P_DEFAULT);
    assert_true(set >= 0);
    hid_t space = H5Dget_space(set);
    assert_int_equal(H5Sget_simple_extent_npoints(space), count);
    assert_true(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Sclose(space);
    H5Dclose(set);
}

// The golden order of configs: bits, then group size ascending.
static struct qs_rung config_at(size_t config)
{
    static const uint32_t bits[] = {2, 3, 4, 8};
    static const uint32_t groups[] = {32, 64, 128};
    return (struct qs_rung){bits[config / 3], groups[config % 3]};
}

static struct qs_rung_error grid[LAYERS][KINDS][QS_QUANTIZER_COUNT][QS_LADDER_MAX];

static void compute_grid(uint32_t axis)
{
    struct qs_quantizer quantizer = qs_quantizer_defaults;
    quantizer.axis = axis;
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        static struct qs_error_job jobs[KINDS];
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            jobs[kind].weight = qs_model_module(model, layer, kind);
            for (int q = 0; q < QS_QUANTIZER_COUNT; q++) {
                jobs[kind].wanted[q] = q == QS_QUANTIZER_NF4 && axis == 0 ? 0 : 0xfff;
            }
        }
        assert_int_equal(qs_error_grid(pool, &quantizer, &qs_ladder_hqq, jobs, KINDS, NULL, NULL), QS_OK);
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            memcpy(grid[layer][kind], jobs[kind].results, sizeof grid[layer][kind]);
        }
    }
}

static void compare_grid(enum qs_quantizer_kind kind, uint32_t axis, double everywhere, double mostly)
{
    static double want[LAYERS][KINDS][CONFIGS];
    char path[64];
    snprintf(path, sizeof path, "error/%s/axis%u", qs_quantizer_name(kind), axis);
    read_dataset(path, H5T_NATIVE_DOUBLE, want, LAYERS * KINDS * CONFIGS);
    double worst = 0;
    size_t beyond = 0;
    for (size_t layer = 0; layer < LAYERS; layer++) {
        for (size_t module = 0; module < KINDS; module++) {
            for (size_t config = 0; config < CONFIGS; config++) {
                int rung = qs_ladder_find(&qs_ladder_hqq, config_at(config));
                const struct qs_rung_error *got = &grid[layer][module][kind][rung];
                assert_int_equal(got->state, QS_RUNG_DONE);
                double difference = fabs(got->fnorm / want[layer][module][config] - 1);
                worst = fmax(worst, difference);
                beyond += difference > mostly;
            }
        }
    }
    size_t total = LAYERS * KINDS * CONFIGS;
    printf("# %s: largest relative difference %.3g; %zu of %zu beyond %g\n", path, worst, beyond, total, mostly);
    assert_true(worst <= everywhere);
    assert_true(beyond * 100 <= total);
}

static void error_grid(void **state)
{
    (void)state;
    if (!available()) {
        skip();
    }
    for (uint32_t axis = 0; axis < 2; axis++) {
        compute_grid(axis);
        compare_grid(QS_QUANTIZER_RTN, axis, 1e-5, 1e-5);
        // The early stop may fall one step apart where two errors agree to float32.
        compare_grid(QS_QUANTIZER_HQQ, axis, 1e-3, 1e-4);
    }
    static double want[LAYERS][KINDS];
    for (uint32_t block = 64; block <= 128; block *= 2) {
        char path[32];
        snprintf(path, sizeof path, "error/nf4/block%u", block);
        read_dataset(path, H5T_NATIVE_DOUBLE, want, LAYERS * KINDS);
        int rung = qs_ladder_find(&qs_ladder_hqq, (struct qs_rung){4, block});
        double worst = 0;
        for (size_t layer = 0; layer < LAYERS; layer++) {
            for (size_t module = 0; module < KINDS; module++) {
                double got = grid[layer][module][QS_QUANTIZER_NF4][rung].fnorm;
                worst = fmax(worst, fabs(got / want[layer][module] - 1));
            }
        }
        printf("# %s: largest relative difference %.3g\n", path, worst);
        assert_true(worst < 1e-5);
    }
}

static void compare_floats(const char *path, const char *name, const float *got, size_t count, double tolerance,
                           double *worst)
{
    char full[160];
    snprintf(full, sizeof full, "%s/%s", path, name);
    float *want = malloc(count * sizeof *want);
    assert_non_null(want);
    read_dataset(full, H5T_NATIVE_FLOAT, want, count);
    for (size_t i = 0; i < count; i++) {
        // Relative, but absolute near zero: a zero point of 0.001 codes is as good as 0.
        double difference = fabs((double)got[i] - (double)want[i]) / fmax(fabs((double)want[i]), 1e-2);
        *worst = fmax(*worst, difference);
        if (difference > tolerance) {
            printf("# %s[%zu]: %.9g, not %.9g\n", full, i, (double)got[i], (double)want[i]);
        }
        assert_true(difference <= tolerance);
    }
    free(want);
}

static void codes_scales_and_zeros(void **state)
{
    (void)state;
    if (!available()) {
        skip();
    }
    static const struct {
        uint32_t layer;
        const char *module;
    } modules[] = {{0, "self_attn.q_proj"}, {12, "mlp.up_proj"}, {23, "mlp.down_proj"}};
    static const struct qs_rung rungs[] = {{2, 32}, {3, 128}, {4, 64}, {8, 128}};
    size_t total = 0;
    size_t different = 0;
    double worst_scale = 0;
    double worst_zero = 0;
    for (size_t m = 0; m < QS_COUNT_OF(modules); m++) {
        int module = qs_model_info_kind(qs_model_info(model), modules[m].module);
        const struct qs_weight *weight = qs_model_module(model, modules[m].layer, (uint32_t)module);
        for (size_t r = 0; r < QS_COUNT_OF(rungs); r++) {
            for (uint32_t axis = 0; axis < 2; axis++) {
                for (enum qs_quantizer_kind kind = QS_QUANTIZER_HQQ; kind <= QS_QUANTIZER_RTN; kind++) {
                    struct qs_quantizer quantizer = qs_quantizer_defaults;
                    quantizer.kind = kind;
                    quantizer.axis = axis;
                    struct qs_quantized q;
                    assert_int_equal(qs_quantize(weight, &quantizer, rungs[r], &q, NULL), QS_OK);
                    char rung[QS_RUNG_NAME_MAX];
                    char path[128];
                    char codes_path[160];
                    snprintf(path, sizeof path, "quantized/layer%u.%s/%s/axis%u/%s", modules[m].layer,
                             modules[m].module, qs_rung_name(rungs[r], rung), axis, qs_quantizer_name(kind));
                    snprintf(codes_path, sizeof codes_path, "%s/codes", path);
                    size_t count = (size_t)(q.rows * q.cols);
                    uint8_t *want = malloc(count);
                    assert_non_null(want);
                    read_dataset(codes_path, H5T_NATIVE_UINT8, want, count);
                    for (size_t i = 0; i < count; i++) {
                        different += want[i] != q.codes[i];
                    }
                    total += count;
                    free(want);
                    compare_floats(path, "scale", q.scale, (size_t)q.groups, 1e-4, &worst_scale);
                    compare_floats(path, "zero", q.zero, (size_t)q.groups, 1e-4, &worst_zero);
                    qs_quantized_free(&q);
                }
            }
        }
    }
    printf("# codes: %zu of %zu differ; scale within %.3g, zero within %.3g\n", different, total, worst_scale,
           worst_zero);
    assert_true(different * 1000 <= total);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_grid),
        cmocka_unit_test(codes_scales_and_zeros),
    };
    return cmocka_run_group_tests_name("quantizers", tests, open_all, close_all);
}
