// Curves: a metric over the layers, one line per module kind, with the sensitive layers marked.
//
// Beside the chart stands a panel (curves_panel.h); on narrow screens some lines below it, on small ones nothing. The
// line under the chart tells the focused kind's value under the crosshair with all its digits.
#include "tui/curves_panel.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SIDE_COLS_FROM = 72, // a panel beside the chart
    SIDE_ROWS_FROM = 12,
    PANEL_COLS = 28,
    PANEL_COLS_WIDE = 36,
    WIDE_FROM = 110,
    BELOW_ROWS_FROM = 9, // lines below the chart
    READOUT_ROWS_FROM = 4,
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

// Fills [kinds] series and the chart that borrows them.
static void make_chart(const struct qs_ui *ui, struct qs_series *series, struct qs_chart *chart)
{
    const struct qs_analysis *analysis = &ui->analysis;
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        series[kind] = (struct qs_series){
            .name = ui->short_names[kind],
            .letter = ui->letters[kind],
            .role = QS_ROLE_SERIES_0 + kind % QS_SERIES_ROLES,
            .values = qs_analysis_curve(analysis, kind),
            .count = analysis->layers,
            .marked = analysis->marked + (size_t)kind * analysis->layers,
            .focused = kind == ui->curves.kind,
            .hidden = ui->curves.hidden[kind],
        };
    }
    *chart = (struct qs_chart){
        .title = "",
        .x_label = "layer",
        .y_label = ui->metric->name,
        .series = series,
        .series_count = ui->info->kinds,
        .log_y = ui->curves.log_axis,
        .glyphs = ui->glyphs,
        .crosshair = ui->curves.layer,
        .y_min = NAN,
        .y_max = NAN,
        .legend = true,
    };
}

// What is to be done where there is no value at all.
static const char *advice(const struct qs_ui *ui)
{
    return qs_session_scan(ui->session)->running        ? "nothing measured yet: the scan is running"
           : qs_session_model_path(ui->session)[0] ? "nothing measured yet: s starts the scan"
                                                   : "nothing measured: quantscope scan MODEL -o CACHE";
}

