// The workbench: its life, its events, its screen. See ui.h.
#include "tui/state.h"

#include "plot/legend.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct qs_view *const qs_views[QS_VIEW_COUNT] = {
    &qs_view_overview, &qs_view_layers,  &qs_view_curves, &qs_view_detect, &qs_view_grid,
    &qs_view_plan,     &qs_view_compare, &qs_view_jobs,   &qs_view_log,    &qs_view_help,
};

enum { SHORT_NAMES_MAX = 64, CURVES_AT_FIRST = 16, COLS_AT_FIRST = 80, ROWS_AT_FIRST = 24 };

// The part of a kind's name behind the last dot, where no other kind ends the same. With many kinds (experts) names
// are not shortened: they differ in the middle.
static const char *short_name(const struct qs_model_info *info, uint32_t kind)
{
    const char *name = info->kind_names[kind];
    const char *dot = strrchr(name, '.');
    if (!dot || info->kinds > SHORT_NAMES_MAX) {
        return name;
    }
    for (uint32_t other = 0; other < info->kinds; other++) {
        const char *other_dot = strrchr(info->kind_names[other], '.');
        if (other != kind && strcmp(other_dot ? other_dot + 1 : info->kind_names[other], dot + 1) == 0) {
            return name;
        }
    }
    return dot + 1;
}

void qs_ui_rebind(struct qs_ui *ui)
{
    ui->info = qs_session_info(ui->session);
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        ui->short_names[kind] = short_name(ui->info, kind);
    }
    ui->planning.made = false;
    ui->comparing.made = false;
}

static enum qs_status name_kinds(struct qs_ui *ui, struct qs_error *err)
{
    size_t kinds = ui->info->kinds ? ui->info->kinds : 1;
    ui->letters = calloc(kinds, sizeof *ui->letters);
    ui->short_names = calloc(kinds, sizeof *ui->short_names);
    ui->curves.hidden = calloc(kinds, sizeof *ui->curves.hidden);
    size_t modules = (size_t)ui->info->layers * ui->info->kinds;
    ui->missing = calloc(modules ? modules : 1, sizeof *ui->missing);
    if (!ui->letters || !ui->short_names || !ui->curves.hidden || !ui->missing) {
        return qs_fail_memory(err, "the module kinds", kinds * sizeof *ui->short_names);
    }
    bool taken[128] = {false};
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        ui->letters[kind] = qs_series_letter(ui->info->kind_names[kind], taken);
        ui->short_names[kind] = short_name(ui->info, kind);
        ui->curves.hidden[kind] = kind >= CURVES_AT_FIRST; // hundreds of experts would hide everything
        for (uint32_t layer = 0; layer < ui->info->layers; layer++) {
            ui->missing[(size_t)kind * ui->info->layers + layer] =
                qs_model_info_module(ui->info, layer, kind)->rows == 0;
        }
    }
    return QS_OK;
}

static enum qs_status apply_options(struct qs_ui *ui, const struct qs_ui_options *options, struct qs_error *err)
{
    ui->view = QS_VIEW_CURVES;
    ui->metric = qs_metric_at(0);
    ui->param = QS_PLAN_Z;
    if (!options) {
        return QS_OK;
    }
    ui->glyphs = options->glyphs;
    if (options->view) {
        size_t view = 0;
        while (view < QS_VIEW_COUNT && strcasecmp(qs_view_names[view], options->view) != 0) {
            view++;
        }
        if (view == QS_VIEW_COUNT) {
            struct qs_text names = {0};
            for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
                qs_text_addf(&names, "%s%s", i ? ", " : "", qs_view_names[i]);
            }
            qs_fail(err, QS_USAGE, "there is no view \"%s\"; there are %s", options->view, qs_text_chars(&names));
            qs_text_free(&names);
            return QS_USAGE;
        }
        ui->view = (enum qs_view_id)view;
    }
    if (options->metric) {
        ui->metric = qs_metric_find(options->metric);
        if (!ui->metric) {
            return qs_fail(err, QS_USAGE, "there is no metric \"%s\"", options->metric);
        }
    }
    return QS_OK;
}

// Everything that is worked out of the session, brought up to date, and every position back where it may be.
static void refresh(struct qs_ui *ui)
{
    if (!qs_analysis_fresh(&ui->analysis, ui->session, ui->metric)) {
        struct qs_error err = {0};
        if (qs_analysis_make(&ui->analysis, ui->session, ui->metric, &err) != QS_OK) {
            qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        }
    }
    if (qs_overlay_refresh(ui) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "out of memory for the curves");
    }
    qs_layers_refresh(ui);
    qs_plans_refresh(ui);
    struct qs_rect body = qs_ui_body(ui);
    for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
        const struct qs_view *view = qs_views[i];
        if (view->list && (i == ui->view || ((1u << i) & IN_TABLES))) {
            qs_list_clamp(view->list(ui), view->count(ui), view->height(ui, body));
        }
    }
    ui->seen = *qs_session_scan(ui->session);
}

