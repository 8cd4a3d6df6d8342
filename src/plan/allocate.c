// The allocators' common ground: see allocate.h.
#include "plan/allocating.h"

#include "plan/budget.h"
#include "plan/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void qs_plan_report_free(struct qs_plan_report *report)
{
    if (report) {
        qs_text_free(&report->notes);
        *report = (struct qs_plan_report){0};
    }
}

// The rungs of the ladder by name, for messages.
static void add_rungs(const struct qs_ladder *ladder, struct qs_text *out)
{
    for (size_t i = 0; i < ladder->count; i++) {
        char name[QS_RUNG_NAME_MAX];
        qs_text_addf(out, "%s%s", i ? " " : "", qs_rung_name(ladder->rungs[i], name));
    }
}

static enum qs_status check_base(const struct qs_source *source, struct qs_rung base, struct qs_error *err)
{
    if (qs_ladder_find(&source->ladder, base) >= 0) {
        return QS_OK;
    }
    char name[QS_RUNG_NAME_MAX];
    struct qs_text rungs = {0};
    add_rungs(&source->ladder, &rungs);
    qs_fail(err, QS_USAGE, "base %s: is none of the ladder's rungs: %s", qs_rung_name(base, name),
            qs_text_chars(&rungs));
    qs_text_free(&rungs);
    return QS_USAGE;
}

// What qs_plan_param_parse lets through; detection looks at its own.
static enum qs_status check_params(const struct qs_plan_params *params, struct qs_error *err)
{
    if (qs_plan_param_used(params->method, QS_PLAN_BOOST_STOP) && params->boost_stop < 1) {
        return qs_fail(err, QS_USAGE, "boost-stop is 0; modules climb 1 rung at least");
    }
    if (qs_plan_param_used(params->method, QS_PLAN_DECLINE_STOP) && params->decline_stop < 1) {
        return qs_fail(err, QS_USAGE, "decline-stop is 0; modules step down 1 rung at least");
    }
    if (qs_plan_param_used(params->method, QS_PLAN_FACTOR) && !(params->factor > 0 && isfinite(params->factor))) {
        return qs_fail(err, QS_USAGE, "factor is %g; it is a number above 0", params->factor);
    }
    return QS_OK;
}

static enum qs_status check_locks(const struct qs_source *source, const uint8_t *locks, struct qs_error *err)
{
    const struct qs_model_info *model = source->model;
    for (size_t cell = 0; locks && cell < (size_t)model->layers * model->kinds; cell++) {
        uint32_t layer = (uint32_t)(cell / model->kinds);
        uint32_t kind = (uint32_t)(cell % model->kinds);
        if (locks[cell] == QS_PLAN_NO_RUNG || model->modules[cell].rows == 0) {
            continue;
        }
        if (locks[cell] >= source->ladder.count) {
            return qs_fail(err, QS_USAGE, "layer %u, %s: is held at a rung that is not on the ladder", layer,
                           model->kind_names[kind]);
        }
        if (!qs_source_takes(source, layer, kind, locks[cell])) {
            return qs_fail(err, QS_USAGE, "layer %u, %s: groups of %u do not divide its weights", layer,
                           model->kind_names[kind], source->ladder.rungs[locks[cell]].group_size);
        }
    }
    return QS_OK;
}

