// Errors of quantization in a cache: see errors.h. Arrays take their description from the table of metrics, as those of
// the weights do (weights.c).
#include "session/errors.h"

#include "base/number.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const real_columns[] = {"fnorm", "mean_abs", "max_abs", "snr_db"};

static double real_value(const struct qs_rung_error *error, size_t column)
{
    const double values[] = {error->fnorm, error->mean_abs, error->max_abs, error->snr_db};
    return values[column];
}

static const char *group_of(enum qs_quantizer_kind quantizer, uint32_t axis, char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "error/%s/axis%u", qs_quantizer_name(quantizer), axis);
    return out;
}

struct qs_rung_place qs_errors_place(const struct qs_config *config, const char *name)
{
    char group[QS_ARRAY_PATH_MAX];
    return qs_shelf_place(group_of(config->quantizer, config->axis, group), name, config->rung);
}

// HQQ's parameters by name, in order.
struct parameters {
    double values[4];
};
static const char *const parameter_names[] = {"steps", "lp_norm", "beta", "growth"};

static struct parameters parameters_of(const struct qs_quantizer *quantizer)
{
    return (struct parameters){{quantizer->steps, quantizer->lp_norm, quantizer->beta, quantizer->growth}};
}

// As people write it, where that is exact.
static const char *format_parameter(double value, char out[static QS_NUMBER_MAX])
{
    double back;
    snprintf(out, QS_NUMBER_MAX, "%.15g", value);
    return qs_parse_double(out, &back) && back == value ? out : qs_format_exact(value, out);
}

bool qs_errors_parameters(const struct qs_cache *cache, uint32_t axis, struct qs_quantizer *inout)
{
    char group[QS_ARRAY_PATH_MAX];
    struct parameters found;
    group_of(QS_QUANTIZER_HQQ, axis, group);
    for (size_t i = 0; i < QS_COUNT_OF(parameter_names); i++) {
        const char *text = qs_cache_attribute(cache, group, parameter_names[i]);
        if (!text || !qs_parse_double(text, &found.values[i])) {
            return false;
        }
    }
    struct qs_quantizer quantizer = *inout;
    quantizer.steps = found.values[0] >= 0 && found.values[0] < 1e6 ? (uint32_t)found.values[0] : UINT32_MAX;
    quantizer.lp_norm = found.values[1];
    quantizer.beta = found.values[2];
    quantizer.growth = found.values[3];
    if (qs_quantizer_check(&quantizer, NULL) != QS_OK) {
        return false;
    }
    *inout = quantizer;
    return true;
}

static void add_parameters(struct qs_text *out, const struct qs_quantizer *quantizer)
{
    char lp_norm[QS_NUMBER_MAX];
    char beta[QS_NUMBER_MAX];
    char growth[QS_NUMBER_MAX];
    qs_text_addf(out, "%u iterations, lp-norm %s, beta %s growing by %s", quantizer->steps,
                 format_parameter(quantizer->lp_norm, lp_norm), format_parameter(quantizer->beta, beta),
                 format_parameter(quantizer->growth, growth));
}

enum qs_status qs_errors_check(const struct qs_cache *cache, const struct qs_scan_options *options,
                               struct qs_error *err)
{
    struct qs_quantizer theirs = options->parameters;
    if (!(options->quantizers >> QS_QUANTIZER_HQQ & 1) ||
        !qs_errors_parameters(cache, options->parameters.axis, &theirs)) {
        return QS_OK;
    }
    struct parameters ours = parameters_of(&options->parameters);
    struct parameters other = parameters_of(&theirs);
    bool same = true;
    for (size_t i = 0; i < QS_COUNT_OF(ours.values); i++) {
        same = same && ours.values[i] == other.values[i];
    }
    if (same) {
        return QS_OK;
    }
    struct qs_text text = {0};
    qs_text_addf(&text, "%s: its errors of hqq, axis %u, were made with ", qs_cache_path(cache), theirs.axis);
    add_parameters(&text, &theirs);
    qs_text_add(&text, "; to measure with ");
    add_parameters(&text, &options->parameters);
    qs_text_add(&text, ", name another cache with -o");
    qs_fail(err, QS_USAGE, "%s", qs_text_chars(&text));
    qs_text_free(&text);
    return QS_USAGE;
}

