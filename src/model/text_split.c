// Cutting text into pieces: see text_split.h.
//
// PCRE2 takes one character more for white space than Unicode does (U+180E), so \s and \S are written out as Unicode's
// White_Space before a pattern is compiled. ^ and $ stand at ends of lines, as in Oniguruma, which Hugging Face's
// tokenizers use. The program's own patterns need linear time on any text; those of a file
// are held to PCRE2's limits on backtracking.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "model/text_split.h"

#include "base/array.h"
#include "base/text.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum {
    PATTERN_BYTES_MAX = 4096,
    MATCH_LIMIT = 5000000,
    HEAP_LIMIT_KIB = 256 * 1024,
    JIT_STACK_LEAST = 32 * 1024,
    JIT_STACK_MOST = 8 * 1024 * 1024,
};

static const char white_space[] = "\\x{9}-\\x{d}\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}"
                                  "\\x{202f}\\x{205f}\\x{3000}";

// What PCRE2 reads otherwise than the engines that tokenizers are made with, or what a text could be held up with.
static const char *unsupported_in(const char *pattern)
{
    static const char *const words[] = {"&&", "(*", "(?C", "\\h", "\\H", "\\K", "\\G", "\\C", "[[:"};
    for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
        if (strstr(pattern, words[i])) {
            return words[i];
        }
    }
    return NULL;
}

// Writes \s and \S out. False where \S stands in a class together with others.
static bool write_out(const char *pattern, struct qs_text *out)
{
    bool in_class = false;
    for (const char *p = pattern; *p; p++) {
        if (*p == '\\' && p[1] == 's') {
            qs_text_addf(out, in_class ? "%s" : "[%s]", white_space);
            p++;
        } else if (*p == '\\' && p[1] == 'S') {
            if (in_class) {
                return false;
            }
            qs_text_addf(out, "[^%s]", white_space);
            p++;
        } else if (*p == '\\' && p[1]) {
            qs_text_add_bytes(out, p, 2);
            p++;
        } else {
            bool begins = *p == '[' && !in_class;
            bool ends = *p == ']' && in_class;
            in_class = begins || (in_class && !ends);
            qs_text_add_bytes(out, p, 1);
        }
    }
    return true;
}

static enum qs_status compile(const char *pattern, pcre2_code **out, struct qs_error *err)
{
    struct qs_text text = {0};
    int number = 0;
    PCRE2_SIZE at = 0;
    if (strcmp(pattern, "\\s+$") == 0) {
        pattern = "(?<!\\s)\\s+$"; // the same; but it does not try every place in a run of blanks anew
    }
    const char *word = unsupported_in(pattern);
    if (strlen(pattern) > PATTERN_BYTES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "a pattern of %zu bytes is not supported", strlen(pattern));
    }
    if (word) {
        return qs_fail(err, QS_BAD_INPUT, "the pattern %s is not supported: %s in it", pattern, word);
    }
    if (!write_out(pattern, &text)) {
        qs_text_free(&text);
        return qs_fail(err, QS_BAD_INPUT, "the pattern %s is not supported: \\S in a class", pattern);
    }
    if (text.failed) {
        qs_text_free(&text);
        return qs_fail_memory(err, "a pattern", strlen(pattern));
    }
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text.chars, text.length, PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE |
                                     PCRE2_NEVER_BACKSLASH_C, &number, &at, NULL);
    qs_text_free(&text);
    if (!code) {
        PCRE2_UCHAR message[256];
        pcre2_get_error_message(number, message, sizeof message);
        return qs_fail(err, QS_BAD_INPUT, "the pattern %s is not supported: %s", pattern, (const char *)message);
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // where there is none, the interpreter serves
    *out = code;
    return QS_OK;
}

enum qs_status qs_split_add(struct qs_split *split, const char *pattern, enum qs_split_kind kind, struct qs_error *err)
{
    if (split->count == QS_SPLIT_STEPS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "more than %d pre-tokenizers in a row are not supported", QS_SPLIT_STEPS_MAX);
    }
    struct qs_split_step *step = &split->steps[split->count];
    enum qs_status status = compile(pattern, &step->code, err);
    if (status == QS_OK) {
        step->kind = kind;
        split->count++;
    }
    return status;
}

void qs_split_free(struct qs_split *split)
{
    for (size_t i = 0; i < split->count; i++) {
        pcre2_code_free(split->steps[i].code);
    }
    *split = (struct qs_split){0};
}

void qs_pieces_free(struct qs_pieces *pieces)
{
    free(pieces->items);
    free(pieces->other);
    *pieces = (struct qs_pieces){0};
}

static bool append(struct qs_pieces *pieces, size_t at, size_t size)
{
    if (size == 0) {
        return true;
    }
    if (!qs_array_reserve(&pieces->items, &pieces->capacity, pieces->count + 1, sizeof *pieces->items)) {
        return false;
    }
    pieces->items[pieces->count++] = (struct qs_piece){.at = (uint32_t)at, .size = (uint32_t)size};
    return true;
}

// Runs of UTF-8 and runs of what is none.
static bool cut_invalid(const char *text, size_t size, struct qs_pieces *out)
{
    size_t begin = 0;
    bool before = true;
    for (size_t at = 0; at < size;) {
        unsigned codepoint;
        size_t length = qs_codepoint_decode(text + at, size - at, &codepoint);
        if ((length > 0) != before) {
            if (!append(out, begin, at - begin)) {
                return false;
            }
            begin = at;
            before = length > 0;
        }
        at += length ? length : 1;
    }
    return append(out, begin, size - begin);
}

