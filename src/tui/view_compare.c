// Compare: the kept plans and the plan at hand in a table (compare_table.h); below or beside it memory against
// predicted error, or a map of how two of them differ (compare_chart.h).
#include "tui/compare_chart.h"
#include "tui/compare_table.h"

#include <stdio.h>
#include <string.h>

enum { SIDE_COLS_MORE = 60, TABLE_ROWS_MIN = 3, CHART_ROWS_MIN = 6 };

struct parts {
    struct qs_rect table;
    struct qs_rect chart; // no rows: there is no room
};

static struct parts parts_of(const struct qs_ui *ui, struct qs_rect rect)
{
    struct parts parts = {.table = rect};
    int cols = qs_compare_table_cols(ui);
    if (rect.cols >= cols + SIDE_COLS_MORE && rect.rows >= CHART_ROWS_MIN) {
        parts.table.cols = cols + 1;
        parts.chart = (struct qs_rect){rect.col + cols + 3, rect.row, rect.cols - cols - 3, rect.rows};
        return parts;
    }
    if (rect.rows < TABLE_ROWS_MIN + CHART_ROWS_MIN) {
        return parts;
    }
    // All plans, as long as the chart keeps more than half of the rows.
    size_t wanted = ui->comparing.count + 1;
    int most = (rect.rows - 1) * 2 / 5;
    most = most < TABLE_ROWS_MIN ? TABLE_ROWS_MIN : most;
    parts.table.rows = wanted < (size_t)most ? (int)wanted : most;
    parts.table.rows = parts.table.rows < TABLE_ROWS_MIN ? TABLE_ROWS_MIN : parts.table.rows;
    int used = parts.table.rows + (rect.rows > 14);
    parts.chart = (struct qs_rect){rect.col, rect.row + used, rect.cols, rect.rows - used};
    return parts;
}

static int height(const struct qs_ui *ui, struct qs_rect rect)
{
    int rows = parts_of(ui, rect).table.rows;
    return rows > 2 ? rows - 1 : rows;
}

static size_t count(const struct qs_ui *ui)
{
    return ui->comparing.count;
}

static struct qs_list *list(struct qs_ui *ui)
{
    return &ui->compare.list;
}

static void lines(const struct qs_ui *ui, struct qs_text *out)
{
    for (size_t i = 0; i < ui->comparing.count; i++) {
        qs_compare_table_text(ui, i, ui->cols, out);
        qs_text_add(out, "\n");
    }
}

const struct qs_compared *qs_compare_focused(const struct qs_ui *ui)
{
    size_t at = ui->compare.list.cursor;
    return at < ui->comparing.count ? &ui->comparing.rows[at] : NULL;
}

void qs_compare_refresh(struct qs_ui *ui)
{
    struct qs_comparing *comparing = &ui->comparing;
    qs_comparing_refresh(comparing, ui->session);
    qs_list_clamp(&ui->compare.list, comparing->count, height(ui, qs_ui_body(ui)));
    size_t from = ui->compare.marked[0] ? qs_comparing_find(comparing, ui->compare.marked) : 0;
    if (from == SIZE_MAX) { // it was dropped
        ui->compare.marked[0] = '\0';
        from = 0;
    }
    if (ui->compare.map) {
        qs_comparing_differ(comparing, ui->info, from, ui->compare.list.cursor);
    }
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct parts parts = parts_of(ui, rect);
    qs_compare_table_draw(ui, grid, parts.table);
    const char *hint = !ui->planning.planned                         ? "There is no plan at hand: 6 tells why."
                       : qs_session_kept_count(ui->session) == 0 ? "No plan is kept yet: K keeps the one at hand."
                                                                 : "";
    if (hint[0] && ui->comparing.count <= 1 && parts.table.rows >= TABLE_ROWS_MIN) {
        qs_grid_text(grid, parts.table.col + 1, parts.table.row + parts.table.rows - 1, parts.table.cols - 1,
                     QS_ROLE_DIM, hint);
    }
    if (parts.chart.rows > 0) {
        (ui->compare.map ? qs_compare_map_draw : qs_compare_scatter_draw)(ui, grid, parts.chart);
    }
}

