// The axes of a chart: see axes.h.
#include "plot/axes.h"

#include "plot/canvas.h"
#include "plot/curves.h"

#include <math.h>
#include <stdio.h>

struct signs {
    uint32_t vertical, tick_left, corner, horizontal, tick_down;
};

static struct signs signs_of(enum qs_glyphs glyphs)
{
    return glyphs == QS_GLYPHS_ASCII ? (struct signs){'|', '+', '+', '-', '+'}
                                     : (struct signs){0x2502, 0x2524, 0x2514, 0x2500, 0x252c};
}

const char *qs_axes_rule_label(const struct qs_rule *rule, char out[static QS_RULE_LABEL_MAX])
{
    if (rule->label) {
        return rule->label;
    }
    snprintf(out, QS_RULE_LABEL_MAX, "%.4g", rule->value);
    return out;
}

int qs_axes_gutter(const struct qs_chart *chart, const struct qs_scale *scale)
{
    size_t widest = 1;
    for (int i = 0; i < scale->count; i++) {
        size_t cols = qs_text_columns(scale->ticks[i].label);
        widest = cols > widest ? cols : widest;
    }
    for (size_t i = 0; i < chart->rule_count; i++) {
        char label[QS_RULE_LABEL_MAX];
        size_t cols = qs_text_columns(qs_axes_rule_label(&chart->rules[i], label));
        widest = cols > widest ? cols : widest;
    }
    return widest < QS_GRID_SIDE_MAX ? (int)widest : QS_GRID_SIDE_MAX;
}

int qs_axes_row(const struct qs_scale *scale, enum qs_glyphs glyphs, int rows, double value)
{
    double at = scale->log && value <= 0 ? -1 : qs_scale_at(scale, value);
    if (!(at > -1e-9 && at < 1 + 1e-9)) {
        return -1;
    }
    int dots = qs_glyphs_dots_y(glyphs);
    int dot = (int)lround((1 - at) * (rows * dots - 1));
    return dot / dots;
}

void qs_axes_draw_y(struct qs_grid *grid, struct qs_rect plot, int gutter, const struct qs_chart *chart,
                    const struct qs_scale *scale)
{
    struct signs signs = signs_of(chart->glyphs);
    int line = plot.col - 1;
    for (int row = 0; row < plot.rows; row++) {
        qs_grid_put(grid, line, plot.row + row, signs.vertical, QS_ROLE_AXIS);
    }
    for (int i = 0; i < scale->count; i++) {
        int row = qs_axes_row(scale, chart->glyphs, plot.rows, scale->ticks[i].value);
        if (row >= 0) {
            qs_grid_put(grid, line, plot.row + row, signs.tick_left, QS_ROLE_AXIS);
            qs_grid_text_right(grid, line - gutter, plot.row + row, gutter, QS_ROLE_AXIS, scale->ticks[i].label);
        }
    }
    for (size_t i = 0; i < chart->rule_count; i++) {
        int row = qs_axes_row(scale, chart->glyphs, plot.rows, chart->rules[i].value);
        if (row >= 0) {
            char label[QS_RULE_LABEL_MAX];
            struct qs_rect cells = {line - gutter, plot.row + row, gutter, 1};
            qs_grid_fill(grid, cells, ' ', QS_ROLE_RULE);
            qs_grid_text_right(grid, cells.col, cells.row, gutter, QS_ROLE_RULE,
                               qs_axes_rule_label(&chart->rules[i], label));
            qs_grid_put(grid, line, plot.row + row, signs.tick_left, QS_ROLE_RULE);
        }
    }
}

static bool is_blank(const struct qs_grid *grid, int col, int row)
{
    return col < 0 || row < 0 || col >= grid->cols || row >= grid->rows ||
           grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].codepoint == ' ';
}

// A tick and the layer's number under it, shifted inwards at the ends; nothing where it would touch another number.
static void draw_layer(struct qs_grid *grid, int line_row, int label_row, const struct qs_chart *chart,
                       const struct qs_chart_layout *layout, int64_t layer, enum qs_role role)
{
    struct qs_rect plot = layout->plot;
    int col = qs_chart_col_of(chart, layout, layer);
    if (label_row >= 0) {
        char text[24];
        int width = snprintf(text, sizeof text, "%lld", (long long)layer);
        int end = plot.col + plot.cols;
        int start = col - (width - 1) / 2;
        start = start + width > end ? end - width : start;
        start = start < plot.col ? plot.col : start;
        for (int at = start - 1; at <= start + width; at++) {
            if (!is_blank(grid, at, label_row)) {
                return;
            }
        }
        qs_grid_text(grid, start, label_row, end - start, role, text);
    }
    if (line_row >= 0) {
        qs_grid_put(grid, col, line_row, signs_of(chart->glyphs).tick_down, role);
    }
}

void qs_axes_draw_x(struct qs_grid *grid, int left, int line_row, int label_row, const struct qs_chart *chart,
                    const struct qs_chart_layout *layout)
{
    struct signs signs = signs_of(chart->glyphs);
    struct qs_rect plot = layout->plot;
    if (line_row >= 0) {
        qs_grid_fill(grid, (struct qs_rect){plot.col, line_row, plot.cols, 1}, signs.horizontal, QS_ROLE_AXIS);
        if (left < plot.col) {
            qs_grid_put(grid, plot.col - 1, line_row, signs.corner, QS_ROLE_AXIS);
        }
    }
    // The axis' name stands in the gutter, left of the labels, where it fits.
    if (label_row >= 0 && qs_text_columns(chart->x_label) < (size_t)(plot.col - left)) {
        qs_grid_text(grid, left, label_row, plot.col - left, QS_ROLE_DIM, chart->x_label);
    }
    uint32_t layers = qs_curves_layers(chart);
    if (layers == 0) {
        return;
    }
    // First come the crosshair's layer and the last one, which says how long the model is.
    if (chart->crosshair >= 0 && chart->crosshair < layers) {
        draw_layer(grid, line_row, label_row, chart, layout, chart->crosshair, QS_ROLE_CROSSHAIR);
    }
    draw_layer(grid, line_row, label_row, chart, layout, layers - 1, QS_ROLE_AXIS);
    uint32_t step = qs_layer_step(layers, plot.cols, 2);
    for (uint64_t layer = 0; layer + 1 < layers; layer += step) {
        draw_layer(grid, line_row, label_row, chart, layout, (int64_t)layer, QS_ROLE_AXIS);
    }
}
