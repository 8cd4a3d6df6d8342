// src/infer: the forward pass of tiny random models against a plain reference in double; the same bits for any number
// of threads; what the hooks see and may change; numbers that are not finite.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "tiny.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS = 300 }; // more than a tile of rows and more than two blocks of queries

// The largest difference of logits, relative to the largest logit.
static double compare(const struct tiny *tiny, const char *path, size_t n)
{
    uint32_t ids[TOKENS];
    double *want = malloc(n * tiny->vocabulary * sizeof *want);
    double worst = 0;
    double largest = 0;
    tiny_ids(tiny, n, ids);
    tiny_logits(tiny, ids, n, want);
    struct rig rig = rig_open(path, 2);
    float *got = rig_logits(&rig, ids, &n, 1, NULL);
    for (size_t i = 0; i < n * tiny->vocabulary; i++) {
        double apart = fabs((double)got[i] - want[i]);
        worst = isnan(apart) || apart > worst ? apart : worst;
        largest = fmax(largest, fabs(want[i]));
    }
    free(got);
    free(want);
    rig_close(&rig);
    return worst / largest;
}

// 1e-5: float32 over three layers.
static void check(const struct tiny *tiny, const char *path, const char *what)
{
    static const size_t lengths[] = {1, 2, 31, TOKENS};
    double worst = 0;
    for (size_t i = 0; i < QS_COUNT_OF(lengths); i++) {
        double apart = compare(tiny, path, lengths[i]);
        worst = isnan(apart) || apart > worst ? apart : worst;
    }
    print_message("# %s: logits within %.1e of the largest\n", what, worst);
    assert_true(worst < 1e-5);
}

static struct tiny with(const char *architecture, const char *extra)
{
    struct tiny tiny = tiny_llama;
    tiny.architecture = architecture;
    tiny.extra = extra;
    return tiny;
}

static void architectures_agree_with_the_reference(void **state)
{
    (void)state;
    struct tiny llama = tiny_llama;
    check(&llama, tiny_write(&llama, "llama"), "llama");
    llama.tied = true;
    llama.qkv_bias = llama.all_bias = true;
    check(&llama, tiny_write(&llama, "biases"), "llama, tied, all biases");
    llama.kv_heads = llama.heads;
    check(&llama, tiny_write(&llama, "ungrouped"), "llama, as many key heads");
    llama.kv_heads = 1;
    check(&llama, tiny_write(&llama, "multiquery"), "llama, one key head");
    struct tiny qwen2 = with("Qwen2ForCausalLM", NULL);
    qwen2.qkv_bias = true;
    check(&qwen2, tiny_write(&qwen2, "qwen2"), "qwen2");
    struct tiny qwen3 = with("Qwen3ForCausalLM", NULL);
    qwen3.head_norms = true;
    check(&qwen3, tiny_write(&qwen3, "qwen3"), "qwen3");
    struct tiny linear = with("LlamaForCausalLM", ",\"rope_scaling\":{\"type\":\"linear\",\"factor\":2.5}");
    linear.factor = 2.5;
    check(&linear, tiny_write(&linear, "linear"), "llama, linear scaling");
}

static void windows_agree_with_the_reference(void **state)
{
    (void)state;
    static const size_t windows[] = {1, 5, 150, 1000};
    for (size_t i = 0; i < QS_COUNT_OF(windows); i++) {
        char extra[64];
        struct tiny mistral = with("MistralForCausalLM", extra);
        snprintf(extra, sizeof extra, ",\"sliding_window\":%zu", windows[i]);
        for (unsigned layer = 0; layer < mistral.layers; layer++) {
            mistral.window[layer] = windows[i];
        }
        check(&mistral, tiny_write(&mistral, "mistral"), "mistral");
    }
    struct tiny none = with("MistralForCausalLM", ",\"sliding_window\":null");
    check(&none, tiny_write(&none, "mistral"), "mistral without a window");
    struct tiny qwen2 = with("Qwen2ForCausalLM", ",\"sliding_window\":7,\"use_sliding_window\":true,"
                                                 "\"max_window_layers\":2");
    qwen2.qkv_bias = true;
    qwen2.window[2] = 7;
    check(&qwen2, tiny_write(&qwen2, "qwen2"), "qwen2 with a window in its last layer");
    qwen2.extra = ",\"sliding_window\":7,\"use_sliding_window\":false,\"max_window_layers\":2";
    qwen2.window[2] = 0;
    check(&qwen2, tiny_write(&qwen2, "qwen2"), "qwen2 with a window that is not used");
    struct tiny qwen3 = with("Qwen3ForCausalLM", ",\"sliding_window\":9,\"use_sliding_window\":true,\"layer_types\":"
                             "[\"full_attention\",\"sliding_attention\",\"full_attention\"]");
    qwen3.head_norms = true;
    qwen3.window[1] = 9;
    check(&qwen3, tiny_write(&qwen3, "qwen3"), "qwen3 with a window in one layer");
}

