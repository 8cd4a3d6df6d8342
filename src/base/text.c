// Growing strings and UTF-8: see text.h.
#include "base/text.h"

#include "base/array.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static bool reserve(struct qs_text *text, size_t more)
{
    if (text->failed || !qs_array_reserve(&text->chars, &text->capacity, text->length + more + 1, 1)) {
        text->failed = true;
        return false;
    }
    return true;
}

void qs_text_add_bytes(struct qs_text *text, const char *bytes, size_t count)
{
    if (reserve(text, count)) {
        if (count) {
            memcpy(text->chars + text->length, bytes, count);
        }
        text->length += count;
        text->chars[text->length] = '\0';
    }
}

void qs_text_add(struct qs_text *text, const char *string)
{
    qs_text_add_bytes(text, string, strlen(string));
}

void qs_text_addf(struct qs_text *text, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    int count = vsnprintf(NULL, 0, format, args);
    if (count < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)count)) {
        vsnprintf(text->chars + text->length, (size_t)count + 1, format, again);
        text->length += (size_t)count;
    }
    va_end(again);
    va_end(args);
}

const char *qs_text_chars(const struct qs_text *text)
{
    return text->chars ? text->chars : "";
}

void qs_text_clear(struct qs_text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->chars) {
        text->chars[0] = '\0';
    }
}

void qs_text_free(struct qs_text *text)
{
    free(text->chars);
    *text = (struct qs_text){0};
}

char *qs_text_take(struct qs_text *text)
{
    if (!text->chars) {
        reserve(text, 0);
        if (text->chars) {
            text->chars[0] = '\0';
        }
    }
    if (text->failed) {
        qs_text_free(text);
        return NULL;
    }
    char *chars = text->chars;
    *text = (struct qs_text){0};
    return chars;
}

size_t qs_codepoint_decode(const char *text, size_t size, unsigned *out)
{
    const unsigned char *p = (const unsigned char *)text;
    static const unsigned char first_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    static const unsigned least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0) {
        return 0;
    }
    unsigned length = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
                    : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
    if (length == 0 || length > size) {
        return 0;
    }
    unsigned codepoint = p[0] & first_bits[length];
    for (unsigned at = 1; at < length; at++) {
        if ((p[at] & 0xc0) != 0x80) {
            return 0;
        }
        codepoint = codepoint << 6 | (p[at] & 0x3f);
    }
    bool surrogate = codepoint >= 0xd800 && codepoint < 0xe000;
    if (codepoint < least[length] || codepoint >= 0x110000 || surrogate) {
        return 0;
    }
    *out = codepoint;
    return length;
}

size_t qs_text_invalid(const char *text, size_t size)
{
    size_t at = 0;
    unsigned codepoint;
    for (size_t length; (length = qs_codepoint_decode(text + at, size - at, &codepoint)) > 0;) {
        at += length;
    }
    return at;
}

unsigned qs_text_next(const char **cursor)
{
    unsigned codepoint = 0xfffd;
    if (!**cursor) {
        return 0;
    }
    size_t length = qs_codepoint_decode(*cursor, 4, &codepoint); // reads no further than the NUL
    *cursor += length ? length : 1;
    return codepoint;
}

bool qs_codepoint_is_control(unsigned codepoint)
{
    return codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0) || codepoint == 0x061c ||
           codepoint == 0x200e || codepoint == 0x200f || (codepoint >= 0x2028 && codepoint <= 0x202e) ||
           (codepoint >= 0x2066 && codepoint <= 0x2069);
}

int qs_codepoint_columns(unsigned codepoint)
{
    if (codepoint < 0x7f || qs_codepoint_is_control(codepoint)) {
        return 1;
    }
    // Line drawing, blocks and braille are single columns whatever the C library's tables say.
    if ((codepoint >= 0x2500 && codepoint < 0x2600) || (codepoint >= 0x2800 && codepoint < 0x2900)) {
        return 1;
    }
    int columns = wcwidth((wchar_t)codepoint);
    return columns < 0 ? 1 : columns;
}

size_t qs_text_columns(const char *utf8)
{
    size_t columns = 0;
    for (unsigned codepoint; (codepoint = qs_text_next(&utf8)) != 0;) {
        columns += (size_t)qs_codepoint_columns(codepoint);
    }
    return columns;
}

size_t qs_codepoint_encode(unsigned codepoint, char out[static 4])
{
    if (codepoint < 0x80) {
        out[0] = (char)codepoint;
        return 1;
    }
    if (codepoint < 0x800) {
        out[0] = (char)(0xc0 | codepoint >> 6);
        out[1] = (char)(0x80 | (codepoint & 0x3f));
        return 2;
    }
    if (codepoint < 0x10000) {
        out[0] = (char)(0xe0 | codepoint >> 12);
        out[1] = (char)(0x80 | (codepoint >> 6 & 0x3f));
        out[2] = (char)(0x80 | (codepoint & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | codepoint >> 18);
    out[1] = (char)(0x80 | (codepoint >> 12 & 0x3f));
    out[2] = (char)(0x80 | (codepoint >> 6 & 0x3f));
    out[3] = (char)(0x80 | (codepoint & 0x3f));
    return 4;
}
