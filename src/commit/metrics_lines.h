// The rows of tables of metrics as they stand in their files, each checked for itself. Internal to src/commit.
#ifndef QS_COMMIT_METRICS_LINES_H
#define QS_COMMIT_METRICS_LINES_H

#include "base/csv.h"
#include "base/text.h"
#include "commit/metrics_csv.h"

enum { QS_METRICS_LINES_MAX = 1 << 22 }; // of all files together

struct qs_metrics_line {
    const struct qs_csv *file;
    uint64_t line;
    size_t order;       // among the rows of all files
    const char *module; // shorter than QS_NAME_MAX; borrowed from the file
    uint32_t kind;      // 0: to be filled in
    uint32_t layer;     // below QS_LAYERS_MAX
    struct qs_rung rung;
    uint64_t params;    // 1 .. 2^53
    double values[QS_MEASURE_COUNT]; // NaN where absent
};

struct qs_metrics_lines {
    struct qs_metrics_line *items; // [count], in the order of files and their rows
    size_t count;
    size_t capacity;
};

// Adds the rows of an open file, which has to stay open. warnings get a line where columns are not read.
enum qs_status qs_metrics_lines_add(struct qs_metrics_lines *lines, struct qs_csv *file, struct qs_text *warnings,
                                    struct qs_error *err) QS_MUST_USE;

#endif
