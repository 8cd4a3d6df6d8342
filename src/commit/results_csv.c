// Tables of perplexities: see results_csv.h.
#include "commit/results_csv.h"

#include "base/array.h"
#include "base/csv.h"
#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RESULTS_MAX = 1 << 20 };

static const char dataset_prefix[] = "ppl_";

// A field that must have something in it.
static enum qs_status take_text(const struct qs_csv *file, int column, const char **out, struct qs_error *err)
{
    const char *text = qs_csv_field(file, column);
    if (!text[0]) {
        return qs_csv_fail(file, column, err, "is empty");
    }
    *out = text;
    return QS_OK;
}

// Numbers are the same budget however they are written: 3.5 and 3.50.
static enum qs_status take_budget(const struct qs_csv *file, int column, char out[static QS_BUDGET_MAX],
                                  struct qs_error *err)
{
    const char *text = "";
    double number;
    enum qs_status status = take_text(file, column, &text, err);
    if (status != QS_OK) {
        return status;
    }
    if (qs_parse_double(text, &number)) {
        snprintf(out, QS_BUDGET_MAX, "%.15g", number);
    } else if (strlen(text) < QS_BUDGET_MAX) {
        strcpy(out, text);
    } else {
        return qs_csv_fail(file, column, err, "is longer than %d bytes", QS_BUDGET_MAX - 1);
    }
    return QS_OK;
}

static enum qs_status take_perplexity(const struct qs_csv *file, int column, uint64_t *out, struct qs_error *err)
{
    double number;
    enum qs_status status = qs_csv_number(file, column, &number, err);
    if (status != QS_OK) {
        return status;
    }
    if (!(number > 0) || !qs_parse_hundredths(qs_csv_field(file, column), out)) {
        return qs_csv_fail(file, column, err, "%.40s is no perplexity", qs_csv_field(file, column));
    }
    return QS_OK;
}

static enum qs_status add(struct qs_results *results, size_t *capacity, const struct qs_perplexity *item,
                          struct qs_error *err)
{
    if (results->count == RESULTS_MAX) {
        return qs_csv_fail(results->file, -1, err, "there are more than the %d perplexities that are read",
                           RESULTS_MAX);
    }
    if (!qs_array_reserve(&results->items, capacity, results->count + 1, sizeof *results->items)) {
        return qs_fail_memory(err, qs_csv_path(results->file), (results->count + 1) * sizeof *results->items);
    }
    results->items[results->count++] = *item;
    return QS_OK;
}

// Method and setting of an attempt. Both borrowed from it, or static.
static void name_attempt(const char *attempt, struct qs_perplexity *item)
{
    static const struct {
        const char *prefix;
        const char *method;
    } methods[] = {{"sensi-boost-", "sensiboost"},
                   {"kurt-boost-", "kurtboost"},
                   {"sensi-abl-", "sensiboost-ablation"},
                   {"kurt-abl-", "kurtboost-ablation"}};
    item->method = attempt;
    item->setting = "";
    for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
        size_t length = strlen(methods[i].prefix);
        if (strncasecmp(attempt, methods[i].prefix, length) == 0 && attempt[length]) {
            item->method = methods[i].method;
            item->setting = attempt + length;
        }
    }
    bool run_of_mxq = strncasecmp(attempt, "mxq", 3) == 0 && !attempt[3 + strspn(attempt + 3, "0123456789")];
    item->method = run_of_mxq ? "mxq" : item->method;
}

struct published {
    int model, algo, budget, attempt;
    int datasets[QS_CSV_COLUMNS_MAX];
    int dataset_count;
};

static enum qs_status find_published(const struct qs_csv *file, struct published *out, struct qs_error *err)
{
    const struct {
        const char *name;
        int *at;
    } needed[] = {{"model", &out->model}, {"algo", &out->algo}, {"bpp", &out->budget}, {"attempt", &out->attempt}};
    for (size_t i = 0; i < QS_COUNT_OF(needed); i++) {
        enum qs_status status = qs_csv_need(file, needed[i].name, needed[i].at, err);
        if (status != QS_OK) {
            return status;
        }
    }
    out->dataset_count = 0;
    for (int column = 0; column < qs_csv_columns(file); column++) {
        const char *name = qs_csv_name(file, column);
        size_t prefix = strlen(dataset_prefix);
        if (strncasecmp(name, dataset_prefix, prefix) == 0 && name[prefix]) {
            out->datasets[out->dataset_count++] = column;
        }
    }
    return out->dataset_count ? QS_OK
                              : qs_fail(err, QS_BAD_INPUT, "%s: has no column of perplexities, such as ppl_wikitext",
                                        qs_csv_path(file));
}

