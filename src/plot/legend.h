// The legend of a chart: letter, line sample and name of each series, as much of it as its rows can hold.
#ifndef QS_PLOT_LEGEND_H
#define QS_PLOT_LEGEND_H

#include "plot/canvas.h"
#include "plot/chart.h"

// The pen of a series: the pattern by its index, so that hiding or focusing another one changes nothing.
struct qs_pen qs_legend_pen(const struct qs_chart *chart, size_t index);

// The series' name behind its last '.'.
const char *qs_legend_short_name(const char *name);

// A letter for the curve of this name: one of its last part that none before it has, so that q_proj is q; else any; '*'
// where all are taken. taken: by ASCII code; the letter is added.
char qs_series_letter(const char *name, bool taken[static 128]);

// The rows a legend takes, at most most_rows, in `cols` columns of which `indent` of the first row are in use.
int qs_legend_rows(const struct qs_chart *chart, int cols, int indent, int most_rows);

// Draws it into rect, whose rows are those that qs_legend_rows told.
void qs_legend_draw(struct qs_grid *grid, struct qs_rect rect, int indent, const struct qs_chart *chart);

#endif