enum qs_status qs_ui_new(struct qs_session *session, const struct qs_ui_options *options, struct qs_ui **out,
                         struct qs_error *err)
{
    struct qs_ui *ui = calloc(1, sizeof *ui);
    if (!ui) {
        return qs_fail_memory(err, "the workbench", sizeof *ui);
    }
    ui->session = session;
    ui->info = qs_session_info(session);
    ui->cols = COLS_AT_FIRST;
    ui->rows = ROWS_AT_FIRST;
    ui->mouse = true;
    ui->help_of = QS_VIEW_CURVES;
    ui->layers.stale = true;
    enum qs_status status = apply_options(ui, options, err);
    if (status == QS_OK) {
        status = qs_columns_init(&ui->columns, ui->info, err);
    }
    if (status == QS_OK) {
        status = name_kinds(ui, err);
    }
    if (status == QS_OK) {
        bool missing = qs_session_model_path(session)[0] && !qs_session_scan(session)->finished;
        if (options && options->scan && missing) {
            qs_ui_scan(ui);
        }
        refresh(ui);
        *out = ui;
    } else {
        qs_ui_free(ui);
    }
    return status;
}

void qs_ui_free(struct qs_ui *ui)
{
    if (ui) {
        qs_analysis_clear(&ui->analysis);
        qs_planning_clear(&ui->planning);
        qs_comparing_clear(&ui->comparing);
        qs_undo_free(&ui->undo);
        qs_columns_free(&ui->columns);
        qs_filter_free(ui->layers.filter);
        free(ui->layers.rows);
        free(ui->curves.hidden);
        free(ui->missing);
        qs_overlay_clear(&ui->overlay);
        free(ui->letters);
        free(ui->short_names);
        qs_prompt_free(&ui->prompt);
        qs_text_free(&ui->log);
        free(ui);
    }
}

void qs_ui_say(struct qs_ui *ui, enum qs_role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(ui->message, sizeof ui->message, format, args);
    va_end(args);
    ui->message_role = role;
    // What the bottom line cuts can be read in the log.
    if (ui->cols > 0 && qs_text_columns(ui->message) > (size_t)ui->cols) {
        qs_text_addf(&ui->log, "%s\n", ui->message);
    }
}

// A value, name or file that was refused stays to be mended, with what is wrong above it.
static void ask_again(struct qs_ui *ui, const struct qs_prompt *asked, const char *line)
{
    if (ui->message[0] && ui->message_role == QS_ROLE_ERROR && ui->prompt.kind == QS_PROMPT_NONE) {
        qs_prompt_open(&ui->prompt, asked->kind, asked->label, line);
        snprintf(ui->hint, sizeof ui->hint, "%s", ui->message);
        ui->message[0] = '\0';
    }
}

static void accept_prompt(struct qs_ui *ui)
{
    char line[QS_PROMPT_BYTES_MAX];
    qs_prompt_text(&ui->prompt, line);
    struct qs_prompt asked = {.kind = ui->prompt.kind};
    enum qs_prompt_kind kind = ui->prompt.kind;
    memcpy(asked.label, ui->prompt.label, sizeof asked.label);
    qs_prompt_close(&ui->prompt);
    switch (kind) {
    case QS_PROMPT_COMMAND:
        qs_command_run(ui, line);
        break;
    case QS_PROMPT_SEARCH:
        qs_ui_act(ui, QS_ACTION_SEARCH, line);
        break;
    case QS_PROMPT_FILTER:
        qs_ui_act(ui, QS_ACTION_FILTER, line);
        break;
    case QS_PROMPT_VALUE:
        if (line[0]) {
            qs_ui_set_param(ui, ui->prompt_param, line);
            ask_again(ui, &asked, line);
        }
        break;
    case QS_PROMPT_NAME:
    case QS_PROMPT_FILE:
        if (line[0]) {
            qs_ui_act(ui, ui->prompt_action, line);
            ask_again(ui, &asked, line);
        }
        break;
    default:
        break;
    }
}

static void press_key(struct qs_ui *ui, uint32_t key)
{
    ui->message[0] = '\0';
    ui->hint[0] = '\0';
    if (ui->prompt.kind == QS_PROMPT_ANSWER) {
        qs_prompt_close(&ui->prompt);
        if (key == 'y' || key == 'Y') {
            qs_plans_answered(ui);
        }
        return;
    }
    if (ui->prompt.kind != QS_PROMPT_NONE) {
        switch (qs_prompt_key(&ui->prompt, key)) {
        case QS_PROMPT_ACCEPTED:
            accept_prompt(ui);
            break;
        case QS_PROMPT_CANCELLED:
            qs_prompt_close(&ui->prompt);
            break;
        case QS_PROMPT_COMPLETE:
            qs_command_complete(ui);
            break;
        case QS_PROMPT_TYPING:
            break;
        }
        return;
    }
    uint32_t first = ui->pending;
    ui->pending = 0;
    enum qs_action_id id = first ? qs_action_of_keys(ui->view, first, key, NULL) : QS_ACTION_COUNT;
    if (id == QS_ACTION_COUNT) {
        bool prefix;
        id = qs_action_of_keys(ui->view, key, 0, &prefix);
        ui->pending = id == QS_ACTION_COUNT && prefix ? key : 0;
    }
    if (id != QS_ACTION_COUNT) {
        qs_ui_act(ui, id, NULL);
    } else if (!ui->pending && key != QS_KEY_ESC) { // Esc is pressed to be sure that nothing is open
        qs_ui_say(ui, QS_ROLE_TEXT, "this key does nothing here; ? tells what can be done");
    }
}

