// src/base: numbers, text, arrays, outputs, the thread pool.
#include "../cmocka_all.h"
#include "base/array.h"
#include "base/file.h"
#include "base/number.h"
#include "base/output.h"
#include "base/pool.h"
#include "base/text.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void numbers_parse_whole_strings_only(void **state)
{
    (void)state;
    uint64_t u = 7;
    assert_true(qs_parse_u64("18446744073709551615", &u));
    assert_true(u == UINT64_MAX);
    static const char *const bad_u64[] = {"", "-1", "+1", " 1", "1 ", "1x", "18446744073709551616", "0x10"};
    for (size_t i = 0; i < QS_COUNT_OF(bad_u64); i++) {
        assert_false(qs_parse_u64(bad_u64[i], &u));
    }
    double d = 0;
    assert_true(qs_parse_double("-2.5e-3", &d));
    assert_true(d == -2.5e-3);
    static const char *const bad_double[] = {"", " 1", "1 ", "1,5", "abc"};
    for (size_t i = 0; i < QS_COUNT_OF(bad_double); i++) {
        assert_false(qs_parse_double(bad_double[i], &d));
    }
}

static void hundredths_are_rounded_as_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t hundredths;
    } numbers[] = {
        {"0", 0}, {"5", 500}, {"5.18", 518}, {"5.184999999999999999999", 518}, {"5.185", 519}, {"1.005", 101},
        {"2.675", 268}, {"9.995", 1000}, {"0.005", 1}, {"0.00499", 0}, {"0.0005", 0}, {".5", 50}, {"5.", 500},
        {"007.1", 710}, {"+3.125", 313}, {"1.234e2", 12340}, {"5185e-3", 519}, {"5E+1", 5000}, {"1e-9999", 0},
        {"0e9999", 0}, {"9999999999999.994", UINT64_C(999999999999999)}, {"6.945300000000000000000000000001", 695},
    };
    for (size_t i = 0; i < QS_COUNT_OF(numbers); i++) {
        uint64_t got = 7;
        if (!qs_parse_hundredths(numbers[i].text, &got) || got != numbers[i].hundredths) {
            fail_msg("%s: %llu", numbers[i].text, (unsigned long long)got);
        }
    }
    static const char *const bad[] = {"", ".", "-1", "1.2.3", "1e", "1e+", "e5", "nan", "inf", "0x10", " 1", "1 ",
                                      "10000000000000", "1e13", "1e99999999999999999999", "1,5"};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        uint64_t got = 7;
        if (qs_parse_hundredths(bad[i], &got) || got != 7) {
            fail_msg("%s is no number", bad[i]);
        }
    }
}

static void numbers_format(void **state)
{
    (void)state;
    char s[QS_NUMBER_MAX];
    assert_string_equal(qs_format_count(0, s), "0");
    assert_string_equal(qs_format_count(999, s), "999");
    assert_string_equal(qs_format_count(1234567, s), "1,234,567");
    assert_string_equal(qs_format_count(UINT64_MAX, s), "18,446,744,073,709,551,615");
    assert_string_equal(qs_format_bytes(512, s), "512 B");
    assert_string_equal(qs_format_bytes(9997544, s), "9.53 MiB");
    assert_string_equal(qs_format_bytes(UINT64_MAX, s), "16.0 EiB");
    assert_string_equal(qs_format_duration(7.2, s), "0:07");
    assert_string_equal(qs_format_duration(3723, s), "1:02:03");
    assert_string_equal(qs_format_duration(NAN, s), "-:--");
    assert_string_equal(qs_format_short(70.890634, 5, s), "70.891");
    assert_string_equal(qs_format_short(3.5e-7, 3, s), "3.50e-07");
    assert_string_equal(qs_format_exact(NAN, s), "nan");
    double values[] = {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0};
    for (size_t i = 0; i < QS_COUNT_OF(values); i++) {
        double back = 1;
        assert_true(qs_parse_double(qs_format_exact(values[i], s), &back));
        assert_memory_equal(&back, &values[i], sizeof back);
        assert_true(qs_parse_double(qs_format_shortest(values[i], s), &back));
        assert_memory_equal(&back, &values[i], sizeof back);
    }
    assert_string_equal(qs_format_shortest(3, s), "3");
    assert_string_equal(qs_format_shortest(0.05, s), "0.05");
    assert_string_equal(qs_format_shortest(0.1 + 0.2, s), "0.30000000000000004");
    assert_string_equal(qs_format_shortest(NAN, s), "nan");
}