// Threes of characters from the end: "1234567" is 1 234 567.
static bool append_threes(const char *text, size_t at, size_t size, struct qs_pieces *out)
{
    size_t characters = 0;
    for (size_t i = at; i < at + size; i++) {
        characters += (text[i] & 0xc0) != 0x80;
    }
    size_t begin = at;
    for (size_t i = at; i < at + size; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            if (i > begin && characters % 3 == 0) {
                if (!append(out, begin, i - begin)) {
                    return false;
                }
                begin = i;
            }
            characters--;
        }
    }
    return append(out, begin, at + size - begin);
}

// What one match needs beside the pattern.
struct matcher {
    pcre2_match_context *context;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
};

static void matcher_free(struct matcher *matcher)
{
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
}

static bool matcher_init(struct matcher *matcher)
{
    matcher->context = pcre2_match_context_create(NULL);
    matcher->data = pcre2_match_data_create(1, NULL);
    matcher->stack = pcre2_jit_stack_create(JIT_STACK_LEAST, JIT_STACK_MOST, NULL);
    if (!matcher->context || !matcher->data) {
        return false;
    }
    pcre2_set_match_limit(matcher->context, MATCH_LIMIT);
    pcre2_set_heap_limit(matcher->context, HEAP_LIMIT_KIB);
    pcre2_jit_stack_assign(matcher->context, NULL, matcher->stack);
    return true;
}

// 1 with the match, 0 where there is none, else PCRE2's error.
static int match_from(const struct matcher *matcher, const struct qs_split_step *step, const char *subject, size_t size,
                      size_t from, size_t *out_begin, size_t *out_end)
{
    uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY;
    int found = pcre2_match(step->code, (PCRE2_SPTR)subject, size, from, options, matcher->data, matcher->context);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) {
        found = pcre2_match(step->code, (PCRE2_SPTR)subject, size, from, options | PCRE2_NO_JIT, matcher->data,
                            matcher->context);
    }
    if (found < 0) {
        return found == PCRE2_ERROR_NOMATCH ? 0 : found;
    }
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matcher->data);
    *out_begin = ends[0];
    *out_end = ends[1];
    return 1;
}

static bool append_match(const struct qs_split_step *step, const char *text, size_t at, size_t size,
                         struct qs_pieces *out)
{
    return step->kind == QS_SPLIT_THREES ? append_threes(text, at, size, out) : append(out, at, size);
}

static enum qs_status cut_piece(const struct matcher *matcher, const struct qs_split_step *step, const char *text,
                                struct qs_piece piece, struct qs_pieces *out, struct qs_error *err)
{
    const char *subject = text + piece.at;
    size_t done = 0;
    size_t begin = 0;
    size_t end = 0;
    int found = 1;
    bool fine = true;
    while (done < piece.size && fine) {
        found = match_from(matcher, step, subject, piece.size, done, &begin, &end);
        if (found <= 0) {
            break;
        }
        if (step->kind != QS_SPLIT_MATCHES) {
            fine = append(out, piece.at + done, begin - done);
        }
        fine = fine && append_match(step, text, piece.at + begin, end - begin, out);
        done = end;
    }
    if (found < 0) {
        return qs_fail(err, QS_BAD_INPUT, "the tokenizer's pattern takes too long on this text (PCRE2 error %d, %zu "
                       "bytes from byte %u on)", found, piece.size - done, (unsigned)(piece.at + done));
    }
    if (step->kind != QS_SPLIT_MATCHES) {
        fine = fine && append(out, piece.at + done, piece.size - done);
    }
    return fine ? QS_OK : qs_fail_memory(err, "the pieces of a text", out->count * sizeof *out->items);
}

static enum qs_status run_step(const struct matcher *matcher, const struct qs_split_step *step, const char *text,
                               struct qs_pieces *pieces, struct qs_error *err)
{
    struct qs_pieces next = {.items = pieces->other, .capacity = pieces->other_capacity};
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < pieces->count && status == QS_OK; i++) {
        unsigned codepoint;
        struct qs_piece piece = pieces->items[i];
        if (qs_codepoint_decode(text + piece.at, piece.size, &codepoint)) {
            status = cut_piece(matcher, step, text, piece, &next, err);
        } else if (!append(&next, piece.at, piece.size)) {
            status = qs_fail_memory(err, "the pieces of a text", next.count * sizeof *next.items);
        }
    }
    pieces->other = pieces->items;
    pieces->other_capacity = pieces->capacity;
    pieces->items = next.items;
    pieces->count = next.count;
    pieces->capacity = next.capacity;
    return status;
}

enum qs_status qs_split_run(const struct qs_split *split, const char *text, size_t size, struct qs_pieces *out,
                            struct qs_error *err)
{
    struct matcher matcher = {0};
    enum qs_status status = QS_OK;
    out->count = 0;
    if (!matcher_init(&matcher) || !cut_invalid(text, size, out)) {
        status = qs_fail_memory(err, "the pieces of a text", out->count * sizeof *out->items);
    }
    for (size_t i = 0; i < split->count && status == QS_OK; i++) {
        status = run_step(&matcher, &split->steps[i], text, out, err);
    }
    matcher_free(&matcher);
    return status;
}
