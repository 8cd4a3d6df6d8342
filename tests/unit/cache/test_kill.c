// src/cache: a writer is killed at any moment; what it had flushed is there, whole, and the next writer goes on.
//
// A child process puts, flushes and checkpoints in a loop, and tells through a pipe what is flushed; the test kills it
// after a drawn number of such messages and a drawn moment more. The moments are drawn from a fixed seed, but where
// they fall is up to the machine: every outcome must be right.
#include "sample.h"

#include "base/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LAYERS = 6, KINDS = 2 };

// Every cell holds its own place and how often it was put; all arrays of a layer and kind are put together.
static double value_of(uint32_t layer, uint32_t kind, uint64_t times)
{
    return layer * 1e6 + kind * 1e5 + (double)times;
}

struct message {
    uint32_t layer;
    uint32_t kind;
    uint64_t times;
};

static const struct qs_array_spec specs[] = {
    {.path = "a/real", .width = 1},
    {.path = "a/times", .type = QS_ARRAY_U64, .width = 1},
    {.path = "b/wide", .width = 2048, .scale = "n"}, // records of several pages
};

// Checks a cell and tells how often it was put; 0 where it is absent.
static uint64_t times_of(const struct qs_cache *cache, uint32_t layer, uint32_t kind)
{
    const struct qs_array *arrays[QS_COUNT_OF(specs)];
    for (size_t i = 0; i < QS_COUNT_OF(specs); i++) {
        arrays[i] = qs_cache_array(cache, specs[i].path);
        if (!arrays[i]) {
            assert_int_equal(qs_cache_array_count(cache), 0); // declared together
            return 0;
        }
    }
    uint64_t times = *qs_array_u64(cache, arrays[1], layer, kind);
    double real = *qs_array_f64(cache, arrays[0], layer, kind);
    const double *wide = qs_array_f64(cache, arrays[2], layer, kind);
    for (uint32_t i = 0; i < specs[2].width; i++) {
        if (times == QS_ABSENT_U64) {
            assert_true(real != real && wide[i] != wide[i]);
        } else {
            assert_true(real == value_of(layer, kind, times) && wide[i] == real + i);
        }
    }
    return times == QS_ABSENT_U64 ? 0 : times;
}

static void put_cell(struct qs_cache *cache, uint32_t layer, uint32_t kind, uint64_t times)
{
    double wide[2048];
    double real = value_of(layer, kind, times);
    for (uint32_t i = 0; i < 2048; i++) {
        wide[i] = real + i;
    }
    ok(qs_cache_put(cache, specs[0].path, layer, kind, &real, err));
    ok(qs_cache_put(cache, specs[1].path, layer, kind, &times, err));
    ok(qs_cache_put(cache, specs[2].path, layer, kind, wide, err));
}

// Never returns. Exits with 3 where anything fails.
static void write_until_killed(const char *path, int pipe_end, uint64_t seed)
{
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        struct qs_cache *cache = NULL;
        if (qs_cache_extend(path, &info, &cache, NULL) != QS_OK) {
            _exit(3);
        }
        for (size_t i = 0; i < QS_COUNT_OF(specs); i++) {
            ok(qs_cache_declare(cache, &specs[i], err));
        }
        uint64_t steps = 1 + draw(&seed) % 12;
        for (uint64_t step = 0; step < steps; step++) {
            struct message message = {.layer = (uint32_t)(draw(&seed) % LAYERS),
                                      .kind = (uint32_t)(draw(&seed) % KINDS)};
            message.times = times_of(cache, message.layer, message.kind) + 1;
            put_cell(cache, message.layer, message.kind, message.times);
            uint64_t what = draw(&seed) % 4;
            if ((what == 0 ? qs_cache_checkpoint(cache, NULL) : qs_cache_flush(cache, NULL)) != QS_OK ||
                write(pipe_end, &message, sizeof message) != (ssize_t)sizeof message) {
                _exit(3);
            }
        }
        qs_cache_close(cache);
    }
}

// Reads what the child tells; stops, where count is not 0, after so many messages.
static void listen(int pipe_end, uint64_t count, uint64_t flushed[LAYERS][KINDS])
{
    struct message message;
    for (uint64_t i = 0; count == 0 || i < count; i++) {
        ssize_t got = read(pipe_end, &message, sizeof message);
        if (got == 0) {
            return;
        }
        assert_int_equal(got, sizeof message); // short messages are written whole
        flushed[message.layer][message.kind] = message.times;
    }
}

