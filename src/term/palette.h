// What roles look like: colours a colour-blind eye can tell, on light and dark backgrounds alike, and attributes that
// say the same without colour.
#ifndef QS_TERM_PALETTE_H
#define QS_TERM_PALETTE_H

#include "plot/grid.h"

#include <stdbool.h>

// Allocates colour pairs for as many colours as the terminal has. To be called after curses has started.
void qs_palette_init(bool no_color);

// Curses attributes (attr_t) and pair of a role.
unsigned long qs_palette_attributes(enum qs_role role);
short qs_palette_pair(enum qs_role role);

#endif
