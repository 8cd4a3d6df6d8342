// Tables from files: comma-separated values with a header line, of columns in any order.
//
//     qs_csv_open(path, max_bytes, &csv, err)     reads the file and its header
//     qs_csv_column(csv, "layer")                 where a column stands, -1 where there is none
//     while (qs_csv_next(csv, &row, err) == QS_OK && row) ... qs_csv_field(csv, column)
//     qs_csv_close(csv)
//
// RFC 4180, with these liberties: lines end in LF or CRLF, and the last need not; a UTF-8 byte order mark and lines
// with nothing on them are passed over; blanks around a field are not part of it, unless they stand in quotes. Every
// row has as many fields as the header. All errors are QS_BAD_INPUT with "PATH: line 7, column fnorm: what".
#ifndef QS_BASE_CSV_H
#define QS_BASE_CSV_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    QS_CSV_BYTES_MAX = 1 << 27, // of a file, where a caller has no bound of its own
    QS_CSV_ROW_MAX = 1 << 16,   // bytes of a row
    QS_CSV_COLUMNS_MAX = 256,
};

struct qs_csv;

// QS_BAD_INPUT where the file is no text (a zero byte), has no header line, one with a name twice, or where it is
// larger than allowed; else as qs_file_read.
enum qs_status qs_csv_open(const char *path, uint64_t max_bytes, struct qs_csv **out, struct qs_error *err) QS_MUST_USE;
void qs_csv_close(struct qs_csv *csv); // NULL is fine

const char *qs_csv_path(const struct qs_csv *csv); // as given; borrowed
int qs_csv_columns(const struct qs_csv *csv);
const char *qs_csv_name(const struct qs_csv *csv, int column); // as the file spells it; borrowed
int qs_csv_column(const struct qs_csv *csv, const char *name); // in any case; -1 where there is none

// The same of a column that must be there.
enum qs_status qs_csv_need(const struct qs_csv *csv, const char *name, int *out, struct qs_error *err) QS_MUST_USE;

// The next row. *out is false behind the last one.
enum qs_status qs_csv_next(struct qs_csv *csv, bool *out, struct qs_error *err) QS_MUST_USE;

// Of the row at hand: the line it begins in, from 1, and a field, borrowed until the file is closed; "" for column -1.
uint64_t qs_csv_line(const struct qs_csv *csv);
const char *qs_csv_field(const struct qs_csv *csv, int column);

// A field as a whole number of at most max, or as a number that is finite and not negative.
enum qs_status qs_csv_count(const struct qs_csv *csv, int column, uint64_t max, uint64_t *out,
                            struct qs_error *err) QS_MUST_USE;
enum qs_status qs_csv_number(const struct qs_csv *csv, int column, double *out, struct qs_error *err) QS_MUST_USE;

// QS_BAD_INPUT: "PATH: line 7, column fnorm: " and the text.
enum qs_status qs_csv_fail(const struct qs_csv *csv, int column, struct qs_error *err, const char *format, ...)
    QS_PRINTF(4, 5);

#endif
