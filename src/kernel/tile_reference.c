// Group quantization, one value at a time: the oracle of tile.c (METHODS section 3, after the HQQ library's
// Quantizer.quantize and optimize_weights_proximal_legacy).
#include "kernel/tile.h"

#include <math.h>

void qs_tile_start_reference(const float *tile, size_t stride, size_t group_size, float top, float *scale, float *zero)
{
    for (size_t lane = 0; lane < QS_TILE_LANES; lane++) {
        float low = tile[lane];
        float high = tile[lane];
        for (size_t row = 1; row < group_size; row++) {
            low = fminf(low, tile[row * stride + lane]);
            high = fmaxf(high, tile[row * stride + lane]);
        }
        float range = high - low;
        scale[lane] = range <= 1e-4f ? 1.0f : fminf(1.0f / range * top, 2e4f);
        zero[lane] = -low * scale[lane];
    }
}

static float shrunk_error(float d, float p, float beta)
{
    float kept = fabsf(d) - powf(fabsf(d), p - 1.0f) / beta;
    return kept > 0 ? copysignf(kept, d) : 0.0f;
}

struct qs_tile_loops qs_tile_loops(enum qs_tile_order order, size_t group_size)
{
    if (order == QS_TILE_DOWN_COLUMNS) {
        return (struct qs_tile_loops){{1, group_size / 16, 16}, {0, 16, 1}};
    }
    if (group_size < 32) {
        return (struct qs_tile_loops){{8, 1, group_size / 8}, {1, 0, 8}};
    }
    return (struct qs_tile_loops){{8, 4, group_size / 32}, {1, 8, 32}};
}

void qs_tile_steps_reference(const float *tile, size_t stride, size_t group_size, enum qs_tile_order order, float top,
                             const float *scale, float *zero, size_t steps, const struct qs_tile_shrink *shrink,
                             struct qs_tile_errors *errors, float *zeros)
{
    struct qs_tile_loops loops = qs_tile_loops(order, group_size);
    for (size_t lane = 0; lane < QS_TILE_LANES; lane++) {
        float s = scale[lane];
        float inverse = 1.0f / s;
        for (size_t step = 0; step <= steps; step++) {
            float z = zero[lane];
            float outer = 0;
            float abs = 0;
            float square = 0;
            float max = 0;
            for (size_t a = 0; a < loops.count[0]; a++) {
                float middle = 0;
                for (size_t b = 0; b < loops.count[1]; b++) {
                    float inner = 0;
                    for (size_t c = 0; c < loops.count[2]; c++) {
                        size_t row = a * loops.step[0] + b * loops.step[1] + c * loops.step[2];
                        float w = tile[row * stride + lane];
                        float q = fminf(fmaxf(rintf(w * s + z), 0.0f), top);
                        float d = w - (q - z) * inverse;
                        float e = step < steps ? shrunk_error(d, shrink->p, shrink->beta[step]) : 0.0f;
                        inner += q - (w - e) * s;
                        abs += fabsf(d);
                        square += d * d;
                        max = fmaxf(max, fabsf(d));
                    }
                    middle += inner;
                }
                outer += middle;
            }
            errors[step].abs[lane] = abs;
            errors[step].square[lane] = square;
            errors[step].max[lane] = max;
            if (zeros) {
                zeros[step * QS_TILE_LANES + lane] = z;
            }
            if (step < steps) {
                zero[lane] = outer / (float)group_size;
            }
        }
    }
}
