// src/plan: the methods that start from a base rung, on curves with known answers (plan_case.h).
#include "../cmocka_all.h"
#include "plan_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAYERS = 32, KINDS = 7 };

// The layer that a kind's kurtosis or sensitivity selects.
static uint32_t by_kurtosis(uint32_t kind)
{
    return 5 + kind;
}

static uint32_t by_sensitivity(uint32_t kind)
{
    return 9 + 2 * kind;
}

static int rung_of(const struct qs_plan *plan, const char *name)
{
    struct qs_rung rung = {0};
    assert_true(qs_rung_parse(name, &rung));
    return qs_ladder_find(&plan->ladder, rung);
}

// Every module at `base`, but that of `layer_of` its kind at `top`.
static void check_boosts(const struct qs_plan *plan, uint32_t (*layer_of)(uint32_t), const char *base, const char *top)
{
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
            bool selected = layer_of && layer_of(kind) == layer;
            assert_int_equal(cell->rung, rung_of(plan, selected ? top : base));
            assert_int_equal(cell->boosted, selected && strcmp(top, base) != 0);
            assert_int_equal(cell->axis, 1);
            assert_false(cell->locked);
        }
    }
}

static void uniform_is_uniform(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    plan_case_plan(&made, "uniform base=4.25", NULL, &plan, &report);
    check_boosts(&plan, NULL, "b4g64", NULL);
    assert_string_equal(qs_text_chars(&report.notes), "");
    assert_int_equal(report.objective, QS_OBJECTIVE_COUNT);
    qs_plan_totals(&plan, &totals);
    uint64_t params = 32ull * 64 * 64 * (1 + 2 + 3 + 1 + 2 + 3 + 1);
    assert_int_equal(totals.modules, LAYERS * KINDS);
    assert_int_equal(totals.params, params);
    assert_int_equal(totals.units, params * (4096 + 16640 / 64));
    assert_int_equal(totals.bytes, params * (4096 + 260) / 8192);
    assert_true(totals.base_units == totals.units && totals.memory_increase == 0);
    assert_true(totals.bits_per_weight == 4.25390625);
    assert_true(totals.boosted == 0 && totals.locked == 0);
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void boosts_climb_where_curves_stand_out(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        uint32_t (*layer_of)(uint32_t);
        const char *base, *top, *note;
    } cases[] = {
        {"kurtboost base=3.13", by_kurtosis, "b3g128", "b3g32", NULL},
        {"kurtboost base=3.13 boost-stop=3 top-m=1", by_kurtosis, "b3g128", "b4g128", NULL},
        {"kurtboost base=b2g32 boost-stop=1 attribution=peak", by_kurtosis, "b2g32", "b3g128", NULL},
        {"sensiboost base=3.13", by_sensitivity, "b3g128", "b3g32", NULL},
        {"sensiboost base=2.25 metric=kurtosis", by_kurtosis, "b2g64", "b3g128", NULL},
        {"kurtboost base=2.25 metric=SENSITIVITY", by_sensitivity, "b2g64", "b3g128", NULL},
        {"kurtboost base=3.13 z=1e6", NULL, "b3g128", "b3g32", NULL},
        // The ladder's top.
        {"kurtboost base=b8g64 boost-stop=3", by_kurtosis, "b8g64", "b8g32", "end at b8g32, 1 above"},
        {"kurtboost base=b2g128 boost-stop=11", by_kurtosis, "b2g128", "b8g32", NULL},
        {"kurtboost base=b2g128 boost-stop=12", by_kurtosis, "b2g128", "b8g32", "boost-stop 12 leads beyond"},
        {"kurtboost base=b8g32 boost-stop=4294967295", NULL, "b8g32", "b8g32", "end at b8g32, 0 above"},
    };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_plan plan;
        struct qs_plan_report report;
        plan_case_plan(&made, cases[i].words, NULL, &plan, &report);
        check_boosts(&plan, cases[i].layer_of, cases[i].base, cases[i].top);
        const char *notes = qs_text_chars(&report.notes);
        assert_true(cases[i].note ? strstr(notes, cases[i].note) != NULL : !notes[0]);
        qs_plan_report_free(&report);
        qs_plan_free(&plan);
    }
    plan_case_free(&made);
}

