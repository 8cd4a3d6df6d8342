// A growing string. A zeroed struct is an empty text.
#ifndef QS_BASE_TEXT_H
#define QS_BASE_TEXT_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

struct qs_text {
    char *chars;      // NUL-terminated, or NULL while nothing was added
    size_t length;    // without the NUL
    size_t capacity;
    bool failed;      // memory ran out once: the text is incomplete; checked once, at the end
};

void qs_text_add(struct qs_text *text, const char *string);
void qs_text_add_bytes(struct qs_text *text, const char *bytes, size_t count);
void qs_text_addf(struct qs_text *text, const char *format, ...) QS_PRINTF(2, 3);

// The string, never NULL; borrowed until the next change.
const char *qs_text_chars(const struct qs_text *text);

void qs_text_clear(struct qs_text *text); // keeps the memory
void qs_text_free(struct qs_text *text);  // zeroes the struct

// Hands the string to the caller, who frees it, and zeroes the struct; NULL where memory ran out.
char *qs_text_take(struct qs_text *text) QS_MUST_USE;

// The number of terminal columns of a UTF-8 string; control and invalid bytes count as one each.
size_t qs_text_columns(const char *utf8);

// Decodes one code point at *cursor and moves on; U+FFFD for an invalid byte; 0 at the end.
unsigned qs_text_next(const char **cursor);

// The bytes, 1 to 4, of the code point that begins at text, which has size bytes, NULs among them; *out is it. 0 where
// size is 0 or no valid UTF-8 begins there; *out is then unchanged.
size_t qs_codepoint_decode(const char *text, size_t size, unsigned *out);

// The first byte of a text of size bytes that is no UTF-8, size where there is none.
size_t qs_text_invalid(const char *text, size_t size);

// Whether a terminal would act on it instead of showing it: C0 and C1 controls, line separators, and what turns the
// direction of text around. A name from a file must not reach a terminal with one of these.
bool qs_codepoint_is_control(unsigned codepoint);

// The columns one code point takes: 0 (combining), 1 or 2; 1 for a control, which is shown as '?'.
int qs_codepoint_columns(unsigned codepoint);

// Writes a code point as UTF-8 without a NUL; returns the bytes written, 1 to 4.
size_t qs_codepoint_encode(unsigned codepoint, char out[static 4]);

#endif
