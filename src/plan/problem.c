// Budget problems: see problem.h.
#include "plan/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum qs_status qs_problem_objective(const struct qs_source *source, const struct qs_plan_params *params,
                                    enum qs_objective *out, struct qs_error *err)
{
    static const char *const commands[QS_OBJECTIVE_COUNT] = {
        [QS_OBJECTIVE_BEST] = "",
        [QS_OBJECTIVE_FNORM] = "`quantscope scan MODEL -o CACHE` measures it",
        [QS_OBJECTIVE_SENSITIVITY] =
            "`quantscope import METRICS.csv -o CACHE` takes it from a column module_sensitivity",
        [QS_OBJECTIVE_LOSS] = "`quantscope import METRICS.csv -o CACHE` takes it from a column loss",
    };
    bool mxq = qs_method_solves(params->method) && params->method != QS_METHOD_OPTIMAL;
    enum qs_objective objective = mxq ? QS_OBJECTIVE_FNORM : params->objective;
    if (objective == QS_OBJECTIVE_BEST) {
        objective = qs_source_best(source);
        objective = objective == QS_OBJECTIVE_COUNT ? QS_OBJECTIVE_FNORM : objective; // to say what it lacks
    }
    const double *values = qs_source_values(source, objective);
    uint32_t layer;
    uint32_t kind;
    if (!values) {
        return qs_fail(err, QS_FAILED, "%s of %s, axis %u, is not known of this model; %s",
                       qs_objective_name(objective), qs_quantizer_name(source->quantizer), source->axis,
                       commands[objective]);
    }
    if (!qs_source_covers(source, values, &layer, &kind)) {
        return qs_fail(err, QS_FAILED, "%s of %s, axis %u, is not known of layer %u, %s, at any rung of the ladder; %s",
                       qs_objective_name(objective), qs_quantizer_name(source->quantizer), source->axis, layer,
                       source->model->kind_names[kind], commands[objective]);
    }
    *out = objective;
    return QS_OK;
}

// What mxq-kurt and mxq-sensi multiply a module's fnorm by: f64[layers][kinds]; NULL for other methods.
static enum qs_status factors_of(const struct qs_source *source, const struct qs_plan_params *params, double **out,
                                 struct qs_error *err)
{
    const struct qs_model_info *model = source->model;
    uint8_t *selected = NULL;
    *out = NULL;
    bool kurt = params->method == QS_METHOD_MXQ_KURT;
    if (!kurt && params->method != QS_METHOD_MXQ_SENSI) {
        return QS_OK;
    }
    const struct qs_source_curves *curves = kurt ? qs_source_find(source, "kurtosis") : NULL;
    if (kurt && !curves) {
        return qs_fail(err, QS_FAILED,
                       "kurtosis: is not known of this model; `quantscope scan MODEL -o CACHE` measures it");
    }
    enum qs_status status =
        kurt ? QS_OK : qs_plan_select(source, params, qs_plan_params_metric(params), &selected, err);
    double *factors = status == QS_OK ? calloc((size_t)model->layers * model->kinds + 1, sizeof *factors) : NULL;
    if (status == QS_OK && !factors) {
        status = qs_fail_memory(err, "factors", (size_t)model->layers * model->kinds * sizeof *factors);
    }
    for (uint32_t kind = 0; status == QS_OK && kind < model->kinds; kind++) {
        const double *curve = kurt ? curves->values + (size_t)kind * model->layers : NULL;
        double low = INFINITY;
        double high = -INFINITY;
        for (uint32_t layer = 0; kurt && layer < model->layers; layer++) {
            low = fmin(low, curve[layer]); // NaN is passed over
            high = fmax(high, curve[layer]);
        }
        for (uint32_t layer = 0; layer < model->layers; layer++) {
            double *factor = &factors[(size_t)layer * model->kinds + kind];
            if (kurt) {
                double scaled = high > low ? (curve[layer] - low) / (high - low) : 0;
                *factor = 1 + (isfinite(scaled) ? scaled : 0);
            } else {
                *factor = selected[(size_t)kind * model->layers + layer] ? params->factor : 1;
            }
        }
    }
    free(selected);
    if (status == QS_OK) {
        *out = factors;
    }
    return status;
}

// Room for every module and rung, in one piece.
static enum qs_status reserve(const struct qs_source *source, struct qs_problem *problem, uint32_t **first,
                              uint64_t **weight, double **cost, struct qs_error *err)
{
    size_t modules = (size_t)source->model->layers * source->model->kinds;
    size_t choices = modules * source->ladder.count; // at most 2^22 * 35
    size_t size = choices * (sizeof **weight + sizeof **cost + 1) + modules * sizeof *problem->cells +
                  (modules + 1) * sizeof **first;
    problem->memory = malloc(size);
    if (!problem->memory) {
        return qs_fail_memory(err, "the budget problem", size);
    }
    *weight = problem->memory;
    *cost = (double *)(*weight + choices);
    problem->cells = (size_t *)(*cost + choices);
    *first = (uint32_t *)(problem->cells + modules);
    problem->rungs = (uint8_t *)(*first + modules + 1);
    return QS_OK;
}

