// How the statistics of weights stand in a cache: the arrays weights/... of quantscope-cache(5). Internal to
// src/session.
#ifndef QS_SESSION_WEIGHTS_H
#define QS_SESSION_WEIGHTS_H

#include "cache/cache.h"
#include "stats/weights.h"

// A module has been scanned where this array has its value.
#define QS_WEIGHTS_DONE "weights/count"
#define QS_WEIGHTS_HISTOGRAM "weights/histogram"

// The arrays, scales and attributes of the group, in a cache that is open for writing.
enum qs_status qs_weights_declare(struct qs_cache *cache, struct qs_error *err) QS_MUST_USE;

// One module's statistics into the declared arrays.
enum qs_status qs_weights_put(struct qs_cache *cache, uint32_t layer, uint32_t kind,
                              const struct qs_weight_stats *stats, struct qs_error *err) QS_MUST_USE;

#endif
