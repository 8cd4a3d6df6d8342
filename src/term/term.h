// The workbench in a terminal: curses, and nothing else that is curses.
//
// The locale's LC_CTYPE has been set by the caller. Colours are left out where NO_COLOR is set or the terminal has
// none; where the locale is not UTF-8, everything is shown in ASCII. Meanwhile stderr, if it is a terminal, is kept and
// given to the ui as lines for its log, and written out at the end. SIGINT, SIGTERM and SIGHUP end the run; SIGTSTP,
// SIGCONT and SIGWINCH do what is expected; a crash gives the terminal back before it takes its course. Whatever
// happens, the terminal is left as it was found.
#ifndef QS_TERM_TERM_H
#define QS_TERM_TERM_H

#include "tui/ui.h"

struct qs_term_options {
    bool no_color; // no colours whatever the terminal can
    bool ascii;    // ASCII whatever the locale says
};

// Runs until the ui wants to quit (QS_OK) or a signal ends it (QS_INTERRUPTED). QS_FAILED where stdin or stdout is no
// terminal, or one that cannot be used; the text says what to do instead. One run at a time; options may be NULL.
enum qs_status qs_term_run(struct qs_ui *ui, const struct qs_term_options *options, struct qs_error *err) QS_MUST_USE;

#endif
