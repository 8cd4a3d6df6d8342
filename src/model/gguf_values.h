// The values of a GGUF file's keys that are strings, arrays and flags. Internal to src/model.
#ifndef QS_MODEL_GGUF_VALUES_H
#define QS_MODEL_GGUF_VALUES_H

#include "model/gguf_file.h"

// QS_BAD_INPUT, "FILE: byte AT: key KEY: TEXT", also for a key that is not there.
enum qs_status qs_gguf_bad_key(const struct qs_gguf_file *file, const char *key, const char *text,
                               struct qs_error *err);

// An array's items, which are `type` (QS_GGUF_STRING, I32 or F32); NULL and 0 where there is no such key. QS_BAD_INPUT
// where the key is no such array. Borrowed from the map.
enum qs_status qs_gguf_array_at(const struct qs_gguf_file *file, const char *key, uint32_t type,
                                const uint8_t **out_items, uint64_t *out_count, struct qs_error *err) QS_MUST_USE;

// The string at the cursor, which moves behind it: items of an array of strings, one after the other.
const char *qs_gguf_next_string(const uint8_t **cursor, size_t *out_size);

// A string's bytes; *out_size is 0 where there is no such key. QS_BAD_INPUT where it is no string.
enum qs_status qs_gguf_string_at(const struct qs_gguf_file *file, const char *key, const char **out, size_t *out_size,
                                 struct qs_error *err) QS_MUST_USE;

// *flag unchanged where there is no such key. QS_BAD_INPUT where it is neither true nor false.
enum qs_status qs_gguf_flag_at(const struct qs_gguf_file *file, const char *key, bool *flag,
                               struct qs_error *err) QS_MUST_USE;

#endif
