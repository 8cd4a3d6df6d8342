// The command `show`: metrics over layers, as a matrix for people, rows of csv or json, or a drawing.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/config.h"
#include "cli/drawing.h"
#include "cli/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct selection {
    const struct qs_metric **metrics;
    size_t count;
    bool all; // "all": those that the cache does not hold are left out
    int kind; // -1: all
    struct qs_config_choice choice; // of metrics that are per_config, as it was named
    struct qs_config_choice *choices; // [count]: as it is meant for each metric
};

// "kurtosis,std" or "all".
static enum qs_status parse_metrics(const char *list, struct selection *out, struct qs_error *err)
{
    size_t most = qs_metric_count();
    for (const char *c = list; *c; c++) {
        most += *c == ',' ? 1 : 0;
    }
    out->metrics = calloc(most + 1, sizeof *out->metrics);
    char *copy = strdup(list);
    enum qs_status status = QS_OK;
    if (!out->metrics || !copy) {
        status = qs_fail_memory(err, "metrics", most * sizeof *out->metrics);
        goto out;
    }
    if (strcasecmp(list, "all") == 0) {
        out->all = true;
        for (size_t i = 0; i < qs_metric_count(); i++) {
            out->metrics[out->count++] = qs_metric_at(i);
        }
        goto out;
    }
    for (char *name = copy; name && status == QS_OK;) {
        char *comma = strchr(name, ',');
        if (comma) {
            *comma = '\0';
        }
        status = qs_work_metric("show", name, &out->metrics[out->count], err);
        out->count++;
        name = comma ? comma + 1 : NULL;
    }
out:
    free(copy);
    return status;
}

// Whether there is anything of a metric to show.
static bool has_metric(const struct qs_work *work, const struct qs_config_choice *choice,
                       const struct qs_metric *metric)
{
    bool has = !metric->per_config && qs_work_has_metric(work, metric);
    for (size_t i = 0; metric->per_config && i < choice->rungs.count; i++) {
        struct qs_config config = qs_config_at(choice, i);
        has = has || qs_config_has(work, metric, &config);
    }
    return has;
}

// Drops the metrics that the cache lacks from "all"; of named ones each must be there.
static enum qs_status keep_present(const struct qs_work *work, struct selection *selection, struct qs_error *err)
{
    size_t kept = 0;
    selection->choices = calloc(selection->count + 1, sizeof *selection->choices);
    if (!selection->choices) {
        return qs_fail_memory(err, "metrics", selection->count * sizeof *selection->choices);
    }
    for (size_t i = 0; i < selection->count; i++) {
        const struct qs_metric *metric = selection->metrics[i];
        struct qs_config_choice choice = qs_config_settle(work, &selection->choice, metric);
        if (!selection->all) {
            enum qs_status status = metric->per_config ? qs_config_need(work, metric, &choice, err)
                                                       : qs_work_need_metric(work, metric, err);
            if (status != QS_OK) {
                return status;
            }
        }
        if (has_metric(work, &choice, metric)) {
            selection->choices[kept] = choice;
            selection->metrics[kept++] = metric;
        }
    }
    selection->count = kept;
    return QS_OK;
}

static const struct qs_column columns[] = {
    {"layer", true},   {"module", false},    {"metric", false}, {"config", false}, {"dataset", false},
    {"quantizer", false}, {"axis", false}, {"value", true},   {"stderr", true},
};

// One row; config is NULL for a statistic of weights, which has none.
static void add_row(struct qs_table *table, const struct qs_work *work, const struct qs_metric *metric,
                    const struct qs_config *config, uint32_t layer, uint32_t kind)
{
    char rung[QS_RUNG_NAME_MAX];
    const char *dataset = qs_session_dataset(work->session, metric);
    qs_table_count(table, layer);
    qs_table_text(table, qs_session_info(work->session)->kind_names[kind]);
    qs_table_text(table, metric->name);
    if (config) {
        qs_table_text(table, qs_rung_name(config->rung, rung));
        if (dataset[0]) {
            qs_table_text(table, dataset);
        } else {
            qs_table_none(table); // weights alone make errors
        }
        qs_table_text(table, qs_quantizer_name(config->quantizer));
        qs_table_count(table, config->axis);
    } else {
        for (int field = 0; field < 4; field++) {
            qs_table_none(table);
        }
    }
    qs_table_number(table, qs_session_value_at(work->session, metric, config, layer, kind));
    qs_table_none(table);
}

