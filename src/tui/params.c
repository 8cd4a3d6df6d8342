// Parameters of the search for sensitive layers: see params.h.
#include "tui/params.h"

#include "base/attr.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const qs_param_names[QS_PARAM_COUNT] = {"z", "trim", "top-m", "attribution"};
const char *const qs_param_hints[QS_PARAM_COUNT] = {"a number above 0", "0 to below 0.5", "a count; 0 keeps all",
                                                    "next or peak"};

enum { TOP_M_MAX = 65536 };

enum qs_param qs_param_find(const char *name, size_t length)
{
    size_t found = QS_PARAM_COUNT;
    for (size_t i = 0; i < QS_PARAM_COUNT && length > 0; i++) {
        if (strncasecmp(qs_param_names[i], name, length) == 0) {
            if (!qs_param_names[i][length]) {
                return (enum qs_param)i;
            }
            found = found == QS_PARAM_COUNT ? i : QS_PARAM_COUNT + 1; // beyond: more than one
        }
    }
    return found > QS_PARAM_COUNT ? QS_PARAM_COUNT : (enum qs_param)found;
}

const char *qs_param_text(const struct qs_detect_params *params, enum qs_param param, char out[static QS_NUMBER_MAX])
{
    switch (param) {
    case QS_PARAM_Z:
        snprintf(out, QS_NUMBER_MAX, "%.10g", params->z);
        break;
    case QS_PARAM_TRIM:
        snprintf(out, QS_NUMBER_MAX, "%.10g", params->trim);
        break;
    case QS_PARAM_TOP_M:
        snprintf(out, QS_NUMBER_MAX, params->top_m ? "%u" : "%u (all)", params->top_m);
        break;
    default:
        snprintf(out, QS_NUMBER_MAX, "%s", params->attribution == QS_ATTRIBUTION_PEAK ? "peak" : "next");
    }
    return out;
}

// at + step on the decimal grid, so that ten steps of 0.1 are 1; at where that would leave [least, most].
static double stepped(double at, double step, double least, double most)
{
    double to = round((at + step) * 1e6) / 1e6;
    return to < least || to > most ? at : to;
}

void qs_param_step(struct qs_detect_params *params, enum qs_param param, int direction)
{
    switch (param) {
    case QS_PARAM_Z:
        params->z = stepped(params->z, 0.1 * direction, 0.1, 1e6);
        break;
    case QS_PARAM_TRIM:
        params->trim = stepped(params->trim, 0.01 * direction, 0, 0.49);
        break;
    case QS_PARAM_TOP_M:
        if (direction > 0 ? params->top_m < TOP_M_MAX : params->top_m > 0) {
            params->top_m = direction > 0 ? params->top_m + 1 : params->top_m - 1;
        }
        break;
    default:
        params->attribution = params->attribution == QS_ATTRIBUTION_PEAK ? QS_ATTRIBUTION_NEXT : QS_ATTRIBUTION_PEAK;
    }
}

enum qs_status qs_param_parse(struct qs_detect_params *params, enum qs_param param, const char *text,
                              struct qs_error *err)
{
    double number;
    uint64_t whole;
    switch (param) {
    case QS_PARAM_Z:
    case QS_PARAM_TRIM:
        if (qs_parse_double(text, &number)) {
            *(param == QS_PARAM_Z ? &params->z : &params->trim) = number;
            return QS_OK;
        }
        break;
    case QS_PARAM_TOP_M:
        if (qs_parse_u64(text, &whole) && whole <= TOP_M_MAX) {
            params->top_m = (uint32_t)whole;
            return QS_OK;
        }
        break;
    default:
        if (strcasecmp(text, "next") == 0 || strcasecmp(text, "peak") == 0) {
            params->attribution = strcasecmp(text, "peak") == 0 ? QS_ATTRIBUTION_PEAK : QS_ATTRIBUTION_NEXT;
            return QS_OK;
        }
    }
    return qs_fail(err, QS_USAGE, "%s: \"%s\" is not %s", qs_param_names[param], text, qs_param_hints[param]);
}

void qs_undo_record(struct qs_undo *undo, const struct qs_detect_params *before)
{
    if (undo->past == QS_UNDO_MAX) {
        memmove(undo->items, undo->items + 1, (QS_UNDO_MAX - 1) * sizeof undo->items[0]);
        undo->past--;
    }
    undo->items[undo->past++] = *before;
    undo->count = undo->past;
}

bool qs_undo_back(struct qs_undo *undo, struct qs_detect_params *params)
{
    if (undo->past == 0) {
        return false;
    }
    struct qs_detect_params now = *params;
    *params = undo->items[--undo->past];
    undo->items[undo->past] = now;
    return true;
}

bool qs_undo_forth(struct qs_undo *undo, struct qs_detect_params *params)
{
    if (undo->past == undo->count) {
        return false;
    }
    struct qs_detect_params now = *params;
    *params = undo->items[undo->past];
    undo->items[undo->past++] = now;
    return true;
}
