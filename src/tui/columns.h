// The columns of the table of modules: what a module is, then every metric there is.
#ifndef QS_TUI_COLUMNS_H
#define QS_TUI_COLUMNS_H

#include "session/session.h"

#include <stdbool.h>

enum qs_column_kind {
    QS_COLUMN_LAYER,
    QS_COLUMN_MODULE,
    QS_COLUMN_DTYPE,
    QS_COLUMN_ROWS,
    QS_COLUMN_COLS,
    QS_COLUMN_PARAMS,
    QS_COLUMN_BYTES,
    QS_COLUMN_METRIC,
};

enum { QS_COLUMNS_FROZEN = 2, QS_COLUMN_TEXT_MAX = QS_NAME_MAX };

struct qs_column {
    enum qs_column_kind kind;
    const char *name;               // borrowed from here or from the metric
    const struct qs_metric *metric; // NULL but for QS_COLUMN_METRIC
    int width;                      // in the table, without the gap before it
};

// The first QS_COLUMNS_FROZEN (layer, module) stay in sight when the others scroll.
struct qs_columns {
    struct qs_column *items;
    size_t count;
};

enum qs_status qs_columns_init(struct qs_columns *columns, const struct qs_model_info *info,
                               struct qs_error *err) QS_MUST_USE;
void qs_columns_free(struct qs_columns *columns);

// By name, also by an unambiguous beginning of it; case-insensitive; -1 where there is none.
int qs_columns_find(const struct qs_columns *columns, const char *name, size_t length);

bool qs_column_is_text(const struct qs_column *column); // left-aligned, compared as text

// What the table is sorted by and filters compare: a number for every column (text columns: their order). NaN where
// nothing has been measured.
double qs_column_number(const struct qs_session *session, const struct qs_column *column, uint32_t layer,
                        uint32_t kind);

// The cell's text; "-" where nothing has been measured.
const char *qs_column_text(const struct qs_session *session, const struct qs_column *column, uint32_t layer,
                           uint32_t kind, char out[static QS_COLUMN_TEXT_MAX]);

// Whether the cell is something to be warned of: NaN or infinite weights.
bool qs_column_warns(const struct qs_column *column, double number);

#endif