// 64 x 33 weights are whole groups of 64, not of 128; 64 x 99 / 2 of 32 only.
static void groups_that_do_not_divide_fall_back(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_report report;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        made.info.modules[layer * KINDS].cols = 33;
        made.info.modules[layer * KINDS + 1].rows = 32;
        made.info.modules[layer * KINDS + 1].cols = 99;
    }
    plan_case_plan(&made, "kurtboost base=b3g128", NULL, &plan, &report);
    assert_non_null(strstr(qs_text_chars(&report.notes), "64 modules cannot take b3g128"));
    assert_int_equal(qs_plan_cell(&plan, 0, 0)->rung, rung_of(&plan, "b3g64"));
    assert_int_equal(qs_plan_cell(&plan, by_kurtosis(0), 0)->rung, rung_of(&plan, "b4g64")); // b3g32, then b4g64
    assert_true(qs_plan_cell(&plan, by_kurtosis(0), 0)->boosted);
    assert_false(qs_plan_cell(&plan, 0, 0)->boosted);
    assert_int_equal(qs_plan_cell(&plan, 0, 1)->rung, rung_of(&plan, "b3g32"));
    assert_int_equal(qs_plan_cell(&plan, by_kurtosis(1), 1)->rung, rung_of(&plan, "b8g32")); // b4g32, then b8g32
    assert_int_equal(qs_plan_cell(&plan, 0, 2)->rung, rung_of(&plan, "b3g128"));
    qs_plan_report_free(&report);
    qs_plan_free(&plan);

    plan_case_plan(&made, "uniform base=b8g32", NULL, &plan, &report);
    assert_string_equal(qs_text_chars(&report.notes), "");
    qs_plan_report_free(&report);
    qs_plan_free(&plan);

    made.info.modules[3 * KINDS + 4].cols = 1; // 64 weights: one group of 64
    plan_case_plan(&made, "uniform base=b8g64", NULL, &plan, NULL);
    assert_int_equal(qs_plan_cell(&plan, 3, 4)->rung, rung_of(&plan, "b8g64"));
    qs_plan_free(&plan);

    made.info.modules[3 * KINDS + 4].rows = 7; // of no group
    const char *text = plan_case_refusal(&made, "uniform base=b8g64", NULL);
    assert_non_null(strstr(text, "layer 3, mlp.gate_proj"));
    plan_case_free(&made);
}

