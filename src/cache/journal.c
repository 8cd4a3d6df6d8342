// The journal: see journal.h.
//
// The lock is taken on the open file and then checked to be the lock of the name: between open and flock the holder may
// have removed or replaced the file, and a lock on a file without a name excludes nobody.
#include "cache/journal.h"

#include "cache/journal_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

enum {
    LOCK_TRIES = 20, // a process that was just killed may need a moment to let go
    LOCK_PAUSE_NS = 5000000,
};

static const char journal_magic[8] = {'Q', 'S', 'J', 'R', 'N', 'L', '\r', '\n'};

static uint64_t header_hash(const struct journal_header *header)
{
    struct journal_header copy = *header;
    copy.pid = 0;
    return XXH64(&copy, offsetof(struct journal_header, hash), 0);
}

static struct qs_journal *journal_new(const char *file)
{
    struct qs_journal *journal = calloc(1, sizeof *journal);
    struct qs_text path = {0};
    qs_text_addf(&path, "%s.journal", file);
    char *taken = qs_text_take(&path);
    if (!journal || !taken) {
        free(journal);
        free(taken);
        return NULL;
    }
    journal->path = taken;
    journal->fd = -1;
    return journal;
}

// Takes the header in. Damage is noted in journal->damaged.
static enum qs_status read_header(struct qs_journal *journal, struct qs_error *err)
{
    struct journal_header header;
    if (!qs_journal_read_at(journal->fd, &header, sizeof header, 0)) {
        return qs_fail_errno(err, journal->path, "cannot read");
    }
    if (memcmp(header.magic, journal_magic, sizeof header.magic) != 0 || header_hash(&header) != header.hash ||
        header.version < 1) {
        journal->damaged = true;
        return QS_OK;
    }
    if (header.version > JOURNAL_VERSION) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: version %u: made by a newer quantscope (this one reads version %d); "
                       "update quantscope",
                       journal->path, header.version, JOURNAL_VERSION);
    }
    memcpy(journal->fingerprint, header.fingerprint, sizeof header.fingerprint);
    journal->seed = header.seed;
    journal->end = sizeof header;
    return QS_OK;
}

enum qs_status qs_journal_look(const char *file, struct qs_journal **out, struct qs_error *err)
{
    struct qs_journal *journal = journal_new(file);
    if (!journal) {
        return qs_fail_memory(err, file, strlen(file));
    }
    enum qs_status status = QS_OK;
    struct stat st;
    journal->fd = open(journal->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (journal->fd < 0 && errno != ENOENT) {
        status = qs_fail_errno(err, journal->path, "cannot open");
        goto out;
    }
    if (journal->fd < 0 || fstat(journal->fd, &st) != 0 || st.st_size <= (off_t)sizeof(struct journal_header)) {
        *out = NULL;
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: is no regular file; move it away", journal->path);
        goto out;
    }
    status = read_header(journal, err);
    if (status == QS_OK) {
        *out = journal;
        journal = NULL;
    }
out:
    qs_journal_close(journal);
    return status;
}

bool qs_journal_current(const struct qs_journal *journal)
{
    struct stat mine;
    struct stat named;
    return fstat(journal->fd, &mine) == 0 && stat(journal->path, &named) == 0 && mine.st_dev == named.st_dev &&
           mine.st_ino == named.st_ino;
}

static enum qs_status fail_held(const struct qs_journal *journal, const char *file, struct qs_error *err)
{
    uint32_t pid = 0;
    if (qs_journal_read_at(journal->fd, &pid, sizeof pid, offsetof(struct journal_header, pid)) && pid) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: is being written by another process (%u); wait for it to end, or name "
                       "another cache",
                       file, pid);
    }
    return qs_fail(err, QS_BAD_INPUT,
                   "%s: is being written by another process; wait for it to end, or name another "
                   "cache",
                   file);
}

// An open, locked file that bears the journal's name.
static enum qs_status lock_file(struct qs_journal *journal, const char *file, struct qs_error *err)
{
    for (int tries = 0; tries < LOCK_TRIES; tries++) {
        if (journal->fd >= 0) {
            close(journal->fd);
        }
        journal->fd = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
        if (journal->fd < 0) {
            return qs_fail(err, QS_FAILED, "%s: cannot be written: %s: %s", file, journal->path, strerror(errno));
        }
        if (flock(journal->fd, LOCK_EX | LOCK_NB) == 0) {
            if (qs_journal_current(journal)) {
                journal->writable = true;
                return QS_OK;
            }
        } else if (errno == EWOULDBLOCK || errno == EINTR) {
            nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
        } else {
            return qs_fail_errno(err, journal->path, "cannot lock");
        }
    }
    return fail_held(journal, file, err);
}

