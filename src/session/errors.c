// Errors of quantization in a cache: see errors.h. Arrays take their description from the table of metrics, as those of
// the weights do (weights.c).
#include "session/errors.h"

#include "base/number.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const struct qs_ladder qs_errors_extra = {
    .rungs = {{1, 256}, {1, 128}, {1, 64}, {1, 32}, {1, 16}, {2, 256}, {2, 16}, {3, 256},
              {3, 16},  {4, 256}, {4, 16}, {5, 256}, {5, 128}, {5, 64}, {5, 32}, {5, 16},
              {6, 256}, {6, 128}, {6, 64}, {6, 32}, {6, 16}, {8, 256}, {8, 16}},
    .count = 23,
};

// The two shelves of a group: which rungs, with what before the names of their arrays, along which scale.
struct shelf {
    const struct qs_ladder *ladder;
    const char *prefix;
    const char *scale;
    const char *names; // the attribute of the group error that names the rungs
};

static const struct shelf shelves[] = {
    {&qs_ladder_hqq, "", "rung", "rungs"},
    {&qs_errors_extra, "extra_", "extra_rung", "extra_rungs"},
};

static const char *const real_columns[] = {"fnorm", "mean_abs", "max_abs", "snr_db"};

static double real_value(const struct qs_rung_error *error, size_t column)
{
    const double values[] = {error->fnorm, error->mean_abs, error->max_abs, error->snr_db};
    return values[column];
}

static const char *path_of(enum qs_quantizer_kind quantizer, uint32_t axis, const struct shelf *shelf, const char *name,
                           char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "error/%s/axis%u/%s%s", qs_quantizer_name(quantizer), axis, shelf->prefix, name);
    return out;
}

static const char *group_of(enum qs_quantizer_kind quantizer, uint32_t axis, char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "error/%s/axis%u", qs_quantizer_name(quantizer), axis);
    return out;
}

struct qs_error_place qs_errors_place(const struct qs_config *config, const char *name)
{
    int paper = qs_ladder_find(&qs_ladder_hqq, config->rung);
    const struct shelf *shelf = &shelves[paper < 0];
    int element = paper < 0 ? qs_ladder_find(&qs_errors_extra, config->rung) : paper;
    // What is no rung at all is in no array.
    struct qs_error_place place = {.element = element < 0 ? UINT32_MAX : (uint32_t)element};
    path_of(config->quantizer, config->axis, shelf, name, place.path);
    return place;
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

static bool has_rung_of(const struct qs_ladder *ladder, const struct shelf *shelf)
{
    for (size_t i = 0; i < ladder->count; i++) {
        if (qs_ladder_find(shelf->ladder, ladder->rungs[i]) >= 0) {
            return true;
        }
    }
    return false;
}

// The scale of a shelf, and the attribute that names its rungs.
static enum qs_status set_scale(struct qs_cache *cache, const struct shelf *shelf, struct qs_error *err)
{
    double bpw[QS_LADDER_MAX];
    struct qs_text names = {0};
    for (size_t rung = 0; rung < shelf->ladder->count; rung++) {
        char name[QS_RUNG_NAME_MAX];
        bpw[rung] = qs_rung_bpw(shelf->ladder->rungs[rung], QS_STORAGE_META8);
        qs_text_addf(&names, "%s%s", rung ? "," : "", qs_rung_name(shelf->ladder->rungs[rung], name));
    }
    enum qs_status status = names.failed ? qs_fail_memory(err, "a ladder", names.length)
                                         : qs_cache_set_scale(cache, shelf->scale, bpw, (uint32_t)shelf->ladder->count,
                                                              err);
    if (status == QS_OK) {
        status = qs_cache_set_attribute(cache, "error", shelf->names, qs_text_chars(&names), err);
    }
    qs_text_free(&names);
    return status;
}

static enum qs_status declare_array(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                    const struct shelf *shelf, const char *name, struct qs_error *err)
{
    const struct qs_metric *metric = qs_metric_find(name);
    struct qs_array_spec spec = {
        .type = !metric || metric->integer ? QS_ARRAY_U64 : QS_ARRAY_F64,
        .width = (uint32_t)shelf->ladder->count,
    };
    path_of(quantizer, axis, shelf, name, spec.path);
    snprintf(spec.scale, sizeof spec.scale, "%s", shelf->scale);
    snprintf(spec.units, sizeof spec.units, "%s", metric ? metric->units : "");
    snprintf(spec.about, sizeof spec.about, "%s",
             metric ? metric->about
                    : "1: measured; refused: 2 the group size does not divide the weights, 3 not finite or beyond "
                      "2^57, 4 no such form");
    return qs_cache_declare(cache, &spec, err);
}

static enum qs_status declare_shelf(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                    const struct shelf *shelf, struct qs_error *err)
{
    enum qs_status status = set_scale(cache, shelf, err);
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(real_columns); i++) {
        status = declare_array(cache, quantizer, axis, shelf, real_columns[i], err);
    }
    if (status == QS_OK && quantizer == QS_QUANTIZER_HQQ) {
        status = declare_array(cache, quantizer, axis, shelf, "steps", err);
    }
    return status == QS_OK ? declare_array(cache, quantizer, axis, shelf, QS_ERRORS_STATE, err) : status;
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
        for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(shelves); i++) {
            if ((options->quantizers >> kind & 1) && has_rung_of(&options->ladder, &shelves[i])) {
                status = declare_shelf(cache, (enum qs_quantizer_kind)kind, options->parameters.axis, &shelves[i], err);
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
                         enum qs_quantizer_kind kind, const struct shelf *shelf)
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

enum qs_status qs_errors_put(struct qs_cache *cache, const struct qs_scan_options *options, uint32_t layer,
                             uint32_t kind, const struct qs_error_job *job, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    uint32_t axis = options->parameters.axis;
    char path[QS_ARRAY_PATH_MAX];
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        enum qs_quantizer_kind q = (enum qs_quantizer_kind)quantizer;
        for (size_t i = 0; i < QS_COUNT_OF(shelves); i++) {
            struct row row = row_of(options, job, q, &shelves[i]);
            for (size_t c = 0; row.any && status == QS_OK && c < QS_COUNT_OF(real_columns); c++) {
                status = put_reals(cache, path_of(q, axis, &shelves[i], real_columns[c], path), layer, kind, &row, c,
                                   err);
            }
            if (row.any && status == QS_OK && q == QS_QUANTIZER_HQQ) {
                status = put_counts(cache, path_of(q, axis, &shelves[i], "steps", path), layer, kind, &row, false, err);
            }
            if (row.any && status == QS_OK) {
                status = put_counts(cache, path_of(q, axis, &shelves[i], QS_ERRORS_STATE, path), layer, kind, &row,
                                    true, err);
            }
        }
    }
    return status;
}
