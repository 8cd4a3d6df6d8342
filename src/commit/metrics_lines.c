// The rows of tables of metrics: see metrics_lines.h.
#include "commit/metrics_lines.h"

#include "base/array.h"

#include <math.h>
#include <string.h>
#include <strings.h>

// What does not fit into a double as a whole number is no number of weights that memmb could be checked against.
static const uint64_t params_max = UINT64_C(1) << 53;

// How far memmb may be off what the number of weights makes it: it is printed with fewer digits than it has.
static const double memory_tolerance = 1e-6;

// Where a file has its columns; -1 where it lacks one.
struct columns {
    int layer, module, bits, group;
    int params, memory;
    int meta_bits, meta_group;
    int measures[QS_MEASURE_COUNT];
};

// Tells of columns that are none of ours: a name that was misspelt must not be lost in silence.
static void warn_unread(const struct qs_csv *file, const struct columns *columns, struct qs_text *warnings)
{
    struct qs_text names = {0};
    for (int column = 0; column < qs_csv_columns(file); column++) {
        bool read = column == columns->layer || column == columns->module || column == columns->bits ||
                    column == columns->group || column == columns->params || column == columns->memory ||
                    column == columns->meta_bits || column == columns->meta_group;
        for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
            read = read || column == columns->measures[measure];
        }
        if (!read && qs_csv_name(file, column)[0]) {
            qs_text_addf(&names, "%s%s", names.length ? ", " : "", qs_csv_name(file, column));
        }
    }
    if (names.length) {
        qs_text_addf(warnings, "%s: not read: %s\n", qs_csv_path(file), qs_text_chars(&names));
    }
    qs_text_free(&names);
}

static enum qs_status find_columns(const struct qs_csv *file, struct columns *out, struct qs_error *err)
{
    struct columns columns = {.layer = -1};
    const struct {
        const char *name;
        int *at;
    } needed[] = {{"layer", &columns.layer}, {"module", &columns.module}, {"nbit1", &columns.bits},
                  {"gsize1", &columns.group}};
    for (size_t i = 0; i < QS_COUNT_OF(needed); i++) {
        enum qs_status status = qs_csv_need(file, needed[i].name, needed[i].at, err);
        if (status != QS_OK) {
            return status;
        }
    }
    columns.params = qs_csv_column(file, "params");
    columns.memory = qs_csv_column(file, "memmb");
    columns.meta_bits = qs_csv_column(file, "nbit2");
    columns.meta_group = qs_csv_column(file, "gsize2");
    if (columns.params < 0 && columns.memory < 0) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: has neither a column params nor memmb: how many weights its modules have is not known",
                       qs_csv_path(file));
    }
    int found = 0;
    for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
        columns.measures[measure] = qs_csv_column(file, qs_measure_name((enum qs_measure)measure));
        found += columns.measures[measure] >= 0;
    }
    if (found == 0) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: has no metric: none of the columns fnorm, kurtosis, sensitivity, module_sensitivity, loss",
                       qs_csv_path(file));
    }
    *out = columns;
    return QS_OK;
}

static enum qs_status read_module(const struct qs_csv *file, int column, const char **out, struct qs_error *err)
{
    const char *name = qs_csv_field(file, column);
    if (!name[0] || strlen(name) >= QS_NAME_MAX) {
        return qs_csv_fail(file, column, err, name[0] ? "the name is longer than %d bytes" : "is empty",
                           QS_NAME_MAX - 1);
    }
    for (const char *p = name; *p;) {
        if (qs_codepoint_is_control(qs_text_next(&p))) {
            return qs_csv_fail(file, column, err, "the name has a control character in it");
        }
    }
    *out = name;
    return QS_OK;
}

static enum qs_status read_rung(const struct qs_csv *file, const struct columns *columns, struct qs_rung *out,
                                struct qs_error *err)
{
    uint64_t bits = 0;
    uint64_t group = 0;
    char name[QS_RUNG_NAME_MAX];
    struct qs_rung rung;
    enum qs_status status = qs_csv_count(file, columns->bits, 99, &bits, err);
    if (status == QS_OK) {
        status = qs_csv_count(file, columns->group, 9999, &group, err);
    }
    if (status != QS_OK) {
        return status;
    }
    qs_rung_name((struct qs_rung){(uint32_t)bits, (uint32_t)group}, name);
    if (!qs_rung_parse(name, &rung)) {
        bool bits_known = qs_rung_parse(qs_rung_name((struct qs_rung){(uint32_t)bits, 64}, name), &rung);
        return bits_known ? qs_csv_fail(file, columns->group, err, "%llu is no group size: 16, 32, 64, 128 or 256 is",
                                        (unsigned long long)group)
                          : qs_csv_fail(file, columns->bits, err, "%llu is no number of bits: 1, 2, 3, 4, 5, 6 or 8 is",
                                        (unsigned long long)bits);
    }
    *out = rung;
    return QS_OK;
}

