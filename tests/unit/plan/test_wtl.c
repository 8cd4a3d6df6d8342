// src/plan/wtl: wins, ties and losses of small tables, counted by hand.
#include "../cmocka_all.h"
#include "base/text.h"
#include "plan/wtl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The rows as one string, "model method against wins/ties/losses" each.
static void assert_compares(const struct qs_perplexity *items, size_t count, enum qs_wtl_pairs pairs,
                            const char *against, const char *wanted)
{
    struct qs_wtl wtl = {0};
    struct qs_error err = {0};
    struct qs_text got = {0};
    if (qs_wtl_compare(items, count, pairs, against, "table.csv", &wtl, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < wtl.count; i++) {
        const struct qs_wtl_row *row = &wtl.rows[i];
        qs_text_addf(&got, "%s%s %s %s %llu/%llu/%llu", i ? ", " : "", row->model, row->method, row->against,
                     (unsigned long long)row->wins, (unsigned long long)row->ties, (unsigned long long)row->losses);
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
    qs_wtl_free(&wtl);
}

static void settings_are_joined(void **state)
{
    (void)state;
    static const struct qs_perplexity items[] = {
        {"b", "uniform", "3.13", "", "wiki", 600, 2},  {"b", "uniform", "3.13", "", "c4", 800, 3},
        {"b", "boost", "3.13", "2-0", "wiki", 599, 4}, {"b", "boost", "3.13", "2-1", "wiki", 600, 5},
        {"b", "boost", "3.13", "2-0", "c4", 801, 6},   {"b", "Boost", "4.13", "2-0", "c4", 1, 7},
        {"b", "random", "3.13", "2-0", "wiki", 600, 8}, {"b", "random", "3.13", "2-1", "WIKI", 600, 9},
        {"b", "random", "3.13", "2-2", "wiki", 1, 10}, {"a", "uniform", "3.13", "", "wiki", 5, 11},
        {"a", "boost", "3.13", "", "wiki", 6, 12},     {"b", "lonely", "9", "", "wiki", 6, 13},
    };
    assert_compares(items, 12, QS_WTL_ALL, NULL,
                    "b uniform boost 1/1/1, b uniform random 0/2/1, b boost uniform 1/1/1, b boost random 1/1/0, "
                    "b random uniform 1/2/0, b random boost 0/1/1, a uniform boost 1/0/0, a boost uniform 0/0/1");
    assert_compares(items, 12, QS_WTL_ALL, "UNIFORM",
                    "b boost uniform 1/1/1, b random uniform 1/2/0, a boost uniform 0/0/1");
    // None of the paper's methods: all pairs.
    assert_compares(items + 9, 2, QS_WTL_PAPER, NULL, "a uniform boost 1/0/0, a boost uniform 0/0/1");
    assert_compares(items, 0, QS_WTL_ALL, NULL, "");
    assert_compares(items + 11, 1, QS_WTL_ALL, "lonely", "");
}

static void the_papers_pairs(void **state)
{
    (void)state;
    static const struct qs_perplexity items[] = {
        {"m", "hqq", "3", "", "w", 10, 2},       {"m", "kurtboost", "3", "1", "w", 9, 3},
        {"m", "sensiboost", "3", "1", "w", 8, 4}, {"m", "sensiboost", "3", "2", "w", 11, 5},
        {"m", "mxq", "3", "", "w", 8, 6},        {"m", "kurtboost-ablation", "3", "1", "w", 9, 7},
        {"m", "awq", "3", "", "w", 1, 8},
    };
    assert_compares(items, 7, QS_WTL_PAPER, NULL,
                    "m sensiboost hqq 1/0/1, m sensiboost mxq 0/1/1, m kurtboost hqq 1/0/0, m kurtboost mxq 0/0/1, "
                    "m kurtboost kurtboost-ablation 0/1/0, m sensiboost kurtboost 1/0/0");
}

static void bad_tables(void **state)
{
    (void)state;
    static const struct qs_perplexity items[] = {
        {"m", "a", "3", "2-0", "w", 10, 2},
        {"m", "b", "3", "2-0", "w", 10, 3},
        {"m", "A", "3", "2-0", "W", 11, 4},
    };
    struct qs_wtl wtl = {.count = 77};
    struct qs_error err = {0};
    assert_int_equal(qs_wtl_compare(items, 3, QS_WTL_ALL, NULL, "t.csv", &wtl, &err), QS_BAD_INPUT);
    assert_string_equal(err.text, "t.csv: line 4: m has a second perplexity of A at 3, setting 2-0 on W; the other is "
                                  "in line 2");
    assert_int_equal(qs_wtl_compare(items, 2, QS_WTL_ALL, "c", "t.csv", &wtl, &err), QS_USAGE);
    assert_string_equal(err.text, "t.csv: has no method c, but a, b");
    assert_int_equal(wtl.count, 77);

    size_t many = QS_WTL_METHODS_MAX + 1;
    struct qs_perplexity *methods = calloc(many, sizeof *methods);
    char(*names)[16] = calloc(many, sizeof *names);
    assert_non_null(methods);
    assert_non_null(names);
    for (size_t i = 0; i < many; i++) {
        snprintf(names[i], sizeof names[i], "m%zu", i);
        methods[i] = (struct qs_perplexity){"m", names[i], "3", "", "w", 10, i + 2};
    }
    assert_int_equal(qs_wtl_compare(methods, many, QS_WTL_ALL, NULL, "t.csv", &wtl, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "1 models and 257 methods"));
    assert_int_equal(qs_wtl_compare(methods, many - 1, QS_WTL_ALL, NULL, "t.csv", &wtl, &err), QS_OK);
    assert_int_equal(wtl.count, 256 * 255);
    qs_wtl_free(&wtl);
    qs_wtl_free(NULL);
    free(methods);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_joined),
        cmocka_unit_test(the_papers_pairs),
        cmocka_unit_test(bad_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
