// Everything a user can do, in one table: it makes the keys, the `:` commands, the function bar, the `?` help and the
// man page's section KEYS.
#ifndef QS_TUI_ACTION_H
#define QS_TUI_ACTION_H

#include "base/text.h"
#include "tui/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_view_id {
    QS_VIEW_OVERVIEW,
    QS_VIEW_LAYERS,
    QS_VIEW_CURVES,
    QS_VIEW_DETECT,
    QS_VIEW_GRID,
    QS_VIEW_PLAN,
    QS_VIEW_COMPARE,
    QS_VIEW_JOBS,
    QS_VIEW_LOG,
    QS_VIEW_HELP,
    QS_VIEW_COUNT
};

// Sets of views, for the table below.
enum {
    IN_OVERVIEW = 1 << QS_VIEW_OVERVIEW,
    IN_LAYERS = 1 << QS_VIEW_LAYERS,
    IN_CURVES = 1 << QS_VIEW_CURVES,
    IN_DETECT = 1 << QS_VIEW_DETECT,
    IN_GRID = 1 << QS_VIEW_GRID,
    IN_PLAN = 1 << QS_VIEW_PLAN,
    IN_COMPARE = 1 << QS_VIEW_COMPARE,
    IN_JOBS = 1 << QS_VIEW_JOBS,
    IN_LOG = 1 << QS_VIEW_LOG,
    IN_HELP = 1 << QS_VIEW_HELP,
    IN_ALL = (1 << QS_VIEW_COUNT) - 1,
    IN_TABLES = IN_LAYERS | IN_DETECT,
    IN_PAGES = IN_OVERVIEW | IN_JOBS | IN_LOG | IN_HELP,
    IN_LISTS = IN_TABLES | IN_COMPARE | IN_PAGES,
    IN_DATA = IN_OVERVIEW | IN_LAYERS | IN_CURVES | IN_DETECT | IN_GRID,
    IN_CHARTS = IN_CURVES | IN_GRID,
    IN_MAPS = IN_GRID | IN_PLAN,
    IN_PLANS = IN_PLAN | IN_COMPARE,
    IN_PARAMS = IN_CURVES | IN_DETECT | IN_PLAN,
};

// What may follow an action's name in the `:` line.
enum qs_argument {
    QS_ARGUMENT_NONE,
    QS_ARGUMENT_VIEW,
    QS_ARGUMENT_METRIC,
    QS_ARGUMENT_KIND,
    QS_ARGUMENT_LAYER,
    QS_ARGUMENT_SETTING, // a parameter and its value
    QS_ARGUMENT_COLUMN,
    QS_ARGUMENT_GLYPHS,
    QS_ARGUMENT_RUNG,
    QS_ARGUMENT_QUANTIZER,
    QS_ARGUMENT_AXIS,
    QS_ARGUMENT_OVERLAY,
    QS_ARGUMENT_METHOD,
    QS_ARGUMENT_PLAN, // the name of a kept plan
    QS_ARGUMENT_FILE,
    QS_ARGUMENT_TEXT,
};