// How scale and zero were stored, where the file says: memmb is only known for one way.
static enum qs_status check_meta(const struct qs_csv *file, const struct columns *columns, struct qs_error *err)
{
    const int at[] = {columns->meta_bits, columns->meta_group};
    static const uint64_t wanted[] = {8, 128};
    for (size_t i = 0; i < QS_COUNT_OF(at); i++) {
        uint64_t value = wanted[i];
        enum qs_status status = at[i] < 0 ? QS_OK : qs_csv_count(file, at[i], UINT32_MAX, &value, err);
        if (status == QS_OK && value != wanted[i]) {
            status = qs_csv_fail(file, at[i], err,
                                 "is %llu: only metrics with scale and zero in 8 bits, in groups of 128, are read",
                                 (unsigned long long)value);
        }
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}

// The number of weights, from params, memmb, or both, which then agree.
static enum qs_status read_params(const struct qs_csv *file, const struct columns *columns, struct qs_rung rung,
                                  uint64_t *out, struct qs_error *err)
{
    double bytes_a_weight = qs_rung_bpw(rung, QS_STORAGE_META8) / 8;
    double mib = 0;
    uint64_t params = 0;
    bool told = columns->params >= 0 && qs_csv_field(file, columns->params)[0];
    bool weighed = columns->memory >= 0 && qs_csv_field(file, columns->memory)[0];
    enum qs_status status = told ? qs_csv_count(file, columns->params, params_max, &params, err) : QS_OK;
    if (status == QS_OK && weighed) {
        status = qs_csv_number(file, columns->memory, &mib, err);
    }
    if (status != QS_OK) {
        return status;
    }
    if (!told) {
        double exact = mib * 1048576 / bytes_a_weight;
        double whole = nearbyint(exact);
        if (!weighed || !(whole <= (double)params_max) || fabs(exact - whole) > fmax(1e-6, exact * 1e-14)) {
            return qs_csv_fail(file, weighed ? columns->memory : columns->params, err,
                               weighed ? "%s MiB are no whole number of weights at this rung%s" : "%sis empty%s",
                               weighed ? qs_csv_field(file, columns->memory) : "",
                               weighed && columns->params < 0 ? ": add a column params" : "");
        }
        params = (uint64_t)whole;
    }
    double expected = (double)params * bytes_a_weight / 1048576;
    if (params == 0) {
        return qs_csv_fail(file, told ? columns->params : columns->memory, err, "a module without weights");
    }
    if (told && weighed && !(fabs(mib - expected) <= memory_tolerance * expected)) {
        return qs_csv_fail(file, columns->memory, err, "is %s, where %llu weights take %.10g MiB at this rung",
                           qs_csv_field(file, columns->memory), (unsigned long long)params, expected);
    }
    *out = params;
    return QS_OK;
}

static enum qs_status read_line(const struct qs_csv *file, const struct columns *columns, struct qs_metrics_line *out,
                                struct qs_error *err)
{
    struct qs_metrics_line line = {.file = file, .line = qs_csv_line(file)};
    uint64_t layer = 0;
    enum qs_status status = qs_csv_count(file, columns->layer, QS_LAYERS_MAX - 1, &layer, err);
    line.layer = (uint32_t)layer;
    if (status == QS_OK) {
        status = read_module(file, columns->module, &line.module, err);
    }
    if (status == QS_OK) {
        status = read_rung(file, columns, &line.rung, err);
    }
    if (status == QS_OK) {
        status = check_meta(file, columns, err);
    }
    if (status == QS_OK) {
        status = read_params(file, columns, line.rung, &line.params, err);
    }
    for (int measure = 0; status == QS_OK && measure < QS_MEASURE_COUNT; measure++) {
        int column = columns->measures[measure];
        line.values[measure] = NAN;
        if (qs_csv_field(file, column)[0]) { // an empty field: not measured
            status = qs_csv_number(file, column, &line.values[measure], err);
        }
    }
    if (status == QS_OK) {
        *out = line;
    }
    return status;
}

enum qs_status qs_metrics_lines_add(struct qs_metrics_lines *lines, struct qs_csv *file, struct qs_text *warnings,
                                    struct qs_error *err)
{
    struct columns columns = {.layer = -1};
    size_t before = lines->count;
    bool more = true;
    enum qs_status status = find_columns(file, &columns, err);
    if (status == QS_OK) {
        warn_unread(file, &columns, warnings);
        status = qs_csv_next(file, &more, err);
    }
    while (status == QS_OK && more) {
        if (lines->count == QS_METRICS_LINES_MAX) {
            return qs_csv_fail(file, -1, err, "there are more than the %d rows that are read", QS_METRICS_LINES_MAX);
        }
        if (!qs_array_reserve(&lines->items, &lines->capacity, lines->count + 1, sizeof *lines->items)) {
            return qs_fail_memory(err, qs_csv_path(file), (lines->count + 1) * sizeof *lines->items);
        }
        status = read_line(file, &columns, &lines->items[lines->count], err);
        lines->items[lines->count].order = lines->count;
        lines->count += status == QS_OK;
        if (status == QS_OK) {
            status = qs_csv_next(file, &more, err);
        }
    }
    if (status == QS_OK && lines->count == before) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: has no rows behind its header", qs_csv_path(file));
    }
    return status;
}
