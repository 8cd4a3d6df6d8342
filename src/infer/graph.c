// The numbers of an architecture: see graph.h. The tensors are graph_tensors.c's business.
#include "infer/graph.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Beyond any model, and small enough that no product of two of them overflows and each fits CBLAS's int.
enum { WIDTH_MAX = 1 << 20, HEADS_MAX = 1 << 16, HEAD_DIM_MAX = 1 << 12, VOCABULARY_MAX = 1 << 26 };

static const struct architecture {
    const char *names[3]; // config's architectures[0], its model_type, GGUF's general.architecture
    bool needs_bias;      // q, k and v have biases
    bool head_norms;
    bool window;          // `sliding_window` alone turns the window on
} architectures[] = {
    {{"LlamaForCausalLM", "llama", "llama"}, false, false, false},
    {{"MistralForCausalLM", "mistral", "mistral"}, false, false, true},
    {{"Qwen2ForCausalLM", "qwen2", "qwen2"}, true, false, false},
    {{"Qwen3ForCausalLM", "qwen3", "qwen3"}, false, true, false},
};

static const struct architecture *find_architecture(const char *name)
{
    for (size_t i = 0; i < QS_COUNT_OF(architectures); i++) {
        for (size_t k = 0; k < QS_COUNT_OF(architectures[i].names); k++) {
            if (strcmp(architectures[i].names[k], name) == 0) {
                return &architectures[i];
            }
        }
    }
    return NULL;
}

// What would change the result and is not computed here.
static enum qs_status refuse_extras(const struct qs_config *config, struct qs_error *err)
{
    static const char *const counts[] = {"num_local_experts", "num_experts", "n_routed_experts", ".expert_count"};
    char text[QS_CONFIG_TEXT_MAX] = "silu";
    double part = 1;
    for (size_t i = 0; i < QS_COUNT_OF(counts); i++) {
        uint64_t experts = 0;
        enum qs_status status = qs_config_count(config, counts[i], 0, UINT64_MAX, &experts, err);
        if (status != QS_OK) {
            return status;
        }
        if (experts > 0) {
            return qs_config_fail(config, counts[i], err, "%" PRIu64 ": mixtures of experts cannot be run", experts);
        }
    }
    enum qs_status status = qs_config_text(config, "hidden_act", text, err);
    if (status == QS_OK && strcmp(text, "silu") != 0 && strcmp(text, "swish") != 0) {
        status = qs_config_fail(config, "hidden_act", err, "%s: only silu can be run", text);
    }
    if (status == QS_OK) {
        status = qs_config_real(config, "partial_rotary_factor", 0, 1, &part, err);
    }
    if (status == QS_OK && part < 1) {
        status = qs_config_fail(config, "partial_rotary_factor", err, "%g: heads turned in part cannot be run", part);
    }
    return status;
}

// A count that must be there.
static enum qs_status read_size(const struct qs_config *config, const char *hf, const char *gguf, uint64_t max,
                                size_t *out, struct qs_error *err)
{
    const char *key = config->keys ? gguf : hf;
    uint64_t value = 0;
    enum qs_status status = qs_config_count(config, key, 1, max, &value, err);
    if (status == QS_OK && value == 0) {
        status = qs_config_fail(config, key, err, "is missing, which running the model needs");
    }
    if (status == QS_OK) {
        *out = (size_t)value;
    }
    return status;
}

