// Errors: see error.h.
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void replace_controls(char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f) {
            *text = '?';
        }
    }
}

enum qs_status qs_fail(struct qs_error *err, enum qs_status status, const char *format, ...)
{
    if (err) {
        // Formatted apart first: an argument may be err->text itself.
        char text[QS_ERROR_TEXT_MAX];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        replace_controls(text);
        err->status = status;
        memcpy(err->text, text, sizeof text);
    }
    return status;
}

enum qs_status qs_fail_errno(struct qs_error *err, const char *path, const char *doing)
{
    int number = errno;
    return qs_fail(err, QS_FAILED, "%s: %s: %s", path, doing, strerror(number));
}

enum qs_status qs_fail_memory(struct qs_error *err, const char *what, size_t size_bytes)
{
    return qs_fail(err, QS_FAILED, "out of memory: %zu bytes for %s", size_bytes, what);
}
