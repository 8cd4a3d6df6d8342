// src/plot: canvases and charts. The charts in golden/ are looked at, then kept; QS_UPDATE_GOLDEN=1 writes them anew.
#include "../cmocka_all.h"
#include "plot/canvas.h"
#include "plot/chart.h"

#include <float.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES = 7, LAYERS_MAX = 400 };

static const char *const names[SERIES] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                          "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"};

// A chart with room for its data. Curves are made of whole numbers, so that they are the same everywhere.
struct sample {
    struct qs_chart chart;
    struct qs_series series[SERIES];
    double values[SERIES][LAYERS_MAX];
    uint8_t marked[SERIES][LAYERS_MAX];
};

static struct sample *new_sample(uint32_t layers)
{
    struct sample *sample = calloc(1, sizeof *sample);
    assert_non_null(sample);
    uint32_t seed = 12345;
    for (int s = 0; s < SERIES; s++) {
        int64_t level = 3000 + 90 * s;
        for (uint32_t layer = 0; layer < layers; layer++) {
            seed = seed * 1664525 + 1013904223;
            level += (int64_t)(seed >> 24) - 127 - (level - 3000) / 8;
            sample->values[s][layer] = (double)level / 1000;
        }
        sample->series[s] = (struct qs_series){
            .name = names[s],
            .letter = "qkvogud"[s],
            .role = (enum qs_role)(QS_ROLE_SERIES_0 + s),
            .values = sample->values[s],
            .count = layers,
            .marked = sample->marked[s],
        };
    }
    if (layers > 12) { // two outliers, as detection marks them
        sample->values[6][1] = 4.9;
        sample->values[6][2] = 4.3;
        sample->marked[6][1] = sample->marked[6][2] = 1;
        sample->values[1][layers - 2] = 4.1;
        sample->marked[1][layers - 2] = 1;
    }
    sample->chart = (struct qs_chart){
        .title = "Kurtosis of the weights",
        .x_label = "layer",
        .y_label = "kurtosis",
        .series = sample->series,
        .series_count = SERIES,
        .crosshair = -1,
        .y_min = NAN,
        .y_max = NAN,
        .legend = true,
    };
    return sample;
}

static struct qs_chart_layout draw(struct qs_grid *grid, int cols, int rows, const struct qs_chart *chart)
{
    assert_int_equal(qs_grid_resize(grid, cols, rows, NULL), QS_OK);
    struct qs_chart_layout layout;
    qs_chart_draw(grid, (struct qs_rect){0, 0, cols, rows}, chart, &layout);
    return layout;
}

static void check_golden(const char *name, const char *text)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/unit/plot/golden/%s.txt", getenv("QS_SRCDIR"), name);
    const char *update = getenv("QS_UPDATE_GOLDEN");
    FILE *file = fopen(path, update && *update ? "w" : "r");
    if (!file) {
        fail_msg("%s: cannot be opened", path);
        return;
    }
    if (update && *update) {
        assert_true(fputs(text, file) >= 0);
        fclose(file);
        return;
    }
    static char kept[1 << 17];
    size_t length = fread(kept, 1, sizeof kept - 1, file);
    fclose(file);
    kept[length] = '\0';
    if (strcmp(kept, text) != 0) {
        print_message("# %s differs; now it is\n%s", path, text);
        fail();
    }
}

static void check_chart(const char *name, int cols, int rows, const struct qs_chart *chart, bool roles)
{
    struct qs_grid grid = {0};
    draw(&grid, cols, rows, chart);
    struct qs_text text = {0};
    if (roles) {
        qs_grid_to_roles(&grid, &text);
    } else {
        qs_grid_to_text(&grid, &text);
    }
    assert_false(text.failed);
    check_golden(name, qs_text_chars(&text));
    qs_text_free(&text);
    qs_grid_free(&grid);
}

static void charts_look_as_they_did(void **state)
{
    (void)state;
    struct sample *sample = new_sample(24);
    struct qs_chart *chart = &sample->chart;
    check_chart("braille-80x24", 80, 24, chart, false);
    check_chart("braille-120x40", 120, 40, chart, false);
    check_chart("braille-200x60", 200, 60, chart, false);
    sample->series[2].focused = true;
    sample->series[4].hidden = true;
    chart->crosshair = 10;
    struct qs_rule rule = {3.6, NULL};
    chart->rules = &rule;
    chart->rule_count = 1;
    check_chart("focus-80x24", 80, 24, chart, true);
    check_chart("focus-60x12", 60, 12, chart, false);
    chart->glyphs = QS_GLYPHS_BLOCK;
    check_chart("block-80x24", 80, 24, chart, false);
    chart->glyphs = QS_GLYPHS_ASCII;
    check_chart("ascii-80x24", 80, 24, chart, false);
    check_chart("ascii-40x10", 40, 10, chart, false);
    check_chart("ascii-20x5", 20, 5, chart, false);
    free(sample);
}

