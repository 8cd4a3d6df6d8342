// Inside the room: the cache in memory, and the limits of what is taken from files.
//
// Public calls (cache.c), journal records (item.c) and HDF5 files (hdf5_read.c) all change a cache through the
// functions below, so that every way in has the same checks.
#ifndef QS_CACHE_STORE_H
#define QS_CACHE_STORE_H

#include "base/text.h"
#include "cache/cache.h"

enum {
    QS_CACHE_VERSION = 1,         // format_version of the HDF5 file
    QS_CACHE_CELLS_MAX = 1 << 22, // layers x kinds
    QS_CACHE_WIDTH_MAX = 65536,   // values in a cell
    QS_CACHE_BYTES_MAX = 1 << 30, // of all arrays together
    QS_CACHE_ARRAYS_MAX = 2048,
    QS_CACHE_SCALES_MAX = 256,
    QS_CACHE_ATTRIBUTES_MAX = 16384,
    QS_CACHE_VALUE_MAX = 1 << 20, // bytes of an attribute's text, NUL included
};

struct qs_stored {
    struct qs_array array;
    bool journaled; // the journal at hand tells its spec
};

struct qs_stored_scale {
    char name[QS_ARRAY_SCALE_MAX];
    double *values; // [width]
    uint32_t width;
};

struct qs_stored_attribute {
    char group[QS_ARRAY_PATH_MAX]; // "" for the whole file
    char name[QS_ARRAY_SCALE_MAX];
    char *value;
};

struct qs_journal;

struct qs_cache {
    char *path;     // as given, for messages
    char *file;     // the HDF5 file: symbolic links resolved
    bool described; // model is set
    struct qs_model_info model;
    bool frozen;
    struct qs_stored **arrays; // in path order; each allocated alone, so that borrowed pointers stay
    size_t array_count;
    size_t array_capacity;
    uint64_t array_bytes;
    struct qs_stored_scale *scales; // in the order of arrival
    size_t scale_count;
    size_t scale_capacity;
    struct qs_stored_attribute *attributes; // by group, then name
    size_t attribute_count;
    size_t attribute_capacity;
    struct qs_text warnings;
    struct qs_text foreign;     // names of what the HDF5 file holds beyond this format
    struct qs_journal *journal; // held by a writer; NULL: for reading
    struct qs_text pending;     // records of what was put since the last flush
};

// path is copied. NULL where memory ran out.
struct qs_cache *qs_store_new(const char *path);
void qs_store_free(struct qs_cache *cache); // NULL is fine; leaves the journal alone

// Takes a copy of the description. QS_BAD_INPUT beyond the limits.
enum qs_status qs_store_describe(struct qs_cache *cache, const struct qs_model_info *info,
                                 struct qs_error *err) QS_MUST_USE;

// QS_BAD_INPUT, told about `where` (a file), unless info is of the model that the cache is of. A fingerprint that is
// not known fits any; so do numbers of weights where one of the two knows no shapes.
enum qs_status qs_store_same_model(const struct qs_cache *cache, const struct qs_model_info *info, const char *where,
                                   struct qs_error *err) QS_MUST_USE;

// The same, and a cache that knew numbers of weights only learns the shapes.
enum qs_status qs_store_meet(struct qs_cache *cache, const struct qs_model_info *info, const char *where,
                             struct qs_error *err) QS_MUST_USE;

struct qs_stored *qs_store_find(const struct qs_cache *cache, const char *path); // NULL where absent

// *changed (may be NULL) tells whether the cache is now another.
enum qs_status qs_store_declare(struct qs_cache *cache, const struct qs_array_spec *spec, bool *changed,
                                struct qs_error *err) QS_MUST_USE;
enum qs_status qs_store_scale(struct qs_cache *cache, const char *name, const double *values, uint32_t width,
                              bool *changed, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_store_attribute(struct qs_cache *cache, const char *group, const char *name, const char *value,
                                  bool *changed, struct qs_error *err) QS_MUST_USE;

// Where the cell begins in f64 or u64, in values; false where there is no such cell.
bool qs_store_offset(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind,
                     size_t *out_offset);

// The array's values as bytes, and how many values it has in all.
void *qs_store_values(const struct qs_array *array);
size_t qs_store_length(const struct qs_cache *cache, const struct qs_array *array);

// One line more in the warnings.
void qs_store_warn(struct qs_cache *cache, const char *format, ...) QS_PRINTF(2, 3);

#endif
