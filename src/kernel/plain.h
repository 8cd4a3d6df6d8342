// Rows of plain types (one number after another) to float32, dispatched per CPU. Internal to src/kernel: see
// qs_dtype_to_f32 for what holds. src: count values, any alignment; dst: f32[count].
#ifndef QS_KERNEL_PLAIN_H
#define QS_KERNEL_PLAIN_H

#include <stddef.h>
#include <stdint.h>

void qs_f64_row(const uint8_t *src, size_t count, float *dst);
void qs_f16_row(const uint8_t *src, size_t count, float *dst);
void qs_bf16_row(const uint8_t *src, size_t count, float *dst);
void qs_f8_e4m3_row(const uint8_t *src, size_t count, float *dst);
void qs_f8_e5m2_row(const uint8_t *src, size_t count, float *dst);

#endif
