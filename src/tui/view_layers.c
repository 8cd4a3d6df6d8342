// Layers: every module with its statistics, sorted, filtered, searched.
//
// Layer and module stay in sight; the other columns scroll. A module's row is its index layer * kinds + kind.
#include "tui/state.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MARK_COLS = 1, GAP = 1, INFO_ROWS_FROM = 6 };

// A screen of few rows shows rows: no line of information, then no heads.
static struct qs_rect list_rect(struct qs_rect rect)
{
    int head = rect.rows >= 3 ? 1 : 0;
    int info = rect.rows >= INFO_ROWS_FROM ? 1 : 0;
    return (struct qs_rect){rect.col, rect.row + info + head, rect.cols, rect.rows - info - head};
}

static int height(const struct qs_ui *ui, struct qs_rect rect)
{
    (void)ui;
    return list_rect(rect).rows;
}

struct sort_key {
    double number; // NaN: not measured, last in either order
    uint32_t row;
};

static int compare_keys(const void *a, const void *b)
{
    const struct sort_key *x = a;
    const struct sort_key *y = b;
    if (isnan(x->number) || isnan(y->number)) {
        int order = (isnan(x->number) != 0) - (isnan(y->number) != 0);
        return order ? order : (x->row > y->row) - (x->row < y->row);
    }
    int order = (x->number > y->number) - (x->number < y->number);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool make_rows(struct qs_ui *ui)
{
    size_t all = (size_t)ui->info->layers * ui->info->kinds;
    struct qs_layers_state *layers = &ui->layers;
    struct sort_key *keys = calloc(all ? all : 1, sizeof *keys);
    uint32_t *rows = calloc(all ? all : 1, sizeof *rows);
    size_t count = 0;
    if (!keys || !rows) {
        free(keys);
        free(rows);
        return false;
    }
    const struct qs_column *column = &ui->columns.items[layers->sort];
    for (uint32_t layer = 0; layer < ui->info->layers; layer++) {
        for (uint32_t kind = 0; kind < ui->info->kinds; kind++) {
            if (qs_model_info_module(ui->info, layer, kind)->rows == 0 ||
                !qs_filter_matches(layers->filter, ui->session, layer, kind)) {
                continue;
            }
            double number = qs_column_number(ui->session, column, layer, kind);
            keys[count].number = layers->descending ? -number : number;
            keys[count++].row = layer * ui->info->kinds + kind;
        }
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++) {
        rows[i] = keys[i].row;
    }
    free(keys);
    free(layers->rows);
    layers->rows = rows;
    layers->row_count = count;
    return true;
}

void qs_layers_refresh(struct qs_ui *ui)
{
    struct qs_layers_state *layers = &ui->layers;
    uint64_t revision = qs_session_revision(ui->session);
    if (!layers->stale && layers->revision == revision) {
        return;
    }
    // The module in focus stays in focus, wherever it goes.
    bool had = layers->list.cursor < layers->row_count;
    uint32_t focus = had ? layers->rows[layers->list.cursor] : 0;
    if (!make_rows(ui)) {
        qs_ui_say(ui, QS_ROLE_ERROR, "out of memory for the table");
        layers->row_count = 0;
        return;
    }
    layers->revision = revision;
    layers->stale = false;
    for (size_t i = 0; had && i < layers->row_count; i++) {
        if (layers->rows[i] == focus) {
            layers->list.cursor = i;
            break;
        }
    }
}

enum qs_status qs_layers_filter(struct qs_ui *ui, const char *text, struct qs_error *err)
{
    struct qs_filter *filter = NULL;
    text += strspn(text, " ");
    if (text[0]) {
        enum qs_status status = qs_filter_new(text, &ui->columns, &filter, err);
        if (status != QS_OK) {
            return status;
        }
    }
    qs_filter_free(ui->layers.filter);
    ui->layers.filter = filter;
    snprintf(ui->layers.filter_text, sizeof ui->layers.filter_text, "%s", text);
    ui->layers.stale = true;
    return QS_OK;
}

// What the columns' places on the screen depend on: the same for drawing and for the mouse.
// Calls each(column index, its left column, its columns) for those in sight, until it returns true.
static size_t column_at(const struct qs_ui *ui, struct qs_rect rect, size_t nth, int *out_col, int *out_cols)
{
    int col = rect.col + MARK_COLS;
    size_t shown = 0;
    for (size_t i = 0; i < ui->columns.count; i++) {
        if (i >= QS_COLUMNS_FROZEN && i < QS_COLUMNS_FROZEN + ui->layers.first_column) {
            continue;
        }
        int width = ui->columns.items[i].width;
        if (shown++ == nth) {
            *out_col = col;
            *out_cols = rect.col + rect.cols - col < width ? rect.col + rect.cols - col : width;
            // A number cut in half would be another number: only text may be cut.
            bool cut = *out_cols < width && i >= QS_COLUMNS_FROZEN;
            return *out_cols < 1 || cut ? ui->columns.count : i;
        }
        col += width + GAP;
    }
    return ui->columns.count;
}

static void draw_heads(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    qs_grid_fill(grid, (struct qs_rect){rect.col, rect.row, rect.cols, 1}, ' ', QS_ROLE_HEADER);
    int col;
    int cols;
    size_t index;
    for (size_t nth = 0; (index = column_at(ui, rect, nth, &col, &cols)) < ui->columns.count; nth++) {
        const struct qs_column *column = &ui->columns.items[index];
        char text[QS_NAME_MAX];
        bool sorted = index == ui->layers.sort;
        snprintf(text, sizeof text, "%s%s", column->name,
                 !sorted ? "" : ui->layers.descending ? "\u2193" : "\u2191");
        enum qs_role role = sorted ? QS_ROLE_KEY : QS_ROLE_HEADER;
        if (qs_column_is_text(column)) {
            qs_grid_text(grid, col, rect.row, cols, role, text);
        } else {
            qs_grid_text_right(grid, col, rect.row, cols, role, text);
        }
    }
}

static void draw_row(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, int row, uint32_t module,
                     bool focused)
{
    uint32_t layer = module / ui->info->kinds;
    uint32_t kind = module % ui->info->kinds;
    bool marked = qs_analysis_marked(&ui->analysis, layer, kind);
    if (focused) {
        qs_grid_fill(grid, (struct qs_rect){rect.col, row, rect.cols, 1}, ' ', QS_ROLE_CURSOR);
    }
    if (marked) {
        qs_grid_put(grid, rect.col, row, qs_ui_mark(ui), QS_ROLE_MARK);
    }
    int col;
    int cols;
    size_t index;
    for (size_t nth = 0; (index = column_at(ui, rect, nth, &col, &cols)) < ui->columns.count; nth++) {
        const struct qs_column *column = &ui->columns.items[index];
        char text[QS_COLUMN_TEXT_MAX];
        qs_column_text(ui->session, column, layer, kind, text);
        bool warns = qs_column_warns(column, qs_column_number(ui->session, column, layer, kind));
        enum qs_role role = warns                                         ? QS_ROLE_WARNING
                            : focused                                     ? QS_ROLE_CURSOR
                            : marked && column->kind == QS_COLUMN_LAYER   ? QS_ROLE_MARK
                            : strcmp(text, "-") == 0                      ? QS_ROLE_DIM
                            : column->metric && column->metric == ui->metric ? QS_ROLE_TITLE
                                                                          : QS_ROLE_TEXT;
        if (qs_column_is_text(column)) {
            qs_grid_text(grid, col, row, cols, role, text);
        } else {
            qs_grid_text_right(grid, col, row, cols, role, text);
        }
    }
    if (focused) {
        grid->cursor_col = rect.col;
        grid->cursor_row = row;
    }
}

static void draw_info(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    char shown[QS_NUMBER_MAX];
    char all[QS_NUMBER_MAX];
    qs_format_count(ui->layers.row_count, shown);
    qs_format_count(qs_model_info_module_count(ui->info), all);
    int col = rect.col + 1;
    col += qs_grid_textf(grid, col, rect.row, rect.cols - 1, QS_ROLE_DIM, "%s of %s modules,", shown, all) + 1;
    qs_grid_put(grid, col, rect.row, qs_ui_mark(ui), QS_ROLE_MARK);
    col += 2;
    char metric[QS_METRIC_TEXT_MAX];
    col += qs_grid_textf(grid, col, rect.row, rect.col + rect.cols - col, QS_ROLE_DIM, "sensitive by %s",
                         qs_ui_metric_text(ui, metric));
    if (ui->layers.filter_text[0]) {
        col += 2;
        col += qs_grid_text(grid, col, rect.row, rect.col + rect.cols - col, QS_ROLE_KEY, "\\");
        qs_grid_text(grid, col, rect.row, rect.col + rect.cols - col, QS_ROLE_TEXT, ui->layers.filter_text);
    }
}

static void draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_rect rows = list_rect(rect);
    if (rows.row - rect.row == 2) {
        draw_info(ui, grid, rect);
    }
    if (rows.row > rect.row) {
        draw_heads(ui, grid, (struct qs_rect){rect.col, rows.row - 1, rect.cols, 1});
    }
    struct qs_list list = ui->layers.list;
    qs_list_clamp(&list, ui->layers.row_count, rows.rows);
    for (int i = 0; i < rows.rows && list.top + (size_t)i < ui->layers.row_count; i++) {
        size_t at = list.top + (size_t)i;
        draw_row(ui, grid, rows, rows.row + i, ui->layers.rows[at], at == list.cursor);
    }
    if (ui->layers.row_count == 0 && rows.rows > 0) {
        qs_grid_text(grid, rows.col + 1, rows.row, rows.cols - 1, QS_ROLE_DIM,
                     ui->layers.filter ? "No module matches the filter: \\ and Enter shows all."
                                       : "The model has no modules.");
    }
}

