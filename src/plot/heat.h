// A heat map, layer by module kind: eight steps from the smallest to the largest value.
//
// A step is a sign of its own density and a role of its own colour, so that the map reads without colour. Layers lie
// along x where all of them fit, else they go down the rows; what does not fit scrolls with the crosshair in the
// middle. A marked cell (a sensitive layer) carries the mark in its last column, where it is one column wide in place
// of its sign. Cells without a finite value show a dot, those without a module nothing.
//
// Where values are levels (rungs of a ladder, say), a cell shows its level's sign instead, in the level's role; in
// cells of two rows the mark stands below the sign.
#ifndef QS_PLOT_HEAT_H
#define QS_PLOT_HEAT_H

#include "plot/chart.h"

enum { QS_HEAT_LEVELS_MAX = 64 };

struct qs_heat_level {
    char name[16];     // in the legend
    char sign[3];      // two characters
    char letter;       // in place of the sign where a cell has one column
    enum qs_role role;
};

struct qs_heat_mark {
    const char *name;  // in the legend
    uint32_t sign;
    char ascii;
};

struct qs_heat {
    const double *values;     // f64[kinds][layers]; NaN: absent
    const uint8_t *marked;    // u8[kinds][layers], NULL: none. 1 and up: a mark
    const struct qs_heat_mark *marks;   // [mark_count] what 1 and up are; NULL: a sensitive layer
    size_t mark_count;
    const struct qs_heat_level *levels; // [level_count] values are indices of these; NULL: values are continuous
    size_t level_count;       // at most QS_HEAT_LEVELS_MAX
    const uint8_t *missing;   // u8[kinds][layers], NULL: none. 1: there is no such module
    uint32_t layers;
    uint32_t kinds;
    const char *const *names; // [kinds]
    const char *letters;      // [kinds] stand for the names where room is short
    uint32_t layer, kind;     // the crosshair
    bool log;                 // values <= 0 are at the lowest step then, and counted
    enum qs_glyphs glyphs;
};

struct qs_heat_layout {
    struct qs_rect plot;      // of the cells that are shown
    bool across;              // layers lie along x
    int cell_cols, cell_rows;
    uint32_t first_layer, first_kind;   // the first shown
    uint32_t shown_layers, shown_kinds;
    double low, high;         // the range of the steps; NaN where there is no value
    uint64_t gaps;            // modules without a finite value
    uint64_t floored;         // values <= 0 on a logarithmic scale
    int legend_row, layers_row, names_row; // of the screen, -1: not there. names_row: of kinds along x
    int gutter;               // columns left of the plot
};

// Where everything stands in rect.
void qs_heat_arrange(struct qs_rect rect, const struct qs_heat *heat, struct qs_heat_layout *out);

// Draws what was arranged in rect. `label` stands before the legend ("fnorm").
void qs_heat_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_heat *heat,
                  const struct qs_heat_layout *layout, const char *label);

// The module under a cell of the screen; false outside.
bool qs_heat_at(const struct qs_heat_layout *layout, int col, int row, uint32_t *out_layer, uint32_t *out_kind);

// The top left cell of a module that is shown.
void qs_heat_cell_of(const struct qs_heat_layout *layout, uint32_t layer, uint32_t kind, int *out_col, int *out_row);

// The step of a value, 0 .. QS_HEAT_ROLES - 1; -1 where it is not finite.
int qs_heat_step(const struct qs_heat_layout *layout, bool log, double value);

#endif
