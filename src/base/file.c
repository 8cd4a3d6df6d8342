// Files that are read: see file.h.
#include "base/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The maps that qs_map_path_at knows. A slot is free while its begin is 0; whoever sees another begin sees the end and
// the path that were stored before it.
enum { REMEMBERED_MAX = 1024 };
static struct remembered {
    atomic_bool taken;
    atomic_uintptr_t begin;
    atomic_uintptr_t end;
    _Atomic(const char *) path;
} remembered[REMEMBERED_MAX];

static void remember(const struct qs_map *map)
{
    for (size_t i = 0; map->data && i < REMEMBERED_MAX; i++) {
        struct remembered *slot = &remembered[i];
        bool free_one = false;
        if (atomic_compare_exchange_strong(&slot->taken, &free_one, true)) {
            atomic_store(&slot->path, map->path);
            atomic_store(&slot->end, (uintptr_t)map->data + (uintptr_t)map->size);
            atomic_store(&slot->begin, (uintptr_t)map->data);
            return;
        }
    }
}

static void forget(const struct qs_map *map)
{
    for (size_t i = 0; map->data && i < REMEMBERED_MAX; i++) {
        struct remembered *slot = &remembered[i];
        if (atomic_load(&slot->begin) == (uintptr_t)map->data) {
            atomic_store(&slot->begin, 0);
            atomic_store(&slot->taken, false);
            return;
        }
    }
}

const char *qs_map_path_at(const void *address)
{
    uintptr_t at = (uintptr_t)address;
    for (size_t i = 0; i < REMEMBERED_MAX; i++) {
        uintptr_t begin = atomic_load(&remembered[i].begin);
        if (begin && at >= begin && at < atomic_load(&remembered[i].end)) {
            return atomic_load(&remembered[i].path);
        }
    }
    return NULL;
}

// Opens a regular file; QS_BAD_INPUT where there is none.
static enum qs_status open_regular(const char *path, int *out_fd, uint64_t *out_size, struct qs_error *err)
{
    // O_NONBLOCK: opening a FIFO must not hang.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        enum qs_status status = errno == ENOENT || errno == ENOTDIR ? QS_BAD_INPUT : QS_FAILED;
        return qs_fail(err, status, "%s: cannot open: %s", path, strerror(errno));
    }
    struct stat st;
    if (fstat(fd, &st) != 0) {
        enum qs_status status = qs_fail_errno(err, path, "cannot stat");
        close(fd);
        return status;
    }
    if (!S_ISREG(st.st_mode)) {
        close(fd);
        return qs_fail(err, QS_BAD_INPUT, "%s: is %s, not a regular file", path,
                       S_ISDIR(st.st_mode) ? "a directory" : "a special file");
    }
    *out_fd = fd;
    *out_size = (uint64_t)st.st_size;
    return QS_OK;
}

enum qs_status qs_map_open(const char *path, struct qs_map *out, struct qs_error *err)
{
    *out = (struct qs_map){0};
    int fd = -1;
    struct qs_map map = {0};
    enum qs_status status = open_regular(path, &fd, &map.size, err);
    if (status != QS_OK) {
        return status;
    }
    map.path = strdup(path);
    if (!map.path) {
        status = qs_fail_memory(err, "a path", strlen(path) + 1);
        goto out;
    }
    if (map.size > 0) {
        void *data = mmap(NULL, (size_t)map.size, PROT_READ, MAP_SHARED, fd, 0);
        if (data == MAP_FAILED) {
            status = qs_fail_errno(err, path, "cannot map into memory");
            goto out;
        }
        map.data = data;
    }
    remember(&map);
    *out = map;
    map.path = NULL;
out:
    free(map.path);
    close(fd);
    return status;
}

void qs_map_close(struct qs_map *map)
{
    if (!map) {
        return;
    }
    forget(map);
    if (map->data) {
        munmap((void *)(uintptr_t)map->data, (size_t)map->size);
    }
    free(map->path);
    *map = (struct qs_map){0};
}

// The whole pages that cover the range (outer) or lie inside it (inner), as advice for the kernel.
static void advise(const struct qs_map *map, uint64_t offset, uint64_t size, int advice, bool inner)
{
    if (!map->data || offset >= map->size) {
        return;
    }
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t end = size < map->size - offset ? offset + size : map->size;
    uint64_t from = inner ? (offset + page - 1) / page * page : offset / page * page;
    uint64_t to = inner && end != map->size ? end / page * page : end;
    if (from < to) {
        madvise((void *)(uintptr_t)(map->data + from), (size_t)(to - from), advice);
    }
}

void qs_map_will_need(const struct qs_map *map, uint64_t offset, uint64_t size)
{
    advise(map, offset, size, MADV_WILLNEED, false);
}

void qs_map_done_with(const struct qs_map *map, uint64_t offset, uint64_t size)
{
    advise(map, offset, size, MADV_DONTNEED, true);
}

enum qs_status qs_file_read(const char *path, uint64_t max_bytes, char **out, size_t *out_size, struct qs_error *err)
{
    int fd = -1;
    uint64_t size = 0;
    enum qs_status status = open_regular(path, &fd, &size, err);
    if (status != QS_OK) {
        return status;
    }
    char *data = NULL;
    if (size > max_bytes) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: is %llu bytes, more than the %llu that are read here", path,
                         (unsigned long long)size, (unsigned long long)max_bytes);
        goto out;
    }
    data = malloc((size_t)size + 1);
    if (!data) {
        status = qs_fail_memory(err, path, (size_t)size + 1);
        goto out;
    }
    size_t have = 0;
    while (have < size) {
        ssize_t got = read(fd, data + have, (size_t)size - have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status = qs_fail_errno(err, path, "cannot read");
            goto out;
        }
        if (got == 0) {
            break; // became shorter meanwhile
        }
        have += (size_t)got;
    }
    data[have] = '\0';
    *out = data;
    *out_size = have;
    data = NULL;
out:
    free(data);
    close(fd);
    return status;
}

bool qs_path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool qs_path_is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool qs_path_is_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

char *qs_path_join(const char *folder, const char *name)
{
    struct qs_text text = {0};
    if (name[0] != '/') {
        size_t length = strlen(folder);
        qs_text_add(&text, folder);
        if (length && folder[length - 1] != '/') {
            qs_text_add(&text, "/");
        }
    }
    qs_text_add(&text, name);
    return qs_text_take(&text);
}

char *qs_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) {
        return strdup(".");
    }
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *qs_path_real(const char *path)
{
    enum { LINKS_MAX = 40 }; // as Linux follows
    char *real = realpath(path, NULL);
    char *at = real ? NULL : strdup(path);
    for (int links = 0; at && links < LINKS_MAX; links++) {
        char target[PATH_MAX];
        ssize_t length = readlink(at, target, sizeof target - 1);
        if (length <= 0) {
            return at;
        }
        target[length] = '\0';
        char *folder = qs_path_folder(at);
        free(at);
        at = folder ? qs_path_join(folder, target) : NULL;
        free(folder);
    }
    if (at) {
        free(at);
        at = strdup(path);
    }
    return real ? real : at;
}

const char *qs_path_base(const char *path)
{
    const char *end = path + strlen(path);
    while (end > path && end[-1] == '/') {
        end--;
    }
    while (end > path && end[-1] != '/') {
        end--;
    }
    return end;
}

bool qs_has_suffix(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t tail = strlen(suffix);
    return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}
