// src/tui: the line editor, lists, parameters with undo, figures.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "tui/figure.h"
#include "tui/list.h"
#include "tui/params.h"
#include "tui/prompt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct qs_prompt prompt;

static void type(const char *text)
{
    for (unsigned c; (c = qs_text_next(&text)) != 0;) {
        assert_int_equal(qs_prompt_key(&prompt, c), QS_PROMPT_TYPING);
    }
}

static void press(uint32_t key)
{
    assert_int_equal(qs_prompt_key(&prompt, key), QS_PROMPT_TYPING);
}

static void assert_line(const char *wanted)
{
    char line[QS_PROMPT_BYTES_MAX];
    qs_prompt_text(&prompt, line);
    assert_string_equal(line, wanted);
}

static void the_prompt_edits(void **state)
{
    (void)state;
    qs_prompt_open(&prompt, QS_PROMPT_COMMAND, ":", "");
    type("set z");
    press(QS_KEY_LEFT);
    type("\u00e9\u5c42");
    assert_line("set \u00e9\u5c42z");
    press(QS_KEY_BACKSPACE);
    press(QS_KEY_DELETE);
    assert_line("set \u00e9");
    press(QS_KEY_HOME);
    press(QS_KEY_DELETE);
    press(QS_KEY_CTRL('E'));
    press(QS_KEY_CTRL('W'));
    assert_line("et ");
    press(QS_KEY_CTRL('W'));
    assert_line("");
    type("one two");
    press(QS_KEY_CTRL('A'));
    press(QS_KEY_RIGHT);
    press(QS_KEY_CTRL('K'));
    assert_line("o");
    press(QS_KEY_CTRL('U'));
    assert_line("");
    press(7 + 1000000); // neither a character nor a key: nothing
    press(0xd800);
    press(1);
    assert_line("\xf3\xb4\x89\x87"); // U+F4247 is a character, if a strange one
    assert_int_equal(qs_prompt_key(&prompt, QS_KEY_ESC), QS_PROMPT_CANCELLED);
    qs_prompt_open(&prompt, QS_PROMPT_COMMAND, ":", "");
    assert_int_equal(qs_prompt_key(&prompt, QS_KEY_BACKSPACE), QS_PROMPT_CANCELLED);
    for (int i = 0; i < 2 * QS_PROMPT_CHARS_MAX; i++) {
        press(0x10ffff); // the longest in UTF-8
    }
    char line[QS_PROMPT_BYTES_MAX];
    qs_prompt_text(&prompt, line);
    assert_int_equal(strlen(line), 4 * QS_PROMPT_CHARS_MAX);
    qs_prompt_free(&prompt);
}

static void the_prompt_remembers(void **state)
{
    (void)state;
    memset(&prompt, 0, sizeof prompt);
    for (int i = 0; i < QS_HISTORY_MAX + 20; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i % (QS_HISTORY_MAX + 10));
        qs_prompt_open(&prompt, QS_PROMPT_COMMAND, ":", "");
        type(text);
        assert_int_equal(qs_prompt_key(&prompt, QS_KEY_ENTER), QS_PROMPT_ACCEPTED);
    }
    assert_int_equal(prompt.histories[QS_PROMPT_COMMAND].count, QS_HISTORY_MAX);
    qs_prompt_open(&prompt, QS_PROMPT_COMMAND, ":", "");
    type("draft");
    press(QS_KEY_UP);
    assert_line("9");
    press(QS_KEY_UP);
    assert_line("8");
    press(QS_KEY_DOWN);
    press(QS_KEY_DOWN);
    assert_line("draft");
    press(QS_KEY_DOWN);
    assert_line("draft");
    for (int i = 0; i < 2 * QS_HISTORY_MAX; i++) {
        press(QS_KEY_UP);
    }
    assert_line("20"); // 0 to 9 came again and moved to the end
    qs_prompt_open(&prompt, QS_PROMPT_SEARCH, "/", "");
    press(QS_KEY_UP); // another purpose, another history
    assert_line("");
    qs_prompt_free(&prompt);
}

static void lists_stay_inside(void **state)
{
    (void)state;
    static const int heights[] = {-1, 0, 1, 2, 7};
    static const size_t counts[] = {0, 1, 2, 6, 7, 8, 100};
    static const int64_t deltas[] = {-1, 1, -6, 6, INT64_MIN, INT64_MAX};
    for (size_t h = 0; h < QS_COUNT_OF(heights); h++) {
        for (size_t c = 0; c < QS_COUNT_OF(counts); c++) {
            struct qs_list list = {50, 60};
            qs_list_clamp(&list, counts[c], heights[h]);
            for (size_t i = 0; i < 100; i++) {
                int64_t delta = deltas[(i * 7 + i / 5) % QS_COUNT_OF(deltas)];
                (i % 3 ? qs_list_move : qs_list_scroll)(&list, counts[c], heights[h], delta);
                size_t window = heights[h] < 1 ? 1 : (size_t)heights[h];
                assert_true(counts[c] == 0 ? list.cursor == 0 : list.cursor < counts[c]);
                assert_true(list.cursor >= list.top && list.cursor - list.top < window);
                assert_true(list.top == 0 || list.top + window <= counts[c]);
            }
        }
    }
    struct qs_list list = {0, 0};
    qs_list_move(&list, 10, 4, 5);
    assert_int_equal(list.cursor, 5);
    assert_int_equal(list.top, 2);
    qs_list_scroll(&list, 10, 4, -2);
    assert_int_equal(list.top, 0);
    assert_int_equal(list.cursor, 3);
}

