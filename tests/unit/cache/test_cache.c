// src/cache: what is put comes back; who may write; what stays when something fails.
#include "sample.h"

#include "base/file.h"

#include <grp.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// A cache for writing at path, of a sample model.
static struct qs_cache *extend(const char *path, uint32_t layers, uint32_t kinds)
{
    struct qs_model_info info = sample_model(layers, kinds);
    struct qs_cache *cache = NULL;
    ok(qs_cache_extend(path, &info, &cache, err));
    qs_model_info_free(&info);
    return cache;
}

static struct qs_cache *read_cache(const char *path)
{
    struct qs_cache *cache = NULL;
    ok(qs_cache_read(path, &cache, err));
    assert_string_equal(qs_cache_warnings(cache), "");
    return cache;
}

static void everything_comes_back(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{5, 3}, {1, 1}, {0, 3}, {3, 0}, {0, 0}, {126, 7}};
    for (size_t i = 0; i < QS_COUNT_OF(sizes); i++) {
        const char *path = scratch("whole.h5");
        struct qs_cache *cache = extend(path, sizes[i][0], sizes[i][1]);
        sample_declare(cache);
        for (uint32_t layer = 0; layer < sizes[i][0]; layer++) {
            for (uint32_t kind = 0; kind < sizes[i][1]; kind++) {
                sample_put(cache, layer, kind);
            }
        }
        // From the journal alone, then from the file alone.
        ok(qs_cache_flush(cache, err));
        assert_false(qs_path_exists(path));
        struct qs_cache *journal = read_cache(path);
        assert_same(cache, journal);
        qs_cache_close(journal);
        ok(qs_cache_checkpoint(cache, err));
        struct qs_cache *file = read_cache(path);
        assert_same(cache, file);
        qs_cache_close(cache);
        assert_false(qs_path_exists(beside(path, ".journal")));
        struct qs_cache *again = read_cache(path);
        assert_same(file, again);
        for (uint32_t layer = 0; layer < sizes[i][0]; layer++) {
            assert_true(sizes[i][1] == 0 || sample_state(again, layer, sizes[i][1] - 1) == 1);
        }
        assert_string_equal(qs_cache_path(again), path);
        qs_cache_close(file);
        qs_cache_close(again);
    }
}

static void cells_are_found_by_layer_and_kind(void **state)
{
    (void)state;
    const char *path = scratch("cells.h5");
    struct qs_cache *cache = extend(path, 4, 3);
    sample_declare(cache);
    sample_put(cache, 2, 1);
    assert_int_equal(qs_cache_array_count(cache), 4);
    assert_string_equal(qs_cache_array_at(cache, 0)->spec.path, "weights/count");
    assert_string_equal(qs_cache_array_at(cache, 3)->spec.path, "weights/percentile");
    assert_null(qs_cache_array_at(cache, 4));
    assert_null(qs_cache_array(cache, "weights"));
    const struct qs_array *kurtosis = qs_cache_array(cache, "weights/kurtosis");
    const struct qs_array *histogram = qs_cache_array(cache, "weights/histogram");
    assert_true(*qs_array_f64(cache, kurtosis, 2, 1) == sample_f64(2, 1, 0));
    assert_true(isnan(*qs_array_f64(cache, kurtosis, 1, 2)));
    assert_true(qs_array_u64(cache, histogram, 2, 1)[255] == sample_u64(2, 1, 255));
    assert_true(qs_array_u64(cache, histogram, 3, 2)[255] == QS_ABSENT_U64);
    assert_null(qs_array_f64(cache, kurtosis, 4, 0));
    assert_null(qs_array_f64(cache, kurtosis, 0, 3));
    assert_null(qs_array_f64(cache, histogram, 0, 0));
    assert_null(qs_array_u64(cache, kurtosis, 0, 0));
    uint32_t width = 0;
    assert_true(qs_cache_scale(cache, "percentile", &width)[1] == 99.9 && width == 3);
    assert_null(qs_cache_scale(cache, "bin", &width));
    qs_cache_close(cache);
}

