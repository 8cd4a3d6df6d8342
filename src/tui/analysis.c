// Curves and sensitive layers of the metric on show: see analysis.h.
#include "tui/analysis.h"

#include <math.h>
#include <stdlib.h>

void qs_analysis_clear(struct qs_analysis *analysis)
{
    for (uint32_t kind = 0; analysis->detections && kind < analysis->kinds; kind++) {
        qs_detection_free(&analysis->detections[kind]);
    }
    free(analysis->detections);
    free(analysis->curves);
    free(analysis->marked);
    free(analysis->selected);
    *analysis = (struct qs_analysis){0};
}

// The detections' results side by side, for lists and marks.
static enum qs_status collect(struct qs_analysis *analysis, struct qs_error *err)
{
    size_t count = 0;
    for (uint32_t kind = 0; kind < analysis->kinds; kind++) {
        count += analysis->detections[kind].count;
    }
    analysis->selected = calloc(count ? count : 1, sizeof *analysis->selected);
    if (!analysis->selected) {
        return qs_fail_memory(err, "the sensitive layers", count * sizeof *analysis->selected);
    }
    for (uint32_t kind = 0; kind < analysis->kinds; kind++) {
        const struct qs_detection *detection = &analysis->detections[kind];
        for (uint32_t i = 0; i < detection->count; i++) {
            analysis->selected[analysis->selected_count++] = (struct qs_selected){.kind = kind, .rank = i + 1};
            analysis->marked[(size_t)kind * analysis->layers + detection->detected[i].layer] = 1;
        }
    }
    return QS_OK;
}

enum qs_status qs_analysis_make(struct qs_analysis *analysis, const struct qs_session *session,
                                const struct qs_metric *metric, struct qs_error *err)
{
    qs_analysis_clear(analysis);
    const struct qs_model_info *info = qs_session_info(session);
    size_t values = (size_t)info->layers * info->kinds; // both are at most 65536
    enum qs_status status = QS_OK;
    struct qs_analysis made = {
        .revision = qs_session_revision(session),
        .metric = metric,
        .layers = info->layers,
        .kinds = info->kinds,
        .curves = calloc(values ? values : 1, sizeof *made.curves),
        .marked = calloc(values ? values : 1, sizeof *made.marked),
        .detections = calloc(info->kinds ? info->kinds : 1, sizeof *made.detections),
    };
    if (!made.curves || !made.marked || !made.detections) {
        status = qs_fail_memory(err, "the curves", values * sizeof *made.curves);
    }
    for (uint32_t kind = 0; status == QS_OK && kind < info->kinds; kind++) {
        qs_session_curve(session, metric, kind, made.curves + (size_t)kind * info->layers);
        status = qs_session_detect(session, metric, kind, &made.detections[kind], err);
    }
    if (status == QS_OK) {
        status = collect(&made, err);
    }
    if (status == QS_OK) {
        *analysis = made;
    } else {
        qs_analysis_clear(&made);
    }
    return status;
}

bool qs_analysis_fresh(const struct qs_analysis *analysis, const struct qs_session *session,
                       const struct qs_metric *metric)
{
    return analysis->metric && analysis->metric == metric && analysis->revision == qs_session_revision(session);
}

const double *qs_analysis_curve(const struct qs_analysis *analysis, uint32_t kind)
{
    return analysis->curves + (size_t)kind * analysis->layers;
}

bool qs_analysis_marked(const struct qs_analysis *analysis, uint32_t layer, uint32_t kind)
{
    return analysis->metric && analysis->marked[(size_t)kind * analysis->layers + layer];
}

const struct qs_detected *qs_analysis_detected(const struct qs_analysis *analysis, const struct qs_selected *selected)
{
    return &analysis->detections[selected->kind].detected[selected->rank - 1];
}

double qs_analysis_z(const struct qs_analysis *analysis, uint32_t layer, uint32_t kind)
{
    const struct qs_detection *detection = &analysis->detections[kind];
    for (uint32_t i = 0; i < detection->count; i++) {
        if (detection->detected[i].layer == layer) {
            return detection->detected[i].z;
        }
    }
    return layer > 0 && layer - 1 < detection->differences ? detection->z[layer - 1] : NAN;
}
