// What commands share: see work.h.
#include "cli/work.h"

#include "base/file.h"
#include "base/number.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/meter.h"
#include "cli/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What stands for a missing operand: NULL where nothing in this folder does.
static const char *find_here(void)
{
    bool weights = qs_path_exists("model.safetensors") || qs_path_exists("model.safetensors.index.json");
    return weights && qs_path_exists("config.json") ? "." : qs_path_exists("quantscope.h5") ? "quantscope.h5" : NULL;
}

enum qs_status qs_work_find(const struct qs_arguments *arguments, struct qs_work *out, struct qs_error *err)
{
    struct qs_work work = {.quiet = arguments->quiet};
    const char *named = arguments->operand_count ? arguments->operands[0] : find_here();
    bool demo = !named || (strcmp(named, "demo") == 0 && !qs_path_exists("demo"));
    struct qs_text argument = {0};
    if (arguments->operand_count) {
        qs_text_addf(&argument, " %s", named);
    }
    work.argument = qs_text_take(&argument);
    work.bundled = demo;
    char *bundled = demo ? qs_demo_path() : NULL;
    work.path = bundled ? qs_path_real(bundled) : demo ? NULL : strdup(named);
    bool found = bundled != NULL;
    free(bundled);
    if (!work.argument || (!work.path && (found || !demo))) {
        qs_work_close(&work);
        return qs_fail_memory(err, "a path", 0);
    }
    if (!work.path) {
        qs_work_close(&work);
        return qs_fail(err, QS_BAD_INPUT, "the bundled model is not installed beside the program; name a model, or set "
                                          "QUANTSCOPE_DATA to the folder that holds demo/");
    }
    *out = work;
    return QS_OK;
}

enum qs_status qs_work_open(const struct qs_arguments *arguments, struct qs_work *out, struct qs_error *err)
{
    struct qs_work work;
    enum qs_status status = qs_work_find(arguments, &work, err);
    if (status != QS_OK) {
        return status;
    }
    size_t count = arguments->operand_count > 1 ? arguments->operand_count - 1 : 0;
    struct qs_session_options options = {
        .model = work.path,
        .caches = arguments->operands + 1,
        .cache_count = count,
        .threads = (unsigned)arguments->threads,
    };
    if (arguments->output) {
        options.caches = &arguments->output;
        options.cache_count = 1;
    } else if (count == 0) {
        options.caches = NULL;
    }
    status = qs_session_open(&options, &work.session, err);
    if (status != QS_OK) {
        qs_work_close(&work);
        return status;
    }
    qs_work_tell_log(&work);
    *out = work;
    return QS_OK;
}

void qs_work_close(struct qs_work *work)
{
    qs_session_close(work->session);
    free(work->path);
    free(work->argument);
    *work = (struct qs_work){0};
}

void qs_work_tell_log(struct qs_work *work)
{
    const char *log = qs_session_log(work->session);
    qs_console_warn(log + work->log_told);
    work->log_told = strlen(log);
}

struct scan_watch {
    struct qs_work *work;
    struct qs_meter meter;
    struct qs_text task;
};

static void watch(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct scan_watch *scan = context;
    const struct qs_scan_state *state = qs_session_scan(scan->work->session);
    struct qs_meter_reading reading = {
        .task = qs_text_chars(&scan->task),
        .what = what ? what : "",
        .done = state->done,
        .total = state->total,
        .pieces = "modules",
        .bytes_done = done,
        .bytes_total = total,
        .seconds = state->seconds,
    };
    qs_meter_show(&scan->meter, &reading);
}

enum qs_status qs_work_scan(struct qs_work *work, struct qs_error *err)
{
    struct scan_watch scan = {.work = work};
    qs_text_addf(&scan.task, "scanning %s", qs_session_info(work->session)->name);
    qs_meter_open(&scan.meter, work->quiet);
    struct qs_progress progress = {.report = watch, .context = &scan, .stop = qs_interrupt_flag()};
    enum qs_status status = qs_scan_run(work->session, &progress, err);
    qs_meter_close(&scan.meter);
    qs_text_free(&scan.task);
    qs_work_tell_log(work);
    if (status == QS_INTERRUPTED) {
        const struct qs_scan_state *state = qs_session_scan(work->session);
        qs_fail(err, status, "interrupted after %llu of %llu modules, which are kept in %s; the same command goes on "
                             "from there",
                (unsigned long long)state->done, (unsigned long long)state->total,
                qs_session_cache_path(work->session));
    }
    return status;
}

