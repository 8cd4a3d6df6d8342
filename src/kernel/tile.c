// Group quantization, 16 groups at a time: see tile.h.
//
// The loops are written over fixed arrays of 16 so that the compiler makes one or a few vector operations of each line
// in every clone. A step costs 17 operations a value: scale, zero, two for the clamp, two to round (adding and
// subtracting 1.5*2^23 rounds to even below 2^22; the clamp comes first, which is the same, its bounds being integers),
// the code minus the scaled weight and its sum, three for the restored weight and its error, four for its sums.
#include "kernel/tile.h"

#include "base/attr.h"
#include "kernel/power.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LANES QS_TILE_LANES

// The numbers of 16 groups.
struct group {
    float scale[LANES];
    float inverse[LANES];
    float zero[LANES];
};


// Transposes a 16x16 block held in 16 vectors: four rounds of interleaving halves.
#define INTERLEAVE_LOW(a, b) \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define INTERLEAVE_HIGH(a, b) \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

QS_CLONES
static void transpose16(const float *src, size_t src_stride, float *dst)
{
    qs_v16f a[LANES];
    qs_v16f b[LANES];
    for (size_t i = 0; i < LANES; i++) {
        memcpy(&a[i], src + i * src_stride, sizeof a[i]);
    }
    // Perfect shuffle: interleaving row i with row i+8, four times, takes (row, col) to (col, row).
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 8; i++) {
            b[2 * i] = INTERLEAVE_LOW(a[i], a[i + 8]);
            b[2 * i + 1] = INTERLEAVE_HIGH(a[i], a[i + 8]);
        }
        for (size_t i = 0; i < 8; i++) {
            a[2 * i] = INTERLEAVE_LOW(b[i], b[i + 8]);
            a[2 * i + 1] = INTERLEAVE_HIGH(b[i], b[i + 8]);
        }
    }
    for (size_t i = 0; i < LANES; i++) {
        memcpy(dst + i * LANES, &a[i], sizeof a[i]);
    }
}

void qs_tile_from_runs(const float *src, size_t length, size_t lanes, float *tile)
{
    size_t row = 0;
    if (lanes == LANES) {
        for (; row + LANES <= length; row += LANES) {
            transpose16(src + row, length, tile + row * LANES);
        }
    }
    for (; row < length; row++) {
        for (size_t lane = 0; lane < LANES; lane++) {
            size_t run = lane < lanes ? lane : lanes - 1;
            tile[row * LANES + lane] = src[run * length + row];
        }
    }
}

