// A heat map: see heat.h.
//
//     qs_heat_arrange -> range (of all values, also of those out of sight) -> orientation, cells, window
//     qs_heat_draw    -> names and layers, cells, legend
#include "plot/heat.h"

#include "plot/scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    GUTTER_MIN_PLOT = 12,  // columns that must remain beside names; else letters stand there
    GUTTER_MAX = 20,
    LAYER_GUTTER = 5,      // of the layers' numbers, where they go down the rows
    CELL_COLS_MAX = 4,
    NAME_CELL_COLS = 10,   // kinds along x
    CELL_ROWS_MAX = 2,
    LEGEND_BOUND = 7,      // columns of a number in the legend
};

// Two columns of a cell, by step: even steps are of one density, odd ones of two neighbouring ones.
static const uint32_t dense[QS_HEAT_ROLES][2] = {
    {' ', 0x2591},    {0x2591, 0x2591}, {0x2591, 0x2592}, {0x2592, 0x2592},
    {0x2592, 0x2593}, {0x2593, 0x2593}, {0x2593, 0x2588}, {0x2588, 0x2588},
};
static const char ascii[QS_HEAT_ROLES + 1] = ".:-=+*#@";

static uint32_t sign_of(enum qs_glyphs glyphs, int step, int col)
{
    return glyphs == QS_GLYPHS_ASCII ? (uint32_t)(unsigned char)ascii[step] : dense[step][(col + 1) % 2];
}

static size_t index_of(const struct qs_heat *heat, uint32_t layer, uint32_t kind)
{
    return (size_t)kind * heat->layers + layer;
}

static bool is_missing(const struct qs_heat *heat, size_t at)
{
    return heat->missing && heat->missing[at];
}

static void find_range(const struct qs_heat *heat, struct qs_heat_layout *layout)
{
    layout->low = NAN;
    layout->high = NAN;
    size_t count = (size_t)heat->layers * heat->kinds;
    for (size_t i = 0; i < count; i++) {
        double value = heat->values[i];
        if (is_missing(heat, i)) {
            continue;
        }
        if (!isfinite(value)) {
            layout->gaps++;
        } else if (heat->log && value <= 0) {
            layout->floored++;
        } else {
            layout->low = fmin(layout->low, value); // fmin and fmax pass over NaN
            layout->high = fmax(layout->high, value);
        }
    }
}

// How far into the range a value lies, 0..1.
static double part_of(const struct qs_heat_layout *layout, bool log, double value)
{
    if (!(layout->low < layout->high)) {
        return 0;
    }
    return log ? (log10(value) - log10(layout->low)) / (log10(layout->high) - log10(layout->low))
               : (value / 2 - layout->low / 2) / (layout->high / 2 - layout->low / 2); // halves do not overflow
}

int qs_heat_step(const struct qs_heat_layout *layout, bool log, double value)
{
    if (!isfinite(value)) {
        return -1;
    }
    if (isnan(layout->low) || (log && value <= 0)) {
        return 0;
    }
    double step = floor(part_of(layout, log, value) * QS_HEAT_ROLES);
    return step < 0 ? 0 : step > QS_HEAT_ROLES - 1 ? QS_HEAT_ROLES - 1 : (int)step;
}

// The lower bound of a step.
static double bound_of(const struct qs_heat_layout *layout, bool log, int step)
{
    double part = (double)step / QS_HEAT_ROLES;
    return log ? layout->low * pow(layout->high / layout->low, part)
               : layout->low * (1 - part) + layout->high * part;
}

// The first of `shown` places out of `count`, with `focus` in the middle as far as the ends allow.
static uint32_t window(uint32_t count, uint32_t shown, uint32_t focus)
{
    if (shown >= count) {
        return 0;
    }
    uint32_t first = focus > shown / 2 ? focus - shown / 2 : 0;
    return first > count - shown ? count - shown : first;
}

static int names_cols(const struct qs_heat *heat)
{
    size_t widest = 1;
    for (uint32_t kind = 0; kind < heat->kinds; kind++) {
        size_t cols = qs_text_columns(heat->names[kind]);
        widest = cols > widest ? cols : widest;
    }
    return widest > GUTTER_MAX ? GUTTER_MAX : (int)widest;
}

