// Tensor names: see names.h.
//
// The table holds spellings that several model families share; a name it does not know stays as it is, so an unknown
// architecture is shown in its own words. Sources: the modelling files of Hugging Face transformers, and gguf-py's
// tensor_mapping.py and constants.py for GGUF's names.
#include "model/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_marker(const char *word, size_t length)
{
    static const char *const markers[] = {"layers", "h", "blocks", "block", "layer", "blk"};
    for (size_t i = 0; i < QS_COUNT_OF(markers); i++) {
        if (strlen(markers[i]) == length && memcmp(markers[i], word, length) == 0) {
            return true;
        }
    }
    return false;
}

bool qs_name_split(const char *name, bool any_marker, struct qs_layer_name *out)
{
    const char *word = name;
    for (const char *dot; (dot = strchr(word, '.')) != NULL; word = dot + 1) {
        const char *number = dot + 1;
        const char *end = number;
        uint64_t layer = 0;
        bool fits = true;
        for (; is_digit(*end); end++) {
            fits = fits && !__builtin_mul_overflow(layer, 10U, &layer) &&
                   !__builtin_add_overflow(layer, (uint64_t)(*end - '0'), &layer);
        }
        bool leading_zero = *number == '0' && end > number + 1;
        if (end == number || *end != '.' || end[1] == '\0' || leading_zero) {
            continue;
        }
        if (any_marker ? dot > word : is_marker(word, (size_t)(dot - word))) {
            out->prefix_length = (size_t)(number - name);
            out->layer = fits ? layer : UINT64_MAX;
            out->rest = end + 1;
            return true;
        }
    }
    return false;
}

