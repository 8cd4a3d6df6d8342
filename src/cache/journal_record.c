// Records of a journal: see journal.h. Each is written behind the last good one; a write that fails is cut off again.
#include "cache/journal.h"

#include "cache/item.h"
#include "cache/journal_format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

bool qs_journal_read_at(int fd, void *out, size_t size, uint64_t offset)
{
    size_t have = 0;
    while (have < size) {
        ssize_t got = pread(fd, (char *)out + have, size - have, (off_t)(offset + have));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            errno = got < 0 ? errno : 0;
            return false;
        }
        have += (size_t)got;
    }
    return true;
}

bool qs_journal_write_at(int fd, const void *bytes, size_t size, uint64_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t put = pwrite(fd, (const char *)bytes + done, size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            errno = put < 0 ? errno : ENOSPC;
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

uint64_t qs_journal_file_size(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && st.st_size > 0 ? (uint64_t)st.st_size : 0;
}

static uint64_t record_hash(const struct journal_record *record, const void *items, uint64_t seed)
{
    return XXH64(items, (size_t)record->size, XXH64(record, offsetof(struct journal_record, hash), seed));
}

// Reads the record at journal->end. *out_items (freed by the caller) stays NULL where there is no good one.
static enum qs_status read_record(const struct qs_journal *journal, uint64_t file_size, void **out_items,
                                  uint64_t *out_size, struct qs_error *err)
{
    struct journal_record record;
    uint64_t left = file_size - journal->end;
    if (left < sizeof record || !qs_journal_read_at(journal->fd, &record, sizeof record, journal->end) ||
        record.number != journal->records + 1 || record.size > left - sizeof record ||
        record.size > JOURNAL_RECORD_MAX) {
        return QS_OK;
    }
    void *items = malloc(record.size ? (size_t)record.size : 1);
    if (!items) {
        return qs_fail_memory(err, journal->path, (size_t)record.size);
    }
    if (!qs_journal_read_at(journal->fd, items, (size_t)record.size, journal->end + sizeof record) ||
        record_hash(&record, items, journal->seed) != record.hash) {
        free(items);
        return QS_OK;
    }
    *out_items = items;
    *out_size = record.size;
    return QS_OK;
}

// Applies the records from journal->end on, which moves behind the last good one.
static enum qs_status replay_on(struct qs_journal *journal, struct qs_cache *cache, uint64_t file_size,
                                struct qs_error *err)
{
    while (journal->end < file_size) {
        void *items = NULL;
        uint64_t size = 0;
        enum qs_status status = read_record(journal, file_size, &items, &size, err);
        if (status != QS_OK || !items) {
            return status;
        }
        bool other_model = false;
        struct qs_error why = {0};
        status = qs_items_apply(cache, items, (size_t)size, &other_model, &why);
        free(items);
        if (status == QS_BAD_INPUT && !other_model) {
            qs_store_warn(cache, "%s: byte %llu: %s", journal->path, (unsigned long long)journal->end, why.text);
            return QS_OK;
        }
        if (status != QS_OK) {
            return qs_fail(err, status, "%s: %s", journal->path, why.text);
        }
        journal->end += sizeof(struct journal_record) + size;
        journal->records++;
    }
    return QS_OK;
}

enum qs_status qs_journal_replay(struct qs_journal *journal, struct qs_cache *cache, struct qs_error *err)
{
    if (journal->damaged) {
        qs_store_warn(cache, "%s: damaged, or no journal of quantscope: it is not used", journal->path);
        return QS_OK;
    }
    uint64_t before = 0;
    uint64_t size = qs_journal_file_size(journal->fd);
    while (journal->end < size && size != before) { // a writer may have been in the middle of a record
        enum qs_status status = replay_on(journal, cache, size, err);
        if (status != QS_OK) {
            return status;
        }
        before = size;
        size = qs_journal_file_size(journal->fd);
    }
    if (journal->end < size) {
        qs_store_warn(cache,
                      "%s: byte %llu: the record there is incomplete or damaged; it and what follows (%llu bytes) "
                      "are not used",
                      journal->path, (unsigned long long)journal->end, (unsigned long long)(size - journal->end));
    }
    if (journal->writable && journal->end < size && ftruncate(journal->fd, (off_t)journal->end) != 0) {
        return qs_fail_errno(err, journal->path, "cannot cut off its damaged end");
    }
    return QS_OK;
}

enum qs_status qs_journal_append(struct qs_journal *journal, const void *items, size_t size, struct qs_error *err)
{
    if (size > JOURNAL_RECORD_MAX) {
        return qs_fail(err, QS_FAILED, "%s: %zu bytes are too much for one record (%d); flush more often",
                       journal->path, size, JOURNAL_RECORD_MAX);
    }
    if (!qs_journal_current(journal)) {
        return qs_fail(err, QS_FAILED, "%s: was removed or replaced by somebody while it was in use; start again",
                       journal->path);
    }
    struct journal_record record = {.size = size, .number = journal->records + 1};
    record.hash = record_hash(&record, items, journal->seed);
    if (!qs_journal_write_at(journal->fd, &record, sizeof record, journal->end) ||
        !qs_journal_write_at(journal->fd, items, size, journal->end + sizeof record)) {
        enum qs_status status = qs_fail_errno(err, journal->path, "cannot write");
        int cut = ftruncate(journal->fd, (off_t)journal->end);
        (void)cut; // where that fails too, the checksum tells the half-written record
        return status;
    }
    journal->end += sizeof record + size;
    journal->records++;
    return QS_OK;
}
