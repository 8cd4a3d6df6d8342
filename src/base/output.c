// Atomic output files: see output.h.
#include "base/output.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum qs_status fail_exists(const char *path, struct qs_error *err)
{
    return qs_fail(err, QS_USAGE, "%s: exists already; name another file, or overwrite it with --force", path);
}

// A symbolic link is followed, so that the file it names is replaced and the link stays.
static char *final_path(const char *path)
{
    return qs_path_is_link(path) ? qs_path_real(path) : strdup(path);
}

enum qs_status qs_output_open(const char *path, bool force, struct qs_output *out, struct qs_error *err)
{
    *out = (struct qs_output){0};
    struct qs_output output = {.path = final_path(path), .force = force};
    enum qs_status status = QS_OK;
    struct qs_text name = {0};
    int fd = -1;
    if (!output.path) {
        status = qs_fail_memory(err, "a path", strlen(path) + 1);
        goto out;
    }
    if (qs_path_is_link(output.path)) {
        status = qs_fail(err, QS_FAILED, "%s: is a symbolic link that leads in a circle", path);
        goto out;
    }
    if (qs_path_is_directory(output.path)) {
        status = qs_fail(err, QS_USAGE, "%s: is a directory; name a file to write", path);
        goto out;
    }
    if (!force && qs_path_exists(output.path)) {
        status = fail_exists(path, err);
        goto out;
    }
    qs_text_addf(&name, "%s.XXXXXX", output.path);
    output.temp_path = qs_text_take(&name);
    if (!output.temp_path) {
        status = qs_fail_memory(err, "a path", strlen(path) + 8);
        goto out;
    }
    fd = mkostemp(output.temp_path, O_CLOEXEC);
    if (fd < 0) {
        status = qs_fail_errno(err, path, "cannot create");
        free(output.temp_path); // nothing there to remove
        output.temp_path = NULL;
        goto out;
    }
    // mkostemp gives 0600; a result is as readable as any other new file, or as the one it replaces.
    mode_t mask = umask(0);
    umask(mask);
    struct stat st;
    fchmod(fd, stat(output.path, &st) == 0 ? st.st_mode & 0777 : 0666 & ~mask);
    output.file = fdopen(fd, "w+");
    if (!output.file) {
        status = qs_fail_errno(err, path, "cannot create");
        goto out;
    }
    fd = -1;
    *out = output;
    return QS_OK;
out:
    if (fd >= 0) {
        close(fd);
    }
    qs_output_abort(&output);
    return status;
}

bool qs_write_all(int fd, const void *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t put = write(fd, (const char *)bytes + done, size - done);
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

static enum qs_status sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return QS_FAILED;
    }
    int result = fsync(fd);
    int number = errno;
    close(fd);
    errno = number;
    return result == 0 ? QS_OK : QS_FAILED;
}

void qs_sync_folder(const char *path)
{
    char *folder = qs_path_folder(path);
    if (folder) {
        (void)sync_path(folder, O_RDONLY | O_DIRECTORY);
        free(folder);
    }
}

enum qs_status qs_output_commit(struct qs_output *output, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    if (output->file) {
        int bad = ferror(output->file);
        int closed = fclose(output->file);
        output->file = NULL;
        if (bad || closed != 0) {
            status = qs_fail(err, QS_FAILED, "%s: cannot write: %s", output->path,
                             closed != 0 ? strerror(errno) : "an earlier write failed (disk full?)");
            goto out;
        }
    }
    if (sync_path(output->temp_path, O_RDONLY) != QS_OK) {
        status = qs_fail_errno(err, output->path, "cannot write");
        goto out;
    }
    if (output->force) {
        if (rename(output->temp_path, output->path) != 0) {
            status = qs_fail_errno(err, output->path, "cannot rename the finished file");
            goto out;
        }
    } else {
        // link fails where the name is taken; rename would overwrite. Where links are not to be had, rename.
        if (link(output->temp_path, output->path) == 0) {
            unlink(output->temp_path);
        } else if (errno == EEXIST) {
            status = fail_exists(output->path, err);
            goto out;
        } else if (rename(output->temp_path, output->path) != 0) {
            status = qs_fail_errno(err, output->path, "cannot rename the finished file");
            goto out;
        }
    }
    free(output->temp_path);
    output->temp_path = NULL;
    qs_sync_folder(output->path);
out:
    qs_output_abort(output);
    return status;
}

void qs_output_abort(struct qs_output *output)
{
    if (!output) {
        return;
    }
    if (output->file) {
        fclose(output->file);
    }
    if (output->temp_path) {
        unlink(output->temp_path);
    }
    free(output->temp_path);
    free(output->path);
    *output = (struct qs_output){0};
}
