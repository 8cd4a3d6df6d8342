// src/model/names: layers and module kinds from tensor names.
#include "../cmocka_all.h"
#include "model/kind.h"
#include "model/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void splits_names_of_many_architectures(void **state)
{
    (void)state;
    static const struct {
        const char *name, *prefix;
        unsigned layer;
        const char *rest;
    } cases[] = {
        {"model.layers.7.self_attn.q_proj.weight", "model.layers.", 7, "self_attn.q_proj.weight"},
        {"transformer.h.31.attn.c_attn.weight", "transformer.h.", 31, "attn.c_attn.weight"},
        {"h.0.mlp.c_fc.weight", "h.", 0, "mlp.c_fc.weight"},
        {"gpt_neox.layers.5.attention.dense.weight", "gpt_neox.layers.", 5, "attention.dense.weight"},
        {"transformer.blocks.12.ffn.up_proj.weight", "transformer.blocks.", 12, "ffn.up_proj.weight"},
        {"decoder.block.3.layer.0.SelfAttention.q.weight", "decoder.block.", 3, "layer.0.SelfAttention.q.weight"},
        {"bert.encoder.layer.11.output.dense.weight", "bert.encoder.layer.", 11, "output.dense.weight"},
        {"model.layers.2.block_sparse_moe.experts.10.w1.weight", "model.layers.", 2,
         "block_sparse_moe.experts.10.w1.weight"},
        {"blk.125.ffn_down.weight", "blk.", 125, "ffn_down.weight"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_layer_name name;
        assert_true(qs_name_split(cases[i].name, false, &name));
        assert_int_equal(name.prefix_length, strlen(cases[i].prefix));
        assert_int_equal(name.layer, cases[i].layer);
        assert_string_equal(name.rest, cases[i].rest);
    }
}

static void other_names_have_no_layer(void **state)
{
    (void)state;
    static const char *const names[] = {
        "model.embed_tokens.weight", "lm_head.weight", "", ".", "layers", "layers.", "layers.0", "layers.0.",
        "layers.x.weight", "layers..weight", "layers.1x.weight", "layers.01.weight", "mylayers.1.weight", "layers.-1.w",
    };
    struct qs_layer_name name;
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        assert_false(qs_name_split(names[i], false, &name));
    }
    assert_true(qs_name_split("stages.4.conv.weight", true, &name));
    assert_int_equal(name.layer, 4);
    assert_false(qs_name_split(".4.conv.weight", true, &name));
    assert_true(qs_name_split("layers.99999999999999999999999.w", false, &name));
    assert_true(name.layer == UINT64_MAX);
}

