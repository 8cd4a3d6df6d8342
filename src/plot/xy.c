// Points joined by lines: see xy.h. Axes and lines are those of the charts over layers.
#include "plot/xy.h"

#include "plot/axes.h"
#include "plot/canvas.h"
#include "plot/legend.h"
#include "plot/scale.h"

#include <math.h>
#include <string.h>

enum { LETTER_COLS_APART = 3, X_TICK_COLS = 6, GUTTER_PLOT_MIN = 8 };

struct plane {
    struct qs_canvas canvas;
    struct qs_scale x, y;
};

static bool is_shown(const struct qs_xy *xy, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!xy->log_y || y > 0);
}

static bool find_ranges(const struct qs_xy *xy, double x[static 2], double y[static 2])
{
    x[0] = x[1] = y[0] = y[1] = NAN;
    for (size_t s = 0; s < xy->series_count; s++) {
        const struct qs_xy_series *series = &xy->series[s];
        for (size_t i = 0; i < series->count; i++) {
            if (is_shown(xy, series->x[i], series->y[i])) {
                x[0] = fmin(x[0], series->x[i]); // fmin and fmax pass over NaN
                x[1] = fmax(x[1], series->x[i]);
                y[0] = fmin(y[0], series->y[i]);
                y[1] = fmax(y[1], series->y[i]);
            }
        }
    }
    return !isnan(x[0]);
}

static int dot_x(const struct plane *plane, double x)
{
    double at = fmin(fmax(qs_scale_at(&plane->x, x), 0), 1);
    return (int)lround(at * (plane->canvas.width - 1));
}

static int dot_y(const struct plane *plane, double y)
{
    // An axis ends where numbers become too large for labels: what lies beyond stays at its edge.
    double at = fmin(fmax(qs_scale_at(&plane->y, y), 0), 1);
    return (int)lround((1 - at) * (plane->canvas.height - 1));
}

static void draw_line(struct plane *plane, const struct qs_xy *xy, size_t index, struct qs_pen pen)
{
    const struct qs_xy_series *series = &xy->series[index];
    pen.role = series->role;
    bool joined = false;
    int x0 = 0;
    int y0 = 0;
    for (size_t i = 0; i < series->count; i++) {
        if (!is_shown(xy, series->x[i], series->y[i])) {
            continue;
        }
        int x1 = dot_x(plane, series->x[i]);
        int y1 = dot_y(plane, series->y[i]);
        qs_canvas_line(&plane->canvas, joined ? x0 : x1, joined ? y0 : y1, x1, y1, &pen);
        joined = true;
        x0 = x1;
        y0 = y1;
    }
}

// Whether its letter has a place in the legend.
static bool is_named(const struct qs_xy_series *series)
{
    return series->letter && series->name[0];
}

static void draw_letters(struct plane *plane, const struct qs_xy *xy, size_t index)
{
    const struct qs_xy_series *series = &xy->series[index];
    int dots_x = qs_glyphs_dots_x(xy->glyphs);
    int dots_y = qs_glyphs_dots_y(xy->glyphs);
    // Series begin at different points, so that letters of lines over one another stand side by side.
    int free_from = (int)index * LETTER_COLS_APART;
    for (size_t i = 0; i < series->count; i++) {
        if (is_shown(xy, series->x[i], series->y[i])) {
            int col = dot_x(plane, series->x[i]) / dots_x;
            if (col >= free_from || series->points) {
                qs_grid_put(plane->canvas.grid, plane->canvas.rect.col + col,
                            plane->canvas.rect.row + dot_y(plane, series->y[i]) / dots_y,
                            (unsigned char)series->letter, series->role);
                free_from = col + LETTER_COLS_APART * (int)xy->series_count;
            }
        }
    }
}

