// What stands around every view: tabs, the status line, and the bottom line.
#include "tui/state.h"

#include "base/file.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

enum { STATUS_PARTS = 6, STATUS_PART_MAX = 128, PROGRESS_COLS = 10 };

struct qs_frame qs_frame_of(int cols, int rows, bool prompt)
{
    int tabs = rows >= 5;
    int bar = rows >= 3 || prompt;
    int status = rows - bar >= 2;
    int body = rows - tabs - bar - status;
    return (struct qs_frame){
        .tabs = {.cols = cols, .rows = tabs},
        .body = {.row = tabs, .cols = cols, .rows = body},
        .status = {.row = tabs + body, .cols = cols, .rows = status},
        .bar = {.row = tabs + body + status, .cols = cols, .rows = bar},
    };
}

struct qs_rect qs_ui_body(const struct qs_ui *ui)
{
    return qs_frame_of(ui->cols, ui->rows, ui->prompt.kind != QS_PROMPT_NONE).body;
}

// Where a tab stands: " 3 Curves ". The program's name comes first where there is room for everything.
static struct qs_rect tab_rect(struct qs_rect tabs, size_t view)
{
    int all = 0;
    int before = 0;
    for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
        all += (int)strlen(qs_views[i]->title) + 4;
        before += i < view ? (int)strlen(qs_views[i]->title) + 4 : 0;
    }
    int name = all + (int)strlen(PACKAGE) <= tabs.cols ? (int)strlen(PACKAGE) : 0;
    return (struct qs_rect){.col = tabs.col + name + before,
                            .row = tabs.row,
                            .cols = (int)strlen(qs_views[view]->title) + 4,
                            .rows = tabs.rows};
}

static void draw_tabs(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect tabs)
{
    if (tabs.rows < 1) {
        return;
    }
    if (tab_rect(tabs, 0).col > tabs.col) {
        qs_grid_text(grid, tabs.col, tabs.row, tabs.cols, QS_ROLE_TITLE, PACKAGE);
    }
    // On a narrow screen the tabs begin where the current one still fits.
    struct qs_rect current = tab_rect(tabs, ui->view);
    int shift = current.col + current.cols - tabs.cols;
    shift = shift < 0 ? 0 : shift;
    for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
        struct qs_rect rect = tab_rect(tabs, i);
        bool here = i == ui->view;
        char text[32];
        snprintf(text, sizeof text, here ? "[%c %s]" : " %c %s ", qs_views[i]->key, qs_views[i]->title);
        if (rect.col >= shift && rect.col - shift + rect.cols - !here <= tabs.cols) { // never a part of a word
            qs_grid_text(grid, rect.col - shift, rect.row, rect.cols, here ? QS_ROLE_TITLE : QS_ROLE_DIM, text);
        }
    }
}

static void progress_text(const struct qs_ui *ui, const struct qs_scan_state *scan, char out[static STATUS_PART_MAX])
{
    double part = scan->bytes_total ? (double)scan->bytes_done / (double)scan->bytes_total : 0;
    part = part > 1 ? 1 : part;
    struct qs_text bar = {0};
    for (int i = 0; i < PROGRESS_COLS; i++) {
        bool full = part * PROGRESS_COLS >= i + 1;
        qs_text_add(&bar, ui->glyphs == QS_GLYPHS_ASCII ? (full ? "#" : ".") : full ? "\u2588" : "\u2591");
    }
    char left[QS_NUMBER_MAX];
    qs_format_duration(part > 0 ? scan->seconds * (1 - part) / part : -1, left);
    snprintf(out, STATUS_PART_MAX, "scan %3.0f%% %s %s left", part * 100, qs_text_chars(&bar), left);
    qs_text_free(&bar);
}

static void scan_text(const struct qs_ui *ui, char out[static STATUS_PART_MAX])
{
    const struct qs_scan_state *scan = qs_session_scan(ui->session);
    char count[QS_NUMBER_MAX];
    // Of metrics alone there is no model to scan.
    bool scannable = qs_session_model_path(ui->session)[0] || !qs_model_info_counts_only(ui->info);
    if (scan->running) {
        progress_text(ui, scan, out);
    } else if (scan->error.status != QS_OK) {
        snprintf(out, STATUS_PART_MAX, "scan failed");
    } else if (scan->finished || !scannable) {
        snprintf(out, STATUS_PART_MAX, "%s modules", qs_format_count(qs_model_info_module_count(ui->info), count));
    } else {
        snprintf(out, STATUS_PART_MAX, "%s modules not scanned",
                 qs_format_count(scan->total > scan->done ? scan->total - scan->done : 0, count));
    }
}

