// Sealed files: see seal.h.
//
// Not base/output.h, which draws a new name for every attempt: a process that is killed while it writes would leave one
// more file each time. Here the lock makes one name safe, and the next writer takes it over.
#include "cache/seal.h"

#include "base/output.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

struct seal {
    char magic[8];
    uint64_t size;
    uint64_t hash;
};
_Static_assert(sizeof(struct seal) == 24, "the seal is written as it lies in memory");

static const char seal_magic[8] = {'Q', 'S', 'S', 'E', 'A', 'L', '\r', '\n'};

enum qs_seal qs_seal_check(const void *bytes, size_t size, size_t *out_size)
{
    struct seal seal;
    *out_size = size;
    if (size < sizeof seal) {
        return QS_SEAL_NONE;
    }
    memcpy(&seal, (const char *)bytes + size - sizeof seal, sizeof seal);
    if (memcmp(seal.magic, seal_magic, sizeof seal.magic) != 0) {
        return QS_SEAL_NONE;
    }
    if (seal.size != size - sizeof seal || seal.hash != XXH64(bytes, size - sizeof seal, 0)) {
        return QS_SEAL_BROKEN;
    }
    *out_size = size - sizeof seal;
    return QS_SEAL_GOOD;
}

// The name a file has until it is complete; freed by the caller.
static char *new_name(const char *file)
{
    struct qs_text name = {0};
    qs_text_addf(&name, "%s.new", file);
    return qs_text_take(&name);
}

void qs_seal_sweep(const char *file)
{
    char *path = new_name(file);
    if (path) {
        unlink(path);
    }
    free(path);
}

enum qs_status qs_seal_write(const char *file, const void *image, size_t size, struct qs_error *err)
{
    struct seal seal = {.size = size, .hash = XXH64(image, size, 0)};
    memcpy(seal.magic, seal_magic, sizeof seal.magic);
    char *path = new_name(file);
    if (!path) {
        return qs_fail_memory(err, file, strlen(file));
    }
    enum qs_status status = QS_OK;
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = qs_fail_errno(err, path, "cannot create");
        goto out;
    }
    struct stat old;
    bool written = (stat(file, &old) != 0 || fchmod(fd, old.st_mode & 0777) == 0) && qs_write_all(fd, image, size) &&
                   qs_write_all(fd, &seal, sizeof seal) && fsync(fd) == 0;
    int number = errno;
    if (close(fd) != 0 && written) {
        written = false;
        number = errno;
    }
    errno = number;
    if (!written) {
        status = qs_fail_errno(err, path, "cannot write");
    } else if (rename(path, file) != 0) {
        status = qs_fail_errno(err, file, "cannot rename the finished file");
    } else {
        qs_sync_folder(file);
    }
    if (status != QS_OK) {
        unlink(path);
    }
out:
    free(path);
    return status;
}
