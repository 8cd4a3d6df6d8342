// What is left of a knapsack around its break: the moves away from the break plan that an optimum can contain.
//
// The break plan is the last breakpoint of the hull within the capacity. A plan is the break plan and moves, at most
// one of a module; its weight and cost are those of the break plan and the moves' changes. All weights and costs here
// are such changes; the room is what is left of the capacity, negative where a partial plan exceeds it.
#ifndef QS_PLAN_CORE_H
#define QS_PLAN_CORE_H

#include "plan/hull.h"

struct qs_core_move {
    int64_t weight;
    double cost;
    uint32_t choice; // index into the hull's arrays
};

struct qs_core_module {
    uint32_t first; // its moves: first .. first + count - 1
    uint32_t count;
    uint32_t all;   // those that qs_core_make found: the dropped ones follow the others
    double order;   // the least reduced cost of its moves per unit of weight
};

// What modules k and later can still do for a partial plan, at best.
struct qs_core_rest {
    double gain;   // cost saved per unit of room used, >= 0
    double loss;   // cost added per unit of room won; INFINITY where nothing gets lighter
    uint64_t step; // all their weights are multiples of this; 0: no moves
};

struct qs_core {
    int64_t room; // of the break plan
    size_t modules;
    struct qs_core_module *module; // by rising order: what matters first comes first
    struct qs_core_move *move;
    struct qs_core_rest *rest;     // [modules + 1]
    struct qs_core_rest whole;     // rest[0] of all moves
    double excluded;               // the least bound of the moves that qs_core_make left out
    double dropped;                // and of those and the ones dropped since
};

// The break plan at `point`, and all moves with which a plan can cost less than limit. Freed by qs_core_free, also
// where it fails.
enum qs_status qs_core_make(const struct qs_hull *hull, size_t point, int64_t room, double limit,
                            struct qs_core *out, struct qs_error *err) QS_MUST_USE;
void qs_core_free(struct qs_core *core);

// Drops the moves with which no plan costs less than limit, and works out rest again.
void qs_core_narrow(struct qs_core *core, double limit);

// Takes back what was narrowed.
void qs_core_widen(struct qs_core *core);

// A bound for all plans that add moves of `rest` to a partial plan.
static inline double qs_core_bound(const struct qs_core_rest *rest, int64_t room, double cost)
{
    return cost - (room >= 0 ? rest->gain : rest->loss) * (double)room;
}

// Whether such plans can cost less than limit; else *dropped falls to the bound that says so. The room is rounded to
// what the rest can use or win, but not where that makes no difference: it takes a division.
static inline bool qs_core_can_reach(const struct qs_core_rest *rest, int64_t room, double cost, double limit,
                                     double *dropped)
{
    double bound = qs_core_bound(rest, room, cost);
    if (bound < limit && rest->step > 1) {
        int64_t over = room % (int64_t)rest->step; // has the sign of the room
        room -= over < 0 ? (int64_t)rest->step + over : over;
        bound = qs_core_bound(rest, room, cost);
    }
    if (bound < limit) {
        return true;
    }
    *dropped = bound < *dropped ? bound : *dropped;
    return false;
}

#endif
