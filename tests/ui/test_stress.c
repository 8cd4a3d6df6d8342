// The workbench under everything: every key in every view, every size in every glyph mode, random events.
//
// QS_FUZZ_EVENTS and QS_FUZZ_SEED change the length and the course of the last.
#include "../unit/cmocka_all.h"
#include "base/number.h"
#include "driver.h"
#include "tui/action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const sessions[] = {
    "session layers=24 warnings",
    "session layers=24 odd warnings poll=3 scanned=4",
    "session layers=24 no-errors",
    "session layers=0 kinds=0",
    "session layers=1 kinds=1 scanned=0 cache-only",
    "session layers=5 kinds=61",
    "session layers=126",
};

static struct driver driver;

static void line(const char *text)
{
    if (!driver_line(&driver, text)) {
        fail_msg("%s", driver.problem);
    }
}

// A grid that a terminal can show: real characters, known roles, no half of a wide character, a cursor inside.
static void assert_sound(const struct qs_grid *grid)
{
    for (int row = 0; row < grid->rows; row++) {
        const struct qs_cell *cells = grid->cells + (size_t)row * (size_t)grid->cols;
        for (int col = 0; col < grid->cols; col++) {
            uint32_t c = cells[col].codepoint;
            bool right_half = c == 0 && col > 0 && qs_codepoint_columns(cells[col - 1].codepoint) == 2;
            assert_true(right_half || (c >= 0x20 && c < 0x110000 && (c < 0x7f || c >= 0xa0)));
            assert_true(cells[col].role < QS_ROLE_COUNT);
        }
    }
    assert_in_range(grid->cursor_col + 1, 0, grid->cols);
    assert_in_range(grid->cursor_row + 1, 0, grid->rows);
}

static void draw(void)
{
    driver_draw(&driver);
    assert_sound(&driver.grid);
}

static void every_key_in_every_view(void **state)
{
    (void)state;
    for (size_t s = 0; s < QS_COUNT_OF(sessions); s++) {
        for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
            for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
                const char *cursor = qs_actions[i].keys;
                uint32_t first;
                uint32_t second;
                while (qs_key_parse(&cursor, &first, &second)) {
                    char start[32];
                    snprintf(start, sizeof start, "start %s", qs_view_names[view]);
                    line(start);
                    line(sessions[s]);
                    driver_key(&driver, first);
                    if (second) {
                        driver_key(&driver, second);
                    }
                    draw();
                    // Whatever it opened or changed, Esc and the tick after it leave a sound screen.
                    driver_key(&driver, QS_KEY_ESC);
                    line("tick");
                    draw();
                }
            }
        }
    }
}

static void every_command_in_every_view(void **state)
{
    (void)state;
    static const char *const arguments[] = {
        "", " ", "0", "-1", "x", "99999999999999999999", "kurtosis", "z nan", "q_proj", "\u5c42", "curves", "braille",
        "b3g64", "rtn", "nf4", "rungs", "quantizers", "fnorm", "snr", "budget 3.3", "optimal", "a_plan", "/nowhere/x",
    };
    for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
        char start[32];
        snprintf(start, sizeof start, "start %s", qs_view_names[view]);
        line(start);
        line(sessions[1]);
        for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
            for (size_t a = 0; a < QS_COUNT_OF(arguments); a++) {
                char keys[128];
                snprintf(keys, sizeof keys, "keys : \"%s %s\" Tab Enter Esc", qs_actions[i].name, arguments[a]);
                line(keys);
            }
            draw();
        }
    }
}

static void every_size_in_every_glyph_mode(void **state)
{
    (void)state;
    static const char *const modes[] = {"braille", "block", "ascii"};
    for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
        for (size_t mode = 0; mode < QS_COUNT_OF(modes); mode++) {
            char text[64];
            line("start curves");
            line(view % 2 ? sessions[1] : sessions[0]);
            snprintf(text, sizeof text, "keys : \"glyphs %s\" Enter : \"view %s\" Enter", modes[mode],
                     qs_view_names[view]);
            line(text);
            for (int cols = 1; cols <= 200; cols += cols < 12 ? 1 : 9) {
                for (int rows = 1; rows <= 60; rows += rows < 14 ? 1 : 7) {
                    snprintf(text, sizeof text, "size %dx%d", cols, rows);
                    line(text);
                    draw();
                    qs_grid_to_ascii(&driver.grid);
                    assert_sound(&driver.grid);
                }
            }
        }
    }
}

// Drawing depends on nothing but the state: twice the same, also into a grid of another size than the last resize.
static void drawing_is_pure(void **state)
{
    (void)state;
    line("start curves");
    line(sessions[0]);
    for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
        char text[64];
        snprintf(text, sizeof text, "keys : \"view %s\" Enter", qs_view_names[view]);
        line(text);
        struct qs_text once = {0};
        struct qs_text twice = {0};
        struct qs_grid other = {0};
        assert_int_equal(qs_grid_resize(&other, 41, 13, NULL), QS_OK);
        draw();
        qs_grid_to_roles(&driver.grid, &once);
        qs_ui_draw(driver.ui, &other);
        assert_sound(&other);
        draw();
        qs_grid_to_roles(&driver.grid, &twice);
        assert_string_equal(qs_text_chars(&once), qs_text_chars(&twice));
        qs_text_free(&once);
        qs_text_free(&twice);
        qs_grid_free(&other);
    }
}

