// Text to token ids: see tokenizer.h.
//
// A text is cut three times: at added tokens; between them, after normalization, by the pre-tokenizer's patterns into
// pieces; pieces into symbols, which are then joined (merges.h). What a call needs lies in a workspace of its own.
#include "model/tokenizer.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "model/nfc.h"
#include "model/tokenizer_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 1 << 30 };

struct workspace {
    struct qs_added_matches matches;
    struct qs_text composed;
    struct qs_text marked;
    struct qs_pieces pieces;
    struct qs_symbols symbols;
    struct qs_text spelled; // a piece in the characters of a byte-level vocabulary
};

static void workspace_free(struct workspace *work)
{
    qs_added_matches_free(&work->matches);
    qs_text_free(&work->composed);
    qs_text_free(&work->marked);
    qs_pieces_free(&work->pieces);
    qs_symbols_free(&work->symbols);
    qs_text_free(&work->spelled);
}

size_t qs_byte_character(uint8_t byte, char out[static 4])
{
    // GPT-2: what prints stands for itself, the other 68 follow from U+0100 on (bytes_to_unicode of its encoder.py).
    unsigned codepoint = byte;
    if (byte <= 0x20) {
        codepoint = 0x100U + byte;
    } else if (byte >= 0x7f && byte <= 0xa0) {
        codepoint = 0x121U + (byte - 0x7fU);
    } else if (byte == 0xad) {
        codepoint = 0x143;
    }
    return qs_codepoint_encode(codepoint, out);
}

void qs_tokenizer_find_bytes(struct qs_tokenizer *tokenizer)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        char text[8];
        size_t size = 0;
        if (tokenizer->byte_level) {
            size = qs_byte_character((uint8_t)byte, text);
        } else {
            size = (size_t)snprintf(text, sizeof text, "<0x%02X>", byte);
        }
        if (tokenizer->byte_ids[byte] == QS_TOKEN_NONE) {
            tokenizer->byte_ids[byte] = qs_vocabulary_find(&tokenizer->vocabulary, text, size);
        }
    }
}

static bool append(struct qs_token_ids *ids, uint32_t id)
{
    if (!qs_array_reserve(&ids->items, &ids->capacity, ids->count + 1, sizeof *ids->items)) {
        return false;
    }
    ids->items[ids->count++] = id;
    return true;
}

static enum qs_status fail_memory(struct qs_error *err, size_t size)
{
    return qs_fail_memory(err, "the tokens of a text", size);
}

static bool add_bytes(const struct qs_tokenizer *tokenizer, struct qs_symbols *symbols, const char *piece, size_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (!qs_symbols_add(symbols, tokenizer->byte_ids[(unsigned char)piece[i]], i, 1)) {
            return false;
        }
    }
    return true;
}

// A character is a symbol. One that is no token gives way to its bytes, where merges decide, since these may be merged;
// where scores do, it stays, for a token may begin with it.
static bool add_characters(const struct qs_tokenizer *tokenizer, struct qs_symbols *symbols, const char *piece,
                           size_t size)
{
    for (uint32_t at = 0; at < size;) {
        unsigned codepoint;
        size_t length = qs_codepoint_decode(piece + at, size - at, &codepoint);
        length = length ? length : 1;
        uint32_t id = qs_vocabulary_find(&tokenizer->vocabulary, piece + at, length);
        bool bytes = id == QS_TOKEN_NONE && !tokenizer->ranks;
        for (uint32_t i = 0; i < length && bytes; i++) {
            bytes = tokenizer->byte_ids[(unsigned char)piece[at + i]] != QS_TOKEN_NONE;
        }
        for (uint32_t i = 0; i < length && bytes; i++) {
            if (!qs_symbols_add(symbols, tokenizer->byte_ids[(unsigned char)piece[at + i]], at + i, 1)) {
                return false;
            }
        }
        if (!bytes && !qs_symbols_add(symbols, id, at, (uint32_t)length)) {
            return false;
        }
        at += (uint32_t)length;
    }
    return true;
}

// The ids of a symbol that is no token: of its bytes, else the unknown token.
static enum qs_status append_unknown(const struct qs_tokenizer *tokenizer, const char *text, size_t size,
                                     bool *after_unknown, struct qs_token_ids *ids, struct qs_error *err)
{
    bool bytes = true;
    for (size_t i = 0; i < size; i++) {
        bytes &= tokenizer->byte_ids[(unsigned char)text[i]] != QS_TOKEN_NONE;
    }
    for (size_t i = 0; i < size && bytes; i++) {
        if (!append(ids, tokenizer->byte_ids[(unsigned char)text[i]])) {
            return fail_memory(err, size);
        }
    }
    if (bytes) {
        *after_unknown = false;
        return QS_OK;
    }
    if (tokenizer->unknown == QS_TOKEN_NONE) {
        return qs_fail(err, QS_BAD_INPUT, "the vocabulary has no token for the byte 0x%02X, and none for what is "
                       "unknown", (unsigned char)text[0]);
    }
    bool fused = *after_unknown && tokenizer->fuse_unknown;
    *after_unknown = true;
    return fused || append(ids, tokenizer->unknown) ? QS_OK : fail_memory(err, size);
}

