// The relaxed knapsack: see knapsack.h and hull.h.
//
//     qs_hull_make -> keep_undominated -> find_edges -> sum_points
//
// Every module keeps its undominated choices (weights rise, costs fall) and, of those, the lower convex hull: the
// choices that are cheapest at some price of weight. All edges of all hulls, by falling rate, are the optimal order in
// which to spend capacity if modules could be split (Sinha and Zoltners 1979); where no edge is split, at the
// breakpoints, the relaxed optimum is a plan and so the optimum of its own weight.
//
// Rates are compared as the rounded quotients that are sorted later: so rounding cannot put two edges of one module out
// of order. Points on a line all stay, which makes for more breakpoints.
#include "plan/hull.h"

#include <math.h>
#include <stdlib.h>

struct placed {
    uint64_t weight;
    double cost;
    uint32_t origin;
};

static int by_weight(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    if (x->weight != y->weight) {
        return x->weight < y->weight ? -1 : 1;
    }
    if (x->cost != y->cost) {
        return x->cost < y->cost ? -1 : 1;
    }
    return x->origin < y->origin ? -1 : 1;
}

static void keep_undominated(const struct qs_knapsack *problem, struct qs_hull *hull)
{
    uint32_t kept = 0;
    for (size_t module = 0; module < problem->modules; module++) {
        struct placed sorted[QS_KNAPSACK_CHOICES_MAX];
        uint32_t first = problem->first[module];
        uint32_t count = problem->first[module + 1] - first;
        for (uint32_t i = 0; i < count; i++) {
            sorted[i] = (struct placed){problem->weight[first + i], problem->cost[first + i], first + i};
        }
        qsort(sorted, count, sizeof *sorted, by_weight);
        hull->first[module] = kept;
        for (uint32_t i = 0; i < count; i++) {
            if (i == 0 || sorted[i].cost < hull->cost[kept - 1]) {
                hull->weight[kept] = sorted[i].weight;
                hull->cost[kept] = sorted[i].cost;
                hull->origin[kept++] = sorted[i].origin;
            }
        }
    }
    hull->first[problem->modules] = kept;
}

static double rate_between(const struct qs_hull *hull, uint32_t from, uint32_t to)
{
    return (hull->cost[from] - hull->cost[to]) / (double)(hull->weight[to] - hull->weight[from]);
}

static int by_rate(const void *a, const void *b)
{
    const struct qs_hull_segment *x = a;
    const struct qs_hull_segment *y = b;
    if (x->rate != y->rate) {
        return x->rate > y->rate ? -1 : 1;
    }
    return x->from < y->from ? -1 : 1; // choices are numbered by module and weight
}

static void find_edges(struct qs_hull *hull)
{
    for (size_t module = 0; module < hull->modules; module++) {
        struct qs_hull_segment *edges = hull->segment + hull->segments; // of this module, rates falling
        size_t count = 0;
        for (uint32_t to = hull->first[module] + 1; to < hull->first[module + 1]; to++) {
            uint32_t from = to - 1;
            double rate = rate_between(hull, from, to);
            while (count && rate > edges[count - 1].rate) {
                from = edges[--count].from;
                rate = rate_between(hull, from, to);
            }
            edges[count++] = (struct qs_hull_segment){rate, (uint32_t)module, from, to};
        }
        hull->segments += count;
    }
    qsort(hull->segment, hull->segments, sizeof *hull->segment, by_rate);
}

static void sum_points(struct qs_hull *hull)
{
    uint64_t weight = 0;
    long double cost = 0; // so that millions of steps do not drift
    for (size_t module = 0; module < hull->modules; module++) {
        weight += hull->weight[hull->first[module]];
        cost += hull->cost[hull->first[module]];
    }
    hull->point_weight[0] = weight;
    hull->point_cost[0] = (double)cost;
    for (size_t i = 0; i < hull->segments; i++) {
        const struct qs_hull_segment *segment = &hull->segment[i];
        weight += hull->weight[segment->to] - hull->weight[segment->from];
        cost -= (long double)hull->cost[segment->from] - hull->cost[segment->to];
        hull->point_weight[i + 1] = weight;
        hull->point_cost[i + 1] = (double)cost;
    }
}

