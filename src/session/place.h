// Where things lie: what kind of file a path is, where results can be kept. Internal to src/session.
#ifndef QS_SESSION_PLACE_H
#define QS_SESSION_PLACE_H

#include "base/error.h"

#include <stdbool.h>

// Whether a path that a user named as a model is a cache: its HDF5 signature is there, or there is no such file but
// the journal of a cache of this name.
bool qs_place_is_cache(const char *path);

// Whether there is a cache under this name: a file, or a journal alone.
bool qs_place_has_cache(const char *path);

// Whether results of an unfinished scan wait beside the cache of this name.
bool qs_place_has_journal(const char *path);

// Whether a cache of this name could be made or extended, as far as permissions tell.
bool qs_place_can_write(const char *path);

// $XDG_CACHE_HOME/quantscope/FINGERPRINT.h5, else below $HOME/.cache. A new string; NULL where neither variable names
// an absolute path (or memory ran out).
char *qs_place_fallback_cache(const char *fingerprint);

// Makes the folder that path lies in, and those above it.
enum qs_status qs_place_make_folder(const char *path, struct qs_error *err) QS_MUST_USE;

#endif
