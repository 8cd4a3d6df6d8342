// Numbers in columns: see figure.h.
#include "tui/figure.h"

#include <string.h>

const char *qs_figure(double value, int digits, int cols, char out[static QS_NUMBER_MAX])
{
    for (; digits > 0; digits--) {
        if ((int)strlen(qs_format_short(value, digits, out)) <= cols) {
            return out;
        }
    }
    return strcpy(out, "#");
}
