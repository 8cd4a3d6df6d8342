// The `:` line: actions by name, with an argument, and what Tab makes of their beginnings.
#include "tui/state.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// The words that may stand where the cursor is, counted and joined as they are found.
struct candidates {
    const char *word; // what stands there
    size_t word_length;
    size_t count;
    char common[QS_NAME_MAX]; // the longest beginning that all share
    struct qs_text list;
};

static void offer(struct candidates *candidates, const char *name)
{
    if (strncasecmp(name, candidates->word, candidates->word_length) != 0) {
        return;
    }
    if (candidates->count++ == 0) {
        snprintf(candidates->common, sizeof candidates->common, "%s", name);
    } else {
        size_t same = 0;
        while (candidates->common[same] && candidates->common[same] == name[same]) {
            same++;
        }
        candidates->common[same] = '\0';
    }
    if (candidates->list.length < QS_MESSAGE_MAX) { // the hint shows no more
        qs_text_addf(&candidates->list, " %s", name);
    }
}

// Those that take something behind them come first: they are what one types.
static void offer_actions(struct candidates *candidates)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
            const char *name = qs_actions[i].name;
            if (!strchr(name, ' ') && i != QS_ACTION_COMMAND && qs_action_find(name, strlen(name)) == i &&
                (qs_actions[i].argument == QS_ARGUMENT_NONE) == (pass == 1)) {
                offer(candidates, name);
            }
        }
    }
}

// What is measured, else the paper's rungs.
static void offer_rungs(const struct qs_ui *ui, struct candidates *candidates)
{
    const struct qs_config *config = qs_session_config(ui->session);
    struct qs_ladder ladder;
    qs_session_metric_rungs(ui->session, qs_ui_rung_metric(ui), config->quantizer, config->axis, &ladder);
    ladder = ladder.count ? ladder : qs_ladder_hqq;
    for (size_t i = 0; i < ladder.count; i++) {
        char name[QS_RUNG_NAME_MAX];
        offer(candidates, qs_rung_name(ladder.rungs[i], name));
    }
}

static void offer_ladder(const struct qs_ui *ui, struct candidates *candidates)
{
    const struct qs_ladder *ladder = &qs_session_plan_setup(ui->session)->ladder;
    for (size_t i = 0; i < ladder->count; i++) {
        char name[QS_RUNG_NAME_MAX];
        offer(candidates, qs_rung_name(ladder->rungs[i], name));
    }
}

static void offer_methods(struct candidates *candidates)
{
    for (int i = 0; i < QS_METHOD_COUNT; i++) {
        offer(candidates, qs_method_name((enum qs_method)i));
    }
}

// Values of a parameter, where they are words.
static void offer_values(const struct qs_ui *ui, enum qs_plan_param param, struct candidates *candidates)
{
    const char *metrics[QS_METRICS_MAX];
    size_t count = param == QS_PLAN_METRIC ? qs_ui_plan_metrics(ui, metrics) : 0;
    for (size_t i = 0; i < count; i++) {
        offer(candidates, metrics[i]);
    }
    switch (param) {
    case QS_PLAN_METHOD:
        offer_methods(candidates);
        break;
    case QS_PLAN_BASE:
    case QS_PLAN_BUDGET:
        offer_ladder(ui, candidates);
        break;
    case QS_PLAN_ATTRIBUTION:
        offer(candidates, "next");
        offer(candidates, "peak");
        break;
    case QS_PLAN_NEUTRAL:
        offer(candidates, "yes");
        offer(candidates, "no");
        break;
    case QS_PLAN_OBJECTIVE:
        for (int i = 0; i < QS_OBJECTIVE_COUNT; i++) {
            offer(candidates, qs_objective_name((enum qs_objective)i));
        }
        break;
    default:
        break;
    }
}

static void offer_setting(const struct qs_ui *ui, const char *before, struct candidates *candidates)
{
    if (strchr(before, ' ')) {
        offer_values(ui, qs_param_find(before, strcspn(before, " ")), candidates);
        return;
    }
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        offer(candidates, qs_param_name((enum qs_plan_param)i));
    }
}

static void offer_plans(const struct qs_ui *ui, struct candidates *candidates)
{
    for (size_t i = 0; i < qs_session_kept_count(ui->session); i++) {
        offer(candidates, qs_session_kept(ui->session, i)->name);
    }
}

