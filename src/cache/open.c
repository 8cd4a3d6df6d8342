// Opening caches: see cache.h.
//
// A reader holds the journal open, reads the HDF5 file, then looks whether the journal is still the one of its name. If
// not, a checkpoint came between, and it starts again: journal and file belong together. A writer has the lock, so for
// it nothing moves.
#include "cache/contain.h"
#include "cache/journal.h"
#include "cache/seal.h"
#include "cache/store.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READ_TRIES = 16,
    FILE_BYTES_MAX = 0x50000000, // all arrays, uncompressed, and room for the rest
};

// Fills an empty cache from its HDF5 file.
static enum qs_status read_file(struct qs_cache *cache, struct qs_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    size_t image = 0;
    enum qs_status status = qs_file_read(cache->file, FILE_BYTES_MAX, &bytes, &size, err);
    if (status != QS_OK) {
        return status;
    }
    enum qs_seal seal = qs_seal_check(bytes, size, &image);
    if (seal == QS_SEAL_BROKEN) {
        status = qs_fail(err, QS_BAD_INPUT,
                         "%s: is damaged: its checksum is not that of its %zu bytes; make it again, "
                         "or take it from a backup",
                         cache->path, size);
    } else {
        status = qs_contain_read(cache, bytes, image, err);
    }
    if (status == QS_OK && seal == QS_SEAL_NONE) {
        qs_store_warn(cache, "%s: was written by another program since quantscope wrote it", cache->path);
    }
    free(bytes);
    return status;
}

// One attempt to read. *again: a checkpoint came between.
static enum qs_status read_once(const char *path, bool alone, struct qs_cache **out, bool *again, struct qs_error *err)
{
    struct qs_journal *journal = NULL;
    struct qs_cache *cache = qs_store_new(path);
    if (!cache) {
        return qs_fail_memory(err, path, strlen(path));
    }
    enum qs_status status = QS_OK;
    if (!alone) {
        status = qs_journal_look(cache->file, &journal, err);
    }
    bool exists = qs_path_exists(cache->file);
    if (status == QS_OK && (exists || !journal || journal->damaged)) {
        status = read_file(cache, err);
    }
    *again = journal && !qs_journal_current(journal);
    if (status == QS_OK && journal && !*again) {
        if (journal->fingerprint[0] && cache->described && cache->model.fingerprint[0] &&
            strcmp(journal->fingerprint, cache->model.fingerprint) != 0) {
            status = qs_fail(err, QS_BAD_INPUT,
                             "%s: belongs to another model (fingerprint %s) than %s (%s); move it "
                             "away",
                             journal->path, journal->fingerprint, path, cache->model.fingerprint);
        } else {
            status = qs_journal_replay(journal, cache, err);
        }
    }
    if (status == QS_OK && !*again && !cache->described) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: is no cache: there is only a journal without a usable record", path);
    }
    qs_journal_close(journal);
    if (status == QS_OK && !*again) {
        *out = cache;
        cache = NULL;
    }
    qs_store_free(cache);
    return status;
}

enum qs_status qs_cache_read(const char *path, struct qs_cache **out, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    struct qs_error why = {0};
    bool again = true;
    for (int tries = 0; again; tries++) {
        // The file alone is whole as well, if not the newest: good enough where writers never pause.
        status = read_once(path, tries == READ_TRIES, out, &again, &why);
    }
    return status == QS_OK ? QS_OK : qs_fail(err, status, "%s", why.text);
}

static enum qs_status fail_not_writable(const struct qs_cache *cache, struct qs_error *err)
{
    return qs_fail(err, QS_FAILED, "%s: cannot be written: %s; name another cache", cache->path, strerror(errno));
}

// Everything of extend that comes after the lock.
static enum qs_status read_locked(struct qs_cache *cache, const struct qs_model_info *info, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    qs_seal_sweep(cache->file);
    if (qs_path_exists(cache->file)) {
        status = read_file(cache, err);
        if (status == QS_OK && cache->frozen) {
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: is frozen (its attribute \"frozen\" is set) and is not extended; "
                           "name another cache",
                           cache->path);
        }
        if (status == QS_OK && cache->foreign.length) {
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: holds what quantscope does not know and would lose (%s); name "
                           "another cache",
                           cache->path, qs_text_chars(&cache->foreign));
        }
        if (status == QS_OK) {
            status = qs_store_meet(cache, info, cache->path, err);
        }
    } else {
        status = qs_store_describe(cache, info, err);
    }
    if (status == QS_OK) {
        status = qs_journal_replay(cache->journal, cache, err);
    }
    if (status == QS_OK && cache->frozen) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is frozen and is not extended; name another cache", cache->path);
    }
    return status;
}

enum qs_status qs_cache_extend(const char *path, const struct qs_model_info *info, struct qs_cache **out,
                               struct qs_error *err)
{
    struct qs_cache *cache = qs_store_new(path);
    if (!cache) {
        return qs_fail_memory(err, path, strlen(path));
    }
    enum qs_status status = QS_OK;
    if (qs_path_is_link(cache->file)) {
        status = qs_fail(err, QS_FAILED, "%s: is a symbolic link that leads in a circle; name a file", path);
    } else if (qs_path_is_directory(cache->file)) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: is a directory; name a file", path);
    } else if (qs_path_exists(cache->file) && faccessat(AT_FDCWD, cache->file, W_OK, AT_EACCESS) != 0) {
        status = fail_not_writable(cache, err);
    } else {
        status = qs_journal_lock(cache->file, info->fingerprint, &cache->journal, err);
    }
    if (status == QS_OK) {
        status = read_locked(cache, info, err);
    }
    if (status != QS_OK) {
        qs_cache_close(cache);
        return status;
    }
    *out = cache;
    return QS_OK;
}

void qs_cache_close(struct qs_cache *cache)
{
    if (cache) {
        qs_journal_close(cache->journal);
        qs_store_free(cache);
    }
}
