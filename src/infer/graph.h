// What a model of the Llama family computes, as numbers and as tensors that were checked to fit them.
//
//     h = embedding of the tokens; for each layer:
//       h += o(attention(q(n), k(n), v(n))),  n = norm(h)
//       h += down(silu(gate(m)) * up(m)),     m = norm(h)
//     logits = head(norm(h))
//
// Architectures: Llama and Mistral, Qwen2 (biases of q, k and v), Qwen3 (a norm of every head of q and k), from
// Hugging Face directories or GGUF files. Sources: their modelling files in Hugging Face transformers, and llama.cpp's
// src/llama-model.cpp for GGUF's keys.
#ifndef QS_INFER_GRAPH_H
#define QS_INFER_GRAPH_H

#include "infer/rope.h"
#include "model/model.h"

enum qs_linear { QS_LINEAR_Q, QS_LINEAR_K, QS_LINEAR_V, QS_LINEAR_O, QS_LINEAR_GATE, QS_LINEAR_UP, QS_LINEAR_DOWN,
                 QS_LINEAR_COUNT };

// The vectors of a layer are weights of one column; tensor NULL: there is none.
struct qs_graph_layer {
    const struct qs_weight *linear[QS_LINEAR_COUNT]; // borrowed from the model
    struct qs_weight bias[QS_LINEAR_COUNT];          // (rows of the linear, 1)
    struct qs_weight attn_norm;                      // (hidden, 1)
    struct qs_weight mlp_norm;                       // (hidden, 1)
    struct qs_weight q_norm;                         // (head_dim, 1), of every head
    struct qs_weight k_norm;
    uint64_t window; // a token sees itself and the window - 1 before it; 0: all before it
};

struct qs_graph {
    const struct qs_model *model; // borrowed
    uint32_t layers;
    size_t hidden;
    size_t heads;
    size_t kv_heads;     // divides heads
    size_t head_dim;     // even
    size_t inner;        // the width between gate/up and down
    size_t vocabulary;
    uint64_t context;    // positions the model was made for; 0: not said. Longer sequences can be run all the same
    double eps;          // of the norms
    bool tied;           // the head is the embedding
    struct qs_rope rope;
    double *frequencies; // f64[head_dim/2], radians per position, scaled
    struct qs_weight embedding; // (vocabulary, hidden)
    struct qs_weight head;      // (vocabulary, hidden)
    struct qs_weight norm;      // (hidden, 1)
    struct qs_graph_layer *layer; // [layers]
};

// QS_BAD_INPUT where the model cannot be run: an architecture that is none of the above (the text names it), numbers
// that are missing, out of range or contradict each other (file and key), tensors that are missing, of another shape or
// of a type that is not read, or more than the architecture computes with (the tensor). model outlives the graph.
enum qs_status qs_graph_new(const struct qs_model *model, struct qs_graph **out, struct qs_error *err) QS_MUST_USE;
void qs_graph_free(struct qs_graph *graph); // NULL is fine

// "self_attn.q_proj": the kind's name in the model's description.
const char *qs_linear_name(enum qs_linear linear);

// Out and in features of a linear.
size_t qs_linear_rows(const struct qs_graph *graph, enum qs_linear linear);
size_t qs_linear_cols(const struct qs_graph *graph, enum qs_linear linear);

// Second half of qs_graph_new: finds and checks the tensors; graph->layer is there, and all numbers but vocabulary
// where the configuration does not say it. needs_bias, head_norms: as the architecture has it.
enum qs_status qs_graph_bind(struct qs_graph *graph, bool needs_bias, bool head_norms,
                             struct qs_error *err) QS_MUST_USE;

#endif
