// Attributes, tables and links of an HDF5 file that may be hostile, for hdf5_read.c: types, shapes, layouts and sizes
// are looked at before anything is read or allocated.
#ifndef QS_CACHE_HDF5_VALUE_H
#define QS_CACHE_HDF5_VALUE_H

#include "cache/store.h"

#define H5_USE_110_API
#include <hdf5.h>

// A text attribute of at most max - 1 bytes, freed by the caller; NULL and *why ("is missing", ...) where there is
// none.
char *qs_hdf5_text(hid_t object, const char *name, size_t max, const char **why);

// One whole number >= 0.
bool qs_hdf5_number(hid_t object, const char *name, uint64_t *out, const char **why);

// Texts of an attribute of exactly `count` of them; [index] of it, as above.
char *qs_hdf5_text_of(hid_t object, const char *name, hsize_t count, hsize_t index, size_t max, const char **why);

// Opens an object of a group by one name, through a hard link only; -1 and *why where that cannot be.
hid_t qs_hdf5_open(hid_t group, const char *name, H5I_type_t wanted, const char **why);

// A dataset's rank (at most 3) and lengths; false and *why where it is stored in a way that is not read here (in other
// files, as a view of others, by unknown filters, in huge chunks), or where it claims far more than is stored.
bool qs_hdf5_shape(hid_t dataset, int *out_rank, hsize_t out_lengths[static 3], const char **why);

// Whether the dataset's values are of this class and size.
bool qs_hdf5_is(hid_t dataset, H5T_class_t wanted, size_t size_bytes, bool is_signed);

// The texts of a one-dimensional dataset of `count` of them, each of at most max - 1 bytes; the list and its strings
// are freed by the caller. NULL and *why on failure.
char **qs_hdf5_texts(hid_t dataset, size_t count, size_t max, const char **why);

#endif
