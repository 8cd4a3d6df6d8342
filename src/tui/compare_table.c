// The table of Compare: see compare_table.h.
#include "tui/compare_table.h"

#include "tui/figure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// In the order of the line.
enum column { NAME, METHOD, BASE, MEMORY, BITS, OVER, FNORM, SENSITIVITY, LOSS, BOOSTED, GAP, COLUMNS };

enum { LEAD_COLS = 3, NAME_MIN = 12, NAME_MAX = 28, CELL_MAX = 96 };

static const struct {
    const char *head;
    int cols;
    int drop; // where room is short, the highest first
} columns[COLUMNS] = {
    [NAME] = {"plan", 0, 0},      [METHOD] = {"method", 10, 9},   [BASE] = {"base", 6, 6},
    [MEMORY] = {"memory", 10, 5}, [BITS] = {"bits", 6, 1},        [OVER] = {"over base", 9, 2},
    [FNORM] = {"fnorm", 9, 7},    [SENSITIVITY] = {"sens.", 9, 7}, [LOSS] = {"loss", 9, 7},
    [BOOSTED] = {"boost", 5, 8},  [GAP] = {"gap", 8, 4},
};

static double sum_of(const struct qs_ui *ui, const struct qs_compared *row, enum column column)
{
    return column == FNORM         ? row->measure.fnorm
           : column == SENSITIVITY ? row->measure.sensitivity
           : ui->comparing.objective == QS_OBJECTIVE_LOSS ? row->measure.objective
                                                          : NAN;
}

// Whether there is anything to show in a column.
static bool is_known(const struct qs_ui *ui, enum column column)
{
    bool sum = column == FNORM || column == SENSITIVITY || column == LOSS;
    for (size_t i = 0; sum && i < ui->comparing.count; i++) {
        if (!isnan(sum_of(ui, &ui->comparing.rows[i], column))) {
            return true;
        }
    }
    return !sum;
}

static enum column objective_column(const struct qs_ui *ui)
{
    switch (ui->comparing.objective) {
    case QS_OBJECTIVE_FNORM:
        return FNORM;
    case QS_OBJECTIVE_SENSITIVITY:
        return SENSITIVITY;
    case QS_OBJECTIVE_LOSS:
        return LOSS;
    default:
        return COLUMNS;
    }
}

static int name_cols(const struct qs_ui *ui)
{
    size_t cols = NAME_MIN;
    for (size_t i = 0; i < ui->comparing.count; i++) {
        size_t own = strlen(ui->comparing.rows[i].name) + 2; // a sign behind it
        cols = own > cols ? own : cols;
    }
    return cols > NAME_MAX ? NAME_MAX : (int)cols;
}

// Which columns stand in so much room; returns the columns used, *out_name those of the name.
static int choose(const struct qs_ui *ui, int room, bool shown[static COLUMNS], int *out_name)
{
    *out_name = name_cols(ui);
    int width = LEAD_COLS + *out_name;
    for (int i = 0; i < COLUMNS; i++) {
        shown[i] = is_known(ui, (enum column)i);
        width += shown[i] && i != NAME ? columns[i].cols + 1 : 0;
    }
    for (int drop = 9; drop > 0 && width > room; drop--) {
        for (int i = 0; i < COLUMNS; i++) {
            int own = i == (int)objective_column(ui) ? 3 : columns[i].drop;
            if (own == drop && shown[i] && width > room) {
                shown[i] = false;
                width -= columns[i].cols + 1;
            }
        }
    }
    return width;
}

int qs_compare_table_cols(const struct qs_ui *ui)
{
    bool shown[COLUMNS];
    int name;
    return choose(ui, INT16_MAX, shown, &name);
}

static void cell_text(const struct qs_ui *ui, const struct qs_compared *row, enum column column,
                      char out[static CELL_MAX])
{
    char number[QS_NUMBER_MAX];
    double sum;
    out[0] = '\0';
    switch (column) {
    case NAME:
        snprintf(out, CELL_MAX, "%s%s", row->name, row->kept && qs_plan_unsaved(ui, row->kept) ? " *" : "");
        break;
    case METHOD:
        snprintf(out, CELL_MAX, "%s", qs_method_name(row->plan->params.method));
        break;
    case BASE:
        qs_rung_name(row->plan->base, out);
        break;
    case MEMORY:
        snprintf(out, CELL_MAX, "%s", qs_format_bytes(row->totals.bytes, number));
        break;
    case BITS:
        snprintf(out, CELL_MAX, "%.4f", row->totals.bits_per_weight);
        break;
    case OVER:
        snprintf(out, CELL_MAX, "%+.2f %%", 100 * row->totals.memory_increase);
        break;
    case BOOSTED:
        snprintf(out, CELL_MAX, "%llu", (unsigned long long)row->totals.boosted);
        break;
    case GAP:
        if (!isnan(row->measure.gap)) {
            snprintf(out, CELL_MAX, "%s%.2f %%", row->measure.proven ? "" : "<=", 100 * row->measure.gap);
        }
        break;
    default:
        sum = sum_of(ui, row, column);
        snprintf(out, CELL_MAX, "%s", isnan(sum) ? "-" : qs_figure(sum, 6, columns[column].cols, number));
    }
}

void qs_compare_table_text(const struct qs_ui *ui, size_t index, int cols, struct qs_text *out)
{
    bool shown[COLUMNS];
    int name;
    choose(ui, cols, shown, &name);
    const struct qs_compared *row = index < ui->comparing.count ? &ui->comparing.rows[index] : NULL;
    bool marked = row && strcmp(row->name, ui->compare.marked) == 0;
    qs_text_addf(out, "%c%c ", marked ? '>' : ' ', row ? row->letter : ' ');
    for (int i = 0; i < COLUMNS; i++) {
        char cell[CELL_MAX];
        if (!shown[i]) {
            continue;
        }
        if (row) {
            cell_text(ui, row, (enum column)i, cell);
        } else {
            snprintf(cell, sizeof cell, "%s", columns[i].head);
        }
        bool left = i == NAME || i == METHOD || i == BASE;
        int width = i == NAME ? name : columns[i].cols;
        qs_text_addf(out, left ? "%s%-*.*s" : "%s%*.*s", i == NAME ? "" : " ", width, width, cell);
    }
}

void qs_compare_table_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_text text = {0};
    int row = rect.row;
    if (rect.rows > 2) {
        qs_compare_table_text(ui, SIZE_MAX, rect.cols, &text);
        qs_grid_fill(grid, (struct qs_rect){rect.col, row, rect.cols, 1}, ' ', QS_ROLE_HEADER);
        qs_grid_text(grid, rect.col, row++, rect.cols, QS_ROLE_HEADER, qs_text_chars(&text));
    }
    struct qs_list list = ui->compare.list;
    qs_list_clamp(&list, ui->comparing.count, rect.row + rect.rows - row);
    for (size_t i = list.top; row < rect.row + rect.rows && i < ui->comparing.count; i++, row++) {
        bool focused = i == list.cursor;
        qs_text_clear(&text);
        qs_compare_table_text(ui, i, rect.cols, &text);
        if (focused) {
            qs_grid_fill(grid, (struct qs_rect){rect.col, row, rect.cols, 1}, ' ', QS_ROLE_CURSOR);
            grid->cursor_col = rect.col;
            grid->cursor_row = row;
        }
        qs_grid_text(grid, rect.col, row, rect.cols, focused ? QS_ROLE_CURSOR : QS_ROLE_TEXT, qs_text_chars(&text));
    }
    qs_text_free(&text);
}
