// The curves of a session as a drawing: what `show --plot` and `open` without a terminal print.
#ifndef QS_CLI_DRAWING_H
#define QS_CLI_DRAWING_H

#include "cli/config.h"
#include "plot/chart.h"

struct qs_drawing_style {
    int cols, rows;
    bool log_scale;
    enum qs_glyphs glyphs;
};

// --size and --glyphs where given; else the terminal's width and 24 lines, and what the locale can show.
struct qs_drawing_style qs_drawing_style(const struct qs_arguments *arguments);

// Sensitive layers under the session's parameters: u8[kinds][layers], freed by the caller.
enum qs_status qs_drawing_marks(const struct qs_work *work, const struct qs_metric *metric, uint8_t **out,
                               struct qs_error *err) QS_MUST_USE;

// Draws one metric on standard output, in exactly style->rows lines. kind: that one alone, -1: all.
enum qs_status qs_drawing_print(const struct qs_work *work, const struct qs_metric *metric, int kind,
                               const struct qs_drawing_style *style, struct qs_error *err) QS_MUST_USE;

// The same of one kind's errors at several rungs, over one another.
enum qs_status qs_drawing_print_rungs(const struct qs_work *work, const struct qs_metric *metric,
                                      const struct qs_config_choice *choice, uint32_t kind,
                                      const struct qs_drawing_style *style, struct qs_error *err) QS_MUST_USE;

#endif
