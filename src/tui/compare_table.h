// The table of Compare: a plan a line, with as many columns as there is room for.
#ifndef QS_TUI_COMPARE_TABLE_H
#define QS_TUI_COMPARE_TABLE_H

#include "tui/state.h"

// The columns that a table may need at most, with every number that is known.
int qs_compare_table_cols(const struct qs_ui *ui);

// A head and rows.
void qs_compare_table_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

// One line of it in `cols` columns; index SIZE_MAX: the head.
void qs_compare_table_text(const struct qs_ui *ui, size_t index, int cols, struct qs_text *out);

#endif
