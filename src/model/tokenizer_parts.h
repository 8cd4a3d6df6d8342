// What a tokenizer is made of, filled by the readers of tokenizer_json.c and tokenizer_gguf.c. Internal to src/model.
#ifndef QS_MODEL_TOKENIZER_PARTS_H
#define QS_MODEL_TOKENIZER_PARTS_H

#include "model/added_tokens.h"
#include "model/merges.h"
#include "model/text_split.h"
#include "model/tokenizer.h"

struct qs_map;

// Where a mark for a blank is put before a text.
enum qs_prefix {
    QS_PREFIX_NONE,
    QS_PREFIX_FIRST,  // before the whole text
    QS_PREFIX_ALWAYS, // before every stretch of text between added tokens
};

struct qs_tokenizer {
    char kind[48];
    struct qs_vocabulary vocabulary;
    struct qs_added_tokens added;
    uint32_t byte_ids[256];         // the token of each byte, QS_TOKEN_NONE where there is none
    uint32_t unknown;               // or QS_TOKEN_NONE
    bool fuse_unknown;              // neighbours become one
    bool has_bos;
    uint32_t bos;

    bool nfc;                       // texts are composed first
    bool mark_blanks;               // each blank becomes U+2581
    enum qs_prefix prefix;
    bool prefix_unless_marked;      // not where the text begins with one
    bool blank_prefix;              // the prefix is a blank, not U+2581
    bool split_marks;               // a piece begins at every U+2581
    struct qs_split split;

    bool byte_level;                // symbols are bytes, else characters
    bool ignore_merges;             // a piece that is a token as a whole is that token
    bool marks_begin_tokens;        // no token has U+2581 behind another character: text may be cut there
    struct qs_merges merges;
    uint32_t *ranks;                // [vocabulary.count] of tokens by their scores, or NULL: merges decide
};

// Each fills *out as far as it comes; the caller frees it. It is zeroed at first, but for byte_ids and unknown, which
// are QS_TOKEN_NONE.
enum qs_status qs_tokenizer_read_json(const char *path, struct qs_tokenizer *out, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_tokenizer_read_gguf(const struct qs_map *map, struct qs_tokenizer *out,
                                      struct qs_error *err) QS_MUST_USE;

// Fills byte_ids where they are QS_TOKEN_NONE: with the tokens of GPT-2's characters for bytes where byte_level, else
// with those spelled "<0x0A>".
void qs_tokenizer_find_bytes(struct qs_tokenizer *tokenizer);

// The character that stands for a byte in byte-level vocabularies, as UTF-8; returns its bytes, 1 or 2.
size_t qs_byte_character(uint8_t byte, char out[static 4]);

#define QS_BLANK_MARK "\xe2\x96\x81" // U+2581

#endif
