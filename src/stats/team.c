// Workers and their tables: see team.h.
#include "stats/team.h"

#include <stdlib.h>
#include <string.h>

enum { SLICES = 64 }; // of a table, for adding up

struct qs_worker *qs_workers_new(unsigned count)
{
    struct qs_worker *workers = calloc(count, sizeof *workers);
    for (unsigned w = 0; workers && w < count; w++) {
        struct qs_worker *worker = &workers[w];
        worker->leading = calloc(2 * (size_t)QS_COUNTS, sizeof *worker->leading);
        worker->refined = calloc(QS_PREFIXES_MAX * (size_t)QS_COUNTS, sizeof *worker->refined);
        worker->scratch = aligned_alloc(64, QS_MOMENTS_SPAN * sizeof *worker->scratch);
        if (!worker->leading || !worker->refined || !worker->scratch) {
            qs_workers_free(workers, count);
            return NULL;
        }
    }
    return workers;
}

void qs_workers_free(struct qs_worker *workers, unsigned count)
{
    for (unsigned w = 0; workers && w < count; w++) {
        free(workers[w].leading);
        free(workers[w].refined);
        free(workers[w].scratch);
    }
    free(workers);
}

void qs_team_for(const struct qs_team *team, size_t count, void (*work)(void *, size_t, unsigned), void *context)
{
    if (team->pool) {
        qs_pool_for(team->pool, count, work, context);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        work(context, i, 0);
    }
}

// Adds from[length] to sum and clears it.
static void move_counts(uint64_t *restrict from, uint64_t *restrict sum, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        sum[i] += from[i];
    }
    memset(from, 0, length * sizeof *from);
}

static void add_leading_slice(void *context, size_t slice, unsigned worker)
{
    (void)worker;
    const struct qs_team *team = context;
    size_t length = QS_COUNTS / SLICES;
    uint64_t *sum = team->workers[0].leading + slice * length;
    for (unsigned w = 0; w < team->count; w++) {
        uint64_t *from = team->workers[w].leading + slice * length;
        if (w > 0) {
            move_counts(from, sum, length);
        }
        move_counts(from + QS_COUNTS, sum, length);
    }
}

void qs_team_add_leading(const struct qs_team *team)
{
    struct qs_team shared = *team;
    qs_team_for(team, SLICES, add_leading_slice, &shared);
}

struct refined {
    const struct qs_team *team;
    size_t tables;
};

static void add_refined_slice(void *context, size_t slice, unsigned worker)
{
    (void)worker;
    const struct refined *refined = context;
    const struct qs_team *team = refined->team;
    size_t length = refined->tables * QS_COUNTS / SLICES;
    for (unsigned w = 1; w < team->count; w++) {
        move_counts(team->workers[w].refined + slice * length, team->workers[0].refined + slice * length, length);
    }
}

void qs_team_add_refined(const struct qs_team *team, size_t tables)
{
    struct refined refined = {team, tables};
    if (team->count > 1) {
        qs_team_for(team, SLICES, add_refined_slice, &refined);
    }
}

void qs_team_take_counts(const struct qs_team *team, uint64_t *histogram, uint64_t *zeros)
{
    for (unsigned w = 0; w < team->count; w++) {
        struct qs_worker *worker = &team->workers[w];
        for (size_t bin = 0; bin < QS_HISTOGRAM_BINS; bin++) {
            histogram[bin] += worker->histogram[bin];
        }
        memset(worker->histogram, 0, sizeof worker->histogram);
        *zeros += worker->zeros;
        worker->zeros = 0;
    }
}
