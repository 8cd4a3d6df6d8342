// What is known of the terminal without a screen library: its size, and what its locale can show.
#ifndef QS_CLI_CONSOLE_H
#define QS_CLI_CONSOLE_H

#include "plot/chart.h"

#include <stdbool.h>
#include <stdio.h>

// Columns and rows of the terminal behind a descriptor; where there is none, $COLUMNS and $LINES, else 80 and 24.
void qs_console_size(int fd, int *out_cols, int *out_rows);

// Whether the locale's characters are UTF-8.
bool qs_console_is_utf8(void);

// What curves are drawn with: braille in a UTF-8 locale, else ASCII.
enum qs_glyphs qs_console_glyphs(void);

// Whether a full-screen program can run: standard input and output are terminals, and TERM is neither unset nor "dumb".
bool qs_console_is_usable(void);

// Writes a string that may hold anything (names come from files): control characters become '?', and, where the locale
// is not UTF-8, so does everything beyond ASCII. Lines ('\n') stay.
void qs_console_print(FILE *file, const char *utf8);

// Prints a grid on standard output, line by line; it is made ASCII first where glyphs or the locale ask for that.
enum qs_status qs_console_print_grid(struct qs_grid *grid, enum qs_glyphs glyphs, struct qs_error *err) QS_MUST_USE;

// Writes every line of the text to standard error as "quantscope: warning: LINE".
void qs_console_warn(const char *lines);

#endif
