// A line chart over layers, drawn into a rectangle of a grid.
//
// x is the layer; y is linear or logarithmic. Braille gives 2x4 dots a cell. Where there are more layers than dot
// columns, each column shows the span from its smallest to its largest value, never a mean; where there are fewer,
// layers get a marker. Values <= 0 on a logarithmic axis sit on the floor and are counted; NaN is a gap and is counted.
#ifndef QS_PLOT_CHART_H
#define QS_PLOT_CHART_H

#include "plot/grid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_glyphs { QS_GLYPHS_BRAILLE, QS_GLYPHS_BLOCK, QS_GLYPHS_ASCII, QS_GLYPHS_COUNT };

struct qs_series {
    const char *name;       // "self_attn.q_proj"; the legend shows its last part where room is short
    char letter;            // drawn at markers and in the legend, so that colour is never needed
    enum qs_role role;
    const double *values;   // f64[count]; NaN: absent
    uint32_t count;         // layers
    const uint8_t *marked;  // u8[count], NULL: none. 1: a sensitive layer, drawn as a mark (QS_ROLE_MARK)
    bool focused;           // drawn last
    bool hidden;            // neither drawn nor scaled for; stays in the legend, dim
};

struct qs_rule { // a horizontal threshold
    double value;
    const char *label; // its value in the gutter; NULL: formatted here
};

struct qs_chart {
    const char *title;      // "" for none
    const char *x_label;    // "layer"
    const char *y_label;    // "kurtosis", with its unit
    const struct qs_series *series;
    size_t series_count;
    const struct qs_rule *rules;
    size_t rule_count;
    bool log_y;
    enum qs_glyphs glyphs;
    int64_t crosshair;      // layer, or -1
    int gutter_cols;        // width of the y tick labels; 0: chosen here. Kept by a caller while a value is tweaked
    double y_min, y_max;    // both NaN: chosen here from what is shown
    bool legend;
};

// What was drawn and where, for the mouse and the status line.
struct qs_chart_layout {
    struct qs_rect plot;      // the area of the dots, in cells
    int gutter_cols;
    double y_min, y_max;      // of the axis, after rounding to ticks
    uint64_t gaps;            // NaN or infinite values among those shown
    uint64_t floored;         // values <= 0 on a logarithmic axis
};

// Draws into rect; sizes too small for a chart show as much as fits, down to nothing. out_layout may be NULL.
void qs_chart_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_chart *chart,
                   struct qs_chart_layout *out_layout);

// The layer under a column of the plot area, -1 outside; and back.
int64_t qs_chart_layer_at(const struct qs_chart *chart, const struct qs_chart_layout *layout, int col);
int qs_chart_col_of(const struct qs_chart *chart, const struct qs_chart_layout *layout, int64_t layer);

#endif