// Every module at the base rung, or where it cannot take it at the next one that it can.
static enum qs_status lay_base(struct qs_allocating *at, struct qs_error *err)
{
    const struct qs_source *source = at->source;
    const struct qs_model_info *model = source->model;
    int base = qs_ladder_find(&source->ladder, at->plan->base);
    size_t fallen = 0;
    for (uint32_t layer = 0; layer < model->layers; layer++) {
        for (uint32_t kind = 0; kind < model->kinds; kind++) {
            struct qs_plan_cell *cell = qs_plan_cell(at->plan, layer, kind);
            uint8_t own[QS_LADDER_MAX];
            if (cell->rung == QS_PLAN_NO_RUNG) {
                continue;
            }
            size_t count = qs_source_rungs(source, layer, kind, own);
            if (count == 0) {
                return qs_fail(err, QS_USAGE, "layer %u, %s: no rung of the ladder has groups that divide its weights",
                               layer, model->kind_names[kind]);
            }
            size_t i = 0;
            while (i + 1 < count && own[i] < base) {
                i++;
            }
            cell->rung = own[i];
            cell->axis = (uint8_t)source->axis;
            fallen += own[i] != base;
        }
    }
    if (fallen > 0 && !qs_method_solves(at->params->method)) {
        char name[QS_RUNG_NAME_MAX];
        qs_text_addf(&at->report->notes, "%zu modules cannot take %s: its groups do not divide their weights\n", fallen,
                     qs_rung_name(at->plan->base, name));
    }
    return QS_OK;
}

// Locks that are there before a method chooses; what it would move stays.
static void lay_locks(struct qs_allocating *at)
{
    const struct qs_model_info *model = at->source->model;
    for (uint32_t layer = 0; layer < model->layers; layer++) {
        for (uint32_t kind = 0; kind < model->kinds; kind++) {
            struct qs_plan_cell *cell = qs_plan_cell(at->plan, layer, kind);
            uint8_t lock = qs_allocating_lock(at, layer, kind);
            if (lock != QS_PLAN_NO_RUNG && cell->rung != QS_PLAN_NO_RUNG) {
                cell->rung = lock;
                cell->locked = true;
            }
        }
    }
}

static void limit_text(uint64_t units, uint64_t params, struct qs_text *out)
{
    char bytes[QS_NUMBER_MAX];
    qs_text_addf(out, "%.10g bits per weight (%s)", (double)units / QS_UNITS_PER_BIT / (double)params,
                 qs_format_bytes(units / QS_UNITS_PER_BYTE, bytes));
}

// A budget is a limit; still, one above the dearest plan there is (its bytes rounded up) is taken for a mistake.
static enum qs_status check_budget(const struct qs_problem *problem, const char *budget, uint64_t capacity,
                                   struct qs_error *err)
{
    uint64_t most = (problem->dearest / QS_UNITS_PER_BYTE + 1) * QS_UNITS_PER_BYTE;
    if (capacity >= problem->lightest && capacity <= most) {
        return QS_OK;
    }
    struct qs_text text = {0};
    qs_text_addf(&text, "budget %s, ", budget);
    limit_text(capacity, problem->params, &text);
    qs_text_addf(&text, ", is %s plan; plans take from ", capacity > most ? "above the dearest" : "below the cheapest");
    limit_text(problem->lightest, problem->params, &text);
    qs_text_add(&text, " to ");
    limit_text(problem->dearest, problem->params, &text);
    if (problem->locked > 0) {
        qs_text_addf(&text, ", with %zu %s held by hand", problem->locked, problem->locked == 1 ? "module" : "modules");
    }
    if (problem->unknown > 0) {
        qs_text_addf(&text, "; %zu rungs of modules are left out: their %s is not known", problem->unknown,
                     qs_objective_name(problem->objective));
    }
    qs_fail(err, QS_USAGE, "%s", qs_text_chars(&text));
    qs_text_free(&text);
    return QS_USAGE;
}

