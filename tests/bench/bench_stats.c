// Throughput of weight statistics beside the machine's memory read bandwidth, measured in turns in the same run.
//
//     bench_stats [MIB [REPETITIONS]]
//
// One buffer of MIB mebibytes (512: far more than any cache) holds normal weights of one storage type after another.
// Each repetition reads it as a whole, with one thread and with all, in three ways: `read` (the OR of all its bits: the
// bandwidth), `moments` (kernel/moments.h over spans, joined) and `all` (every statistic of stats/weights.h: moments,
// percentiles, histogram). Medians are reported; GB/s are of weights as stored, and the share is of the bandwidth in
// the same rows.
#include "base/number.h"
#include "base/pool.h"
#include "kernel/moments.h"
#include "stats/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    TILE_VALUES = 1 << 20,
    PIECE_BYTES = 1 << 20,
    CHUNK_VALUES = 1 << 16,
    RUN = 512,    // bytes
    AHEAD = 8192, // bytes that are prefetched
    REPETITIONS_MAX = 101,
};

enum way { READ, MOMENTS, ALL, WAYS };

static const enum qs_dtype types[] = {QS_DTYPE_F32, QS_DTYPE_F16, QS_DTYPE_BF16, QS_DTYPE_Q8_0};

struct bench {
    struct qs_pool *pool;
    struct qs_tensor tensor;
    struct qs_weight weight;
    uint8_t *data;
    uint64_t bytes;
    struct qs_moments *moments; // of every chunk
    float *scratch;             // [threads][QS_SPAN_MAX]
    uint64_t *bits;             // [threads][8]: a cache line each
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

QS_CLONES static uint64_t read_piece(const uint8_t *data, size_t bytes)
{
    uint64_t lanes[64] = {0};
    for (size_t at = 0; at + RUN <= bytes; at += RUN) {
        for (size_t line = 0; line < RUN; line += 64) { // the processor's own prefetching alone is slower
            __builtin_prefetch((const void *)((uintptr_t)data + at + AHEAD + line));
        }
        for (size_t i = 0; i < 64; i++) {
            uint64_t word;
            memcpy(&word, data + at + 8 * i, sizeof word);
            lanes[i] |= word;
        }
    }
    uint64_t any = 0;
    for (size_t i = 0; i < 64; i++) {
        any |= lanes[i];
    }
    return any;
}

static void read_work(void *context, size_t index, unsigned worker)
{
    struct bench *bench = context;
    bench->bits[8 * worker] |= read_piece(bench->data + index * PIECE_BYTES, PIECE_BYTES);
}

static void moments_work(void *context, size_t index, unsigned worker)
{
    struct bench *bench = context;
    struct qs_moments joined = {0};
    uint64_t first = (uint64_t)index * CHUNK_VALUES;
    for (uint64_t at = first; at < first + CHUNK_VALUES && at < bench->tensor.values; at += QS_SPAN_MAX) {
        uint64_t rest = bench->tensor.values - at;
        size_t count = rest < QS_SPAN_MAX ? (size_t)rest : QS_SPAN_MAX;
        enum qs_dtype dtype;
        struct qs_moments moments;
        const void *span = qs_weight_span(&bench->weight, at, count, bench->scratch + worker * QS_SPAN_MAX, &dtype);
        qs_moments_span(dtype, span, count, &moments);
        qs_moments_join(&joined, &moments);
    }
    bench->moments[index] = joined;
}

// Runs one way and returns its seconds.
static double run(struct bench *bench, enum way way, double *kurtosis)
{
    double start = now();
    if (way == READ) {
        qs_pool_for(bench->pool, bench->bytes / PIECE_BYTES, read_work, bench);
    } else if (way == MOMENTS) {
        size_t chunks = (size_t)((bench->tensor.values + CHUNK_VALUES - 1) / CHUNK_VALUES);
        struct qs_moments joined = {0};
        qs_pool_for(bench->pool, chunks, moments_work, bench);
        for (size_t i = 0; i < chunks; i++) {
            qs_moments_join(&joined, &bench->moments[i]);
        }
        *kurtosis = (double)joined.count * joined.m4 / (joined.m2 * joined.m2);
    } else {
        struct qs_weight_stats stats;
        const struct qs_weight *weights[1] = {&bench->weight};
        if (qs_weight_stats_layer(bench->pool, weights, 1, &stats, NULL, NULL) != QS_OK) {
            return NAN;
        }
        *kurtosis = stats.kurtosis;
    }
    return now() - start;
}

// Normal values of deviation 0.02 by Box and Muller, from a small generator.
static double next_normal(uint64_t *state)
{
    double u[2];
    for (int i = 0; i < 2; i++) {
        *state = *state * 6364136223846793005U + 1442695040888963407U;
        u[i] = ((double)(*state >> 32) + 0.5) * 0x1p-32;
    }
    return 0.02 * sqrt(-2 * log(u[0])) * cos(2 * 3.14159265358979 * u[1]);
}

// One tile of values as stored, over and over.
static void fill(struct bench *bench, enum qs_dtype dtype, uint8_t *tile)
{
    const struct qs_dtype_traits *traits = qs_dtype_traits(dtype);
    uint64_t state = 1;
    for (size_t i = 0; i < TILE_VALUES; i++) {
        float value = (float)next_normal(&state);
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        uint16_t half = (uint16_t)(bits >> 16);
        if (dtype == QS_DTYPE_F32) {
            memcpy(tile + 4 * i, &value, sizeof value);
        } else if (dtype == QS_DTYPE_BF16) {
            memcpy(tile + 2 * i, &half, sizeof half);
        } else if (dtype == QS_DTYPE_F16) {
            // Truncated; below the smallest normal number, 0.
            int32_t exponent = (int32_t)(bits >> 23 & 0xff) - 112;
            uint32_t magnitude = exponent > 0 ? (uint32_t)exponent << 10 | (bits >> 13 & 0x3ff) : 0;
            half = (uint16_t)((bits >> 16 & 0x8000) | magnitude);
            memcpy(tile + 2 * i, &half, sizeof half);
        } else {
            // A block: an f16 scale (2^-10) and 32 bytes.
            uint8_t *block = tile + i / 32 * traits->block_bytes;
            half = 0x1400;
            memcpy(block, &half, sizeof half);
            double q = rint((double)value * 1024);
            block[2 + i % 32] = (uint8_t)(int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
        }
    }
    size_t tile_bytes = (size_t)TILE_VALUES / traits->block_values * traits->block_bytes;
    for (uint64_t at = 0; at < bench->bytes; at += tile_bytes) {
        uint64_t rest = bench->bytes - at;
        memcpy(bench->data + at, tile, rest < tile_bytes ? (size_t)rest : tile_bytes);
    }
    uint64_t values = bench->bytes / traits->block_bytes * traits->block_values;
    bench->tensor = (struct qs_tensor){.dtype = dtype, .ndim = 2, .dims = {1, values}, .values = values};
    bench->tensor.data = bench->data;
    bench->tensor.bytes = values / traits->block_values * traits->block_bytes;
    bench->weight = (struct qs_weight){.tensor = &bench->tensor, .rows = 1, .cols = values, .readable = true};
    bench->weight.data = bench->data;
    bench->weight.row_bytes = bench->tensor.bytes;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, size_t count)
{
    double sorted[REPETITIONS_MAX];
    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static void report(const struct bench *bench, unsigned threads, double (*seconds)[REPETITIONS_MAX], size_t repetitions)
{
    double bytes = (double)bench->tensor.bytes;
    double values = (double)bench->tensor.values;
    double time[WAYS];
    for (enum way way = 0; way < WAYS; way++) {
        time[way] = median(seconds[way], repetitions);
    }
    printf("%-5s %7u %8.1f %9.1f %5.0f %% %8.1f %5.0f %% %10.3f %10.3f\n", qs_dtype_traits(bench->tensor.dtype)->name,
           threads, 1e-9 * (double)bench->bytes / time[READ], 1e-9 * bytes / time[MOMENTS],
           100 * time[READ] / time[MOMENTS], 1e-9 * bytes / time[ALL], 100 * time[READ] / time[ALL],
           1e9 * time[MOMENTS] / values, 1e9 * (time[ALL] - time[MOMENTS]) / values);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    uint64_t mib = 512;
    uint64_t repetitions = 9;
    if (argc > 3 || (argc > 1 && !qs_parse_u64(argv[1], &mib)) || (argc > 2 && !qs_parse_u64(argv[2], &repetitions)) ||
        mib < 1 || mib > 65536 || repetitions < 1 || repetitions > REPETITIONS_MAX) {
        fprintf(stderr, "usage: bench_stats [MIB [REPETITIONS]]\n");
        return 2;
    }
    unsigned cpus = qs_cpu_count();
    struct bench bench = {.bytes = mib << 20};
    struct qs_pool *pools[2] = {NULL, NULL};
    struct qs_error err = {0};
    uint8_t *tile = malloc((size_t)TILE_VALUES * 4);
    int status = 1;
    bench.data = malloc(bench.bytes);
    bench.moments = malloc((bench.bytes / CHUNK_VALUES + 1) * sizeof *bench.moments);
    bench.scratch = aligned_alloc(64, cpus * QS_SPAN_MAX * sizeof *bench.scratch);
    bench.bits = calloc(8 * (size_t)cpus, sizeof *bench.bits);
    if (!tile || !bench.data || !bench.moments || !bench.scratch || !bench.bits ||
        qs_pool_new(1, &pools[0], &err) != QS_OK || qs_pool_new(cpus, &pools[1], &err) != QS_OK) {
        fprintf(stderr, "bench_stats: %s\n", err.text[0] ? err.text : "out of memory");
        goto out;
    }
    printf("%llu MiB of weights, medians of %llu, GB/s of weights as stored\n", (unsigned long long)mib,
           (unsigned long long)repetitions);
    printf("%-5s %7s %8s %9s %7s %8s %7s %10s %10s\n", "type", "threads", "read", "moments", "share", "all", "share",
           "moments ns", "others add");
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        static double seconds[2][WAYS][REPETITIONS_MAX];
        double kurtosis[WAYS] = {0};
        fill(&bench, types[t], tile);
        for (size_t r = 0; r < repetitions; r++) {
            for (size_t p = 0; p < 2; p++) {
                for (enum way way = 0; way < WAYS; way++) {
                    bench.pool = pools[p];
                    seconds[p][way][r] = run(&bench, way, &kurtosis[way]);
                }
            }
        }
        if (!(fabs(kurtosis[MOMENTS] / kurtosis[ALL] - 1) < 1e-12)) {
            fprintf(stderr, "bench_stats: the two ways give kurtosis %.17g and %.17g\n", kurtosis[MOMENTS],
                    kurtosis[ALL]);
            goto out;
        }
        report(&bench, 1, seconds[0], (size_t)repetitions);
        report(&bench, cpus, seconds[1], (size_t)repetitions);
    }
    printf("moments ns: of one value; others add: what percentiles, histogram and zeros add to that. F16 and BF16 get\n"
           "all their statistics from one count of patterns, moments with them.\n");
    status = 0;
out:
    qs_pool_free(pools[0]);
    qs_pool_free(pools[1]);
    free(bench.bits);
    free(bench.scratch);
    free(bench.moments);
    free(bench.data);
    free(tile);
    return status;
}