static void utf8_of_a_known_size(void **state)
{
    (void)state;
    unsigned c = 7;
    assert_int_equal(qs_codepoint_decode("", 0, &c), 0);
    assert_int_equal(qs_codepoint_decode("\xe2\x96\x81", 2, &c), 0); // cut short
    assert_int_equal(qs_codepoint_decode("\xed\xa0\x80", 3, &c), 0); // a surrogate
    assert_int_equal(qs_codepoint_decode("\xc0\x80", 2, &c), 0);     // too long for what it is
    assert_int_equal(qs_codepoint_decode("\xf4\x90\x80\x80", 4, &c), 0);
    assert_int_equal(c, 7);
    assert_int_equal(qs_codepoint_decode("\xe2\x96\x81", 3, &c), 3);
    assert_int_equal(c, 0x2581);
    assert_int_equal(qs_codepoint_decode("\0", 1, &c), 1); // a NUL is one like others
    assert_int_equal(c, 0);
    assert_int_equal(qs_text_invalid("a\0\xc3\xa9", 4), 4);
    assert_int_equal(qs_text_invalid("a\0\xc3\xa9", 3), 2);
    assert_int_equal(qs_text_invalid("a\xff", 2), 1);
    assert_int_equal(qs_text_invalid("", 0), 0);
}

static void utf8_decodes_and_survives_garbage(void **state)
{
    (void)state;
    const char *p = "a\xc3\xa9\xe2\xa0\x81\xf0\x9f\x98\x80\xff\xed\xa0\x80";
    unsigned want[] = {'a', 0xe9, 0x2801, 0x1f600, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0};
    for (size_t i = 0; i < QS_COUNT_OF(want); i++) {
        assert_int_equal(qs_text_next(&p), want[i]);
    }
    char out[4];
    for (unsigned c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
        if (c >= 0xd800 && c < 0xe000) {
            continue;
        }
        char s[5] = {0};
        memcpy(s, out, qs_codepoint_encode(c, out));
        size_t n = qs_codepoint_encode(c, out);
        memcpy(s, out, n);
        s[n] = '\0';
        const char *at = s;
        assert_int_equal(qs_text_next(&at), c);
        assert_ptr_equal(at, s + n);
    }
}

static void text_grows(void **state)
{
    (void)state;
    struct qs_text text = {0};
    assert_string_equal(qs_text_chars(&text), "");
    for (int i = 0; i < 1000; i++) {
        qs_text_addf(&text, "%d,", i);
    }
    qs_text_add(&text, "end");
    assert_false(text.failed);
    assert_int_equal(text.length, strlen(text.chars));
    assert_true(qs_has_suffix(text.chars, "998,999,end"));
    char *taken = qs_text_take(&text);
    assert_null(text.chars);
    free(taken);
}

static void error_text_is_one_clean_line(void **state)
{
    (void)state;
    struct qs_error err = {0};
    assert_int_equal(qs_fail(&err, QS_BAD_INPUT, "a\nb\x1b[31m%s", "c"), QS_BAD_INPUT);
    assert_string_equal(err.text, "a?b?[31mc");
    qs_fail(&err, QS_FAILED, "again: %s", err.text);
    assert_string_equal(err.text, "again: a?b?[31mc");
    assert_int_equal(qs_fail(NULL, QS_USAGE, "x"), QS_USAGE);
    // C1 controls, line separators and changes of direction; a path's bytes that are no UTF-8 stay.
    qs_fail(&err, QS_FAILED, "a\xc2\x9b" "31m\xe2\x80\xae" "b\xe2\x81\xa6" "c\xe2\x80\xa8" "\xc3\xa9\xff");
    assert_string_equal(err.text, "a?31m?b?c?\xc3\xa9\xff");
}

