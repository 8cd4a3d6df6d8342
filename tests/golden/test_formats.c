// One model in several formats: the same description and, row by row in Hugging Face order, the same weights.
// Compared with: GGUF files of llama.cpp's gguf-py, from the same weights (reference data; skipped without them).
#include "../unit/cmocka_all.h"
#include "model/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLS_MAX = 512 };

static struct qs_model *opened(const char *path)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_model_open(path, &model, &err);
    if (status != QS_OK) {
        print_message("# %s\n", err.text);
    }
    assert_int_equal(status, QS_OK);
    return model;
}

// The path of a reference file; skips the test where there are none.
static const char *shared(const char *name)
{
    static char paths[2][4096];
    static unsigned next;
    const char *folder = getenv("QS_SHARED");
    if (!folder || !folder[0]) {
        print_message("# no reference data beside the project\n");
        skip();
    }
    char *path = paths[next++ % 2];
    snprintf(path, sizeof paths[0], "%s/golden/%s", folder, name);
    return path;
}

static const char *demo(void)
{
    static char path[4096];
    const char *source = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/data/demo", source ? source : ".");
    return path;
}

// Same layers, kinds, shapes; weights that differ by at most `relative` of the larger of the two values plus
// `absolute`. Returns how many weights differ at all.
static uint64_t compare(const struct qs_model *a, const struct qs_model *b, double relative, double absolute)
{
    const struct qs_model_info *info = qs_model_info(a);
    const struct qs_model_info *other = qs_model_info(b);
    uint64_t different = 0;
    assert_int_equal(info->layers, other->layers);
    assert_int_equal(info->kinds, other->kinds);
    assert_int_equal(info->module_params, other->module_params);
    assert_int_equal(qs_model_info_module_count(info), qs_model_info_module_count(other));
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        assert_string_equal(info->kind_names[kind], other->kind_names[kind]);
    }
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const struct qs_weight *x = qs_model_module(a, layer, kind);
            const struct qs_weight *y = qs_model_module(b, layer, kind);
            float row_x[COLS_MAX];
            float row_y[COLS_MAX];
            assert_true(x && y && x->readable && y->readable);
            assert_int_equal(x->rows, y->rows);
            assert_int_equal(x->cols, y->cols);
            assert_true(x->cols <= COLS_MAX);
            for (uint64_t row = 0; row < x->rows; row++) {
                qs_weight_row(x, row, row_x);
                qs_weight_row(y, row, row_y);
                for (uint64_t col = 0; col < x->cols; col++) {
                    double error = fabs((double)row_x[col] - (double)row_y[col]);
                    different += error != 0;
                    if (!(error <= relative * fmax(fabs((double)row_x[col]), fabs((double)row_y[col])) + absolute)) {
                        print_message("# layer %u %s (%llu, %llu): %.9g and %.9g\n", layer, info->kind_names[kind],
                                      (unsigned long long)row, (unsigned long long)col, (double)row_x[col],
                                      (double)row_y[col]);
                        fail();
                    }
                }
            }
        }
    }
    return different;
}

static uint64_t compare_files(const char *a, const char *b, double relative, double absolute)
{
    struct qs_model *x = opened(a);
    struct qs_model *y = opened(b);
    uint64_t different = compare(x, y, relative, absolute);
    qs_model_close(x);
    qs_model_close(y);
    return different;
}

static void demo_in_gguf_bf16_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(compare_files(demo(), shared("gguf/demo-bf16.gguf"), 0, 0), 0);
}

// BF16 has fewer bits than F16's normal numbers, so only weights below F16's normal range (2^-14) round, to steps of
// 2^-24: 334 of the whole model, 18 of them in the embeddings, counted by Python's struct module.
static void demo_in_gguf_f16_differs_where_it_must(void **state)
{
    (void)state;
    assert_int_equal(compare_files(demo(), shared("gguf/demo-f16.gguf"), 0, 0x1p-25), 334 - 18);
}

// A block's step is its absmax/127, at most that of all weights.
static void demo_in_gguf_q8_0_is_near(void **state)
{
    (void)state;
    struct qs_model *exact = opened(demo());
    struct qs_model *quantized = opened(shared("gguf/demo-Q8_0.gguf"));
    double absmax = 0;
    for (uint32_t layer = 0; layer < qs_model_info(exact)->layers; layer++) {
        for (uint32_t kind = 0; kind < qs_model_info(exact)->kinds; kind++) {
            const struct qs_weight *weight = qs_model_module(exact, layer, kind);
            float row[COLS_MAX];
            for (uint64_t r = 0; r < weight->rows; r++) {
                qs_weight_row(weight, r, row);
                for (uint64_t c = 0; c < weight->cols; c++) {
                    absmax = fmax(absmax, fabs((double)row[c]));
                }
            }
        }
    }
    // Half a step, and the scale's own rounding to F16 (2^-11 relative).
    assert_true(compare(exact, quantized, 0x1p-11, absmax / 127 / 2 * (1 + 0x1p-10)) > 0);
    qs_model_close(exact);
    qs_model_close(quantized);
}

static void stories_is_one_model_in_all_formats(void **state)
{
    (void)state;
    assert_int_equal(compare_files(shared("stories260K/hf"), shared("stories260K/stories260K.gguf"), 0, 0), 0);
    assert_int_equal(compare_files(shared("stories260K/hf"), shared("stories260K/hf/model.safetensors"), 0, 0), 0);
    assert_int_equal(compare_files(shared("stories260K/hf"),
                                   shared("stories260K/stories260K-split-00001-of-00003.gguf"), 0, 0), 0);
    // Rounded to nearest: half a unit in the last of 8 and 11 bits; F16's smallest step is 2^-24.
    assert_true(compare_files(shared("stories260K/hf"), shared("stories260K/stories260K-BF16.gguf"), 0x1p-8, 0) > 0);
    assert_true(
        compare_files(shared("stories260K/hf"), shared("stories260K/stories260K-F16.gguf"), 0x1p-11, 0x1p-25) > 0);
}

static void splitting_a_file_keeps_the_fingerprint(void **state)
{
    (void)state;
    struct qs_model *whole = opened(shared("stories260K/stories260K.gguf"));
    struct qs_model *split = opened(shared("stories260K/stories260K-split-00001-of-00003.gguf"));
    struct qs_model *directory = opened(shared("stories260K/hf"));
    assert_string_equal(qs_model_info(whole)->fingerprint, qs_model_info(split)->fingerprint);
    assert_string_not_equal(qs_model_info(whole)->fingerprint, qs_model_info(directory)->fingerprint);
    assert_int_equal(qs_model_info(whole)->params, qs_model_info(split)->params);
    // The GGUF holds a copy of the tied head: 512 x 64 more.
    assert_int_equal(qs_model_info(whole)->params, qs_model_info(directory)->params + 512 * 64);
    qs_model_close(whole);
    qs_model_close(split);
    qs_model_close(directory);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_in_gguf_bf16_is_the_same),
        cmocka_unit_test(demo_in_gguf_f16_differs_where_it_must),
        cmocka_unit_test(demo_in_gguf_q8_0_is_near),
        cmocka_unit_test(stories_is_one_model_in_all_formats),
        cmocka_unit_test(splitting_a_file_keeps_the_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
