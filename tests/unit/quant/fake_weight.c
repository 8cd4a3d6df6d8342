// Weights in memory: see fake_weight.h.
#include "fake_weight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*seed >> 32) + 0.5) * 0x1p-32;
}

static double draw(uint64_t *seed, double deviation)
{
    double angle = uniform(seed);
    double normal = sqrt(-2 * log(uniform(seed))) * cos(2 * 3.14159265358979 * angle);
    return deviation * normal * (uniform(seed) < 0.01 ? 8 : 1);
}

static void describe(struct fake *fake, enum qs_dtype dtype, uint64_t rows, uint64_t cols)
{
    const struct qs_dtype_traits *traits = qs_dtype_traits(dtype);
    *fake = (struct fake){.tensor = {.dtype = dtype, .ndim = 2, .dims = {rows, cols}, .values = rows * cols}};
    fake->weight.rows = rows;
    fake->weight.cols = cols;
    fake->weight.row_bytes = cols / traits->block_values * traits->block_bytes;
    fake->weight.readable = true;
    fake->tensor.bytes = rows * fake->weight.row_bytes;
    fake->data = malloc(fake->tensor.bytes);
    fake->values = malloc(rows * cols * sizeof *fake->values);
    if (!fake->data || !fake->values) {
        abort();
    }
    fake->weight.data = fake->data;
    fake->tensor.data = fake->data;
    fake->weight.tensor = &fake->tensor;
}

static void read_back(struct fake *fake)
{
    for (uint64_t row = 0; row < fake->weight.rows; row++) {
        qs_weight_row(&fake->weight, row, fake->values + row * fake->weight.cols);
    }
}

static void put(uint8_t *data, enum qs_dtype dtype, uint64_t index, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    uint16_t half = (uint16_t)(bits >> 16);
    if (dtype == QS_DTYPE_F64) {
        memcpy(data + 8 * index, &value, 8);
    } else if (dtype == QS_DTYPE_F32) {
        memcpy(data + 4 * index, &single, 4);
    } else if (dtype == QS_DTYPE_BF16) {
        memcpy(data + 2 * index, &half, 2);
    } else if (dtype == QS_DTYPE_F16) {
        // Truncated; below the smallest normal number, 0.
        int exponent = (int)(bits >> 23 & 0xff) - 112;
        uint32_t size = exponent > 0 ? (uint32_t)exponent << 10 | (bits >> 13 & 0x3ff) : 0;
        half = (uint16_t)((bits >> 16 & 0x8000) | size);
        memcpy(data + 2 * index, &half, 2);
    } else {
        // A block: a scale of 2^-10 in fp16, and 32 bytes.
        uint8_t *block = data + index / 32 * 34;
        half = 0x1400;
        memcpy(block, &half, 2);
        block[2 + index % 32] = (uint8_t)(int8_t)fmax(fmin(rint(value * 1024), 127), -127);
    }
}

void fake_make(struct fake *fake, enum fake_form form, uint64_t rows, uint64_t cols, double deviation, uint64_t seed)
{
    static const enum qs_dtype dtypes[FAKE_FORMS] = {
        QS_DTYPE_F32, QS_DTYPE_F64, QS_DTYPE_BF16, QS_DTYPE_F16,
        QS_DTYPE_Q8_0, QS_DTYPE_F32, QS_DTYPE_Q8_0, QS_DTYPE_BF16,
    };
    describe(fake, dtypes[form], rows, cols);
    for (uint64_t i = 0; i < rows * cols; i++) {
        put(fake->data, dtypes[form], i, draw(&seed, deviation));
    }
    fake->weight.heads = form == FAKE_PERMUTED || form == FAKE_Q8_0_PERMUTED ? 2 : 0;
    fake->weight.transposed = form == FAKE_TRANSPOSED;
    read_back(fake);
}

void fake_from(struct fake *fake, const float *values, uint64_t rows, uint64_t cols)
{
    describe(fake, QS_DTYPE_F32, rows, cols);
    memcpy(fake->data, values, rows * cols * sizeof *values);
    read_back(fake);
}

void fake_free(struct fake *fake)
{
    free(fake->data);
    free(fake->values);
    *fake = (struct fake){.data = NULL};
}
