// src/model: GGUF files, right, wrong and in parts.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "gguf_build.h"
#include "model/gguf_file.h"
#include "model/reader.h"

static struct build build;
static char path[4096];

static const char *write_as(const char *name, const struct build *b)
{
    const char *folder = getenv("QS_TMP");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(b->bytes, 1, b->size, file), b->size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static struct qs_reading read_build(const struct build *b)
{
    struct qs_reading reading;
    struct qs_error err = {0};
    if (qs_gguf_read(write_as("model.gguf", b), &reading, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return reading;
}

// The file is refused with a message that has these words in it, and nothing is left behind.
static void refuses_path(const char *file, const char *words)
{
    struct qs_reading reading;
    struct qs_error err = {0};
    memset(&reading, 0x5a, sizeof reading);
    enum qs_status status = qs_gguf_read(file, &reading, &err);
    if (status != QS_BAD_INPUT || !strstr(err.text, words) || !strstr(err.text, ".gguf: ")) {
        fail_msg("status %d, \"%s\" wanted in: %s", status, words, err.text);
    }
    struct qs_reading zero = {0};
    assert_memory_equal(&reading, &zero, sizeof zero);
}

static void refuses(const struct build *b, const char *words)
{
    refuses_path(write_as("bad.gguf", b), words);
}

static void a_small_model_is_read(void **state)
{
    (void)state;
    for (uint32_t version = 2; version <= 3; version++) {
        put_model(&build, version);
        struct qs_reading r = read_build(&build);
        assert_string_equal(r.format, "gguf");
        assert_string_equal(r.name, "tiny");
        assert_string_equal(r.architecture, "llama");
        assert_int_equal(r.layers, 1);
        assert_int_equal(r.heads, 4);
        assert_int_equal(r.kv_heads, 2);
        assert_true(r.permuted_qk);
        assert_string_equal(qs_text_chars(&r.warnings), "");
        assert_int_equal(r.map_count, 1);
        assert_int_equal(r.tensor_count, 2);
        const struct qs_tensor *first = &r.tensors[0];
        const struct qs_tensor *second = &r.tensors[1];
        assert_string_equal(first->name, "first");
        assert_ptr_equal(first->name, r.names[0]);
        assert_string_equal(first->dtype_name, "F32");
        assert_int_equal(first->ndim, 2);
        assert_int_equal(first->dims[0], 3);
        assert_int_equal(first->dims[1], 4);
        assert_int_equal(first->values, 12);
        assert_int_equal(first->bytes, 48);
        assert_int_equal(first->data[5], 5);
        assert_ptr_equal(first->map, r.maps[0]);
        assert_int_equal(first->layer, -1);
        assert_int_equal(second->dtype, QS_DTYPE_Q8_0);
        assert_int_equal(second->dims[0], 2);
        assert_int_equal(second->bytes, 68);
        assert_int_equal(second->data[0], 64);
        assert_ptr_equal(second->data + second->bytes, r.maps[0]->data + r.maps[0]->size);
        qs_reading_free(&r);
        assert_null(r.tensors);
    }
}

static void a_file_without_layers_or_tensors_is_read(void **state)
{
    (void)state;
    put_header(&build, 3, 0, 0);
    struct qs_reading r = read_build(&build);
    assert_null(r.name);
    assert_null(r.architecture);
    assert_int_equal(r.layers, 0);
    assert_int_equal(r.tensor_count, 0);
    assert_false(r.permuted_qk);
    qs_reading_free(&r);
}

// Ids and sizes from ggml's enum ggml_type and block structures.
static void every_tensor_type_has_its_size(void **state)
{
    (void)state;
    static const struct {
        uint32_t id;
        const char *name;
        uint32_t values;
        uint32_t bytes;
        bool read;
    } types[] = {
        {0, "F32", 1, 4, true},         {1, "F16", 1, 2, true},          {2, "Q4_0", 32, 18, true},
        {3, "Q4_1", 32, 20, true},      {6, "Q5_0", 32, 22, true},       {7, "Q5_1", 32, 24, true},
        {8, "Q8_0", 32, 34, true},      {9, "Q8_1", 32, 36, false},      {10, "Q2_K", 256, 84, true},
        {11, "Q3_K", 256, 110, true},   {12, "Q4_K", 256, 144, true},    {13, "Q5_K", 256, 176, true},
        {14, "Q6_K", 256, 210, true},   {15, "Q8_K", 256, 292, false},   {16, "IQ2_XXS", 256, 66, false},
        {17, "IQ2_XS", 256, 74, false}, {18, "IQ3_XXS", 256, 98, false}, {19, "IQ1_S", 256, 50, false},
        {20, "IQ4_NL", 32, 18, true},   {21, "IQ3_S", 256, 110, false},  {22, "IQ2_S", 256, 82, false},
        {23, "IQ4_XS", 256, 136, true}, {24, "I8", 1, 1, false},         {25, "I16", 1, 2, false},
        {26, "I32", 1, 4, false},       {27, "I64", 1, 8, false},        {28, "F64", 1, 8, true},
        {29, "IQ1_M", 256, 56, false},  {30, "BF16", 1, 2, true},        {34, "TQ1_0", 256, 54, false},
        {35, "TQ2_0", 256, 66, false},  {39, "MXFP4", 32, 17, false},    {40, "NVFP4", 64, 36, false},
        {41, "Q1_0", 128, 18, false},   {42, "Q2_0", 64, 18, false},
    };
    for (size_t i = 0; i < QS_COUNT_OF(types); i++) {
        put_header(&build, 3, 1, 0);
        put_tensor(&build, "t", 1, (const uint64_t[]){2 * types[i].values}, types[i].id, 0);
        pad_to(&build, 32);
        put_data(&build, 2 * types[i].bytes);
        struct qs_reading r = read_build(&build);
        assert_string_equal(r.tensors[0].dtype_name, types[i].name);
        assert_int_equal(r.tensors[0].bytes, 2 * types[i].bytes);
        assert_int_equal(r.tensors[0].dtype != QS_DTYPE_OTHER, types[i].read);
        if (types[i].read) {
            const struct qs_dtype_traits *traits = qs_dtype_traits(r.tensors[0].dtype);
            assert_string_equal(traits->name, types[i].name);
            assert_int_equal(traits->block_values, types[i].values);
            assert_int_equal(traits->block_bytes, types[i].bytes);
        }
        qs_reading_free(&r);
    }
    static const uint32_t unknown[] = {4, 5, 31, 36, 43, 200, UINT32_MAX};
    for (size_t i = 0; i < QS_COUNT_OF(unknown); i++) {
        put_header(&build, 3, 1, 0);
        put_tensor(&build, "odd", 1, (const uint64_t[]){256}, unknown[i], 0);
        char words[64];
        snprintf(words, sizeof words, "byte 47: tensor odd: type %u is unknown", unknown[i]);
        refuses(&build, words);
    }
}

static void head_counts_may_differ_from_layer_to_layer(void **state)
{
    (void)state;
    put_header(&build, 3, 0, 3);
    put_string_pair(&build, "general.architecture", "deci");
    put_i32_array_pair(&build, "deci.attention.head_count", (const int32_t[]){32, 0, 32, 32}, 4);
    put_i32_array_pair(&build, "deci.attention.head_count_kv", (const int32_t[]){8, 0, 4, 8}, 4);
    struct qs_reading r = read_build(&build);
    assert_int_equal(r.heads, 32);
    assert_int_equal(r.kv_heads, 0);
    assert_non_null(strstr(qs_text_chars(&r.warnings), "deci.attention.head_count_kv: differs"));
    qs_reading_free(&r);

    put_header(&build, 3, 0, 2);
    put_string_pair(&build, "general.architecture", "llama");
    put_i32_array_pair(&build, "llama.attention.head_count", (const int32_t[]){-1}, 1);
    refuses(&build, "byte 69: key llama.attention.head_count: is not an array of whole numbers");
}

static void architectures_with_permuted_rows_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *architecture;
        bool permuted;
    } cases[] = {
        {"llama", true}, {"mistral3", true}, {"granite", true}, {"smollm3", true}, {"minicpm", true}, {"olmo", true},
        {"llama4", false}, {"qwen2", false}, {"qwen3", false}, {"gemma2", false}, {"olmo2", false}, {"phi3", false},
        {"gpt2", false}, {"deepseek2", false}, {"llam", false},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        put_header(&build, 3, 0, 1);
        put_string_pair(&build, "general.architecture", cases[i].architecture);
        struct qs_reading r = read_build(&build);
        assert_int_equal(r.permuted_qk, cases[i].permuted);
        qs_reading_free(&r);
    }
}

static void the_hash_is_of_the_configuration_alone(void **state)
{
    (void)state;
    uint64_t hashes[4][2];
    for (int variant = 0; variant < 4; variant++) {
        // 0, 1: the same in another order, under another name, aligned otherwise; 2: other heads; 3: a key more
        put_header(&build, 3, 0, variant == 1 ? 5 : variant == 3 ? 4 : 3);
        if (variant == 1) {
            put_u32_pair(&build, "llama.attention.head_count", 4);
            put_u32_pair(&build, "general.alignment", 64);
            put_string_pair(&build, "general.name", "b");
            put_string_pair(&build, "quantize.imatrix.file", "/somewhere/im.gguf");
            put_string_pair(&build, "general.architecture", "llama");
        } else {
            put_string_pair(&build, "general.architecture", "llama");
            put_string_pair(&build, "general.name", "a");
            put_u32_pair(&build, "llama.attention.head_count", variant == 2 ? 8 : 4);
        }
        if (variant == 3) {
            put_u32_pair(&build, "llama.context_length", 4);
        }
        struct qs_reading r = read_build(&build);
        memcpy(hashes[variant], r.config_hash, sizeof r.config_hash);
        qs_reading_free(&r);
    }
    assert_memory_equal(hashes[0], hashes[1], sizeof hashes[0]);
    assert_memory_not_equal(hashes[0], hashes[2], sizeof hashes[0]);
    assert_memory_not_equal(hashes[0], hashes[3], sizeof hashes[0]);
}

static void alignment_is_taken_from_the_file(void **state)
{
    (void)state;
    put_header(&build, 3, 2, 1);
    put_u32_pair(&build, "general.alignment", 128);
    put_tensor(&build, "a", 1, (const uint64_t[]){4}, 0, 128);
    put_tensor(&build, "b", 1, (const uint64_t[]){4}, 0, 0);
    pad_to(&build, 128);
    put_data(&build, 128 + 16);
    struct qs_reading r = read_build(&build);
    assert_int_equal((r.tensors[0].data - r.maps[0]->data) % 128, 0);
    assert_int_equal(r.tensors[0].data[0], 128);
    assert_int_equal(r.tensors[1].data[0], 0);
    qs_reading_free(&r);

    static const uint32_t bad[] = {0, 3, 48};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        put_header(&build, 3, 0, 1);
        put_u32_pair(&build, "general.alignment", bad[i]);
        refuses(&build, "byte 24: key general.alignment: is not a power of two");
    }
}

