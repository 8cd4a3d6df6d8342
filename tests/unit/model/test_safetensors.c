// src/model: .safetensors files, shards, config.json, and everything that can be wrong with them.
#include "../../fuzz/fuzz_safetensors.h"
#include "../cmocka_all.h"
#include "make_model.h"
#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char small_config[] = "{\"architectures\":[\"LlamaForCausalLM\"],\"num_hidden_layers\":2,"
                                   "\"num_attention_heads\":2,\"num_key_value_heads\":1}";

// The path must be refused, with a text that has every one of the words (NULL ends them).
static void refused(const char *path, const char *const *words)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_model_open(path, &model, &err);
    if (status != QS_BAD_INPUT || err.status != status) {
        print_message("# %s: status %d, %s\n", path, (int)status, err.text);
    }
    assert_int_equal(status, QS_BAD_INPUT);
    assert_null(model);
    for (; *words; words++) {
        if (!strstr(err.text, *words)) {
            print_message("# \"%s\" is not in: %s\n", *words, err.text);
        }
        assert_non_null(strstr(err.text, *words));
    }
}

#define REFUSED(path, ...) refused(path, (const char *const[]){__VA_ARGS__, NULL})

static struct qs_model *opened(const char *path)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_model_open(path, &model, &err);
    if (status != QS_OK) {
        print_message("# %s\n", err.text);
    }
    assert_int_equal(status, QS_OK);
    return model;
}

// A folder of its own for one test, with a config.json.
static const char *model_folder(const char *name, const char *config)
{
    const char *folder = temp_path(name);
    char path[512];
    make_folder(folder);
    if (config) {
        snprintf(path, sizeof path, "%s/config.json", folder);
        write_text(path, config);
    }
    return folder;
}

static const char *in_folder(const char *folder, const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void broken_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *word; // in the message
        size_t data_bytes;
    } cases[] = {
        {"{", "not valid JSON", 0},
        {"[]", "does not begin with '{'", 0},
        {" {}", "does not begin with '{'", 0},
        {"{}x", "not valid JSON", 0},
        {"{\"a\":1}", "tensor a: its header entry is no object", 0},
        {"{\"a\":{}}", "tensor a: dtype: is missing", 0},
        {"{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", "tensor a: dtype: is missing", 4},
        {"{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", "tensor a: dtype: F31 is unknown", 4},
        {"{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "tensor a: dtype: f32 is unknown", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "tensor a: shape: is missing", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", "tensor a: shape: is missing or no list", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "tensor a: shape: a dimension", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", "tensor a: shape: a dimension", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", "9 dimensions", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}",
         "tensor a: shape: the number of values overflows", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}",
         "tensor a: shape: the number of bytes overflows", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", "not valid JSON", 4},
        {"{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", "do not fill whole bytes", 2},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "tensor a: data_offsets", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "tensor a: data_offsets", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", "tensor a: data_offsets", 8},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "0 <= begin <= end", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", "0 <= begin <= end", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
         "end at byte 4 of the data, which has 3", 3},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}",
         "tensor a: data_offsets: end",
         4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "give 4 bytes, shape and dtype need 8", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
         "tensor b: data_offsets: its data overlaps", 6},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "overlaps that of tensor a", 4},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
         "tensor a: data_offsets: leave a hole of 4", 8},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "5 bytes behind the last tensor", 9},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "duplicate", 8},
        {"{\"a\\u0000b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "not valid JSON", 4},
        {"{\"\xff\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "not valid JSON", 4},
        {"{}", "holds no weights of decoder layers", 0},
    };
    const char *path = temp_path("broken.safetensors");
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        write_header(path, cases[i].header, strlen(cases[i].header), cases[i].data_bytes);
        REFUSED(path, "broken.safetensors", cases[i].word);
    }
}

