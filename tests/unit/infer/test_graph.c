// src/infer/graph: what is read of a configuration, and hostile or contradictory ones, each refused by name.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "tiny.h"

#include "../model/make_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A good configuration of tiny_llama, of which one member is replaced: to "" it is left out.
static const char *const members[][2] = {
    {"architectures", "[\"LlamaForCausalLM\"]"},
    {"num_hidden_layers", "3"},
    {"hidden_size", "20"},
    {"num_attention_heads", "6"},
    {"num_key_value_heads", "2"},
    {"head_dim", "4"},
    {"intermediate_size", "28"},
    {"vocab_size", "40"},
    {"rms_norm_eps", "1e-5"},
    {"max_position_embeddings", "64"},
    {"tie_word_embeddings", "false"},
    {"hidden_act", "\"silu\""},
};

static void write_config(const char *folder, const char *name, const char *value)
{
    char path[96];
    struct qs_text text = {0};
    bool known = false;
    qs_text_add(&text, "{\"nothing\":0");
    for (size_t i = 0; i < QS_COUNT_OF(members); i++) {
        bool this = name && strcmp(members[i][0], name) == 0;
        known = known || this;
        if (!this || value[0]) {
            qs_text_addf(&text, ",\"%s\":%s", members[i][0], this ? value : members[i][1]);
        }
    }
    if (name && !known) {
        qs_text_addf(&text, ",\"%s\":%s", name, value);
    }
    qs_text_add(&text, "}");
    snprintf(path, sizeof path, "%s/config.json", folder);
    write_text(temp_path(path), qs_text_chars(&text));
    qs_text_free(&text);
}

static void check_text(const char *path, const char *text)
{
    struct rig rig;
    struct qs_error err = {0};
    enum qs_status status = rig_try(path, 1, &rig, &err);
    if (status != QS_BAD_INPUT || !strstr(err.text, text) || !strstr(err.text, path)) {
        fail_msg("status %d, %s, not: %s", (int)status, err.text, text);
    }
}

static void configurations_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"architectures", "[\"GPT2LMHeadModel\"]", "architecture GPT2LMHeadModel: only Llama, Mistral, Qwen2 and"},
        {"architectures", "[]", "architecture (not said): only"},
        {"num_hidden_layers", "1099511627776", "num_hidden_layers: 1099511627776 is out of range"},
        {"num_hidden_layers", "0", "num_hidden_layers: 0 is out of range"},
        {"num_hidden_layers", "4", "4"},
        {"num_hidden_layers", "", "num_hidden_layers: is missing"},
        {"num_hidden_layers", "[3]", "num_hidden_layers: is not a whole number"},
        {"hidden_size", "", "hidden_size: is missing"},
        {"hidden_size", "\"20\"", "hidden_size: is not a whole number"},
        {"hidden_size", "20.0", "hidden_size: is not a whole number"},
        {"hidden_size", "1e30", "hidden_size: is not a whole number"},
        {"hidden_size", "24", "has not the shape"},
        {"num_attention_heads", "0", "num_attention_heads: 0 is out of range"},
        {"num_attention_heads", "-6", "num_attention_heads: -6 is out of range"},
        {"num_attention_heads", "8", "self_attn"},
        {"num_key_value_heads", "4", "num_key_value_heads: 4 does not divide"},
        {"num_key_value_heads", "0", "num_key_value_heads: 0 is out of range"},
        {"num_key_value_heads", "3", "self_attn.k_proj.weight: is 8 x 20, but the configuration asks for 12 x 20"},
        {"head_dim", "", "num_attention_heads: 6 heads do not divide the width 20"},
        {"head_dim", "5", "head_dim: heads of 5 numbers cannot be turned in pairs"},
        {"head_dim", "4294967296", "head_dim: 4294967296 is out of range"},
        {"head_dim", "2", "asks for"},
        {"intermediate_size", "27", "mlp"},
        {"intermediate_size", "0", "intermediate_size: 0 is out of range"},
        {"vocab_size", "41", "embed_tokens.weight: has not the shape that the configuration asks for, 41 x 20"},
        {"vocab_size", "", "vocab_size: is missing"},
        {"rms_norm_eps", "", "rms_norm_eps: is missing"},
        {"rms_norm_eps", "-1", "rms_norm_eps: -1 is out of range"},
        {"rms_norm_eps", "NaN", "rms_norm_eps: is not a number"},
        {"max_position_embeddings", "-1", "max_position_embeddings: -1 is out of range"},
        {"tie_word_embeddings", "1", "tie_word_embeddings: is neither true nor false"},
        {"hidden_act", "\"gelu\"", "hidden_act: gelu: only silu"},
        {"num_local_experts", "8", "num_local_experts: 8: mixtures of experts cannot be run"},
        {"partial_rotary_factor", "0.5", "partial_rotary_factor: 0.5: heads turned in part"},
        {"sliding_window", "0", "sliding_window: 0 is out of range"},
        {"layer_types", "[\"full_attention\"]", "layer_types: is no list of 3 words"},
        {"layer_types", "[\"full_attention\",1,\"full_attention\"]", "layer_types: layer 1: only full_attention"},
        {"layer_types", "[\"full_attention\",\"full_attention\",\"sliding_attention\"]",
         "layer_types: layer 2: there is no sliding_window"},
        {"rope_scaling", "{\"rope_type\":\"longrope\"}", "rope_scaling.type: longrope"},
    };
    char path[512];
    snprintf(path, sizeof path, "%s", tiny_write(&tiny_llama, "graph")); // a path of its own lives for 15 more
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        write_config("graph", cases[i][0], cases[i][1]);
        check_text(path, cases[i][2]);
    }
    write_config("graph", NULL, "");
    struct rig rig = rig_open(path, 1);
    assert_int_equal(rig.graph->layers, 3);
    assert_int_equal(rig.graph->hidden, 20);
    assert_int_equal(rig.graph->heads, 6);
    assert_int_equal(rig.graph->kv_heads, 2);
    assert_int_equal(rig.graph->head_dim, 4);
    assert_int_equal(rig.graph->inner, 28);
    assert_int_equal(rig.graph->vocabulary, 40);
    assert_int_equal(rig.graph->context, 64);
    assert_true(rig.graph->eps == 1e-5 && !rig.graph->tied);
    rig_close(&rig);
}