static enum qs_status declare_array(struct qs_cache *cache, const struct qs_shelf *shelf, const char *group,
                                    const char *name, struct qs_error *err)
{
    const struct qs_metric *metric = qs_metric_find(name);
    struct qs_array_spec spec = {.type = !metric || metric->integer ? QS_ARRAY_U64 : QS_ARRAY_F64};
    snprintf(spec.units, sizeof spec.units, "%s", metric ? metric->units : "");
    snprintf(spec.about, sizeof spec.about, "%s",
             metric ? metric->about
                    : "1: measured; refused: 2 the group size does not divide the weights, 3 not finite or beyond "
                      "2^57, 4 no such form");
    return qs_shelf_declare(cache, shelf, group, name, &spec, err);
}

static enum qs_status declare_shelf(struct qs_cache *cache, const struct qs_shelf *shelf,
                                    enum qs_quantizer_kind quantizer, uint32_t axis, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    enum qs_status status = QS_OK;
    group_of(quantizer, axis, group);
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(real_columns); i++) {
        status = declare_array(cache, shelf, group, real_columns[i], err);
    }
    if (status == QS_OK && quantizer == QS_QUANTIZER_HQQ) {
        status = declare_array(cache, shelf, group, "steps", err);
    }
    return status == QS_OK ? declare_array(cache, shelf, group, QS_ERRORS_STATE, err) : status;
}

static enum qs_status set_parameters(struct qs_cache *cache, const struct qs_quantizer *quantizer, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    char number[QS_NUMBER_MAX];
    struct parameters parameters = parameters_of(quantizer);
    enum qs_status status = QS_OK;
    group_of(QS_QUANTIZER_HQQ, quantizer->axis, group);
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(parameter_names); i++) {
        status = qs_cache_set_attribute(cache, group, parameter_names[i],
                                        format_parameter(parameters.values[i], number), err);
    }
    return status;
}

static enum qs_status set_attributes(struct qs_cache *cache, struct qs_error *err)
{
    enum qs_status status = qs_cache_set_attribute(cache, "error", "program", PACKAGE_STRING, err);
    return status == QS_OK
               ? qs_cache_set_attribute(cache, "error", "definitions",
                                        "errors W - dequantize(quantize(W)) of each module alone, scale and zero in "
                                        "float32; rungs bBgG: B bits, groups of G weights",
                                        err)
               : status;
}

enum qs_status qs_errors_declare(struct qs_cache *cache, const struct qs_scan_options *options, struct qs_error *err)
{
    enum qs_status status = qs_errors_check(cache, options, err);
    if (options->quantizers && status == QS_OK) {
        status = set_attributes(cache, err);
    }
    for (int kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        for (size_t i = 0; status == QS_OK && i < QS_SHELVES; i++) {
            if ((options->quantizers >> kind & 1) && qs_shelf_has_any(&qs_shelves[i], &options->ladder)) {
                status = declare_shelf(cache, &qs_shelves[i], (enum qs_quantizer_kind)kind, options->parameters.axis,
                                       err);
            }
        }
    }
    if (status == QS_OK && (options->quantizers >> QS_QUANTIZER_HQQ & 1)) {
        status = set_parameters(cache, &options->parameters, err);
    }
    return status;
}

// What a shelf's arrays get of one job: the results, by the shelf's own rungs.
struct row {
    const struct qs_rung_error *results[QS_LADDER_MAX]; // NULL: stays what it is
    bool any;
};

static struct row row_of(const struct qs_scan_options *options, const struct qs_error_job *job,
                         enum qs_quantizer_kind kind, const struct qs_shelf *shelf)
{
    struct row row = {.any = false};
    for (size_t rung = 0; rung < options->ladder.count; rung++) {
        int at = qs_ladder_find(shelf->ladder, options->ladder.rungs[rung]);
        if ((job->wanted[kind] >> rung & 1) && at >= 0) {
            row.results[at] = &job->results[kind][rung];
            row.any = true;
        }
    }
    return row;
}