static void lying_header_lengths_are_refused(void **state)
{
    (void)state;
    const char *path = temp_path("length.safetensors");
    write_bytes(path, "", 0);
    REFUSED(path, "length.safetensors", "too few");
    write_bytes(path, "\x02\0\0\0\0\0\0", 7);
    REFUSED(path, "too few");
    write_header(path, "{}", 0, 0);
    REFUSED(path, "does not begin with '{'");
    write_header(path, "{}", 3, 0);
    REFUSED(path, "a header of 3 bytes in a file of 10");
    write_header(path, "{}", 100000001, 0);
    REFUSED(path, "a header of 100000001 bytes: the format allows 100000000");
    write_header(path, "{}", UINT64_MAX, 0);
    REFUSED(path, "a header of 18446744073709551615 bytes");
    write_header(path, "{}", UINT64_MAX - 8, 0);
    REFUSED(path, "a header of 18446744073709551607 bytes");
}

static void deep_json_is_refused(void **state)
{
    (void)state;
    static char header[100001];
    memset(header, '[', sizeof header - 1);
    memcpy(header, "{\"a\":", 5);
    const char *path = temp_path("deep.safetensors");
    write_header(path, header, strlen(header), 0);
    REFUSED(path, "not valid JSON");
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t size = 0;
    const char *path = temp_path("whole.safetensors");
    write_llama(path, 1, 3);
    assert_int_equal(qs_file_read(path, 1 << 20, &bytes, &size, NULL), QS_OK);
    const char *cut = temp_path("cut.safetensors");
    for (size_t length = 0; length < size; length += length < 64 ? 1 : 41) {
        write_bytes(cut, bytes, length);
        REFUSED(cut, "cut.safetensors");
    }
    free(bytes);
}

static void all_types_are_listed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned bits;
        bool readable;
    } types[] = {
        {"F64", 64, true}, {"F32", 32, true}, {"F16", 16, true}, {"BF16", 16, true}, {"F8_E4M3", 8, true},
        {"F8_E5M2", 8, true}, {"I64", 64, false}, {"I32", 32, false}, {"I16", 16, false}, {"I8", 8, false},
        {"U64", 64, false}, {"U32", 32, false}, {"U16", 16, false}, {"U8", 8, false}, {"BOOL", 8, false},
        {"F8_E8M0", 8, false}, {"F4", 4, false}, {"F6_E2M3", 6, false}, {"C64", 64, false},
    };
    struct st st = {0};
    for (unsigned i = 0; i < QS_COUNT_OF(types); i++) {
        char name[64];
        snprintf(name, sizeof name, "model.layers.%u.mlp.up_proj.weight", i);
        st_add_zeros(&st, name, types[i].name, "[4,2]", types[i].bits);
    }
    const char *path = temp_path("types.safetensors");
    st_write(&st, path);
    struct qs_model *model = opened(path);
    const struct qs_model_info *info = qs_model_info(model);
    assert_int_equal(info->layers, QS_COUNT_OF(types));
    assert_int_equal(info->kinds, 1);
    for (unsigned i = 0; i < QS_COUNT_OF(types); i++) {
        const struct qs_weight *weight = qs_model_module(model, i, 0);
        const struct qs_module_info *module = qs_model_info_module(info, i, 0);
        assert_non_null(weight);
        assert_int_equal(weight->readable, types[i].readable);
        assert_string_equal(module->dtype, types[i].name);
        assert_int_equal(module->bytes, types[i].bits);
        assert_int_equal(module->rows, 4);
        assert_int_equal(module->cols, 2);
        assert_int_equal(weight->row_bytes, types[i].bits / 4);
    }
    assert_int_equal(info->module_params, 8 * QS_COUNT_OF(types));
    qs_model_close(model);
}

static void odd_but_right_files_open(void **state)
{
    (void)state;
    static const char weight[] =
        "\"layers.0.fc1.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8],\"x\":1}";
    struct qs_text header = {0};
    // Metadata of any kind, a scalar, an empty tensor of a zero-sized shape, spaces at the end.
    qs_text_addf(&header, "{\"__metadata__\":[1],%s,", weight);
    qs_text_add(&header, "\"scalar\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[8,16]},"
                         "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,9223372036854775807],\"data_offsets\":[8,8]},"
                         "\"layers.0.fc2.weight\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[16,16]},"
                         "\"layers.0.fc3.weight\":{\"dtype\":\"F32\",\"shape\":[4,0],\"data_offsets\":[16,16]}}  ");
    const char *path = temp_path("odd.safetensors");
    write_header(path, header.chars, header.length, 16);
    struct qs_model *model = opened(path);
    const struct qs_model_info *info = qs_model_info(model);
    assert_string_equal(info->name, "odd");
    assert_int_equal(info->params, 3);
    assert_int_equal(info->module_params, 2);
    assert_int_equal(info->bytes, 16);
    assert_int_equal(info->kinds, 1);
    assert_string_equal(info->kind_names[0], "mlp.up_proj");
    assert_non_null(strstr(qs_model_warnings(model), "layers.0.fc2.weight has no values and is no module, and 1 more"));
    assert_int_equal(qs_model_tensor_count(model), 5);
    qs_model_close(model);
    qs_text_free(&header);
}

