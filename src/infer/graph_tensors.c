// The tensors of a graph: see graph.h. Every tensor of a layer has a place here, or the model is refused: what an
// architecture does not compute with would be left out of the result in silence.
#include "infer/graph.h"

#include "kernel/dtype.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// Tables that follow from the configuration.
static const char *const ignored_parts[] = {"self_attn.rotary_emb.inv_freq", "attn_rot_embd.weight"};

static enum qs_status fail_tensor(const struct qs_tensor *tensor, struct qs_error *err, const char *text)
{
    return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: %s", tensor->map->path, tensor->name, text);
}

// A (rows, cols) weight over a whole tensor, which must have that shape. A vector: cols = 1.
static enum qs_status view(const struct qs_tensor *tensor, uint64_t rows, uint64_t cols, uint32_t heads,
                           struct qs_weight *out, struct qs_error *err)
{
    char text[128];
    bool vector = cols == 1;
    bool fits = vector ? tensor->values == rows && tensor->dims[tensor->ndim ? tensor->ndim - 1 : 0] == rows
                       : tensor->ndim == 2 && tensor->dims[0] == rows && tensor->dims[1] == cols;
    if (out->tensor) {
        return fail_tensor(tensor, err, "is there twice");
    }
    if (!fits) {
        snprintf(text, sizeof text, "has not the shape that the configuration asks for, %" PRIu64 " x %" PRIu64, rows,
                 cols);
        return fail_tensor(tensor, err, text);
    }
    if (tensor->dtype == QS_DTYPE_OTHER || (vector && !qs_dtype_is_float(tensor->dtype))) {
        snprintf(text, sizeof text, "values of type %s are not read here", tensor->dtype_name);
        return fail_tensor(tensor, err, text);
    }
    const struct qs_dtype_traits *traits = qs_dtype_traits(tensor->dtype);
    if (cols % traits->block_values != 0) {
        return fail_tensor(tensor, err, "a row is no whole number of blocks");
    }
    *out = (struct qs_weight){.tensor = tensor, .rows = rows, .cols = cols, .data = tensor->data, .heads = heads,
                              .row_bytes = cols / traits->block_values * traits->block_bytes, .readable = true};
    return QS_OK;
}

// Whether part is the linear's name with this suffix.
static bool is_part_of(const char *part, enum qs_linear linear, const char *suffix)
{
    const char *name = qs_linear_name(linear);
    size_t length = strlen(name);
    return strncmp(part, name, length) == 0 && strcmp(part + length, suffix) == 0;
}

static enum qs_status bind_linear(struct qs_graph *graph, const struct qs_tensor *tensor, enum qs_linear linear,
                                  struct qs_error *err)
{
    const struct qs_model_info *info = qs_model_info(graph->model);
    struct qs_graph_layer *layer = &graph->layer[tensor->layer];
    int kind = qs_model_info_kind(info, qs_linear_name(linear));
    const struct qs_weight *weight =
        kind >= 0 ? qs_model_module(graph->model, (uint32_t)tensor->layer, (uint32_t)kind) : NULL;
    char text[128];
    if (!weight || weight->tensor != tensor || layer->linear[linear]) {
        return fail_tensor(tensor, err, "is no weight of two dimensions, or there twice");
    }
    if (!weight->readable) {
        snprintf(text, sizeof text, "values of type %s are not read", tensor->dtype_name);
        return fail_tensor(tensor, err, text);
    }
    if (weight->rows != qs_linear_rows(graph, linear) || weight->cols != qs_linear_cols(graph, linear)) {
        snprintf(text, sizeof text, "is %" PRIu64 " x %" PRIu64 ", but the configuration asks for %zu x %zu",
                 weight->rows, weight->cols, qs_linear_rows(graph, linear), qs_linear_cols(graph, linear));
        return fail_tensor(tensor, err, text);
    }
    layer->linear[linear] = weight;
    return QS_OK;
}

static enum qs_status bind_inside(struct qs_graph *graph, const struct qs_tensor *tensor, bool head_norms,
                                  struct qs_error *err)
{
    struct qs_graph_layer *layer = &graph->layer[tensor->layer];
    const char *part = tensor->part;
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        if (is_part_of(part, linear, ".weight")) {
            return bind_linear(graph, tensor, linear, err);
        }
        if (is_part_of(part, linear, ".bias")) {
            return view(tensor, qs_linear_rows(graph, linear), 1, 0, &layer->bias[linear], err);
        }
    }
    struct {
        const char *part;
        size_t count;
        struct qs_weight *to;
    } vectors[] = {
        {"input_layernorm.weight", graph->hidden, &layer->attn_norm},
        {"post_attention_layernorm.weight", graph->hidden, &layer->mlp_norm},
        {"self_attn.q_norm.weight", graph->head_dim, head_norms ? &layer->q_norm : NULL},
        {"self_attn.k_norm.weight", graph->head_dim, head_norms ? &layer->k_norm : NULL},
    };
    for (size_t i = 0; i < QS_COUNT_OF(vectors); i++) {
        if (vectors[i].to && strcmp(part, vectors[i].part) == 0) {
            return view(tensor, vectors[i].count, 1, 0, vectors[i].to, err);
        }
    }
    for (size_t i = 0; i < QS_COUNT_OF(ignored_parts); i++) {
        if (strcmp(part, ignored_parts[i]) == 0) {
            return QS_OK;
        }
    }
    return fail_tensor(tensor, err, "the architecture computes nothing with it, so the model cannot be run");
}

