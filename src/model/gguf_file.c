// The GGUF container: see gguf_file.h.
//
//     "GGUF" | u32 version | u64 tensors | u64 pairs | pairs | tensor descriptions | padding | data
//     string = u64 length, bytes; pair = string key, u32 type, value; array = u32 item type, u64 count, items
//     description = string name, u32 n, u64 size[n] (innermost first), u32 type, u64 offset from the start of the data
//
// A cursor moves through the mapped bytes; whatever it takes was first compared with what is left, and arrays grow with
// what was really read, so no number of the file decides about memory. Here are header and pairs, in gguf_tensors.c the
// rest.
#include "model/gguf_file.h"

#include "base/array.h"
#include "model/gguf_cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAIRS_MAX = 1 << 20,    // far more than any model has: memory stays bounded whatever the file
    KEY_MAX = 65535,        // docs/gguf.md
    DEPTH_MAX = 8,          // arrays in arrays
    PAIR_LEAST_BYTES = 14,  // a key of one letter, its type, a byte
    TENSORS_MAX = 1 << 20,
    TENSOR_LEAST_BYTES = 33,
};

enum qs_status qs_gguf_bad_pair(const struct qs_gguf_file *file, const struct qs_gguf_pair *pair, const char *text,
                                struct qs_error *err)
{
    struct qs_gguf_cursor cursor = {
        .map = file->map, .subject = "key", .name = pair->key, .name_length = pair->key_length, .err = err,
    };
    return qs_gguf_bad(&cursor, pair->at, "%s", text);
}

unsigned qs_gguf_type_bytes(uint32_t type)
{
    static const uint8_t bytes[QS_GGUF_TYPE_COUNT] = {
        [QS_GGUF_U8] = 1,  [QS_GGUF_I8] = 1,  [QS_GGUF_BOOL] = 1,
        [QS_GGUF_U16] = 2, [QS_GGUF_I16] = 2,
        [QS_GGUF_U32] = 4, [QS_GGUF_I32] = 4, [QS_GGUF_F32] = 4,
        [QS_GGUF_U64] = 8, [QS_GGUF_I64] = 8, [QS_GGUF_F64] = 8,
    };
    return type < QS_GGUF_TYPE_COUNT ? bytes[type] : 0;
}

bool qs_gguf_integer(uint32_t type, const uint8_t *value, uint64_t *out)
{
    bool is_signed = type == QS_GGUF_I8 || type == QS_GGUF_I16 || type == QS_GGUF_I32 || type == QS_GGUF_I64;
    bool is_unsigned = type == QS_GGUF_U8 || type == QS_GGUF_U16 || type == QS_GGUF_U32 || type == QS_GGUF_U64;
    if (!is_signed && !is_unsigned) {
        return false;
    }
    unsigned bytes = qs_gguf_type_bytes(type);
    if (is_signed && value[bytes - 1] & 0x80) {
        return false;
    }
    uint64_t number = 0;
    memcpy(&number, value, bytes); // little-endian on both sides
    *out = number;
    return true;
}

static enum qs_status skip_value(struct qs_gguf_cursor *cursor, uint32_t type, int depth);

static enum qs_status skip_array(struct qs_gguf_cursor *cursor, int depth)
{
    uint64_t at = cursor->at;
    uint32_t type = 0;
    uint64_t count = 0;
    enum qs_status status = qs_gguf_take_u32(cursor, "an array", &type);
    if (status == QS_OK) {
        status = qs_gguf_take_u64(cursor, "an array", &count);
    }
    if (status != QS_OK) {
        return status;
    }
    if (type >= QS_GGUF_TYPE_COUNT) {
        return qs_gguf_bad(cursor, at, "array of type %" PRIu32 ", which does not exist", type);
    }
    if (depth >= DEPTH_MAX) {
        return qs_gguf_bad(cursor, at, "arrays nested more than %d deep", DEPTH_MAX);
    }
    unsigned least = type == QS_GGUF_STRING ? 8 : type == QS_GGUF_ARRAY ? 12 : qs_gguf_type_bytes(type);
    if (count > qs_gguf_left(cursor) / least) {
        return qs_gguf_bad(cursor, at, "array of %" PRIu64 " items; the bytes left hold at most %" PRIu64, count,
                           qs_gguf_left(cursor) / least);
    }
    if (qs_gguf_type_bytes(type)) {
        cursor->at += count * least;
        return QS_OK;
    }
    for (uint64_t i = 0; i < count && status == QS_OK; i++) {
        status = skip_value(cursor, type, depth + 1);
    }
    return status;
}

