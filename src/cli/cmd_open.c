// The command `open`: the workbench; without a terminal, the same curves as text.
#include "cli/commands.h"

#include "cli/config.h"
#include "cli/console.h"
#include "cli/drawing.h"
#include "cli/work.h"
#include "term/term.h"

// The choice as it is meant for the metric; the session then has its config.
static struct qs_config_choice settle(const struct qs_work *work, const struct qs_config_choice *choice,
                                      const struct qs_metric *metric)
{
    struct qs_config_choice settled = qs_config_settle(work, choice, metric);
    struct qs_config config = qs_config_at(&settled, 0);
    qs_session_set_config(work->session, &config);
    return settled;
}

// A model is scanned first, its errors where the metric is one; of a cache alone, what it holds is shown.
static enum qs_status print_curves(struct qs_work *work, const struct qs_metric *metric,
                                   const struct qs_config_choice *choice, const struct qs_arguments *arguments,
                                   struct qs_error *err)
{
    enum qs_status status = qs_config_prepare_scan(work, choice, qs_config_is_error(metric), err);
    if (status == QS_OK && qs_session_model_path(work->session)[0]) {
        status = qs_work_scan(work, err);
    }
    if (status == QS_OK) {
        struct qs_config_choice settled = settle(work, choice, metric);
        status = metric->per_config ? qs_config_need(work, metric, &settled, err)
                                    : qs_work_need_metric(work, metric, err);
    }
    if (status == QS_OK) {
        struct qs_drawing_style style = qs_drawing_style(arguments);
        status = qs_drawing_print(work, metric, -1, &style, err);
    }
    return status;
}

// What was chosen is scanned beside what always is.
static enum qs_status run_workbench(const struct qs_work *work, const struct qs_metric *metric,
                                    const struct qs_config_choice *choice, const struct qs_arguments *arguments,
                                    struct qs_error *err)
{
    struct qs_ui *ui = NULL;
    if (choice->given) {
        enum qs_status prepared = qs_config_prepare_scan(work, choice, true, err);
        if (prepared != QS_OK) {
            return prepared;
        }
    }
    settle(work, choice, metric);
    struct qs_ui_options options = {.glyphs = qs_drawing_style(arguments).glyphs, .metric = metric->name, .scan = true};
    enum qs_status status = qs_ui_new(work->session, &options, &ui, err);
    if (status == QS_OK) {
        struct qs_term_options term_options = {.ascii = options.glyphs == QS_GLYPHS_ASCII};
        status = qs_term_run(ui, &term_options, err);
    }
    qs_ui_free(ui);
    return status;
}

enum qs_status qs_cmd_open(const struct qs_arguments *arguments, struct qs_error *err)
{
    const struct qs_metric *metric = NULL;
    struct qs_config_choice choice;
    struct qs_work work = {0};
    enum qs_status status = qs_work_metric("open", arguments->metric ? arguments->metric : "kurtosis", &metric, err);
    if (status == QS_OK) {
        status = qs_config_parse(arguments, false, &choice, err);
    }
    if (status != QS_OK) {
        return status;
    }
    status = qs_work_open(arguments, &work, err);
    if (status != QS_OK) {
        return status;
    }
    if (qs_console_is_usable()) {
        status = run_workbench(&work, metric, &choice, arguments, err);
    } else {
        status = print_curves(&work, metric, &choice, arguments, err);
    }
    qs_work_close(&work);
    return status;
}
