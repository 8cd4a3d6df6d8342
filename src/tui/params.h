// The parameters of plans and of the search for sensitive layers as a user meets them: names, steps, texts.
#ifndef QS_TUI_PARAMS_H
#define QS_TUI_PARAMS_H

#include "plan/method.h"

#include <stdbool.h>

// Those of the search alone, which Curves and Detect show.
enum { QS_DETECT_PARAM_COUNT = 4 };
extern const enum qs_plan_param qs_detect_params[QS_DETECT_PARAM_COUNT]; // z, trim, top-m, attribution

const char *qs_param_name(enum qs_plan_param param); // "method", "boost-stop"

// By name or an unambiguous beginning; QS_PLAN_PARAM_COUNT where there is none.
enum qs_plan_param qs_param_find(const char *name, size_t length);

// For people: "0 (all)" of top-m.
const char *qs_param_text(const struct qs_plan_params *params, enum qs_plan_param param,
                          char out[static QS_PLAN_PARAM_TEXT_MAX]);

// What steps go through: the rungs that a base may be, the metrics that layers can be selected by.
struct qs_param_choices {
    struct qs_ladder ladder;
    const char *const *metrics; // [metric_count]
    size_t metric_count;
};

// One step up (+1) or down (-1); params stay as they are at the end of the range. Choices go round. A budget steps by
// 0.01 bits, 0.1 % over its rung, or a hundredth of its bytes.
void qs_param_step(struct qs_plan_params *params, enum qs_plan_param param, int direction,
                   const struct qs_param_choices *choices);

// QS_USAGE where the text is no value of this parameter; params are unchanged then.
enum qs_status qs_param_parse(struct qs_plan_params *params, enum qs_plan_param param, const char *text,
                              struct qs_error *err) QS_MUST_USE;

// Whether two hold the same value of it.
bool qs_param_same(const struct qs_plan_params *a, const struct qs_plan_params *b, enum qs_plan_param param);

#endif
