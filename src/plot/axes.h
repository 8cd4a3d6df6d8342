// The axes of a chart: labels and lines around its plot area.
#ifndef QS_PLOT_AXES_H
#define QS_PLOT_AXES_H

#include "plot/chart.h"
#include "plot/scale.h"

enum { QS_RULE_LABEL_MAX = 24 };

// The text that stands in the gutter for a rule: its own label, or its value.
const char *qs_axes_rule_label(const struct qs_rule *rule, char out[static QS_RULE_LABEL_MAX]);

// The columns that the labels of scale and rules need.
int qs_axes_gutter(const struct qs_chart *chart, const struct qs_scale *scale);

// The cell row inside a plot area of `rows` rows where value lies; -1 outside.
int qs_axes_row(const struct qs_scale *scale, enum qs_glyphs glyphs, int rows, double value);

// The y axis: its line in column plot.col - 1, labels in the `gutter` columns before it. Where rules and ticks want the
// same row the rule has it.
void qs_axes_draw_y(struct qs_grid *grid, struct qs_rect plot, int gutter, const struct qs_chart *chart,
                    const struct qs_scale *scale);

// The x axis under the plot area: a line where line_row >= 0, labels where label_row >= 0, in the columns from left to
// plot's last. layout says where layers lie.
void qs_axes_draw_x(struct qs_grid *grid, int left, int line_row, int label_row, const struct qs_chart *chart,
                    const struct qs_chart_layout *layout);

#endif
