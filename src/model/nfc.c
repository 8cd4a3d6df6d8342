// Normalization Form C: see nfc.h. The library works on valid UTF-8; what is none is copied between the stretches.
#include "model/nfc.h"

#include <stdlib.h>
#include <utf8proc.h>

enum {
    FIRST_AFFECTED = 0x300, // everything below is composed as it stands,
    CJK = 0x3100,
    CJK_END = 0xa640, // and everything from here to there,
    HANGUL = 0xac00,
    HANGUL_END = 0xd7a4, // and Hangul's syllables, but for a letter behind one
};

static bool is_inert(unsigned codepoint)
{
    return codepoint < FIRST_AFFECTED || (codepoint >= CJK && codepoint < CJK_END) ||
           (codepoint >= HANGUL && codepoint < HANGUL_END);
}

bool qs_nfc_is_plain(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        unsigned codepoint = 0;
        size_t length = (unsigned char)text[at] < 0xcc ? 1 : qs_codepoint_decode(text + at, size - at, &codepoint);
        if (length > 1 && !is_inert(codepoint)) {
            return false;
        }
        at += length ? length : 1;
    }
    return true;
}

static void compose_valid(const char *text, size_t size, struct qs_text *out)
{
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t length = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &composed,
                                           UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (length < 0) { // no memory: the text is valid
        out->failed = true;
        return;
    }
    qs_text_add_bytes(out, (const char *)composed, (size_t)length);
    free(composed);
}

void qs_nfc_compose(const char *text, size_t size, struct qs_text *out)
{
    size_t begin = 0; // of the valid stretch at hand
    for (size_t at = 0; at < size;) {
        unsigned codepoint;
        size_t length = qs_codepoint_decode(text + at, size - at, &codepoint);
        if (length == 0) {
            compose_valid(text + begin, at - begin, out);
            qs_text_add_bytes(out, text + at, 1);
            begin = at + 1;
        }
        at += length ? length : 1;
    }
    compose_valid(text + begin, size - begin, out);
}
