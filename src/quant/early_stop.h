// HQQ's early stop, decided from the errors of all steps. Internal to src/quant.
#ifndef QS_QUANT_EARLY_STOP_H
#define QS_QUANT_EARLY_STOP_H

#include <stddef.h>
#include <stdint.h>

// abs: sum |w - r| over the matrix before each of `steps` steps, f64[steps]; values: the number of weights. The first
// step whose mean error, in float32 as the HQQ library takes it, is not below the best so far ends the loop, and the
// zero that this step made is kept: returns how many steps made the zero, 0 .. steps.
static inline size_t qs_early_stop(const double *abs, size_t steps, uint64_t values)
{
    float best = 1e4f;
    for (size_t step = 0; step < steps; step++) {
        float error = (float)(abs[step] / (double)values);
        if (!(error < best)) {
            return step + 1;
        }
        best = error;
    }
    return steps;
}

#endif
