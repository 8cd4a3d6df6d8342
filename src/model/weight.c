// A module's values in Hugging Face order (qs_weight_* of model.h).
//
// Values that stand in the file as they are wanted are used where they are. Permuted rows are put together row by row,
// transposed weights value by value; types that are no plain floats of 16 or more bits are converted to float32.
// F64 values that must be moved are rounded to float32, as scratch holds no more.
#include "model/model.h"

#include <string.h>

// The row of the file that is row `row` of the weight (see struct qs_weight).
static uint64_t stored_row(const struct qs_weight *weight, uint64_t row)
{
    if (weight->heads == 0) {
        return row;
    }
    uint64_t per_head = weight->rows / weight->heads;
    uint64_t head = row / per_head;
    uint64_t half = row % per_head / (per_head / 2);
    uint64_t pair = row % (per_head / 2);
    return head * per_head + 2 * pair + half;
}

static const uint8_t *value_at(const struct qs_weight *weight, uint64_t row, uint64_t col)
{
    const struct qs_dtype_traits *traits = qs_dtype_traits(weight->tensor->dtype);
    if (weight->transposed) { // stored as (cols, rows)
        return weight->data + (col * weight->rows + row) * traits->block_bytes;
    }
    const uint8_t *stored = weight->data + stored_row(weight, row) * weight->row_bytes;
    return stored + col / traits->block_values * traits->block_bytes;
}

static bool usable_in_place(enum qs_dtype dtype)
{
    return dtype == QS_DTYPE_F64 || dtype == QS_DTYPE_F32 || dtype == QS_DTYPE_F16 || dtype == QS_DTYPE_BF16;
}

const void *qs_weight_span(const struct qs_weight *weight, uint64_t first, size_t count, void *scratch,
                           enum qs_dtype *out_dtype)
{
    enum qs_dtype dtype = weight->tensor->dtype;
    uint64_t row = first / weight->cols;
    uint64_t col = first % weight->cols;
    bool in_order = !weight->transposed && (weight->heads == 0 || count <= weight->cols - col);
    if (in_order && usable_in_place(dtype)) {
        *out_dtype = dtype;
        return value_at(weight, row, col);
    }
    bool convert = !usable_in_place(dtype) || dtype == QS_DTYPE_F64;
    enum qs_dtype type = convert ? QS_DTYPE_F32 : dtype;
    size_t value_bytes = qs_dtype_traits(type)->block_bytes;
    uint8_t *to = scratch;
    for (size_t done = 0; done < count;) {
        // One piece: values that follow each other in the file and in the weight.
        uint64_t rest = weight->transposed ? 1 : in_order ? count : weight->cols - col;
        size_t piece = rest < count - done ? (size_t)rest : count - done;
        const uint8_t *from = value_at(weight, row, col);
        if (convert) {
            qs_dtype_to_f32(dtype, from, piece, (float *)(void *)to);
        } else {
            memcpy(to, from, piece * value_bytes);
        }
        to += piece * value_bytes;
        done += piece;
        col += piece;
        if (col >= weight->cols) {
            col = 0;
            row++;
        }
    }
    *out_dtype = type;
    return scratch;
}

void qs_weight_row(const struct qs_weight *weight, uint64_t row, float *out)
{
    if (!weight->transposed) {
        qs_dtype_to_f32(weight->tensor->dtype, value_at(weight, row, 0), (size_t)weight->cols, out);
        return;
    }
    for (uint64_t col = 0; col < weight->cols; col++) {
        qs_dtype_to_f32(weight->tensor->dtype, value_at(weight, row, col), 1, out + col);
    }
}
