// A line chart over layers: see chart.h.
//
//     qs_chart_draw -> arrange (rows) -> measure (what is shown) -> scale_of -> gutter_of -> head, axes, curves
#include "plot/chart.h"

#include "plot/axes.h"
#include "plot/canvas.h"
#include "plot/curves.h"
#include "plot/legend.h"
#include "plot/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    GUTTER_PLOT_MIN = 8,   // columns that must remain for the plot beside the gutter
    X_LABEL_COLS_MIN = 40, // from here on the gutter is as wide as the name of the x axis
    X_LABEL_MAX = 8,
};

int qs_chart_col_of(const struct qs_chart *chart, const struct qs_chart_layout *layout, int64_t layer)
{
    uint32_t layers = qs_curves_layers(chart);
    if (layer < 0 || layer >= layers || layout->plot.cols <= 0) {
        return -1;
    }
    int dots = qs_glyphs_dots_x(chart->glyphs);
    return layout->plot.col + qs_curves_dot((uint32_t)layer, layers, layout->plot.cols * dots) / dots;
}

int64_t qs_chart_layer_at(const struct qs_chart *chart, const struct qs_chart_layout *layout, int col)
{
    uint32_t layers = qs_curves_layers(chart);
    int cols = layout->plot.cols;
    int64_t at = (int64_t)col - layout->plot.col;
    if (layers == 0 || cols <= 0 || at < 0 || at >= cols) {
        return -1;
    }
    // col_of never falls from layer to layer: the first layer at or right of the column, or the one before it if that
    // is nearer.
    uint32_t low = 0;
    uint32_t high = layers - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (qs_chart_col_of(chart, layout, middle) < col) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low > 0) {
        int right = qs_chart_col_of(chart, layout, low) - col;
        int left = col - qs_chart_col_of(chart, layout, low - 1);
        if (right < 0 || left < right) {
            return low - 1;
        }
    }
    return low;
}

// What goes where, in cells of the grid; -1: not shown.
struct arrangement {
    struct qs_rect rect;
    int title_row;
    int head_row; // y label and legend
    int legend_rows;
    int line_row;
    int label_row;
    int first_row; // of the plot
    int plot_rows;
};

static struct arrangement arrange(struct qs_rect rect, const struct qs_chart *chart)
{
    struct arrangement a = {.rect = rect, .title_row = -1, .head_row = -1, .line_row = -1, .label_row = -1};
    int top = rect.row;
    int bottom = rect.row + rect.rows; // one beyond the last row
    bool legend = chart->legend && chart->series_count > 0;
    if (chart->title[0] && rect.rows >= 6) {
        a.title_row = top++;
    }
    if ((legend || chart->y_label[0]) && rect.rows >= 8) {
        int indent = chart->y_label[0] ? (int)qs_text_columns(chart->y_label) + 2 : 0;
        a.legend_rows = legend ? qs_legend_rows(chart, rect.cols, indent, rect.rows >= 20 ? 2 : 1) : 0;
        a.head_row = top;
        top += a.legend_rows > 1 ? a.legend_rows : 1;
    }
    if (rect.rows >= 3) {
        a.label_row = --bottom;
    }
    if (rect.rows >= 5) {
        a.line_row = --bottom;
    }
    a.first_row = top;
    a.plot_rows = bottom - top;
    return a;
}

// What is shown: the range of values, and what cannot be placed.
struct extent {
    double min, max; // NaN where nothing is shown
    uint64_t gaps, floored;
    bool visible; // some series is not hidden
};

static void include(struct extent *extent, double value)
{
    extent->min = fmin(extent->min, value); // fmin and fmax pass over the NaN of an empty extent
    extent->max = fmax(extent->max, value);
}

static struct extent measure(const struct qs_chart *chart)
{
    struct extent extent = {.min = NAN, .max = NAN};
    for (size_t i = 0; i < chart->series_count; i++) {
        const struct qs_series *series = &chart->series[i];
        if (series->hidden) {
            continue;
        }
        extent.visible = true;
        for (uint32_t layer = 0; layer < series->count; layer++) {
            double value = series->values[layer];
            if (!isfinite(value)) {
                extent.gaps++;
            } else if (chart->log_y && value <= 0) {
                extent.floored++;
            } else {
                include(&extent, value);
            }
        }
    }
    if (!isnan(extent.min)) {
        for (size_t i = 0; i < chart->rule_count; i++) {
            double value = chart->rules[i].value;
            if (isfinite(value) && (!chart->log_y || value > 0)) {
                include(&extent, value);
            }
        }
    }
    return extent;
}

