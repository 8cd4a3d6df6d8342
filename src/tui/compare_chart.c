// Scatter and difference map of Compare: see compare_chart.h.
#include "tui/compare_chart.h"

#include "plot/xy.h"
#include "tui/rung_map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIXED_SERIES = 2, MAP_ROWS_AROUND = 5 };

// What part of the bits per weight is looked at: around the plans, or everything.
static void window_of(const struct qs_ui *ui, double *out_low, double *out_high)
{
    const struct qs_comparing *comparing = &ui->comparing;
    double low = INFINITY;
    double high = -INFINITY;
    for (size_t i = 0; i < comparing->count; i++) {
        low = fmin(low, comparing->rows[i].totals.bits_per_weight);
        high = fmax(high, comparing->rows[i].totals.bits_per_weight);
    }
    double beside = fmax(0.08, 0.15 * (high - low));
    bool whole = ui->compare.whole || comparing->count == 0;
    *out_low = whole ? 0 : low - beside;
    *out_high = whole ? INFINITY : high + beside;
}

// The line between two points at x.
static double between(const struct qs_curve_points *line, size_t i, double x)
{
    double part = (x - line->x[i]) / (line->x[i + 1] - line->x[i]);
    return line->y[i] + part * (line->y[i + 1] - line->y[i]);
}

// The part of a line inside [low, high], cut at its ends; x and y have room for all of it and two more.
static size_t clip(const struct qs_curve_points *line, double low, double high, double *x, double *y)
{
    size_t count = 0;
    for (size_t i = 0; i < line->count; i++) {
        bool next = i + 1 < line->count;
        if (line->x[i] >= low && line->x[i] <= high) {
            x[count] = line->x[i];
            y[count++] = line->y[i];
        }
        double cut = line->x[i] < low ? low : high;
        if (next && ((line->x[i] < low && line->x[i + 1] > low) || (line->x[i] <= high && line->x[i + 1] > high)) &&
            line->x[i] != high) {
            x[count] = cut;
            y[count++] = between(line, i, cut);
            if (cut == low && line->x[i + 1] > high) { // one piece spans it all
                x[count] = high;
                y[count++] = between(line, i, high);
            }
        }
    }
    return count;
}

// The series in the order of qs_xy: the frontier, the plan in focus, the others, the plans of one rung.
static size_t make_series(const struct qs_ui *ui, struct qs_xy_series *series, double *x, double *y)
{
    const struct qs_comparing *comparing = &ui->comparing;
    double low;
    double high;
    window_of(ui, &low, &high);
    size_t points = clip(&comparing->frontier, low, high, x, y);
    size_t count = 0;
    series[count++] = (struct qs_xy_series){.name = "", .role = QS_ROLE_GOOD, .x = x, .y = y, .count = points};
    size_t focus = ui->compare.list.cursor;
    for (size_t i = 0; i < comparing->count; i++) {
        size_t index = i == 0 ? focus : i - (i <= focus);
        const struct qs_compared *row = &comparing->rows[index < comparing->count ? index : 0];
        series[count++] = (struct qs_xy_series){
            .name = "",
            .letter = row->letter,
            .role = i == 0 ? QS_ROLE_CURSOR : QS_ROLE_SERIES_0 + (enum qs_role)(index % QS_SERIES_ROLES),
            .x = &row->totals.bits_per_weight,
            .y = &row->measure.objective,
            .count = 1,
            .points = true,
        };
    }
    double *ux = x + comparing->frontier.count + 2;
    double *uy = y + comparing->frontier.count + 2;
    size_t uniform = 0;
    for (size_t i = 0; i < comparing->uniform.count; i++) {
        if (comparing->uniform.x[i] >= low && comparing->uniform.x[i] <= high) {
            ux[uniform] = comparing->uniform.x[i];
            uy[uniform++] = comparing->uniform.y[i];
        }
    }
    series[count++] = (struct qs_xy_series){
        .name = "one rung for all",
        .letter = 'o', // no plan has it
        .role = QS_ROLE_DIM,
        .x = ux,
        .y = uy,
        .count = uniform,
        .points = true,
    };
    return count;
}