// '#' in a spelling stands for a number, which replaces '#' in the canonical name.
static const struct spelling {
    const char *spelled;
    const char *kind;
} spellings[] = {
    // GGUF
    {"attn_q", "self_attn.q_proj"},
    {"attn_k", "self_attn.k_proj"},
    {"attn_v", "self_attn.v_proj"},
    {"attn_output", "self_attn.o_proj"},
    {"attn_qkv", "self_attn.qkv_proj"},
    {"attn_q_a", "self_attn.q_a_proj"},
    {"attn_q_b", "self_attn.q_b_proj"},
    {"attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa"},
    {"attn_kv_b", "self_attn.kv_b_proj"},
    {"ffn_gate", "mlp.gate_proj"},
    {"ffn_up", "mlp.up_proj"},
    {"ffn_down", "mlp.down_proj"},
    {"ffn_gate_inp", "mlp.gate"},
    {"ffn_gate_inp_shexp", "mlp.shared_expert_gate"},
    {"ffn_gate_shexp", "mlp.shared_expert.gate_proj"},
    {"ffn_up_shexp", "mlp.shared_expert.up_proj"},
    {"ffn_down_shexp", "mlp.shared_expert.down_proj"},
    {"ffn_gate.#", "mlp.experts.#.gate_proj"},
    {"ffn_up.#", "mlp.experts.#.up_proj"},
    {"ffn_down.#", "mlp.experts.#.down_proj"},
    {"ffn_gate_exps", "mlp.experts.*.gate_proj"},
    {"ffn_up_exps", "mlp.experts.*.up_proj"},
    {"ffn_down_exps", "mlp.experts.*.down_proj"},
    {"ffn_gate_up_exps", "mlp.experts.*.gate_up_proj"},
    {"ssm_in", "mixer.in_proj"},
    {"ssm_x", "mixer.x_proj"},
    {"ssm_dt", "mixer.dt_proj"},
    {"ssm_out", "mixer.out_proj"},
    {"attn_norm", "input_layernorm"},
    {"attn_q_norm", "self_attn.q_norm"},
    {"attn_k_norm", "self_attn.k_norm"},
    {"attn_q_a_norm", "self_attn.q_a_layernorm"},
    {"attn_kv_a_norm", "self_attn.kv_a_layernorm"},
    {"post_attention_norm", "post_attention_layernorm"},
    {"post_ffw_norm", "post_feedforward_layernorm"},
    // GPT-2, GPT-BigCode, StarCoder, the first Qwen
    {"attn.c_attn", "self_attn.qkv_proj"},
    {"attn.c_proj", "self_attn.o_proj"},
    {"mlp.c_fc", "mlp.up_proj"},
    {"mlp.c_proj", "mlp.down_proj"},
    {"mlp.w1", "mlp.up_proj"},
    {"mlp.w2", "mlp.gate_proj"},
    {"ln_1", "input_layernorm"},
    {"ln_2", "post_attention_layernorm"},
    // GPT-Neo, EXAONE, GPT-J, CodeGen
    {"attn.attention.q_proj", "self_attn.q_proj"},
    {"attn.attention.k_proj", "self_attn.k_proj"},
    {"attn.attention.v_proj", "self_attn.v_proj"},
    {"attn.attention.out_proj", "self_attn.o_proj"},
    {"mlp.c_fc_0", "mlp.gate_proj"},
    {"mlp.c_fc_1", "mlp.up_proj"},
    {"attn.q_proj", "self_attn.q_proj"},
    {"attn.k_proj", "self_attn.k_proj"},
    {"attn.v_proj", "self_attn.v_proj"},
    {"attn.out_proj", "self_attn.o_proj"},
    {"attn.qkv_proj", "self_attn.qkv_proj"},
    {"mlp.fc_in", "mlp.up_proj"},
    {"mlp.fc_out", "mlp.down_proj"},
    // GPT-NeoX, Falcon, BLOOM, ChatGLM
    {"attention.query_key_value", "self_attn.qkv_proj"},
    {"self_attention.query_key_value", "self_attn.qkv_proj"},
    {"attention.dense", "self_attn.o_proj"},
    {"self_attention.dense", "self_attn.o_proj"},
    {"mlp.dense_h_to_4h", "mlp.up_proj"},
    {"mlp.dense_4h_to_h", "mlp.down_proj"},
    // OPT, Phi, MPT, DBRX, Baichuan, OLMo
    {"self_attn.out_proj", "self_attn.o_proj"},
    {"self_attn.dense", "self_attn.o_proj"},
    {"fc1", "mlp.up_proj"},
    {"fc2", "mlp.down_proj"},
    {"mlp.fc1", "mlp.up_proj"},
    {"mlp.fc2", "mlp.down_proj"},
    {"attn.Wqkv", "self_attn.qkv_proj"},
    {"ffn.up_proj", "mlp.up_proj"},
    {"ffn.down_proj", "mlp.down_proj"},
    {"norm_attn_norm.attn.Wqkv", "self_attn.qkv_proj"},
    {"norm_attn_norm.attn.out_proj", "self_attn.o_proj"},
    {"ffn.router.layer", "mlp.gate"},
    {"self_attn.W_pack", "self_attn.qkv_proj"},
    {"att_proj", "self_attn.qkv_proj"},
    {"attn_out", "self_attn.o_proj"},
    {"ff_proj", "mlp.gate_up_proj"},
    {"ff_out", "mlp.down_proj"},
    // Llama as Meta and Mistral publish it, InternLM2
    {"attention.wq", "self_attn.q_proj"},
    {"attention.wk", "self_attn.k_proj"},
    {"attention.wv", "self_attn.v_proj"},
    {"attention.wo", "self_attn.o_proj"},
    {"attention.wqkv", "self_attn.qkv_proj"},
    {"feed_forward.w1", "mlp.gate_proj"},
    {"feed_forward.w2", "mlp.down_proj"},
    {"feed_forward.w3", "mlp.up_proj"},
    {"attention_norm", "input_layernorm"},
    // BERT
    {"attention.self.query", "self_attn.q_proj"},
    {"attention.self.key", "self_attn.k_proj"},
    {"attention.self.value", "self_attn.v_proj"},
    {"attention.output.dense", "self_attn.o_proj"},
    {"intermediate.dense", "mlp.up_proj"},
    {"output.dense", "mlp.down_proj"},
    // experts: Mixtral, Granite, DeepSeek, Hunyuan, Llama 4, gpt-oss and what stacks them
    {"block_sparse_moe.gate", "mlp.gate"},
    {"block_sparse_moe.router.layer", "mlp.gate"},
    {"block_sparse_moe.experts.#.w1", "mlp.experts.#.gate_proj"},
    {"block_sparse_moe.experts.#.w2", "mlp.experts.#.down_proj"},
    {"block_sparse_moe.experts.#.w3", "mlp.experts.#.up_proj"},
    {"block_sparse_moe.input_linear", "mlp.experts.*.gate_up_proj"},
    {"block_sparse_moe.output_linear", "mlp.experts.*.down_proj"},
    {"mlp.router", "mlp.gate"},
    {"mlp.gate.wg", "mlp.gate"},
    {"mlp.experts.gate_proj", "mlp.experts.*.gate_proj"},
    {"mlp.experts.up_proj", "mlp.experts.*.up_proj"},
    {"mlp.experts.down_proj", "mlp.experts.*.down_proj"},
    {"mlp.experts.gate_up_proj", "mlp.experts.*.gate_up_proj"},
    {"mlp.shared_experts.gate_proj", "mlp.shared_expert.gate_proj"},
    {"mlp.shared_experts.up_proj", "mlp.shared_expert.up_proj"},
    {"mlp.shared_experts.down_proj", "mlp.shared_expert.down_proj"},
    {"mlp.shared_mlp.gate_proj", "mlp.shared_expert.gate_proj"},
    {"mlp.shared_mlp.up_proj", "mlp.shared_expert.up_proj"},
    {"mlp.shared_mlp.down_proj", "mlp.shared_expert.down_proj"},
    {"feed_forward.gate_proj", "mlp.gate_proj"},
    {"feed_forward.up_proj", "mlp.up_proj"},
    {"feed_forward.down_proj", "mlp.down_proj"},
    {"feed_forward.router", "mlp.gate"},
    {"feed_forward.experts.gate_up_proj", "mlp.experts.*.gate_up_proj"},
    {"feed_forward.experts.down_proj", "mlp.experts.*.down_proj"},
    {"feed_forward.shared_expert.gate_proj", "mlp.shared_expert.gate_proj"},
    {"feed_forward.shared_expert.up_proj", "mlp.shared_expert.up_proj"},
    {"feed_forward.shared_expert.down_proj", "mlp.shared_expert.down_proj"},
};

