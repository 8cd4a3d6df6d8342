// The columns of the table of modules: see columns.h.
#include "tui/columns.h"

#include "base/number.h"
#include "base/text.h"
#include "tui/figure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NUMBER_WIDTH = 11, NUMBER_DIGITS = 7, MODULE_WIDTH_MIN = 6, MODULE_WIDTH_MAX = 22 };

static const struct qs_column described[] = {
    {QS_COLUMN_LAYER, "layer", NULL, 5},   {QS_COLUMN_MODULE, "module", NULL, MODULE_WIDTH_MIN},
    {QS_COLUMN_DTYPE, "dtype", NULL, 7},   {QS_COLUMN_ROWS, "rows", NULL, 6},
    {QS_COLUMN_COLS, "cols", NULL, 6},     {QS_COLUMN_PARAMS, "params", NULL, 11},
    {QS_COLUMN_BYTES, "bytes", NULL, 8},
};

enum qs_status qs_columns_init(struct qs_columns *columns, const struct qs_model_info *info, struct qs_error *err)
{
    size_t count = QS_COUNT_OF(described) + qs_metric_count();
    struct qs_column *items = calloc(count, sizeof *items);
    if (!items) {
        return qs_fail_memory(err, "the table's columns", count * sizeof *items);
    }
    memcpy(items, described, sizeof described);
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        int width = (int)qs_text_columns(info->kind_names[kind]);
        if (width > items[QS_COLUMN_MODULE].width) {
            items[QS_COLUMN_MODULE].width = width > MODULE_WIDTH_MAX ? MODULE_WIDTH_MAX : width;
        }
    }
    for (size_t i = 0; i < qs_metric_count(); i++) {
        const struct qs_metric *metric = qs_metric_at(i);
        int width = (int)strlen(metric->name) + 1; // and the arrow of the order
        items[QS_COUNT_OF(described) + i] = (struct qs_column){
            .kind = QS_COLUMN_METRIC,
            .name = metric->name,
            .metric = metric,
            .width = width > NUMBER_WIDTH ? width : NUMBER_WIDTH,
        };
    }
    *columns = (struct qs_columns){.items = items, .count = count};
    return QS_OK;
}

void qs_columns_free(struct qs_columns *columns)
{
    free(columns->items);
    *columns = (struct qs_columns){0};
}

int qs_columns_find(const struct qs_columns *columns, const char *name, size_t length)
{
    int found = -1;
    for (size_t i = 0; i < columns->count && length > 0; i++) {
        if (strncasecmp(columns->items[i].name, name, length) == 0) {
            if (!columns->items[i].name[length]) {
                return (int)i;
            }
            found = found == -1 ? (int)i : -2;
        }
    }
    return found < 0 ? -1 : found;
}

bool qs_column_is_text(const struct qs_column *column)
{
    return column->kind == QS_COLUMN_MODULE || column->kind == QS_COLUMN_DTYPE;
}

// The first six characters as one number that keeps their order: exact in a double, and enough for dtype names.
static double text_order(const char *text)
{
    double order = 0;
    for (size_t i = 0; i < 6; i++) {
        order = order * 256 + (unsigned char)*text;
        text += *text != '\0';
    }
    return order;
}

// Of a model that is known from metrics only, modules have a number of weights and nothing else.
static bool is_unknown(const struct qs_model_info *info, const struct qs_column *column)
{
    return qs_model_info_counts_only(info) && (column->kind == QS_COLUMN_ROWS || column->kind == QS_COLUMN_COLS ||
                                               column->kind == QS_COLUMN_BYTES || column->kind == QS_COLUMN_DTYPE);
}

double qs_column_number(const struct qs_session *session, const struct qs_column *column, uint32_t layer,
                        uint32_t kind)
{
    const struct qs_module_info *module = qs_model_info_module(qs_session_info(session), layer, kind);
    if (is_unknown(qs_session_info(session), column)) {
        return NAN;
    }
    switch (column->kind) {
    case QS_COLUMN_LAYER:
        return layer;
    case QS_COLUMN_MODULE:
        return kind;
    case QS_COLUMN_DTYPE:
        return text_order(module->dtype);
    case QS_COLUMN_ROWS:
        return (double)module->rows;
    case QS_COLUMN_COLS:
        return (double)module->cols;
    case QS_COLUMN_PARAMS:
        return (double)module->rows * (double)module->cols;
    case QS_COLUMN_BYTES:
        return (double)module->bytes;
    case QS_COLUMN_METRIC:
        break;
    }
    return qs_session_value(session, column->metric, layer, kind);
}

const char *qs_column_text(const struct qs_session *session, const struct qs_column *column, uint32_t layer,
                           uint32_t kind, char out[static QS_COLUMN_TEXT_MAX])
{
    const struct qs_model_info *info = qs_session_info(session);
    const struct qs_module_info *module = qs_model_info_module(info, layer, kind);
    char number[QS_NUMBER_MAX];
    const char *text = number;
    double value = qs_column_number(session, column, layer, kind);
    if (is_unknown(info, column)) {
        snprintf(out, QS_COLUMN_TEXT_MAX, "-");
        return out;
    }
    switch (column->kind) {
    case QS_COLUMN_MODULE:
        text = info->kind_names[kind];
        break;
    case QS_COLUMN_DTYPE:
        text = module->dtype;
        break;
    case QS_COLUMN_PARAMS:
        qs_format_count(module->rows * module->cols, number);
        break;
    case QS_COLUMN_BYTES:
        qs_format_bytes(module->bytes, number);
        break;
    case QS_COLUMN_METRIC:
        if (isnan(value)) {
            text = qs_session_scanned(session, layer, kind) ? "nan" : "-";
        } else if (column->metric->integer) {
            snprintf(number, sizeof number, "%.0f", value);
        } else {
            qs_figure(value, NUMBER_DIGITS, column->width, number);
        }
        break;
    default:
        snprintf(number, sizeof number, "%.0f", value);
    }
    snprintf(out, QS_COLUMN_TEXT_MAX, "%s", text);
    return out;
}

bool qs_column_warns(const struct qs_column *column, double number)
{
    return column->metric && number > 0 &&
           (strncmp(column->name, "nan", 3) == 0 || strncmp(column->name, "inf", 3) == 0);
}