static void tensors_are_refused(void **state)
{
    (void)state;
    struct tiny tiny = tiny_llama;
    tiny.architecture = "Qwen2ForCausalLM";
    check_text(tiny_write(&tiny, "tensors"), "layer 0: the bias of self_attn.q_proj is missing");
    tiny.architecture = "Qwen3ForCausalLM";
    check_text(tiny_write(&tiny, "tensors"), "layer 0: self_attn.q_norm is missing");
    tiny.architecture = "LlamaForCausalLM";
    tiny.head_norms = true;
    check_text(tiny_write(&tiny, "tensors"), "the architecture computes nothing with it");
    tiny.head_norms = false;
    tiny.tied = true; // no head is written
    const char *path = tiny_write(&tiny, "tensors");
    write_config("tensors", NULL, "");
    check_text(path, "lm_head.weight is missing, and tie_word_embeddings is not true");
    write_config("tensors", "tie_word_embeddings", "true");
    struct rig rig = rig_open(path, 1);
    assert_true(rig.graph->tied);
    rig_close(&rig);
}

// A file by itself says nothing of heads and norms.
static void files_without_a_configuration_are_refused(void **state)
{
    (void)state;
    make_folder(temp_path("alone"));
    write_llama(temp_path("alone/part.safetensors"), 1, 1);
    check_text(temp_path("alone/part.safetensors"), "there is no config.json beside it");
}

static void gguf_files_are_refused(void **state)
{
    (void)state;
    struct tiny tiny = tiny_llama;
    tiny.architecture = "phi3";
    check_text(tiny_write_gguf(&tiny, "graph.gguf", false), "architecture phi3: only Llama, Mistral, Qwen2 and Qwen3");
    tiny.architecture = "llama";
    tiny.head_dim = 5;
    check_text(tiny_write_gguf(&tiny, "graph.gguf", false), "");
    tiny.head_dim = 4;
    tiny.factor_tensor = true;
    check_text(tiny_write_gguf(&tiny, "graph.gguf", true), "tensor rope_freqs.weight: a factor is not within");
    tiny.factor_tensor = false;
    tiny.factor = 1e30;
    check_text(tiny_write_gguf(&tiny, "graph.gguf", true), "llama.rope.scale_linear: 1e+30 is out of range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations_are_refused),
        cmocka_unit_test(tensors_are_refused),
        cmocka_unit_test(files_without_a_configuration_are_refused),
        cmocka_unit_test(gguf_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
