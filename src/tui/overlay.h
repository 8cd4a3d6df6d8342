// One module kind's errors at several configs, to be drawn over one another.
#ifndef QS_TUI_OVERLAY_H
#define QS_TUI_OVERLAY_H

#include "session/session.h"

enum qs_overlay_kind {
    QS_OVERLAY_KINDS,      // none: all module kinds at one config
    QS_OVERLAY_RUNGS,      // one quantizer at all its rungs: the same shape at different heights
    QS_OVERLAY_QUANTIZERS, // all quantizers at one rung
    QS_OVERLAY_COUNT
};

extern const char *const qs_overlay_names[QS_OVERLAY_COUNT]; // "kinds", "rungs", "quantizers"

struct qs_overlay_line {
    struct qs_config config;
    char name[24];
};

// Worked out once per change. Zeroed: nothing is laid over one another.
struct qs_overlay {
    enum qs_overlay_kind of;
    uint64_t revision;              // of the session, when this was made
    const struct qs_metric *metric;
    uint32_t kind;
    size_t count;
    struct qs_overlay_line lines[QS_LADDER_MAX];
    double *curves;                 // [count][layers]
};

void qs_overlay_clear(struct qs_overlay *overlay);

#endif