static void a_rung_above_the_last_one_falls_to_the_top(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    plan_case_make(&made, 6, 2, "b3g32,b3g64,b4g128", 1);
    made.info.modules[0].cols = 33; // cannot take the base, nor anything above
    plan_case_plan(&made, "uniform base=b4g128", NULL, &plan, NULL);
    assert_int_equal(qs_plan_cell(&plan, 0, 0)->rung, rung_of(&plan, "b3g32"));
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void locks_are_kept_by_every_method(void **state)
{
    (void)state;
    static const char *const words[] = {
        "uniform",
        "sensiboost",
        "kurtboost",
        "ablation",
        "decline",
        "decline neutral=yes",
        "mxq budget=3.5",
        "mxq-kurt budget=3.5",
        "mxq-sensi budget=3.5",
        "optimal budget=3.5 objective=fnorm",
    };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    uint8_t locks[LAYERS * KINDS];
    memset(locks, QS_PLAN_NO_RUNG, sizeof locks);
    for (uint32_t layer = 0; layer < LAYERS; layer += 3) {
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            locks[layer * KINDS + kind] = (uint8_t)((layer * 5 + kind) % 12);
        }
    }
    for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
        struct qs_plan plan;
        struct qs_plan_report report;
        struct qs_plan_totals totals;
        plan_case_plan(&made, words[i], locks, &plan, &report);
        for (size_t cell = 0; cell < LAYERS * KINDS; cell++) {
            bool locked = locks[cell] != QS_PLAN_NO_RUNG;
            assert_int_equal(plan.cells[cell].locked, locked);
            assert_true(!locked || (plan.cells[cell].rung == locks[cell] && !plan.cells[cell].boosted));
        }
        qs_plan_totals(&plan, &totals);
        assert_int_equal(totals.locked, 11 * KINDS);
        assert_true(!qs_method_solves(plan.params.method) || totals.units <= report.capacity_units);
        qs_plan_report_free(&report);
        qs_plan_free(&plan);
    }
    locks[3 * KINDS + 1] = 12;
    const char *text = plan_case_refusal(&made, "uniform", locks);
    assert_non_null(strstr(text, "layer 3, self_attn.k_proj"));
    locks[3 * KINDS + 1] = 0;
    made.info.modules[3 * KINDS + 1].cols = 33;
    text = plan_case_refusal(&made, "mxq budget=3.5", locks);
    assert_non_null(strstr(text, "groups of 128"));
    plan_case_remove(&made, 3, 1); // a lock on nothing is none
    struct qs_plan plan;
    plan_case_plan(&made, "mxq budget=3.5", locks, &plan, NULL);
    assert_int_equal(qs_plan_cell(&plan, 3, 1)->rung, QS_PLAN_NO_RUNG);
    assert_false(qs_plan_cell(&plan, 3, 1)->locked);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

// One layer of every kind, as kurtosis selects; the draw by another program (splitmix64 in Python).
static void ablation_draws_what_nobody_selected(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        uint32_t layers[KINDS];
    } pinned[] = {
        {"ablation", {6, 21, 0, 5, 23, 8, 16}},
        {"ablation seed=2", {12, 28, 23, 6, 21, 9, 2}},
        {"ablation seed=2024 metric=sensitivity", {1, 2, 23, 27, 8, 21, 12}},
    };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (size_t i = 0; i < QS_COUNT_OF(pinned); i++) {
        struct qs_plan plan;
        struct qs_plan_report report;
        plan_case_plan(&made, pinned[i].words, NULL, &plan, &report);
        for (uint32_t layer = 0; layer < LAYERS; layer++) {
            for (uint32_t kind = 0; kind < KINDS; kind++) {
                assert_int_equal(qs_plan_cell(&plan, layer, kind)->boosted, pinned[i].layers[kind] == layer);
            }
        }
        assert_string_equal(qs_text_chars(&report.notes), "");
        qs_plan_report_free(&report);
        qs_plan_free(&plan);
    }
    plan_case_free(&made);
}

static void ablation_is_disjoint_for_all_seeds(void **state)
{
    (void)state;
    struct plan_case made;
    uint32_t drawn[LAYERS] = {0};
    struct qs_plan plan;
    struct qs_plan_report report;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    made.sensitivity[20] *= 100; // kind 0: up at 9 and 20, down at 21; the drop's ratio is not beyond 3
    for (unsigned seed = 0; seed < 500; seed++) {
        char words[64];
        snprintf(words, sizeof words, "ablation seed=%u base=3.13", seed);
        plan_case_plan(&made, words, NULL, &plan, NULL);
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            unsigned boosted = 0;
            for (uint32_t layer = 0; layer < LAYERS; layer++) {
                bool here = qs_plan_cell(&plan, layer, kind)->boosted;
                assert_false(here && (layer == by_kurtosis(kind) || layer == by_sensitivity(kind)));
                assert_false(here && kind == 0 && layer == 20);
                boosted += here;
                drawn[layer] += here;
            }
            assert_int_equal(boosted, 1);
        }
        qs_plan_free(&plan);
    }
    for (uint32_t layer = 0; layer < LAYERS; layer++) { // 500 draws of 7 kinds: about 117 a layer, also of the last
        assert_in_range(drawn[layer], 60, 180);
    }
    made.source.curve_count = 1;
    plan_case_plan(&made, "ablation", NULL, &plan, &report);
    assert_non_null(strstr(qs_text_chars(&report.notes), "sensitivity is not known"));
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

