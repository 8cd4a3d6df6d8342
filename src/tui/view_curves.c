// Curves: a metric over the layers, one line per module kind, with the sensitive layers marked.
//
// Errors of quantization may instead be drawn for the kind in focus alone: at all rungs, or by all quantizers
// (overlay.h). Beside the chart stands a panel (curves_panel.h); on narrow screens some lines below it, on small ones
// nothing. The line under the chart tells the focused kind's value under the crosshair with all its digits.
#include "tui/curves_panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SIDE_COLS_FROM = 72, // a panel beside the chart
    SIDE_ROWS_FROM = 12,
    PANEL_COLS = 28,
    PANEL_COLS_WIDE = 36,
    WIDE_FROM = 110,
    BELOW_ROWS_FROM = 9, // lines below the chart
    READOUT_ROWS_FROM = 4,
    LABEL_MAX = 256,
};

struct parts {
    struct qs_rect chart;
    struct qs_rect readout; // one line
    struct qs_rect panel;   // beside the chart
    struct qs_rect values;  // below it
    struct qs_rect params;
};

static struct parts parts_of(struct qs_rect rect)
{
    struct parts parts = {.chart = rect};
    if (rect.cols >= SIDE_COLS_FROM && rect.rows >= SIDE_ROWS_FROM) {
        int cols = rect.cols >= WIDE_FROM ? PANEL_COLS_WIDE : PANEL_COLS;
        parts.panel = (struct qs_rect){rect.col + rect.cols - cols, rect.row, cols, rect.rows};
        parts.chart.cols -= cols + 1;
    } else if (rect.rows >= BELOW_ROWS_FROM) {
        int rows = rect.rows >= 2 * BELOW_ROWS_FROM ? 2 : 1;
        parts.params = (struct qs_rect){rect.col, rect.row + rect.rows - 1, rect.cols, 1};
        parts.values = (struct qs_rect){rect.col, rect.row + rect.rows - 1 - rows, rect.cols, rows};
        parts.chart.rows -= rows + 1;
    }
    if (rect.rows >= READOUT_ROWS_FROM) {
        parts.chart.rows--;
        parts.readout = (struct qs_rect){rect.col, parts.chart.row + parts.chart.rows, parts.chart.cols, 1};
    }
    return parts;
}

// What the lines are of, beside the axis.
static void label_of(const struct qs_ui *ui, char out[static LABEL_MAX])
{
    char metric[QS_METRIC_TEXT_MAX];
    char rung[QS_RUNG_NAME_MAX];
    const struct qs_config *config = qs_session_config(ui->session);
    qs_rung_name(config->rung, rung);
    if (!qs_curve_lines_overlaid(ui)) {
        snprintf(out, LABEL_MAX, "%s", qs_ui_metric_text(ui, metric));
    } else if (ui->curves.overlay == QS_OVERLAY_RUNGS) {
        snprintf(out, LABEL_MAX, "%s %s, %s axis %u", ui->short_names[ui->curves.kind], ui->metric->name,
                 qs_quantizer_name(config->quantizer), config->axis);
    } else {
        snprintf(out, LABEL_MAX, "%s %s, axis %u, %s", ui->short_names[ui->curves.kind], ui->metric->name,
                 config->axis, rung);
    }
}

// Fills the series and the chart that borrows them and the label.
static void make_chart(const struct qs_ui *ui, struct qs_series *series, char label[static LABEL_MAX],
                       struct qs_chart *chart)
{
    uint32_t count = qs_curve_lines(ui);
    for (uint32_t i = 0; i < count; i++) {
        struct qs_curve_line line = qs_curve_line(ui, i);
        series[i] = (struct qs_series){
            .name = line.name,
            .letter = line.letter,
            .role = line.role,
            .values = line.values,
            .count = ui->info->layers,
            .marked = line.marked,
            .focused = line.focused,
            .hidden = line.hidden,
        };
    }
    label_of(ui, label);
    *chart = (struct qs_chart){
        .title = "",
        .x_label = "layer",
        .y_label = label,
        .series = series,
        .series_count = count,
        .log_y = qs_ui_log_axis(ui),
        .glyphs = ui->glyphs,
        .crosshair = ui->curves.layer,
        .y_min = NAN,
        .y_max = NAN,
        .legend = true,
    };
}

