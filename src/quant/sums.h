// Sums of quantization errors over many groups, for one rung and every HQQ step. Internal to src/quant.
//
// A kernel call gives the errors of 16 groups side by side (kernel/tile.h). They are added lane by lane in double, and
// the lanes are added at the end of a piece, all in a fixed order: the same bits on every CPU.
#ifndef QS_QUANT_SUMS_H
#define QS_QUANT_SUMS_H

#include "kernel/tile.h"

#include <stddef.h>

struct qs_sums {
    double abs;    // sum |d|
    double square; // sum d^2
    double max;    // max |d|
};

struct qs_lane_sums {
    double abs[QS_TILE_LANES];
    double square[QS_TILE_LANES];
    float max[QS_TILE_LANES];
};

// The sums of one evaluation (HQQ step). Most groups settle before the last step: what their last evaluation gave
// counts for all later ones, and is added once, under `onward`.
struct qs_step_sums {
    struct qs_lane_sums once;
    struct qs_lane_sums onward;
};

// Adds the evaluations that qs_tile_steps made (the last one onward) for the first `lanes` groups. The others' errors
// are set to 0.
void qs_sums_add(struct qs_step_sums *steps, struct qs_tile_errors *errors, size_t evaluations, size_t lanes);

// The sums over all lanes of each of `count` evaluations.
void qs_sums_finish(const struct qs_step_sums *steps, size_t count, struct qs_sums *out);

// to += from
void qs_sums_join(struct qs_sums *to, const struct qs_sums *from);

// energy[i % 16] += values[i]^2
void qs_sums_energy(const float *values, size_t count, double energy[QS_TILE_LANES]);

// The sum of 16 numbers, halves upon halves.
double qs_sums_lanes(const double lanes[QS_TILE_LANES]);

#endif
