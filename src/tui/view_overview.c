// Overview: what is open, what is measured, what is missing and how to make it.
#include "tui/state.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LEAD_COLS = 16,
    KIND_COLS = 27,
    KIND_COLS_MIN = 10,
    KIND_LEAD_COLS = 5, // blanks, the letter, and a blank behind the name
    FIGURES_COLS = 49,
    FIGURES_FEW_COLS = 29,
};

// The table of the kinds: where its figures begin, and whether least and median have room.
struct table {
    int cols;
    bool few;
};

static struct table table_of(const struct qs_ui *ui, const struct qs_page *page)
{
    struct table table = {.cols = KIND_COLS, .few = page->cols < KIND_COLS + FIGURES_COLS};
    for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
        int needed = KIND_LEAD_COLS + (int)qs_text_columns(ui->info->kind_names[kind]);
        table.cols = needed > table.cols ? needed : table.cols;
    }
    int room = page->cols - (table.few ? FIGURES_FEW_COLS : FIGURES_COLS);
    room = room < KIND_COLS_MIN ? KIND_COLS_MIN : room;
    table.cols = table.cols < room ? table.cols : room;
    return table;
}

static void add_row(struct qs_page *page, struct table table, enum qs_role lead_role, const char *lead,
                    enum qs_role role, const char *const figures[static 5])
{
    if (table.few) {
        qs_page_pair(page, lead_role, lead, table.cols, role, "%9s %8s %9s", figures[2], figures[3], figures[4]);
    } else {
        qs_page_pair(page, lead_role, lead, table.cols, role, "%9s %9s %9s %8s %9s", figures[0], figures[1], figures[2],
                     figures[3], figures[4]);
    }
}

static void add_model(const struct qs_ui *ui, struct qs_page *page)
{
    const struct qs_model_info *info = ui->info;
    char a[QS_NUMBER_MAX];
    char b[QS_NUMBER_MAX];
    qs_page_line(page, QS_ROLE_HEADER, "Model");
    qs_page_pair(page, QS_ROLE_DIM, "name", LEAD_COLS, QS_ROLE_TITLE, "%s%s%s", info->name,
                 info->architecture[0] ? ", " : "", info->architecture);
    const char *path = qs_session_model_path(ui->session);
    qs_page_pair(page, QS_ROLE_DIM, "weights", LEAD_COLS, QS_ROLE_TEXT, "%s%s%s%s", path[0] ? path : "not open",
                 info->format[0] ? " (" : "", info->format, info->format[0] ? ")" : "");
    qs_page_pair(page, QS_ROLE_DIM, "fingerprint", LEAD_COLS, QS_ROLE_TEXT, "%s",
                 info->fingerprint[0] ? info->fingerprint : "unknown");
    qs_page_pair(page, QS_ROLE_DIM, "layers", LEAD_COLS, QS_ROLE_TEXT, "%u, with %s modules of %u kinds", info->layers,
                 qs_format_count(qs_model_info_module_count(info), a), info->kinds);
    if (qs_model_info_counts_only(info)) {
        qs_page_pair(page, QS_ROLE_DIM, "parameters", LEAD_COLS, QS_ROLE_TEXT, "%s in the modules",
                     qs_format_count(info->module_params, b));
    } else {
        qs_page_pair(page, QS_ROLE_DIM, "parameters", LEAD_COLS, QS_ROLE_TEXT, "%s (%s in the modules)",
                     qs_format_count(info->params, a), qs_format_count(info->module_params, b));
        qs_page_pair(page, QS_ROLE_DIM, "size", LEAD_COLS, QS_ROLE_TEXT, "%s", qs_format_bytes(info->bytes, a));
    }
    qs_page_pair(page, QS_ROLE_DIM, "cache", LEAD_COLS, QS_ROLE_TEXT, "%s", qs_session_cache_path(ui->session));
}

// "hqq axis 1: 12 rungs; nf4 axis 1: 1 rung" of what is measured.
static void add_measured_rungs(const struct qs_ui *ui, struct qs_page *page)
{
    struct qs_text text = {0};
    for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
        for (uint32_t axis = 2; axis-- > 0;) {
            enum qs_quantizer_kind quantizer = (enum qs_quantizer_kind)i;
            struct qs_ladder rungs;
            qs_session_rungs(ui->session, quantizer, axis, &rungs);
            if (rungs.count > 0) {
                qs_text_addf(&text, "%s%s axis %u: %zu %s", text.length ? "; " : "", qs_quantizer_name(quantizer), axis,
                             rungs.count, rungs.count == 1 ? "rung" : "rungs");
            }
        }
    }
    bool any = text.length > 0;
    qs_page_pair(page, QS_ROLE_DIM, "errors", LEAD_COLS, any ? QS_ROLE_GOOD : QS_ROLE_TEXT, "%s",
                 any ? qs_text_chars(&text) : "none");
    qs_text_free(&text);
}

