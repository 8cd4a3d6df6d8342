// The knapsack against brute force on small instances of every kind, its promises on larger ones, and its limits.
//
// Costs are compared with a tolerance of 1e-12 of the largest cost of a plan: sums of at most 8 terms in another order
// differ by less.
#include "../cmocka_all.h"
#include "knapsack_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MODULES = 6, CHOICES = 5, SEEDS = 60, CAPACITIES = 12, PLANS_MAX = 15625 };

struct plans {
    size_t count;
    uint64_t weight[PLANS_MAX];
    double cost[PLANS_MAX];
    double scale; // the largest |cost|, or 1
};

static void enumerate(const struct qs_knapsack *problem, struct plans *out)
{
    out->count = 1;
    out->weight[0] = 0;
    out->cost[0] = 0;
    for (size_t module = 0; module < problem->modules; module++) {
        size_t before = out->count;
        uint32_t first = problem->first[module];
        for (uint32_t i = problem->first[module + 1]; i-- > first;) { // the first choice last: it overwrites
            for (size_t plan = 0; plan < before; plan++) {
                size_t at = (i - first) * before + plan;
                out->weight[at] = out->weight[plan] + problem->weight[i];
                out->cost[at] = out->cost[plan] + problem->cost[i];
            }
        }
        out->count = before * (problem->first[module + 1] - first);
    }
    out->scale = 1;
    for (size_t plan = 0; plan < out->count; plan++) {
        out->scale = fmax(out->scale, fabs(out->cost[plan]));
    }
}

static double optimum(const struct plans *plans, uint64_t capacity)
{
    double best = INFINITY;
    for (size_t plan = 0; plan < plans->count; plan++) {
        best = plans->weight[plan] <= capacity ? fmin(best, plans->cost[plan]) : best;
    }
    return best;
}

// What any solution promises of itself, whatever made it.
static void check_solution(const struct qs_knapsack *problem, uint64_t capacity,
                           const struct qs_knapsack_solution *solution)
{
    uint64_t weight = 0;
    double cost = 0;
    for (size_t module = 0; module < problem->modules; module++) {
        uint32_t choice = solution->choice[module];
        assert_true(choice >= problem->first[module] && choice < problem->first[module + 1]);
        weight += problem->weight[choice];
        cost += problem->cost[choice];
    }
    assert_true(weight <= capacity);
    assert_true(solution->weight == weight);
    assert_true(solution->cost == cost);
    assert_true(solution->bound <= solution->cost);
    assert_int_equal(solution->proven, cost - solution->bound <= QS_KNAPSACK_GAP * fabs(cost));
}

static void check_capacity(const struct knapsack_case *made, const struct plans *plans, const struct qs_hull *hull,
                           uint64_t capacity)
{
    double best = optimum(plans, capacity);
    double tolerance = 1e-12 * plans->scale;
    struct qs_knapsack_solution solution;
    assert_int_equal(qs_knapsack_solve(hull, capacity, NULL, &solution, NULL), QS_OK);
    check_solution(&made->problem, capacity, &solution);
    if (fabs(solution.cost - best) > tolerance || fabs(solution.bound - best) > tolerance) {
        fail_msg("capacity %llu: the optimum is %.17g, found %.17g with bound %.17g", (unsigned long long)capacity,
                 best, solution.cost, solution.bound);
    }
    assert_true(solution.proven || fabs(best) < 1e-3); // a plan that costs next to nothing has no relative gap
    qs_knapsack_solution_free(&solution);
    assert_null(solution.choice);

    assert_int_equal(qs_hull_lookup(hull, capacity, &solution, NULL), QS_OK);
    check_solution(&made->problem, capacity, &solution);
    assert_true(solution.bound <= best + tolerance);
    assert_true(solution.cost >= best - tolerance);
    assert_true(qs_hull_bound(hull, capacity) <= best + tolerance);
    qs_knapsack_solution_free(&solution);
}

static void check_points(const struct plans *plans, const struct qs_hull *hull)
{
    uint64_t before = 0;
    for (size_t i = 0; i < qs_hull_points(hull); i++) {
        uint64_t weight = 0;
        double cost = 0;
        qs_hull_point(hull, i, &weight, &cost);
        assert_true(i == 0 || weight > before);
        assert_true(fabs(cost - optimum(plans, weight)) <= 1e-12 * plans->scale);
        assert_true(fabs(qs_hull_bound(hull, weight) - cost) <= 1e-12 * plans->scale);
        before = weight;
    }
    assert_true(before == qs_hull_max_weight(hull));
    assert_true(fabs(qs_hull_bound(hull, UINT64_MAX) - optimum(plans, UINT64_MAX)) <= 1e-12 * plans->scale);
}

