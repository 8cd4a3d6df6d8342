// What Plan shows: the plan at hand laid out for drawing, and what it measures, worked out once per change.
#ifndef QS_TUI_PLANNING_H
#define QS_TUI_PLANNING_H

#include "session/plans.h"

enum { QS_PLANNED_BOOSTED = 1, QS_PLANNED_LOCKED = 2 }; // marks of cells

struct qs_planning {
    bool made;
    uint64_t revision;                // of the session, when this was made
    const struct qs_planned *planned; // the session's; NULL: there is no plan, for the reason that error tells
    const struct qs_source *source;   // the session's
    struct qs_error error;
    double *rungs;                    // [kinds][layers] index in the plan's ladder; NaN: no module, or no plan
    uint8_t *marks;                   // [kinds][layers]
    double *z;                        // [kinds][layers] by the metric that selects, NaN where it does not; NULL: none
    enum qs_objective objective;      // that the measure is of; QS_OBJECTIVE_COUNT: nothing is known
    struct qs_plan_measure measure;
};

// Brings it up to date with the session. What fails is told by error: old results are never left standing.
void qs_planning_refresh(struct qs_planning *planning, struct qs_session *session);
void qs_planning_clear(struct qs_planning *planning);

// A plan against the frontier: exactly, as far as a frame's time goes, or by a look-up. NaN where nothing is known.
struct qs_plan_measure qs_planning_measure(struct qs_session *session, const struct qs_plan *plan, bool exact,
                                           enum qs_objective *out_objective);

// A value of one of the source's arrays [layers][kinds][rungs]; NaN where it is not known. values may be NULL.
double qs_planning_value(const struct qs_source *source, const double *values, uint32_t layer, uint32_t kind,
                         struct qs_rung rung);

#endif
