// The error grid: see error_grid.h.
//
// A module is cut in pieces of 2^18 values. Along rows (axis 1) a piece is read in spans of 4096 consecutive values,
// transposed once to 256 x 16: each of the 16 lanes then holds 256 consecutive values, which every group size divides,
// so that one transposition serves all rungs. Down the columns (axis 0) a piece is a window of groups, read as rows of
// a matrix of group_size rows.
#include "quant/error_grid.h"

#include "kernel/nf4.h"
#include "quant/early_stop.h"
#include "quant/sums.h"
#include "quant/values.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE = 1 << 18,        // values
    EVALUATIONS = QS_TILE_STEPS_MAX + 1,
    LANE_RUN = QS_SPAN_MAX / QS_TILE_LANES, // 256, a multiple of every group size
    WINDOW = 64,            // groups read side by side on axis 0
};

struct piece {
    uint32_t job;
    uint64_t first;   // axis 1: first value
    uint64_t count;
    uint64_t index;   // which of the module's pieces
    uint64_t pieces;
    bool usable;
    double energy;    // sum w^2 (of a piece's share of values; complete over all pieces)
    struct qs_sums *hqq; // [rungs][evaluations]; the first is RTN's
    struct qs_sums *nf4; // [rungs]
};

struct worker {
    float *scratch; // f32[QS_SPAN_MAX]
    float *values;  // f32[QS_GROUP_SIZE_MAX * WINDOW], at least QS_SPAN_MAX
    float *tile;    // f32[QS_SPAN_MAX]
    struct qs_step_sums *hqq; // [rungs][evaluations], of the piece at hand
    struct qs_step_sums *nf4; // [rungs]
    double energy[QS_TILE_LANES];
};

// Which rungs of each quantizer are to be computed for a job, as bits: asked for, and possible.
struct todo {
    uint64_t rungs[QS_QUANTIZER_COUNT];
};

struct grid {
    const struct qs_quantizer *quantizer;
    const struct qs_ladder *ladder;
    struct qs_error_job *jobs;
    struct todo *todo; // of each job
    struct qs_tile_shrink shrink;
    enum qs_tile_order order;
    size_t evaluations; // steps + 1; 1 where nobody asks for HQQ
    struct piece *pieces;
    struct worker *workers;
    const struct qs_progress *progress;
    atomic_bool stopped;
};

static uint64_t weight_values(const struct qs_weight *weight)
{
    return weight->rows * weight->cols;
}

static enum qs_rung_state rung_state(const struct qs_weight *weight, const struct qs_quantizer *quantizer,
                                     enum qs_quantizer_kind kind, struct qs_rung rung)
{
    if (!weight->readable || (kind == QS_QUANTIZER_NF4 && (rung.bits != 4 || quantizer->axis != 1))) {
        return QS_RUNG_NO_FORM;
    }
    uint64_t values = weight_values(weight);
    return values == 0 || values % rung.group_size ? QS_RUNG_INDIVISIBLE : QS_RUNG_DONE;
}

static struct todo job_todo(const struct grid *grid, const struct qs_error_job *job)
{
    struct todo todo = {{0}};
    for (enum qs_quantizer_kind kind = 0; job->weight && kind < QS_QUANTIZER_COUNT; kind++) {
        for (size_t rung = 0; rung < grid->ladder->count; rung++) {
            if ((job->wanted[kind] >> rung & 1) &&
                rung_state(job->weight, grid->quantizer, kind, grid->ladder->rungs[rung]) == QS_RUNG_DONE) {
                todo.rungs[kind] |= (uint64_t)1 << rung;
            }
        }
    }
    return todo;
}

static uint64_t rungs_of(const struct todo *todo)
{
    uint64_t rungs = 0;
    for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        rungs |= todo->rungs[kind];
    }
    return rungs;
}

