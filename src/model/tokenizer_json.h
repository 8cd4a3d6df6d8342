// What the two halves of the reader of tokenizer.json share: tokenizer_json.c reads the vocabulary, tokenizer_rules.c
// what happens to a text before and after it. Internal to src/model.
#ifndef QS_MODEL_TOKENIZER_JSON_H
#define QS_MODEL_TOKENIZER_JSON_H

#include "base/json_file.h"
#include "model/tokenizer_parts.h"

struct qs_tokenizer_reading {
    const char *path;
    json_t *root;
    struct qs_tokenizer *out;
    struct qs_error *err;
};

// QS_BAD_INPUT, "FILE: WHERE: TEXT".
enum qs_status qs_tokenizer_bad(const struct qs_tokenizer_reading *reading, const char *where, const char *format,
                                ...) QS_PRINTF(3, 4);

// The same for what failed without saying where; status itself where it is QS_OK.
enum qs_status qs_tokenizer_told(const struct qs_tokenizer_reading *reading, const char *where, enum qs_status status,
                                 const struct qs_error *why) QS_MUST_USE;

// The member's value, or `fallback` where it is not there or null; QS_BAD_INPUT where it is neither true nor false.
enum qs_status qs_tokenizer_flag(const struct qs_tokenizer_reading *reading, const char *where, json_t *object,
                                 const char *name, bool fallback, bool *out) QS_MUST_USE;

// "normalizer" and "pre_tokenizer"; sets byte_level among others.
enum qs_status qs_tokenizer_read_rules(const struct qs_tokenizer_reading *reading) QS_MUST_USE;

// "post_processor": whether texts begin with BOS. The vocabulary is there.
enum qs_status qs_tokenizer_read_template(const struct qs_tokenizer_reading *reading) QS_MUST_USE;

#endif
