// src/plan: where plans lie below the frontier, and how they differ from each other.
//
// The least sums come from qs_plan_make, which other tests hold against all plans there are; they may differ by
// QS_KNAPSACK_GAP.
#include "../cmocka_all.h"
#include "plan/compare.h"
#include "plan_case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct qs_plan_measure measured(const struct plan_case *made, const struct qs_plan *plan,
                                       enum qs_objective objective, bool exact)
{
    struct qs_frontier frontier;
    struct qs_plan_measure measure;
    assert_int_equal(qs_frontier_make(&made->source, objective, &frontier, NULL), QS_OK);
    assert_int_equal(qs_plan_measure(plan, &made->source, &frontier, exact, NULL, &measure, NULL), QS_OK);
    qs_frontier_free(&frontier);
    return measure;
}

static double sum_of(const struct plan_case *made, const double *values, const struct qs_plan *plan)
{
    double sum = 0;
    for (size_t cell = 0; cell < (size_t)made->info.layers * made->info.kinds; cell++) {
        if (plan->cells[cell].rung != QS_PLAN_NO_RUNG) {
            sum += values[cell * made->source.ladder.count + plan->cells[cell].rung];
        }
    }
    return sum;
}

static void gaps_are_to_the_optimum_at_the_same_units(void **state)
{
    (void)state;
    static const char *const words[] = {"uniform base=b3g64", "kurtboost base=b3g128", "ablation base=b2g64",
                                        "mxq budget=3.3", "optimal budget=3.3"};
    struct plan_case made;
    plan_case_make(&made, 32, 3, "hqq", 8);
    plan_case_remove(&made, 5, 1);
    const double *const values[] = {made.loss, made.fnorm, made.of_module, made.loss};
    for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
        struct qs_plan plan;
        struct qs_plan_totals totals;
        plan_case_plan(&made, words[i], NULL, &plan, NULL);
        qs_plan_totals(&plan, &totals);
        for (int objective = 0; objective < QS_OBJECTIVE_COUNT; objective++) {
            struct qs_plan best;
            struct qs_plan_report report;
            char wanted[96];
            snprintf(wanted, sizeof wanted, "optimal objective=%s budget=%lluB",
                     qs_objective_name((enum qs_objective)objective), (unsigned long long)totals.bytes);
            plan_case_plan(&made, wanted, NULL, &best, &report);
            struct qs_plan_measure measure = measured(&made, &plan, (enum qs_objective)objective, true);
            assert_true(measure.proven && measure.fnorm == sum_of(&made, made.fnorm, &plan));
            assert_true(measure.sensitivity == sum_of(&made, made.of_module, &plan));
            assert_true(measure.objective == sum_of(&made, values[objective], &plan));
            // The budget in bytes may be a little above the plan's own units.
            assert_true(report.capacity_units - totals.units < QS_UNITS_PER_BYTE);
            assert_true(measure.best >= report.cost * (1 - QS_KNAPSACK_GAP));
            assert_true(totals.units % QS_UNITS_PER_BYTE || measure.best <= report.cost * (1 + QS_KNAPSACK_GAP));
            assert_true(measure.gap == (measure.objective - measure.best) / measure.best);
            assert_true(measure.gap >= -QS_KNAPSACK_GAP);
            qs_plan_report_free(&report);
            qs_plan_free(&best);
        }
        qs_plan_free(&plan);
    }
    plan_case_free(&made);
}

// A look-up is no optimum, but never above a plan that is there.
static void looked_up_gaps_are_not_below_0(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 40; seed++) {
        struct plan_case made;
        struct qs_plan plan;
        plan_case_make(&made, 4, 3, "b2g64,b3g64,b4g32", seed);
        plan_case_plan(&made, "optimal budget=3.1", NULL, &plan, NULL);
        struct qs_plan_measure quick = measured(&made, &plan, QS_OBJECTIVE_LOSS, false);
        struct qs_plan_measure exact = measured(&made, &plan, QS_OBJECTIVE_LOSS, true);
        assert_true(fabs(exact.gap) <= QS_KNAPSACK_GAP);
        assert_true(quick.gap >= -QS_KNAPSACK_GAP && quick.best >= exact.best * (1 - QS_KNAPSACK_GAP));
        qs_plan_free(&plan);
        plan_case_free(&made);
    }
}