static void long_names_are_left_out(void **state)
{
    (void)state;
    char name[QS_NAME_MAX + 1];
    memset(name, 'n', QS_NAME_MAX);
    name[QS_NAME_MAX] = '\0';
    put_header(&build, 3, 0, 1);
    put_string_pair(&build, "general.name", name);
    struct qs_reading r = read_build(&build);
    assert_null(r.name);
    assert_non_null(strstr(qs_text_chars(&r.warnings), "general.name"));
    qs_reading_free(&r);

    put_header(&build, 3, 1, 0);
    put_tensor(&build, name, 1, (const uint64_t[]){4}, 0, 0);
    refuses(&build, "byte 24: a tensor's name of 256 bytes; 1 to 255 are possible");
}

static void bad_headers_are_refused(void **state)
{
    (void)state;
    build.size = 0;
    refuses(&build, "byte 0: does not begin with \"GGUF\"");
    put(&build, "GGML\3\0\0\0", 8);
    refuses(&build, "byte 0: does not begin with \"GGUF\"");
    put_header(&build, 1, 0, 0);
    refuses(&build, "byte 4: is GGUF version 1; versions 2 and 3 are read");
    put_header(&build, 4, 0, 0);
    refuses(&build, "byte 4: is GGUF version 4");
    put_header(&build, 0, 0, 0);
    refuses(&build, "byte 4: is GGUF version 0");
    put_header(&build, 0x03000000, 0, 0);
    refuses(&build, "byte 4: is a big-endian GGUF file (version 3)");
    put_header(&build, 3, UINT64_MAX, 0);
    refuses(&build, "byte 8: 18446744073709551615 tensors; a file of 24 bytes holds at most 0");
    put_header(&build, 3, 0, 2);
    put_u32_pair(&build, "k", 1);
    refuses(&build, "byte 16: 2 keys; a file of 41 bytes holds at most 1");
}

