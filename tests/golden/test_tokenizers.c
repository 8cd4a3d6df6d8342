// Tokenizers against ids made elsewhere: llama.cpp's for its own test strings and vocabularies and for stories260K, and
// those of the demo model's texts, from both of its formats.
#include "../unit/cmocka_all.h"
#include "base/array.h"
#include "base/attr.h"
#include "base/file.h"
#include "model/tokenizer.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *shared_file(const char *name)
{
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % QS_COUNT_OF(paths)];
    const char *shared = getenv("QS_SHARED");
    snprintf(path, sizeof paths[0], "%s/%s", shared ? shared : "", name);
    if (!shared || !*shared || !qs_path_exists(path)) {
        print_message("no reference data: %s\n", name);
        skip();
    }
    return path;
}

static struct qs_tokenizer *open_tokenizer(const char *path)
{
    struct qs_tokenizer *tokenizer = NULL;
    struct qs_error err = {0};
    if (qs_tokenizer_open(path, &tokenizer, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return tokenizer;
}

static char *read_file(const char *path, size_t *size)
{
    char *text = NULL;
    struct qs_error err = {0};
    if (qs_file_read(path, 1 << 24, &text, size, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return text;
}

static struct qs_token_ids encode(const struct qs_tokenizer *tokenizer, const char *text, size_t size, unsigned flags)
{
    struct qs_token_ids ids = {0};
    struct qs_error err = {0};
    if (qs_tokenizer_encode(tokenizer, text, size, flags, &ids, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return ids;
}

// Decimal numbers up to the end of the line.
static struct qs_token_ids parse_line(const char **cursor)
{
    struct qs_token_ids ids = {0};
    while (**cursor && **cursor != '\n') {
        char *end;
        unsigned long id = strtoul(*cursor, &end, 10);
        if (end == *cursor) {
            ++*cursor;
            continue;
        }
        assert_true(qs_array_reserve(&ids.items, &ids.capacity, ids.count + 1, sizeof *ids.items));
        ids.items[ids.count++] = (uint32_t)id;
        *cursor = end;
    }
    *cursor += **cursor == '\n';
    return ids;
}

static void expect(const struct qs_token_ids *got, const uint32_t *wanted, size_t count, const char *what)
{
    size_t at = 0;
    while (at < got->count && at < count && got->items[at] == wanted[at]) {
        at++;
    }
    if (at < got->count || at < count) {
        fail_msg("%s: %zu ids, wanted %zu; the first difference at %zu", what, got->count, count, at);
    }
}

// FILE.inp holds strings between lines of __ggml_vocab_test__, FILE.out a line of ids for each. Returns their number.
static size_t compare_strings(const char *name)
{
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char file[256];
    size_t size;
    size_t out_size;
    size_t count = 0;
    snprintf(file, sizeof file, "golden/tokenizers/ggml-vocab-%s.gguf", name);
    struct qs_tokenizer *tokenizer = open_tokenizer(shared_file(file));
    snprintf(file, sizeof file, "golden/tokenizers/ggml-vocab-%s.gguf.inp", name);
    char *input = read_file(shared_file(file), &size);
    snprintf(file, sizeof file, "golden/tokenizers/ggml-vocab-%s.gguf.out", name);
    char *output = read_file(shared_file(file), &out_size);
    const char *line = output;
    for (const char *text = input; text;) {
        const char *end = strstr(text, separator);
        size_t length = end ? (size_t)(end - text) : size - (size_t)(text - input);
        char what[64];
        snprintf(what, sizeof what, "%s: string %zu", name, ++count);
        struct qs_token_ids wanted = parse_line(&line);
        struct qs_token_ids got = encode(tokenizer, text, length, 0);
        expect(&got, wanted.items, wanted.count, what);
        qs_token_ids_free(&got);
        qs_token_ids_free(&wanted);
        text = end ? end + strlen(separator) : NULL;
    }
    assert_int_equal(line - output, out_size);
    free(input);
    free(output);
    qs_tokenizer_close(tokenizer);
    return count;
}

static void vocabularies_of_llama_cpp(void **state)
{
    (void)state;
    static const char *const names[] = {"llama-spm", "llama-bpe", "gpt-2", "qwen2"};
    size_t count = 0;
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        count += compare_strings(names[i]);
    }
    assert_int_equal(count, 188);
}

static uint32_t *read_ids(hid_t file, const char *name, size_t *count)
{
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t space = H5Dget_space(dataset);
    *count = (size_t)H5Sget_simple_extent_npoints(space);
    uint32_t *ids = malloc(*count * sizeof *ids);
    assert_non_null(ids);
    assert_true(H5Dread(dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, ids) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    return ids;
}

// All four texts through one tokenizer; of the two to evaluate with, the file has the first 8,192 ids.
static void compare_texts(const char *model)
{
    static const char *const texts[] = {"eval-sotu", "eval-moby", "calib-sotu", "calib-moby"};
    struct qs_tokenizer *tokenizer = open_tokenizer(model);
    hid_t file = H5Fopen(shared_file("golden/demo.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    size_t compared = 0;
    assert_true(file >= 0);
    for (size_t i = 0; i < QS_COUNT_OF(texts); i++) {
        char name[64];
        size_t count;
        size_t size;
        snprintf(name, sizeof name, "tokens/%s", texts[i]);
        uint32_t *wanted = read_ids(file, name, &count);
        snprintf(name, sizeof name, "demo-model/%s.txt", texts[i]);
        char *text = read_file(shared_file(name), &size);
        struct qs_token_ids got = encode(tokenizer, text, size, QS_ENCODE_BOS);
        assert_true(got.count >= count);
        if (strncmp(texts[i], "eval", 4) == 0) {
            assert_int_equal(count, 8192);
            got.count = count;
        }
        expect(&got, wanted, count, texts[i]);
        compared += count;
        qs_token_ids_free(&got);
        free(text);
        free(wanted);
    }
    assert_int_equal(compared, 126369);
    H5Fclose(file);
    qs_tokenizer_close(tokenizer);
}

static void demo_from_tokenizer_json(void **state)
{
    (void)state;
    char path[4096];
    const char *source = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/data/demo", source && *source ? source : ".");
    compare_texts(path);
}

static void demo_from_gguf(void **state)
{
    (void)state;
    static const char *const files[] = {"bf16", "f16", "Q8_0", "Q4_K_M", "IM-Q4_0"};
    for (size_t i = 0; i < QS_COUNT_OF(files); i++) {
        char name[64];
        snprintf(name, sizeof name, "golden/gguf/demo-%s.gguf", files[i]);
        compare_texts(shared_file(name));
    }
}

static void stories_from_gguf(void **state)
{
    (void)state;
    static const char *const files[] = {"stories260K", "stories260K-split-00001-of-00003", "stories260K-Q8_0"};
    size_t size;
    size_t id_size;
    char *text = read_file(shared_file("demo-model/calib-moby.txt"), &size);
    char *numbers = read_file(shared_file("golden/stories260K/calib-moby.ids"), &id_size);
    for (char *p = numbers; *p; p++) {
        *p = *p == '\n' ? ' ' : *p;
    }
    const char *cursor = numbers;
    struct qs_token_ids wanted = parse_line(&cursor);
    assert_int_equal(wanted.count, 36300);
    for (size_t i = 0; i < QS_COUNT_OF(files); i++) {
        char name[128];
        snprintf(name, sizeof name, "golden/stories260K/%s.gguf", files[i]);
        struct qs_tokenizer *tokenizer = open_tokenizer(shared_file(name));
        struct qs_token_ids got = encode(tokenizer, text, size, QS_ENCODE_BOS);
        expect(&got, wanted.items, wanted.count, files[i]);
        qs_token_ids_free(&got);
        qs_tokenizer_close(tokenizer);
    }
    qs_token_ids_free(&wanted);
    free(numbers);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocabularies_of_llama_cpp),
        cmocka_unit_test(demo_from_tokenizer_json),
        cmocka_unit_test(demo_from_gguf),
        cmocka_unit_test(stories_from_gguf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
