// src/plan: the methods that weigh modules against each other, beside all plans there are of small models.
//
// Sums are of few numbers in the same order; costs may differ by 1e-12 of themselves, and by QS_KNAPSACK_GAP where the
// solver says so.
#include "../cmocka_all.h"
#include "plan/problem.h"
#include "plan_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t units_of(const struct plan_case *made, size_t cell, size_t rung)
{
    const struct qs_module_info *module = &made->info.modules[cell];
    return module->rows * module->cols * qs_rung_units(made->source.ladder.rungs[rung], made->source.storage);
}

// The least sum of costs [cells][rungs] of all plans within the capacity, rung by rung; INFINITY where none fits.
static double least(const struct plan_case *made, const double *costs, const uint8_t *locks, uint64_t capacity,
                    size_t cell)
{
    size_t rungs = made->source.ladder.count;
    if (cell == (size_t)made->info.layers * made->info.kinds) {
        return 0;
    }
    double best = INFINITY;
    for (size_t rung = 0; rung < rungs; rung++) {
        uint64_t units = units_of(made, cell, rung);
        bool may = !locks || locks[cell] == QS_PLAN_NO_RUNG || locks[cell] == rung;
        if (may && units <= capacity && isfinite(costs[cell * rungs + rung])) {
            double rest = least(made, costs, locks, capacity - units, cell + 1);
            best = fmin(best, costs[cell * rungs + rung] + rest);
        }
    }
    return best;
}

static double cost_of(const struct plan_case *made, const double *costs, const struct qs_plan *plan)
{
    double sum = 0;
    for (size_t cell = 0; cell < (size_t)made->info.layers * made->info.kinds; cell++) {
        sum += costs[cell * made->source.ladder.count + plan->cells[cell].rung];
    }
    return sum;
}

static void check_optimum(const struct plan_case *made, const char *words, const double *costs, const uint8_t *locks,
                          enum qs_objective objective)
{
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
    plan_case_plan(made, words, locks, &plan, &report);
    qs_plan_totals(&plan, &totals);
    double want = least(made, costs, locks, report.capacity_units, 0);
    double got = cost_of(made, costs, &plan);
    assert_true(report.proven);
    assert_int_equal(report.objective, objective);
    assert_true(totals.units <= report.capacity_units);
    if (!(fabs(got - want) <= QS_KNAPSACK_GAP * want) || !(fabs(report.cost - got) <= 1e-12 * got) ||
        report.bound > report.cost * (1 + 1e-12)) {
        fail_msg("%s: the least is %.17g, planned %.17g, reported %.17g, bound %.17g", words, want, got, report.cost,
                 report.bound);
    }
    assert_string_equal(qs_text_chars(&report.notes), "");
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
}

static void optimal_is_optimal_for_every_objective(void **state)
{
    (void)state;
    static const char *const budgets[] = {"2.6", "3", "3.4", "b3g64", "b3g64+7%", "b4g32-5%"};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct plan_case made;
        char words[96];
        plan_case_make(&made, 3, 3, "b2g64,b3g64,b3g32,b4g32", seed);
        for (size_t i = 0; i < QS_COUNT_OF(budgets); i++) {
            const double *const values[] = {made.loss, made.fnorm, made.of_module, made.loss};
            for (int objective = 0; objective < QS_OBJECTIVE_COUNT; objective++) {
                enum qs_objective best = QS_OBJECTIVE_LOSS; // the default choice, where all are known
                snprintf(words, sizeof words, "optimal budget=%s objective=%s", budgets[i],
                         qs_objective_name((enum qs_objective)objective));
                check_optimum(&made, words, values[objective], NULL, objective ? (enum qs_objective)objective : best);
            }
            snprintf(words, sizeof words, "mxq budget=%s", budgets[i]);
            check_optimum(&made, words, made.fnorm, NULL, QS_OBJECTIVE_FNORM);
        }
        plan_case_free(&made);
    }
}

