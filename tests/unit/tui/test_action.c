// src/tui: the table of actions and the spelling of keys.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "tui/action.h"
#include "tui/ui.h"

#include <string.h>

static void every_key_calls_one_action_in_a_view(void **state)
{
    (void)state;
    for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
        for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
            const char *cursor = qs_actions[i].keys;
            uint32_t first;
            uint32_t second;
            while (qs_key_parse(&cursor, &first, &second)) {
                enum qs_action_id found = qs_action_of_keys((enum qs_view_id)view, first, second, NULL);
                bool here = qs_actions[i].views & 1u << view;
                if (here && found != i) {
                    fail_msg("in %s, a key of %s calls %s", qs_view_names[view], qs_actions[i].name,
                             found < QS_ACTION_COUNT ? qs_actions[found].name : "nothing");
                }
                // A key that begins a sequence does nothing by itself.
                bool prefix;
                if (here && second) {
                    assert_int_equal(qs_action_of_keys((enum qs_view_id)view, first, 0, &prefix), QS_ACTION_COUNT);
                    assert_true(prefix);
                }
            }
        }
    }
}

static void every_action_is_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        const struct qs_action *action = &qs_actions[i];
        assert_true(action->name[0] && action->help[0]);
        assert_true(action->views != 0 && (action->views & ~(unsigned)IN_ALL) == 0);
        assert_true(action->keys[0] || action->argument != QS_ARGUMENT_NONE); // else it could not be called by hand
        const char *blank = strchr(action->name, ' ');
        size_t length = blank ? (size_t)(blank - action->name) : strlen(action->name);
        enum qs_action_id found = qs_action_find(action->name, length);
        assert_true(found < QS_ACTION_COUNT);
        assert_int_equal(strncmp(qs_actions[found].name, action->name, length), 0);
        if (blank) {
            assert_true(qs_actions[found].argument != QS_ARGUMENT_NONE);
        }
    }
}

static void keys_are_spelled(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t first;
        uint32_t second;
    } wanted[] = {
        {"a", 'a', 0},           {"^R", 18, 0},          {"^", '^', 0},
        {"S-Tab", QS_KEY_BACK_TAB, 0}, {"F1", QS_KEY_F1, 0},   {"F12", QS_KEY_F12, 0},
        {"F", 'F', 0},           {"gg", 'g', 'g'},       {"Space", ' ', 0},
        {"\\", '\\', 0},         {"PgDn", QS_KEY_PAGE_DOWN, 0},
    };
    for (size_t i = 0; i < QS_COUNT_OF(wanted); i++) {
        const char *cursor = wanted[i].text;
        uint32_t first;
        uint32_t second;
        assert_true(qs_key_parse(&cursor, &first, &second));
        assert_int_equal(first, wanted[i].first);
        assert_int_equal(second, wanted[i].second);
        assert_false(qs_key_parse(&cursor, &first, &second));
    }
}

static void names_may_be_cut_short(void **state)
{
    (void)state;
    assert_int_equal(qs_action_find("q", 1), QS_ACTION_QUIT);
    assert_int_equal(qs_action_find("QUIT", 4), QS_ACTION_QUIT);
    assert_int_equal(qs_action_find("layer", 5), QS_ACTION_LAYER); // exact goes before longer ones
    assert_int_equal(qs_action_find("layer-", 6), QS_ACTION_COUNT);
    assert_int_equal(qs_action_find("s", 1), QS_ACTION_COUNT);
    assert_int_equal(qs_action_find("", 0), QS_ACTION_COUNT);
    assert_int_equal(qs_action_find("edi", 3), QS_ACTION_EDIT);
    assert_int_equal(qs_action_find("view curves", 11), QS_ACTION_COUNT);
}

static void the_table_of_keys_holds_every_action(void **state)
{
    (void)state;
    struct qs_text table = {0};
    qs_ui_keys_table(&table);
    size_t lines = 0;
    for (const char *p = qs_text_chars(&table); *p; p = strchr(p, '\n') + 1) {
        size_t tabs = 0;
        for (const char *q = p; *q != '\n'; q++) {
            tabs += *q == '\t';
        }
        assert_int_equal(tabs, 4);
        lines++;
    }
    assert_int_equal(lines, QS_ACTION_COUNT);
    assert_non_null(strstr(qs_text_chars(&table),
                           "\ncurves,grid,compare\tL\tlog-axis\t-\tlogarithmic or linear axis\n"));
    assert_non_null(strstr(qs_text_chars(&table), "all\t? F1\thelp\t-\t"));
    qs_text_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_calls_one_action_in_a_view),
        cmocka_unit_test(every_action_is_described),
        cmocka_unit_test(keys_are_spelled),
        cmocka_unit_test(names_may_be_cut_short),
        cmocka_unit_test(the_table_of_keys_holds_every_action),
    };
    return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
