// src/session: the scan of the bundled model: its values, stopping, resuming, any number of threads.
#include "scratch.h"

#include "session/session.h"
#include "stats/weights.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct qs_session *open_demo(const char *cache, unsigned threads)
{
    struct qs_session_options options = {.model = demo(), .caches = &cache, .cache_count = 1, .threads = threads};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return session;
}

// Bit for bit, NaN included.
static void assert_same_value(const struct qs_session *session, const char *metric, uint32_t layer, uint32_t kind,
                              double wanted)
{
    double got = qs_session_value(session, qs_metric_find(metric), layer, kind);
    if (memcmp(&got, &wanted, sizeof got) != 0) {
        fail_msg("%s of layer %u, kind %u: %.17g, not %.17g", metric, layer, kind, got, wanted);
    }
}

static void assert_same_stats(const struct qs_session *session, uint32_t layer, uint32_t kind,
                              const struct qs_weight_stats *stats)
{
    assert_true(qs_session_scanned(session, layer, kind));
    assert_same_value(session, "count", layer, kind, (double)stats->count);
    assert_same_value(session, "nan_count", layer, kind, (double)stats->nan_count);
    assert_same_value(session, "inf_count", layer, kind, (double)stats->inf_count);
    assert_same_value(session, "zero_count", layer, kind, (double)stats->zero_count);
    assert_same_value(session, "mean", layer, kind, stats->mean);
    assert_same_value(session, "std", layer, kind, stats->std);
    assert_same_value(session, "skewness", layer, kind, stats->skewness);
    assert_same_value(session, "kurtosis", layer, kind, stats->kurtosis);
    assert_same_value(session, "min", layer, kind, stats->min);
    assert_same_value(session, "max", layer, kind, stats->max);
    assert_same_value(session, "absmax", layer, kind, stats->absmax);
    assert_same_value(session, "norm", layer, kind, stats->norm);
    assert_same_value(session, "p99", layer, kind, stats->percentile[0]);
    assert_same_value(session, "p99.9", layer, kind, stats->percentile[1]);
    assert_same_value(session, "p99.99", layer, kind, stats->percentile[2]);
    assert_memory_equal(qs_session_histogram(session, layer, kind), stats->histogram, sizeof stats->histogram);
}

// The whole session against statistics computed directly, layer by layer.
static void assert_demo_values(const struct qs_session *session)
{
    struct qs_model *model = NULL;
    struct qs_pool *pool = NULL;
    assert_int_equal(qs_model_open(demo(), &model, NULL), QS_OK);
    assert_int_equal(qs_pool_new(1, &pool, NULL), QS_OK);
    const struct qs_model_info *info = qs_model_info(model);
    assert_int_equal(qs_model_info_module_count(info), 168);
    const struct qs_weight **weights = calloc(info->kinds, sizeof(const struct qs_weight *));
    struct qs_weight_stats *stats = calloc(info->kinds, sizeof *stats);
    assert_non_null(weights);
    assert_non_null(stats);
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            weights[kind] = qs_model_module(model, layer, kind);
            assert_non_null(weights[kind]);
        }
        assert_int_equal(qs_weight_stats_layer(pool, weights, info->kinds, stats, NULL, NULL), QS_OK);
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            assert_same_stats(session, layer, kind, &stats[kind]);
        }
    }
    free(weights);
    free(stats);
    qs_pool_free(pool);
    qs_model_close(model);
}

static void the_background_scan_fills_the_cache(void **state)
{
    (void)state;
    const char *cache = scratch("background.h5");
    struct qs_session *session = open_demo(cache, 2);
    struct qs_error err = {0};
    const struct qs_scan_state *progress = qs_session_scan(session);
    assert_false(qs_session_poll(session, 0));
    assert_int_equal(qs_session_scan_start(session, &err), QS_OK);
    assert_true(progress->running);
    assert_int_equal(progress->total, 168);
    assert_int_equal(qs_session_scan_start(session, &err), QS_OK); // runs already
    uint64_t done = 0;
    while (progress->running) {
        uint64_t revision = qs_session_revision(session);
        bool changed = qs_session_poll(session, 1000);
        assert_true(changed == (qs_session_revision(session) != revision));
        assert_true(progress->done >= done);
        done = progress->done;
        assert_int_equal(done % 7, 0); // whole layers
    }
    assert_int_equal(progress->error.status, QS_OK);
    assert_true(progress->finished);
    assert_int_equal(progress->done, 168);
    assert_true(progress->bytes_done == progress->bytes_total);
    assert_string_equal(progress->what, "layer 23");
    assert_demo_values(session);
    qs_session_close(session);
    session = open_demo(cache, 1);
    assert_true(qs_session_scan(session)->finished);
    assert_demo_values(session);
    qs_session_close(session);
}

