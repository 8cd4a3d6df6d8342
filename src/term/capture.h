// What is written to stderr while the screen is ours.
#ifndef QS_TERM_CAPTURE_H
#define QS_TERM_CAPTURE_H

#include "base/text.h"

#include <stdbool.h>

// From here on stderr goes to a file without a name, if stderr is a terminal; else nothing happens. Where no such file
// can be made, it goes nowhere.
void qs_capture_begin(void);

// The next whole line that came, without its end, into *line; false where there is none.
bool qs_capture_line(struct qs_text *line);

// stderr is what it was; everything that was captured is written to it.
void qs_capture_end(void);

// The same as the last from a signal handler.
void qs_capture_rescue(void);

#endif
