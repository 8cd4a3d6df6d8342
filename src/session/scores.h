// How what was measured on data stands in a cache: the arrays sensitivity/DATASET/part/QUANTIZER/axisN/value,
// sensitivity/DATASET/module/... and loss/DATASET/QUANTIZER/axisN/value of quantscope-cache(5), which have a value for
// each rung (shelf.h). Internal to src/session.
#ifndef QS_SESSION_SCORES_H
#define QS_SESSION_SCORES_H

#include "cache/cache.h"
#include "session/session.h"
#include "session/shelf.h"

// Lower-case letters, digits and '_', at most QS_DATASET_MAX - 1: a dataset's name is a group of the cache.
bool qs_dataset_is_name(const char *name);

// metric->data is not QS_DATA_NONE in any of these. dataset: "" has no place. name: "value", or what stands beside it.
struct qs_rung_place qs_scores_place(const struct qs_metric *metric, const char *dataset,
                                     const struct qs_config *config, const char *name);

// The first dataset, by name, of which the cache has any value; false where there is none.
bool qs_scores_dataset(const struct qs_cache *cache, const struct qs_metric *metric, char out[static QS_DATASET_MAX]);

// The array of the metric's values for every rung of the ladder, in a cache that is open for writing.
enum qs_status qs_scores_declare(struct qs_cache *cache, const struct qs_metric *metric, const char *dataset,
                                 enum qs_quantizer_kind quantizer, uint32_t axis, const struct qs_ladder *ladder,
                                 struct qs_error *err) QS_MUST_USE;

// values: f64[ladder->count]; NaN: that rung stays what it is.
enum qs_status qs_scores_put(struct qs_cache *cache, const struct qs_metric *metric, const char *dataset,
                             enum qs_quantizer_kind quantizer, uint32_t axis, uint32_t layer, uint32_t kind,
                             const struct qs_ladder *ladder, const double *values, struct qs_error *err) QS_MUST_USE;

#endif
