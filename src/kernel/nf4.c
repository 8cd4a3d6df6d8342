// NF4: see nf4.h. The nearest value is found by comparing with the 15 midpoints, without branches.
#include "kernel/nf4.h"

#include "base/attr.h"

#include <math.h>
#include <string.h>

#define LANES QS_TILE_LANES

typedef float v16f __attribute__((vector_size(64)));
typedef int v16i __attribute__((vector_size(64)));

const float qs_nf4_codebook[QS_NF4_CODES] = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

QS_CLONES
static void quantize(const float *restrict tile, size_t stride, size_t group_size, float *restrict absmax,
                     struct qs_tile_errors *restrict errors, unsigned char *restrict codes)
{
    float midpoint[QS_NF4_CODES - 1];
    for (int i = 0; i < QS_NF4_CODES - 1; i++) {
        midpoint[i] = (qs_nf4_codebook[i] + qs_nf4_codebook[i + 1]) * 0.5f;
    }
    float top[LANES] = {0};
    for (size_t row = 0; row < group_size; row++) {
        const float *restrict w = tile + row * stride;
        for (int lane = 0; lane < LANES; lane++) {
            float size = fabsf(w[lane]);
            top[lane] = size > top[lane] ? size : top[lane];
        }
    }
    memcpy(absmax, top, sizeof top);
    float divisor[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        divisor[lane] = top[lane] > 0.0f ? top[lane] : 1.0f;
    }
    v16f divide;
    memcpy(&divide, divisor, sizeof divide);
    int codebook[QS_NF4_CODES];
    memcpy(codebook, qs_nf4_codebook, sizeof codebook);
    int difference[QS_NF4_CODES - 1];
    for (int i = 0; i < QS_NF4_CODES - 1; i++) {
        difference[i] = codebook[i] ^ codebook[i + 1];
    }
    v16i first = (v16i){0} + codebook[0];
    float abs[LANES] = {0};
    float square[LANES] = {0};
    float max[LANES] = {0};
    for (size_t row = 0; row < group_size; row++) {
        const float *restrict w = tile + row * stride;
        float value[LANES];
        v16f x;
        memcpy(&x, w, sizeof x);
        x /= divide;
        // The midpoints below x are the first ones, so that the differences of bits add up to the value's bits.
        v16i bits = first;
        for (int i = 0; i < QS_NF4_CODES - 1; i++) {
            bits ^= (x > midpoint[i]) & difference[i];
        }
        memcpy(value, &bits, sizeof value);
        for (int lane = 0; lane < LANES; lane++) {
            float d = w[lane] - value[lane] * top[lane];
            float size = fabsf(d);
            abs[lane] += size;
            square[lane] += d * d;
            max[lane] = size > max[lane] ? size : max[lane];
        }
        if (codes) {
            for (int lane = 0; lane < LANES; lane++) {
                unsigned char code = 0;
                for (int i = 0; i < QS_NF4_CODES - 1; i++) {
                    code = (unsigned char)(code + (x[lane] > midpoint[i]));
                }
                codes[row * LANES + (size_t)lane] = code;
            }
        }
    }
    if (errors) {
        memcpy(errors->abs, abs, sizeof abs);
        memcpy(errors->square, square, sizeof square);
        memcpy(errors->max, max, sizeof max);
    }
}

void qs_nf4_tile(const float *tile, size_t stride, size_t group_size, float *absmax, struct qs_tile_errors *errors,
                 unsigned char *codes)
{
    quantize(tile, stride, group_size, absmax, errors, codes);
}
