// Parameters, locks, and the plan that follows from them: see plans.h.
#include "session/planner.h"
#include "session/state.h"

#include "base/output.h"
#include "plan/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A search that takes longer than a frame or two shows its best plan with the bound instead.
enum { STATES_MAX = 4000000 };

struct qs_planner *qs_planner_new(size_t cells)
{
    struct qs_planner *planner = calloc(1, sizeof *planner);
    if (!planner) {
        return NULL;
    }
    planner->params = qs_plan_params_defaults;
    planner->frontier.objective = QS_OBJECTIVE_COUNT;
    planner->locks = malloc(cells + 1);
    if (!planner->locks) {
        free(planner);
        return NULL;
    }
    memset(planner->locks, QS_PLAN_NO_RUNG, cells);
    return planner;
}

static void forget_planned(struct qs_planner *planner)
{
    qs_plan_free(&planner->planned.plan);
    qs_plan_report_free(&planner->planned.report);
    planner->tried = false;
}

void qs_planner_free(struct qs_planner *planner)
{
    if (!planner) {
        return;
    }
    qs_planner_forget_source(planner);
    forget_planned(planner);
    for (size_t i = 0; i < planner->kept_count; i++) {
        qs_plan_free(&planner->kept[i]->plan);
        free(planner->kept[i]);
    }
    free(planner->kept);
    free(planner->locks);
    free(planner);
}

struct qs_plan_params qs_session_plan_params(const struct qs_session *session)
{
    struct qs_plan_params params = session->planner->params;
    params.detect = session->detect;
    return params;
}

static void changed(struct qs_session *session)
{
    session->planner->changes++;
    session->revision++;
}

enum qs_status qs_session_set_plan_params(struct qs_session *session, const struct qs_plan_params *params,
                                          struct qs_error *err)
{
    if (params->metric[0] && !qs_metric_find(params->metric)) {
        return qs_fail(err, QS_USAGE, "metric %s: there is none of this name", params->metric);
    }
    enum qs_status status = qs_session_set_detect_params(session, &params->detect, err);
    if (status == QS_OK) {
        session->planner->params = *params;
        changed(session);
    }
    return status;
}

uint8_t qs_session_lock(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    return session->planner->locks[(size_t)layer * session->info->kinds + kind];
}

enum qs_status qs_session_set_lock(struct qs_session *session, uint32_t layer, uint32_t kind, uint8_t rung,
                                   struct qs_error *err)
{
    const struct qs_model_info *info = session->info;
    const struct qs_plan_setup *setup = qs_session_plan_setup(session);
    if (layer >= info->layers || kind >= info->kinds || qs_module_params(info, layer, kind) == 0) {
        return qs_fail(err, QS_USAGE, "layer %u has no such module", layer);
    }
    if (rung != QS_PLAN_NO_RUNG) {
        if (rung >= setup->ladder.count) {
            return qs_fail(err, QS_USAGE, "the ladder has %zu rungs", setup->ladder.count);
        }
        uint32_t group = setup->ladder.rungs[rung].group_size;
        if (qs_module_params(info, layer, kind) % group != 0) {
            return qs_fail(err, QS_USAGE, "layer %u, %s: groups of %u do not divide its weights", layer,
                           info->kind_names[kind], group);
        }
    }
    session->planner->locks[(size_t)layer * info->kinds + kind] = rung;
    changed(session);
    return QS_OK;
}

enum qs_status qs_session_plan_settings(const struct qs_session *session, struct qs_plan_settings *out,
                                        struct qs_error *err)
{
    size_t cells = (size_t)session->info->layers * session->info->kinds;
    const uint8_t *locks = session->planner->locks;
    uint32_t count = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        count += locks[cell] != QS_PLAN_NO_RUNG;
    }
    struct qs_plan_settings made = {.params = qs_session_plan_params(session)};
    made.locks = calloc((size_t)count + 1, sizeof *made.locks);
    if (!made.locks) {
        return qs_fail_memory(err, "locks", count * sizeof *made.locks);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        if (locks[cell] != QS_PLAN_NO_RUNG) {
            made.locks[made.lock_count++] = (struct qs_plan_lock){(uint32_t)(cell / session->info->kinds),
                                                                  (uint32_t)(cell % session->info->kinds), locks[cell]};
        }
    }
    *out = made;
    return QS_OK;
}

enum qs_status qs_session_set_plan_settings(struct qs_session *session, const struct qs_plan_settings *settings,
                                            struct qs_error *err)
{
    enum qs_status status = qs_session_set_plan_params(session, &settings->params, err);
    if (status != QS_OK) {
        return status;
    }
    memset(session->planner->locks, QS_PLAN_NO_RUNG, (size_t)session->info->layers * session->info->kinds);
    for (uint32_t i = 0; i < settings->lock_count; i++) {
        const struct qs_plan_lock *lock = &settings->locks[i];
        if (qs_session_set_lock(session, lock->layer, lock->kind, lock->rung, NULL) != QS_OK) {
            continue; // there is no such module or rung here
        }
    }
    changed(session);
    return QS_OK;
}

void qs_plan_settings_free(struct qs_plan_settings *settings)
{
    if (settings) {
        free(settings->locks);
        *settings = (struct qs_plan_settings){0};
    }
}

// Whether what was tried last still holds.
static bool is_fresh(const struct qs_session *session)
{
    const struct qs_planner *planner = session->planner;
    const struct qs_detect_params *detect = &session->detect;
    const struct qs_detect_params *tried = &planner->tried_detect;
    return planner->tried && planner->tried_data == session->data && planner->tried_changes == planner->changes &&
           tried->z == detect->z && tried->trim == detect->trim && tried->top_m == detect->top_m &&
           tried->attribution == detect->attribution;
}