static void add_module(struct qs_table *table, const struct qs_work *work, const struct selection *selection,
                       uint32_t layer, uint32_t kind)
{
    bool scanned = qs_session_scanned(work->session, layer, kind);
    for (size_t i = 0; i < selection->count; i++) {
        const struct qs_metric *metric = selection->metrics[i];
        if (!metric->per_config && (scanned || !isnan(qs_session_value(work->session, metric, layer, kind)))) {
            add_row(table, work, metric, NULL, layer, kind);
        }
        for (size_t rung = 0; metric->per_config && rung < selection->choices[i].rungs.count; rung++) {
            struct qs_config config = qs_config_at(&selection->choices[i], rung);
            if (!isnan(qs_session_value_at(work->session, metric, &config, layer, kind))) {
                add_row(table, work, metric, &config, layer, kind);
            }
        }
    }
}

// Rows in layer order, then kinds, then metrics as they were named, then rungs. What was not measured has no row.
static enum qs_status print_rows(const struct qs_work *work, const struct selection *selection, enum qs_format format,
                                 struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    struct qs_table table;
    qs_table_begin(&table, format, columns, QS_COUNT_OF(columns));
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            if (selection->kind < 0 || kind == (uint32_t)selection->kind) {
                add_module(&table, work, selection, layer, kind);
            }
        }
    }
    return qs_table_end(&table, err);
}

// One cell of the matrix; a sensitive layer's value is followed by '*', the others by a blank.
static void add_value(struct qs_table *table, const struct qs_metric *metric, double value, bool marked)
{
    char text[QS_NUMBER_MAX + 2];
    char number[QS_NUMBER_MAX];
    if (metric->integer && value >= 0 && value < 1e15) {
        qs_format_count((uint64_t)value, number);
    } else {
        qs_format_short(value, 5, number);
    }
    snprintf(text, sizeof text, "%s%s", number, marked ? "*" : " ");
    qs_table_text(table, text);
}

// A metric's errors are those of the session's config.
static enum qs_status print_matrix(const struct qs_work *work, const struct qs_metric *metric, int only,
                                   struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    struct qs_column *heads = calloc((size_t)info->kinds + 1, sizeof *heads);
    uint8_t *marks = NULL;
    bool any = false;
    struct qs_table table = {0};
    enum qs_status status = heads ? qs_drawing_marks(work, metric, &marks, err)
                                  : qs_fail_memory(err, "a table", info->kinds * sizeof *heads);
    if (status != QS_OK) {
        goto out;
    }
    size_t count = 0;
    heads[count++] = (struct qs_column){"layer", true};
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        if (only < 0 || kind == (uint32_t)only) {
            heads[count++] = (struct qs_column){qs_model_info_short_name(qs_session_info(work->session), kind), true};
        }
    }
    printf("%s%s%s%s", metric->name, metric->units[0] ? " (" : "", metric->units, metric->units[0] ? ")" : "");
    if (metric->per_config) {
        const struct qs_config *config = qs_session_config(work->session);
        char rung[QS_RUNG_NAME_MAX];
        printf(" of %s, axis %u, %s", qs_quantizer_name(config->quantizer), config->axis,
               qs_rung_name(config->rung, rung));
    }
    printf(": %s\n", metric->about);
    qs_table_begin(&table, QS_FORMAT_TEXT, heads, count);
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        qs_table_count(&table, layer);
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            if (only >= 0 && kind != (uint32_t)only) {
                continue;
            }
            bool marked = marks[(size_t)kind * info->layers + layer];
            any = any || marked;
            double value = qs_session_value(work->session, metric, layer, kind);
            bool scanned = !metric->per_config && qs_session_scanned(work->session, layer, kind);
            if (scanned || !isnan(value)) {
                add_value(&table, metric, value, marked);
            } else {
                qs_table_text(&table, qs_model_info_module(info, layer, kind)->rows ? "? " : "- ");
            }
        }
    }
    status = qs_table_end(&table, err);
    if (status == QS_OK && any) {
        puts("* a sensitive layer; quantscope detect lists them");
    }
