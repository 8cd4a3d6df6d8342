// The state of the workbench and what its files do to it. Internal to src/tui.
#ifndef QS_TUI_STATE_H
#define QS_TUI_STATE_H

#include "tui/action.h"
#include "tui/analysis.h"
#include "tui/columns.h"
#include "tui/comparing.h"
#include "tui/filter.h"
#include "tui/list.h"
#include "tui/overlay.h"
#include "tui/page.h"
#include "tui/params.h"
#include "tui/planning.h"
#include "tui/prompt.h"
#include "tui/ui.h"
#include "tui/undo.h"

enum { QS_MESSAGE_MAX = 512, QS_METRICS_MAX = 64 };

struct qs_layers_state {
    struct qs_list list;
    uint32_t *rows;       // [row_count] layer * kinds + kind, filtered and sorted
    size_t row_count;
    uint64_t revision;    // of the session, when the rows were made
    bool stale;           // filter or order changed since
    size_t sort;          // index of a column
    bool descending;
    size_t first_column;  // the first shown of those that scroll
    struct qs_filter *filter;
    char filter_text[QS_PROMPT_BYTES_MAX];
};

struct qs_curves_state {
    uint32_t layer;  // under the crosshair
    uint32_t kind;   // in focus
    bool log_axis;      // of metrics over kinds or quantizers, and of the grid
    bool linear_rungs;  // rungs over one another have a logarithmic axis unless this is set
    uint8_t *hidden;    // [kinds]
    enum qs_overlay_kind overlay;
};

struct qs_plan_state {
    enum qs_plan_param param; // the chosen one
    char written[QS_PLANS_MAX][QS_PLAN_NAME_MAX]; // kept plans that are in files as they are
    size_t written_count;
    char dropping[QS_PLAN_NAME_MAX]; // what a question is about
};

struct qs_compare_state {
    struct qs_list list;
    char marked[QS_PLAN_NAME_MAX]; // the plan that differences are from; "": the first
    bool map;                      // the difference map in place of the scatter
    bool whole;                    // all of the frontier in the scatter
    bool linear;                   // its error axis
};

struct qs_ui {
    struct qs_session *session;
    const struct qs_model_info *info; // the session's
    struct qs_columns columns;
    char *letters;                    // [kinds] a letter each for curves and legends
    const char **short_names;         // [kinds] the last part where it is unambiguous; borrowed from info
    uint8_t *missing;                 // [kinds][layers] 1: there is no such module

    int cols;
    int rows;
    enum qs_glyphs glyphs;
    bool mouse;
    enum qs_view_id view;
    enum qs_view_id help_of;          // the view that help was called from
    const struct qs_metric *metric;   // never NULL
    enum qs_plan_param param;         // the chosen parameter of the search
    struct qs_analysis analysis;      // of metric
    struct qs_overlay overlay;        // of metric and the kind in focus, if curves.overlay asks for one
    bool panel_turned;                // the grid's panel is there where it would not be, and the reverse
    struct qs_undo undo;
    struct qs_planning planning;      // of the plan at hand, while Plan or Compare shows
    struct qs_comparing comparing;    // while Compare shows

    struct qs_layers_state layers;
    struct qs_curves_state curves;
    struct qs_list detect;
    struct qs_plan_state plan;
    struct qs_compare_state compare;
    struct qs_list pages[QS_VIEW_COUNT]; // of the views that are pages: top, and the line found last as cursor
    char search[QS_PROMPT_BYTES_MAX];    // "" for none

    struct qs_prompt prompt;
    enum qs_plan_param prompt_param;  // what QS_PROMPT_VALUE types
    enum qs_action_id prompt_action;  // what the other prompts are for
    char hint[QS_MESSAGE_MAX];        // above the prompt: what Tab found
    char message[QS_MESSAGE_MAX];     // in the bottom line until the next key
    enum qs_role message_role;
    uint32_t pending;                 // the first key of a sequence, or 0
    struct qs_text log;               // lines from outside
    struct qs_scan_state seen;        // the scan as of the last update
    unsigned effects;                 // of the update under way
};

// One view. What a view does not do itself (act returns false, a NULL) is done for all.
struct qs_view {
    const char *title;
    char key;
    bool (*act)(struct qs_ui *ui, enum qs_action_id id, const char *argument); // argument NULL: by key
    void (*draw)(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);
    void (*mouse)(struct qs_ui *ui, const struct qs_event *event, struct qs_rect rect);
    void (*lines)(const struct qs_ui *ui, struct qs_text *out); // what `/` searches, one line each
    struct qs_list *(*list)(struct qs_ui *ui);                  // where the line found goes
    size_t (*count)(const struct qs_ui *ui);
    int (*height)(const struct qs_ui *ui, struct qs_rect rect); // of the list's window
    void (*page)(const struct qs_ui *ui, struct qs_page *page); // a view of lines only: see page.h
};

extern const struct qs_view *const qs_views[QS_VIEW_COUNT];
extern const struct qs_view qs_view_overview, qs_view_layers, qs_view_curves, qs_view_detect, qs_view_grid,
    qs_view_plan, qs_view_compare, qs_view_jobs, qs_view_log, qs_view_help;

// The screen's parts from top to bottom; those that a small screen has no room for have no rows.
struct qs_frame {
    struct qs_rect tabs;
    struct qs_rect body;
    struct qs_rect status;
    struct qs_rect bar; // function bar, message or prompt
};
struct qs_frame qs_frame_of(int cols, int rows, bool prompt);
void qs_frame_draw(const struct qs_ui *ui, struct qs_grid *grid); // all but the body
void qs_frame_press(struct qs_ui *ui, const struct qs_event *event);
struct qs_rect qs_ui_body(const struct qs_ui *ui); // at the size of the last resize

