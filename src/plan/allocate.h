// The allocators: from what is known of a model and parameters to a plan (METHODS section 6).
#ifndef QS_PLAN_ALLOCATE_H
#define QS_PLAN_ALLOCATE_H

#include "base/text.h"
#include "plan/knapsack.h"
#include "plan/source.h"

// What was worked out on the way, for those who want to know.
struct qs_plan_report {
    enum qs_objective objective; // of methods that solve: what was summed; else QS_OBJECTIVE_COUNT
    double cost;                 // that sum, and no plan within the budget has less than the bound
    double bound;
    bool proven; // the plan is optimal (QS_KNAPSACK_GAP)
    uint64_t states;
    uint64_t capacity_units; // the budget
    struct qs_text notes;    // lines: what was clamped, what fell back; "" where all went as asked
};
void qs_plan_report_free(struct qs_plan_report *report); // zeroes it; NULL is fine

// QS_USAGE where a parameter is out of range, the base is not on the ladder, or the budget lies outside of what plans
// can take (both limits are told); also where a locked rung is none that the module can take. QS_FAILED where a metric
// is missing (the command that makes it is told). Nothing is made then.
//
// locks: [layers][kinds] rungs of the ladder that cells are held at, QS_PLAN_NO_RUNG where they are free; NULL: all are
// free. limits: of the search for the optimum; may be NULL. *out_plan is freed by qs_plan_free, *out_report (may be
// NULL) by qs_plan_report_free.
//
// Boosted modules climb their own ladder: the rungs whose group size divides their weights, from the base (where they
// cannot take it, from the next rung above that they can). A draw of the ablation is splitmix64, seeded, kind by kind
// in model order. Pure and deterministic.
enum qs_status qs_plan_make(const struct qs_source *source, const struct qs_plan_params *params, const uint8_t *locks,
                            const struct qs_knapsack_limits *limits, struct qs_plan *out_plan,
                            struct qs_plan_report *out_report, struct qs_error *err) QS_MUST_USE;

// The layers that the method selects: u8[kinds][layers], 1 for a selected one; freed by the caller. QS_USAGE as above.
enum qs_status qs_plan_select(const struct qs_source *source, const struct qs_plan_params *params, const char *metric,
                              uint8_t **out, struct qs_error *err) QS_MUST_USE;

#endif
