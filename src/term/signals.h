// Signals while the workbench holds the terminal.
#ifndef QS_TERM_SIGNALS_H
#define QS_TERM_SIGNALS_H

#include "base/error.h"

#include <stdbool.h>
#include <termios.h>

// What a crash writes to give the terminal back: settings, and the bytes that leave its full-screen mode.
enum { QS_RESCUE_BYTES_MAX = 512 };
struct qs_rescue {
    struct termios settings;
    char bytes[QS_RESCUE_BYTES_MAX];
    size_t count;
};

// Installs the handlers. To be called before curses starts: it replaces only what is at its default.
enum qs_status qs_signals_begin(struct qs_error *err) QS_MUST_USE;

// To be called after curses has started: takes SIGTSTP from it and arms the rescue. The rescue is copied.
void qs_signals_arm(const struct qs_rescue *rescue);

// Puts back what was there before.
void qs_signals_end(void);

// A descriptor that becomes readable when a signal has come; -1 outside begin and end.
int qs_signals_fd(void);

// What has come since the last call. The descriptor is emptied.
struct qs_signals {
    int quit;      // SIGINT, SIGTERM or SIGHUP, or 0
    bool resized;
    bool suspend;
    bool resumed;
};
struct qs_signals qs_signals_take(void);

// Stops the process group as ^Z does, and returns when it goes on.
void qs_signals_stop_here(void);

#endif
