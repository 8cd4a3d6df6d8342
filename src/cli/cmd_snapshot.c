// The command `snapshot`: any view of the workbench as text, without a terminal.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/config.h"
#include "cli/console.h"
#include "cli/drawing.h"
#include "cli/suggest.h"
#include "cli/work.h"
#include "tui/action.h"
#include "tui/ui.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

// "j j Enter": keys as the help spells them, one after the other.
static void press_keys(struct qs_ui *ui, const char *keys)
{
    uint32_t pair[2];
    while (qs_key_parse(&keys, &pair[0], &pair[1])) {
        for (int i = 0; i < 2 && pair[i]; i++) {
            qs_ui_update(ui, &(struct qs_event){.kind = QS_EVENT_KEY, .key = pair[i]});
        }
    }
}

// Whether every word is a key, or two that are pressed one after the other: a misspelt name must not press something.
static enum qs_status check_keys(const char *keys, struct qs_error *err)
{
    uint32_t pair[2];
    for (const char *p = keys, *word; word = p + strspn(p, " "), qs_key_parse(&p, &pair[0], &pair[1]);) {
        if (pair[1] && p - word > 2) {
            return qs_fail(err, QS_USAGE,
                           "snapshot: --keys: \"%.*s\" is no key; keys are written apart, spelled as in "
                           "`quantscope help keys`", (int)(p - word), word);
        }
    }
    return QS_OK;
}

// The view's own spelling; QS_USAGE with all names and the nearest where there is none.
static enum qs_status find_view(const char *name, const char **out, struct qs_error *err)
{
    struct qs_suggestion near = {.typed = name};
    struct qs_text names = {0};
    const char *view;
    for (size_t i = 0; (view = qs_ui_view_name(i)) != NULL; i++) {
        if (strcasecmp(view, name) == 0) {
            *out = view;
            qs_text_free(&names);
            return QS_OK;
        }
        qs_suggest(&near, view);
        qs_text_addf(&names, "%s%s", i ? ", " : "", view);
    }
    qs_suggestion_add(&near, "", &names);
    qs_fail(err, QS_USAGE, "snapshot: --view %s: is none of %s", name, qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}

static enum qs_status print_view(const struct qs_work *work, const struct qs_ui_options *options,
                                 const struct qs_drawing_style *style, const char *keys, struct qs_error *err)
{
    struct qs_ui *ui = NULL;
    struct qs_grid grid = {0};
    enum qs_status status = qs_ui_new(work->session, options, &ui, err);
    if (status == QS_OK) {
        status = qs_grid_resize(&grid, style->cols, style->rows, err);
    }
    if (status == QS_OK) {
        qs_ui_update(ui, &(struct qs_event){.kind = QS_EVENT_RESIZE, .cols = grid.cols, .rows = grid.rows});
        qs_ui_update(ui, &(struct qs_event){.kind = QS_EVENT_TICK});
        if (keys) {
            press_keys(ui, keys);
        }
        qs_ui_draw(ui, &grid);
        status = qs_console_print_grid(&grid, style->glyphs, err);
    }
    qs_grid_free(&grid);
    qs_ui_free(ui);
    return status;
}

enum qs_status qs_cmd_snapshot(const struct qs_arguments *arguments, struct qs_error *err)
{
    const struct qs_metric *metric = NULL;
    struct qs_drawing_style style = qs_drawing_style(arguments);
    struct qs_ui_options options = {.glyphs = style.glyphs, .view = "curves"};
    struct qs_config_choice choice;
    struct qs_work work = {0};
    enum qs_status status = qs_config_parse(arguments, false, &choice, err);
    if (status == QS_OK && arguments->view) {
        status = find_view(arguments->view, &options.view, err);
    }
    if (status == QS_OK && arguments->keys) {
        status = check_keys(arguments->keys, err);
    }
    if (status == QS_OK && arguments->metric) {
        status = qs_work_metric("snapshot", arguments->metric, &metric, err);
        options.metric = metric ? metric->name : NULL;
    }
    if (status == QS_OK) {
        status = qs_work_open(arguments, &work, err);
    }
    if (status == QS_OK) {
        status = qs_config_prepare_scan(&work, &choice, choice.given || (metric && qs_config_is_error(metric)), err);
    }
    // Of a cache alone there is nothing to scan; the view says what is missing.
    if (status == QS_OK && qs_session_model_path(work.session)[0]) {
        status = qs_work_scan(&work, err);
    }
    if (status == QS_OK) {
        choice = qs_config_settle(&work, &choice, metric);
        struct qs_config config = qs_config_at(&choice, 0);
        qs_session_set_config(work.session, &config);
        status = print_view(&work, &options, &style, arguments->keys, err);
    }
    qs_work_close(&work);
    return status;
}
