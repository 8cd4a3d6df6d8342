// Grid: a metric of all modules as a heat map, layer by module kind; beside it, one module (grid_panel.h).
#include "tui/grid_panel.h"

#include "plot/heat.h"

#include <stdio.h>

enum {
    SIDE_COLS_FROM = 100, // a panel beside the map, without being asked for
    SIDE_ROWS_FROM = 10,
    PANEL_COLS = 38,
    MAP_COLS_MIN = 30,    // with less beside it, the panel takes the map's place
    READOUT_ROWS_FROM = 4,
};

struct parts {
    struct qs_rect map;     // no columns: the panel has its place
    struct qs_rect readout; // one line
    struct qs_rect panel;
};

static struct parts parts_of(const struct qs_ui *ui, struct qs_rect rect)
{
    struct parts parts = {.map = rect};
    if (rect.rows >= READOUT_ROWS_FROM) {
        parts.map.rows--;
        parts.readout = (struct qs_rect){rect.col, rect.row + parts.map.rows, rect.cols, 1};
    }
    bool side = rect.cols >= SIDE_COLS_FROM && rect.rows >= SIDE_ROWS_FROM;
    if (side != ui->panel_turned) {
        int cols = rect.cols >= MAP_COLS_MIN + PANEL_COLS + 2 ? PANEL_COLS : rect.cols;
        parts.panel = (struct qs_rect){rect.col + rect.cols - cols, rect.row, cols, parts.map.rows};
        parts.map.cols = rect.cols > cols + 2 ? rect.cols - cols - 2 : 0;
    }
    return parts;
}

static struct qs_heat heat_of(const struct qs_ui *ui)
{
    return (struct qs_heat){
        .values = ui->analysis.curves,
        .marked = ui->analysis.marked,
        .missing = ui->missing,
        .layers = ui->info->layers,
        .kinds = ui->info->kinds,
        .names = ui->short_names,
        .letters = ui->letters,
        .layer = ui->curves.layer,
        .kind = ui->curves.kind,
        .log = qs_ui_log_axis(ui),
        .glyphs = ui->glyphs,
    };
}

static bool is_empty(const struct qs_ui *ui)
{
    return !ui->analysis.metric || ui->info->layers == 0 || ui->info->kinds == 0;
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    if (is_empty(ui)) {
        qs_grid_text(grid, rect.col + 1, rect.row, rect.cols - 1, QS_ROLE_DIM,
                     ui->analysis.metric ? "The model has no modules." : "There is no memory for the map.");
        return;
    }
    struct parts parts = parts_of(ui, rect);
    struct qs_heat heat = heat_of(ui);
    struct qs_heat_layout layout;
    qs_heat_arrange(parts.map, &heat, &layout);
    if (parts.map.cols > 0) {
        char label[QS_METRIC_TEXT_MAX];
        qs_heat_draw(grid, parts.map, &heat, &layout, qs_ui_metric_text(ui, label));
        // The cursor sits on the cell; the readout below tells its value.
        int col;
        int row;
        qs_heat_cell_of(&layout, heat.layer, heat.kind, &col, &row);
        if (parts.readout.rows > 0) {
            qs_crosshair_draw(ui, grid, parts.readout, layout.floored);
        }
        if (layout.shown_layers > 0 && layout.shown_kinds > 0) {
            grid->cursor_col = col;
            grid->cursor_row = row;
        }
    } else if (parts.readout.rows > 0) {
        qs_crosshair_draw(ui, grid, parts.readout, layout.floored);
    }
    if (parts.panel.rows > 0) {
        qs_grid_panel_draw(ui, grid, parts.panel);
    }
}

// Whether layers lie along x, on the screen of the last resize.
static bool is_across(const struct qs_ui *ui)
{
    struct qs_heat heat = heat_of(ui);
    struct qs_heat_layout layout;
    qs_heat_arrange(parts_of(ui, qs_ui_body(ui)).map, &heat, &layout);
    return layout.across || layout.plot.cols == 0;
}

static void step_layer(struct qs_ui *ui, int direction)
{
    qs_crosshair_set_layer(ui, (int64_t)ui->curves.layer + direction);
}

static void step_kind(struct qs_ui *ui, int direction)
{
    if (direction > 0 ? ui->curves.kind + 1 < ui->info->kinds : ui->curves.kind > 0) {
        ui->curves.kind = direction > 0 ? ui->curves.kind + 1 : ui->curves.kind - 1;
    }
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    switch (id) {
    case QS_ACTION_CELL_LEFT:
    case QS_ACTION_CELL_RIGHT:
        (is_empty(ui) || is_across(ui) ? step_layer : step_kind)(ui, id == QS_ACTION_CELL_RIGHT ? 1 : -1);
        return true;
    case QS_ACTION_CELL_UP:
    case QS_ACTION_CELL_DOWN:
        (is_empty(ui) || is_across(ui) ? step_kind : step_layer)(ui, id == QS_ACTION_CELL_DOWN ? 1 : -1);
        return true;
    case QS_ACTION_PANEL:
        ui->panel_turned = !ui->panel_turned;
        return true;
    case QS_ACTION_SHOW:
        if (!is_empty(ui)) {
            qs_ui_focus(ui, ui->curves.layer, ui->curves.kind);
            qs_ui_show(ui, QS_VIEW_CURVES);
        }
        return true;
    default:
        return qs_crosshair_act(ui, id, argument);
    }
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    if (is_empty(ui)) {
        return;
    }
    if (event->mouse == QS_MOUSE_WHEEL_UP || event->mouse == QS_MOUSE_WHEEL_DOWN) {
        act(ui, event->mouse == QS_MOUSE_WHEEL_UP ? QS_ACTION_CELL_UP : QS_ACTION_CELL_DOWN, NULL);
        return;
    }
    struct qs_heat heat = heat_of(ui);
    struct qs_heat_layout layout;
    uint32_t layer;
    uint32_t kind;
    qs_heat_arrange(parts_of(ui, rect).map, &heat, &layout);
    if (qs_heat_at(&layout, event->col, event->row, &layer, &kind)) {
        ui->curves.layer = layer;
        ui->curves.kind = kind;
    }
}

const struct qs_view qs_view_grid = {.title = "Grid", .key = '5', .act = act, .draw = draw, .mouse = mouse};
