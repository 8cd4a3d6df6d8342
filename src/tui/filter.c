// Filters of the table of modules: see filter.h.
//
// The text is read from left to right: COLUMN OP VALUE becomes a comparison, every other word goes, with one blank
// between words, into the regular expression (PCRE2).
#include "tui/filter.h"

#include "base/number.h"
#include "base/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A bound on the work of one match, so that no expression holds the screen up; beyond it there is no match.
enum { COMPARISONS_MAX = 16, MATCH_LIMIT = 20000 };

enum comparison { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, UNEQUAL };

struct condition {
    const struct qs_column *column;
    enum comparison op;
    double number;
    char text[64]; // for text columns
};

struct qs_filter {
    struct condition conditions[COMPARISONS_MAX];
    size_t condition_count;
    pcre2_code *code; // NULL: no expression
    pcre2_match_data *match;
    pcre2_match_context *context;
};

void qs_filter_free(struct qs_filter *filter)
{
    if (filter) {
        pcre2_code_free(filter->code);
        pcre2_match_data_free(filter->match);
        pcre2_match_context_free(filter->context);
        free(filter);
    }
}

static size_t parse_op(const char *text, enum comparison *out)
{
    static const struct {
        const char *sign;
        enum comparison op;
    } ops[] = {{"<=", LESS_EQUAL}, {">=", GREATER_EQUAL}, {"!=", UNEQUAL}, {"==", EQUAL},
               {"<", LESS},        {">", GREATER},        {"=", EQUAL}};
    for (size_t i = 0; i < QS_COUNT_OF(ops); i++) {
        if (strncmp(text, ops[i].sign, strlen(ops[i].sign)) == 0) {
            *out = ops[i].op;
            return strlen(ops[i].sign);
        }
    }
    return 0;
}

// Reads COLUMN OP VALUE at *cursor and moves on; *out_found false where something else stands there.
static enum qs_status parse_condition(const char **cursor, const struct qs_columns *columns, struct condition *out,
                                      bool *out_found, struct qs_error *err)
{
    static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    const char *name = *cursor;
    size_t name_length = strspn(name, name_chars);
    const char *p = name + name_length;
    p += strspn(p, " ");
    size_t op_length = name_length ? parse_op(p, &out->op) : 0;
    *out_found = false;
    if (op_length == 0) {
        return QS_OK;
    }
    int column = qs_columns_find(columns, name, name_length);
    if (column < 0) {
        return qs_fail(err, QS_USAGE, "filter: there is no column %.*s", (int)(name_length > 64 ? 64 : name_length),
                       name);
    }
    p += op_length;
    p += strspn(p, " ");
    size_t value_length = strcspn(p, " ");
    if (value_length >= sizeof out->text) {
        value_length = sizeof out->text - 1;
    }
    memcpy(out->text, p, value_length);
    out->text[value_length] = '\0';
    out->column = &columns->items[column];
    if (qs_column_is_text(out->column)) {
        if (out->op != EQUAL && out->op != UNEQUAL) {
            return qs_fail(err, QS_USAGE, "filter: %s is text: only = and != compare it", out->column->name);
        }
    } else if (!qs_parse_double(out->text, &out->number)) {
        return qs_fail(err, QS_USAGE, "filter: %s is compared with \"%s\", which is not a number", out->column->name,
                       out->text);
    }
    *cursor = p + value_length;
    *out_found = true;
    return QS_OK;
}

static enum qs_status compile(struct qs_filter *filter, const char *expression, struct qs_error *err)
{
    int code = 0;
    PCRE2_SIZE offset = 0;
    filter->code = pcre2_compile((PCRE2_SPTR)expression, strlen(expression), PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C,
                                 &code, &offset, NULL);
    if (!filter->code) {
        PCRE2_UCHAR message[128] = "";
        pcre2_get_error_message(code, message, sizeof message);
        return qs_fail(err, QS_USAGE, "filter: %s (at character %zu of \"%s\")", (const char *)message,
                       (size_t)offset + 1, expression);
    }
    filter->match = pcre2_match_data_create_from_pattern(filter->code, NULL);
    filter->context = pcre2_match_context_create(NULL);
    if (!filter->match || !filter->context) {
        return qs_fail_memory(err, "the filter", sizeof *filter);
    }
    pcre2_set_match_limit(filter->context, MATCH_LIMIT);
    return QS_OK;
}

enum qs_status qs_filter_new(const char *text, const struct qs_columns *columns, struct qs_filter **out,
                             struct qs_error *err)
{
    struct qs_text expression = {0};
    struct qs_filter *filter = calloc(1, sizeof *filter);
    enum qs_status status = filter ? QS_OK : qs_fail_memory(err, "the filter", sizeof *filter);
    for (const char *p = text; status == QS_OK && *(p += strspn(p, " "));) {
        struct condition condition = {0};
        bool found;
        status = parse_condition(&p, columns, &condition, &found, err);
        if (status != QS_OK) {
            break;
        }
        if (!found) {
            size_t length = strcspn(p, " ");
            qs_text_add(&expression, expression.length ? " " : "");
            qs_text_add_bytes(&expression, p, length);
            p += length;
        } else if (filter->condition_count == COMPARISONS_MAX) {
            status = qs_fail(err, QS_USAGE, "filter: more than %d comparisons", COMPARISONS_MAX);
        } else {
            filter->conditions[filter->condition_count++] = condition;
        }
    }
    if (status == QS_OK && expression.failed) {
        status = qs_fail_memory(err, "the filter", strlen(text));
    }
    if (status == QS_OK && expression.length) {
        status = compile(filter, qs_text_chars(&expression), err);
    }
    qs_text_free(&expression);
    if (status == QS_OK) {
        *out = filter;
    } else {
        qs_filter_free(filter);
    }
    return status;
}

static bool holds(const struct condition *condition, const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    if (qs_column_is_text(condition->column)) {
        char text[QS_COLUMN_TEXT_MAX];
        qs_column_text(session, condition->column, layer, kind, text);
        return (strcasecmp(text, condition->text) == 0) == (condition->op == EQUAL);
    }
    double number = qs_column_number(session, condition->column, layer, kind);
    switch (condition->op) { // what has not been measured (NaN) is unequal to everything
    case LESS:
        return number < condition->number;
    case LESS_EQUAL:
        return number <= condition->number;
    case GREATER:
        return number > condition->number;
    case GREATER_EQUAL:
        return number >= condition->number;
    case EQUAL:
        return number == condition->number;
    case UNEQUAL:
        return number != condition->number;
    }
    return false;
}

bool qs_filter_matches(const struct qs_filter *filter, const struct qs_session *session, uint32_t layer,
                       uint32_t kind)
{
    if (!filter) {
        return true;
    }
    for (size_t i = 0; i < filter->condition_count; i++) {
        if (!holds(&filter->conditions[i], session, layer, kind)) {
            return false;
        }
    }
    if (!filter->code) {
        return true;
    }
    char subject[QS_NAME_MAX + 16];
    int length = snprintf(subject, sizeof subject, "%u %s", layer, qs_session_info(session)->kind_names[kind]);
    return length > 0 && pcre2_match(filter->code, (PCRE2_SPTR)subject, (PCRE2_SIZE)length, 0, 0, filter->match,
                                     filter->context) >= 0;
}
