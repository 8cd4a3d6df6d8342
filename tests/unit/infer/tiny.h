// Tiny random models of the Llama family, and what they compute by a plain reference in double.
#ifndef QS_TESTS_TINY_H
#define QS_TESTS_TINY_H

#include "infer/forward.h"

#include <stdbool.h>

// Every number of a model follows from the name of its tensor, so that nothing needs to be kept.
struct tiny {
    const char *architecture; // "LlamaForCausalLM"; of a GGUF file, "llama"
    unsigned layers;
    size_t hidden;
    size_t heads;
    size_t kv_heads;
    size_t head_dim;
    size_t inner;
    size_t vocabulary;
    bool qkv_bias;
    bool all_bias;            // o, gate, up and down as well
    bool head_norms;
    bool tied;
    size_t window[4];         // of each layer, for the reference; the configuration says it in `extra`
    double factor;            // what the reference divides all frequencies by; 0: 1
    bool factor_tensor;       // GGUF: factor stands in rope_freqs.weight, not among the keys
    const char *extra;        // more members of config.json, each behind a comma; or NULL
    const char *spoiled;      // a tensor whose last value is spoil; or NULL
    float spoil;
};

extern const struct tiny tiny_llama; // grouped heads, a width that is not heads * head_dim, untied

// Writes config.json and model.safetensors into a folder that it makes; returns its path.
const char *tiny_write(const struct tiny *tiny, const char *name);

// The same as a GGUF file. permuted: q and k rows and biases are interleaved as llama.cpp's converter does for Llama.
const char *tiny_write_gguf(const struct tiny *tiny, const char *name, bool permuted);

// The logits of every token of one sequence: f64[n][vocabulary].
void tiny_logits(const struct tiny *tiny, const uint32_t *ids, size_t n, double *out);

// n ids of the vocabulary.
void tiny_ids(const struct tiny *tiny, size_t n, uint32_t *out);

// A model ready to run.
struct rig {
    struct qs_pool *pool;
    struct qs_model *model;
    struct qs_graph *graph;
    struct qs_forward *forward;
};

enum qs_status rig_try(const char *path, unsigned threads, struct rig *out, struct qs_error *err);
struct rig rig_open(const char *path, unsigned threads); // stops where it fails
void rig_close(struct rig *rig);

// Runs sequences of the lengths and gives the logits of every token, f32[tokens][vocabulary], freed by the caller.
float *rig_logits(const struct rig *rig, const uint32_t *ids, const size_t *lengths, size_t sequences,
                  const struct qs_forward_hooks *hooks);

#endif
