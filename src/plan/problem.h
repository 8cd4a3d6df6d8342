// The budget problem of a model: which rungs each module may take, what they weigh and what they cost, as a knapsack.
#ifndef QS_PLAN_PROBLEM_H
#define QS_PLAN_PROBLEM_H

#include "plan/allocate.h"
#include "plan/knapsack.h"

struct qs_problem {
    struct qs_knapsack knapsack; // its modules are those that are there, layer by layer; weights in units (2^-10 bit)
    struct qs_hull *hull;
    size_t *cells;               // [knapsack.modules] layer * kinds + kind
    uint8_t *rungs;              // [choices] index in the source's ladder
    uint64_t lightest, heaviest; // units of the plans of each module's lightest and heaviest choice
    uint64_t dearest;            // units of the heaviest choices that modules would have without locks
    uint64_t params;             // weights of all modules
    size_t locked;               // modules
    size_t unknown;              // rungs that a module could take, but whose cost is not known
    enum qs_objective objective; // what the costs are, apart from the method's factors
    void *memory;                // the arrays
};

// Costs are those of params->method: mxq*, or the objective (best: the first that is known) of any other method. Rungs
// without a finite cost are no choices; a locked cell has one choice. QS_FAILED where a metric is missing, QS_USAGE
// where a module is left without a choice. *out is freed by qs_problem_free.
enum qs_status qs_problem_make(const struct qs_source *source, const struct qs_plan_params *params,
                               const uint8_t *locks, struct qs_problem *out, struct qs_error *err) QS_MUST_USE;
void qs_problem_free(struct qs_problem *problem); // zeroes it; NULL is fine

// The objective that a method's costs are made of; QS_FAILED where it is not known for every module.
enum qs_status qs_problem_objective(const struct qs_source *source, const struct qs_plan_params *params,
                                    enum qs_objective *out, struct qs_error *err) QS_MUST_USE;

// The chosen rungs into the plan's cells.
void qs_problem_apply(const struct qs_problem *problem, const struct qs_knapsack_solution *solution,
                      struct qs_plan *plan);

#endif
