// The curves of a chart: see curves.h.
//
//     qs_curves_draw -> rules, lines, crosshair, letters, marks, each over the one before
//
// A line runs from each layer's dot to the next one's. Where several layers share a dot column their segments stand in
// that column, so it is filled from its smallest to its largest value, and neighbouring columns join: no mean, no loss.
#include "plot/curves.h"

#include "plot/axes.h"
#include "plot/canvas.h"
#include "plot/legend.h"

#include <math.h>

enum {
    LETTER_COLS = 16,        // a series' letters stand at least so far apart,
    LETTER_COLS_FOCUSED = 8, // those of the focused one
    LETTER_ALL_SPACING = 4,  // columns from layer to layer from which the focused one has a letter at each
};

uint32_t qs_curves_layers(const struct qs_chart *chart)
{
    uint32_t layers = 0;
    for (size_t i = 0; i < chart->series_count; i++) {
        layers = chart->series[i].count > layers ? chart->series[i].count : layers;
    }
    return layers;
}

int qs_curves_dot(uint32_t layer, uint32_t layers, int width)
{
    if (layers <= 1) {
        return (width - 1) / 2;
    }
    if (layers > (uint32_t)width) {
        return (int)((uint64_t)layer * (uint64_t)width / layers);
    }
    return (int)(((uint64_t)layer * (uint64_t)(width - 1) * 2 + (layers - 1)) / (2 * (uint64_t)(layers - 1)));
}

// Everything that drawing a series needs.
struct pencil {
    struct qs_canvas canvas;
    const struct qs_chart *chart;
    const struct qs_scale *scale;
    uint32_t layers;
};

static const double far_away = 1e9; // dots: no slope on a canvas tells it from infinity

// A value's height in dots, 0 at the top; outside of the canvas where it is outside of the axis.
static double height_of(const struct pencil *pencil, double value)
{
    double y = (1 - qs_scale_at(pencil->scale, value)) * (pencil->canvas.height - 1);
    return fmin(fmax(y, -far_away), far_away);
}

static bool is_on_canvas(const struct pencil *pencil, double y)
{
    return y > -0.5 && y < pencil->canvas.height - 0.5;
}

// The line between two layers' points, cut at the upper and lower edges.
static void draw_segment(struct pencil *pencil, double x0, double y0, double x1, double y1, struct qs_pen *pen)
{
    double low = 0;
    double high = pencil->canvas.height - 1;
    if ((y0 < low && y1 < low) || (y0 > high && y1 > high)) {
        return;
    }
    double cut0 = fmin(fmax(y0, low), high);
    double cut1 = fmin(fmax(y1, low), high);
    double from = cut0 == y0 ? x0 : x0 + (cut0 - y0) * (x1 - x0) / (y1 - y0); // where it is cut, y1 differs from y0
    double to = cut1 == y1 ? x1 : x0 + (cut1 - y0) * (x1 - x0) / (y1 - y0);
    qs_canvas_line(&pencil->canvas, (int)lround(from), (int)lround(cut0), (int)lround(to), (int)lround(cut1), pen);
}

static void draw_line(struct pencil *pencil, size_t index)
{
    const struct qs_series *series = &pencil->chart->series[index];
    struct qs_pen pen = qs_legend_pen(pencil->chart, index);
    if (pencil->layers > (uint32_t)pencil->canvas.width) {
        pen.dash = 1; // a broken line would hide ends of the spans
        pen.period = 1;
    }
    bool joined = false;
    double x0 = 0;
    double y0 = 0;
    for (uint32_t layer = 0; layer < series->count; layer++) {
        if (!isfinite(series->values[layer])) {
            joined = false;
            continue;
        }
        double x1 = qs_curves_dot(layer, pencil->layers, pencil->canvas.width);
        double y1 = height_of(pencil, series->values[layer]);
        if (joined) {
            draw_segment(pencil, x0, y0, x1, y1, &pen);
        } else if (is_on_canvas(pencil, y1)) {
            qs_canvas_dot(&pencil->canvas, (int)x1, (int)lround(y1), series->role);
        }
        joined = true;
        x0 = x1;
        y0 = y1;
    }
}

static bool is_inside(const struct pencil *pencil, int col, int row)
{
    const struct qs_grid *grid = pencil->canvas.grid;
    return col >= 0 && row >= 0 && col < grid->cols && row < grid->rows;
}

// The cell of a point; false where it is not on the canvas.
static bool cell_of(const struct pencil *pencil, uint32_t layer, double value, int *col, int *row)
{
    double y = isfinite(value) ? height_of(pencil, value) : -1;
    if (!is_on_canvas(pencil, y)) {
        return false;
    }
    const struct qs_canvas *canvas = &pencil->canvas;
    *col = canvas->rect.col + qs_curves_dot(layer, pencil->layers, canvas->width) / qs_glyphs_dots_x(canvas->glyphs);
    *row = canvas->rect.row + (int)lround(y) / qs_glyphs_dots_y(canvas->glyphs);
    return is_inside(pencil, *col, *row);
}

static uint32_t codepoint_at(const struct pencil *pencil, int col, int row)
{
    const struct qs_grid *grid = pencil->canvas.grid;
    return grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].codepoint;
}

static void put_sign(struct pencil *pencil, int col, int row, uint32_t sign, enum qs_role role, bool bold)
{
    struct qs_grid *grid = pencil->canvas.grid;
    qs_grid_put(grid, col, row, sign, role);
    grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].bold = bold;
}

