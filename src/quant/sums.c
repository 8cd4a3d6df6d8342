// Sums of quantization errors: see sums.h. Loops over fixed arrays of 16, as in kernel/tile.c.
#include "quant/sums.h"

#include "base/attr.h"

#include <string.h>

#define LANES QS_TILE_LANES

QS_CLONES
static void add(struct qs_step_sums *restrict steps, const struct qs_tile_errors *restrict errors, size_t evaluations)
{
    for (size_t i = 0; i < evaluations; i++) {
        struct qs_lane_sums *restrict to = i + 1 < evaluations ? &steps[i].once : &steps[i].onward;
        const struct qs_tile_errors *restrict from = &errors[i];
        for (int lane = 0; lane < LANES; lane++) {
            to->abs[lane] += (double)from->abs[lane];
        }
        for (int lane = 0; lane < LANES; lane++) {
            to->square[lane] += (double)from->square[lane];
        }
        for (int lane = 0; lane < LANES; lane++) {
            to->max[lane] = from->max[lane] > to->max[lane] ? from->max[lane] : to->max[lane];
        }
    }
}

void qs_sums_add(struct qs_step_sums *steps, struct qs_tile_errors *errors, size_t evaluations, size_t lanes)
{
    for (size_t i = 0; lanes < LANES && i < evaluations; i++) {
        memset(errors[i].abs + lanes, 0, (LANES - lanes) * sizeof(float));
        memset(errors[i].square + lanes, 0, (LANES - lanes) * sizeof(float));
        memset(errors[i].max + lanes, 0, (LANES - lanes) * sizeof(float));
    }
    add(steps, errors, evaluations);
}

double qs_sums_lanes(const double lanes[LANES])
{
    double sum[LANES];
    memcpy(sum, lanes, sizeof sum);
    for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t i = 0; i < half; i++) {
            sum[i] += sum[i + half];
        }
    }
    return sum[0];
}

void qs_sums_join(struct qs_sums *to, const struct qs_sums *from)
{
    to->abs += from->abs;
    to->square += from->square;
    to->max = from->max > to->max ? from->max : to->max;
}

static struct qs_sums over_lanes(const struct qs_lane_sums *lanes)
{
    struct qs_sums sums = {.abs = qs_sums_lanes(lanes->abs), .square = qs_sums_lanes(lanes->square)};
    for (size_t lane = 0; lane < LANES; lane++) {
        sums.max = (double)lanes->max[lane] > sums.max ? (double)lanes->max[lane] : sums.max;
    }
    return sums;
}

void qs_sums_finish(const struct qs_step_sums *steps, size_t count, struct qs_sums *out)
{
    struct qs_sums settled = {0};
    for (size_t i = 0; i < count; i++) {
        struct qs_sums onward = over_lanes(&steps[i].onward);
        qs_sums_join(&settled, &onward);
        out[i] = over_lanes(&steps[i].once);
        qs_sums_join(&out[i], &settled);
    }
}

QS_CLONES
static void add_squares(const float *values, size_t count, double *energy)
{
    double sum[LANES];
    memcpy(sum, energy, sizeof sum);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            double value = (double)values[i + lane];
            sum[lane] += value * value;
        }
    }
    for (size_t lane = 0; i + lane < count; lane++) {
        double value = (double)values[i + lane];
        sum[lane] += value * value;
    }
    memcpy(energy, sum, sizeof sum);
}

void qs_sums_energy(const float *values, size_t count, double energy[LANES])
{
    add_squares(values, count, energy);
}