// Spellings of the same module, canonical name first.
static void spellings_meet_in_one_name(void **state)
{
    (void)state;
    static const char *const names[][9] = {
        {"self_attn.q_proj.weight", "attn_q.weight", "attention.wq.weight", "attn.q_proj.weight",
         "attn.attention.q_proj.weight", "attention.self.query.weight"},
        {"self_attn.k_proj.weight", "attn_k.weight", "attention.wk.weight", "attention.self.key.weight"},
        {"self_attn.v_proj.weight", "attn_v.weight", "attention.wv.weight", "attention.self.value.weight"},
        {"self_attn.o_proj.weight", "attn_output.weight", "attention.wo.weight", "attn.c_proj.weight",
         "self_attention.dense.weight", "attention.dense.weight", "self_attn.out_proj.weight",
         "self_attn.dense.weight"},
        {"self_attn.qkv_proj.weight", "attn_qkv.weight", "attn.c_attn.weight", "attention.query_key_value.weight",
         "self_attention.query_key_value.weight", "attn.Wqkv.weight", "attention.wqkv.weight",
         "self_attn.W_pack.weight"},
        {"mlp.gate_proj.weight", "ffn_gate.weight", "feed_forward.w1.weight"},
        {"mlp.up_proj.weight", "ffn_up.weight", "feed_forward.w3.weight", "mlp.c_fc.weight",
         "mlp.dense_h_to_4h.weight", "fc1.weight", "mlp.fc1.weight", "mlp.fc_in.weight"},
        {"mlp.down_proj.weight", "ffn_down.weight", "feed_forward.w2.weight", "mlp.c_proj.weight",
         "mlp.dense_4h_to_h.weight", "fc2.weight", "mlp.fc2.weight", "mlp.fc_out.weight"},
        {"mlp.gate.weight", "ffn_gate_inp.weight", "block_sparse_moe.gate.weight", "mlp.router.weight"},
        {"mlp.experts.13.gate_proj.weight", "ffn_gate.13.weight", "block_sparse_moe.experts.13.w1.weight"},
        {"mlp.experts.13.up_proj.weight", "ffn_up.13.weight", "block_sparse_moe.experts.13.w3.weight"},
        {"mlp.experts.13.down_proj.weight", "ffn_down.13.weight", "block_sparse_moe.experts.13.w2.weight"},
        {"mlp.shared_expert.up_proj.weight", "ffn_up_shexp.weight", "mlp.shared_experts.up_proj.weight"},
        {"mlp.shared_expert_gate.weight", "ffn_gate_inp_shexp.weight"},
        {"self_attn.q_proj.bias", "attn_q.bias"},
        {"input_layernorm.weight", "attn_norm.weight", "attention_norm.weight"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        for (size_t j = 0; j < QS_COUNT_OF(names[i]) && names[i][j]; j++) {
            struct qs_inside_name inside;
            assert_true(qs_name_inside(names[i][j], false, &inside));
            char whole[QS_NAME_MAX + 16];
            snprintf(whole, sizeof whole, "%s%s", inside.kind, inside.suffix);
            assert_string_equal(whole, names[i][0]);
        }
    }
}

static void roles_tell_weights_from_the_rest(void **state)
{
    (void)state;
    static const struct {
        const char *rest;
        enum qs_name_role role;
        const char *kind;
    } cases[] = {
        {"self_attn.q_proj.weight", QS_NAME_WEIGHT, "self_attn.q_proj"},
        {"mixer.in_proj.weight", QS_NAME_WEIGHT, "mixer.in_proj"},
        {"something.new.weight", QS_NAME_WEIGHT, "something.new"},
        {"self_attn.q_proj.qweight", QS_NAME_WEIGHT, "self_attn.q_proj.qweight"},
        {"weight", QS_NAME_WEIGHT, "weight"},
        {"norm1.linear.weight", QS_NAME_WEIGHT, "norm1.linear"},
        {"self_attn.q_proj.bias", QS_NAME_OTHER, "self_attn.q_proj"},
        {"self_attn.q_norm.weight", QS_NAME_OTHER, "self_attn.q_norm"},
        {"attn_q_norm.weight", QS_NAME_OTHER, "self_attn.q_norm"},
        {"ln_1.weight", QS_NAME_OTHER, "input_layernorm"},
        {"SelfAttention.relative_attention_bias.weight", QS_NAME_OTHER, "SelfAttention.relative_attention_bias"},
        {"mixer.A_log", QS_NAME_OTHER, "mixer.A_log"},
        {"self_attn.q_proj.g_idx", QS_NAME_OTHER, "self_attn.q_proj.g_idx"},
        {"self_attn.q_proj.scales", QS_NAME_SCALE, "self_attn.q_proj.scales"},
        {"self_attn.q_proj.qzeros", QS_NAME_SCALE, "self_attn.q_proj.qzeros"},
        {"self_attn.q_proj.weight_scale_inv", QS_NAME_SCALE, "self_attn.q_proj.weight_scale_inv"},
        {"ffn_gate_exps.weight", QS_NAME_STACK, "mlp.experts.*.gate_proj"},
        {"ffn_up_exps.weight", QS_NAME_STACK, "mlp.experts.*.up_proj"},
        {"ffn_down_exps.bias", QS_NAME_OTHER, "mlp.experts.*.down_proj"},
        {"mlp.experts.gate_up_proj", QS_NAME_STACK, "mlp.experts.*.gate_up_proj"},
        {"mlp.experts.gate_up_proj_bias", QS_NAME_OTHER, "mlp.experts.gate_up_proj_bias"},
        {"odd*name.weight", QS_NAME_OTHER, "odd*name"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_inside_name inside;
        assert_true(qs_name_inside(cases[i].rest, false, &inside));
        assert_string_equal(inside.kind, cases[i].kind);
        assert_int_equal(inside.role, cases[i].role);
    }
    struct qs_inside_name inside;
    assert_true(qs_name_inside("ffn_norm.weight", false, &inside));
    assert_string_equal(inside.kind, "post_attention_layernorm");
    assert_true(qs_name_inside("ffn_norm.weight", true, &inside));
    assert_string_equal(inside.kind, "pre_feedforward_layernorm");
}

static void names_too_long_are_told(void **state)
{
    (void)state;
    char name[2 * QS_NAME_MAX];
    struct qs_inside_name inside;
    memset(name, 'a', sizeof name);
    name[QS_NAME_MAX] = '\0';
    assert_false(qs_name_inside(name, false, &inside));
    name[QS_NAME_MAX - 1] = '\0';
    assert_true(qs_name_inside(name, false, &inside));
    // An expert's number of any length.
    strcpy(name, "ffn_gate.");
    memset(name + 9, '1', QS_NAME_MAX);
    strcpy(name + 9 + QS_NAME_MAX, ".weight");
    assert_false(qs_name_inside(name, false, &inside));
}

static void outside_names_are_mapped(void **state)
{
    (void)state;
    assert_string_equal(qs_name_outside("token_embd.weight"), "model.embed_tokens.weight");
    assert_string_equal(qs_name_outside("output.weight"), "lm_head.weight");
    assert_string_equal(qs_name_outside("output_norm.weight"), "model.norm.weight");
    assert_string_equal(qs_name_outside("transformer.wte.weight"), "model.embed_tokens.weight");
    assert_string_equal(qs_name_outside("rope_freqs.weight"), "rope_freqs.weight");
}

static void numbers_in_names_count_as_numbers(void **state)
{
    (void)state;
    static const char *const ordered[] = {"",      "a",   "a.1",   "a.2",       "a.2.b", "a.10", "a.010",
                                          "a.010b", "a.11", "a.99999999999999999999999", "a.b",   "b"};
    for (size_t i = 0; i < QS_COUNT_OF(ordered); i++) {
        for (size_t j = 0; j < QS_COUNT_OF(ordered); j++) {
            int order = qs_name_compare(ordered[i], ordered[j]);
            if (i == j) {
                assert_int_equal(order, 0);
            } else if (strcmp(ordered[i], "a.10") != 0 && strcmp(ordered[j], "a.10") != 0) {
                assert_int_equal(order < 0, i < j);
            }
        }
    }
    assert_true(qs_name_compare("a.10", "a.010") != 0);
    assert_true((qs_name_compare("a.10", "a.010") < 0) == (qs_name_compare("a.010", "a.10") > 0));
}

static int compare(const void *a, const void *b)
{
    return qs_kind_compare(*(const char *const *)a, *(const char *const *)b);
}

static void kinds_stand_in_model_order(void **state)
{
    (void)state;
    static const char *const ordered[] = {
        "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "self_attn.qkv_proj",
        "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "mlp.gate_up_proj", "zeta", "mixer.in_proj", "mlp.gate",
        "mlp.experts.0.gate_proj", "mlp.experts.0.up_proj", "mlp.experts.0.down_proj", "mlp.experts.2.gate_proj",
        "mlp.experts.10.gate_proj", "mlp.shared_expert.gate_proj", "mlp.shared_expert.down_proj",
        "self_attn.kv_a_proj_with_mqa", "self_attn.kv_b_proj",
    };
    const char *kinds[QS_COUNT_OF(ordered)];
    for (size_t i = 0; i < QS_COUNT_OF(ordered); i++) {
        kinds[i] = ordered[QS_COUNT_OF(ordered) - 1 - i];
    }
    qsort(kinds, QS_COUNT_OF(kinds), sizeof *kinds, compare);
    for (size_t i = 0; i < QS_COUNT_OF(ordered); i++) {
        assert_string_equal(kinds[i], ordered[i]);
        for (size_t j = 0; j < QS_COUNT_OF(ordered); j++) {
            int order = qs_kind_compare(ordered[i], ordered[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_names_of_many_architectures),
        cmocka_unit_test(other_names_have_no_layer),
        cmocka_unit_test(spellings_meet_in_one_name),
        cmocka_unit_test(roles_tell_weights_from_the_rest),
        cmocka_unit_test(names_too_long_are_told),
        cmocka_unit_test(outside_names_are_mapped),
        cmocka_unit_test(numbers_in_names_count_as_numbers),
        cmocka_unit_test(kinds_stand_in_model_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