// Letters that tell series apart: at every layer of the focused one where there is room; else some way apart, the
// series staggered, so that they rarely meet. A point without neighbours always has one.
static void draw_letters(struct pencil *pencil, size_t index)
{
    const struct qs_series *series = &pencil->chart->series[index];
    double spacing = (double)pencil->canvas.rect.cols / (pencil->layers ? pencil->layers : 1);
    bool leading = series->focused || pencil->chart->series_count == 1;
    uint32_t period = leading && spacing >= LETTER_ALL_SPACING ? 1
                                                               : (uint32_t)ceil((leading ? LETTER_COLS_FOCUSED
                                                                                         : LETTER_COLS) / spacing);
    uint32_t first = (uint32_t)((uint64_t)index * period / pencil->chart->series_count);
    for (uint32_t layer = 0; layer < series->count; layer++) {
        bool alone = (layer == 0 || !isfinite(series->values[layer - 1])) &&
                     (layer + 1 == series->count || !isfinite(series->values[layer + 1]));
        int col, row;
        if ((alone || layer % period == first) &&
            cell_of(pencil, layer, series->values[layer], &col, &row) &&
            (leading || qs_canvas_is_dots(pencil->chart->glyphs, codepoint_at(pencil, col, row)))) {
            put_sign(pencil, col, row, (unsigned char)series->letter, series->role, series->focused);
        }
    }
}

// Beside a mark stands the letter of its series, on the first side that is free.
static void name_mark(struct pencil *pencil, int col, int row, const struct qs_series *series)
{
    static const int sides[][2] = {{0, -1}, {1, 0}, {-1, 0}, {0, 1}};
    struct qs_rect plot = pencil->canvas.rect;
    for (size_t i = 0; i < QS_COUNT_OF(sides); i++) {
        int at_col = col + sides[i][0];
        int at_row = row + sides[i][1];
        if (at_col >= plot.col && at_col < plot.col + plot.cols && at_row >= plot.row &&
            at_row < plot.row + plot.rows && is_inside(pencil, at_col, at_row) &&
            codepoint_at(pencil, at_col, at_row) == ' ') {
            put_sign(pencil, at_col, at_row, (unsigned char)series->letter, series->role, series->focused);
            return;
        }
    }
}

static void draw_marks(struct pencil *pencil, size_t index)
{
    const struct qs_series *series = &pencil->chart->series[index];
    for (uint32_t layer = 0; series->marked && layer < series->count; layer++) {
        int col, row;
        if (series->marked[layer] && cell_of(pencil, layer, series->values[layer], &col, &row)) {
            put_sign(pencil, col, row, pencil->chart->glyphs == QS_GLYPHS_ASCII ? '^' : 0x25b2, QS_ROLE_MARK, true);
            name_mark(pencil, col, row, series);
        }
    }
}

// Thresholds, under the curves: dots at the exact height in braille, else a line through empty cells.
static void draw_rules(struct pencil *pencil)
{
    const struct qs_chart *chart = pencil->chart;
    for (size_t i = 0; i < chart->rule_count; i++) {
        double value = chart->rules[i].value;
        if (qs_axes_row(pencil->scale, chart->glyphs, pencil->canvas.rect.rows, value) < 0) {
            continue;
        }
        int dot = (int)lround(height_of(pencil, value));
        struct qs_canvas *canvas = &pencil->canvas;
        if (chart->glyphs == QS_GLYPHS_BRAILLE) {
            struct qs_pen pen = {.role = QS_ROLE_RULE, .dash = 1, .period = 1};
            qs_canvas_line(canvas, 0, dot, canvas->width - 1, dot, &pen);
        } else {
            struct qs_rect row = {canvas->rect.col, canvas->rect.row + dot / qs_glyphs_dots_y(chart->glyphs),
                                  canvas->rect.cols, 1};
            qs_grid_fill(canvas->grid, row, chart->glyphs == QS_GLYPHS_ASCII ? '-' : 0x2500, QS_ROLE_RULE);
        }
    }
}

static void draw_crosshair(struct pencil *pencil, const struct qs_chart_layout *layout)
{
    int col = qs_chart_col_of(pencil->chart, layout, pencil->chart->crosshair);
    struct qs_grid *grid = pencil->canvas.grid;
    for (int row = layout->plot.row; col >= 0 && row < layout->plot.row + layout->plot.rows; row++) {
        if (col < grid->cols && row >= 0 && row < grid->rows && codepoint_at(pencil, col, row) == ' ') {
            qs_grid_put(grid, col, row, pencil->chart->glyphs == QS_GLYPHS_ASCII ? '|' : 0x2502, QS_ROLE_CROSSHAIR);
        }
    }
}

// The focused series last, so that nothing covers it.
static void draw_all(struct pencil *pencil, void (*draw)(struct pencil *pencil, size_t index))
{
    for (int focused = 0; focused <= 1; focused++) {
        for (size_t i = 0; i < pencil->chart->series_count; i++) {
            const struct qs_series *series = &pencil->chart->series[i];
            if (!series->hidden && series->focused == focused) {
                draw(pencil, i);
            }
        }
    }
}

void qs_curves_draw(struct qs_grid *grid, const struct qs_chart *chart, const struct qs_chart_layout *layout,
                    const struct qs_scale *scale)
{
    struct pencil made = {qs_canvas_of(grid, layout->plot, chart->glyphs), chart, scale, qs_curves_layers(chart)};
    struct pencil *pencil = &made;
    draw_rules(pencil);
    draw_all(pencil, draw_line);
    draw_crosshair(pencil, layout);
    draw_all(pencil, draw_letters);
    draw_all(pencil, draw_marks);
}