void qs_compare_scatter_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    const struct qs_comparing *comparing = &ui->comparing;
    if (comparing->objective == QS_OBJECTIVE_COUNT) {
        struct qs_rect room = {rect.col + 1, rect.row, rect.cols - 2, rect.rows};
        qs_page_draw_text(grid, room, QS_ROLE_DIM,
                          "No error is known of every module, so that there is nothing to draw plans against: "
                          "quantscope scan MODEL -o CACHE measures fnorm.");
        return;
    }
    size_t points = comparing->frontier.count + 2 + comparing->uniform.count;
    struct qs_xy_series *series = calloc(comparing->count + FIXED_SERIES, sizeof *series);
    double *x = calloc(2 * points, sizeof *x);
    if (series && x) {
        char label[64];
        const struct qs_compared *focused = qs_compare_focused(ui);
        snprintf(label, sizeof label, "%s of all modules; the line is the optimum",
                 qs_objective_name(comparing->objective));
        struct qs_xy xy = {
            .y_label = label,
            .x_label = "bits",
            .series = series,
            .series_count = make_series(ui, series, x, x + points),
            .log_y = !ui->compare.linear,
            .x = focused ? focused->totals.bits_per_weight : NAN, // a rule, for the distance to the frontier
            .y = focused ? focused->measure.objective : NAN,
            .glyphs = ui->glyphs,
        };
        qs_xy_draw(grid, rect, &xy);
    }
    free(series);
    free(x);
}

static struct qs_heat heat_of(const struct qs_ui *ui)
{
    return (struct qs_heat){
        .values = ui->comparing.difference,
        .levels = qs_difference_levels,
        .level_count = QS_DIFFERENCE_LEVELS,
        .missing = ui->missing,
        .layers = ui->info->layers,
        .kinds = ui->info->kinds,
        .names = ui->short_names,
        .letters = ui->letters,
        .layer = ui->curves.layer,
        .kind = ui->curves.kind,
        .glyphs = ui->glyphs,
    };
}

// The map stands between a line about it and one about the module under the crosshair.
static struct qs_rect map_rect(struct qs_rect rect)
{
    bool around = rect.rows >= MAP_ROWS_AROUND;
    return (struct qs_rect){rect.col, rect.row + around, rect.cols, rect.rows - 2 * around};
}

bool qs_compare_map_at(const struct qs_ui *ui, struct qs_rect rect, int col, int row, uint32_t *out_layer,
                       uint32_t *out_kind)
{
    struct qs_heat heat = heat_of(ui);
    struct qs_heat_layout layout;
    if (!heat.values) {
        return false;
    }
    qs_heat_arrange(map_rect(rect), &heat, &layout);
    return qs_heat_at(&layout, col, row, out_layer, out_kind);
}

static void draw_around(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    const struct qs_comparing *comparing = &ui->comparing;
    size_t from = qs_comparing_find(comparing, comparing->of[0]);
    size_t to = qs_comparing_find(comparing, comparing->of[1]);
    qs_grid_textf(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE,
                  from == to ? "%s against itself: Space marks a plan, j and k choose the other"
                             : "from %s to %s: %llu differ, %llu up, %llu down",
                  comparing->of[0], comparing->of[1], (unsigned long long)comparing->differences,
                  (unsigned long long)comparing->higher, (unsigned long long)comparing->lower);
    uint32_t layer = ui->curves.layer;
    uint32_t kind = ui->curves.kind;
    if (from >= comparing->count || to >= comparing->count) {
        return;
    }
    const struct qs_plan *a = comparing->rows[from].plan;
    const struct qs_plan *b = comparing->rows[to].plan;
    double bits = qs_plan_difference(a, b, layer, kind);
    int row = rect.row + rect.rows - 1;
    if (isnan(bits)) {
        qs_grid_textf(grid, rect.col, row, rect.cols, QS_ROLE_TITLE, "layer %u has no %s", layer,
                      ui->short_names[kind]);
    } else {
        char names[2][QS_RUNG_NAME_MAX];
        qs_grid_textf(grid, rect.col, row, rect.cols, QS_ROLE_TITLE, "layer %u %s  %s, then %s: %+.3f bits", layer,
                      ui->short_names[kind], qs_rung_name(qs_plan_rung(a, layer, kind), names[0]),
                      qs_rung_name(qs_plan_rung(b, layer, kind), names[1]), bits);
    }
}

void qs_compare_map_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_heat heat = heat_of(ui);
    struct qs_heat_layout layout;
    if (!heat.values || heat.layers == 0 || heat.kinds == 0) {
        qs_grid_text(grid, rect.col + 1, rect.row, rect.cols - 1, QS_ROLE_DIM, "There is nothing to compare.");
        return;
    }
    struct qs_rect map = map_rect(rect);
    qs_heat_arrange(map, &heat, &layout);
    qs_heat_draw(grid, map, &heat, &layout, "bits per weight");
    if (map.row > rect.row) {
        draw_around(ui, grid, rect);
    }
}
