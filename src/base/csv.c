// Tables from files: see csv.h. The file is read whole and cut into fields in place: a field never grows when its
// quotes go, so every field is a string inside the file's own bytes.
#include "base/csv.h"

#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct row {
    char *fields[QS_CSV_COLUMNS_MAX];
    int count;
    uint64_t line;
};

struct qs_csv {
    char *path;
    char *bytes; // owned; fields point into it
    char *at;    // the next row
    char *end;   // the NUL behind the last byte
    uint64_t line; // the one that `at` stands in
    struct row header;
    struct row row;
};

// The beginning of a field, for messages.
enum { SHOWN_MAX = 40 };

static enum qs_status fail_at(const struct qs_csv *csv, uint64_t line, const char *column, struct qs_error *err,
                              const char *what)
{
    return qs_fail(err, QS_BAD_INPUT, "%s: line %llu%s%s: %s", csv->path, (unsigned long long)line,
                   column[0] ? ", column " : "", column, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// What a field in the row being read is called: by the header, by its number in the header itself.
static const char *column_name(const struct qs_csv *csv, int column, char out[static 24])
{
    bool named = column < csv->header.count && csv->header.fields[column][0];
    snprintf(out, 24, "%d", column + 1);
    return named ? csv->header.fields[column] : out;
}

// A field in quotes at csv->at; leaves csv->at behind its last quote, and what the quotes hold in *out.
static enum qs_status read_quoted(struct qs_csv *csv, int column, char **out, char **out_end, struct qs_error *err)
{
    char number[24];
    uint64_t line = csv->line;
    char *begin = csv->at;
    char *to = begin;
    char *from = begin + 1;
    for (;; from++) {
        if (from == csv->end) {
            return fail_at(csv, line, column_name(csv, column, number), err, "a quote is opened and never closed");
        }
        if (from - begin > QS_CSV_ROW_MAX) {
            return fail_at(csv, line, column_name(csv, column, number), err, "the field is too long");
        }
        if (*from == '"' && from[1] != '"') {
            break;
        }
        from += *from == '"';
        csv->line += *from == '\n';
        *to++ = *from;
    }
    csv->at = from + 1;
    *out = begin;
    *out_end = to;
    return QS_OK;
}

// The field at csv->at, which then stands on the comma or the end of line behind it.
static enum qs_status read_field(struct qs_csv *csv, int column, char **out, char **out_end, struct qs_error *err)
{
    char number[24];
    while (is_blank(*csv->at)) {
        csv->at++;
    }
    bool quoted = *csv->at == '"';
    if (quoted) {
        enum qs_status status = read_quoted(csv, column, out, out_end, err);
        if (status != QS_OK) {
            return status;
        }
        while (is_blank(*csv->at)) {
            csv->at++;
        }
    } else {
        *out = csv->at;
        csv->at += strcspn(csv->at, ",\"\r\n");
        *out_end = csv->at;
        while (*out_end > *out && is_blank((*out_end)[-1])) {
            (*out_end)--;
        }
    }
    bool ends = csv->at == csv->end || *csv->at == ',' || *csv->at == '\n' || (*csv->at == '\r' && csv->at[1] == '\n');
    if (!ends) {
        return fail_at(csv, csv->line, column_name(csv, column, number), err,
                       quoted             ? "something follows the closing quote"
                       : *csv->at == '"' ? "a quote in a field that does not begin with one"
                                         : "a carriage return in the middle of a line");
    }
    return QS_OK;
}

// Moves csv->at, on the end of a line, behind it; false where something else stands there.
static bool pass_end(struct qs_csv *csv)
{
    if (*csv->at == '\r' && csv->at[1] == '\n') {
        csv->at++;
    }
    if (*csv->at != '\n') {
        return csv->at == csv->end;
    }
    csv->at++;
    csv->line++;
    return true;
}

static void pass_empty_lines(struct qs_csv *csv)
{
    while (csv->at < csv->end) {
        char *after = csv->at + strspn(csv->at, " \t");
        if (*after != '\n' && !(*after == '\r' && after[1] == '\n') && after != csv->end) {
            return;
        }
        csv->at = after;
        pass_end(csv);
    }
}

// The row at csv->at, of at most `most` fields. A NUL takes the place of what ends each field.
static enum qs_status read_row(struct qs_csv *csv, int most, struct row *row, struct qs_error *err)
{
    const char *begin = csv->at;
    row->count = 0;
    row->line = csv->line;
    for (;;) {
        char *end = NULL;
        char what[96];
        if (row->count == most) {
            snprintf(what, sizeof what, "has more than the %d fields %s", most,
                     most == QS_CSV_COLUMNS_MAX ? "that are read" : "of the header");
            return fail_at(csv, row->line, "", err, what);
        }
        enum qs_status status = read_field(csv, row->count, &row->fields[row->count], &end, err);
        if (status != QS_OK) {
            return status;
        }
        row->count++;
        if (csv->at - begin > QS_CSV_ROW_MAX) {
            return fail_at(csv, row->line, "", err, "is too long for a row");
        }
        if (*csv->at != ',') {
            pass_end(csv);
            *end = '\0';
            return QS_OK;
        }
        csv->at++;
        *end = '\0';
    }
}

static enum qs_status read_header(struct qs_csv *csv, struct qs_error *err)
{
    pass_empty_lines(csv);
    if (csv->at == csv->end) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is empty: a line with the names of the columns is missing", csv->path);
    }
    struct row header;
    enum qs_status status = read_row(csv, QS_CSV_COLUMNS_MAX, &header, err);
    for (int column = 0; status == QS_OK && column < header.count; column++) {
        for (int other = 0; status == QS_OK && other < column; other++) {
            // Columns without a name, as of a table's own index, cannot be asked for.
            if (header.fields[column][0] && strcasecmp(header.fields[column], header.fields[other]) == 0) {
                status = fail_at(csv, header.line, header.fields[column], err, "is there twice");
            }
        }
    }
    csv->header = header;
    return status;
}

enum qs_status qs_csv_open(const char *path, uint64_t max_bytes, struct qs_csv **out, struct qs_error *err)
{
    size_t size = 0;
    struct qs_csv *csv = calloc(1, sizeof *csv);
    enum qs_status status = QS_OK;
    if (!csv || !(csv->path = strdup(path))) {
        status = qs_fail_memory(err, path, sizeof *csv);
        goto out;
    }
    status = qs_file_read(path, max_bytes, &csv->bytes, &size, err);
    if (status != QS_OK) {
        goto out;
    }
    const char *zero = memchr(csv->bytes, '\0', size);
    if (zero) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: byte %zu is zero: this is no text, so no table of values", path,
                         (size_t)(zero - csv->bytes));
        goto out;
    }
    csv->at = csv->bytes;
    csv->end = csv->bytes + size;
    csv->line = 1;
    if (size >= 3 && memcmp(csv->bytes, "\xef\xbb\xbf", 3) == 0) {
        csv->at += 3;
    }
    status = read_header(csv, err);
    if (status == QS_OK) {
        *out = csv;
        csv = NULL;
    }
