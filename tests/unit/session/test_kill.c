// src/session: a scan that is killed (SIGKILL) at any moment, 200 times, and resumed each time, ends in the same cache
// as one that was not.
//
// A child scans the bundled model; the parent kills it after a random delay, which a fixed seed and the measured
// length of an undisturbed scan decide, and looks at what is left: it must be readable, and every value in it right.
// A finished cache starts a new one.
#include "scratch.h"

#include "session/session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KILLS = 200 };

static void scan_demo(const char *cache)
{
    struct qs_session_options options = {.model = demo(), .caches = &cache, .cache_count = 1, .threads = 2};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_session_open(&options, &session, &err);
    if (status == QS_OK) {
        // Two rungs and few steps: what is resumed is the same, and sanitizers slow the rest down a hundredfold.
        struct qs_scan_options scan = *qs_session_scan_options(session);
        scan.parameters.steps = 4;
        scan.ladder = (struct qs_ladder){.rungs = {{2, 128}, {4, 64}}, .count = 2};
        status = qs_session_set_scan_options(session, &scan, &err);
    }
    if (status == QS_OK) {
        status = qs_scan_run(session, NULL, &err);
    }
    qs_session_close(session);
    if (status != QS_OK) {
        print_message("# %s\n", err.text);
    }
    _exit((int)status);
}

static pid_t start_scan(const char *cache)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        scan_demo(cache);
    }
    return pid;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static uint64_t next_random(uint64_t *state)
{
    // xorshift64*, S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

static void delay(double seconds)
{
    struct timespec time = {.tv_sec = (time_t)seconds};
    time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
    nanosleep(&time, NULL);
}

// The number of modules that the cache has; what it has must be what the whole one has. Before its first checkpoint
// there may be nothing to read yet; once the file is there it always can be.
static uint64_t check_part(const char *path, const struct qs_cache *whole)
{
    struct qs_cache *part = NULL;
    struct qs_error err = {0};
    bool file = exists(path);
    if (qs_cache_read(path, &part, &err) != QS_OK) {
        if (file) {
            fail_msg("%s", err.text);
        }
        return 0;
    }
    uint64_t modules = assert_part_of(part, whole);
    qs_cache_close(part);
    return modules;
}

static void assert_same_cache(const char *path, const struct qs_cache *whole)
{
    struct qs_cache *cache = NULL;
    assert_int_equal(qs_cache_read(path, &cache, NULL), QS_OK);
    assert_same_arrays(cache, whole);
    qs_cache_close(cache);
}

static void a_killed_scan_loses_nothing(void **state)
{
    (void)state;
    const char *undisturbed = scratch("undisturbed.h5");
    double begin = now();
    int status = -1;
    pid_t pid = start_scan(undisturbed);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    double length = now() - begin;
    struct qs_cache *whole = NULL;
    assert_int_equal(qs_cache_read(undisturbed, &whole, NULL), QS_OK);

    const char *path = scratch("killed.h5");
    char journal[4200];
    snprintf(journal, sizeof journal, "%s.journal", path);
    uint64_t random = 20250306;
    uint64_t had = 0; // modules after the last kill
    int partial = 0;
    int finished = 0;
    for (int kills = 0; kills < KILLS;) {
        pid = start_scan(path);
        // Mostly anywhere in a whole scan; else in its first quarter, so that many have little new.
        double fraction = (double)(next_random(&random) >> 11) / 9007199254740992.0;
        delay(length * (kills % 2 ? fraction : fraction / 4));
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFSIGNALED(status)) {
            assert_int_equal(WTERMSIG(status), SIGKILL);
            kills++;
        } else {
            assert_int_equal(status, 0);
        }
        uint64_t has = check_part(path, whole);
        assert_true(has >= had); // what was kept once is never lost
        partial += has > had && has < 168;
        had = has;
        if (WIFEXITED(status)) {
            assert_int_equal(has, 168);
            assert_false(exists(journal));
            assert_same_cache(path, whole);
            unlink(path);
            had = 0;
            finished++;
        }
    }
    print_message("# %d kills: %d of them in the middle with something new kept, %d scans finished\n", KILLS, partial,
                  finished);
    assert_true(partial > 0);

    // The last one to its end.
    pid = start_scan(path);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_same_cache(path, whole);
    assert_false(exists(journal));
    qs_cache_close(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_scan_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
