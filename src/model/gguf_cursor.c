// Taking values from a mapped GGUF file: see gguf_cursor.h.
#include "model/gguf_cursor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum qs_status qs_gguf_bad(const struct qs_gguf_cursor *cursor, uint64_t at, const char *format, ...)
{
    char text[QS_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *path = cursor->map->path;
    if (!cursor->subject) {
        return qs_fail(cursor->err, QS_BAD_INPUT, "%s: byte %" PRIu64 ": %s", path, at, text);
    }
    int shown = cursor->name_length < QS_GGUF_SHOWN_MAX ? (int)cursor->name_length : QS_GGUF_SHOWN_MAX;
    return qs_fail(cursor->err, QS_BAD_INPUT, "%s: byte %" PRIu64 ": %s %.*s: %s", path, at, cursor->subject, shown,
                   cursor->name, text);
}

uint64_t qs_gguf_left(const struct qs_gguf_cursor *cursor)
{
    return cursor->map->size - cursor->at;
}

enum qs_status qs_gguf_take(struct qs_gguf_cursor *cursor, uint64_t bytes, const char *what, const uint8_t **out)
{
    if (bytes > qs_gguf_left(cursor)) {
        return qs_gguf_bad(cursor, cursor->at, "the file ends inside %s (%" PRIu64 " bytes wanted, %" PRIu64 " left); "
                           "is it complete?", what, bytes, qs_gguf_left(cursor));
    }
    *out = cursor->map->data + cursor->at;
    cursor->at += bytes;
    return QS_OK;
}

enum qs_status qs_gguf_take_u32(struct qs_gguf_cursor *cursor, const char *what, uint32_t *out)
{
    const uint8_t *bytes = NULL;
    enum qs_status status = qs_gguf_take(cursor, sizeof *out, what, &bytes);
    if (status == QS_OK) {
        memcpy(out, bytes, sizeof *out);
    }
    return status;
}

enum qs_status qs_gguf_take_u64(struct qs_gguf_cursor *cursor, const char *what, uint64_t *out)
{
    const uint8_t *bytes = NULL;
    enum qs_status status = qs_gguf_take(cursor, sizeof *out, what, &bytes);
    if (status == QS_OK) {
        memcpy(out, bytes, sizeof *out);
    }
    return status;
}

enum qs_status qs_gguf_take_string(struct qs_gguf_cursor *cursor, const char *what, const char **out,
                                   uint64_t *out_length)
{
    const uint8_t *bytes = NULL;
    enum qs_status status = qs_gguf_take_u64(cursor, what, out_length);
    if (status == QS_OK) {
        status = qs_gguf_take(cursor, *out_length, what, &bytes);
    }
    *out = (const char *)bytes;
    return status;
}

enum qs_status qs_gguf_take_name(struct qs_gguf_cursor *cursor, const char *what, uint64_t max, const char **out,
                                 size_t *out_length)
{
    uint64_t at = cursor->at;
    uint64_t length = 0;
    enum qs_status status = qs_gguf_take_string(cursor, what, out, &length);
    if (status != QS_OK) {
        return status;
    }
    if (length < 1 || length > max) {
        return qs_gguf_bad(cursor, at, "%s of %" PRIu64 " bytes; 1 to %" PRIu64 " are possible", what, length, max);
    }
    if (memchr(*out, 0, (size_t)length)) {
        return qs_gguf_bad(cursor, at, "%s with a NUL in it", what);
    }
    *out_length = (size_t)length;
    return QS_OK;
}
