// Rows of a forward pass: see rows.h. What does not fill a vector at the end of a row is copied into one, so that the
// last values are computed as all others are.
#include "kernel/rows.h"

#include "kernel/exp.h"

#include <math.h>

QS_ALWAYS_INLINE qs_v16f load_16(const float *from)
{
    qs_v16f v;
    memcpy(&v, from, sizeof v);
    return v;
}

QS_ALWAYS_INLINE void store_16(float *to, const qs_v16f *v)
{
    memcpy(to, v, sizeof *v);
}

// Sixteen floats as two times eight doubles.
QS_ALWAYS_INLINE void widen(const qs_v16f *v, qs_v8d *low, qs_v8d *high)
{
    qs_v8f half[2];
    memcpy(half, v, sizeof half);
    *low = __builtin_convertvector(half[0], qs_v8d);
    *high = __builtin_convertvector(half[1], qs_v8d);
}

QS_ALWAYS_INLINE double fold(const qs_v8d *low, const qs_v8d *high)
{
    qs_v8d both = *low + *high;
    return ((both[0] + both[4]) + (both[2] + both[6])) + ((both[1] + both[5]) + (both[3] + both[7]));
}

QS_ALWAYS_INLINE void add_squares(const qs_v16f *v, qs_v8d *low, qs_v8d *high)
{
    qs_v8d a;
    qs_v8d b;
    widen(v, &a, &b);
    *low += a * a;
    *high += b * b;
}

QS_CLONES void qs_rows_norm(const float *x, const float *weight, size_t count, double eps, float *out)
{
    qs_v8d low = {0};
    qs_v8d high = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        qs_v16f v = load_16(x + i);
        add_squares(&v, &low, &high);
    }
    if (i < count) {
        qs_v16f v = {0};
        memcpy(&v, x + i, (count - i) * sizeof *x);
        add_squares(&v, &low, &high);
    }
    float scale = (float)(1 / sqrt(fold(&low, &high) / (double)count + eps));
    for (i = 0; i < count; i++) {
        out[i] = weight[i] * (x[i] * scale);
    }
}

QS_CLONES void qs_rows_rotate(float *x, const float *cos, const float *sin, size_t half)
{
    for (size_t i = 0; i < half; i++) {
        float a = x[i];
        float b = x[i + half];
        x[i] = a * cos[i] - b * sin[i];
        x[i + half] = b * cos[i] + a * sin[i];
    }
}

QS_ALWAYS_INLINE void gate_16(qs_v16f *gate, const qs_v16f *up)
{
    qs_v16f e = -*gate;
    qs_exp_16(&e);
    *gate = *gate / (1.0f + e) * *up;
}

QS_CLONES void qs_rows_gate(float *gate, const float *up, size_t count)
{
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        qs_v16f g = load_16(gate + i);
        qs_v16f u = load_16(up + i);
        gate_16(&g, &u);
        store_16(gate + i, &g);
    }
    if (i < count) {
        qs_v16f g = {0};
        qs_v16f u = {0};
        memcpy(&g, gate + i, (count - i) * sizeof *gate);
        memcpy(&u, up + i, (count - i) * sizeof *up);
        gate_16(&g, &u);
        memcpy(gate + i, &g, (count - i) * sizeof *gate);
    }
}

QS_CLONES void qs_rows_add(float *x, const float *y, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] += y[i];
    }
}

QS_CLONES void qs_rows_scale(float *x, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++) {
        x[i] *= factor;
    }
}

// The largest value that is no NaN; -INFINITY where there is none.
QS_ALWAYS_INLINE float largest(const float *x, size_t count)
{
    qs_v16f most = (qs_v16f){0} - INFINITY;
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        qs_v16f v = load_16(x + i);
        qs_at_least_16(&most, &v);
    }
    float max = -INFINITY;
    for (; i < count; i++) {
        max = x[i] > max ? x[i] : max;
    }
    for (size_t lane = 0; lane < 16; lane++) {
        max = most[lane] > max ? most[lane] : max;
    }
    return max;
}

QS_CLONES double qs_rows_softmax(float *x, size_t count, float scale)
{
    float max = largest(x, count);
    qs_v8d low = {0};
    qs_v8d high = {0};
    qs_v8d a;
    qs_v8d b;
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        qs_v16f v = (load_16(x + i) - max) * scale;
        qs_exp_16(&v);
        store_16(x + i, &v);
        widen(&v, &a, &b);
        low += a;
        high += b;
    }
    if (i < count) {
        qs_v16f v = {0};
        memcpy(&v, x + i, (count - i) * sizeof *x);
        v = (v - max) * scale;
        qs_exp_16(&v);
        for (size_t lane = count - i; lane < 16; lane++) {
            v[lane] = 0;
        }
        memcpy(x + i, &v, (count - i) * sizeof *x);
        widen(&v, &a, &b);
        low += a;
        high += b;
    }
    return fold(&low, &high);
}

QS_CLONES void qs_rows_sum_exp(const float *x, size_t count, double *max, double *sum)
{
    double most = (double)largest(x, count);
    most = most > *max ? most : *max;
    qs_v8d low = {0};
    qs_v8d high = {0};
    for (size_t i = 0; i < count; i += 16) {
        qs_v16f v = (qs_v16f){0} - INFINITY;
        memcpy(&v, x + i, (count - i < 16 ? count - i : 16) * sizeof *x);
        qs_v8d a;
        qs_v8d b;
        widen(&v, &a, &b);
        a -= most;
        b -= most;
        qs_exp_8(&a);
        qs_exp_8(&b);
        low += a;
        high += b;
    }
    double before = *sum > 0 || *sum != *sum ? *sum * exp(*max - most) : 0;
    *sum = before + fold(&low, &high);
    *max = most;
}

QS_CLONES bool qs_rows_finite(const float *x, size_t count)
{
    int bad = 0;
    for (size_t i = 0; i < count; i++) {
        int bits;
        memcpy(&bits, x + i, sizeof bits);
        bad |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !bad;
}
