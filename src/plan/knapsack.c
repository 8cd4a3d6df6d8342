// Problems and solutions of the knapsack: see knapsack.h.
#include "plan/knapsack.h"

#include "base/array.h"
#include "plan/hull.h"

#include <math.h>
#include <stdlib.h>

// Adds one module's heaviest weight and largest |cost| to the totals.
static enum qs_status check_module(const struct qs_knapsack *problem, size_t module, uint64_t *weight, double *cost,
                                   struct qs_error *err)
{
    uint32_t first = problem->first[module];
    uint32_t end = problem->first[module + 1];
    if (end <= first || end - first > QS_KNAPSACK_CHOICES_MAX) {
        return qs_fail(err, QS_USAGE, "module %zu must have 1 to %d choices, not %lld", module,
                       QS_KNAPSACK_CHOICES_MAX, (long long)end - (long long)first);
    }
    uint64_t heaviest = 0;
    double dearest = 0;
    for (uint32_t i = first; i < end; i++) {
        if (!isfinite(problem->cost[i])) {
            return qs_fail(err, QS_USAGE, "module %zu: choice %u: the cost must be a finite number, not %g", module,
                           i - first, problem->cost[i]);
        }
        heaviest = problem->weight[i] > heaviest ? problem->weight[i] : heaviest;
        dearest = fmax(dearest, fabs(problem->cost[i]));
    }
    if (!qs_add_u64(*weight, heaviest, weight) || *weight > QS_KNAPSACK_WEIGHT_MAX) {
        return qs_fail(err, QS_USAGE, "module %zu: the weights add up to more than 2^60", module);
    }
    *cost += dearest;
    if (*cost > QS_KNAPSACK_COST_MAX) {
        return qs_fail(err, QS_USAGE, "module %zu: the costs add up to more than %g", module, QS_KNAPSACK_COST_MAX);
    }
    return QS_OK;
}

enum qs_status qs_knapsack_check(const struct qs_knapsack *problem, struct qs_error *err)
{
    if (problem->modules < 1 || problem->modules > QS_KNAPSACK_MODULES_MAX) {
        return qs_fail(err, QS_USAGE, "a problem must have 1 to %d modules, not %zu", QS_KNAPSACK_MODULES_MAX,
                       problem->modules);
    }
    uint64_t weight = 0;
    double cost = 0;
    for (size_t module = 0; module < problem->modules; module++) {
        enum qs_status status = check_module(problem, module, &weight, &cost, err);
        if (status) {
            return status;
        }
    }
    return QS_OK;
}

enum qs_status qs_knapsack_solution_make(const struct qs_hull *hull, const uint32_t *pick, uint64_t capacity,
                                         double gap, struct qs_knapsack_solution *out, struct qs_error *err)
{
    uint32_t *choice = malloc(hull->modules * sizeof *choice);
    if (!choice) {
        return qs_fail_memory(err, "plan", hull->modules * sizeof *choice);
    }
    struct qs_knapsack_solution made = {.choice = choice};
    for (size_t module = 0; module < hull->modules; module++) {
        choice[module] = hull->origin[pick[module]];
        made.weight += hull->weight[pick[module]];
        made.cost += hull->cost[pick[module]];
    }
    // The relaxed bound is a sum in another order: where the plan is the relaxed optimum, rounding may put it above.
    made.bound = fmin(made.cost, fmax(made.cost - gap, qs_hull_bound(hull, capacity)));
    made.proven = made.cost - made.bound <= QS_KNAPSACK_GAP * fabs(made.cost);
    *out = made;
    return QS_OK;
}

void qs_knapsack_solution_free(struct qs_knapsack_solution *solution)
{
    if (solution) {
        free(solution->choice);
        *solution = (struct qs_knapsack_solution){0};
    }
}