static const struct spelling outside_spellings[] = {
    {"token_embd.weight", "model.embed_tokens.weight"},
    {"transformer.wte.weight", "model.embed_tokens.weight"},
    {"wte.weight", "model.embed_tokens.weight"},
    {"transformer.word_embeddings.weight", "model.embed_tokens.weight"},
    {"word_embeddings.weight", "model.embed_tokens.weight"},
    {"gpt_neox.embed_in.weight", "model.embed_tokens.weight"},
    {"model.decoder.embed_tokens.weight", "model.embed_tokens.weight"},
    {"model.language_model.embed_tokens.weight", "model.embed_tokens.weight"},
    {"language_model.model.embed_tokens.weight", "model.embed_tokens.weight"},
    {"tok_embeddings.weight", "model.embed_tokens.weight"},
    {"embed_tokens.weight", "model.embed_tokens.weight"},
    {"output_norm.weight", "model.norm.weight"},
    {"output_norm.bias", "model.norm.bias"},
    {"transformer.ln_f.weight", "model.norm.weight"},
    {"transformer.ln_f.bias", "model.norm.bias"},
    {"ln_f.weight", "model.norm.weight"},
    {"ln_f.bias", "model.norm.bias"},
    {"gpt_neox.final_layer_norm.weight", "model.norm.weight"},
    {"gpt_neox.final_layer_norm.bias", "model.norm.bias"},
    {"model.decoder.final_layer_norm.weight", "model.norm.weight"},
    {"model.decoder.final_layer_norm.bias", "model.norm.bias"},
    {"model.language_model.norm.weight", "model.norm.weight"},
    {"language_model.model.norm.weight", "model.norm.weight"},
    {"norm.weight", "model.norm.weight"},
    {"output.weight", "lm_head.weight"},
    {"output.bias", "lm_head.bias"},
    {"embed_out.weight", "lm_head.weight"},
    {"language_model.lm_head.weight", "lm_head.weight"},
};

const char *qs_name_outside(const char *name)
{
    for (size_t i = 0; i < QS_COUNT_OF(outside_spellings); i++) {
        if (strcmp(outside_spellings[i].spelled, name) == 0) {
            return outside_spellings[i].kind;
        }
    }
    return name;
}

// Whether the first `length` bytes of name are spelled so; the number that '#' stood for is [*number, *number_length).
static bool matches(const char *spelled, const char *name, size_t length, const char **number, size_t *number_length)
{
    const char *end = name + length;
    for (; *spelled; spelled++) {
        if (*spelled == '#') {
            *number = name;
            while (name < end && is_digit(*name)) {
                name++;
            }
            *number_length = (size_t)(name - *number);
            if (*number_length == 0) {
                return false;
            }
        } else {
            if (name == end || *name != *spelled) {
                return false;
            }
            name++;
        }
    }
    return name == end;
}

