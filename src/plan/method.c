// Methods and their parameters: see method.h.
#include "plan/method.h"

#include "plan/budget.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct qs_plan_params qs_plan_params_defaults = {
    .method = QS_METHOD_KURTBOOST,
    .base = {3, 128},
    .budget = "b3g128+2%",
    .boost_stop = 2,
    .detect = {.z = 3, .trim = 0.05, .top_m = 0, .attribution = QS_ATTRIBUTION_NEXT, .difference = QS_DIFFERENCE_STEP},
    .seed = 1,
    .decline_stop = 1,
    .factor = 2,
};

#define P(name) (1u << QS_PLAN_##name)
enum {
    USES_SELECTION = P(TOP_M) | P(Z) | P(TRIM) | P(METRIC) | P(ATTRIBUTION),
    USES_BOOST = USES_SELECTION | P(BASE) | P(BOOST_STOP),
};

static const struct {
    const char *name;
    const char *about;
    uint32_t params; // besides the method itself
} methods[QS_METHOD_COUNT] = {
    {"uniform", "every module at the base rung", P(BASE)},
    {"sensiboost", "layers that stand out by sensitivity climb the ladder", USES_BOOST},
    {"kurtboost", "layers that stand out by kurtosis climb the ladder", USES_BOOST},
    {"ablation", "as many layers as were selected, drawn at random among the others", USES_BOOST | P(SEED)},
    {"decline", "layers that stand out climb, others step down", USES_BOOST | P(DECLINE_STOP) | P(NEUTRAL)},
    {"mxq", "the least sum of fnorm under a budget", P(BUDGET)},
    {"mxq-kurt", "mxq with fnorm weighed by kurtosis", P(BUDGET)},
    {"mxq-sensi", "mxq with fnorm weighed in the layers that stand out", P(BUDGET) | USES_SELECTION | P(FACTOR)},
    {"optimal", "the least sum of the objective under a budget", P(BUDGET) | P(OBJECTIVE)},
};

static const char *const objectives[QS_OBJECTIVE_COUNT] = {"best", "fnorm", "sensitivity", "loss"};
static const char *const attributions[] = {"next", "peak"};

static const struct qs_plan_param_info infos[QS_PLAN_PARAM_COUNT] = {
    [QS_PLAN_METHOD] = {"name", "method", QS_PLAN_TEXT, "a method: uniform, kurtboost, optimal, ..."},
    [QS_PLAN_BASE] = {"base", "base", QS_PLAN_TEXT, "a rung such as b3g128, or its bits: 3.13"},
    [QS_PLAN_BUDGET] = {"budget", "budget", QS_PLAN_TEXT, "3.4 (bits per weight), b3g64, 3.2GiB, b3g128+2%"},
    [QS_PLAN_BOOST_STOP] = {"boost_stop", "boost-stop", QS_PLAN_WHOLE, "rungs up, from 1"},
    [QS_PLAN_TOP_M] = {"top_m", "top-m", QS_PLAN_WHOLE, "layers of a kind, 0 for all"},
    [QS_PLAN_Z] = {"z", "z", QS_PLAN_REAL, "a number above 0"},
    [QS_PLAN_TRIM] = {"trim", "trim", QS_PLAN_REAL, "a fraction from 0 to below 0.5"},
    [QS_PLAN_METRIC] = {"metric", "metric", QS_PLAN_TEXT, "a metric such as kurtosis or sensitivity"},
    [QS_PLAN_ATTRIBUTION] = {"attribution", "attribution", QS_PLAN_TEXT, "next or peak"},
    [QS_PLAN_SEED] = {"seed", "seed", QS_PLAN_WHOLE, "a whole number"},
    [QS_PLAN_DECLINE_STOP] = {"decline_stop", "decline-stop", QS_PLAN_WHOLE, "rungs down, from 1"},
    [QS_PLAN_NEUTRAL] = {"neutral", "neutral", QS_PLAN_FLAG, "yes or no"},
    [QS_PLAN_FACTOR] = {"factor", "factor", QS_PLAN_REAL, "a number above 0"},
    [QS_PLAN_OBJECTIVE] = {"objective", "objective", QS_PLAN_TEXT, "best, fnorm, sensitivity or loss"},
};

const char *qs_method_name(enum qs_method method)
{
    return methods[method].name;
}