static char *scratch(const char *name)
{
    const char *folder = getenv("QS_TMP");
    return qs_path_join(folder ? folder : ".", name);
}

static void output_is_complete_or_absent(void **state)
{
    (void)state;
    char *path = scratch("out.txt");
    struct qs_output out;
    struct qs_error err = {0};
    assert_int_equal(qs_output_open(path, false, &out, &err), QS_OK);
    fputs("one", out.file);
    assert_false(qs_path_exists(path));
    assert_int_equal(qs_output_commit(&out, &err), QS_OK);
    qs_output_abort(&out);

    assert_int_equal(qs_output_open(path, false, &out, &err), QS_USAGE);
    assert_non_null(strstr(err.text, "--force"));

    assert_int_equal(qs_output_open(path, true, &out, &err), QS_OK);
    fputs("two", out.file);
    char *temp = strdup(out.temp_path);
    qs_output_abort(&out);
    assert_false(qs_path_exists(temp));
    free(temp);

    char *data = NULL;
    size_t size = 0;
    assert_int_equal(qs_file_read(path, 100, &data, &size, &err), QS_OK);
    assert_string_equal(data, "one");
    free(data);
    assert_int_equal(qs_file_read(path, 2, &data, &size, &err), QS_BAD_INPUT);

    // Somebody else makes the file while ours is being written: theirs stays.
    char *raced = scratch("raced.txt");
    assert_int_equal(qs_output_open(raced, false, &out, &err), QS_OK);
    fputs("ours", out.file);
    FILE *theirs = fopen(raced, "w");
    fputs("theirs", theirs);
    fclose(theirs);
    assert_int_equal(qs_output_commit(&out, &err), QS_USAGE);
    assert_int_equal(qs_file_read(raced, 100, &data, &size, &err), QS_OK);
    assert_string_equal(data, "theirs");
    free(data);

    assert_int_equal(qs_output_open("/nonexistent/x", false, &out, &err), QS_FAILED);
    unlink(path);
    unlink(raced);
    free(path);
    free(raced);
}

static void output_reports_a_full_disk(void **state)
{
    (void)state;
    if (!qs_path_exists("/dev/full")) {
        skip();
    }
    char *path = scratch("full.txt");
    struct qs_output out;
    struct qs_error err = {0};
    assert_int_equal(qs_output_open(path, false, &out, &err), QS_OK);
    fclose(out.file);
    out.file = fopen("/dev/full", "w");
    assert_non_null(out.file);
    fputs("x", out.file);
    assert_int_equal(qs_output_commit(&out, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "No space"));
    assert_false(qs_path_exists(path));
    free(path);
}

static void maps_refuse_what_is_no_file(void **state)
{
    (void)state;
    struct qs_map map;
    struct qs_error err = {0};
    assert_int_equal(qs_map_open("/nonexistent", &map, &err), QS_BAD_INPUT);
    assert_int_equal(qs_map_open("/", &map, &err), QS_BAD_INPUT);
    assert_int_equal(qs_map_open("/dev/null", &map, &err), QS_BAD_INPUT);
    char *path = scratch("empty");
    fclose(fopen(path, "w"));
    assert_int_equal(qs_map_open(path, &map, &err), QS_OK);
    assert_null(map.data);
    qs_map_will_need(&map, 0, UINT64_MAX);
    qs_map_done_with(&map, UINT64_MAX, UINT64_MAX);
    qs_map_close(&map);
    unlink(path);
    free(path);
}

struct tally {
    atomic_uint seen[1000];
    atomic_uint worker_over;
    unsigned threads;
};

static void count_one(void *context, size_t index, unsigned worker)
{
    struct tally *tally = context;
    atomic_fetch_add(&tally->seen[index], 1);
    if (worker >= tally->threads) {
        atomic_fetch_add(&tally->worker_over, 1);
    }
}

