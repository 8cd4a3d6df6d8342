// What Compare draws: memory against predicted error with the exact frontier, or how two plans differ.
#ifndef QS_TUI_COMPARE_CHART_H
#define QS_TUI_COMPARE_CHART_H

#include "plot/heat.h"
#include "tui/state.h"

void qs_compare_scatter_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

void qs_compare_map_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

// The module under a cell of the screen in that map; false outside.
bool qs_compare_map_at(const struct qs_ui *ui, struct qs_rect rect, int col, int row, uint32_t *out_layer,
                       uint32_t *out_kind);

#endif
