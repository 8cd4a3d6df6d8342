// Exact percentiles of magnitudes by radix selection, 16 bits of the pattern at a time (kernel/counts.h).
//
//     qs_order_begin(&order, dtype, counts)          from the counts of magnitudes' leading 16 bits
//     while (qs_order_open(&order)) {                16-bit types are closed at once
//         count the next bits of all values that have order.prefixes (qs_counts_refine)
//         qs_order_refine(&order, tables)
//     }
//     qs_order_percentiles(&order, out)
//
// Internal to src/stats.
#ifndef QS_STATS_ORDER_H
#define QS_STATS_ORDER_H

#include "kernel/counts.h"
#include "stats/weights.h"

#include <stdbool.h>

enum { QS_ORDER_RANKS = 2 * QS_STATS_PERCENTILES }; // the two order statistics that a percentile lies between

struct qs_order {
    enum qs_dtype dtype;
    unsigned width;                    // bits of a pattern
    uint64_t count;                    // finite values; 0: nothing to find, never open
    uint64_t rank[QS_ORDER_RANKS];     // from 0; from here on among the values that share the known bits
    uint64_t pattern[QS_ORDER_RANKS];  // the known leading bits, without the sign
    unsigned place[QS_ORDER_RANKS];    // index into prefixes
    double weight[QS_STATS_PERCENTILES]; // of the upper of the two
    struct qs_prefixes prefixes;       // what the next count needs; bits = known bits
};

// counts: u64[QS_COUNTS / 2] of magnitudes; borrowed for the call.
void qs_order_begin(struct qs_order *order, enum qs_dtype dtype, const uint64_t *counts);
bool qs_order_open(const struct qs_order *order);
void qs_order_refine(struct qs_order *order, const uint64_t *tables); // u64[prefixes.count][QS_COUNTS]

// out: NaN where there are no finite values.
void qs_order_percentiles(const struct qs_order *order, double out[QS_STATS_PERCENTILES]);

#endif