static bool contains_any(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(text, words[i])) {
            return true;
        }
    }
    return false;
}

static enum qs_name_role role_of(const char *kind, const char *suffix)
{
    static const char *const not_weights[] = {"norm", "bias", "embed"};
    static const char *const scales[] = {"scale", "zero", "absmax", "quant_map", "quant_state"};
    // Parameters without ".weight" that are tables of an operation other than y = W x.
    static const char *const tables[] = {"A_log", "ssm_a", "inv_freq", "g_idx", "weight_shape"};
    const char *dot = strrchr(kind, '.');
    const char *last = dot ? dot + 1 : kind;
    if (strcmp(suffix, ".bias") == 0 || contains_any(last, not_weights, QS_COUNT_OF(not_weights))) {
        return QS_NAME_OTHER;
    }
    if (suffix[0] == '\0') {
        if (contains_any(last, scales, QS_COUNT_OF(scales))) {
            return QS_NAME_SCALE;
        }
        for (size_t i = 0; i < QS_COUNT_OF(tables); i++) {
            if (strcmp(last, tables[i]) == 0) {
                return QS_NAME_OTHER;
            }
        }
    }
    return strchr(kind, '*') ? QS_NAME_STACK : QS_NAME_WEIGHT;
}

bool qs_name_inside(const char *rest, bool post_norms, struct qs_inside_name *out)
{
    size_t length = strlen(rest);
    const char *suffix = "";
    static const char *const suffixes[] = {".weight", ".bias"};
    for (size_t i = 0; i < QS_COUNT_OF(suffixes); i++) {
        size_t tail = strlen(suffixes[i]);
        if (length > tail && strcmp(rest + length - tail, suffixes[i]) == 0) {
            suffix = suffixes[i];
            length -= tail;
            break;
        }
    }
    const char *kind = NULL;
    const char *number = NULL;
    size_t number_length = 0;
    for (size_t i = 0; !kind && i < QS_COUNT_OF(spellings); i++) {
        if (matches(spellings[i].spelled, rest, length, &number, &number_length)) {
            kind = spellings[i].kind;
        }
    }
    if (!kind && length == strlen("ffn_norm") && memcmp(rest, "ffn_norm", length) == 0) {
        kind = post_norms ? "pre_feedforward_layernorm" : "post_attention_layernorm";
    }
    const char *hash = kind ? strchr(kind, '#') : NULL;
    int size = hash    ? snprintf(out->kind, sizeof out->kind, "%.*s%.*s%s", (int)(hash - kind), kind,
                                  (int)number_length, number, hash + 1)
               : kind  ? snprintf(out->kind, sizeof out->kind, "%s", kind)
               : length < sizeof out->kind ? snprintf(out->kind, sizeof out->kind, "%.*s", (int)length, rest) : -1;
    if (size < 0 || (size_t)size >= sizeof out->kind) {
        return false;
    }
    out->suffix = suffix;
    // Only a spelling of the table makes a stack: a '*' of the file's own is an odd name, not a pattern.
    if (!kind && strchr(out->kind, '*')) {
        out->role = QS_NAME_OTHER;
    } else {
        out->role = role_of(out->kind, suffix);
    }
    return true;
}

int qs_name_compare(const char *a, const char *b)
{
    const char *whole_a = a;
    const char *whole_b = b;
    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            while (*a == '0' && is_digit(a[1])) {
                a++;
            }
            while (*b == '0' && is_digit(b[1])) {
                b++;
            }
            size_t digits_a = strspn(a, "0123456789");
            size_t digits_b = strspn(b, "0123456789");
            if (digits_a != digits_b) {
                return digits_a < digits_b ? -1 : 1;
            }
            int order = memcmp(a, b, digits_a);
            if (order != 0) {
                return order;
            }
            a += digits_a;
            b += digits_b;
        } else {
            if (*a != *b) {
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            }
            a++;
            b++;
        }
    }
    if (*a || *b) {
        return *a ? 1 : -1;
    }
    return strcmp(whole_a, whole_b); // equal but for leading zeros
}
