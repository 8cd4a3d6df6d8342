// src/session: what opens as what, where results go, caches over each other, detection, warnings.
#include "scratch.h"

#include "base/file.h"
#include "session/session.h"
#include "session/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// A session that scans the weights' statistics only; test_errors has the rest.
static struct qs_session *open_session(const char *model, const char *const *caches, size_t count)
{
    struct qs_session_options options = {.model = model, .caches = caches, .cache_count = count, .threads = 2};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    struct qs_scan_options scan = *qs_session_scan_options(session);
    scan.quantizers = 0;
    assert_int_equal(qs_session_set_scan_options(session, &scan, &err), QS_OK);
    return session;
}

static struct qs_error open_fails(const char *model, const char *const *caches, size_t count, enum qs_status wanted)
{
    struct qs_session_options options = {.model = model, .caches = caches, .cache_count = count, .threads = 2};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    assert_int_equal(qs_session_open(&options, &session, &err), wanted);
    assert_null(session);
    return err;
}

static void scan(struct qs_session *session)
{
    struct qs_error err = {0};
    if (qs_scan_run(session, NULL, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(qs_session_scan(session)->finished);
    assert_false(qs_session_scan(session)->running);
}

// A cache of the session's model in which one module has statistics that are all `mark`.
static void put_marked(const char *path, const struct qs_model_info *info, uint32_t layer, uint32_t kind, uint64_t mark)
{
    struct qs_cache *cache = NULL;
    struct qs_error err = {0};
    struct qs_weight_stats stats = {.count = mark, .kurtosis = (double)mark, .std = (double)mark};
    if (qs_cache_extend(path, info, &cache, &err) != QS_OK || qs_weights_declare(cache, &err) != QS_OK ||
        qs_weights_put(cache, layer, kind, &stats, &err) != QS_OK || qs_cache_checkpoint(cache, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_cache_close(cache);
}

static double value(const struct qs_session *session, const char *metric, uint32_t layer, uint32_t kind)
{
    return qs_session_value(session, qs_metric_find(metric), layer, kind);
}

static void metrics_have_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < qs_metric_count(); i++) {
        const struct qs_metric *metric = qs_metric_at(i);
        assert_ptr_equal(qs_metric_find(metric->name), metric);
        assert_true(metric->about[0]);
    }
    assert_null(qs_metric_at(qs_metric_count()));
    assert_ptr_equal(qs_metric_find("KURTOSIS"), qs_metric_at(0));
    assert_ptr_equal(qs_metric_find("percentile99.9"), qs_metric_find("p99.9"));
    assert_int_equal(qs_metric_find("p99.99")->element, 2);
    assert_null(qs_metric_find("kurt"));
    assert_null(qs_metric_find(""));
}

static void the_demo_is_found(void **state)
{
    (void)state;
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/data", getenv("QS_SRCDIR"));
    setenv("QUANTSCOPE_DATA", folder, 1);
    char *path = qs_demo_path();
    assert_string_equal(path, demo());
    free(path);
    setenv("QUANTSCOPE_DATA", scratch("nowhere"), 1);
    path = qs_demo_path();
    assert_true(!path || qs_path_is_directory(path));
    free(path);
}

static void bad_paths_are_refused(void **state)
{
    (void)state;
    open_fails(NULL, NULL, 0, QS_USAGE);
    struct qs_error err = open_fails(scratch("absent"), NULL, 0, QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "absent"));
    const char *caches[] = {scratch("absent.h5")};
    open_fails(NULL, caches, 1, QS_BAD_INPUT);
    // An HDF5 signature and nothing behind it is taken as a cache, and found not to be one.
    write_file(scratch("hollow"), "\x89HDF\r\n\x1a\n", 8);
    open_fails(scratch("hollow"), NULL, 0, QS_BAD_INPUT);
    write_file(scratch("noise.bin"), "neither", 7);
    open_fails(scratch("noise.bin"), NULL, 0, QS_BAD_INPUT);
}

static void a_default_cache_is_made_and_found(void **state)
{
    (void)state;
    const char *model = scratch("plain");
    write_model(model, 5, 1, "F32", NULL, 0);
    struct qs_session *session = open_session(model, NULL, 0);
    const struct qs_scan_state *progress = qs_session_scan(session);
    assert_int_equal(progress->total, 10);
    assert_int_equal(progress->bytes_total, 10 * MODEL_VALUES * sizeof(float));
    assert_false(progress->finished);
    assert_false(qs_session_has_metric(session, qs_metric_find("kurtosis")));
    assert_true(isnan(value(session, "kurtosis", 0, 0)));
    assert_null(qs_session_histogram(session, 0, 0));
    assert_string_equal(qs_session_cache_path(session), scratch("plain/quantscope.h5"));
    assert_false(exists(scratch("plain/quantscope.h5"))); // looking makes nothing
    uint64_t revision = qs_session_revision(session);
    scan(session);
    assert_int_equal(progress->done, 10);
    assert_true(qs_session_revision(session) > revision);
    assert_true(exists(scratch("plain/quantscope.h5")));
    assert_false(exists(scratch("plain/quantscope.h5.journal")));
    double kurtosis = value(session, "kurtosis", 4, 1);
    assert_true(kurtosis > 1); // no distribution has less
    assert_true(qs_session_has_metric(session, qs_metric_find("kurtosis")));
    assert_true(isnan(value(session, "kurtosis", 5, 0))); // beyond the model
    assert_true(isnan(value(session, "kurtosis", 0, 2)));
    uint64_t sum = 0;
    for (int bin = 0; bin < QS_STATS_BINS; bin++) {
        sum += qs_session_histogram(session, 4, 1)[bin];
    }
    assert_int_equal(sum, MODEL_VALUES);
    qs_session_close(session);

    // Again: read, complete, and left as it is.
    struct stat before;
    struct stat after;
    assert_int_equal(stat(scratch("plain/quantscope.h5"), &before), 0);
    session = open_session(model, NULL, 0);
    assert_true(qs_session_scan(session)->finished);
    scan(session);
    assert_int_equal(qs_session_scan(session)->total, 0);
    assert_true(value(session, "kurtosis", 4, 1) == kurtosis);
    qs_session_close(session);
    assert_int_equal(stat(scratch("plain/quantscope.h5"), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);

    // The cache named as a model: no weights, all values.
    session = open_session(scratch("plain/quantscope.h5"), NULL, 0);
    assert_string_equal(qs_session_model_path(session), "");
    assert_string_equal(qs_session_cache_path(session), scratch("plain/quantscope.h5"));
    assert_int_equal(qs_session_info(session)->layers, 5);
    assert_true(qs_session_scan(session)->finished);
    assert_true(value(session, "kurtosis", 4, 1) == kurtosis);
    struct qs_error err = {0};
    assert_int_equal(qs_session_scan_start(session, &err), QS_USAGE);
    assert_non_null(strstr(err.text, "needs the model"));
    qs_session_close(session);
}

static void a_frozen_default_is_read_under_the_users_own(void **state)
{
    (void)state;
    setenv("XDG_CACHE_HOME", scratch("xdg"), 1);
    const char *model = scratch("frozen");
    write_model(model, 4, 2, "F32", NULL, 0);
    struct qs_session *session = open_session(model, NULL, 0);
    put_marked(scratch("frozen/quantscope.h5"), qs_session_info(session), 1, 0, 111);
    put_marked(scratch("frozen/quantscope.h5"), qs_session_info(session), 2, 0, 222);
    char own[8192];
    snprintf(own, sizeof own, "%s/quantscope/%s.h5", scratch("xdg"), qs_session_info(session)->fingerprint);
    qs_session_close(session);
    freeze_cache(scratch("frozen/quantscope.h5"));
    struct stat before;
    struct stat after;
    assert_int_equal(stat(scratch("frozen/quantscope.h5"), &before), 0);

    session = open_session(model, NULL, 0);
    assert_string_equal(qs_session_cache_path(session), own);
    assert_int_equal(qs_session_scan(session)->total, 6);
    assert_false(exists(own));
    scan(session);
    assert_true(exists(own));
    assert_true(value(session, "kurtosis", 1, 0) == 111);
    assert_true(value(session, "count", 0, 0) == MODEL_VALUES);
    // Newer goes over older, value by value.
    struct qs_cache *cache = NULL;
    struct qs_error err = {0};
    double mark = 333;
    assert_int_equal(qs_cache_extend(own, qs_session_info(session), &cache, &err), QS_OK);
    assert_int_equal(qs_cache_put(cache, "weights/kurtosis", 2, 0, &mark, &err), QS_OK);
    assert_int_equal(qs_cache_checkpoint(cache, &err), QS_OK);
    qs_cache_close(cache);
    qs_session_close(session);
    session = open_session(model, NULL, 0);
    assert_true(qs_session_scan(session)->finished);
    assert_true(value(session, "kurtosis", 1, 0) == 111);
    assert_true(value(session, "kurtosis", 2, 0) == 333);
    assert_true(value(session, "std", 2, 0) == 222);
    double curve[4];
    qs_session_curve(session, qs_metric_find("kurtosis"), 0, curve);
    assert_true(curve[1] == 111 && curve[2] == 333);
    qs_session_close(session);
    assert_int_equal(stat(scratch("frozen/quantscope.h5"), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

static void named_caches_go_in_order(void **state)
{
    (void)state;
    const char *model = scratch("named");
    write_model(model, 3, 3, "F32", NULL, 0);
    struct qs_session *session = open_session(model, NULL, 0);
    put_marked(scratch("first.h5"), qs_session_info(session), 0, 0, 10);
    put_marked(scratch("second.h5"), qs_session_info(session), 0, 0, 20);
    put_marked(scratch("second.h5"), qs_session_info(session), 0, 1, 21);
    qs_session_close(session);
    const char *both[] = {scratch("first.h5"), scratch("second.h5")};
    session = open_session(NULL, both, 2);
    assert_true(value(session, "kurtosis", 0, 0) == 10);
    assert_true(value(session, "kurtosis", 0, 1) == 21);
    assert_false(qs_session_scan(session)->finished);
    assert_int_equal(qs_session_scan(session)->total, 4);
    qs_session_close(session);

    // With a model, the first may be absent: a scan makes it, and the default cache plays no part.
    const char *absent[] = {scratch("made.h5"), scratch("second.h5")};
    session = open_session(model, absent, 2);
    assert_string_equal(qs_session_cache_path(session), scratch("made.h5"));
    assert_int_equal(qs_session_scan(session)->total, 4);
    scan(session);
    qs_session_close(session);
    assert_true(exists(scratch("made.h5")));
    assert_false(exists(scratch("named/quantscope.h5")));
    const char *missing[] = {scratch("made.h5"), scratch("absent.h5")};
    open_fails(model, missing, 2, QS_BAD_INPUT);
}

static void another_models_cache_is_refused(void **state)
{
    (void)state;
    write_model(scratch("one"), 3, 4, "F32", NULL, 0);
    write_model(scratch("other"), 3, 5, "F32", NULL, 0);
    struct qs_session *session = open_session(scratch("one"), NULL, 0);
    char fingerprint[33];
    memcpy(fingerprint, qs_session_info(session)->fingerprint, sizeof fingerprint);
    scan(session);
    qs_session_close(session);
    const char *wrong[] = {scratch("one/quantscope.h5")};
    struct qs_error err = open_fails(scratch("other"), wrong, 1, QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "one/quantscope.h5"));
    assert_non_null(strstr(err.text, "another model"));
    assert_non_null(strstr(err.text, fingerprint));
    session = open_session(scratch("other"), NULL, 0);
    assert_non_null(strstr(err.text, qs_session_info(session)->fingerprint));
    scan(session);
    qs_session_close(session);
    const char *mixed[] = {scratch("one/quantscope.h5"), scratch("other/quantscope.h5")};
    open_fails(NULL, mixed, 2, QS_BAD_INPUT);
}

// Holds a cache open for writing in another process until *gate is closed.
static pid_t hold_cache(const char *path, const struct qs_model_info *info, int *gate)
{
    int ready[2];
    int wait[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(wait), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ready[0]);
        close(wait[1]);
        struct qs_cache *cache = NULL;
        struct qs_weight_stats stats = {.count = 7};
        bool held = qs_cache_extend(path, info, &cache, NULL) == QS_OK && qs_weights_declare(cache, NULL) == QS_OK &&
                    qs_weights_put(cache, 1, 1, &stats, NULL) == QS_OK && qs_cache_flush(cache, NULL) == QS_OK;
        char byte = held ? 'y' : 'n';
        _exit(write(ready[1], &byte, 1) == 1 && read(wait[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ready[1]);
    close(wait[0]);
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    close(ready[0]);
    *gate = wait[1];
    return pid;
}

static void a_busy_cache_is_read_only(void **state)
{
    (void)state;
    const char *model = scratch("busy");
    write_model(model, 3, 6, "F32", NULL, 0);
    struct qs_session *session = open_session(model, NULL, 0);
    int gate = -1;
    pid_t pid = hold_cache(scratch("busy/quantscope.h5"), qs_session_info(session), &gate);
    qs_session_close(session);
    session = open_session(model, NULL, 0);
    assert_true(value(session, "count", 1, 1) == 7); // what the other one has flushed
    struct qs_error err = {0};
    assert_int_equal(qs_session_scan_start(session, &err), QS_BAD_INPUT);
    char number[32];
    snprintf(number, sizeof number, "%ld", (long)pid);
    assert_non_null(strstr(err.text, number));
    assert_true(value(session, "count", 1, 1) == 7); // still readable
    close(gate);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    scan(session);
    assert_true(value(session, "count", 1, 1) == 7);
    assert_true(value(session, "count", 0, 1) == MODEL_VALUES);
    qs_session_close(session);
}

// What a user without rights to the model's folder gets; root has all rights, so a child gives its own up.
static int scan_without_rights(const char *model, const char *own)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
        return 2;
    }
    if (access(model, R_OK | X_OK) != 0) {
        return 2; // the scratch folder itself is out of reach
    }
    struct qs_session_options options = {.model = model, .threads = 1};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_session_open(&options, &session, &err);
    status = status == QS_OK ? qs_scan_run(session, NULL, &err) : status;
    bool good = status == QS_OK && strcmp(qs_session_cache_path(session), own) == 0 && exists(own) &&
                value(session, "count", 2, 1) == MODEL_VALUES;
    if (!good) {
        print_message("# %s\n", err.text);
    }
    qs_session_close(session);
    return good ? 0 : 1;
}

static void a_read_only_folder_is_left_alone(void **state)
{
    (void)state;
    write_model(scratch("guarded"), 3, 7, "F32", NULL, 0);
    struct qs_session *session = open_session(scratch("guarded"), NULL, 0);
    char own[8192];
    snprintf(own, sizeof own, "%s/quantscope/%s.h5", scratch("open"), qs_session_info(session)->fingerprint);
    qs_session_close(session);
    assert_int_equal(mkdir(scratch("open"), 0777), 0);
    assert_int_equal(chmod(scratch("open"), 0777), 0);
    assert_int_equal(chmod(scratch("guarded"), 0555), 0);
    setenv("XDG_CACHE_HOME", scratch("open"), 1);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        _exit(scan_without_rights(scratch("guarded"), own));
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(chmod(scratch("guarded"), 0755), 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        print_message("skipped: a process without rights cannot reach the scratch folder\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_false(exists(scratch("guarded/quantscope.h5")));
}

static void an_impossible_cache_fails_cleanly(void **state)
{
    (void)state;
    write_model(scratch("small"), 2, 8, "F32", NULL, 0);
    write_file(scratch("file"), "x", 1);
    const char *below_file[] = {scratch("file/cache.h5")};
    struct qs_session *session = open_session(scratch("small"), below_file, 1);
    struct qs_error err = {0};
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "file/cache.h5"));
    assert_false(qs_session_scan(session)->running);
    qs_session_close(session);
    const char *no_folder[] = {scratch("no/such/folder/cache.h5")};
    session = open_session(scratch("small"), no_folder, 1);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_FAILED);
    qs_session_close(session);
    // A named cache is never replaced by another place.
    write_model(scratch("frosty"), 2, 9, "F32", NULL, 0);
    session = open_session(scratch("frosty"), NULL, 0);
    put_marked(scratch("frosty.h5"), qs_session_info(session), 0, 0, 1);
    qs_session_close(session);
    freeze_cache(scratch("frosty.h5"));
    const char *frozen[] = {scratch("frosty.h5")};
    session = open_session(scratch("frosty"), frozen, 1);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "frozen"));
    assert_true(value(session, "kurtosis", 0, 0) == 1);
    qs_session_close(session);
}

// Where a link leads nowhere yet, the cache is made there; where it leads in a circle, it stays as it is.
static void links_to_caches_are_followed(void **state)
{
    (void)state;
    write_model(scratch("linked"), 2, 8, "F32", NULL, 0);
    assert_int_equal(symlink("linked-target.h5", scratch("linked-name.h5")), 0);
    assert_int_equal(symlink("linked-circle.h5", scratch("linked-circle.h5")), 0);
    const char *name[] = {scratch("linked-name.h5")};
    struct qs_error err = {0};
    struct qs_session *session = open_session(scratch("linked"), name, 1);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_OK);
    qs_session_close(session);
    struct stat st;
    assert_int_equal(lstat(scratch("linked-name.h5"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(lstat(scratch("linked-target.h5"), &st), 0);
    assert_true(S_ISREG(st.st_mode));
    const char *circle[] = {scratch("linked-circle.h5")};
    session = open_session(scratch("linked"), circle, 1);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "linked-circle.h5: is a symbolic link"));
    qs_session_close(session);
    assert_int_equal(lstat(scratch("linked-circle.h5"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
}

static void odd_weights_are_told(void **state)
{
    (void)state;
    const struct poison poison[] = {{1, 0, 3, NAN}, {1, 0, 4, NAN}, {1, 1, 0, INFINITY}, {2, 1, 255, -INFINITY}};
    write_model(scratch("odd"), 4, 10, "F32", poison, QS_COUNT_OF(poison));
    struct qs_session *session = open_session(scratch("odd"), NULL, 0);
    assert_string_equal(qs_session_log(session), "");
    scan(session);
    static const char wanted[] =
        "odd: layer 1: left out of all statistics: self_attn.q_proj: 2 NaN and 0 infinite weights, "
        "mlp.down_proj: 0 NaN and 1 infinite weights\n"
        "odd: layer 2: left out of all statistics: mlp.down_proj: 0 NaN and 1 infinite weights\n";
    assert_string_equal(qs_session_log(session), wanted);
    assert_true(value(session, "count", 1, 0) == MODEL_VALUES - 2);
    assert_true(value(session, "nan_count", 1, 0) == 2);
    assert_true(value(session, "inf_count", 2, 1) == 1);
    assert_true(value(session, "absmax", 2, 1) <= 1); // the generator's range
    qs_session_close(session);
    session = open_session(scratch("odd"), NULL, 0); // known from the cache as well
    assert_string_equal(qs_session_log(session), wanted);
    qs_session_close(session);
}

static void unreadable_types_are_not_missing(void **state)
{
    (void)state;
    write_model(scratch("integers"), 3, 11, "I32", NULL, 0);
    struct qs_session *session = open_session(scratch("integers"), NULL, 0);
    assert_true(qs_session_scan(session)->finished);
    assert_non_null(strstr(qs_session_log(session), "I32"));
    scan(session);
    assert_false(qs_session_scanned(session, 0, 0));
    assert_false(exists(scratch("integers/quantscope.h5")));
    qs_session_close(session);
}

static void parameters_shape_the_detection(void **state)
{
    (void)state;
    write_model(scratch("steps"), 12, 12, "F32", NULL, 0);
    struct qs_session *session = open_session(scratch("steps"), NULL, 0);
    for (uint32_t layer = 0; layer < 12; layer++) {
        put_marked(scratch("steps/quantscope.h5"), qs_session_info(session), layer, 0,
                   layer == 7 ? 500 : 10 + layer % 2);
    }
    qs_session_close(session);
    session = open_session(scratch("steps"), NULL, 0);
    const struct qs_metric *kurtosis = qs_metric_find("kurtosis");
    const struct qs_detect_params *params = qs_session_detect_params(session);
    assert_true(params->z == qs_detect_defaults.z && params->trim == qs_detect_defaults.trim);
    struct qs_detect_params next = *params;
    next.trim = 0.1; // drops the rise and the fall from the spread
    next.attribution = QS_ATTRIBUTION_PEAK;
    next.difference = QS_DIFFERENCE_RATIO; // not used: the metric's own is
    uint64_t revision = qs_session_revision(session);
    struct qs_error err = {0};
    assert_int_equal(qs_session_set_detect_params(session, &next, &err), QS_OK);
    assert_true(qs_session_revision(session) > revision);
    assert_true(qs_session_detect_params(session)->trim == 0.1);
    struct qs_detection detection = {0};
    assert_int_equal(qs_session_detect(session, kurtosis, 0, &detection, &err), QS_OK);
    assert_int_equal(detection.count, 1);
    assert_int_equal(detection.detected[0].layer, 7);
    assert_true(detection.d[6] == 490); // a step: 500 over the 10 of layer 6
    qs_detection_free(&detection);
    assert_int_equal(qs_session_detect(session, kurtosis, 1, &detection, &err), QS_OK); // nothing there
    assert_int_equal(detection.count, 0);
    qs_detection_free(&detection);
    next.trim = 0.5;
    revision = qs_session_revision(session);
    assert_int_equal(qs_session_set_detect_params(session, &next, &err), QS_USAGE);
    assert_true(qs_session_detect_params(session)->trim == 0.1);
    assert_true(qs_session_revision(session) == revision);
    qs_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_have_names),
        cmocka_unit_test(the_demo_is_found),
        cmocka_unit_test(bad_paths_are_refused),
        cmocka_unit_test(a_default_cache_is_made_and_found),
        cmocka_unit_test(a_frozen_default_is_read_under_the_users_own),
        cmocka_unit_test(named_caches_go_in_order),
        cmocka_unit_test(another_models_cache_is_refused),
        cmocka_unit_test(a_busy_cache_is_read_only),
        cmocka_unit_test(a_read_only_folder_is_left_alone),
        cmocka_unit_test(an_impossible_cache_fails_cleanly),
        cmocka_unit_test(links_to_caches_are_followed),
        cmocka_unit_test(odd_weights_are_told),
        cmocka_unit_test(unreadable_types_are_not_missing),
        cmocka_unit_test(parameters_shape_the_detection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
