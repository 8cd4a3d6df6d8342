// What happens to the workbench: keys, the mouse, a new size, time, and text from elsewhere.
#ifndef QS_TUI_EVENT_H
#define QS_TUI_EVENT_H

#include <stdint.h>

// A key is a Unicode code point or one of these, which lie beyond Unicode. Ctrl with a letter is the control character
// 1 to 26, as terminals send it, except where it has a name below (Tab, Enter, Backspace).
enum qs_key {
    QS_KEY_UP = 0x110000,
    QS_KEY_DOWN,
    QS_KEY_LEFT,
    QS_KEY_RIGHT,
    QS_KEY_HOME,
    QS_KEY_END,
    QS_KEY_PAGE_UP,
    QS_KEY_PAGE_DOWN,
    QS_KEY_INSERT,
    QS_KEY_DELETE,
    QS_KEY_BACKSPACE,
    QS_KEY_TAB,
    QS_KEY_BACK_TAB,
    QS_KEY_ENTER,
    QS_KEY_ESC,
    QS_KEY_F1, // F1 to F12 in order
    QS_KEY_F12 = QS_KEY_F1 + 11,
    QS_KEY_END_OF_LIST,
};

#define QS_KEY_CTRL(letter) ((uint32_t)((letter) & 0x1f))

enum qs_event_kind {
    QS_EVENT_KEY,
    QS_EVENT_MOUSE,
    QS_EVENT_RESIZE, // also the first event: nothing is laid out before it
    QS_EVENT_TICK,   // time has passed: background work may have something
    QS_EVENT_TEXT,   // a line for the log from outside (captured stderr)
    QS_EVENT_QUIT,   // asked to end, by a signal for instance
};

enum qs_mouse { QS_MOUSE_PRESS, QS_MOUSE_DRAG, QS_MOUSE_WHEEL_UP, QS_MOUSE_WHEEL_DOWN };

struct qs_event {
    enum qs_event_kind kind;
    uint32_t key;        // QS_EVENT_KEY
    enum qs_mouse mouse; // QS_EVENT_MOUSE, at the cell
    int col;
    int row;
    int cols;            // QS_EVENT_RESIZE
    int rows;
    const char *text;    // QS_EVENT_TEXT: UTF-8, borrowed during the call
};

#endif