static void the_best_objective_is_the_first_that_covers_all(void **state)
{
    (void)state;
    struct plan_case made;
    plan_case_make(&made, 3, 2, "b2g64,b3g64,b4g32", 7);
    made.loss[4 * 3] = made.loss[4 * 3 + 2] = NAN; // one rung is left: still a choice
    check_optimum(&made, "optimal budget=3.4", made.loss, NULL, QS_OBJECTIVE_LOSS);
    made.loss[4 * 3 + 1] = INFINITY;
    check_optimum(&made, "optimal budget=3.4", made.of_module, NULL, QS_OBJECTIVE_SENSITIVITY);
    made.source.sensitivity = NULL;
    check_optimum(&made, "optimal budget=3.4", made.fnorm, NULL, QS_OBJECTIVE_FNORM);
    const char *text = plan_case_refusal(&made, "optimal budget=3.4 objective=loss", NULL);
    assert_non_null(strstr(text, "layer 2, self_attn.q_proj"));
    assert_non_null(strstr(text, "`quantscope import"));
    text = plan_case_refusal(&made, "optimal budget=3.4 objective=sensitivity", NULL);
    assert_non_null(strstr(text, "sensitivity of hqq, axis 1"));
    assert_non_null(strstr(text, "module_sensitivity"));
    made.source.fnorm = NULL;
    for (int i = 0; i < 4; i++) {
        static const char *const words[] = {"optimal budget=3.4", "mxq budget=3.4", "mxq-kurt budget=3.4",
                                            "mxq-sensi budget=3.4 z=1"};
        text = plan_case_refusal(&made, words[i], NULL);
        assert_non_null(strstr(text, "fnorm of hqq, axis 1"));
        assert_non_null(strstr(text, "`quantscope scan MODEL -o CACHE`"));
    }
    plan_case_free(&made);
}

static void locks_bind_the_optimum(void **state)
{
    (void)state;
    struct plan_case made;
    uint8_t locks[9];
    plan_case_make(&made, 3, 3, "b2g64,b3g64,b3g32,b4g32", 3);
    for (uint32_t round = 0; round < 12; round++) {
        for (uint32_t cell = 0; cell < 9; cell++) {
            locks[cell] = (cell * 7 + round) % 3 == 0 ? (uint8_t)((cell + round) % 4) : QS_PLAN_NO_RUNG;
        }
        check_optimum(&made, "optimal budget=3.4", made.loss, locks, QS_OBJECTIVE_LOSS);
    }
    memset(locks, 3, sizeof locks);
    const char *text = plan_case_refusal(&made, "optimal budget=3.4", locks); // locks alone take more
    assert_non_null(strstr(text, "4.50781"));
    made.loss[3] = NAN;
    memset(locks, QS_PLAN_NO_RUNG, sizeof locks);
    locks[0] = 3;
    text = plan_case_refusal(&made, "optimal budget=3.4", locks);
    assert_non_null(strstr(text, "layer 0, self_attn.q_proj"));
    plan_case_free(&made);
}

// fnorm * (1 + kurtosis scaled to 0..1 within its kind), and fnorm * factor where sensitivity selects.
static void variants_weigh_fnorm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct plan_case made;
        double costs[2][10 * 3];
        plan_case_make(&made, 5, 2, "b2g64,b3g64,b4g32", seed);
        static const double kurtosis[] = {3, 12, 7, 4, 8, /* */ 5, 5, 5, 5, 5};
        static const double sensitivity[] = {1, 1.1, 1, 9, 9.1, /* */ 2, 9, 9.1, 9, 9.1};
        memcpy(made.kurtosis, kurtosis, sizeof kurtosis);
        memcpy(made.sensitivity, sensitivity, sizeof sensitivity);
        for (uint32_t i = 0; i < 10 * 3; i++) {
            uint32_t layer = i / 6;
            uint32_t kind = i / 3 % 2;
            double scaled = kind == 0 ? (kurtosis[layer] - 3) / (12 - 3) : 0; // no spread: 0
            bool selected = layer == (kind == 0 ? 3 : 1);
            costs[0][i] = made.fnorm[i] * (1 + scaled);
            costs[1][i] = made.fnorm[i] * (selected ? 3.5 : 1);
        }
        check_optimum(&made, "mxq-kurt budget=3.3", costs[0], NULL, QS_OBJECTIVE_FNORM);
        check_optimum(&made, "mxq-sensi budget=3.3 z=1.4 factor=3.5", costs[1], NULL, QS_OBJECTIVE_FNORM);
        made.kurtosis[1] = NAN; // counts as the lowest of its kind; 8 is the highest then
        for (uint32_t i = 0; i < 10 * 3; i++) {
            bool known = i / 3 % 2 == 0 && i / 6 != 1;
            costs[0][i] = made.fnorm[i] * (1 + (known ? (kurtosis[i / 6] - 3) / (8 - 3) : 0));
        }
        check_optimum(&made, "mxq-kurt budget=3.3", costs[0], NULL, QS_OBJECTIVE_FNORM);
        plan_case_free(&made);
    }
}

