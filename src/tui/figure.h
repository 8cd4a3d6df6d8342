// Numbers in columns: as many digits as fit, never a number cut short.
#ifndef QS_TUI_FIGURE_H
#define QS_TUI_FIGURE_H

#include "base/number.h"

// value with at most `digits` significant digits in at most cols columns; "#" where even one digit does not fit.
const char *qs_figure(double value, int digits, int cols, char out[static QS_NUMBER_MAX]);

#endif
