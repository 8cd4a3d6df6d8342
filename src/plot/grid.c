// A grid of character cells: see grid.h.
//
// A wide character takes two cells, the second with code point 0. Whatever overwrites one of the halves blanks the
// other, so a grid never holds half a character.
#include "plot/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int clamp_side(int side)
{
    return side < 1 ? 1 : side > QS_GRID_SIDE_MAX ? QS_GRID_SIDE_MAX : side;
}

enum qs_status qs_grid_resize(struct qs_grid *grid, int cols, int rows, struct qs_error *err)
{
    cols = clamp_side(cols);
    rows = clamp_side(rows);
    size_t count = (size_t)cols * (size_t)rows;
    struct qs_cell *cells = calloc(count, sizeof *cells);
    if (!cells) {
        return qs_fail_memory(err, "the screen", count * sizeof *cells);
    }
    free(grid->cells);
    *grid = (struct qs_grid){.cols = cols, .rows = rows, .cells = cells};
    qs_grid_clear(grid);
    return QS_OK;
}

void qs_grid_free(struct qs_grid *grid)
{
    if (grid) {
        free(grid->cells);
        *grid = (struct qs_grid){.cursor_col = -1, .cursor_row = -1};
    }
}

void qs_grid_clear(struct qs_grid *grid)
{
    size_t count = (size_t)grid->cols * (size_t)grid->rows;
    for (size_t i = 0; i < count; i++) {
        grid->cells[i] = (struct qs_cell){.codepoint = ' ', .role = QS_ROLE_TEXT};
    }
    grid->cursor_col = -1;
    grid->cursor_row = -1;
}

