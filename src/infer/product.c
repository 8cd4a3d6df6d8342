// Matrix products: see product.h.
#include "infer/product.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#if defined __x86_64__ && defined HAVE_GOTOBLAS_DYNAMIC_INIT && defined HAVE_GOTOBLAS_DYNAMIC_QUIT && \
    defined HAVE_OPENBLAS_GET_CORENAME

// What OpenBLAS exports, but declares in no header.
void gotoblas_dynamic_init(void);
void gotoblas_dynamic_quit(void);

// An OpenBLAS that is older than the processor does not know it by its number and falls back to the oldest kernels,
// Prescott's, which are up to eight times slower. What the processor can do decides better; whoever sets
// OPENBLAS_CORETYPE decides best.
static void choose_kernels(void)
{
    static const char variable[] = "OPENBLAS_CORETYPE";
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (!avx2 || getenv(variable) || strcmp(openblas_get_corename(), "Prescott") != 0) {
        return;
    }
    if (setenv(variable, avx512 ? "SkylakeX" : "Haswell", 1) == 0) {
        gotoblas_dynamic_quit();
        gotoblas_dynamic_init();
        unsetenv(variable);
    }
}

#else

static void choose_kernels(void)
{
}

#endif

static void set_up(void)
{
    choose_kernels();
#ifdef HAVE_OPENBLAS_SET_NUM_THREADS
    openblas_set_num_threads(1);
#endif
}

void qs_product_set_up(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
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
