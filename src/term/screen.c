// The terminal as curses has it: see screen.h.
#include "term/screen.h"

#include "term/palette.h"

#include <curses.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// Button events with motion while a button is held; curses itself asks for presses only.
#define DRAG_ON "\033[?1002h"
#define DRAG_OFF "\033[?1002l"

enum { ESC_DELAY_MS = 25 };

// One terminal, as curses has one.
static SCREEN *screen;
static bool ascii_only;
static bool mouse_there;
static bool mouse_is_on;
static struct qs_grid shown; // what the terminal holds; no cells: unknown
static struct qs_rescue rescue;

// A terminfo string, NULL where the terminal has none ((char *)-1 where the name is no string).
static const char *capability(const char *name)
{
    char *string = tigetstr((char *)(uintptr_t)name);
    return string == (char *)-1 ? NULL : string;
}

// Adds a terminfo string to what a crash writes, without its padding ("$<5>").
static void add_rescue(const char *string)
{
    while (string && *string && rescue.count < sizeof rescue.bytes) {
        const char *end = string[0] == '$' && string[1] == '<' ? strchr(string, '>') : NULL;
        if (end) {
            string = end + 1;
        } else {
            rescue.bytes[rescue.count++] = *string++;
        }
    }
}

static enum qs_status check_terminal(struct qs_error *err)
{
    static const char advice[] = "a view can be printed with: quantscope snapshot MODEL --view curves --size 80x24";
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        return qs_fail(err, QS_FAILED, "the workbench needs a terminal for input and output; %s", advice);
    }
    const char *name = getenv("TERM");
    int code = 0;
    if (!name || !name[0]) {
        return qs_fail(err, QS_FAILED, "TERM is not set, so the terminal's kind is unknown; %s", advice);
    }
    if (setupterm(NULL, STDOUT_FILENO, &code) != OK) {
        return qs_fail(err, QS_FAILED, "the terminal \"%s\" (TERM) is not known here; try TERM=xterm, or %s", name,
                       advice);
    }
    bool can_move = capability("cup") && capability("clear");
    del_curterm(cur_term); // newterm makes its own
    if (!can_move) {
        return qs_fail(err, QS_FAILED, "the terminal \"%s\" (TERM) cannot move its cursor; %s", name, advice);
    }
    return QS_OK;
}

enum qs_status qs_screen_open(bool no_color, bool ascii, struct qs_error *err)
{
    enum qs_status status = check_terminal(err);
    if (status != QS_OK) {
        return status;
    }
    rescue = (struct qs_rescue){0};
    if (tcgetattr(STDIN_FILENO, &rescue.settings) != 0) {
        return qs_fail_errno(err, "terminal", "reading its settings");
    }
    screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        return qs_fail(err, QS_FAILED, "the terminal \"%s\" (TERM) cannot be used", getenv("TERM"));
    }
    set_term(screen);
    mouse_there = capability("kmous") != NULL;
    add_rescue(mouse_there ? DRAG_OFF "\033[?1000l\033[?1006l" : NULL);
    add_rescue(capability("sgr0"));
    add_rescue(capability("rmkx"));
    add_rescue(capability("cnorm"));
    add_rescue(capability("rmcup"));
    add_rescue("\r\n");
    ascii_only = ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESC_DELAY_MS);
    mouseinterval(0);
    qs_palette_init(no_color);
    qs_screen_forget();
    return QS_OK;
}

void qs_screen_close(void)
{
    qs_screen_mouse(false);
    endwin();
    delscreen(screen);
    screen = NULL;
    qs_grid_free(&shown);
}

const struct qs_rescue *qs_screen_rescue(void)
{
    return &rescue;
}

void qs_screen_forget(void)
{
    qs_grid_free(&shown);
    clearok(curscr, TRUE);
}

static void put_cell(int col, int row, const struct qs_cell *cell)
{
    wchar_t text[2] = {(wchar_t)cell->codepoint, 0};
    attr_t attributes = (attr_t)qs_palette_attributes((enum qs_role)cell->role) | (cell->bold ? A_BOLD : 0);
    cchar_t character;
    setcchar(&character, text, attributes, qs_palette_pair((enum qs_role)cell->role), NULL);
    mvadd_wch(row, col, &character);
}

