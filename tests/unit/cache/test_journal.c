// src/cache/journal*: damage of every kind, one byte at a time.
#include "sample.h"

#include "base/file.h"
#include "cache/item.h"
#include "cache/journal_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xxhash.h>

enum { LAYERS = 4, KINDS = 2 };

static void declare_two(struct qs_cache *cache)
{
    static const struct qs_array_spec specs[] = {
        {.path = "a/real", .width = 1},
        {.path = "a/whole", .type = QS_ARRAY_U64, .width = 2, .scale = "n"},
    };
    ok(qs_cache_declare(cache, &specs[0], err));
    ok(qs_cache_declare(cache, &specs[1], err));
}

static void put_two(struct qs_cache *cache, uint32_t layer)
{
    double real = layer + 0.5;
    uint64_t whole[2] = {layer, layer + 1};
    ok(qs_cache_put(cache, "a/real", layer, 0, &real, err));
    ok(qs_cache_put(cache, "a/whole", layer, 0, whole, err));
}

// A record of the arrays, then one a layer.
static void make_journal(const char *path, bool with_file)
{
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    struct qs_cache *cache = NULL;
    ok(qs_cache_extend(path, &info, &cache, err));
    declare_two(cache);
    ok(with_file ? qs_cache_checkpoint(cache, err) : qs_cache_flush(cache, err));
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        put_two(cache, layer);
        ok(qs_cache_flush(cache, err));
    }
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

// How many layers are there, from the first on; each must be there whole or not at all.
static uint32_t layers_in(const struct qs_cache *cache)
{
    const struct qs_array *real = qs_cache_array(cache, "a/real");
    const struct qs_array *whole = qs_cache_array(cache, "a/whole");
    assert_int_equal(real == NULL, whole == NULL);
    uint32_t layers = 0;
    for (uint32_t layer = 0; layer < LAYERS && real && whole; layer++) {
        double x = *qs_array_f64(cache, real, layer, 0);
        const uint64_t *n = qs_array_u64(cache, whole, layer, 0);
        if (x == layer + 0.5) {
            assert_true(n[0] == layer && n[1] == layer + 1);
            assert_int_equal(layers, layer);
            layers++;
        } else {
            assert_true(x != x && n[0] == QS_ABSENT_U64 && n[1] == QS_ABSENT_U64);
        }
    }
    return layers;
}

// Where the records begin; the last is the end of the file.
static size_t record_starts(const char *bytes, size_t size, size_t *starts)
{
    size_t count = 0;
    size_t at = sizeof(struct journal_header);
    while (at < size) {
        struct journal_record record;
        memcpy(&record, bytes + at, sizeof record);
        starts[count++] = at;
        at += sizeof record + (size_t)record.size;
    }
    starts[count] = at;
    return count;
}

static void every_byte_may_be_wrong(void **state)
{
    (void)state;
    for (int with_file = 0; with_file < 2; with_file++) {
        const char *path = scratch("wrong.h5");
        const char *journal = beside(path, ".journal");
        make_journal(path, with_file);
        size_t size = 0;
        char *bytes = slurp(journal, &size);
        size_t starts[16];
        size_t records = record_starts(bytes, size, starts);
        assert_int_equal(starts[records], size);
        assert_int_equal(records, LAYERS + !with_file);
        // A file is read by a child process each time: every few bytes will do.
        for (size_t at = 0; at < size; at += with_file ? 5 : 1) {
            bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
            spill(journal, bytes, size);
            bytes[at] = (char)(bytes[at] ^ (1 << at % 8));
            size_t before = 0; // records that end before the byte
            while (before < records && starts[before + 1] <= at) {
                before++;
            }
            bool pid = at >= offsetof(struct journal_header, pid) && at < offsetof(struct journal_header, fingerprint);
            bool header = at < sizeof(struct journal_header) && !pid;
            uint32_t wanted = pid ? LAYERS : header ? 0 : (uint32_t)(with_file || !before ? before : before - 1);
            struct qs_cache *cache = NULL;
            struct qs_error why = {0};
            enum qs_status status = qs_cache_read(path, &cache, &why);
            if (!with_file && !pid && (header || before == 0)) {
                assert_int_equal(status, QS_BAD_INPUT); // nothing is left that could be a cache
                assert_non_null(strstr(why.text, "wrong.h5"));
                continue;
            }
            assert_int_equal(status, QS_OK);
            assert_int_equal(layers_in(cache), wanted);
            assert_int_equal(qs_cache_warnings(cache)[0] != '\0', !pid);
            qs_cache_close(cache);
        }
        free(bytes);
    }
}

