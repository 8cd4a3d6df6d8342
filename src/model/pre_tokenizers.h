// The pre-tokenizers that GGUF files name in tokenizer.ggml.pre. Internal to src/model.
#ifndef QS_MODEL_PRE_TOKENIZERS_H
#define QS_MODEL_PRE_TOKENIZERS_H

#include "model/text_split.h"

// GPT-2's pattern, which Hugging Face's ByteLevel pre-tokenizer uses too.
extern const char qs_pattern_gpt2[];

struct qs_pre_tokenizer {
    const char *names;    // separated by blanks
    const char *steps[7]; // patterns of matches to isolate, NULL behind the last
    unsigned threes;      // bit 1 << i: step i cuts its matches in threes
    bool ignore_merges;   // a piece that is a token as a whole is that token
    bool bos;             // begins with BOS unless tokenizer.ggml.add_bos_token says otherwise
};

// Adds a pre-tokenizer's steps. QS_BAD_INPUT as qs_split_add.
enum qs_status qs_pre_tokenizer_add(const struct qs_pre_tokenizer *pre, struct qs_split *split,
                                    struct qs_error *err) QS_MUST_USE;

// NULL where none has this name.
const struct qs_pre_tokenizer *qs_pre_tokenizer_find(const char *name, size_t length);

#endif
