// src/plot: heat maps, bars and curves over bits. How they look is kept in tests/ui; here is what must hold.
#include "../cmocka_all.h"
#include "plot/bars.h"
#include "plot/heat.h"
#include "plot/xy.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 130, KINDS_MAX = 40 };

static const char *names[KINDS_MAX];
static char letters[KINDS_MAX];
static double values[KINDS_MAX * LAYERS_MAX];
static uint8_t marked[KINDS_MAX * LAYERS_MAX];

static struct qs_heat make(uint32_t layers, uint32_t kinds)
{
    for (uint32_t kind = 0; kind < kinds; kind++) {
        names[kind] = kind % 2 ? "up_proj" : "self_attn.query_proj";
        letters[kind] = (char)('a' + kind % 26);
    }
    for (size_t i = 0; i < (size_t)layers * kinds; i++) {
        values[i] = (double)(i * 37 % 101) + 1;
        marked[i] = i % 17 == 3;
    }
    return (struct qs_heat){
        .values = values,
        .marked = marked,
        .layers = layers,
        .kinds = kinds,
        .names = names,
        .letters = letters,
        .layer = layers / 2,
        .kind = kinds / 2,
    };
}

static uint32_t code_at(const struct qs_grid *grid, int col, int row)
{
    return grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].codepoint;
}

static uint16_t role_at(const struct qs_grid *grid, int col, int row)
{
    return grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].role;
}

static void steps_rise_with_values(void **state)
{
    (void)state;
    struct qs_heat_layout layout = {.low = 1, .high = 256};
    assert_int_equal(qs_heat_step(&layout, true, 1), 0);
    assert_int_equal(qs_heat_step(&layout, true, 2), 1); // a doubling each
    assert_int_equal(qs_heat_step(&layout, true, 3), 1);
    assert_int_equal(qs_heat_step(&layout, true, 130), 7);
    assert_int_equal(qs_heat_step(&layout, true, 256), 7);
    assert_int_equal(qs_heat_step(&layout, true, 0), 0);
    assert_int_equal(qs_heat_step(&layout, false, 128), 3);
    assert_int_equal(qs_heat_step(&layout, false, 256), 7);
    assert_int_equal(qs_heat_step(&layout, false, NAN), -1);
    assert_int_equal(qs_heat_step(&layout, false, INFINITY), -1);
    layout.low = layout.high = 5; // all the same: one step
    assert_int_equal(qs_heat_step(&layout, false, 5), 0);
    layout.low = -DBL_MAX;
    layout.high = DBL_MAX;
    assert_int_equal(qs_heat_step(&layout, false, 0), 4);
    assert_int_equal(qs_heat_step(&layout, false, DBL_MAX), 7);
}

static void ranges_leave_out_what_has_no_place(void **state)
{
    (void)state;
    struct qs_heat heat = make(4, 2);
    values[0] = NAN;
    values[1] = -3;
    values[2] = INFINITY;
    uint8_t missing[8] = {[3] = 1};
    heat.missing = missing;
    struct qs_heat_layout layout;
    qs_heat_arrange((struct qs_rect){0, 0, 80, 24}, &heat, &layout);
    assert_int_equal(layout.gaps, 2);
    assert_int_equal(layout.floored, 0);
    assert_true(layout.low == -3);
    heat.log = true;
    qs_heat_arrange((struct qs_rect){0, 0, 80, 24}, &heat, &layout);
    assert_int_equal(layout.floored, 1);
    assert_true(layout.low > 0);
}

