// Tokens that are looked for in a text before anything else: added, user-defined and control tokens. Internal to
// src/model.
#ifndef QS_MODEL_ADDED_TOKENS_H
#define QS_MODEL_ADDED_TOKENS_H

#include "model/vocabulary.h"

struct qs_added_token {
    uint32_t id;
    bool control; // matches only where control tokens are wanted
    bool strip_left;  // takes the white space (ASCII's) before it along
    bool strip_right; // and behind it
};

// Which of several overlapping ones counts.
enum qs_added_order {
    QS_ADDED_LEFTMOST, // the leftmost, of those the longest: Hugging Face's tokenizers
    QS_ADDED_LONGEST,  // the longest, of those the leftmost: llama.cpp, which goes by length
};

struct qs_added_tokens {
    struct qs_added_token *items; // [count], sorted by text
    size_t count;
    size_t capacity;
    uint8_t first[256];           // whether one begins with this byte
    enum qs_added_order order;
};

// One that was found.
struct qs_added_match {
    size_t at;
    size_t size;
    uint32_t id;
};

struct qs_added_matches {
    struct qs_added_match *items; // in the text's order, not overlapping
    size_t count;
    size_t capacity;
};

enum { QS_ADDED_BYTES_MAX = 1024 }; // so that finding them has a bounded price

// The token's text is set. QS_BAD_INPUT, without a path, where it is longer than the limit.
enum qs_status qs_added_tokens_add(struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary,
                                   const struct qs_added_token *token, struct qs_error *err) QS_MUST_USE;

// To be called when all were added. Of two with the same text the last stays.
void qs_added_tokens_sort(struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary);
void qs_added_tokens_free(struct qs_added_tokens *added); // zeroes it

// All tokens in a text; false where memory ran out. In a text of n bytes, with m places where a token begins: O(n +
// m log m + m times the longest token).
bool qs_added_tokens_find(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                          size_t size, bool controls, struct qs_added_matches *out);
void qs_added_matches_free(struct qs_added_matches *matches); // zeroes it

#endif
