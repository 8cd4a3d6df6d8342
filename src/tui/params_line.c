// The parameters as lines of a view, and the actions on them.
#include "tui/state.h"

#include <stdio.h>
#include <string.h>

enum { PART_MAX = QS_PLAN_PARAM_TEXT_MAX + 16, PART_GAP = 3 };

size_t qs_params_shown(const struct qs_ui *ui, enum qs_plan_param out[static QS_PLAN_PARAM_COUNT])
{
    size_t count = 0;
    if (ui->view != QS_VIEW_PLAN) {
        memcpy(out, qs_detect_params, sizeof qs_detect_params);
        return QS_DETECT_PARAM_COUNT;
    }
    enum qs_method method = qs_session_plan_params(ui->session).method;
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        if (qs_plan_param_used(method, (enum qs_plan_param)i)) {
            out[count++] = (enum qs_plan_param)i;
        }
    }
    return count;
}

static enum qs_plan_param *chosen_of(struct qs_ui *ui)
{
    return ui->view == QS_VIEW_PLAN ? &ui->plan.param : &ui->param;
}

size_t qs_params_chosen(const struct qs_ui *ui)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    size_t count = qs_params_shown(ui, shown);
    enum qs_plan_param chosen = ui->view == QS_VIEW_PLAN ? ui->plan.param : ui->param;
    for (size_t i = 0; i < count; i++) {
        if (shown[i] == chosen) {
            return i;
        }
    }
    return 0; // another method does not use it
}

static enum qs_plan_param chosen_param(const struct qs_ui *ui)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    qs_params_shown(ui, shown);
    return shown[qs_params_chosen(ui)];
}

void qs_params_choose(struct qs_ui *ui, enum qs_plan_param param)
{
    *chosen_of(ui) = param;
}

static int part_text(const struct qs_ui *ui, enum qs_plan_param param, char out[static PART_MAX])
{
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    char value[QS_PLAN_PARAM_TEXT_MAX];
    return snprintf(out, PART_MAX, "%s %s", qs_param_name(param), qs_param_text(&params, param, value));
}

// Where every part stands: (col, row) relative to rect, row -1 for one that has no room. Returns the column behind the
// last. Where a single row cannot hold all, it begins as late as the chosen one allows.
static int place_parts(const struct qs_ui *ui, struct qs_rect rect, const enum qs_plan_param *shown, size_t count,
                       int cols[], int rows[])
{
    int col = 0;
    int row = 0;
    size_t first = 0;
    size_t chosen = qs_params_chosen(ui);
    char text[PART_MAX];
    if (rect.rows == 1) {
        int width = 0;
        for (size_t i = 0; i <= chosen && i < count; i++) {
            width += part_text(ui, shown[i], text) + (i ? PART_GAP : 1);
        }
        while (first < chosen && width > rect.cols) {
            width -= part_text(ui, shown[first++], text) + PART_GAP;
        }
    }
    for (size_t i = 0; i < count; i++) {
        int width = part_text(ui, shown[i], text);
        if (rect.rows > 1 && col > 0 && col + 1 + width > rect.cols) {
            col = 0;
            row++;
        }
        cols[i] = col;
        rows[i] = i < first || row >= rect.rows ? -1 : row;
        col += i < first ? 0 : width + PART_GAP;
    }
    return rect.col + col;
}

int qs_params_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    int cols[QS_PLAN_PARAM_COUNT];
    int rows[QS_PLAN_PARAM_COUNT];
    size_t count = qs_params_shown(ui, shown);
    size_t chosen = qs_params_chosen(ui);
    int end = place_parts(ui, rect, shown, count, cols, rows);
    for (size_t i = 0; i < count; i++) {
        char text[PART_MAX];
        part_text(ui, shown[i], text);
        bool here = i == chosen;
        int room = rect.cols - cols[i];
        if (rows[i] >= 0) {
            qs_grid_text(grid, rect.col + cols[i], rect.row + rows[i], room, here ? QS_ROLE_KEY : QS_ROLE_TEXT,
                         here ? ">" : " ");
            qs_grid_text(grid, rect.col + cols[i] + 1, rect.row + rows[i], room - 1,
                         here ? QS_ROLE_CURSOR : QS_ROLE_TEXT, text);
        }
    }
    return end;
}

