// Plans beside each other: see comparing.h.
#include "tui/comparing.h"

#include "tui/planning.h"
#include "tui/rung_map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT_MAX = 24 }; // plans that are measured against the proven optimum; of more, by look-up

void qs_comparing_clear(struct qs_comparing *comparing)
{
    free(comparing->rows);
    free(comparing->frontier.x);
    free(comparing->uniform.x);
    free(comparing->difference);
    *comparing = (struct qs_comparing){.objective = QS_OBJECTIVE_COUNT};
}

static void add_row(struct qs_comparing *made, struct qs_session *session, const struct qs_kept_plan *kept,
                    const struct qs_planned *planned, char letter, bool exact)
{
    enum qs_objective objective;
    struct qs_compared *row = &made->rows[made->count++];
    row->name = kept ? kept->name : QS_COMPARED_NOW;
    row->kept = kept;
    row->plan = kept ? &kept->plan : &planned->plan;
    row->totals = kept ? kept->totals : planned->totals;
    row->letter = letter;
    row->measure = qs_planning_measure(session, row->plan, exact, &objective);
}

static bool new_points(struct qs_curve_points *points, size_t count)
{
    points->x = calloc(2 * count + 1, sizeof *points->x);
    points->y = points->x ? points->x + count : NULL;
    return points->x != NULL;
}

static void add_point(struct qs_curve_points *points, double x, double y)
{
    points->x[points->count] = x;
    points->y[points->count++] = y;
}

static void add_frontier(struct qs_comparing *made, const struct qs_frontier *frontier)
{
    const struct qs_problem *problem = &frontier->problem;
    size_t count = qs_hull_points(problem->hull);
    if (problem->params == 0 || !new_points(&made->frontier, count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t weight;
        double cost;
        qs_hull_point(problem->hull, i, &weight, &cost);
        add_point(&made->frontier, (double)weight / QS_UNITS_PER_BIT / (double)problem->params, cost);
    }
}

// The plans of one rung for all, where the objective is known of all modules.
static void add_uniform(struct qs_comparing *made, const struct qs_source *source, enum qs_objective objective)
{
    const double *values = qs_source_values(source, objective);
    const struct qs_model_info *info = source->model;
    if (!values || !new_points(&made->uniform, source->ladder.count)) {
        return;
    }
    for (size_t rung = 0; rung < source->ladder.count; rung++) {
        double sum = 0;
        for (size_t cell = 0; cell < (size_t)info->layers * info->kinds; cell++) {
            sum += info->modules[cell].rows ? values[cell * source->ladder.count + rung] : 0;
        }
        if (isfinite(sum)) {
            add_point(&made->uniform, qs_rung_bpw(source->ladder.rungs[rung], source->storage), sum);
        }
    }
}

void qs_comparing_refresh(struct qs_comparing *comparing, struct qs_session *session)
{
    uint64_t revision = qs_session_revision(session);
    if (comparing->made && comparing->revision == revision) {
        return;
    }
    static const char letters[] = "abcdefghijklmnpqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ"; // o: see compare_chart.c
    qs_comparing_clear(comparing);
    size_t kept = qs_session_kept_count(session);
    struct qs_comparing made = {.made = true, .revision = revision, .objective = QS_OBJECTIVE_COUNT};
    const struct qs_planned *planned;
    const struct qs_frontier *frontier;
    const struct qs_source *source;
    made.rows = calloc(kept + 1, sizeof *made.rows);
    if (made.rows && qs_session_planned(session, &planned, NULL) == QS_OK) {
        add_row(&made, session, NULL, planned, '@', true);
    }
    for (size_t i = 0; made.rows && i < kept; i++) {
        char letter = letters[i % (sizeof letters - 1)];
        add_row(&made, session, qs_session_kept(session, i), NULL, letter, kept <= EXACT_MAX);
    }
    if (qs_session_source(session, &source, NULL) == QS_OK && qs_session_frontier(session, &frontier, NULL) == QS_OK &&
        frontier->objective != QS_OBJECTIVE_COUNT) {
        made.objective = frontier->objective;
        add_frontier(&made, frontier);
        add_uniform(&made, source, frontier->objective);
    }
    *comparing = made;
}

size_t qs_comparing_find(const struct qs_comparing *comparing, const char *name)
{
    for (size_t i = 0; i < comparing->count; i++) {
        if (strcmp(comparing->rows[i].name, name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

void qs_comparing_differ(struct qs_comparing *comparing, const struct qs_model_info *info, size_t a, size_t b)
{
    if (a >= comparing->count || b >= comparing->count) {
        return;
    }
    const struct qs_compared *from = &comparing->rows[a];
    const struct qs_compared *to = &comparing->rows[b];
    if (comparing->difference && strcmp(comparing->of[0], from->name) == 0 && strcmp(comparing->of[1], to->name) == 0) {
        return;
    }
    free(comparing->difference);
    comparing->difference = malloc(((size_t)info->layers * info->kinds + 1) * sizeof *comparing->difference);
    comparing->higher = 0;
    comparing->lower = 0;
    for (uint32_t layer = 0; comparing->difference && layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            double bits = qs_plan_difference(from->plan, to->plan, layer, kind);
            comparing->difference[(size_t)kind * info->layers + layer] = qs_difference_level(bits);
            comparing->higher += bits > 0;
            comparing->lower += bits < 0;
        }
    }
    comparing->differences = qs_plan_differences(from->plan, to->plan);
    snprintf(comparing->of[0], sizeof comparing->of[0], "%s", from->name);
    snprintf(comparing->of[1], sizeof comparing->of[1], "%s", to->name);
}