static void bad_pairs_are_refused(void **state)
{
    (void)state;
    put_header(&build, 3, 0, 1);
    put_u64(&build, UINT64_MAX - 8);
    put_data(&build, 32);
    refuses(&build, "byte 32: the file ends inside a key");

    put_header(&build, 3, 0, 1);
    put_u32_pair(&build, "", 1);
    put_data(&build, 8);
    refuses(&build, "byte 24: a key of 0 bytes");

    put_header(&build, 3, 0, 1);
    put_u64(&build, 3);
    put(&build, "a\0b", 3);
    put_data(&build, 32);
    refuses(&build, "byte 24: a key with a NUL in it");

    put_header(&build, 3, 0, 1);
    put_key(&build, "odd", 13);
    put_data(&build, 32);
    refuses(&build, "byte 24: key odd: value of type 13, which does not exist");

    put_header(&build, 3, 0, 1);
    put_key(&build, "list", ARRAY);
    put_u32(&build, 99);
    put_u64(&build, 0);
    refuses(&build, "byte 40: key list: array of type 99, which does not exist");

    put_header(&build, 3, 0, 1);
    put_key(&build, "list", ARRAY);
    put_u32(&build, U64);
    put_u64(&build, (uint64_t)1 << 61);
    put_data(&build, 16);
    refuses(&build, "byte 40: key list: array of 2305843009213693952 items; the bytes left hold at most 2");

    put_header(&build, 3, 0, 1);
    put_key(&build, "deep", ARRAY);
    for (int i = 0; i < 20; i++) {
        put_u32(&build, ARRAY);
        put_u64(&build, 1);
    }
    refuses(&build, "key deep: arrays nested more than 8 deep");

    put_header(&build, 3, 0, 2);
    put_u32_pair(&build, "twice", 1);
    put_u32_pair(&build, "twice", 1);
    refuses(&build, "byte 45: key twice: stands at byte 24 already");

    put_header(&build, 3, 0, 1);
    put_u32_pair(&build, "general.architecture", 7);
    refuses(&build, "byte 24: key general.architecture: is not a string");

    put_header(&build, 3, 0, 2);
    put_string_pair(&build, "general.architecture", "x");
    put_string_pair(&build, "x.block_count", "many");
    refuses(&build, "byte 65: key x.block_count: is not a whole number");
}

