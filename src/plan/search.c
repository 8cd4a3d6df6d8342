// The search for the best moves of a core: see search.h.
//
//     qs_search_run -> try_extras, expand -> copy_list, merge, module by module
//
// A stage brings one module into the core: the list of states is copied, once as it is and once for each move of the
// module, and the copies are merged. A state is dropped where the bound of what the modules outside can still do for
// it reaches the limit, and where another one is neither heavier nor dearer. Every state within the capacity is a
// plan. So it is with one more move from outside, which finds good plans long before the core holds all of their
// moves; that is tried whenever the core has doubled. When no state is left, nothing better than the best plan remains.
//
// Of modules that are the same in all their moves, only the first ones move: a module does only where the one before it
// does, so that only the fresh states of the stage before are copied with moves. Dominance stays right: what has moved
// fewer of them can still make every move that a heavier and dearer state can.
#include "plan/search.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

// Beyond any plan's weight: they stay within 2^60.
#define WEIGHT_END (INT64_C(1) << 62)

// The list with one move (or none: choice QS_SEARCH_NONE) added to every state, less what the bounds drop.
struct copy {
    const struct qs_search_state *at;
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

static bool append_step(struct qs_search *search, uint32_t before, uint32_t choice, uint32_t *out)
{
    if (search->step_count == search->step_capacity &&
        !qs_array_reserve(&search->steps, &search->step_capacity, search->step_count + 1, sizeof *search->steps)) {
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

// Before a copy is made: whether it is one too many, for the limits or for the numbering of steps.
static bool is_ended(const struct qs_search *search)
{
    const struct qs_knapsack_limits *limits = search->limits;
    return search->looked >= search->looked_max || search->list.count > search->looked_max - search->looked ||
           search->step_count + search->copies.count + search->list.count >= QS_SEARCH_NONE ||
           (limits && limits->stop && limits->stop(limits->context));
}

// Appends a copy to search->copies. Most states are dropped here, and no processor foresees which: so a loop without
// jumps.
static bool copy_list(struct qs_search *search, const struct qs_search_list *list, const struct qs_core_move *move,
                      int64_t capacity, const struct qs_core_rest *rest)
{
    struct qs_search_list *copies = &search->copies;
    size_t need = copies->count + list->count + 1;
    if (need > copies->capacity &&
        !qs_array_reserve(&copies->states, &copies->capacity, need, sizeof *copies->states)) {
        return false;
    }
    struct qs_search_state *out = copies->states + copies->count;
    const double limit = search->limit;
    const double best = search->best;
    double dropped = search->dropped;
    for (const struct qs_search_state *from = list->states; from < list->states + list->count; from++) {
        struct qs_search_state made = {from->weight + move->weight, from->cost + move->cost, from->step};
        int64_t room = capacity - made.weight;
        double bound = qs_core_bound(rest, room, made.cost);
        bool kept = (bound < limit) | ((room >= 0) & (made.cost < best));
        *out = made;
        out += kept;
        double least = kept ? dropped : bound;
        dropped = least < dropped ? least : dropped;
    }
    *out++ = (struct qs_search_state){.weight = WEIGHT_END};
    copies->count = (size_t)(out - copies->states);
    search->dropped = dropped;
    search->looked += list->count;
    return true;
}

// The copy whose next state is the lightest, and of those the cheapest.
static inline struct copy *least_copy(struct copy *copies, size_t count)
{
    struct copy *least = copies;
    for (struct copy *copy = copies + 1; copy < copies + count; copy++) {
        if (copy->at->weight < least->at->weight ||
            (copy->at->weight == least->at->weight && copy->at->cost < least->at->cost)) {
            least = copy;
        }
    }
    return least;
}

// Merges the copies into search->next, without the dominated states, and what has moved of those into search->fresh.
// False where memory ran out.
static bool merge(struct qs_search *search, struct copy *copies, size_t count, int64_t capacity,
                  const struct qs_core_rest *rest)
{
    double cheapest = INFINITY;
    search->next.count = 0;
    search->fresh.count = 0;
    for (;;) {
        struct copy *copy = least_copy(copies, count);
        struct qs_search_state state = *copy->at++;
        if (state.weight == WEIGHT_END) {
            return true;
        }
        if (state.cost >= cheapest) {
            continue;
        }
        cheapest = state.cost;
        int64_t room = capacity - state.weight;
        bool better = room >= 0 && state.cost < search->best;
        if (!better && !qs_core_can_reach(rest, room, state.cost, search->limit, &search->dropped)) {
            continue;
        }
        if (copy->choice != QS_SEARCH_NONE && (!append_step(search, state.step, copy->choice, &state.step) ||
                                               !append_state(&search->fresh, state))) {
            return false;
        }
        if (better) {
            set_best(search, state.cost, state.step, QS_SEARCH_NONE);
        }
        if (!append_state(&search->next, state)) {
            return false;
        }
    }
}

static bool is_same(const struct qs_core *core, size_t k)
{
    const struct qs_core_module *module = &core->module[k];
    if (k == 0 || module->count != module[-1].count) {
        return false;
    }
    for (uint32_t i = 0; i < module->count; i++) {
        const struct qs_core_move *move = &core->move[module->first + i];
        const struct qs_core_move *before = &core->move[module[-1].first + i];
        if (move->weight != before->weight || move->cost != before->cost) {
            return false;
        }
    }
    return true;
}

// Brings module k into the core.
static enum qs_search_outcome expand(struct qs_search *search, const struct qs_core *core, size_t k)
{
    static const struct qs_core_move stay = {.choice = QS_SEARCH_NONE};
    const struct qs_core_module *module = &core->module[k];
    const struct qs_core_rest *rest = &core->rest[k + 1];
    size_t start[QS_KNAPSACK_CHOICES_MAX];
    struct copy copies[QS_KNAPSACK_CHOICES_MAX];
    const struct qs_search_list *movable = is_same(core, k) ? &search->fresh : &search->list;
    search->copies.count = 0;
    for (uint32_t i = 0; i <= module->count; i++) {
        const struct qs_core_move *move = i ? &core->move[module->first + i - 1] : &stay;
        start[i] = search->copies.count;
        copies[i].choice = move->choice;
        if (is_ended(search)) {
            return QS_SEARCH_LIMITED;
        }
        if (!copy_list(search, i ? movable : &search->list, move, core->room, rest)) {
            return QS_SEARCH_NO_MEMORY;
        }
    }
    for (uint32_t i = 0; i <= module->count; i++) {
        copies[i].at = search->copies.states + start[i]; // they no longer move
    }
    if (!merge(search, copies, module->count + 1, core->room, rest)) {
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
    return append_state(&search->list, (struct qs_search_state){.step = QS_SEARCH_NONE});
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
        enum qs_search_outcome outcome = expand(search, core, k);
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
    free(search->fresh.states);
    free(search->copies.states);
    free(search->next.states);
    free(search->steps);
    *search = (struct qs_search){0};
}
