// The panel beside the curves: see curves_panel.h.
#include "tui/curves_panel.h"

#include "tui/figure.h"

#include <math.h>
#include <stdio.h>

enum { VALUE_COLS = 12, VALUE_COLS_FEW = 9, VALUE_DIGITS = 8, MARK_COLS = 2, LETTER_COLS = 2, KINDS_MIN = 3 };

static enum qs_role series_role(uint32_t kind)
{
    return QS_ROLE_SERIES_0 + kind % QS_SERIES_ROLES;
}

// The first of `shown` out of `all`, so that the one in focus is among them.
static uint32_t window(uint32_t all, int shown, uint32_t focus)
{
    uint32_t count = shown < 0 ? 0 : (uint32_t)shown;
    if (count >= all) {
        return 0;
    }
    uint32_t first = focus > count / 2 ? focus - count / 2 : 0;
    return first > all - count ? all - count : first;
}

static int at_most(int64_t wanted, int most)
{
    return wanted < most ? (int)wanted : most < 0 ? 0 : most;
}

struct qs_curves_panel qs_curves_panel_of(const struct qs_ui *ui, struct qs_rect rect)
{
    struct qs_curves_panel panel = {.values = rect, .params = rect, .selected = rect};
    int64_t kinds = ui->info->kinds;
    int64_t lines = qs_curve_lines(ui);
    int params = rect.rows >= 1 + KINDS_MIN + 1 + QS_DETECT_PARAM_COUNT ? QS_DETECT_PARAM_COUNT : 0;
    int room = rect.rows - 1 - (params ? params + 1 : 0); // without heads
    // Values first; where they are many, half of the room is left for the sensitive layers. What is laid over one
    // another is what is looked at: all of it goes before them.
    bool all = lines + kinds + 1 <= room || room < 2 * KINDS_MIN || qs_curve_lines_overlaid(ui);
    panel.values.rows = at_most(lines, all ? room : (room - 1 + 1) / 2);
    panel.selected.rows = at_most(kinds, room - panel.values.rows - 1);
    panel.params.rows = params;
    panel.values.row = rect.row + 1;
    panel.params.row = panel.values.row + panel.values.rows + 1;
    panel.selected.row = panel.params.row + (params ? params + 1 : 0);
    panel.values_first = window((uint32_t)lines, panel.values.rows, qs_curve_line_focused(ui));
    panel.selected_first = window((uint32_t)kinds, panel.selected.rows, ui->curves.kind);
    return panel;
}

static double value_at(const struct qs_ui *ui, const struct qs_curve_line *line)
{
    return line->values ? line->values[ui->curves.layer] : NAN;
}

static bool is_marked(const struct qs_ui *ui, const struct qs_curve_line *line)
{
    return line->marked && line->marked[ui->curves.layer];
}

static const char *value_text(double value, int cols, char out[static QS_NUMBER_MAX])
{
    return isnan(value) ? "-" : qs_figure(value, VALUE_DIGITS, cols, out);
}

static int name_room(struct qs_rect rect, int value_cols)
{
    return rect.cols - LETTER_COLS - value_cols - MARK_COLS - 1;
}

// Experts have long names: their values give up digits for them (the line under the chart has all digits).
static int value_cols_of(const struct qs_ui *ui, struct qs_rect rect)
{
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        if ((int)qs_text_columns(ui->short_names[kind]) > name_room(rect, VALUE_COLS)) {
            return VALUE_COLS_FEW;
        }
    }
    return VALUE_COLS;
}

static void draw_value(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect row, uint32_t index,
                       int value_cols)
{
    struct qs_curve_line line = qs_curve_line(ui, index);
    enum qs_role role = line.focused ? QS_ROLE_CURSOR : line.hidden ? QS_ROLE_DIM : QS_ROLE_TEXT;
    if (line.focused) {
        qs_grid_fill(grid, row, ' ', role);
    }
    qs_grid_put(grid, row.col, row.row, (unsigned char)line.letter,
                line.focused ? role : line.hidden ? QS_ROLE_DIM : line.role);
    qs_grid_text_end(grid, row.col + LETTER_COLS, row.row, name_room(row, value_cols), role, line.name);
    char number[QS_NUMBER_MAX];
    qs_grid_text_right(grid, row.col + row.cols - MARK_COLS - value_cols, row.row, value_cols, role,
                       line.hidden ? "hidden" : value_text(value_at(ui, &line), value_cols, number));
    if (is_marked(ui, &line) && !line.hidden) {
        qs_grid_put(grid, row.col + row.cols - 1, row.row, qs_ui_mark(ui), QS_ROLE_MARK);
    }
}

void qs_curves_selected_text(const struct qs_ui *ui, uint32_t kind, int cols, struct qs_text *out)
{
    const struct qs_detection *detection = ui->analysis.metric ? &ui->analysis.detections[kind] : NULL;
    if (!detection || detection->count == 0) {
        qs_text_add(out, "-");
        return;
    }
    size_t begin = out->length;
    for (uint32_t i = 0; i < detection->count; i++) {
        char layer[16];
        char rest[16];
        int length = snprintf(layer, sizeof layer, "%s%u", i ? " " : "", detection->detected[i].layer);
        // Room must remain for "+N" behind it, unless it is the last.
        int reserve = i + 1 < detection->count
                          ? snprintf(rest, sizeof rest, " +%u", detection->count - i - 1)
                          : 0;
        if ((int)(out->length - begin) + length + reserve > cols && i > 0) {
            qs_text_addf(out, " +%u", detection->count - i);
            return;
        }
        qs_text_add(out, layer);
    }
}

