// Bars of eighths of a cell: see bars.h.
#include "plot/bars.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EIGHTHS = 8 };

// The largest count among the bins that share a column: an outlier is never averaged away.
static uint64_t count_at(const struct qs_bars *bars, int col, int cols)
{
    size_t first = (size_t)col * bars->bins / (size_t)cols;
    size_t end = ((size_t)col + 1) * bars->bins / (size_t)cols;
    end = end > first ? end : first + 1;
    uint64_t most = 0;
    for (size_t bin = first; bin < end && bin < bars->bins; bin++) {
        most = bars->counts[bin] > most ? bars->counts[bin] : most;
    }
    return most;
}

// What stands in one cell of a bar, by its eighths that are filled.
static uint32_t sign_of(enum qs_glyphs glyphs, int eighths)
{
    if (eighths <= 0) {
        return ' ';
    }
    if (glyphs == QS_GLYPHS_ASCII) {
        return eighths >= EIGHTHS ? '#' : eighths > EIGHTHS / 2 ? ':' : '.';
    }
    return 0x2580 + (uint32_t)(eighths > EIGHTHS ? EIGHTHS : eighths);
}

static void draw_levels(struct qs_grid *grid, struct qs_rect row, const struct qs_bars *bars)
{
    for (size_t i = 0; i < bars->level_count; i++) {
        double at = (bars->levels[i] - bars->min) / (bars->max - bars->min);
        if (at >= 0 && at <= 1) {
            qs_grid_put(grid, row.col + (int)lround(at * (row.cols - 1)), row.row,
                        bars->glyphs == QS_GLYPHS_ASCII ? '^' : 0x2534, QS_ROLE_RULE);
        }
    }
}

static void draw_range(struct qs_grid *grid, struct qs_rect row, const struct qs_bars *bars)
{
    char text[24];
    snprintf(text, sizeof text, "%.3g", bars->min);
    int used = qs_grid_text(grid, row.col, row.row, row.cols, QS_ROLE_AXIS, text);
    snprintf(text, sizeof text, "%.3g", bars->max);
    int width = (int)strlen(text);
    if (used + 1 + width <= row.cols) {
        qs_grid_text_right(grid, row.col, row.row, row.cols, QS_ROLE_AXIS, text);
        int middle = row.cols / 2;
        if (bars->min < 0 && bars->max > 0 && middle > used && middle + 1 < row.cols - width) {
            qs_grid_put(grid, row.col + (int)lround(-bars->min / (bars->max - bars->min) * (row.cols - 1)), row.row,
                        '0', QS_ROLE_AXIS);
        }
    }
}

void qs_bars_draw(struct qs_grid *grid, struct qs_rect rect, const struct qs_bars *bars, bool *out_dense)
{
    bool dense = bars->level_count > (size_t)(rect.cols > 0 ? rect.cols / 2 : 0);
    if (out_dense) {
        *out_dense = dense;
    }
    int rows = rect.rows - 2;
    if (rect.cols < 1 || rows < 1 || bars->bins == 0 || !(bars->min < bars->max)) {
        return;
    }
    uint64_t most = 1;
    for (size_t bin = 0; bin < bars->bins; bin++) {
        most = bars->counts[bin] > most ? bars->counts[bin] : most;
    }
    for (int col = 0; col < rect.cols; col++) {
        uint64_t count = count_at(bars, col, rect.cols);
        double part = count ? log1p((double)count) / log1p((double)most) : 0;
        int eighths = count ? (int)ceil(part * rows * EIGHTHS) : 0;
        for (int row = 0; row < rows; row++) {
            qs_grid_put(grid, rect.col + col, rect.row + rows - 1 - row, sign_of(bars->glyphs, eighths), QS_ROLE_TEXT);
            eighths -= EIGHTHS;
        }
    }
    struct qs_rect ticks = {rect.col, rect.row + rows, rect.cols, 1};
    qs_grid_fill(grid, ticks, bars->glyphs == QS_GLYPHS_ASCII ? '-' : 0x2500, QS_ROLE_AXIS);
    if (!dense) {
        draw_levels(grid, ticks, bars);
    }
    draw_range(grid, (struct qs_rect){rect.col, rect.row + rows + 1, rect.cols, 1}, bars);
}
