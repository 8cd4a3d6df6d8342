// The session from inside: what open.c builds, values.c reads and job.c changes. Internal to src/session.
#ifndef QS_SESSION_STATE_H
#define QS_SESSION_STATE_H

#include "base/text.h"
#include "session/scan.h"
#include "session/session.h"

#include <stdbool.h>
#include <stdint.h>

struct qs_session {
    struct qs_model *model;           // NULL: caches only
    const struct qs_model_info *info; // the model's, else the first cache's
    unsigned threads;

    // [cache_count], what comes first goes before what comes later. caches[0] is what `target` names: NULL while there
    // is no such file. It is open for writing only while a scan runs, so that others can write in between.
    struct qs_cache **caches;
    size_t cache_count;
    char *target;        // NULL: there is no place to keep results
    bool target_default; // nobody named it: another place may be taken where it cannot be written

    struct qs_detect_params detect;
    struct qs_config config;
    char datasets[QS_DATA_COUNT][QS_DATASET_MAX]; // qs_session_dataset
    struct qs_scan_options options;
    uint64_t revision;
    uint64_t data; // changes whenever what the caches hold may have changed
    struct qs_planner *planner;
    struct qs_text log;
    bool *noted; // [layers][kinds]: the log tells of the module's NaN and infinite weights
    unsigned char *refused; // [kinds]: 1 << enum qs_rung_state of what the log tells of this kind's rungs

    struct qs_scan *scan; // NULL while none runs
    bool stopping;        // the thread has been asked to stop
    double started;       // seconds of the monotonic clock
    double checkpointed;
    struct qs_scan_state state;
};

// job.c
// The place for results, open for writing; and its closing, after which caches[0] is what is on disk.
enum qs_status qs_session_open_target(struct qs_session *session, struct qs_cache **out,
                                      struct qs_error *err) QS_MUST_USE;
enum qs_status qs_session_release_target(struct qs_session *session, struct qs_error *err) QS_MUST_USE;

// values.c
// The cache (the first in order) that has a value there; NULL where none has.
const struct qs_cache *qs_session_cell(const struct qs_session *session, const char *path, uint32_t layer,
                                       uint32_t kind, uint32_t element, const struct qs_array **out_array);

// Which datasets there are, after the caches have changed.
void qs_session_find_datasets(struct qs_session *session);

// survey.c
// What a scan would do: [layers][kinds] where needs is not NULL, the number of modules and their work in the state,
// which is reset.
void qs_session_survey(struct qs_session *session, struct qs_scan_need *needs);

// Adds to the log the NaN and infinite weights it does not tell of yet.
void qs_session_note(struct qs_session *session);

// The same for a layer that came in, and its modules whose errors could not be measured, once for each kind.
void qs_session_note_layer(struct qs_session *session, const struct qs_scan_layer *layer);

#endif
