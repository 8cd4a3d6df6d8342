// Tables: see table.h. csv and json go out row by row; text waits for the widths of all cells.
#include "cli/table.h"

#include "base/number.h"
#include "cli/console.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void qs_table_begin(struct qs_table *table, enum qs_format format, const struct qs_column *columns,
                    size_t column_count)
{
    *table = (struct qs_table){.format = format, .columns = columns, .column_count = column_count};
    if (format == QS_FORMAT_JSON) {
        fputs("[", stdout);
        return;
    }
    for (size_t col = 0; col < column_count; col++) {
        if (format == QS_FORMAT_CSV) {
            printf("%s%s", col ? "," : "", columns[col].name);
        } else {
            qs_text_add_bytes(&table->text, columns[col].name, strlen(columns[col].name) + 1);
        }
    }
    if (format == QS_FORMAT_CSV) {
        fputs("\n", stdout);
    }
}

static void add_csv(struct qs_text *line, const char *text)
{
    // A blank at either end is kept by quotes too: many readers trim.
    size_t length = strlen(text);
    if (!strpbrk(text, ",\"\r\n") && text[0] != ' ' && (length == 0 || text[length - 1] != ' ')) {
        qs_text_add(line, text);
        return;
    }
    qs_text_add(line, "\"");
    for (; *text; text++) {
        qs_text_add_bytes(line, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    }
    qs_text_add(line, "\"");
}

// Bytes that are no UTF-8 become U+FFFD, so that the result is always valid JSON.
static void add_json(struct qs_text *line, const char *text)
{
    qs_text_add(line, "\"");
    for (unsigned codepoint; (codepoint = qs_text_next(&text)) != 0;) {
        if (codepoint == '"' || codepoint == '\\') {
            qs_text_addf(line, "\\%c", (int)codepoint);
        } else if (qs_codepoint_is_control(codepoint)) {
            qs_text_addf(line, "\\u%04x", codepoint);
        } else {
            char bytes[4];
            qs_text_add_bytes(line, bytes, qs_codepoint_encode(codepoint, bytes));
        }
    }
    qs_text_add(line, "\"");
}

// One cell: what it is in a file (csv, bare), and for people. bare: a number, as it stands in json too.
static void add_cell(struct qs_table *table, const char *exact, const char *shown, bool bare)
{
    size_t col = table->cells % table->column_count;
    bool first_row = table->cells < table->column_count;
    table->cells++;
    struct qs_text *line = &table->line;
    switch (table->format) {
    case QS_FORMAT_TEXT:
        for (const char *p = shown; *p; p++) { // a file's name may hold an end of line, and a row is a line
            qs_text_add_bytes(&table->text, *p == '\n' ? "?" : p, 1);
        }
        qs_text_add_bytes(&table->text, "", 1);
        return;
    case QS_FORMAT_CSV:
        qs_text_add(line, col ? "," : "");
        add_csv(line, exact);
        break;
    case QS_FORMAT_JSON:
        qs_text_add(line, col ? ", " : first_row ? "\n  {" : ",\n  {");
        add_json(line, table->columns[col].name);
        qs_text_add(line, ": ");
        if (bare) {
            qs_text_add(line, exact);
        } else {
            add_json(line, exact);
        }
        break;
    }
    if (col + 1 == table->column_count && !line->failed) {
        qs_text_add(line, table->format == QS_FORMAT_CSV ? "\n" : "}");
        fwrite(qs_text_chars(line), 1, line->length, stdout);
        qs_text_clear(line);
    }
}

void qs_table_text(struct qs_table *table, const char *utf8)
{
    add_cell(table, utf8, utf8, false);
}

void qs_table_count(struct qs_table *table, uint64_t count)
{
    char exact[QS_NUMBER_MAX];
    char shown[QS_NUMBER_MAX];
    snprintf(exact, sizeof exact, "%llu", (unsigned long long)count);
    add_cell(table, exact, qs_format_count(count, shown), true);
}

void qs_table_number(struct qs_table *table, double value)
{
    char exact[QS_NUMBER_MAX];
    char shown[QS_NUMBER_MAX];
    qs_format_exact(value, exact);
    bool null = table->format == QS_FORMAT_JSON && !isfinite(value);
    add_cell(table, null ? "null" : exact, qs_format_short(value, 6, shown), true);
}

void qs_table_none(struct qs_table *table)
{
    add_cell(table, table->format == QS_FORMAT_JSON ? "null" : "", "", true);
}

// The cells as padded lines.
static enum qs_status print_text(const struct qs_table *table, struct qs_error *err)
{
    size_t count = table->column_count;
    size_t *widths = calloc(count, sizeof *widths);
    if (!widths) {
        return qs_fail_memory(err, "a table", count * sizeof *widths);
    }
    const char *end = table->text.chars + table->text.length;
    size_t col = 0;
    for (const char *cell = table->text.chars; cell < end; cell += strlen(cell) + 1) {
        size_t width = qs_text_columns(cell);
        widths[col] = width > widths[col] ? width : widths[col];
        col = (col + 1) % count;
    }
    col = 0;
    size_t blanks = 0; // owed before the next letter, so that no line ends in blanks
    for (const char *cell = table->text.chars; cell < end; cell += strlen(cell) + 1) {
        size_t pad = widths[col] - qs_text_columns(cell);
        blanks += (col ? 2 : 0) + (table->columns[col].right ? pad : 0);
        size_t length = strlen(cell);
        while (length && cell[length - 1] == ' ') {
            length--;
        }
        if (length) {
            struct qs_text shown = {0};
            qs_text_add_bytes(&shown, cell, length);
            printf("%*s", (int)blanks, "");
            qs_console_print(stdout, qs_text_chars(&shown));
            qs_text_free(&shown);
            blanks = 0;
        }
        blanks += strlen(cell) - length + (table->columns[col].right ? 0 : pad);
        col = (col + 1) % count;
        if (col == 0) {
            fputs("\n", stdout);
            blanks = 0;
        }
    }
    free(widths);
    return QS_OK;
}

enum qs_status qs_table_end(struct qs_table *table, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    if (table->text.failed || table->line.failed) {
        status = qs_fail_memory(err, "a table", table->text.length + table->line.length);
    } else if (table->format == QS_FORMAT_JSON) {
        fputs(table->cells ? "\n]\n" : "]\n", stdout);
    } else if (table->format == QS_FORMAT_TEXT) {
        status = print_text(table, err);
    }
    qs_table_free(table);
    return status;
}

void qs_table_free(struct qs_table *table)
{
    qs_text_free(&table->text);
    qs_text_free(&table->line);
}