static void optima_are_those_of_brute_force(void **state)
{
    (void)state;
    static struct plans plans;
    size_t checked = 0;
    for (int kind = 0; kind < KNAPSACK_KINDS; kind++) {
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct knapsack_case made;
            struct qs_hull *hull = NULL;
            knapsack_case_make((enum knapsack_kind)kind, seed, 1 + seed % MODULES, CHOICES, &made);
            enumerate(&made.problem, &plans);
            assert_int_equal(qs_hull_make(&made.problem, &hull, NULL), QS_OK);
            check_points(&plans, hull);
            uint64_t least = qs_hull_min_weight(hull);
            uint64_t most = qs_hull_max_weight(hull);
            uint64_t random = seed;
            for (int i = 0; i < CAPACITIES; i++) {
                uint64_t between = (uint64_t)((double)(most - least) * 0x1p-32 * (double)knapsack_random(&random));
                check_capacity(&made, &plans, hull, least + between);
                check_capacity(&made, &plans, hull, plans.weight[knapsack_random(&random) % plans.count]);
                checked += 2;
            }
            check_capacity(&made, &plans, hull, least);
            check_capacity(&made, &plans, hull, most);
            check_capacity(&made, &plans, hull, most - (most > least));
            check_capacity(&made, &plans, hull, UINT64_MAX);
            qs_hull_free(hull);
            knapsack_case_free(&made);
        }
    }
    print_message("# %zu capacities of %d instances\n", checked, KNAPSACK_KINDS * SEEDS);
}

static void nothing_fits_below_the_lightest_plan(void **state)
{
    (void)state;
    struct knapsack_case made;
    struct qs_hull *hull = NULL;
    struct qs_error err;
    struct qs_knapsack_solution solution = {.cost = 7};
    knapsack_case_make(KNAPSACK_CURVES, 1, 20, 12, &made);
    assert_int_equal(qs_hull_make(&made.problem, &hull, &err), QS_OK);
    uint64_t least = qs_hull_min_weight(hull);
    assert_int_equal(qs_hull_lookup(hull, least - 1, &solution, &err), QS_USAGE);
    assert_int_equal(qs_knapsack_solve(hull, least - 1, NULL, &solution, &err), QS_USAGE);
    assert_non_null(strstr(err.text, "nothing fits"));
    assert_true(solution.cost == 7); // untouched
    assert_true(isinf(qs_hull_bound(hull, least - 1)));
    qs_hull_free(hull);
    knapsack_case_free(&made);
}

static void expect_refused(struct qs_knapsack problem, const char *text)
{
    struct qs_hull *hull = NULL;
    struct qs_error err;
    assert_int_equal(qs_hull_make(&problem, &hull, &err), QS_USAGE);
    assert_null(hull);
    if (!strstr(err.text, text)) {
        fail_msg("'%s' does not say '%s'", err.text, text);
    }
}

static void problems_out_of_bounds_are_refused(void **state)
{
    (void)state;
    static uint32_t first[] = {0, 2, 3};
    static uint64_t weight[300] = {1, 2, 3};
    static double cost[300] = {3, 2, 1};
    struct qs_knapsack problem = {2, first, weight, cost};
    expect_refused((struct qs_knapsack){0, first, weight, cost}, "1 to 4194304 modules, not 0");
    expect_refused((struct qs_knapsack){QS_KNAPSACK_MODULES_MAX + 1, first, weight, cost}, "not 4194305");
    cost[2] = NAN;
    expect_refused(problem, "module 1: choice 0: the cost must be a finite number");
    cost[2] = INFINITY;
    expect_refused(problem, "finite");
    cost[2] = -0.9e307;
    cost[1] = 0.9e307;
    expect_refused(problem, "costs add up");
    cost[2] = 1;
    weight[0] = QS_KNAPSACK_WEIGHT_MAX - 2;
    expect_refused(problem, "weights add up to more than 2^60");
    weight[0] = UINT64_MAX;
    expect_refused(problem, "weights add up");
    weight[0] = 1;
    first[2] = 2;
    expect_refused(problem, "module 1 must have 1 to 256 choices, not 0");
    first[2] = 1;
    expect_refused(problem, "not -1");
    first[2] = 2 + QS_KNAPSACK_CHOICES_MAX + 1;
    expect_refused(problem, "not 257");
    qs_hull_free(NULL);
    qs_knapsack_solution_free(NULL);
}

