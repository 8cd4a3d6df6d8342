// The configuration of a Hugging Face model, config.json, as far as weights need it. Internal to src/model.
#ifndef QS_MODEL_HF_CONFIG_H
#define QS_MODEL_HF_CONFIG_H

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

struct qs_hf_config {
    char *architecture; // architectures[0], else model_type; NULL where neither is there
    uint64_t layers;    // of the decoder; 0: not said, or said per layer
    uint64_t heads;     // the same
    uint64_t kv_heads;  // the same
    uint64_t hash[2];   // XXH3-128 (low, high) over the file's meaning, without what does not belong to the model
    json_t *root;       // the file itself, without that
};

// A multimodal model's numbers are those of its language part (text_config and its kin). QS_BAD_INPUT names the field:
// a count that is no whole number, zero, negative or beyond any model, or counts that contradict each other.
enum qs_status qs_hf_config_read(const char *path, struct qs_hf_config *out, struct qs_error *err) QS_MUST_USE;
void qs_hf_config_free(struct qs_hf_config *config);

// What stands at a path of names with dots between them, in the language part, else in the whole. NULL where nothing
// does, or null. Borrowed.
const json_t *qs_hf_config_at(const json_t *root, const char *path);

#endif
