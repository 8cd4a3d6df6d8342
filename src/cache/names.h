// The names of arrays, groups and dimensions in a cache.
#ifndef QS_CACHE_NAMES_H
#define QS_CACHE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

// Lower case, digits, '_', with single '/' between parts, of which there are at least `least`; fits in max bytes with
// its NUL. path need not be terminated within max.
bool qs_name_is_path(const char *path, size_t max, unsigned least);

// One part alone.
bool qs_name_is_plain(const char *name, size_t max);

// True where path is `of`, or something in the group `of`.
bool qs_name_in(const char *path, const char *of);

// The same, either way round.
bool qs_name_overlap(const char *a, const char *b);

// Names at the root that the format itself uses: /model, /layer, /kind.
bool qs_name_is_reserved(const char *path);

#endif