static void log_charts_look_as_they_did(void **state)
{
    (void)state;
    struct sample *sample = new_sample(32);
    struct qs_chart *chart = &sample->chart;
    for (int s = 0; s < 3; s++) {
        for (int layer = 0; layer < 32; layer++) {
            sample->values[s][layer] = ldexp(sample->values[s][layer], layer / 2 + s - 20);
        }
        sample->values[s][0] = 0;  // on the floor
        sample->values[s][15] = s == 1 ? -1 : NAN;
        sample->values[s][17] = NAN; // 16 stands alone
    }
    chart->series_count = 3;
    chart->log_y = true;
    chart->title = "";
    chart->y_label = "sensitivity";
    check_chart("log-80x24", 80, 24, chart, false);
    struct qs_grid grid = {0};
    struct qs_chart_layout layout = draw(&grid, 80, 24, chart);
    assert_int_equal(layout.floored, 4);
    assert_int_equal(layout.gaps, 5);
    sample->series[0].hidden = true;
    layout = draw(&grid, 80, 24, chart);
    assert_int_equal(layout.floored, 3);
    assert_int_equal(layout.gaps, 3);
    qs_grid_free(&grid);
    free(sample);
}

static void long_models_look_as_they_did(void **state)
{
    (void)state;
    struct sample *sample = new_sample(126);
    sample->series[0].focused = true;
    check_chart("layers126-60x16", 60, 16, &sample->chart, false);
    sample->chart.series_count = 1;
    sample->chart.legend = false;
    check_chart("layers126-one-40x10", 40, 10, &sample->chart, false);
    free(sample);
}

static void odd_charts_look_as_they_did(void **state)
{
    (void)state;
    struct sample *sample = new_sample(1);
    check_chart("one-layer-40x12", 40, 12, &sample->chart, false);
    free(sample);
    sample = new_sample(8);
    struct qs_chart *chart = &sample->chart;
    chart->y_min = 3.05;
    chart->y_max = 3.2;
    chart->series_count = 3;
    check_chart("cut-60x14", 60, 14, chart, false);
    chart->y_min = chart->y_max = NAN;
    chart->series_count = 1;
    for (int layer = 0; layer < 8; layer++) {
        sample->values[0][layer] = 3;
    }
    check_chart("constant-40x10", 40, 10, chart, false);
    for (int layer = 0; layer < 8; layer++) {
        sample->values[0][layer] = NAN;
    }
    check_chart("empty-40x10", 40, 10, chart, false);
    free(sample);
}

static char *text_of(int cols, int rows, const struct qs_chart *chart)
{
    struct qs_grid grid = {0};
    draw(&grid, cols, rows, chart);
    struct qs_text text = {0};
    qs_grid_to_text(&grid, &text);
    qs_grid_free(&grid);
    char *taken = qs_text_take(&text);
    assert_non_null(taken);
    return taken;
}

static void assert_says(const struct qs_chart *chart, const char *what)
{
    char *text = text_of(60, 12, chart);
    if (!strstr(text, what)) {
        fail_msg("'%s' is missing in\n%s", what, text);
    }
    free(text);
}

static void charts_without_curves_say_why(void **state)
{
    (void)state;
    struct sample *sample = new_sample(5);
    struct qs_chart *chart = &sample->chart;
    chart->log_y = true;
    for (int s = 0; s < SERIES; s++) {
        for (int layer = 0; layer < 5; layer++) {
            sample->values[s][layer] = -1;
        }
    }
    assert_says(chart, "no value above 0");
    for (int s = 0; s < SERIES; s++) {
        sample->series[s].hidden = true;
    }
    assert_says(chart, "nothing shown");
    chart->series_count = 0;
    assert_says(chart, "no values yet");
    struct qs_chart_layout layout;
    struct qs_grid grid = {0};
    layout = draw(&grid, 60, 12, chart);
    assert_true(isnan(layout.y_min) && isnan(layout.y_max));
    assert_int_equal(qs_chart_layer_at(chart, &layout, layout.plot.col), -1);
    assert_int_equal(qs_chart_col_of(chart, &layout, 0), -1);
    qs_grid_free(&grid);
    free(sample);
}

