// Metrics made elsewhere: see metrics_csv.h. All files' rows are sorted by module and rung; what stands at one place,
// and what stands in one module, is then side by side. A second sort brings the places into the order of layers.
#include "commit/metrics_csv.h"

#include "base/array.h"
#include "base/file.h"
#include "commit/metrics_lines.h"
#include "model/kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *qs_measure_name(enum qs_measure measure)
{
    static const char *const names[QS_MEASURE_COUNT] = {"fnorm", "kurtosis", "sensitivity", "module_sensitivity",
                                                        "loss"};
    return names[measure];
}

static int compare_rungs(struct qs_rung a, struct qs_rung b)
{
    double x = qs_rung_bpw(a, QS_STORAGE_META8);
    double y = qs_rung_bpw(b, QS_STORAGE_META8);
    return (x > y) - (x < y);
}

// By kind, layer, rung; of one place the row that was read first goes first.
static int compare_lines(const void *a, const void *b)
{
    const struct qs_metrics_line *x = a;
    const struct qs_metrics_line *y = b;
    int order = strcmp(x->module, y->module) == 0 ? 0 : qs_kind_compare(x->module, y->module);
    if (order == 0) {
        order = (x->layer > y->layer) - (x->layer < y->layer);
    }
    if (order == 0) {
        order = compare_rungs(x->rung, y->rung);
    }
    return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

static int compare_rows(const void *a, const void *b)
{
    const struct qs_metrics_row *x = a;
    const struct qs_metrics_row *y = b;
    if (x->layer != y->layer) {
        return x->layer < y->layer ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return compare_rungs(x->rung, y->rung);
}

// "FILE: line 7: layer 3 self_attn.q_proj: what; see OTHER, line 5"
static enum qs_status fail_both(const struct qs_metrics_line *line, const struct qs_metrics_line *other,
                                const char *what, struct qs_error *err)
{
    bool same = line->file == other->file;
    return qs_fail(err, QS_BAD_INPUT, "%s: line %llu: layer %u %s: %s; the other is in%s%s line %llu",
                   qs_csv_path(line->file), (unsigned long long)line->line, line->layer, line->module, what,
                   same ? "" : " ", same ? "" : qs_csv_path(other->file), (unsigned long long)other->line);
}

// Two rows of one module, which has one number of weights and one kurtosis.
static enum qs_status check_module(const struct qs_metrics_line *line, const struct qs_metrics_line *other,
                                   struct qs_error *err)
{
    char what[96];
    if (line->params != other->params) {
        snprintf(what, sizeof what, "has two numbers of weights, %llu and %llu", (unsigned long long)line->params,
                 (unsigned long long)other->params);
        return fail_both(line, other, what, err);
    }
    return QS_OK;
}

static enum qs_status check_kurtosis(const struct qs_metrics_line *line, const struct qs_metrics_line *other,
                                     struct qs_error *err)
{
    char what[96];
    double a = line->values[QS_MEASURE_KURTOSIS];
    double b = other->values[QS_MEASURE_KURTOSIS];
    if (a == b || isnan(a)) {
        return QS_OK;
    }
    snprintf(what, sizeof what, "has two kurtoses, %.17g and %.17g", a, b);
    return fail_both(line, other, what, err);
}

// Adds what a row knows of a place to what is known of it; sources: the rows that told each value.
static enum qs_status join(const struct qs_metrics_line *line, const struct qs_metrics_line *sources[QS_MEASURE_COUNT],
                           struct qs_metrics_row *row, struct qs_error *err)
{
    for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
        double value = line->values[measure];
        if (isnan(value)) {
            continue;
        }
        if (!isnan(row->values[measure]) && row->values[measure] != value) {
            char rung[QS_RUNG_NAME_MAX];
            char what[128];
            snprintf(what, sizeof what, "has two values of %s at %s, %.17g and %.17g",
                     qs_measure_name((enum qs_measure)measure), qs_rung_name(row->rung, rung), value,
                     row->values[measure]);
            return fail_both(line, sources[measure], what, err);
        }
        if (isnan(row->values[measure])) {
            row->values[measure] = value;
            sources[measure] = line;
        }
    }
    return QS_OK;
}

// The lines of one place, [count], into one row.
static enum qs_status join_place(const struct qs_metrics_line *lines, size_t count, struct qs_metrics_row *out,
                                 struct qs_error *err)
{
    const struct qs_metrics_line *sources[QS_MEASURE_COUNT] = {NULL};
    *out = (struct qs_metrics_row){
        .layer = lines->layer,
        .kind = lines->kind,
        .rung = lines->rung,
        .params = lines->params,
    };
    for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
        out->values[measure] = NAN;
    }
    for (size_t i = 0; i < count; i++) {
        // Rows of one file are neighbours here.
        if (i > 0 && lines[i].file == lines[i - 1].file) {
            char rung[QS_RUNG_NAME_MAX];
            char what[64];
            snprintf(what, sizeof what, "is there twice at %s", qs_rung_name(lines->rung, rung));
            return fail_both(&lines[i], &lines[i - 1], what, err);
        }
        enum qs_status status = join(&lines[i], sources, out, err);
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}

// The sorted lines into rows, and what has to be the same in all rows of a module checked.
static enum qs_status join_lines(const struct qs_metrics_lines *lines, struct qs_metrics *out, struct qs_error *err)
{
    const struct qs_metrics_line *module = NULL;   // the first row of the module at hand
    const struct qs_metrics_line *kurtosis = NULL; // its first one with a kurtosis
    enum qs_status status = QS_OK;
    for (size_t i = 0, count; status == QS_OK && i < lines->count; i += count) {
        const struct qs_metrics_line *line = &lines->items[i];
        for (count = 1; i + count < lines->count && line[count].kind == line->kind &&
                        line[count].layer == line->layer && qs_rung_equal(line[count].rung, line->rung);
             count++) {
        }
        if (!module || module->kind != line->kind || module->layer != line->layer) {
            module = line;
            kurtosis = NULL;
        }
        for (size_t at = 0; status == QS_OK && at < count; at++) {
            status = check_module(&line[at], module, err);
            if (status == QS_OK && kurtosis) {
                status = check_kurtosis(&line[at], kurtosis, err);
            }
            kurtosis = kurtosis || isnan(line[at].values[QS_MEASURE_KURTOSIS]) ? kurtosis : &line[at];
        }
        if (status == QS_OK) {
            status = join_place(line, count, &out->rows[out->count], err);
        }
        out->count += status == QS_OK;
    }
    return status;
}

// The kinds by their order in the sorted lines.
static enum qs_status number_kinds(struct qs_metrics_lines *lines, const char **names, uint32_t *out_kinds,
                                   struct qs_error *err)
{
    uint32_t kinds = 0;
    for (size_t i = 0; i < lines->count; i++) {
        struct qs_metrics_line *line = &lines->items[i];
        const struct qs_metrics_line *last = i > 0 ? line - 1 : NULL;
        bool next = !last || strcmp(last->module, line->module) != 0;
        if (next && kinds == QS_KINDS_MAX) {
            return qs_fail(err, QS_BAD_INPUT, "%s: line %llu: there are more than %d kinds of modules",
                           qs_csv_path(line->file), (unsigned long long)line->line, QS_KINDS_MAX);
        }
        if (next) {
            names[kinds++] = line->module;
        }
        line->kind = kinds - 1;
    }
    *out_kinds = kinds;
    return QS_OK;
}

// By layers; the first that has nothing at all.
static enum qs_status check_layers(const struct qs_metrics *metrics, const char *path, struct qs_error *err)
{
    uint32_t layer = 0; // the next that has to come
    for (size_t i = 0; i < metrics->count; i++) {
        if (metrics->rows[i].layer > layer) {
            return qs_fail(err, QS_BAD_INPUT, "%s: layer %u is missing: there is nothing of it, but of layer %u", path,
                           layer, metrics->rows[i].layer);
        }
        layer = metrics->rows[i].layer + 1;
    }
    return QS_OK;
}

// A kind may begin late and end early, but has no gaps between: such a table was cut short or put together wrongly.
static enum qs_status check_gaps(const struct qs_model_info *info, const char *path, struct qs_error *err)
{
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        int64_t last = -1; // the last layer that has it
        for (uint32_t layer = 0; layer < info->layers; layer++) {
            if (qs_model_info_module(info, layer, kind)->rows == 0) {
                continue;
            }
            if (last >= 0 && layer > last + 1) {
                return qs_fail(err, QS_BAD_INPUT, "%s: layer %lld has no %s, which layers %lld and %u have", path,
                               (long long)last + 1, info->kind_names[kind], (long long)last, layer);
            }
            last = layer;
        }
    }
    return QS_OK;
}

