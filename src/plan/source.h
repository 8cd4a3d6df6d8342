// What plans are made of: the numbers that are known of a model, side by side. Filled by who knows them (the session).
#ifndef QS_PLAN_SOURCE_H
#define QS_PLAN_SOURCE_H

#include "plan/plan.h"

// One metric's curves, for the search for sensitive layers.
struct qs_source_curves {
    const char *name;     // "kurtosis"
    const double *values; // f64[kinds][layers]; NaN: absent
    enum qs_difference difference;
};

// All pointers are borrowed. NULL: not known at all.
struct qs_source {
    const struct qs_model_info *model;
    struct qs_ladder ladder; // the rungs that a plan may use, by bits per weight, at least one
    enum qs_quantizer_kind quantizer;
    uint32_t axis;
    enum qs_storage storage;
    const struct qs_source_curves *curves; // [curve_count], at the config that layers are searched at (b4g64)
    size_t curve_count;
    const double *fnorm;       // f64[layers][kinds][ladder.count]; NaN: absent
    const double *sensitivity; // the same: of each module alone
    const double *loss;        // the same: predicted KL divergence
};

const struct qs_source_curves *qs_source_find(const struct qs_source *source, const char *name); // NULL where absent

// The objective's values; NULL where they are not known.
const double *qs_source_values(const struct qs_source *source, enum qs_objective objective);

// The first of loss, sensitivity and fnorm that every module has a value of; QS_OBJECTIVE_COUNT where none is.
enum qs_objective qs_source_best(const struct qs_source *source);

// Whether every module has a value at one of the rungs it can take; else *out_layer and *out_kind are the first that
// has none (NULL allowed).
bool qs_source_covers(const struct qs_source *source, const double *values, uint32_t *out_layer, uint32_t *out_kind);

// Whether a module's weights are a whole number of the rung's groups.
bool qs_source_takes(const struct qs_source *source, uint32_t layer, uint32_t kind, size_t rung);

// The rungs of the ladder that a module can take, ascending; returns how many.
size_t qs_source_rungs(const struct qs_source *source, uint32_t layer, uint32_t kind,
                       uint8_t out[static QS_LADDER_MAX]);

#endif