// What every file may do to the state.
void qs_ui_say(struct qs_ui *ui, enum qs_role role, const char *format, ...) QS_PRINTF(3, 4);
void qs_ui_show(struct qs_ui *ui, enum qs_view_id view);
void qs_ui_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);
void qs_ui_set_metric(struct qs_ui *ui, const struct qs_metric *metric);
bool qs_ui_settings(struct qs_ui *ui, struct qs_plan_settings *out); // as they stand; false where it said why not
void qs_ui_set_params(struct qs_ui *ui, const struct qs_plan_params *params); // to be undone
void qs_ui_set_param(struct qs_ui *ui, enum qs_plan_param param, const char *text);
size_t qs_ui_plan_metrics(const struct qs_ui *ui, const char *out[static QS_METRICS_MAX]); // that can select layers
void qs_ui_rebind(struct qs_ui *ui); // after the session's description of the model may have moved
void qs_ui_focus(struct qs_ui *ui, uint32_t layer, uint32_t kind); // the crosshair of Curves
uint32_t qs_ui_mark(const struct qs_ui *ui); // the sign of a sensitive layer
void qs_ui_scan(struct qs_ui *ui);           // starts the scan, or says why not
void qs_ui_search(struct qs_ui *ui, int direction, bool from_here);
void qs_ui_warn_counts(const struct qs_ui *ui, size_t *out_lines); // lines in the log

// The metric on show with what it depends on: "fnorm, hqq axis 1, b4g64"; "kurtosis".
enum { QS_METRIC_TEXT_MAX = 96 };
const char *qs_ui_metric_text(const struct qs_ui *ui, char out[static QS_METRIC_TEXT_MAX]);
bool qs_ui_has_values(const struct qs_ui *ui); // whether anything is known of it
bool qs_ui_log_axis(const struct qs_ui *ui);   // of the curves as they stand
void qs_ui_advice(const struct qs_ui *ui, char *out, size_t size); // what to do where nothing is known
void qs_ui_set_config(struct qs_ui *ui, struct qs_config config);
// The metric that tells which configs are measured: fnorm for all errors of quantization.
const struct qs_metric *qs_ui_rung_metric(const struct qs_ui *ui);
// Moves the config to where the metric on show, if it depends on one, is measured.
void qs_config_follow(struct qs_ui *ui);
bool qs_config_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);

// What Curves and Grid share: the crosshair, the kind in focus, the glyphs; and the line that tells the value under
// the crosshair, with `floored` values not above 0.
bool qs_crosshair_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);
void qs_crosshair_set_layer(struct qs_ui *ui, int64_t layer); // the nearest there is
void qs_crosshair_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, uint64_t floored);

// The lines of Curves: module kinds, or what is laid over one another of the one in focus.
struct qs_curve_line {
    const char *name;
    char letter;
    enum qs_role role;
    const double *values;  // [layers]
    const uint8_t *marked; // [layers], NULL: none
    bool focused;
    bool hidden;
};
bool qs_curve_lines_overlaid(const struct qs_ui *ui);
uint32_t qs_curve_lines(const struct qs_ui *ui);
struct qs_curve_line qs_curve_line(const struct qs_ui *ui, uint32_t index);
uint32_t qs_curve_line_focused(const struct qs_ui *ui); // 0 where none is
enum qs_status qs_overlay_refresh(struct qs_ui *ui) QS_MUST_USE;

// The `:` line.
void qs_command_run(struct qs_ui *ui, const char *line);
void qs_command_complete(struct qs_ui *ui); // what stands before the prompt's cursor

// Layers: brings rows up to date with the session, the filter and the order.
void qs_layers_refresh(struct qs_ui *ui);
enum qs_status qs_layers_filter(struct qs_ui *ui, const char *text, struct qs_error *err) QS_MUST_USE;

// The parameters that the view shows, those of the search or of the plan's method; returns how many. And which of them
// is chosen.
size_t qs_params_shown(const struct qs_ui *ui, enum qs_plan_param out[static QS_PLAN_PARAM_COUNT]);
size_t qs_params_chosen(const struct qs_ui *ui);
void qs_params_choose(struct qs_ui *ui, enum qs_plan_param param);

// They in a line or more, the chosen one marked. Returns the column behind them. qs_params_at: the parameter at a place
// of the screen, QS_PLAN_PARAM_COUNT for none.
int qs_params_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);
enum qs_plan_param qs_params_at(const struct qs_ui *ui, struct qs_rect rect, int col, int row);
bool qs_params_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);

// Plans. Refreshing brings what Plan and Compare show up to date, where one of them is on show.
void qs_plans_refresh(struct qs_ui *ui);
bool qs_plans_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);
bool qs_locks_act(struct qs_ui *ui, enum qs_action_id id, const char *argument);
void qs_plan_take(struct qs_ui *ui, const struct qs_plan *plan, const char *name); // as the plan at hand
bool qs_plan_unsaved(const struct qs_ui *ui, const struct qs_kept_plan *kept);     // in no cache and in no file
size_t qs_plans_unsaved(const struct qs_ui *ui);
void qs_plans_quit(struct qs_ui *ui, bool sure); // leaves, or asks where plans would be lost
void qs_plans_answered(struct qs_ui *ui);        // yes to the question that stands
void qs_compare_refresh(struct qs_ui *ui);
const struct qs_compared *qs_compare_focused(const struct qs_ui *ui); // NULL: there is none

#endif