// What stands in a cell of the chart drawn into a grid of its size.
static uint32_t sign_at(const struct qs_grid *grid, int col, int row)
{
    return grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col].codepoint;
}

// Among 400 layers in 40 columns, a single one that sticks out is seen in its column and nowhere else.
static void no_outlier_is_averaged_away(void **state)
{
    (void)state;
    for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
        for (uint32_t layer = 0; layer < LAYERS_MAX; layer += 7) {
            struct sample *sample = new_sample(LAYERS_MAX);
            sample->chart.series_count = 1;
            sample->chart.legend = false;
            sample->chart.glyphs = (enum qs_glyphs)glyphs;
            for (uint32_t i = 0; i < LAYERS_MAX; i++) {
                sample->values[0][i] = 1;
            }
            sample->values[0][layer] = 2;
            memset(sample->marked[0], 0, sizeof sample->marked[0]);
            struct qs_grid grid = {0};
            struct qs_chart_layout layout = draw(&grid, 40, 12, &sample->chart);
            int row = layout.plot.row + (int)lround((layout.y_max - 2) / (layout.y_max - layout.y_min) *
                                                    (layout.plot.rows * qs_glyphs_dots_y((enum qs_glyphs)glyphs) - 1)) /
                                            qs_glyphs_dots_y((enum qs_glyphs)glyphs);
            for (int col = layout.plot.col; col < layout.plot.col + layout.plot.cols; col++) {
                bool there = col == qs_chart_col_of(&sample->chart, &layout, layer);
                assert_int_equal(sign_at(&grid, col, row) != ' ', there);
            }
            qs_grid_free(&grid);
            free(sample);
        }
    }
}

// Where each layer has a column of its own, columns and layers are inverse; where columns are fewer, each has layers.
static void columns_and_layers_are_inverse(void **state)
{
    (void)state;
    struct qs_series series = {.name = "s", .letter = 's', .values = NULL};
    struct qs_chart chart = {.series = &series, .series_count = 1, .title = "", .x_label = "", .y_label = ""};
    for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
        chart.glyphs = (enum qs_glyphs)glyphs;
        for (uint32_t layers = 1; layers < 300; layers += layers < 70 ? 1 : 23) {
            series.count = layers;
            for (int cols = 1; cols < 200; cols += cols < 70 ? 1 : 13) {
                struct qs_chart_layout layout = {.plot = {7, 3, cols, 5}};
                int before = 7;
                for (int64_t layer = 0; layer < layers; layer++) {
                    int col = qs_chart_col_of(&chart, &layout, layer);
                    assert_in_range(col, before, 7 + cols - 1);
                    before = col;
                    if (layers <= (uint32_t)cols) {
                        assert_int_equal(qs_chart_layer_at(&chart, &layout, col), layer);
                    }
                }
                for (int col = 7; col < 7 + cols; col++) {
                    int64_t layer = qs_chart_layer_at(&chart, &layout, col);
                    assert_in_range(layer, 0, layers - 1);
                    if (layers > (uint32_t)cols) {
                        assert_int_equal(qs_chart_col_of(&chart, &layout, layer), col);
                    }
                }
                assert_int_equal(qs_chart_layer_at(&chart, &layout, 6), -1);
                assert_int_equal(qs_chart_layer_at(&chart, &layout, 7 + cols), -1);
                assert_int_equal(qs_chart_layer_at(&chart, &layout, INT_MIN), -1);
                assert_int_equal(qs_chart_col_of(&chart, &layout, -1), -1);
                assert_int_equal(qs_chart_col_of(&chart, &layout, layers), -1);
            }
        }
    }
}

// A kept gutter stays; the axis that a chart chose, given back, gives the same chart.
static void a_chosen_axis_can_be_kept(void **state)
{
    (void)state;
    struct sample *sample = new_sample(24);
    struct qs_chart *chart = &sample->chart;
    struct qs_grid grid = {0};
    for (int log = 0; log < 2; log++) {
        chart->log_y = log;
        chart->gutter_cols = 0;
        chart->y_min = chart->y_max = NAN;
        char *chosen = text_of(80, 24, chart);
        struct qs_chart_layout layout = draw(&grid, 80, 24, chart);
        chart->y_min = layout.y_min;
        chart->y_max = layout.y_max;
        chart->gutter_cols = layout.gutter_cols;
        char *kept = text_of(80, 24, chart);
        assert_string_equal(kept, chosen);
        chart->gutter_cols = 9;
        layout = draw(&grid, 80, 24, chart);
        assert_int_equal(layout.gutter_cols, 9);
        assert_int_equal(layout.plot.col, 10);
        free(chosen);
        free(kept);
    }
    qs_grid_free(&grid);
    free(sample);
}