static void shards_open_as_one_model(void **state)
{
    (void)state;
    const char *folder = model_folder("sharded", small_config);
    write_llama(in_folder(folder, "part-%u.safetensors"), 2, 5);
    struct qs_text index = {0};
    qs_text_add(&index, "{\"metadata\":{\"total_size\":1},\"weight_map\":{");
    qs_text_add(&index, "\"model.embed_tokens.weight\":\"part-0.safetensors\""
                        ",\"model.norm.weight\":\"part-0.safetensors\"");
    for (unsigned layer = 0; layer < 2; layer++) {
        static const char *const names[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                            "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
                                            "input_layernorm", "post_attention_layernorm"};
        for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
            qs_text_addf(&index, ",\"model.layers.%u.%s.weight\":\"part-%u.safetensors\"", layer, names[i], layer);
        }
    }
    size_t body = index.length;
    qs_text_add(&index, "}}");
    const char *index_path = in_folder(folder, "model.safetensors.index.json");
    write_text(index_path, index.chars);
    struct qs_model *sharded = opened(folder);
    assert_int_equal(qs_model_tensor_count(sharded), 20);
    assert_string_equal(qs_model_warnings(sharded), "");

    // The same tensors in one file, in another folder: the same model.
    const char *whole = model_folder("whole", small_config);
    write_llama(in_folder(whole, "model.safetensors"), 2, 5);
    struct qs_model *single = opened(whole);
    assert_string_equal(qs_model_info(sharded)->fingerprint, qs_model_info(single)->fingerprint);
    assert_string_equal(qs_model_info(sharded)->name, "sharded");
    assert_string_equal(qs_model_info(single)->name, "whole");
    for (size_t i = 0; i < 20; i++) {
        const struct qs_tensor *a = qs_model_tensor(sharded, i);
        const struct qs_tensor *b = qs_model_tensor(single, i);
        assert_string_equal(a->name, b->name);
        assert_memory_equal(a->data, b->data, a->bytes);
    }
    qs_model_close(single);
    qs_model_close(sharded);

    // A tensor that the map leaves out is left out.
    char *last = strrchr(index.chars, ',');
    struct qs_text less = {0};
    qs_text_addf(&less, "%.*s}}", (int)(last - index.chars), index.chars);
    write_text(index_path, less.chars);
    struct qs_model *model = opened(folder);
    assert_int_equal(qs_model_tensor_count(model), 19);
    assert_non_null(strstr(qs_model_warnings(model), "1 tensors of the shards are not in weight_map"));
    qs_model_close(model);
    qs_text_free(&less);

    // A tensor that its shard lacks.
    index.chars[body] = '\0';
    qs_text_addf(&less, "%s,\"model.layers.1.gone.weight\":\"part-1.safetensors\"}}", index.chars);
    write_text(index_path, less.chars);
    REFUSED(folder, "model.safetensors.index.json", "model.layers.1.gone.weight",
           "not in its shard part-1.safetensors");
    qs_text_free(&less);

    // The wrong shard.
    qs_text_addf(&less, "%s}}", index.chars);
    char *part = strstr(less.chars, "part-0");
    part[5] = '1';
    write_text(index_path, less.chars);
    REFUSED(folder, "model.embed_tokens.weight", "not in its shard part-1.safetensors");
    part[5] = '0';
    write_text(index_path, less.chars);

    // A shard opened by itself says that it is one... by a name of the usual form.
    assert_int_equal(rename(in_folder(folder, "part-1.safetensors"),
                            in_folder(folder, "m-00002-of-00002.safetensors")), 0);
    REFUSED(folder, "1 of 2 shards are missing", "part-1.safetensors");
    model = opened(in_folder(folder, "m-00002-of-00002.safetensors"));
    assert_non_null(strstr(qs_model_warnings(model), "is one shard of several"));
    assert_non_null(strstr(qs_model_warnings(model), "1 of 2 layers have no weights, the first is layer 0"));
    qs_model_close(model);
    unlink(in_folder(folder, "part-0.safetensors"));
    REFUSED(folder, "2 of 2 shards are missing", "part-0.safetensors", "part-1.safetensors");
    qs_text_free(&less);
    qs_text_free(&index);
}