static void draw_readout(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect,
                         const struct qs_chart_layout *layout)
{
    uint32_t layer = ui->curves.layer;
    uint32_t kind = ui->curves.kind;
    double value = qs_analysis_curve(&ui->analysis, kind)[layer];
    grid->cursor_col = rect.col;
    grid->cursor_row = rect.row;
    if (!qs_session_has_metric(ui->session, ui->metric)) {
        qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE, advice(ui));
        return;
    }
    struct qs_text text = {0};
    qs_text_addf(&text, "layer %u %s ", layer, ui->short_names[kind]);
    char number[QS_NUMBER_MAX];
    if (!isnan(value)) {
        qs_text_add(&text, qs_format_exact(value, number));
    } else if (qs_model_info_module(ui->info, layer, kind)->rows == 0) {
        qs_text_add(&text, "has no such module");
    } else {
        qs_text_add(&text, qs_session_scanned(ui->session, layer, kind) ? "undefined" : "not measured");
    }
    double z = qs_analysis_z(&ui->analysis, layer, kind);
    if (!isnan(z)) {
        qs_text_addf(&text, "  z %s", qs_format_short(z, 4, number));
    }
    int used = qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE, qs_text_chars(&text));
    qs_text_free(&text);
    if (qs_analysis_marked(&ui->analysis, layer, kind)) {
        if (used + 1 < rect.cols) {
            qs_grid_put(grid, rect.col + used + 1, rect.row, qs_ui_mark(ui), QS_ROLE_MARK);
        }
        used += 2;
    }
    if (layout->floored > 0) {
        qs_grid_textf(grid, rect.col + used + 2, rect.row, rect.cols - used - 2, QS_ROLE_WARNING,
                      "%llu not above 0", (unsigned long long)layout->floored);
    }
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_series *series = calloc(ui->info->kinds ? ui->info->kinds : 1, sizeof *series);
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
    make_chart(ui, series, &chart);
    qs_chart_draw(grid, parts.chart, &chart, &layout);
    int crosshair = qs_chart_col_of(&chart, &layout, ui->curves.layer);
    free(series);
    if (parts.readout.rows > 0) {
        draw_readout(ui, grid, parts.readout, &layout);
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

static void set_layer(struct qs_ui *ui, int64_t layer)
{
    int64_t last = (int64_t)ui->info->layers - 1;
    ui->curves.layer = (uint32_t)(layer < 0 || last < 0 ? 0 : layer > last ? last : layer);
}

static void step_kind(struct qs_ui *ui, int direction)
{
    uint32_t kinds = ui->info->kinds;
    if (kinds > 0) {
        ui->curves.kind = (ui->curves.kind + (direction > 0 ? 1 : kinds - 1)) % kinds;
    }
}

// The next sensitive layer of the focused kind, from the end on to the beginning.
static void step_mark(struct qs_ui *ui, int direction)
{
    uint32_t layers = ui->info->layers;
    for (uint32_t i = 1; i <= layers; i++) {
        uint32_t layer = (ui->curves.layer + (direction > 0 ? i : layers - i)) % layers;
        if (qs_analysis_marked(&ui->analysis, layer, ui->curves.kind)) {
            ui->curves.layer = layer;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_TEXT, "this kind has no sensitive layer");
}

static void hide_but(struct qs_ui *ui, bool all)
{
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        ui->curves.hidden[kind] = !all && kind != ui->curves.kind;
    }
}

static void set_glyphs(struct qs_ui *ui, const char *argument)
{
    static const char *const names[QS_GLYPHS_COUNT] = {"braille", "block", "ascii"};
    if (!argument || !argument[0]) {
        ui->glyphs = (ui->glyphs + 1) % QS_GLYPHS_COUNT;
        return;
    }
    for (int i = 0; i < QS_GLYPHS_COUNT; i++) {
        if (strcasecmp(argument, names[i]) == 0) {
            ui->glyphs = (enum qs_glyphs)i;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_ERROR, "glyphs: braille, block or ascii");
}

static void focus_named(struct qs_ui *ui, const char *name)
{
    int kind = name && name[0] ? qs_model_info_kind(ui->info, name) : -1;
    if (kind >= 0) {
        qs_ui_focus(ui, ui->curves.layer, (uint32_t)kind);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "kind: %s; Tab behind \":kind \" lists them",
                  kind == -2 ? "more than one ends like this" : "there is no such module kind");
    }
}

static void go_to(struct qs_ui *ui, const char *argument)
{
    uint64_t layer;
    if (argument && qs_parse_u64(argument, &layer) && layer < ui->info->layers) {
        set_layer(ui, (int64_t)layer);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "layer: a number below %u", ui->info->layers);
    }
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    struct qs_curves_state *curves = &ui->curves;
    int64_t tenth = ui->info->layers >= 20 ? ui->info->layers / 10 : 2;
    switch (id) {
    case QS_ACTION_LAYER_LEFT:
        set_layer(ui, (int64_t)curves->layer - 1);
        return true;
    case QS_ACTION_LAYER_RIGHT:
        set_layer(ui, (int64_t)curves->layer + 1);
        return true;
    case QS_ACTION_LAYER_BACK:
        set_layer(ui, (int64_t)curves->layer - tenth);
        return true;
    case QS_ACTION_LAYER_FORTH:
        set_layer(ui, (int64_t)curves->layer + tenth);
        return true;
    case QS_ACTION_LAYER_FIRST:
        set_layer(ui, 0);
        return true;
    case QS_ACTION_LAYER_LAST:
        set_layer(ui, ui->info->layers);
        return true;
    case QS_ACTION_LAYER:
        go_to(ui, argument);
        return true;
    case QS_ACTION_MARK_NEXT:
    case QS_ACTION_MARK_PREVIOUS:
        step_mark(ui, id == QS_ACTION_MARK_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_KIND_NEXT:
    case QS_ACTION_KIND_PREVIOUS:
        step_kind(ui, id == QS_ACTION_KIND_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_KIND:
        focus_named(ui, argument);
        return true;
    case QS_ACTION_LOG_AXIS:
        curves->log_axis = !curves->log_axis;
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
    case QS_ACTION_GLYPHS:
        set_glyphs(ui, argument);
        return true;
    default:
        return false;
    }
}

// The layer under a column of the screen: the chart is drawn, unseen, to know its layout.
static int64_t layer_at(const struct qs_ui *ui, struct qs_rect rect, int col)
{
    int64_t layer = -1;
    struct qs_grid unseen = {0};
    struct qs_series *series = calloc(ui->info->kinds ? ui->info->kinds : 1, sizeof *series);
    if (series && ui->analysis.metric && qs_grid_resize(&unseen, ui->cols, ui->rows, NULL) == QS_OK) {
        struct qs_chart chart;
        struct qs_chart_layout layout;
        make_chart(ui, series, &chart);
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
        enum qs_param param = qs_params_at(ui, event->col - parts.params.col);
        ui->param = param == QS_PARAM_COUNT || event->mouse != QS_MOUSE_PRESS ? ui->param : param;
    } else if (event->row < parts.chart.row + parts.chart.rows) {
        int64_t layer = event->mouse == QS_MOUSE_WHEEL_UP     ? (int64_t)ui->curves.layer - 1
                        : event->mouse == QS_MOUSE_WHEEL_DOWN ? (int64_t)ui->curves.layer + 1
                                                              : layer_at(ui, parts.chart, event->col);
        if (layer >= 0) {
            set_layer(ui, layer);
        }
    }
}

const struct qs_view qs_view_curves = {.title = "Curves", .key = '3', .act = act, .draw = draw, .mouse = mouse};
