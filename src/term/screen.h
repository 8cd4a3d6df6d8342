// The terminal as curses has it: modes, colours, cells, keys.
#ifndef QS_TERM_SCREEN_H
#define QS_TERM_SCREEN_H

#include "plot/grid.h"
#include "term/signals.h"
#include "tui/event.h"

#include <stdbool.h>

// Takes the terminal. QS_FAILED where it cannot be used; nothing has been written to it then.
enum qs_status qs_screen_open(bool no_color, bool ascii, struct qs_error *err) QS_MUST_USE;
void qs_screen_close(void);

// What a crash has to write; valid while the screen is open.
const struct qs_rescue *qs_screen_rescue(void);

// Shows a grid: only what differs from the last one is written. The grid is turned into ASCII where that is needed.
void qs_screen_show(struct qs_grid *grid);

// The terminal may hold anything: the next show writes everything.
void qs_screen_forget(void);

// Asks the terminal for its size, for SIGWINCH.
void qs_screen_resize(int *out_cols, int *out_rows);

// The next event without waiting: a key or the mouse. False where there is none.
bool qs_screen_event(struct qs_event *out);

void qs_screen_mouse(bool on);

// Gives the terminal back for a while, and takes it again.
void qs_screen_leave(void);
void qs_screen_return(void);

#endif
