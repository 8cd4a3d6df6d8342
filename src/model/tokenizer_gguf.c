// The tokenizer in a GGUF file's keys, tokenizer.ggml.*: see tokenizer_parts.h.
//
// Names and defaults are those of llama.cpp (llama-vocab.cpp) and of ggml's docs/gguf.md. The container was checked by
// qs_gguf_parse: strings of an array lie inside the file.
#include "model/tokenizer_parts.h"

#include "base/array.h"
#include "model/gguf_values.h"
#include "model/pre_tokenizers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum token_type { TYPE_NORMAL = 1, TYPE_UNKNOWN, TYPE_CONTROL, TYPE_USER_DEFINED, TYPE_UNUSED, TYPE_BYTE };

// What is being read.
struct reading {
    struct qs_gguf_file file;
    struct qs_tokenizer *out;
    struct qs_error *err;
    uint32_t *types; // [vocabulary.count]
};

static enum qs_status bad(const struct reading *reading, const char *key, const char *text)
{
    return qs_gguf_bad_key(&reading->file, key, text, reading->err);
}

static enum qs_status read_texts(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    const uint8_t *cursor;
    uint64_t count;
    struct qs_error why = {0};
    static const char key[] = "tokenizer.ggml.tokens";
    enum qs_status status = qs_gguf_array_at(&reading->file, key, QS_GGUF_STRING, &cursor, &count, reading->err);
    if (status == QS_OK && count == 0) {
        status = bad(reading, key, cursor ? "is empty" : "is missing: the file has no vocabulary");
    }
    if (status == QS_OK) {
        status = qs_vocabulary_init(&out->vocabulary, count, &why);
        if (status != QS_OK) {
            return bad(reading, key, why.text);
        }
    }
    for (uint32_t id = 0; status == QS_OK && id < out->vocabulary.count; id++) {
        size_t size;
        const char *text = qs_gguf_next_string(&cursor, &size);
        if (!qs_vocabulary_set(&out->vocabulary, id, text, size)) {
            status = qs_fail_memory(reading->err, "a vocabulary", size);
        }
    }
    return status;
}

static enum qs_status read_types(struct reading *reading)
{
    const struct qs_tokenizer *out = reading->out;
    const uint8_t *items;
    uint64_t count;
    static const char key[] = "tokenizer.ggml.token_type";
    enum qs_status status = qs_gguf_array_at(&reading->file, key, QS_GGUF_I32, &items, &count, reading->err);
    if (status == QS_OK && items && count < out->vocabulary.count) {
        status = bad(reading, key, "has fewer items than there are tokens");
    }
    if (status != QS_OK) {
        return status;
    }
    reading->types = calloc(out->vocabulary.count, sizeof *reading->types);
    if (!reading->types) {
        return qs_fail_memory(reading->err, "a vocabulary", out->vocabulary.count * sizeof *reading->types);
    }
    for (uint32_t id = 0; id < out->vocabulary.count; id++) {
        reading->types[id] = TYPE_NORMAL;
        if (items) {
            memcpy(&reading->types[id], items + 4 * (size_t)id, sizeof *reading->types);
        }
    }
    return QS_OK;
}

// "<0x0A>": the token of a byte, whatever its spelling.
static void list_byte(struct qs_tokenizer *out, uint32_t id)
{
    size_t size;
    char spelled[8] = "";
    const char *text = qs_vocabulary_text(&out->vocabulary, id, &size);
    if (size == 6) {
        memcpy(spelled, text, size);
    }
    char *end = spelled;
    unsigned long byte = strncmp(spelled, "<0x", 3) == 0 ? strtoul(spelled + 3, &end, 16) : 0;
    if (end == spelled + 5 && *end == '>') {
        out->byte_ids[byte] = id;
    } else {
        qs_vocabulary_list(&out->vocabulary, id);
    }
}

// Lists tokens that text can become, and those that are looked for beforehand.
static enum qs_status list_tokens(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    out->added.order = QS_ADDED_LONGEST;
    for (uint32_t id = 0; id < out->vocabulary.count; id++) {
        uint32_t type = reading->types[id];
        bool control = type == TYPE_CONTROL || type == TYPE_UNKNOWN;
        struct qs_added_token token = {.id = id, .control = control};
        struct qs_error why = {0};
        if ((control || type == TYPE_USER_DEFINED) &&
            qs_added_tokens_add(&out->added, &out->vocabulary, &token, &why) != QS_OK) {
            return bad(reading, "tokenizer.ggml.tokens", why.text);
        }
        if (type == TYPE_BYTE && !out->byte_level) {
            list_byte(out, id);
        } else if (!control) {
            qs_vocabulary_list(&out->vocabulary, id);
        }
    }
    qs_added_tokens_sort(&out->added, &out->vocabulary);
    return QS_OK;
}

