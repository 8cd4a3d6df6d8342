// Reading a weight's values as float32 for quantization. Internal to src/quant.
#ifndef QS_QUANT_VALUES_H
#define QS_QUANT_VALUES_H

#include "model/model.h"

#include <stdbool.h>

// The values [first, first + count), any alignment, to out: f32[count]. scratch: f32[QS_SPAN_MAX], 64-byte aligned.
void qs_values_read(const struct qs_weight *weight, uint64_t first, size_t count, float *out, float *scratch);

// Whether every value is a number within (-2^57, 2^57): a group's range is then below 2^58, no error of a zero within
// it above 2^59, and the sum of 256 squares below 2^126, within float32.
bool qs_values_usable(const float *values, size_t count);

#endif
