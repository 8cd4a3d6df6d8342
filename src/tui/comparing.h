// What Compare shows: the plan at hand and the kept plans with their measures, the frontier, and how two of them
// differ, worked out once per change.
#ifndef QS_TUI_COMPARING_H
#define QS_TUI_COMPARING_H

#include "session/plans.h"

#define QS_COMPARED_NOW "(now)" // no kept plan is called so

struct qs_compared {                 // one plan
    const char *name;                // QS_COMPARED_NOW of the plan at hand
    const struct qs_kept_plan *kept; // NULL: the plan at hand
    const struct qs_plan *plan;      // the session's
    struct qs_plan_totals totals;
    struct qs_plan_measure measure;
    char letter;                     // in table and scatter
};

struct qs_curve_points {
    double *x; // [count] bits per weight
    double *y; // [count] the objective
    size_t count;
};

struct qs_comparing {
    bool made;
    uint64_t revision;               // of the session, when this was made
    struct qs_compared *rows;        // [count]; the plan at hand, if there is one, is the first
    size_t count;
    enum qs_objective objective;     // QS_OBJECTIVE_COUNT: nothing is known
    struct qs_curve_points frontier; // convex, x rising
    struct qs_curve_points uniform;  // every module at one rung
    char of[2][QS_PLAN_NAME_MAX];    // the plans whose difference stands below
    double *difference;              // [kinds][layers] as a level of rung_map.h, NaN: no module; NULL: none yet
    uint64_t differences;            // modules that differ
    uint64_t higher, lower;          // of them, modules with more bits in the second, and with fewer
};

// Brings it up to date. Where memory runs out there are no rows.
void qs_comparing_refresh(struct qs_comparing *comparing, struct qs_session *session);
void qs_comparing_clear(struct qs_comparing *comparing);

// The row of a name, SIZE_MAX where there is none.
size_t qs_comparing_find(const struct qs_comparing *comparing, const char *name);

// The difference from row a to row b; nothing happens where it stands already.
void qs_comparing_differ(struct qs_comparing *comparing, const struct qs_model_info *info, size_t a, size_t b);

#endif