// Adds up to 16 groups that stand side by side to the sums of one rung.
static void add_tile(const struct grid *grid, uint32_t job, struct worker *worker, size_t rung, const float *tile,
                     size_t stride, size_t lanes)
{
    const struct todo *todo = &grid->todo[job];
    size_t group_size = grid->ladder->rungs[rung].group_size;
    float top = qs_rung_top(grid->ladder->rungs[rung]);
    bool hqq = todo->rungs[QS_QUANTIZER_HQQ] >> rung & 1;
    if (hqq || (todo->rungs[QS_QUANTIZER_RTN] >> rung & 1)) {
        float scale[QS_TILE_LANES];
        float zero[QS_TILE_LANES];
        struct qs_tile_errors errors[EVALUATIONS];
        size_t steps = hqq ? grid->evaluations - 1 : 0;
        qs_tile_start(tile, stride, group_size, top, scale, zero);
        size_t made = qs_tile_steps(tile, stride, group_size, grid->order, top, scale, zero, steps, &grid->shrink,
                                    errors, NULL);
        qs_sums_add(&worker->hqq[rung * grid->evaluations], errors, made, lanes);
    }
    if (todo->rungs[QS_QUANTIZER_NF4] >> rung & 1) {
        float absmax[QS_TILE_LANES];
        struct qs_tile_errors errors;
        qs_nf4_tile(tile, stride, group_size, absmax, &errors, NULL);
        qs_sums_add(&worker->nf4[rung], &errors, 1, lanes);
    }
}

static bool piece_along_rows(const struct grid *grid, const struct piece *piece, struct worker *worker)
{
    const struct qs_error_job *job = &grid->jobs[piece->job];
    uint64_t rungs = rungs_of(&grid->todo[piece->job]);
    for (uint64_t at = 0; at < piece->count; at += QS_SPAN_MAX) {
        size_t count = (size_t)(piece->count - at < QS_SPAN_MAX ? piece->count - at : QS_SPAN_MAX);
        qs_values_read(job->weight, piece->first + at, count, worker->values, worker->scratch);
        if (!qs_values_usable(worker->values, count)) {
            return false;
        }
        qs_sums_energy(worker->values, count, worker->energy);
        if (count == QS_SPAN_MAX) {
            qs_tile_from_runs(worker->values, LANE_RUN, QS_TILE_LANES, worker->tile);
        }
        for (size_t rung = 0; rung < grid->ladder->count; rung++) {
            if (!(rungs >> rung & 1)) {
                continue;
            }
            size_t group_size = grid->ladder->rungs[rung].group_size;
            if (count == QS_SPAN_MAX) {
                for (size_t row = 0; row < LANE_RUN; row += group_size) {
                    add_tile(grid, piece->job, worker, rung, worker->tile + row * QS_TILE_LANES, QS_TILE_LANES,
                             QS_TILE_LANES);
                }
                continue;
            }
            for (size_t group = 0; group < count / group_size; group += QS_TILE_LANES) {
                size_t lanes = count / group_size - group;
                lanes = lanes < QS_TILE_LANES ? lanes : QS_TILE_LANES;
                qs_tile_from_runs(worker->values + group * group_size, group_size, lanes, worker->tile);
                add_tile(grid, piece->job, worker, rung, worker->tile, QS_TILE_LANES, lanes);
            }
        }
    }
    return true;
}

static bool piece_down_columns(const struct grid *grid, const struct piece *piece, struct worker *worker)
{
    const struct qs_error_job *job = &grid->jobs[piece->job];
    uint64_t values = weight_values(job->weight);
    uint64_t rungs = rungs_of(&grid->todo[piece->job]);
    // Every rung sees all values, cut differently; the first of them gives the energy.
    bool first = true;
    for (size_t rung = 0; rung < grid->ladder->count; rung++) {
        if (!(rungs >> rung & 1)) {
            continue;
        }
        size_t group_size = grid->ladder->rungs[rung].group_size;
        uint64_t groups = values / group_size;
        uint64_t tiles = (groups + WINDOW - 1) / WINDOW;
        uint64_t from = tiles * piece->index / piece->pieces * WINDOW;
        uint64_t to = tiles * (piece->index + 1) / piece->pieces * WINDOW;
        to = to < groups ? to : groups;
        for (uint64_t group = from; group < to; group += WINDOW) {
            size_t width = (size_t)(to - group < WINDOW ? to - group : WINDOW);
            for (size_t row = 0; row < group_size; row++) {
                float *row_values = worker->values + row * WINDOW;
                qs_values_read(job->weight, row * groups + group, width, row_values, worker->scratch);
                if (!qs_values_usable(row_values, width)) {
                    return false;
                }
                if (first) {
                    qs_sums_energy(row_values, width, worker->energy);
                }
                // Lanes beyond the last group repeat it; their sums are not added.
                for (size_t lane = width; lane % QS_TILE_LANES; lane++) {
                    row_values[lane] = row_values[width - 1];
                }
            }
            for (size_t lane = 0; lane < width; lane += QS_TILE_LANES) {
                size_t lanes = width - lane < QS_TILE_LANES ? width - lane : QS_TILE_LANES;
                add_tile(grid, piece->job, worker, rung, worker->values + lane, WINDOW, lanes);
            }
        }
        first = false;
    }
    return true;
}

