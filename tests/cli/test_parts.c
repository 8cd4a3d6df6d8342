// The parts of the command line that are pure functions: progress lines, suggestions.
#include "../unit/cmocka_all.h"
#include "cli/meter.h"
#include "cli/suggest.h"

#include <string.h>

static const struct qs_meter_reading half = {
    .task = "scanning demo",
    .what = "layer 11",
    .done = 84,
    .total = 168,
    .pieces = "modules",
    .bytes_done = 5000000000,
    .bytes_total = 10000000000,
    .seconds = 2.5,
};

static void test_bar(void **state)
{
    (void)state;
    static const struct {
        int cols;
        const char *bar;
    } cases[] = {
        {79, "scanning demo [#################------------------]  50 %  2.00 GB/s  0:03 left"},
        {60, "scanning demo [########--------]  50 %  2.00 GB/s  0:03 left"},
        {30, " 50 %  2.00 GB/s  0:03 left"},
        {10, "50 %"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qs_text text = {0};
        qs_meter_bar(&half, cases[i].cols, &text);
        assert_string_equal(qs_text_chars(&text), cases[i].bar);
        qs_text_free(&text);
    }
    // Never wider than asked for, whatever the width.
    for (int cols = 4; cols <= 300; cols++) {
        struct qs_text text = {0};
        qs_meter_bar(&half, cols, &text);
        assert_true((int)qs_text_columns(qs_text_chars(&text)) <= cols);
        qs_text_free(&text);
    }
}

static void test_sentence(void **state)
{
    (void)state;
    struct qs_text text = {0};
    qs_meter_sentence(&half, &text);
    assert_string_equal(qs_text_chars(&text),
                        "scanning demo: layer 11, 84 of 168 modules, 50 %, 2.00 GB/s, 0:03 left");
    qs_text_clear(&text);
    struct qs_meter_reading start = half;
    start.done = start.bytes_done = 0;
    start.seconds = 0;
    start.what = "";
    qs_meter_sentence(&start, &text);
    assert_string_equal(qs_text_chars(&text), "scanning demo: 0 of 168 modules, 0 %, 0 MB/s, -:-- left");
    qs_text_clear(&text);
    // Nothing to do at all divides by nothing.
    struct qs_meter_reading nothing = {.task = "t", .what = "", .pieces = "modules"};
    qs_meter_sentence(&nothing, &text);
    qs_meter_bar(&nothing, 80, &text);
    qs_text_free(&text);
}

static const char *nearest(const char *typed)
{
    static const char *const names[] = {"open", "inspect", "scan", "show", "detect", "snapshot", "completion", "help"};
    struct qs_suggestion near = {.typed = typed};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        qs_suggest(&near, names[i]);
    }
    return near.nearest ? near.nearest : "";
}

static void test_suggest(void **state)
{
    (void)state;
    assert_string_equal(nearest("inspct"), "inspect");
    assert_string_equal(nearest("INSPECT"), "inspect");
    assert_string_equal(nearest("sacn"), "scan"); // neighbours swapped: one step
    assert_string_equal(nearest("shwo"), "show");
    assert_string_equal(nearest("snap"), "snapshot");
    assert_string_equal(nearest("detects"), "detect");
    assert_string_equal(nearest("xyzzy"), "");
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("q"), "");
    char typed[200];
    memset(typed, 's', sizeof typed);
    typed[sizeof typed - 1] = '\0';
    assert_string_equal(nearest(typed), "");
    struct qs_text text = {0};
    struct qs_suggestion near = {.typed = "quite"};
    qs_suggestion_add(&near, "--", &text);
    assert_string_equal(qs_text_chars(&text), "");
    qs_suggest(&near, "quiet");
    qs_suggestion_add(&near, "--", &text);
    assert_string_equal(qs_text_chars(&text), "; did you mean --quiet?");
    qs_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_sentence),
        cmocka_unit_test(test_suggest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