static void an_interrupted_scan_goes_on(void **state)
{
    (void)state;
    const char *cache = scratch("interrupted.h5");
    char journal[4200];
    snprintf(journal, sizeof journal, "%s.journal", cache);
    uint64_t missing = 168;
    int partial = 0;
    // Nobody takes layers while we sleep, so the thread stops on its own after the few that may wait: no round can
    // finish the scan, however fast the machine. On a slow one a layer may take longer than we slept: sleep longer.
    enum { WAITING_LAYERS = 5 };
    long sleep_ns = 1000000;
    for (int rounds = 0; missing > 0 && rounds < 1000; rounds++) {
        struct qs_session *session = open_demo(cache, 1);
        const struct qs_scan_state *scan = qs_session_scan(session);
        assert_int_equal(scan->total, missing);
        assert_int_equal(qs_session_scan_start(session, NULL), QS_OK);
        nanosleep(&(struct timespec){.tv_nsec = sleep_ns}, NULL);
        qs_session_scan_stop(session);
        while (scan->running) {
            qs_session_poll(session, 1000);
        }
        assert_int_equal(scan->error.status, QS_OK);
        assert_true(scan->done <= WAITING_LAYERS * 7);
        if (scan->done == 0 && sleep_ns < 500000000) {
            sleep_ns *= 2;
        }
        missing -= scan->done;
        assert_true(scan->finished == (missing == 0));
        partial += scan->done > 0 && missing > 0;
        // What is kept is in the file itself: stopping ends in a checkpoint.
        assert_true(missing == 168 || exists(cache));
        assert_false(exists(journal));
        if (scan->finished) {
            assert_demo_values(session);
        }
        qs_session_close(session);
    }
    assert_int_equal(missing, 0);
    assert_true(partial >= 4);
}

struct listener {
    uint64_t calls;
    uint64_t done;
    uint64_t total;
};

static void listen(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct listener *listener = context;
    assert_true(strncmp(what, "layer ", 6) == 0);
    assert_true(done >= listener->done && done <= total);
    *listener = (struct listener){.calls = listener->calls + 1, .done = done, .total = total};
}

static void a_foreground_scan_reports_and_can_be_stopped(void **state)
{
    (void)state;
    const char *cache = scratch("foreground.h5");
    struct qs_session *session = open_demo(cache, 1);
    atomic_bool stop = true;
    struct listener listener = {0};
    struct qs_progress progress = {.report = listen, .context = &listener, .stop = &stop};
    struct qs_error err = {0};
    assert_int_equal(qs_scan_run(session, &progress, &err), QS_INTERRUPTED);
    assert_non_null(strstr(err.text, "interrupted"));
    assert_false(qs_session_scan(session)->running);
    uint64_t done = qs_session_scan(session)->done;
    assert_true(done > 0 || !exists(cache));

    atomic_store(&stop, false);
    listener = (struct listener){0};
    assert_int_equal(qs_scan_run(session, &progress, &err), QS_OK);
    assert_true(listener.calls > 0);
    assert_true(listener.done == listener.total);
    assert_true(listener.total == qs_session_scan(session)->bytes_total);
    assert_int_equal(qs_session_scan(session)->done, 168 - done);
    assert_demo_values(session);

    listener = (struct listener){0};
    assert_int_equal(qs_scan_run(session, &progress, &err), QS_OK); // nothing left
    assert_int_equal(listener.calls, 0);
    qs_session_close(session);
}

static void closing_keeps_what_is_finished(void **state)
{
    (void)state;
    const char *cache = scratch("closed.h5");
    struct qs_session *session = open_demo(cache, 1);
    assert_int_equal(qs_session_scan_start(session, NULL), QS_OK);
    while (qs_session_scan(session)->done == 0 && qs_session_scan(session)->running) {
        qs_session_poll(session, 100);
    }
    uint64_t done = qs_session_scan(session)->done;
    qs_session_close(session);
    session = open_demo(cache, 1);
    assert_true(qs_session_scan(session)->total <= 168 - done);
    qs_session_close(session);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const char *caches[] = {scratch("one-thread.h5"), scratch("five-threads.h5")};
    struct qs_cache *read[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        struct qs_session *session = open_demo(caches[i], i ? 5 : 1);
        assert_int_equal(qs_scan_run(session, NULL, NULL), QS_OK);
        qs_session_close(session);
        assert_int_equal(qs_cache_read(caches[i], &read[i], NULL), QS_OK);
    }
    assert_same_arrays(read[0], read[1]);
    qs_cache_close(read[0]);
    qs_cache_close(read[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_background_scan_fills_the_cache),
        cmocka_unit_test(an_interrupted_scan_goes_on),
        cmocka_unit_test(a_foreground_scan_reports_and_can_be_stopped),
        cmocka_unit_test(closing_keeps_what_is_finished),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
