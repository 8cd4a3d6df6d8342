// The tokenizer of a Hugging Face model, tokenizer.json: vocabulary, merges and added tokens; see tokenizer_json.h.
//
// Format: huggingface/tokenizers, its serialization (tokenizers/src/models/bpe and tokenizer/serialization.rs).
#include "model/tokenizer_json.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_BYTES_MAX = 256000000 };

enum qs_status qs_tokenizer_bad(const struct qs_tokenizer_reading *reading, const char *where, const char *format, ...)
{
    char text[QS_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return qs_fail(reading->err, QS_BAD_INPUT, "%s: %s: %s", reading->path, where, text);
}

enum qs_status qs_tokenizer_told(const struct qs_tokenizer_reading *reading, const char *where, enum qs_status status,
                                 const struct qs_error *why)
{
    return status == QS_OK ? QS_OK
                           : qs_fail(reading->err, status, "%s: %s: %s", reading->path, where, why->text);
}

enum qs_status qs_tokenizer_flag(const struct qs_tokenizer_reading *reading, const char *where, json_t *object,
                                 const char *name, bool fallback, bool *out)
{
    json_t *value = json_object_get(object, name);
    if (value && !json_is_null(value) && !json_is_boolean(value)) {
        return qs_tokenizer_bad(reading, where, "%s is neither true nor false", name);
    }
    *out = value && !json_is_null(value) ? json_is_true(value) : fallback;
    return QS_OK;
}

static bool is_empty(json_t *value)
{
    return !value || json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
}

static bool is_id(json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) < QS_VOCABULARY_MAX;
}

// One more than the largest id.
static enum qs_status count_ids(const struct qs_tokenizer_reading *reading, json_t *vocab, json_t *added,
                                uint64_t *out)
{
    uint64_t count = 0;
    const char *text;
    json_t *value;
    size_t index;
    json_object_foreach(vocab, text, value) {
        if (!is_id(value)) {
            return qs_tokenizer_bad(reading, "model.vocab", "the id of \"%.64s\" is no whole number from 0 to %d", text,
                                    QS_VOCABULARY_MAX - 1);
        }
        uint64_t id = (uint64_t)json_integer_value(value);
        count = id >= count ? id + 1 : count;
    }
    json_array_foreach(added, index, value) {
        json_t *id_value = json_object_get(value, "id");
        if (!is_id(id_value) || !json_is_string(json_object_get(value, "content"))) {
            return qs_tokenizer_bad(reading, "added_tokens", "item %zu has no id from 0 to %d or no content", index,
                                    QS_VOCABULARY_MAX - 1);
        }
        uint64_t id = (uint64_t)json_integer_value(id_value);
        count = id >= count ? id + 1 : count;
    }
    *out = count;
    return QS_OK;
}

static enum qs_status read_vocabulary(const struct qs_tokenizer_reading *reading, json_t *vocab, json_t *added)
{
    struct qs_vocabulary *vocabulary = &reading->out->vocabulary;
    uint64_t count = 0;
    const char *text;
    json_t *value;
    if (!json_is_object(vocab) || json_object_size(vocab) == 0) {
        return qs_tokenizer_bad(reading, "model.vocab", "is missing, empty or no object");
    }
    if (added && !json_is_null(added) && !json_is_array(added)) {
        return qs_tokenizer_bad(reading, "added_tokens", "is no array");
    }
    enum qs_status status = count_ids(reading, vocab, added, &count);
    if (status == QS_OK) {
        struct qs_error why = {0};
        status = qs_vocabulary_init(vocabulary, count, &why);
        status = qs_tokenizer_told(reading, "model.vocab", status, &why);
    }
    if (status != QS_OK) {
        return status;
    }
    json_object_foreach(vocab, text, value) {
        uint32_t id = (uint32_t)json_integer_value(value);
        if (vocabulary->texts[id].size) {
            return qs_tokenizer_bad(reading, "model.vocab", "two tokens have the id %" PRIu32, id);
        }
        if (!qs_vocabulary_set(vocabulary, id, text, strlen(text))) {
            return qs_fail_memory(reading->err, "a vocabulary", strlen(text));
        }
        qs_vocabulary_list(vocabulary, id);
    }
    return QS_OK;
}

