// src/session: the scan of the bundled model: its values, stopping, resuming, any number of threads.
#include "scratch.h"

#include "session/session.h"
#include "stats/weights.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    assert_same_value(session, "fnorm", layer, kind, stats->fnorm);
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

// Asks to stop once `layers` layers are in.
struct stopper {
    atomic_bool stop;
    uint64_t calls;
    uint64_t layer_bytes;
    uint64_t layers;
    uint64_t last;
};

static void stop_after(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct stopper *stopper = context;
    (void)what;
    assert_true(done <= total);
    assert_true(done >= stopper->last);
    stopper->last = done;
    stopper->calls++;
    if (done >= stopper->layers * stopper->layer_bytes) {
        atomic_store(&stopper->stop, true);
    }
}

static void an_interrupted_scan_goes_on(void **state)
{
    (void)state;
    const char *cache = scratch("interrupted.h5");
    uint64_t missing = 168;
    int rounds = 0;
    for (bool finished = false; !finished; rounds++) {
        struct qs_session *session = open_demo(cache, 1);
        const struct qs_scan_state *scan = qs_session_scan(session);
        assert_int_equal(scan->total, missing);
        struct stopper stopper = {.layers = 5, .layer_bytes = scan->bytes_total / (missing / 7)};
        struct qs_progress progress = {.report = stop_after, .context = &stopper, .stop = &stopper.stop};
        struct qs_error err = {0};
        enum qs_status status = qs_scan_run(session, &progress, &err);
        assert_true(stopper.calls > 0);
        assert_true(scan->done >= 5 * 7 || scan->done == scan->total);
        missing -= scan->done;
        finished = scan->finished;
        assert_int_equal(status, finished ? QS_OK : QS_INTERRUPTED);
        assert_true(finished == (missing == 0));
        if (!finished) {
            assert_non_null(strstr(err.text, "interrupted"));
        }
        // What is kept is in the file itself: stopping ends in a checkpoint.
        char journal[4200];
        snprintf(journal, sizeof journal, "%s.journal", cache);
        assert_true(exists(cache));
        assert_false(exists(journal));
        if (finished) {
            assert_demo_values(session);
        }
        qs_session_close(session);
    }
    assert_true(rounds > 1 && rounds <= 5);
}

static void a_scan_stopped_before_it_began_leaves_nothing(void **state)
{
    (void)state;
    const char *cache = scratch("nothing.h5");
    struct qs_session *session = open_demo(cache, 1);
    atomic_bool stop = true;
    struct qs_progress progress = {.stop = &stop};
    struct qs_error err = {0};
    enum qs_status status = qs_scan_run(session, &progress, &err);
    const struct qs_scan_state *scan = qs_session_scan(session);
    assert_int_equal(status, scan->finished ? QS_OK : QS_INTERRUPTED);
    assert_true(scan->done > 0 || !exists(cache));
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
        cmocka_unit_test(a_scan_stopped_before_it_began_leaves_nothing),
        cmocka_unit_test(closing_keeps_what_is_finished),
        cmocka_unit_test(threads_do_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