static void what_was_not_flushed_is_dropped(void **state)
{
    (void)state;
    const char *path = scratch("dropped.h5");
    struct qs_cache *cache = extend(path, 3, 2);
    struct qs_cache *other = NULL;
    refused(qs_cache_read(path, &other, err), QS_BAD_INPUT, "No such file");
    sample_declare(cache);
    sample_put(cache, 0, 0);
    qs_cache_close(cache);
    assert_false(qs_path_exists(path));
    assert_false(qs_path_exists(beside(path, ".journal")));

    cache = extend(path, 3, 2);
    sample_declare(cache);
    sample_put(cache, 0, 0);
    ok(qs_cache_flush(cache, err));
    sample_put(cache, 1, 0);
    qs_cache_close(cache);
    other = read_cache(path);
    assert_int_equal(sample_state(other, 0, 0), 1);
    assert_int_equal(sample_state(other, 1, 0), 0);
    qs_cache_close(other);
}

static void a_cache_grows_over_many_openings(void **state)
{
    (void)state;
    const char *path = scratch("grows.h5");
    for (uint32_t layer = 0; layer < 12; layer++) {
        struct qs_cache *cache = extend(path, 12, 2);
        sample_declare(cache);
        for (uint32_t before = 0; before < 12; before++) {
            assert_int_equal(sample_state(cache, before, 1), before < layer);
        }
        sample_put(cache, layer, 0);
        if (layer % 2) {
            ok(qs_cache_flush(cache, err));
        }
        sample_put(cache, layer, 1);
        ok(qs_cache_flush(cache, err));
        if (layer % 3 == 0) {
            ok(qs_cache_checkpoint(cache, err));
        }
        qs_cache_close(cache);
    }
    struct qs_cache *cache = read_cache(path);
    for (uint32_t layer = 0; layer < 12; layer++) {
        assert_int_equal(sample_state(cache, layer, 0), 1);
        assert_int_equal(sample_state(cache, layer, 1), 1);
    }
    qs_cache_close(cache);
}

// What a reader sees while another process writes: always the last flush.
static void readers_see_each_flush(void **state)
{
    (void)state;
    const char *path = scratch("live.h5");
    struct qs_cache *cache = extend(path, 8, 1);
    sample_declare(cache);
    for (uint32_t layer = 0; layer < 8; layer++) {
        sample_put(cache, layer, 0);
        if (layer % 3 == 2) {
            ok(qs_cache_checkpoint(cache, err));
        } else {
            ok(qs_cache_flush(cache, err));
        }
        struct qs_cache *one = read_cache(path);
        struct qs_cache *two = read_cache(path);
        assert_same(cache, one);
        assert_same(one, two);
        qs_cache_close(one);
        qs_cache_close(two);
    }
    qs_cache_close(cache);
}

static void a_checkpoint_without_news_writes_nothing(void **state)
{
    (void)state;
    const char *path = scratch("still.h5");
    sample_file(path, 3, 2);
    struct stat before;
    struct stat after;
    assert_int_equal(stat(path, &before), 0);
    struct qs_cache *cache = extend(path, 3, 2);
    sample_declare(cache); // all there already
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);

    // But it makes the file where there is none.
    path = scratch("empty.h5");
    cache = extend(path, 3, 2);
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    cache = read_cache(path);
    assert_int_equal(qs_cache_array_count(cache), 0);
    qs_cache_close(cache);
}

static void the_same_content_gives_the_same_bytes(void **state)
{
    (void)state;
    const char *first = scratch("first.h5");
    const char *second = scratch("second.h5");
    sample_file(first, 9, 3);
    struct qs_cache *cache = extend(second, 9, 3);
    ok(qs_cache_set_attribute(cache, "weights", "empty", "x", err));
    for (uint32_t layer = 9; layer-- > 0;) { // the other way round, in many steps
        sample_declare(cache);
        for (uint32_t kind = 3; kind-- > 0;) {
            sample_put(cache, layer, kind);
        }
        ok(qs_cache_checkpoint(cache, err));
    }
    qs_cache_close(cache);
    size_t first_size = 0;
    size_t second_size = 0;
    char *a = slurp(first, &first_size);
    char *b = slurp(second, &second_size);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(a, b, first_size);
    free(a);
    free(b);
}

