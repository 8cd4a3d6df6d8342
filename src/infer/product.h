// Matrix products in float32, through CBLAS. Internal to src/infer.
//
// The library computes each product in the calling thread: work is spread over a qs_pool by giving every worker
// products of its own, of shapes that do not depend on the number of threads. So results have the same bits for any
// number of threads; they differ in the last bits between processors, as BLAS kernels do. Sums are float32, in the
// library's order: the error of a sum of n terms is below n * 6e-8 of the sum of their absolute values.
#ifndef QS_INFER_PRODUCT_H
#define QS_INFER_PRODUCT_H

#include <stddef.h>

// Before the first product: keeps the library from working with threads of its own, and has an OpenBLAS that does not
// know the processor use kernels that fit it. Any number of times, from any thread.
void qs_product_set_up(void);

// A row-major matrix: value (row, col) at data[row*stride + col].
struct qs_matrix {
    const float *data;
    size_t stride;
};

// y = keep*y + x w^T.  x: (rows, inner), w: (cols, inner), y: (rows, cols); each count below 2^31. Where keep is 0, y
// is only written.
void qs_product_rows(size_t rows, size_t cols, size_t inner, struct qs_matrix x, struct qs_matrix w, float keep,
                     float *y, size_t y_stride);

// y = x v.  x: (rows, inner), v: (inner, cols), y: (rows, cols).
void qs_product_plain(size_t rows, size_t cols, size_t inner, struct qs_matrix x, struct qs_matrix v, float *y,
                      size_t y_stride);

#endif