const char *qs_method_about(enum qs_method method)
{
    return methods[method].about;
}

bool qs_method_find(const char *name, enum qs_method *out)
{
    for (size_t i = 0; i < QS_METHOD_COUNT; i++) {
        if (strcasecmp(name, methods[i].name) == 0) {
            *out = (enum qs_method)i;
            return true;
        }
    }
    return false;
}

bool qs_method_solves(enum qs_method method)
{
    return methods[method].params & P(BUDGET);
}

bool qs_method_selects(enum qs_method method)
{
    return methods[method].params & P(METRIC);
}

const char *qs_objective_name(enum qs_objective objective)
{
    return objectives[objective];
}

bool qs_objective_find(const char *name, enum qs_objective *out)
{
    for (size_t i = 0; i < QS_OBJECTIVE_COUNT; i++) {
        if (strcasecmp(name, objectives[i]) == 0) {
            *out = (enum qs_objective)i;
            return true;
        }
    }
    return false;
}

const char *qs_plan_params_metric(const struct qs_plan_params *params)
{
    if (params->metric[0]) {
        return params->metric;
    }
    bool sensitivity = params->method == QS_METHOD_SENSIBOOST || params->method == QS_METHOD_MXQ_SENSI;
    return sensitivity ? "sensitivity" : "kurtosis";
}

const struct qs_plan_param_info *qs_plan_param_info(enum qs_plan_param param)
{
    return &infos[param];
}

enum qs_plan_param qs_plan_param_find(const char *name)
{
    int i = 0;
    while (i < QS_PLAN_PARAM_COUNT && strcasecmp(name, infos[i].name) != 0 && strcasecmp(name, infos[i].option) != 0) {
        i++;
    }
    return (enum qs_plan_param)i;
}

bool qs_plan_param_used(enum qs_method method, enum qs_plan_param param)
{
    return param == QS_PLAN_METHOD || (methods[method].params >> param & 1);
}

const char *qs_plan_param_text(const struct qs_plan_params *params, enum qs_plan_param param,
                               char out[static QS_PLAN_PARAM_TEXT_MAX])
{
    char number[QS_NUMBER_MAX];
    char rung[QS_RUNG_NAME_MAX];
    const char *text = NULL;
    switch (param) {
    case QS_PLAN_METHOD:
        text = methods[params->method].name;
        break;
    case QS_PLAN_BASE:
        text = qs_rung_name(params->base, rung);
        break;
    case QS_PLAN_BUDGET:
        text = params->budget;
        break;
    case QS_PLAN_METRIC:
        text = qs_plan_params_metric(params);
        break;
    case QS_PLAN_ATTRIBUTION:
        text = attributions[params->detect.attribution];
        break;
    case QS_PLAN_OBJECTIVE:
        text = objectives[params->objective];
        break;
    case QS_PLAN_NEUTRAL:
        text = params->neutral ? "yes" : "no";
        break;
    case QS_PLAN_Z:
        text = qs_format_shortest(params->detect.z, number);
        break;
    case QS_PLAN_TRIM:
        text = qs_format_shortest(params->detect.trim, number);
        break;
    case QS_PLAN_FACTOR:
        text = qs_format_shortest(params->factor, number);
        break;
    case QS_PLAN_BOOST_STOP:
        snprintf(number, sizeof number, "%u", params->boost_stop);
        text = number;
        break;
    case QS_PLAN_TOP_M:
        snprintf(number, sizeof number, "%u", params->detect.top_m);
        text = number;
        break;
    case QS_PLAN_SEED:
        snprintf(number, sizeof number, "%llu", (unsigned long long)params->seed);
        text = number;
        break;
    case QS_PLAN_DECLINE_STOP:
        snprintf(number, sizeof number, "%u", params->decline_stop);
        text = number;
        break;
    case QS_PLAN_PARAM_COUNT:
        text = "";
        break;
    }
    snprintf(out, QS_PLAN_PARAM_TEXT_MAX, "%s", text);
    return out;
}

static enum qs_status fail_value(const char *text, enum qs_plan_param param, struct qs_error *err)
{
    return qs_fail(err, QS_USAGE, "%s %.64s: is no such value; write %s", infos[param].option, text, infos[param].hint);
}

