// The inside of struct qs_hull and what the solver asks of it; the contract is knapsack.h.
#ifndef QS_PLAN_HULL_H
#define QS_PLAN_HULL_H

#include "plan/knapsack.h"

// One edge of one module's lower convex hull: from one of its choices to a heavier and cheaper one.
struct qs_hull_segment {
    double rate; // cost saved per weight added, >= 0
    uint32_t module;
    uint32_t from; // choices: indices into the arrays of struct qs_hull
    uint32_t to;
};

struct qs_hull {
    size_t modules;
    // The undominated choices. Within a module the weights rise and the costs fall, both strictly.
    uint32_t *first;  // u32[modules + 1]
    uint64_t *weight; // u64[choices]
    double *cost;     // f64[choices]
    uint32_t *origin; // u32[choices]: index into the problem's arrays
    // All edges, by falling rate; ties by module, then by weight. Those of one module stand in the order of its hull.
    size_t segments;
    struct qs_hull_segment *segment;
    // Breakpoint i: every module at its lightest choice, then segments 0 .. i-1 taken.
    uint64_t *point_weight; // u64[segments + 1]
    double *point_cost;     // f64[segments + 1]
};

// QS_USAGE, and why, where the problem breaks a limit of knapsack.h.
enum qs_status qs_knapsack_check(const struct qs_knapsack *problem, struct qs_error *err) QS_MUST_USE;

// The solution that takes pick[module] (indices into the hull's arrays) everywhere. out->states stays 0. The bound is
// what the relaxed problem says, or cost - gap where that is more.
enum qs_status qs_knapsack_solution_make(const struct qs_hull *hull, const uint32_t *pick, uint64_t capacity,
                                         double gap, struct qs_knapsack_solution *out,
                                         struct qs_error *err) QS_MUST_USE;

// The last breakpoint within the capacity. QS_USAGE where there is none.
enum qs_status qs_hull_break(const struct qs_hull *hull, uint64_t capacity, size_t *out_point,
                             struct qs_error *err) QS_MUST_USE;

// pick: u32[modules], the choices of a breakpoint.
void qs_hull_pick(const struct qs_hull *hull, size_t point, uint32_t *pick);

// Takes whatever of the segments from `point` on fits into the slack, in their order. pick: of that breakpoint. Returns
// the change of the cost, <= 0.
double qs_hull_fill(const struct qs_hull *hull, size_t point, uint64_t slack, uint32_t *pick);

#endif
