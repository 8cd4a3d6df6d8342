// Plans against numbers and against each other.
#ifndef QS_PLAN_COMPARE_H
#define QS_PLAN_COMPARE_H

#include "plan/problem.h"

// The exact frontier of one objective: the least there is at any number of bytes.
struct qs_frontier {
    enum qs_objective objective; // QS_OBJECTIVE_COUNT: nothing is known to minimise
    struct qs_problem problem;   // of optimal, without locks
};

// Objective best: the first that is known; where none is, a frontier without a problem. Otherwise QS_FAILED where it is
// not known. *out is freed by qs_frontier_free.
enum qs_status qs_frontier_make(const struct qs_source *source, enum qs_objective objective, struct qs_frontier *out,
                                struct qs_error *err) QS_MUST_USE;
void qs_frontier_free(struct qs_frontier *frontier); // zeroes it; NULL is fine

// Where a plan lies.
struct qs_plan_measure {
    double fnorm;       // sum over modules; NaN where any is not known
    double sensitivity; // the same of the module-level sensitivity
    double objective;   // the sum of the frontier's objective
    double best;        // the least such sum at the same units, both in the source's storage: solved exactly, or the
                        // best found, which is above it, where not proven
    double gap;         // (objective - best) / |best|; NaN where nothing is known. Below 0 only within QS_KNAPSACK_GAP
    bool proven;        // best is the optimum
};

// The plan is of the source's model (qs_plan_fit); its ladder need not be the source's: rungs that the source does not
// have make the sums NaN. exact: solve; else look up (near-optimal, at once). limits may be NULL.
enum qs_status qs_plan_measure(const struct qs_plan *plan, const struct qs_source *source,
                               const struct qs_frontier *frontier, bool exact, const struct qs_knapsack_limits *limits,
                               struct qs_plan_measure *out, struct qs_error *err) QS_MUST_USE;

// How two plans of one model differ in one module: the difference of bits per weight under a's storage, b - a; 0 where
// they have the same rung, NaN where there is no module.
double qs_plan_difference(const struct qs_plan *a, const struct qs_plan *b, uint32_t layer, uint32_t kind);
uint64_t qs_plan_differences(const struct qs_plan *a, const struct qs_plan *b); // modules with another rung or axis

#endif
