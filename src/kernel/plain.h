// Rows of plain types (one number after another) to float32, dispatched per CPU. Internal to src/kernel: see
// qs_dtype_to_f32 for what holds.
#ifndef QS_KERNEL_PLAIN_H
#define QS_KERNEL_PLAIN_H

#include "kernel/dtype.h"

// dtype: one of which qs_dtype_is_float holds. src: count values, any alignment; dst: f32[count].
void qs_plain_row(enum qs_dtype dtype, const uint8_t *src, size_t count, float *dst);

#endif
