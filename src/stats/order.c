// Exact percentiles: see order.h. The interpolation is numpy's "linear" (numpy/lib/function_base.py, _quantile and
// _lerp): definition 7 of Hyndman and Fan, Sample quantiles in statistical packages, 1996.
#include "stats/order.h"

#include "kernel/load.h"

#include <math.h>

const double qs_stats_percentile[QS_STATS_PERCENTILES] = {99, 99.9, 99.99};

// Sets prefixes from the patterns, each once.
static void collect_prefixes(struct qs_order *order)
{
    struct qs_prefixes *prefixes = &order->prefixes;
    prefixes->count = 0;
    for (size_t r = 0; r < QS_ORDER_RANKS; r++) {
        unsigned place = 0;
        while (place < prefixes->count && prefixes->prefix[place] != order->pattern[r]) {
            place++;
        }
        if (place == prefixes->count) {
            prefixes->prefix[prefixes->count++] = order->pattern[r];
        }
        order->place[r] = place;
    }
}

static uint64_t sum_counts(const uint64_t *counts, size_t length)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += counts[i];
    }
    return sum;
}

// The digit below `limit` that the value of *rank has, where counts[digit] say how many have each; *rank becomes the
// rank among those. The last digit where there are fewer values than that: somebody has changed the file between two
// passes.
static uint64_t find_digit(const uint64_t *counts, uint64_t limit, uint64_t *rank)
{
    enum { STRIDE = 16 }; // most places are empty
    uint64_t digit = 0;
    for (; digit + STRIDE < limit; digit += STRIDE) {
        uint64_t here = sum_counts(counts + digit, STRIDE);
        if (*rank < here) {
            break;
        }
        *rank -= here;
    }
    for (; digit + 1 < limit; digit++) {
        if (*rank < counts[digit]) {
            break;
        }
        *rank -= counts[digit];
    }
    return digit;
}

void qs_order_begin(struct qs_order *order, enum qs_dtype dtype, const uint64_t *counts)
{
    *order = (struct qs_order){.dtype = dtype, .width = 8 * qs_dtype_traits(dtype)->block_bytes};
    order->prefixes.bits = 16;
    uint64_t infinity = dtype == QS_DTYPE_F64 ? 0x7ff0 : dtype == QS_DTYPE_F16 ? 0x7c00 : 0x7f80;
    order->count = sum_counts(counts, infinity);
    if (order->count == 0) {
        return;
    }
    for (size_t p = 0; p < QS_STATS_PERCENTILES; p++) {
        double place = (double)(order->count - 1) * (qs_stats_percentile[p] / 100);
        uint64_t lower = (uint64_t)place;
        order->weight[p] = place - (double)lower;
        order->rank[2 * p] = lower;
        order->rank[2 * p + 1] = lower + 1 < order->count ? lower + 1 : order->count - 1;
    }
    for (size_t r = 0; r < QS_ORDER_RANKS; r++) {
        order->pattern[r] = find_digit(counts, infinity, &order->rank[r]);
    }
    collect_prefixes(order);
}

bool qs_order_open(const struct qs_order *order)
{
    return order->count > 0 && order->prefixes.bits < order->width;
}

void qs_order_refine(struct qs_order *order, const uint64_t *tables)
{
    for (size_t r = 0; r < QS_ORDER_RANKS; r++) {
        const uint64_t *counts = tables + (size_t)order->place[r] * QS_COUNTS;
        uint64_t digit = find_digit(counts, QS_COUNTS, &order->rank[r]);
        order->pattern[r] = order->pattern[r] << 16 | digit;
    }
    order->prefixes.bits += 16;
    collect_prefixes(order);
}

void qs_order_percentiles(const struct qs_order *order, double out[QS_STATS_PERCENTILES])
{
    for (size_t p = 0; p < QS_STATS_PERCENTILES; p++) {
        if (order->count == 0) {
            out[p] = NAN;
            continue;
        }
        double low = qs_load_value(order->dtype, (const uint8_t *)&order->pattern[2 * p], 0);
        double high = qs_load_value(order->dtype, (const uint8_t *)&order->pattern[2 * p + 1], 0);
        double weight = order->weight[p];
        out[p] = weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
    }
}
