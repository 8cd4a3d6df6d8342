// Metrics made elsewhere into a cache: see import.h. Module by module, what the cache lacks is put; one checkpoint at
// the end makes it a file. What is in the journal before that is a part of the same, and is completed by the same
// command.
#include "session/import.h"

#include "base/text.h"
#include "session/errors.h"
#include "session/scores.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char dataset[] = "imported";
static const uint32_t paper_axis = 0;
static const struct qs_rung copied_rung = {4, 64};

// Modules between two flushes: a journal record stays far below its bound.
enum { FLUSH_MODULES = 50000 };

struct import {
    const struct qs_metrics *metrics;
    const char *source;
    struct qs_cache *cache;
    struct qs_ladder ladders[QS_MEASURE_COUNT]; // the rungs that have values
    bool told[QS_MEASURE_COUNT];                // something new was put
    struct qs_import result;
};

static const struct qs_metric *metric_of(int measure)
{
    return qs_metric_find(qs_measure_name((enum qs_measure)measure));
}

// The rung that a row's value is stored at.
static struct qs_rung rung_of(const struct import *import, int measure, const struct qs_metrics_row *row)
{
    bool copied = import->metrics->copied >> measure & 1 && measure == QS_MEASURE_SENSITIVITY;
    return copied ? copied_rung : row->rung;
}

static enum qs_status find_ladder(struct import *import, int measure, struct qs_error *err)
{
    struct qs_ladder *ladder = &import->ladders[measure];
    struct qs_text list = {0};
    for (size_t i = 0; i < import->metrics->count; i++) {
        const struct qs_metrics_row *row = &import->metrics->rows[i];
        struct qs_rung rung = rung_of(import, measure, row);
        if (!isnan(row->values[measure]) && qs_ladder_find(ladder, rung) < 0) {
            char name[QS_RUNG_NAME_MAX];
            ladder->rungs[ladder->count++] = rung; // until they are in order
            qs_text_addf(&list, "%s%s", list.length ? "," : "", qs_rung_name(rung, name));
        }
    }
    enum qs_status status = list.failed ? qs_fail_memory(err, "a ladder", list.length)
                                        : qs_ladder_parse(qs_text_chars(&list), ladder, err);
    qs_text_free(&list);
    return status;
}

// The group's attribute `source`; what was there before goes first.
static enum qs_status add_source(const struct import *import, const char *path, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(group, sizeof group, "%.*s", slash ? (int)(slash - path) : 0, path);
    const char *before = qs_cache_attribute(import->cache, group, "source");
    if (before && strstr(before, import->source)) {
        return QS_OK;
    }
    struct qs_text source = {0};
    qs_text_addf(&source, "%s%s%s", before ? before : "", before ? "; " : "", import->source);
    enum qs_status status = source.failed ? qs_fail_memory(err, "a source", source.length)
                                          : qs_cache_set_attribute(import->cache, group, "source",
                                                                   qs_text_chars(&source), err);
    qs_text_free(&source);
    return status;
}

static struct qs_rung_place place_of(int measure, struct qs_rung rung)
{
    const struct qs_metric *metric = metric_of(measure);
    struct qs_config config = {QS_QUANTIZER_HQQ, paper_axis, rung};
    struct qs_rung_place place = {.element = 0};
    if (!metric->per_config) {
        snprintf(place.path, sizeof place.path, "%s", metric->path);
        return place;
    }
    return metric->data == QS_DATA_NONE ? qs_errors_place(&config, metric->path)
                                        : qs_scores_place(metric, dataset, &config, metric->path);
}

static enum qs_status declare_kurtosis(struct qs_cache *cache, struct qs_error *err)
{
    const struct qs_metric *metric = metric_of(QS_MEASURE_KURTOSIS);
    struct qs_array_spec spec = {.type = QS_ARRAY_F64, .width = 1};
    snprintf(spec.path, sizeof spec.path, "%s", metric->path);
    snprintf(spec.units, sizeof spec.units, "%s", metric->units);
    snprintf(spec.about, sizeof spec.about, "%s", metric->about);
    return qs_cache_declare(cache, &spec, err);
}

static enum qs_status declare(struct import *import, int measure, struct qs_error *err)
{
    const struct qs_ladder *ladder = &import->ladders[measure];
    enum qs_status status = find_ladder(import, measure, err);
    if (status != QS_OK) {
        return status;
    }
    return measure == QS_MEASURE_KURTOSIS ? declare_kurtosis(import->cache, err)
           : measure == QS_MEASURE_FNORM
               ? qs_errors_declare_fnorm(import->cache, QS_QUANTIZER_HQQ, paper_axis, ladder, err)
               : qs_scores_declare(import->cache, metric_of(measure), dataset, QS_QUANTIZER_HQQ, paper_axis, ladder,
                                   err);
}

// What the cache has there; NaN where nothing.
static double value_in(const struct qs_cache *cache, const struct qs_rung_place *place, uint32_t layer, uint32_t kind)
{
    const struct qs_array *array = qs_cache_array(cache, place->path);
    const double *cell = array ? qs_array_f64(cache, array, layer, kind) : NULL;
    return cell && place->element < array->spec.width ? cell[place->element] : NAN;
}