static char *name_of(const char *path, const char *name)
{
    const char *base = qs_path_base(path);
    const char *dot = strrchr(base, '.');
    return name ? strdup(name) : strndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
}

// The description: the rows' modules by their numbers of weights.
static enum qs_status describe(struct qs_metrics *metrics, const char *const *names, uint32_t kinds, const char *path,
                               const char *name, struct qs_error *err)
{
    struct qs_model_info *info = &metrics->info;
    uint32_t layers = metrics->rows[metrics->count - 1].layer + 1;
    enum qs_status status = qs_model_info_init(info, layers, kinds, names, err);
    if (status != QS_OK) {
        return status;
    }
    free(info->name);
    info->name = name_of(path, name);
    if (!info->name) {
        return qs_fail_memory(err, "a name", strlen(path));
    }
    if (strlen(info->name) >= QS_NAME_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: the name of the model is longer than %d bytes; name it with --name",
                       path, QS_NAME_MAX - 1);
    }
    for (size_t i = 0; i < metrics->count; i++) {
        const struct qs_metrics_row *row = &metrics->rows[i];
        struct qs_module_info *module = &info->modules[(size_t)row->layer * kinds + row->kind];
        if (module->rows == 0 && !qs_add_u64(info->module_params, row->params, &info->module_params)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: the modules together have more than 2^64 weights", path);
        }
        module->rows = row->params;
        module->cols = 1;
    }
    info->params = info->module_params;
    return QS_OK;
}