// In a new order one looks at what comes first.
static void reorder(struct qs_ui *ui)
{
    ui->layers.list = (struct qs_list){0};
    ui->layers.row_count = 0; // so that no module is kept in focus
    ui->layers.stale = true;
}

// Keeps the column in sight that the table is sorted by.
static void sort_by(struct qs_ui *ui, size_t column)
{
    struct qs_layers_state *layers = &ui->layers;
    if (layers->sort != column) {
        // What one looks for is the largest; layers and names begin with the first.
        layers->descending = column >= QS_COLUMN_ROWS;
    }
    layers->sort = column;
    reorder(ui);
    if (column < QS_COLUMNS_FROZEN) {
        return;
    }
    size_t scrolled = column - QS_COLUMNS_FROZEN;
    if (scrolled < layers->first_column) {
        layers->first_column = scrolled;
    }
    struct qs_rect rect = qs_ui_body(ui);
    while (layers->first_column < scrolled) {
        int col;
        int cols;
        size_t nth = QS_COLUMNS_FROZEN + scrolled - layers->first_column;
        if (column_at(ui, rect, nth, &col, &cols) == column) {
            break;
        }
        layers->first_column++;
    }
}

static void sort_named(struct qs_ui *ui, const char *argument)
{
    argument = argument ? argument : "";
    size_t length = strcspn(argument, " ");
    int column = qs_columns_find(&ui->columns, argument, length);
    if (column < 0) {
        qs_ui_say(ui, QS_ROLE_ERROR, "sort: there is no column \"%.*s\"; Tab behind \":sort \" lists them",
                  (int)length, argument);
        return;
    }
    sort_by(ui, (size_t)column);
    const char *order = argument + length + strspn(argument + length, " ");
    if (order[0]) {
        ui->layers.descending = strncasecmp(order, "down", strlen(order)) == 0;
    }
}

