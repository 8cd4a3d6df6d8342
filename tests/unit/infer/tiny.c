// Tiny random models: see tiny.h. The reference is written for being read: one loop per formula, in double.
#include "../cmocka_all.h"
#include "tiny.h"

#include "../model/gguf_build.h"
#include "../model/make_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

const struct tiny tiny_llama = {.architecture = "LlamaForCausalLM", .layers = 3, .hidden = 20, .heads = 6,
                                .kv_heads = 2, .head_dim = 4, .inner = 28, .vocabulary = 40};

enum { VALUES_MAX = 4096 };

// The values of a tensor, by its Hugging Face name: norms near 1, all others within 1 at most.
static void fill(const struct tiny *tiny, const char *name, size_t count, float *out)
{
    uint64_t state = 14695981039346656037u;
    for (const char *c = name; *c; c++) {
        state = (state ^ (uint64_t)(unsigned char)*c) * 1099511628211u;
    }
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        float value = (float)((double)(state >> 11) * 0x1p-53 * 2 - 1);
        out[i] = strstr(name, "norm") ? 1 + 0.3f * value : strstr(name, "embed") ? value : 0.5f * value;
    }
    if (tiny->spoiled && strcmp(tiny->spoiled, name) == 0) {
        out[count - 1] = tiny->spoil;
    }
}

static const char *layer_name(unsigned layer, const char *rest)
{
    static char names[4][96];
    static unsigned next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "model.layers.%u.%s", layer, rest);
    return name;
}

// The tensors of one layer.
struct part {
    const char *name; // behind the layer
    const char *gguf;
    size_t rows;
    size_t cols; // 0: a vector
    bool there;
    size_t heads; // of those that GGUF files interleave; else 0
};

enum { PARTS = 18 };

static void list_parts(const struct tiny *t, struct part out[PARTS])
{
    size_t q = t->heads * t->head_dim;
    size_t kv = t->kv_heads * t->head_dim;
    const struct part parts[PARTS] = {
        {"input_layernorm.weight", "attn_norm.weight", t->hidden, 0, true, 0},
        {"post_attention_layernorm.weight", "ffn_norm.weight", t->hidden, 0, true, 0},
        {"self_attn.q_proj.weight", "attn_q.weight", q, t->hidden, true, t->heads},
        {"self_attn.k_proj.weight", "attn_k.weight", kv, t->hidden, true, t->kv_heads},
        {"self_attn.v_proj.weight", "attn_v.weight", kv, t->hidden, true, 0},
        {"self_attn.o_proj.weight", "attn_output.weight", t->hidden, q, true, 0},
        {"mlp.gate_proj.weight", "ffn_gate.weight", t->inner, t->hidden, true, 0},
        {"mlp.up_proj.weight", "ffn_up.weight", t->inner, t->hidden, true, 0},
        {"mlp.down_proj.weight", "ffn_down.weight", t->hidden, t->inner, true, 0},
        {"self_attn.q_proj.bias", "attn_q.bias", q, 0, t->qkv_bias, t->heads},
        {"self_attn.k_proj.bias", "attn_k.bias", kv, 0, t->qkv_bias, t->kv_heads},
        {"self_attn.v_proj.bias", "attn_v.bias", kv, 0, t->qkv_bias, 0},
        {"self_attn.o_proj.bias", "attn_output.bias", t->hidden, 0, t->all_bias, 0},
        {"mlp.gate_proj.bias", "ffn_gate.bias", t->inner, 0, t->all_bias, 0},
        {"mlp.up_proj.bias", "ffn_up.bias", t->inner, 0, t->all_bias, 0},
        {"mlp.down_proj.bias", "ffn_down.bias", t->hidden, 0, t->all_bias, 0},
        {"self_attn.q_norm.weight", "attn_q_norm.weight", t->head_dim, 0, t->head_norms, 0},
        {"self_attn.k_norm.weight", "attn_k_norm.weight", t->head_dim, 0, t->head_norms, 0},
    };
    memcpy(out, parts, sizeof parts);
}

