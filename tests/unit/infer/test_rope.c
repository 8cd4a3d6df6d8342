// src/infer/rope: the scalings against their formulas as Hugging Face's modeling_rope_utils.py writes them down, and
// what a configuration is refused for.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "infer/rope.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIM = 128, HALF = DIM / 2 };

static const double pi = 3.14159265358979323846;

static enum qs_status read_text(const char *text, uint64_t context, struct qs_rope *out, struct qs_error *err)
{
    char path[] = "config.json";
    struct qs_config config = {.path = path, .root = json_loads(text, 0, NULL)};
    assert_non_null(config.root);
    enum qs_status status = qs_rope_read(&config, context, out, err);
    json_decref(config.root);
    return status;
}

static struct qs_rope read_good(const char *text, uint64_t context, double frequencies[HALF])
{
    struct qs_rope rope;
    struct qs_error err = {0};
    if (read_text(text, context, &rope, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_rope_frequencies(&rope, DIM, frequencies);
    return rope;
}

static void check(const double *got, const double *want)
{
    for (size_t i = 0; i < HALF; i++) {
        if (fabs(got[i] / want[i] - 1) > 1e-12) {
            fail_msg("frequency %zu: %.17g, not %.17g", i, got[i], want[i]);
        }
    }
}

static double plain(double theta, size_t i)
{
    return 1 / pow(theta, (double)(2 * i) / DIM);
}

static void default_and_linear(void **state)
{
    (void)state;
    double got[HALF];
    double want[HALF];
    static const char *const same[] = {"{\"rope_theta\":500000.0,\"rope_scaling\":null}",
                                       "{\"rope_theta\":500000,\"rope_scaling\":{\"rope_type\":\"default\"}}",
                                       "{\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":5e5}}"};
    for (size_t k = 0; k < QS_COUNT_OF(same); k++) {
        struct qs_rope rope = read_good(same[k], 0, got);
        for (size_t i = 0; i < HALF; i++) {
            want[i] = plain(500000, i);
        }
        check(got, want);
        assert_true(rope.kind == QS_ROPE_DEFAULT && rope.attention_factor == 1);
    }
    struct qs_rope rope = read_good("{\"rope_scaling\":{\"type\":\"linear\",\"factor\":4.0}}", 0, got);
    for (size_t i = 0; i < HALF; i++) {
        want[i] = plain(10000, i) / 4;
    }
    check(got, want);
    assert_true(rope.attention_factor == 1);
}

// Llama 3.1's own numbers.
static void llama3(void **state)
{
    (void)state;
    double got[HALF];
    double want[HALF];
    size_t kinds[3] = {0};
    struct qs_rope rope = read_good("{\"rope_theta\":500000.0,\"rope_scaling\":{\"factor\":8.0,\"low_freq_factor\":1.0,"
                                    "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192,"
                                    "\"rope_type\":\"llama3\"}}", 131072, got);
    for (size_t i = 0; i < HALF; i++) {
        double frequency = plain(500000, i);
        double wavelength = 2 * pi / frequency;
        if (wavelength < 8192 / 4.0) {
            want[i] = frequency;
            kinds[0]++;
        } else if (wavelength > 8192 / 1.0) {
            want[i] = frequency / 8;
            kinds[1]++;
        } else {
            double smooth = (8192 / wavelength - 1) / (4 - 1);
            want[i] = (1 - smooth) * frequency / 8 + smooth * frequency;
            kinds[2]++;
        }
    }
    assert_true(kinds[0] && kinds[1] && kinds[2]);
    check(got, want);
    assert_true(rope.attention_factor == 1);
}

static double correction_dim(double turns, double theta, double positions)
{
    return DIM * log(positions / (turns * 2 * pi)) / (2 * log(theta));
}

static void yarn_reference(double theta, double factor, double low, double high, double *want)
{
    for (size_t i = 0; i < HALF; i++) {
        double ramp = ((double)i - low) / (high - low);
        ramp = ramp < 0 ? 0 : ramp > 1 ? 1 : ramp;
        double keep = 1 - ramp;
        want[i] = plain(theta, i) / factor * (1 - keep) + plain(theta, i) * keep;
    }
}

static void yarn(void **state)
{
    (void)state;
    double got[HALF];
    double want[HALF];
    // Qwen's
    struct qs_rope rope = read_good("{\"rope_theta\":1000000.0,\"rope_scaling\":{\"factor\":4.0,"
                                    "\"original_max_position_embeddings\":32768,\"type\":\"yarn\"}}", 131072, got);
    yarn_reference(1e6, 4, floor(correction_dim(32, 1e6, 32768)), ceil(correction_dim(1, 1e6, 32768)), want);
    check(got, want);
    assert_true(fabs(rope.attention_factor - (0.1 * log(4) + 1)) < 1e-15);
    // the model's positions, other turns, not truncated, a factor of its own
    rope = read_good("{\"rope_scaling\":{\"factor\":16.0,\"beta_fast\":20,\"beta_slow\":2,\"truncate\":false,"
                     "\"attention_factor\":1.25,\"rope_type\":\"yarn\"}}", 4096, got);
    yarn_reference(1e4, 16, correction_dim(20, 1e4, 4096), correction_dim(2, 1e4, 4096), want);
    check(got, want);
    assert_true(rope.attention_factor == 1.25);
    rope = read_good("{\"rope_scaling\":{\"factor\":40,\"mscale\":1.0,\"mscale_all_dim\":0.707,"
                     "\"original_max_position_embeddings\":4096,\"rope_type\":\"yarn\"}}", 0, got);
    assert_true(fabs(rope.attention_factor - (0.1 * log(40) + 1) / (0.0707 * log(40) + 1)) < 1e-15);
    // a ramp without width
    rope = read_good("{\"rope_scaling\":{\"factor\":2,\"beta_fast\":1000000,\"beta_slow\":1000000,"
                     "\"original_max_position_embeddings\":1,\"rope_type\":\"yarn\"}}", 0, got);
    for (size_t i = 0; i < HALF; i++) {
        assert_true(isfinite(got[i]) && got[i] > 0);
    }
}

static void tables(void **state)
{
    (void)state;
    static const double frequencies[] = {1, 0.01};
    float cosines[6];
    float sines[6];
    qs_rope_table(frequencies, 2, 1.5, 100000, 3, cosines, sines);
    for (size_t row = 0; row < 3; row++) {
        for (size_t i = 0; i < 2; i++) {
            double angle = (double)(100000 + row) * frequencies[i];
            assert_true(cosines[2 * row + i] == (float)(1.5 * cos(angle)));
            assert_true(sines[2 * row + i] == (float)(1.5 * sin(angle)));
        }
    }
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        const char *text;
    } cases[] = {
        {"{\"rope_theta\":0}", "rope_theta: 0 is out of range"},
        {"{\"rope_theta\":\"big\"}", "rope_theta: is not a number"},
        {"{\"rope_scaling\":8}", "rope_scaling: is no object"},
        {"{\"rope_scaling\":{\"type\":\"longrope\"}}", "rope_scaling.type: longrope: only default, linear, llama3"},
        {"{\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2}}", "dynamic: only"},
        {"{\"rope_scaling\":{\"type\":7}}", "rope_scaling.type: is not a string"},
        {"{\"rope_scaling\":{\"type\":\"linear\"}}", "rope_scaling.factor: is missing"},
        {"{\"rope_scaling\":{\"type\":\"linear\",\"factor\":0}}", "rope_scaling.factor: 0 is out of range"},
        {"{\"rope_scaling\":{\"type\":\"linear\",\"factor\":1e300}}", "rope_scaling.factor: 1e+300 is out of range"},
        {"{\"rope_scaling\":{\"type\":\"llama3\",\"factor\":8}}", "rope_scaling.low_freq_factor: is missing"},
        {"{\"rope_scaling\":{\"type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4,"
         "\"original_max_position_embeddings\":8192}}", "high_freq_factor: 4 is not above low_freq_factor"},
        {"{\"rope_scaling\":{\"type\":\"yarn\",\"factor\":8}}", "yarn: neither its original positions"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_rope rope;
        struct qs_error err = {0};
        assert_int_equal(read_text(cases[i].config, 0, &rope, &err), QS_BAD_INPUT);
        if (!strstr(err.text, cases[i].text) || strncmp(err.text, "config.json: ", 13) != 0) {
            fail_msg("%s, not: %s", err.text, cases[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_and_linear), cmocka_unit_test(llama3), cmocka_unit_test(yarn),
        cmocka_unit_test(tables),             cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
