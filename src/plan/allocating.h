// The allocators one by one, between their files. Internal to src/plan.
#ifndef QS_PLAN_ALLOCATING_H
#define QS_PLAN_ALLOCATING_H

#include "plan/allocate.h"

// A plan in the making: every module at its base rung where the method has one, locks in place.
struct qs_allocating {
    const struct qs_source *source;
    const struct qs_plan_params *params;
    const uint8_t *locks; // or NULL
    const struct qs_knapsack_limits *limits;
    struct qs_plan *plan;
    struct qs_plan_report *report;
};

// The rung to hold a cell at; QS_PLAN_NO_RUNG where it is free.
static inline uint8_t qs_allocating_lock(const struct qs_allocating *at, uint32_t layer, uint32_t kind)
{
    return at->locks ? at->locks[(size_t)layer * at->source->model->kinds + kind] : QS_PLAN_NO_RUNG;
}

// How far a module's rung can be moved from where it is: at most `stops` rungs of its own ladder, up (> 0) or down.
// Returns the rung.
uint8_t qs_allocating_moved(const struct qs_allocating *at, uint32_t layer, uint32_t kind, int64_t stops);

enum qs_status qs_allocate_boost(struct qs_allocating *at, struct qs_error *err) QS_MUST_USE; // boosts only
enum qs_status qs_allocate_ablation(struct qs_allocating *at, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_allocate_decline(struct qs_allocating *at, struct qs_error *err) QS_MUST_USE; // boosts, then declines
enum qs_status qs_allocate_solved(struct qs_allocating *at, struct qs_error *err) QS_MUST_USE;

#endif