static void check_size(int cols, int rows, const struct qs_chart *chart)
{
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, cols + 2, rows + 2, NULL), QS_OK);
    qs_grid_fill(&grid, (struct qs_rect){0, 0, cols + 2, rows + 2}, '@', QS_ROLE_ERROR);
    struct qs_chart_layout layout;
    qs_chart_draw(&grid, (struct qs_rect){1, 1, cols, rows}, chart, &layout);
    for (int row = 0; row < grid.rows; row++) {
        for (int col = 0; col < grid.cols; col++) {
            uint32_t sign = sign_at(&grid, col, row);
            bool frame = row == 0 || col == 0 || row == grid.rows - 1 || col == grid.cols - 1;
            if ((sign == '@') != frame) {
                fail_msg("%dx%d: sign %x at column %d, row %d", cols, rows, sign, col, row);
            }
            assert_true(chart->glyphs != QS_GLYPHS_ASCII || (sign >= ' ' && sign < 0x7f));
        }
    }
    assert_true(layout.plot.col >= 1 && layout.plot.row >= 1);
    assert_true(layout.plot.col + layout.plot.cols <= cols + 1 && layout.plot.row + layout.plot.rows <= rows + 1);
    assert_true(layout.plot.cols >= 1 && layout.plot.rows >= 1);
    static const struct qs_rect places[] = {{-7, -3, 0, 0}, {3, 2, 0, 0}, {INT_MAX, INT_MAX, 0, 0},
                                            {INT_MIN, INT_MIN, 0, 0}, {-4097, 0, 0, 0}};
    for (size_t i = 0; i < QS_COUNT_OF(places); i++) { // cut by the grid's edges, or wholly outside
        qs_chart_draw(&grid, (struct qs_rect){places[i].col, places[i].row, cols, rows}, chart, NULL);
    }
    qs_grid_free(&grid);
}

static int next_size(int size)
{
    return size < 12 ? size + 1 : size < 30 ? size + 3 : size + size / 3;
}

static void every_size_stays_inside(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        struct sample *sample = new_sample(kind == 0 ? 24 : kind == 1 ? 3 : 150);
        struct qs_chart *chart = &sample->chart;
        struct qs_rule rules[2] = {{3.3, NULL}, {-4, "a rule with a long label"}};
        chart->rules = rules;
        chart->rule_count = kind == 3 ? 2 : 1;
        chart->log_y = kind & 1;
        chart->crosshair = kind - 1;
        chart->gutter_cols = kind == 2 ? 30 : 0;
        sample->series[3].focused = true;
        sample->values[2][1] = NAN;
        sample->values[4][2] = -INFINITY;
        sample->values[5][0] = -1e300;
        sample->values[5][1] = kind == 2 ? DBL_MAX : 7;
        for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
            chart->glyphs = (enum qs_glyphs)glyphs;
            for (int cols = 1; cols < 210; cols = next_size(cols)) {
                for (int rows = 1; rows < 64; rows = next_size(rows)) {
                    check_size(cols, rows, chart);
                }
            }
            check_size(200, 60, chart);
        }
        free(sample);
    }
}

// An axis given by the caller, with values far beyond it: lines are cut, not bent.
static void values_beyond_the_axis_are_cut(void **state)
{
    (void)state;
    struct sample *sample = new_sample(3);
    struct qs_chart *chart = &sample->chart;
    chart->series_count = 1;
    chart->legend = false;
    chart->y_label = "";
    chart->title = "";
    chart->y_min = 0;
    chart->y_max = 1;
    sample->values[0][0] = -DBL_MAX;
    sample->values[0][1] = DBL_MAX;
    sample->values[0][2] = -DBL_MAX;
    struct qs_grid grid = {0};
    struct qs_chart_layout layout = draw(&grid, 41, 12, chart);
    for (int row = 0; row < layout.plot.rows; row++) { // two steep lines, halfway between the layers
        int seen = 0;
        for (int col = 0; col < layout.plot.cols; col++) {
            seen += sign_at(&grid, layout.plot.col + col, layout.plot.row + row) != ' ';
        }
        assert_int_equal(seen, 2);
    }
    qs_grid_free(&grid);
    free(sample);
}

