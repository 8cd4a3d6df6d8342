// Drives a workbench over a made-up session by lines of text.
//
//     session layers=24 kinds=7 scanned=24 poll=2 cache-only warnings odd no-errors   a new session
//     start VIEW             the view it begins with (before the next session line)
//     size 80x24
//     keys j j "text" Enter ^R gg     as in the table of actions; "..." is typed letter by letter
//     mouse press|drag|up|down COL ROW
//     tick [N]
//     text A line for the log.
//     break A scan's error.
//     screen TITLE           the screen as text, under "== TITLE"
//     roles TITLE            the same, with the roles of the cells below it
// Empty lines and lines that begin with # are skipped.
#ifndef QS_TESTS_UI_DRIVER_H
#define QS_TESTS_UI_DRIVER_H

#include "base/text.h"
#include "fake_session.h"
#include "tui/ui.h"

struct driver {
    struct qs_session *session;
    struct qs_ui *ui;
    struct qs_grid grid;
    char view[32];
    unsigned effects; // of all updates since the last `screen`
    struct qs_text screens;
    char problem[256]; // what a line had wrong; "" for nothing
};

// Zeroed: nothing is open. False where the line could not be carried out.
bool driver_line(struct driver *driver, const char *line);
void driver_close(struct driver *driver);

void driver_send(struct driver *driver, const struct qs_event *event);
void driver_key(struct driver *driver, uint32_t key);
void driver_draw(struct driver *driver);

#endif