static void draw_head(struct qs_grid *grid, struct qs_rect rect, int row, const char *text)
{
    struct qs_rect head = {rect.col, row, rect.cols, 1};
    qs_grid_fill(grid, head, ' ', QS_ROLE_HEADER);
    qs_grid_text(grid, head.col, head.row, head.cols, QS_ROLE_HEADER, text);
}

static void draw_params(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    draw_head(grid, rect, rect.row - 1, "Sensitive where");
    qs_grid_text_right(grid, rect.col, rect.row - 1, rect.cols, QS_ROLE_HEADER, "j k + -");
    for (int param = 0; param < rect.rows; param++) {
        bool chosen = qs_detect_params[param] == ui->param;
        char value[QS_PLAN_PARAM_TEXT_MAX];
        qs_param_text(&params, qs_detect_params[param], value);
        struct qs_rect row = {rect.col, rect.row + param, rect.cols, 1};
        enum qs_role role = chosen ? QS_ROLE_CURSOR : QS_ROLE_TEXT;
        if (chosen) {
            qs_grid_fill(grid, row, ' ', role);
        }
        qs_grid_textf(grid, row.col, row.row, row.cols, role, "%s%-12s %s", chosen ? "> " : "  ",
                      qs_param_name(qs_detect_params[param]), value);
    }
}

static void draw_selected(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, uint32_t first)
{
    char head[64];
    snprintf(head, sizeof head, "%zu sensitive layers", ui->analysis.selected_count);
    draw_head(grid, rect, rect.row - 1, head);
    for (int i = 0; i < rect.rows; i++) {
        uint32_t kind = first + (uint32_t)i;
        struct qs_text text = {0};
        qs_curves_selected_text(ui, kind, rect.cols - LETTER_COLS, &text);
        enum qs_role role = kind == ui->curves.kind ? QS_ROLE_TITLE
                            : ui->analysis.metric && ui->analysis.detections[kind].count ? QS_ROLE_TEXT
                                                                                         : QS_ROLE_DIM;
        qs_grid_put(grid, rect.col, rect.row + i, (unsigned char)ui->letters[kind], series_role(kind));
        qs_grid_text(grid, rect.col + LETTER_COLS, rect.row + i, rect.cols - LETTER_COLS, role,
                     qs_text_chars(&text));
        qs_text_free(&text);
    }
}

void qs_curves_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_curves_panel panel = qs_curves_panel_of(ui, rect);
    char head[64];
    bool overlaid = qs_curve_lines_overlaid(ui);
    snprintf(head, sizeof head, "%s%s layer %u", overlaid ? ui->short_names[ui->curves.kind] : "At",
             overlaid ? "," : "", ui->curves.layer);
    draw_head(grid, rect, rect.row, head);
    int value_cols = value_cols_of(ui, panel.values);
    for (int i = 0; i < panel.values.rows; i++) {
        draw_value(ui, grid, (struct qs_rect){panel.values.col, panel.values.row + i, panel.values.cols, 1},
                   panel.values_first + (uint32_t)i, value_cols);
    }
    if (panel.params.rows > 0) {
        draw_params(ui, grid, panel.params);
    }
    if (panel.selected.rows > 0) {
        draw_selected(ui, grid, panel.selected, panel.selected_first);
    }
}

void qs_curves_panel_mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct qs_curves_panel panel = qs_curves_panel_of(ui, rect);
    int value = event->row - panel.values.row;
    int param = event->row - panel.params.row;
    int selected = event->row - panel.selected.row;
    bool press = event->mouse == QS_MOUSE_PRESS;
    if (value >= 0 && value < panel.values.rows) {
        uint32_t line = panel.values_first + (uint32_t)value;
        if (press && qs_curve_lines_overlaid(ui)) {
            qs_ui_set_config(ui, ui->overlay.lines[line].config);
        } else if (press) {
            ui->curves.kind = line;
        }
    } else if (param >= 0 && param < panel.params.rows) {
        ui->param = event->mouse == QS_MOUSE_DRAG ? ui->param : qs_detect_params[param];
        if (event->mouse == QS_MOUSE_WHEEL_UP || event->mouse == QS_MOUSE_WHEEL_DOWN) {
            qs_params_act(ui, event->mouse == QS_MOUSE_WHEEL_UP ? QS_ACTION_MORE : QS_ACTION_LESS, NULL);
        }
    } else if (selected >= 0 && selected < panel.selected.rows && press) {
        ui->curves.kind = panel.selected_first + (uint32_t)selected;
    }
}

void qs_curves_values_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    int col = rect.col;
    int row = rect.row;
    // The line in focus comes first: it is there on the smallest screen.
    uint32_t focus = qs_curve_line_focused(ui);
    for (uint32_t i = 0; i < qs_curve_lines(ui); i++) {
        struct qs_curve_line line = qs_curve_line(ui, i == 0 ? focus : i - (i <= focus));
        if (line.hidden) {
            continue;
        }
        char number[QS_NUMBER_MAX];
        const char *value = value_text(value_at(ui, &line), VALUE_COLS, number);
        bool marked = is_marked(ui, &line);
        int cols = LETTER_COLS + (int)qs_text_columns(value) + marked;
        if (col + cols > rect.col + rect.cols && col > rect.col) {
            col = rect.col;
            row++;
        }
        if (row >= rect.row + rect.rows) {
            return;
        }
        qs_grid_put(grid, col, row, (unsigned char)line.letter, line.role);
        int end = col + LETTER_COLS;
        end += qs_grid_text(grid, end, row, rect.col + rect.cols - end, line.focused ? QS_ROLE_CURSOR : QS_ROLE_TEXT,
                            value);
        if (marked && end < rect.col + rect.cols) {
            qs_grid_put(grid, end, row, qs_ui_mark(ui), QS_ROLE_MARK);
        }
        col += cols + 2;
    }
}