static void budgets_beyond_all_plans_tell_both_limits(void **state)
{
    (void)state;
    static const char *const words[] = {"mxq budget=2.25",     "optimal budget=4.6",       "mxq budget=1B",
                                        "optimal budget=1TiB", "mxq-kurt budget=b2g64-1%", "mxq budget=b4g32+1%"};
    struct plan_case made;
    plan_case_make(&made, 3, 3, "b2g64,b3g64,b3g32,b4g32", 3);
    for (size_t i = 0; i < QS_COUNT_OF(words); i++) {
        const char *text = plan_case_refusal(&made, words[i], NULL);
        assert_non_null(strstr(text, strchr(words[i], '=') + 1));
        assert_non_null(strstr(text, "2.25390625 bits per weight"));
        assert_non_null(strstr(text, "4.5078125 bits per weight"));
    }
    // The limits themselves are budgets.
    struct qs_plan plan;
    struct qs_plan_totals totals;
    for (int top = 0; top < 2; top++) {
        plan_case_plan(&made, top ? "optimal budget=b4g32" : "optimal budget=b2g64", NULL, &plan, NULL);
        qs_plan_totals(&plan, &totals);
        assert_true(totals.units == totals.base_units && totals.memory_increase == 0);
        qs_plan_free(&plan);
    }
    plan_case_free(&made);
}

// Under fp16 groups of 16 take two bits a weight: b2g16 has 4 bits, b3g256 3.125, the other way round than under meta8.
static void rungs_weigh_what_their_storage_says(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_totals totals;
    plan_case_make(&made, 32, 1, "b2g16,b3g256", 3);
    made.source.storage = QS_STORAGE_FP16;
    plan_case_plan(&made, "mxq budget=3.2", NULL, &plan, NULL);
    qs_plan_totals(&plan, &totals);
    assert_true(totals.bits_per_weight <= 3.2);
    assert_true(plan.base.bits == 3 && plan.base.group_size == 256);
    qs_plan_free(&plan);
    assert_non_null(strstr(plan_case_refusal(&made, "mxq budget=3.1", NULL), "from 3.125 bits per weight"));
    // A step down that adds memory gives nothing back.
    plan_case_plan(&made, "decline neutral=yes base=b3g256 boost-stop=1", NULL, &plan, NULL);
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.units, totals.base_units);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

// What a budget is compared with.
static void budgets_name_their_base(void **state)
{
    (void)state;
    static const struct {
        const char *budget, *base;
    } cases[] = {
        {"b3g64", "b3g64"},      {"b3g64+3%", "b3g64"}, {"3.25", "b3g64"},     {"3.3", "b3g64"},       {"3.2", "b2g64"},
        {"3.25390625", "b3g64"}, {"3.2539", "b2g64"},   {"b3g64-3%", "b3g64"}, {"b5g16-40%", "b3g32"},
    };
    struct plan_case made;
    plan_case_make(&made, 3, 3, "b2g64,b3g64,b3g32,b4g32", 3);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_plan plan;
        char words[64];
        char name[QS_RUNG_NAME_MAX];
        snprintf(words, sizeof words, "mxq budget=%s", cases[i].budget);
        plan_case_plan(&made, words, NULL, &plan, NULL);
        assert_string_equal(qs_rung_name(plan.base, name), cases[i].base);
        struct qs_rung base = plan.base;
        assert_true(qs_plan_find_base(&plan));
        assert_true(qs_rung_equal(plan.base, base)); // the same as a reader finds
        qs_plan_free(&plan);
    }
    // The paper's names are those of its storage: in fp16 b3g64 has 3.5 bits, and 3.25 names nothing.
    const struct qs_ladder *ladder = &made.source.ladder;
    assert_int_equal(qs_plan_budget_base(ladder, QS_STORAGE_FP16, 64, "3.25", 3328 * 64).bits, 2);
    plan_case_free(&made);
}

