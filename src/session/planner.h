// The plans of a session from inside: what plans.c, source.c, kept.c and plan_store.c share. Internal to src/session.
#ifndef QS_SESSION_PLANNER_H
#define QS_SESSION_PLANNER_H

#include "session/plans.h"

struct qs_planner {
    struct qs_plan_setup setup;
    bool set_up; // setup is made, or was chosen

    struct qs_plan_params params; // their detect is the session's
    uint8_t *locks;               // [layers][kinds], QS_PLAN_NO_RUNG: free
    uint64_t changes;             // of setup, parameters and locks

    // source.c; what they were made of: the session's `data` and the setup.
    bool sourced;
    uint64_t sourced_data;
    struct qs_source source;
    struct qs_source_curves *curves; // [source.curve_count]
    double *values;                  // all that the source points to
    bool measured;                   // frontier is of this source
    struct qs_frontier frontier;

    bool tried; // planned, or failed as error says, at these:
    uint64_t tried_data, tried_changes;
    struct qs_detect_params tried_detect;
    struct qs_planned planned; // its plan has cells where status is QS_OK
    enum qs_status status;
    struct qs_error error;

    struct qs_kept_plan **kept; // [kept_count]
    size_t kept_count;
};

struct qs_planner *qs_planner_new(size_t cells);  // NULL where memory ran out
void qs_planner_free(struct qs_planner *planner); // NULL is fine

void qs_planner_forget_source(struct qs_planner *planner);

// Kept plans that the caches hold and the session does not, after opening; what cannot be read is told in the log.
enum qs_status qs_session_load_stored(struct qs_session *session, struct qs_error *err) QS_MUST_USE;

struct qs_kept_plan *qs_session_kept_named(const struct qs_session *session, const char *name); // or NULL

// Adds or replaces without a look at the limits of names.
enum qs_status qs_session_put_kept(struct qs_session *session, const char *name, const struct qs_plan *plan,
                                   bool stored, struct qs_error *err) QS_MUST_USE;

// plan_store.c: a plan as arrays of a cache that is open for writing, and back. QS_BAD_INPUT where what is there is no
// plan of the model.
struct qs_cache;
enum qs_status qs_plan_store_put(struct qs_cache *cache, const char *name, const struct qs_plan *plan,
                                 struct qs_error *err) QS_MUST_USE;
enum qs_status qs_plan_store_get(const struct qs_cache *cache, const struct qs_model_info *model, const char *name,
                                 struct qs_plan *out, struct qs_error *err) QS_MUST_USE;

#endif
