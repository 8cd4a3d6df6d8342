// src/tui: the line editor, lists, parameters with undo, figures.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "tui/figure.h"
#include "tui/list.h"
#include "tui/params.h"
#include "tui/prompt.h"
#include "tui/undo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

static void step(struct qs_plan_params *params, enum qs_plan_param param, int direction, int times)
{
    static const char *const metrics[] = {"kurtosis", "std", "sensitivity"};
    const struct qs_param_choices choices = {qs_ladder_hqq, metrics, QS_COUNT_OF(metrics)};
    for (int i = 0; i < times; i++) {
        qs_param_step(params, param, direction, &choices);
    }
}

static void assert_text(const struct qs_plan_params *params, enum qs_plan_param param, const char *wanted)
{
    char text[QS_PLAN_PARAM_TEXT_MAX];
    assert_string_equal(qs_param_text(params, param, text), wanted);
}

static void parameters_step_on_the_decimal_grid(void **state)
{
    (void)state;
    struct qs_plan_params params = qs_plan_params_defaults;
    step(&params, QS_PLAN_Z, 1, 10);
    assert_true(params.detect.z == 4.0); // exactly: ten times 0.1 added to 3 in binary would be 4.000000000000001
    step(&params, QS_PLAN_Z, -1, 100);
    step(&params, QS_PLAN_TRIM, 1, 100);
    step(&params, QS_PLAN_TOP_M, -1, 100);
    assert_true(params.detect.z == 0.1);
    assert_true(params.detect.trim == 0.49);
    assert_int_equal(params.detect.top_m, 0);
    assert_text(&params, QS_PLAN_Z, "0.1");
    assert_text(&params, QS_PLAN_TOP_M, "0 (all)");
    step(&params, QS_PLAN_ATTRIBUTION, 1, 1);
    assert_text(&params, QS_PLAN_ATTRIBUTION, "peak");
    step(&params, QS_PLAN_ATTRIBUTION, 1, 1);
    assert_text(&params, QS_PLAN_ATTRIBUTION, "next");
}

static void plan_parameters_step(void **state)
{
    (void)state;
    struct qs_plan_params params = qs_plan_params_defaults;
    step(&params, QS_PLAN_METHOD, -1, QS_METHOD_COUNT); // round and round
    assert_text(&params, QS_PLAN_METHOD, "kurtboost");
    step(&params, QS_PLAN_METHOD, 1, 1);
    assert_text(&params, QS_PLAN_METHOD, "ablation");
    step(&params, QS_PLAN_BASE, 1, 2);
    assert_text(&params, QS_PLAN_BASE, "b3g32");
    step(&params, QS_PLAN_BASE, -1, 100);
    assert_text(&params, QS_PLAN_BASE, "b2g128");
    step(&params, QS_PLAN_BOOST_STOP, -1, 5);
    step(&params, QS_PLAN_DECLINE_STOP, -1, 5);
    step(&params, QS_PLAN_SEED, -1, 5);
    assert_text(&params, QS_PLAN_BOOST_STOP, "1");
    assert_text(&params, QS_PLAN_DECLINE_STOP, "1");
    assert_text(&params, QS_PLAN_SEED, "0");
    step(&params, QS_PLAN_NEUTRAL, 1, 1);
    assert_text(&params, QS_PLAN_NEUTRAL, "yes");
    step(&params, QS_PLAN_FACTOR, 1, 1);
    assert_text(&params, QS_PLAN_FACTOR, "2.2");
    step(&params, QS_PLAN_FACTOR, -1, 1000);
    assert_true(params.factor > 0);
    step(&params, QS_PLAN_OBJECTIVE, -1, 1);
    assert_text(&params, QS_PLAN_OBJECTIVE, "loss");
    step(&params, QS_PLAN_METRIC, 1, 1);
    assert_text(&params, QS_PLAN_METRIC, "std");
    step(&params, QS_PLAN_METRIC, -1, 1);
    assert_string_equal(params.metric, ""); // the method's own needs no name
}

static void budgets_step(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        int direction, times;
        const char *to;
    } cases[] = {
        {"3.4", 1, 10, "3.5"},          {"3.4", -1, 1, "3.39"},        {"0.01", -1, 1, "0.01"},
        {"b3g128", 1, 1, "b3g128+0.1%"}, {"b3g128+0.1%", -1, 2, "b3g128-0.1%"},
        {"b4g64-0.1%", 1, 1, "b4g64"},  {"b3g128+2%", 1, 1, "b3g128+2.1%"},
        {"3.2GiB", 1, 1, "3.232GiB"},   {"1000000B", 1, 1, "1010000B"}, {"1000000b", -1, 1, "990099b"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_plan_params params = qs_plan_params_defaults;
        snprintf(params.budget, sizeof params.budget, "%s", cases[i].from);
        step(&params, QS_PLAN_BUDGET, cases[i].direction, cases[i].times);
        assert_string_equal(params.budget, cases[i].to);
    }
}