void qs_screen_show(struct qs_grid *grid)
{
    if (ascii_only) {
        qs_grid_to_ascii(grid);
    }
    bool known = shown.cells && shown.cols == grid->cols && shown.rows == grid->rows;
    if (!known) {
        erase();
    }
    for (int row = 0; row < grid->rows && row < LINES; row++) {
        for (int col = 0; col < grid->cols && col < COLS; col++) {
            size_t at = (size_t)row * (size_t)grid->cols + (size_t)col;
            const struct qs_cell *cell = &grid->cells[at];
            bool same = known && memcmp(cell, &shown.cells[at], sizeof *cell) == 0;
            if (!same && cell->codepoint) { // the right half of a wide character comes with its left one
                put_cell(col, row, cell);
            }
        }
    }
    bool visible = grid->cursor_col >= 0 && grid->cursor_row >= 0;
    curs_set(visible);
    if (visible) {
        move(grid->cursor_row, grid->cursor_col);
    }
    refresh();
    // The grid is kept by taking it: the caller draws the next one anew.
    if (known || qs_grid_resize(&shown, grid->cols, grid->rows, NULL) == QS_OK) {
        memcpy(shown.cells, grid->cells, (size_t)grid->cols * (size_t)grid->rows * sizeof *grid->cells);
    }
}

void qs_screen_resize(int *out_cols, int *out_rows)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
        (size.ws_col != COLS || size.ws_row != LINES)) {
        resizeterm(size.ws_row, size.ws_col);
        qs_screen_forget();
    }
    *out_cols = COLS;
    *out_rows = LINES;
}

static bool mouse_event(struct qs_event *out)
{
    MEVENT event;
    if (getmouse(&event) != OK) {
        return false;
    }
    *out = (struct qs_event){.kind = QS_EVENT_MOUSE, .col = event.x, .row = event.y};
    if (event.bstate & BUTTON4_PRESSED) {
        out->mouse = QS_MOUSE_WHEEL_UP;
    } else if (event.bstate & BUTTON5_PRESSED) {
        out->mouse = QS_MOUSE_WHEEL_DOWN;
    } else if (event.bstate & BUTTON1_PRESSED) {
        out->mouse = QS_MOUSE_PRESS;
    } else if (event.bstate & REPORT_MOUSE_POSITION) {
        out->mouse = QS_MOUSE_DRAG;
    } else {
        return false;
    }
    return true;
}

static uint32_t function_key(wint_t code)
{
    static const struct {
        wint_t code;
        uint32_t key;
    } keys[] = {
        {KEY_UP, QS_KEY_UP},         {KEY_DOWN, QS_KEY_DOWN},           {KEY_LEFT, QS_KEY_LEFT},
        {KEY_RIGHT, QS_KEY_RIGHT},   {KEY_HOME, QS_KEY_HOME},           {KEY_END, QS_KEY_END},
        {KEY_PPAGE, QS_KEY_PAGE_UP}, {KEY_NPAGE, QS_KEY_PAGE_DOWN},     {KEY_IC, QS_KEY_INSERT},
        {KEY_DC, QS_KEY_DELETE},     {KEY_BACKSPACE, QS_KEY_BACKSPACE}, {KEY_BTAB, QS_KEY_BACK_TAB},
        {KEY_ENTER, QS_KEY_ENTER},
    };
    for (size_t i = 0; i < QS_COUNT_OF(keys); i++) {
        if (keys[i].code == code) {
            return keys[i].key;
        }
    }
    return code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12) ? QS_KEY_F1 + (code - (wint_t)KEY_F(1)) : 0;
}

static uint32_t plain_key(wint_t code)
{
    switch (code) {
    case '\r':
    case '\n':
        return QS_KEY_ENTER;
    case '\t':
        return QS_KEY_TAB;
    case 8:
    case 127:
        return QS_KEY_BACKSPACE;
    case 27:
        return QS_KEY_ESC;
    default:
        return code;
    }
}

bool qs_screen_event(struct qs_event *out)
{
    wint_t code;
    for (;;) {
        int result = get_wch(&code);
        if (result == ERR) {
            return false;
        }
        if (result == KEY_CODE_YES && code == KEY_MOUSE) {
            if (mouse_event(out)) {
                return true;
            }
            continue;
        }
        uint32_t key = result == KEY_CODE_YES ? function_key(code) : plain_key(code);
        if (key) {
            *out = (struct qs_event){.kind = QS_EVENT_KEY, .key = key};
            return true;
        }
    }
}

void qs_screen_mouse(bool on)
{
    if (!mouse_there || on == mouse_is_on) {
        return;
    }
    mouse_is_on = on;
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED | REPORT_MOUSE_POSITION : 0, NULL);
    putp(on ? DRAG_ON : DRAG_OFF);
    fflush(stdout);
}

void qs_screen_leave(void)
{
    if (mouse_is_on) {
        putp(DRAG_OFF);
    }
    def_prog_mode();
    endwin();
    fflush(stdout);
}

void qs_screen_return(void)
{
    reset_prog_mode();
    qs_screen_forget();
    refresh();
    if (mouse_is_on) {
        putp(DRAG_ON);
        fflush(stdout);
    }
}