// A piece that is a token as it stands.
static uint32_t whole_piece(const struct qs_tokenizer *tokenizer, struct workspace *work, const char *piece,
                            size_t size)
{
    const struct qs_vocabulary *vocabulary = &tokenizer->vocabulary;
    if (!tokenizer->byte_level || size > vocabulary->longest) {
        return qs_vocabulary_find(vocabulary, piece, size);
    }
    qs_text_clear(&work->spelled);
    for (size_t i = 0; i < size; i++) {
        char character[4];
        size_t length = qs_byte_character((uint8_t)piece[i], character);
        qs_text_add_bytes(&work->spelled, character, length);
    }
    return work->spelled.failed ? QS_TOKEN_NONE
                                : qs_vocabulary_find(vocabulary, work->spelled.chars, work->spelled.length);
}

static enum qs_status encode_piece(const struct qs_tokenizer *tokenizer, struct workspace *work, const char *piece,
                                   size_t size, struct qs_token_ids *ids, struct qs_error *err)
{
    struct qs_symbols *symbols = &work->symbols;
    uint32_t whole = tokenizer->ignore_merges ? whole_piece(tokenizer, work, piece, size) : QS_TOKEN_NONE;
    if (whole != QS_TOKEN_NONE) {
        return append(ids, whole) ? QS_OK : fail_memory(err, size);
    }
    struct qs_merge_rules rules = {
        .merges = tokenizer->ranks ? NULL : &tokenizer->merges,
        .vocabulary = &tokenizer->vocabulary,
        .ranks = tokenizer->ranks,
    };
    symbols->count = 0;
    bool fine = tokenizer->byte_level ? add_bytes(tokenizer, symbols, piece, size)
                                      : add_characters(tokenizer, symbols, piece, size);
    if (!fine || !qs_symbols_merge(symbols, &rules, piece)) {
        return fail_memory(err, size);
    }
    enum qs_status status = QS_OK;
    bool after_unknown = false;
    for (size_t i = 0; i < symbols->count && status == QS_OK; i++) {
        const struct qs_symbol *symbol = &symbols->items[i];
        if (symbol->size == 0) {
            continue;
        }
        if (symbol->id == QS_TOKEN_NONE) {
            status = append_unknown(tokenizer, piece + symbol->at, symbol->size, &after_unknown, ids, err);
        } else {
            after_unknown = false;
            status = append(ids, symbol->id) ? QS_OK : fail_memory(err, size);
        }
    }
    return status;
}

static bool is_mark(const char *text, size_t size)
{
    return size >= 3 && memcmp(text, QS_BLANK_MARK, 3) == 0;
}

// The end of the piece that begins at `at`: where a mark stands behind something that is none, or behind anything.
static size_t mark_end(const char *text, size_t size, size_t at, bool every)
{
    const char *next = text + at;
    for (size_t end = at + 1;; end = (size_t)(next - text) + 1) {
        next = end < size ? memchr(text + end, QS_BLANK_MARK[0], size - end) : NULL;
        if (!next) {
            return size;
        }
        size_t place = (size_t)(next - text);
        if (is_mark(next, size - place)) {
            bool behind_mark = place >= at + 3 && is_mark(next - 3, 3);
            if (every || !behind_mark) {
                return place;
            }
        }
    }
}

// Cuts what no pattern cuts: at marks, where the vocabulary or the tokenizer wants it, else not at all.
static enum qs_status encode_marked(const struct qs_tokenizer *tokenizer, struct workspace *work, const char *text,
                                    size_t size, struct qs_token_ids *ids, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    bool cut = tokenizer->split_marks || tokenizer->marks_begin_tokens;
    for (size_t at = 0; at < size && status == QS_OK;) {
        size_t end = cut ? mark_end(text, size, at, tokenizer->split_marks) : size;
        status = encode_piece(tokenizer, work, text + at, end - at, ids, err);
        at = end;
    }
    return status;
}