// X(id, name, argument, keys, views, label, help)
//   name    the `:` command; a name with a blank is another action with its argument, there for the key's sake
//   keys    separated by blanks; see qs_key_parse
//   views   where the keys work. From elsewhere, the `:` command goes to the first of them
//   label   in the function bar; "": not there; KEYS|LABEL where it stands for more than its own first key
#define QS_ACTIONS(X)                                                                                                  \
    X(HELP, "help", NONE, "? F1", IN_ALL, "Help", "what can be done here; again or Esc goes back")                     \
    X(COMMAND, "command", NONE, ":", IN_ALL, "Command", "the command line; Tab completes, Up recalls")                 \
    X(QUIT, "quit", NONE, "q F10 ^C", IN_ALL & ~IN_HELP, "Quit", "leave; quit! without asking about plans")            \
    X(QUIT_HELP, "quit", NONE, "F10 ^C", IN_HELP, "Quit", "leave")                                                     \
    X(BACK, "back", NONE, "Esc q", IN_HELP, "Back", "back to the view that help was called from")                      \
    X(VIEW, "view", VIEW, "", IN_ALL, "", "show a view")                                                               \
    X(VIEW_OVERVIEW, "view overview", NONE, "1", IN_ALL, "", "what is open, measured and missing")                     \
    X(VIEW_LAYERS, "view layers", NONE, "2 F2", IN_ALL, "", "the modules and their statistics")                        \
    X(VIEW_CURVES, "view curves", NONE, "3 F3", IN_ALL, "", "a metric over the layers")                                \
    X(VIEW_DETECT, "view detect", NONE, "4 F4", IN_ALL, "", "the sensitive layers with their z-scores")                \
    X(VIEW_GRID, "view grid", NONE, "5 F5", IN_ALL, "", "a metric of all modules as a heat map")                       \
    X(VIEW_PLAN, "view plan", NONE, "6 F6", IN_ALL, "", "a rung for every module, by a method or by hand")             \
    X(VIEW_COMPARE, "view compare", NONE, "7 F7", IN_ALL, "", "the kept plans beside each other and the optimum")      \
    X(VIEW_JOBS, "view jobs", NONE, "9 F9", IN_ALL, "", "what runs in the background")                                 \
    X(VIEW_LOG, "view log", NONE, "!", IN_ALL, "", "warnings and messages")                                            \
    X(CELL_LEFT, "cell-left", NONE, "h Left", IN_MAPS, "", "the crosshair one cell to the left")                       \
    X(CELL_RIGHT, "cell-right", NONE, "l Right", IN_MAPS, "", "the crosshair one cell to the right")                   \
    X(CELL_UP, "cell-up", NONE, "k Up", IN_MAPS, "", "the crosshair one cell up")                                      \
    X(CELL_DOWN, "cell-down", NONE, "j Down", IN_MAPS, "", "the crosshair one cell down")                              \
    X(LAYER_LEFT, "layer-left", NONE, "h Left", IN_CURVES | IN_COMPARE, "", "the crosshair one layer to the left")     \
    X(LAYER_RIGHT, "layer-right", NONE, "l Right", IN_CURVES | IN_COMPARE, "", "the crosshair one layer to the right") \
    X(LAYER_BACK, "layer-back", NONE, "PgUp ^B", IN_CHARTS | IN_PLAN, "", "a tenth of the layers to the left")         \
    X(LAYER_FORTH, "layer-forth", NONE, "PgDn ^F", IN_CHARTS | IN_PLAN, "", "a tenth of the layers to the right")      \
    X(LAYER_FIRST, "layer-first", NONE, "0 Home", IN_CHARTS | IN_PLAN, "", "the first layer")                          \
    X(LAYER_LAST, "layer-last", NONE, "$ End", IN_CHARTS | IN_PLAN, "", "the last layer")                              \
    X(MARK_NEXT, "next-mark", NONE, "n", IN_CHARTS, "", "the next sensitive layer of this kind")                       \
    X(MARK_PREVIOUS, "previous-mark", NONE, "N", IN_CHARTS, "", "the sensitive layer before it")                       \
    X(CHANGE_NEXT, "next-change", NONE, "n", IN_PLAN, "", "the next module of this kind that is off the base rung")    \
    X(CHANGE_PREVIOUS, "previous-change", NONE, "N", IN_PLAN, "", "the one before it")                                 \
    X(LAYER, "layer", LAYER, "", IN_CHARTS | IN_LAYERS | IN_PLANS, "", "go to a layer")                                \
    X(KIND_NEXT, "next-kind", NONE, "Tab", IN_CHARTS, "Kind", "the next module kind")                                  \
    X(KIND_PREVIOUS, "previous-kind", NONE, "S-Tab", IN_CHARTS, "", "the module kind before it")                       \
    X(MAP_KIND_NEXT, "next-kind", NONE, "Tab", IN_COMPARE, "", "the next module kind in the map")                      \
    X(MAP_KIND_PREVIOUS, "previous-kind", NONE, "S-Tab", IN_COMPARE, "", "the module kind before it")                  \
    X(KIND, "kind", KIND, "", IN_CHARTS | IN_PLANS, "", "focus a module kind")                                         \
    X(METRIC_NEXT, "next-metric", NONE, "]", IN_DATA, "Metric", "the next metric")                                     \
    X(METRIC_PREVIOUS, "previous-metric", NONE, "[", IN_DATA, "", "the metric before it")                              \
    X(METRIC, "metric", METRIC, "", IN_DATA, "", "show a metric")                                                      \
    X(RUNG_NEXT, "next-rung", NONE, "}", IN_DATA, "{/}|Rung", "quantization errors at the next rung: more bits")       \
    X(RUNG_PREVIOUS, "previous-rung", NONE, "{", IN_DATA, "", "at the rung before it: fewer bits")                     \
    X(CONFIG, "config", RUNG, "", IN_DATA, "", "quantization errors at a rung, b3g64 for instance")                    \
    X(QUANTIZER_NEXT, "next-quantizer", NONE, "c", IN_DATA, "Quantizer", "the errors of the next quantizer")           \
    X(QUANTIZER, "quantizer", QUANTIZER, "", IN_DATA, "", "the errors of a quantizer: hqq, rtn or nf4")                \
    X(AXIS_OTHER, "other-axis", NONE, "A", IN_DATA, "", "the errors of groups along the other axis")                   \
    X(AXIS, "axis", AXIS, "", IN_DATA, "", "the errors of groups along axis 0 or 1")                                   \
    X(OVERLAY_NEXT, "next-overlay", NONE, "v", IN_CURVES, "Compare", "one kind at all rungs, then by all quantizers")\
    X(OVERLAY, "overlay", OVERLAY, "", IN_CURVES, "", "draw all kinds, or one kind at all rungs or quantizers")        \
    X(PANEL, "panel", NONE, "p", IN_GRID, "Panel", "one module beside the map: error against bits, its weights")       \
    X(LOG_AXIS, "log-axis", NONE, "L", IN_CHARTS | IN_COMPARE, "Axis", "logarithmic or linear axis")                   \
    X(HIDE, "hide", NONE, "Space", IN_CURVES, "Hide", "hide or show this module kind")                                 \
    X(ONLY, "only", NONE, "o", IN_CURVES, "", "this module kind only")                                                 \
    X(SHOW_ALL, "show-all", NONE, "a", IN_CURVES, "", "show all module kinds")                                         \
    X(PARAM_PREVIOUS, "previous-parameter", NONE, "k Up", IN_CURVES, "", "the parameter above")                        \
    X(PARAM_NEXT, "next-parameter", NONE, "j Down", IN_CURVES, "", "the parameter below")                              \
    X(PARAM_LEFT, "left-parameter", NONE, "h Left", IN_DETECT, "", "the parameter to the left")                        \
    X(PARAM_RIGHT, "right-parameter", NONE, "l Right", IN_DETECT, "", "the parameter to the right")                    \
    X(PARAM_FORTH, "next-parameter", NONE, "Tab", IN_PLAN, "Parameter", "the next parameter")                          \
    X(PARAM_BACK, "previous-parameter", NONE, "S-Tab", IN_PLAN, "", "the parameter before it")                         \
    X(MORE, "more", NONE, "+", IN_PARAMS, "+/-|Step", "the chosen parameter one step up")                              \
    X(LESS, "less", NONE, "-", IN_PARAMS, "", "one step down")                                                         \
    X(EDIT, "edit", NONE, "=", IN_PARAMS, "Type", "type the chosen parameter's value")                                 \
    X(EDIT_ENTER, "edit", NONE, "Enter", IN_CURVES | IN_PLAN, "", "the same")                                          \
    X(SET, "set", SETTING, "", IN_PARAMS, "", "set a parameter: z 2.5, budget b3g128+2%")                              \
    X(UNDO, "undo", NONE, "u", IN_DATA | IN_PLANS, "Undo", "undo the last change of a parameter or a lock")            \
    X(REDO, "redo", NONE, "^R", IN_DATA | IN_PLANS, "", "redo it")                                                     \
    X(METHOD, "method", METHOD, "M", IN_PLAN, "Method", "plan by a method; the key takes the next one")                \
    X(RUNG_UP, "rung-up", NONE, ">", IN_PLAN, "</>|Lock", "lock this module one rung up: planning leaves it there")    \
    X(RUNG_DOWN, "rung-down", NONE, "<", IN_PLAN, "", "lock it one rung down")                                         \
    X(LOCK, "lock", RUNG, "", IN_PLAN, "", "lock this module at a rung, b4g64 for instance")                           \
    X(FREE, "free", NONE, "f Del", IN_PLAN, "Free", "free this module: the method chooses its rung again")             \
    X(FREE_ALL, "free-all", NONE, "F", IN_PLAN, "", "free all modules")                                                \
    X(ADOPT, "adopt", PLAN, "Enter", IN_COMPARE, "Adopt", "take a kept plan as the plan at hand")                      \
    X(MARK, "mark", PLAN, "Space", IN_COMPARE, "Mark",                                                                 \
      "compare the plan in focus with this one; again: with the plan at hand")                                         \
    X(DIFFERENCE, "difference", NONE, "D", IN_COMPARE, "Difference",                                                   \
      "a map of where the plan in focus differs from the marked one, or the scatter")                                  \
    X(ZOOM, "zoom", NONE, "z", IN_COMPARE, "Zoom", "the whole frontier, or what lies around the plans")                \
    X(DROP, "drop", PLAN, "d Del", IN_COMPARE, "Drop", "drop a kept plan; a cache or a file keeps what it has")        \
    X(KEEP, "keep", PLAN, "K", IN_PLANS, "Keep",                                                                       \
      "keep the plan at hand under a name; keep! replaces another one")                                                \
    X(STORE, "store", PLAN, "S", IN_PLANS, "Store", "store a kept plan in the cache: in Compare the one in focus")     \
    X(WRITE, "write", FILE, "W", IN_PLANS, "Write",                                                                    \
      "write the plan to a file, in Compare the one in focus; write! over one that is there")                          \
    X(READ, "read", FILE, "R", IN_PLANS, "Read",                                                                       \
      "take a plan from a file as the plan at hand; read! of a model of another fingerprint, too")                     \
    X(SHOW, "show-curve", NONE, "Enter", IN_TABLES | IN_GRID, "Curve", "the curve of this module at this layer")       \
    X(UP, "up", NONE, "k Up", IN_LISTS, "", "one line up")                                                             \
    X(DOWN, "down", NONE, "j Down", IN_LISTS, "", "one line down")                                                     \
    X(PAGE_UP, "page-up", NONE, "PgUp ^B", IN_LISTS, "", "one page up")                                                \
    X(PAGE_DOWN, "page-down", NONE, "PgDn ^F", IN_LISTS, "", "one page down")                                          \
    X(FIRST, "first", NONE, "gg Home", IN_LISTS, "", "the first line")                                                 \
    X(LAST, "last", NONE, "G End", IN_LISTS, "", "the last line")                                                      \
    X(COLUMNS_LEFT, "columns-left", NONE, "h Left", IN_LAYERS, "", "columns further left")                             \
    X(COLUMNS_RIGHT, "columns-right", NONE, "l Right", IN_LAYERS, "", "columns further right")                         \
    X(SEARCH, "search", TEXT, "/", IN_LISTS, "Search", "search a line; nothing ends the search")                       \
    X(SEARCH_NEXT, "search-next", NONE, "n", IN_LISTS, "", "the next line found")                                      \
    X(SEARCH_PREVIOUS, "search-previous", NONE, "N", IN_LISTS, "", "the line found before it")                         \
    X(FILTER, "filter", TEXT, "\\", IN_LAYERS, "Filter",                                                               \
      "only modules that match: a regular expression on \"layer module\", kurtosis>10, or both; nothing shows all")    \
    X(SORT, "sort", COLUMN, "", IN_LAYERS, "", "sort by a column; down or up may follow it")                           \
    X(SORT_LEFT, "sort-left", NONE, "<", IN_LAYERS, "</>|Sort", "sort by the column to the left")                     \
    X(SORT_RIGHT, "sort-right", NONE, ">", IN_LAYERS, "", "sort by the column to the right")                           \
    X(REVERSE, "reverse", NONE, "r", IN_LAYERS, "Reverse", "reverse the order")                                        \
    X(GLYPHS, "glyphs", GLYPHS, "g", IN_CHARTS | IN_PLAN, "", "draw with braille, blocks or ASCII")                    \
    X(GLYPHS_COMPARE, "glyphs", GLYPHS, "b", IN_COMPARE, "", "draw with braille, blocks or ASCII")                     \
    X(SCAN, "scan", NONE, "s", IN_ALL, "", "scan the model's weights in the background")                               \
    X(STOP, "stop", NONE, "x", IN_ALL, "", "stop the scan; what is finished is kept")                                  \
    X(MOUSE, "mouse", NONE, "m", IN_ALL, "", "take the mouse, or leave it to the terminal for copying")                \
    X(REDRAW, "redraw", NONE, "^L", IN_ALL, "", "draw the screen anew")                                                \
    X(SUSPEND, "suspend", NONE, "^Z", IN_ALL, "", "back to the shell; `fg` returns")