static int at_most(int64_t wanted, int64_t most)
{
    return (int)(wanted < most ? wanted : most < 0 ? 0 : most);
}

void qs_heat_arrange(struct qs_rect rect, const struct qs_heat *heat, struct qs_heat_layout *out)
{
    *out = (struct qs_heat_layout){.legend_row = -1, .layers_row = -1, .names_row = -1};
    find_range(heat, out);
    if (rect.cols <= 0 || rect.rows <= 0 || heat->layers == 0 || heat->kinds == 0) {
        return;
    }
    int top = rect.row;
    int bottom = rect.row + rect.rows;
    if (rect.rows >= 4) {
        out->legend_row = top++;
    }
    int names = names_cols(heat) + 3; // the letter before, a blank behind
    names = rect.cols - names >= GUTTER_MIN_PLOT ? names : rect.cols > 4 ? 2 : 0;
    out->across = (int64_t)heat->layers <= rect.cols - names;
    if (rect.rows >= 3) {
        *(out->across ? &out->layers_row : &out->names_row) = out->across ? --bottom : top++;
    }
    out->gutter = out->across ? names : rect.cols > 2 * LAYER_GUTTER ? LAYER_GUTTER : 0;
    int cols = rect.cols - out->gutter;
    int rows = bottom - top;
    if (out->across) {
        out->cell_cols = at_most(CELL_COLS_MAX, cols / (int64_t)heat->layers);
        out->cell_rows = at_most(CELL_ROWS_MAX, rows / (int64_t)heat->kinds);
    } else {
        out->cell_cols = at_most(NAME_CELL_COLS, cols / (int64_t)heat->kinds);
        out->cell_cols = out->cell_cols < 2 && cols >= 2 ? 2 : out->cell_cols;
        out->cell_rows = 1;
    }
    out->cell_cols = out->cell_cols < 1 ? 1 : out->cell_cols;
    out->cell_rows = out->cell_rows < 1 ? 1 : out->cell_rows;
    int64_t room_x = cols / out->cell_cols;
    int64_t room_y = rows / out->cell_rows;
    out->shown_layers = (uint32_t)at_most(heat->layers, out->across ? room_x : room_y);
    out->shown_kinds = (uint32_t)at_most(heat->kinds, out->across ? room_y : room_x);
    out->first_layer = window(heat->layers, out->shown_layers, heat->layer);
    out->first_kind = window(heat->kinds, out->shown_kinds, heat->kind);
    uint32_t wide = out->across ? out->shown_layers : out->shown_kinds;
    uint32_t high = out->across ? out->shown_kinds : out->shown_layers;
    out->plot = (struct qs_rect){rect.col + out->gutter, top, (int)wide * out->cell_cols, (int)high * out->cell_rows};
    if (out->layers_row >= 0) {
        out->layers_row = out->plot.row + out->plot.rows; // right under the cells
    }
}

bool qs_heat_at(const struct qs_heat_layout *layout, int col, int row, uint32_t *out_layer, uint32_t *out_kind)
{
    int x = col - layout->plot.col;
    int y = row - layout->plot.row;
    if (x < 0 || y < 0 || x >= layout->plot.cols || y >= layout->plot.rows) {
        return false;
    }
    uint32_t across = (uint32_t)(x / layout->cell_cols);
    uint32_t down = (uint32_t)(y / layout->cell_rows);
    *out_layer = layout->first_layer + (layout->across ? across : down);
    *out_kind = layout->first_kind + (layout->across ? down : across);
    return true;
}

void qs_heat_cell_of(const struct qs_heat_layout *layout, uint32_t layer, uint32_t kind, int *out_col, int *out_row)
{
    int x = (int)(layout->across ? layer - layout->first_layer : kind - layout->first_kind);
    int y = (int)(layout->across ? kind - layout->first_kind : layer - layout->first_layer);
    *out_col = layout->plot.col + x * layout->cell_cols;
    *out_row = layout->plot.row + y * layout->cell_rows;
}

