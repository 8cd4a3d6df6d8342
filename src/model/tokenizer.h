// Text to token ids, as the model's own tokenizer does it.
//
//     qs_tokenizer_open(path, &tokenizer, err)              a model's: tokenizer.json or the vocabulary in a .gguf file
//     qs_tokenizer_encode(tokenizer, text, size, flags, &ids, err)
//     qs_tokenizer_close(tokenizer)
//
// Kinds: byte-pair encoding over bytes (GPT-2, Llama 3, Qwen and their kin) or over characters with bytes for what no
// token has (Llama 2, Mistral), from tokenizer.json; GGUF's models `gpt2` and `llama`. Any other is refused by name.
// After open everything is read-only and thread-safe.
// Same ids as Hugging Face's tokenizers (0.23) for tokenizer.json, as llama.cpp for GGUF, except that control tokens
// spelled out in a text are text unless asked for.
#ifndef QS_MODEL_TOKENIZER_H
#define QS_MODEL_TOKENIZER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qs_tokenizer;

// path: a model, as for qs_model_open, or a tokenizer.json. QS_BAD_INPUT where there is no tokenizer, or one that is
// bad or not supported; the text names file and field.
enum qs_status qs_tokenizer_open(const char *path, struct qs_tokenizer **out, struct qs_error *err) QS_MUST_USE;
void qs_tokenizer_close(struct qs_tokenizer *tokenizer); // NULL is fine

enum qs_encode_flags {
    QS_ENCODE_BOS = 1,            // begin with BOS where this tokenizer does
    QS_ENCODE_PARSE_SPECIAL = 2,  // control tokens spelled out in the text are these tokens
};

// A zeroed one is empty.
struct qs_token_ids {
    uint32_t *items;
    size_t count;
    size_t capacity;
};

void qs_token_ids_free(struct qs_token_ids *ids); // zeroes it

// Appends the ids of size bytes of text, NULs among them; of an empty text none, not even BOS. An end token is never
// added. What is no UTF-8 becomes tokens of single bytes. On failure ids->count is as it was: QS_BAD_INPUT for a text
// of 2^30 bytes and more, for bytes that the vocabulary has no token for, and where a pattern takes too long.
enum qs_status qs_tokenizer_encode(const struct qs_tokenizer *tokenizer, const char *text, size_t size, unsigned flags,
                                   struct qs_token_ids *ids, struct qs_error *err) QS_MUST_USE;

// "tokenizer.json: byte-level BPE" or "gguf: llama"; borrowed.
const char *qs_tokenizer_kind(const struct qs_tokenizer *tokenizer);

uint32_t qs_tokenizer_size(const struct qs_tokenizer *tokenizer); // ids are below it

// Whether texts begin with BOS, and its id.
bool qs_tokenizer_bos(const struct qs_tokenizer *tokenizer, uint32_t *out_id);

// A token as the vocabulary spells it, "\u2581the" or "\u0120the"; not NUL-terminated, borrowed. Size 0 for an id that
// is none.
const char *qs_tokenizer_text(const struct qs_tokenizer *tokenizer, uint32_t id, size_t *out_size);

#endif