static void bad_indexes_are_refused(void **state)
{
    (void)state;
    const char *folder = model_folder("index", small_config);
    write_llama(in_folder(folder, "ok.safetensors"), 2, 5);
    write_llama(temp_path("outside.safetensors"), 2, 5);
    static const struct {
        const char *index;
        const char *word;
    } cases[] = {
        {"", "not valid JSON"},
        {"[]", "not a JSON object"},
        {"{}", "weight_map: is missing"},
        {"{\"weight_map\":[]}", "weight_map: is missing, empty or no object"},
        {"{\"weight_map\":{}}", "weight_map: is missing, empty or no object"},
        {"{\"weight_map\":{\"a\":1}}", "weight_map: a: its shard is no string"},
        {"{\"weight_map\":{\"a\":\"\"}}", "no file name in the model's directory"},
        {"{\"weight_map\":{\"a\":\"..\"}}", "no file name in the model's directory"},
        {"{\"weight_map\":{\"a\":\"../outside.safetensors\"}}", "\"../outside.safetensors\" is no file name"},
        {"{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "\"/etc/passwd\" is no file name"},
        {"{\"weight_map\":{\"a\":\"sub/ok.safetensors\"}}", "no file name in the model's directory"},
        {"{\"weight_map\":{\"a\":\"ok.safetensors\",\"a\":\"ok.safetensors\"}}", "duplicate"},
        {"{\"weight_map\":{\"a\":\"config.json\"}}", "config.json"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        write_text(in_folder(folder, "model.safetensors.index.json"), cases[i].index);
        REFUSED(folder, cases[i].word);
    }
}

static void bad_configurations_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        const char *word;
    } cases[] = {
        {"", "config.json: byte 0: not valid JSON"},
        {"{\"num_hidden_layers\":2", "not valid JSON"},
        {"[2]", "config.json: not a JSON object"},
        {"{\"num_hidden_layers\":0}", "num_hidden_layers: 0 is out of range (1 to 65536)"},
        {"{\"num_hidden_layers\":-2}", "num_hidden_layers: -2 is out of range"},
        {"{\"num_hidden_layers\":65537}", "num_hidden_layers: 65537 is out of range"},
        {"{\"num_hidden_layers\":9223372036854775807}", "num_hidden_layers: 9223372036854775807 is out of range"},
        {"{\"num_hidden_layers\":9223372036854775808}", "not valid JSON"},
        {"{\"num_hidden_layers\":2.5}", "num_hidden_layers: is not a whole number"},
        {"{\"num_hidden_layers\":\"2\"}", "num_hidden_layers: is not a whole number"},
        {"{\"num_hidden_layers\":true}", "num_hidden_layers: is not a whole number"},
        {"{\"num_hidden_layers\":3}", "num_hidden_layers: says 3 layers, but the tensors end with layer 1"},
        {"{\"n_layer\":3}", "says 3 layers"},
        {"{\"text_config\":{\"num_hidden_layers\":0}}", "text_config.num_hidden_layers: 0 is out of range"},
        {"{\"num_attention_heads\":0}", "num_attention_heads: 0 is out of range"},
        {"{\"num_attention_heads\":1e9}", "num_attention_heads: is not a whole number"},
        {"{\"num_attention_heads\":8,\"num_key_value_heads\":3}",
         "num_key_value_heads: 3 does not divide num_attention_heads (8)"},
        {"{\"num_attention_heads\":2,\"num_key_value_heads\":4}", "num_key_value_heads: 4 does not divide"},
    };
    const char *folder = model_folder("config", NULL);
    write_llama(in_folder(folder, "model.safetensors"), 2, 5);
    REFUSED(folder, "config.json is missing", "model.safetensors");
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        write_text(in_folder(folder, "config.json"), cases[i].config);
        REFUSED(folder, cases[i].word);
    }
    char config[600];
    snprintf(config, sizeof config, "{\"architectures\":[\"%0300d\"]}", 0);
    write_text(in_folder(folder, "config.json"), config);
    REFUSED(folder, "config.json: architectures: the name is longer than 255 bytes");
}

