// What a forward pass does to rows of numbers between its matrix products: norms, rotations, gates, softmax.
//
// All are dispatched per CPU and give the same bits on every CPU: vectors of a fixed width, a fixed order of sums, long
// sums in double. Each has a plain reference beside it (rows_reference.c), in double throughout; tests compare them.
// Thread-safe.
#ifndef QS_KERNEL_ROWS_H
#define QS_KERNEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>

// RMSNorm: out = weight * x / sqrt(mean(x^2) + eps). x, weight, out: f32[count]; out may be x.
// Zhang and Sennrich, arXiv 1910.07467.
void qs_rows_norm(const float *x, const float *weight, size_t count, double eps, float *out);

// Rotary embedding of one head in Hugging Face order: for i < half, (x[i], x[i + half]) turned by an angle of which
// cos[i] and sin[i] are given. x: f32[2*half], in place. Su et al., arXiv 2104.09864.
void qs_rows_rotate(float *x, const float *cos, const float *sin, size_t half);

// SwiGLU's gate: gate = gate / (1 + e^-gate) * up. f32[count], in place. Shazeer, arXiv 2002.05202.
void qs_rows_gate(float *gate, const float *up, size_t count);

// x += y. f32[count].
void qs_rows_add(float *x, const float *y, size_t count);

// x *= factor. f32[count].
void qs_rows_scale(float *x, size_t count, float factor);

// x = e^(scale * (x - max x)): f32[count], in place, count > 0; returns the sum, in double. x divided by it is
// softmax(scale * x). Where an exponent is below -87, that stands for it.
double qs_rows_softmax(float *x, size_t count, float scale);

// Streaming log-sum-exp: afterwards *max + log(*sum) is that of all values seen. Begin with -INFINITY and 0. In double;
// NaN among the values, or an infinite one, leaves *sum NaN. x: f32[count].
void qs_rows_sum_exp(const float *x, size_t count, double *max, double *sum);

// Whether no value is infinite or NaN.
bool qs_rows_finite(const float *x, size_t count);

void qs_rows_norm_reference(const float *x, const float *weight, size_t count, double eps, float *out);
void qs_rows_rotate_reference(float *x, const float *cos, const float *sin, size_t half);
void qs_rows_gate_reference(float *gate, const float *up, size_t count);
double qs_rows_softmax_reference(float *x, size_t count, float scale);
void qs_rows_sum_exp_reference(const float *x, size_t count, double *max, double *sum);

#endif
