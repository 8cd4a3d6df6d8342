// Dots in cells: see canvas.h. Lines are Bresenham's.
#include "plot/canvas.h"

#include <stdlib.h>

static const struct {
    int dots_x, dots_y;
    uint32_t signs[4]; // by mask, bit 0 the upper dot; unused for braille, whose signs are U+2800 + mask
} sets[QS_GLYPHS_COUNT] = {
    [QS_GLYPHS_BRAILLE] = {2, 4, {0}},
    [QS_GLYPHS_BLOCK] = {1, 2, {' ', 0x2580, 0x2584, 0x2588}},
    [QS_GLYPHS_ASCII] = {1, 2, {' ', '\'', '.', ':'}},
};

int qs_glyphs_dots_x(enum qs_glyphs glyphs)
{
    return sets[glyphs].dots_x;
}

int qs_glyphs_dots_y(enum qs_glyphs glyphs)
{
    return sets[glyphs].dots_y;
}

struct qs_canvas qs_canvas_of(struct qs_grid *grid, struct qs_rect rect, enum qs_glyphs glyphs)
{
    struct qs_canvas canvas = {.grid = grid, .rect = rect, .glyphs = glyphs};
    if (rect.cols > 0 && rect.rows > 0) {
        canvas.width = rect.cols * sets[glyphs].dots_x;
        canvas.height = rect.rows * sets[glyphs].dots_y;
    }
    return canvas;
}

// The dots of a sign; -1 where it is not made of dots.
static int mask_of(enum qs_glyphs glyphs, uint32_t codepoint)
{
    if (codepoint == ' ') {
        return 0;
    }
    if (glyphs == QS_GLYPHS_BRAILLE) {
        return codepoint >= 0x2800 && codepoint < 0x2900 ? (int)(codepoint - 0x2800) : -1;
    }
    for (int mask = 1; mask < 4; mask++) {
        if (sets[glyphs].signs[mask] == codepoint) {
            return mask;
        }
    }
    return -1;
}

bool qs_canvas_is_dots(enum qs_glyphs glyphs, uint32_t codepoint)
{
    return mask_of(glyphs, codepoint) >= 0;
}

void qs_canvas_dot(struct qs_canvas *canvas, int x, int y, enum qs_role role)
{
    static const uint8_t braille[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height) {
        return;
    }
    int dots_x = sets[canvas->glyphs].dots_x;
    int dots_y = sets[canvas->glyphs].dots_y;
    int col = canvas->rect.col + x / dots_x;
    int row = canvas->rect.row + y / dots_y;
    struct qs_grid *grid = canvas->grid;
    if (col < 0 || row < 0 || col >= grid->cols || row >= grid->rows) {
        return;
    }
    int mask = mask_of(canvas->glyphs, grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].codepoint);
    mask = mask < 0 ? 0 : mask;
    if (canvas->glyphs == QS_GLYPHS_BRAILLE) {
        mask |= braille[y % dots_y][x % dots_x];
        qs_grid_put(grid, col, row, 0x2800 + (uint32_t)mask, role);
    } else {
        mask |= 1 << y % dots_y;
        qs_grid_put(grid, col, row, sets[canvas->glyphs].signs[mask], role);
    }
}

void qs_canvas_line(struct qs_canvas *canvas, int x0, int y0, int x1, int y1, struct qs_pen *pen)
{
    int dx = abs(x1 - x0);
    int dy = -abs(y1 - y0);
    int step_x = x0 < x1 ? 1 : -1;
    int step_y = y0 < y1 ? 1 : -1;
    int error = dx + dy;
    int x = x0;
    int y = y0;
    for (;;) {
        bool end = x == x1 && y == y1;
        if (end || (x == x0 && y == y0) || (pen->dash >> pen->phase & 1)) {
            qs_canvas_dot(canvas, x, y, pen->role);
        }
        if (end) {
            return;
        }
        pen->phase = (uint16_t)((pen->phase + 1) % pen->period);
        int twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            x += step_x;
        }
        if (twice <= dx) {
            error += dx;
            y += step_y;
        }
    }
}
