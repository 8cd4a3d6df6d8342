// src/infer/perplexity: both protocols as METHODS writes them down, over a plain reference in double.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "infer/perplexity.h"
#include "tiny.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 205 };

// -log softmax of every token of a window but its first: f64[n], the first unused.
static void window_losses(const uint32_t *ids, size_t n, double *out)
{
    double *logits = malloc(n * tiny_llama.vocabulary * sizeof *logits);
    tiny_logits(&tiny_llama, ids, n, logits);
    for (size_t i = 1; i < n; i++) {
        const double *row = logits + (i - 1) * tiny_llama.vocabulary;
        double sum = 0;
        for (size_t word = 0; word < tiny_llama.vocabulary; word++) {
            sum += exp(row[word]);
        }
        out[i] = log(sum) - row[ids[i]];
    }
    free(logits);
}

static double sliding_reference(const uint32_t *ids, size_t n, size_t max_length, size_t stride)
{
    double total = 0;
    double losses[N];
    for (size_t i = 0; i < n; i += stride) {
        size_t begin = i + stride > max_length ? i + stride - max_length : 0;
        size_t end = i + stride < n ? i + stride : n;
        size_t t = end - i;
        double loss = 0;
        size_t count = 0;
        window_losses(ids + begin, end - begin, losses);
        for (size_t k = end - begin - t; k < end - begin; k++) {
            if (k > 0) {
                loss += losses[k];
                count++;
            }
        }
        total += count ? loss / (double)count * (double)t : 0;
    }
    return exp(total / (double)n);
}

static double chunk_reference(const uint32_t *ids, size_t n, size_t length, int64_t bos, double *error)
{
    double sum = 0;
    double squares = 0;
    double count = 0;
    double losses[N];
    uint32_t chunk[N];
    for (size_t c = 0; c < n / length; c++) {
        memcpy(chunk, ids + c * length, length * sizeof *ids);
        chunk[0] = bos >= 0 ? (uint32_t)bos : chunk[0];
        window_losses(chunk, length, losses);
        for (size_t at = length / 2; at <= length - 2; at++) {
            sum += losses[at + 1];
            squares += losses[at + 1] * losses[at + 1];
            count++;
        }
    }
    double mean = sum / count;
    *error = exp(mean) * sqrt((squares / count - mean * mean) / (count - 1));
    return exp(mean);
}

static struct qs_perplexity measure(const struct rig *rig, const uint32_t *ids, size_t n,
                                    const struct qs_perplexity_options *options)
{
    struct qs_perplexity result;
    struct qs_error err = {0};
    if (qs_perplexity_measure(rig->forward, ids, n, options, NULL, &result, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return result;
}

static void check(double got, double want, const char *what)
{
    print_message("# %s: %.6f, reference %.6f\n", what, got, want);
    assert_true(fabs(got / want - 1) < 1e-6);
}

static void sliding_agrees(void **state)
{
    (void)state;
    static const size_t cases[][3] = {{205, 64, 32}, {205, 64, 64}, {205, 50, 7}, {20, 64, 32}, {2, 64, 32},
                                      {129, 64, 32}, {100, 10, 3}, {30, 2, 1}};
    uint32_t ids[N];
    tiny_ids(&tiny_llama, N, ids);
    struct rig rig = rig_open(tiny_write(&tiny_llama, "sliding"), 2);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_perplexity_options options = {.protocol = QS_PROTOCOL_SLIDING, .length = cases[i][1],
                                                .stride = cases[i][2], .bos = 0};
        struct qs_perplexity got = measure(&rig, ids, cases[i][0], &options);
        check(got.value, sliding_reference(ids, cases[i][0], cases[i][1], cases[i][2]), "sliding");
        // Without an overlap the first token of every window has none before it; else only the first of all.
        bool apart = cases[i][1] == cases[i][2];
        assert_int_equal(got.scored, cases[i][0] - (apart ? (cases[i][0] - 1) / cases[i][2] + 1 : 1));
        qs_perplexity_free(&got);
    }
    rig_close(&rig);
}

static void chunk_agrees(void **state)
{
    (void)state;
    static const size_t cases[][2] = {{205, 64}, {205, 205}, {205, 33}, {16, 4}};
    uint32_t ids[N];
    tiny_ids(&tiny_llama, N, ids);
    struct rig rig = rig_open(tiny_write(&tiny_llama, "chunk"), 2);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        for (int64_t bos = -1; bos < 2; bos++) {
            struct qs_perplexity_options options = {.protocol = QS_PROTOCOL_CHUNK, .length = cases[i][1], .bos = bos};
            struct qs_perplexity got = measure(&rig, ids, cases[i][0], &options);
            double error;
            double want = chunk_reference(ids, cases[i][0], cases[i][1], bos, &error);
            check(got.value, want, "chunk");
            assert_true(fabs(got.error / error - 1) < 1e-5);
            assert_int_equal(got.windows, cases[i][0] / cases[i][1]);
            assert_int_equal(got.starts[got.windows], got.scored);
            qs_perplexity_free(&got);
        }
    }
    rig_close(&rig);
}

