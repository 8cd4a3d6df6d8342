// A table of results on standard output, as text for people, csv or json.
//
//     qs_table_begin(&table, format, columns, count)
//     qs_table_text(&table, "q_proj")  one cell after the other, rows one after the other
//     qs_table_count(&table, 3)
//     qs_table_end(&table, err)
//
// csv: RFC 4180 with '\n', a header line, quotes where needed. json: an array of objects. Numbers in both have 17
// significant digits. What does not apply is an empty field and null; a number that is not finite is "nan", "inf" or
// "-inf" in csv and null in json, which has no such numbers. Text: columns padded with blanks, numbers to the right.
#ifndef QS_CLI_TABLE_H
#define QS_CLI_TABLE_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_format { QS_FORMAT_TEXT, QS_FORMAT_CSV, QS_FORMAT_JSON };

struct qs_column {
    const char *name;
    bool right; // text: aligned to the right, as numbers are
};

struct qs_table {
    enum qs_format format;
    const struct qs_column *columns; // borrowed
    size_t column_count;
    size_t cells;         // added so far
    struct qs_text text;  // QS_FORMAT_TEXT: the cells, each ended by a NUL, headers first
    struct qs_text line;  // the others: the row at hand
};

void qs_table_begin(struct qs_table *table, enum qs_format format, const struct qs_column *columns,
                    size_t column_count);
void qs_table_text(struct qs_table *table, const char *utf8);
void qs_table_count(struct qs_table *table, uint64_t count);
void qs_table_number(struct qs_table *table, double value); // text: 6 digits
void qs_table_none(struct qs_table *table);

// Writes what is left and frees the table. Fails for want of memory only; standard output is checked at the end of the
// program.
enum qs_status qs_table_end(struct qs_table *table, struct qs_error *err) QS_MUST_USE;
void qs_table_free(struct qs_table *table); // for a table that is not ended; zeroed is fine

#endif