static struct qs_scale scale_of(const struct qs_chart *chart, const struct extent *extent, int rows)
{
    struct qs_scale scale;
    int most_ticks = rows / 3 + 1 > 12 ? 12 : rows / 3 + 1;
    bool fixed = isfinite(chart->y_min) && isfinite(chart->y_max) && chart->y_min < chart->y_max &&
                 (!chart->log_y || chart->y_min > 0);
    qs_scale_make(fixed ? chart->y_min : extent->min, fixed ? chart->y_max : extent->max, chart->log_y, fixed,
                  most_ticks, &scale);
    return scale;
}

// The columns of the y labels; 0 where there is no room for them.
static int gutter_of(struct qs_rect rect, const struct qs_chart *chart, const struct qs_scale *scale)
{
    int gutter = qs_axes_gutter(chart, scale);
    size_t x_label = qs_text_columns(chart->x_label);
    if (rect.cols >= X_LABEL_COLS_MIN && x_label <= X_LABEL_MAX && (int)x_label > gutter) {
        gutter = (int)x_label;
    }
    gutter = chart->gutter_cols > gutter ? chart->gutter_cols : gutter;
    return gutter < rect.cols - GUTTER_PLOT_MIN && rect.rows >= 2 ? gutter : 0;
}

// Why there is no curve.
static const char *excuse(const struct qs_chart *chart, const struct extent *extent)
{
    return chart->series_count && !extent->visible ? "nothing shown"
         : extent->floored                         ? "no value above 0 for a logarithmic axis"
                                                   : "no values yet";
}

static void draw_excuse(struct qs_grid *grid, struct qs_rect plot, const char *text)
{
    int width = (int)strlen(text);
    int indent = width < plot.cols ? (plot.cols - width) / 2 : 0;
    qs_grid_text(grid, plot.col + indent, plot.row + plot.rows / 2, plot.cols - indent, QS_ROLE_DIM, text);
}

static void draw_head(struct qs_grid *grid, const struct arrangement *a, const struct qs_chart *chart)
{
    struct qs_rect rect = a->rect;
    if (a->title_row >= 0) {
        qs_grid_text(grid, rect.col, a->title_row, rect.cols, QS_ROLE_TITLE, chart->title);
    }
    if (a->head_row >= 0) {
        int used = qs_grid_text(grid, rect.col, a->head_row, rect.cols, QS_ROLE_DIM, chart->y_label);
        if (a->legend_rows > 0) {
            qs_legend_draw(grid, (struct qs_rect){rect.col, a->head_row, rect.cols, a->legend_rows},
                           used ? used + 2 : 0, chart);
        }
    }
}

void qs_chart_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_chart *chart,
                   struct qs_chart_layout *out_layout)
{
    struct qs_chart_layout layout = {.y_min = NAN, .y_max = NAN};
    rect.cols = rect.cols > QS_GRID_SIDE_MAX ? QS_GRID_SIDE_MAX : rect.cols;
    rect.rows = rect.rows > QS_GRID_SIDE_MAX ? QS_GRID_SIDE_MAX : rect.rows;
    bool reachable = abs(rect.col / 2) < QS_GRID_SIDE_MAX && abs(rect.row / 2) < QS_GRID_SIDE_MAX;
    if (rect.cols > 0 && rect.rows > 0 && reachable) {
        qs_grid_fill(grid, rect, ' ', QS_ROLE_TEXT);
        struct arrangement a = arrange(rect, chart);
        struct extent extent = measure(chart);
        layout.gaps = extent.gaps;
        layout.floored = extent.floored;
        bool empty = isnan(extent.min);
        struct qs_scale scale = {0};
        if (!empty) {
            scale = scale_of(chart, &extent, a.plot_rows);
            layout.y_min = scale.min;
            layout.y_max = scale.max;
        }
        int gutter = gutter_of(rect, chart, &scale);
        int before = gutter ? gutter + 1 : 0;
        layout.gutter_cols = gutter;
        layout.plot = (struct qs_rect){rect.col + before, a.first_row, rect.cols - before, a.plot_rows};
        draw_head(grid, &a, chart);
        if (gutter) {
            qs_axes_draw_y(grid, layout.plot, gutter, chart, &scale);
        }
        qs_axes_draw_x(grid, rect.col, a.line_row, a.label_row, chart, &layout);
        if (empty) {
            draw_excuse(grid, layout.plot, excuse(chart, &extent));
        } else {
            qs_curves_draw(grid, chart, &layout, &scale);
        }
    }
    if (out_layout) {
        *out_layout = layout;
    }
}
