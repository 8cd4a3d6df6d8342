// What is written to stderr while the screen is ours: see capture.h.
#include "term/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// A signal handler may have to use these, so they are plain descriptors and global.
static int real_stderr = -1;
static int kept = -1; // the file; -1: nothing is captured
static off_t read_to; // up to where lines have been taken

void qs_capture_begin(void)
{
    if (real_stderr >= 0 || !isatty(STDERR_FILENO)) {
        return;
    }
    FILE *file = tmpfile();
    int fd = file ? dup(fileno(file)) : open("/dev/null", O_RDWR | O_CLOEXEC);
    if (file) {
        fclose(file);
    }
    int copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (fd < 0 || copy < 0 || dup2(fd, STDERR_FILENO) < 0) {
        close(fd);
        close(copy);
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_APPEND); // shared with stderr: whoever writes, writes at the end
    real_stderr = copy;
    kept = fd;
    read_to = 0;
}

bool qs_capture_line(struct qs_text *line)
{
    if (kept < 0) {
        return false;
    }
    char bytes[1024];
    ssize_t count = pread(kept, bytes, sizeof bytes, read_to);
    const char *end = count > 0 ? memchr(bytes, '\n', (size_t)count) : NULL;
    if (!end && count < (ssize_t)sizeof bytes) {
        return false; // nothing, or the beginning of a line
    }
    size_t length = end ? (size_t)(end - bytes) : (size_t)count;
    read_to += (off_t)length + (end ? 1 : 0);
    qs_text_clear(line);
    qs_text_add_bytes(line, bytes, length);
    return true;
}

// Calls only what a signal handler may call.
void qs_capture_rescue(void)
{
    if (kept < 0) {
        return;
    }
    dup2(real_stderr, STDERR_FILENO);
    char bytes[1024];
    off_t at = 0;
    for (ssize_t count; (count = pread(kept, bytes, sizeof bytes, at)) > 0; at += count) {
        ssize_t written = write(STDERR_FILENO, bytes, (size_t)count);
        (void)written;
    }
    close(kept);
    close(real_stderr);
    kept = -1;
    real_stderr = -1;
}

void qs_capture_end(void)
{
    if (kept >= 0) {
        fflush(stderr);
    }
    qs_capture_rescue();
}