// What the view is about: the method in Plan and Compare, else the metric.
static void subject_text(const struct qs_ui *ui, char out[static STATUS_PART_MAX])
{
    char text[QS_METRIC_TEXT_MAX]; // a parameter's is shorter
    if (1u << ui->view & IN_PLANS) {
        struct qs_plan_params params = qs_session_plan_params(ui->session);
        qs_param_text(&params, qs_method_solves(params.method) ? QS_PLAN_BUDGET : QS_PLAN_BASE, text);
        snprintf(out, STATUS_PART_MAX, "%s %s", qs_method_name(params.method), text);
    } else {
        snprintf(out, STATUS_PART_MAX, "%s%s", qs_ui_metric_text(ui, text), qs_ui_log_axis(ui) ? " (log)" : "");
    }
}

static void draw_status(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    if (rect.rows < 1) {
        return;
    }
    qs_grid_fill(grid, rect, ' ', QS_ROLE_STATUS);
    // In the order of the line; what is dropped first where room is short has the highest number.
    static const int drop_order[STATUS_PARTS] = {1, 5, 3, 0, 4, 2};
    char parts[STATUS_PARTS][STATUS_PART_MAX] = {"", "", "", "", "", ""};
    snprintf(parts[0], STATUS_PART_MAX, "%s", ui->info->name);
    snprintf(parts[1], STATUS_PART_MAX, "%s", qs_path_base(qs_session_cache_path(ui->session)));
    subject_text(ui, parts[2]);
    scan_text(ui, parts[3]);
    size_t warnings;
    qs_ui_warn_counts(ui, &warnings);
    if (warnings) {
        snprintf(parts[4], STATUS_PART_MAX, "! %zu %s", warnings, warnings == 1 ? "warning" : "warnings");
    }
    size_t unsaved = qs_plans_unsaved(ui);
    if (unsaved) {
        snprintf(parts[5], STATUS_PART_MAX, "%zu %s unsaved", unsaved, unsaved == 1 ? "plan" : "plans");
    }
    bool shown[STATUS_PARTS];
    size_t width = 0;
    for (int i = 0; i < STATUS_PARTS; i++) {
        shown[i] = parts[i][0] != '\0';
        width += shown[i] ? qs_text_columns(parts[i]) + 3 : 0;
    }
    for (int drop = STATUS_PARTS - 1; drop > 0 && width > (size_t)rect.cols + 1; drop--) {
        for (int i = 0; i < STATUS_PARTS; i++) {
            if (drop_order[i] == drop && shown[i]) {
                shown[i] = false;
                width -= qs_text_columns(parts[i]) + 3;
            }
        }
    }
    int col = rect.col + 1;
    bool first = true;
    for (int i = 0; i < STATUS_PARTS; i++) {
        if (!shown[i]) {
            continue;
        }
        if (!first) {
            col += qs_grid_text(grid, col, rect.row, rect.col + rect.cols - col, QS_ROLE_STATUS, " \u2502 ");
        }
        bool warns = i == 4 || (i == 3 && qs_session_scan(ui->session)->error.status != QS_OK);
        col += qs_grid_text(grid, col, rect.row, rect.col + rect.cols - col, warns ? QS_ROLE_WARNING : QS_ROLE_STATUS,
                            parts[i]);
        first = false;
    }
}

enum { BAR_PASSES = 4 };

// The function bar's items in order: help and the way out, what is this view's own, what it shares, what is everywhere.
static int bar_pass(const struct qs_action *action, size_t id)
{
    bool first = id == QS_ACTION_HELP || id == QS_ACTION_QUIT || id == QS_ACTION_BACK;
    return first ? 0 : action->views == IN_ALL ? 3 : __builtin_popcount(action->views) > 3 ? 2 : 1;
}

