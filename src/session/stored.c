// Kept plans into the cache and from it: see plans.h.
#include "session/planner.h"
#include "session/state.h"

#include <stdio.h>
#include <string.h>

enum qs_status qs_session_store_kept(struct qs_session *session, const char *name, struct qs_error *err)
{
    struct qs_kept_plan *kept = qs_session_kept_named(session, name);
    if (!kept) {
        return qs_fail(err, QS_USAGE, "%.64s: no plan of this name is kept", name);
    }
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
        session->data++;
        qs_session_find_datasets(session);
    } else {
        session->info = moves ? qs_cache_model(session->caches[0]) : session->info;
        qs_cache_close(before);
    }
    kept->stored = status == QS_OK && read == QS_OK;
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
            if (!stored_name(qs_cache_array_at(cache, a)->spec.path, name) || qs_session_kept_named(session, name)) {
                continue;
            }
            enum qs_status got = qs_plan_store_get(cache, session->info, name, &plan, &why);
            if (got == QS_OK) {
                if (session->planner->kept_count < QS_PLANS_MAX) {
                    status = qs_session_put_kept(session, name, &plan, true, err);
                } else {
                    qs_text_addf(&session->log, "%s: plans/%s: is left out: %d plans are kept already\n",
                                 qs_cache_path(cache), name, QS_PLANS_MAX);
                }
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