static void bad_tensors_are_refused(void **state)
{
    (void)state;
    static const uint64_t big = (uint64_t)1 << 40;
    const struct {
        uint32_t ndim;
        uint64_t ne[10];
        uint32_t type;
        uint64_t offset;
        const char *words;
    } cases[] = {
        {0, {0}, 0, 0, "byte 33: tensor t: 0 dimensions; 1 to 8 are possible"},
        {9, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 0, "byte 33: tensor t: 9 dimensions"},
        {2, {4, 0}, 0, 0, "byte 45: tensor t: dimension 1 is 0"},
        {2, {big, big}, 0, 0, "byte 45: tensor t: dimension 1 is 1099511627776: more values than can be counted"},
        {2, {(uint64_t)1 << 31, (uint64_t)1 << 31}, 28, 0, "tensor t: more bytes than can be counted"},
        {1, {33}, 8, 0, "byte 45: tensor t: rows of 33 values, but Q8_0 has blocks of 32"},
        {2, {16, 2}, 8, 0, "rows of 16 values, but Q8_0 has blocks of 32"},
        {1, {4}, 0, 31, "byte 24: tensor t: offset 31 is no multiple of the alignment, 32"},
        {1, {4}, 0, 64, "byte 24: tensor t: offset 64 and 16 bytes of data lie beyond the end of the file, byte 128"},
        {1, {64}, 0, 0, "byte 24: tensor t: offset 0 and 256 bytes of data lie beyond the end"},
        {1, {4}, 0, UINT64_MAX - 31, "byte 24: tensor t: offset 18446744073709551584 and 16 bytes"},
        {1, {(uint64_t)1 << 61}, 0, 32, "offset 32 and 9223372036854775808 bytes of data lie beyond"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        put_header(&build, 3, 1, 0);
        put_tensor(&build, "t", cases[i].ndim, cases[i].ne, cases[i].type, cases[i].offset);
        pad_to(&build, 32);
        put_data(&build, 128 - build.size % 128);
        refuses(&build, cases[i].words);
    }

    put_header(&build, 3, 2, 0);
    put_tensor(&build, "a", 1, (const uint64_t[]){9}, 0, 0);
    put_tensor(&build, "b", 1, (const uint64_t[]){8}, 0, 32);
    pad_to(&build, 32);
    put_data(&build, 64);
    refuses(&build, "byte 57: tensor b: its data at byte 128 overlap those of tensor a");

    put_header(&build, 3, 2, 0);
    put_tensor(&build, "same", 1, (const uint64_t[]){8}, 0, 0);
    put_tensor(&build, "same", 1, (const uint64_t[]){8}, 0, 32);
    pad_to(&build, 32);
    put_data(&build, 64);
    refuses(&build, "tensor same: is also at byte");
}

// Reads bytes that end where their memory ends, so that a sanitizer sees the first byte too far.
static enum qs_status parse_exactly(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    char name[] = "memory";
    struct qs_map map = {.data = size ? copy : NULL, .size = size, .path = name};
    struct qs_gguf_file file;
    enum qs_status status = qs_gguf_parse(&map, &file, NULL);
    assert_true(status == QS_OK || status == QS_BAD_INPUT);
    qs_gguf_file_free(&file);
    free(copy);
    return status;
}

static void no_cut_and_no_changed_byte_does_harm(void **state)
{
    (void)state;
    put_model(&build, 3);
    assert_int_equal(parse_exactly(build.bytes, build.size), QS_OK);
    for (size_t size = 0; size < build.size; size++) {
        assert_int_equal(parse_exactly(build.bytes, size), QS_BAD_INPUT);
    }
    static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t at = 0; at < build.size; at++) {
        uint8_t was = build.bytes[at];
        for (size_t v = 0; v < QS_COUNT_OF(values); v++) {
            build.bytes[at] = values[v];
            parse_exactly(build.bytes, build.size);
        }
        build.bytes[at] = was;
    }
}