static void gguf_files_agree_with_the_reference(void **state)
{
    (void)state;
    struct tiny llama = with("llama", NULL);
    llama.qkv_bias = true;
    llama.factor = 2;
    check(&llama, tiny_write_gguf(&llama, "llama.gguf", true), "llama, interleaved weights and biases");
    llama.tied = true;
    check(&llama, tiny_write_gguf(&llama, "tied.gguf", true), "llama, tied");
    llama.factor_tensor = true;
    check(&llama, tiny_write_gguf(&llama, "factors.gguf", true), "llama, divided frequencies");
    struct tiny qwen2 = with("qwen2", NULL);
    qwen2.qkv_bias = true;
    check(&qwen2, tiny_write_gguf(&qwen2, "qwen2.gguf", false), "qwen2");
    struct tiny qwen3 = with("qwen3", NULL);
    qwen3.head_norms = true;
    check(&qwen3, tiny_write_gguf(&qwen3, "qwen3.gguf", false), "qwen3");
}

static void threads_leave_no_trace(void **state)
{
    (void)state;
    static const size_t lengths[] = {40, 1, 300, 17, 129, 3, 10};
    static const unsigned threads[] = {1, 2, 3, 7};
    uint32_t ids[500];
    float *first = NULL;
    const char *path = tiny_write(&tiny_llama, "threads");
    tiny_ids(&tiny_llama, QS_COUNT_OF(ids), ids);
    for (size_t i = 0; i < QS_COUNT_OF(threads); i++) {
        struct rig rig = rig_open(path, threads[i]);
        float *logits = rig_logits(&rig, ids, lengths, QS_COUNT_OF(lengths), NULL);
        if (first) {
            assert_memory_equal(first, logits, 500 * tiny_llama.vocabulary * sizeof *logits);
            free(logits);
        } else {
            first = logits;
        }
        rig_close(&rig);
    }
    free(first);
}

// What a watch saw, per layer and part: the next token that must come.
struct counted {
    const struct qs_graph *graph;
    size_t tokens[3][QS_PART_COUNT];
    double sums[3][QS_PART_COUNT];
    unsigned replaced;
};

static void count_inputs(void *context, uint32_t layer, enum qs_part part, size_t token, size_t rows, const float *x,
                         unsigned worker)
{
    struct counted *counted = context;
    assert_int_equal(worker, 0);
    assert_int_equal(token, counted->tokens[layer][part]);
    counted->tokens[layer][part] += rows;
    for (size_t i = 0; i < rows * qs_part_width(counted->graph, part); i++) {
        counted->sums[layer][part] += fabs((double)x[i]);
    }
}

static enum qs_status replace_down(void *context, struct qs_forward *forward, uint32_t layer, struct qs_error *err)
{
    struct counted *counted = context;
    float *down = qs_forward_matrix(forward, QS_LINEAR_DOWN);
    (void)err;
    assert_int_equal(layer, counted->replaced++);
    memset(down, 0, tiny_llama.hidden * tiny_llama.inner * sizeof *down);
    return QS_OK;
}

