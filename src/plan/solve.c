// The optimum of a knapsack: see knapsack.h.
//
//     qs_knapsack_solve -> qs_hull_fill, search_guesses -> qs_search_run -> take_moves
//
// A search takes the longer the further the cost below which it looks (its limit) lies above the relaxed bound, and
// the first plan, the break filled up, is often many times further off than the optimum. So the first guess is that
// the optimum lies in the lowest part of that gap. A search that finds it there proves it; one that does not has proven
// that there is none, and the next one takes twice as much.
#include "plan/search.h"

#include <math.h>
#include <stdlib.h>

// A second or two, and some GB where hardly any state is dropped.
#define STATES_DEFAULT (UINT64_C(1) << 26)

// Plans this much cheaper than the best one are not looked for: far below QS_KNAPSACK_GAP, above rounding.
#define TOLERANCE 1e-12

// The part of the gap that is searched first.
#define FIRST_GUESS 0.125

static size_t module_of(const struct qs_hull *hull, uint32_t choice)
{
    size_t low = 0;
    size_t high = hull->modules;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (hull->first[middle] <= choice) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

// pick: the break plan; receives the moves of the plan that was found.
static void take_moves(const struct qs_hull *hull, const struct qs_search *search, uint32_t *pick)
{
    if (search->extra != QS_SEARCH_NONE) {
        pick[module_of(hull, search->extra)] = search->extra;
    }
    for (uint32_t step = search->last; step != QS_SEARCH_NONE; step = search->steps[step].before) {
        pick[module_of(hull, search->steps[step].choice)] = search->steps[step].choice;
    }
}

// The least |cost| that the optimum, between the relaxed bound and the break plan's cost, can have.
static double least_size(double bound, double cost)
{
    return bound > 0 ? bound : cost < 0 ? -cost : 0;
}

// From the best plan so far, best[], to the optimum in best[]. *gap: how much cheaper a plan can still be.
static enum qs_status search_guesses(const struct qs_hull *hull, size_t point, struct qs_core *core,
                                     struct qs_search *search, uint32_t *best, double *gap, struct qs_error *err)
{
    double relaxed = -hull->segment[point].rate * (double)core->room; // relative to the break plan, as all costs here
    double start = search->best;
    double bound = relaxed;
    bool proven = false;
    enum qs_search_outcome outcome = QS_SEARCH_DONE;
    for (double guess = FIRST_GUESS; !proven && outcome == QS_SEARCH_DONE; guess *= 2) {
        qs_core_widen(core);
        search->limit = fmin(relaxed + guess * (start - relaxed), search->best - search->tolerance);
        outcome = qs_search_run(search, core);
        if (outcome == QS_SEARCH_NO_MEMORY) {
            return qs_fail_memory(err, "partial plans", search->next.count * sizeof *search->next.states);
        }
        if (search->found) {
            qs_hull_pick(hull, point, best);
            take_moves(hull, search, best);
        }
        bound = fmax(bound, fmin(search->dropped, core->dropped));
        proven = search->limit == search->best - search->tolerance;
    }
    *gap = fmax(0, search->best - bound);
    return QS_OK;
}

enum qs_status qs_knapsack_solve(const struct qs_hull *hull, uint64_t capacity,
                                 const struct qs_knapsack_limits *limits, struct qs_knapsack_solution *out,
                                 struct qs_error *err)
{
    size_t point = 0;
    enum qs_status status = qs_hull_break(hull, capacity, &point, err);
    if (status) {
        return status;
    }
    struct qs_search search = {.limits = limits, .looked_max = STATES_DEFAULT};
    if (limits && limits->states) {
        search.looked_max = limits->states;
    }
    double gap = 0; // a breakpoint is the optimum of its weight, the last one that of all above
    struct qs_core core = {0};
    uint32_t *best = malloc(hull->modules * sizeof *best);
    if (!best) {
        status = qs_fail_memory(err, "plan", hull->modules * sizeof *best);
        goto out;
    }
    qs_hull_pick(hull, point, best);
    if (point < hull->segments && capacity > hull->point_weight[point]) {
        uint64_t room = capacity - hull->point_weight[point];
        search.tolerance = TOLERANCE * least_size(qs_hull_bound(hull, capacity), hull->point_cost[point]);
        search.best = qs_hull_fill(hull, point, room, best);
        status = qs_core_make(hull, point, (int64_t)room, search.best - search.tolerance, &core, err);
        if (!status) {
            status = search_guesses(hull, point, &core, &search, best, &gap, err);
        }
        if (status) {
            goto out;
        }
    }
    status = qs_knapsack_solution_make(hull, best, capacity, gap, out, err);
    if (!status) {
        out->states = search.looked;
    }
out:
    qs_search_free(&search);
    qs_core_free(&core);
    free(best);
    return status;
}
