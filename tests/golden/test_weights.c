// The demo model's statistics: against numbers of numpy and scipy from the bf16 weights in double (reference data), and
// the same model's in GGUF files. Skipped without the reference data.
#include "../unit/cmocka_all.h"
#include "model/model.h"
#include "stats/weights.h"

#include <float.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 24, KINDS = 7, MODULES = LAYERS * KINDS, COLS_MAX = 512 };

// The path of a reference file; skips the test where there are none.
static const char *shared(const char *name)
{
    static char path[4096];
    const char *folder = getenv("QS_SHARED");
    if (!folder || !folder[0]) {
        print_message("# no reference data beside the project\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/golden/%s", folder, name);
    return path;
}

static struct qs_model *opened(const char *path)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    if (qs_model_open(path, &model, &err) != QS_OK) {
        print_message("# %s\n", err.text);
        fail();
    }
    assert_int_equal(qs_model_info(model)->layers, LAYERS);
    assert_int_equal(qs_model_info(model)->kinds, KINDS);
    return model;
}

static struct qs_model *demo(void)
{
    char path[4096];
    const char *source = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/data/demo", source ? source : ".");
    return opened(path);
}

// Scans all modules as `scan` does, a layer at a time.
static void scan(const struct qs_model *model, unsigned threads, struct qs_weight_stats out[MODULES])
{
    struct qs_pool *pool = NULL;
    struct qs_error err = {0};
    assert_int_equal(qs_pool_new(threads, &pool, &err), QS_OK);
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        const struct qs_weight *weights[KINDS];
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            weights[kind] = qs_model_module(model, layer, kind);
            assert_non_null(weights[kind]);
            qs_weight_prefetch(weights[kind]);
        }
        assert_int_equal(qs_weight_stats_layer(pool, weights, KINDS, out + layer * KINDS, NULL, &err), QS_OK);
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            qs_weight_release(weights[kind]);
        }
    }
    qs_pool_free(pool);
}

static void read_golden(hid_t file, const char *metric, double out[MODULES])
{
    char name[64];
    snprintf(name, sizeof name, "weights/%s", metric);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    hid_t space = H5Dget_space(dataset);
    assert_int_equal(H5Sget_simple_extent_npoints(space), MODULES);
    assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
}

static double largest_difference(const struct qs_weight_stats *stats, size_t offset, const double *want)
{
    double largest = 0;
    for (size_t m = 0; m < MODULES; m++) {
        double got;
        memcpy(&got, (const char *)&stats[m] + offset, sizeof got);
        double difference = fabs(got / want[m] - 1);
        largest = difference > largest || isnan(difference) ? difference : largest;
    }
    return largest;
}

