// The legend of a chart: see legend.h.
//
// Items flow over the rows. The most talkative form that fits is taken: full names with line samples, last parts with
// samples, last parts, letters. The focused series stands in brackets and keeps its name in every form; hidden ones
// stand in parentheses. So nothing depends on colour.
#include "plot/legend.h"

#include <ctype.h>
#include <string.h>

enum form { FORM_LETTERS, FORM_SHORT, FORM_SAMPLES, FORM_FULL, FORM_COUNT };

enum { SAMPLE_COLS = 4 };

static const char *const marks_text = " sensitive";

static const struct {
    uint16_t dash, period;
} patterns[] = {
    {0x1, 1},  // ------------
    {0x1, 2},  // - - - - - -
    {0x0f, 6}, // ----  ----
    {0x3, 3},  // -- -- -- --
    {0x5f, 8}, // ----- - ----- -
    {0x3, 4},  // --  --  --
    {0x17, 6}, // --- - --- -
    {0x3f, 8}, // ------  ------
};

struct qs_pen qs_legend_pen(const struct qs_chart *chart, size_t index)
{
    size_t i = index % QS_COUNT_OF(patterns);
    return (struct qs_pen){
        .role = chart->series[index].role,
        .dash = patterns[i].dash,
        .period = patterns[i].period,
    };
}

char qs_series_letter(const char *name, bool taken[static 128])
{
    static const char any[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const char *const pools[] = {qs_legend_short_name(name), any};
    for (size_t i = 0; i < QS_COUNT_OF(pools); i++) {
        for (const char *p = pools[i]; *p; p++) {
            unsigned char c = (unsigned char)*p;
            if (c < 128 && isalnum(c) && !taken[c]) {
                taken[c] = true;
                return (char)c;
            }
        }
    }
    return '*';
}

const char *qs_legend_short_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot[1] ? dot + 1 : name;
}

static bool has_marks(const struct qs_chart *chart)
{
    for (size_t i = 0; i < chart->series_count; i++) {
        const struct qs_series *series = &chart->series[i];
        for (uint32_t layer = 0; series->marked && !series->hidden && layer < series->count; layer++) {
            if (series->marked[layer]) {
                return true;
            }
        }
    }
    return false;
}

static const char *name_in(const struct qs_series *series, enum form form)
{
    if (form == FORM_LETTERS && !series->focused) {
        return "";
    }
    return form == FORM_FULL ? series->name : qs_legend_short_name(series->name);
}

static bool is_bracketed(const struct qs_chart *chart, const struct qs_series *series)
{
    return series->hidden || (series->focused && chart->series_count > 1);
}

static int item_cols(const struct qs_chart *chart, const struct qs_series *series, enum form form)
{
    int name = (int)qs_text_columns(name_in(series, form));
    return 1 + (form >= FORM_SAMPLES ? 1 + SAMPLE_COLS : 0) + (name ? 1 + name : 0) +
           (is_bracketed(chart, series) ? 2 : 0);
}

static void draw_item(struct qs_grid *grid, int col, int row, int room, const struct qs_chart *chart, size_t index,
                      enum form form)
{
    const struct qs_series *series = &chart->series[index];
    enum qs_role role = series->hidden ? QS_ROLE_DIM : series->role;
    int end = col + room;
    bool bracketed = is_bracketed(chart, series);
    if (bracketed) {
        col += qs_grid_text(grid, col, row, end - col, QS_ROLE_TEXT, series->hidden ? "(" : "[");
    }
    char letter[2] = {series->letter, '\0'};
    col += qs_grid_text(grid, col, row, end - col, role, letter);
    if (form >= FORM_SAMPLES) {
        struct qs_rect rect = {col + 1, row, SAMPLE_COLS, 1};
        struct qs_canvas canvas = qs_canvas_of(grid, rect, chart->glyphs);
        struct qs_pen pen = qs_legend_pen(chart, index);
        pen.role = role;
        int y = canvas.height / 2;
        qs_canvas_line(&canvas, 0, y, canvas.width - 1, y, &pen);
        col += 1 + SAMPLE_COLS;
    }
    const char *name = name_in(series, form);
    if (*name) {
        col++;
        col += qs_grid_text(grid, col, row, end - col, role, name);
    }
    if (bracketed) {
        qs_grid_text(grid, col, row, end - col, QS_ROLE_TEXT, series->hidden ? ")" : "]");
    }
}

// Lays the items out; draws them where grid is not NULL. Returns the rows needed, most_rows + 1
// where they do not fit.
static int flow(struct qs_grid *grid, struct qs_rect rect, int indent, const struct qs_chart *chart, enum form form,
                int most_rows)
{
    int gap = form == FORM_LETTERS ? 1 : 2;
    int col = indent;
    int row = 0;
    size_t items = chart->series_count + (has_marks(chart) ? 1 : 0);
    for (size_t i = 0; i < items; i++) {
        bool marks = i == chart->series_count;
        int need = marks ? 1 + (int)strlen(marks_text) : item_cols(chart, &chart->series[i], form);
        if (col + need > rect.cols) {
            if (++row >= most_rows) {
                return most_rows + 1;
            }
            col = indent;
        }
        if (grid && marks) {
            qs_grid_put(grid, rect.col + col, rect.row + row, chart->glyphs == QS_GLYPHS_ASCII ? '^' : 0x25b2,
                        QS_ROLE_MARK);
            qs_grid_text(grid, rect.col + col + 1, rect.row + row, rect.cols - col - 1, QS_ROLE_DIM, marks_text);
        } else if (grid) {
            draw_item(grid, rect.col + col, rect.row + row, rect.cols - col, chart, i, form);
        }
        col += need + gap;
    }
    return row + 1;
}

static enum form choose(const struct qs_chart *chart, int cols, int indent, int most_rows, int *out_rows)
{
    struct qs_rect rect = {0, 0, cols, most_rows};
    for (int rows = 1; rows <= most_rows; rows++) {
        // A second row is for names, not for their longer forms.
        for (int form = rows == 1 ? FORM_FULL : FORM_SHORT; form >= FORM_SHORT; form--) {
            if (flow(NULL, rect, indent, chart, (enum form)form, rows) <= rows) {
                *out_rows = rows;
                return (enum form)form;
            }
        }
    }
    *out_rows = most_rows > 0 ? 1 : 0;
    return FORM_LETTERS;
}

int qs_legend_rows(const struct qs_chart *chart, int cols, int indent, int most_rows)
{
    int rows;
    choose(chart, cols, indent, most_rows, &rows);
    return rows;
}

void qs_legend_draw(struct qs_grid *grid, struct qs_rect rect, int indent, const struct qs_chart *chart)
{
    int rows;
    enum form form = choose(chart, rect.cols, indent, rect.rows, &rows);
    if (rows > 0) {
        flow(grid, rect, indent, chart, form, rows);
    }
}
