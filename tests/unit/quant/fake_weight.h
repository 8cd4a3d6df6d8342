// Weights in memory, as a model would give them, in every form that reading has to undo.
#ifndef QS_TESTS_FAKE_WEIGHT_H
#define QS_TESTS_FAKE_WEIGHT_H

#include "model/model.h"

enum fake_form {
    FAKE_F32,
    FAKE_F64,
    FAKE_BF16,
    FAKE_F16,
    FAKE_Q8_0,          // blocks of 32: cols is a multiple of 32
    FAKE_PERMUTED,      // F32, two heads: rows is a multiple of 4
    FAKE_Q8_0_PERMUTED, // both
    FAKE_TRANSPOSED,    // BF16, stored as (cols, rows)
    FAKE_FORMS
};

struct fake {
    struct qs_tensor tensor;
    struct qs_weight weight; // valid as long as the fake stays where it is
    uint8_t *data;
    float *values;           // f32[rows][cols]: what reading the weight gives
};

// Normal weights of a standard deviation, one in a hundred 8 times as large; the same for the same seed.
void fake_make(struct fake *fake, enum fake_form form, uint64_t rows, uint64_t cols, double deviation, uint64_t seed);

// F32, of given values.
void fake_from(struct fake *fake, const float *values, uint64_t rows, uint64_t cols);

void fake_free(struct fake *fake);

#endif