static void demo_agrees_with_scipy(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t offset;
    } metrics[] = {{"kurtosis", offsetof(struct qs_weight_stats, kurtosis)},
                   {"mean", offsetof(struct qs_weight_stats, mean)},
                   {"std", offsetof(struct qs_weight_stats, std)},
                   {"absmax", offsetof(struct qs_weight_stats, absmax)},
                   {"fnorm", offsetof(struct qs_weight_stats, norm)}};
    hid_t file = H5Fopen(shared("demo.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    struct qs_model *model = demo();
    struct qs_weight_stats *one = malloc(MODULES * sizeof *one);
    struct qs_weight_stats *three = malloc(MODULES * sizeof *three);
    scan(model, 1, one);
    scan(model, 3, three);
    assert_memory_equal(one, three, MODULES * sizeof *one);
    for (size_t i = 0; i < QS_COUNT_OF(metrics); i++) {
        double want[MODULES];
        read_golden(file, metrics[i].name, want);
        double largest = largest_difference(one, metrics[i].offset, want);
        print_message("# %s: largest relative difference %.2e\n", metrics[i].name, largest);
        // Both are rounded doubles; the mean, a hundredth of a deviation and less, has lost that much on their side.
        assert_true(largest < 1e-10);
    }
    free(one);
    free(three);
    qs_model_close(model);
    H5Fclose(file);
}

static void bf16_gguf_has_the_same_statistics(void **state)
{
    (void)state;
    struct qs_model *gguf = opened(shared("gguf/demo-bf16.gguf"));
    struct qs_model *model = demo();
    struct qs_weight_stats *a = malloc(MODULES * sizeof *a);
    struct qs_weight_stats *b = malloc(MODULES * sizeof *b);
    scan(model, 2, a);
    scan(gguf, 2, b);
    // The same counts of the same patterns, wherever their rows stand.
    assert_memory_equal(a, b, MODULES * sizeof *a);
    free(a);
    free(b);
    qs_model_close(gguf);
    qs_model_close(model);
}

// ||x||_k of differences and of what they must explain. By the triangle inequality, norms (of the weights, and of
// their deviations from the mean) differ by at most the norm of the difference: no tolerance need be chosen. 1e-12 for
// rounding.
static void check_explained(const struct qs_model *from, const struct qs_model *to, double relative)
{
    struct qs_weight_stats *a = malloc(MODULES * sizeof *a);
    struct qs_weight_stats *b = malloc(MODULES * sizeof *b);
    double largest = 0;
    double error = 0;
    scan(from, 2, a);
    scan(to, 2, b);
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            const struct qs_weight *x = qs_model_module(from, layer, kind);
            const struct qs_weight *y = qs_model_module(to, layer, kind);
            const struct qs_weight_stats *p = &a[layer * KINDS + kind];
            const struct qs_weight_stats *q = &b[layer * KINDS + kind];
            double n = (double)p->count;
            double shift = q->mean - p->mean;
            double d1 = 0;
            double d2 = 0;
            double e2 = 0; // of deviations from the means
            double e4 = 0;
            double dmax = 0;
            for (uint64_t row = 0; row < x->rows; row++) {
                float u[COLS_MAX];
                float v[COLS_MAX];
                assert_true(x->cols <= COLS_MAX && x->cols == y->cols);
                qs_weight_row(x, row, u);
                qs_weight_row(y, row, v);
                for (uint64_t col = 0; col < x->cols; col++) {
                    double d = (double)v[col] - (double)u[col];
                    double e = d - shift;
                    d1 += fabs(d);
                    d2 += d * d;
                    e2 += e * e;
                    e4 += e * e * e * e;
                    dmax = fmax(dmax, fabs(d));
                }
            }
            double p4 = pow(p->kurtosis, 0.25) * p->std; // the fourth-power mean of the deviations
            double q4 = pow(q->kurtosis, 0.25) * q->std;
            double slack = 1e-12 * p->std;
            assert_int_equal(p->count, q->count);
            assert_true(fabs(shift) <= d1 / n + slack);
            assert_true(fabs(q->std - p->std) <= sqrt(e2 / n) + slack);
            assert_true(fabs(q4 - p4) <= pow(e4 / n, 0.25) + slack);
            assert_true(fabs(q->norm - p->norm) <= sqrt(d2) + slack * sqrt(n));
            assert_true(fabs(q->absmax - p->absmax) <= dmax);
            for (size_t i = 0; i < QS_STATS_PERCENTILES; i++) {
                assert_true(fabs(q->percentile[i] - p->percentile[i]) <= dmax * (1 + 1e-12));
            }
            largest = fmax(largest, fabs(q->kurtosis / p->kurtosis - 1));
            largest = fmax(largest, fabs(q->std / p->std - 1));
            largest = fmax(largest, fabs(q->norm / p->norm - 1));
            largest = fmax(largest, fabs(q->mean - p->mean) / p->std);
            error = fmax(error, sqrt(d2) / p->norm);
        }
    }
    print_message("# largest relative error of weights %.2e, difference of statistics %.2e\n", error, largest);
    assert_true(largest < relative);
    free(a);
    free(b);
}

static void other_gguf_types_differ_by_their_rounding(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double relative; // of kurtosis, std and norm, and of the mean to std
    } files[] = {
        {"gguf/demo-f16.gguf", 1e-6}, // 334 small weights round
        {"gguf/demo-Q8_0.gguf", 1e-2},
        {"gguf/demo-Q5_0.gguf", 1},
        {"gguf/demo-Q5_1.gguf", 1},
        {"gguf/demo-Q4_0.gguf", 1},
        {"gguf/demo-Q4_1.gguf", 1},
        {"gguf/demo-Q4_K_M.gguf", 1},
        {"gguf/demo-IQ4_NL.gguf", 1},
    };
    shared("");
    struct qs_model *model = demo();
    for (size_t i = 0; i < QS_COUNT_OF(files); i++) {
        print_message("# %s\n", files[i].name);
        struct qs_model *gguf = opened(shared(files[i].name));
        check_explained(model, gguf, files[i].relative);
        qs_model_close(gguf);
    }
    qs_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_agrees_with_scipy),
        cmocka_unit_test(bf16_gguf_has_the_same_statistics),
        cmocka_unit_test(other_gguf_types_differ_by_their_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
