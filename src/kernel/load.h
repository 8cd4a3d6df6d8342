// Reading one stored value. Internal to src/kernel.
#ifndef QS_KERNEL_LOAD_H
#define QS_KERNEL_LOAD_H

#include "base/attr.h"
#include "kernel/dtype.h"
#include "kernel/float_bits.h"

#include <string.h>

// Value i of those stored at src, any alignment. dtype: F64, F32, F16 or BF16, a constant where this is in a loop that
// should be fast.
QS_ALWAYS_INLINE double qs_load_value(enum qs_dtype dtype, const uint8_t *src, size_t i)
{
    double value;
    switch (dtype) {
    case QS_DTYPE_F16:
        return (double)qs_f16_to_f32(qs_load_u16(src + 2 * i));
    case QS_DTYPE_BF16:
        return (double)qs_bf16_to_f32(qs_load_u16(src + 2 * i));
    case QS_DTYPE_F32:
        return (double)qs_f32_from_bits(qs_load_u32(src + 4 * i));
    default:
        memcpy(&value, src + 8 * i, sizeof value);
        return value;
    }
}

#endif