static void hooks_see_and_replace(void **state)
{
    (void)state;
    static const size_t lengths[] = {280, 20};
    uint32_t ids[TOKENS];
    tiny_ids(&tiny_llama, TOKENS, ids);
    struct rig rig = rig_open(tiny_write(&tiny_llama, "hooks"), 1);
    struct counted counted = {.graph = rig.graph};
    struct qs_watch watch = {count_inputs, &counted};
    struct qs_forward_hooks hooks = {.watch = &watch};
    float *plain = rig_logits(&rig, ids, lengths, 2, NULL);
    float *watched = rig_logits(&rig, ids, lengths, 2, &hooks);
    assert_memory_equal(plain, watched, TOKENS * tiny_llama.vocabulary * sizeof *plain);
    for (size_t layer = 0; layer < 3; layer++) {
        for (enum qs_part part = 0; part < QS_PART_COUNT; part++) {
            assert_int_equal(counted.tokens[layer][part], TOKENS);
            assert_true(counted.sums[layer][part] > 0);
        }
    }
    struct qs_forward_hooks changing = {.replace = replace_down, .context = &counted};
    float *changed = rig_logits(&rig, ids, lengths, 2, &changing);
    assert_int_equal(counted.replaced, 3);
    assert_memory_not_equal(plain, changed, TOKENS * tiny_llama.vocabulary * sizeof *plain);
    float *again = rig_logits(&rig, ids, lengths, 2, NULL); // what was written is gone with the next load
    assert_memory_equal(plain, again, TOKENS * tiny_llama.vocabulary * sizeof *plain);
    free(plain);
    free(watched);
    free(changed);
    free(again);
    rig_close(&rig);
}

// The error of a run that must fail.
static const char *failure(const struct tiny *tiny, enum qs_status status, const struct qs_forward_hooks *hooks)
{
    static struct qs_error err;
    static const size_t lengths[] = {3, 40, 5};
    uint32_t ids[48];
    struct qs_batch batch;
    struct rig rig = rig_open(tiny_write(tiny, "failing"), 3);
    for (size_t i = 0; i < QS_COUNT_OF(ids); i++) {
        ids[i] = i < 3 ? 1 : (uint32_t)tiny->vocabulary - 1; // the first sequence does not use the last token
    }
    err = (struct qs_error){0};
    assert_int_equal(qs_batch_new(ids, lengths, 3, tiny->vocabulary, tiny->hidden, &batch, &err), QS_OK);
    assert_int_equal(qs_forward_run(rig.forward, &batch, hooks, &err), status);
    qs_batch_free(&batch);
    rig_close(&rig);
    return err.text;
}

static void check_failure(const char *spoiled, float value, const char *text)
{
    struct tiny tiny = tiny_llama;
    tiny.spoiled = spoiled;
    tiny.spoil = value;
    const char *got = failure(&tiny, QS_BAD_INPUT, NULL);
    if (!strstr(got, text)) {
        fail_msg("%s, not: %s", got, text);
    }
}

static void what_is_not_finite_is_named(void **state)
{
    (void)state;
    check_failure("model.layers.1.mlp.up_proj.weight", NAN, "tensor model.layers.1.mlp.up_proj.weight: holds numbers "
                                                            "that are infinite or NaN");
    check_failure("model.layers.2.input_layernorm.weight", INFINITY, "tensor model.layers.2.input_layernorm.weight");
    check_failure("model.embed_tokens.weight", NAN, "tensor model.embed_tokens.weight: row 39: is not finite");
    // Finite weights, scores beyond float32.
    check_failure("model.layers.1.input_layernorm.weight", 3e38f, "layer 1: what it makes of sequence 0 is infinite");
    check_failure("model.layers.2.input_layernorm.weight", 3e38f, "layer 2: what it makes of sequence 0 is infinite");
}

static void stopping_and_wrong_ids(void **state)
{
    (void)state;
    atomic_bool stop = true;
    struct qs_progress progress = {.stop = &stop};
    struct qs_forward_hooks hooks = {.progress = &progress};
    failure(&tiny_llama, QS_INTERRUPTED, &hooks);
    struct qs_batch batch = {0};
    struct qs_error err = {0};
    const uint32_t ids[] = {3, 40, 2};
    const size_t length = 3;
    assert_int_equal(qs_batch_new(ids, &length, 1, 40, 20, &batch, &err), QS_BAD_INPUT);
    assert_string_equal(err.text, "token 1: id 40 is beyond the model's vocabulary of 40");
    assert_null(batch.ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(architectures_agree_with_the_reference),
        cmocka_unit_test(windows_agree_with_the_reference),
        cmocka_unit_test(gguf_files_agree_with_the_reference),
        cmocka_unit_test(threads_leave_no_trace),
        cmocka_unit_test(hooks_see_and_replace),
        cmocka_unit_test(what_is_not_finite_is_named),
        cmocka_unit_test(stopping_and_wrong_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
