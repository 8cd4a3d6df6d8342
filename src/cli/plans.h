// What commands on plans share: plans by file or by name, their maps, limits of a search.
#ifndef QS_CLI_PLANS_H
#define QS_CLI_PLANS_H

#include "cli/work.h"
#include "plan/knapsack.h"
#include "session/plans.h"

// Opens a session on a cache or model, NULL: nothing is opened and work stays zeroed.
enum qs_status qs_plans_open(const struct qs_arguments *arguments, const char *cache, struct qs_work *work,
                             struct qs_error *err) QS_MUST_USE;

// A plan by its file, else (where work has a session) by its name in the cache. Laid over the session's model where
// there is one. *out is freed by qs_plan_free.
enum qs_status qs_plans_load(const struct qs_work *work, const char *command, const char *name, bool any_model,
                             struct qs_plan *out, struct qs_error *err) QS_MUST_USE;

// A line for every kind, a sign for every layer, behind a legend. Rungs are 0-9, then letters, by their place in the
// ladder.
void qs_plans_add_map(const struct qs_plan *plan, struct qs_text *out);

// The same of the difference of two plans: '+' where b has more bits, '-' fewer, '.' the same, ' ' no module.
void qs_plans_add_difference(const struct qs_plan *a, const struct qs_plan *b, struct qs_text *out);

// Ends a search after so many seconds (0: never) or when the program is asked to stop.
struct qs_plans_clock {
    double until;
    struct qs_knapsack_limits limits; // borrowed from here
};
void qs_plans_clock_start(struct qs_plans_clock *clock, double seconds);

#endif
