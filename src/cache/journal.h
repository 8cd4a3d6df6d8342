// The journal beside a cache: what was flushed since the last checkpoint, and the writers' lock.
//
// A file of a header (64 bytes) and records, each with an XXH64 over itself seeded by a number drawn for this journal,
// so that no damaged, torn or foreign bytes pass for a record. The writer of a cache holds its journal open and locked
// (flock, exclusive) all the time; the header names the holder's process for others' messages. A journal is replaced,
// never emptied, when a checkpoint has taken it into the HDF5 file: a reader that has the old one open sees all of
// it. The bytes are tabled in quantscope-cache(5).
#ifndef QS_CACHE_JOURNAL_H
#define QS_CACHE_JOURNAL_H

#include "cache/store.h"

#include <sys/types.h>

struct qs_journal {
    char *path;
    int fd;
    bool writable;        // locked by us
    bool damaged;         // no readable header: nothing in it can be used
    char fingerprint[33]; // of the model it belongs to; "" where unknown
    uint64_t seed;
    uint64_t end;     // bytes up to the last good record
    uint64_t records; // good ones
};

// Opens the journal of the HDF5 file `file` to look at. *out is NULL where there is none, or one without records.
// QS_BAD_INPUT where it is of a newer version.
enum qs_status qs_journal_look(const char *file, struct qs_journal **out, struct qs_error *err) QS_MUST_USE;

// Opens or makes it, and locks it. QS_BAD_INPUT where another process holds it, where its records belong to a model of
// another fingerprint, or where it is damaged or newer; QS_FAILED where it cannot be written.
enum qs_status qs_journal_lock(const char *file, const char *fingerprint, struct qs_journal **out,
                               struct qs_error *err) QS_MUST_USE;

// Applies its records to the cache, up to the first bad one, which is told in the cache's warnings; a writer then
// cuts the file there. QS_BAD_INPUT where it belongs to another model.
enum qs_status qs_journal_replay(struct qs_journal *journal, struct qs_cache *cache, struct qs_error *err) QS_MUST_USE;

// Whether the file of its name is still this one.
bool qs_journal_current(const struct qs_journal *journal);

// Adds one record of items. On failure the journal is as it was.
enum qs_status qs_journal_append(struct qs_journal *journal, const void *items, size_t size,
                                 struct qs_error *err) QS_MUST_USE;

// Puts an empty journal, locked by us, in its place. false: that could not be done, and the old one goes on with all
// its records, which is as safe.
bool qs_journal_renew(struct qs_journal *journal);

// Removes it where it is ours and holds nothing. NULL is fine.
void qs_journal_close(struct qs_journal *journal);

#endif