static struct qs_heat_mark mark_of(const struct qs_heat *heat, uint8_t marked)
{
    static const struct qs_heat_mark sensitive = {"sensitive", 0x25b2, '^'};
    return heat->marks && marked <= heat->mark_count ? heat->marks[marked - 1] : sensitive;
}

static uint32_t mark_sign(const struct qs_heat *heat, uint8_t marked)
{
    struct qs_heat_mark mark = mark_of(heat, marked);
    return heat->glyphs == QS_GLYPHS_ASCII ? (unsigned char)mark.ascii : mark.sign;
}

// The level of a cell, NULL where it has none.
static const struct qs_heat_level *level_of(const struct qs_heat *heat, size_t at)
{
    double value = heat->values[at];
    bool good = heat->levels && !is_missing(heat, at) && value >= 0 && value < (double)heat->level_count;
    return good ? &heat->levels[(size_t)value] : NULL;
}

static void draw_level(struct qs_grid *grid, const struct qs_heat *heat, const struct qs_heat_layout *layout, size_t at,
                       int left, int top, bool focused)
{
    const struct qs_heat_level *level = level_of(heat, at);
    uint8_t marked = heat->marked ? heat->marked[at] : 0;
    int cols = layout->cell_cols;
    enum qs_role role = focused ? QS_ROLE_CURSOR : level ? level->role : QS_ROLE_DIM;
    if (level) {
        qs_grid_fill(grid, (struct qs_rect){left, top, cols, layout->cell_rows}, ' ', role);
        for (int col = 0; col < cols && col < 2; col++) {
            qs_grid_put(grid, left + col, top, (unsigned char)(cols == 1 ? level->letter : level->sign[col]), role);
        }
        // Below the sign, the density of the step; around a mark nothing, so that it stands out.
        int step = (int)level->role - QS_ROLE_HEAT_0;
        if (layout->cell_rows > 1 && !marked && step >= 0 && step < QS_HEAT_ROLES) {
            qs_grid_fill(grid, (struct qs_rect){left, top + 1, cols, 1}, sign_of(heat->glyphs, step / 2 * 2 + 1, 0),
                         role);
        }
    } else {
        bool blank = is_missing(heat, at);
        qs_grid_put(grid, left, top, blank ? ' ' : heat->glyphs == QS_GLYPHS_ASCII ? '?' : 0xb7, role);
    }
    if (marked) {
        bool below = layout->cell_rows > 1;
        qs_grid_put(grid, below ? left : left + (cols > 2 ? 2 : cols - 1), below ? top + 1 : top,
                    mark_sign(heat, marked), focused ? QS_ROLE_CURSOR : QS_ROLE_MARK);
    }
}

static void draw_cell(struct qs_grid *grid, const struct qs_heat *heat, const struct qs_heat_layout *layout,
                      uint32_t layer, uint32_t kind)
{
    int left;
    int top;
    qs_heat_cell_of(layout, layer, kind, &left, &top);
    size_t at = index_of(heat, layer, kind);
    bool focused = layer == heat->layer && kind == heat->kind;
    if (heat->levels) {
        draw_level(grid, heat, layout, at, left, top, focused);
        return;
    }
    int step = qs_heat_step(layout, heat->log, heat->values[at]);
    bool marked = heat->marked && heat->marked[at];
    bool blank = is_missing(heat, at);
    for (int row = 0; row < layout->cell_rows; row++) {
        for (int col = 0; col < layout->cell_cols; col++) {
            bool last = col == layout->cell_cols - 1;
            uint32_t sign = step >= 0 ? sign_of(heat->glyphs, step, col)
                            : blank || !last ? ' '
                            : heat->glyphs == QS_GLYPHS_ASCII ? '?' : 0xb7;
            enum qs_role role = step >= 0 ? QS_ROLE_HEAT_0 + (enum qs_role)step : QS_ROLE_DIM;
            if (marked && last && row == 0) {
                sign = mark_sign(heat, heat->marked[at]);
                role = QS_ROLE_MARK;
            }
            qs_grid_put(grid, left + col, top + row, sign, focused ? QS_ROLE_CURSOR : role);
        }
    }
}

