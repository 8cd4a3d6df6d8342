// Kept plans: see plans.h.
#include "session/planner.h"
#include "session/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

struct qs_kept_plan *qs_session_kept_named(const struct qs_session *session, const char *name)
{
    for (size_t i = 0; i < session->planner->kept_count; i++) {
        if (strcmp(session->planner->kept[i]->name, name) == 0) {
            return session->planner->kept[i];
        }
    }
    return NULL;
}

const struct qs_kept_plan *qs_session_find_kept(const struct qs_session *session, const char *name)
{
    return qs_session_kept_named(session, name);
}

enum qs_status qs_session_put_kept(struct qs_session *session, const char *name, const struct qs_plan *plan,
                                   bool stored, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    struct qs_kept_plan *kept = qs_session_kept_named(session, name);
    struct qs_plan copy;
    if (!kept && planner->kept_count >= QS_PLANS_MAX) {
        return qs_fail(err, QS_USAGE, "%s: there are %d kept plans already; drop one", name, QS_PLANS_MAX);
    }
    if (!planner->kept) {
        planner->kept = calloc(QS_PLANS_MAX, sizeof *planner->kept);
    }
    struct qs_kept_plan *made = kept ? kept : calloc(1, sizeof *made);
    enum qs_status status =
        planner->kept && made ? qs_plan_copy(&copy, plan, err) : qs_fail_memory(err, "a plan", sizeof *made);
    if (status != QS_OK) {
        if (!kept) {
            free(made);
        }
        return status;
    }
    qs_plan_free(&made->plan);
    made->plan = copy;
    made->stored = stored;
    snprintf(made->name, sizeof made->name, "%s", name);
    qs_plan_totals(&made->plan, &made->totals);
    if (!kept) {
        planner->kept[planner->kept_count++] = made;
    }
    session->revision++;
    return QS_OK;
}

enum qs_status qs_session_keep(struct qs_session *session, const char *name, const struct qs_plan *plan,
                               struct qs_error *err)
{
    if (!qs_plan_name_is_good(name)) {
        return qs_fail(err, QS_USAGE, "%.64s: is no name for a plan: write 1 to %d lower-case letters, digits and '_'",
                       name, QS_PLAN_NAME_MAX - 1);
    }
    return qs_session_put_kept(session, name, plan, false, err);
}

void qs_session_drop_kept(struct qs_session *session, size_t index)
{
    struct qs_planner *planner = session->planner;
    if (index >= planner->kept_count) {
        return;
    }
    qs_plan_free(&planner->kept[index]->plan);
    free(planner->kept[index]);
    planner->kept_count--;
    memmove(&planner->kept[index], &planner->kept[index + 1], (planner->kept_count - index) * sizeof *planner->kept);
    session->revision++;
}
