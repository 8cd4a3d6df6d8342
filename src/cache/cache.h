// The cache: one HDF5 file that holds what is known of one model, and the journal beside it.
//
//     qs_cache_read(path, ...)            look at a cache; another process may be writing it
//     qs_cache_extend(path, info, ...)    open or make one for writing; one writer at a time
//     qs_cache_declare(cache, spec)       an array exists from now on, filled with "absent"
//     qs_cache_put(cache, ...)            one cell of one array
//     qs_cache_flush(cache)               what was put since the last flush survives kill -9, all of it or none
//     qs_cache_checkpoint(cache)          everything into the HDF5 file, by a copy that is renamed
//     qs_cache_close(cache)
//
// HDF5 1.10 keeps no journal: a process killed while it writes can leave a file unreadable. So nothing ever writes
// into an existing HDF5 file. Finished pieces are appended, with checksums, to PATH.journal; a checkpoint writes a
// new file beside PATH, renames it over PATH and drops the journal. Opening reads PATH (if it is there) and replays
// the journal (if it is there), up to its first damaged record. A journal record that is already in PATH changes
// nothing. Whoever has a cache open for writing holds PATH.journal, locked, all the time: a checkpoint puts an empty
// one in its place, and closing removes one that holds nothing.
//
// All calls on caches, of all caches, come from one thread (HDF5 is built without thread safety).
#ifndef QS_CACHE_CACHE_H
#define QS_CACHE_CACHE_H

#include "base/error.h"
#include "model/info.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_array_type { QS_ARRAY_F64, QS_ARRAY_U64 };

// Absent values: NaN, UINT64_MAX. (A value that is present but not defined, such as the kurtosis of a constant, is
// NaN too: whether a piece of work is done is told by an integer array of that work, e.g. weights/count.)
#define QS_ABSENT_U64 UINT64_MAX

enum { QS_ARRAY_PATH_MAX = 96, QS_ARRAY_SCALE_MAX = 64 };

// An array [layer][kind] or [layer][kind][n]. One cell is what one (layer, kind) has: 1 or n values.
struct qs_array_spec {
    char path[QS_ARRAY_PATH_MAX]; // "weights/kurtosis": group/name, lower case, digits, '_' and '/'
    enum qs_array_type type;
    uint32_t width;               // values in a cell; 1: the array has two dimensions
    char scale[QS_ARRAY_SCALE_MAX]; // name of the third dimension ("percentile"); "" where width is 1
    char units[32];               // "" where there is none
    char about[160];              // one sentence: definition and source
};

struct qs_array {
    struct qs_array_spec spec;
    double *f64;    // [layers][kinds][width], or NULL
    uint64_t *u64;  // the same for QS_ARRAY_U64
};

struct qs_cache;

// Loads everything into memory (a cache of this version is small). QS_BAD_INPUT: no cache, of another format version,
// or damaged. A missing PATH with a journal beside it is a cache.
enum qs_status qs_cache_read(const char *path, struct qs_cache **out, struct qs_error *err) QS_MUST_USE;

// The same for writing: makes the cache where there is none (until the first flush or checkpoint there is only an empty
// journal, which is no cache). QS_BAD_INPUT where it belongs to another model (fingerprints or modules differ), is
// frozen, is being written by another process (its process id is named), or holds things that are not of this format
// and would be lost; QS_FAILED where it cannot be written.
enum qs_status qs_cache_extend(const char *path, const struct qs_model_info *info, struct qs_cache **out,
                               struct qs_error *err) QS_MUST_USE;

// Writes nothing: flushed pieces are in the journal already, pieces never flushed are dropped. NULL is fine.
void qs_cache_close(struct qs_cache *cache);

const char *qs_cache_path(const struct qs_cache *cache);
const struct qs_model_info *qs_cache_model(const struct qs_cache *cache);
bool qs_cache_frozen(const struct qs_cache *cache);
const char *qs_cache_warnings(const struct qs_cache *cache); // e.g. a damaged end of the journal; "" where nothing

size_t qs_cache_array_count(const struct qs_cache *cache);
const struct qs_array *qs_cache_array_at(const struct qs_cache *cache, size_t index); // in path order
const struct qs_array *qs_cache_array(const struct qs_cache *cache, const char *path); // NULL where absent

// A cell's values, borrowed until the next put; NULL where layer, kind or type is not the array's.
const double *qs_array_f64(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind);
const uint64_t *qs_array_u64(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind);

// Values of a one-dimensional dimension scale, [width] f64, for arrays with a third dimension (e.g. 99, 99.9, 99.99).
enum qs_status qs_cache_set_scale(struct qs_cache *cache, const char *scale, const double *values, uint32_t width,
                                  struct qs_error *err) QS_MUST_USE;
const double *qs_cache_scale(const struct qs_cache *cache, const char *scale, uint32_t *out_width); // NULL if unknown

// Named text attributes of a group ("weights", "completed_at"...): method parameters, versions.
enum qs_status qs_cache_set_attribute(struct qs_cache *cache, const char *group, const char *name, const char *value,
                                      struct qs_error *err) QS_MUST_USE;
const char *qs_cache_attribute(const struct qs_cache *cache, const char *group, const char *name); // NULL if absent

// A frozen cache is not extended; whoever has it open for writing goes on until it is closed.
enum qs_status qs_cache_set_frozen(struct qs_cache *cache, bool frozen, struct qs_error *err) QS_MUST_USE;

// Existing with the same type and width: nothing happens. Otherwise QS_BAD_INPUT.
enum qs_status qs_cache_declare(struct qs_cache *cache, const struct qs_array_spec *spec,
                                struct qs_error *err) QS_MUST_USE;

// cell: f64[width] or u64[width], by the array's type.
enum qs_status qs_cache_put(struct qs_cache *cache, const char *path, uint32_t layer, uint32_t kind, const void *cell,
                            struct qs_error *err) QS_MUST_USE;
enum qs_status qs_cache_flush(struct qs_cache *cache, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_cache_checkpoint(struct qs_cache *cache, struct qs_error *err) QS_MUST_USE;

#endif