static enum qs_status put_reals(struct qs_cache *cache, const char *path, uint32_t layer, uint32_t kind,
                                const struct row *row, size_t column, struct qs_error *err)
{
    double cell[QS_LADDER_MAX];
    const struct qs_array *array = qs_cache_array(cache, path);
    memcpy(cell, qs_array_f64(cache, array, layer, kind), array->spec.width * sizeof *cell);
    for (uint32_t i = 0; i < array->spec.width; i++) {
        if (row->results[i]) {
            cell[i] = row->results[i]->state == QS_RUNG_DONE ? real_value(row->results[i], column) : NAN;
        }
    }
    return qs_cache_put(cache, path, layer, kind, cell, err);
}

static enum qs_status put_counts(struct qs_cache *cache, const char *path, uint32_t layer, uint32_t kind,
                                 const struct row *row, bool state, struct qs_error *err)
{
    uint64_t cell[QS_LADDER_MAX];
    const struct qs_array *array = qs_cache_array(cache, path);
    memcpy(cell, qs_array_u64(cache, array, layer, kind), array->spec.width * sizeof *cell);
    for (uint32_t i = 0; i < array->spec.width; i++) {
        const struct qs_rung_error *result = row->results[i];
        if (result && state) {
            cell[i] = (uint64_t)result->state;
        } else if (result) {
            cell[i] = result->state == QS_RUNG_DONE ? result->steps : QS_ABSENT_U64;
        }
    }
    return qs_cache_put(cache, path, layer, kind, cell, err);
}

// One shelf of one quantizer.
static enum qs_status put_shelf(struct qs_cache *cache, const struct qs_shelf *shelf, const char *group, bool steps,
                                uint32_t layer, uint32_t kind, const struct row *row, struct qs_error *err)
{
    char path[QS_ARRAY_PATH_MAX];
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(real_columns); i++) {
        qs_shelf_path(shelf, group, real_columns[i], path);
        status = put_reals(cache, path, layer, kind, row, i, err);
    }
    if (status == QS_OK && steps) {
        status = put_counts(cache, qs_shelf_path(shelf, group, "steps", path), layer, kind, row, false, err);
    }
    if (status == QS_OK) {
        status = put_counts(cache, qs_shelf_path(shelf, group, QS_ERRORS_STATE, path), layer, kind, row, true, err);
    }
    return status;
}

enum qs_status qs_errors_put(struct qs_cache *cache, const struct qs_scan_options *options, uint32_t layer,
                             uint32_t kind, const struct qs_error_job *job, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    char group[QS_ARRAY_PATH_MAX];
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        enum qs_quantizer_kind q = (enum qs_quantizer_kind)quantizer;
        group_of(q, options->parameters.axis, group);
        for (size_t i = 0; i < QS_SHELVES; i++) {
            struct row row = row_of(options, job, q, &qs_shelves[i]);
            if (row.any && status == QS_OK) {
                status = put_shelf(cache, &qs_shelves[i], group, q == QS_QUANTIZER_HQQ, layer, kind, &row, err);
            }
        }
    }
    return status;
}

enum qs_status qs_errors_declare_fnorm(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                       const struct qs_ladder *ladder, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    enum qs_status status = set_attributes(cache, err);
    group_of(quantizer, axis, group);
    for (size_t i = 0; status == QS_OK && i < QS_SHELVES; i++) {
        if (qs_shelf_has_any(&qs_shelves[i], ladder)) {
            status = declare_array(cache, &qs_shelves[i], group, "fnorm", err);
            status = status == QS_OK ? declare_array(cache, &qs_shelves[i], group, QS_ERRORS_STATE, err) : status;
        }
    }
    return status;
}

enum qs_status qs_errors_put_fnorm(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                   uint32_t layer, uint32_t kind, const struct qs_ladder *ladder, const double *values,
                                   struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    uint64_t states[QS_LADDER_MAX];
    for (size_t i = 0; i < ladder->count; i++) {
        states[i] = isnan(values[i]) ? QS_ABSENT_U64 : (uint64_t)QS_RUNG_DONE;
    }
    group_of(quantizer, axis, group);
    enum qs_status status = qs_shelf_put_f64(cache, group, "fnorm", layer, kind, ladder, values, err);
    return status == QS_OK ? qs_shelf_put_u64(cache, group, QS_ERRORS_STATE, layer, kind, ladder, states, err) : status;
}