static void offer_arguments(const struct qs_ui *ui, enum qs_action_id id, const char *before,
                            struct candidates *candidates)
{
    static const char *const glyphs[] = {"braille", "block", "ascii"};
    switch (qs_actions[id].argument) {
    case QS_ARGUMENT_VIEW:
        for (size_t i = 0; i < QS_VIEW_COUNT; i++) {
            offer(candidates, qs_view_names[i]);
        }
        break;
    case QS_ARGUMENT_METRIC:
        for (size_t i = 0; i < qs_metric_count(); i++) {
            offer(candidates, qs_metric_at(i)->name);
        }
        break;
    case QS_ARGUMENT_KIND:
        for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
            offer(candidates, ui->short_names[kind]);
        }
        break;
    case QS_ARGUMENT_COLUMN:
        for (size_t i = 0; i < ui->columns.count; i++) {
            offer(candidates, ui->columns.items[i].name);
        }
        break;
    case QS_ARGUMENT_GLYPHS:
        for (size_t i = 0; i < QS_COUNT_OF(glyphs); i++) {
            offer(candidates, glyphs[i]);
        }
        break;
    case QS_ARGUMENT_RUNG:
        if (id == QS_ACTION_LOCK) {
            offer_ladder(ui, candidates);
        } else {
            offer_rungs(ui, candidates);
        }
        break;
    case QS_ARGUMENT_QUANTIZER:
        for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
            offer(candidates, qs_quantizer_name((enum qs_quantizer_kind)i));
        }
        break;
    case QS_ARGUMENT_AXIS:
        offer(candidates, "0");
        offer(candidates, "1");
        break;
    case QS_ARGUMENT_OVERLAY:
        for (size_t i = 0; i < QS_OVERLAY_COUNT; i++) {
            offer(candidates, qs_overlay_names[i]);
        }
        break;
    case QS_ARGUMENT_SETTING:
        offer_setting(ui, before, candidates);
        break;
    case QS_ARGUMENT_METHOD:
        offer_methods(candidates);
        break;
    case QS_ARGUMENT_PLAN:
        offer_plans(ui, candidates);
        break;
    default:
        break;
    }
}

void qs_command_complete(struct qs_ui *ui)
{
    char before[QS_PROMPT_BYTES_MAX];
    qs_prompt_before(&ui->prompt, before);
    const char *first = before + strspn(before, " ");
    const char *blank = strchr(first, ' ');
    const char *last = strrchr(first, ' ');
    struct candidates candidates = {.word = last ? last + 1 : first};
    candidates.word_length = strlen(candidates.word);
    if (ui->prompt.kind == QS_PROMPT_VALUE) {
        offer_values(ui, ui->prompt_param, &candidates);
    } else if (ui->prompt.kind == QS_PROMPT_NAME) {
        offer_plans(ui, &candidates);
    } else if (ui->prompt.kind != QS_PROMPT_COMMAND) {
        return; // nothing to choose from
    } else if (!blank) {
        offer_actions(&candidates);
    } else {
        enum qs_action_id id = qs_action_find(first, (size_t)(blank - first));
        if (id != QS_ACTION_COUNT) {
            offer_arguments(ui, id, blank + strspn(blank, " "), &candidates);
        }
    }
    if (candidates.count == 0) {
        snprintf(ui->hint, sizeof ui->hint, " nothing to complete");
    } else {
        char line[2 * QS_PROMPT_BYTES_MAX];
        snprintf(line, sizeof line, "%.*s%s%s", (int)(candidates.word - before), before, candidates.common,
                 candidates.count == 1 && ui->prompt.kind == QS_PROMPT_COMMAND ? " " : "");
        qs_prompt_set_before(&ui->prompt, line);
        if (candidates.count > 1) {
            snprintf(ui->hint, sizeof ui->hint, "%s", qs_text_chars(&candidates.list));
        }
    }
    qs_text_free(&candidates.list);
}

static void say_unknown(struct qs_ui *ui, const char *text, size_t length)
{
    struct candidates candidates = {.word = text, .word_length = length};
    offer_actions(&candidates);
    if (candidates.count) {
        qs_ui_say(ui, QS_ROLE_ERROR, "\"%.*s\" may be%s", (int)length, text, qs_text_chars(&candidates.list));
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "there is no command \"%.*s\"; Tab behind \":\" lists them", (int)length, text);
    }
    qs_text_free(&candidates.list);
}

void qs_command_run(struct qs_ui *ui, const char *line)
{
    char text[QS_PROMPT_BYTES_MAX];
    snprintf(text, sizeof text, "%s", line + strspn(line, " :"));
    size_t end = strlen(text);
    while (end > 0 && text[end - 1] == ' ') {
        text[--end] = '\0';
    }
    if (end == 0) {
        return;
    }
    if (isdigit((unsigned char)text[0])) { // a number alone is a layer
        qs_ui_act(ui, QS_ACTION_LAYER, text);
        return;
    }
    size_t length = strcspn(text, " ");
    const char *argument = text + length + strspn(text + length, " ");
    bool sure = length > 1 && text[length - 1] == '!'; // write!, quit!, keep!, read!
    enum qs_action_id id = qs_action_find(text, length - sure);
    bool takes_sure = id == QS_ACTION_WRITE || id == QS_ACTION_QUIT || id == QS_ACTION_KEEP || id == QS_ACTION_READ;
    if (sure && takes_sure) {
        text[length - 1] = ' ';
        text[length - 2] = '!'; // what is left of the name is not read again
        qs_ui_act(ui, id, text + length - 2);
    } else if (id == QS_ACTION_COUNT || sure) {
        say_unknown(ui, text, length);
    } else if (argument[0] && qs_actions[id].argument == QS_ARGUMENT_NONE) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s takes nothing behind it", qs_actions[id].name);
    } else {
        qs_ui_act(ui, id, argument);
    }
}
