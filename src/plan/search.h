// The search for the best moves of a core: dynamic programming over undominated partial plans.
#ifndef QS_PLAN_SEARCH_H
#define QS_PLAN_SEARCH_H

#include "plan/core.h"

#define QS_SEARCH_NONE UINT32_MAX

// A partial plan: moves of the modules in the core so far, all others at their break choices.
struct qs_search_state {
    int64_t weight;
    double cost;
    uint32_t step; // its last move; QS_SEARCH_NONE: the break plan itself
};

struct qs_search_step {
    uint32_t before; // a step, or QS_SEARCH_NONE
    uint32_t choice; // index into the hull's arrays
};

// Weights rising, costs falling, both strictly.
struct qs_search_list {
    struct qs_search_state *states;
    size_t count;
    size_t capacity;
};

struct qs_search {
    // For the caller to set.
    const struct qs_knapsack_limits *limits; // may be NULL
    uint64_t looked_max;
    double tolerance;  // what comes this close to the best plan is dropped
    double best;       // cost of the best plan known
    double limit;      // only cheaper plans are of interest: at most best - tolerance
    // What a search finds. Zero at first.
    bool found;        // a plan cheaper than best was found, and best and limit are set to it. Its moves:
    uint32_t last;     // a step and those before it,
    uint32_t extra;    // and this choice, if not QS_SEARCH_NONE
    double dropped;    // the least bound of all plans that were not looked at
    uint64_t looked;   // states made, of all runs
    struct qs_search_step *steps;
    // Its own.
    size_t step_count;
    size_t step_capacity;
    struct qs_search_list list;   // of the last whole stage
    struct qs_search_list fresh;  // those of them in which the last module has moved
    struct qs_search_list copies; // each with an end: a state of a weight that no plan has
    struct qs_search_list next;
};

enum qs_search_outcome {
    QS_SEARCH_DONE,    // no plan costs less than `dropped`, nor than best
    QS_SEARCH_LIMITED, // the same, but not for want of better plans: the search was ended
    QS_SEARCH_NO_MEMORY,
};

// Searches the core, and narrows it where it finds better plans. Overwrites what the run before it found.
enum qs_search_outcome qs_search_run(struct qs_search *search, struct qs_core *core) QS_MUST_USE;

void qs_search_free(struct qs_search *search);

#endif
