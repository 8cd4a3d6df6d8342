// Detect: the sensitive layers of every module kind by the metric on show, live with the parameters.
#include "tui/state.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>

enum { TEXT_MAX = QS_NAME_MAX + 96, KIND_COLS_MIN = 8, KIND_COLS_MAX = 28 };

// Parameters, information and heads give way to rows on small screens.
static struct qs_rect list_rect(struct qs_rect rect)
{
    int above = rect.rows >= 6 ? 3 : rect.rows >= 3 ? 1 : 0;
    return (struct qs_rect){rect.col, rect.row + above, rect.cols, rect.rows - above};
}

static int height(const struct qs_ui *ui, struct qs_rect rect)
{
    (void)ui;
    return list_rect(rect).rows;
}

static int kind_cols(const struct qs_ui *ui)
{
    int cols = KIND_COLS_MIN;
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        int width = (int)qs_text_columns(ui->info->kind_names[kind]);
        cols = width > cols ? width : cols;
    }
    return cols > KIND_COLS_MAX ? KIND_COLS_MAX : cols;
}

static void row_text(const struct qs_ui *ui, size_t row, char out[static TEXT_MAX])
{
    const struct qs_selected *selected = &ui->analysis.selected[row];
    const struct qs_detected *detected = qs_analysis_detected(&ui->analysis, selected);
    const double *curve = qs_analysis_curve(&ui->analysis, selected->kind);
    char z[QS_NUMBER_MAX];
    char value[QS_NUMBER_MAX];
    char step[QS_NUMBER_MAX];
    int cols = kind_cols(ui);
    snprintf(out, TEXT_MAX, "%-*.*s %5u %9s %4u %11s %11s", cols, cols, ui->info->kind_names[selected->kind],
             detected->layer, qs_format_short(detected->z, 5, z), selected->rank,
             qs_format_short(curve[detected->layer], 7, value),
             qs_format_short(ui->analysis.detections[selected->kind].d[detected->difference], 5, step));
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_rect rows = list_rect(rect);
    if (rows.row - rect.row >= 1) {
        qs_params_draw(ui, grid, (struct qs_rect){rect.col, rect.row, rect.cols, 1});
    }
    if (rows.row - rect.row >= 3) {
        char metric[QS_METRIC_TEXT_MAX];
        qs_grid_textf(grid, rect.col + 1, rect.row + 1, rect.cols - 1, QS_ROLE_DIM,
                      "%zu sensitive layers by %s, in %u module kinds", ui->analysis.selected_count,
                      qs_ui_metric_text(ui, metric), ui->info->kinds);
        struct qs_rect head = {rect.col, rect.row + 2, rect.cols, 1};
        qs_grid_fill(grid, head, ' ', QS_ROLE_HEADER);
        int cols = kind_cols(ui);
        qs_grid_textf(grid, head.col + 1, head.row, head.cols - 1, QS_ROLE_HEADER, "%-*s %5s %9s %4s %11s %11s", cols,
                      "module", "layer", "z", "rank", "value", "step");
    }
    size_t count = ui->analysis.selected_count;
    struct qs_list list = ui->detect;
    qs_list_clamp(&list, count, rows.rows);
    for (int i = 0; i < rows.rows && list.top + (size_t)i < count; i++) {
        size_t at = list.top + (size_t)i;
        char text[TEXT_MAX];
        row_text(ui, at, text);
        bool focused = at == list.cursor;
        if (focused) {
            qs_grid_fill(grid, (struct qs_rect){rows.col, rows.row + i, rows.cols, 1}, ' ', QS_ROLE_CURSOR);
            grid->cursor_col = rows.col;
            grid->cursor_row = rows.row + i;
        }
        qs_grid_text(grid, rows.col + 1, rows.row + i, rows.cols - 1, focused ? QS_ROLE_CURSOR : QS_ROLE_TEXT, text);
    }
    if (count == 0 && rows.rows > 0) {
        qs_grid_textf(grid, rows.col + 1, rows.row, rows.cols - 1, QS_ROLE_DIM, "%s",
                      qs_ui_has_values(ui)                           ? "No layer exceeds the threshold: - lowers z."
                      : qs_session_model_path(ui->session)[0]        ? "Nothing is measured yet: s starts the scan."
                      : "Nothing is measured yet: quantscope scan MODEL -o CACHE measures it.");
    }
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    (void)argument;
    if (id != QS_ACTION_SHOW) {
        return false;
    }
    if (ui->detect.cursor < ui->analysis.selected_count) {
        const struct qs_selected *selected = &ui->analysis.selected[ui->detect.cursor];
        qs_ui_focus(ui, qs_analysis_detected(&ui->analysis, selected)->layer, selected->kind);
        qs_ui_show(ui, QS_VIEW_CURVES);
    }
    return true;
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct qs_rect rows = list_rect(rect);
    if (event->mouse != QS_MOUSE_PRESS) {
        return;
    }
    if (event->row >= rows.row) {
        size_t at = ui->detect.top + (size_t)(event->row - rows.row);
        if (at < ui->analysis.selected_count) {
            ui->detect.cursor = at;
        }
    } else if (event->row == rect.row) {
        struct qs_rect params = {rect.col, rect.row, rect.cols, 1};
        enum qs_plan_param param = qs_params_at(ui, params, event->col, event->row);
        if (param != QS_PLAN_PARAM_COUNT) {
            qs_params_choose(ui, param);
        }
    }
}

static void lines(const struct qs_ui *ui, struct qs_text *out)
{
    for (size_t i = 0; i < ui->analysis.selected_count; i++) {
        char text[TEXT_MAX];
        row_text(ui, i, text);
        qs_text_addf(out, "%s\n", text);
    }
}

static struct qs_list *list(struct qs_ui *ui)
{
    return &ui->detect;
}

static size_t count(const struct qs_ui *ui)
{
    return ui->analysis.selected_count;
}

const struct qs_view qs_view_detect = {
    .title = "Detect", .key = '4', .act = act, .draw = draw, .mouse = mouse,
    .lines = lines,    .list = list, .count = count, .height = height,
};