static void wrong_calls_change_nothing(void **state)
{
    (void)state;
    const char *path = scratch("calls.h5");
    struct qs_cache *cache = extend(path, 3, 2);
    sample_declare(cache);
    static const struct qs_array_spec bad[] = {
        {.path = "kurtosis", .width = 1},         // no group
        {.path = "Weights/kurtosis", .width = 1}, // upper case
        {.path = "weights//x", .width = 1},
        {.path = "/weights/x", .width = 1},
        {.path = "weights/x/", .width = 1},
        {.path = "weights/../x", .width = 1},
        {.path = "", .width = 1},
        {.path = "model/rows", .width = 1}, // the format's own
        {.path = "layer/x", .width = 1},
        {.path = "weights/kurtosis/x", .width = 1}, // an array is no group
        {.path = "error/hqq", .width = 1},          // a group with attributes is no array
        {.path = "percentile/x", .width = 1},       // a dimension is no group
        {.path = "weights/x", .width = 0},
        {.path = "weights/x", .width = 65537, .scale = "y"},
        {.path = "weights/x", .width = 2},                        // no name for the third dimension
        {.path = "weights/x", .width = 2, .scale = "percentile"}, // which has three values
        {.path = "weights/x", .width = 2, .scale = "bin"},        // which has 256
        {.path = "weights/x", .width = 2, .scale = "a/b"},
        {.path = "weights/x", .width = 2, .scale = "kind"},
        {.path = "weights/x", .width = 2, .scale = "weights"},
        {.path = "weights/x", .width = 1, .type = (enum qs_array_type)7},
        {.path = "weights/kurtosis", .width = 1, .type = QS_ARRAY_U64},
        {.path = "weights/kurtosis", .width = 3, .scale = "percentile"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        refused(qs_cache_declare(cache, &bad[i], err), QS_BAD_INPUT, "calls.h5: array");
    }
    struct qs_array_spec unending = {.width = 1};
    memset(unending.path, 'x', sizeof unending.path);
    refused(qs_cache_declare(cache, &unending, err), QS_BAD_INPUT, "no name");
    double values[3] = {1, 2, 3};
    refused(qs_cache_put(cache, "weights/kurtosis", 3, 0, values, err), QS_BAD_INPUT, "no cell for layer 3");
    refused(qs_cache_put(cache, "weights/kurtosis", 0, 2, values, err), QS_BAD_INPUT, "no cell");
    refused(qs_cache_put(cache, "weights/nothing", 0, 0, values, err), QS_BAD_INPUT, "\"weights/nothing\"");
    refused(qs_cache_set_scale(cache, "percentile", values, 2, err), QS_BAD_INPUT, "percentile");
    refused(qs_cache_set_scale(cache, "bin", values, 3, err), QS_BAD_INPUT, "weights/histogram");
    refused(qs_cache_set_scale(cache, "weights", values, 3, err), QS_BAD_INPUT, "weights");
    refused(qs_cache_set_scale(cache, "error", values, 3, err), QS_BAD_INPUT, "group");
    refused(qs_cache_set_scale(cache, "x", values, 0, err), QS_BAD_INPUT, "0 values");
    refused(qs_cache_set_attribute(cache, "weights/kurtosis", "x", "y", err), QS_BAD_INPUT, "not a group");
    refused(qs_cache_set_attribute(cache, "percentile", "x", "y", err), QS_BAD_INPUT, "not a group");
    refused(qs_cache_set_attribute(cache, "model", "x", "y", err), QS_BAD_INPUT, "no name");
    refused(qs_cache_set_attribute(cache, "", "format", "y", err), QS_BAD_INPUT, "no name");
    refused(qs_cache_set_attribute(cache, "weights", "_FillValue", "y", err), QS_BAD_INPUT, "no name");
    char *text = malloc((1 << 20) + 1);
    memset(text, 'x', 1 << 20);
    text[1 << 20] = '\0';
    refused(qs_cache_set_attribute(cache, "weights", "x", text, err), QS_BAD_INPUT, "longer than");
    free(text);
    ok(qs_cache_flush(cache, err));
    struct qs_cache *other = read_cache(path);
    assert_same(cache, other);
    refused(qs_cache_put(other, "weights/kurtosis", 0, 0, values, err), QS_FAILED, "reading only");
    refused(qs_cache_checkpoint(other, err), QS_FAILED, "reading only");
    qs_cache_close(other);
    qs_cache_close(cache);
}

static void caches_have_limits(void **state)
{
    (void)state;
    const char *path = scratch("limits.h5");
    struct qs_cache *cache = NULL;
    struct qs_model_info info = sample_model(0, 0);
    info.layers = 65536;
    info.kinds = 65; // no memory is behind this: it must be refused before it is touched
    refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "more than");
    info.layers = info.kinds = 0;
    qs_model_info_free(&info);
    cache = extend(path, 300, 7);
    struct qs_array_spec spec = {.path = "big/a", .width = 65536, .scale = "n"}; // 1.1 GB
    refused(qs_cache_declare(cache, &spec, err), QS_BAD_INPUT, "too much");
    qs_cache_close(cache);
}

