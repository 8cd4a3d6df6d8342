// The budget problem in its bare form: a multiple-choice knapsack (METHODS section 6).
//
//     minimise   sum over modules of cost[choice of the module]
//     subject to sum over modules of weight[choice of the module] <= capacity
//
// Every module takes exactly one of its choices. Weights are exact integers (a plan's bits, scaled); costs are what is
// to be small: errors, sensitivities, losses.
//
//     qs_hull_make(&problem, &hull, err)               dominance and the lower convex hull of every module, once
//     qs_hull_lookup(hull, capacity, &solution, err)   any budget's near-optimal plan with its bound, at once
//     qs_knapsack_solve(hull, capacity, limits, ...)   the optimum, proven
#ifndef QS_PLAN_KNAPSACK_H
#define QS_PLAN_KNAPSACK_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QS_KNAPSACK_MODULES_MAX = 4194304,
    QS_KNAPSACK_CHOICES_MAX = 256, // of one module
};

// The largest sum of the modules' heaviest choices, so that no difference of two plans overflows. 10^14 weights of
// 8.5 bits, in units of 1/1024 bit, stay below.
#define QS_KNAPSACK_WEIGHT_MAX (UINT64_C(1) << 60)

// The largest sum of the modules' largest |cost|, so that no difference is infinite.
#define QS_KNAPSACK_COST_MAX 1e307

struct qs_knapsack {
    size_t modules;
    const uint32_t *first;  // u32[modules + 1]: the choices of module m are first[m] .. first[m + 1] - 1, at least one
    const uint64_t *weight; // u64[choices]; in any order
    const double *cost;     // f64[choices], finite
};

struct qs_knapsack_solution {
    uint32_t *choice; // u32[modules]: index into weight and cost
    double cost;      // sum of the chosen costs, in module order
    uint64_t weight;  // sum of the chosen weights
    double bound;     // no solution within the capacity costs less than this (up to rounding)
    bool proven;      // cost - bound <= QS_KNAPSACK_GAP * |cost|
    uint64_t states;  // partial solutions that were looked at: the work, the same on every machine
};

// The relative distance from the bound at which a solution counts as optimal.
#define QS_KNAPSACK_GAP 1e-9

void qs_knapsack_solution_free(struct qs_knapsack_solution *solution); // zeroes it; NULL is fine

// What is worked out once for all budgets: the frontier of the relaxed problem. Its breakpoints are optimal for their
// own weights.
struct qs_hull;

// Copies what it needs of the problem. QS_USAGE where a cost is not finite, a module has no choice, or a limit above is
// passed. O(choices log choices). Freed by qs_hull_free (NULL is fine). What is made is immutable: thread-safe.
enum qs_status qs_hull_make(const struct qs_knapsack *problem, struct qs_hull **out, struct qs_error *err) QS_MUST_USE;
void qs_hull_free(struct qs_hull *hull);

// The least and the largest weight that make a difference: below the first nothing fits; from the second on (the
// lightest of the cheapest plans) nothing gets cheaper.
uint64_t qs_hull_min_weight(const struct qs_hull *hull);
uint64_t qs_hull_max_weight(const struct qs_hull *hull);

// The breakpoints from the lightest plan to the cheapest, weights rising, costs falling: the exact frontier's own
// points where it touches its convex hull. index < count.
size_t qs_hull_points(const struct qs_hull *hull);
void qs_hull_point(const struct qs_hull *hull, size_t index, uint64_t *out_weight, double *out_cost);

// The bound of the relaxed problem: piecewise linear between the breakpoints, INFINITY below the least weight.
double qs_hull_bound(const struct qs_hull *hull, uint64_t capacity);

// The near-optimal plan: the breakpoint below, then whatever still fits, the best rate first. O(choices), without a
// search. QS_USAGE where nothing fits.
enum qs_status qs_hull_lookup(const struct qs_hull *hull, uint64_t capacity, struct qs_knapsack_solution *out,
                              struct qs_error *err) QS_MUST_USE;

struct qs_knapsack_limits {
    uint64_t states;              // at most so many partial solutions are looked at; 0: a default of many millions
    bool (*stop)(void *context);  // asked now and then; NULL: nobody. True ends the search with what it has
    void *context;
};

// The optimum, by expanding a core of modules around the break of the relaxed problem (D. Pisinger, A minimal algorithm
// for the multiple-choice knapsack problem, EJOR 83, 1995; dynamic programming over undominated states, pruned by the
// bounds of what is not yet in the core). Where a limit ends it early: the best solution found, with the best bound
// and proven = false. limits may be NULL. QS_USAGE where nothing fits. Deterministic; thread-safe.
enum qs_status qs_knapsack_solve(const struct qs_hull *hull, uint64_t capacity,
                                 const struct qs_knapsack_limits *limits, struct qs_knapsack_solution *out,
                                 struct qs_error *err) QS_MUST_USE;

#endif