out:
    qs_csv_close(csv);
    return status;
}

void qs_csv_close(struct qs_csv *csv)
{
    if (csv) {
        free(csv->path);
        free(csv->bytes);
        free(csv);
    }
}

const char *qs_csv_path(const struct qs_csv *csv)
{
    return csv->path;
}

int qs_csv_columns(const struct qs_csv *csv)
{
    return csv->header.count;
}

const char *qs_csv_name(const struct qs_csv *csv, int column)
{
    return csv->header.fields[column];
}

int qs_csv_column(const struct qs_csv *csv, const char *name)
{
    for (int column = 0; column < csv->header.count; column++) {
        if (strcasecmp(csv->header.fields[column], name) == 0) {
            return column;
        }
    }
    return -1;
}

enum qs_status qs_csv_need(const struct qs_csv *csv, const char *name, int *out, struct qs_error *err)
{
    int column = qs_csv_column(csv, name);
    if (column < 0) {
        return qs_fail(err, QS_BAD_INPUT, "%s: line %llu: there is no column %s", csv->path,
                       (unsigned long long)csv->header.line, name);
    }
    *out = column;
    return QS_OK;
}

enum qs_status qs_csv_next(struct qs_csv *csv, bool *out, struct qs_error *err)
{
    pass_empty_lines(csv);
    if (csv->at == csv->end) {
        *out = false;
        return QS_OK;
    }
    enum qs_status status = read_row(csv, csv->header.count, &csv->row, err);
    if (status == QS_OK && csv->row.count < csv->header.count) {
        char number[24];
        char what[96];
        snprintf(what, sizeof what, "is missing: the row has %d fields, the header %d", csv->row.count,
                 csv->header.count);
        status = fail_at(csv, csv->row.line, column_name(csv, csv->row.count, number), err, what);
    }
    if (status == QS_OK) {
        *out = true;
    }
    return status;
}

uint64_t qs_csv_line(const struct qs_csv *csv)
{
    return csv->row.line;
}

const char *qs_csv_field(const struct qs_csv *csv, int column)
{
    return column < 0 ? "" : csv->row.fields[column];
}

enum qs_status qs_csv_fail(const struct qs_csv *csv, int column, struct qs_error *err, const char *format, ...)
{
    char text[512];
    char number[24];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail_at(csv, csv->row.line, column < 0 ? "" : column_name(csv, column, number), err, text);
}

enum qs_status qs_csv_count(const struct qs_csv *csv, int column, uint64_t max, uint64_t *out, struct qs_error *err)
{
    const char *field = qs_csv_field(csv, column);
    uint64_t count;
    if (!qs_parse_u64(field, &count) || count > max) {
        return qs_csv_fail(csv, column, err, "\"%.*s\" is no whole number from 0 to %llu", SHOWN_MAX, field,
                           (unsigned long long)max);
    }
    *out = count;
    return QS_OK;
}

enum qs_status qs_csv_number(const struct qs_csv *csv, int column, double *out, struct qs_error *err)
{
    const char *field = qs_csv_field(csv, column);
    double number;
    // Hexadecimal and words are numbers to strtod, but not in a table.
    if (field[strspn(field, "0123456789.eE+-")] || !qs_parse_double(field, &number)) {
        return qs_csv_fail(csv, column, err, "\"%.*s\" is no number", SHOWN_MAX, field);
    }
    if (!isfinite(number) || number < 0) {
        return qs_csv_fail(csv, column, err, "%.*s is %s", SHOWN_MAX, field,
                           isfinite(number) ? "negative" : "beyond what a double can hold");
    }
    *out = number;
    return QS_OK;
}