static void pool_runs_every_index_once(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 5; threads++) {
        struct qs_pool *pool = NULL;
        assert_int_equal(qs_pool_new(threads, &pool, NULL), QS_OK);
        assert_int_equal(qs_pool_threads(pool), threads);
        struct tally tally = {.threads = threads};
        for (unsigned round = 1; round <= 50; round++) {
            qs_pool_for(pool, QS_COUNT_OF(tally.seen), count_one, &tally);
            for (size_t i = 0; i < QS_COUNT_OF(tally.seen); i++) {
                assert_int_equal(atomic_load(&tally.seen[i]), round);
            }
        }
        qs_pool_for(pool, 0, count_one, &tally);
        assert_int_equal(atomic_load(&tally.worker_over), 0);
        qs_pool_free(pool);
    }
    struct qs_error err = {0};
    struct qs_pool *pool = NULL;
    assert_int_equal(qs_pool_new(100000, &pool, &err), QS_USAGE);
}

static void maps_are_found_by_address(void **state)
{
    (void)state;
    char *path = scratch("mapped.bin");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 10000; i++) {
        fputc('x', file);
    }
    assert_int_equal(fclose(file), 0);
    struct qs_map maps[3];
    struct qs_error err;
    for (size_t i = 0; i < QS_COUNT_OF(maps); i++) {
        assert_int_equal(qs_map_open(path, &maps[i], &err), QS_OK);
    }
    const uint8_t *middle = maps[1].data;
    assert_string_equal(qs_map_path_at(middle), path);
    assert_string_equal(qs_map_path_at(middle + 9999), path);
    assert_null(qs_map_path_at(&path));
    assert_null(qs_map_path_at(NULL));
    qs_map_close(&maps[1]);
    assert_null(qs_map_path_at(middle));
    assert_string_equal(qs_map_path_at(maps[2].data), path);
    qs_map_close(&maps[0]);
    qs_map_close(&maps[2]);
    remove(path);
    free(path);
}

// A file behind a link that leads nowhere yet is made where the link says, and the link stays; a circle is refused.
static void links_are_followed(void **state)
{
    (void)state;
    char *target = scratch("target.txt");
    char *link = scratch("link");
    char *circle = scratch("circle");
    struct qs_output out;
    struct qs_error err;
    assert_int_equal(symlink("target.txt", link), 0);
    char *real = qs_path_real(link);
    assert_string_equal(qs_path_base(real), "target.txt");
    free(real);
    assert_int_equal(qs_output_open(link, false, &out, &err), QS_OK);
    assert_int_equal(qs_output_commit(&out, &err), QS_OK);
    assert_true(qs_path_exists(target));
    assert_true(qs_path_is_link(link));

    assert_int_equal(symlink("circle", circle), 0);
    real = qs_path_real(circle);
    assert_true(qs_path_is_link(real));
    free(real);
    assert_int_equal(qs_output_open(circle, false, &out, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "circle: is a symbolic link"));
    assert_true(qs_path_is_link(circle));
    remove(target);
    remove(link);
    remove(circle);
    free(target);
    free(link);
    free(circle);
}

static void sizes_do_not_overflow(void **state)
{
    (void)state;
    uint64_t r = 5;
    assert_false(qs_mul_u64(UINT64_MAX, 2, &r));
    assert_false(qs_add_u64(UINT64_MAX, 1, &r));
    assert_true(r == 5);
    int *items = NULL;
    size_t capacity = 0;
    assert_false(qs_array_reserve(&items, &capacity, SIZE_MAX / 2, sizeof *items));
    assert_null(items);
    assert_true(qs_array_reserve(&items, &capacity, 1, sizeof *items));
    assert_true(capacity >= 1);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_parse_whole_strings_only),
        cmocka_unit_test(hundredths_are_rounded_as_decimals),
        cmocka_unit_test(numbers_format),
        cmocka_unit_test(utf8_of_a_known_size),
        cmocka_unit_test(utf8_decodes_and_survives_garbage),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(error_text_is_one_clean_line),
        cmocka_unit_test(output_is_complete_or_absent),
        cmocka_unit_test(output_reports_a_full_disk),
        cmocka_unit_test(maps_refuse_what_is_no_file),
        cmocka_unit_test(pool_runs_every_index_once),
        cmocka_unit_test(maps_are_found_by_address),
        cmocka_unit_test(links_are_followed),
        cmocka_unit_test(sizes_do_not_overflow),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
