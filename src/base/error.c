// Errors: see error.h.
#include "base/error.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Bytes that are no UTF-8 stay: they may be a path's.
static void replace_controls(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        const char *begin = from;
        if (qs_codepoint_is_control(qs_text_next(&from))) {
            *to++ = '?';
            continue;
        }
        while (begin < from) {
            *to++ = *begin++;
        }
    }
    *to = '\0';
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
