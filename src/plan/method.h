// The methods that make plans, and their parameters: one table that parsing, files, help and panels read.
#ifndef QS_PLAN_METHOD_H
#define QS_PLAN_METHOD_H

#include "base/number.h"
#include "plan/detect.h"
#include "quant/ladder.h"

#include <stdbool.h>
#include <stdint.h>

enum qs_method {
    QS_METHOD_UNIFORM,    // every module at the base rung
    QS_METHOD_SENSIBOOST, // modules of the layers that stand out by sensitivity climb `boost_stop` rungs
    QS_METHOD_KURTBOOST,  // the same by kurtosis
    QS_METHOD_ABLATION,   // as many layers as were selected, but drawn at random among those nobody selected
    QS_METHOD_DECLINE,    // boosts, and other modules step down
    QS_METHOD_MXQ,        // least sum of fnorm under a budget
    QS_METHOD_MXQ_KURT,   // the same, fnorm * (1 + kurtosis scaled to 0..1 within its module kind)
    QS_METHOD_MXQ_SENSI,  // the same, fnorm * factor in the layers that stand out by sensitivity
    QS_METHOD_OPTIMAL,    // least sum of the objective under a budget
    QS_METHOD_COUNT
};

enum qs_objective {
    QS_OBJECTIVE_BEST, // loss, else sensitivity, else fnorm: the first that is known
    QS_OBJECTIVE_FNORM,
    QS_OBJECTIVE_SENSITIVITY, // module level
    QS_OBJECTIVE_LOSS,
    QS_OBJECTIVE_COUNT
};

enum { QS_BUDGET_TEXT_MAX = 48, QS_METRIC_NAME_MAX = 32 };

struct qs_plan_params {
    enum qs_method method;
    struct qs_rung base;             // of methods that start from one
    char budget[QS_BUDGET_TEXT_MAX]; // of methods that solve: see budget.h
    uint32_t boost_stop;             // rungs up
    char metric[QS_METRIC_NAME_MAX]; // what layers are selected by; "": the method's own
    struct qs_detect_params detect;  // z, trim, top_m, attribution; difference is the metric's
    uint64_t seed;                   // of ablation
    uint32_t decline_stop;           // rungs down
    bool neutral;                    // decline: give back what was spent
    double factor;                   // of mxq-sensi, > 0
    enum qs_objective objective;     // of optimal
};

// kurtboost over b3g128, stop 2, top-m 0, z 3, trim 0.05, next, seed 1, decline-stop 1, factor 2, the best objective,
// budget "b3g128+2%".
extern const struct qs_plan_params qs_plan_params_defaults;

const char *qs_method_name(enum qs_method method);          // "mxq-kurt"
const char *qs_method_about(enum qs_method method);         // one line
bool qs_method_find(const char *name, enum qs_method *out); // any case
bool qs_method_solves(enum qs_method method);               // mxq, mxq-kurt, mxq-sensi, optimal: under a budget
bool qs_method_selects(enum qs_method method);              // finds sensitive layers
const char *qs_objective_name(enum qs_objective objective); // "best", "fnorm", "sensitivity", "loss"
bool qs_objective_find(const char *name, enum qs_objective *out);

// The metric that the method selects layers by: params->metric, else sensitivity for sensiboost and mxq-sensi, else
// kurtosis.
const char *qs_plan_params_metric(const struct qs_plan_params *params);

enum qs_plan_param {
    QS_PLAN_METHOD,
    QS_PLAN_BASE,
    QS_PLAN_BUDGET,
    QS_PLAN_BOOST_STOP,
    QS_PLAN_TOP_M,
    QS_PLAN_Z,
    QS_PLAN_TRIM,
    QS_PLAN_METRIC,
    QS_PLAN_ATTRIBUTION,
    QS_PLAN_SEED,
    QS_PLAN_DECLINE_STOP,
    QS_PLAN_NEUTRAL,
    QS_PLAN_FACTOR,
    QS_PLAN_OBJECTIVE,
    QS_PLAN_PARAM_COUNT
};

enum qs_plan_param_type { QS_PLAN_TEXT, QS_PLAN_WHOLE, QS_PLAN_REAL, QS_PLAN_FLAG };

struct qs_plan_param_info {
    const char *name;             // in files: "boost_stop"
    const char *option;           // as an option and in panels: "boost-stop"
    enum qs_plan_param_type type; // of the JSON value
    const char *hint;             // what may be typed
};
const struct qs_plan_param_info *qs_plan_param_info(enum qs_plan_param param);

// By "method", "boost_stop" or "boost-stop", any case; QS_PLAN_PARAM_COUNT where there is none.
enum qs_plan_param qs_plan_param_find(const char *name);

// Whether the parameter shapes what this method does.
bool qs_plan_param_used(enum qs_method method, enum qs_plan_param param);

enum { QS_PLAN_PARAM_TEXT_MAX = 64 };
const char *qs_plan_param_text(const struct qs_plan_params *params, enum qs_plan_param param,
                               char out[static QS_PLAN_PARAM_TEXT_MAX]);

// QS_USAGE where the text is no value of this parameter; *params is unchanged then. A base is a rung or its bits as the
// paper rounds them ("3.13").
enum qs_status qs_plan_param_parse(struct qs_plan_params *params, enum qs_plan_param param, const char *text,
                                   struct qs_error *err) QS_MUST_USE;

bool qs_plan_params_equal(const struct qs_plan_params *a, const struct qs_plan_params *b);

#endif
