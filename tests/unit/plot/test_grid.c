// src/plot: the grid of cells.
#include "../cmocka_all.h"
#include "plot/grid.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static struct qs_grid make(int cols, int rows)
{
    struct qs_grid grid = {0};
    assert_int_equal(qs_grid_resize(&grid, cols, rows, NULL), QS_OK);
    return grid;
}

static void check_text(const struct qs_grid *grid, const char *want)
{
    struct qs_text text = {0};
    qs_grid_to_text(grid, &text);
    assert_string_equal(qs_text_chars(&text), want);
    qs_text_free(&text);
}

static void sizes_are_clamped_and_start_blank(void **state)
{
    (void)state;
    struct qs_grid grid = make(-3, 0);
    assert_int_equal(grid.cols, 1);
    assert_int_equal(grid.rows, 1);
    assert_int_equal(grid.cursor_col, -1);
    check_text(&grid, "\n");
    assert_int_equal(qs_grid_resize(&grid, INT_MAX, 1, NULL), QS_OK);
    assert_int_equal(grid.cols, QS_GRID_SIDE_MAX);
    qs_grid_put(&grid, QS_GRID_SIDE_MAX - 1, 0, 'x', QS_ROLE_MARK);
    assert_int_equal(qs_grid_resize(&grid, 3, 2, NULL), QS_OK);
    check_text(&grid, "\n\n");
    qs_grid_free(&grid);
    qs_grid_free(&grid);
    qs_grid_free(NULL);
}

static void everything_clips(void **state)
{
    (void)state;
    struct qs_grid grid = make(4, 2);
    static const int places[] = {INT_MIN, -2, -1, 0, 1, 3, 4, 5, INT_MAX};
    for (size_t i = 0; i < QS_COUNT_OF(places); i++) {
        for (size_t j = 0; j < QS_COUNT_OF(places); j++) {
            qs_grid_put(&grid, places[i], places[j], 'p', QS_ROLE_TEXT);
            qs_grid_put(&grid, places[i], places[j], 0x4e2d, QS_ROLE_TEXT);
            for (size_t k = 0; k < QS_COUNT_OF(places); k++) {
                struct qs_rect rect = {places[i], places[j], places[k], places[k]};
                qs_grid_fill(&grid, rect, 'f', QS_ROLE_DIM);
                qs_grid_set_role(&grid, rect, QS_ROLE_MARK);
                qs_grid_text(&grid, places[i], places[j], places[k], QS_ROLE_TEXT, "text and more");
                qs_grid_text_right(&grid, places[i], places[j], places[k], QS_ROLE_TEXT, "right");
            }
        }
    }
    qs_grid_clear(&grid);
    assert_int_equal(qs_grid_text(&grid, -2, 0, 10, QS_ROLE_TEXT, "abcdefghij"), 6);
    assert_int_equal(qs_grid_text(&grid, 1, 1, 2, QS_ROLE_TEXT, "abcdef"), 2);
    assert_int_equal(qs_grid_text(&grid, 1, 1, 0, QS_ROLE_TEXT, "abcdef"), 0);
    assert_int_equal(qs_grid_text(&grid, 9, 1, 5, QS_ROLE_TEXT, "abcdef"), 0);
    check_text(&grid, "cdef\n ab\n");
    qs_grid_free(&grid);
}

static void text_is_placed(void **state)
{
    (void)state;
    struct qs_grid grid = make(10, 3);
    assert_int_equal(qs_grid_text(&grid, 0, 0, 10, QS_ROLE_TITLE, "a\tb\x1b[c\xff"), 7);
    assert_int_equal(qs_grid_text_right(&grid, 2, 1, 6, QS_ROLE_TEXT, "1.5"), 3);
    assert_int_equal(qs_grid_text_right(&grid, 0, 2, 4, QS_ROLE_TEXT, "123456"), 4);
    assert_int_equal(qs_grid_textf(&grid, 5, 2, 3, QS_ROLE_TEXT, "%d%%", 99), 3);
    check_text(&grid, "a?b?[c\xef\xbf\xbd\n     1.5\n1234 99%\n");
    qs_grid_clear(&grid);
    assert_int_equal(qs_grid_text_end(&grid, 0, 0, 7, QS_ROLE_TEXT, "q_proj"), 6);
    assert_int_equal(qs_grid_text_end(&grid, 0, 1, 7, QS_ROLE_TEXT, "experts.12.up"), 7);
    assert_int_equal(qs_grid_text_end(&grid, 0, 2, 4, QS_ROLE_TEXT, "a\xe5\xb1\xa4\xe5\xb1\xa4z"), 4); // wide: a层层z
    assert_int_equal(qs_grid_text_end(&grid, 6, 2, 1, QS_ROLE_TEXT, "xyz"), 1);
    assert_int_equal(qs_grid_text_end(&grid, 8, 2, 0, QS_ROLE_TEXT, "xyz"), 0);
    check_text(&grid, "q_proj\n\xe2\x80\xa6" ".12.up\n\xe2\x80\xa6\xe5\xb1\xa4z  x\n");
    qs_grid_clear(&grid);
    assert_int_equal(qs_grid_text(&grid, 0, 0, 10, QS_ROLE_TITLE, "title"), 5);
    assert_int_equal(grid.cells[0].role, QS_ROLE_TITLE);
    assert_int_equal(grid.cells[9].role, QS_ROLE_TEXT);
    qs_grid_free(&grid);
}

