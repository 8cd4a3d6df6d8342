// What actions do that is not one view's own matter: views, metrics, lists, searching, the scan, leaving.
#include "tui/state.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void qs_ui_show(struct qs_ui *ui, enum qs_view_id view)
{
    if (view == QS_VIEW_HELP && ui->view != QS_VIEW_HELP) {
        ui->help_of = ui->view;
        ui->pages[QS_VIEW_HELP] = (struct qs_list){0};
    }
    ui->view = view;
    ui->pending = 0;
}

void qs_ui_set_metric(struct qs_ui *ui, const struct qs_metric *metric)
{
    ui->metric = metric;
    qs_config_follow(ui);
}

void qs_ui_focus(struct qs_ui *ui, uint32_t layer, uint32_t kind)
{
    ui->curves.layer = layer;
    ui->curves.kind = kind;
    ui->curves.hidden[kind] = 0;
}

uint32_t qs_ui_mark(const struct qs_ui *ui)
{
    return ui->glyphs == QS_GLYPHS_ASCII ? '^' : 0x25b2;
}

void qs_ui_warn_counts(const struct qs_ui *ui, size_t *out_lines)
{
    const char *const texts[] = {qs_session_log(ui->session), qs_text_chars(&ui->log)};
    *out_lines = 0;
    for (size_t i = 0; i < QS_COUNT_OF(texts); i++) {
        for (const char *p = texts[i]; *p;) {
            const char *end = strchr(p, '\n');
            *out_lines += end != p;
            p = end ? end + 1 : p + strlen(p);
        }
    }
}

// The next metric in a direction; those that nothing holds are passed over while there is one that something holds.
static void step_metric(struct qs_ui *ui, int direction)
{
    size_t count = qs_metric_count();
    size_t at = 0;
    while (at < count && qs_metric_at(at) != ui->metric) {
        at++;
    }
    size_t next = at;
    for (size_t i = 0; i < count; i++) {
        next = (next + (direction > 0 ? 1 : count - 1)) % count;
        const struct qs_metric *metric = qs_metric_at(next);
        if (metric->data != QS_DATA_NONE ? qs_session_dataset(ui->session, metric)[0] != '\0'
                                         : qs_session_has_metric(ui->session, metric)) {
            break;
        }
    }
    if (next == at) { // nothing is measured: any will do
        next = (at + (direction > 0 ? 1 : count - 1)) % count;
    }
    qs_ui_set_metric(ui, qs_metric_at(next));
}

static void act_on_list(struct qs_ui *ui, enum qs_action_id id)
{
    const struct qs_view *view = qs_views[ui->view];
    int height = view->height(ui, qs_ui_body(ui));
    int64_t page = height > 2 ? height - 1 : 1;
    int64_t delta = id == QS_ACTION_UP          ? -1
                    : id == QS_ACTION_DOWN      ? 1
                    : id == QS_ACTION_PAGE_UP   ? -page
                    : id == QS_ACTION_PAGE_DOWN ? page
                    : id == QS_ACTION_FIRST     ? -(int64_t)UINT32_MAX
                                                : (int64_t)UINT32_MAX;
    // Pages have no line in focus: they scroll.
    bool page_view = 1u << ui->view & IN_PAGES;
    (page_view ? qs_list_scroll : qs_list_move)(view->list(ui), view->count(ui), height, delta);
}

void qs_ui_search(struct qs_ui *ui, int direction, bool from_here)
{
    const struct qs_view *view = qs_views[ui->view];
    struct qs_text lines = {0};
    view->lines(ui, &lines);
    struct qs_list *list = view->list(ui);
    // The nearest hit in the direction, else the furthest the other way round.
    size_t best = SIZE_MAX;
    size_t wrapped = SIZE_MAX;
    size_t line = 0;
    for (const char *p = qs_text_chars(&lines); *p; line++) {
        size_t length = strcspn(p, "\n");
        char text[QS_MESSAGE_MAX];
        snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1), p);
        if (strcasestr(text, ui->search)) {
            bool here = line == list->cursor;
            if (direction > 0 ? line > list->cursor || (here && from_here) : line < list->cursor) {
                best = direction > 0 && best != SIZE_MAX ? best : line;
            } else {
                wrapped = direction > 0 && wrapped != SIZE_MAX ? wrapped : line;
            }
        }
        p += length + (p[length] == '\n');
    }
    qs_text_free(&lines);
    size_t found = best != SIZE_MAX ? best : wrapped;
    if (found == SIZE_MAX) {
        qs_ui_say(ui, QS_ROLE_WARNING, "nothing matches \"%s\"", ui->search);
        return;
    }
    if (best == SIZE_MAX && found != list->cursor) {
        qs_ui_say(ui, QS_ROLE_TEXT, direction > 0 ? "search went on at the top" : "search went on at the bottom");
    }
    list->cursor = found;
    qs_list_clamp(list, view->count(ui), view->height(ui, qs_ui_body(ui)));
}

static void search(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    if (id == QS_ACTION_SEARCH && !argument) {
        qs_prompt_open(&ui->prompt, QS_PROMPT_SEARCH, "/", "");
        return;
    }
    if (id == QS_ACTION_SEARCH) {
        snprintf(ui->search, sizeof ui->search, "%s", argument);
    }
    if (ui->search[0]) {
        qs_ui_search(ui, id == QS_ACTION_SEARCH_PREVIOUS ? -1 : 1, id == QS_ACTION_SEARCH);
    } else if (id != QS_ACTION_SEARCH) {
        qs_ui_say(ui, QS_ROLE_TEXT, "no search yet: / begins one");
    }
}

