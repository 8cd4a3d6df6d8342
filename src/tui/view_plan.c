// Plan: a rung for every module as a map, layer by module kind, live with the parameters; beside it parameters and
// totals (plan_panel.h). The line under the map tells of the module under the crosshair.
#include "tui/plan_panel.h"
#include "tui/rung_map.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>

enum {
    SIDE_COLS_FROM = 100, // the panel beside the map
    SIDE_ROWS_FROM = 12,
    PANEL_COLS = 37,
    NAMES_COLS = 13,      // left of the map, about
    TOTALS_ROWS_FROM = 6, // lines below it
    PARAMS_ROWS_FROM = 8,
    PARAMS_TWO_FROM = 15,
    READOUT_ROWS_FROM = 4,
};

struct parts {
    struct qs_rect map;
    struct qs_rect readout; // one line
    struct qs_rect panel;   // beside the map
    struct qs_rect totals;  // below it
    struct qs_rect params;
};

// Whether the panel stands beside the map: not where it would cost signs of two columns, which tell bits and group
// size.
static bool is_beside(const struct qs_ui *ui, struct qs_rect rect)
{
    int64_t layers = ui->info->layers;
    int64_t map = rect.cols - PANEL_COLS - 2 - NAMES_COLS;
    bool costs = map < 2 * layers && rect.cols - NAMES_COLS >= 2 * layers;
    return rect.cols >= SIDE_COLS_FROM && rect.rows >= SIDE_ROWS_FROM && !costs;
}

static struct parts parts_of(const struct qs_ui *ui, struct qs_rect rect)
{
    struct parts parts = {.map = rect};
    int below = rect.row + rect.rows;
    if (is_beside(ui, rect)) {
        parts.panel = (struct qs_rect){rect.col + rect.cols - PANEL_COLS, rect.row, PANEL_COLS, rect.rows};
        parts.map.cols -= PANEL_COLS + 2;
    } else {
        int params = rect.rows < PARAMS_ROWS_FROM ? 0 : rect.rows < PARAMS_TWO_FROM ? 1 : 2;
        int totals = rect.rows < TOTALS_ROWS_FROM ? 0 : rect.rows < PARAMS_TWO_FROM ? 1 : 2;
        parts.params = (struct qs_rect){rect.col, below - params, rect.cols, params};
        below -= params;
        parts.totals = (struct qs_rect){rect.col, below - totals, rect.cols, totals};
        below -= totals;
    }
    if (rect.rows >= READOUT_ROWS_FROM) {
        below--;
        parts.readout = (struct qs_rect){rect.col, below, rect.cols, 1};
        parts.panel.rows -= parts.panel.rows > 0;
    }
    parts.map.rows = below - rect.row;
    return parts;
}

bool qs_plan_has_panel(const struct qs_ui *ui)
{
    return parts_of(ui, qs_ui_body(ui)).panel.rows > 0;
}

static bool is_empty(const struct qs_ui *ui)
{
    return ui->info->layers == 0 || ui->info->kinds == 0;
}

// levels is what the map borrows.
static struct qs_heat heat_of(const struct qs_ui *ui, struct qs_heat_level levels[static QS_LADDER_MAX])
{
    const struct qs_planning *planning = &ui->planning;
    struct qs_heat heat = {
        .values = planning->rungs,
        .marked = planning->marks,
        .marks = qs_plan_marks,
        .mark_count = QS_PLAN_MARKS,
        .levels = levels,
        .missing = ui->missing,
        .layers = ui->info->layers,
        .kinds = ui->info->kinds,
        .names = ui->short_names,
        .letters = ui->letters,
        .layer = ui->curves.layer,
        .kind = ui->curves.kind,
        .glyphs = ui->glyphs,
    };
    if (planning->planned) {
        qs_rung_levels(&planning->planned->plan.ladder, levels);
        heat.level_count = planning->planned->plan.ladder.count;
    }
    return heat;
}

