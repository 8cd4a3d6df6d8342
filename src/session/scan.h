// The computing half of a scan: a thread (with a pool of its own) that works layer by layer and hands each
// finished layer over. It knows no cache: the owner takes the layers and keeps them. Internal to src/session.
//
//     qs_scan_start(model, options, needs, threads, &scan, err)
//     while (qs_scan_take(scan, 50, &layer)) ... qs_scan_layer_free(layer)
//     qs_scan_finish(scan, err)
#ifndef QS_SESSION_SCAN_H
#define QS_SESSION_SCAN_H

#include "base/error.h"
#include "model/model.h"
#include "quant/error_grid.h"
#include "session/session.h"
#include "stats/weights.h"

#include <stdbool.h>
#include <stdint.h>

struct qs_scan;

// What is missing of one module.
struct qs_scan_need {
    bool stats;                         // only where the module is readable
    uint64_t rungs[QS_QUANTIZER_COUNT]; // bits of the rung's index in the options' ladder
};
bool qs_scan_needs_any(const struct qs_scan_need *need);

// The work of a module as bytes of weights, every pass over them counted: one for the statistics, one for each rung of
// RTN and NF4, steps + 1 for each rung of HQQ, which has RTN with it. bytes: of the module as stored; 0 where it cannot
// be read, which takes no work.
uint64_t qs_scan_work(const struct qs_scan_need *need, const struct qs_scan_options *options, uint64_t bytes);

// The modules of one layer that needed something.
struct qs_scan_layer {
    struct qs_scan_layer *next; // the queue's
    uint32_t layer;
    uint32_t count;
    uint64_t bytes;                // the work of these modules
    uint32_t *kinds;               // [count], ascending
    struct qs_scan_need *needs;    // [count]
    struct qs_weight_stats *stats; // [count]; defined where needs.stats
    struct qs_error_job *jobs;     // [count]; results where needs.rungs
};
void qs_scan_layer_free(struct qs_scan_layer *layer); // NULL is fine

// needs: [layers][kinds], something only for modules that are there; copied, as options are. threads: as qs_pool_new.
// The model stays open until qs_scan_finish.
enum qs_status qs_scan_start(const struct qs_model *model, const struct qs_scan_options *options,
                             const struct qs_scan_need *needs, unsigned threads, struct qs_scan **out,
                             struct qs_error *err) QS_MUST_USE;

// The next finished layer, which becomes the caller's. Waits at most max_wait_ms for one: *out is NULL where none came.
// False where all layers have been taken and none will come. A few finished layers wait to be taken, then the thread
// does: memory stays bounded.
bool qs_scan_take(struct qs_scan *scan, int max_wait_ms, struct qs_scan_layer **out);

void qs_scan_stop(struct qs_scan *scan); // asks; layers that are finished can still be taken

// Waits for the thread and frees everything, layers not taken included. QS_INTERRUPTED where it was stopped before
// its end, else what ended it.
enum qs_status qs_scan_finish(struct qs_scan *scan, struct qs_error *err) QS_MUST_USE;

#endif
