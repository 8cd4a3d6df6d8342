// The open work: a model, its cache, the parameters; every command and every key is an operation on it.
//
// One thread owns a session (the one that makes HDF5 calls). A running scan computes on threads of its own and hands
// its results over in qs_session_poll.
#ifndef QS_SESSION_SESSION_H
#define QS_SESSION_SESSION_H

#include "base/error.h"
#include "base/progress.h"
#include "cache/cache.h"
#include "model/model.h"
#include "plan/detect.h"
#include "quant/ladder.h"
#include "quant/quantizer.h"

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
// ~/.cache/quantscope) named by the fingerprint, which is read over it. A path in `model` that is a cache is taken as
// one. The first of `caches` need not exist where a model is open: a scan makes it. Of several caches, what an earlier
// one holds goes before what a later one holds, value by value. QS_BAD_INPUT where they are not all of one model.
enum qs_status qs_session_open(const struct qs_session_options *options, struct qs_session **out,
                               struct qs_error *err) QS_MUST_USE;

// Stops a running scan (what is finished is kept) and closes everything. NULL is fine.
void qs_session_close(struct qs_session *session);

// The model's description: the open model's, else the cache's.
const struct qs_model_info *qs_session_info(const struct qs_session *session);
const char *qs_session_model_path(const struct qs_session *session); // "" where only a cache is open
const char *qs_session_cache_path(const struct qs_session *session); // where results are or will be kept
const char *qs_session_log(const struct qs_session *session); // warnings so far, lines; only ever grows

enum qs_metric_data { QS_DATA_NONE, QS_DATA_PART, QS_DATA_MODULE, QS_DATA_LOSS, QS_DATA_COUNT };
enum { QS_DATASET_MAX = 32 }; // bytes of a dataset's name, NUL included: lower-case letters, digits and '_'

// Metrics [layer][kind] of one number per module, by name ("kurtosis", "std", ...), what is in the cache.
struct qs_metric {
    const char *name;      // "kurtosis"
    const char *path;      // "weights/kurtosis" in the cache; per_config: the array's name in the config's group
    uint32_t element;      // which value of a cell (percentiles)
    const char *units;
    const char *about;
    bool integer;
    enum qs_difference difference; // what its curves are searched for: steps, or ratios (sensitivities)
    bool per_config;       // what quantization does: its value depends on a qs_config
    enum qs_metric_data data; // what takes data to measure: its value depends on a dataset, too
};
size_t qs_metric_count(void);
const struct qs_metric *qs_metric_at(size_t index);
const struct qs_metric *qs_metric_find(const char *name); // case-insensitive, also aliases; NULL where unknown
bool qs_session_has_metric(const struct qs_session *session, const struct qs_metric *metric);
double qs_session_value(const struct qs_session *session, const struct qs_metric *metric, uint32_t layer,
                        uint32_t kind);                   // NaN where absent
bool qs_session_scanned(const struct qs_session *session, uint32_t layer, uint32_t kind);

// Whether any number is known of the module: by a scan, or from metrics made elsewhere.
bool qs_session_measured(const struct qs_session *session, uint32_t layer, uint32_t kind);

// The dataset that a metric's values are of: the first, by name, of the first cache that has any of the metric. ""
// where none has, and for metrics that take no data. Borrowed until the next call that takes the session without const.
const char *qs_session_dataset(const struct qs_session *session, const struct qs_metric *metric);

// The module's histogram, u64[256] over [-absmax, absmax]; NULL where absent. Borrowed until the next call that takes
// the session without const.
const uint64_t *qs_session_histogram(const struct qs_session *session, uint32_t layer, uint32_t kind);

// What a per_config metric is measured on: one quantizer's result at one rung.
struct qs_config {
    enum qs_quantizer_kind quantizer;
    uint32_t axis; // of the groups, 0 or 1
    struct qs_rung rung;
};

// The config whose errors qs_session_value and qs_session_curve give; hqq, b4g64 at first, along axis 1, or 0 where
// errors are known along that one alone. Setting another changes the revision; every config may be set, whether
// anything is known of it or not.
const struct qs_config *qs_session_config(const struct qs_session *session);
void qs_session_set_config(struct qs_session *session, const struct qs_config *config);

// The same values under any config; config is not used for metrics of the weights themselves (NULL: the session's).
double qs_session_value_at(const struct qs_session *session, const struct qs_metric *metric,
                           const struct qs_config *config, uint32_t layer, uint32_t kind);
void qs_session_curve_at(const struct qs_session *session, const struct qs_metric *metric,
                         const struct qs_config *config, uint32_t kind, double *out);

// Why a scan could not measure the module's errors of this config; NULL where it could, or none tried. Static text.
const char *qs_session_refusal(const struct qs_session *session, const struct qs_config *config, uint32_t layer,
                               uint32_t kind);