// What the normalizer makes of a stretch of text; borrowed from the workspace or the text itself.
static bool normalize(const struct qs_tokenizer *tokenizer, struct workspace *work, bool is_first, const char **text,
                      size_t *size)
{
    if (tokenizer->nfc && !qs_nfc_is_plain(*text, *size)) {
        qs_text_clear(&work->composed);
        qs_nfc_compose(*text, *size, &work->composed);
        *text = qs_text_chars(&work->composed);
        *size = work->composed.length;
    }
    bool prefix = tokenizer->prefix == QS_PREFIX_ALWAYS || (tokenizer->prefix == QS_PREFIX_FIRST && is_first);
    if (prefix && tokenizer->prefix_unless_marked && *size) {
        prefix = **text != ' ' && (tokenizer->blank_prefix || !is_mark(*text, *size));
    }
    if (!prefix && !tokenizer->mark_blanks) {
        return !work->composed.failed;
    }
    struct qs_text *marked = &work->marked;
    qs_text_clear(marked);
    if (prefix) {
        qs_text_add(marked, tokenizer->blank_prefix ? " " : QS_BLANK_MARK);
    }
    for (const char *p = *text, *end = p + *size; p < end;) {
        const char *blank = tokenizer->mark_blanks ? memchr(p, ' ', (size_t)(end - p)) : NULL;
        const char *stop = blank ? blank : end;
        qs_text_add_bytes(marked, p, (size_t)(stop - p));
        if (blank) {
            qs_text_add(marked, QS_BLANK_MARK);
        }
        p = blank ? blank + 1 : end;
    }
    *text = qs_text_chars(marked);
    *size = marked->length;
    return !work->composed.failed && !marked->failed;
}

// The text between two added tokens.
static enum qs_status encode_stretch(const struct qs_tokenizer *tokenizer, struct workspace *work, bool is_first,
                                     const char *text, size_t size, struct qs_token_ids *ids, struct qs_error *err)
{
    if (size == 0) {
        return QS_OK;
    }
    if (!normalize(tokenizer, work, is_first, &text, &size)) {
        return fail_memory(err, size);
    }
    if (tokenizer->split.count == 0) {
        return encode_marked(tokenizer, work, text, size, ids, err);
    }
    enum qs_status status = qs_split_run(&tokenizer->split, text, size, &work->pieces, err);
    for (size_t i = 0; i < work->pieces.count && status == QS_OK; i++) {
        const struct qs_piece *piece = &work->pieces.items[i];
        status = encode_piece(tokenizer, work, text + piece->at, piece->size, ids, err);
    }
    return status;
}

static enum qs_status encode(const struct qs_tokenizer *tokenizer, struct workspace *work, const char *text,
                             size_t size, bool controls, struct qs_token_ids *ids, struct qs_error *err)
{
    if (!qs_added_tokens_find(&tokenizer->added, &tokenizer->vocabulary, text, size, controls, &work->matches)) {
        return fail_memory(err, size);
    }
    size_t at = 0;
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < work->matches.count && status == QS_OK; i++) {
        const struct qs_added_match *match = &work->matches.items[i];
        status = encode_stretch(tokenizer, work, at == 0, text + at, match->at - at, ids, err);
        if (status == QS_OK && !append(ids, match->id)) {
            status = fail_memory(err, size);
        }
        at = match->at + match->size;
    }
    return status == QS_OK ? encode_stretch(tokenizer, work, at == 0, text + at, size - at, ids, err) : status;
}

enum qs_status qs_tokenizer_encode(const struct qs_tokenizer *tokenizer, const char *text, size_t size, unsigned flags,
                                   struct qs_token_ids *ids, struct qs_error *err)
{
    struct workspace work = {0};
    size_t count = ids->count;
    enum qs_status status = QS_OK;
    if (size == 0) {
        return QS_OK;
    }
    if (size >= TEXT_BYTES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a text of %zu bytes is too long to be tokenized at once; at most %d are "
                       "possible", size, TEXT_BYTES_MAX - 1);
    }
    if (flags & QS_ENCODE_BOS && tokenizer->has_bos && !append(ids, tokenizer->bos)) {
        status = fail_memory(err, size);
    }
    if (status == QS_OK) {
        status = encode(tokenizer, &work, text, size, flags & QS_ENCODE_PARSE_SPECIAL, ids, err);
    }
    if (status != QS_OK) {
        ids->count = count;
    }
    workspace_free(&work);
    return status;
}

void qs_token_ids_free(struct qs_token_ids *ids)
{
    free(ids->items);
    *ids = (struct qs_token_ids){0};
}

const char *qs_tokenizer_kind(const struct qs_tokenizer *tokenizer)
{
    return tokenizer->kind;
}

uint32_t qs_tokenizer_size(const struct qs_tokenizer *tokenizer)
{
    return tokenizer->vocabulary.count;
}

bool qs_tokenizer_bos(const struct qs_tokenizer *tokenizer, uint32_t *out_id)
{
    *out_id = tokenizer->bos;
    return tokenizer->has_bos;
}

const char *qs_tokenizer_text(const struct qs_tokenizer *tokenizer, uint32_t id, size_t *out_size)
{
    *out_size = 0;
    return id < tokenizer->vocabulary.count ? qs_vocabulary_text(&tokenizer->vocabulary, id, out_size) : "";
}