static bool stop_at_once(void *context)
{
    ++*(int *)context;
    return true;
}

// Ended at any point, the bound stays below the optimum and the plan within the capacity.
static void unproven_results_are_honest(void **state)
{
    (void)state;
    size_t unproven = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct knapsack_case made;
        struct qs_hull *hull = NULL;
        struct qs_knapsack_solution best;
        struct qs_knapsack_solution solution;
        knapsack_case_make(seed % 2 ? KNAPSACK_CURVES : KNAPSACK_RANDOM, seed, 100, 12, &made);
        assert_int_equal(qs_hull_make(&made.problem, &hull, NULL), QS_OK);
        uint64_t capacity = qs_hull_min_weight(hull) + (qs_hull_max_weight(hull) - qs_hull_min_weight(hull)) / 3;
        assert_int_equal(qs_knapsack_solve(hull, capacity, NULL, &best, NULL), QS_OK);
        assert_true(best.proven);
        for (uint64_t states = 1; states < 1 << 18; states *= 2) {
            struct qs_knapsack_limits limits = {.states = states};
            assert_int_equal(qs_knapsack_solve(hull, capacity, &limits, &solution, NULL), QS_OK);
            check_solution(&made.problem, capacity, &solution);
            assert_true(solution.bound <= best.cost + 1e-9 * fabs(best.cost));
            assert_true(solution.cost >= best.bound);
            unproven += !solution.proven;
            qs_knapsack_solution_free(&solution);
        }
        int asked = 0;
        struct qs_knapsack_limits limits = {.stop = stop_at_once, .context = &asked};
        assert_int_equal(qs_knapsack_solve(hull, capacity, &limits, &solution, NULL), QS_OK);
        check_solution(&made.problem, capacity, &solution);
        assert_true(solution.proven || asked == 1);
        qs_knapsack_solution_free(&solution);
        qs_knapsack_solution_free(&best);
        qs_hull_free(hull);
        knapsack_case_free(&made);
    }
    print_message("# %zu searches ended unproven\n", unproven);
    assert_true(unproven > 0);
}

// Of every kind, of the size of a large model: within the capacity, reproducible, not worse than the lookup, and
// proven. Only of thousands of identical modules the states may be too many: any of them can be the one that moves.
static void large_instances_keep_the_promises(void **state)
{
    (void)state;
    for (int kind = 0; kind < KNAPSACK_KINDS; kind++) {
        struct knapsack_case made;
        struct qs_hull *hull = NULL;
        knapsack_case_make((enum knapsack_kind)kind, 7, 2000, 12, &made);
        assert_int_equal(qs_hull_make(&made.problem, &hull, NULL), QS_OK);
        uint64_t least = qs_hull_min_weight(hull);
        for (uint64_t part = 1; part < 8; part++) {
            uint64_t capacity = least + (qs_hull_max_weight(hull) - least) / 8 * part;
            struct qs_knapsack_limits limits = {.states = 2000000};
            struct qs_knapsack_solution found[3];
            assert_int_equal(qs_hull_lookup(hull, capacity, &found[0], NULL), QS_OK);
            for (int i = 1; i < 3; i++) {
                assert_int_equal(qs_knapsack_solve(hull, capacity, &limits, &found[i], NULL), QS_OK);
                check_solution(&made.problem, capacity, &found[i]);
            }
            assert_true(found[1].cost <= found[0].cost + 1e-12 * fabs(found[0].cost));
            assert_true(found[1].bound >= found[0].bound);
            assert_memory_equal(found[1].choice, found[2].choice, made.problem.modules * sizeof(uint32_t));
            assert_true(found[1].bound == found[2].bound && found[1].states == found[2].states);
            if (!found[1].proven) {
                assert_int_equal(kind, KNAPSACK_IDENTICAL);
                double gap = (found[1].cost - found[1].bound) / fabs(found[1].cost);
                print_message("# identical modules, %d/8: unproven, gap %.2g\n", (int)part, gap);
            }
            for (int i = 0; i < 3; i++) {
                qs_knapsack_solution_free(&found[i]);
            }
        }
        qs_hull_free(hull);
        knapsack_case_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optima_are_those_of_brute_force),
        cmocka_unit_test(nothing_fits_below_the_lightest_plan),
        cmocka_unit_test(problems_out_of_bounds_are_refused),
        cmocka_unit_test(unproven_results_are_honest),
        cmocka_unit_test(large_instances_keep_the_promises),
    };
    return cmocka_run_group_tests_name("plan/knapsack", tests, NULL, NULL);
}