// Which metrics there are; and which were measured at one rung and copied to the others of their modules.
static void find_measures(struct qs_metrics *metrics)
{
    unsigned several = 0; // some module has more than one value
    unsigned differ = 0;
    double last[QS_MEASURE_COUNT];
    for (size_t i = 0; i < metrics->count; i++) {
        const struct qs_metrics_row *row = &metrics->rows[i];
        bool same = i > 0 && row[-1].layer == row->layer && row[-1].kind == row->kind;
        for (unsigned measure = 0; measure < QS_MEASURE_COUNT; measure++) {
            double value = row->values[measure];
            last[measure] = same ? last[measure] : NAN;
            if (!isnan(value)) {
                metrics->measures |= 1u << measure;
                several |= !isnan(last[measure]) ? 1u << measure : 0;
                differ |= !isnan(last[measure]) && last[measure] != value ? 1u << measure : 0;
                last[measure] = value;
            }
        }
    }
    metrics->copied = several & ~differ;
}

// Sorted lines to a whole table.
static enum qs_status build(struct qs_metrics_lines *lines, const char *path, const char *name,
                            struct qs_metrics *metrics, struct qs_error *err)
{
    uint32_t kinds = 0;
    const char **names = calloc(QS_KINDS_MAX, sizeof *names);
    metrics->rows = calloc(lines->count, sizeof *metrics->rows);
    metrics->lines = lines->count;
    enum qs_status status = QS_OK;
    if (!names || !metrics->rows) {
        status = qs_fail_memory(err, path, lines->count * sizeof *metrics->rows);
        goto out;
    }
    qsort(lines->items, lines->count, sizeof *lines->items, compare_lines);
    status = number_kinds(lines, names, &kinds, err);
    if (status == QS_OK) {
        status = join_lines(lines, metrics, err);
    }
    if (status != QS_OK) {
        goto out;
    }
    qsort(metrics->rows, metrics->count, sizeof *metrics->rows, compare_rows);
    status = check_layers(metrics, path, err);
    if (status == QS_OK) {
        status = describe(metrics, names, kinds, path, name, err);
    }
    if (status == QS_OK) {
        status = check_gaps(&metrics->info, path, err);
    }
    find_measures(metrics);
    if (status == QS_OK && metrics->measures == 0) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: has no value of any metric: all fields are empty", path);
    }
out:
    free(names);
    return status;
}

enum qs_status qs_metrics_read(const char *const *paths, size_t path_count, const char *name, struct qs_metrics *out,
                               struct qs_error *err)
{
    struct qs_metrics made = {0};
    struct qs_metrics_lines lines = {0};
    struct qs_text warnings = {0};
    struct qs_csv **files = calloc(path_count + 1, sizeof *files);
    enum qs_status status = files ? QS_OK : qs_fail_memory(err, "files", path_count * sizeof *files);
    for (size_t i = 0; status == QS_OK && i < path_count; i++) {
        status = qs_csv_open(paths[i], QS_CSV_BYTES_MAX, &files[i], err);
        if (status == QS_OK) {
            status = qs_metrics_lines_add(&lines, files[i], &warnings, err);
        }
    }
    if (status == QS_OK) {
        status = build(&lines, paths[0], name, &made, err);
    }
    if (status == QS_OK) {
        made.warnings = qs_text_take(&warnings);
        status = made.warnings ? QS_OK : qs_fail_memory(err, "warnings", 0);
    }
    if (status == QS_OK) {
        *out = made;
        made = (struct qs_metrics){0};
    }
    for (size_t i = 0; files && i < path_count; i++) {
        qs_csv_close(files[i]);
    }
    free(files);
    free(lines.items);
    qs_text_free(&warnings);
    qs_metrics_free(&made);
    return status;
}

void qs_metrics_free(struct qs_metrics *metrics)
{
    if (metrics) {
        qs_model_info_free(&metrics->info);
        free(metrics->rows);
        free(metrics->warnings);
        *metrics = (struct qs_metrics){0};
    }
}
