// src/base/csv: what is a table, and where one that is none is wrong.
#include "../cmocka_all.h"
#include "base/csv.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path(void)
{
    static char buffer[4096];
    const char *folder = getenv("QS_TMP");
    snprintf(buffer, sizeof buffer, "%s/table.csv", folder ? folder : ".");
    return buffer;
}

static void write_bytes(const char *bytes, size_t size)
{
    FILE *file = fopen(path(), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static struct qs_csv *open_text(const char *text)
{
    struct qs_csv *csv = NULL;
    struct qs_error err = {0};
    write_bytes(text, strlen(text));
    if (qs_csv_open(path(), QS_CSV_BYTES_MAX, &csv, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return csv;
}

// The table as one string: fields in brackets, rows by line.
static void assert_reads(const char *text, const char *wanted)
{
    struct qs_csv *csv = open_text(text);
    struct qs_text got = {0};
    bool row;
    while (qs_csv_next(csv, &row, NULL) == QS_OK && row) {
        qs_text_addf(&got, "%llu:", (unsigned long long)qs_csv_line(csv));
        for (int column = 0; column < qs_csv_columns(csv); column++) {
            qs_text_addf(&got, "[%s]", qs_csv_field(csv, column));
        }
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
    qs_csv_close(csv);
}

// Opening or some row fails, with a message that ends so.
static void assert_bad(const char *text, const char *message)
{
    struct qs_csv *csv = NULL;
    struct qs_error err = {0};
    write_bytes(text, strlen(text));
    enum qs_status status = qs_csv_open(path(), QS_CSV_BYTES_MAX, &csv, &err);
    bool row = true;
    while (status == QS_OK && row) {
        status = qs_csv_next(csv, &row, &err);
    }
    assert_int_equal(status, QS_BAD_INPUT);
    char wanted[5000];
    snprintf(wanted, sizeof wanted, "%s: %s", path(), message);
    assert_string_equal(err.text, wanted);
    qs_csv_close(csv);
}

static void rows_and_fields(void **state)
{
    (void)state;
    assert_reads("a,b\n1,2\n3,4\n", "2:[1][2]3:[3][4]");
    assert_reads("a,b\r\n1,2\r\n3,4", "2:[1][2]3:[3][4]");
    assert_reads("\xef\xbb\xbf" "a\n1\n", "2:[1]");
    assert_reads("\n\na,b\n\n1,\n \t\n,2\n\n", "5:[1][]7:[][2]");
    assert_reads("a,b\n \" 1 \" ,\t2 3 \n", "2:[ 1 ][2 3]");
    assert_reads("a,b\n\"x,\"\"y\"\"\nz\",\"\"\n5,6\n", "2:[x,\"y\"\nz][]4:[5][6]");
    assert_reads("a,b\n\"1\r\n2\",3\r\n", "2:[1\r\n2][3]");
    assert_reads("a", "");
    assert_reads("a,b,\n", "");
    assert_reads(",a\n0,1\n", "2:[0][1]");
}

static void columns_go_by_name(void **state)
{
    (void)state;
    struct qs_csv *csv = open_text(" Layer ,fnorm,,\n1,2,3,4\n");
    struct qs_error err = {0};
    int column = 9;
    assert_int_equal(qs_csv_columns(csv), 4);
    assert_int_equal(qs_csv_column(csv, "layer"), 0);
    assert_int_equal(qs_csv_column(csv, "FNORM"), 1);
    assert_int_equal(qs_csv_column(csv, "norm"), -1);
    assert_string_equal(qs_csv_name(csv, 0), "Layer");
    assert_int_equal(qs_csv_need(csv, "fnorm", &column, NULL), QS_OK);
    assert_int_equal(column, 1);
    assert_int_equal(qs_csv_need(csv, "module", &column, &err), QS_BAD_INPUT);
    assert_int_equal(column, 1);
    assert_non_null(strstr(err.text, "line 1: there is no column module"));
    bool row;
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_string_equal(qs_csv_field(csv, -1), "");
    assert_int_equal(qs_csv_fail(csv, 2, &err, "is %d", 3), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "table.csv: line 2, column 3: is 3"));
    qs_csv_close(csv);
    qs_csv_close(NULL);
}

static void bad_tables(void **state)
{
    (void)state;
    assert_bad("", "is empty: a line with the names of the columns is missing");
    assert_bad("\n \r\n", "is empty: a line with the names of the columns is missing");
    assert_bad("a,b,A\n", "line 1, column A: is there twice");
    assert_bad("a,b\n1,2\n3\n", "line 3, column b: is missing: the row has 1 fields, the header 2");
    assert_bad("a,\n1\n", "line 2, column 2: is missing: the row has 1 fields, the header 2");
    assert_bad("a,b\n1,2,3\n", "line 2: has more than the 2 fields of the header");
    assert_bad("a,b\n\"1\n\n\",\"2", "line 4, column b: a quote is opened and never closed");
    assert_bad("a,b\n\"1\"2,3\n", "line 2, column a: something follows the closing quote");
    assert_bad("a,b\n1\"2\",3\n", "line 2, column a: a quote in a field that does not begin with one");
    assert_bad("a,b\n1,2\r3,4\n", "line 2, column b: a carriage return in the middle of a line");
}

static void bounds(void **state)
{
    (void)state;
    struct qs_csv *csv = NULL;
    struct qs_error err = {0};
    write_bytes("a\n1\0\n", 5);
    assert_int_equal(qs_csv_open(path(), QS_CSV_BYTES_MAX, &csv, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "byte 3 is zero"));
    assert_int_equal(qs_csv_open(path(), 4, &csv, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "is 5 bytes, more than the 4"));
    assert_int_equal(qs_csv_open("/nonexistent/table.csv", 4, &csv, &err), QS_BAD_INPUT);
    assert_null(csv);

    struct qs_text text = {0};
    qs_text_add(&text, "a,b\n1,");
    for (int i = 0; i <= QS_CSV_ROW_MAX + 1; i++) {
        qs_text_add(&text, "x");
    }
    assert_bad(qs_text_chars(&text), "line 2: is too long for a row");
    text.chars[6] = '"';
    assert_bad(qs_text_chars(&text), "line 2, column b: the field is too long");
    qs_text_clear(&text);
    for (int i = 0; i < QS_CSV_COLUMNS_MAX; i++) {
        qs_text_addf(&text, "%sc%d", i ? "," : "", i);
    }
    csv = open_text(qs_text_chars(&text));
    assert_int_equal(qs_csv_columns(csv), QS_CSV_COLUMNS_MAX);
    qs_csv_close(csv);
    qs_text_add(&text, ",more");
    assert_bad(qs_text_chars(&text), "line 1: has more than the 256 fields that are read");
    qs_text_free(&text);
}

static void numbers(void **state)
{
    (void)state;
    struct qs_csv *csv = open_text("n\n3.511252089083428e-7\n65535\n65536\n"
                                   "-1\n1e999\nnan\n0x10\n1.5x\n\"\"\n-0\n1 2\n");
    struct qs_error err = {0};
    uint64_t count = 7;
    double number = 7;
    bool row;
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_int_equal(qs_csv_number(csv, 0, &number, NULL), QS_OK);
    assert_true(number == 3.511252089083428e-7);
    assert_int_equal(qs_csv_count(csv, 0, 65535, &count, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "line 2, column n: \"3.511252089083428e-7\" is no whole number from 0 to 65535"));
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_int_equal(qs_csv_count(csv, 0, 65535, &count, NULL), QS_OK);
    assert_true(count == 65535);
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_int_equal(qs_csv_count(csv, 0, 65535, &count, NULL), QS_BAD_INPUT);
    static const char *const wrong[] = {"-1 is negative", "1e999 is beyond", "\"nan\" is no number",
                                        "\"0x10\" is no number", "\"1.5x\" is no number", "\"\" is no number"};
    for (size_t i = 0; i < QS_COUNT_OF(wrong); i++) {
        assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
        assert_int_equal(qs_csv_number(csv, 0, &number, &err), QS_BAD_INPUT);
        assert_non_null(strstr(err.text, wrong[i]));
    }
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_int_equal(qs_csv_number(csv, 0, &number, NULL), QS_OK);
    assert_true(number == 0);
    assert_int_equal(qs_csv_next(csv, &row, NULL), QS_OK);
    assert_int_equal(qs_csv_number(csv, 0, &number, NULL), QS_BAD_INPUT);
    assert_true(count == 65535 && number == 0);
    qs_csv_close(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_fields), cmocka_unit_test(columns_go_by_name), cmocka_unit_test(bad_tables),
        cmocka_unit_test(bounds),          cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