// Draws the items (grid not NULL), or finds the one under a column (QS_ACTION_COUNT where there is none).
static enum qs_action_id bar_items(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, int at_col)
{
    int col = rect.col;
    for (int pass = 0; pass < BAR_PASSES; pass++) {
        for (size_t id = 0; id < QS_ACTION_COUNT; id++) {
            const struct qs_action *action = &qs_actions[id];
            if (!action->label[0] || !(action->views & 1u << ui->view) || bar_pass(action, id) != pass) {
                continue;
            }
            const char *cut = strchr(action->label, '|');
            const char *label = cut ? cut + 1 : action->label;
            const char *keys = cut ? action->label : action->keys;
            int key_cols = (int)(cut ? (size_t)(cut - keys) : strcspn(keys, " "));
            int cols = key_cols + 1 + (int)strlen(label);
            if (col + cols > rect.col + rect.cols) {
                return QS_ACTION_COUNT;
            }
            if (grid) {
                qs_grid_text(grid, col, rect.row, key_cols, QS_ROLE_KEY, keys);
                qs_grid_text(grid, col + key_cols + 1, rect.row, cols, QS_ROLE_TEXT, label);
            } else if (at_col >= col && at_col < col + cols) {
                return (enum qs_action_id)id;
            }
            col += cols + 2;
        }
    }
    return QS_ACTION_COUNT;
}

// What Tab found, or what may be typed, in the status line's place.
static void draw_hint(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    bool value = ui->prompt.kind == QS_PROMPT_VALUE && !ui->hint[0];
    const char *hint = value ? qs_plan_param_info(ui->prompt_param)->hint : ui->hint;
    if (!hint[0] || rect.rows < 1) {
        return;
    }
    qs_grid_fill(grid, rect, ' ', QS_ROLE_STATUS);
    qs_grid_text(grid, rect.col + value, rect.row, rect.cols - value, QS_ROLE_STATUS, hint);
    if (qs_text_columns(hint) > (size_t)rect.cols) {
        qs_grid_text(grid, rect.col + rect.cols - 1, rect.row, 1, QS_ROLE_STATUS, "\u2026");
    }
}

void qs_frame_draw(const struct qs_ui *ui, struct qs_grid *grid)
{
    bool prompt = ui->prompt.kind != QS_PROMPT_NONE;
    struct qs_frame frame = qs_frame_of(grid->cols, grid->rows, prompt);
    draw_tabs(ui, grid, frame.tabs);
    draw_status(ui, grid, frame.status);
    if (prompt) {
        draw_hint(ui, grid, frame.status);
        qs_prompt_draw(&ui->prompt, grid, frame.bar);
    } else if (ui->message[0]) {
        // A screen without a bottom line shows messages in the status line.
        struct qs_rect rect = frame.bar.rows ? frame.bar : frame.status;
        qs_grid_fill(grid, rect, ' ', QS_ROLE_TEXT);
        qs_grid_text(grid, rect.col, rect.row, rect.rows ? rect.cols : 0, ui->message_role, ui->message);
        if (rect.rows && qs_text_columns(ui->message) > (size_t)rect.cols) {
            qs_grid_text_right(grid, rect.col, rect.row, rect.cols, QS_ROLE_KEY, " \u2026 all of it: !");
        }
    } else if (frame.bar.rows) {
        bar_items(ui, grid, frame.bar, -1);
    }
}

static bool inside(struct qs_rect rect, int col, int row)
{
    return col >= rect.col && col < rect.col + rect.cols && row >= rect.row && row < rect.row + rect.rows;
}

void qs_frame_press(struct qs_ui *ui, const struct qs_event *event)
{
    struct qs_frame frame = qs_frame_of(ui->cols, ui->rows, false);
    if (inside(frame.bar, event->col, event->row)) {
        enum qs_action_id id = ui->message[0] ? QS_ACTION_COUNT : bar_items(ui, NULL, frame.bar, event->col);
        if (id != QS_ACTION_COUNT) {
            qs_ui_act(ui, id, NULL);
        }
        return;
    }
    struct qs_rect current = tab_rect(frame.tabs, ui->view);
    int shift = current.col + current.cols - frame.tabs.cols;
    shift = shift < 0 ? 0 : shift;
    for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
        struct qs_rect rect = tab_rect(frame.tabs, i);
        rect.col -= shift;
        if (rect.col >= 0 && inside(rect, event->col, event->row)) {
            qs_ui_show(ui, (enum qs_view_id)i);
        }
    }
}