// Whether any module has errors of this config; and the rungs that have some of this quantizer and axis, ascending.
bool qs_session_has_config(const struct qs_session *session, const struct qs_config *config);
void qs_session_rungs(const struct qs_session *session, enum qs_quantizer_kind quantizer, uint32_t axis,
                      struct qs_ladder *out);

// The same of one metric, which is per_config.
bool qs_session_has_metric_at(const struct qs_session *session, const struct qs_metric *metric,
                              const struct qs_config *config);
void qs_session_metric_rungs(const struct qs_session *session, const struct qs_metric *metric,
                             enum qs_quantizer_kind quantizer, uint32_t axis, struct qs_ladder *out);

// The axis to look at where nobody chose one: 1, or 0 where the metric is known of this quantizer along that one alone,
// as published metrics are. fnorm tells for all that take no data (and for NULL).
uint32_t qs_session_axis(const struct qs_session *session, const struct qs_metric *metric,
                         enum qs_quantizer_kind quantizer);

// What a scan is to find out besides the statistics of the weights. At first: hqq and rtn (which costs nothing beside
// hqq), axis 1, the paper's ladder, and the parameters that a cache's errors of hqq were made with. QS_USAGE where a
// parameter is out of range, or a scan runs.
struct qs_scan_options {
    uint32_t quantizers; // bits 1 << enum qs_quantizer_kind; 0: no errors
    struct qs_quantizer parameters; // axis and HQQ's parameters; its kind is not used
    struct qs_ladder ladder;
};
const struct qs_scan_options *qs_session_scan_options(const struct qs_session *session);
enum qs_status qs_session_set_scan_options(struct qs_session *session, const struct qs_scan_options *options,
                                           struct qs_error *err) QS_MUST_USE;

// One curve: f64[layers].
void qs_session_curve(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind, double *out);

// The parameters of the search for sensitive layers; qs_detect_defaults at first. Their `difference` is not used: each
// metric has its own. Set: QS_USAGE where one is out of range; nothing changes then.
const struct qs_detect_params *qs_session_detect_params(const struct qs_session *session);
enum qs_status qs_session_set_detect_params(struct qs_session *session, const struct qs_detect_params *params,
                                            struct qs_error *err) QS_MUST_USE;

// The sensitive layers of one curve under these parameters; *out is freed by qs_detection_free.
enum qs_status qs_session_detect(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind,
                                 struct qs_detection *out, struct qs_error *err) QS_MUST_USE;

// Changes whenever any value or parameter may have changed; views compare it to know whether to recompute.
uint64_t qs_session_revision(const struct qs_session *session);

// The scan: statistics of the weights, and errors as the scan options say. Its work is what no cache of the session
// holds yet, by module and by rung. Bytes are bytes of weights, every pass over them counted: one for the statistics,
// one for each rung of RTN and NF4, steps + 1 for each rung of HQQ, which has RTN with it. Rungs that a module cannot
// have (its weights are no whole number of groups, not finite, or of a type that is not read) are recorded as that,
// told in the log once for each module kind, and do not end the scan.
struct qs_scan_state {
    bool running;
    bool finished;        // everything that can be scanned is in the caches
    uint64_t done, total; // modules of this scan; before one starts, 0 and what is missing
    uint64_t bytes_done, bytes_total;
    double seconds;       // since the start, as of the last poll
    char what[64];        // "layer 7": the last one that came in
    struct qs_error error; // status QS_OK while nothing went wrong; being stopped is not wrong
};
const struct qs_scan_state *qs_session_scan(const struct qs_session *session); // valid until close

// In the background. Where nothing is missing (or a scan runs already) nothing happens. QS_USAGE where no model is
// open, or a cache has errors of HQQ that were made with other parameters; QS_BAD_INPUT where the cache is frozen,
// another model's, or held by another process; QS_FAILED where it cannot be written.
enum qs_status qs_session_scan_start(struct qs_session *session, struct qs_error *err) QS_MUST_USE;
void qs_session_scan_stop(struct qs_session *session); // asks; poll tells when it has stopped

// Takes finished layers from a running scan into the cache, each whole and at once safe from kill -9. Returns true
// where anything changed. At most max_wait_ms are spent waiting for something to happen (0: none).
bool qs_session_poll(struct qs_session *session, int max_wait_ms);

// The same scan in the foreground: returns when everything is scanned, or QS_INTERRUPTED soon after progress->stop
// becomes true, by a signal handler for instance (what is finished is kept). Progress is told in bytes.
enum qs_status qs_scan_run(struct qs_session *session, const struct qs_progress *progress,
                           struct qs_error *err) QS_MUST_USE;

// The folder of the bundled model: a new string, freed by the caller; NULL where it is not installed. The first that is
// there of $QUANTSCOPE_DATA/demo, share/quantscope/demo beside the program's folder, data/demo in that folder or in one
// of the two above it (a build tree), and where `make install` was told to put it.
char *qs_demo_path(void);

#endif