static void draw_kind_name(struct qs_grid *grid, const struct qs_heat *heat, const struct qs_heat_layout *layout,
                           uint32_t kind)
{
    int col;
    int row;
    qs_heat_cell_of(layout, layout->first_layer, kind, &col, &row);
    enum qs_role role = kind == heat->kind ? QS_ROLE_CURSOR : QS_ROLE_SERIES_0 + kind % QS_SERIES_ROLES;
    char letter[2] = {heat->letters[kind], '\0'};
    if (layout->across) {
        col = layout->plot.col - layout->gutter;
        qs_grid_text(grid, col, row, layout->gutter, role, letter);
        qs_grid_text(grid, col + 2, row, layout->gutter - 3, kind == heat->kind ? QS_ROLE_TITLE : QS_ROLE_TEXT,
                     heat->names[kind]);
    } else if (layout->names_row >= 0) {
        bool fits = qs_text_columns(heat->names[kind]) < (size_t)layout->cell_cols;
        qs_grid_text(grid, col, layout->names_row, layout->cell_cols, role, fits ? heat->names[kind] : letter);
    }
}

static void draw_layers(struct qs_grid *grid, const struct qs_heat *heat, const struct qs_heat_layout *layout)
{
    char text[16];
    if (!layout->across) {
        for (uint32_t i = 0; i < layout->shown_layers && layout->gutter > 0; i++) {
            uint32_t layer = layout->first_layer + i;
            snprintf(text, sizeof text, "%u", layer);
            qs_grid_text_right(grid, layout->plot.col - layout->gutter, layout->plot.row + (int)i,
                               layout->gutter - 1, layer == heat->layer ? QS_ROLE_CROSSHAIR : QS_ROLE_AXIS, text);
        }
        return;
    }
    if (layout->layers_row < 0) {
        return;
    }
    uint32_t step = qs_layer_step(heat->layers, layout->plot.cols, 2);
    qs_grid_text(grid, layout->plot.col - layout->gutter, layout->layers_row, layout->gutter, QS_ROLE_DIM, "layer");
    int free_from = layout->plot.col;
    int end = layout->plot.col + layout->plot.cols;
    // The crosshair's number always stands; numbers of the step keep away from it.
    int width = snprintf(text, sizeof text, "%u", heat->layer);
    int here = layout->plot.col + (int)(heat->layer - layout->first_layer) * layout->cell_cols;
    here = here + width > end && end - width >= layout->plot.col ? end - width : here;
    qs_grid_text(grid, here, layout->layers_row, width, QS_ROLE_TITLE, text);
    for (uint32_t layer = 0; layer < heat->layers; layer += step) {
        int col = layout->plot.col + (int)layer * layout->cell_cols;
        int cols = snprintf(text, sizeof text, "%u", layer);
        bool clear = col >= free_from && col + cols <= end && (col + cols < here || col > here + width);
        if (clear) {
            qs_grid_text(grid, col, layout->layers_row, cols, QS_ROLE_AXIS, text);
            free_from = col + cols + 1;
        }
    }
}

