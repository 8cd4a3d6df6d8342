// Parameters of plans and of the search for sensitive layers: see params.h.
#include "tui/params.h"

#include "base/attr.h"
#include "plan/budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const enum qs_plan_param qs_detect_params[QS_DETECT_PARAM_COUNT] = {QS_PLAN_Z, QS_PLAN_TRIM, QS_PLAN_TOP_M,
                                                                    QS_PLAN_ATTRIBUTION};

enum { COUNT_MAX = 65536 };

const char *qs_param_name(enum qs_plan_param param)
{
    return qs_plan_param_info(param)->option;
}

enum qs_plan_param qs_param_find(const char *name, size_t length)
{
    size_t found = QS_PLAN_PARAM_COUNT;
    for (size_t i = 0; i < QS_PLAN_PARAM_COUNT && length > 0; i++) {
        const char *candidate = qs_param_name((enum qs_plan_param)i);
        if (strncasecmp(candidate, name, length) == 0) {
            if (!candidate[length]) {
                return (enum qs_plan_param)i;
            }
            found = found == QS_PLAN_PARAM_COUNT ? i : QS_PLAN_PARAM_COUNT + 1; // beyond: more than one
        }
    }
    return found > QS_PLAN_PARAM_COUNT ? QS_PLAN_PARAM_COUNT : (enum qs_plan_param)found;
}

const char *qs_param_text(const struct qs_plan_params *params, enum qs_plan_param param,
                          char out[static QS_PLAN_PARAM_TEXT_MAX])
{
    if (param == QS_PLAN_TOP_M && params->detect.top_m == 0) {
        snprintf(out, QS_PLAN_PARAM_TEXT_MAX, "0 (all)");
    } else if (param == QS_PLAN_Z || param == QS_PLAN_TRIM || param == QS_PLAN_FACTOR) { // without zeros at the end
        double value = param == QS_PLAN_Z      ? params->detect.z
                       : param == QS_PLAN_TRIM ? params->detect.trim
                                               : params->factor;
        snprintf(out, QS_PLAN_PARAM_TEXT_MAX, "%.10g", value);
    } else {
        qs_plan_param_text(params, param, out);
    }
    return out;
}

bool qs_param_same(const struct qs_plan_params *a, const struct qs_plan_params *b, enum qs_plan_param param)
{
    struct qs_plan_params mixed = *a; // all of a but this
    switch (param) {
    case QS_PLAN_Z:
        mixed.detect.z = b->detect.z;
        break;
    case QS_PLAN_TRIM:
        mixed.detect.trim = b->detect.trim;
        break;
    case QS_PLAN_FACTOR:
        mixed.factor = b->factor;
        break;
    default: {
        char x[QS_PLAN_PARAM_TEXT_MAX];
        char y[QS_PLAN_PARAM_TEXT_MAX];
        return strcmp(qs_plan_param_text(a, param, x), qs_plan_param_text(b, param, y)) == 0;
    }
    }
    return qs_plan_params_equal(a, &mixed);
}

// at + step on the decimal grid, so that ten steps of 0.1 are 1; at where that would leave [least, most].
static double stepped(double at, double step, double least, double most)
{
    double to = round((at + step) * 1e6) / 1e6;
    return to < least || to > most ? at : to;
}

static uint32_t counted(uint32_t at, int direction, uint32_t least)
{
    return direction > 0 ? (at < COUNT_MAX ? at + 1 : at) : at > least ? at - 1 : at;
}

// The next of `count` choices, round and round.
static int next_of(int at, int count, int direction)
{
    return (at + (direction > 0 ? 1 : count - 1)) % count;
}

static void step_base(struct qs_plan_params *params, int direction, const struct qs_ladder *ladder)
{
    double bpw = qs_rung_bpw(params->base, QS_STORAGE_META8);
    for (size_t i = 0; i < ladder->count; i++) {
        struct qs_rung rung = ladder->rungs[direction > 0 ? i : ladder->count - 1 - i];
        double step = qs_rung_bpw(rung, QS_STORAGE_META8) - bpw;
        if (direction > 0 ? step > 0 : step < 0) {
            params->base = rung;
            return;
        }
    }
}

static void step_metric(struct qs_plan_params *params, int direction, const struct qs_param_choices *choices)
{
    size_t at = 0;
    if (choices->metric_count == 0) {
        return;
    }
    while (at < choices->metric_count && strcmp(choices->metrics[at], qs_plan_params_metric(params)) != 0) {
        at++;
    }
    at = at == choices->metric_count ? 0 : (size_t)next_of((int)at, (int)choices->metric_count, direction);
    params->metric[0] = '\0';
    if (strcmp(qs_plan_params_metric(params), choices->metrics[at]) != 0) { // else it is the method's own
        snprintf(params->metric, sizeof params->metric, "%s", choices->metrics[at]);
    }
}

