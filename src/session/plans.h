// Plans in a session: what is known as a source for allocators, the plan that follows the parameters, plans that are
// kept, and plans in the cache.
#ifndef QS_SESSION_PLANS_H
#define QS_SESSION_PLANS_H

#include "plan/allocate.h"
#include "plan/compare.h"
#include "session/session.h"

// What plans are made for. At first: the paper's ladder (or, where none of it is measured but other rungs are, those),
// hqq, the axis that errors are known along, meta8.
struct qs_plan_setup {
    struct qs_ladder ladder;
    enum qs_quantizer_kind quantizer;
    uint32_t axis;
    enum qs_storage storage;
};
bool qs_plan_setup_equal(const struct qs_plan_setup *a, const struct qs_plan_setup *b);
const struct qs_plan_setup *qs_session_plan_setup(struct qs_session *session);

// QS_USAGE where the quantizer has no such rungs or storage (nf4: 4 bits, axis 1, fp16); nothing changes then. Locks at
// rungs that the new ladder has too stay, the others are freed.
enum qs_status qs_session_set_plan_setup(struct qs_session *session, const struct qs_plan_setup *setup,
                                         struct qs_error *err) QS_MUST_USE;

// What is known, for the allocators; borrowed until the session or its setup changes. Curves are those of every metric
// that has any value, per_config ones at b4g64 of the setup's quantizer.
enum qs_status qs_session_source(struct qs_session *session, const struct qs_source **out,
                                 struct qs_error *err) QS_MUST_USE;

// The parameters of the plan at hand. Their `detect` is the session's (qs_session_detect_params), one for all views.
struct qs_plan_params qs_session_plan_params(const struct qs_session *session);
// Set: QS_USAGE where one is out of range, or the metric is none; nothing changes then.
enum qs_status qs_session_set_plan_params(struct qs_session *session, const struct qs_plan_params *params,
                                          struct qs_error *err) QS_MUST_USE;

// Rungs set by hand, which every re-planning keeps: QS_PLAN_NO_RUNG frees the module again. QS_USAGE where there is no
// such module, or the rung is none that it can take. Changes the revision.
uint8_t qs_session_lock(const struct qs_session *session, uint32_t layer, uint32_t kind);
enum qs_status qs_session_set_lock(struct qs_session *session, uint32_t layer, uint32_t kind, uint8_t rung,
                                   struct qs_error *err) QS_MUST_USE;

// All that shapes the plan, for undo: parameters and locks. Freed by qs_plan_settings_free. Setting them fails as
// setting the parameters does, and changes nothing then; locks of modules or rungs that are not there are passed over.
struct qs_plan_settings {
    struct qs_plan_params params;
    uint32_t lock_count;
    struct qs_plan_lock {
        uint32_t layer, kind;
        uint8_t rung;
    } * locks; // [lock_count]
};
enum qs_status qs_session_plan_settings(const struct qs_session *session, struct qs_plan_settings *out,
                                        struct qs_error *err) QS_MUST_USE;
enum qs_status qs_session_set_plan_settings(struct qs_session *session, const struct qs_plan_settings *settings,
                                            struct qs_error *err) QS_MUST_USE;
void qs_plan_settings_free(struct qs_plan_settings *settings); // zeroes it; NULL is fine

// The plan that follows from parameters, locks and what is known: made again when any of them has changed. Borrowed
// until then. A failure (a metric that is missing, a budget out of reach) is the same until something changes; nothing
// is made then.
struct qs_planned {
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
};
enum qs_status qs_session_planned(struct qs_session *session, const struct qs_planned **out,
                                  struct qs_error *err) QS_MUST_USE;

// A measure of plans against the source; its frontier is worked out once for each objective.
enum qs_status qs_session_frontier(struct qs_session *session, const struct qs_frontier **out,
                                   struct qs_error *err) QS_MUST_USE;

// Kept plans, by name, in the order in which they were kept: those of the caches first, at opening.
enum { QS_PLAN_NAME_MAX = 48, QS_PLANS_MAX = 256 };
struct qs_kept_plan {
    char name[QS_PLAN_NAME_MAX]; // lower-case letters, digits and '_'
    struct qs_plan plan;
    struct qs_plan_totals totals;
    bool stored; // it is in the cache as it is here
};
size_t qs_session_kept_count(const struct qs_session *session);
const struct qs_kept_plan *qs_session_kept(const struct qs_session *session, size_t index);
const struct qs_kept_plan *qs_session_find_kept(const struct qs_session *session, const char *name); // or NULL

bool qs_plan_name_is_good(const char *name);

// Keeps a copy; a plan of the same name is replaced. QS_USAGE where the name is none or there are too many.
enum qs_status qs_session_keep(struct qs_session *session, const char *name, const struct qs_plan *plan,
                               struct qs_error *err) QS_MUST_USE;
void qs_session_drop_kept(struct qs_session *session, size_t index); // from the session; a cache keeps what it has

// Writes a kept plan into the cache: arrays plans/NAME/... of quantscope-cache(5). It is safe when this returns. Fails
// as a scan does where the cache cannot be written.
enum qs_status qs_session_store_kept(struct qs_session *session, const char *name, struct qs_error *err) QS_MUST_USE;

// Reads a plan file and lays it over the session's model. *out is freed by qs_plan_free.
enum qs_status qs_session_read_plan(struct qs_session *session, const char *path, bool any_model, struct qs_plan *out,
                                    struct qs_error *err) QS_MUST_USE;

// The whole plan into a file, complete or not at all. QS_USAGE where it exists and force is false.
enum qs_status qs_session_write_plan(const struct qs_plan *plan, const char *path, bool force,
                                     struct qs_error *err) QS_MUST_USE;

// Takes a plan of the session's model (qs_session_read_plan, a kept one): its setup and parameters, and what planning
// with them does otherwise as locks. Then the plan at hand has the same rungs: where a budget cannot be kept with all
// those locks, it becomes the plan's own bytes. Where no plan can be made here (a metric is missing), this fails as
// qs_session_planned does. Whatever fails, nothing has changed.
enum qs_status qs_session_adopt_plan(struct qs_session *session, const struct qs_plan *plan,
                                     struct qs_error *err) QS_MUST_USE;

#endif