enum qs_status qs_allocate_solved(struct qs_allocating *at, struct qs_error *err)
{
    struct qs_budget budget;
    struct qs_problem problem = {0};
    struct qs_knapsack_solution solution = {0};
    enum qs_status status = qs_budget_parse(at->params->budget, &budget, err);
    if (status == QS_OK) {
        status = qs_problem_make(at->source, at->params, at->locks, &problem, err);
    }
    if (status != QS_OK) {
        return status;
    }
    uint64_t capacity = qs_budget_capacity(&budget, problem.params, at->source->storage);
    status = check_budget(&problem, at->params->budget, capacity, err);
    if (status == QS_OK) {
        status = qs_knapsack_solve(problem.hull, capacity, at->limits, &solution, err);
    }
    if (status == QS_OK) {
        qs_problem_apply(&problem, &solution, at->plan);
        at->plan->base =
            qs_plan_budget_base(&at->source->ladder, at->source->storage, problem.params, at->params->budget, capacity);
        if (at->params->method == QS_METHOD_OPTIMAL) { // "best" says nothing to who reads the plan later
            at->plan->params.objective = problem.objective;
        }
        at->report->objective = problem.objective;
        at->report->cost = solution.cost;
        at->report->bound = solution.bound;
        at->report->proven = solution.proven;
        at->report->states = solution.states;
        at->report->capacity_units = capacity;
        if (!solution.proven) {
            char gap[QS_NUMBER_MAX];
            double above = 100 * (solution.cost - solution.bound) / fabs(solution.bound);
            qs_text_addf(&at->report->notes, "the search ended early: at most %s %% above the optimum\n",
                         isfinite(above) ? qs_format_short(above, 3, gap) : "an unknown number of");
        }
    }
    qs_knapsack_solution_free(&solution);
    qs_problem_free(&problem);
    return status;
}

static enum qs_status run(struct qs_allocating *at, struct qs_error *err)
{
    switch (at->params->method) {
    case QS_METHOD_SENSIBOOST:
    case QS_METHOD_KURTBOOST:
        return qs_allocate_boost(at, err);
    case QS_METHOD_ABLATION:
        return qs_allocate_ablation(at, err);
    case QS_METHOD_DECLINE:
        return qs_allocate_decline(at, err);
    case QS_METHOD_MXQ:
    case QS_METHOD_MXQ_KURT:
    case QS_METHOD_MXQ_SENSI:
    case QS_METHOD_OPTIMAL:
        return qs_allocate_solved(at, err);
    case QS_METHOD_UNIFORM:
    case QS_METHOD_COUNT:
        break;
    }
    return QS_OK;
}

enum qs_status qs_plan_make(const struct qs_source *source, const struct qs_plan_params *params, const uint8_t *locks,
                            const struct qs_knapsack_limits *limits, struct qs_plan *out_plan,
                            struct qs_plan_report *out_report, struct qs_error *err)
{
    struct qs_plan plan = {0};
    struct qs_plan_report report = {.objective = QS_OBJECTIVE_COUNT};
    struct qs_allocating at = {source, params, locks, limits, &plan, &report};
    bool solves = qs_method_solves(params->method);
    if (qs_modules_params(source->model) == 0) {
        return qs_fail(err, QS_USAGE, "%s: has no modules to plan", source->model->name);
    }
    enum qs_status status = check_params(params, err);
    if (status == QS_OK && !solves) {
        status = check_base(source, params->base, err);
    }
    if (status == QS_OK) {
        status = check_locks(source, locks, err);
    }
    if (status == QS_OK) {
        status = qs_plan_init(&plan, source->model, &source->ladder, err);
    }
    if (status != QS_OK) {
        return status;
    }
    plan.quantizer = source->quantizer;
    plan.storage = source->storage;
    plan.params = *params;
    plan.base = solves ? source->ladder.rungs[0] : params->base;
    status = lay_base(&at, err);
    if (status == QS_OK) {
        lay_locks(&at);
        status = run(&at, err);
    }
    if (status == QS_OK && report.notes.failed) {
        status = qs_fail_memory(err, "notes", report.notes.length);
    }
    if (status != QS_OK) {
        qs_plan_free(&plan);
        qs_plan_report_free(&report);
        return status;
    }
    *out_plan = plan;
    if (out_report) {
        *out_report = report;
    } else {
        qs_plan_report_free(&report);
    }
    return QS_OK;
}
