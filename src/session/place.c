// Where things lie: see place.h, and qs_demo_path in session.h.
//
// An HDF5 file begins with its signature at byte 0, 512, or a doubling of that (HDF5 File Format Specification, II.A).
#include "session/place.h"

#include "base/file.h"
#include "base/text.h"
#include "session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool qs_place_has_journal(const char *path)
{
    struct qs_text journal = {0};
    qs_text_addf(&journal, "%s.journal", path);
    bool there = !journal.failed && qs_path_exists(qs_text_chars(&journal));
    qs_text_free(&journal);
    return there;
}

enum qs_status qs_place_read_if_any(const char *path, struct qs_cache **out, struct qs_error *err)
{
    bool file = qs_path_exists(path);
    *out = NULL;
    if (!file && !qs_place_has_journal(path)) {
        return QS_OK;
    }
    enum qs_status status = qs_cache_read(path, out, err);
    // A journal alone that cannot be read is for the next writer to take over, or to refuse.
    return status == QS_BAD_INPUT && !file ? QS_OK : status;
}

static bool has_hdf5_signature(int fd)
{
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    unsigned char bytes[sizeof signature];
    for (off_t offset = 0; pread(fd, bytes, sizeof bytes, offset) == (ssize_t)sizeof bytes;
         offset = offset ? 2 * offset : 512) {
        if (memcmp(bytes, signature, sizeof bytes) == 0) {
            return true;
        }
        if (offset == 0 && memcmp(bytes, "GGUF", 4) == 0) {
            return false;
        }
        if (offset > LLONG_MAX / 4) {
            break;
        }
    }
    return false;
}

bool qs_place_is_cache(const char *path)
{
    // O_NONBLOCK: opening a FIFO must not hang.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return !qs_path_exists(path) && qs_place_has_journal(path);
    }
    struct stat st;
    bool cache =
        fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !qs_has_suffix(path, ".safetensors") && has_hdf5_signature(fd);
    close(fd);
    return cache;
}

bool qs_place_can_write(const char *path)
{
    if (qs_path_exists(path) && access(path, W_OK) != 0) {
        return false;
    }
    char *folder = qs_path_folder(path);
    bool can = folder && access(folder, W_OK | X_OK) == 0;
    free(folder);
    return can;
}

char *qs_place_fallback_cache(const char *fingerprint)
{
    // The XDG base directory specification: a path that is not absolute is to be ignored.
    const char *cache_home = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    struct qs_text path = {0};
    if (cache_home && cache_home[0] == '/') {
        qs_text_addf(&path, "%s/quantscope/%s.h5", cache_home, fingerprint);
    } else if (home && home[0] == '/') {
        qs_text_addf(&path, "%s/.cache/quantscope/%s.h5", home, fingerprint);
    } else {
        return NULL;
    }
    return qs_text_take(&path);
}

enum qs_status qs_place_make_folder(const char *path, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    char *folder = qs_path_folder(path);
    if (!folder) {
        return qs_fail_memory(err, "a path", strlen(path));
    }
    for (char *end = folder + 1; status == QS_OK; end++) {
        if (*end != '/' && *end != '\0') {
            continue;
        }
        char kept = *end;
        *end = '\0';
        // 0700 is what the XDG specification asks for.
        if (mkdir(folder, 0700) != 0 && errno != EEXIST && !qs_path_is_directory(folder)) {
            status = qs_fail_errno(err, folder, "cannot make this folder");
        }
        *end = kept;
        if (kept == '\0') {
            break;
        }
    }
    free(folder);
    return status;
}

// The folder of the running program, or NULL.
static char *program_folder(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return NULL;
    }
    path[length] = '\0';
    return qs_path_folder(path);
}

// folder/name where that is a folder, else NULL; NULL for no folder.
static char *folder_at(const char *folder, const char *name)
{
    char *path = folder && folder[0] ? qs_path_join(folder, name) : NULL;
    if (path && !qs_path_is_directory(path)) {
        free(path);
        path = NULL;
    }
    return path;
}

char *qs_demo_path(void)
{
    static const char *const beside[] = {"../share/quantscope/demo", "data/demo", "../data/demo", "../../data/demo"};
    char *path = folder_at(getenv("QUANTSCOPE_DATA"), "demo");
    char *program = program_folder();
    for (size_t i = 0; !path && i < QS_COUNT_OF(beside); i++) {
        path = folder_at(program, beside[i]);
    }
    free(program);
    return path ? path : folder_at(QS_PKGDATADIR, "demo");
}
