// The plain references of rows.h, value by value in double: the oracles of the tests.
#include "kernel/rows.h"

#include <math.h>

void qs_rows_norm_reference(const float *x, const float *weight, size_t count, double eps, float *out)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    double scale = 1 / sqrt(sum / (double)count + eps);
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)((double)weight[i] * (double)x[i] * scale);
    }
}

void qs_rows_rotate_reference(float *x, const float *cos, const float *sin, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        double a = (double)x[i];
        double b = (double)x[i + half];
        x[i] = (float)(a * (double)cos[i] - b * (double)sin[i]);
        x[i + half] = (float)(b * (double)cos[i] + a * (double)sin[i]);
    }
}

void qs_rows_gate_reference(float *gate, const float *up, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double g = (double)gate[i];
        gate[i] = (float)(g / (1 + exp(-g)) * (double)up[i]);
    }
}

double qs_rows_softmax_reference(float *x, size_t count, float scale)
{
    double max = -INFINITY;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        max = fmax(max, (double)x[i]);
    }
    for (size_t i = 0; i < count; i++) {
        double e = exp(((double)x[i] - max) * (double)scale);
        sum += e;
        x[i] = (float)e;
    }
    return sum;
}

void qs_rows_sum_exp_reference(const float *x, size_t count, double *max, double *sum)
{
    for (size_t i = 0; i < count; i++) {
        double value = (double)x[i];
        double most = value > *max ? value : *max;
        *sum = (*sum > 0 ? *sum * exp(*max - most) : 0) + exp(value - most);
        *max = most;
    }
}
