// The statistics of weights (METHODS section 2), in one or two passes over the mapped values.
//
// F16 and BF16 take one pass, which counts how often each of the 65536 patterns occurs: everything follows from that.
// Other types take two (they are read as float32, F64 as double). Pass 1: central moments, extremes and counts
// (kernel/moments.h), and the count of every pattern's leading 16 bits. Pass 2: the rest of the bits inside the few
// bins of pass 1 that the percentiles fall in, and the histogram. F64 takes two more, for bits only.
// Work is cut in chunks of fixed size and joined in chunk order: the same bits for any number of threads. Memory: 4 MiB
// a thread, and 80 bytes for every 65536 values of the largest module.
#ifndef QS_STATS_WEIGHTS_H
#define QS_STATS_WEIGHTS_H

#include "base/error.h"
#include "base/pool.h"
#include "base/progress.h"
#include "model/model.h"

#include <stdint.h>

enum { QS_STATS_PERCENTILES = 3, QS_STATS_BINS = 256 };

// 99, 99.9, 99.99
extern const double qs_stats_percentile[QS_STATS_PERCENTILES];

// All over the finite values; NaN where a value is not defined (no finite values; zero variance for skewness and
// kurtosis) or where its sum of powers leaves the range of a double, as those of F64 weights near 1e100 do.
struct qs_weight_stats {
    uint64_t count;     // finite values
    uint64_t nan_count;
    uint64_t inf_count;
    uint64_t zero_count;
    double mean;
    double std;         // population (n in the denominator)
    double skewness;    // m3 / m2^1.5, biased
    double kurtosis;    // Pearson, biased: m4 / m2^2; a normal distribution has 3
    double min;
    double max;
    double absmax;
    double norm;        // Frobenius norm, sqrt(sum w^2)
    double percentile[QS_STATS_PERCENTILES]; // of |w|, linear interpolation between order statistics (numpy's default)
    uint64_t histogram[QS_STATS_BINS];       // equal bins over [-absmax, absmax]; the last includes its right edge;
                                             // bin of w: floor((w + absmax) * (256 / (2*absmax))) in double, clamped;
                                             // all in bin 128 where absmax is 0
};

// Statistics of every module of one layer. weights: [count]; where an entry is NULL or not readable its stats are
// zeroed. Small modules run side by side, large ones are cut among the threads.
//   out        struct qs_weight_stats[count]
//   progress   is asked whether to stop, and told nothing: the caller knows what a layer is of the whole
// Fails for want of memory only, or QS_INTERRUPTED where progress says stop (out is then undefined).
enum qs_status qs_weight_stats_layer(struct qs_pool *pool, const struct qs_weight *const *weights, size_t count,
                                     struct qs_weight_stats *out, const struct qs_progress *progress,
                                     struct qs_error *err) QS_MUST_USE;

// Tells the kernel that a module's pages will be needed, or are done with; called around the above by a scan. Nothing
// happens where the values are not in a file (tensor->map NULL).
void qs_weight_prefetch(const struct qs_weight *weight);
void qs_weight_release(const struct qs_weight *weight);

#endif