static enum qs_status read_published(struct qs_results *results, const struct published *columns, size_t *capacity,
                                     struct qs_error *err)
{
    const struct qs_csv *file = results->file;
    struct qs_perplexity item = {.line = qs_csv_line(file)};
    const char *algo = "";
    double bits;
    enum qs_status status = take_text(file, columns->model, &item.model, err);
    if (status == QS_OK) {
        status = take_text(file, columns->algo, &algo, err);
    }
    if (status == QS_OK) {
        status = qs_csv_number(file, columns->budget, &bits, err);
    }
    if (status == QS_OK) {
        status = take_budget(file, columns->budget, item.budget, err);
    }
    const char *attempt = qs_csv_field(file, columns->attempt);
    name_attempt(attempt[0] ? attempt : algo, &item);
    for (int i = 0; status == QS_OK && i < columns->dataset_count; i++) {
        int column = columns->datasets[i];
        if (qs_csv_field(file, column)[0]) {
            item.dataset = qs_csv_name(file, column) + strlen(dataset_prefix);
            status = take_perplexity(file, column, &item.hundredths, err);
            status = status == QS_OK ? add(results, capacity, &item, err) : status;
        }
    }
    return status;
}

struct study {
    int model, method, budget, dataset, perplexity;
    int setting; // -1: there is none
};

static enum qs_status find_study(const struct qs_csv *file, struct study *out, struct qs_error *err)
{
    const struct {
        const char *name;
        int *at;
    } needed[] = {{"model", &out->model},
                  {"method", &out->method},
                  {"budget", &out->budget},
                  {"dataset", &out->dataset},
                  {"perplexity", &out->perplexity}};
    for (size_t i = 0; i < QS_COUNT_OF(needed); i++) {
        enum qs_status status = qs_csv_need(file, needed[i].name, needed[i].at, err);
        if (status != QS_OK) {
            return status;
        }
    }
    out->setting = qs_csv_column(file, "setting");
    return QS_OK;
}

static enum qs_status read_study(struct qs_results *results, const struct study *columns, size_t *capacity,
                                 struct qs_error *err)
{
    const struct qs_csv *file = results->file;
    struct qs_perplexity item = {.line = qs_csv_line(file), .setting = qs_csv_field(file, columns->setting)};
    enum qs_status status = take_text(file, columns->model, &item.model, err);
    if (status == QS_OK) {
        status = take_text(file, columns->method, &item.method, err);
    }
    if (status == QS_OK) {
        status = take_budget(file, columns->budget, item.budget, err);
    }
    if (status == QS_OK) {
        status = take_text(file, columns->dataset, &item.dataset, err);
    }
    if (status == QS_OK) {
        status = take_perplexity(file, columns->perplexity, &item.hundredths, err);
    }
    return status == QS_OK ? add(results, capacity, &item, err) : status;
}

// Which of the two tables it is, by a column that the other lacks.
static enum qs_status find_table(const struct qs_csv *file, bool *out_published, struct qs_error *err)
{
    *out_published = qs_csv_column(file, "algo") >= 0;
    if (!*out_published && qs_csv_column(file, "method") < 0) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: is no table of perplexities: it has neither the columns model, algo, bpp, attempt, ppl_... "
                       "nor model, method, budget, setting, dataset, perplexity",
                       qs_csv_path(file));
    }
    return QS_OK;
}

static enum qs_status read_rows(struct qs_results *results, struct qs_error *err)
{
    struct published published = {.model = -1};
    struct study study = {.model = -1};
    size_t capacity = 0;
    bool more = true;
    enum qs_status status = find_table(results->file, &results->published, err);
    if (status == QS_OK) {
        status = results->published ? find_published(results->file, &published, err)
                                    : find_study(results->file, &study, err);
    }
    while (status == QS_OK && more) {
        status = qs_csv_next(results->file, &more, err);
        if (status == QS_OK && more) {
            status = results->published ? read_published(results, &published, &capacity, err)
                                        : read_study(results, &study, &capacity, err);
        }
    }
    if (status == QS_OK && results->count == 0) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: has no perplexity behind its header", qs_csv_path(results->file));
    }
    return status;
}

enum qs_status qs_results_read(const char *path, struct qs_results *out, struct qs_error *err)
{
    struct qs_results made = {0};
    enum qs_status status = qs_csv_open(path, QS_CSV_BYTES_MAX, &made.file, err);
    if (status == QS_OK) {
        status = read_rows(&made, err);
    }
    if (status == QS_OK) {
        *out = made;
        made = (struct qs_results){0};
    }
    qs_results_free(&made);
    return status;
}

void qs_results_free(struct qs_results *results)
{
    if (results) {
        free(results->items);
        qs_csv_close(results->file);
        *results = (struct qs_results){0};
    }
}
