// How fast the error grid computes: a matrix in memory, every quantizer and rung, both axes, one thread and all.
//
//     bench_quant [ROWS [COLS [REPETITIONS [FILE]]]]     FILE receives the matrix, for hqq_python.py
//
// The bound: one HQQ evaluation costs at least OPS vector operations for 16 weights (kernel/tile.c: the pass of one
// step, without loads, loop control, sums over groups and the reading of weights). How many such operations a second
// one core makes, a loop of independent additions and multiplications in registers measures, in the same run; a chain
// of dependent integer additions measures the clock. "of bound" is one thread's share of what that rate allows for 21
// evaluations (RTN: one); where groups settle before the last step fewer are made, so that it says how far the whole
// is from making all of them at full speed.
#include "base/attr.h"
#include "base/number.h"
#include "base/pool.h"
#include "quant/error_grid.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REPETITIONS_MAX = 99, OPS = 17 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

// Cycles a second: additions that wait for each other, one a cycle.
static double measure_clock(void)
{
    uint64_t sum = 1;
    uint64_t rounds = 30000000;
    double start = now();
    for (uint64_t i = 0; i < rounds; i++) {
        for (int k = 0; k < 8; k++) {
            sum += i;
            __asm__ volatile("" : "+r"(sum)); // neither folded nor reordered
        }
    }
    return 8 * (double)rounds / (now() - start);
}

typedef float v16f __attribute__((vector_size(64)));

// Additions and multiplications by what changes nothing, of twelve vectors of 16: enough to wait for none.
QS_CLONES
static float spin_twelve(uint64_t rounds, float one, float none)
{
    v16f a = (v16f){0} + one;
    v16f b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
    for (uint64_t round = 0; round < rounds; round++) {
        a *= one, b *= one, c *= one, d *= one, e *= one, f *= one;
        g += none, h += none, i += none, j += none, k += none, l += none;
    }
    a += b + c + d + e + f + g + h + i + j + k + l;
    return a[0];
}

// The same of three, where a vector takes four registers of sixteen.
QS_CLONES
static float spin_three(uint64_t rounds, float one, float none)
{
    v16f a = (v16f){0} + one;
    v16f b = a, c = a;
    for (uint64_t round = 0; round < rounds; round++) {
        a *= one, b += none, c *= one;
        a += none, b *= one, c += none;
    }
    a += b + c;
    return a[0];
}

// Vector operations of 16 floats a second, of one core.
static double measure_vectors(void)
{
    volatile float one = 1;
    volatile float none = 0;
    uint64_t rounds = 10000000;
    double best = 0;
    for (int i = 0; i < 3; i++) {
        double start = now();
        volatile float sink = spin_twelve(rounds, one, none);
        double middle = now();
        sink = spin_three(rounds, one, none);
        (void)sink;
        best = fmax(best, fmax(12 * (double)rounds / (middle - start), 6 * (double)rounds / (now() - middle)));
    }
    return best;
}

static double normal(uint64_t *state)
{
    double u[2];
    for (int i = 0; i < 2; i++) {
        *state = *state * 6364136223846793005U + 1442695040888963407U;
        u[i] = ((double)(*state >> 32) + 0.5) * 0x1p-32;
    }
    return 0.02 * sqrt(-2 * log(u[0])) * cos(2 * 3.14159265358979 * u[1]);
}

static enum qs_status run(struct qs_pool *pool, const struct qs_weight *weight, enum qs_quantizer_kind kind,
                          uint32_t axis, size_t rung, double *seconds, struct qs_rung_error *result,
                          struct qs_error *err)
{
    struct qs_quantizer quantizer = qs_quantizer_defaults;
    quantizer.axis = axis;
    static struct qs_error_job job;
    memset(&job, 0, sizeof job);
    job.weight = weight;
    job.wanted[kind] = (uint64_t)1 << rung;
    double start = now();
    enum qs_status status = qs_error_grid(pool, &quantizer, &qs_ladder_hqq, &job, 1, NULL, err);
    *seconds = now() - start;
    *result = job.results[kind][rung];
    return status;
}

