// The workers that share one module's statistics, and the tables they count in. Internal to src/stats.
#ifndef QS_STATS_TEAM_H
#define QS_STATS_TEAM_H

#include "base/pool.h"
#include "kernel/counts.h"
#include "kernel/moments.h"

enum { QS_TEAM_CHUNKS = 16 };

// What one thread counts in. All counts are zeros between modules.
struct qs_worker {
    struct qs_moments moments[QS_TEAM_CHUNKS]; // of a small module's chunks
    uint64_t *leading;                         // [2][QS_COUNTS]
    uint64_t *refined;                         // [QS_PREFIXES_MAX][QS_COUNTS]
    uint64_t histogram[QS_HISTOGRAM_BINS];
    uint64_t zeros;
    float *scratch;                            // [QS_MOMENTS_SPAN], 64-byte aligned
};

// NULL where memory ran out. Tables that nobody counts in take no memory of the machine.
struct qs_worker *qs_workers_new(unsigned count);
void qs_workers_free(struct qs_worker *workers, unsigned count); // NULL is fine

// Those who work on one module: all workers of the pool, or one of them alone (pool NULL).
struct qs_team {
    struct qs_pool *pool;
    struct qs_worker *workers; // [count]
    unsigned count;
};

// As qs_pool_for; worker is an index into team->workers.
void qs_team_for(const struct qs_team *team, size_t count, void (*work)(void *context, size_t index, unsigned worker),
                 void *context);

// Leaves the sum of all workers' tables in the first worker's (of leading: both halves in the first), and zeros in
// all others. The team shares the work.
void qs_team_add_leading(const struct qs_team *team);
void qs_team_add_refined(const struct qs_team *team, size_t tables); // the first `tables` of them

// Adds all workers' histograms and zeros to what is given, and clears them.
void qs_team_take_counts(const struct qs_team *team, uint64_t *histogram, uint64_t *zeros);

#endif
