// A quantized matrix: codes with a scale and a zero per group, as a commit writes it.
#ifndef QS_QUANT_QUANTIZED_H
#define QS_QUANT_QUANTIZED_H

#include "base/error.h"
#include "model/model.h"
#include "quant/quantizer.h"
#include "quant/rung.h"

#include <stdint.h>

// A scale or zero array quantized once more: to 8 bits in groups of 128 consecutive values (the last may be shorter),
// each with a scale and zero that fp16 holds (METHODS section 1, storage meta8). value = (code - zero)*scale, within
// scale/2 of what it was. scale is max(range/254, largest/2000, 2^-24) rounded up to fp16, zero an integer: METHODS'
// RTN would take every range below 1e-4 for nothing, and the scales of 128 neighbours hardly ever differ by more.
struct qs_meta8 {
    uint8_t *codes;  // [groups]
    float *scale;    // [meta_groups], values that fp16 holds exactly
    float *zero;     // [meta_groups]
    uint64_t groups;
    uint64_t meta_groups; // ceil(groups / 128)
};

struct qs_quantized {
    uint64_t rows;
    uint64_t cols;
    struct qs_rung rung;
    enum qs_quantizer_kind kind;
    uint32_t axis;
    uint32_t steps;   // HQQ steps taken
    uint64_t groups;  // rows*cols / group_size
    uint8_t *codes;   // axis 1: [groups][group_size]; axis 0: [group_size][groups]. HQQ's own layouts
    float *scale;     // [groups]: HQQ's stored scale, w = (code - zero)*scale; NF4: the group's absolute maximum
    float *zero;      // [groups]; NULL for NF4, w = codebook[code]*scale
    struct qs_meta8 scale8; // empty unless qs_quantized_meta8 was called
    struct qs_meta8 zero8;
};

// Quantizes a weight. QS_USAGE for bad parameters; QS_BAD_INPUT (the text says why, without the module's name) where
// the group size does not divide the number of weights, a weight is not finite or beyond 2^57, or the quantizer has no
// such rung; QS_FAILED for want of memory. One thread; thread-safe.
enum qs_status qs_quantize(const struct qs_weight *weight, const struct qs_quantizer *quantizer, struct qs_rung rung,
                           struct qs_quantized *out, struct qs_error *err) QS_MUST_USE;
void qs_quantized_free(struct qs_quantized *quantized); // zeroes it; NULL is fine

// Replaces scale and zero by what 8-bit storage gives back, and keeps the 8-bit form; nothing where that was done
// before. Not for NF4 (QS_USAGE); QS_BAD_INPUT where a meta group's scale would be beyond 65504. On failure nothing
// changes.
enum qs_status qs_quantized_meta8(struct qs_quantized *quantized, struct qs_error *err) QS_MUST_USE;

// out: f32[rows][cols]
void qs_dequantize(const struct qs_quantized *quantized, float *out);

#endif
