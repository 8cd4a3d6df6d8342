// Boost and decline: see allocate.h. What boosting spends is given back by modules that step down.
//
// As many layers of a kind as were boosted decline, those of the smallest metric. Or, neutral: those modules that
// together bring the plan's memory to the base's exactly, or to the nearest below that can be had, and of these the
// ones whose errors grow least. That is a subset sum over few different module sizes: modules of one size are
// interchangeable in memory, so of each size the cheapest go first, and dynamic programming over the memory given back
// (in units of the sizes' greatest common divisor) tells how many of each size.
#include "plan/allocating.h"

#include "base/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS_MAX = 1 << 24,  // of the table, choices of all sizes
    WORK_MAX = 100000000, // additions
};

struct candidate {
    size_t cell;    // layer * kinds + kind
    uint8_t rung;   // after the step
    uint64_t units; // given back
    double cost;
};

static int by_cost(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    return x->cost != y->cost ? (x->cost < y->cost ? -1 : 1) : (x->cell > y->cell) - (x->cell < y->cell);
}

static int by_units_then_cost(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;
    return x->units != y->units ? (x->units > y->units ? -1 : 1) : by_cost(a, b);
}

// Fills *out where the module can decline; false where it cannot. `objective` may be NULL.
static bool candidate_of(struct qs_allocating *at, const double *objective, const struct qs_source_curves *curves,
                         uint32_t layer, uint32_t kind, struct candidate *out)
{
    const struct qs_source *source = at->source;
    const struct qs_plan_cell *cell = qs_plan_cell(at->plan, layer, kind);
    if (cell->rung == QS_PLAN_NO_RUNG || cell->locked || cell->boosted) {
        return false;
    }
    uint8_t rung = qs_allocating_moved(at, layer, kind, -(int64_t)at->params->decline_stop);
    double metric = curves->values[(size_t)kind * source->model->layers + layer];
    uint64_t now = qs_rung_units(source->ladder.rungs[cell->rung], source->storage);
    uint64_t then = qs_rung_units(source->ladder.rungs[rung], source->storage);
    if (then >= now || isnan(metric)) { // a lower rung is heavier where the ladder's order is not the storage's
        return false;
    }
    size_t index = (size_t)layer * source->model->kinds + kind;
    *out = (struct candidate){
        .cell = index,
        .rung = rung,
        .units = qs_module_params(source->model, layer, kind) * (now - then),
        .cost = objective ? objective[index * source->ladder.count + rung] -
                                objective[index * source->ladder.count + cell->rung]
                          : metric,
    };
    return isfinite(out->cost);
}

static void apply(struct qs_allocating *at, const struct candidate *candidate)
{
    at->plan->cells[candidate->cell].rung = candidate->rung;
}

// Kind by kind, as many as were boosted.
static void decline_kinds(struct qs_allocating *at, const struct qs_source_curves *curves, struct candidate *room)
{
    const struct qs_model_info *model = at->source->model;
    for (uint32_t kind = 0; kind < model->kinds; kind++) {
        size_t count = 0;
        size_t boosted = 0;
        for (uint32_t layer = 0; layer < model->layers; layer++) {
            boosted += qs_plan_cell(at->plan, layer, kind)->boosted;
            count += candidate_of(at, NULL, curves, layer, kind, &room[count]);
        }
        qsort(room, count, sizeof *room, by_cost);
        if (boosted > count) {
            qs_text_addf(&at->report->notes, "%s: %zu layers climb, and only %zu can step down\n",
                         model->kind_names[kind], boosted, count);
        }
        for (size_t i = 0; i < boosted && i < count; i++) {
            apply(at, &room[i]);
        }
    }
}

// The table of the subset sum: best[t] is the least cost of giving back t steps, by the sizes so far; taken[size][t]
// how many of that size are in it.
struct table {
    size_t length;
    double *best;
    double *next;
    uint16_t *taken;
};

// One size: its candidates [0, count), the cheapest first.
static void add_size(struct table *table, const struct candidate *candidates, size_t count, uint64_t step,
                     uint16_t *taken)
{
    uint64_t weight = candidates[0].units / step;
    memcpy(table->next, table->best, table->length * sizeof *table->best);
    double cost = 0;
    for (size_t i = 1; i <= count && i < UINT16_MAX; i++) {
        uint64_t shift = weight * i;
        cost += candidates[i - 1].cost;
        for (size_t t = shift; t < table->length; t++) {
            double total = table->best[t - shift] + cost;
            if (total < table->next[t]) {
                table->next[t] = total;
                taken[t] = (uint16_t)i;
            }
        }
    }
    double *best = table->best;
    table->best = table->next;
    table->next = best;
}

// Where each size begins in the sorted candidates; returns the number of sizes. starts has room for count + 1.
static size_t find_sizes(const struct candidate *candidates, size_t count, size_t *starts)
{
    size_t sizes = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || candidates[i].units != candidates[i - 1].units) {
            starts[sizes++] = i;
        }
    }
    starts[sizes] = count;
    return sizes;
}