// A child begins to write, and is killed.
static void write_and_kill(const char *path, uint64_t *seed, uint64_t flushed[LAYERS][KINDS])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    uint64_t child_seed = draw(seed);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        write_until_killed(path, ends[1], child_seed);
    }
    close(ends[1]);
    uint64_t messages = draw(seed) % 16;
    if (messages) {
        listen(ends[0], messages, flushed);
    }
    nanosleep(&(struct timespec){.tv_nsec = (long)(draw(seed) % 3000000)}, NULL);
    kill(pid, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    listen(ends[0], 0, flushed);
    close(ends[0]);
}

// What was told to be flushed is there, or one put more, that was flushed but not told. `flushed` becomes what is
// there.
static void check(const char *path, uint64_t flushed[LAYERS][KINDS])
{
    struct qs_cache *cache = NULL;
    struct qs_error why = {0};
    bool any = false;
    for (uint32_t i = 0; i < LAYERS * KINDS; i++) {
        any = any || flushed[i / KINDS][i % KINDS];
    }
    enum qs_status status = qs_cache_read(path, &cache, &why);
    if (status != QS_OK) {
        assert_int_equal(status, QS_BAD_INPUT);
        if (any) {
            fail_msg("%s", why.text);
        }
        return;
    }
    uint64_t more = 0;
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            uint64_t times = times_of(cache, layer, kind);
            assert_true(times >= flushed[layer][kind]);
            more += times - flushed[layer][kind];
            flushed[layer][kind] = times;
        }
    }
    assert_true(more <= 1);
    qs_cache_close(cache);
}

// No files are in the folder but these.
static void assert_files(const char *folder, const char *const *allowed, size_t count)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        bool good = entry->d_name[0] == '.';
        for (size_t i = 0; i < count; i++) {
            good = good || strcmp(entry->d_name, allowed[i]) == 0;
        }
        if (!good) {
            fail_msg("%s/%s was left", folder, entry->d_name);
        }
    }
    closedir(dir);
}

static void what_was_flushed_survives_200_kills(void **state)
{
    (void)state;
    static const char *const files[] = {"cache.h5", "cache.h5.journal", "cache.h5.new", "cache.h5.journal.new"};
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    uint64_t seed = 20250306;
    for (int fresh = 0; fresh < 10; fresh++) {
        char name[32];
        uint64_t flushed[LAYERS][KINDS] = {{0}};
        snprintf(name, sizeof name, "kills-%d", fresh);
        const char *folder = scratch(name);
        assert_int_equal(mkdir(folder, 0755), 0);
        char *path = qs_path_join(folder, files[0]);
        assert_non_null(path);
        for (int kills = 0; kills < 20; kills++) {
            write_and_kill(path, &seed, flushed);
            assert_files(folder, files, 4);
            check(path, flushed);
            // And the next writer finds the same.
            struct qs_cache *cache = NULL;
            ok(qs_cache_extend(path, &info, &cache, err));
            for (uint32_t i = 0; i < LAYERS * KINDS; i++) {
                assert_int_equal(times_of(cache, i / KINDS, i % KINDS), flushed[i / KINDS][i % KINDS]);
            }
            assert_files(folder, files, 2);
            if (kills % 5 == 4) {
                ok(qs_cache_checkpoint(cache, err));
            }
            qs_cache_close(cache);
            assert_files(folder, files, kills % 5 == 4 ? 1 : 2);
            check(path, flushed);
        }
        unlink(path);
        rmdir(folder);
        free(path);
    }
    qs_model_info_free(&info);
}

// A reader never waits, and never sees anything but whole flushes.
static void readers_go_on_while_one_writes(void **state)
{
    (void)state;
    const char *path = scratch("busy.h5");
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    uint64_t flushed[LAYERS][KINDS] = {{0}};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        write_until_killed(path, ends[1], 7);
    }
    close(ends[1]);
    for (int i = 0; i < 100; i++) {
        listen(ends[0], 1, flushed);
        struct qs_cache *cache = NULL;
        ok(qs_cache_read(path, &cache, err));
        for (uint32_t k = 0; k < LAYERS * KINDS; k++) {
            assert_true(times_of(cache, k / KINDS, k % KINDS) >= flushed[k / KINDS][k % KINDS]);
        }
        qs_cache_close(cache);
    }
    kill(pid, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    close(ends[0]);
    qs_model_info_free(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_flushed_survives_200_kills),
        cmocka_unit_test(readers_go_on_while_one_writes),
    };
    return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