static void draw_x_axis(const struct plane *plane, const struct qs_xy *xy, int left, int line_row)
{
    bool plain = xy->glyphs == QS_GLYPHS_ASCII;
    struct qs_grid *grid = plane->canvas.grid;
    struct qs_rect plot = plane->canvas.rect;
    qs_grid_fill(grid, (struct qs_rect){plot.col, line_row, plot.cols, 1}, plain ? '-' : 0x2500, QS_ROLE_AXIS);
    qs_grid_put(grid, plot.col - 1, line_row, plain ? '+' : 0x2514, QS_ROLE_AXIS);
    qs_grid_text(grid, left, line_row + 1, plot.col - left, QS_ROLE_DIM, xy->x_label);
    int free_from = plot.col;
    for (int i = 0; i < plane->x.count; i++) {
        const struct qs_tick *tick = &plane->x.ticks[i];
        int col = plot.col + dot_x(plane, tick->value) / qs_glyphs_dots_x(xy->glyphs);
        int cols = (int)strlen(tick->label);
        int start = col - (cols - 1) / 2;
        start = start + cols > plot.col + plot.cols ? plot.col + plot.cols - cols : start;
        if (start >= free_from) {
            qs_grid_put(grid, col, line_row, plain ? '+' : 0x252c, QS_ROLE_AXIS);
            qs_grid_text(grid, start, line_row + 1, cols, QS_ROLE_AXIS, tick->label);
            free_from = start + cols + 1;
        }
    }
}

static void draw_head(struct qs_grid *grid, struct qs_rect rect, const struct qs_xy *xy)
{
    int col = rect.col;
    int end = rect.col + rect.cols;
    col += qs_grid_text(grid, col, rect.row, rect.cols, QS_ROLE_DIM, xy->y_label) + 2;
    for (size_t s = 0; s < xy->series_count && col < end; s++) {
        if (!is_named(&xy->series[s])) {
            continue;
        }
        char letter[2] = {xy->series[s].letter, '\0'};
        col += qs_grid_text(grid, col, rect.row, end - col, xy->series[s].role, letter) + 1;
        if (col < end) {
            col += qs_grid_text(grid, col, rect.row, end - col, xy->series[s].role, xy->series[s].name) + 2;
        }
    }
}

void qs_xy_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_xy *xy)
{
    if (rect.cols <= 0 || rect.rows <= 0) {
        return;
    }
    draw_head(grid, rect, xy);
    double x[2];
    double y[2];
    struct qs_rect plot = {rect.col, rect.row + 1, rect.cols, rect.rows - 3};
    if (plot.rows < 1) {
        return;
    }
    if (!find_ranges(xy, x, y)) {
        qs_grid_text(grid, rect.col + 1, plot.row + plot.rows / 2, rect.cols - 1, QS_ROLE_DIM, "no values yet");
        return;
    }
    struct plane plane = {0};
    qs_scale_make(y[0], y[1], xy->log_y, false, plot.rows / 2 + 1 > 8 ? 8 : plot.rows / 2 + 1, &plane.y);
    struct qs_chart axes = {.glyphs = xy->glyphs, .log_y = xy->log_y, .crosshair = -1, .x_label = "", .y_label = ""};
    int gutter = qs_axes_gutter(&axes, &plane.y);
    int label = (int)qs_text_columns(xy->x_label); // it stands in the gutter
    gutter = gutter < label ? label : gutter;
    if (gutter > rect.cols - GUTTER_PLOT_MIN) {
        return;
    }
    plot.col += gutter + 1;
    plot.cols -= gutter + 1;
    qs_scale_make(x[0], x[1], false, false, plot.cols / X_TICK_COLS + 1, &plane.x);
    plane.canvas = qs_canvas_of(grid, plot, xy->glyphs);
    qs_axes_draw_y(grid, plot, gutter, &axes, &plane.y);
    draw_x_axis(&plane, xy, rect.col, plot.row + plot.rows);
    if (is_shown(xy, xy->x, xy->y) && xy->x >= plane.x.min && xy->x <= plane.x.max) {
        int col = plot.col + dot_x(&plane, xy->x) / qs_glyphs_dots_x(xy->glyphs);
        qs_grid_fill(grid, (struct qs_rect){col, plot.row, 1, plot.rows},
                     xy->glyphs == QS_GLYPHS_ASCII ? '|' : 0x2502, QS_ROLE_CROSSHAIR);
    }
    for (size_t s = xy->series_count; s-- > 0;) { // the first is drawn last, over the others
        struct qs_series pens[QS_SERIES_ROLES] = {{0}};
        struct qs_chart patterns = {.series = pens, .series_count = QS_SERIES_ROLES};
        if (!xy->series[s].points) {
            draw_line(&plane, xy, s, qs_legend_pen(&patterns, s % QS_SERIES_ROLES));
        }
    }
    for (size_t s = xy->series_count; s-- > 0;) {
        if (xy->series[s].letter) {
            draw_letters(&plane, xy, s);
        }
    }
}