static enum qs_status add_token(const struct qs_tokenizer_reading *reading, size_t index, json_t *item)
{
    struct qs_tokenizer *out = reading->out;
    json_t *content = json_object_get(item, "content");
    const char *text = json_string_value(content);
    size_t size = json_string_length(content);
    struct qs_added_token token = {.id = (uint32_t)json_integer_value(json_object_get(item, "id"))};
    bool single_word = false;
    char where[48];
    snprintf(where, sizeof where, "added_tokens: item %zu", index);
    uint32_t known = qs_vocabulary_find(&out->vocabulary, text, size);
    size_t there;
    token.id = known != QS_TOKEN_NONE ? known : token.id;
    const char *spelled = qs_vocabulary_text(&out->vocabulary, token.id, &there);
    if (there && (there != size || memcmp(spelled, text, size) != 0)) {
        return qs_tokenizer_bad(reading, where, "its id %" PRIu32 " belongs to \"%.*s\" already", token.id,
                                there < 64 ? (int)there : 64, spelled);
    }
    enum qs_status status = qs_tokenizer_flag(reading, where, item, "special", false, &token.control);
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, where, item, "lstrip", false, &token.strip_left);
    }
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, where, item, "rstrip", false, &token.strip_right);
    }
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, where, item, "single_word", false, &single_word);
    }
    if (status == QS_OK && single_word) {
        status = qs_tokenizer_bad(reading, where, "single_word is not supported");
    }
    if (status == QS_OK && !there && !qs_vocabulary_set(&out->vocabulary, token.id, text, size)) {
        return qs_fail_memory(reading->err, "a vocabulary", size);
    }
    if (status == QS_OK) {
        struct qs_error why = {0};
        status = qs_added_tokens_add(&out->added, &out->vocabulary, &token, &why);
        status = qs_tokenizer_told(reading, where, status, &why);
    }
    return status;
}

static enum qs_status read_added(const struct qs_tokenizer_reading *reading, json_t *added)
{
    enum qs_status status = QS_OK;
    size_t index;
    json_t *item;
    json_array_foreach(added, index, item) {
        status = add_token(reading, index, item);
        if (status != QS_OK) {
            return status;
        }
    }
    qs_added_tokens_sort(&reading->out->added, &reading->out->vocabulary);
    return QS_OK;
}

// "a b" or ["a", "b"].
static bool split_merge(json_t *item, const char **left, size_t *left_size, const char **right, size_t *right_size)
{
    if (json_is_string(item)) {
        size_t size = json_string_length(item);
        *left = json_string_value(item);
        const char *blank = memchr(*left, ' ', size);
        if (!blank) {
            return false;
        }
        *left_size = (size_t)(blank - *left);
        *right = blank + 1;
        *right_size = size - *left_size - 1;
        return true;
    }
    json_t *first = json_array_get(item, 0);
    json_t *second = json_array_get(item, 1);
    if (json_array_size(item) != 2 || !json_is_string(first) || !json_is_string(second)) {
        return false;
    }
    *left = json_string_value(first);
    *left_size = json_string_length(first);
    *right = json_string_value(second);
    *right_size = json_string_length(second);
    return true;
}

static enum qs_status read_merges(const struct qs_tokenizer_reading *reading, json_t *merges)
{
    struct qs_tokenizer *out = reading->out;
    struct qs_text joined = {0};
    struct qs_error why = {0};
    if (!json_is_array(merges)) {
        return qs_tokenizer_bad(reading, "model.merges", "is missing or no array");
    }
    enum qs_status status = qs_merges_init(&out->merges, json_array_size(merges), &why);
    status = qs_tokenizer_told(reading, "model.merges", status, &why);
    for (size_t i = 0; i < json_array_size(merges) && status == QS_OK; i++) {
        const char *left;
        const char *right;
        size_t left_size;
        size_t right_size;
        if (!split_merge(json_array_get(merges, i), &left, &left_size, &right, &right_size)) {
            status = qs_tokenizer_bad(reading, "model.merges", "item %zu is no pair", i);
            break;
        }
        qs_text_clear(&joined);
        qs_text_add_bytes(&joined, left, left_size);
        qs_text_add_bytes(&joined, right, right_size);
        struct qs_merge merge = {
            .left = qs_vocabulary_find(&out->vocabulary, left, left_size),
            .right = qs_vocabulary_find(&out->vocabulary, right, right_size),
            .rank = (uint32_t)i,
            .id = qs_vocabulary_find(&out->vocabulary, qs_text_chars(&joined), joined.length),
        };
        if (joined.failed) {
            status = qs_fail_memory(reading->err, "merges", left_size + right_size);
        } else if (merge.left == QS_TOKEN_NONE || merge.right == QS_TOKEN_NONE || merge.id == QS_TOKEN_NONE) {
            status = qs_tokenizer_bad(reading, "model.merges", "item %zu joins or makes what is no token", i);
        } else {
            qs_merges_add(&out->merges, &merge, true);
        }
    }
    qs_text_free(&joined);
    return status;
}

