// Arrays with a value for each rung, and where a rung stands in them. GROUP/NAME has the paper's 12 rungs along the
// dimension /rung; the other 23 stand in GROUP/extra_NAME along /extra_rung, which is only there where somebody asked
// for such a rung. quantscope-cache(5) tells it to users. Internal to src/session.
#ifndef QS_SESSION_SHELF_H
#define QS_SESSION_SHELF_H

#include "cache/cache.h"
#include "quant/ladder.h"

#include <stdbool.h>

// One of the two: which rungs, with what before the names of their arrays, along which scale.
struct qs_shelf {
    const struct qs_ladder *ladder; // ascending
    const char *prefix;
    const char *scale;
    const char *names; // the attribute, of the first group of a path, that names the rungs
};

enum { QS_SHELVES = 2 };
extern const struct qs_shelf qs_shelves[QS_SHELVES];

// Where one of a rung's numbers stands. What is no rung at all is element UINT32_MAX, which no array has.
struct qs_rung_place {
    char path[QS_ARRAY_PATH_MAX];
    uint32_t element;
};
struct qs_rung_place qs_shelf_place(const char *group, const char *name, struct qs_rung rung);

const char *qs_shelf_path(const struct qs_shelf *shelf, const char *group, const char *name,
                          char out[static QS_ARRAY_PATH_MAX]);

bool qs_shelf_has_any(const struct qs_shelf *shelf, const struct qs_ladder *ladder); // a rung of the ladder

// The array, its scale and the names of its rungs, in a cache that is open for writing. about: its type, units and
// description; what else stands there is not looked at.
enum qs_status qs_shelf_declare(struct qs_cache *cache, const struct qs_shelf *shelf, const char *group,
                                const char *name, const struct qs_array_spec *about, struct qs_error *err) QS_MUST_USE;

// One module's values: f64[ladder->count], or u64. NaN, and QS_ABSENT_U64: what stands there stays. The arrays are
// declared on every shelf that has a rung of the ladder.
enum qs_status qs_shelf_put_f64(struct qs_cache *cache, const char *group, const char *name, uint32_t layer,
                                uint32_t kind, const struct qs_ladder *ladder, const double *values,
                                struct qs_error *err) QS_MUST_USE;
enum qs_status qs_shelf_put_u64(struct qs_cache *cache, const char *group, const char *name, uint32_t layer,
                                uint32_t kind, const struct qs_ladder *ladder, const uint64_t *values,
                                struct qs_error *err) QS_MUST_USE;

#endif
