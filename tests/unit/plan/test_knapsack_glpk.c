// The knapsack against GLPK: random instances of every kind, too large for brute force, and the published models, whole
// and their first layers.
//
// Both prove their optima to a relative gap of 1e-9. Weights of the random instances are small integers, so that GLPK's
// tolerance (1e-7) cannot take a plan for one that fits.
#include "../cmocka_all.h"
#include "knapsack_case.h"
#include "knapsack_glpk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SEEDS = 4,
    MODULES = 30,
    CHOICES = 8,
    NODES = 500, // an instance that takes GLPK more says less: that its best plan is no better than ours
};

struct tally {
    size_t compared;
    size_t unfinished; // too many nodes
    size_t excessive;  // its plan exceeds the capacity
};

static bool have_glpk(void)
{
#ifdef QS_HAVE_GLPK
    return true;
#else
    print_message("# built without GLPK (Debian package: libglpk-dev): not compared with it\n");
    return false;
#endif
}

static void compare(const char *name, const struct qs_knapsack *problem, const struct qs_hull *hull,
                    uint64_t capacity, struct tally *tally)
{
    struct qs_knapsack_solution solution;
    assert_int_equal(qs_knapsack_solve(hull, capacity, NULL, &solution, NULL), QS_OK);
    struct knapsack_glpk_limits limits = {.nodes = NODES};
    struct knapsack_glpk other = knapsack_glpk_solve(problem, capacity, limits);
    double tolerance = 2e-9 * fabs(solution.cost) + 1e-12;
    tally->compared++;
    tally->unfinished += !other.optimal;
    tally->excessive += other.found && other.weight > capacity;
    bool fits = other.found && other.weight <= capacity;
    if (!solution.proven || (fits && other.cost < solution.cost - tolerance) ||
        (other.optimal && other.cost > solution.cost + tolerance)) {
        fail_msg("%s: capacity %llu: found %.17g with bound %.17g, GLPK %.17g%s", name, (unsigned long long)capacity,
                 solution.cost, solution.bound, other.cost, other.optimal ? "" : " (unfinished)");
    }
    qs_knapsack_solution_free(&solution);
}

static void random_optima_are_those_of_glpk(void **state)
{
    (void)state;
    if (!have_glpk()) {
        skip();
    }
    struct tally tally = {0};
    for (int kind = 0; kind < KNAPSACK_KINDS; kind++) {
        for (uint64_t seed = 1; seed <= SEEDS && kind != KNAPSACK_HUGE; seed++) {
            struct knapsack_case made;
            struct qs_hull *hull = NULL;
            char name[64];
            snprintf(name, sizeof name, "kind %d seed %llu", kind, (unsigned long long)seed);
            knapsack_case_make((enum knapsack_kind)kind, seed, MODULES, CHOICES, &made);
            assert_int_equal(qs_hull_make(&made.problem, &hull, NULL), QS_OK);
            uint64_t least = qs_hull_min_weight(hull);
            for (uint64_t part = 1; part < 4; part++) {
                compare(name, &made.problem, hull, least + (qs_hull_max_weight(hull) - least) / 4 * part, &tally);
            }
            qs_hull_free(hull);
            knapsack_case_free(&made);
        }
    }
    print_message("# %zu compared, %zu of them unfinished by GLPK\n", tally.compared, tally.unfinished);
    assert_int_equal(tally.excessive, 0);
    assert_true(tally.unfinished * 4 < tally.compared);
}

static void optima_of_models_are_those_of_glpk(void **state)
{
    (void)state;
    static const char *const models[] = {"Llama-2-7b-hf", "Meta-Llama-3-8B"};
    static const double budgets[] = {2.5, 3.25, 4.51};
    static const size_t modules[] = {14, 28, 56, 224};
    const char *shared = getenv("QS_SHARED");
    if (!have_glpk()) {
        skip();
    }
    if (!shared || !*shared) {
        print_message("# no QS_SHARED: the published models are not at hand\n");
        skip();
    }
    struct tally tally = {0};
    for (size_t i = 0; i < QS_COUNT_OF(models); i++) {
        struct knapsack_case made;
        struct qs_hull *hull = NULL;
        char path[4096];
        snprintf(path, sizeof path, "%s/reference/metrics/%s.csv", shared, models[i]);
        if (!knapsack_case_read(path, &made)) {
            fail_msg("%s: cannot be read", path);
        }
        assert_int_equal(made.problem.modules, 224);
        for (size_t k = 0; k < QS_COUNT_OF(budgets) * QS_COUNT_OF(modules); k++) {
            made.problem.modules = modules[k / QS_COUNT_OF(budgets)];
            uint64_t capacity = knapsack_case_capacity(&made, budgets[k % QS_COUNT_OF(budgets)]);
            assert_int_equal(qs_hull_make(&made.problem, &hull, NULL), QS_OK);
            compare(models[i], &made.problem, hull, capacity, &tally);
            qs_hull_free(hull);
        }
        knapsack_case_free(&made);
    }
    print_message("# %zu compared, %zu of them unfinished by GLPK, %zu of its plans exceed the budget\n",
                  tally.compared, tally.unfinished, tally.excessive);
    assert_true(tally.unfinished < tally.compared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_optima_are_those_of_glpk),
        cmocka_unit_test(optima_of_models_are_those_of_glpk),
    };
    return cmocka_run_group_tests_name("plan/knapsack_glpk", tests, NULL, NULL);
}