static void filter(struct qs_ui *ui, const char *argument)
{
    if (!argument) {
        qs_prompt_open(&ui->prompt, QS_PROMPT_FILTER, "\\", ui->layers.filter_text);
        return;
    }
    struct qs_error err = {0};
    if (qs_layers_filter(ui, argument, &err) != QS_OK) {
        qs_ui_say(ui, QS_ROLE_ERROR, "%s", err.text);
    }
}

static void go_to_layer(struct qs_ui *ui, const char *argument)
{
    uint64_t layer;
    if (!argument || !qs_parse_u64(argument, &layer)) {
        qs_ui_say(ui, QS_ROLE_ERROR, "layer: a number is missing");
        return;
    }
    for (size_t i = 0; i < ui->layers.row_count; i++) {
        if (ui->layers.rows[i] / ui->info->kinds == layer) {
            ui->layers.list.cursor = i;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_WARNING, "layer: no row of layer %llu", (unsigned long long)layer);
}

static void show_curve(struct qs_ui *ui)
{
    if (ui->layers.row_count == 0) {
        return;
    }
    uint32_t module = ui->layers.rows[ui->layers.list.cursor];
    const struct qs_metric *metric = ui->columns.items[ui->layers.sort].metric;
    if (metric) {
        qs_ui_set_metric(ui, metric);
    }
    qs_ui_focus(ui, module / ui->info->kinds, module % ui->info->kinds);
    qs_ui_show(ui, QS_VIEW_CURVES);
}

static bool act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    struct qs_layers_state *layers = &ui->layers;
    size_t scrolling = ui->columns.count - QS_COLUMNS_FROZEN;
    switch (id) {
    case QS_ACTION_COLUMNS_LEFT:
        layers->first_column -= layers->first_column > 0;
        return true;
    case QS_ACTION_COLUMNS_RIGHT:
        layers->first_column += layers->first_column + 1 < scrolling;
        return true;
    case QS_ACTION_SORT:
        sort_named(ui, argument);
        return true;
    case QS_ACTION_SORT_LEFT:
        sort_by(ui, layers->sort ? layers->sort - 1 : ui->columns.count - 1);
        return true;
    case QS_ACTION_SORT_RIGHT:
        sort_by(ui, (layers->sort + 1) % ui->columns.count);
        return true;
    case QS_ACTION_REVERSE:
        layers->descending = !layers->descending;
        reorder(ui);
        return true;
    case QS_ACTION_FILTER:
        filter(ui, argument);
        return true;
    case QS_ACTION_LAYER:
        go_to_layer(ui, argument);
        return true;
    case QS_ACTION_SHOW:
        show_curve(ui);
        return true;
    default:
        return false;
    }
}