// Llama 3's scaling in a GGUF file: what to divide the frequencies by.
static enum qs_status divide_frequencies(struct qs_graph *graph, const struct qs_tensor *tensor, struct qs_error *err)
{
    struct qs_weight factors = {0};
    enum qs_status status = view(tensor, graph->head_dim / 2, 1, 0, &factors, err);
    for (size_t i = 0; status == QS_OK && i < graph->head_dim / 2; i++) {
        float factor;
        qs_weight_row(&factors, i, &factor);
        if (!(factor > 1e-6f && factor < 1e6f)) {
            return fail_tensor(tensor, err, "a factor is not within 1e-6 and 1e6");
        }
        graph->frequencies[i] /= (double)factor;
    }
    return status;
}

static enum qs_status bind_outside(struct qs_graph *graph, const struct qs_tensor *tensor, struct qs_error *err)
{
    const char *part = tensor->part;
    if (strcmp(part, "model.embed_tokens.weight") == 0) {
        if (graph->vocabulary == 0) {
            graph->vocabulary = tensor->ndim == 2 && tensor->dims[0] < INT32_MAX ? (size_t)tensor->dims[0] : 0;
        }
        return view(tensor, graph->vocabulary, graph->hidden, 0, &graph->embedding, err);
    }
    if (strcmp(part, "model.norm.weight") == 0) {
        return view(tensor, graph->hidden, 1, 0, &graph->norm, err);
    }
    if (strcmp(part, "rope_freqs.weight") == 0) {
        return divide_frequencies(graph, tensor, err);
    }
    if (strcmp(part, "lm_head.bias") == 0 || strcmp(part, "model.norm.bias") == 0) {
        return fail_tensor(tensor, err, "the architecture computes nothing with it, so the model cannot be run");
    }
    return QS_OK;
}

// Llama's q and k biases are stored interleaved where the rows of their weights are.
static enum qs_status check_layer(struct qs_graph *graph, uint32_t index, bool needs_bias, bool head_norms,
                                  struct qs_error *err)
{
    struct qs_graph_layer *layer = &graph->layer[index];
    const char *missing = NULL;
    const char *path = qs_model_path(graph->model);
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        if (!layer->linear[linear]) {
            return qs_fail(err, QS_BAD_INPUT, "%s: layer %" PRIu32 ": %s is missing", path, index,
                           qs_linear_name(linear));
        }
        if (needs_bias && linear <= QS_LINEAR_V && !layer->bias[linear].tensor) {
            return qs_fail(err, QS_BAD_INPUT, "%s: layer %" PRIu32 ": the bias of %s is missing", path, index,
                           qs_linear_name(linear));
        }
        layer->bias[linear].heads = layer->linear[linear]->heads;
    }
    missing = !layer->attn_norm.tensor ? "input_layernorm" : !layer->mlp_norm.tensor ? "post_attention_layernorm"
                                                                                     : NULL;
    if (!missing && head_norms && (!layer->q_norm.tensor || !layer->k_norm.tensor)) {
        missing = layer->q_norm.tensor ? "self_attn.k_norm" : "self_attn.q_norm";
    }
    return missing ? qs_fail(err, QS_BAD_INPUT, "%s: layer %" PRIu32 ": %s is missing", path, index, missing) : QS_OK;
}

// GGUF says by the head's absence that it is tied; a Hugging Face model says it in its configuration, which counts even
// where a head is stored.
static enum qs_status bind_head(struct qs_graph *graph, struct qs_error *err)
{
    const struct qs_tensor *head = NULL;
    bool gguf = qs_model_config(graph->model)->keys != NULL;
    for (size_t i = 0; i < qs_model_tensor_count(graph->model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(graph->model, i);
        head = tensor->layer < 0 && strcmp(tensor->part, "lm_head.weight") == 0 ? tensor : head;
    }
    graph->tied = gguf ? !head : graph->tied;
    if (graph->tied) {
        graph->head = graph->embedding;
        return QS_OK;
    }
    if (!head) {
        return qs_fail(err, QS_BAD_INPUT, "%s: lm_head.weight is missing, and tie_word_embeddings is not true",
                       qs_model_path(graph->model));
    }
    return view(head, graph->vocabulary, graph->hidden, 0, &graph->head, err);
}

enum qs_status qs_graph_bind(struct qs_graph *graph, bool needs_bias, bool head_norms, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < qs_model_tensor_count(graph->model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(graph->model, i);
        status = tensor->layer >= 0 ? bind_inside(graph, tensor, head_norms, err) : bind_outside(graph, tensor, err);
    }
    if (status == QS_OK && (!graph->embedding.tensor || !graph->norm.tensor)) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: model.%s.weight is missing", qs_model_path(graph->model),
                         graph->embedding.tensor ? "norm" : "embed_tokens");
    }
    for (uint32_t layer = 0; status == QS_OK && layer < graph->layers; layer++) {
        status = check_layer(graph, layer, needs_bias, head_norms, err);
    }
    return status == QS_OK ? bind_head(graph, err) : status;
}
