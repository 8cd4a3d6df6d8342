// Attributes, groups and datasets written whole, for hdf5_write.c. None of them keeps times.
#ifndef QS_CACHE_HDF5_PUT_H
#define QS_CACHE_HDF5_PUT_H

#include "cache/store.h"

#define H5_USE_110_API
#include <hdf5.h>

// count values, or one scalar where count is 0. type is that of the file and of the values.
bool qs_hdf5_put_attribute(hid_t object, const char *name, hid_t type, hsize_t count, const void *values);

// A fixed-length ASCII text, as the HDF5 Dimension Scale Specification has CLASS and NAME.
bool qs_hdf5_put_ascii(hid_t object, const char *name, const char *text);
bool qs_hdf5_put_u64(hid_t object, const char *name, uint64_t value);

// Opens the group of a path, making it and those above it where they are not there; -1 on failure.
hid_t qs_hdf5_put_group(hid_t file, const char *path);

// A complete dataset, open for its attributes; -1 on failure. fill: the value that means "absent", or NULL.
hid_t qs_hdf5_put_dataset(hid_t file, const char *path, hid_t type, int rank, const hsize_t *lengths, const void *fill,
                          const void *values);

#endif
