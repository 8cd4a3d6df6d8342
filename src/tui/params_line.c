// The parameters of the search as one line of a view, and the actions on them.
#include "tui/state.h"

#include <stdio.h>
#include <string.h>

enum { PART_MAX = QS_NUMBER_MAX + 16 };

static int part_text(const struct qs_ui *ui, enum qs_param param, char out[static PART_MAX])
{
    char value[QS_NUMBER_MAX];
    qs_param_text(qs_session_detect_params(ui->session), param, value);
    return snprintf(out, PART_MAX, "%s %s", qs_param_names[param], value);
}

int qs_params_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    int col = rect.col;
    for (int param = 0; param < QS_PARAM_COUNT && rect.rows > 0; param++) {
        char text[PART_MAX];
        int cols = part_text(ui, (enum qs_param)param, text);
        bool chosen = (enum qs_param)param == ui->param;
        int room = rect.col + rect.cols - col;
        qs_grid_text(grid, col, rect.row, room, chosen ? QS_ROLE_KEY : QS_ROLE_TEXT, chosen ? ">" : " ");
        qs_grid_text(grid, col + 1, rect.row, room - 1, chosen ? QS_ROLE_CURSOR : QS_ROLE_TEXT, text);
        col += cols + 3;
    }
    return col;
}

enum qs_param qs_params_at(const struct qs_ui *ui, int col)
{
    int at = 0;
    for (int param = 0; param < QS_PARAM_COUNT; param++) {
        char text[PART_MAX];
        int cols = part_text(ui, (enum qs_param)param, text);
        if (col >= at && col <= at + cols) {
            return (enum qs_param)param;
        }
        at += cols + 3;
    }
    return QS_PARAM_COUNT;
}

void qs_ui_set_params(struct qs_ui *ui, const struct qs_detect_params *params)
{
    struct qs_detect_params before = *qs_session_detect_params(ui->session);
    if (before.z == params->z && before.trim == params->trim && before.top_m == params->top_m &&
        before.attribution == params->attribution) {
        return;
    }
    struct qs_error err = {0};
    if (qs_session_set_detect_params(ui->session, params, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        return;
    }
    qs_undo_record(&ui->undo, &before);
}

static void set(struct qs_ui *ui, enum qs_param param, const char *text)
{
    struct qs_detect_params params = *qs_session_detect_params(ui->session);
    struct qs_error err = {0};
    if (qs_param_parse(&params, param, text, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        return;
    }
    ui->param = param;
    qs_ui_set_params(ui, &params);
}

static void set_from_line(struct qs_ui *ui, const char *line)
{
    line = line ? line : "";
    size_t length = strcspn(line, " =");
    enum qs_param param = qs_param_find(line, length);
    if (param == QS_PARAM_COUNT) {
        qs_ui_say(ui, QS_ROLE_ERROR, "set: z, trim, top-m or attribution, and a value");
        return;
    }
    set(ui, param, line + length + strspn(line + length, " ="));
}

static void step(struct qs_ui *ui, int direction)
{
    struct qs_detect_params params = *qs_session_detect_params(ui->session);
    qs_param_step(&params, ui->param, direction);
    qs_ui_set_params(ui, &params);
}

static void travel(struct qs_ui *ui, bool back)
{
    struct qs_detect_params params = *qs_session_detect_params(ui->session);
    struct qs_error err = {0};
    if (!(back ? qs_undo_back : qs_undo_forth)(&ui->undo, &params)) {
        qs_ui_say(ui, QS_ROLE_TEXT, back ? "nothing to undo" : "nothing to redo");
    } else if (qs_session_set_detect_params(ui->session, &params, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        char z[QS_NUMBER_MAX];
        char trim[QS_NUMBER_MAX];
        char top_m[QS_NUMBER_MAX];
        char attribution[QS_NUMBER_MAX];
        qs_ui_say(ui, QS_ROLE_TEXT, "%s: z %s, trim %s, top-m %s, attribution %s", back ? "undone" : "redone",
                  qs_param_text(&params, QS_PARAM_Z, z), qs_param_text(&params, QS_PARAM_TRIM, trim),
                  qs_param_text(&params, QS_PARAM_TOP_M, top_m),
                  qs_param_text(&params, QS_PARAM_ATTRIBUTION, attribution));
    }
}

static void open_prompt(struct qs_ui *ui)
{
    char value[QS_NUMBER_MAX];
    char label[sizeof ui->prompt.label];
    qs_param_text(qs_session_detect_params(ui->session), ui->param, value);
    snprintf(label, sizeof label, "%s (now %s; %s): ", qs_param_names[ui->param], value, qs_param_hints[ui->param]);
    ui->prompt_param = ui->param;
    qs_prompt_open(&ui->prompt, QS_PROMPT_VALUE, label, "");
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
        ui->param = ui->param ? ui->param - 1 : QS_PARAM_COUNT - 1;
        return true;
    case QS_ACTION_PARAM_NEXT:
    case QS_ACTION_PARAM_RIGHT:
        ui->param = (ui->param + 1) % QS_PARAM_COUNT;
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