static void add(struct st *st, const struct tiny *tiny, const char *name, size_t rows, size_t cols)
{
    float values[VALUES_MAX];
    char shape[64];
    size_t count = rows * (cols ? cols : 1);
    assert_true(count <= VALUES_MAX);
    snprintf(shape, sizeof shape, cols ? "[%zu,%zu]" : "[%zu]", rows, cols);
    fill(tiny, name, count, values);
    st_add(st, name, "F32", shape, values, count * sizeof *values);
}

const char *tiny_write(const struct tiny *t, const char *name)
{
    char path[64];
    struct st st = {0};
    struct qs_text config = {0};
    struct part parts[PARTS];
    make_folder(temp_path(name));
    qs_text_addf(&config, "{\"architectures\":[\"%s\"],\"hidden_act\":\"silu\",\"num_hidden_layers\":%u,"
                 "\"hidden_size\":%zu,\"num_attention_heads\":%zu,\"num_key_value_heads\":%zu,\"head_dim\":%zu,"
                 "\"intermediate_size\":%zu,\"vocab_size\":%zu,\"rms_norm_eps\":1e-5,\"rope_theta\":100.0,"
                 "\"max_position_embeddings\":64,\"tie_word_embeddings\":%s%s}", t->architecture, t->layers, t->hidden,
                 t->heads, t->kv_heads, t->head_dim, t->inner, t->vocabulary, t->tied ? "true" : "false",
                 t->extra ? t->extra : "");
    snprintf(path, sizeof path, "%s/config.json", name);
    write_text(temp_path(path), qs_text_chars(&config));
    qs_text_free(&config);
    list_parts(t, parts);
    add(&st, t, "model.embed_tokens.weight", t->vocabulary, t->hidden);
    add(&st, t, "model.norm.weight", t->hidden, 0);
    if (!t->tied) {
        add(&st, t, "lm_head.weight", t->vocabulary, t->hidden);
    }
    for (unsigned layer = 0; layer < t->layers; layer++) {
        for (size_t i = 0; i < PARTS; i++) {
            if (parts[i].there) {
                add(&st, t, layer_name(layer, parts[i].name), parts[i].rows, parts[i].cols);
            }
        }
    }
    snprintf(path, sizeof path, "%s/model.safetensors", name);
    st_write(&st, temp_path(path));
    return temp_path(name);
}

// A GGUF file in the making: descriptions and data apart.
struct gguf {
    struct build head;
    struct qs_text data;
};

static void add_gguf(struct gguf *file, const struct tiny *tiny, const char *name, const char *stored, size_t rows,
                     size_t cols, size_t heads)
{
    float values[VALUES_MAX];
    size_t width = cols ? cols : 1;
    fill(tiny, name, rows * width, values);
    put_tensor(&file->head, stored, cols ? 2 : 1, cols ? (const uint64_t[]){cols, rows} : (const uint64_t[]){rows}, 0,
               file->data.length);
    for (size_t row = 0; row < rows; row++) {
        size_t from = row;
        if (heads) {
            size_t dim = rows / heads;
            size_t within = row % dim;
            from = row / dim * dim + within % 2 * (dim / 2) + within / 2;
        }
        qs_text_add_bytes(&file->data, (const char *)(values + from * width), width * sizeof *values);
    }
    while (file->data.length % 32) {
        qs_text_add_bytes(&file->data, "", 1);
    }
}

static void put_own_u32(struct build *b, const struct tiny *t, const char *key, size_t value)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", t->architecture, key);
    put_u32_pair(b, full, (uint32_t)value);
}

static void put_own_f32(struct build *b, const struct tiny *t, const char *key, float value)
{
    char full[96];
    snprintf(full, sizeof full, "%s.%s", t->architecture, key);
    put_key(b, full, F32);
    put(b, &value, sizeof value);
}