static void run_piece(void *context, size_t index, unsigned worker)
{
    struct grid *grid = context;
    if (qs_progress_stopped(grid->progress)) {
        atomic_store(&grid->stopped, true);
        return;
    }
    struct piece *piece = &grid->pieces[index];
    struct worker *at = &grid->workers[worker];
    size_t rungs = grid->ladder->count;
    memset(at->hqq, 0, rungs * grid->evaluations * sizeof *at->hqq);
    memset(at->nf4, 0, rungs * sizeof *at->nf4);
    memset(at->energy, 0, sizeof at->energy);
    bool along_rows = grid->quantizer->axis == 1;
    piece->usable = along_rows ? piece_along_rows(grid, piece, at) : piece_down_columns(grid, piece, at);
    for (size_t rung = 0; rung < rungs; rung++) {
        size_t first = rung * grid->evaluations;
        qs_sums_finish(&at->hqq[first], grid->evaluations, &piece->hqq[first]);
        qs_sums_finish(&at->nf4[rung], 1, &piece->nf4[rung]);
    }
    piece->energy = qs_sums_lanes(at->energy);
}

static struct qs_rung_error finish(const struct qs_sums *sums, uint64_t values, double energy, size_t steps)
{
    return (struct qs_rung_error){
        .state = QS_RUNG_DONE,
        .steps = (uint32_t)steps,
        .fnorm = sqrt(sums->square),
        .mean_abs = sums->abs / (double)values,
        .max_abs = sums->max,
        .snr_db = sums->square > 0 ? 10 * log10(energy / sums->square) : INFINITY,
    };
}

// The results of one job from its pieces, which lie in order at pieces[0 .. count).
static void finish_job(const struct grid *grid, struct qs_error_job *job, const struct piece *pieces, size_t count)
{
    uint64_t values = weight_values(job->weight);
    bool usable = true;
    double energy = 0;
    for (size_t i = 0; i < count; i++) {
        usable = usable && pieces[i].usable;
        energy += pieces[i].energy;
    }
    for (size_t rung = 0; rung < grid->ladder->count; rung++) {
        struct qs_sums hqq[EVALUATIONS] = {{0}};
        struct qs_sums nf4 = {0};
        for (size_t i = 0; i < count; i++) {
            for (size_t e = 0; e < grid->evaluations; e++) {
                qs_sums_join(&hqq[e], &pieces[i].hqq[rung * grid->evaluations + e]);
            }
            qs_sums_join(&nf4, &pieces[i].nf4[rung]);
        }
        for (enum qs_quantizer_kind kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
            struct qs_rung_error *result = &job->results[kind][rung];
            *result = (struct qs_rung_error){.state = QS_RUNG_NOT_ASKED};
            if (!(job->wanted[kind] >> rung & 1)) {
                continue;
            }
            result->state = rung_state(job->weight, grid->quantizer, kind, grid->ladder->rungs[rung]);
            if (result->state != QS_RUNG_DONE) {
                continue;
            }
            if (!usable) {
                result->state = QS_RUNG_NOT_FINITE;
            } else if (kind == QS_QUANTIZER_HQQ) {
                double abs[EVALUATIONS];
                for (size_t e = 0; e < grid->evaluations; e++) {
                    abs[e] = hqq[e].abs;
                }
                size_t steps = qs_early_stop(abs, grid->evaluations - 1, values);
                *result = finish(&hqq[steps], values, energy, steps);
            } else {
                *result = finish(kind == QS_QUANTIZER_RTN ? &hqq[0] : &nf4, values, energy, 0);
            }
        }
    }
}

static uint64_t piece_count(const struct grid *grid, size_t job)
{
    uint64_t values = rungs_of(&grid->todo[job]) ? weight_values(grid->jobs[job].weight) : 0;
    return (values + PIECE - 1) / PIECE;
}