// "layer 7 q_proj  b3g32 3.508 bits, 3.6 MiB, boosted  z 3.4  fnorm 12.3, 15.9 at b3g128".
static void module_text(const struct qs_ui *ui, struct qs_text *out)
{
    const struct qs_planning *planning = &ui->planning;
    const struct qs_plan *plan = &planning->planned->plan;
    uint32_t layer = ui->curves.layer;
    uint32_t kind = ui->curves.kind;
    const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
    char a[QS_NUMBER_MAX];
    char rung[QS_RUNG_NAME_MAX];
    qs_text_addf(out, "layer %u %s  ", layer, ui->short_names[kind]);
    if (cell->rung == QS_PLAN_NO_RUNG) {
        qs_text_add(out, "has no such module");
        return;
    }
    struct qs_rung own = qs_plan_rung(plan, layer, kind);
    uint64_t units = qs_module_params(&plan->model, layer, kind) * qs_rung_units(own, plan->storage);
    qs_text_addf(out, "%s %.3f bits, %s", qs_rung_name(own, rung), qs_rung_bpw(own, plan->storage),
                 qs_format_bytes((units + QS_UNITS_PER_BYTE - 1) / QS_UNITS_PER_BYTE, a));
    if (cell->boosted || cell->locked) {
        qs_text_add(out, cell->locked ? ", locked" : ", boosted");
    }
    double z = planning->z ? planning->z[(size_t)kind * ui->info->layers + layer] : NAN;
    if (!isnan(z)) {
        qs_text_addf(out, "  z %s", qs_format_short(z, 3, a));
    }
    double fnorm = qs_planning_value(planning->source, planning->source->fnorm, layer, kind, own);
    double base = qs_planning_value(planning->source, planning->source->fnorm, layer, kind, plan->base);
    if (!isnan(fnorm)) {
        qs_text_addf(out, "  fnorm %s", qs_format_short(fnorm, 4, a));
        if (!isnan(base) && !qs_rung_equal(own, plan->base)) {
            qs_text_addf(out, ", %s at %s", qs_format_short(base, 4, a), qs_rung_name(plan->base, rung));
        }
    }
}

static void draw_readout(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_text text = {0};
    if (ui->planning.planned) {
        module_text(ui, &text);
        qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE, qs_text_chars(&text));
    }
    qs_text_free(&text);
}

// Why there is no plan, in the map's place.
static void draw_refusal(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_rect room = {rect.col + 1, rect.row, rect.cols - 2, rect.rows};
    int used = qs_page_draw_text(grid, room, QS_ROLE_TITLE, "There is no plan with these parameters.");
    room.row += used + (rect.rows > 6);
    room.rows -= used + (rect.rows > 6);
    used = qs_page_draw_text(grid, room, QS_ROLE_ERROR, ui->planning.error.text);
    room.row += used + 1;
    room.rows -= used + 1;
    qs_page_draw_text(grid, room, QS_ROLE_DIM,
                      qs_session_model_path(ui->session)[0] && !qs_session_scan(ui->session)->finished
                          ? "s scans the weights here; M takes another method; u undoes the last change."
                          : "Tab chooses another parameter, + and - step it, = types it; M takes another method; u "
                            "undoes the last change.");
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    if (is_empty(ui)) {
        qs_grid_text(grid, rect.col + 1, rect.row, rect.cols - 1, QS_ROLE_DIM, "The model has no modules.");
        return;
    }
    struct parts parts = parts_of(ui, rect);
    struct qs_heat_level levels[QS_LADDER_MAX];
    if (ui->planning.planned) {
        struct qs_heat heat = heat_of(ui, levels);
        struct qs_heat_layout layout;
        char label[64];
        struct qs_plan_params params = qs_session_plan_params(ui->session);
        snprintf(label, sizeof label, "%s", qs_method_name(params.method));
        qs_heat_arrange(parts.map, &heat, &layout);
        qs_heat_draw(grid, parts.map, &heat, &layout, label);
        if (layout.shown_layers > 0 && layout.shown_kinds > 0) { // the cursor sits on the cell
            qs_heat_cell_of(&layout, heat.layer, heat.kind, &grid->cursor_col, &grid->cursor_row);
        }
    } else {
        draw_refusal(ui, grid, parts.map);
    }
    if (parts.readout.rows > 0) {
        draw_readout(ui, grid, parts.readout);
    }
    if (parts.panel.rows > 0) {
        qs_plan_panel_draw(ui, grid, parts.panel);
    }
    qs_plan_totals_draw(ui, grid, parts.totals);
    if (parts.params.rows > 0) {
        qs_params_draw(ui, grid, parts.params);
    }
}

