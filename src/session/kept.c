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

static struct qs_kept_plan *find(const struct qs_session *session, const char *name)
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
    return find(session, name);
}

enum qs_status qs_session_put_kept(struct qs_session *session, const char *name, const struct qs_plan *plan,
                                   bool stored, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    struct qs_kept_plan *kept = find(session, name);
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

enum qs_status qs_session_store_kept(struct qs_session *session, size_t index, struct qs_error *err)
{
    struct qs_kept_plan *kept = session->planner->kept[index];
    if (session->scan) { // the cache is open for writing
        enum qs_status status = qs_plan_store_put(session->caches[0], kept->name, &kept->plan, err);
        status = status == QS_OK ? qs_cache_flush(session->caches[0], err) : status;
        kept->stored = status == QS_OK;
        return status;
    }
    struct qs_cache *cache = NULL;
    enum qs_status status = qs_session_open_target(session, &cache, err);
    if (status != QS_OK) {
        return status;
    }
    status = qs_plan_store_put(cache, kept->name, &kept->plan, err);
    if (status == QS_OK) {
        status = qs_cache_checkpoint(cache, err);
    }
    bool moves = session->info == (session->caches[0] ? qs_cache_model(session->caches[0]) : NULL);
    struct qs_cache *before = session->caches[0];
    qs_cache_close(cache);
    session->caches[0] = NULL;
    enum qs_status read = qs_session_release_target(session, status == QS_OK ? err : NULL);
    if (read != QS_OK || !session->caches[0]) { // what was read before is still good
        session->caches[0] = before;
    } else {
        session->info = moves ? qs_cache_model(session->caches[0]) : session->info;
        qs_cache_close(before);
    }
    kept->stored = status == QS_OK;
    return status == QS_OK ? read : status;
}

// The plan's name in "plans/NAME/rung"; false for other arrays.
static bool stored_name(const char *path, char out[static QS_PLAN_NAME_MAX])
{
    static const char prefix[] = "plans/";
    if (strncmp(path, prefix, sizeof prefix - 1) != 0) {
        return false;
    }
    const char *name = path + sizeof prefix - 1;
    size_t length = strcspn(name, "/");
    if (length >= QS_PLAN_NAME_MAX || strcmp(name + length, "/rung") != 0) {
        return false;
    }
    snprintf(out, QS_PLAN_NAME_MAX, "%.*s", (int)length, name);
    return qs_plan_name_is_good(out);
}

enum qs_status qs_session_load_stored(struct qs_session *session, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < session->cache_count; i++) {
        const struct qs_cache *cache = session->caches[i];
        for (size_t a = 0; cache && status == QS_OK && a < qs_cache_array_count(cache); a++) {
            char name[QS_PLAN_NAME_MAX];
            struct qs_plan plan;
            struct qs_error why = {0};
            if (!stored_name(qs_cache_array_at(cache, a)->spec.path, name) || find(session, name)) {
                continue;
            }
            enum qs_status got = qs_plan_store_get(cache, session->info, name, &plan, &why);
            if (got == QS_OK) {
                status = session->planner->kept_count < QS_PLANS_MAX
                             ? qs_session_put_kept(session, name, &plan, true, err)
                             : QS_OK;
                qs_plan_free(&plan);
            } else if (got == QS_BAD_INPUT) {
                qs_text_addf(&session->log, "%s\n", why.text);
            } else {
                status = qs_fail(err, got, "%s", why.text);
            }
        }
    }
    return status;
}
