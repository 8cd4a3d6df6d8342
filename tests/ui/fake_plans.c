// Kept plans of a session without caches: the part of session/plans.h that would need one. A plan is stored in words
// only.
#include "session/planner.h"
#include "session/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t qs_session_axis(const struct qs_session *session, const struct qs_metric *metric,
                         enum qs_quantizer_kind quantizer)
{
    (void)session;
    (void)metric;
    (void)quantizer;
    return 1;
}

bool qs_plan_name_is_good(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < QS_PLAN_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

size_t qs_session_kept_count(const struct qs_session *session)
{
    return session->planner->kept_count;
}

const struct qs_kept_plan *qs_session_kept(const struct qs_session *session, size_t index)
{
    return index < session->planner->kept_count ? session->planner->kept[index] : NULL;
}

const struct qs_kept_plan *qs_session_find_kept(const struct qs_session *session, const char *name)
{
    for (size_t i = 0; i < session->planner->kept_count; i++) {
        if (strcmp(session->planner->kept[i]->name, name) == 0) {
            return session->planner->kept[i];
        }
    }
    return NULL;
}

enum qs_status qs_session_keep(struct qs_session *session, const char *name, const struct qs_plan *plan,
                               struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    if (!qs_plan_name_is_good(name)) {
        return qs_fail(err, QS_USAGE, "%.64s: is no name for a plan", name);
    }
    struct qs_kept_plan *made = calloc(1, sizeof *made);
    if (!planner->kept) {
        planner->kept = calloc(QS_PLANS_MAX, sizeof *planner->kept);
    }
    if (!made || !planner->kept || planner->kept_count == QS_PLANS_MAX ||
        qs_plan_copy(&made->plan, plan, err) != QS_OK) {
        free(made);
        return qs_fail(err, QS_USAGE, "%s: there are too many kept plans", name);
    }
    snprintf(made->name, sizeof made->name, "%s", name);
    qs_plan_totals(&made->plan, &made->totals);
    size_t at = 0;
    while (at < planner->kept_count && strcmp(planner->kept[at]->name, name) != 0) {
        at++;
    }
    if (at < planner->kept_count) {
        qs_plan_free(&planner->kept[at]->plan);
        free(planner->kept[at]);
    }
    planner->kept_count += at == planner->kept_count;
    planner->kept[at] = made;
    session->revision++;
    return QS_OK;
}

void qs_session_drop_kept(struct qs_session *session, size_t index)
{
    struct qs_planner *planner = session->planner;
    qs_plan_free(&planner->kept[index]->plan);
    free(planner->kept[index]);
    planner->kept_count--;
    memmove(&planner->kept[index], &planner->kept[index + 1], (planner->kept_count - index) * sizeof *planner->kept);
    session->revision++;
}

enum qs_status qs_session_store_kept(struct qs_session *session, size_t index, struct qs_error *err)
{
    (void)err;
    session->planner->kept[index]->stored = true;
    return QS_OK;
}