enum qs_status qs_session_planned(struct qs_session *session, const struct qs_planned **out, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    if (!is_fresh(session)) {
        const struct qs_knapsack_limits limits = {.states = STATES_MAX};
        const struct qs_source *source;
        struct qs_plan_params params = qs_session_plan_params(session);
        forget_planned(planner);
        planner->status = qs_session_source(session, &source, &planner->error);
        if (planner->status == QS_OK) {
            planner->status = qs_plan_make(source, &params, planner->locks, &limits, &planner->planned.plan,
                                           &planner->planned.report, &planner->error);
        }
        if (planner->status == QS_OK) {
            qs_plan_totals(&planner->planned.plan, &planner->planned.totals);
        }
        planner->tried = true;
        planner->tried_data = session->data;
        planner->tried_changes = planner->changes;
        planner->tried_detect = session->detect;
    }
    if (planner->status != QS_OK) {
        return qs_fail(err, planner->status, "%s", planner->error.text);
    }
    *out = &planner->planned;
    return QS_OK;
}

enum qs_status qs_session_read_plan(struct qs_session *session, const char *path, bool any_model, struct qs_plan *out,
                                    struct qs_error *err)
{
    struct qs_plan plan;
    enum qs_status status = qs_plan_read(path, &plan, err);
    if (status != QS_OK) {
        return status;
    }
    status = qs_plan_fit(&plan, session->info, any_model, path, err);
    if (status == QS_OK) {
        *out = plan;
    } else {
        qs_plan_free(&plan);
    }
    return status;
}

enum qs_status qs_session_write_plan(const struct qs_plan *plan, const char *path, bool force, struct qs_error *err)
{
    struct qs_text text = {0};
    struct qs_output output;
    qs_plan_write(plan, &text);
    enum qs_status status =
        text.failed ? qs_fail_memory(err, path, text.length) : qs_output_open(path, force, &output, err);
    if (status == QS_OK) {
        fwrite(text.chars, 1, text.length, output.file); // commit looks for errors
        status = qs_output_commit(&output, err);
    }
    qs_text_free(&text);
    return status;
}

// Whether the plan at hand has the rungs of this one.
static bool comes_to(struct qs_session *session, const struct qs_plan *plan)
{
    const struct qs_planned *planned;
    bool same = qs_session_planned(session, &planned, NULL) == QS_OK;
    for (size_t cell = 0; same && cell < (size_t)session->info->layers * session->info->kinds; cell++) {
        same = planned->plan.cells[cell].rung == plan->cells[cell].rung;
    }
    return same;
}

enum held { HOLD_OWN, HOLD_DIFFERING, HOLD_ALL };

// Locks what was locked in the plan, also what planning gives otherwise, or everything.
static void hold(struct qs_session *session, const struct qs_plan *plan, enum held held)
{
    const struct qs_planned *planned;
    bool made = held == HOLD_DIFFERING && qs_session_planned(session, &planned, NULL) == QS_OK;
    for (size_t cell = 0; cell < (size_t)session->info->layers * session->info->kinds; cell++) {
        uint8_t rung = plan->cells[cell].rung;
        bool differs = held == HOLD_ALL || (made && planned->plan.cells[cell].rung != rung);
        session->planner->locks[cell] = plan->cells[cell].locked || differs ? rung : QS_PLAN_NO_RUNG;
    }
    changed(session);
}

// From the plan's own parameters and locks to ones that leave planning no choice, as far as it takes.
static enum qs_status adopt(struct qs_session *session, const struct qs_plan *plan, struct qs_error *err)
{
    struct qs_plan_setup setup = {plan->ladder, plan->quantizer, 1, plan->storage};
    for (size_t cell = (size_t)session->info->layers * session->info->kinds; cell-- > 0;) {
        setup.axis = plan->cells[cell].rung == QS_PLAN_NO_RUNG ? setup.axis : plan->cells[cell].axis;
    }
    enum qs_status status = qs_session_set_plan_setup(session, &setup, err);
    if (status == QS_OK) {
        status = qs_session_set_plan_params(session, &plan->params, err);
    }
    for (int held = HOLD_OWN; status == QS_OK && held <= HOLD_ALL; held++) {
        hold(session, plan, (enum held)held);
        if (comes_to(session, plan)) {
            return QS_OK;
        }
    }
    if (status == QS_OK && qs_method_solves(plan->params.method)) { // more than its budget, as a file edited by hand
        struct qs_plan_params params = plan->params;
        struct qs_plan_totals totals;
        qs_plan_totals(plan, &totals);
        snprintf(params.budget, sizeof params.budget, "%lluB", (unsigned long long)totals.bytes);
        status = qs_session_set_plan_params(session, &params, err);
    }
    const struct qs_planned *planned;
    return status == QS_OK ? qs_session_planned(session, &planned, err) : status;
}

enum qs_status qs_session_adopt_plan(struct qs_session *session, const struct qs_plan *plan, struct qs_error *err)
{
    struct qs_plan_setup setup = *qs_session_plan_setup(session);
    struct qs_plan_settings before;
    if (plan->model.layers != session->info->layers || plan->model.kinds != session->info->kinds) {
        return qs_fail(err, QS_USAGE, "the plan is of another model");
    }
    enum qs_status status = qs_session_plan_settings(session, &before, err);
    if (status != QS_OK) {
        return status;
    }
    status = adopt(session, plan, err);
    if (status != QS_OK) { // both were good before
        (void)!qs_session_set_plan_setup(session, &setup, NULL);
        (void)!qs_session_set_plan_settings(session, &before, NULL);
    }
    qs_plan_settings_free(&before);
    return status;
}
