// The pre-tokenizers that GGUF files name in tokenizer.ggml.pre. Internal to src/model.
#ifndef QS_MODEL_PRE_TOKENIZERS_H
#define QS_MODEL_PRE_TOKENIZERS_H

#include "model/text_split.h"

// GPT-2's pattern, which Hugging Face's ByteLevel pre-tokenizer uses too.
extern const char qs_pattern_gpt2[];

struct qs_pre_tokenizer {
    const char *names;   // separated by blanks
    struct {
        const char *pattern; // NULL behind the last
        enum qs_split_kind kind;
    } steps[7];
    bool ignore_merges;  // a piece that is a token as a whole is that token
    bool bos;            // begins with BOS unless tokenizer.ggml.add_bos_token says otherwise
};

// NULL where none has this name.
const struct qs_pre_tokenizer *qs_pre_tokenizer_find(const char *name, size_t length);

#endif