static enum qs_status skip_value(struct qs_gguf_cursor *cursor, uint32_t type, int depth)
{
    const char *string;
    uint64_t length;
    const uint8_t *bytes;
    switch (type) {
    case QS_GGUF_STRING:
        return qs_gguf_take_string(cursor, "a string", &string, &length);
    case QS_GGUF_ARRAY:
        return skip_array(cursor, depth);
    default:
        return qs_gguf_take(cursor, qs_gguf_type_bytes(type), "a number", &bytes);
    }
}

static enum qs_status read_pair(struct qs_gguf_cursor *cursor, struct qs_gguf_pair *out)
{
    struct qs_gguf_pair pair = {.at = cursor->at};
    enum qs_status status = qs_gguf_take_name(cursor, "a key", KEY_MAX, &pair.key, &pair.key_length);
    if (status == QS_OK) {
        status = qs_gguf_take_u32(cursor, "a key's type", &pair.type);
    }
    if (status != QS_OK) {
        return status;
    }
    struct qs_gguf_cursor inside = *cursor;
    inside.subject = "key";
    inside.name = pair.key;
    inside.name_length = pair.key_length;
    if (pair.type >= QS_GGUF_TYPE_COUNT) {
        return qs_gguf_bad(&inside, pair.at, "value of type %" PRIu32 ", which does not exist", pair.type);
    }
    status = skip_value(&inside, pair.type, 0);
    if (status != QS_OK) {
        return status;
    }
    pair.value = cursor->map->data + cursor->at;
    pair.value_bytes = inside.at - cursor->at;
    cursor->at = inside.at;
    *out = pair;
    return QS_OK;
}