static bool parse_name(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    bool good = length > 0 && length < size;
    for (size_t i = 0; good && i < length; i++) {
        good = isalnum((unsigned char)text[i]) || strchr("_-+.%", text[i]);
    }
    if (good) {
        for (size_t i = 0; i <= length; i++) {
            out[i] = text[i];
        }
    }
    return good;
}

static bool parse_whole(uint64_t min, uint64_t max, const char *text, uint64_t *out)
{
    uint64_t value;
    bool good = qs_parse_u64(text, &value) && value >= min && value <= max;
    if (good) {
        *out = value;
    }
    return good;
}

static bool parse_u32(uint32_t min, const char *text, uint32_t *out)
{
    uint64_t value;
    bool good = parse_whole(min, UINT32_MAX, text, &value);
    if (good) {
        *out = (uint32_t)value;
    }
    return good;
}

static bool parse_real(double above, double below, bool closed, const char *text, double *out)
{
    double value;
    bool good =
        qs_parse_double(text, &value) && isfinite(value) && (closed ? value >= above : value > above) && value < below;
    if (good) {
        *out = value;
    }
    return good;
}

static bool parse_flag(const char *text, bool *out)
{
    static const char *const words[2][4] = {{"no", "false", "off", "0"}, {"yes", "true", "on", "1"}};
    for (size_t i = 0; i < 8; i++) {
        if (strcasecmp(text, words[i / 4][i % 4]) == 0) {
            *out = i >= 4;
            return true;
        }
    }
    return false;
}

static bool parse_attribution(const char *text, enum qs_attribution *out)
{
    for (size_t i = 0; i < QS_COUNT_OF(attributions); i++) {
        if (strcasecmp(text, attributions[i]) == 0) {
            *out = (enum qs_attribution)i;
            return true;
        }
    }
    return false;
}

enum qs_status qs_plan_param_parse(struct qs_plan_params *params, enum qs_plan_param param, const char *text,
                                   struct qs_error *err)
{
    bool good = false;
    struct qs_budget budget;
    switch (param) {
    case QS_PLAN_METHOD:
        good = qs_method_find(text, &params->method);
        break;
    case QS_PLAN_BASE:
        return qs_budget_base(text, &params->base, err);
    case QS_PLAN_BUDGET:
        if (qs_budget_parse(text, &budget, err) != QS_OK) {
            return QS_USAGE;
        }
        snprintf(params->budget, sizeof params->budget, "%s", text);
        return QS_OK;
    case QS_PLAN_METRIC:
        good = parse_name(params->metric, sizeof params->metric, text);
        break;
    case QS_PLAN_ATTRIBUTION:
        good = parse_attribution(text, &params->detect.attribution);
        break;
    case QS_PLAN_OBJECTIVE:
        good = qs_objective_find(text, &params->objective);
        break;
    case QS_PLAN_NEUTRAL:
        good = parse_flag(text, &params->neutral);
        break;
    case QS_PLAN_Z:
        good = parse_real(0, HUGE_VAL, false, text, &params->detect.z);
        break;
    case QS_PLAN_TRIM:
        good = parse_real(0, 0.5, true, text, &params->detect.trim);
        break;
    case QS_PLAN_FACTOR:
        good = parse_real(0, 1e12, false, text, &params->factor);
        break;
    case QS_PLAN_BOOST_STOP:
        good = parse_u32(1, text, &params->boost_stop);
        break;
    case QS_PLAN_TOP_M:
        good = parse_u32(0, text, &params->detect.top_m);
        break;
    case QS_PLAN_SEED:
        good = parse_whole(0, UINT64_MAX >> 1, text, &params->seed);
        break;
    case QS_PLAN_DECLINE_STOP:
        good = parse_u32(1, text, &params->decline_stop);
        break;
    case QS_PLAN_PARAM_COUNT:
        return qs_fail(err, QS_USAGE, "there is no such parameter");
    }
    return good ? QS_OK : fail_value(text, param, err);
}

bool qs_plan_params_equal(const struct qs_plan_params *a, const struct qs_plan_params *b)
{
    char x[QS_PLAN_PARAM_TEXT_MAX];
    char y[QS_PLAN_PARAM_TEXT_MAX];
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        enum qs_plan_param param = (enum qs_plan_param)i;
        if (strcmp(qs_plan_param_text(a, param, x), qs_plan_param_text(b, param, y)) != 0) {
            return false;
        }
    }
    return true;
}