enum qs_action_id {
#define X(id, name, argument, keys, views, label, help) QS_ACTION_##id,
    QS_ACTIONS(X)
#undef X
        QS_ACTION_COUNT
};

struct qs_action {
    const char *name;
    enum qs_argument argument;
    const char *keys;
    unsigned views;
    const char *label;
    const char *help;
};

extern const struct qs_action qs_actions[QS_ACTION_COUNT];

// "overview", ...
extern const char *const qs_view_names[QS_VIEW_COUNT];

// The action that a name calls: exact, else an unambiguous beginning. QS_ACTION_COUNT where there is none. Shorthands
// (names with a blank) are not found.
enum qs_action_id qs_action_find(const char *name, size_t length);

// The action that keys pressed one after the other (at most two, the second 0 for one) call in a view;
// QS_ACTION_COUNT where there is none. *out_prefix (NULL allowed): true where `first` alone is the beginning of such a
// sequence.
enum qs_action_id qs_action_of_keys(enum qs_view_id view, uint32_t first, uint32_t second, bool *out_prefix);

// The next key of a list of keys as qs_actions[].keys spells them: a character, a name (Up, PgDn, Space, S-Tab, F10),
// ^X for Ctrl with a letter, two characters for a sequence. False at the end. Moves *cursor on.
bool qs_key_parse(const char **cursor, uint32_t *out_first, uint32_t *out_second);

// What may follow an action's name: "VIEW", ...; "" for nothing.
const char *qs_argument_name(enum qs_argument argument);

#endif