// Whether layers lie along x, on the screen of the last resize.
static bool is_across(const struct qs_ui *ui)
{
    struct qs_heat_level levels[QS_LADDER_MAX];
    struct qs_heat heat = heat_of(ui, levels);
    struct qs_heat_layout layout;
    qs_heat_arrange(parts_of(ui, qs_ui_body(ui)).map, &heat, &layout);
    return layout.across || layout.plot.cols == 0;
}

// Along the map: layers and kinds as they lie on the screen.
static void step_cell(struct qs_ui *ui, bool along_x, int direction)
{
    if (is_empty(ui)) {
        return;
    }
    if (along_x == is_across(ui)) {
        qs_crosshair_set_layer(ui, (int64_t)ui->curves.layer + direction);
    } else if (direction > 0 ? ui->curves.kind + 1 < ui->info->kinds : ui->curves.kind > 0) {
        ui->curves.kind = direction > 0 ? ui->curves.kind + 1 : ui->curves.kind - 1;
    }
}

// The next module of the kind that is not at the base rung, from the end on to the beginning.
static void step_change(struct qs_ui *ui, int direction)
{
    uint32_t layers = ui->info->layers;
    const struct qs_planned *planned = ui->planning.planned;
    for (uint32_t i = 1; planned && !is_empty(ui) && i <= layers; i++) {
        uint32_t layer = (ui->curves.layer + (direction > 0 ? i : layers - i)) % layers;
        bool there = qs_plan_cell(&planned->plan, layer, ui->curves.kind)->rung != QS_PLAN_NO_RUNG;
        if (there && !qs_rung_equal(qs_plan_rung(&planned->plan, layer, ui->curves.kind), planned->plan.base)) {
            ui->curves.layer = layer;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_TEXT, "all modules of this kind are at the base rung");
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    switch (id) {
    case QS_ACTION_CELL_LEFT:
    case QS_ACTION_CELL_RIGHT:
        step_cell(ui, true, id == QS_ACTION_CELL_RIGHT ? 1 : -1);
        return true;
    case QS_ACTION_CELL_UP:
    case QS_ACTION_CELL_DOWN:
        step_cell(ui, false, id == QS_ACTION_CELL_DOWN ? 1 : -1);
        return true;
    case QS_ACTION_CHANGE_NEXT:
    case QS_ACTION_CHANGE_PREVIOUS:
        step_change(ui, id == QS_ACTION_CHANGE_NEXT ? 1 : -1);
        return true;
    default:
        return qs_plans_act(ui, id, argument) || qs_crosshair_act(ui, id, argument);
    }
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct parts parts = parts_of(ui, rect);
    bool wheel = event->mouse == QS_MOUSE_WHEEL_UP || event->mouse == QS_MOUSE_WHEEL_DOWN;
    int direction = event->mouse == QS_MOUSE_WHEEL_UP ? -1 : 1;
    if (is_empty(ui)) {
        return;
    }
    enum qs_plan_param param = QS_PLAN_PARAM_COUNT;
    bool panel = parts.panel.rows > 0 && event->col >= parts.panel.col;
    if (panel) {
        param = qs_plan_panel_at(ui, parts.panel, event->row);
    } else if (parts.params.rows > 0 && event->row >= parts.params.row) {
        param = qs_params_at(ui, parts.params, event->col, event->row);
    }
    if (param != QS_PLAN_PARAM_COUNT) {
        if (event->mouse != QS_MOUSE_DRAG) {
            qs_params_choose(ui, param);
        }
        if (wheel) {
            qs_params_act(ui, direction < 0 ? QS_ACTION_MORE : QS_ACTION_LESS, NULL);
        }
        return;
    }
    struct qs_heat_level levels[QS_LADDER_MAX];
    struct qs_heat heat = heat_of(ui, levels);
    struct qs_heat_layout layout;
    uint32_t layer;
    uint32_t kind;
    qs_heat_arrange(parts.map, &heat, &layout);
    if (!panel && wheel) {
        step_cell(ui, false, direction);
    } else if (ui->planning.planned && qs_heat_at(&layout, event->col, event->row, &layer, &kind)) {
        ui->curves.layer = layer;
        ui->curves.kind = kind;
    }
}

const struct qs_view qs_view_plan = {.title = "Plan", .key = '6', .act = act, .draw = draw, .mouse = mouse};
