// The parameters of the search for sensitive layers as a user meets them: names, steps, texts, undo.
#ifndef QS_TUI_PARAMS_H
#define QS_TUI_PARAMS_H

#include "base/number.h"
#include "plan/detect.h"

#include <stdbool.h>

enum qs_param { QS_PARAM_Z, QS_PARAM_TRIM, QS_PARAM_TOP_M, QS_PARAM_ATTRIBUTION, QS_PARAM_COUNT };

extern const char *const qs_param_names[QS_PARAM_COUNT]; // "z", "trim", "top-m", "attribution"
extern const char *const qs_param_hints[QS_PARAM_COUNT]; // what may be typed: "a number above 0"

// By name or an unambiguous beginning; QS_PARAM_COUNT where there is none.
enum qs_param qs_param_find(const char *name, size_t length);

const char *qs_param_text(const struct qs_detect_params *params, enum qs_param param, char out[static QS_NUMBER_MAX]);

// One step up (+1) or down (-1); params stay as they are at the end of the range.
void qs_param_step(struct qs_detect_params *params, enum qs_param param, int direction);

// QS_USAGE where the text is no value of this parameter; params are unchanged then. Ranges are the session's to check.
enum qs_status qs_param_parse(struct qs_detect_params *params, enum qs_param param, const char *text,
                              struct qs_error *err) QS_MUST_USE;

// The parameters that were, and those that were undone. The oldest are forgotten.
enum { QS_UNDO_MAX = 256 };
struct qs_undo {
    struct qs_detect_params items[QS_UNDO_MAX];
    size_t past;  // items[0..past-1], oldest first, can be undone
    size_t count; // items[past..count-1] can be redone, the next first
};

// To be called with the parameters as they were before a change.
void qs_undo_record(struct qs_undo *undo, const struct qs_detect_params *before);

// Swaps *params for what stands in the past (or the future); false where there is nothing.
bool qs_undo_back(struct qs_undo *undo, struct qs_detect_params *params);
bool qs_undo_forth(struct qs_undo *undo, struct qs_detect_params *params);

#endif