static int compare_keys(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int by_key(const void *a, const void *b)
{
    const struct qs_gguf_pair *x = a;
    const struct qs_gguf_pair *y = b;
    int order = compare_keys(x->key, x->key_length, y->key, y->key_length);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

const struct qs_gguf_pair *qs_gguf_find(const struct qs_gguf_file *file, const char *key)
{
    size_t length = strlen(key);
    size_t low = 0;
    size_t high = file->pair_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct qs_gguf_pair *pair = &file->pairs[middle];
        int order = compare_keys(pair->key, pair->key_length, key, length);
        if (order == 0) {
            return pair;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

enum qs_status qs_gguf_integer_at(const struct qs_gguf_file *file, const char *key, uint64_t *out, struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    if (pair && !qs_gguf_integer(pair->type, pair->value, out)) {
        return qs_gguf_bad_pair(file, pair, "is not a whole number of at least 0", err);
    }
    return QS_OK;
}

static enum qs_status read_pairs(struct qs_gguf_cursor *cursor, uint64_t count, struct qs_gguf_file *file)
{
    size_t capacity = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (!qs_array_reserve(&file->pairs, &capacity, file->pair_count + 1, sizeof *file->pairs)) {
            return qs_fail_memory(cursor->err, "the keys of a GGUF file", (size_t)count * sizeof *file->pairs);
        }
        enum qs_status status = read_pair(cursor, &file->pairs[file->pair_count]);
        if (status != QS_OK) {
            return status;
        }
        file->pair_count++;
    }
    if (file->pair_count) {
        qsort(file->pairs, file->pair_count, sizeof *file->pairs, by_key);
    }
    for (size_t i = 1; i < file->pair_count; i++) {
        const struct qs_gguf_pair *a = &file->pairs[i - 1];
        const struct qs_gguf_pair *b = &file->pairs[i];
        if (compare_keys(a->key, a->key_length, b->key, b->key_length) == 0) {
            char text[64];
            snprintf(text, sizeof text, "stands at byte %" PRIu64 " already", a->at);
            return qs_gguf_bad_pair(file, b, text, cursor->err);
        }
    }
    return QS_OK;
}

static enum qs_status check_count(const struct qs_gguf_cursor *cursor, uint64_t at, uint64_t count, const char *what,
                                  unsigned least_bytes, uint64_t limit)
{
    uint64_t most = qs_gguf_left(cursor) / least_bytes;
    most = most < limit ? most : limit;
    if (count > most) {
        return qs_gguf_bad(cursor, at, "%" PRIu64 " %s; a file of %" PRIu64 " bytes holds at most %" PRIu64, count,
                           what, cursor->map->size, most);
    }
    return QS_OK;
}

static enum qs_status read_header(struct qs_gguf_cursor *cursor, uint64_t *out_tensors, uint64_t *out_pairs)
{
    const uint8_t *magic;
    uint32_t version = 0;
    if (cursor->map->size < 4 || memcmp(cursor->map->data, "GGUF", 4) != 0) {
        return qs_gguf_bad(cursor, 0, "does not begin with \"GGUF\": not a GGUF file");
    }
    enum qs_status status = qs_gguf_take(cursor, 4, "the header", &magic);
    if (status == QS_OK) {
        status = qs_gguf_take_u32(cursor, "the header", &version);
    }
    if (status != QS_OK) {
        return status;
    }
    if (version != 0 && (version & 0xffff) == 0) {
        return qs_gguf_bad(cursor, 4, "is a big-endian GGUF file (version %" PRIu32 "); only little-endian ones are "
                           "read", __builtin_bswap32(version));
    }
    if (version != 2 && version != 3) {
        return qs_gguf_bad(cursor, 4, "is GGUF version %" PRIu32 "; versions 2 and 3 are read%s", version,
                           version == 1 ? " (convert the model again with a current llama.cpp)" : "");
    }
    status = qs_gguf_take_u64(cursor, "the header", out_tensors);
    if (status == QS_OK) {
        status = qs_gguf_take_u64(cursor, "the header", out_pairs);
    }
    if (status != QS_OK) {
        return status;
    }
    status = check_count(cursor, 8, *out_tensors, "tensors", TENSOR_LEAST_BYTES, TENSORS_MAX);
    return status == QS_OK ? check_count(cursor, 16, *out_pairs, "keys", PAIR_LEAST_BYTES, PAIRS_MAX) : status;
}

enum qs_status qs_gguf_parse(const struct qs_map *map, struct qs_gguf_file *out, struct qs_error *err)
{
    *out = (struct qs_gguf_file){0};
    struct qs_gguf_file file = {.map = map};
    struct qs_gguf_cursor cursor = {.map = map, .err = err};
    uint64_t tensors = 0;
    uint64_t pairs = 0;
    enum qs_status status = read_header(&cursor, &tensors, &pairs);
    if (status == QS_OK) {
        status = read_pairs(&cursor, pairs, &file);
    }
    if (status == QS_OK) {
        status = qs_gguf_read_entries(&cursor, tensors, &file);
    }
    if (status != QS_OK) {
        qs_gguf_file_free(&file);
        return status;
    }
    *out = file;
    return QS_OK;
}

void qs_gguf_file_free(struct qs_gguf_file *file)
{
    if (!file) {
        return;
    }
    for (size_t i = 0; i < file->entry_count; i++) {
        free(file->entries[i].name);
    }
    free(file->entries);
    free(file->pairs);
    *file = (struct qs_gguf_file){0};
}
