// Metrics made elsewhere, as tables: the paper authors' files, and others of that form.
//
//     qs_metrics_read(paths, count, name, &table, err)
//     qs_metrics_free(&table)
//
// A row is a module at a rung. Columns, in any order: layer, module, nbit1, gsize1; params or memmb; and one or more of
// fnorm, kurtosis, sensitivity, module_sensitivity, loss. nbit2 and gsize2, the storage of scale and zero, are 8 and
// 128 where they are there (METHODS 1: meta8). memmb is the module's size at the rung in MiB:
//
//     memmb = params * (b + 16/g + 32/(128 g)) / 8 / 2^20
//
// Where both are there they have to agree to 1e-6; where params is not, it is what memmb makes it.
#ifndef QS_COMMIT_METRICS_CSV_H
#define QS_COMMIT_METRICS_CSV_H

#include "base/error.h"
#include "model/info.h"
#include "quant/rung.h"

#include <stddef.h>
#include <stdint.h>

enum qs_measure {
    QS_MEASURE_FNORM,
    QS_MEASURE_KURTOSIS, // of the module, whatever the rung
    QS_MEASURE_SENSITIVITY,
    QS_MEASURE_MODULE_SENSITIVITY,
    QS_MEASURE_LOSS,
    QS_MEASURE_COUNT
};

const char *qs_measure_name(enum qs_measure measure); // also the column's

struct qs_metrics_row {
    uint32_t layer;
    uint32_t kind; // of the table's info
    struct qs_rung rung;
    uint64_t params;
    double values[QS_MEASURE_COUNT]; // finite and not negative; NaN where absent
};

struct qs_metrics {
    struct qs_model_info info;   // by numbers of weights only; every module that has a row
    struct qs_metrics_row *rows; // [count], by layer, kind and bits per weight; each such place once
    size_t count;
    uint64_t lines;              // rows that were read, in all files
    unsigned measures;           // bits 1 << enum qs_measure of what has a value somewhere
    unsigned copied;             // the same of what is one number at all rungs, of which some module has several
    char *warnings;              // lines, of columns that are not read; "" where nothing
};

// Reads files of one model and brings them together: other columns or rows of the same modules, and values that are the
// same. name: the model's, or NULL: that of the first file without its extension. Kinds get into model order, whatever
// the files' is. QS_BAD_INPUT, with file, line and column, where a file is no such table, a place is there twice in one
// file, two files (or two rungs of one module: params, kurtosis) contradict each other, a number is none or out of
// range, a whole layer is missing, or a module is where its kind has others before and behind.
enum qs_status qs_metrics_read(const char *const *paths, size_t path_count, const char *name, struct qs_metrics *out,
                               struct qs_error *err) QS_MUST_USE;
void qs_metrics_free(struct qs_metrics *metrics); // zeroes it; NULL is fine

#endif