static void decline_steps_as_many_down_as_up(void **state)
{
    (void)state;
    enum { LAYERS = 32, KINDS = 7 };
    struct plan_case made;
    plan_case_make(&made, LAYERS, KINDS, "hqq", 1);
    for (uint32_t stop = 1; stop <= 4; stop++) {
        struct qs_plan plan;
        char words[64];
        snprintf(words, sizeof words, "decline base=b3g128 boost-stop=2 decline-stop=%u", stop);
        plan_case_plan(&made, words, NULL, &plan, NULL);
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            for (uint32_t layer = 0; layer < LAYERS; layer++) {
                const struct qs_plan_cell *cell = qs_plan_cell(&plan, layer, kind);
                uint8_t down = (uint8_t)(stop < 3 ? 3 - stop : 0); // clamped at the ladder's foot
                // Layer 5 + kind climbs; layer 0 has the smallest kurtosis, and comes before its equals.
                assert_int_equal(cell->rung, layer == 5 + kind ? 5 : layer == 0 ? down : 3);
                assert_int_equal(cell->boosted, layer == 5 + kind);
            }
        }
        qs_plan_free(&plan);
    }
    struct qs_plan plan;
    struct qs_plan_report report;
    plan_case_plan(&made, "decline base=b2g128", NULL, &plan, &report); // nothing below
    assert_non_null(strstr(qs_text_chars(&report.notes), "self_attn.q_proj: 1 layers climb, and only 0 can step down"));
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

// Of all sets of modules that may step down: the least given back that is enough, and the cheapest of those.
struct answer {
    uint64_t back;
    double cost;
};

static struct answer best_set(const uint64_t *back, const double *cost, size_t count, uint64_t wanted)
{
    struct answer best = {UINT64_MAX, INFINITY};
    for (uint32_t set = 0; set < 1u << count; set++) {
        struct answer now = {0, 0};
        for (size_t i = 0; i < count; i++) {
            now.back += set >> i & 1 ? back[i] : 0;
            now.cost += set >> i & 1 ? cost[i] : 0;
        }
        if (now.back >= wanted && (now.back < best.back || (now.back == best.back && now.cost < best.cost))) {
            best = now;
        }
    }
    return best;
}

static void check_neutral(const struct plan_case *made)
{
    enum { CELLS = 12 };
    struct qs_plan boosted;
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals spent;
    struct qs_plan_totals totals;
    uint64_t back[CELLS];
    double cost[CELLS];
    size_t count = 0;
    uint64_t all = 0;
    struct answer got = {0, 0};
    size_t rungs = made->source.ladder.count;
    plan_case_plan(made, "kurtboost base=b4g64 z=1.5", NULL, &boosted, NULL);
    plan_case_plan(made, "decline base=b4g64 z=1.5 neutral=yes", NULL, &plan, &report);
    qs_plan_totals(&boosted, &spent);
    qs_plan_totals(&plan, &totals);
    assert_int_equal(spent.boosted, 2);
    for (size_t cell = 0; cell < CELLS; cell++) {
        size_t now = boosted.cells[cell].rung;
        size_t then = plan.cells[cell].rung;
        assert_true(then == now || (then == now - 1 && !boosted.cells[cell].boosted));
        if (!boosted.cells[cell].boosted) {
            back[count] = units_of(made, cell, now) - units_of(made, cell, now - 1);
            cost[count] = made->loss[cell * rungs + now - 1] - made->loss[cell * rungs + now];
            all += back[count];
            got.back += then < now ? back[count] : 0;
            got.cost += then < now ? cost[count] : 0;
            count++;
        }
    }
    uint64_t wanted = spent.units - spent.base_units;
    struct answer want = best_set(back, cost, count, wanted);
    if (all < wanted) {
        assert_true(got.back == all && strstr(qs_text_chars(&report.notes), "not neutral"));
    } else {
        assert_true(totals.units <= totals.base_units);
        if (got.back != want.back || !(fabs(got.cost - want.cost) <= 1e-12 * fabs(want.cost))) {
            fail_msg("of %llu units %llu are given back at %.17g, not %llu at %.17g", (unsigned long long)wanted,
                     (unsigned long long)got.back, got.cost, (unsigned long long)want.back, want.cost);
        }
        assert_string_equal(qs_text_chars(&report.notes), "");
    }
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    qs_plan_free(&boosted);
}