static uint64_t seed;

static uint32_t below(uint32_t limit) // xorshift64*
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)((seed * 2685821657736338717u) >> 33) % limit;
}

static void random_key(void)
{
    uint32_t what = below(10);
    if (what < 6) { // what the table binds
        const char *cursor = qs_actions[below(QS_ACTION_COUNT)].keys;
        uint32_t first;
        uint32_t second;
        while (qs_key_parse(&cursor, &first, &second)) {
            driver_key(&driver, first);
            if (second && below(4)) {
                driver_key(&driver, second);
            }
        }
    } else if (what < 8) {
        driver_key(&driver, 0x20 + below(0x5f));
    } else if (what < 9) {
        driver_key(&driver, QS_KEY_UP + below(QS_KEY_END_OF_LIST - QS_KEY_UP));
    } else {
        driver_key(&driver, below(0x110000));
    }
}

static void random_line(void)
{
    static const char *const lines[] = {
        "keys : \"set z 0.7\" Enter",      "keys : \"sort std up\" Enter",  "keys \\ ^U \"proj std>0.01\" Enter",
        "keys : \"view layers\" Enter",    "keys : \"view detect\" Enter",  "keys / \"proj\" Enter",
        "keys : \"set top-m 3\" Enter",    "keys : Up Up Enter",            "text a line on stderr",
        "keys : \"view curves\" Enter",    "keys : \"metric fnorm\" Enter", "keys : \"overlay rungs\" Enter",
        "keys : \"view grid\" Enter",      "keys : \"config b3g32\" Enter", "keys : \"quantizer nf4\" Enter",
        "keys : \"metric mean\" Enter",  "keys : Tab \"gl\" Tab Tab Enter",
        "keys : \"view plan\" Enter",      "keys : \"view compare\" Enter", "keys : \"method optimal\" Enter",
        "keys : \"method mxq\" Enter",     "keys : \"set budget 3.4\" Enter", "keys : \"keep a_plan\" Enter",
        "keys : \"keep b_plan\" Enter",    "keys : \"method kurtboost\" Enter", "keys : \"lock b4g64\" Enter",
        "keys : \"adopt a_plan\" Enter",   "keys : \"set boost-stop 9\" Enter", "keys : \"mark b_plan\" Enter",
        "break the disk is full",
    };
    line(lines[below(QS_COUNT_OF(lines))]);
}

static void random_events(void **state)
{
    (void)state;
    uint64_t events = 100000;
    seed = 20240531;
    if (getenv("QS_FUZZ_EVENTS")) {
        assert_true(qs_parse_u64(getenv("QS_FUZZ_EVENTS"), &events));
    }
    if (getenv("QS_FUZZ_SEED")) {
        assert_true(qs_parse_u64(getenv("QS_FUZZ_SEED"), &seed) && seed > 0);
    }
    for (uint64_t i = 0; i < events; i++) {
        if (i % 5000 == 0) {
            line("start curves");
            line(sessions[i / 5000 % QS_COUNT_OF(sessions)]);
        }
        uint32_t what = below(100);
        if (what < 70) {
            random_key();
        } else if (what < 85) {
            driver_send(&driver, &(struct qs_event){.kind = QS_EVENT_MOUSE,
                                                    .mouse = (enum qs_mouse)below(4),
                                                    .col = (int)below(130) - 5,
                                                    .row = (int)below(50) - 5});
        } else if (what < 93) {
            driver_send(&driver, &(struct qs_event){.kind = QS_EVENT_TICK});
        } else if (what < 98) {
            random_line();
        } else {
            char size[32];
            snprintf(size, sizeof size, "size %ux%u", 1 + below(130), 1 + below(45));
            line(size);
        }
        if (i % 16 == 0) {
            draw();
        }
    }
}

// Told, not asserted: a slow machine is no fault of the program.
static void frame_cost_is_told(void **state)
{
    (void)state;
    enum { FRAMES = 50 };
    line("start curves");
    line("session layers=126");
    line("size 200x60");
    for (size_t view = 0; view < QS_VIEW_COUNT; view++) {
        char text[64];
        snprintf(text, sizeof text, "keys : \"view %s\" Enter", qs_view_names[view]);
        line(text);
        clock_t begin = clock();
        for (int i = 0; i < FRAMES; i++) {
            driver_draw(&driver);
        }
        double frame_ms = (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC / FRAMES;
        begin = clock();
        for (int i = 0; i < FRAMES; i++) { // each changes the session, so that everything is worked out anew
            driver_key(&driver, i % 2 ? '+' : '-');
        }
        double update_ms = (double)(clock() - begin) * 1e3 / CLOCKS_PER_SEC / FRAMES;
        print_message("# %-8s at 200x60, 126 layers x 7 kinds: %.2f ms a frame, %.2f ms a key\n", qs_view_names[view],
                      frame_ms, update_ms);
    }
}

static int close_driver(void **state)
{
    (void)state;
    driver_close(&driver);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_in_every_view),
        cmocka_unit_test(every_command_in_every_view),
        cmocka_unit_test(every_size_in_every_glyph_mode),
        cmocka_unit_test(drawing_is_pure),
        cmocka_unit_test(random_events),
        cmocka_unit_test(frame_cost_is_told),
    };
    return cmocka_run_group_tests_name("stress", tests, NULL, close_driver);
}
