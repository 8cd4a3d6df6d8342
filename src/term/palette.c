// What roles look like: see palette.h.
//
// The eight series colours are close to those of Okabe and Ito (Color Universal Design, 2008), darkened or lightened
// until they can be read on black and on white. The heat steps follow viridis (van der Walt and Smith, 2015): luminance
// rises from step to step, which every eye can order. With fewer colours the signs' density alone says how much.
#include "term/palette.h"

#include <curses.h>

struct look {
    short color_256; // -1: the default
    short color_8;
    attr_t attributes;      // where there are colours
    attr_t attributes_mono; // where there are none
};

static const struct look looks[QS_ROLE_COUNT] = {
    [QS_ROLE_TEXT] = {-1, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_DIM] = {244, -1, A_NORMAL, A_DIM},
    [QS_ROLE_TITLE] = {-1, -1, A_BOLD, A_BOLD},
    [QS_ROLE_HEADER] = {-1, -1, A_UNDERLINE, A_UNDERLINE},
    [QS_ROLE_STATUS] = {-1, -1, A_REVERSE, A_REVERSE},
    [QS_ROLE_KEY] = {32, COLOR_CYAN, A_BOLD, A_BOLD},
    [QS_ROLE_CURSOR] = {-1, -1, A_REVERSE, A_REVERSE},
    [QS_ROLE_AXIS] = {244, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_RULE] = {172, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    [QS_ROLE_MARK] = {202, COLOR_RED, A_BOLD, A_BOLD},
    [QS_ROLE_CROSSHAIR] = {244, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_WARNING] = {172, COLOR_YELLOW, A_BOLD, A_BOLD},
    [QS_ROLE_ERROR] = {196, COLOR_RED, A_BOLD, A_BOLD | A_REVERSE},
    [QS_ROLE_GOOD] = {36, COLOR_GREEN, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_0] = {32, COLOR_CYAN, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_1] = {172, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_2] = {36, COLOR_GREEN, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_3] = {169, COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_4] = {166, COLOR_RED, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_5] = {74, COLOR_BLUE, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_6] = {142, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_SERIES_7] = {246, -1, A_BOLD, A_NORMAL},
    [QS_ROLE_HEAT_0] = {54, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_1] = {24, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_2] = {30, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_3] = {36, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_4] = {77, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_5] = {113, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_6] = {184, -1, A_NORMAL, A_NORMAL},
    [QS_ROLE_HEAT_7] = {226, -1, A_NORMAL, A_NORMAL},
};

static int depth; // colours in use: 0, 8 or 256

void qs_palette_init(bool no_color)
{
    depth = 0;
    if (no_color || !has_colors() || start_color() == ERR) {
        return;
    }
    short background = use_default_colors() == OK ? -1 : COLOR_BLACK;
    short foreground = background == -1 ? -1 : COLOR_WHITE;
    if (COLOR_PAIRS <= QS_ROLE_COUNT || COLORS < 8) {
        return;
    }
    depth = COLORS >= 256 ? 256 : 8;
    for (short role = 0; role < QS_ROLE_COUNT; role++) {
        short color = depth == 256 ? looks[role].color_256 : looks[role].color_8;
        init_pair((short)(role + 1), color < 0 ? foreground : color, background);
    }
}

unsigned long qs_palette_attributes(enum qs_role role)
{
    return depth ? looks[role].attributes : looks[role].attributes_mono;
}

short qs_palette_pair(enum qs_role role)
{
    return (short)(depth ? role + 1 : 0);
}