static void parameters_step_on_the_decimal_grid(void **state)
{
    (void)state;
    struct qs_detect_params params = qs_detect_defaults;
    for (int i = 0; i < 10; i++) {
        qs_param_step(&params, QS_PARAM_Z, 1);
    }
    assert_true(params.z == 4.0); // exactly: ten times 0.1 added to 3 in binary would be 4.000000000000001
    for (int i = 0; i < 100; i++) {
        qs_param_step(&params, QS_PARAM_Z, -1);
        qs_param_step(&params, QS_PARAM_TRIM, 1);
        qs_param_step(&params, QS_PARAM_TOP_M, -1);
    }
    assert_true(params.z == 0.1);
    assert_true(params.trim == 0.49);
    assert_int_equal(params.top_m, 0);
    qs_param_step(&params, QS_PARAM_ATTRIBUTION, 1);
    assert_int_equal(params.attribution, QS_ATTRIBUTION_PEAK);
    qs_param_step(&params, QS_PARAM_ATTRIBUTION, 1);
    assert_int_equal(params.attribution, QS_ATTRIBUTION_NEXT);
}

static void parameters_are_read(void **state)
{
    (void)state;
    struct qs_detect_params params = qs_detect_defaults;
    struct qs_error err;
    assert_int_equal(qs_param_parse(&params, QS_PARAM_Z, "2.5", &err), QS_OK);
    assert_int_equal(qs_param_parse(&params, QS_PARAM_TOP_M, "3", &err), QS_OK);
    assert_int_equal(qs_param_parse(&params, QS_PARAM_ATTRIBUTION, "Peak", &err), QS_OK);
    struct qs_detect_params before = params;
    static const char *const bad[] = {"", "x", "-", "1,5", "2 3", "99999999999999999999999999e"};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        for (int param = 0; param < QS_PARAM_COUNT; param++) {
            assert_int_equal(qs_param_parse(&params, (enum qs_param)param, bad[i], &err), QS_USAGE);
        }
    }
    assert_memory_equal(&params, &before, sizeof params);
    assert_int_equal(qs_param_find("trim", 4), QS_PARAM_TRIM);
    assert_int_equal(qs_param_find("t", 1), QS_PARAM_COUNT); // trim, top-m
    assert_int_equal(qs_param_find("to", 2), QS_PARAM_TOP_M);
    assert_int_equal(qs_param_find("", 0), QS_PARAM_COUNT);
}

static void undo_goes_back_and_forth(void **state)
{
    (void)state;
    static struct qs_undo undo;
    struct qs_detect_params params = qs_detect_defaults;
    assert_false(qs_undo_back(&undo, &params));
    assert_false(qs_undo_forth(&undo, &params));
    for (int i = 0; i < QS_UNDO_MAX + 10; i++) { // the first ten are forgotten
        qs_undo_record(&undo, &params);
        params.z = i + 10;
    }
    double newest = params.z;
    int steps = 0;
    while (qs_undo_back(&undo, &params)) {
        steps++;
    }
    assert_int_equal(steps, QS_UNDO_MAX);
    assert_true(params.z == 10 + 9);
    while (qs_undo_forth(&undo, &params)) {
        steps--;
    }
    assert_int_equal(steps, 0);
    assert_true(params.z == newest);
    assert_true(qs_undo_back(&undo, &params) && qs_undo_back(&undo, &params));
    qs_undo_record(&undo, &params); // a change cuts the future off
    assert_false(qs_undo_forth(&undo, &params));
}

static void figures_are_never_cut(void **state)
{
    (void)state;
    static const double values[] = {0, 1, -1, 3.14159265358979, -3.90398493e-5, 1e300, -1e-300, 123456789, 0.1,
                                    NAN, INFINITY, -INFINITY, 99999.96};
    for (size_t i = 0; i < QS_COUNT_OF(values); i++) {
        for (int cols = 1; cols < 20; cols++) {
            char text[QS_NUMBER_MAX];
            qs_figure(values[i], 8, cols, text);
            assert_true((int)strlen(text) <= cols);
            double back;
            if (strcmp(text, "#") != 0 && isfinite(values[i])) {
                assert_true(qs_parse_double(text, &back));
                // One digit at least: half of the last place shown is at most half of the value's leading digit.
                assert_true(fabs(back - values[i]) <= 0.5 * fabs(values[i]));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_prompt_edits),
        cmocka_unit_test(the_prompt_remembers),
        cmocka_unit_test(lists_stay_inside),
        cmocka_unit_test(parameters_step_on_the_decimal_grid),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(undo_goes_back_and_forth),
        cmocka_unit_test(figures_are_never_cut),
    };
    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
