// Drives a workbench by lines of text: see driver.h.
#include "driver.h"

#include "base/number.h"
#include "tui/action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail(struct driver *driver, const char *what, const char *where)
{
    snprintf(driver->problem, sizeof driver->problem, "%s: %.200s", what, where);
    return false;
}

void driver_send(struct driver *driver, const struct qs_event *event)
{
    driver->effects |= qs_ui_update(driver->ui, event);
}

void driver_key(struct driver *driver, uint32_t key)
{
    driver_send(driver, &(struct qs_event){.kind = QS_EVENT_KEY, .key = key});
}

void driver_draw(struct driver *driver)
{
    qs_ui_draw(driver->ui, &driver->grid);
}

void driver_close(struct driver *driver)
{
    qs_ui_free(driver->ui);
    fake_session_free(driver->session);
    qs_grid_free(&driver->grid);
    qs_text_free(&driver->screens);
    *driver = (struct driver){0};
}

static bool resize(struct driver *driver, int cols, int rows)
{
    struct qs_error err;
    if (qs_grid_resize(&driver->grid, cols, rows, &err) != QS_OK) {
        return fail(driver, "size", err.text);
    }
    driver_send(driver, &(struct qs_event){.kind = QS_EVENT_RESIZE, .cols = cols, .rows = rows});
    return true;
}

// The number behind NAME= in a line, or other.
static uint32_t option(const char *line, const char *name, uint32_t other)
{
    const char *at = strstr(line, name);
    return at ? (uint32_t)strtoul(at + strlen(name), NULL, 10) : other;
}

static bool open_session(struct driver *driver, const char *line)
{
    struct fake_options options = {
        .layers = option(line, "layers=", 24),
        .kinds = option(line, "kinds=", 7),
        .scanned = option(line, "scanned=", UINT32_MAX),
        .layers_a_poll = option(line, "poll=", 0),
        .cache_only = strstr(line, "cache-only") != NULL,
        .warnings = strstr(line, "warnings") != NULL,
        .errors = strstr(line, "no-errors") == NULL,
        .odd = strstr(line, "odd") != NULL,
    };
    qs_ui_free(driver->ui);
    driver->ui = NULL;
    fake_session_free(driver->session);
    driver->session = fake_session_new(&options);
    if (!driver->session) {
        return fail(driver, "session", "no memory");
    }
    struct qs_error err;
    struct qs_ui_options ui_options = {.view = driver->view[0] ? driver->view : NULL};
    if (qs_ui_new(driver->session, &ui_options, &driver->ui, &err) != QS_OK) {
        return fail(driver, "session", err.text);
    }
    return resize(driver, 80, 24);
}

static bool press_keys(struct driver *driver, const char *p)
{
    while (*(p += strspn(p, " "))) {
        if (*p == '"') {
            const char *end = strchr(++p, '"');
            if (!end) {
                return fail(driver, "no end of the text", p);
            }
            while (p < end) {
                driver_key(driver, qs_text_next(&p));
            }
            p++;
            continue;
        }
        uint32_t first;
        uint32_t second;
        if (!qs_key_parse(&p, &first, &second)) {
            return fail(driver, "no key", p);
        }
        driver_key(driver, first);
        if (second) {
            driver_key(driver, second);
        }
    }
    return true;
}

static bool use_mouse(struct driver *driver, const char *line)
{
    char what[8];
    struct qs_event event = {.kind = QS_EVENT_MOUSE};
    if (sscanf(line, "%7s %d %d", what, &event.col, &event.row) != 3) {
        return fail(driver, "mouse", line);
    }
    event.mouse = strcmp(what, "press") == 0  ? QS_MOUSE_PRESS
                  : strcmp(what, "drag") == 0 ? QS_MOUSE_DRAG
                  : strcmp(what, "up") == 0   ? QS_MOUSE_WHEEL_UP
                                              : QS_MOUSE_WHEEL_DOWN;
    driver_send(driver, &event);
    return true;
}

static void keep_screen(struct driver *driver, const char *title, bool roles)
{
    driver_draw(driver);
    qs_text_addf(&driver->screens, "== %s\n", title);
    (roles ? qs_grid_to_roles : qs_grid_to_text)(&driver->grid, &driver->screens);
    qs_text_addf(&driver->screens, "-- cursor %d,%d", driver->grid.cursor_col, driver->grid.cursor_row);
    qs_text_add(&driver->screens, driver->effects & QS_EFFECT_QUIT ? ", quit" : "");
    qs_text_add(&driver->screens, driver->effects & QS_EFFECT_SUSPEND ? ", suspend" : "");
    qs_text_add(&driver->screens, driver->effects & QS_EFFECT_MOUSE ? ", mouse\n" : "\n");
    driver->effects = 0;
}

// What stands behind a first word, or NULL where the line begins otherwise.
static const char *behind(const char *line, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(line, word, length) != 0 || (line[length] && line[length] != ' ')) {
        return NULL;
    }
    return line + length + strspn(line + length, " ");
}

bool driver_line(struct driver *driver, const char *line)
{
    const char *rest;
    if (!line[0] || line[0] == '#') {
        return true;
    }
    if ((rest = behind(line, "session"))) {
        return open_session(driver, rest);
    }
    if ((rest = behind(line, "start"))) {
        snprintf(driver->view, sizeof driver->view, "%s", rest);
        return true;
    }
    if (!driver->ui) {
        return fail(driver, "no session yet", line);
    }
    if ((rest = behind(line, "size"))) {
        int cols;
        int rows;
        return sscanf(rest, "%dx%d", &cols, &rows) == 2 ? resize(driver, cols, rows) : fail(driver, "size", rest);
    }
    if ((rest = behind(line, "keys"))) {
        return press_keys(driver, rest);
    }
    if ((rest = behind(line, "mouse"))) {
        return use_mouse(driver, rest);
    }
    if ((rest = behind(line, "tick"))) {
        uint64_t count = 1;
        for (count = qs_parse_u64(rest, &count) ? count : 1; count > 0; count--) {
            driver_send(driver, &(struct qs_event){.kind = QS_EVENT_TICK});
        }
        return true;
    }
    if ((rest = behind(line, "text"))) {
        driver_send(driver, &(struct qs_event){.kind = QS_EVENT_TEXT, .text = rest});
        return true;
    }
    if ((rest = behind(line, "break"))) {
        fake_session_break_scan(driver->session, rest);
        return true;
    }
    if ((rest = behind(line, "screen"))) {
        keep_screen(driver, rest, false);
        return true;
    }
    if ((rest = behind(line, "roles"))) {
        keep_screen(driver, rest, true);
        return true;
    }
    return fail(driver, "unknown line", line);
}