static void count_value(struct qs_import *result, double value, double there)
{
    if (isnan(there)) {
        result->values++;
    } else if (there == value) {
        result->known++;
    } else {
        result->kept++;
    }
}

// One measure of one module, of rows [count]. values: by the measure's ladder, NaN where nothing is to be put. Returns
// whether anything is.
static bool find_new(struct import *import, int measure, const struct qs_metrics_row *rows, size_t count,
                     double values[static QS_LADDER_MAX])
{
    const struct qs_ladder *ladder = &import->ladders[measure];
    uint64_t before = import->result.values;
    struct qs_rung told = {0, 0};
    for (size_t i = 0; i < ladder->count; i++) {
        values[i] = NAN;
    }
    for (size_t i = 0; i < count; i++) {
        double value = rows[i].values[measure];
        struct qs_rung rung = rung_of(import, measure, &rows[i]);
        if (isnan(value) || qs_rung_equal(rung, told)) {
            continue;
        }
        struct qs_rung_place place = place_of(measure, rung);
        double there = value_in(import->cache, &place, rows->layer, rows->kind);
        count_value(&import->result, value, there);
        values[qs_ladder_find(ladder, rung)] = isnan(there) ? value : NAN;
        told = rung;
    }
    return import->result.values > before;
}

// A kurtosis is of the module, not of a rung: the first row that has it tells.
static enum qs_status put_kurtosis(struct import *import, const struct qs_metrics_row *rows, size_t count,
                                   struct qs_error *err)
{
    struct qs_rung_place place = place_of(QS_MEASURE_KURTOSIS, rows->rung);
    double there = value_in(import->cache, &place, rows->layer, rows->kind);
    for (size_t i = 0; i < count; i++) {
        double value = rows[i].values[QS_MEASURE_KURTOSIS];
        if (!isnan(value)) {
            count_value(&import->result, value, there);
            if (!isnan(there)) {
                return QS_OK;
            }
            import->told[QS_MEASURE_KURTOSIS] = true;
            return qs_cache_put(import->cache, place.path, rows->layer, rows->kind, &value, err);
        }
    }
    return QS_OK;
}

static enum qs_status put_module(struct import *import, const struct qs_metrics_row *rows, size_t count,
                                 struct qs_error *err)
{
    double values[QS_LADDER_MAX];
    enum qs_status status = QS_OK;
    for (int measure = 0; status == QS_OK && measure < QS_MEASURE_COUNT; measure++) {
        if (!(import->metrics->measures >> measure & 1)) {
            continue;
        }
        const struct qs_ladder *ladder = &import->ladders[measure];
        if (measure == QS_MEASURE_KURTOSIS) {
            status = put_kurtosis(import, rows, count, err);
        } else if (find_new(import, measure, rows, count, values)) {
            import->told[measure] = true;
            status = measure == QS_MEASURE_FNORM
                         ? qs_errors_put_fnorm(import->cache, QS_QUANTIZER_HQQ, paper_axis, rows->layer, rows->kind,
                                               ladder, values, err)
                         : qs_scores_put(import->cache, metric_of(measure), dataset, QS_QUANTIZER_HQQ, paper_axis,
                                         rows->layer, rows->kind, ladder, values, err);
        }
    }
    return status;
}

enum qs_status qs_import_metrics(const struct qs_metrics *metrics, const char *source, const char *cache,
                                 struct qs_import *out, struct qs_error *err)
{
    struct import import = {.metrics = metrics, .source = source};
    enum qs_status status = qs_cache_extend(cache, &metrics->info, &import.cache, err);
    if (status != QS_OK) {
        return status;
    }
    for (int measure = 0; status == QS_OK && measure < QS_MEASURE_COUNT; measure++) {
        status = metrics->measures >> measure & 1 ? declare(&import, measure, err) : QS_OK;
    }
    size_t modules = 0;
    for (size_t i = 0, count; status == QS_OK && i < metrics->count; i += count) {
        const struct qs_metrics_row *rows = &metrics->rows[i];
        for (count = 1; i + count < metrics->count && rows[count].layer == rows->layer &&
                        rows[count].kind == rows->kind;
             count++) {
        }
        status = put_module(&import, rows, count, err);
        if (status == QS_OK && ++modules % FLUSH_MODULES == 0) {
            status = qs_cache_flush(import.cache, err);
        }
    }
    for (int measure = 0; status == QS_OK && measure < QS_MEASURE_COUNT; measure++) {
        struct qs_rung_place place = place_of(measure, import.ladders[measure].rungs[0]);
        status = import.told[measure] ? add_source(&import, place.path, err) : QS_OK;
    }
    if (status == QS_OK) {
        status = qs_cache_checkpoint(import.cache, err);
    }
    qs_cache_close(import.cache);
    if (status == QS_OK) {
        *out = import.result;
    }
    return status;
}