int main(int argc, char **argv)
{
    uint64_t rows = 4096;
    uint64_t cols = 4096;
    uint64_t repetitions = 3;
    if (argc > 5 || (argc > 1 && !qs_parse_u64(argv[1], &rows)) || (argc > 2 && !qs_parse_u64(argv[2], &cols)) ||
        (argc > 3 && !qs_parse_u64(argv[3], &repetitions)) || rows < 1 || rows > 65536 || cols < 128 || cols > 65536 ||
        cols % 128 || repetitions < 1 || repetitions > REPETITIONS_MAX) {
        fprintf(stderr, "usage: bench_quant [ROWS [COLS [REPETITIONS [FILE]]]]; columns are a multiple of 128\n");
        return 2;
    }
    unsigned cpus = qs_cpu_count();
    uint64_t values = rows * cols;
    struct qs_pool *pools[2] = {NULL, NULL};
    struct qs_error err = {0};
    int exit_status = 1;
    float *data = malloc(values * sizeof *data);
    if (!data || qs_pool_new(1, &pools[0], &err) != QS_OK || qs_pool_new(cpus, &pools[1], &err) != QS_OK) {
        fprintf(stderr, "bench_quant: %s\n", err.text[0] ? err.text : "out of memory");
        goto out;
    }
    uint64_t state = 1;
    for (uint64_t i = 0; i < values; i++) {
        data[i] = (float)normal(&state);
    }
    FILE *file = argc > 4 ? fopen(argv[4], "wb") : NULL;
    if (argc > 4 && (!file || fwrite(data, sizeof *data, values, file) != values || fclose(file) != 0)) {
        fprintf(stderr, "bench_quant: %s: cannot be written\n", argv[4]);
        goto out;
    }
    struct qs_tensor tensor = {.dtype = QS_DTYPE_F32, .ndim = 2, .dims = {rows, cols}, .values = values};
    tensor.data = (const uint8_t *)data;
    tensor.bytes = values * sizeof *data;
    struct qs_weight weight = {.tensor = &tensor, .rows = rows, .cols = cols, .readable = true};
    weight.data = tensor.data;
    weight.row_bytes = cols * sizeof *data;

    double clock = measure_clock();
    double vectors = measure_vectors();
    double per_evaluation = vectors * QS_TILE_LANES / OPS;
    printf("%llu x %llu float32, normal, deviation 0.02; millions of weights a second, medians of %llu\n"
           "one core: %.2f GHz, %.2f operations on 16 floats a cycle; an evaluation of a weight takes %d/16 of them:\n"
           "at most %.0f million HQQ weights a second with 20 steps and no group settled, %.0f RTN\n",
           (unsigned long long)rows, (unsigned long long)cols, (unsigned long long)repetitions, 1e-9 * clock,
           vectors / clock, OPS, 1e-6 * per_evaluation / 21, 1e-6 * per_evaluation);
    printf("%-9s %4s %-7s %10s %10s %6s %8s %14s\n", "quantizer", "axis", "rung", "1 thread", "all", "steps",
           "of bound", "fnorm");
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        for (uint32_t axis = 0; axis < 2; axis++) {
            for (size_t rung = 0; rung < qs_ladder_hqq.count; rung++) {
                if (kind == QS_QUANTIZER_NF4 && (axis == 0 || qs_ladder_hqq.rungs[rung].bits != 4)) {
                    continue;
                }
                double seconds[2][REPETITIONS_MAX];
                struct qs_rung_error result = {0};
                for (uint64_t r = 0; r < repetitions; r++) {
                    for (int p = 0; p < 2; p++) {
                        if (run(pools[p], &weight, kind, axis, rung, &seconds[p][r], &result, &err) != QS_OK) {
                            fprintf(stderr, "bench_quant: %s\n", err.text);
                            goto out;
                        }
                    }
                }
                double one = (double)values / median(seconds[0], (size_t)repetitions);
                double all = (double)values / median(seconds[1], (size_t)repetitions);
                char name[QS_RUNG_NAME_MAX];
                char share[16] = "-";
                if (kind != QS_QUANTIZER_NF4) {
                    double bound = per_evaluation / (kind == QS_QUANTIZER_HQQ ? 21 : 1);
                    snprintf(share, sizeof share, "%.0f %%", 100 * one / bound);
                }
                printf("%-9s %4u %-7s %10.1f %10.1f %6u %8s %14.8g\n", qs_quantizer_name(kind), axis,
                       qs_rung_name(qs_ladder_hqq.rungs[rung], name), 1e-6 * one, 1e-6 * all, result.steps, share,
                       result.fnorm);
                fflush(stdout);
            }
        }
    }
    printf("all: %u threads; of bound: one thread's share of what the arithmetic allows for all evaluations\n", cpus);
    exit_status = 0;
out:
    qs_pool_free(pools[0]);
    qs_pool_free(pools[1]);
    free(data);
    return exit_status;
}