static void a_cache_belongs_to_one_model(void **state)
{
    (void)state;
    const char *path = scratch("model.h5");
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        struct qs_cache *cache = extend(path, 3, 2);
        sample_declare(cache);
        sample_put(cache, 0, 0);
        ok(checkpoint ? qs_cache_checkpoint(cache, err) : qs_cache_flush(cache, err));
        qs_cache_close(cache);
        struct qs_model_info other = sample_model(3, 2);
        other.fingerprint[0] = 'f';
        refused(qs_cache_extend(path, &other, &cache, err), QS_BAD_INPUT, "another model");
        other.fingerprint[0] = '\0'; // unknown: its modules decide
        other.modules[1 * 2 + 0].rows++;
        refused(qs_cache_extend(path, &other, &cache, err), QS_BAD_INPUT, "layer 1 self_attn.q_proj");
        other.modules[1 * 2 + 0].rows--;
        other.kind_names[1][0] = 'S';
        refused(qs_cache_extend(path, &other, &cache, err), QS_BAD_INPUT, "Self_attn.k_proj");
        other.kind_names[1][0] = 's';
        ok(qs_cache_extend(path, &other, &cache, err));
        qs_cache_close(cache);
        qs_model_info_free(&other);
        other = sample_model(4, 2);
        refused(qs_cache_extend(path, &other, &cache, err), QS_BAD_INPUT, "another model");
        qs_model_info_free(&other);
    }
}

// Of metrics alone, numbers of weights are all that is known of a model: a cache of such learns the shapes of the first
// that knows them.
static void numbers_of_weights_meet_shapes(void **state)
{
    (void)state;
    struct qs_model_info shapes = sample_model(3, 2);
    struct qs_model_info counts = sample_model(3, 2);
    const char *path = NULL;
    counts.format[0] = '\0';
    counts.fingerprint[0] = '\0';
    for (size_t i = 0; i < 6; i++) {
        counts.modules[i] = (struct qs_module_info){.rows = shapes.modules[i].rows * shapes.modules[i].cols, .cols = 1};
    }
    struct qs_cache *cache = NULL;
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
        path = scratch(checkpoint ? "counts.h5" : "counts-journal.h5");
        ok(qs_cache_extend(path, &counts, &cache, err));
        sample_declare(cache);
        sample_put(cache, 0, 0);
        ok(checkpoint ? qs_cache_checkpoint(cache, err) : qs_cache_flush(cache, err));
        qs_cache_close(cache);
        ok(qs_cache_extend(path, &shapes, &cache, err));
        assert_int_equal(qs_cache_model(cache)->modules[0].rows, shapes.modules[0].rows);
        sample_put(cache, 1, 0);
        ok(qs_cache_flush(cache, err));
        struct qs_cache *reader = NULL; // of the file with the numbers, and the journal with the shapes
        ok(checkpoint ? qs_cache_read(path, &reader, err) : QS_OK);
        assert_true(!reader || qs_cache_model(reader)->modules[0].rows == shapes.modules[0].rows);
        qs_cache_close(reader);
        ok(qs_cache_checkpoint(cache, err));
        qs_cache_close(cache);
        ok(qs_cache_read(path, &cache, err));
        assert_string_equal(qs_cache_model(cache)->fingerprint, shapes.fingerprint);
        assert_int_equal(qs_cache_model(cache)->modules[0].rows, shapes.modules[0].rows);
        assert_int_equal(sample_state(cache, 0, 0), 1);
        assert_int_equal(sample_state(cache, 1, 0), 1);
        qs_cache_close(cache);
    }
    ok(qs_cache_extend(path, &counts, &cache, err)); // what knows less changes nothing
    assert_int_equal(qs_cache_model(cache)->modules[0].rows, shapes.modules[0].rows);
    qs_cache_close(cache);
    counts.modules[0].rows++;
    refused(qs_cache_extend(path, &counts, &cache, err), QS_BAD_INPUT, "weights, not");
    qs_model_info_free(&shapes);
    qs_model_info_free(&counts);
}