// A module's choices into the limits of what plans take. Not the first and the last: ladders are ordered by the bits of
// one storage, and weights are of the plan's.
static void add_extremes(const uint64_t *weights, size_t count, struct qs_problem *problem)
{
    uint64_t lightest = weights[0];
    uint64_t heaviest = weights[0];
    for (size_t i = 1; i < count; i++) {
        lightest = weights[i] < lightest ? weights[i] : lightest;
        heaviest = weights[i] > heaviest ? weights[i] : heaviest;
    }
    problem->lightest += lightest;
    problem->heaviest += heaviest;
}

// What a module's choices are made of.
struct costs {
    const struct qs_source *source;
    const uint8_t *locks;  // or NULL
    const double *values;  // f64[layers][kinds][ladder.count]
    const double *factors; // f64[layers][kinds], or NULL
};

// The choices of one module behind the `count` that there are. Returns how many there are then.
static uint32_t add_choices(const struct costs *costs, size_t cell, uint64_t *weight, double *cost, uint32_t count,
                            struct qs_problem *problem)
{
    const struct qs_source *source = costs->source;
    uint32_t layer = (uint32_t)(cell / source->model->kinds);
    uint32_t kind = (uint32_t)(cell % source->model->kinds);
    uint64_t params = qs_module_params(source->model, layer, kind);
    uint8_t lock = costs->locks ? costs->locks[cell] : QS_PLAN_NO_RUNG;
    uint64_t dearest = 0;
    for (size_t rung = 0; rung < source->ladder.count; rung++) {
        double value = costs->values[cell * source->ladder.count + rung] * (costs->factors ? costs->factors[cell] : 1);
        uint64_t units = params * qs_rung_units(source->ladder.rungs[rung], source->storage);
        if (!qs_source_takes(source, layer, kind, rung) || !isfinite(value)) {
            problem->unknown += qs_source_takes(source, layer, kind, rung);
            continue;
        }
        dearest = units > dearest ? units : dearest;
        if (lock == QS_PLAN_NO_RUNG || lock == rung) {
            weight[count] = units;
            cost[count] = value;
            problem->rungs[count++] = (uint8_t)rung;
        }
    }
    problem->dearest += dearest;
    problem->locked += lock != QS_PLAN_NO_RUNG;
    problem->params += params;
    return count;
}

static enum qs_status fail_without_choice(const struct costs *costs, size_t cell, enum qs_objective objective,
                                          struct qs_error *err)
{
    uint32_t kinds = costs->source->model->kinds;
    const char *name = costs->source->model->kind_names[cell % kinds];
    if (costs->locks && costs->locks[cell] != QS_PLAN_NO_RUNG) {
        return qs_fail(err, QS_USAGE, "layer %zu, %s: the rung it is held at has no %s; free it, or hold another",
                       cell / kinds, name, qs_objective_name(objective));
    }
    return qs_fail(err, QS_USAGE, "layer %zu, %s: its %s times the method's factor is beyond all numbers", cell / kinds,
                   name, qs_objective_name(objective));
}

static enum qs_status fill(const struct costs *costs, struct qs_problem *problem, struct qs_error *err)
{
    uint32_t *first = NULL;
    uint64_t *weight = NULL;
    double *cost = NULL;
    enum qs_status status = reserve(costs->source, problem, &first, &weight, &cost, err);
    if (status != QS_OK) {
        return status;
    }
    const struct qs_model_info *model = costs->source->model;
    size_t modules = 0;
    uint32_t count = 0;
    for (size_t cell = 0; cell < (size_t)model->layers * model->kinds; cell++) {
        if (model->modules[cell].rows == 0) {
            continue;
        }
        first[modules] = count;
        count = add_choices(costs, cell, weight, cost, count, problem);
        if (count == first[modules]) {
            return fail_without_choice(costs, cell, problem->objective, err);
        }
        add_extremes(weight + first[modules], count - first[modules], problem);
        problem->cells[modules++] = cell;
    }
    first[modules] = count;
    problem->knapsack = (struct qs_knapsack){.modules = modules, .first = first, .weight = weight, .cost = cost};
    return QS_OK;
}

enum qs_status qs_problem_make(const struct qs_source *source, const struct qs_plan_params *params,
                               const uint8_t *locks, struct qs_problem *out, struct qs_error *err)
{
    struct qs_problem made = {0};
    double *factors = NULL;
    enum qs_status status = qs_problem_objective(source, params, &made.objective, err);
    if (status == QS_OK) {
        status = factors_of(source, params, &factors, err);
    }
    if (status == QS_OK) {
        struct costs costs = {source, locks, qs_source_values(source, made.objective), factors};
        status = fill(&costs, &made, err);
    }
    if (status == QS_OK) {
        status = qs_hull_make(&made.knapsack, &made.hull, err);
    }
    free(factors);
    if (status == QS_OK) {
        *out = made;
    } else {
        qs_problem_free(&made);
    }
    return status;
}

void qs_problem_free(struct qs_problem *problem)
{
    if (problem) {
        qs_hull_free(problem->hull);
        free(problem->memory);
        *problem = (struct qs_problem){0};
    }
}

void qs_problem_apply(const struct qs_problem *problem, const struct qs_knapsack_solution *solution,
                      struct qs_plan *plan)
{
    for (size_t module = 0; module < problem->knapsack.modules; module++) {
        plan->cells[problem->cells[module]].rung = problem->rungs[solution->choice[module]];
    }
}