static void every_end_may_be_missing(void **state)
{
    (void)state;
    const char *path = scratch("short.h5");
    const char *journal = beside(path, ".journal");
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    make_journal(path, false);
    size_t size = 0;
    char *bytes = slurp(journal, &size);
    size_t starts[16];
    size_t records = record_starts(bytes, size, starts);
    for (size_t length = 0; length < size; length++) {
        spill(journal, bytes, length);
        size_t whole = 0;
        while (whole < records && starts[whole + 1] <= length) {
            whole++;
        }
        struct qs_cache *cache = NULL;
        if (whole == 0) {
            refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "short.h5");
        } else {
            ok(qs_cache_read(path, &cache, err));
            assert_int_equal(layers_in(cache), whole - 1);
            qs_cache_close(cache);
        }
        // A writer cuts the rest off and goes on from there.
        ok(qs_cache_extend(path, &info, &cache, err));
        assert_int_equal(qs_cache_warnings(cache)[0] != '\0',
                         length > sizeof(struct journal_header) && length != starts[whole]);
        declare_two(cache);
        uint32_t layers = layers_in(cache);
        assert_int_equal(layers, whole ? whole - 1 : 0);
        put_two(cache, layers);
        ok(qs_cache_flush(cache, err));
        qs_cache_close(cache);
        ok(qs_cache_read(path, &cache, err));
        assert_int_equal(layers_in(cache), layers + 1);
        assert_string_equal(qs_cache_warnings(cache), "");
        qs_cache_close(cache);
    }
    free(bytes);
    qs_model_info_free(&info);
}

// Appends a record with a right checksum, whatever its items are.
static void append(const char *journal, const struct qs_text *items)
{
    size_t size = 0;
    size_t starts[64];
    char *bytes = slurp(journal, &size);
    struct journal_header header;
    memcpy(&header, bytes, sizeof header);
    struct journal_record record = {.size = items->length, .number = record_starts(bytes, size, starts) + 1};
    record.hash =
        XXH64(items->chars, items->length, XXH64(&record, offsetof(struct journal_record, hash), header.seed));
    FILE *file = fopen(journal, "a");
    assert_non_null(file);
    assert_int_equal(fwrite(&record, sizeof record, 1, file), 1);
    assert_int_equal(fwrite(items->chars, 1, items->length, file), items->length);
    assert_int_equal(fclose(file), 0);
    free(bytes);
}

static void add_u32(struct qs_text *to, uint32_t value)
{
    qs_text_add_bytes(to, (const char *)&value, sizeof value);
}

static void later_versions_may_add_items(void **state)
{
    (void)state;
    const char *path = scratch("later.h5");
    const char *journal = beside(path, ".journal");
    make_journal(path, false);
    struct qs_text items = {0};
    add_u32(&items, 4711);
    add_u32(&items, 5);
    qs_text_add(&items, "hello");
    qs_item_attribute(&items, "a", "name", "value");
    append(journal, &items);
    struct qs_cache *cache = NULL;
    ok(qs_cache_read(path, &cache, err));
    assert_string_equal(qs_cache_warnings(cache), "");
    assert_string_equal(qs_cache_attribute(cache, "a", "name"), "value");
    assert_int_equal(layers_in(cache), LAYERS);
    qs_cache_close(cache);
    qs_text_free(&items);

    // But not a journal of a later version.
    size_t size = 0;
    char *bytes = slurp(journal, &size);
    struct journal_header header;
    memcpy(&header, bytes, sizeof header);
    header.version = 2;
    header.pid = 0;
    header.hash = XXH64(&header, offsetof(struct journal_header, hash), 0);
    memcpy(bytes, &header, sizeof header);
    spill(journal, bytes, size);
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "newer quantscope");
    refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "newer quantscope");
    free(bytes);
    qs_model_info_free(&info);
}

