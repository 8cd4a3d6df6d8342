// What is done with plans in Plan and Compare: locks, keeping, storing, files, and what would be lost by leaving.
#include "tui/state.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void qs_plans_refresh(struct qs_ui *ui)
{
    if (1u << ui->view & IN_PLANS) {
        bool anew = qs_planning_refresh(&ui->planning, ui->session);
        const char *notes = ui->planning.planned ? qs_text_chars(&ui->planning.planned->report.notes) : "";
        if (anew && notes[0] && ui->view == QS_VIEW_PLAN && !ui->message[0] && !qs_plan_has_panel(ui)) {
            qs_ui_say(ui, QS_ROLE_WARNING, "%.*s", (int)strcspn(notes, "\n"), notes);
        }
    }
    if (ui->view == QS_VIEW_COMPARE) {
        qs_compare_refresh(ui);
    }
}

static size_t written_at(const struct qs_ui *ui, const char *name)
{
    size_t at = 0;
    while (at < ui->plan.written_count && strcmp(ui->plan.written[at], name) != 0) {
        at++;
    }
    return at;
}

static void set_written(struct qs_ui *ui, const char *name, bool written)
{
    size_t at = written_at(ui, name);
    if (written && at == ui->plan.written_count && at < QS_PLANS_MAX) {
        snprintf(ui->plan.written[ui->plan.written_count++], QS_PLAN_NAME_MAX, "%s", name);
    } else if (!written && at < ui->plan.written_count) {
        memmove(ui->plan.written + at, ui->plan.written + at + 1,
                (--ui->plan.written_count - at) * sizeof ui->plan.written[0]);
    }
}

bool qs_plan_unsaved(const struct qs_ui *ui, const struct qs_kept_plan *kept)
{
    return !kept->stored && written_at(ui, kept->name) == ui->plan.written_count;
}

size_t qs_plans_unsaved(const struct qs_ui *ui)
{
    size_t count = 0;
    for (size_t i = 0; i < qs_session_kept_count(ui->session); i++) {
        count += qs_plan_unsaved(ui, qs_session_kept(ui->session, i));
    }
    return count;
}

// The kept plan that the plan at hand is a copy of, SIZE_MAX where none is.
static size_t kept_as(const struct qs_ui *ui, const struct qs_plan *plan)
{
    for (size_t i = 0; i < qs_session_kept_count(ui->session); i++) {
        if (qs_plan_same(&qs_session_kept(ui->session, i)->plan, plan)) {
            return i;
        }
    }
    return SIZE_MAX;
}

// The kept plan that is meant: the one of this name, else the one in focus, or the one that is the plan at hand.
// SIZE_MAX where there is none, which has been said then.
static size_t meant(struct qs_ui *ui, const char *name)
{
    if (name && name[0]) {
        for (size_t i = 0; i < qs_session_kept_count(ui->session); i++) {
            if (strcmp(qs_session_kept(ui->session, i)->name, name) == 0) {
                return i;
            }
        }
        qs_ui_say(ui, QS_ROLE_ERROR, "there is no kept plan \"%s\"", name);
        return SIZE_MAX;
    }
    const struct qs_compared *row = ui->view == QS_VIEW_COMPARE ? qs_compare_focused(ui) : NULL;
    const struct qs_planned *planned = ui->planning.planned;
    size_t index = SIZE_MAX;
    for (size_t i = 0; row && row->kept && i < qs_session_kept_count(ui->session); i++) {
        index = qs_session_kept(ui->session, i) == row->kept ? i : index;
    }
    if (index == SIZE_MAX && (!row || !row->kept) && planned) {
        index = kept_as(ui, &planned->plan);
    }
    if (index == SIZE_MAX) {
        qs_ui_say(ui, QS_ROLE_ERROR, planned ? "the plan at hand is not kept: K keeps it" : "there is no plan");
    }
    return index;
}

