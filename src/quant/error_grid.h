// The error grid: what a module loses at every rung of a ladder (METHODS sections 2 and 3).
//
// One pass over a module's weights serves all rungs: HQQ's steps evaluate the error of every intermediate zero, so the
// matrix-wide early stop is decided afterwards from sums, and neither dequantized copies nor zeros are kept. RTN is
// HQQ's step 0. Work is cut in pieces of fixed size whose sums are added in a fixed order: the same bits for any number
// of threads and on any CPU. Sums are float32 inside a group and double over groups; so the square of an error below
// 1e-22 is nothing to fnorm and snr_db, though mean_abs and max_abs show it.
#ifndef QS_QUANT_ERROR_GRID_H
#define QS_QUANT_ERROR_GRID_H

#include "base/error.h"
#include "base/pool.h"
#include "base/progress.h"
#include "model/model.h"
#include "quant/ladder.h"
#include "quant/quantizer.h"

#include <stdbool.h>
#include <stdint.h>

enum qs_rung_state {
    QS_RUNG_NOT_ASKED,
    QS_RUNG_DONE,
    QS_RUNG_INDIVISIBLE, // the group size does not divide the module's number of weights
    QS_RUNG_NOT_FINITE,  // NaN, infinite or beyond 2^57: no group with it has a range
    QS_RUNG_NO_FORM,     // the quantizer has no such rung (NF4 other than at 4 bits or on axis 0; an unreadable dtype)
};

struct qs_rung_error {
    enum qs_rung_state state;
    uint32_t steps;   // HQQ steps taken; 0 otherwise
    double fnorm;     // ||W - dequant(quant(W))||_F
    double mean_abs;  // mean |W - ...|
    double max_abs;
    double snr_db;    // 10 log10(sum W^2 / sum (W - ...)^2); infinite where nothing is lost
};

struct qs_error_job {
    const struct qs_weight *weight; // NULL: left out, its results say QS_RUNG_NOT_ASKED
    // Which rungs of which quantizer are wanted, as bits of the rung's index in the ladder.
    uint64_t wanted[QS_QUANTIZER_COUNT];
    struct qs_rung_error results[QS_QUANTIZER_COUNT][QS_LADDER_MAX];
};

// Fills the results of all jobs (usually the modules of one layer). `quantizer` gives axis and HQQ's parameters; its
// kind is not used. Fails for want of memory, or QS_INTERRUPTED; results are then undefined.
enum qs_status qs_error_grid(struct qs_pool *pool, const struct qs_quantizer *quantizer,
                             const struct qs_ladder *ladder, struct qs_error_job *jobs, size_t count,
                             const struct qs_progress *progress, struct qs_error *err) QS_MUST_USE;

#endif
