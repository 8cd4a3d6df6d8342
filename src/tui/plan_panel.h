// What stands beside or below the map of a plan: its parameters and its totals.
#ifndef QS_TUI_PLAN_PANEL_H
#define QS_TUI_PLAN_PANEL_H

#include "tui/state.h"

// Beside the map. qs_plan_panel_at: the parameter in a row of the screen, QS_PLAN_PARAM_COUNT for none.
void qs_plan_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);
enum qs_plan_param qs_plan_panel_at(const struct qs_ui *ui, struct qs_rect rect, int row);

// The totals as running text over the rows of rect.
void qs_plan_totals_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

#endif
