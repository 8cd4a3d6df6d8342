// Plans against numbers and against each other: see compare.h.
#include "plan/compare.h"

#include <math.h>

enum qs_status qs_frontier_make(const struct qs_source *source, enum qs_objective objective, struct qs_frontier *out,
                                struct qs_error *err)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    params.method = QS_METHOD_OPTIMAL;
    params.objective = objective == QS_OBJECTIVE_BEST ? qs_source_best(source) : objective;
    if (params.objective == QS_OBJECTIVE_COUNT) {
        *out = (struct qs_frontier){.objective = QS_OBJECTIVE_COUNT};
        return QS_OK;
    }
    struct qs_frontier made = {.objective = params.objective};
    enum qs_status status = qs_problem_make(source, &params, NULL, &made.problem, err);
    if (status == QS_OK) {
        *out = made;
    }
    return status;
}

void qs_frontier_free(struct qs_frontier *frontier)
{
    if (frontier) {
        qs_problem_free(&frontier->problem);
        *frontier = (struct qs_frontier){.objective = QS_OBJECTIVE_COUNT};
    }
}

// Where each of the plan's rungs stands in the source's ladder, -1: nowhere.
static void map_rungs(const struct qs_plan *plan, const struct qs_source *source, int out[static QS_LADDER_MAX])
{
    for (size_t i = 0; i < plan->ladder.count; i++) {
        out[i] = qs_ladder_find(&source->ladder, plan->ladder.rungs[i]);
    }
}

// The sum of values[cell][rung] over the plan's modules, in layer order; NaN where one is not known, or values are
// NULL.
static double sum_of(const struct qs_plan *plan, const struct qs_source *source, const double *values)
{
    int rungs[QS_LADDER_MAX];
    double sum = values ? 0 : NAN;
    map_rungs(plan, source, rungs);
    for (size_t cell = 0; values && cell < (size_t)plan->model.layers * plan->model.kinds; cell++) {
        uint8_t rung = plan->cells[cell].rung;
        if (rung != QS_PLAN_NO_RUNG) {
            sum += rungs[rung] < 0 ? NAN : values[cell * source->ladder.count + (size_t)rungs[rung]];
        }
    }
    return sum;
}

// What is known was measured with one quantizer along one axis; of other plans it says nothing.
static bool is_comparable(const struct qs_plan *plan, const struct qs_source *source)
{
    bool same = plan->quantizer == source->quantizer;
    for (size_t cell = 0; same && cell < (size_t)plan->model.layers * plan->model.kinds; cell++) {
        same = plan->cells[cell].rung == QS_PLAN_NO_RUNG || plan->cells[cell].axis == source->axis;
    }
    return same;
}

// What the plan takes in the source's storage, which the frontier weighs in.
static uint64_t units_of(const struct qs_plan *plan, const struct qs_source *source)
{
    uint64_t units = 0;
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            if (qs_plan_cell(plan, layer, kind)->rung != QS_PLAN_NO_RUNG) {
                units += qs_module_params(&plan->model, layer, kind) *
                         qs_rung_units(qs_plan_rung(plan, layer, kind), source->storage);
            }
        }
    }
    return units;
}

enum qs_status qs_plan_measure(const struct qs_plan *plan, const struct qs_source *source,
                               const struct qs_frontier *frontier, bool exact, const struct qs_knapsack_limits *limits,
                               struct qs_plan_measure *out, struct qs_error *err)
{
    struct qs_plan_measure measure = {NAN, NAN, NAN, NAN, NAN, false};
    uint64_t units = units_of(plan, source);
    if (is_comparable(plan, source)) {
        measure.fnorm = sum_of(plan, source, source->fnorm);
        measure.sensitivity = sum_of(plan, source, source->sensitivity);
    }
    if (frontier->objective != QS_OBJECTIVE_COUNT && is_comparable(plan, source)) {
        measure.objective = sum_of(plan, source, qs_source_values(source, frontier->objective));
    }
    if (!isnan(measure.objective) && units >= frontier->problem.lightest) {
        struct qs_knapsack_solution solution = {0};
        const struct qs_hull *hull = frontier->problem.hull;
        enum qs_status status = exact ? qs_knapsack_solve(hull, units, limits, &solution, err)
                                      : qs_hull_lookup(hull, units, &solution, err);
        if (status != QS_OK) {
            return status;
        }
        // A look-up may miss what is there: the plan itself, where it weighs the same for the frontier.
        bool there = !solution.proven && plan->storage == source->storage;
        measure.best = there ? fmin(solution.cost, measure.objective) : solution.cost;
        measure.proven = solution.proven;
        measure.gap = (measure.objective - measure.best) / fabs(measure.best);
        measure.gap = measure.objective == measure.best ? 0 : measure.gap; // both may be 0
        qs_knapsack_solution_free(&solution);
    }
    *out = measure;
    return QS_OK;
}

double qs_plan_difference(const struct qs_plan *a, const struct qs_plan *b, uint32_t layer, uint32_t kind)
{
    if (qs_plan_cell(a, layer, kind)->rung == QS_PLAN_NO_RUNG ||
        qs_plan_cell(b, layer, kind)->rung == QS_PLAN_NO_RUNG) {
        return NAN;
    }
    return qs_rung_bpw(qs_plan_rung(b, layer, kind), a->storage) -
           qs_rung_bpw(qs_plan_rung(a, layer, kind), a->storage);
}

uint64_t qs_plan_differences(const struct qs_plan *a, const struct qs_plan *b)
{
    uint64_t count = 0;
    for (uint32_t layer = 0; layer < a->model.layers; layer++) {
        for (uint32_t kind = 0; kind < a->model.kinds; kind++) {
            const struct qs_plan_cell *x = qs_plan_cell(a, layer, kind);
            const struct qs_plan_cell *y = qs_plan_cell(b, layer, kind);
            if (x->rung != QS_PLAN_NO_RUNG && y->rung != QS_PLAN_NO_RUNG) {
                count +=
                    !qs_rung_equal(qs_plan_rung(a, layer, kind), qs_plan_rung(b, layer, kind)) || x->axis != y->axis;
            }
        }
    }
    return count;
}
