// The panel beside the curves: every line's value under the crosshair, the parameters, the sensitive layers.
#ifndef QS_TUI_CURVES_PANEL_H
#define QS_TUI_CURVES_PANEL_H

#include "tui/state.h"

// What stands where in the panel; rows are of the screen, 0 rows: not there.
struct qs_curves_panel {
    struct qs_rect values;   // a line of the chart each
    uint32_t values_first;   // the first shown
    struct qs_rect params;   // a parameter each
    struct qs_rect selected; // a kind each
    uint32_t selected_first;
};

struct qs_curves_panel qs_curves_panel_of(const struct qs_ui *ui, struct qs_rect rect);
void qs_curves_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);
void qs_curves_panel_mouse(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect);

// The letters and values of all lines as running text over the rows of rect, for screens without room for a panel.
void qs_curves_values_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);

// The sensitive layers of one kind: "1 5 23", the largest z first, at most cols columns; "+2" stands for those that do
// not fit. "-" for none.
void qs_curves_selected_text(const struct qs_ui *ui, uint32_t kind, int cols, struct qs_text *out);

#endif