const char *tiny_write_gguf(const struct tiny *t, const char *name, bool permuted)
{
    static struct gguf file;
    struct part parts[PARTS];
    uint64_t tensors = 2 + (uint64_t)!t->tied + (uint64_t)t->factor_tensor;
    list_parts(t, parts);
    for (size_t i = 0; i < PARTS; i++) {
        tensors += parts[i].there ? t->layers : 0;
    }
    put_header(&file.head, 3, tensors, 10);
    put_string_pair(&file.head, "general.architecture", t->architecture);
    put_own_u32(&file.head, t, "block_count", t->layers);
    put_own_u32(&file.head, t, "embedding_length", t->hidden);
    put_own_u32(&file.head, t, "feed_forward_length", t->inner);
    put_own_u32(&file.head, t, "attention.head_count", t->heads);
    put_own_u32(&file.head, t, "attention.head_count_kv", t->kv_heads);
    put_own_u32(&file.head, t, "attention.key_length", t->head_dim);
    put_own_f32(&file.head, t, "attention.layer_norm_rms_epsilon", 1e-5f);
    put_own_f32(&file.head, t, "rope.freq_base", 100);
    put_own_f32(&file.head, t, "rope.scale_linear", t->factor > 0 && !t->factor_tensor ? (float)t->factor : 1);
    if (t->factor_tensor) {
        put_tensor(&file.head, "rope_freqs.weight", 1, (const uint64_t[]){t->head_dim / 2}, 0, 0);
        for (size_t i = 0; i < 8; i++) { // 32 bytes, of which head_dim/2 numbers are the tensor's
            float factor = (float)t->factor;
            qs_text_add_bytes(&file.data, (const char *)&factor, sizeof factor);
        }
    }
    add_gguf(&file, t, "model.embed_tokens.weight", "token_embd.weight", t->vocabulary, t->hidden, 0);
    add_gguf(&file, t, "model.norm.weight", "output_norm.weight", t->hidden, 0, 0);
    if (!t->tied) {
        add_gguf(&file, t, "lm_head.weight", "output.weight", t->vocabulary, t->hidden, 0);
    }
    for (unsigned layer = 0; layer < t->layers; layer++) {
        for (size_t i = 0; i < PARTS; i++) {
            char stored[64];
            snprintf(stored, sizeof stored, "blk.%u.%s", layer, parts[i].gguf);
            if (parts[i].there) {
                add_gguf(&file, t, layer_name(layer, parts[i].name), stored, parts[i].rows, parts[i].cols,
                         permuted ? parts[i].heads : 0);
            }
        }
    }
    pad_to(&file.head, 32);
    struct qs_text whole = {0};
    qs_text_add_bytes(&whole, (const char *)file.head.bytes, file.head.size);
    qs_text_add_bytes(&whole, qs_text_chars(&file.data), file.data.length);
    write_bytes(temp_path(name), whole.chars, whole.length);
    qs_text_free(&whole);
    qs_text_free(&file.data);
    return temp_path(name);
}

void tiny_ids(const struct tiny *tiny, size_t n, uint32_t *out)
{
    uint32_t state = 7;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525u + 1013904223u;
        out[i] = (state >> 8) % (uint32_t)tiny->vocabulary;
    }
}

// y = W x + b; NULL: no bias.
static void linear(const struct tiny *t, const char *weight, const char *bias, size_t rows, size_t cols,
                   const double *x, double *y)
{
    float w[VALUES_MAX];
    float b[VALUES_MAX] = {0};
    fill(t, weight, rows * cols, w);
    if (bias) {
        fill(t, bias, rows, b);
    }
    for (size_t row = 0; row < rows; row++) {
        y[row] = (double)b[row];
        for (size_t col = 0; col < cols; col++) {
            y[row] += (double)w[row * cols + col] * x[col];
        }
    }
}

static void norm(const struct tiny *t, const char *weight, size_t count, const double *x, double *y)
{
    float w[VALUES_MAX];
    double sum = 0;
    fill(t, weight, count, w);
    for (size_t i = 0; i < count; i++) {
        sum += x[i] * x[i];
    }
    for (size_t i = 0; i < count; i++) {
        y[i] = x[i] / sqrt(sum / (double)count + 1e-5) * (double)w[i];
    }
}