enum qs_plan_param qs_params_at(const struct qs_ui *ui, struct qs_rect rect, int col, int row)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    int cols[QS_PLAN_PARAM_COUNT];
    int rows[QS_PLAN_PARAM_COUNT];
    size_t count = qs_params_shown(ui, shown);
    place_parts(ui, rect, shown, count, cols, rows);
    for (size_t i = 0; i < count; i++) {
        char text[PART_MAX];
        int at = col - rect.col - cols[i];
        if (rows[i] == row - rect.row && at >= 0 && at <= part_text(ui, shown[i], text)) {
            return shown[i];
        }
    }
    return QS_PLAN_PARAM_COUNT;
}

bool qs_ui_settings(struct qs_ui *ui, struct qs_plan_settings *out)
{
    struct qs_error err = {0};
    if (qs_session_plan_settings(ui->session, out, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        return false;
    }
    return true;
}

void qs_ui_set_params(struct qs_ui *ui, const struct qs_plan_params *params)
{
    struct qs_plan_params now = qs_session_plan_params(ui->session);
    struct qs_plan_settings before = {0};
    struct qs_error err = {0};
    if (qs_plan_params_equal(&now, params) || !qs_ui_settings(ui, &before)) {
        return;
    }
    if (qs_session_set_plan_params(ui->session, params, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        qs_plan_settings_free(&before);
        return;
    }
    qs_undo_record(&ui->undo, &before);
}

void qs_ui_set_param(struct qs_ui *ui, enum qs_plan_param param, const char *text)
{
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    struct qs_error err = {0};
    bool search = false;
    for (size_t i = 0; i < QS_DETECT_PARAM_COUNT; i++) {
        search = search || qs_detect_params[i] == param;
    }
    if (!search && ui->view != QS_VIEW_PLAN) { // there it is seen what it does
        qs_ui_show(ui, QS_VIEW_PLAN);
    }
    if (qs_param_parse(&params, param, text, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        return;
    }
    if (!qs_plan_param_used(params.method, param) && ui->view == QS_VIEW_PLAN) {
        qs_ui_say(ui, QS_ROLE_TEXT, "%s makes no use of %s", qs_method_name(params.method), qs_param_name(param));
    }
    qs_params_choose(ui, param);
    qs_ui_set_params(ui, &params);
}

static void set_from_line(struct qs_ui *ui, const char *line)
{
    line = line ? line : "";
    size_t length = strcspn(line, " =");
    enum qs_plan_param param = qs_param_find(line, length);
    if (param == QS_PLAN_PARAM_COUNT) {
        qs_ui_say(ui, QS_ROLE_ERROR, "set: a parameter and its value, such as z 2.5; Tab behind \":set \" lists them");
        return;
    }
    qs_ui_set_param(ui, param, line + length + strspn(line + length, " ="));
}

static void step(struct qs_ui *ui, int direction)
{
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    const char *metrics[QS_METRICS_MAX];
    struct qs_param_choices choices = {.ladder = qs_session_plan_setup(ui->session)->ladder, .metrics = metrics};
    choices.metric_count = qs_ui_plan_metrics(ui, metrics);
    qs_param_step(&params, chosen_param(ui), direction, &choices);
    qs_ui_set_params(ui, &params);
}

size_t qs_ui_plan_metrics(const struct qs_ui *ui, const char *out[static QS_METRICS_MAX])
{
    const struct qs_source *source;
    size_t count = 0;
    if (qs_session_source(ui->session, &source, NULL) == QS_OK) {
        for (; count < source->curve_count && count < QS_METRICS_MAX; count++) {
            out[count] = source->curves[count].name;
        }
    }
    return count;
}

// "undone: z 3, 2 locked": what is otherwise than before.
static void say_travel(struct qs_ui *ui, const struct qs_plan_settings *before, bool back)
{
    struct qs_plan_settings now = {0};
    if (!qs_ui_settings(ui, &now)) {
        return;
    }
    struct qs_text text = {0};
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        enum qs_plan_param param = (enum qs_plan_param)i;
        char value[QS_PLAN_PARAM_TEXT_MAX];
        if (!qs_param_same(&before->params, &now.params, param)) {
            qs_text_addf(&text, "%s%s %s", text.length ? ", " : "", qs_param_name(param),
                         qs_param_text(&now.params, param, value));
        }
    }
    if (before->lock_count > 0 || now.lock_count > 0) {
        qs_text_addf(&text, "%s%u %s", text.length ? ", " : "", now.lock_count,
                     now.lock_count == 1 ? "module locked" : "modules locked");
    }
    qs_ui_say(ui, QS_ROLE_TEXT, "%s%s%s", back ? "undone" : "redone", text.length ? ": " : "", qs_text_chars(&text));
    qs_text_free(&text);
    qs_plan_settings_free(&now);
}

static void travel(struct qs_ui *ui, bool back)
{
    struct qs_plan_settings settings = {0};
    struct qs_error err = {0};
    if (!qs_ui_settings(ui, &settings)) {
        return;
    }
    if (!(back ? qs_undo_back : qs_undo_forth)(&ui->undo, &settings)) {
        qs_ui_say(ui, QS_ROLE_TEXT, back ? "nothing to undo" : "nothing to redo");
        qs_plan_settings_free(&settings);
        return;
    }
    // The history holds what was; settings are what is to be.
    const struct qs_plan_settings *before = &ui->undo.items[back ? ui->undo.past : ui->undo.past - 1];
    if (qs_session_set_plan_settings(ui->session, &settings, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        say_travel(ui, before, back);
    }
    qs_plan_settings_free(&settings);
}

static void open_prompt(struct qs_ui *ui)
{
    enum qs_plan_param param = chosen_param(ui);
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    char value[QS_PLAN_PARAM_TEXT_MAX];
    char label[sizeof ui->prompt.label];
    snprintf(label, sizeof label, "%s (now %.48s): ", qs_param_name(param), qs_param_text(&params, param, value));
    ui->prompt_param = param;
    qs_prompt_open(&ui->prompt, QS_PROMPT_VALUE, label, "");
}

// The chosen one, or the one that is `step` further, round and round.
static void move(struct qs_ui *ui, int direction)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    size_t count = qs_params_shown(ui, shown);
    qs_params_choose(ui, shown[(qs_params_chosen(ui) + (direction > 0 ? 1 : count - 1)) % count]);
}

bool qs_params_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    switch (id) {
    case QS_ACTION_MORE:
        step(ui, 1);
        return true;
    case QS_ACTION_LESS:
        step(ui, -1);
        return true;
    case QS_ACTION_PARAM_PREVIOUS:
    case QS_ACTION_PARAM_LEFT:
    case QS_ACTION_PARAM_BACK:
        move(ui, -1);
        return true;
    case QS_ACTION_PARAM_NEXT:
    case QS_ACTION_PARAM_RIGHT:
    case QS_ACTION_PARAM_FORTH:
        move(ui, 1);
        return true;
    case QS_ACTION_EDIT:
    case QS_ACTION_EDIT_ENTER:
        open_prompt(ui);
        return true;
    case QS_ACTION_SET:
        set_from_line(ui, argument);
        return true;
    case QS_ACTION_UNDO:
        travel(ui, true);
        return true;
    case QS_ACTION_REDO:
        travel(ui, false);
        return true;
    default:
        return false;
    }
}
