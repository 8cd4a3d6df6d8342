// The search for the best moves of a core: see search.h.
//
//     qs_search_run -> try_extras, expand -> merge, module by module
//
// A stage brings one module into the core: the list of states is merged with a copy of itself for each move of the
// module. A state is dropped where another one is neither heavier nor dearer, and where the bound of what the modules
// outside can still do for it reaches the limit. Every state within the capacity is a plan. So it is with one more move
// from outside, which finds good plans long before the core holds all of their moves; that is tried whenever the
// core has doubled. When no state is left, nothing better than the best plan remains.
#include "plan/search.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

enum { PAUSE = 16384 }; // states between two looks at the limits

// Beyond any plan's weight and far enough from overflow to add a move to: weights stay within 2^60.
#define WEIGHT_END (INT64_C(1) << 62)

// A copy of the list, with one move (or none: choice QS_SEARCH_NONE) added to every state.
struct head {
    const struct qs_search_state *at;
    int64_t weight;
    double cost;
    uint32_t choice;
};

static bool append_state(struct qs_search_list *list, struct qs_search_state state)
{
    if (list->count == list->capacity &&
        !qs_array_reserve(&list->states, &list->capacity, list->count + 1, sizeof *list->states)) {
        return false;
    }
    list->states[list->count++] = state;
    return true;
}

static bool end_list(struct qs_search_list *list)
{
    if (!append_state(list, (struct qs_search_state){.weight = WEIGHT_END})) {
        return false;
    }
    list->count--;
    return true;
}

static bool append_step(struct qs_search *search, uint32_t before, uint32_t choice, uint32_t *out)
{
    if (search->step_count == search->step_capacity &&
        (search->step_count >= QS_SEARCH_NONE || !qs_array_reserve(&search->steps, &search->step_capacity,
                                                                   search->step_count + 1, sizeof *search->steps))) {
        return false;
    }
    search->steps[search->step_count] = (struct qs_search_step){before, choice};
    *out = (uint32_t)search->step_count++;
    return true;
}

static void set_best(struct qs_search *search, double cost, uint32_t last, uint32_t extra)
{
    search->best = cost;
    search->limit = fmin(search->limit, cost - search->tolerance);
    search->found = true;
    search->last = last;
    search->extra = extra;
}

// The last and so the cheapest state of at most this weight; NULL where there is none.
static const struct qs_search_state *state_within(const struct qs_search_list *list, int64_t weight)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->states[middle].weight <= weight) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? &list->states[low - 1] : NULL;
}

// Every state with one move of the modules from `outside` on.
static void try_extras(struct qs_search *search, const struct qs_core *core, size_t outside)
{
    for (size_t k = outside; k < core->modules; k++) {
        for (uint32_t i = 0; i < core->module[k].count; i++) {
            const struct qs_core_move *move = &core->move[core->module[k].first + i];
            const struct qs_search_state *state = state_within(&search->list, core->room - move->weight);
            if (state && state->cost + move->cost < search->best) {
                set_best(search, state->cost + move->cost, state->step, move->choice);
            }
        }
    }
}

static bool is_ended(const struct qs_search *search)
{
    const struct qs_knapsack_limits *limits = search->limits;
    return search->looked >= search->looked_max || search->step_count > QS_SEARCH_NONE - PAUSE ||
           (limits && limits->stop && limits->stop(limits->context));
}

// The head whose state is the lightest, and of those the cheapest.
static inline struct head *least_head(struct head *heads, size_t count)
{
    struct head *least = heads;
    int64_t weight = heads->at->weight + heads->weight;
    for (struct head *head = heads + 1; head < heads + count; head++) {
        int64_t other = head->at->weight + head->weight;
        if (other < weight ||
            (other == weight && head->at->cost + head->cost < least->at->cost + least->cost)) {
            least = head;
            weight = other;
        }
    }
    return least;
}