static void a_frozen_cache_is_not_extended(void **state)
{
    (void)state;
    const char *path = scratch("frozen.h5");
    struct qs_model_info info = sample_model(3, 2);
    struct qs_cache *cache = extend(path, 3, 2);
    ok(qs_cache_set_frozen(cache, true, err));
    ok(qs_cache_flush(cache, err));
    ok(qs_cache_checkpoint(cache, err));
    assert_true(qs_cache_frozen(cache));
    qs_cache_close(cache);
    refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "frozen");
    assert_false(qs_path_exists(beside(path, ".journal")));
    cache = read_cache(path);
    assert_true(qs_cache_frozen(cache));
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

static void there_is_one_writer(void **state)
{
    (void)state;
    const char *path = scratch("one.h5");
    struct qs_model_info info = sample_model(3, 2);
    struct qs_cache *first = extend(path, 3, 2);
    struct qs_cache *second = NULL;
    char pid[32];
    snprintf(pid, sizeof pid, "process (%d)", (int)getpid());
    for (int round = 0; round < 3; round++) {
        refused(qs_cache_extend(path, &info, &second, err), QS_BAD_INPUT, pid);
        if (round == 0) {
            sample_declare(first);
            sample_put(first, 0, 0);
            ok(qs_cache_flush(first, err));
        } else {
            ok(qs_cache_checkpoint(first, err)); // the lock outlives it
        }
    }
    // Through a symbolic link it is the same cache.
    const char *link = scratch("link.h5");
    assert_int_equal(symlink("one.h5", link), 0);
    refused(qs_cache_extend(link, &info, &second, err), QS_BAD_INPUT, pid);
    qs_cache_close(first);
    ok(qs_cache_extend(link, &info, &second, err));
    sample_put(second, 1, 0);
    ok(qs_cache_checkpoint(second, err));
    qs_cache_close(second);
    struct stat st;
    assert_true(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    first = read_cache(path);
    assert_int_equal(sample_state(first, 1, 0), 1);
    qs_cache_close(first);
    qs_model_info_free(&info);
}

static void a_journal_that_is_taken_away_is_noticed(void **state)
{
    (void)state;
    const char *path = scratch("taken.h5");
    struct qs_cache *cache = extend(path, 3, 2);
    sample_declare(cache);
    sample_put(cache, 0, 0);
    ok(qs_cache_checkpoint(cache, err));
    sample_put(cache, 1, 0);
    assert_int_equal(unlink(beside(path, ".journal")), 0);
    struct qs_cache *other = extend(path, 3, 2); // is let in, for nobody holds its lock
    refused(qs_cache_flush(cache, err), QS_FAILED, "removed or replaced");
    refused(qs_cache_checkpoint(cache, err), QS_FAILED, "removed or replaced");
    qs_cache_close(cache);
    assert_true(qs_path_exists(beside(path, ".journal"))); // the other's
    sample_put(other, 2, 0);
    ok(qs_cache_flush(other, err));
    qs_cache_close(other);
}

struct child_work {
    void (*work)(const char *path);
    const char *path;
};

static void run_child_work(void **state)
{
    const struct child_work *child = *state;
    child->work(child->path);
}

// Runs the function in a child process, as a test run of its own, so that a failed assertion ends there. What it prints
// is shown where it fails.
static void in_child(void (*work)(const char *), const char *path)
{
    struct child_work child = {.work = work, .path = path};
    const char *log = scratch("child.log");
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (!freopen(log, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0) {
            _exit(2);
        }
        const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(run_child_work, &child)};
        int failed = cmocka_run_group_tests_name("child", tests, NULL, NULL);
        fflush(NULL);
        _exit(failed);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        size_t size = 0;
        char *text = slurp(log, &size);
        print_message("child: status %d\n%s\n", status, text);
        free(text);
        fail();
    }
}

