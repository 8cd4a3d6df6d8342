// Axes: a range rounded to ticks, ticks at 1-2-5 steps or decades, their labels, and steps for layers.
#ifndef QS_PLOT_SCALE_H
#define QS_PLOT_SCALE_H

#include <stdbool.h>
#include <stdint.h>

enum { QS_TICKS_MAX = 32, QS_TICK_LABEL_MAX = 24 };

struct qs_tick {
    double value;
    char label[QS_TICK_LABEL_MAX]; // decimals from the step, so that neighbours differ: "2.5", "0.001", "1.2e-7"
};

struct qs_scale {
    bool log;
    double min, max; // min < max; both > 0 where log
    int count;       // may be 0 where a fixed range holds no round number
    struct qs_tick ticks[QS_TICKS_MAX]; // increasing, inside [min, max]
};

// An axis that holds [min, max], both finite (log: both > 0), rounded outwards to half steps (log axes of a decade or
// more: to 1, 2, 5). An empty or vanishing range is widened around its value. With `fixed` the range stays as it is.
// At most max(2, most_ticks) ticks. A logarithmic axis has decades, with 2 and 5 between them where there is room;
// below one decade its ticks are linear.
void qs_scale_make(double min, double max, bool log, bool fixed, int most_ticks, struct qs_scale *out);

// Where a value lies: 0 at min, 1 at max; outside of 0..1 beyond them. log: values <= 0 are at 0.
double qs_scale_at(const struct qs_scale *scale, double value);

// The step of layer ticks, one of 1, 2, 4, 5, 8, 10, 16, 20, 32, 40, 50, 64, 80, 100, 128, ...: the smallest that
// leaves labels of the last layer's width `gap` columns apart when `layers` layers share `cols` columns.
uint32_t qs_layer_step(uint32_t layers, int cols, int gap);

#endif