static void put_part(struct build *b, unsigned number, unsigned count, unsigned tensors, const char *tensor)
{
    put_header(b, 3, 1, number == 0 ? 5 : 3);
    if (number == 0) {
        put_string_pair(b, "general.architecture", "llama");
        put_u32_pair(b, "llama.block_count", 2);
    }
    put_key(b, "split.no", U16);
    put_number(b, number, 2);
    put_key(b, "split.count", U16);
    put_number(b, count, 2);
    put_key(b, "split.tensors.count", I32);
    put_number(b, tensors, 4);
    put_tensor(b, tensor, 1, (const uint64_t[]){8}, 0, 0);
    pad_to(b, 32);
    put_data(b, 32);
}

static void parts_make_one_model(void **state)
{
    (void)state;
    char first[sizeof path];
    put_part(&build, 0, 3, 3, "a");
    write_as("whole-00002-of-00003.gguf", &build);
    assert_int_equal(remove(path), 0); // also what an earlier run left
    strcpy(first, write_as("whole-00001-of-00003.gguf", &build));
    refuses_path(first, "whole-00002-of-00003.gguf: is missing: part 2 of the 3 of");
    put_part(&build, 2, 3, 3, "c");
    refuses_path(write_as("whole-00003-of-00003.gguf", &build), "key split.no: is part 3 of 3; give the first part, ");
    put_part(&build, 1, 3, 3, "b");
    write_as("whole-00002-of-00003.gguf", &build);

    struct qs_reading r;
    struct qs_error err = {0};
    if (qs_gguf_read(first, &r, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(r.map_count, 3);
    assert_int_equal(r.tensor_count, 3);
    assert_int_equal(r.layers, 2);
    assert_string_equal(r.names[2], "c");
    assert_ptr_equal(r.tensors[2].map, r.maps[2]);
    assert_int_equal(r.tensors[1].data[31], 31);
    uint64_t split_hash = r.config_hash[0];
    qs_reading_free(&r);

    put_header(&build, 3, 0, 2);
    put_string_pair(&build, "general.architecture", "llama");
    put_u32_pair(&build, "llama.block_count", 2);
    r = read_build(&build);
    assert_true(r.config_hash[0] == split_hash);
    qs_reading_free(&r);
}

static void bad_parts_are_refused(void **state)
{
    (void)state;
    char first[sizeof path];
    put_part(&build, 0, 2, 2, "a");
    refuses_path(write_as("renamed.gguf", &build), "so its name has to end in -00001-of-00002.gguf");
    refuses_path(write_as("other-00001-of-00003.gguf", &build), "so its name has to end in -00001-of-00002.gguf");
    strcpy(first, write_as("bad-00001-of-00002.gguf", &build));
    put_part(&build, 1, 2, 2, "a");
    write_as("bad-00002-of-00002.gguf", &build);
    refuses_path(first, "tensor a: is also at byte");
    put_part(&build, 1, 7, 2, "b");
    write_as("bad-00002-of-00002.gguf", &build);
    refuses_path(first, "bad-00002-of-00002.gguf: keys split.no and split.count: are not those of part 2 of 2");
    build.size = 30;
    write_as("bad-00002-of-00002.gguf", &build);
    refuses_path(first, "holds at most 0");
    put_part(&build, 1, 2, 2, "b");
    write_as("bad-00002-of-00002.gguf", &build);
    put_part(&build, 0, 2, 9, "a");
    write_as("bad-00001-of-00002.gguf", &build);
    refuses_path(first, "key split.tensors.count: is 9, but the parts hold 2 tensors");
    put_part(&build, 1, 2, 2, "b");
    refuses_path(write_as("later.gguf", &build), "is part 2 of 2; give the first part");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_model_is_read),
        cmocka_unit_test(a_file_without_layers_or_tensors_is_read),
        cmocka_unit_test(every_tensor_type_has_its_size),
        cmocka_unit_test(head_counts_may_differ_from_layer_to_layer),
        cmocka_unit_test(architectures_with_permuted_rows_are_known),
        cmocka_unit_test(the_hash_is_of_the_configuration_alone),
        cmocka_unit_test(alignment_is_taken_from_the_file),
        cmocka_unit_test(long_names_are_left_out),
        cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(bad_pairs_are_refused),
        cmocka_unit_test(bad_tensors_are_refused),
        cmocka_unit_test(no_cut_and_no_changed_byte_does_harm),
        cmocka_unit_test(parts_make_one_model),
        cmocka_unit_test(bad_parts_are_refused),
    };
    return cmocka_run_group_tests_name("gguf", tests, NULL, NULL);
}
