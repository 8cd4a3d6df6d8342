// Matrix products: see product.h.
#include "infer/product.h"

#include <pthread.h>

#include <cblas.h>

static void limit_threads(void)
{
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    openblas_set_num_threads(1);
#endif
}

void qs_product_set_up(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, limit_threads);
}

void qs_product_rows(size_t rows, size_t cols, size_t inner, struct qs_matrix x, struct qs_matrix w, float keep,
                     float *y, size_t y_stride)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)cols, (int)inner, 1, x.data, (int)x.stride,
                w.data, (int)w.stride, keep, y, (int)y_stride);
}

void qs_product_plain(size_t rows, size_t cols, size_t inner, struct qs_matrix x, struct qs_matrix v, float *y,
                      size_t y_stride)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)cols, (int)inner, 1, x.data, (int)x.stride,
                v.data, (int)v.stride, 0, y, (int)y_stride);
}
