// The sensitive layers of one curve: see detect.h.
//
//     qs_detect -> differences -> trimmed_moments -> select_layers
//
// Differences far from their trimmed mean, counted in trimmed standard deviations, are flagged; trimming keeps the
// outliers that are looked for from widening the yardstick. The rule is that of arXiv 2503.06518 (METHODS section 5):
// floor(trim * n) values are dropped at each end of the n sorted differences, and |z| > threshold flags.
#include "plan/detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPREAD_MIN = 3 }; // differences below which nothing is detected

const struct qs_detect_params qs_detect_defaults = {
    .z = 3,
    .trim = 0.05,
    .top_m = 0,
    .attribution = QS_ATTRIBUTION_NEXT,
    .difference = QS_DIFFERENCE_STEP,
};

static enum qs_status check_params(const struct qs_detect_params *params, struct qs_error *err)
{
    if (!isfinite(params->z) || params->z <= 0) {
        return qs_fail(err, QS_USAGE, "the z threshold must be a number above 0, not %g", params->z);
    }
    if (!(params->trim >= 0 && params->trim < 0.5)) {
        return qs_fail(err, QS_USAGE, "the trimmed fraction must be at least 0 and below 0.5, not %g", params->trim);
    }
    if (params->attribution != QS_ATTRIBUTION_NEXT && params->attribution != QS_ATTRIBUTION_PEAK) {
        return qs_fail(err, QS_USAGE, "unknown attribution %d", (int)params->attribution);
    }
    if (params->difference != QS_DIFFERENCE_STEP && params->difference != QS_DIFFERENCE_RATIO) {
        return qs_fail(err, QS_USAGE, "unknown kind of difference %d", (int)params->difference);
    }
    return QS_OK;
}

// A difference and where it stands, so that sorting keeps the place.
struct placed {
    double value;
    uint32_t index;
};

static int by_value(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    if (x->value != y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return x->index < y->index ? -1 : 1;
}

// out->d and out->undefined; returns the defined ones in sorted[], in increasing order, and their number.
static uint32_t differences(const double *curve, enum qs_difference difference, struct qs_detection *out,
                            struct placed *sorted)
{
    uint32_t defined = 0;
    for (uint32_t i = 0; i < out->differences; i++) {
        double d = difference == QS_DIFFERENCE_STEP ? curve[i + 1] - curve[i] : curve[i + 1] / curve[i];
        // Division by zero gives an infinity, infinities in the curve give infinities or NaN: none can be averaged.
        if (isfinite(d)) {
            out->d[i] = d;
            sorted[defined++] = (struct placed){d, i};
        } else {
            out->d[i] = NAN;
        }
    }
    out->undefined = out->differences - defined;
    qsort(sorted, defined, sizeof *sorted, by_value);
    return defined;
}

// out->mean, out->std and out->trimmed, from the sorted differences.
static void trimmed_moments(const struct placed *sorted, uint32_t defined, double trim, struct qs_detection *out)
{
    uint32_t drop = (uint32_t)(trim * defined); // trim < 0.5, so 2*drop < defined wherever defined > 0
    uint32_t end = defined - drop;
    memset(out->trimmed, true, out->differences);
    for (uint32_t i = drop; i < end; i++) {
        out->trimmed[sorted[i].index] = false;
    }
    out->mean = NAN;
    out->std = NAN;
    if (end - drop < 2) {
        return;
    }
    if (sorted[drop].value == sorted[end - 1].value) { // said exactly: a rounded mean would leave a spread of rounding
        out->mean = sorted[drop].value;
        out->std = 0;
        return;
    }
    double sum = 0;
    for (uint32_t i = drop; i < end; i++) {
        sum += sorted[i].value;
    }
    out->mean = sum / (end - drop);
    double squares = 0;
    for (uint32_t i = drop; i < end; i++) {
        squares += (sorted[i].value - out->mean) * (sorted[i].value - out->mean);
    }
    out->std = sqrt(squares / (end - drop - 1));
}

static int by_rank(const void *a, const void *b)
{
    const struct qs_detected *x = a;
    const struct qs_detected *y = b;
    if (x->z != y->z) {
        return x->z > y->z ? -1 : 1;
    }
    if (x->layer != y->layer) {
        return x->layer < y->layer ? -1 : 1;
    }
    return x->difference < y->difference ? -1 : x->difference > y->difference;
}

// out->detected and out->count from out->z.
static void select_layers(const double *curve, const struct qs_detect_params *params, struct qs_detection *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < out->differences; i++) {
        if (out->z[i] > params->z) { // false for NaN
            bool peak = params->attribution == QS_ATTRIBUTION_PEAK && curve[i] > curve[i + 1];
            out->detected[count++] = (struct qs_detected){.layer = peak ? i : i + 1, .difference = i, .z = out->z[i]};
        }
    }
    // Two flags select the same layer only where they are neighbours: i by its later layer, i+1 by its earlier one.
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept && out->detected[kept - 1].layer == out->detected[i].layer) {
            if (out->detected[i].z > out->detected[kept - 1].z) {
                out->detected[kept - 1] = out->detected[i];
            }
        } else {
            out->detected[kept++] = out->detected[i];
        }
    }
    qsort(out->detected, kept, sizeof *out->detected, by_rank);
    out->count = params->top_m && params->top_m < kept ? params->top_m : kept;
}

enum qs_status qs_detect(const double *curve, uint32_t layers, const struct qs_detect_params *params,
                         struct qs_detection *out, struct qs_error *err)
{
    enum qs_status status = check_params(params, err);
    if (status) {
        return status;
    }
    struct qs_detection made = {.differences = layers ? layers - 1 : 0};
    size_t count = made.differences ? made.differences : 1; // so that no pointer is NULL
    made.d = calloc(count, sizeof *made.d);
    made.z = calloc(count, sizeof *made.z);
    made.trimmed = calloc(count, sizeof *made.trimmed);
    made.detected = calloc(count, sizeof *made.detected);
    struct placed *sorted = calloc(count, sizeof *sorted);
    if (!made.d || !made.z || !made.trimmed || !made.detected || !sorted) {
        status = qs_fail_memory(err, "detection", count * sizeof *sorted);
        goto out;
    }
    uint32_t defined = differences(curve, params->difference, &made, sorted);
    trimmed_moments(sorted, defined, params->trim, &made);
    for (uint32_t i = 0; i < made.differences; i++) {
        made.z[i] = made.std > 0 ? fabs(made.d[i] - made.mean) / made.std : NAN;
    }
    if (defined >= SPREAD_MIN) {
        select_layers(curve, params, &made);
    }
    *out = made;
    made = (struct qs_detection){0};
out:
    free(sorted);
    qs_detection_free(&made);
    return status;
}

void qs_detection_free(struct qs_detection *detection)
{
    if (detection) {
        free(detection->d);
        free(detection->z);
        free(detection->trimmed);
        free(detection->detected);
        *detection = (struct qs_detection){0};
    }
}
