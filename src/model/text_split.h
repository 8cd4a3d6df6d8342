// Cutting text into the pieces within which bytes are joined to tokens: a tokenizer's pre-tokenizer. Internal to
// src/model.
//
// Steps follow each other: each cuts every piece that the one before left, as if the piece were a text of its own.
// Patterns are regular expressions as tokenizer.json and llama.cpp have them, matched by PCRE2 with Unicode's
// properties. What is no UTF-8 is cut out first and matches nothing.
#ifndef QS_MODEL_TEXT_SPLIT_H
#define QS_MODEL_TEXT_SPLIT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QS_SPLIT_STEPS_MAX = 8 };

enum qs_split_kind {
    QS_SPLIT_ISOLATED, // every match is a piece, and so is what lies between matches
    QS_SPLIT_MATCHES,  // what lies between matches is dropped
    QS_SPLIT_THREES,   // every match is cut into threes of characters, counted from its end
};

struct qs_split {
    struct qs_split_step {
        struct pcre2_real_code_8 *code;
        enum qs_split_kind kind;
    } steps[QS_SPLIT_STEPS_MAX];
    size_t count;
};

// QS_BAD_INPUT, without a path, where the pattern is none that is supported, or there are too many steps.
enum qs_status qs_split_add(struct qs_split *split, const char *pattern, enum qs_split_kind kind,
                            struct qs_error *err) QS_MUST_USE;
void qs_split_free(struct qs_split *split); // zeroes it

// A piece of a text, never empty.
struct qs_piece {
    uint32_t at;
    uint32_t size;
};

struct qs_pieces { // a zeroed one is ready; memory is used again
    struct qs_piece *items;
    size_t count;
    size_t capacity;
    struct qs_piece *other; // what a step reads while the next is written
    size_t other_capacity;
};

void qs_pieces_free(struct qs_pieces *pieces); // zeroes it

// size < 2^31. QS_BAD_INPUT where a pattern takes too long; thread-safe.
enum qs_status qs_split_run(const struct qs_split *split, const char *text, size_t size, struct qs_pieces *out,
                            struct qs_error *err) QS_MUST_USE;

#endif
