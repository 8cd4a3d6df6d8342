// The workbench without a terminal: events in, cells out.
//
//     qs_ui_new(session, options, &ui, err)
//     qs_ui_update(ui, &event)          state changes here and only here; says what the terminal has to do
//     qs_ui_draw(ui, &grid)             pure: the same state and size give the same cells
//     qs_ui_free(ui)
//
// There is no clock, no terminal and no global in it. A running scan is looked after in QS_EVENT_TICK, which takes
// finished layers from the session; nothing else touches the session's values between two updates, so what is drawn is
// never older than the last update.
#ifndef QS_TUI_UI_H
#define QS_TUI_UI_H

#include "plot/chart.h"
#include "plot/grid.h"
#include "session/session.h"
#include "tui/event.h"

#include <stdbool.h>

struct qs_ui;

struct qs_ui_options {
    enum qs_glyphs glyphs; // what curves are drawn with at first
    const char *view;      // the first view by name; NULL: curves
    const char *metric;    // the first metric by name; NULL: the first there is
    bool scan;             // start the scan of what is missing, where a model is open; what fails is told in the ui
};

enum qs_effect {
    QS_EFFECT_REDRAW = 1,      // something changed
    QS_EFFECT_FULL_REDRAW = 2, // the terminal may hold something else than it was given: send everything
    QS_EFFECT_QUIT = 4,
    QS_EFFECT_SUSPEND = 8,
    QS_EFFECT_MOUSE = 16,      // qs_ui_mouse changed
};

// The session is borrowed and must outlive the ui. options may be NULL. QS_USAGE for a view or metric that is unknown
// (the text names those there are); QS_FAILED for want of memory.
enum qs_status qs_ui_new(struct qs_session *session, const struct qs_ui_options *options, struct qs_ui **out,
                         struct qs_error *err) QS_MUST_USE;
void qs_ui_free(struct qs_ui *ui); // NULL is fine

// Returns qs_effect bits. Nothing fails: what goes wrong is told in the bottom line.
unsigned qs_ui_update(struct qs_ui *ui, const struct qs_event *event);

// Fills the whole grid, whatever its size (usually that of the last QS_EVENT_RESIZE).
void qs_ui_draw(const struct qs_ui *ui, struct qs_grid *grid);

// Whether the ui wants mouse events; false gives the mouse back to the terminal for copying.
bool qs_ui_mouse(const struct qs_ui *ui);

// Whether something runs in the background, so that ticks should come often.
bool qs_ui_busy(const struct qs_ui *ui);

// The views there are, in the order of their keys: "overview", ...; NULL beyond the last.
const char *qs_ui_view_name(size_t index);

// Every action as a line "VIEWS<tab>KEYS<tab>NAME<tab>ARGUMENT<tab>HELP", in the order of the help; a field that is
// empty holds "-". The man page's section KEYS is this table.
void qs_ui_keys_table(struct qs_text *out);

#endif