static struct qs_cell *cell_at(const struct qs_grid *grid, int col, int row)
{
    return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

static bool inside(const struct qs_grid *grid, int col, int row)
{
    return col >= 0 && col < grid->cols && row >= 0 && row < grid->rows;
}

// Writes one cell and blanks the other half of what was a wide character there.
static void write_cell(struct qs_grid *grid, int col, int row, uint32_t codepoint, enum qs_role role)
{
    struct qs_cell *cell = cell_at(grid, col, row);
    if (cell->codepoint == 0 && col > 0) {
        cell[-1].codepoint = ' ';
    }
    if (col + 1 < grid->cols && cell[1].codepoint == 0) {
        cell[1].codepoint = ' ';
    }
    *cell = (struct qs_cell){.codepoint = codepoint, .role = (uint16_t)role};
}

// As qs_grid_put, with the width known: 1 or 2.
static void put_sized(struct qs_grid *grid, int col, int row, uint32_t codepoint, int width, enum qs_role role)
{
    if (width < 2) {
        if (inside(grid, col, row)) {
            write_cell(grid, col, row, codepoint, role);
        }
        return;
    }
    bool left = inside(grid, col, row);
    bool right = col < grid->cols && inside(grid, col + 1, row);
    if (left) {
        write_cell(grid, col, row, right ? codepoint : ' ', role);
    }
    if (right) {
        write_cell(grid, col + 1, row, ' ', role);
        if (left) {
            cell_at(grid, col, row)->codepoint = codepoint;
            cell_at(grid, col + 1, row)->codepoint = 0;
        }
    }
}

void qs_grid_put(struct qs_grid *grid, int col, int row, uint32_t codepoint, enum qs_role role)
{
    if (qs_codepoint_is_control(codepoint)) {
        codepoint = '?';
    }
    int width = qs_codepoint_columns(codepoint);
    if (width > 0) {
        put_sized(grid, col, row, codepoint, width, role);
    }
}

// rect cut to the grid; false where nothing is left.
static bool clip(const struct qs_grid *grid, struct qs_rect rect, int *c0, int *c1, int *r0, int *r1)
{
    int64_t right = (int64_t)rect.col + rect.cols;
    int64_t bottom = (int64_t)rect.row + rect.rows;
    *c0 = rect.col < 0 ? 0 : rect.col;
    *r0 = rect.row < 0 ? 0 : rect.row;
    *c1 = right > grid->cols ? grid->cols : (int)(right < 0 ? 0 : right);
    *r1 = bottom > grid->rows ? grid->rows : (int)(bottom < 0 ? 0 : bottom);
    return *c0 < *c1 && *r0 < *r1;
}

void qs_grid_fill(struct qs_grid *grid, struct qs_rect rect, uint32_t codepoint, enum qs_role role)
{
    int c0, c1, r0, r1;
    if (!clip(grid, rect, &c0, &c1, &r0, &r1)) {
        return;
    }
    if (qs_codepoint_is_control(codepoint) || qs_codepoint_columns(codepoint) != 1) {
        codepoint = '?';
    }
    for (int row = r0; row < r1; row++) {
        for (int col = c0; col < c1; col++) {
            write_cell(grid, col, row, codepoint, role);
        }
    }
}

void qs_grid_set_role(struct qs_grid *grid, struct qs_rect rect, enum qs_role role)
{
    int c0, c1, r0, r1;
    if (!clip(grid, rect, &c0, &c1, &r0, &r1)) {
        return;
    }
    for (int row = r0; row < r1; row++) {
        for (int col = c0; col < c1; col++) {
            cell_at(grid, col, row)->role = (uint16_t)role;
        }
    }
}

int qs_grid_text(struct qs_grid *grid, int col, int row, int max_cols, enum qs_role role, const char *utf8)
{
    int64_t room = (int64_t)grid->cols - col;
    int64_t limit = room < max_cols ? room : max_cols;
    int used = 0;
    for (uint32_t codepoint; (codepoint = qs_text_next(&utf8)) != 0;) {
        if (qs_codepoint_is_control(codepoint)) {
            codepoint = '?';
        }
        int width = qs_codepoint_columns(codepoint);
        if (used + width > limit) {
            break;
        }
        if (width > 0) {
            put_sized(grid, col + used, row, codepoint, width, role);
        }
        used += width;
    }
    return used;
}

int qs_grid_textf(struct qs_grid *grid, int col, int row, int max_cols, enum qs_role role, const char *format, ...)
{
    char line[1024]; // longer lines are cut: no terminal shows more of one text
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return length < 0 ? 0 : qs_grid_text(grid, col, row, max_cols, role, line);
}

int qs_grid_text_right(struct qs_grid *grid, int col, int row, int cols, enum qs_role role, const char *utf8)
{
    size_t need = qs_text_columns(utf8);
    int indent = cols > 0 && need < (size_t)cols ? cols - (int)need : 0;
    if ((int64_t)col + indent >= grid->cols) {
        return 0;
    }
    return qs_grid_text(grid, col + indent, row, cols - indent, role, utf8);
}

int qs_grid_text_end(struct qs_grid *grid, int col, int row, int cols, enum qs_role role, const char *utf8)
{
    size_t width = qs_text_columns(utf8);
    if (cols <= 1 || width <= (size_t)cols) {
        return qs_grid_text(grid, col, row, cols, role, utf8);
    }
    while (width > (size_t)cols - 1) {
        width -= (size_t)qs_codepoint_columns(qs_text_next(&utf8));
    }
    int used = qs_grid_text(grid, col, row, cols, role, "\u2026");
    return used + qs_grid_text(grid, col + used, row, cols - used, role, utf8);
}

void qs_grid_to_text(const struct qs_grid *grid, struct qs_text *out)
{
    for (int row = 0; row < grid->rows; row++) {
        int end = grid->cols;
        while (end > 0 && cell_at(grid, end - 1, row)->codepoint == ' ') {
            end--;
        }
        for (int col = 0; col < end; col++) {
            uint32_t codepoint = cell_at(grid, col, row)->codepoint;
            char bytes[4];
            if (codepoint) {
                qs_text_add_bytes(out, bytes, qs_codepoint_encode(codepoint, bytes));
            }
        }
        qs_text_add(out, "\n");
    }
}

void qs_grid_to_roles(const struct qs_grid *grid, struct qs_text *out)
{
    static const char letters[QS_ROLE_COUNT + 1] = " dthskcarmxweg01234567ABCDEFGH"; // in the order of enum qs_role
    qs_grid_to_text(grid, out);
    qs_text_add(out, "--\n");
    for (int row = 0; row < grid->rows; row++) {
        int end = grid->cols;
        while (end > 0 && cell_at(grid, end - 1, row)->role == QS_ROLE_TEXT) {
            end--;
        }
        for (int col = 0; col < end; col++) {
            uint16_t role = cell_at(grid, col, row)->role;
            char letter = role < QS_ROLE_COUNT ? letters[role] : '?';
            qs_text_add_bytes(out, &letter, 1);
        }
        qs_text_add(out, "\n");
    }
}

static char ascii_of_line(uint32_t codepoint) // U+2500..257F
{
    switch (codepoint) {
    case 0x2500: case 0x2501: case 0x2504: case 0x2505: case 0x2508: case 0x2509: case 0x254c: case 0x254d:
    case 0x2550: case 0x2574: case 0x2576: case 0x2578: case 0x257a: case 0x257c: case 0x257e:
        return '-';
    case 0x2502: case 0x2503: case 0x2506: case 0x2507: case 0x250a: case 0x250b: case 0x254e: case 0x254f:
    case 0x2551: case 0x2575: case 0x2577: case 0x2579: case 0x257b: case 0x257d: case 0x257f:
        return '|';
    case 0x2571:
        return '/';
    case 0x2572:
        return '\\';
    case 0x2573:
        return 'X';
    default:
        return '+';
    }
}

static char ascii_of(uint32_t codepoint)
{
    if (codepoint < 0x7f) {
        return (char)codepoint;
    }
    if (codepoint >= 0x2800 && codepoint < 0x2900) {
        int dots = __builtin_popcount(codepoint & 0xff);
        return dots == 0 ? ' ' : dots <= 2 ? '.' : dots <= 4 ? ':' : '#';
    }
    if (codepoint >= 0x2500 && codepoint < 0x2580) {
        return ascii_of_line(codepoint);
    }
    if (codepoint >= 0x2580 && codepoint < 0x25a0) {
        return codepoint == 0x2591 || (codepoint >= 0x2581 && codepoint < 0x2584) ? '.'
             : codepoint == 0x2588 || codepoint == 0x2593 ? '#' : ':';
    }
    static const struct {
        uint16_t codepoint;
        char ascii;
    } signs[] = {
        {0xa0, ' '}, {0xb0, 'o'}, {0xb1, '~'}, {0xb2, '2'}, {0xb3, '3'}, {0xb5, 'u'}, {0xb7, '.'}, {0xd7, 'x'},
        {0xf7, '/'}, {0x3c3, 's'}, {0x3bc, 'u'}, {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'},
        {0x2014, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x2022, '*'}, {0x2026, '.'},
        {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'}, {0x2212, '-'}, {0x2248, '~'}, {0x2264, '<'},
        {0x2265, '>'}, {0x25a0, '#'}, {0x25a1, '#'}, {0x25b2, '^'}, {0x25b4, '^'}, {0x25b6, '>'}, {0x25b8, '>'},
        {0x25bc, 'v'}, {0x25be, 'v'}, {0x25c0, '<'}, {0x25c2, '<'}, {0x25c6, '*'}, {0x25cb, 'o'}, {0x25cf, 'o'},
        {0x2605, '*'}, {0x2713, 'x'}, {0x2717, 'x'},
    };
    for (size_t i = 0; i < QS_COUNT_OF(signs); i++) {
        if (signs[i].codepoint == codepoint) {
            return signs[i].ascii;
        }
    }
    return '?';
}

void qs_grid_to_ascii(struct qs_grid *grid)
{
    size_t count = (size_t)grid->cols * (size_t)grid->rows;
    for (size_t i = 0; i < count; i++) {
        uint32_t codepoint = grid->cells[i].codepoint;
        grid->cells[i].codepoint = codepoint ? (uint32_t)ascii_of(codepoint) : ' ';
    }
}
