// The panel beside the heat map: one module's error against bits per weight, and its weights with the levels of the
// rung on show.
#ifndef QS_TUI_GRID_PANEL_H
#define QS_TUI_GRID_PANEL_H

#include "tui/state.h"

void qs_grid_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

#endif