// Whatever the size: cells lie inside the rect, the crosshair's is shown, and a click on a cell finds its module.
static void every_cell_is_found_again(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{1, 1}, {5, 40}, {24, 7}, {126, 7}, {130, 40}};
    for (size_t i = 0; i < QS_COUNT_OF(sizes); i++) {
        struct qs_heat heat = make(sizes[i][0], sizes[i][1]);
        for (int cols = 1; cols <= 150; cols += 7) {
            for (int rows = 1; rows <= 50; rows += 3) {
                struct qs_rect rect = {3, 2, cols, rows};
                struct qs_heat_layout layout;
                qs_heat_arrange(rect, &heat, &layout);
                struct qs_rect plot = layout.plot;
                if (layout.shown_layers == 0 || layout.shown_kinds == 0) {
                    continue;
                }
                assert_true(plot.col >= rect.col && plot.col + plot.cols <= rect.col + cols);
                assert_true(plot.row >= rect.row && plot.row + plot.rows <= rect.row + rows);
                assert_in_range(heat.layer, layout.first_layer, layout.first_layer + layout.shown_layers - 1);
                assert_in_range(heat.kind, layout.first_kind, layout.first_kind + layout.shown_kinds - 1);
                for (uint32_t l = 0; l < layout.shown_layers; l++) {
                    uint32_t layer = layout.first_layer + l;
                    int col, row;
                    uint32_t found_layer, found_kind;
                    qs_heat_cell_of(&layout, layer, heat.kind, &col, &row);
                    assert_true(qs_heat_at(&layout, col + layout.cell_cols - 1, row, &found_layer, &found_kind));
                    assert_int_equal(found_layer, layer);
                    assert_int_equal(found_kind, heat.kind);
                }
                assert_false(qs_heat_at(&layout, plot.col - 1, plot.row, &(uint32_t){0}, &(uint32_t){0}));
            }
        }
    }
}

static void nothing_is_drawn_outside(void **state)
{
    (void)state;
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, 90, 40, NULL), QS_OK);
    for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
        for (int cols = 0; cols < 80; cols += 3) {
            for (int rows = 0; rows < 30; rows += 2) {
                struct qs_heat heat = make(24, 7);
                heat.glyphs = (enum qs_glyphs)glyphs;
                struct qs_rect rect = {4, 3, cols, rows};
                struct qs_heat_layout layout;
                qs_grid_clear(&grid);
                qs_heat_arrange(rect, &heat, &layout);
                qs_heat_draw(&grid, rect, &heat, &layout, "kurtosis");
                for (int row = 0; row < grid.rows; row++) {
                    for (int col = 0; col < grid.cols; col++) {
                        bool inside = col >= 4 && row >= 3 && col < 4 + cols && row < 3 + rows;
                        assert_true(inside || code_at(&grid, col, row) == ' ');
                    }
                }
            }
        }
    }
    qs_grid_free(&grid);
}

// Steps differ by their signs alone, in the glyphs of every kind, where a cell has two columns.
static void steps_read_without_colour(void **state)
{
    (void)state;
    for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
        struct qs_heat heat = make(QS_HEAT_ROLES, 2);
        heat.glyphs = (enum qs_glyphs)glyphs;
        heat.marked = NULL;
        heat.kind = 1;
        for (int i = 0; i < 2 * QS_HEAT_ROLES; i++) {
            values[i] = i % QS_HEAT_ROLES;
        }
        struct qs_rect rect = {0, 0, 40, 6};
        struct qs_heat_layout layout;
        struct qs_grid grid = {0};
        assert_int_equal(qs_grid_resize(&grid, 40, 6, NULL), QS_OK);
        qs_heat_arrange(rect, &heat, &layout);
        assert_true(layout.across && layout.cell_cols >= 2);
        qs_heat_draw(&grid, rect, &heat, &layout, "");
        for (uint32_t a = 0; a < QS_HEAT_ROLES; a++) {
            int col_a, row, col_b;
            qs_heat_cell_of(&layout, a, 0, &col_a, &row);
            assert_int_equal(role_at(&grid, col_a, row), QS_ROLE_HEAT_0 + a);
            for (uint32_t b = 0; b < a; b++) {
                qs_heat_cell_of(&layout, b, 0, &col_b, &row);
                assert_true(code_at(&grid, col_a, row) != code_at(&grid, col_b, row) ||
                            code_at(&grid, col_a + 1, row) != code_at(&grid, col_b + 1, row));
            }
        }
        qs_grid_free(&grid);
    }
}