// A float's place in the order of all, highest first; equal ones (0 and -0 too) have the same.
static uint32_t rank_of(float score)
{
    uint32_t bits;
    score += 0.0F;
    memcpy(&bits, &score, sizeof bits);
    bits = bits & 0x80000000U ? ~bits : bits | 0x80000000U; // ascending as the floats are
    return ~bits;
}

static enum qs_status read_scores(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    const uint8_t *items;
    uint64_t count;
    static const char key[] = "tokenizer.ggml.scores";
    enum qs_status status = qs_gguf_array_at(&reading->file, key, QS_GGUF_F32, &items, &count, reading->err);
    if (status == QS_OK && count < out->vocabulary.count) {
        status = bad(reading, key, items ? "has fewer items than there are tokens" : "is missing");
    }
    if (status != QS_OK) {
        return status;
    }
    out->ranks = malloc(out->vocabulary.count * sizeof *out->ranks);
    if (!out->ranks) {
        return qs_fail_memory(reading->err, "a vocabulary", out->vocabulary.count * sizeof *out->ranks);
    }
    for (uint32_t id = 0; id < out->vocabulary.count; id++) {
        float score;
        memcpy(&score, items + 4 * (size_t)id, sizeof score);
        if (isnan(score)) {
            return bad(reading, key, "holds a NaN");
        }
        out->ranks[id] = rank_of(score);
    }
    return QS_OK;
}

static enum qs_status add_merge(struct reading *reading, uint32_t rank, const char *text, size_t size, char **joined,
                                size_t *capacity)
{
    struct qs_tokenizer *out = reading->out;
    const char *blank = size > 1 ? memchr(text + 1, ' ', size - 1) : NULL;
    if (!blank) {
        return bad(reading, "tokenizer.ggml.merges", "holds an item that is no pair");
    }
    size_t left = (size_t)(blank - text);
    if (!qs_array_reserve(joined, capacity, size, 1)) {
        return qs_fail_memory(reading->err, "merges", size);
    }
    memcpy(*joined, text, left);
    memcpy(*joined + left, blank + 1, size - left - 1);
    struct qs_merge merge = {
        .left = qs_vocabulary_find(&out->vocabulary, text, left),
        .right = qs_vocabulary_find(&out->vocabulary, blank + 1, size - left - 1),
        .rank = rank,
        .id = qs_vocabulary_find(&out->vocabulary, *joined, size - 1),
    };
    // llama.cpp lets such a pair fall apart again where it makes no token.
    if (merge.left != QS_TOKEN_NONE && merge.right != QS_TOKEN_NONE && merge.id != QS_TOKEN_NONE) {
        qs_merges_add(&out->merges, &merge, false);
    }
    return QS_OK;
}

static enum qs_status read_merges(struct reading *reading)
{
    const uint8_t *cursor;
    uint64_t count;
    char *joined = NULL;
    size_t capacity = 0;
    struct qs_error why = {0};
    static const char key[] = "tokenizer.ggml.merges";
    enum qs_status status = qs_gguf_array_at(&reading->file, key, QS_GGUF_STRING, &cursor, &count, reading->err);
    if (status == QS_OK && !cursor) {
        status = bad(reading, key, "is missing");
    }
    if (status == QS_OK) {
        status = qs_merges_init(&reading->out->merges, count, &why);
        if (status != QS_OK) {
            return bad(reading, key, why.text);
        }
    }
    for (uint64_t i = 0; i < count && status == QS_OK; i++) {
        size_t size;
        const char *text = qs_gguf_next_string(&cursor, &size);
        status = add_merge(reading, (uint32_t)i, text, size, &joined, &capacity);
    }
    free(joined);
    return status;
}

// Model `gpt2`: byte-level, by merges.
static enum qs_status read_byte_level(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    const char *name;
    size_t length;
    struct qs_error why = {0};
    static const char key[] = "tokenizer.ggml.pre";
    enum qs_status status = qs_gguf_string_at(&reading->file, key, &name, &length, reading->err);
    if (status != QS_OK) {
        return status;
    }
    if (length == 0) {
        name = "default";
        length = strlen(name);
    }
    const struct qs_pre_tokenizer *pre = qs_pre_tokenizer_find(name, length);
    if (!pre) {
        int shown = length < 64 ? (int)length : 64;
        return qs_fail(reading->err, QS_BAD_INPUT, "%s: key %s: the pre-tokenizer %.*s is not supported",
                       reading->file.map->path, key, shown, name);
    }
    out->byte_level = true;
    out->ignore_merges = pre->ignore_merges;
    out->has_bos = pre->bos;
    out->bos = 11; // llama.cpp's default
    status = qs_pre_tokenizer_add(pre, &out->split, &why);
    if (status != QS_OK) {
        return bad(reading, key, why.text);
    }
    status = list_tokens(reading);
    return status == QS_OK ? read_merges(reading) : status;
}