static void mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect)
{
    struct qs_rect rows = list_rect(rect);
    if (event->mouse != QS_MOUSE_PRESS && event->mouse != QS_MOUSE_DRAG) {
        return;
    }
    if (event->row >= rows.row) {
        size_t at = ui->layers.list.top + (size_t)(event->row - rows.row);
        if (at < ui->layers.row_count) {
            ui->layers.list.cursor = at;
        }
        return;
    }
    if (event->row != rows.row - 1 || event->mouse != QS_MOUSE_PRESS) {
        return;
    }
    int col;
    int cols;
    size_t index;
    for (size_t nth = 0; (index = column_at(ui, rect, nth, &col, &cols)) < ui->columns.count; nth++) {
        if (event->col >= col && event->col < col + cols) {
            if (index == ui->layers.sort) {
                ui->layers.descending = !ui->layers.descending;
            }
            sort_by(ui, index);
            return;
        }
    }
}

static void lines(const struct qs_ui *ui, struct qs_text *out)
{
    for (size_t i = 0; i < ui->layers.row_count; i++) {
        qs_text_addf(out, "%u %s\n", ui->layers.rows[i] / ui->info->kinds,
                     ui->info->kind_names[ui->layers.rows[i] % ui->info->kinds]);
    }
}

static struct qs_list *list(struct qs_ui *ui)
{
    return &ui->layers.list;
}

static size_t count(const struct qs_ui *ui)
{
    return ui->layers.row_count;
}

const struct qs_view qs_view_layers = {
    .title = "Layers", .key = '2', .act = act, .draw = draw, .mouse = mouse,
    .lines = lines,    .list = list, .count = count, .height = height,
};