// Takes a budget's text as the new one where it is one.
static void take_budget(struct qs_plan_params *params, const char *text)
{
    struct qs_budget budget;
    if (qs_budget_parse(text, &budget, NULL) == QS_OK) {
        snprintf(params->budget, sizeof params->budget, "%s", text);
    }
}

static void step_budget(struct qs_plan_params *params, int direction)
{
    struct qs_budget budget;
    char text[QS_BUDGET_TEXT_MAX];
    char rung[QS_RUNG_NAME_MAX];
    if (qs_budget_parse(params->budget, &budget, NULL) != QS_OK) {
        return;
    }
    double value = (double)budget.value;
    size_t digits = strspn(params->budget, "0123456789.");
    switch (budget.kind) {
    case QS_BUDGET_BITS:
        snprintf(text, sizeof text, "%.10g", stepped(value, 0.01 * direction, 0.01, 1024));
        break;
    case QS_BUDGET_RUNG:
    case QS_BUDGET_PERCENT:
        value = stepped(budget.kind == QS_BUDGET_RUNG ? 0 : value, 0.1 * direction, -99, 1e6);
        snprintf(text, sizeof text, value == 0 ? "%s" : "%s%+.10g%%", qs_rung_name(budget.rung, rung), value);
        break;
    case QS_BUDGET_BYTES: // the number before its unit
        qs_parse_double((snprintf(text, sizeof text, "%.*s", (int)digits, params->budget), text), &value);
        value = direction > 0 ? value * 1.01 : value / 1.01;
        if (strcasecmp(params->budget + digits, "b") == 0) {
            snprintf(text, sizeof text, "%.0f%s", round(value), params->budget + digits);
        } else {
            snprintf(text, sizeof text, value < 1e4 ? "%.5g%s" : "%.0f%s", value, params->budget + digits);
        }
        break;
    }
    take_budget(params, text);
}

void qs_param_step(struct qs_plan_params *params, enum qs_plan_param param, int direction,
                   const struct qs_param_choices *choices)
{
    struct qs_detect_params *detect = &params->detect;
    switch (param) {
    case QS_PLAN_METHOD:
        params->method = (enum qs_method)next_of((int)params->method, QS_METHOD_COUNT, direction);
        break;
    case QS_PLAN_BASE:
        step_base(params, direction, &choices->ladder);
        break;
    case QS_PLAN_BUDGET:
        step_budget(params, direction);
        break;
    case QS_PLAN_BOOST_STOP:
        params->boost_stop = counted(params->boost_stop, direction, 1);
        break;
    case QS_PLAN_TOP_M:
        detect->top_m = counted(detect->top_m, direction, 0);
        break;
    case QS_PLAN_Z:
        detect->z = stepped(detect->z, 0.1 * direction, 0.1, 1e6);
        break;
    case QS_PLAN_TRIM:
        detect->trim = stepped(detect->trim, 0.01 * direction, 0, 0.49);
        break;
    case QS_PLAN_METRIC:
        step_metric(params, direction, choices);
        break;
    case QS_PLAN_ATTRIBUTION:
        detect->attribution = detect->attribution == QS_ATTRIBUTION_PEAK ? QS_ATTRIBUTION_NEXT : QS_ATTRIBUTION_PEAK;
        break;
    case QS_PLAN_SEED:
        params->seed += direction > 0 && params->seed < UINT64_MAX >> 1;
        params->seed -= direction < 0 && params->seed > 0;
        break;
    case QS_PLAN_DECLINE_STOP:
        params->decline_stop = counted(params->decline_stop, direction, 1);
        break;
    case QS_PLAN_NEUTRAL:
        params->neutral = !params->neutral;
        break;
    case QS_PLAN_FACTOR: { // four digits are enough to step by
        double to = direction > 0 ? params->factor * 1.1 : params->factor / 1.1;
        char text[QS_NUMBER_MAX];
        snprintf(text, sizeof text, "%.4g", to);
        params->factor = qs_parse_double(text, &to) && to > 1e-9 && to < 1e9 ? to : params->factor;
        break;
    }
    case QS_PLAN_OBJECTIVE:
        params->objective = (enum qs_objective)next_of((int)params->objective, QS_OBJECTIVE_COUNT, direction);
        break;
    case QS_PLAN_PARAM_COUNT:
        break;
    }
}

enum qs_status qs_param_parse(struct qs_plan_params *params, enum qs_plan_param param, const char *text,
                              struct qs_error *err)
{
    uint64_t count;
    bool counts = param == QS_PLAN_TOP_M || param == QS_PLAN_BOOST_STOP || param == QS_PLAN_DECLINE_STOP;
    if (counts && qs_parse_u64(text, &count) && count > COUNT_MAX) {
        return qs_fail(err, QS_USAGE, "%s %.64s: is too many; at most %d", qs_param_name(param), text, COUNT_MAX);
    }
    return qs_plan_param_parse(params, param, text, err);
}
