// A child process that reads an HDF5 image: see contain.h. Items and messages come back through memory that both share
// by descriptor, so neither waits for the other, and nothing is used unless the child says that it finished.
#include "cache/contain.h"

#include "cache/image.h"
#include "cache/item.h"
#include "cache/journal.h"

#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECONDS = 5,                // of processor time,
    BYTES_PER_SECOND = 4 << 20, // and one more for so many bytes
    FOREIGN_MAX = 1024,         // bytes of names
    NO_MEMORY = 77,             // the exit status of a child that read it all and could not hand it over
};

// What the child may take beyond what the process has: all arrays three times, and room for HDF5.
#define MEMORY_BYTES (UINT64_C(8) << 30)

// What the child says beside the items; lies at the beginning of the shared memory.
struct answer {
    uint32_t status;
    uint64_t size; // of the items behind it
    char foreign[FOREIGN_MAX];
    struct qs_error error;
};

// A crash here is expected and quiet: no handlers of the program's, no core, no reports on the terminal. Signals from
// the terminal are for the parent, whose end is the child's.
static void quieten(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU};
    static const int requests[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1, SIGUSR2, SIGALRM};
    for (size_t i = 0; i < QS_COUNT_OF(crashes); i++) {
        signal(crashes[i], SIG_DFL);
    }
    for (size_t i = 0; i < QS_COUNT_OF(requests); i++) {
        signal(requests[i], SIG_IGN);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
}

static void set_limits(size_t size)
{
    rlim_t seconds = SECONDS + size / BYTES_PER_SECOND;
    setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = seconds, .rlim_max = seconds + 1});
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%llu", &pages) == 1) {
        rlim_t bytes = pages * (rlim_t)sysconf(_SC_PAGESIZE) + MEMORY_BYTES;
        setrlimit(RLIMIT_AS, &(struct rlimit){.rlim_cur = bytes, .rlim_max = bytes});
    }
    if (file) {
        fclose(file);
    }
}

static _Noreturn void child(struct qs_cache *cache, void *image, size_t size, int memory)
{
    struct answer answer = {0};
    struct qs_text items = {0};
    quieten();
    set_limits(size);
    if (cache->journal) {
        close(cache->journal->fd); // the lock is the parent's alone
    }
    answer.status = qs_image_read(cache, image, size, &answer.error);
    if (answer.status == QS_OK) {
        qs_item_everything(&items, cache);
        answer.size = items.length;
        strncpy(answer.foreign, qs_text_chars(&cache->foreign), sizeof answer.foreign - 1);
    }
    // The answer comes before the items in place, but after them in time: it is not there before they are.
    bool written = lseek(memory, (off_t)sizeof answer, SEEK_SET) >= 0 &&
                   qs_write_all(memory, qs_text_chars(&items), items.length) && lseek(memory, 0, SEEK_SET) == 0 &&
                   qs_write_all(memory, (const char *)&answer, sizeof answer);
    _exit(written && !items.failed ? 0 : NO_MEMORY);
}

static enum qs_status fail_crashed(const struct qs_cache *cache, struct qs_error *err)
{
    return qs_fail(err, QS_BAD_INPUT, "%s: is damaged: HDF5 cannot read it", cache->path);
}

// Takes the child's answer into the cache.
static enum qs_status take_answer(struct qs_cache *cache, int memory, struct qs_error *err)
{
    struct answer answer;
    off_t size = lseek(memory, 0, SEEK_END);
    if (size < (off_t)sizeof answer) {
        return fail_crashed(cache, err);
    }
    char *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, memory, 0);
    if (bytes == MAP_FAILED) {
        return qs_fail_memory(err, cache->path, (size_t)size);
    }
    memcpy(&answer, bytes, sizeof answer);
    answer.error.text[sizeof answer.error.text - 1] = '\0';
    answer.foreign[sizeof answer.foreign - 1] = '\0';
    enum qs_status status;
    bool other_model = false;
    struct qs_error why = {0};
    if (answer.size != (uint64_t)size - sizeof answer) {
        status = fail_crashed(cache, err);
    } else if (answer.status != QS_OK) {
        status = qs_fail(err, answer.status == QS_BAD_INPUT ? QS_BAD_INPUT : QS_FAILED, "%s", answer.error.text);
    } else if (qs_items_apply(cache, bytes + sizeof answer, (size_t)answer.size, &other_model, &why) != QS_OK) {
        status = qs_fail(err, why.status, "%s: %s", cache->path, why.text);
    } else {
        qs_text_add(&cache->foreign, answer.foreign);
        status = QS_OK;
    }
    munmap(bytes, (size_t)size);
    return status;
}

enum qs_status qs_contain_read(struct qs_cache *cache, void *image, size_t size, struct qs_error *err)
{
    int memory = memfd_create("quantscope-cache", MFD_CLOEXEC);
    if (memory < 0) {
        return qs_fail_errno(err, cache->path, "cannot get memory to read it");
    }
    pid_t pid = fork();
    if (pid == 0) {
        child(cache, image, size, memory);
    }
    enum qs_status status;
    if (pid < 0) {
        status = qs_fail_errno(err, cache->path, "cannot start a process to read it");
    } else {
        int ended = 0;
        while (waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
        }
        if (WIFEXITED(ended) && WEXITSTATUS(ended) == NO_MEMORY) {
            status = qs_fail_memory(err, cache->path, size);
        } else if (WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL) {
            status = qs_fail(err, QS_FAILED, "%s: the process that read it was killed (out of memory?)", cache->path);
        } else {
            status = take_answer(cache, memory, err);
        }
    }
    close(memory);
    return status;
}