static void bars_keep_single_outliers(void **state)
{
    (void)state;
    uint64_t counts[256] = {0};
    for (int bin = 100; bin < 156; bin++) {
        counts[bin] = 1000000;
    }
    counts[3] = 1;
    struct qs_bars bars = {.counts = counts, .bins = 256, .min = -1, .max = 1};
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, 30, 8, NULL), QS_OK);
    qs_bars_draw(&grid, (struct qs_rect){0, 0, 30, 8}, &bars, NULL);
    assert_true(code_at(&grid, 0, 5) != ' ');
    assert_int_equal(code_at(&grid, 1, 5), ' ');
    assert_int_equal(code_at(&grid, 15, 0), 0x2588);
    double levels[4] = {-1, -1.0 / 3, 1.0 / 3, 1};
    bars.levels = levels;
    bars.level_count = 4;
    bool dense;
    qs_bars_draw(&grid, (struct qs_rect){0, 0, 30, 8}, &bars, &dense);
    assert_false(dense);
    assert_int_equal(code_at(&grid, 0, 6), 0x2534);
    assert_int_equal(code_at(&grid, 29, 6), 0x2534);
    bars.level_count = 16;
    qs_bars_draw(&grid, (struct qs_rect){0, 0, 30, 8}, &bars, &dense);
    assert_true(dense);
    qs_grid_free(&grid);
}

static void points_of_any_size_are_drawn(void **state)
{
    (void)state;
    static const double ys[][4] = {
        {1, 2, 3, 4}, {5, 5, 5, 5}, {NAN, NAN, NAN, NAN}, {0, -1, 1e-300, 1e300}, {DBL_MAX, DBL_MIN, INFINITY, 1},
    };
    static const double xs[4] = {2.1, 3.1, 4.1, 8.1};
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, 60, 30, NULL), QS_OK);
    for (size_t i = 0; i < QS_COUNT_OF(ys); i++) {
        for (int size = 0; size < 30; size++) {
            for (int log = 0; log < 2; log++) {
                struct qs_xy_series series[2] = {
                    {.name = "hqq", .letter = 'h', .role = QS_ROLE_SERIES_0, .x = xs, .y = ys[i], .count = 4},
                    {.name = "nf4", .letter = 'n', .role = QS_ROLE_SERIES_1, .x = xs + 2, .y = ys[0], .count = 1},
                };
                struct qs_xy xy = {
                    .y_label = "fnorm", .x_label = "bits", .series = series, .series_count = 2,
                    .log_y = log, .x = xs[2], .y = ys[i][2], .glyphs = (enum qs_glyphs)(size % QS_GLYPHS_COUNT),
                };
                qs_grid_clear(&grid);
                qs_xy_draw(&grid, (struct qs_rect){0, 0, 2 * size, size}, &xy);
                for (int row = 0; row < grid.rows; row++) {
                    for (int col = 0; col < grid.cols; col++) {
                        assert_true((col < 2 * size && row < size) || code_at(&grid, col, row) == ' ');
                    }
                }
            }
        }
    }
    qs_grid_free(&grid);
}

