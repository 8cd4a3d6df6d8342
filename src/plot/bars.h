// A histogram as a row of bars, with ticks at given places under it.
#ifndef QS_PLOT_BARS_H
#define QS_PLOT_BARS_H

#include "plot/chart.h"

struct qs_bars {
    const uint64_t *counts; // u64[bins], over [min, max] in equal parts
    size_t bins;
    double min, max;
    const double *levels;   // f64[level_count] in [min, max]; ticks under the bars
    size_t level_count;
    enum qs_glyphs glyphs;
};

// Draws into rect: bars as high as the logarithm of the largest count among their bins (1 is a small bar, so that
// single outliers are seen), a row of ticks, a row with min, 0 and max. Where more levels than columns / 2 would stand
// together, ticks are left out and *out_dense becomes true (NULL allowed).
void qs_bars_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_bars *bars, bool *out_dense);

#endif
