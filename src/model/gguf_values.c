// Strings, arrays and flags of a GGUF file: see gguf_values.h. qs_gguf_parse saw to it that values are complete.
#include "model/gguf_values.h"

#include <string.h>

enum { ARRAY_HEAD_BYTES = 12 }; // the items' type and their number

enum qs_status qs_gguf_bad_key(const struct qs_gguf_file *file, const char *key, const char *text,
                               struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    if (pair) {
        return qs_gguf_bad_pair(file, pair, text, err);
    }
    return qs_fail(err, QS_BAD_INPUT, "%s: key %s: %s", file->map->path, key, text);
}

enum qs_status qs_gguf_array_at(const struct qs_gguf_file *file, const char *key, uint32_t type,
                                const uint8_t **out_items, uint64_t *out_count, struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    uint32_t item_type = 0;
    uint64_t count = 0;
    *out_items = NULL;
    *out_count = 0;
    if (!pair) {
        return QS_OK;
    }
    if (pair->type == QS_GGUF_ARRAY) {
        memcpy(&item_type, pair->value, sizeof item_type);
        memcpy(&count, pair->value + sizeof item_type, sizeof count);
    }
    if (pair->type != QS_GGUF_ARRAY || item_type != type) {
        return qs_gguf_bad_pair(file, pair, type == QS_GGUF_STRING ? "is no array of strings"
                                            : type == QS_GGUF_F32  ? "is no array of float32"
                                                                   : "is no array of int32", err);
    }
    *out_items = pair->value + ARRAY_HEAD_BYTES;
    *out_count = count;
    return QS_OK;
}

const char *qs_gguf_next_string(const uint8_t **cursor, size_t *out_size)
{
    uint64_t size;
    memcpy(&size, *cursor, sizeof size);
    const char *text = (const char *)*cursor + sizeof size;
    *cursor += sizeof size + size;
    *out_size = (size_t)size;
    return text;
}

enum qs_status qs_gguf_string_at(const struct qs_gguf_file *file, const char *key, const char **out, size_t *out_size,
                                 struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    *out = "";
    *out_size = 0;
    if (!pair) {
        return QS_OK;
    }
    if (pair->type != QS_GGUF_STRING) {
        return qs_gguf_bad_pair(file, pair, "is no string", err);
    }
    const uint8_t *cursor = pair->value;
    *out = qs_gguf_next_string(&cursor, out_size);
    return QS_OK;
}

enum qs_status qs_gguf_flag_at(const struct qs_gguf_file *file, const char *key, bool *flag, struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    if (pair && pair->type != QS_GGUF_BOOL) {
        return qs_gguf_bad_pair(file, pair, "is neither true nor false", err);
    }
    *flag = pair ? pair->value[0] != 0 : *flag;
    return QS_OK;
}
