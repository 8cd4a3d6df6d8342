// Reading an HDF5 file whose bytes nobody vouches for.
//
// HDF5 1.10 reads beyond its buffers, divides by zero or never ends on some damaged files. So a child process reads the
// image and hands the cache back as items; what happens to the child happens to nobody else.
#ifndef QS_CACHE_CONTAIN_H
#define QS_CACHE_CONTAIN_H

#include "cache/store.h"

// As qs_image_read. QS_BAD_INPUT also where the child crashed or took longer than a minute of processor time.
enum qs_status qs_contain_read(struct qs_cache *cache, void *image, size_t size, struct qs_error *err) QS_MUST_USE;

#endif