static void what_was_measured_otherwise_says_nothing(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    plan_case_make(&made, 4, 3, "b2g64,b3g64,b4g32", 1);
    plan_case_plan(&made, "uniform base=b3g64", NULL, &plan, NULL);
    for (int change = 0; change < 5; change++) {
        struct qs_plan other;
        assert_int_equal(qs_plan_copy(&other, &plan, NULL), QS_OK);
        double kept = made.loss[1];
        if (change == 0) {
            other.quantizer = QS_QUANTIZER_RTN;
        } else if (change == 1) {
            other.cells[7].axis = 0;
        } else if (change == 2) {
            other.ladder.rungs[1] = (struct qs_rung){3, 32};
        } else if (change == 3) {
            made.loss[1] = NAN;
        }
        struct qs_plan_measure measure = measured(&made, &other, QS_OBJECTIVE_LOSS, true);
        assert_int_equal(isnan(measure.objective) != 0, change < 4);
        assert_int_equal(isnan(measure.gap) != 0, change < 4);
        assert_int_equal(isnan(measure.fnorm) != 0, change < 3);
        made.loss[1] = kept;
        qs_plan_free(&other);
    }
    made.source.loss = made.source.sensitivity = made.source.fnorm = NULL;
    struct qs_plan_measure measure = measured(&made, &plan, QS_OBJECTIVE_BEST, true);
    assert_true(isnan(measure.fnorm) && isnan(measure.sensitivity) && isnan(measure.objective) && isnan(measure.gap));
    struct qs_frontier frontier;
    struct qs_error err = {0};
    assert_int_equal(qs_frontier_make(&made.source, QS_OBJECTIVE_LOSS, &frontier, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "loss of hqq"));
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void differences_are_of_rungs_and_axes(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan a;
    struct qs_plan b;
    plan_case_make(&made, 4, 3, "b2g64,b3g64,b4g32", 1);
    plan_case_remove(&made, 0, 0);
    plan_case_plan(&made, "uniform base=b3g64", NULL, &a, NULL);
    assert_int_equal(qs_plan_copy(&b, &a, NULL), QS_OK);
    assert_int_equal(qs_plan_differences(&a, &b), 0);
    b.cells[4].rung = 2;
    b.cells[5].rung = 0;
    b.cells[6].axis = 0;
    b.cells[7].boosted = b.cells[8].locked = true; // marks do not count
    assert_int_equal(qs_plan_differences(&a, &b), 3);
    assert_true(isnan(qs_plan_difference(&a, &b, 0, 0)));
    assert_true(qs_plan_difference(&a, &b, 0, 1) == 0 && qs_plan_difference(&a, &b, 2, 0) == 0);
    assert_true(qs_plan_difference(&a, &b, 1, 1) == 4.5078125 - 3.25390625);
    assert_true(qs_plan_difference(&a, &b, 1, 2) == -1);
    b.storage = QS_STORAGE_FP16;
    assert_true(qs_plan_difference(&b, &a, 1, 1) == 3.5 - 5); // under the first one's storage
    qs_plan_free(&a);
    qs_plan_free(&b);
    plan_case_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_are_to_the_optimum_at_the_same_units),
        cmocka_unit_test(looked_up_gaps_are_not_below_0),
        cmocka_unit_test(what_was_measured_otherwise_says_nothing),
        cmocka_unit_test(differences_are_of_rungs_and_axes),
    };
    return cmocka_run_group_tests_name("plan/compare", tests, NULL, NULL);
}