// Modules that were scanned; with any, also those of which metrics made elsewhere tell something.
static uint64_t count_modules(const struct qs_session *session, bool any)
{
    const struct qs_model_info *info = qs_session_info(session);
    uint64_t count = 0;
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            count += (any ? qs_session_measured : qs_session_scanned)(session, layer, kind) ? 1 : 0;
        }
    }
    return count;
}

enum qs_status qs_work_need_scan(struct qs_work *work, struct qs_error *err)
{
    if (work->bundled) {
        return qs_work_scan(work, err);
    }
    const struct qs_model_info *info = qs_session_info(work->session);
    bool model = qs_session_model_path(work->session)[0] != '\0';
    uint64_t count = count_modules(work->session, true);
    if (count == 0 && model) {
        return qs_fail(err, QS_FAILED, "%s: nothing is measured yet; this does it: quantscope scan%s", work->path,
                       work->argument);
    }
    if (count == 0) {
        return qs_fail(err, QS_FAILED, "%s: nothing is measured yet; this does it: quantscope scan MODEL -o %s",
                       work->path, work->path);
    }
    uint64_t modules = qs_model_info_module_count(info);
    if (count < modules) {
        fprintf(stderr, "quantscope: warning: only %llu of %llu modules are measured; scan again for the others\n",
                (unsigned long long)count, (unsigned long long)modules);
    }
    return QS_OK;
}

enum qs_status qs_work_metric(const char *command, const char *name, const struct qs_metric **out,
                              struct qs_error *err)
{
    const struct qs_metric *metric = qs_metric_find(name);
    if (metric) {
        *out = metric;
        return QS_OK;
    }
    struct qs_suggestion near = {.typed = name};
    struct qs_text names = {0};
    for (size_t i = 0; i < qs_metric_count(); i++) {
        qs_suggest(&near, qs_metric_at(i)->name);
        qs_text_addf(&names, "%s%s", i ? ", " : "", qs_metric_at(i)->name);
    }
    qs_suggestion_add(&near, "", &names);
    qs_fail(err, QS_USAGE, "%s: --metric %s: is none of %s", command, name, qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}

bool qs_work_has_metric(const struct qs_work *work, const struct qs_metric *metric)
{
    bool of_weights = strncmp(metric->path, "weights/", strlen("weights/")) == 0;
    return qs_session_has_metric(work->session, metric) || (of_weights && count_modules(work->session, false) > 0);
}

enum qs_status qs_work_need_metric(const struct qs_work *work, const struct qs_metric *metric, struct qs_error *err)
{
    if (qs_work_has_metric(work, metric)) {
        return QS_OK;
    }
    const char *model = qs_session_model_path(work->session);
    return qs_fail(err, QS_FAILED, "%s: holds no %s; this measures it: quantscope scan %s -o %s", work->path,
                   metric->name, model[0] ? model : "MODEL", qs_session_cache_path(work->session));
}

enum qs_status qs_work_kind(const struct qs_work *work, const char *command, const char *name, int *out,
                            struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    int kind = name ? qs_model_info_kind(info, name) : -1;
    if (!name || kind >= 0) {
        *out = kind;
        return QS_OK;
    }
    struct qs_suggestion near = {.typed = name};
    struct qs_text names = {0};
    for (uint32_t i = 0; i < info->kinds; i++) {
        qs_suggest(&near, info->kind_names[i]);
        qs_suggest(&near, qs_model_info_short_name(qs_session_info(work->session), i));
        qs_text_addf(&names, "%s%s", i ? ", " : "", info->kind_names[i]);
    }
    qs_suggestion_add(&near, "", &names);
    qs_fail(err, QS_USAGE, "%s: --module %s: %s %s", command, name, kind == -2 ? "may be several of" : "is none of",
            qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}