// A name that no kept plan has: "kurtboost_b3g128", "kurtboost_b3g128_2".
static void propose(const struct qs_ui *ui, const struct qs_plan_params *params, char out[static QS_PLAN_NAME_MAX])
{
    char value[QS_PLAN_PARAM_TEXT_MAX];
    char raw[QS_PLAN_NAME_MAX];
    char stem[QS_PLAN_NAME_MAX - 4];
    size_t length = 0;
    qs_plan_param_text(params, qs_method_solves(params->method) ? QS_PLAN_BUDGET : QS_PLAN_BASE, value);
    snprintf(raw, sizeof raw, "%s_%.24s", qs_method_name(params->method), value);
    for (const char *p = raw; *p && length + 1 < sizeof stem; p++) { // "b3g128+2%" as b3g128_2
        bool good = isalnum((unsigned char)*p);
        if (good || (length > 0 && stem[length - 1] != '_')) {
            stem[length++] = good ? (char)tolower((unsigned char)*p) : '_';
        }
    }
    while (length > 0 && stem[length - 1] == '_') {
        length--;
    }
    stem[length] = '\0';
    snprintf(out, QS_PLAN_NAME_MAX, "%s", stem);
    for (unsigned i = 2; qs_session_find_kept(ui->session, out) && i < 1000; i++) {
        snprintf(out, QS_PLAN_NAME_MAX, "%s_%u", stem, i);
    }
}

static void open_prompt(struct qs_ui *ui, enum qs_prompt_kind kind, enum qs_action_id action, const char *label,
                        const char *text)
{
    ui->prompt_action = action;
    qs_prompt_open(&ui->prompt, kind, label, text);
}

// The name or path behind "! ", which says that something may be replaced.
static const char *behind_force(const char *argument, bool *out_force)
{
    *out_force = argument && argument[0] == '!';
    return !argument ? "" : argument + (*out_force ? 1 + strspn(argument + 1, " ") : 0);
}

static void keep(struct qs_ui *ui, const char *argument)
{
    bool force;
    const char *name = behind_force(argument, &force);
    const struct qs_planned *planned = ui->planning.planned;
    char proposed[QS_PLAN_NAME_MAX];
    struct qs_error err = {0};
    if (!planned) {
        qs_ui_say(ui, QS_ROLE_ERROR, "there is no plan at hand to keep: 6 tells why");
    } else if (!name[0]) {
        propose(ui, &planned->plan.params, proposed);
        open_prompt(ui, QS_PROMPT_NAME, QS_ACTION_KEEP, "keep as: ", proposed);
    } else {
        const struct qs_kept_plan *again = qs_session_find_kept(ui->session, name);
        if (again && !force && !qs_plan_same(&again->plan, &planned->plan)) {
            qs_ui_say(ui, QS_ROLE_ERROR, "another plan is kept as %s; :keep! %s replaces it", name, name);
            return;
        }
        if (qs_session_keep(ui->session, name, &planned->plan, &err) != QS_OK) {
            qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
            return;
        }
        set_written(ui, name, false);
        qs_ui_say(ui, QS_ROLE_GOOD, "%s is %s; :store puts it into the cache, :write into a file", name,
                  again ? "replaced" : "kept");
    }
}

static void store(struct qs_ui *ui, const char *name)
{
    struct qs_error err = {0};
    size_t index = meant(ui, name);
    if (index == SIZE_MAX) {
        return;
    }
    name = qs_session_kept(ui->session, index)->name;
    if (qs_session_store_kept(ui->session, name, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        qs_ui_say(ui, QS_ROLE_GOOD, "%s is in %s", name, qs_session_cache_path(ui->session));
    }
    qs_ui_rebind(ui); // the cache was read anew
}

// argument: a path, behind "! " where it may be overwritten.
static void write_plan(struct qs_ui *ui, const char *argument)
{
    const struct qs_compared *row = ui->view == QS_VIEW_COMPARE ? qs_compare_focused(ui) : NULL;
    const struct qs_plan *plan = row ? row->plan : ui->planning.planned ? &ui->planning.planned->plan : NULL;
    bool force;
    const char *path = behind_force(argument, &force);
    struct qs_error err = {0};
    if (!plan) {
        qs_ui_say(ui, QS_ROLE_ERROR, "there is no plan to write");
        return;
    }
    size_t index = kept_as(ui, plan);
    const char *kept = row && row->kept   ? row->kept->name
                       : index < SIZE_MAX ? qs_session_kept(ui->session, index)->name
                                          : NULL;
    if (!path[0]) {
        char name[QS_PLAN_NAME_MAX];
        char file[QS_PLAN_NAME_MAX + 8];
        propose(ui, &plan->params, name);
        snprintf(file, sizeof file, "%s.json", kept ? kept : name);
        open_prompt(ui, QS_PROMPT_FILE, QS_ACTION_WRITE, "write to: ", file);
        return;
    }
    enum qs_status status = qs_session_write_plan(plan, path, force, &err);
    if (status == QS_USAGE) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s is there already; :write! %s writes over it", path, path);
    } else if (status != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        if (kept) {
            set_written(ui, kept, true);
        }
        qs_ui_say(ui, QS_ROLE_GOOD, "%s is written", path);
    }
}

