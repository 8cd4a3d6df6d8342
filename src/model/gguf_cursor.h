// A place in a mapped GGUF file, from which values are taken after a look at what is left. Internal to src/model.
#ifndef QS_MODEL_GGUF_CURSOR_H
#define QS_MODEL_GGUF_CURSOR_H

#include "base/file.h"

#include <stddef.h>

enum { QS_GGUF_SHOWN_MAX = 80 }; // bytes of a name from the file that a message shows

struct qs_gguf_cursor {
    const struct qs_map *map;
    uint64_t at;
    const char *subject;    // for messages: "key" or "tensor" while one is being read, else NULL; and its name
    const char *name;
    size_t name_length;
    struct qs_error *err;
};

// QS_BAD_INPUT, "FILE: byte AT: TEXT", or "FILE: byte AT: SUBJECT NAME: TEXT".
enum qs_status qs_gguf_bad(const struct qs_gguf_cursor *cursor, uint64_t at, const char *format, ...) QS_PRINTF(3, 4);

uint64_t qs_gguf_left(const struct qs_gguf_cursor *cursor); // bytes to the end of the file

// Each moves on by what it takes; QS_BAD_INPUT where the file ends before. what: "a string", for the message.
enum qs_status qs_gguf_take(struct qs_gguf_cursor *cursor, uint64_t bytes, const char *what,
                            const uint8_t **out) QS_MUST_USE;
enum qs_status qs_gguf_take_u32(struct qs_gguf_cursor *cursor, const char *what, uint32_t *out) QS_MUST_USE;
enum qs_status qs_gguf_take_u64(struct qs_gguf_cursor *cursor, const char *what, uint64_t *out) QS_MUST_USE;

// Borrowed from the map, no NUL behind it.
enum qs_status qs_gguf_take_string(struct qs_gguf_cursor *cursor, const char *what, const char **out,
                                   uint64_t *out_length) QS_MUST_USE;

// A string of 1 to max bytes, none of them NUL.
enum qs_status qs_gguf_take_name(struct qs_gguf_cursor *cursor, const char *what, uint64_t max, const char **out,
                                 size_t *out_length) QS_MUST_USE;

#endif