static enum qs_status read_unknown(const struct qs_tokenizer_reading *reading, json_t *model)
{
    json_t *unknown = json_object_get(model, "unk_token");
    if (is_empty(unknown)) {
        return QS_OK;
    }
    if (json_is_string(unknown)) {
        reading->out->unknown = qs_vocabulary_find(&reading->out->vocabulary, json_string_value(unknown),
                                                   json_string_length(unknown));
    }
    if (reading->out->unknown == QS_TOKEN_NONE) {
        return qs_tokenizer_bad(reading, "model.unk_token", "is no token of the vocabulary");
    }
    return QS_OK;
}

// What is refused, by name.
static enum qs_status check_model(const struct qs_tokenizer_reading *reading, json_t *model)
{
    static const char *const unsupported[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix"};
    json_t *type = json_object_get(model, "type");
    if (!json_is_object(model)) {
        return qs_tokenizer_bad(reading, "model", "is missing or no object");
    }
    if (type ? !json_is_string(type) || strcmp(json_string_value(type), "BPE") != 0
             : !json_object_get(model, "merges")) {
        return qs_tokenizer_bad(reading, "model.type", "%.64s is not supported; BPE is",
                                json_is_string(type) ? json_string_value(type) : "a model without a type");
    }
    for (size_t i = 0; i < QS_COUNT_OF(unsupported); i++) {
        json_t *value = json_object_get(model, unsupported[i]);
        bool zero = json_is_number(value) && json_number_value(value) == 0;
        if (!is_empty(value) && !zero) {
            return qs_tokenizer_bad(reading, "model", "%s is not supported", unsupported[i]);
        }
    }
    return QS_OK;
}

// Whether U+2581 stands in no merge behind another character.
static bool marks_begin(const struct qs_tokenizer *tokenizer)
{
    for (size_t i = 0; i <= tokenizer->merges.mask; i++) {
        size_t size;
        const struct qs_merge *merge = &tokenizer->merges.places[i];
        if (merge->left == QS_TOKEN_NONE) {
            continue;
        }
        const char *text = qs_vocabulary_text(&tokenizer->vocabulary, merge->id, &size);
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

static enum qs_status read_model(const struct qs_tokenizer_reading *reading)
{
    struct qs_tokenizer *out = reading->out;
    json_t *model = json_object_get(reading->root, "model");
    json_t *added = json_object_get(reading->root, "added_tokens");
    bool byte_fallback = false;
    enum qs_status status = check_model(reading, model);
    if (status == QS_OK) {
        status = qs_tokenizer_read_rules(reading);
    }
    if (status == QS_OK) {
        status = read_vocabulary(reading, json_object_get(model, "vocab"), added);
    }
    if (status == QS_OK) {
        status = read_merges(reading, json_object_get(model, "merges"));
    }
    if (status == QS_OK) {
        status = read_unknown(reading, model);
    }
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, "model", model, "byte_fallback", false, &byte_fallback);
    }
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, "model", model, "fuse_unk", false, &out->fuse_unknown);
    }
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, "model", model, "ignore_merges", false, &out->ignore_merges);
    }
    if (status == QS_OK && (byte_fallback || out->byte_level)) {
        qs_tokenizer_find_bytes(out);
    }
    if (status == QS_OK) {
        status = read_added(reading, added);
    }
    out->marks_begin_tokens = status == QS_OK && out->mark_blanks && marks_begin(out);
    return status == QS_OK ? qs_tokenizer_read_template(reading) : status;
}

enum qs_status qs_tokenizer_read_json(const char *path, struct qs_tokenizer *out, struct qs_error *err)
{
    struct qs_tokenizer_reading reading = {.path = path, .out = out, .err = err};
    enum qs_status status = qs_json_read(path, JSON_BYTES_MAX, JSON_ALLOW_NUL, &reading.root, err);
    if (status == QS_OK) {
        status = read_model(&reading);
    }
    if (status == QS_OK) {
        snprintf(out->kind, sizeof out->kind, "tokenizer.json: %s", out->byte_level ? "byte-level BPE" : "BPE");
    }
    json_decref(reading.root);
    return status;
}
