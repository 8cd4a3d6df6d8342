// Reading an HDF5 image in a child process.
//
// HDF5 1.10 reads and writes beyond its buffers, or never ends, on some damaged files: of 2000 random changes to one
// cache 11 crashed it and one made it loop, all where it reads texts of variable length. A checksum tells accidents,
// but not those who mean it. So a child process reads the image and hands the cache back as items; what happens to the
// child happens to nobody else. It costs a few milliseconds.
#ifndef QS_CACHE_CONTAIN_H
#define QS_CACHE_CONTAIN_H

#include "cache/store.h"

// As qs_image_read. QS_BAD_INPUT also where the child crashed, or asked for too much memory or time.
enum qs_status qs_contain_read(struct qs_cache *cache, void *image, size_t size, struct qs_error *err) QS_MUST_USE;

#endif
