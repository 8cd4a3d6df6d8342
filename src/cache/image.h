// The HDF5 file as one piece of memory: written by HDF5 into memory, read by HDF5 from memory, so that disk errors are
// ours to handle and no other file is ever touched. Only hdf5_*.[ch], behind this header, know HDF5. The
// layout is tabled in quantscope-cache(5).
#ifndef QS_CACHE_IMAGE_H
#define QS_CACHE_IMAGE_H

#include "cache/store.h"

#define QS_IMAGE_FORMAT "quantscope cache"

// What netCDF names a dimension whose values are not known; its length follows.
#define QS_IMAGE_NO_VALUES "This is a netCDF dimension but not a netCDF variable."

// *out_image is freed by the caller. The same content gives the same bytes.
enum qs_status qs_image_write(const struct qs_cache *cache, void **out_image, size_t *out_size,
                              struct qs_error *err) QS_MUST_USE;

// Fills an empty cache (qs_store_new). QS_BAD_INPUT where the bytes are no cache of this version, naming the field.
// HDF5 1.10 does not withstand every damaged file: see contain.h, through which files are read.
enum qs_status qs_image_read(struct qs_cache *cache, void *image, size_t size, struct qs_error *err) QS_MUST_USE;

#endif
