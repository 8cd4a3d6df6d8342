// A grid of character cells: what views and charts draw into, and what a terminal, a snapshot or a test shows.
#ifndef QS_PLOT_GRID_H
#define QS_PLOT_GRID_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

// What a cell is, not how it looks: a terminal maps roles to colours and attributes.
enum qs_role {
    QS_ROLE_TEXT,
    QS_ROLE_DIM,       // secondary text, grid lines
    QS_ROLE_TITLE,
    QS_ROLE_HEADER,    // column heads
    QS_ROLE_STATUS,    // the permanent line
    QS_ROLE_KEY,       // a key's name in a bar or in help
    QS_ROLE_CURSOR,    // the selected row or value
    QS_ROLE_AXIS,
    QS_ROLE_RULE,      // thresholds
    QS_ROLE_MARK,      // a sensitive layer
    QS_ROLE_CROSSHAIR,
    QS_ROLE_WARNING,
    QS_ROLE_ERROR,
    QS_ROLE_GOOD,
    QS_ROLE_SERIES_0,  // eight colours that say which, not how much
    QS_ROLE_SERIES_1,
    QS_ROLE_SERIES_2,
    QS_ROLE_SERIES_3,
    QS_ROLE_SERIES_4,
    QS_ROLE_SERIES_5,
    QS_ROLE_SERIES_6,
    QS_ROLE_SERIES_7,
    QS_ROLE_HEAT_0,    // eight steps of a heat map, from little to much
    QS_ROLE_HEAT_1,
    QS_ROLE_HEAT_2,
    QS_ROLE_HEAT_3,
    QS_ROLE_HEAT_4,
    QS_ROLE_HEAT_5,
    QS_ROLE_HEAT_6,
    QS_ROLE_HEAT_7,
    QS_ROLE_COUNT
};

enum { QS_SERIES_ROLES = 8, QS_HEAT_ROLES = 8 };

struct qs_cell {
    uint32_t codepoint; // 0: the right half of a wide character
    uint16_t role;      // enum qs_role
    uint16_t bold;      // 0 or 1
};

enum { QS_GRID_SIDE_MAX = 4096 };

struct qs_grid {
    int cols;
    int rows;
    struct qs_cell *cells; // [rows][cols]
    int cursor_col;        // the hardware cursor; -1: hidden
    int cursor_row;
};

struct qs_rect {
    int col;
    int row;
    int cols; // may be 0 or negative: nothing is drawn
    int rows;
};

// Sizes are clamped to 1..QS_GRID_SIDE_MAX. The grid is blank. Resizing keeps nothing.
enum qs_status qs_grid_resize(struct qs_grid *grid, int cols, int rows, struct qs_error *err) QS_MUST_USE;
void qs_grid_free(struct qs_grid *grid);
void qs_grid_clear(struct qs_grid *grid); // blanks in QS_ROLE_TEXT, cursor hidden

// Everything below clips to the grid; nothing can fail or write outside it.
void qs_grid_put(struct qs_grid *grid, int col, int row, uint32_t codepoint, enum qs_role role);
void qs_grid_fill(struct qs_grid *grid, struct qs_rect rect, uint32_t codepoint, enum qs_role role);
void qs_grid_set_role(struct qs_grid *grid, struct qs_rect rect, enum qs_role role); // recolours what stands there

// Writes UTF-8 from (col, row), at most max_cols columns (clipped to the grid too); control characters become '?'.
// Returns the columns used.
int qs_grid_text(struct qs_grid *grid, int col, int row, int max_cols, enum qs_role role, const char *utf8);
int qs_grid_textf(struct qs_grid *grid, int col, int row, int max_cols, enum qs_role role, const char *format, ...)
    QS_PRINTF(6, 7);

// The same, ending at the right edge: the last column used is col + cols - 1.
int qs_grid_text_right(struct qs_grid *grid, int col, int row, int cols, enum qs_role role, const char *utf8);

// As qs_grid_text, but what does not fit loses its beginning: "\u2026" and the text's end are drawn.
int qs_grid_text_end(struct qs_grid *grid, int col, int row, int cols, enum qs_role role, const char *utf8);

// The grid as UTF-8 text: exactly `rows` lines, each ended by '\n', trailing blanks removed.
void qs_grid_to_text(const struct qs_grid *grid, struct qs_text *out);

// The same with a second block behind it (after a line "--"), one letter per cell telling its role, for tests of
// colour and marks; blanks are QS_ROLE_TEXT.
void qs_grid_to_roles(const struct qs_grid *grid, struct qs_text *out);

// Replaces every cell beyond ASCII by its nearest ASCII sign (braille by '.', ':' or '#', lines by + - |).
void qs_grid_to_ascii(struct qs_grid *grid);

#endif