// "sensitivity of imported; loss of imported": what took data to measure; no line where there is none.
static void add_measured_on_data(const struct qs_ui *ui, struct qs_page *page)
{
    struct qs_text text = {0};
    for (size_t i = 0; i < qs_metric_count(); i++) {
        const char *dataset = qs_session_dataset(ui->session, qs_metric_at(i));
        if (dataset[0]) {
            qs_text_addf(&text, "%s%s of %s", text.length ? "; " : "", qs_metric_at(i)->name, dataset);
        }
    }
    if (text.length > 0) {
        qs_page_pair(page, QS_ROLE_DIM, "on data", LEAD_COLS, QS_ROLE_GOOD, "%s", qs_text_chars(&text));
    }
    qs_text_free(&text);
}

static void add_plans(const struct qs_ui *ui, struct qs_page *page)
{
    size_t kept = qs_session_kept_count(ui->session);
    size_t unsaved = qs_plans_unsaved(ui);
    if (kept > 0) {
        qs_page_pair(page, QS_ROLE_DIM, "plans", LEAD_COLS, unsaved ? QS_ROLE_WARNING : QS_ROLE_GOOD,
                     "%zu kept, %zu saved nowhere (7: Compare)", kept, unsaved);
    }
}

// Rungs of a quantizer that the scan is to fill and that nothing is known of. Of a cache alone, what it has along the
// other axis is as good.
static size_t missing_rungs(const struct qs_ui *ui, enum qs_quantizer_kind quantizer)
{
    const struct qs_scan_options *options = qs_session_scan_options(ui->session);
    struct qs_config config = {.quantizer = quantizer, .axis = options->parameters.axis};
    size_t missing = 0;
    for (size_t i = 0; options->quantizers >> quantizer & 1 && i < options->ladder.count; i++) {
        config.rung = options->ladder.rungs[i];
        bool possible = quantizer != QS_QUANTIZER_NF4 || (config.rung.bits == 4 && config.axis == 1);
        bool has = qs_session_has_config(ui->session, &config);
        if (!has && !qs_session_model_path(ui->session)[0]) {
            struct qs_config other = {quantizer, 1 - config.axis, config.rung};
            has = qs_session_has_config(ui->session, &other);
        }
        missing += possible && !has;
    }
    return missing;
}

// How the missing is made: a key, a command, or waiting.
static void scan_advice(const struct qs_ui *ui, struct qs_text *out)
{
    const char *path = qs_session_model_path(ui->session);
    if (qs_session_scan(ui->session)->running) {
        qs_text_add(out, "the scan is running (9: Jobs)");
    } else if (path[0]) {
        qs_text_addf(out, "s here, or  quantscope scan %s -o %s", path, qs_session_cache_path(ui->session));
    } else {
        qs_text_addf(out, "name the model too, then s, or  quantscope scan MODEL -o %s",
                     qs_session_cache_path(ui->session));
    }
}

static void add_missing(const struct qs_ui *ui, struct qs_page *page, uint64_t modules)
{
    struct qs_text errors = {0};
    for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
        size_t missing = missing_rungs(ui, (enum qs_quantizer_kind)i);
        if (missing > 0) {
            qs_text_addf(&errors, "%s%s axis %u: %zu %s", errors.length ? "; " : "",
                         qs_quantizer_name((enum qs_quantizer_kind)i),
                         qs_session_scan_options(ui->session)->parameters.axis, missing,
                         missing == 1 ? "rung" : "rungs");
        }
    }
    if (modules == 0 && errors.length == 0) {
        return;
    }
    bool finished = qs_session_scan(ui->session)->finished && !qs_session_scan(ui->session)->running;
    struct qs_text advice = {0};
    scan_advice(ui, &advice);
    char count[QS_NUMBER_MAX];
    qs_format_count(modules, count);
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Missing");
    if (modules > 0) {
        qs_page_pair(page, QS_ROLE_DIM, "weights", LEAD_COLS, QS_ROLE_WARNING,
                     finished ? "%s modules are stored in a type whose values are not read" : "%s modules", count);
    }
    if (errors.length > 0) {
        qs_page_pair(page, QS_ROLE_DIM, "errors", LEAD_COLS, QS_ROLE_WARNING, "%s", qs_text_chars(&errors));
    }
    if (!finished) {
        qs_page_pair(page, QS_ROLE_DIM, "to do", LEAD_COLS, QS_ROLE_TEXT, "%s", qs_text_chars(&advice));
    }
    qs_text_free(&advice);
    qs_text_free(&errors);
}