out:
    free(marks);
    free(heads);
    return status;
}

// One metric, errors once for each rung; several rungs of a kind share a drawing.
static enum qs_status print_metric(const struct qs_work *work, const struct selection *selection, size_t index,
                                   const struct qs_arguments *arguments, struct qs_error *err)
{
    const struct qs_metric *metric = selection->metrics[index];
    const struct qs_config_choice *choice = &selection->choices[index];
    struct qs_drawing_style style = qs_drawing_style(arguments);
    size_t rungs = metric->per_config ? choice->rungs.count : 1;
    enum qs_status status = QS_OK;
    if (arguments->plot && rungs > 1) {
        return qs_drawing_print_rungs(work, metric, choice, (uint32_t)selection->kind, &style, err);
    }
    for (size_t rung = 0; rung < rungs && status == QS_OK; rung++) {
        if (metric->per_config) {
            struct qs_config config = qs_config_at(choice, rung);
            qs_session_set_config(work->session, &config);
        }
        if (rung) {
            puts("");
        }
        status = arguments->plot ? qs_drawing_print(work, metric, selection->kind, &style, err)
                                 : print_matrix(work, metric, selection->kind, err);
    }
    return status;
}

static enum qs_status print_text(const struct qs_work *work, const struct selection *selection,
                                 const struct qs_arguments *arguments, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < selection->count && status == QS_OK; i++) {
        if (i) {
            puts("");
        }
        status = print_metric(work, selection, i, arguments, err);
    }
    return status;
}

// Whether any of the metrics depends on a config; whether a scan makes one of these.
static bool wants_config(const struct selection *selection, bool scanned)
{
    bool any = false;
    for (size_t i = 0; i < selection->count; i++) {
        const struct qs_metric *metric = selection->metrics[i];
        any = any || (scanned ? qs_config_is_error(metric) : metric->per_config);
    }
    return any;
}

// What was asked for, apart from any model.
static enum qs_status parse_selection(const struct qs_arguments *arguments, struct selection *out, struct qs_error *err)
{
    if (arguments->plot && arguments->format != QS_FORMAT_TEXT) {
        return qs_fail(err, QS_USAGE, "show: --plot draws and --format csv or json lists numbers: choose one of them");
    }
    enum qs_status status = parse_metrics(arguments->metric ? arguments->metric : "kurtosis", out, err);
    if (status == QS_OK) {
        status = qs_config_parse(arguments, true, &out->choice, err);
    }
    if (status == QS_OK && out->choice.given && !wants_config(out, false)) {
        status = qs_fail(err, QS_USAGE, "show: --config, --quantizer and --axis choose errors of quantization: name "
                                        "one with --metric, such as fnorm");
    }
    bool several = out->choice.all || out->choice.rungs.count > 1;
    if (status == QS_OK && arguments->plot && several && !arguments->module) {
        status = qs_fail(err, QS_USAGE, "show: --plot draws several rungs of one module kind: name it with --module");
    }
    return status;
}

enum qs_status qs_cmd_show(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct selection selection = {.kind = -1};
    struct qs_work work = {0};
    enum qs_status status = parse_selection(arguments, &selection, err);
    if (status == QS_OK) {
        status = qs_work_open(arguments, &work, err);
    }
    if (status == QS_OK) {
        status = qs_work_kind(&work, "show", arguments->module, &selection.kind, err);
    }
    if (status == QS_OK) {
        bool errors = wants_config(&selection, true) && !selection.all;
        status = qs_config_prepare_scan(&work, &selection.choice, errors, err);
    }
    if (status == QS_OK) {
        status = qs_work_need_scan(&work, err);
    }
    if (status == QS_OK) {
        status = keep_present(&work, &selection, err);
    }
    if (status == QS_OK) {
        status = arguments->format == QS_FORMAT_TEXT
                     ? print_text(&work, &selection, arguments, err)
                     : print_rows(&work, &selection, (enum qs_format)arguments->format, err);
    }
    qs_work_close(&work);
    free(selection.metrics);
    free(selection.choices);
    return status;
}
