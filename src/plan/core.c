// The moves around the break of a knapsack: see core.h.
//
// At the price of the break segment every module's break choice is the cheapest, so every move has a reduced cost >= 0,
// and modules are ordered by how little of it a unit of weight costs: the optimum's moves are almost always among the
// first. A move is dropped where even the relaxed best of all other moves cannot bring it below the limit.
#include "plan/core.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>

static int by_order(const void *a, const void *b)
{
    const struct qs_core_module *x = a;
    const struct qs_core_module *y = b;
    if (x->order != y->order) {
        return x->order < y->order ? -1 : 1;
    }
    return x->first < y->first ? -1 : 1;
}

// The rest of module k and later from that of k + 1 and later.
static void find_rest(struct qs_core *core)
{
    core->rest[core->modules] = (struct qs_core_rest){.loss = INFINITY};
    for (size_t k = core->modules; k-- > 0;) {
        struct qs_core_rest rest = core->rest[k + 1];
        for (uint32_t i = 0; i < core->module[k].count; i++) {
            const struct qs_core_move *move = &core->move[core->module[k].first + i];
            double rate = -move->cost / (double)move->weight;
            if (move->weight > 0) {
                rest.gain = fmax(rest.gain, rate);
            } else {
                rest.loss = fmin(rest.loss, rate);
            }
            rest.step = qs_gcd_u64(rest.step, (uint64_t)llabs(move->weight));
        }
        core->rest[k] = rest;
    }
}

// The moves of one module that can be part of a plan below the limit.
static void find_moves(const struct qs_hull *hull, size_t module, uint32_t stay, double rate, double limit,
                       struct qs_core *out, uint32_t *moves)
{
    double relaxed = -rate * (double)out->room;
    struct qs_core_module made = {.first = *moves, .order = INFINITY};
    for (uint32_t choice = hull->first[module]; choice < hull->first[module + 1]; choice++) {
        if (choice == stay) {
            continue;
        }
        struct qs_core_move move = {.choice = choice};
        move.weight = (int64_t)hull->weight[choice] - (int64_t)hull->weight[stay];
        move.cost = hull->cost[choice] - hull->cost[stay];
        double change = (double)move.weight;
        double reduced = move.cost + rate * change;
        if (relaxed + reduced < limit) {
            made.order = fmin(made.order, reduced / fabs(change));
            out->move[(*moves)++] = move;
        } else {
            out->excluded = fmin(out->excluded, relaxed + reduced);
        }
    }
    made.count = made.all = *moves - made.first;
    if (made.count) {
        out->module[out->modules++] = made;
    }
}

enum qs_status qs_core_make(const struct qs_hull *hull, size_t point, int64_t room, double limit,
                            struct qs_core *out, struct qs_error *err)
{
    *out = (struct qs_core){.room = room, .excluded = INFINITY};
    size_t choices = hull->first[hull->modules];
    uint32_t *pick = malloc(hull->modules * sizeof *pick);
    out->module = malloc(hull->modules * sizeof *out->module);
    out->move = malloc(choices * sizeof *out->move);
    out->rest = malloc((hull->modules + 1) * sizeof *out->rest);
    if (!pick || !out->module || !out->move || !out->rest) {
        free(pick);
        return qs_fail_memory(err, "core", choices * sizeof *out->move);
    }
    qs_hull_pick(hull, point, pick);
    uint32_t moves = 0;
    for (size_t module = 0; module < hull->modules; module++) {
        find_moves(hull, module, pick[module], hull->segment[point].rate, limit, out, &moves);
    }
    free(pick);
    qsort(out->module, out->modules, sizeof *out->module, by_order);
    find_rest(out);
    out->whole = out->rest[0];
    out->dropped = out->excluded;
    return QS_OK;
}

void qs_core_free(struct qs_core *core)
{
    free(core->module);
    free(core->move);
    free(core->rest);
    *core = (struct qs_core){0};
}

void qs_core_narrow(struct qs_core *core, double limit)
{
    struct qs_core_rest whole = core->rest[0];
    for (size_t k = 0; k < core->modules; k++) {
        struct qs_core_move *moves = core->move + core->module[k].first;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < core->module[k].count; i++) {
            struct qs_core_move move = moves[i];
            if (qs_core_can_reach(&whole, core->room - move.weight, move.cost, limit, &core->dropped)) {
                moves[i] = moves[kept];
                moves[kept++] = move;
            }
        }
        core->module[k].count = kept;
    }
    find_rest(core);
}

void qs_core_widen(struct qs_core *core)
{
    for (size_t k = 0; k < core->modules; k++) {
        core->module[k].count = core->module[k].all;
    }
    core->rest[0] = core->whole;
    core->dropped = core->excluded;
}
