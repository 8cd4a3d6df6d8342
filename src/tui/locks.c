// Rungs by hand: locking and freeing the module under the crosshair; and the method by name.
#include "tui/state.h"

#include <stdio.h>
#include <string.h>

static void set_lock(struct qs_ui *ui, uint8_t rung)
{
    struct qs_plan_settings before = {0};
    struct qs_error err = {0};
    if (!qs_ui_settings(ui, &before)) {
        return;
    }
    if (qs_session_set_lock(ui->session, ui->curves.layer, ui->curves.kind, rung, &err) == QS_OK) {
        qs_undo_record(&ui->undo, &before);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        qs_plan_settings_free(&before);
    }
}

// The rung of the module as it stands: planned, or locked where planning failed; -1 where there is none.
static int rung_of(const struct qs_ui *ui)
{
    const struct qs_planned *planned = ui->planning.planned;
    uint8_t rung = planned ? qs_plan_cell(&planned->plan, ui->curves.layer, ui->curves.kind)->rung
                           : qs_session_lock(ui->session, ui->curves.layer, ui->curves.kind);
    return rung == QS_PLAN_NO_RUNG ? -1 : rung;
}

static void step_lock(struct qs_ui *ui, int direction)
{
    uint8_t rungs[QS_LADDER_MAX];
    const struct qs_source *source = ui->planning.source;
    int now = rung_of(ui);
    if (!source || now < 0) {
        qs_ui_say(ui, QS_ROLE_TEXT, "there is no rung to step from");
        return;
    }
    size_t count = qs_source_rungs(source, ui->curves.layer, ui->curves.kind, rungs);
    for (size_t i = 0; i < count; i++) {
        uint8_t rung = rungs[direction > 0 ? i : count - 1 - i];
        if (direction > 0 ? rung > now : rung < now) {
            set_lock(ui, rung);
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_TEXT, "it is at the %s rung that it can take", direction > 0 ? "highest" : "lowest");
}

static void lock_named(struct qs_ui *ui, const char *name)
{
    struct qs_rung rung;
    const struct qs_ladder *ladder = &qs_session_plan_setup(ui->session)->ladder;
    int at = name && qs_rung_parse(name, &rung) ? qs_ladder_find(ladder, rung) : -1;
    if (at < 0) {
        qs_ui_say(ui, QS_ROLE_ERROR, "lock: a rung of the ladder, such as b4g64; Tab behind \":lock \" lists them");
    } else {
        set_lock(ui, (uint8_t)at);
    }
}

static void free_module(struct qs_ui *ui)
{
    if (qs_session_lock(ui->session, ui->curves.layer, ui->curves.kind) == QS_PLAN_NO_RUNG) {
        qs_ui_say(ui, QS_ROLE_TEXT, "this module is free");
    } else {
        set_lock(ui, QS_PLAN_NO_RUNG);
    }
}

static void free_all(struct qs_ui *ui)
{
    struct qs_plan_settings before = {0};
    struct qs_error err = {0};
    if (!qs_ui_settings(ui, &before)) {
        return;
    }
    struct qs_plan_settings none = {.params = before.params};
    if (before.lock_count == 0) {
        qs_ui_say(ui, QS_ROLE_TEXT, "no module is locked");
    } else if (qs_session_set_plan_settings(ui->session, &none, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        qs_ui_say(ui, QS_ROLE_TEXT, "%u %s free again", before.lock_count,
                  before.lock_count == 1 ? "module is" : "modules are");
        qs_undo_record(&ui->undo, &before);
    }
    qs_plan_settings_free(&before);
}

static void set_method(struct qs_ui *ui, const char *name)
{
    if (name && name[0]) {
        qs_ui_set_param(ui, QS_PLAN_METHOD, name);
        return;
    }
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    params.method = (params.method + 1) % QS_METHOD_COUNT;
    qs_ui_set_params(ui, &params);
}

bool qs_locks_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    bool module = ui->info->layers > 0 && ui->info->kinds > 0;
    switch (id) {
    case QS_ACTION_METHOD:
        set_method(ui, argument);
        return true;
    case QS_ACTION_RUNG_UP:
    case QS_ACTION_RUNG_DOWN:
        if (module) {
            step_lock(ui, id == QS_ACTION_RUNG_UP ? 1 : -1);
        }
        return true;
    case QS_ACTION_LOCK:
        if (module) {
            lock_named(ui, argument);
        }
        return true;
    case QS_ACTION_FREE:
        if (module) {
            free_module(ui);
        }
        return true;
    case QS_ACTION_FREE_ALL:
        free_all(ui);
        return true;
    default:
        return false;
    }
}
