// Metrics made elsewhere (commit/metrics_csv.h) into a cache, beside what is measured here.
#ifndef QS_SESSION_IMPORT_H
#define QS_SESSION_IMPORT_H

#include "base/error.h"
#include "commit/metrics_csv.h"

#include <stdint.h>

struct qs_import {
    uint64_t values; // that are new in the cache
    uint64_t known;  // that it had already, the same
    uint64_t kept;   // that it has otherwise: what it has stays
};

// Makes the cache or extends it; it is complete on disk when this returns. Errors are those of hqq, axis 0, as the
// paper has them; what takes data is of the dataset "imported". A sensitivity that was copied to all rungs is that of
// b4g64.
// source: said in the cache of where the values are from. QS_BAD_INPUT where the cache is of another model (layers,
// kinds and numbers of weights decide), frozen, or held by another process; QS_FAILED where it cannot be written.
// Unless QS_OK the cache is as it was.
enum qs_status qs_import_metrics(const struct qs_metrics *metrics, const char *source, const char *cache,
                                 struct qs_import *out, struct qs_error *err) QS_MUST_USE;

#endif
