// Weights as float32: see values.h.
#include "quant/values.h"

#include "base/attr.h"

#include <string.h>

void qs_values_read(const struct qs_weight *weight, uint64_t first, size_t count, float *out, float *scratch)
{
    uint64_t total = weight->rows * weight->cols;
    uint64_t block = qs_dtype_traits(weight->tensor->dtype)->block_values;
    while (count > 0) {
        uint64_t from = first / block * block;
        size_t take = (size_t)(total - from < QS_SPAN_MAX ? total - from : QS_SPAN_MAX);
        size_t skip = (size_t)(first - from);
        size_t use = take - skip < count ? take - skip : count;
        size_t whole = (skip + use + (size_t)block - 1) / (size_t)block * (size_t)block;
        enum qs_dtype dtype;
        const void *span = qs_weight_span(weight, from, whole, scratch, &dtype);
        // Types of more than one value a block come as F32; of others nothing is skipped.
        if (dtype == QS_DTYPE_F32) {
            memcpy(out, (const char *)span + skip * sizeof(float), use * sizeof(float));
        } else {
            qs_dtype_to_f32(dtype, span, use, out);
        }
        out += use;
        first += use;
        count -= use;
    }
}

QS_CLONES
static unsigned largest_magnitude(const float *values, size_t count)
{
    unsigned largest = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned bits;
        memcpy(&bits, &values[i], sizeof bits);
        bits &= 0x7fffffffu;
        largest = bits > largest ? bits : largest;
    }
    return largest;
}

bool qs_values_usable(const float *values, size_t count)
{
    return largest_magnitude(values, count) < 0x5c000000u; // 2^57
}