static void free_workers(struct worker *workers, unsigned threads)
{
    for (unsigned i = 0; workers && i < threads; i++) {
        free(workers[i].scratch);
        free(workers[i].values);
        free(workers[i].tile);
        free(workers[i].hqq);
        free(workers[i].nf4);
    }
    free(workers);
}

static struct worker *new_workers(unsigned threads, size_t rungs, size_t evaluations)
{
    struct worker *workers = calloc(threads, sizeof *workers);
    bool complete = workers != NULL;
    for (unsigned i = 0; complete && i < threads; i++) {
        workers[i].scratch = aligned_alloc(64, QS_SPAN_MAX * sizeof(float));
        workers[i].values = aligned_alloc(64, QS_GROUP_SIZE_MAX * WINDOW * sizeof(float));
        workers[i].tile = aligned_alloc(64, QS_SPAN_MAX * sizeof(float));
        workers[i].hqq = malloc((rungs * evaluations + 1) * sizeof *workers[i].hqq);
        workers[i].nf4 = malloc((rungs + 1) * sizeof *workers[i].nf4);
        complete = workers[i].scratch && workers[i].values && workers[i].tile && workers[i].hqq && workers[i].nf4;
    }
    if (!complete) {
        free_workers(workers, threads);
        return NULL;
    }
    return workers;
}

enum qs_status qs_error_grid(struct qs_pool *pool, const struct qs_quantizer *quantizer,
                             const struct qs_ladder *ladder, struct qs_error_job *jobs, size_t count,
                             const struct qs_progress *progress, struct qs_error *err)
{
    enum qs_status status = qs_quantizer_check(quantizer, err);
    if (status != QS_OK) {
        return status;
    }
    struct grid grid = {.quantizer = quantizer, .ladder = ladder, .jobs = jobs, .progress = progress,
                        .evaluations = 1};
    grid.order = qs_quantizer_order(quantizer);
    qs_quantizer_shrink(quantizer, &grid.shrink);
    grid.todo = calloc(count ? count : 1, sizeof *grid.todo);
    if (!grid.todo) {
        return qs_fail_memory(err, "the error grid", count * sizeof *grid.todo);
    }
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        grid.todo[i] = job_todo(&grid, &jobs[i]);
        grid.evaluations = grid.todo[i].rungs[QS_QUANTIZER_HQQ] ? quantizer->steps + 1 : grid.evaluations;
        total += (size_t)piece_count(&grid, i);
    }
    size_t per_piece = ladder->count * (grid.evaluations + 1);
    struct qs_sums *sums = calloc(total ? total * per_piece : 1, sizeof *sums);
    grid.pieces = calloc(total ? total : 1, sizeof *grid.pieces);
    grid.workers = new_workers(qs_pool_threads(pool), ladder->count, grid.evaluations);
    if (!sums || !grid.pieces || !grid.workers) {
        status = qs_fail_memory(err, "the error grid", total * per_piece * sizeof *sums);
        goto out;
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t pieces = piece_count(&grid, i);
        for (uint64_t p = 0; p < pieces; p++, at++) {
            uint64_t left = weight_values(jobs[i].weight) - p * PIECE;
            grid.pieces[at] = (struct piece){.job = (uint32_t)i,
                                             .first = p * PIECE,
                                             .count = left < PIECE ? left : PIECE,
                                             .index = p,
                                             .pieces = pieces,
                                             .hqq = sums + at * per_piece,
                                             .nf4 = sums + at * per_piece + ladder->count * grid.evaluations};
        }
    }
    qs_pool_for(pool, total, run_piece, &grid);
    if (atomic_load(&grid.stopped)) {
        status = qs_fail(err, QS_INTERRUPTED, "interrupted");
        goto out;
    }
    at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t pieces = (size_t)piece_count(&grid, i);
        if (jobs[i].weight) {
            finish_job(&grid, &jobs[i], grid.pieces + at, pieces);
        } else {
            memset(jobs[i].results, 0, sizeof jobs[i].results);
        }
        at += pieces;
    }
out:
    free_workers(grid.workers, qs_pool_threads(pool));
    free(grid.pieces);
    free(grid.todo);
    free(sums);
    return status;
}
