// A small line chart of points (x, y), x rising and linear: an error against bits per weight.
#ifndef QS_PLOT_XY_H
#define QS_PLOT_XY_H

#include "plot/chart.h"

struct qs_xy_series {
    const char *name;
    char letter;        // at the points, where they are far enough apart; 0: nowhere, and no place in the legend
    enum qs_role role;
    const double *x, *y; // f64[count]; a point that is not finite (log: not above 0) is left out
    size_t count;
    bool points;        // no line: the letter stands at every point. Drawn over all lines
};

struct qs_xy {
    const char *y_label; // before the legend
    const char *x_label; // under the axis, in the gutter's place
    const struct qs_xy_series *series;
    size_t series_count;
    bool log_y;
    double x, y;         // the point in focus, drawn as a crosshair; NaN: none
    enum qs_glyphs glyphs;
};

// Draws into rect as much as fits; a rect of fewer than 4 rows shows the label only.
void qs_xy_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_xy *xy);

#endif