void qs_plan_take(struct qs_ui *ui, const struct qs_plan *plan, const char *name)
{
    struct qs_undo_item before = {0};
    struct qs_error err = {0};
    if (!qs_ui_before(ui, &before)) {
        return;
    }
    if (qs_session_adopt_plan(ui->session, plan, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
        qs_undo_item_free(&before);
        return;
    }
    qs_undo_record(&ui->undo, &before);
    qs_ui_show(ui, QS_VIEW_PLAN);
    qs_ui_say(ui, QS_ROLE_GOOD, "%s is the plan at hand; u takes it back", name);
}

// argument: a path, behind "! " where the plan may be of another fingerprint.
static void read_plan(struct qs_ui *ui, const char *argument)
{
    bool any_model;
    const char *path = behind_force(argument, &any_model);
    struct qs_plan plan;
    struct qs_error err = {0};
    if (!path[0]) {
        open_prompt(ui, QS_PROMPT_FILE, QS_ACTION_READ, "read: ", "");
    } else if (qs_session_read_plan(ui->session, path, any_model, &plan, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    } else {
        qs_plan_take(ui, &plan, path);
        qs_plan_free(&plan);
    }
}

static void drop(struct qs_ui *ui, const char *name, bool sure)
{
    size_t index = meant(ui, name);
    if (index == SIZE_MAX) {
        return;
    }
    const struct qs_kept_plan *kept = qs_session_kept(ui->session, index);
    char label[sizeof ui->prompt.label];
    snprintf(ui->plan.dropping, sizeof ui->plan.dropping, "%s", kept->name);
    if (!sure && qs_plan_unsaved(ui, kept)) {
        snprintf(label, sizeof label, "drop %s, which is saved nowhere? y or n: ", kept->name);
        open_prompt(ui, QS_PROMPT_ANSWER, QS_ACTION_DROP, label, "");
        return;
    }
    set_written(ui, kept->name, false);
    ui->comparing.made = false;
    qs_session_drop_kept(ui->session, index);
    qs_ui_say(ui, QS_ROLE_TEXT, "%s is dropped", ui->plan.dropping);
}

void qs_plans_answered(struct qs_ui *ui)
{
    if (ui->prompt_action == QS_ACTION_DROP) {
        drop(ui, ui->plan.dropping, true);
    } else if (ui->prompt_action == QS_ACTION_QUIT) {
        ui->effects |= QS_EFFECT_QUIT;
    }
}

void qs_plans_quit(struct qs_ui *ui, bool sure)
{
    size_t unsaved = qs_plans_unsaved(ui);
    if (sure || unsaved == 0) {
        ui->effects |= QS_EFFECT_QUIT;
        return;
    }
    char label[sizeof ui->prompt.label];
    snprintf(label, sizeof label, "leave without %zu kept %s that %s saved nowhere? y or n: ", unsaved,
             unsaved == 1 ? "plan" : "plans", unsaved == 1 ? "is" : "are");
    open_prompt(ui, QS_PROMPT_ANSWER, QS_ACTION_QUIT, label, "");
}

bool qs_plans_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    qs_plans_refresh(ui); // a command may have come from another view
    switch (id) {
    case QS_ACTION_KEEP:
        keep(ui, argument);
        return true;
    case QS_ACTION_STORE:
        store(ui, argument);
        return true;
    case QS_ACTION_WRITE:
        write_plan(ui, argument);
        return true;
    case QS_ACTION_READ:
        read_plan(ui, argument);
        return true;
    case QS_ACTION_DROP:
        drop(ui, argument, false);
        return true;
    default:
        return qs_locks_act(ui, id, argument);
    }
}