// Whether U+2581 stands only at the beginning of tokens, or behind others of its kind.
static bool marks_begin(const struct qs_vocabulary *vocabulary)
{
    for (uint32_t id = 0; id < vocabulary->count; id++) {
        size_t size;
        const char *text = qs_vocabulary_text(vocabulary, id, &size);
        size_t at = 0;
        while (size - at >= 3 && memcmp(text + at, QS_BLANK_MARK, 3) == 0) {
            at += 3;
        }
        if (size > at && memmem(text + at, size - at, QS_BLANK_MARK, 3)) {
            return false;
        }
    }
    return true;
}

// Model `llama`: SentencePiece's byte-pair encoding, by scores.
static enum qs_status read_sentencepiece(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    bool prefix = true;
    uint64_t unknown = 0;
    out->has_bos = true;
    out->bos = 1;
    out->mark_blanks = true;
    out->marks_begin_tokens = marks_begin(&out->vocabulary);
    enum qs_status status = list_tokens(reading);
    if (status == QS_OK) {
        status = read_scores(reading);
    }
    if (status == QS_OK) {
        status = qs_gguf_flag_at(&reading->file, "tokenizer.ggml.add_space_prefix", &prefix, reading->err);
    }
    if (status == QS_OK) {
        out->prefix = prefix ? QS_PREFIX_ALWAYS : QS_PREFIX_NONE;
        status = qs_gguf_integer_at(&reading->file, "tokenizer.ggml.unknown_token_id", &unknown, reading->err);
    }
    if (status == QS_OK && unknown < out->vocabulary.count) {
        out->unknown = (uint32_t)unknown;
    }
    return status;
}

static enum qs_status read_bos(struct reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    uint64_t bos = out->bos;
    static const char key[] = "tokenizer.ggml.bos_token_id";
    enum qs_status status = qs_gguf_integer_at(&reading->file, key, &bos, reading->err);
    if (status == QS_OK) {
        status = qs_gguf_flag_at(&reading->file, "tokenizer.ggml.add_bos_token", &out->has_bos, reading->err);
    }
    if (status == QS_OK && out->has_bos && bos >= out->vocabulary.count) {
        status = bad(reading, key, "is none of the vocabulary's, though texts begin with it");
    }
    out->bos = bos < out->vocabulary.count ? (uint32_t)bos : 0;
    return status;
}

static enum qs_status read_model(struct reading *reading)
{
    const char *model;
    size_t length;
    static const char key[] = "tokenizer.ggml.model";
    enum qs_status status = qs_gguf_string_at(&reading->file, key, &model, &length, reading->err);
    if (status != QS_OK) {
        return status;
    }
    bool byte_level = length == 4 && memcmp(model, "gpt2", 4) == 0;
    bool sentencepiece = length == 5 && memcmp(model, "llama", 5) == 0;
    int shown = length < 32 ? (int)length : 32;
    if (length == 0) {
        return bad(reading, key, "is missing: the file has no tokenizer (of a split model, give the first part)");
    }
    if (!byte_level && !sentencepiece) {
        return qs_fail(reading->err, QS_BAD_INPUT, "%s: key %s: the tokenizer %.*s is not supported; llama and gpt2 "
                       "are", reading->file.map->path, key, shown, model);
    }
    snprintf(reading->out->kind, sizeof reading->out->kind, "gguf: %.*s", shown, model);
    status = read_texts(reading);
    if (status == QS_OK) {
        status = read_types(reading);
    }
    if (status == QS_OK) {
        status = byte_level ? read_byte_level(reading) : read_sentencepiece(reading);
    }
    if (status == QS_OK) {
        qs_tokenizer_find_bytes(reading->out);
        status = read_bos(reading);
    }
    return status;
}

enum qs_status qs_tokenizer_read_gguf(const struct qs_map *map, struct qs_tokenizer *out, struct qs_error *err)
{
    struct reading reading = {.out = out, .err = err};
    enum qs_status status = qs_gguf_parse(map, &reading.file, err);
    if (status == QS_OK) {
        status = read_model(&reading);
    }
    free(reading.types);
    qs_gguf_file_free(&reading.file);
    return status;
}