// Levels: the sign, one letter where there is one column, the mark beside or below it, and only what occurs explained.
static void levels_show_signs(void **state)
{
    (void)state;
    static const struct qs_heat_level levels[3] = {
        {"low", "2 ", 'a', QS_ROLE_HEAT_0}, {"middle", "3.", 'b', QS_ROLE_HEAT_3}, {"high", "4:", 'c', QS_ROLE_HEAT_7}};
    static const struct qs_heat_mark marks[2] = {{"first", 0x25b2, '^'}, {"second", 0x25a0, '#'}};
    struct qs_heat heat = make(4, 2);
    heat.levels = levels;
    heat.level_count = 3;
    heat.marks = marks;
    heat.mark_count = 2;
    heat.layer = 3; // out of the way
    heat.kind = 1;
    memset(marked, 0, 8);
    for (size_t i = 0; i < 8; i++) {
        values[i] = i % 2 ? 2 : 1;
    }
    values[2] = NAN;
    marked[0] = 1;
    marked[1] = 2;
    struct qs_grid grid = {0};
    static const int cols[] = {60, 28, 21, 17};
    for (size_t i = 0; i < QS_COUNT_OF(cols); i++) {
        for (int rows = 4; rows < 9; rows++) {
            struct qs_heat_layout layout;
            assert_int_equal(qs_grid_resize(&grid, cols[i], rows, NULL), QS_OK);
            qs_heat_arrange((struct qs_rect){0, 0, cols[i], rows}, &heat, &layout);
            qs_heat_draw(&grid, (struct qs_rect){0, 0, cols[i], rows}, &heat, &layout, "x");
            int col;
            int row;
            qs_heat_cell_of(&layout, 3, 0, &col, &row); // not marked
            assert_int_equal(code_at(&grid, col, row), layout.cell_cols > 1 ? '4' : 'c');
            assert_int_equal(role_at(&grid, col, row), QS_ROLE_HEAT_7);
            if (layout.cell_cols > 1) {
                assert_int_equal(code_at(&grid, col + 1, row), ':');
            }
            qs_heat_cell_of(&layout, 2, 0, &col, &row); // not a number
            assert_int_equal(role_at(&grid, col, row), QS_ROLE_DIM);
            qs_heat_cell_of(&layout, 1, 0, &col, &row); // marked
            bool found = false;
            for (int y = 0; y < layout.cell_rows; y++) {
                for (int x = 0; x < layout.cell_cols; x++) {
                    found = found || (code_at(&grid, col + x, row + y) == 0x25a0 &&
                                      role_at(&grid, col + x, row + y) == QS_ROLE_MARK);
                }
            }
            assert_true(found);
        }
    }
    assert_int_equal(qs_grid_resize(&grid, 80, 9, NULL), QS_OK);
    struct qs_heat_layout layout;
    struct qs_text text = {0};
    qs_heat_arrange((struct qs_rect){0, 0, 80, 9}, &heat, &layout);
    qs_heat_draw(&grid, (struct qs_rect){0, 0, 80, 9}, &heat, &layout, "x");
    qs_grid_to_text(&grid, &text);
    assert_non_null(strstr(qs_text_chars(&text), "first"));
    assert_non_null(strstr(qs_text_chars(&text), "4: high"));
    assert_null(strstr(qs_text_chars(&text), "low"));
    qs_text_free(&text);
    qs_grid_free(&grid);
}

// Points without a line: the letter at every one of them and nothing between; a letter of 0 is nowhere.
static void points_stand_alone(void **state)
{
    (void)state;
    static const double x[3] = {1, 2, 3};
    static const double y[3] = {1, 5, 2};
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, 50, 14, NULL), QS_OK);
    struct qs_xy_series series[2] = {
        {.name = "", .letter = 0, .role = QS_ROLE_GOOD, .x = x, .y = y, .count = 3},
        {.name = "points", .letter = '@', .role = QS_ROLE_SERIES_1, .x = x, .y = y, .count = 3, .points = true},
    };
    struct qs_xy xy = {
        .y_label = "y", .x_label = "x", .series = series + 1, .series_count = 1, .x = NAN, .y = NAN,
        .glyphs = QS_GLYPHS_ASCII,
    };
    for (int both = 0; both < 2; both++) {
        qs_grid_clear(&grid);
        xy.series = both ? series : series + 1;
        xy.series_count = both ? 2 : 1;
        qs_xy_draw(&grid, (struct qs_rect){0, 0, 50, 14}, &xy);
        int points = 0;
        int dots = 0;
        for (int row = 1; row < 14; row++) {
            for (int col = 0; col < 50; col++) {
                points += code_at(&grid, col, row) == '@';
                dots += role_at(&grid, col, row) == QS_ROLE_GOOD;
            }
        }
        assert_int_equal(points, 3);
        assert_true(both ? dots > 10 : dots == 0);
    }
    qs_grid_free(&grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_rise_with_values),
        cmocka_unit_test(ranges_leave_out_what_has_no_place),
        cmocka_unit_test(every_cell_is_found_again),
        cmocka_unit_test(nothing_is_drawn_outside),
        cmocka_unit_test(steps_read_without_colour),
        cmocka_unit_test(bars_keep_single_outliers),
        cmocka_unit_test(points_of_any_size_are_drawn),
        cmocka_unit_test(levels_show_signs),
        cmocka_unit_test(points_stand_alone),
    };
    return cmocka_run_group_tests_name("plot/heat", tests, NULL, NULL);
}