static enum qs_status read_heads(const struct qs_config *config, struct qs_graph *graph, struct qs_error *err)
{
    const char *heads_key = config->keys ? ".attention.head_count" : "num_attention_heads";
    const char *kv_key = config->keys ? ".attention.head_count_kv" : "num_key_value_heads";
    const char *dim_key = config->keys ? ".attention.key_length" : "head_dim";
    uint64_t kv_heads = 0;
    uint64_t head_dim = 0;
    uint64_t value_dim = 0;
    enum qs_status status = read_size(config, heads_key, heads_key, HEADS_MAX, &graph->heads, err);
    if (status == QS_OK) {
        status = qs_config_count(config, kv_key, 1, HEADS_MAX, &kv_heads, err);
    }
    if (status == QS_OK) {
        status = qs_config_count(config, dim_key, 2, HEAD_DIM_MAX, &head_dim, err);
    }
    if (status != QS_OK) {
        return status;
    }
    graph->kv_heads = kv_heads ? (size_t)kv_heads : graph->heads;
    if (graph->heads % graph->kv_heads != 0) {
        return qs_config_fail(config, kv_key, err, "%zu does not divide the %zu heads", graph->kv_heads, graph->heads);
    }
    if (head_dim == 0 && (graph->hidden % graph->heads != 0 || graph->hidden / graph->heads > HEAD_DIM_MAX)) {
        return qs_config_fail(config, heads_key, err, "%zu heads do not divide the width %zu", graph->heads,
                              graph->hidden);
    }
    graph->head_dim = head_dim ? (size_t)head_dim : graph->hidden / graph->heads;
    if (graph->head_dim % 2 != 0) {
        return qs_config_fail(config, head_dim ? dim_key : heads_key, err,
                              "heads of %zu numbers cannot be turned in pairs", graph->head_dim);
    }
    if (graph->heads * graph->head_dim > WIDTH_MAX) {
        return qs_config_fail(config, dim_key, err, "%zu heads of %zu numbers are more than %d", graph->heads,
                              graph->head_dim, WIDTH_MAX);
    }
    static const char *const same[] = {".attention.value_length", ".rope.dimension_count"};
    for (size_t i = 0; i < QS_COUNT_OF(same); i++) {
        value_dim = graph->head_dim;
        status = qs_config_count(config, same[i], 1, HEAD_DIM_MAX, &value_dim, err);
        if (status == QS_OK && value_dim != graph->head_dim) {
            status = qs_config_fail(config, same[i], err, "%" PRIu64 " differs from the heads' %zu, which cannot be "
                                    "run", value_dim, graph->head_dim);
        }
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}

static enum qs_status read_numbers(const struct qs_config *config, struct qs_graph *graph, struct qs_error *err)
{
    const char *eps_key = config->keys ? ".attention.layer_norm_rms_epsilon" : "rms_norm_eps";
    size_t layers = 0;
    uint64_t vocabulary = 0;
    enum qs_status status = read_size(config, "num_hidden_layers", ".block_count", QS_LAYERS_MAX, &layers, err);
    if (status == QS_OK) {
        status = read_size(config, "hidden_size", ".embedding_length", WIDTH_MAX, &graph->hidden, err);
    }
    if (status == QS_OK) {
        status = read_size(config, "intermediate_size", ".feed_forward_length", WIDTH_MAX, &graph->inner, err);
    }
    if (status == QS_OK) {
        status = read_heads(config, graph, err);
    }
    if (status == QS_OK && config->keys) { // GGUF: the embedding tells
        status = qs_config_count(config, ".vocab_size", 1, VOCABULARY_MAX, &vocabulary, err);
        graph->vocabulary = (size_t)vocabulary;
    } else if (status == QS_OK) {
        status = read_size(config, "vocab_size", NULL, VOCABULARY_MAX, &graph->vocabulary, err);
    }
    if (status == QS_OK) {
        status = qs_config_count(config, config->keys ? ".context_length" : "max_position_embeddings", 1,
                                 UINT64_MAX >> 16, &graph->context, err);
    }
    graph->eps = -1;
    if (status == QS_OK) {
        status = qs_config_real(config, eps_key, 0, 1, &graph->eps, err);
    }
    if (status == QS_OK && graph->eps < 0) {
        status = qs_config_fail(config, eps_key, err, "is missing, which running the model needs");
    }
    if (status == QS_OK) {
        status = qs_config_flag(config, "tie_word_embeddings", &graph->tied, err);
    }
    if (status == QS_OK) {
        status = qs_rope_read(config, graph->context, &graph->rope, err);
    }
    graph->layers = (uint32_t)layers;
    return status;
}

// "layer_types" of newer configurations, one word per layer.
static enum qs_status read_layer_types(const struct qs_config *config, const struct qs_config_value *list,
                                       uint64_t window, struct qs_graph *graph, struct qs_error *err)
{
    if (list->type != QS_CONFIG_LIST || list->count != graph->layers) {
        return qs_config_fail(config, "layer_types", err, "is no list of %" PRIu32 " words", graph->layers);
    }
    for (uint32_t layer = 0; layer < graph->layers; layer++) {
        struct qs_config_value word;
        bool text = qs_config_item(list, layer, &word) && word.type == QS_CONFIG_TEXT;
        bool sliding = text && strcmp(word.chars, "sliding_attention") == 0;
        if (!sliding && !(text && strcmp(word.chars, "full_attention") == 0)) {
            return qs_config_fail(config, "layer_types", err, "layer %" PRIu32 ": only full_attention and "
                                  "sliding_attention can be run", layer);
        }
        if (sliding && window == 0) {
            return qs_config_fail(config, "layer_types", err, "layer %" PRIu32 ": there is no sliding_window", layer);
        }
        graph->layer[layer].window = sliding ? window : 0;
    }
    return QS_OK;
}

static enum qs_status read_windows(const struct qs_config *config, const struct architecture *architecture,
                                   struct qs_graph *graph, struct qs_error *err)
{
    struct qs_config_value list;
    uint64_t window = 0;
    bool used = architecture->window || config->keys;
    uint64_t first = architecture->window || config->keys ? 0 : 28; // max_window_layers of Qwen's configuration classes
    const char *key = config->keys ? ".attention.sliding_window" : "sliding_window";
    enum qs_status status = qs_config_count(config, key, config->keys ? 0 : 1, UINT64_MAX >> 16, &window, err);
    if (status == QS_OK) {
        status = qs_config_flag(config, "use_sliding_window", &used, err);
    }
    if (status == QS_OK && !architecture->window) {
        status = qs_config_count(config, "max_window_layers", 0, QS_LAYERS_MAX, &first, err);
    }
    if (status == QS_OK && qs_config_find(config, "layer_types", &list)) {
        return read_layer_types(config, &list, window, graph, err);
    }
    for (uint32_t layer = 0; layer < graph->layers; layer++) {
        graph->layer[layer].window = used && layer >= first ? window : 0;
    }
    return status;
}

static enum qs_status make_graph(struct qs_graph *graph, const struct architecture *architecture, struct qs_error *err)
{
    const struct qs_config *config = qs_model_config(graph->model);
    enum qs_status status = refuse_extras(config, err);
    if (status == QS_OK) {
        status = read_numbers(config, graph, err);
    }
    if (status == QS_OK && graph->layers != qs_model_info(graph->model)->layers) {
        status = qs_config_fail(config, config->keys ? ".block_count" : "num_hidden_layers", err,
                                "%" PRIu32 " layers, but the tensors make %" PRIu32, graph->layers,
                                qs_model_info(graph->model)->layers);
    }
    if (status != QS_OK) {
        return status;
    }
    graph->layer = calloc(graph->layers, sizeof *graph->layer);
    graph->frequencies = malloc(graph->head_dim / 2 * sizeof *graph->frequencies);
    if (!graph->layer || !graph->frequencies) {
        return qs_fail_memory(err, "a model's layers", graph->layers * sizeof *graph->layer);
    }
    qs_rope_frequencies(&graph->rope, graph->head_dim, graph->frequencies);
    status = read_windows(config, architecture, graph, err);
    return status == QS_OK ? qs_graph_bind(graph, architecture->needs_bias, architecture->head_norms, err) : status;
}

enum qs_status qs_graph_new(const struct qs_model *model, struct qs_graph **out, struct qs_error *err)
{
    const char *name = qs_model_info(model)->architecture;
    const struct architecture *architecture = find_architecture(name);
    if (!qs_model_config(model)->path) {
        return qs_fail(err, QS_BAD_INPUT, "%s: there is no config.json beside it, which running the model needs",
                       qs_model_path(model));
    }
    if (!architecture) {
        return qs_fail(err, QS_BAD_INPUT, "%s: architecture %s: only Llama, Mistral, Qwen2 and Qwen3 can be run; "
                       "weights can still be scanned", qs_model_path(model), name[0] ? name : "(not said)");
    }
    struct qs_graph *graph = calloc(1, sizeof *graph);
    if (!graph) {
        return qs_fail_memory(err, "a model's graph", sizeof *graph);
    }
    graph->model = model;
    enum qs_status status = make_graph(graph, architecture, err);
    if (status != QS_OK) {
        qs_graph_free(graph);
        return status;
    }
    *out = graph;
    return QS_OK;
}

void qs_graph_free(struct qs_graph *graph)
{
    if (!graph) {
        return;
    }
    free(graph->layer);
    free(graph->frequencies);
    free(graph);
}

const char *qs_linear_name(enum qs_linear linear)
{
    static const char *const names[QS_LINEAR_COUNT] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                       "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                       "mlp.down_proj"};
    return names[linear];
}

size_t qs_linear_rows(const struct qs_graph *graph, enum qs_linear linear)
{
    switch (linear) {
    case QS_LINEAR_Q:
        return graph->heads * graph->head_dim;
    case QS_LINEAR_K:
    case QS_LINEAR_V:
        return graph->kv_heads * graph->head_dim;
    case QS_LINEAR_GATE:
    case QS_LINEAR_UP:
        return graph->inner;
    default:
        return graph->hidden;
    }
}

size_t qs_linear_cols(const struct qs_graph *graph, enum qs_linear linear)
{
    return linear == QS_LINEAR_O ? graph->heads * graph->head_dim : linear == QS_LINEAR_DOWN ? graph->inner
                                                                                             : graph->hidden;
}