// Where there are too few layers to draw from, all of them are.
static void ablation_takes_what_there_is(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
    plan_case_make(&made, 6, 1, "hqq", 1);
    static const double kurtosis[] = {3, 9, 15, 22, 28, 5}; // z 0.3: layers 1 2 3 4 5, and 0 is left
    memcpy(made.kurtosis, kurtosis, sizeof kurtosis);
    plan_case_plan(&made, "ablation z=0.3", NULL, &plan, &report);
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.boosted, 1);
    assert_true(qs_plan_cell(&plan, 0, 0)->boosted);
    assert_non_null(strstr(qs_text_chars(&report.notes), "self_attn.q_proj: only 1 of 5 layers can be drawn"));
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *words, *says, *says_too;
    } cases[] = {
        {"uniform base=b5g64", "base b5g64", "b2g128 b2g64 b2g32 b3g128"},
        {"kurtboost base=b3g16", "b3g16", "b8g32"},
        {"kurtboost top-m=33", "top-m is 33", "32 layers"},
        {"ablation top-m=33", "top-m is 33", "32 layers"},
        {"mxq-sensi top-m=33 budget=3.5", "top-m is 33", "32 layers"},
        {"kurtboost metric=fnorm", "fnorm", "quantscope scan"},
        {"kurtboost metric=module_sensitivity", "module_sensitivity", "quantscope import"},
        {"decline metric=skewness", "skewness", "quantscope scan"},
    };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        const char *text = plan_case_refusal(&made, cases[i].words, NULL);
        if (!strstr(text, cases[i].says) || !strstr(text, cases[i].says_too)) {
            fail_msg("%s: %s", cases[i].words, text);
        }
    }
    made.source.curve_count = 0;
    assert_non_null(strstr(plan_case_refusal(&made, "kurtboost", NULL), "`quantscope scan MODEL -o CACHE`"));
    assert_non_null(strstr(plan_case_refusal(&made, "mxq-kurt budget=3.5", NULL), "`quantscope scan"));
    assert_non_null(strstr(plan_case_refusal(&made, "sensiboost", NULL), "`quantscope import METRICS.csv"));
    assert_non_null(strstr(plan_case_refusal(&made, "mxq-sensi budget=3.5", NULL), "`quantscope import"));
    for (size_t cell = 0; cell < LAYERS * KINDS; cell++) {
        made.info.modules[cell].rows = 0;
    }
    assert_non_null(strstr(plan_case_refusal(&made, "uniform", NULL), "no modules"));
    plan_case_free(&made);
}

static void parameters_that_nobody_typed_are_checked_too(void **state)
{
    (void)state;
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (int i = 0; i < 6; i++) {
        struct qs_plan_params params = plan_case_params(i == 2 ? "decline" : i == 3 ? "mxq-sensi" : "kurtboost");
        struct qs_plan plan;
        struct qs_error err = {0};
        double *const reals[] = {&params.factor, &params.detect.z, &params.detect.trim};
        if (i == 1) {
            params.boost_stop = 0;
        } else if (i == 2) {
            params.decline_stop = 0;
        } else if (i >= 3) {
            *reals[i - 3] = NAN;
        }
        assert_int_equal(qs_plan_make(&made.source, &params, NULL, NULL, &plan, NULL, &err), i ? QS_USAGE : QS_OK);
        if (i == 0) {
            qs_plan_free(&plan);
        }
    }
    plan_case_free(&made);
}