// What one step of the table is, so that the table stays within its limits; the exact divisor where it can be.
static uint64_t step_of(const struct candidate *candidates, size_t count, size_t sizes, uint64_t wanted)
{
    uint64_t step = 0;
    for (size_t i = 0; i < count; i++) {
        step = qs_gcd_u64(step, candidates[i].units);
    }
    uint64_t longest = CELLS_MAX / sizes;
    longest = longest < WORK_MAX / count ? longest : WORK_MAX / count;
    uint64_t reach = wanted + candidates[0].units; // the largest stands first
    return reach / step < longest ? step : reach / longest + 1;
}

// Gives back `wanted` units or the least more that can be had. Candidates are sorted by size, then cost.
static enum qs_status give_back(struct qs_allocating *at, const struct candidate *candidates, size_t count,
                                uint64_t wanted, struct qs_error *err)
{
    size_t *starts = calloc(count + 1, sizeof *starts);
    if (!starts) {
        return qs_fail_memory(err, "a table", count * sizeof *starts);
    }
    size_t sizes = find_sizes(candidates, count, starts);
    uint64_t step = step_of(candidates, count, sizes, wanted);
    uint64_t least = wanted / step + (wanted % step != 0);
    struct table table = {.length = (size_t)(least + candidates[0].units / step + 1)};
    table.best = malloc(table.length * sizeof *table.best);
    table.next = malloc(table.length * sizeof *table.next);
    table.taken = calloc(table.length * sizes, sizeof *table.taken);
    enum qs_status status = table.best && table.next && table.taken
                                ? QS_OK
                                : qs_fail_memory(err, "a table", table.length * sizes * sizeof *table.taken);
    for (size_t t = 0; status == QS_OK && t < table.length; t++) {
        table.best[t] = t == 0 ? 0 : INFINITY;
    }
    for (size_t size = 0; status == QS_OK && size < sizes; size++) {
        add_size(&table, candidates + starts[size], starts[size + 1] - starts[size], step,
                 table.taken + size * table.length);
    }
    size_t t = (size_t)least;
    while (status == QS_OK && t < table.length && isinf(table.best[t])) {
        t++;
    }
    if (status == QS_OK && t >= table.length) { // coarse steps round all that there is to less than is wanted
        for (size_t i = 0; i < count; i++) {
            apply(at, &candidates[i]);
        }
        sizes = 0;
    }
    for (size_t size = sizes; status == QS_OK && size-- > 0;) {
        size_t taken = table.taken[size * table.length + t];
        for (size_t i = 0; i < taken; i++) {
            apply(at, &candidates[starts[size] + i]);
        }
        t -= (size_t)(candidates[starts[size]].units / step) * taken;
    }
    free(table.taken);
    free(table.next);
    free(table.best);
    free(starts);
    return status;
}

static enum qs_status decline_neutral(struct qs_allocating *at, const struct qs_source_curves *curves,
                                      struct candidate *room, struct qs_error *err)
{
    const struct qs_model_info *model = at->source->model;
    enum qs_objective objective = qs_source_best(at->source);
    size_t count = 0;
    uint64_t available = 0;
    for (uint32_t layer = 0; layer < model->layers; layer++) {
        for (uint32_t kind = 0; kind < model->kinds; kind++) {
            if (candidate_of(at, qs_source_values(at->source, objective), curves, layer, kind, &room[count])) {
                available += room[count++].units;
            }
        }
    }
    struct qs_plan_totals totals;
    qs_plan_totals(at->plan, &totals);
    uint64_t wanted = totals.units > totals.base_units ? totals.units - totals.base_units : 0;
    qsort(room, count, sizeof *room, by_units_then_cost);
    if (available <= wanted) { // all there is
        for (size_t i = 0; i < count; i++) {
            apply(at, &room[i]);
        }
        if (available < wanted) {
            qs_text_addf(&at->report->notes,
                         "not neutral: all that can step down give back %llu of the %llu bytes that were spent\n",
                         (unsigned long long)(available / QS_UNITS_PER_BYTE),
                         (unsigned long long)(wanted / QS_UNITS_PER_BYTE));
        }
        return QS_OK;
    }
    return wanted > 0 ? give_back(at, room, count, wanted, err) : QS_OK;
}

enum qs_status qs_allocate_decline(struct qs_allocating *at, struct qs_error *err)
{
    const struct qs_model_info *model = at->source->model;
    enum qs_status status = qs_allocate_boost(at, err);
    if (status != QS_OK) {
        return status;
    }
    const struct qs_source_curves *curves = qs_source_find(at->source, qs_plan_params_metric(at->params));
    struct candidate *room = calloc((size_t)model->layers * model->kinds + 1, sizeof *room);
    if (!room) {
        return qs_fail_memory(err, "candidates", (size_t)model->layers * model->kinds * sizeof *room);
    }
    if (at->params->neutral) {
        status = decline_neutral(at, curves, room, err);
    } else {
        decline_kinds(at, curves, room);
    }
    free(room);
    return status;
}