static void canvas_dots_add_up(void **state)
{
    (void)state;
    static const uint32_t full[QS_GLYPHS_COUNT] = {0x28ff, 0x2588, ':'};
    struct qs_grid grid = {0};
    for (int glyphs = 0; glyphs < QS_GLYPHS_COUNT; glyphs++) {
        enum qs_glyphs set = (enum qs_glyphs)glyphs;
        assert_int_equal(qs_grid_resize(&grid, 3, 3, NULL), QS_OK);
        qs_grid_put(&grid, 1, 1, 'x', QS_ROLE_TEXT);
        struct qs_canvas canvas = qs_canvas_of(&grid, (struct qs_rect){1, 1, 1, 1}, set);
        assert_int_equal(canvas.width, qs_glyphs_dots_x(set));
        assert_int_equal(canvas.height, qs_glyphs_dots_y(set));
        for (int y = -2; y < canvas.height + 2; y++) {
            for (int x = -2; x < canvas.width + 2; x++) {
                qs_canvas_dot(&canvas, x, y, QS_ROLE_SERIES_3);
            }
        }
        for (int row = 0; row < 3; row++) {
            for (int col = 0; col < 3; col++) {
                assert_int_equal(sign_at(&grid, col, row), col == 1 && row == 1 ? full[glyphs] : ' ');
            }
        }
        assert_int_equal(grid.cells[4].role, QS_ROLE_SERIES_3);
        assert_true(qs_canvas_is_dots(set, ' ') && qs_canvas_is_dots(set, full[glyphs]));
        assert_false(qs_canvas_is_dots(set, 'x'));
    }
    // One dot each: Unicode's dot numbers 1 2 3 7 (left) and 4 5 6 8 (right) are bits 0 1 2 6 and 3 4 5 7.
    static const uint32_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 2; x++) {
            qs_grid_clear(&grid);
            struct qs_canvas canvas = qs_canvas_of(&grid, (struct qs_rect){0, 0, 3, 3}, QS_GLYPHS_BRAILLE);
            qs_canvas_dot(&canvas, x, y, QS_ROLE_TEXT);
            assert_int_equal(grid.cells[0].codepoint, 0x2800 + bits[y][x]);
        }
    }
    qs_grid_free(&grid);
}

// Lines are the same dots in both directions' ends, unbroken, and patterns go on from line to line.
static void canvas_lines_join(void **state)
{
    (void)state;
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, 12, 2, NULL), QS_OK);
    struct qs_canvas canvas = qs_canvas_of(&grid, (struct qs_rect){0, 0, 12, 2}, QS_GLYPHS_ASCII);
    struct qs_pen pen = {.role = QS_ROLE_TEXT, .dash = 1, .period = 1};
    qs_canvas_line(&canvas, 0, 3, 11, 0, &pen);
    struct qs_text text = {0};
    qs_grid_to_text(&grid, &text);
    assert_string_equal(qs_text_chars(&text), "      ....''\n..''''\n"); // row 3 - round(3 x / 11)
    qs_text_clear(&text);
    qs_grid_clear(&grid);
    pen = (struct qs_pen){.role = QS_ROLE_TEXT, .dash = 3, .period = 4};
    qs_canvas_line(&canvas, 0, 0, 5, 0, &pen);
    qs_canvas_line(&canvas, 5, 0, 11, 0, &pen);
    qs_grid_to_text(&grid, &text);
    assert_string_equal(qs_text_chars(&text), "''  ''  '' '\n\n");
    qs_text_free(&text);
    qs_grid_free(&grid);
}

int main(void)
{
    setlocale(LC_CTYPE, "");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canvas_dots_add_up),
        cmocka_unit_test(canvas_lines_join),
        cmocka_unit_test(charts_look_as_they_did),
        cmocka_unit_test(log_charts_look_as_they_did),
        cmocka_unit_test(long_models_look_as_they_did),
        cmocka_unit_test(odd_charts_look_as_they_did),
        cmocka_unit_test(charts_without_curves_say_why),
        cmocka_unit_test(no_outlier_is_averaged_away),
        cmocka_unit_test(columns_and_layers_are_inverse),
        cmocka_unit_test(a_chosen_axis_can_be_kept),
        cmocka_unit_test(every_size_stays_inside),
        cmocka_unit_test(values_beyond_the_axis_are_cut),
    };
    return cmocka_run_group_tests_name("plot/chart", tests, NULL, NULL);
}
