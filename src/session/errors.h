// How errors of quantization stand in a cache: the arrays error/QUANTIZER/axisN/... of quantscope-cache(5), which have
// a value for each rung (shelf.h). Internal to src/session.
#ifndef QS_SESSION_ERRORS_H
#define QS_SESSION_ERRORS_H

#include "cache/cache.h"
#include "quant/error_grid.h"
#include "session/session.h"
#include "session/shelf.h"

// Where one of a config's numbers stands. name: "fnorm", "mean_abs", "max_abs", "snr_db", "steps" or QS_ERRORS_STATE.
struct qs_rung_place qs_errors_place(const struct qs_config *config, const char *name);

// Holds enum qs_rung_state for every rung that was tried; absent where none was.
#define QS_ERRORS_STATE "state"

// HQQ's parameters that a cache's errors of this axis were made with, into *inout; false where it has none.
bool qs_errors_parameters(const struct qs_cache *cache, uint32_t axis, struct qs_quantizer *inout);

// QS_USAGE where the cache has errors of HQQ that were made with other parameters than these options have.
enum qs_status qs_errors_check(const struct qs_cache *cache, const struct qs_scan_options *options,
                               struct qs_error *err) QS_MUST_USE;

// The arrays, scales and attributes for what the options ask, in a cache that is open for writing; fails as the check.
enum qs_status qs_errors_declare(struct qs_cache *cache, const struct qs_scan_options *options,
                                 struct qs_error *err) QS_MUST_USE;

// What was computed of one module (wanted in the job) into the declared arrays; other rungs stay what they are.
enum qs_status qs_errors_put(struct qs_cache *cache, const struct qs_scan_options *options, uint32_t layer,
                             uint32_t kind, const struct qs_error_job *job, struct qs_error *err) QS_MUST_USE;

// The same for errors measured elsewhere, of which nothing is known but their Frobenius norm. values:
// f64[ladder->count]; NaN: that rung stays what it is.
enum qs_status qs_errors_declare_fnorm(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                       const struct qs_ladder *ladder, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_errors_put_fnorm(struct qs_cache *cache, enum qs_quantizer_kind quantizer, uint32_t axis,
                                   uint32_t layer, uint32_t kind, const struct qs_ladder *ladder, const double *values,
                                   struct qs_error *err) QS_MUST_USE;

#endif