enum { WHEEL_LINES = 3 };

static void use_mouse(struct qs_ui *ui, const struct qs_event *event)
{
    if (!ui->mouse || ui->prompt.kind != QS_PROMPT_NONE) {
        return;
    }
    struct qs_rect body = qs_ui_body(ui);
    const struct qs_view *view = qs_views[ui->view];
    bool in_body = event->row >= body.row && event->row < body.row + body.rows;
    if (!in_body) {
        if (event->mouse == QS_MOUSE_PRESS) {
            qs_frame_press(ui, event);
        }
        return;
    }
    ui->message[0] = '\0';
    bool wheel = event->mouse == QS_MOUSE_WHEEL_UP || event->mouse == QS_MOUSE_WHEEL_DOWN;
    if (wheel && view->list) {
        qs_list_scroll(view->list(ui), view->count(ui), view->height(ui, body),
                       event->mouse == QS_MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
    } else if (view->mouse) {
        view->mouse(ui, event, body);
    }
}

// Takes what background work has done.
static void tick(struct qs_ui *ui)
{
    bool changed = qs_session_poll(ui->session, 0);
    const struct qs_scan_state *scan = qs_session_scan(ui->session);
    if (ui->seen.running && !scan->running) {
        if (scan->error.status != QS_OK) {
            qs_ui_say(ui, QS_ROLE_ERROR, "%s", scan->error.text);
        } else {
            qs_ui_say(ui, QS_ROLE_GOOD, scan->finished ? "scan finished" : "scan stopped; what is finished is kept");
        }
    }
    if (changed || ui->seen.running != scan->running || ui->seen.bytes_done != scan->bytes_done ||
        (long)ui->seen.seconds != (long)scan->seconds) {
        ui->effects |= QS_EFFECT_REDRAW;
    }
}

unsigned qs_ui_update(struct qs_ui *ui, const struct qs_event *event)
{
    ui->effects = event->kind == QS_EVENT_TICK ? 0 : QS_EFFECT_REDRAW;
    switch (event->kind) {
    case QS_EVENT_KEY:
        press_key(ui, event->key);
        break;
    case QS_EVENT_MOUSE:
        use_mouse(ui, event);
        break;
    case QS_EVENT_RESIZE:
        ui->cols = event->cols < 1 ? 1 : event->cols > QS_GRID_SIDE_MAX ? QS_GRID_SIDE_MAX : event->cols;
        ui->rows = event->rows < 1 ? 1 : event->rows > QS_GRID_SIDE_MAX ? QS_GRID_SIDE_MAX : event->rows;
        ui->effects |= QS_EFFECT_FULL_REDRAW;
        break;
    case QS_EVENT_TICK:
        tick(ui);
        break;
    case QS_EVENT_TEXT:
        qs_text_addf(&ui->log, "%s\n", event->text ? event->text : "");
        break;
    case QS_EVENT_QUIT:
        ui->effects |= QS_EFFECT_QUIT;
        break;
    }
    refresh(ui);
    return ui->effects;
}

void qs_ui_draw(const struct qs_ui *ui, struct qs_grid *grid)
{
    qs_grid_clear(grid);
    struct qs_rect body = qs_frame_of(grid->cols, grid->rows, ui->prompt.kind != QS_PROMPT_NONE).body;
    if (body.rows > 0) {
        qs_views[ui->view]->draw(ui, grid, body);
    }
    qs_frame_draw(ui, grid);
}

bool qs_ui_mouse(const struct qs_ui *ui)
{
    return ui->mouse;
}

bool qs_ui_busy(const struct qs_ui *ui)
{
    return ui->seen.running;
}

const char *qs_ui_view_name(size_t index)
{
    return index < QS_VIEW_COUNT ? qs_view_names[index] : NULL;
}

static const char *or_dash(const char *text)
{
    return text[0] ? text : "-";
}

void qs_ui_keys_table(struct qs_text *out)
{
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        const struct qs_action *action = &qs_actions[i];
        bool first = true;
        for (size_t view = 0; view < QS_VIEW_COUNT && action->views != IN_ALL; view++) {
            if (action->views & 1u << view) {
                qs_text_addf(out, "%s%s", first ? "" : ",", qs_view_names[view]);
                first = false;
            }
        }
        qs_text_addf(out, "%s\t%s\t%s\t%s\t%s\n", action->views == IN_ALL ? "all" : "", or_dash(action->keys),
                     action->name, or_dash(qs_argument_name(action->argument)), action->help);
    }
}