// A wide character is whole or gone. Widths of East Asian characters come from the locale.
static void wide_characters_stay_whole(void **state)
{
    (void)state;
    if (qs_codepoint_columns(0x4e2d) != 2) {
        print_message("the locale has no wide characters\n");
        skip();
    }
    struct qs_grid grid = make(5, 1);
    assert_int_equal(qs_grid_text(&grid, 0, 0, 5, QS_ROLE_TEXT, "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"), 4);
    check_text(&grid, "\xe4\xb8\xad\xe4\xb8\xad\n");
    qs_grid_put(&grid, 1, 0, 'x', QS_ROLE_TEXT);
    check_text(&grid, " x\xe4\xb8\xad\n");
    qs_grid_put(&grid, 2, 0, 'y', QS_ROLE_TEXT);
    check_text(&grid, " xy\n");
    qs_grid_put(&grid, 4, 0, 0x4e2d, QS_ROLE_TEXT); // no room for the right half
    qs_grid_put(&grid, -1, 0, 0x4e2d, QS_ROLE_TEXT);
    check_text(&grid, " xy\n");
    qs_grid_put(&grid, 2, 0, 0x4e2d, QS_ROLE_TEXT);
    qs_grid_put(&grid, 3, 0, 0x4e2d, QS_ROLE_TEXT);
    check_text(&grid, " x \xe4\xb8\xad\n");
    qs_grid_to_ascii(&grid);
    check_text(&grid, " x ?\n");
    qs_grid_free(&grid);
}

static void ascii_has_a_sign_for_everything(void **state)
{
    (void)state;
    struct qs_grid grid = make(16, 1);
    static const uint32_t from[] = {0x2800, 0x2801, 0x2809, 0x281b, 0x28ff, 0x2500, 0x2502, 0x253c, 0x2588, 0x2580,
                                    0x25b2, 0x2026, 0xb5, 0x1f600, '~', 0x2191};
    for (size_t i = 0; i < QS_COUNT_OF(from); i++) {
        grid.cells[i].codepoint = from[i];
    }
    qs_grid_to_ascii(&grid);
    check_text(&grid, " ..:#-|+#:^.u?~^\n");
    for (uint32_t c = 0xa0; c < 0x3000; c++) {
        grid.cells[0].codepoint = c;
        qs_grid_to_ascii(&grid);
        assert_in_range(grid.cells[0].codepoint, ' ', '~');
    }
    qs_grid_free(&grid);
}

static void roles_are_letters(void **state)
{
    (void)state;
    struct qs_grid grid = make(QS_ROLE_COUNT + 1, 1);
    for (int role = 0; role < QS_ROLE_COUNT; role++) {
        qs_grid_put(&grid, role, 0, 'a' + (uint32_t)role, (enum qs_role)role);
    }
    struct qs_text text = {0};
    qs_grid_to_roles(&grid, &text);
    assert_string_equal(qs_text_chars(&text), "abcdefghijklmnopqrstuvwxyz{|}~\n--\n dthskcarmxweg01234567ABCDEFGH\n");
    qs_text_free(&text);
    qs_grid_set_role(&grid, (struct qs_rect){0, 0, 99, 99}, QS_ROLE_GOOD);
    for (int col = 0; col < grid.cols; col++) {
        assert_int_equal(grid.cells[col].role, QS_ROLE_GOOD);
    }
    qs_grid_free(&grid);
}

int main(void)
{
    setlocale(LC_CTYPE, "");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_clamped_and_start_blank),
        cmocka_unit_test(everything_clips),
        cmocka_unit_test(text_is_placed),
        cmocka_unit_test(wide_characters_stay_whole),
        cmocka_unit_test(ascii_has_a_sign_for_everything),
        cmocka_unit_test(roles_are_letters),
    };
    return cmocka_run_group_tests_name("plot/grid", tests, NULL, NULL);
}
