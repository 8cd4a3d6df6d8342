// The parts of reading an HDF5 file, between hdf5_read*.c.
#ifndef QS_CACHE_HDF5_READER_H
#define QS_CACHE_HDF5_READER_H

#include "cache/hdf5_value.h"

struct qs_hdf5_reader {
    struct qs_cache *cache;
    hid_t file;
    size_t objects;        // visited so far
    enum qs_status status; // of the first failure, for callbacks that can only say "stop"
    struct qs_error *err;
};

// QS_BAD_INPUT with "FILE: WHERE: WHAT: WHY" (WHAT may be ""), which is kept in the reader.
enum qs_status qs_hdf5_fail_at(struct qs_hdf5_reader *reader, const char *where, const char *what, const char *why);

// Something the format does not know, which a new file would not hold.
void qs_hdf5_note_foreign(struct qs_hdf5_reader *reader, const char *path, const char *name);

enum qs_status qs_hdf5_read_model(struct qs_hdf5_reader *reader) QS_MUST_USE;

// A dataset of a group, its path as in qs_array_spec.
enum qs_status qs_hdf5_read_array(struct qs_hdf5_reader *reader, hid_t dataset, const char *path) QS_MUST_USE;

// A dataset of the root: the values of a dimension, or something foreign.
enum qs_status qs_hdf5_read_scale(struct qs_hdf5_reader *reader, hid_t dataset, const char *name) QS_MUST_USE;

#endif