// A header for a journal without records.
static bool write_header(int fd, const char *fingerprint, uint64_t *out_seed)
{
    struct journal_header header = {.version = JOURNAL_VERSION, .pid = (uint32_t)getpid()};
    memcpy(header.magic, journal_magic, sizeof header.magic);
    memcpy(header.fingerprint, fingerprint, strnlen(fingerprint, sizeof header.fingerprint));
    if (getrandom(&header.seed, sizeof header.seed, 0) != (ssize_t)sizeof header.seed) {
        header.seed = (uint64_t)time(NULL); // only tells journals apart
    }
    header.hash = header_hash(&header);
    if (ftruncate(fd, 0) != 0 || !qs_journal_write_at(fd, &header, sizeof header, 0)) {
        return false;
    }
    *out_seed = header.seed;
    return true;
}

// The header of a locked journal: a new one where there are no records, else the old with our process id.
static enum qs_status claim(struct qs_journal *journal, const char *file, const char *fingerprint, struct qs_error *err)
{
    struct stat st;
    if (fstat(journal->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is no regular file; move it away", journal->path);
    }
    if (st.st_size <= (off_t)sizeof(struct journal_header)) {
        if (!write_header(journal->fd, fingerprint, &journal->seed)) {
            return qs_fail(err, QS_FAILED, "%s: cannot be written: %s: %s", file, journal->path, strerror(errno));
        }
        snprintf(journal->fingerprint, sizeof journal->fingerprint, "%s", fingerprint);
        journal->end = sizeof(struct journal_header);
        return QS_OK;
    }
    enum qs_status status = read_header(journal, err);
    if (status != QS_OK) {
        return status;
    }
    if (journal->damaged) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: damaged, or no journal of quantscope: its first 64 bytes are no header; "
                       "move it away to go on without what it holds",
                       journal->path);
    }
    if (journal->fingerprint[0] && fingerprint[0] && strcmp(journal->fingerprint, fingerprint) != 0) {
        return qs_fail(err, QS_BAD_INPUT, "%s: belongs to another model (fingerprint %s, not %s); name another cache",
                       journal->path, journal->fingerprint, fingerprint);
    }
    uint32_t pid = (uint32_t)getpid();
    if (!qs_journal_write_at(journal->fd, &pid, sizeof pid, offsetof(struct journal_header, pid))) {
        return qs_fail(err, QS_FAILED, "%s: cannot be written: %s: %s", file, journal->path, strerror(errno));
    }
    return QS_OK;
}

// The name a new journal has before it replaces the old; freed by the caller. Used under the lock only.
static char *new_name(const struct qs_journal *journal)
{
    struct qs_text name = {0};
    qs_text_addf(&name, "%s.new", journal->path);
    return qs_text_take(&name);
}

// Removes what a process left that was killed while it renewed the journal.
static void sweep(const struct qs_journal *journal)
{
    char *path = new_name(journal);
    if (path) {
        unlink(path);
    }
    free(path);
}

enum qs_status qs_journal_lock(const char *file, const char *fingerprint, struct qs_journal **out, struct qs_error *err)
{
    struct qs_journal *journal = journal_new(file);
    if (!journal) {
        return qs_fail_memory(err, file, strlen(file));
    }
    enum qs_status status = lock_file(journal, file, err);
    if (status == QS_OK) {
        sweep(journal);
        status = claim(journal, file, fingerprint, err);
    }
    if (status != QS_OK) {
        qs_journal_close(journal);
        return status;
    }
    *out = journal;
    return QS_OK;
}

bool qs_journal_renew(struct qs_journal *journal)
{
    char *path = new_name(journal);
    if (!path) {
        return false;
    }
    unlink(path);
    uint64_t seed = 0;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || !write_header(fd, journal->fingerprint, &seed) ||
                    rename(path, journal->path) != 0)) {
        unlink(path);
        close(fd);
        fd = -1;
    }
    free(path);
    if (fd < 0) {
        return false;
    }
    close(journal->fd);
    journal->fd = fd;
    journal->seed = seed;
    journal->end = sizeof(struct journal_header);
    journal->records = 0;
    return true;
}

void qs_journal_close(struct qs_journal *journal)
{
    if (!journal) {
        return;
    }
    if (journal->fd >= 0) {
        // Removed under the lock: whoever waits for it finds that its name is gone, and begins again.
        if (journal->writable && qs_journal_file_size(journal->fd) <= sizeof(struct journal_header) &&
            qs_journal_current(journal)) {
            unlink(journal->path);
        }
        close(journal->fd);
    }
    free(journal->path);
    free(journal);
}