// Each head normed and turned.
static void place_heads(const struct tiny *t, const char *weight, size_t heads, size_t position, double *x)
{
    size_t half = t->head_dim / 2;
    for (size_t head = 0; head < heads; head++) {
        double *v = x + head * t->head_dim;
        if (t->head_norms) {
            norm(t, weight, t->head_dim, v, v);
        }
        for (size_t i = 0; i < half; i++) {
            double angle = (double)position * pow(100, -2.0 * (double)i / (double)t->head_dim);
            angle /= t->factor > 0 ? t->factor : 1;
            double a = v[i];
            double b = v[i + half];
            v[i] = a * cos(angle) - b * sin(angle);
            v[i + half] = a * sin(angle) + b * cos(angle);
        }
    }
}

// out: [heads*head_dim] of the query at `position`.
static void attend(const struct tiny *t, unsigned layer, size_t position, const double *q, const double *keys,
                   const double *values, double *out)
{
    size_t dim = t->head_dim;
    size_t kv = t->kv_heads * dim;
    for (size_t head = 0; head < t->heads; head++) {
        size_t at = head * t->kv_heads / t->heads * dim;
        double total = 0;
        memset(out + head * dim, 0, dim * sizeof *out);
        for (size_t j = 0; j <= position; j++) {
            double score = 0;
            if (t->window[layer] && position - j >= t->window[layer]) {
                continue;
            }
            for (size_t i = 0; i < dim; i++) {
                score += q[head * dim + i] * keys[j * kv + at + i];
            }
            double weight = exp(score / sqrt((double)dim));
            total += weight;
            for (size_t i = 0; i < dim; i++) {
                out[head * dim + i] += weight * values[j * kv + at + i];
            }
        }
        for (size_t i = 0; i < dim; i++) {
            out[head * dim + i] /= total;
        }
    }
}

static void run_layer(const struct tiny *t, unsigned layer, size_t n, double *hidden)
{
    size_t q_width = t->heads * t->head_dim;
    size_t kv = t->kv_heads * t->head_dim;
    double x[64];
    double y[64];
    double z[64];
    double *q = malloc(n * q_width * sizeof *q);
    double *keys = malloc(n * kv * sizeof *keys);
    double *values = malloc(n * kv * sizeof *values);
    const char *bias[7] = {NULL};
    static const char *const names[7] = {"self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias",
                                         "self_attn.o_proj.bias", "mlp.gate_proj.bias", "mlp.up_proj.bias",
                                         "mlp.down_proj.bias"};
    char texts[7][96];
    for (size_t i = 0; i < 7; i++) {
        snprintf(texts[i], sizeof texts[i], "model.layers.%u.%s", layer, names[i]);
        bias[i] = (i < 3 ? t->qkv_bias : t->all_bias) ? texts[i] : NULL;
    }
    for (size_t p = 0; p < n; p++) {
        norm(t, layer_name(layer, "input_layernorm.weight"), t->hidden, hidden + p * t->hidden, x);
        linear(t, layer_name(layer, "self_attn.q_proj.weight"), bias[0], q_width, t->hidden, x, q + p * q_width);
        linear(t, layer_name(layer, "self_attn.k_proj.weight"), bias[1], kv, t->hidden, x, keys + p * kv);
        linear(t, layer_name(layer, "self_attn.v_proj.weight"), bias[2], kv, t->hidden, x, values + p * kv);
        place_heads(t, layer_name(layer, "self_attn.q_norm.weight"), t->heads, p, q + p * q_width);
        place_heads(t, layer_name(layer, "self_attn.k_norm.weight"), t->kv_heads, p, keys + p * kv);
    }
    for (size_t p = 0; p < n; p++) {
        double *h = hidden + p * t->hidden;
        attend(t, layer, p, q + p * q_width, keys, values, x);
        linear(t, layer_name(layer, "self_attn.o_proj.weight"), bias[3], t->hidden, q_width, x, y);
        for (size_t i = 0; i < t->hidden; i++) {
            h[i] += y[i];
        }
        norm(t, layer_name(layer, "post_attention_layernorm.weight"), t->hidden, h, x);
        linear(t, layer_name(layer, "mlp.gate_proj.weight"), bias[4], t->inner, t->hidden, x, y);
        linear(t, layer_name(layer, "mlp.up_proj.weight"), bias[5], t->inner, t->hidden, x, z);
        for (size_t i = 0; i < t->inner; i++) {
            y[i] = y[i] / (1 + exp(-y[i])) * z[i];
        }
        linear(t, layer_name(layer, "mlp.down_proj.weight"), bias[6], t->hidden, t->inner, y, x);
        for (size_t i = 0; i < t->hidden; i++) {
            h[i] += x[i];
        }
    }
    free(q);
    free(keys);
    free(values);
}