// Curves that select nothing: no boosts, and no failure.
static void curves_without_an_answer_boost_nothing(void **state)
{
    (void)state;
    for (int which = 0; which < 5; which++) {
        struct plan_case made;
        uint32_t layers = which == 0 ? 3 : LAYERS;
        plan_case_make(&made, layers, KINDS, "hqq", 1);
        for (size_t i = 0; i < (size_t)layers * KINDS; i++) {
            double *values[] = {&made.kurtosis[i], &made.sensitivity[i]};
            for (int v = 0; v < 2; v++) {
                *values[v] = which == 1 ? 7 : which == 2 ? NAN : which == 3 ? 0 : which == 4 ? INFINITY : *values[v];
            }
        }
        static const char *const words[] = {
            "kurtboost",           "sensiboost",          "ablation", "decline", "decline neutral=yes",
            "mxq-kurt budget=3.5", "mxq-sensi budget=3.5"};
        for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
            struct qs_plan plan;
            struct qs_plan_totals totals;
            plan_case_plan(&made, words[i], NULL, &plan, NULL);
            qs_plan_totals(&plan, &totals);
            assert_int_equal(totals.boosted, 0);
            assert_true(qs_method_solves(plan.params.method) || totals.units == totals.base_units);
            qs_plan_free(&plan);
        }
        plan_case_free(&made);
    }
}

static void gaps_and_zeros_leave_the_rest_as_it_is(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (uint32_t kind = 0; kind < KINDS; kind++) {
        made.kurtosis[kind * LAYERS + 25] = NAN;
        made.sensitivity[kind * LAYERS + 1] = 0; // a ratio of 0, and one that is undefined
    }
    plan_case_plan(&made, "kurtboost base=3.13", NULL, &plan, NULL);
    check_boosts(&plan, by_kurtosis, "b3g128", "b3g32");
    qs_plan_free(&plan);
    plan_case_plan(&made, "sensiboost base=3.13 top-m=1", NULL, &plan, NULL);
    check_boosts(&plan, by_sensitivity, "b3g128", "b3g32");
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void modules_that_are_not_there_stay_so(void **state)
{
    (void)state;
    static const char *const words[] = {
        "uniform",
        "sensiboost",
        "kurtboost",
        "ablation",
        "decline",
        "decline neutral=yes",
        "mxq budget=3.5",
        "mxq-kurt budget=3.5",
        "mxq-sensi budget=3.5",
        "optimal budget=b3g128+2%",
    };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (uint32_t layer = 24; layer < LAYERS; layer++) {
        plan_case_remove(&made, layer, 2);
    }
    plan_case_remove(&made, 0, 0);
    for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
        struct qs_plan plan;
        struct qs_plan_totals totals;
        plan_case_plan(&made, words[i], NULL, &plan, NULL);
        qs_plan_totals(&plan, &totals);
        assert_int_equal(totals.modules, LAYERS * KINDS - 9);
        assert_int_equal(totals.params, qs_modules_params(&made.info));
        for (uint32_t cell = 0; cell < LAYERS * KINDS; cell++) {
            assert_int_equal(plan.cells[cell].rung == QS_PLAN_NO_RUNG, made.info.modules[cell].rows == 0);
            assert_true(made.info.modules[cell].rows || !(plan.cells[cell].boosted || plan.cells[cell].locked));
        }
        qs_plan_free(&plan);
    }
    plan_case_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_is_uniform),
        cmocka_unit_test(boosts_climb_where_curves_stand_out),
        cmocka_unit_test(groups_that_do_not_divide_fall_back),
        cmocka_unit_test(a_rung_above_the_last_one_falls_to_the_top),
        cmocka_unit_test(locks_are_kept_by_every_method),
        cmocka_unit_test(ablation_draws_what_nobody_selected),
        cmocka_unit_test(ablation_is_disjoint_for_all_seeds),
        cmocka_unit_test(ablation_takes_what_there_is),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(parameters_that_nobody_typed_are_checked_too),
        cmocka_unit_test(curves_without_an_answer_boost_nothing),
        cmocka_unit_test(gaps_and_zeros_leave_the_rest_as_it_is),
        cmocka_unit_test(modules_that_are_not_there_stay_so),
    };
    return cmocka_run_group_tests_name("plan/allocate", tests, NULL, NULL);
}