static void usable_configurations_open(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        const char *architecture;
    } cases[] = {
        {"{}", ""},
        {"{\"num_hidden_layers\":null}", ""},
        {"{\"model_type\":\"llama\",\"num_attention_heads\":[2,2],\"n\":[1e400]}", NULL},
        {"{\"model_type\":\"llama\",\"num_attention_heads\":[2,2]}", "llama"},
        {"{\"architectures\":[\"A\",\"B\"],\"model_type\":\"llama\",\"num_hidden_layers\":2}", "A"},
        {"{\"architectures\":[],\"limit\":[0.0,Infinity,-Infinity,NaN],\"say\":\"NaN \\\" Infinity\"}", ""},
        {"{\"num_hidden_layers\":12,\"text_config\":{\"num_hidden_layers\":2}}", ""},
    };
    const char *folder = model_folder("usable", NULL);
    write_llama(in_folder(folder, "model.safetensors"), 2, 5);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        write_text(in_folder(folder, "config.json"), cases[i].config);
        if (!cases[i].architecture) {
            REFUSED(folder, "not valid JSON"); // a number beyond a double
            continue;
        }
        struct qs_model *model = opened(folder);
        assert_string_equal(qs_model_info(model)->architecture, cases[i].architecture);
        assert_int_equal(qs_model_info(model)->layers, 2);
        qs_model_close(model);
    }
    // Layers that the configuration does not count are kept apart.
    write_text(in_folder(folder, "config.json"), "{\"num_hidden_layers\":1}");
    struct qs_model *model = opened(folder);
    assert_int_equal(qs_model_info(model)->layers, 1);
    assert_int_equal(qs_model_info_module_count(qs_model_info(model)), 7);
    assert_non_null(strstr(qs_model_warnings(model), "9 tensors of layers beyond the configuration's 1"));
    qs_model_close(model);
}

static void folders_without_weights_say_what_they_hold(void **state)
{
    (void)state;
    const char *folder = model_folder("nothing", small_config);
    REFUSED(folder, "nothing", "holds no weights");
    write_text(in_folder(folder, "pytorch_model.bin"), "x");
    REFUSED(folder, "PyTorch pickles only", "pytorch_model.bin", "convert them to safetensors");
    write_text(in_folder(folder, "b.gguf"), "x");
    write_text(in_folder(folder, "a.gguf"), "x");
    REFUSED(folder, "holds GGUF files only", "a.gguf, b.gguf");
    write_text(in_folder(folder, "x-1.safetensors"), "x");
    write_text(in_folder(folder, "x-2.safetensors"), "x");
    REFUSED(folder, "model.safetensors.index.json is missing", "x-1.safetensors, x-2.safetensors");
    // One shard of several is not the model; the only one of one is.
    const char *lone = model_folder("lone", small_config);
    write_llama(in_folder(lone, "model-00001-of-00002.safetensors"), 2, 5);
    REFUSED(lone, "model.safetensors.index.json is missing", "model-00001-of-00002.safetensors");
    remove(in_folder(lone, "model-00001-of-00002.safetensors"));
    write_llama(in_folder(lone, "model-00001-of-00001.safetensors"), 2, 5);
    struct qs_model *model = NULL;
    struct qs_error err;
    assert_int_equal(qs_model_open(lone, &model, &err), QS_OK);
    assert_string_equal(qs_model_warnings(model), "");
    qs_model_close(model);
    // Very many names: as many as fit, and the number of the rest.
    const char *many = model_folder("many", small_config);
    for (unsigned i = 0; i < 200; i++) {
        char name[64];
        snprintf(name, sizeof name, "model-of-a-long-name-%03u.bin", i);
        write_text(in_folder(many, name), "x");
    }
    REFUSED(many, "model-of-a-long-name-000.bin", " more");
}

