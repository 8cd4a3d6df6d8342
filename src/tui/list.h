// Where one is in a list of lines that may be longer than its window.
#ifndef QS_TUI_LIST_H
#define QS_TUI_LIST_H

#include <stddef.h>
#include <stdint.h>

struct qs_list {
    size_t cursor; // the line in focus
    size_t top;    // the first line shown
};

// Puts cursor and top where they may be: the cursor inside 0..count-1 (0 where count is 0) and in a window of height
// lines, the window not beyond the end without need.
void qs_list_clamp(struct qs_list *list, size_t count, int height);

// Moves the cursor by delta lines (clamped), and the window with it.
void qs_list_move(struct qs_list *list, size_t count, int height, int64_t delta);

// Moves the window by delta lines, and the cursor only where it would leave the window.
void qs_list_scroll(struct qs_list *list, size_t count, int height, int64_t delta);

#endif