// Items that lie, in records that are whole.
static void malformed_items_are_told(void **state)
{
    (void)state;
    const char *path = scratch("lies.h5");
    const char *journal = beside(path, ".journal");
    make_journal(path, false);
    size_t size = 0;
    char *good = slurp(journal, &size);
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    struct qs_text parts[8] = {{0}};
    const struct qs_array_spec wide = {.path = "a/wide", .width = 65536, .scale = "m"};
    const struct qs_array_spec other = {.path = "a/real", .width = 2, .scale = "m"};
    static const uint64_t values[4] = {1, 2, 3, 4};
    qs_item_model(&parts[0], &info);
    qs_item_frozen(&parts[1], true);
    qs_item_array(&parts[2], &wide);
    qs_item_scale(&parts[3], "n", (const double[]){1, 2}, 2);
    qs_item_attribute(&parts[4], "a", "name", "value");
    qs_item_values(&parts[5], "a/whole", LAYERS - 1, KINDS - 1, values, 16);
    qs_item_values(&parts[6], "a/real", 0, 0, values, 32);
    qs_item_array(&parts[7], &other);
    for (size_t i = 0; i < QS_COUNT_OF(parts); i++) {
        // Each shorter and longer than its size says, and with each byte of it another.
        for (size_t length = 1; length < parts[i].length; length++) {
            struct qs_text cut = {.chars = parts[i].chars, .length = length};
            spill(journal, good, size);
            append(journal, &cut);
            struct qs_cache *cache = NULL;
            ok(qs_cache_read(path, &cache, err));
            assert_int_equal(layers_in(cache), LAYERS);
            assert_non_null(strstr(qs_cache_warnings(cache), "malformed record"));
            qs_cache_close(cache);
        }
        uint64_t seed = 1 + i;
        for (size_t at = 0; at < parts[i].length; at++) {
            char byte = parts[i].chars[at];
            parts[i].chars[at] = (char)draw(&seed);
            spill(journal, good, size);
            append(journal, &parts[i]);
            struct qs_cache *cache = NULL;
            struct qs_error why = {0};
            enum qs_status status = qs_cache_read(path, &cache, &why);
            assert_true(status == QS_OK || status == QS_BAD_INPUT);
            if (status == QS_OK) {
                qs_cache_close(cache);
            }
            parts[i].chars[at] = byte;
        }
    }
    for (size_t i = 0; i < QS_COUNT_OF(parts); i++) {
        qs_text_free(&parts[i]);
    }

    // A cell beyond the last, a huge array, an endless text.
    struct qs_text bad = {0};
    static const struct {
        uint32_t layer, kind;
        size_t bytes;
    } cells[] = {{LAYERS, 0, 16}, {0, KINDS, 16}, {LAYERS - 1, KINDS - 1, 32}, {0, 0, 8}, {UINT32_MAX, UINT32_MAX, 16}};
    for (size_t i = 0; i < QS_COUNT_OF(cells); i++) {
        qs_text_clear(&bad);
        qs_item_values(&bad, "a/whole", cells[i].layer, cells[i].kind, values, cells[i].bytes);
        spill(journal, good, size);
        append(journal, &bad);
        struct qs_cache *cache = NULL;
        ok(qs_cache_read(path, &cache, err));
        assert_non_null(strstr(qs_cache_warnings(cache), "malformed record (values"));
        qs_cache_close(cache);
    }
    // What is repeated, whole cells in a row among it, changes nothing.
    static const uint64_t rows[] = {0, 1, QS_ABSENT_U64, QS_ABSENT_U64, 1, 2};
    qs_text_clear(&bad);
    qs_item_values(&bad, "a/whole", 0, 0, rows, sizeof rows);
    spill(journal, good, size);
    append(journal, &bad);
    struct qs_cache *cache = NULL;
    ok(qs_cache_read(path, &cache, err));
    assert_string_equal(qs_cache_warnings(cache), "");
    assert_int_equal(layers_in(cache), LAYERS);
    qs_cache_close(cache);
    qs_text_free(&bad);
    free(good);
    qs_model_info_free(&info);
}

static void a_journal_of_another_model_is_refused(void **state)
{
    (void)state;
    const char *path = scratch("mine.h5");
    const char *theirs = scratch("theirs.h5");
    make_journal(path, true);
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    for (int known = 0; known < 2; known++) {
        struct qs_model_info other = sample_model(LAYERS + 1, KINDS);
        snprintf(other.fingerprint, sizeof other.fingerprint, "%s", known ? "00000000000000000000000000000000" : "");
        struct qs_cache *cache = NULL;
        ok(qs_cache_extend(scratch("theirs.h5"), &other, &cache, err));
        declare_two(cache);
        ok(qs_cache_flush(cache, err));
        qs_cache_close(cache);
        assert_int_equal(rename(beside(theirs, ".journal"), beside(path, ".journal")), 0);
        refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "another model");
        refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "another model");
        assert_true(qs_path_exists(beside(path, ".journal"))); // not ours to remove
        qs_model_info_free(&other);
    }
    // A writer that was killed before its first record left nothing that belongs to anybody.
    struct qs_cache *cache = NULL;
    size_t size = 0;
    char *bytes = slurp(beside(path, ".journal"), &size);
    spill(beside(path, ".journal"), bytes, sizeof(struct journal_header));
    free(bytes);
    ok(qs_cache_extend(path, &info, &cache, err));
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

// A record that a checkpoint has taken already, because the process was killed before it could put a new journal.
static void an_old_journal_changes_nothing(void **state)
{
    (void)state;
    const char *path = scratch("old.h5");
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    struct qs_cache *cache = NULL;
    ok(qs_cache_extend(path, &info, &cache, err));
    declare_two(cache);
    double first = -1; // to be put again
    ok(qs_cache_put(cache, "a/real", 0, 0, &first, err));
    ok(qs_cache_flush(cache, err));
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        put_two(cache, layer);
        ok(qs_cache_flush(cache, err));
    }
    size_t size = 0;
    char *bytes = slurp(beside(path, ".journal"), &size);
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    spill(beside(path, ".journal"), bytes, size);
    ok(qs_cache_read(path, &cache, err));
    assert_int_equal(layers_in(cache), LAYERS);
    assert_string_equal(qs_cache_warnings(cache), "");
    qs_cache_close(cache);
    ok(qs_cache_extend(path, &info, &cache, err));
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    assert_false(qs_path_exists(beside(path, ".journal")));
    free(bytes);
    qs_model_info_free(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_may_be_wrong),
        cmocka_unit_test(every_end_may_be_missing),
        cmocka_unit_test(later_versions_may_add_items),
        cmocka_unit_test(malformed_items_are_told),
        cmocka_unit_test(a_journal_of_another_model_is_refused),
        cmocka_unit_test(an_old_journal_changes_nothing),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
