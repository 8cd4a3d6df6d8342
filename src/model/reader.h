// What the reader of one file format gives to model.c, which makes the same description of every format from it.
// Internal to src/model.
#ifndef QS_MODEL_READER_H
#define QS_MODEL_READER_H

#include "model/config.h"
#include "model/model.h"

#include "base/text.h"

// One open model in its own format's words. Owned by the caller, freed by qs_reading_free.
struct qs_reading {
    const char *format;           // "safetensors" or "gguf"
    char *name;                   // the model's own name, or NULL: model.c takes it from the path
    char *architecture;           // or NULL
    uint64_t layers;              // as the configuration says; 0 unknown
    uint64_t heads;               // attention heads; 0 unknown
    uint64_t kv_heads;            // key-value heads; 0 unknown
    bool permuted_qk;             // q and k rows are stored interleaved for the rotary embedding (GGUF of llama kind)
    uint64_t config_hash[2];      // XXH3-128 over the configuration in a canonical form: independent of white space,
                                  // key order, and of how the tensors are spread over files
    struct qs_config config;      // the configuration itself, for those that look up more of it
    struct qs_map **maps;         // [map_count], each allocated: tensors point to them
    size_t map_count;
    struct qs_tensor *tensors;    // [tensor_count]; layer and part are set by model.c; names owned in `names`
    size_t tensor_count;
    char **names;                 // [tensor_count]
    struct qs_text warnings;      // lines
};

// path: a directory with config.json and model.safetensors or its index, or one .safetensors file (config.json beside
// it is used where there is one).
enum qs_status qs_safetensors_read(const char *path, struct qs_reading *out, struct qs_error *err) QS_MUST_USE;

// path: a .gguf file, or the first of a split one.
enum qs_status qs_gguf_read(const char *path, struct qs_reading *out, struct qs_error *err) QS_MUST_USE;

// Both leave *out zeroed on failure. Every tensor they give lies inside its file, has ndim <= QS_TENSOR_DIMS_MAX, a
// number of values and bytes that agree with dims and dtype, and a name that no other tensor has.
void qs_reading_free(struct qs_reading *reading);

#endif
