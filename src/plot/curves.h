// The curves of a chart: what stands in its plot area.
#ifndef QS_PLOT_CURVES_H
#define QS_PLOT_CURVES_H

#include "plot/chart.h"
#include "plot/scale.h"

// The layers that the x axis spans: those of the longest series.
uint32_t qs_curves_layers(const struct qs_chart *chart);

// The dot column of a layer among `width` (at least 1) columns: the first and the last layer at the edges; where there
// are more layers than columns, equal shares of them in each.
int qs_curves_dot(uint32_t layer, uint32_t layers, int width);

// Draws rules, lines, crosshair, letters and marks into layout->plot.
void qs_curves_draw(struct qs_grid *grid, const struct qs_chart *chart, const struct qs_chart_layout *layout,
                    const struct qs_scale *scale);

#endif