static void parameters_are_read(void **state)
{
    (void)state;
    struct qs_plan_params params = qs_plan_params_defaults;
    struct qs_error err;
    assert_int_equal(qs_param_parse(&params, QS_PLAN_Z, "2.5", &err), QS_OK);
    assert_int_equal(qs_param_parse(&params, QS_PLAN_TOP_M, "3", &err), QS_OK);
    assert_int_equal(qs_param_parse(&params, QS_PLAN_TOP_M, "65537", &err), QS_USAGE);
    assert_int_equal(qs_param_parse(&params, QS_PLAN_ATTRIBUTION, "Peak", &err), QS_OK);
    struct qs_plan_params before = params;
    static const char *const bad[] = {"", "-", "1,5", "2 3", "99999999999999999999999999e"};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        for (int param = 0; param < QS_PLAN_PARAM_COUNT; param++) {
            if (param != QS_PLAN_METRIC) {
                assert_int_equal(qs_param_parse(&params, (enum qs_plan_param)param, bad[i], &err), QS_USAGE);
            }
        }
    }
    assert_memory_equal(&params, &before, sizeof params);
    assert_int_equal(qs_param_find("trim", 4), QS_PLAN_TRIM);
    assert_int_equal(qs_param_find("t", 1), QS_PLAN_PARAM_COUNT); // trim, top-m
    assert_int_equal(qs_param_find("to", 2), QS_PLAN_TOP_M);
    assert_int_equal(qs_param_find("boost-stop", 10), QS_PLAN_BOOST_STOP);
    assert_int_equal(qs_param_find("met", 3), QS_PLAN_PARAM_COUNT); // method, metric
    assert_int_equal(qs_param_find("", 0), QS_PLAN_PARAM_COUNT);
}

static void parameters_are_told_apart(void **state)
{
    (void)state;
    struct qs_plan_params a = qs_plan_params_defaults;
    for (int param = 0; param < QS_PLAN_PARAM_COUNT; param++) {
        struct qs_plan_params b = a;
        step(&b, (enum qs_plan_param)param, 1, 1);
        for (int other = 0; other < QS_PLAN_PARAM_COUNT; other++) {
            bool own = param == QS_PLAN_METHOD && other == QS_PLAN_METRIC; // another method may have another
            assert_true(own || qs_param_same(&a, &b, (enum qs_plan_param)other) == (other != param));
        }
    }
}

// Settings with so many locks, and z to tell them apart by.
static struct qs_plan_settings settings(double z, uint32_t locks)
{
    struct qs_plan_settings made = {.params = qs_plan_params_defaults, .lock_count = locks};
    made.params.detect.z = z;
    made.locks = calloc(locks + 1, sizeof *made.locks);
    assert_non_null(made.locks);
    return made;
}

static void undo_goes_back_and_forth(void **state)
{
    (void)state;
    static struct qs_undo undo;
    struct qs_plan_settings now = settings(3, 0);
    assert_false(qs_undo_back(&undo, &now));
    assert_false(qs_undo_forth(&undo, &now));
    for (int i = 0; i < QS_UNDO_MAX + 10; i++) { // the first ten are forgotten
        qs_undo_record(&undo, &now);
        assert_null(now.locks); // they are the history's
        now = settings(i + 10, (uint32_t)i % 5);
    }
    double newest = now.params.detect.z;
    int steps = 0;
    while (qs_undo_back(&undo, &now)) {
        steps++;
    }
    assert_int_equal(steps, QS_UNDO_MAX);
    assert_true(now.params.detect.z == 10 + 9);
    assert_int_equal(now.lock_count, 9 % 5);
    while (qs_undo_forth(&undo, &now)) {
        steps--;
    }
    assert_int_equal(steps, 0);
    assert_true(now.params.detect.z == newest);
    assert_true(qs_undo_back(&undo, &now) && qs_undo_back(&undo, &now));
    qs_undo_record(&undo, &now); // a change cuts the future off
    assert_false(qs_undo_forth(&undo, &now));
    qs_undo_free(&undo);
    assert_false(qs_undo_back(&undo, &now));
    qs_plan_settings_free(&now);
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
        cmocka_unit_test(plan_parameters_step),
        cmocka_unit_test(budgets_step),
        cmocka_unit_test(parameters_are_read),
        cmocka_unit_test(parameters_are_told_apart),
        cmocka_unit_test(undo_goes_back_and_forth),
        cmocka_unit_test(figures_are_never_cut),
    };
    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