enum qs_status qs_hull_make(const struct qs_knapsack *problem, struct qs_hull **out, struct qs_error *err)
{
    enum qs_status status = qs_knapsack_check(problem, err);
    if (status) {
        return status;
    }
    size_t choices = problem->first[problem->modules] - problem->first[0];
    size_t segments = choices - problem->modules; // at most
    struct qs_hull *hull = calloc(1, sizeof *hull);
    if (!hull) {
        return qs_fail_memory(err, "frontier", sizeof *hull);
    }
    hull->modules = problem->modules;
    hull->first = malloc((problem->modules + 1) * sizeof *hull->first);
    hull->weight = malloc(choices * sizeof *hull->weight);
    hull->cost = malloc(choices * sizeof *hull->cost);
    hull->origin = malloc(choices * sizeof *hull->origin);
    hull->segment = malloc((segments + 1) * sizeof *hull->segment); // + 1: never nothing
    hull->point_weight = malloc((segments + 1) * sizeof *hull->point_weight);
    hull->point_cost = malloc((segments + 1) * sizeof *hull->point_cost);
    if (!hull->first || !hull->weight || !hull->cost || !hull->origin || !hull->segment || !hull->point_weight ||
        !hull->point_cost) {
        qs_hull_free(hull);
        return qs_fail_memory(err, "frontier", choices * sizeof *hull->segment);
    }
    keep_undominated(problem, hull);
    find_edges(hull);
    sum_points(hull);
    *out = hull;
    return QS_OK;
}

void qs_hull_free(struct qs_hull *hull)
{
    if (hull) {
        free(hull->first);
        free(hull->weight);
        free(hull->cost);
        free(hull->origin);
        free(hull->segment);
        free(hull->point_weight);
        free(hull->point_cost);
        free(hull);
    }
}

uint64_t qs_hull_min_weight(const struct qs_hull *hull)
{
    return hull->point_weight[0];
}

uint64_t qs_hull_max_weight(const struct qs_hull *hull)
{
    return hull->point_weight[hull->segments];
}

size_t qs_hull_points(const struct qs_hull *hull)
{
    return hull->segments + 1;
}

void qs_hull_point(const struct qs_hull *hull, size_t index, uint64_t *out_weight, double *out_cost)
{
    *out_weight = hull->point_weight[index];
    *out_cost = hull->point_cost[index];
}

// The last breakpoint within the capacity, which is at least the first one's weight.
static size_t point_below(const struct qs_hull *hull, uint64_t capacity)
{
    size_t low = 0;
    size_t high = hull->segments;
    while (low < high) {
        size_t middle = high - (high - low) / 2;
        if (hull->point_weight[middle] <= capacity) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

double qs_hull_bound(const struct qs_hull *hull, uint64_t capacity)
{
    if (capacity < hull->point_weight[0]) {
        return INFINITY;
    }
    size_t point = point_below(hull, capacity);
    if (point == hull->segments) {
        return hull->point_cost[point];
    }
    double slack = (double)(capacity - hull->point_weight[point]);
    return fmax(hull->point_cost[point] - slack * hull->segment[point].rate, hull->point_cost[point + 1]);
}

enum qs_status qs_hull_break(const struct qs_hull *hull, uint64_t capacity, size_t *out_point, struct qs_error *err)
{
    if (capacity < hull->point_weight[0]) {
        return qs_fail(err, QS_USAGE, "nothing fits: the lightest plan weighs %llu, the capacity is %llu",
                       (unsigned long long)hull->point_weight[0], (unsigned long long)capacity);
    }
    *out_point = point_below(hull, capacity);
    return QS_OK;
}

void qs_hull_pick(const struct qs_hull *hull, size_t point, uint32_t *pick)
{
    for (size_t module = 0; module < hull->modules; module++) {
        pick[module] = hull->first[module];
    }
    for (size_t i = 0; i < point; i++) {
        pick[hull->segment[i].module] = hull->segment[i].to;
    }
}

double qs_hull_fill(const struct qs_hull *hull, size_t point, uint64_t slack, uint32_t *pick)
{
    double change = 0;
    for (size_t i = point; i < hull->segments && slack; i++) {
        const struct qs_hull_segment *segment = &hull->segment[i];
        uint64_t weight = hull->weight[segment->to] - hull->weight[segment->from];
        // A module that could not take an edge stays where it is: its later ones begin elsewhere.
        if (pick[segment->module] == segment->from && weight <= slack) {
            pick[segment->module] = segment->to;
            slack -= weight;
            change += hull->cost[segment->to] - hull->cost[segment->from];
        }
    }
    return change;
}

enum qs_status qs_hull_lookup(const struct qs_hull *hull, uint64_t capacity, struct qs_knapsack_solution *out,
                              struct qs_error *err)
{
    size_t point = 0;
    enum qs_status status = qs_hull_break(hull, capacity, &point, err);
    if (status) {
        return status;
    }
    uint32_t *pick = malloc(hull->modules * sizeof *pick);
    if (!pick) {
        return qs_fail_memory(err, "plan", hull->modules * sizeof *pick);
    }
    qs_hull_pick(hull, point, pick);
    qs_hull_fill(hull, point, capacity - hull->point_weight[point], pick);
    status = qs_knapsack_solution_make(hull, pick, capacity, INFINITY, out, err);
    free(pick);
    return status;
}
