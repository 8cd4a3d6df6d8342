// The sensitive layers of one curve (METHODS section 5).
#ifndef QS_PLAN_DETECT_H
#define QS_PLAN_DETECT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_attribution {
    QS_ATTRIBUTION_NEXT, // a flagged difference i selects layer i+1 (the paper)
    QS_ATTRIBUTION_PEAK, // it selects the layer of i, i+1 with the larger value
};

enum qs_difference {
    QS_DIFFERENCE_STEP,  // d_i = s_{i+1} - s_i (kurtosis)
    QS_DIFFERENCE_RATIO, // d_i = s_{i+1} / s_i (sensitivity)
};

struct qs_detect_params {
    double z;            // threshold on |d - mean| / std, > 0; the paper: 3
    double trim;         // fraction of the differences dropped at each end, 0 <= trim < 0.5; the paper: 0.05
    uint32_t top_m;      // keep the first m of a kind; 0 keeps all
    enum qs_attribution attribution;
    enum qs_difference difference;
};

extern const struct qs_detect_params qs_detect_defaults; // 3, 0.05, 0, next, step

struct qs_detected {
    uint32_t layer;      // the selected layer
    uint32_t difference; // the flagged i
    double z;
};

struct qs_detection {
    uint32_t differences;  // n = layers - 1 (0 for shorter curves)
    double *d;             // [n]; NaN where a value or, for ratios, a divisor of 0 leaves it undefined
    double *z;             // [n]; NaN where d is, or where the spread is zero or undefined
    bool *trimmed;         // [n]; left out of mean and std (undefined differences are too)
    double mean;           // trimmed mean; NaN where fewer than 2 differences remain
    double std;            // trimmed standard deviation, n-1 in the denominator
    uint32_t undefined;    // NaN differences
    uint32_t count;
    struct qs_detected *detected; // [count], z descending, ties by layer; a layer appears once, with its largest z
};

// curve: f64[layers]; NaN allowed. Curves of fewer than 4 layers detect nothing (fewer than 3 differences have no
// spread to speak of); zero spread detects nothing. QS_USAGE for parameters out of range. Freed by
// qs_detection_free. Thread-safe.
enum qs_status qs_detect(const double *curve, uint32_t layers, const struct qs_detect_params *params,
                         struct qs_detection *out, struct qs_error *err) QS_MUST_USE;
void qs_detection_free(struct qs_detection *detection);

#endif