// Everything that is written may have so many bytes a file.
static void limit_files(uint64_t bytes)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void flush_on_a_full_disk(const char *path)
{
    struct qs_cache *cache = extend(path, 3, 2);
    sample_declare(cache);
    sample_put(cache, 0, 0);
    ok(qs_cache_flush(cache, err));
    struct stat before;
    struct stat after;
    const char *journal = beside(path, ".journal");
    assert_int_equal(stat(journal, &before), 0);
    for (uint64_t more = 0; more < 4000; more += 97) { // the record is cut at many places
        limit_files((uint64_t)before.st_size + more % 2000);
        if (more == 0) {
            sample_put(cache, 1, 0);
        }
        refused(qs_cache_flush(cache, err), QS_FAILED, "cannot write");
        refused(qs_cache_checkpoint(cache, err), QS_FAILED, "cannot write");
        assert_int_equal(stat(journal, &after), 0);
        assert_int_equal(before.st_size, after.st_size);
    }
    limit_files(RLIM_INFINITY);
    ok(qs_cache_flush(cache, err)); // nothing was forgotten
    struct qs_cache *other = read_cache(path);
    assert_same(cache, other);
    qs_cache_close(other);
    qs_cache_close(cache);
}

static void checkpoint_on_a_full_disk(const char *path)
{
    sample_file(path, 3, 2);
    size_t size = 0;
    char *old = slurp(path, &size);
    struct qs_cache *cache = extend(path, 3, 2);
    double other = 7;
    ok(qs_cache_put(cache, "weights/kurtosis", 0, 1, &other, err));
    ok(qs_cache_flush(cache, err));
    for (uint64_t bytes = 4096; bytes < size; bytes += size / 20) {
        limit_files(bytes);
        refused(qs_cache_checkpoint(cache, err), QS_FAILED, "cannot write");
        limit_files(RLIM_INFINITY);
        size_t now = 0;
        char *kept = slurp(path, &now);
        assert_int_equal(now, size);
        assert_memory_equal(kept, old, size);
        free(kept);
        assert_false(qs_path_exists(beside(path, ".new")));
        struct qs_cache *reader = read_cache(path);
        assert_same(cache, reader);
        qs_cache_close(reader);
    }
    ok(qs_cache_checkpoint(cache, err));
    struct qs_cache *reader = read_cache(path);
    assert_same(cache, reader);
    qs_cache_close(reader);
    qs_cache_close(cache);
    free(old);
}

static void a_full_disk_loses_nothing(void **state)
{
    (void)state;
    in_child(flush_on_a_full_disk, scratch("full.h5"));
    in_child(checkpoint_on_a_full_disk, scratch("full2.h5"));
}

static void become_nobody(void)
{
    if (geteuid() == 0) {
        assert_int_equal(setgroups(0, NULL), 0);
        assert_int_equal(setgid(65534), 0);
        assert_int_equal(setuid(65534), 0);
    }
}

static void extend_in_a_closed_folder(const char *path)
{
    become_nobody();
    struct qs_model_info info = sample_model(3, 2);
    struct qs_cache *cache = NULL;
    ok(qs_cache_read(path, &cache, err)); // reading needs no right to write
    qs_cache_close(cache);
    refused(qs_cache_extend(path, &info, &cache, err), QS_FAILED, "cannot be written");
    refused(qs_cache_extend(beside(path, "2"), &info, &cache, err), QS_FAILED, "cannot be written");
    qs_model_info_free(&info);
}

static void extend_a_closed_file(const char *path)
{
    become_nobody();
    struct qs_model_info info = sample_model(3, 2);
    struct qs_cache *cache = NULL;
    refused(qs_cache_extend(path, &info, &cache, err), QS_FAILED, "cannot be written");
    assert_false(qs_path_exists(beside(path, ".journal")));
    qs_model_info_free(&info);
}

