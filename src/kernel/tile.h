// The inner loops of group quantization: 16 groups side by side.
//
// A tile is float32 [group_size][16]: value `row` of group `lane` stands at tile[row*stride + lane]. Both group axes
// come to it: for axis 0 (groups run down the columns of W.reshape(g, -1)) it is a window of the matrix itself, stride
// being the row length; for axis 1 (groups of consecutive values) blocks are transposed into it, stride 16.
//
// Codes of a group with scale s and zero z: q = clamp(round(w*s + z), 0, top), round to even; w is restored as
// (q - z)*inv, inv = 1/s (METHODS section 3; s is the inverse of what HQQ stores). Everything in float32, in a fixed
// order of operations: the same bits on every CPU. Sums over a group are float32, as in the HQQ library.
#ifndef QS_KERNEL_TILE_H
#define QS_KERNEL_TILE_H

#include <stddef.h>

enum { QS_TILE_LANES = 16, QS_TILE_STEPS_MAX = 64 };

// Transposes `lanes` <= 16 runs of `length` consecutive values into tile[length][16]; the lanes beyond are copies of
// the last. src: f32[lanes*length]; tile: f32[length*16].
void qs_tile_from_runs(const float *src, size_t length, size_t lanes, float *tile);

// RTN's start: the range of every group, its scale (top / (max - min), at most 2e4, 1 where max - min <= 1e-4) and its
// zero (-min*scale). The quotient is (1 / (max - min)) * top, as PyTorch divides a number by a tensor: its last bit
// decides where a weight in the middle of a group falls. Outputs f32[16].
void qs_tile_start(const float *tile, size_t stride, size_t group_size, float top, float *scale, float *zero);

// The order in which the values of a group are added for its mean. A weight on the edge between two codes falls by the
// last bit of the zero, so the order is that of the library whose results are to be met: PyTorch's sum on CPUs with
// 8-lane vectors (ATen/native/cpu/SumKernel.cpp). group_size is 16, 32, 64, 128 or 256.
enum qs_tile_order {
    QS_TILE_DOWN_COLUMNS, // axis 0: 16 rows after each other, then these sums after each other
    QS_TILE_ALONG_ROWS,   // axis 1: rows 32 apart, then the four sums 8 apart, then the eight lanes
};

// How HQQ moves the zero. With error norm p and weight beta, e = sign(d)*max(|d| - |d|^(p-1)/beta, 0) of d = w - r is
// not zero only where |d| > beta^(-1/(2-p)); the power is evaluated only in steps in which some |d| is that large.
struct qs_tile_shrink {
    float p;                          // lp norm, 0 < p <= 1
    float beta[QS_TILE_STEPS_MAX];    // of each step
    float threshold[QS_TILE_STEPS_MAX]; // beta^(-1/(2-p)), of each step
};

// Sums over one group with one zero: of d = w - (q - z)*inv.
struct qs_tile_errors {
    float abs[QS_TILE_LANES];     // sum |d|
    float square[QS_TILE_LANES];  // sum d^2
    float max[QS_TILE_LANES];     // max |d|
};

// Errors at zero, then after each of `steps` HQQ steps: errors[steps + 1]. zero f32[16] ends as the last step leaves
// it; zeros (NULL, or f32[steps + 1][16]) receives every step's. steps = 0: RTN's error alone, shrink may be NULL.
// Returns how many evaluations were made, 1 .. steps + 1: where all 16 zeros stay, the later steps would only repeat
// the last evaluation, and their errors and zeros are not written. shrink's beta does not fall from step to step.
size_t qs_tile_steps(const float *tile, size_t stride, size_t group_size, enum qs_tile_order order, float top,
                     const float *scale, float *zero, size_t steps, const struct qs_tile_shrink *shrink,
                     struct qs_tile_errors *errors, float *zeros);

// The codes: codes u8[group_size][16].
void qs_tile_codes(const float *tile, size_t stride, size_t group_size, float top, const float *scale,
                   const float *zero, unsigned char *codes);

// The plain references, value by value with powf, division by nothing but 1/s: the oracles of the tests. All steps
// are made and written.
void qs_tile_start_reference(const float *tile, size_t stride, size_t group_size, float top, float *scale,
                             float *zero);
void qs_tile_steps_reference(const float *tile, size_t stride, size_t group_size, enum qs_tile_order order, float top,
                             const float *scale, float *zero, size_t steps, const struct qs_tile_shrink *shrink,
                             struct qs_tile_errors *errors, float *zeros);

// The three nested loops of an order: row = a*step[0] + b*step[1] + c*step[2], each sum started at 0 and added to the
// next outer one.
struct qs_tile_loops {
    size_t count[3];
    size_t step[3];
};
struct qs_tile_loops qs_tile_loops(enum qs_tile_order order, size_t group_size);

#endif
