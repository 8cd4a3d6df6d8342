// The open work: a model, its cache, the parameters; every command and every key is an operation on it.
//
// One thread owns a session (the one that makes HDF5 calls). A running scan computes on threads of its own and hands
// its results over in qs_session_poll.
#ifndef QS_SESSION_SESSION_H
#define QS_SESSION_SESSION_H

#include "base/error.h"
#include "cache/cache.h"
#include "model/model.h"
#include "plan/detect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qs_session;

struct qs_session_options {
    const char *model;         // path, or NULL: no weights, caches only
    const char *const *caches; // paths; the first is the main one. NULL and 0: the model's default cache
    size_t cache_count;
    unsigned threads;          // 0: all
};

// Opens the model (if named) and the caches. Where the model's default cache is absent, the session starts empty;
// where it cannot be extended (read-only, frozen), new results go to a file under $XDG_CACHE_HOME/quantscope (else
// ~/.cache/quantscope) named by the fingerprint, which is read over it. A path in `model` that is a cache is taken as one.
enum qs_status qs_session_open(const struct qs_session_options *options, struct qs_session **out,
                               struct qs_error *err) QS_MUST_USE;

// Stops a running scan (what is finished is kept) and closes everything. NULL is fine.
void qs_session_close(struct qs_session *session);

// The model's description: the open model's, else the cache's.
const struct qs_model_info *qs_session_info(const struct qs_session *session);
const char *qs_session_model_path(const struct qs_session *session); // "" where only a cache is open
const char *qs_session_cache_path(const struct qs_session *session); // where results are or will be kept
const char *qs_session_log(const struct qs_session *session);        // warnings so far, lines

// Metrics [layer][kind] of one number per module, by name ("kurtosis", "std", ...), what is in the cache.
struct qs_metric {
    const char *name;      // "kurtosis"
    const char *path;      // "weights/kurtosis" in the cache
    uint32_t element;      // which value of a cell (percentiles)
    const char *units;
    const char *about;
    bool integer;
};
size_t qs_metric_count(void);
const struct qs_metric *qs_metric_at(size_t index);
const struct qs_metric *qs_metric_find(const char *name); // case-insensitive; NULL where unknown
bool qs_session_has_metric(const struct qs_session *session, const struct qs_metric *metric);
double qs_session_value(const struct qs_session *session, const struct qs_metric *metric, uint32_t layer,
                        uint32_t kind);                   // NaN where absent
bool qs_session_scanned(const struct qs_session *session, uint32_t layer, uint32_t kind);
// The module's histogram (u64[256]) and its absmax; NULL where absent.
const uint64_t *qs_session_histogram(const struct qs_session *session, uint32_t layer, uint32_t kind);

// One curve: f64[layers].
void qs_session_curve(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind, double *out);

// Changes whenever any value may have changed; views compare it to know whether to recompute.
uint64_t qs_session_revision(const struct qs_session *session);

// The weight scan in the background.
struct qs_scan_state {
    bool running;
    bool finished;        // everything that can be scanned is in the cache
    uint64_t done, total; // modules
    uint64_t bytes_done, bytes_total;
    double seconds;       // since the start, as of the last poll
    char what[64];        // "layer 7"
    struct qs_error error; // status QS_OK while nothing went wrong
};
enum qs_status qs_session_scan_start(struct qs_session *session, struct qs_error *err) QS_MUST_USE;
void qs_session_scan_stop(struct qs_session *session); // asks; poll tells when it has stopped
const struct qs_scan_state *qs_session_scan(const struct qs_session *session);

// Takes finished modules from a running scan into the cache. Returns true where anything changed. At most max_wait_ms
// are spent waiting for something to happen (0: none).
bool qs_session_poll(struct qs_session *session, int max_wait_ms);

#endif
