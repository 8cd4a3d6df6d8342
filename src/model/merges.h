// Byte-pair encoding: which two neighbours are joined, in which order. Internal to src/model.
//
// A piece of text begins as symbols, one a character or byte. As long as some two neighbours can be joined, the best
// pair is: the one of the lowest rank, of several the leftmost. That is how Hugging Face's tokenizers and llama.cpp do
// it for BPE; SentencePiece's kind differs only in what ranks a pair, the score of the token that it makes.
// A heap over a linked list does it in O(n log n).
#ifndef QS_MODEL_MERGES_H
#define QS_MODEL_MERGES_H

#include "model/vocabulary.h"

// Pairs of tokens and what they become.
struct qs_merges {
    struct qs_merge {
        uint32_t left;  // QS_TOKEN_NONE: an empty place
        uint32_t right;
        uint32_t rank;  // lower goes first
        uint32_t id;    // of both together
    } *places;          // [mask + 1]
    uint32_t mask;
    uint32_t count;
    uint64_t seed;
};

// Room for count merges. QS_BAD_INPUT (without a path) beyond 2^22.
enum qs_status qs_merges_init(struct qs_merges *merges, uint64_t count, struct qs_error *err) QS_MUST_USE;
void qs_merges_free(struct qs_merges *merges); // zeroes it

// Of a pair that is there already, the first stays, or the last where `replace`.
void qs_merges_add(struct qs_merges *merges, const struct qs_merge *merge, bool replace);

// NULL where these two are not joined.
const struct qs_merge *qs_merges_find(const struct qs_merges *merges, uint32_t left, uint32_t right);

// What joins symbols: merges where they are given, else every token of the vocabulary, ranked by its score.
struct qs_merge_rules {
    const struct qs_merges *merges;           // or NULL
    const struct qs_vocabulary *vocabulary;
    const uint32_t *ranks;                    // [vocabulary->count], where merges is NULL
};

struct qs_symbol {
    uint32_t id;     // QS_TOKEN_NONE: no token has this text
    uint32_t at;     // in the piece
    uint32_t size;   // bytes; 0: gone into its left neighbour
    uint32_t before; // indices, QS_TOKEN_NONE at the ends
    uint32_t after;
};

// The symbols of one piece and the memory to join them in; used again from piece to piece. A zeroed one is ready.
struct qs_symbols {
    struct qs_symbol *items;
    size_t count;
    size_t capacity;
    struct qs_candidate *heap;
    size_t heap_count;
    size_t heap_capacity;
};

void qs_symbols_free(struct qs_symbols *symbols);

// Adds a symbol at the end; the first of a piece after count was set to 0. False where memory ran out.
bool qs_symbols_add(struct qs_symbols *symbols, uint32_t id, uint32_t at, uint32_t size);

// Joins what can be joined; those that are left have size > 0 and stand in order. text: the piece, for rules without
// merges. False where memory ran out.
bool qs_symbols_merge(struct qs_symbols *symbols, const struct qs_merge_rules *rules, const char *text);

#endif