static void neutral_decline_is_the_nearest_below_and_the_cheapest(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (uint32_t round = 0; round < 150; round++) {
        struct plan_case made;
        plan_case_make(&made, 6, 2, "hqq", round);
        static const double kurtosis[] = {3, 3.1, 3, 60, 60.1, 60, /* */ 3, 50, 50.1, 50, 50.1, 50};
        memcpy(made.kurtosis, kurtosis, sizeof kurtosis);
        for (size_t cell = 0; cell < 12; cell++) { // from a few sizes with ties to sizes without a common step
            made.info.modules[cell].rows = 128 * (1 + plan_case_random(&random) % (round % 5 == 0 ? 900 : 1));
            made.info.modules[cell].cols = 1 + plan_case_random(&random) % (2 + round % 7);
        }
        check_neutral(&made);
        plan_case_free(&made);
    }
}

// Sizes without a common step take a coarse table: not the nearest any more, but still not above the base.
static void neutral_decline_of_odd_sizes_stays_below(void **state)
{
    (void)state;
    uint64_t random = 7;
    for (uint32_t round = 0; round < 6; round++) {
        struct plan_case made;
        struct qs_plan plan;
        struct qs_plan_totals totals;
        plan_case_make(&made, 6, 2, "hqq", round);
        static const double kurtosis[] = {3, 3.1, 3, 60, 60.1, 60, /* */ 3, 50, 50.1, 50, 50.1, 50};
        memcpy(made.kurtosis, kurtosis, sizeof kurtosis);
        for (size_t cell = 0; cell < 12; cell++) {
            made.info.modules[cell].rows = 128;
            made.info.modules[cell].cols = 10000000 + plan_case_random(&random) % 10000000;
        }
        plan_case_plan(&made, "decline base=b4g64 z=1.5 neutral=yes boost-stop=1", NULL, &plan, NULL);
        qs_plan_totals(&plan, &totals);
        assert_true(totals.boosted == 2 && totals.units <= totals.base_units);
        assert_true(totals.memory_increase > -0.01);
        qs_plan_free(&plan);
        plan_case_free(&made);
    }
}

static void a_search_that_ends_early_says_so(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
    plan_case_make(&made, 60, 7, "hqq", 5);
    struct qs_plan_params params = plan_case_params("mxq budget=3.3333");
    struct qs_knapsack_limits limits = {.states = 1};
    assert_int_equal(qs_plan_make(&made.source, &params, NULL, &limits, &plan, &report, NULL), QS_OK);
    qs_plan_totals(&plan, &totals);
    assert_false(report.proven);
    assert_true(report.bound <= report.cost && totals.units <= report.capacity_units);
    assert_non_null(strstr(qs_text_chars(&report.notes), "the search ended early"));
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimal_is_optimal_for_every_objective),
        cmocka_unit_test(the_best_objective_is_the_first_that_covers_all),
        cmocka_unit_test(locks_bind_the_optimum),
        cmocka_unit_test(variants_weigh_fnorm),
        cmocka_unit_test(budgets_beyond_all_plans_tell_both_limits),
        cmocka_unit_test(rungs_weigh_what_their_storage_says),
        cmocka_unit_test(budgets_name_their_base),
        cmocka_unit_test(decline_steps_as_many_down_as_up),
        cmocka_unit_test(neutral_decline_is_the_nearest_below_and_the_cheapest),
        cmocka_unit_test(neutral_decline_of_odd_sizes_stays_below),
        cmocka_unit_test(a_search_that_ends_early_says_so),
    };
    return cmocka_run_group_tests_name("plan/solved", tests, NULL, NULL);
}