static void mark(struct qs_ui *ui, const char *name)
{
    const struct qs_compared *row = qs_compare_focused(ui);
    if (name && name[0]) {
        size_t at = qs_comparing_find(&ui->comparing, name);
        row = at == SIZE_MAX ? NULL : &ui->comparing.rows[at];
    }
    if (!row) {
        qs_ui_say(ui, QS_ROLE_ERROR, "mark: there is no such plan");
    } else if (strcmp(ui->compare.marked, row->name) == 0) {
        ui->compare.marked[0] = '\0';
        qs_ui_say(ui, QS_ROLE_TEXT, "differences are from the plan at hand");
    } else {
        snprintf(ui->compare.marked, sizeof ui->compare.marked, "%s", row->name);
        qs_ui_say(ui, QS_ROLE_TEXT, "differences are from %s; D shows them as a map", row->name);
    }
}

static void adopt(struct qs_ui *ui, const char *name)
{
    const struct qs_compared *row = qs_compare_focused(ui);
    if (name && name[0]) {
        size_t at = qs_comparing_find(&ui->comparing, name);
        row = at == SIZE_MAX ? NULL : &ui->comparing.rows[at];
    }
    if (!row) {
        qs_ui_say(ui, QS_ROLE_ERROR, "adopt: there is no such plan");
    } else if (!row->kept) {
        qs_ui_show(ui, QS_VIEW_PLAN);
    } else {
        qs_plan_take(ui, row->plan, row->name);
    }
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    qs_plans_refresh(ui); // a command may have come from another view
    switch (id) {
    case QS_ACTION_MARK:
        mark(ui, argument);
        return true;
    case QS_ACTION_ADOPT:
        adopt(ui, argument);
        return true;
    case QS_ACTION_DIFFERENCE:
        ui->compare.map = !ui->compare.map;
        return true;
    case QS_ACTION_ZOOM:
        ui->compare.whole = !ui->compare.whole;
        ui->compare.map = false;
        return true;
    case QS_ACTION_LOG_AXIS:
        ui->compare.linear = !ui->compare.linear;
        ui->compare.map = false;
        return true;
    case QS_ACTION_LAYER_LEFT:
    case QS_ACTION_LAYER_RIGHT:
        qs_crosshair_set_layer(ui, (int64_t)ui->curves.layer + (id == QS_ACTION_LAYER_RIGHT ? 1 : -1));
        return true;
    case QS_ACTION_GLYPHS_COMPARE:
        return qs_crosshair_act(ui, QS_ACTION_GLYPHS, argument);
    case QS_ACTION_MAP_KIND_NEXT:
    case QS_ACTION_MAP_KIND_PREVIOUS:
        return qs_crosshair_act(ui, id == QS_ACTION_MAP_KIND_NEXT ? QS_ACTION_KIND_NEXT : QS_ACTION_KIND_PREVIOUS,
                                argument);
    case QS_ACTION_KIND:
    case QS_ACTION_LAYER:
        return qs_crosshair_act(ui, id, argument);
    default:
        return qs_plans_act(ui, id, argument);
    }
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct parts parts = parts_of(ui, rect);
    int first = parts.table.row + (parts.table.rows > 2);
    uint32_t layer;
    uint32_t kind;
    bool table = event->row < parts.table.row + parts.table.rows && event->col < parts.table.col + parts.table.cols;
    if (table && event->mouse == QS_MOUSE_PRESS && event->row >= first) {
        size_t at = ui->compare.list.top + (size_t)(event->row - first);
        ui->compare.list.cursor = at < ui->comparing.count ? at : ui->compare.list.cursor;
    } else if (!table && ui->compare.map && ui->info->layers > 0 && ui->info->kinds > 0 &&
               qs_compare_map_at(ui, parts.chart, event->col, event->row, &layer, &kind)) {
        ui->curves.layer = layer;
        ui->curves.kind = kind;
    }
}

const struct qs_view qs_view_compare = {
    .title = "Compare",
    .key = '7',
    .act = act,
    .draw = draw,
    .mouse = mouse,
    .lines = lines,
    .list = list,
    .count = count,
    .height = height,
};