static void checkpoint_into_a_closed_folder(const char *path)
{
    become_nobody();
    struct qs_cache *cache = extend(path, 3, 2);
    sample_put(cache, 0, 1);
    double other = 7;
    ok(qs_cache_put(cache, "weights/kurtosis", 0, 1, &other, err));
    char *folder = qs_path_folder(path);
    assert_int_equal(chmod(folder, 0555), 0);
    refused(qs_cache_checkpoint(cache, err), QS_FAILED, "Permission denied");
    struct qs_cache *reader = read_cache(path);
    assert_same(cache, reader);
    qs_cache_close(reader);
    assert_int_equal(chmod(folder, 0755), 0);
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    free(folder);
}

static void what_cannot_be_written_is_told_at_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/quantscope-test-XXXXXX"; // QS_TMP may lie where nobody else gets to
    if (!mkdtemp(folder)) {
        print_message("no folder in /tmp\n");
        skip();
    }
    char path[64];
    snprintf(path, sizeof path, "%s/a.h5", folder);
    sample_file(path, 3, 2);
    assert_int_equal(chmod(folder, 0555), 0);
    in_child(extend_in_a_closed_folder, path);
    assert_int_equal(chmod(folder, 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(folder, 65534, 65534), 0);
        assert_int_equal(chown(path, 65534, 65534), 0);
    }
    assert_int_equal(chmod(path, 0444), 0);
    in_child(extend_a_closed_file, path);
    assert_int_equal(chmod(path, 0644), 0);
    in_child(checkpoint_into_a_closed_folder, path);
    unlink(path);
    rmdir(folder);
}

static void a_new_file_keeps_its_mode(void **state)
{
    (void)state;
    const char *path = scratch("mode.h5");
    sample_file(path, 3, 2);
    assert_int_equal(chmod(path, 0640), 0);
    struct qs_cache *cache = extend(path, 3, 2);
    ok(qs_cache_set_attribute(cache, "weights", "more", "text", err));
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void no_cache_is_told(void **state)
{
    (void)state;
    struct qs_model_info info = sample_model(3, 2);
    struct qs_cache *cache = NULL;
    const char *path = scratch("none.h5");
    refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "No such file");
    refused(qs_cache_read(getenv("QS_TMP"), &cache, err), QS_BAD_INPUT, "directory");
    refused(qs_cache_extend(getenv("QS_TMP"), &info, &cache, err), QS_BAD_INPUT, "directory");
    refused(qs_cache_extend(beside(path, "/x.h5"), &info, &cache, err), QS_FAILED, "cannot be written");
    spill(path, "", 0);
    refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "not an HDF5 file");
    spill(path, "{\"a\": 1}", 8);
    refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "not an HDF5 file");
    refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "not an HDF5 file");
    assert_false(qs_path_exists(beside(path, ".journal")));
    qs_cache_close(NULL);
    qs_model_info_free(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(cells_are_found_by_layer_and_kind),
        cmocka_unit_test(what_was_not_flushed_is_dropped),
        cmocka_unit_test(a_cache_grows_over_many_openings),
        cmocka_unit_test(readers_see_each_flush),
        cmocka_unit_test(a_checkpoint_without_news_writes_nothing),
        cmocka_unit_test(the_same_content_gives_the_same_bytes),
        cmocka_unit_test(wrong_calls_change_nothing),
        cmocka_unit_test(caches_have_limits),
        cmocka_unit_test(a_cache_belongs_to_one_model),
        cmocka_unit_test(a_frozen_cache_is_not_extended),
        cmocka_unit_test(there_is_one_writer),
        cmocka_unit_test(a_journal_that_is_taken_away_is_noticed),
        cmocka_unit_test(a_full_disk_loses_nothing),
        cmocka_unit_test(what_cannot_be_written_is_told_at_once),
        cmocka_unit_test(a_new_file_keeps_its_mode),
        cmocka_unit_test(no_cache_is_told),
        cmocka_unit_test(numbers_of_weights_meet_shapes),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
