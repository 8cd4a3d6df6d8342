// Where things lie: what kind of file a path is, where results can be kept. Internal to src/session.
#ifndef QS_SESSION_PLACE_H
#define QS_SESSION_PLACE_H

#include "cache/cache.h"

#include <stdbool.h>

// Whether a path that a user named as a model is a cache: its HDF5 signature is there, or there is no such file but
// the journal of a cache of this name.
bool qs_place_is_cache(const char *path);

// Reads the cache; *out is NULL where there is none, or only the journal of a process that was killed before its first
// record was whole.
enum qs_status qs_place_read_if_any(const char *path, struct qs_cache **out, struct qs_error *err) QS_MUST_USE;

// Whether a process writes the cache of this name, or ended before all was in the file itself.
bool qs_place_has_journal(const char *path);

// Whether a cache of this name could be made or extended, as far as permissions tell.
bool qs_place_can_write(const char *path);

// $XDG_CACHE_HOME/quantscope/FINGERPRINT.h5, else below $HOME/.cache. A new string; NULL where neither variable names
// an absolute path (or memory ran out).
char *qs_place_fallback_cache(const char *fingerprint);

// Makes the folder that path lies in, and those above it.
enum qs_status qs_place_make_folder(const char *path, struct qs_error *err) QS_MUST_USE;

#endif