static void show_named(struct qs_ui *ui, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < QS_VIEW_COUNT && length > 0; i++) {
        if (strncasecmp(qs_view_names[i], name, length) == 0) {
            qs_ui_show(ui, (enum qs_view_id)i);
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_ERROR, "view: overview, layers, curves, detect, grid, plan, compare, jobs, log or help");
}

static void show_metric(struct qs_ui *ui, const char *name)
{
    const struct qs_metric *metric = name[0] ? qs_metric_find(name) : NULL;
    if (metric) {
        qs_ui_set_metric(ui, metric);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "metric: there is no \"%s\"; Tab behind \":metric \" lists them", name);
    }
}

void qs_ui_scan(struct qs_ui *ui)
{
    struct qs_error err = {0};
    if (qs_session_scan(ui->session)->running) {
        qs_ui_say(ui, QS_ROLE_TEXT, "the scan is running");
    } else if (qs_session_scan(ui->session)->finished) {
        qs_ui_say(ui, QS_ROLE_TEXT, "everything is scanned");
    } else if (qs_session_scan_start(ui->session, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    }
}

static void stop_scan(struct qs_ui *ui)
{
    if (qs_session_scan(ui->session)->running) {
        qs_session_scan_stop(ui->session);
        qs_ui_say(ui, QS_ROLE_TEXT, "the scan ends with the pieces at hand");
    } else {
        qs_ui_say(ui, QS_ROLE_TEXT, "no scan is running");
    }
}

static bool act_for_all(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    switch (id) {
    case QS_ACTION_HELP:
        qs_ui_show(ui, ui->view == QS_VIEW_HELP ? ui->help_of : QS_VIEW_HELP);
        return true;
    case QS_ACTION_BACK:
        qs_ui_show(ui, ui->help_of);
        return true;
    case QS_ACTION_COMMAND:
        qs_prompt_open(&ui->prompt, QS_PROMPT_COMMAND, ":", "");
        return true;
    case QS_ACTION_QUIT:
    case QS_ACTION_QUIT_HELP:
        qs_plans_quit(ui, argument && argument[0] == '!');
        return true;
    case QS_ACTION_VIEW:
        show_named(ui, argument ? argument : "");
        return true;
    case QS_ACTION_METRIC:
        show_metric(ui, argument ? argument : "");
        return true;
    case QS_ACTION_METRIC_NEXT:
    case QS_ACTION_METRIC_PREVIOUS:
        step_metric(ui, id == QS_ACTION_METRIC_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_UP:
    case QS_ACTION_DOWN:
    case QS_ACTION_PAGE_UP:
    case QS_ACTION_PAGE_DOWN:
    case QS_ACTION_FIRST:
    case QS_ACTION_LAST:
        act_on_list(ui, id);
        return true;
    case QS_ACTION_SEARCH:
    case QS_ACTION_SEARCH_NEXT:
    case QS_ACTION_SEARCH_PREVIOUS:
        search(ui, id, argument);
        return true;
    case QS_ACTION_SCAN:
        qs_ui_scan(ui);
        return true;
    case QS_ACTION_STOP:
        stop_scan(ui);
        return true;
    case QS_ACTION_MOUSE:
        ui->mouse = !ui->mouse;
        ui->effects |= QS_EFFECT_MOUSE;
        qs_ui_say(ui, QS_ROLE_TEXT, ui->mouse ? "the mouse is the workbench's" : "the mouse is the terminal's");
        return true;
    case QS_ACTION_REDRAW:
        ui->effects |= QS_EFFECT_FULL_REDRAW;
        return true;
    case QS_ACTION_SUSPEND:
        ui->effects |= QS_EFFECT_SUSPEND;
        return true;
    default:
        return false;
    }
}

void qs_ui_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    const char *blank = strchr(qs_actions[id].name, ' ');
    if (blank) { // a key for another action with its argument
        argument = blank + 1;
        id = qs_action_find(qs_actions[id].name, (size_t)(blank - qs_actions[id].name));
    }
    // Another row of the same name may be this view's. Typed where it does not belong, an action goes where it does.
    for (size_t i = 0; i < QS_ACTION_COUNT && !(qs_actions[id].views & 1u << ui->view); i++) {
        bool other = qs_actions[i].views & 1u << ui->view && strcmp(qs_actions[i].name, qs_actions[id].name) == 0;
        id = other ? (enum qs_action_id)i : id;
    }
    if (!(qs_actions[id].views & 1u << ui->view)) {
        unsigned views = qs_actions[id].views;
        qs_ui_show(ui, views & IN_CURVES   ? QS_VIEW_CURVES
                       : views & IN_LAYERS ? QS_VIEW_LAYERS
                                           : (enum qs_view_id)__builtin_ctz(views));
    }
    const struct qs_view *view = qs_views[ui->view];
    if (!(view->act && view->act(ui, id, argument)) && !qs_params_act(ui, id, argument) &&
        !qs_config_act(ui, id, argument)) {
        act_for_all(ui, id, argument);
    }
}