void tiny_logits(const struct tiny *t, const uint32_t *ids, size_t n, double *out)
{
    double *hidden = malloc(n * t->hidden * sizeof *hidden);
    float embedding[VALUES_MAX];
    double x[64];
    fill(t, "model.embed_tokens.weight", t->vocabulary * t->hidden, embedding);
    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; i < t->hidden; i++) {
            hidden[p * t->hidden + i] = (double)embedding[ids[p] * t->hidden + i];
        }
    }
    for (unsigned layer = 0; layer < t->layers; layer++) {
        run_layer(t, layer, n, hidden);
    }
    for (size_t p = 0; p < n; p++) {
        norm(t, "model.norm.weight", t->hidden, hidden + p * t->hidden, x);
        linear(t, t->tied ? "model.embed_tokens.weight" : "lm_head.weight", NULL, t->vocabulary, t->hidden, x,
               out + p * t->vocabulary);
    }
    free(hidden);
}

enum qs_status rig_try(const char *path, unsigned threads, struct rig *out, struct qs_error *err)
{
    struct rig rig = {0};
    enum qs_status status = qs_pool_new(threads, &rig.pool, err);
    if (status == QS_OK) {
        status = qs_model_open(path, &rig.model, err);
    }
    if (status == QS_OK) {
        status = qs_graph_new(rig.model, &rig.graph, err);
    }
    if (status == QS_OK) {
        status = qs_forward_new(rig.graph, rig.pool, &rig.forward, err);
    }
    if (status != QS_OK) {
        rig_close(&rig);
        return status;
    }
    *out = rig;
    return QS_OK;
}

struct rig rig_open(const char *path, unsigned threads)
{
    struct rig rig = {0};
    struct qs_error err = {0};
    if (rig_try(path, threads, &rig, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return rig;
}

void rig_close(struct rig *rig)
{
    qs_forward_free(rig->forward);
    qs_graph_free(rig->graph);
    qs_model_close(rig->model);
    qs_pool_free(rig->pool);
}

struct gather {
    float *logits;
    size_t vocabulary;
};

static void gather_logits(void *context, size_t row, size_t rows, size_t word, size_t words, const float *logits,
                          unsigned worker)
{
    struct gather *gather = context;
    (void)worker;
    for (size_t i = 0; i < rows; i++) {
        memcpy(gather->logits + (row + i) * gather->vocabulary + word, logits + i * words, words * sizeof *logits);
    }
}

float *rig_logits(const struct rig *rig, const uint32_t *ids, const size_t *lengths, size_t sequences,
                  const struct qs_forward_hooks *hooks)
{
    struct qs_batch batch;
    struct qs_error err = {0};
    size_t vocabulary = rig->graph->vocabulary;
    if (qs_batch_new(ids, lengths, sequences, vocabulary, rig->graph->hidden, &batch, &err) != QS_OK ||
        qs_forward_run(rig->forward, &batch, hooks, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    size_t *tokens = malloc(batch.tokens * sizeof *tokens);
    struct gather gather = {malloc(batch.tokens * vocabulary * sizeof(float)), vocabulary};
    for (size_t i = 0; i < batch.tokens; i++) {
        tokens[i] = i;
    }
    if (qs_forward_head(rig->forward, &batch, tokens, batch.tokens, gather_logits, &gather, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    free(tokens);
    qs_batch_free(&batch);
    return gather.logits;
}