// How many windows go together, and on how many threads, must not show.
static void batches_leave_no_trace(void **state)
{
    (void)state;
    static const size_t tokens[] = {0, 1, 100, 128};
    uint32_t ids[N];
    double first = 0;
    const char *path = tiny_write(&tiny_llama, "batches");
    tiny_ids(&tiny_llama, N, ids);
    for (size_t i = 0; i < QS_COUNT_OF(tokens); i++) {
        struct rig rig = rig_open(path, 1 + (unsigned)i);
        struct qs_perplexity_options options = {.protocol = QS_PROTOCOL_SLIDING, .length = 64, .stride = 32,
                                                .batch_tokens = tokens[i]};
        struct qs_perplexity got = measure(&rig, ids, N, &options);
        first = i == 0 ? got.value : first;
        assert_true(fabs(got.value / first - 1) < 1e-7); // tiles of the head hold other rows
        qs_perplexity_free(&got);
        rig_close(&rig);
    }
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        struct qs_perplexity_options options;
        enum qs_status status;
        const char *text;
    } cases[] = {
        {63, {QS_PROTOCOL_CHUNK, 64, 0, 1, 0}, QS_BAD_INPUT, "the text has 63 tokens, too few to score: at least 64"},
        {0, {QS_PROTOCOL_CHUNK, 64, 0, 1, 0}, QS_BAD_INPUT, "the text has 0 tokens"},
        {1, {QS_PROTOCOL_SLIDING, 64, 32, 1, 0}, QS_BAD_INPUT, "the text has 1 tokens, too few to score: at least 2"},
        {N, {QS_PROTOCOL_SLIDING, 1, 1, 1, 0}, QS_USAGE, "windows of 1 tokens: must be 2 to"},
        {N, {QS_PROTOCOL_CHUNK, 3, 0, 1, 0}, QS_USAGE, "windows of 3 tokens: must be 4 to"},
        {N, {QS_PROTOCOL_SLIDING, 64, 0, 1, 0}, QS_USAGE, "a stride of 0 tokens: must be 1 to the window's 64"},
        {N, {QS_PROTOCOL_SLIDING, 64, 65, 1, 0}, QS_USAGE, "a stride of 65 tokens"},
        {N, {QS_PROTOCOL_CHUNK, 64, 0, 40, 0}, QS_USAGE, "the beginning token 40 is beyond the model's vocabulary"},
        {N, {QS_PROTOCOL_CHUNK, 64, 0, -1, 0}, QS_BAD_INPUT, "token 100: id 4294967295 is beyond"},
    };
    uint32_t ids[N];
    struct rig rig = rig_open(tiny_write(&tiny_llama, "bad"), 1);
    tiny_ids(&tiny_llama, N, ids);
    ids[100] = UINT32_MAX;
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_perplexity result = {0};
        struct qs_error err = {0};
        assert_int_equal(qs_perplexity_measure(rig.forward, ids, cases[i].n, &cases[i].options, NULL, &result, &err),
                         cases[i].status);
        if (!strstr(err.text, cases[i].text) || result.losses) {
            fail_msg("%s, not: %s", err.text, cases[i].text);
        }
    }
    rig_close(&rig);
}

static void a_head_that_overflows_is_named(void **state)
{
    (void)state;
    struct tiny tiny = tiny_llama;
    uint32_t ids[N];
    struct qs_perplexity result = {0};
    struct qs_error err = {0};
    struct qs_perplexity_options options = {.protocol = QS_PROTOCOL_CHUNK, .length = 64, .bos = -1};
    tiny.spoiled = "model.norm.weight";
    tiny.spoil = 3e38f;
    tiny_ids(&tiny, N, ids);
    struct rig rig = rig_open(tiny_write(&tiny, "overflow"), 1);
    assert_int_equal(qs_perplexity_measure(rig.forward, ids, N, &options, NULL, &result, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "the head's output is infinite or NaN"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sliding_agrees),         cmocka_unit_test(chunk_agrees),
        cmocka_unit_test(batches_leave_no_trace), cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(a_head_that_overflows_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