static struct qs_series *new_series(const struct qs_ui *ui)
{
    size_t count = qs_curve_lines(ui);
    return calloc(count ? count : 1, sizeof(struct qs_series));
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_series *series = new_series(ui);
    char label[LABEL_MAX];
    if (!series || !ui->analysis.metric || ui->info->layers == 0 || ui->info->kinds == 0) {
        free(series);
        qs_grid_text(grid, rect.col + 1, rect.row, rect.cols - 1, QS_ROLE_DIM,
                     ui->info->layers == 0 || ui->info->kinds == 0 ? "The model has no modules."
                                                                   : "There is no memory for the curves.");
        return;
    }
    struct parts parts = parts_of(rect);
    struct qs_chart chart;
    struct qs_chart_layout layout;
    make_chart(ui, series, label, &chart);
    qs_chart_draw(grid, parts.chart, &chart, &layout);
    int crosshair = qs_chart_col_of(&chart, &layout, ui->curves.layer);
    free(series);
    if (parts.readout.rows > 0) {
        qs_crosshair_draw(ui, grid, parts.readout, layout.floored);
    } else if (crosshair >= 0 && parts.chart.rows > 0) {
        grid->cursor_col = crosshair;
        grid->cursor_row = layout.plot.row + (layout.plot.rows > 0 ? layout.plot.rows - 1 : 0);
    }
    if (parts.panel.rows > 0) {
        qs_curves_panel_draw(ui, grid, parts.panel);
    }
    qs_curves_values_draw(ui, grid, parts.values);
    if (parts.params.rows > 0) {
        int col = qs_params_draw(ui, grid, parts.params);
        struct qs_text text = {0};
        int room = parts.params.col + parts.params.cols - col - 2;
        qs_curves_selected_text(ui, ui->curves.kind, room, &text);
        if (room > 0) {
            qs_grid_put(grid, col, parts.params.row, qs_ui_mark(ui), QS_ROLE_MARK);
            qs_grid_text(grid, col + 2, parts.params.row, room, QS_ROLE_TEXT, qs_text_chars(&text));
        }
        qs_text_free(&text);
    }
}

static void hide_but(struct qs_ui *ui, bool all)
{
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        ui->curves.hidden[kind] = !all && kind != ui->curves.kind;
    }
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    struct qs_curves_state *curves = &ui->curves;
    switch (id) {
    case QS_ACTION_LAYER_LEFT:
        qs_crosshair_set_layer(ui, (int64_t)curves->layer - 1);
        return true;
    case QS_ACTION_LAYER_RIGHT:
        qs_crosshair_set_layer(ui, (int64_t)curves->layer + 1);
        return true;
    case QS_ACTION_HIDE:
        if (ui->info->kinds > 0) {
            curves->hidden[curves->kind] = !curves->hidden[curves->kind];
        }
        return true;
    case QS_ACTION_ONLY:
    case QS_ACTION_SHOW_ALL:
        hide_but(ui, id == QS_ACTION_SHOW_ALL);
        return true;
    default:
        return qs_crosshair_act(ui, id, argument);
    }
}

// The layer under a column of the screen: the chart is drawn, unseen, to know its layout.
static int64_t layer_at(const struct qs_ui *ui, struct qs_rect rect, int col)
{
    int64_t layer = -1;
    struct qs_grid unseen = {0};
    struct qs_series *series = new_series(ui);
    char label[LABEL_MAX];
    if (series && ui->analysis.metric && qs_grid_resize(&unseen, ui->cols, ui->rows, NULL) == QS_OK) {
        struct qs_chart chart;
        struct qs_chart_layout layout;
        make_chart(ui, series, label, &chart);
        qs_chart_draw(&unseen, rect, &chart, &layout);
        layer = qs_chart_layer_at(&chart, &layout, col);
    }
    qs_grid_free(&unseen);
    free(series);
    return layer;
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct parts parts = parts_of(rect);
    if (ui->info->layers == 0 || ui->info->kinds == 0) {
        return;
    }
    if (parts.panel.rows > 0 && event->col >= parts.panel.col) {
        qs_curves_panel_mouse(ui, event, parts.panel);
    } else if (parts.params.rows > 0 && event->row == parts.params.row) {
        enum qs_plan_param param = qs_params_at(ui, parts.params, event->col, event->row);
        if (param != QS_PLAN_PARAM_COUNT && event->mouse == QS_MOUSE_PRESS) {
            qs_params_choose(ui, param);
        }
    } else if (event->row < parts.chart.row + parts.chart.rows) {
        int64_t layer = event->mouse == QS_MOUSE_WHEEL_UP     ? (int64_t)ui->curves.layer - 1
                        : event->mouse == QS_MOUSE_WHEEL_DOWN ? (int64_t)ui->curves.layer + 1
                                                              : layer_at(ui, parts.chart, event->col);
        if (layer >= 0) {
            qs_crosshair_set_layer(ui, layer);
        }
    }
}

const struct qs_view qs_view_curves = {.title = "Curves", .key = '3', .act = act, .draw = draw, .mouse = mouse};
