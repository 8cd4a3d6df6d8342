// The plan at hand, laid out for drawing: see planning.h.
#include "tui/planning.h"

#include <math.h>
#include <stdlib.h>

enum { STATES_MAX = 1000000 }; // partial solutions: a few milliseconds; what they do not prove is shown as a bound

void qs_planning_clear(struct qs_planning *planning)
{
    free(planning->rungs);
    free(planning->marks);
    free(planning->z);
    *planning = (struct qs_planning){.objective = QS_OBJECTIVE_COUNT};
}

double qs_planning_value(const struct qs_source *source, const double *values, uint32_t layer, uint32_t kind,
                         struct qs_rung rung)
{
    int at = values ? qs_ladder_find(&source->ladder, rung) : -1;
    size_t cell = (size_t)layer * source->model->kinds + kind;
    return at < 0 ? NAN : values[cell * source->ladder.count + (size_t)at];
}

struct qs_plan_measure qs_planning_measure(struct qs_session *session, const struct qs_plan *plan, bool exact,
                                           enum qs_objective *out_objective)
{
    struct qs_plan_measure measure = {NAN, NAN, NAN, NAN, NAN, false};
    const struct qs_knapsack_limits limits = {.states = STATES_MAX};
    const struct qs_source *source;
    const struct qs_frontier *frontier;
    *out_objective = QS_OBJECTIVE_COUNT;
    if (qs_session_source(session, &source, NULL) == QS_OK && qs_session_frontier(session, &frontier, NULL) == QS_OK &&
        qs_plan_measure(plan, source, frontier, exact, &limits, &measure, NULL) == QS_OK) {
        *out_objective = frontier->objective;
    }
    return measure;
}

static void lay_out(struct qs_planning *made)
{
    const struct qs_plan *plan = &made->planned->plan;
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
            size_t at = (size_t)kind * plan->model.layers + layer;
            made->rungs[at] = cell->rung == QS_PLAN_NO_RUNG ? NAN : cell->rung;
            made->marks[at] = cell->locked ? QS_PLANNED_LOCKED : cell->boosted ? QS_PLANNED_BOOSTED : 0;
        }
    }
}

// The z by which each layer was, or was not, selected.
static void find_z(struct qs_planning *made, const struct qs_plan_params *params)
{
    const struct qs_model_info *info = made->source->model;
    const struct qs_source_curves *curves = qs_source_find(made->source, qs_plan_params_metric(params));
    size_t cells = (size_t)info->layers * info->kinds;
    if (!qs_method_selects(params->method) || !curves || !(made->z = malloc((cells + 1) * sizeof *made->z))) {
        return;
    }
    struct qs_detect_params detect = params->detect;
    detect.difference = curves->difference;
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        double *z = made->z + (size_t)kind * info->layers;
        struct qs_detection found = {0};
        const double *curve = curves->values + (size_t)kind * info->layers;
        bool good = qs_detect(curve, info->layers, &detect, &found, NULL) == QS_OK;
        for (uint32_t layer = 0; layer < info->layers; layer++) {
            z[layer] = good && layer > 0 && layer - 1 < found.differences ? found.z[layer - 1] : NAN;
        }
        for (uint32_t i = 0; good && i < found.count; i++) { // by the peak it may be the layer before the step
            z[found.detected[i].layer] = found.detected[i].z;
        }
        qs_detection_free(&found);
    }
}

void qs_planning_refresh(struct qs_planning *planning, struct qs_session *session)
{
    uint64_t revision = qs_session_revision(session);
    if (planning->made && planning->revision == revision) {
        return;
    }
    qs_planning_clear(planning);
    const struct qs_model_info *info = qs_session_info(session);
    size_t cells = (size_t)info->layers * info->kinds;
    struct qs_planning made = {.made = true, .revision = revision, .objective = QS_OBJECTIVE_COUNT};
    made.rungs = malloc((cells + 1) * sizeof *made.rungs);
    made.marks = calloc(cells + 1, sizeof *made.marks);
    enum qs_status status = made.rungs && made.marks ? QS_OK : qs_fail_memory(&made.error, "the plan's map", cells);
    for (size_t i = 0; made.rungs && i < cells; i++) {
        made.rungs[i] = NAN;
    }
    if (status == QS_OK) {
        status = qs_session_source(session, &made.source, &made.error);
    }
    if (status == QS_OK) {
        struct qs_plan_params params = qs_session_plan_params(session);
        find_z(&made, &params);
        status = qs_session_planned(session, &made.planned, &made.error);
    }
    if (status == QS_OK) {
        lay_out(&made);
        made.measure = qs_planning_measure(session, &made.planned->plan, true, &made.objective);
    } else {
        made.planned = NULL;
    }
    *planning = made;
}