static void add_measured(const struct qs_ui *ui, struct qs_page *page)
{
    uint64_t modules = 0;
    uint64_t scanned = 0;
    uint64_t known = 0; // scanned, or with a kurtosis made elsewhere
    const struct qs_metric *kurtosis = qs_metric_find("kurtosis");
    for (uint32_t layer = 0; layer < ui->info->layers; layer++) {
        for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
            bool there = qs_model_info_module(ui->info, layer, kind)->rows > 0;
            modules += there;
            bool is_scanned = there && qs_session_scanned(ui->session, layer, kind);
            scanned += is_scanned;
            known += is_scanned || (there && !isnan(qs_session_value(ui->session, kurtosis, layer, kind)));
        }
    }
    char a[QS_NUMBER_MAX];
    char b[QS_NUMBER_MAX];
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Measured");
    qs_page_pair(page, QS_ROLE_DIM, "weights", LEAD_COLS, known == modules ? QS_ROLE_GOOD : QS_ROLE_TEXT,
                 "%s of %s modules%s", qs_format_count(known, a), qs_format_count(modules, b),
                 known > scanned ? ", kurtosis alone" : "");
    add_measured_rungs(ui, page);
    add_measured_on_data(ui, page);
    add_plans(ui, page);
    add_missing(ui, page, modules - known);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Least, median and largest value of one curve and where the largest is; the sensitive layers.
static void add_kind(const struct qs_ui *ui, uint32_t kind, struct table table, double *sorted, struct qs_page *page)
{
    const struct qs_analysis *analysis = &ui->analysis;
    const double *curve = qs_analysis_curve(analysis, kind);
    uint32_t count = 0;
    uint32_t largest = 0;
    for (uint32_t layer = 0; layer < analysis->layers; layer++) {
        if (!isnan(curve[layer])) {
            largest = count == 0 || curve[layer] > curve[largest] ? layer : largest;
            sorted[count++] = curve[layer];
        }
    }
    // Of a name that is too long the end is kept: there it differs from the others.
    const char *name = ui->info->kind_names[kind];
    size_t width = qs_text_columns(name);
    size_t room = (size_t)(table.cols - KIND_LEAD_COLS);
    bool cut = width > room;
    while (cut && width + 1 > room) {
        width -= (size_t)qs_codepoint_columns(qs_text_next(&name));
    }
    char lead[QS_NAME_MAX + 8];
    snprintf(lead, sizeof lead, "%c %s%s", ui->letters[kind], cut ? "\u2026" : "", name);
    enum qs_role lead_role = QS_ROLE_SERIES_0 + kind % QS_SERIES_ROLES;
    if (count == 0) {
        qs_page_pair(page, lead_role, lead, table.cols, QS_ROLE_DIM, "not measured");
        return;
    }
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    double median = count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
    char texts[3][QS_NUMBER_MAX];
    char at[16];
    char marks[16];
    snprintf(at, sizeof at, "%u", largest);
    snprintf(marks, sizeof marks, "%u", analysis->detections[kind].count);
    add_row(page, table, lead_role, lead, QS_ROLE_TEXT,
            (const char *const[]){qs_format_short(sorted[0], 4, texts[0]), qs_format_short(median, 4, texts[1]),
                                  qs_format_short(sorted[count - 1], 4, texts[2]), at, marks});
}

static void page(const struct qs_ui *ui, struct qs_page *page)
{
    add_model(ui, page);
    add_measured(ui, page);
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    if (ui->metric->per_config) {
        char metric[QS_METRIC_TEXT_MAX];
        qs_page_line(page, QS_ROLE_DIM, "%s", qs_ui_metric_text(ui, metric));
    }
    struct table table = table_of(ui, page);
    add_row(page, table, QS_ROLE_HEADER, ui->metric->name, QS_ROLE_HEADER,
            (const char *const[]){"least", "median", "largest", "at layer", "sensitive"});
    double *sorted = calloc(ui->info->layers ? ui->info->layers : 1, sizeof *sorted);
    for (uint32_t kind = 0; sorted && ui->analysis.metric && kind < ui->info->kinds; kind++) {
        add_kind(ui, kind, table, sorted, page);
    }
    free(sorted);
}

const struct qs_view qs_view_overview = {.title = "Overview", .key = '1', QS_PAGE_VIEW, .page = page};
