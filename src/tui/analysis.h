// What the views show of one metric: its curves and the sensitive layers on them, worked out once per change.
#ifndef QS_TUI_ANALYSIS_H
#define QS_TUI_ANALYSIS_H

#include "session/session.h"

struct qs_selected { // one sensitive layer of one module kind
    uint32_t kind;
    uint32_t rank;   // from 1: the largest z of its kind
};

struct qs_analysis {
    uint64_t revision;               // of the session, when this was made
    const struct qs_metric *metric;  // NULL: nothing here (nothing made yet, or memory ran out)
    uint32_t layers;
    uint32_t kinds;
    double *curves;                  // [kinds][layers]
    uint8_t *marked;                 // [kinds][layers]: 1 for a sensitive layer
    struct qs_detection *detections; // [kinds]
    struct qs_selected *selected;    // [selected_count], in the order of kinds, then ranks
    size_t selected_count;
};

// Makes it of the session as it stands. On failure it is empty: old results are never left standing.
enum qs_status qs_analysis_make(struct qs_analysis *analysis, const struct qs_session *session,
                                const struct qs_metric *metric, struct qs_error *err) QS_MUST_USE;
void qs_analysis_clear(struct qs_analysis *analysis);

// Whether it still is what the session says of this metric.
bool qs_analysis_fresh(const struct qs_analysis *analysis, const struct qs_session *session,
                       const struct qs_metric *metric);

const double *qs_analysis_curve(const struct qs_analysis *analysis, uint32_t kind);
bool qs_analysis_marked(const struct qs_analysis *analysis, uint32_t layer, uint32_t kind);
const struct qs_detected *qs_analysis_detected(const struct qs_analysis *analysis, const struct qs_selected *selected);

// The z by which a layer was selected; where it was not, that of the step into it. NaN for layer 0 and where undefined.
double qs_analysis_z(const struct qs_analysis *analysis, uint32_t layer, uint32_t kind);

#endif