// Merges the copies into search->next; rest: of the modules that are then still outside.
static enum qs_search_outcome merge(struct qs_search *search, struct head *heads, size_t count, int64_t capacity,
                                    const struct qs_core_rest *rest)
{
    double cheapest = INFINITY;
    search->next.count = 0;
    for (uint64_t looked = 1;; looked++) {
        struct head *head = least_head(heads, count);
        const struct qs_search_state *from = head->at++;
        if (from->weight == WEIGHT_END) {
            return QS_SEARCH_DONE;
        }
        search->looked++;
        if (looked % PAUSE == 0 && is_ended(search)) {
            return QS_SEARCH_LIMITED;
        }
        struct qs_search_state state = {from->weight + head->weight, from->cost + head->cost, from->step};
        if (state.cost >= cheapest) {
            continue;
        }
        cheapest = state.cost;
        int64_t room = capacity - state.weight;
        bool better = room >= 0 && state.cost < search->best;
        if (!better && !qs_core_can_reach(rest, room, state.cost, search->limit, &search->dropped)) {
            continue;
        }
        if (head->choice != QS_SEARCH_NONE && !append_step(search, from->step, head->choice, &state.step)) {
            return QS_SEARCH_NO_MEMORY;
        }
        if (better) {
            set_best(search, state.cost, state.step, QS_SEARCH_NONE);
        }
        if (!append_state(&search->next, state)) {
            return QS_SEARCH_NO_MEMORY;
        }
    }
}

// Brings module k into the core.
static enum qs_search_outcome expand(struct qs_search *search, const struct qs_core *core, size_t k)
{
    const struct qs_core_module *module = &core->module[k];
    struct head heads[QS_KNAPSACK_CHOICES_MAX];
    heads[0] = (struct head){search->list.states, 0, 0, QS_SEARCH_NONE};
    for (uint32_t i = 0; i < module->count; i++) {
        const struct qs_core_move *move = &core->move[module->first + i];
        heads[i + 1] = (struct head){search->list.states, move->weight, move->cost, move->choice};
    }
    enum qs_search_outcome outcome = merge(search, heads, module->count + 1, core->room, &core->rest[k + 1]);
    if (outcome != QS_SEARCH_DONE) {
        return outcome;
    }
    if (!end_list(&search->next)) {
        return QS_SEARCH_NO_MEMORY;
    }
    struct qs_search_list made = search->next;
    search->next = search->list;
    search->list = made;
    return QS_SEARCH_DONE;
}

// The states of the last whole stage are dropped as they stand.
static void drop_list(struct qs_search *search, int64_t capacity, const struct qs_core_rest *rest)
{
    for (size_t i = 0; i < search->list.count; i++) {
        const struct qs_search_state *state = &search->list.states[i];
        qs_core_can_reach(rest, capacity - state->weight, state->cost, -INFINITY, &search->dropped);
    }
}

static bool start(struct qs_search *search)
{
    search->found = false;
    search->dropped = INFINITY;
    search->step_count = 0;
    search->list.count = 0;
    return append_state(&search->list, (struct qs_search_state){.step = QS_SEARCH_NONE}) && end_list(&search->list);
}

enum qs_search_outcome qs_search_run(struct qs_search *search, struct qs_core *core)
{
    if (!start(search)) {
        return QS_SEARCH_NO_MEMORY;
    }
    double narrowed = INFINITY; // the limit that the core was last narrowed for
    for (size_t k = 0; k < core->modules && search->list.count; k++) {
        if ((k & (k - 1)) == 0) {
            try_extras(search, core, k);
        }
        if (search->limit < narrowed) {
            narrowed = search->limit;
            qs_core_narrow(core, narrowed);
        }
        if (core->module[k].count == 0) {
            continue;
        }
        enum qs_search_outcome outcome = is_ended(search) ? QS_SEARCH_LIMITED : expand(search, core, k);
        if (outcome == QS_SEARCH_LIMITED) {
            drop_list(search, core->room, &core->rest[k]);
        }
        if (outcome != QS_SEARCH_DONE) {
            return outcome;
        }
    }
    return QS_SEARCH_DONE;
}

void qs_search_free(struct qs_search *search)
{
    free(search->list.states);
    free(search->next.states);
    free(search->steps);
    *search = (struct qs_search){0};
}