// "rung  3  b3g128  4. b4g64  \u25b2 boosted": the levels and marks there are, as many as there is room for.
static void draw_levels(struct qs_grid *grid, struct qs_rect rect, const struct qs_heat *heat,
                        const struct qs_heat_layout *layout, int col)
{
    uint64_t levels = 0;
    uint64_t marks = 0;
    int row = layout->legend_row;
    int end = rect.col + rect.cols;
    for (size_t at = 0; at < (size_t)heat->layers * heat->kinds; at++) {
        const struct qs_heat_level *level = level_of(heat, at);
        levels |= level ? UINT64_C(1) << (level - heat->levels) : 0;
        marks |= heat->marked && heat->marked[at] ? UINT64_C(1) << (heat->marked[at] - 1) : 0;
    }
    for (size_t i = 0; i < heat->mark_count; i++) {
        if (marks >> i & 1 && col + 3 + (int)strlen(heat->marks[i].name) <= end) {
            qs_grid_put(grid, col, row, mark_sign(heat, (uint8_t)(i + 1)), QS_ROLE_MARK);
            col += 2 + qs_grid_text(grid, col + 2, row, end - col - 2, QS_ROLE_DIM, heat->marks[i].name) + 2;
        }
    }
    for (size_t i = 0; i < heat->level_count; i++) {
        const struct qs_heat_level *level = &heat->levels[i];
        bool wide = layout->cell_cols > 1;
        char sign[3] = {wide ? level->sign[0] : level->letter, wide ? level->sign[1] : '\0', '\0'};
        if (!(levels >> i & 1)) {
            continue;
        }
        if (col + (int)strlen(sign) + 1 + (int)strlen(level->name) > end) {
            qs_grid_text(grid, col, row, end - col, QS_ROLE_DIM, heat->glyphs == QS_GLYPHS_ASCII ? "..." : "\u2026");
            return;
        }
        col += qs_grid_text(grid, col, row, end - col, level->role, sign) + 1;
        col += qs_grid_text(grid, col, row, end - col, QS_ROLE_DIM, level->name) + 2;
    }
}

// "fnorm  0.12 ░ 0.3 ░ ... █ 4.5  ▲ sensitive", with as many bounds as there is room for.
static void draw_legend(struct qs_grid *grid, struct qs_rect rect, const struct qs_heat *heat,
                        const struct qs_heat_layout *layout, const char *label)
{
    int row = layout->legend_row;
    int end = rect.col + rect.cols;
    int col = rect.col;
    col += qs_grid_text(grid, col, row, rect.cols, QS_ROLE_TITLE, label) + 2;
    if (heat->levels) {
        draw_levels(grid, rect, heat, layout, col);
        return;
    }
    if (isnan(layout->low)) {
        qs_grid_text(grid, col, row, end - col, QS_ROLE_DIM, "no values yet");
        return;
    }
    int room = end - col - (QS_HEAT_ROLES * 3 + 2 * LEGEND_BOUND);
    int each = room >= (QS_HEAT_ROLES - 1) * LEGEND_BOUND ? 1 : room >= 3 * LEGEND_BOUND ? 2 : QS_HEAT_ROLES;
    for (int step = 0; step <= QS_HEAT_ROLES && col < end; step++) {
        if (step % each == 0) {
            char text[24];
            double bound = step == QS_HEAT_ROLES ? layout->high : bound_of(layout, heat->log, step);
            snprintf(text, sizeof text, "%.3g", bound);
            col += qs_grid_text(grid, col, row, end - col, QS_ROLE_AXIS, text) + 1;
        }
        for (int i = 0; step < QS_HEAT_ROLES && i < 2 && col < end; i++) {
            qs_grid_put(grid, col++, row, sign_of(heat->glyphs, step, i), QS_ROLE_HEAT_0 + (enum qs_role)step);
        }
        col += step < QS_HEAT_ROLES && (step + 1) % each == 0;
    }
    if (heat->log) {
        col += qs_grid_text(grid, col, row, end - col, QS_ROLE_DIM, "log") + 1;
    }
    if (heat->marked && end - col >= 2) {
        qs_grid_put(grid, col + 1, row, mark_sign(heat, 1), QS_ROLE_MARK);
        qs_grid_text(grid, col + 2, row, end - col - 2, QS_ROLE_DIM, " sensitive");
    }
}

void qs_heat_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_heat *heat,
                  const struct qs_heat_layout *layout, const char *label)
{
    if (layout->legend_row >= 0) {
        draw_legend(grid, rect, heat, layout, label);
    }
    for (uint32_t i = 0; i < layout->shown_kinds; i++) {
        uint32_t kind = layout->first_kind + i;
        draw_kind_name(grid, heat, layout, kind);
        for (uint32_t j = 0; j < layout->shown_layers; j++) {
            draw_cell(grid, heat, layout, layout->first_layer + j, kind);
        }
    }
    if (layout->shown_layers > 0) {
        draw_layers(grid, heat, layout);
    }
}