QS_CLONES
static void start(const float *restrict tile, size_t stride, size_t group_size, float top, float *restrict scale,
                  float *restrict zero)
{
    float low[LANES];
    float high[LANES];
    memcpy(low, tile, sizeof low);
    memcpy(high, tile, sizeof high);
    for (size_t row = 1; row < group_size; row++) {
        const float *restrict w = tile + row * stride;
        for (int lane = 0; lane < LANES; lane++) {
            low[lane] = w[lane] < low[lane] ? w[lane] : low[lane];
            high[lane] = w[lane] > high[lane] ? w[lane] : high[lane];
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        float range = high[lane] - low[lane];
        float s = 1.0f / range * top;
        s = range <= 1e-4f ? 1.0f : s;
        s = s > 2e4f ? 2e4f : s;
        scale[lane] = s;
        zero[lane] = -low[lane] * s;
    }
}

void qs_tile_start(const float *tile, size_t stride, size_t group_size, float top, float *scale, float *zero)
{
    start(tile, stride, group_size, top, scale, zero);
}

// One step's pass over a group without shrinkage: the sum of q - w*s, in the order of the loops, and of the errors.
static inline __attribute__((always_inline)) void pass(const float *restrict tile, size_t stride,
                                                       struct qs_tile_loops loops, float top,
                                                       const struct group *restrict group, float *restrict moved,
                                                       struct qs_tile_errors *restrict errors)
{
    float s[LANES];
    float inv[LANES];
    float z[LANES];
    memcpy(s, group->scale, sizeof s);
    memcpy(inv, group->inverse, sizeof inv);
    memcpy(z, group->zero, sizeof z);
    float outer[LANES] = {0};
    float abs[LANES] = {0};
    float square[LANES] = {0};
    float max[LANES] = {0};
    for (size_t a = 0; a < loops.count[0]; a++) {
        float middle[LANES] = {0};
        for (size_t b = 0; b < loops.count[1]; b++) {
            float inner[LANES] = {0};
            const float *restrict w = tile + (a * loops.step[0] + b * loops.step[1]) * stride;
            size_t step = loops.step[2] * stride;
            for (size_t c = 0; c < loops.count[2]; c++, w += step) {
                for (int lane = 0; lane < LANES; lane++) {
                    float t = w[lane] * s[lane];
                    float x = t + z[lane];
                    x = x > 0.0f ? x : 0.0f;
                    x = x < top ? x : top;
                    float q = (x + QS_ROUND_MAGIC) - QS_ROUND_MAGIC;
                    float d = w[lane] - (q - z[lane]) * inv[lane];
                    float size = fabsf(d);
                    inner[lane] += q - t;
                    abs[lane] += size;
                    square[lane] += d * d;
                    max[lane] = size > max[lane] ? size : max[lane];
                }
            }
            for (int lane = 0; lane < LANES; lane++) {
                middle[lane] += inner[lane];
            }
        }
        for (int lane = 0; lane < LANES; lane++) {
            outer[lane] += middle[lane];
        }
    }
    memcpy(moved, outer, sizeof outer);
    memcpy(errors->abs, abs, sizeof abs);
    memcpy(errors->square, square, sizeof square);
    memcpy(errors->max, max, sizeof max);
}

// The loops' counts are constants here, so that the short inner ones are unrolled.
QS_CLONES
static void evaluate(const float *restrict tile, size_t stride, size_t group_size, enum qs_tile_order order,
                     float top, const struct group *restrict group, float *restrict moved,
                     struct qs_tile_errors *restrict errors)
{
#define PASS(...) pass(tile, stride, (struct qs_tile_loops){__VA_ARGS__}, top, group, moved, errors)
    if (order == QS_TILE_DOWN_COLUMNS) {
        PASS({1, group_size / 16, 16}, {0, 16, 1});
    } else if (group_size == 16) {
        PASS({8, 1, 2}, {1, 0, 8});
    } else if (group_size == 32) {
        PASS({8, 4, 1}, {1, 8, 32});
    } else if (group_size == 64) {
        PASS({8, 4, 2}, {1, 8, 32});
    } else if (group_size == 128) {
        PASS({8, 4, 4}, {1, 8, 32});
    } else {
        PASS({8, 4, 8}, {1, 8, 32});
    }
#undef PASS
}

// Where a > b, c; else d: all of them vectors.
#define CHOOSE(a, b, c, d) ((qs_v16f)((((a) > (b)) & (qs_v16i)(c)) | (~((a) > (b)) & (qs_v16i)(d))))

// The pass of the steps in which some error is large: the sum of q - (w - e)*s, with e the shrunk error.
QS_CLONES
static void move_shrunk(const float *restrict tile, size_t stride, size_t group_size, enum qs_tile_order order,
                        float top, const struct group *restrict group, float p, float beta, float *restrict moved)
{
    struct qs_tile_loops loops = qs_tile_loops(order, group_size);
    qs_v16f none = {0};
    qs_v16f highest = none + top;
    qs_v16f tiny = none + 1e-30f;
    float one_over_beta = 1.0f / beta;
    qs_v16f s;
    qs_v16f inv;
    qs_v16f z;
    memcpy(&s, group->scale, sizeof s);
    memcpy(&inv, group->inverse, sizeof inv);
    memcpy(&z, group->zero, sizeof z);
    qs_v16f outer = none;
    for (size_t a = 0; a < loops.count[0]; a++) {
        qs_v16f middle = none;
        for (size_t b = 0; b < loops.count[1]; b++) {
            qs_v16f inner = none;
            for (size_t c = 0; c < loops.count[2]; c++) {
                qs_v16f w;
                memcpy(&w, tile + (a * loops.step[0] + b * loops.step[1] + c * loops.step[2]) * stride, sizeof w);
                qs_v16f x = w * s + z;
                x = CHOOSE(x, none, x, none);
                x = CHOOSE(highest, x, x, highest);
                qs_v16f q = (x + QS_ROUND_MAGIC) - QS_ROUND_MAGIC;
                qs_v16f d = w - (q - z) * inv;
                qs_v16f size = (qs_v16f)((qs_v16i)d & 0x7fffffff);
                qs_v16f power = CHOOSE(size, tiny, size, tiny);
                qs_power(&power, p - 1.0f, &power);
                qs_v16f kept = size - one_over_beta * power;
                kept = CHOOSE(kept, none, kept, none);
                qs_v16f e = CHOOSE(none, d, -kept, kept);
                inner += q - (w - e) * s;
            }
            middle += inner;
        }
        outer += middle;
    }
    memcpy(moved, &outer, sizeof outer);
}

size_t qs_tile_steps(const float *tile, size_t stride, size_t group_size, enum qs_tile_order order, float top,
                     const float *scale, float *zero, size_t steps, const struct qs_tile_shrink *shrink,
                     struct qs_tile_errors *errors, float *zeros)
{
    struct group group;
    memcpy(group.scale, scale, sizeof group.scale);
    memcpy(group.zero, zero, sizeof group.zero);
    for (int lane = 0; lane < LANES; lane++) {
        group.inverse[lane] = 1.0f / scale[lane];
    }
    size_t step = 0;
    for (;; step++) {
        float moved[LANES];
        evaluate(tile, stride, group_size, order, top, &group, moved, &errors[step]);
        if (zeros) {
            memcpy(zeros + step * LANES, group.zero, sizeof group.zero);
        }
        if (step == steps) {
            break;
        }
        float large = 0;
        for (int lane = 0; lane < LANES; lane++) {
            large = errors[step].max[lane] > large ? errors[step].max[lane] : large;
        }
        if (large > shrink->threshold[step]) {
            move_shrunk(tile, stride, group_size, order, top, &group, shrink->p, shrink->beta[step], moved);
        }
        for (int lane = 0; lane < LANES; lane++) {
            moved[lane] /= (float)group_size;
        }
        // Zeros that stay make every later step the same, unless a growing beta wakes the shrinkage or changes it.
        bool same = large <= shrink->threshold[steps - 1] || shrink->beta[step] == shrink->beta[steps - 1];
        if (same && memcmp(moved, group.zero, sizeof moved) == 0) {
            break;
        }
        memcpy(group.zero, moved, sizeof moved);
    }
    memcpy(zero, group.zero, sizeof group.zero);
    return step + 1;
}

QS_CLONES
static void encode(const float *restrict tile, size_t stride, size_t group_size, float top,
                   const float *restrict scale, const float *restrict zero, unsigned char *restrict codes)
{
    for (size_t row = 0; row < group_size; row++) {
        const float *restrict w = tile + row * stride;
        for (int lane = 0; lane < LANES; lane++) {
            float x = w[lane] * scale[lane] + zero[lane];
            x = x > 0.0f ? x : 0.0f;
            x = x < top ? x : top;
            codes[row * LANES + (size_t)lane] = (unsigned char)((x + QS_ROUND_MAGIC) - QS_ROUND_MAGIC);
        }
    }
}

void qs_tile_codes(const float *tile, size_t stride, size_t group_size, float top, const float *scale,
                   const float *zero, unsigned char *codes)
{
    encode(tile, stride, group_size, top, scale, zero, codes);
}
