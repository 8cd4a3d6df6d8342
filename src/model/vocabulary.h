// The tokens of a tokenizer: their texts by id, and ids by text. Internal to src/model.
//
// Texts come from hostile files: they are hashed with a seed that each vocabulary draws for itself, so that no file can
// make all of them collide.
#ifndef QS_MODEL_VOCABULARY_H
#define QS_MODEL_VOCABULARY_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QS_VOCABULARY_MAX = 1 << 22,   // tokens; the largest in use have about 2^18
    QS_TOKEN_BYTES_MAX = 1 << 12,  // of a token that takes part in merges, so that a merge has a bounded price
};

#define QS_TOKEN_NONE UINT32_MAX

struct qs_vocabulary {
    char *bytes;       // all texts, one behind the other
    size_t size;
    size_t capacity;
    struct qs_token_text {
        size_t at;     // in bytes
        uint32_t size; // 0: an id that has no token
    } *texts;          // [count]
    uint32_t count;
    uint32_t *slots;   // [slot_mask + 1], id + 1, 0 where empty
    uint32_t slot_mask;
    uint32_t longest;  // bytes of the longest text that can be found
    uint64_t seed;
};

// count ids without texts. QS_BAD_INPUT (without a path) beyond QS_VOCABULARY_MAX.
enum qs_status qs_vocabulary_init(struct qs_vocabulary *vocabulary, uint64_t count, struct qs_error *err) QS_MUST_USE;
void qs_vocabulary_free(struct qs_vocabulary *vocabulary); // zeroes it

// Gives an id, below count, its text; false where memory ran out.
bool qs_vocabulary_set(struct qs_vocabulary *vocabulary, uint32_t id, const char *text, size_t size);

// Lets a token be found by its text, in place of an earlier one of the same text. Ones longer than QS_TOKEN_BYTES_MAX
// are left out.
void qs_vocabulary_list(struct qs_vocabulary *vocabulary, uint32_t id);

// The id of a text that was listed, else QS_TOKEN_NONE. Costs no more than size, and nothing beyond `longest`.
uint32_t qs_vocabulary_find(const struct qs_vocabulary *vocabulary, const char *text, size_t size);

// A token's text; not NUL-terminated, borrowed until the next set.
const char *qs_vocabulary_text(const struct qs_vocabulary *vocabulary, uint32_t id, size_t *out_size);

// A number that a file cannot know.
uint64_t qs_hash_seed(void);

#endif