// Every layer with a kind of its own: a table of their product is not to be had for the asking.
static void too_many_modules_are_refused(void **state)
{
    (void)state;
    struct st st = {0};
    for (unsigned i = 0; i < 2100; i++) {
        char name[64];
        snprintf(name, sizeof name, "model.layers.%u.k%u.weight", i, i);
        st_add_zeros(&st, name, "F32", "[1,1]", 4);
    }
    st_write(&st, temp_path("crowd.safetensors"));
    REFUSED(temp_path("crowd.safetensors"), "crowd.safetensors", "2100 layers and 2100 module kinds");
}

static void mutated_files_are_opened_or_refused(void **state)
{
    (void)state;
    static const char *const spice[] = {"0", "9", "-1", "18446744073709551615", "4294967296", "[", "]", "{", "}", "\"",
                                        ",", ":", "null", "1e308", "F64", "BF16", "I8",
                                        "layers.65535.", "\\u0000", "."};
    const char *path = temp_path("seed.safetensors");
    uint64_t random = 20250306;
    for (unsigned file = 0; file < 2; file++) {
        char *bytes = NULL;
        size_t size = 0;
        if (file == 0) {
            write_llama(path, 2, 9);
        } else {
            struct st st = {0};
            st_add_zeros(&st, "h.0.attn.c_attn.weight", "F32", "[4,12]", 192);
            st_add_zeros(&st, "h.0.mlp.experts.gate_up_proj", "F16", "[2,4,12]", 192);
            st_add_zeros(&st, "h.0.mlp.experts.down_proj", "F16", "[2,6,4]", 96);
            st_add_zeros(&st, "h.0.ffn_up_exps.weight", "F8_E4M3", "[3,6,4]", 72);
            st_add_zeros(&st, "h.1.mlp.up_proj.weight", "F64", "[6,4]", 192);
            st_write(&st, path);
        }
        assert_int_equal(qs_file_read(path, 1 << 20, &bytes, &size, NULL), QS_OK);
        uint64_t header = 0;
        memcpy(&header, bytes, sizeof header);
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
        for (unsigned round = 0; round < 2000; round++) {
            struct qs_text mutant = {0};
            qs_text_add_bytes(&mutant, bytes, size);
            unsigned changes = 1 + round % 3;
            for (unsigned change = 0; change < changes; change++) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                size_t at = 8 + (size_t)(random >> 33) % (size_t)header;
                unsigned pick = (unsigned)(random >> 20) % 64;
                if (pick < 40) { // overwrite with something that means something
                    const char *word = spice[pick % QS_COUNT_OF(spice)];
                    size_t length = strlen(word);
                    memcpy(mutant.chars + at, word, length < size - at ? length : size - at);
                } else if (pick < 58) {
                    mutant.chars[at] = (char)(random >> 12);
                } else if (pick < 61) { // another header length
                    uint64_t length = header + (random >> 12) % 32 - 16;
                    memcpy(mutant.chars, &length, sizeof length);
                } else { // cut short
                    mutant.length = at;
                    break;
                }
            }
            LLVMFuzzerTestOneInput((const uint8_t *)mutant.chars, mutant.length);
            qs_text_free(&mutant);
        }
        free(bytes);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(lying_header_lengths_are_refused),
        cmocka_unit_test(deep_json_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(all_types_are_listed),
        cmocka_unit_test(odd_but_right_files_open),
        cmocka_unit_test(shards_open_as_one_model),
        cmocka_unit_test(bad_indexes_are_refused),
        cmocka_unit_test(bad_configurations_are_refused),
        cmocka_unit_test(usable_configurations_open),
        cmocka_unit_test(folders_without_weights_say_what_they_hold),
        cmocka_unit_test(too_many_modules_are_refused),
        cmocka_unit_test(mutated_files_are_opened_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
