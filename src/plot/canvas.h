// Dots inside a rectangle of a grid: 2x4 a cell in braille, 1x2 in half blocks and in ASCII (' . :).
//
// The dots live in the grid's cells themselves: setting one reads the cell's sign, adds the dot and writes it back, so
// a canvas needs no memory. A cell that holds another sign (a letter) is replaced.
#ifndef QS_PLOT_CANVAS_H
#define QS_PLOT_CANVAS_H

#include "plot/chart.h"

struct qs_canvas {
    struct qs_grid *grid;
    struct qs_rect rect;
    enum qs_glyphs glyphs;
    int width, height; // dots; 0 where rect is empty
};

// How a line is drawn. dash: bits of the pattern, the lowest first; period: its length, 1..16.
struct qs_pen {
    enum qs_role role;
    uint16_t dash;
    uint16_t period;
    uint16_t phase; // 0 at first; lines carry it on
};

int qs_glyphs_dots_x(enum qs_glyphs glyphs);
int qs_glyphs_dots_y(enum qs_glyphs glyphs);

struct qs_canvas qs_canvas_of(struct qs_grid *grid, struct qs_rect rect, enum qs_glyphs glyphs);

// (0, 0) is the top left dot. Dots outside are not drawn. The cell takes the role.
void qs_canvas_dot(struct qs_canvas *canvas, int x, int y, enum qs_role role);

// From (x0, y0) to (x1, y1), both ends inside the canvas and always set, the dots between by the pen's pattern.
void qs_canvas_line(struct qs_canvas *canvas, int x0, int y0, int x1, int y1, struct qs_pen *pen);

// Whether a sign is one that dots make (or a blank).
bool qs_canvas_is_dots(enum qs_glyphs glyphs, uint32_t codepoint);

#endif
