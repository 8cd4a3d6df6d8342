// src/model/config: lookups by key in config.json and in a GGUF file, and what is refused.
#include "../cmocka_all.h"
#include "gguf_build.h"
#include "make_model.h"
#include "model/config.h"
#include "model/model.h"

static const char *const config_text =
    "{\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":64,\"rms_norm_eps\":1e-05,\"zero\":null,"
    "\"tie_word_embeddings\":true,\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4},\"odd\":NaN,"
    "\"layer_types\":[\"full_attention\",\"sliding_attention\"],\"negative\":-3,"
    "\"text_config\":{\"inner\":7,\"hidden_size\":32}}";

static struct qs_model *open_json(const char *text)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    make_folder(temp_path("config"));
    write_text(temp_path("config/config.json"), text);
    write_llama(temp_path("config/model.safetensors"), 2, 1);
    if (qs_model_open(temp_path("config"), &model, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return model;
}

static struct qs_model *open_gguf(void)
{
    struct build b;
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    put_header(&b, 3, 1, 9);
    put_string_pair(&b, "general.architecture", "llama");
    put_u32_pair(&b, "llama.block_count", 1);
    put_key(&b, "llama.rope.freq_base", F32);
    put_number(&b, 0x461c4000, 4); // 10000
    put_key(&b, "llama.minus", I8);
    put_number(&b, 0xfe, 1);
    put_key(&b, "llama.huge", U64);
    put_u64(&b, UINT64_MAX);
    put_key(&b, "llama.yes", BOOL);
    put_number(&b, 1, 1);
    put_key(&b, "llama.half", F64);
    put_u64(&b, 0x3fe0000000000000);
    put_i32_array_pair(&b, "llama.list", (const int32_t[]){5, -6}, 2);
    put_string_pair(&b, "llama.word", "linear");
    put_tensor(&b, "blk.0.attn_q.weight", 2, (const uint64_t[]){32, 1}, 0, 0);
    pad_to(&b, 32);
    put_data(&b, 128);
    write_bytes(temp_path("config.gguf"), b.bytes, b.size);
    if (qs_model_open(temp_path("config.gguf"), &model, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return model;
}

static void json_keys_are_found(void **state)
{
    (void)state;
    struct qs_model *model = open_json(config_text);
    const struct qs_config *config = qs_model_config(model);
    struct qs_config_value value;
    struct qs_config_value item;
    uint64_t count = 99;
    double real = 0;
    bool flag = false;
    char text[QS_CONFIG_TEXT_MAX] = "as it was";
    assert_int_equal(qs_config_count(config, "hidden_size", 1, 100, &count, NULL), QS_OK);
    assert_int_equal(count, 32); // the language part's comes first
    assert_int_equal(qs_config_count(config, "inner", 1, 100, &count, NULL), QS_OK);
    assert_int_equal(count, 7);
    assert_int_equal(qs_config_count(config, "zero", 1, 100, &count, NULL), QS_OK);
    assert_int_equal(qs_config_count(config, "absent.deeper", 1, 100, &count, NULL), QS_OK);
    assert_int_equal(count, 7);
    assert_int_equal(qs_config_real(config, "rms_norm_eps", 0, 1, &real, NULL), QS_OK);
    assert_true(real == 1e-5);
    assert_int_equal(qs_config_real(config, "rope_scaling.factor", 0, 10, &real, NULL), QS_OK);
    assert_true(real == 4);
    assert_int_equal(qs_config_flag(config, "tie_word_embeddings", &flag, NULL), QS_OK);
    assert_true(flag);
    assert_int_equal(qs_config_text(config, "absent", text, NULL), QS_OK);
    assert_string_equal(text, "as it was");
    assert_int_equal(qs_config_text(config, "rope_scaling.rope_type", text, NULL), QS_OK);
    assert_string_equal(text, "yarn");
    assert_true(qs_config_find(config, "layer_types", &value) && value.type == QS_CONFIG_LIST && value.count == 2);
    assert_true(qs_config_item(&value, 1, &item) && item.type == QS_CONFIG_TEXT && item.length == 17);
    assert_false(qs_config_item(&value, 2, &item));
    assert_true(qs_config_find(config, "rope_scaling", &value) && value.type == QS_CONFIG_OTHER);
    qs_model_close(model);
}

static void gguf_keys_are_found(void **state)
{
    (void)state;
    struct qs_model *model = open_gguf();
    const struct qs_config *config = qs_model_config(model);
    struct qs_config_value value;
    struct qs_config_value item;
    double real = 0;
    bool flag = false;
    char text[QS_CONFIG_TEXT_MAX] = "";
    assert_string_equal(config->path, temp_path("config.gguf"));
    assert_int_equal(qs_config_real(config, ".rope.freq_base", 0, 1e9, &real, NULL), QS_OK);
    assert_true(real == 10000);
    assert_int_equal(qs_config_real(config, "llama.half", 0, 1e9, &real, NULL), QS_OK);
    assert_true(real == 0.5);
    assert_int_equal(qs_config_real(config, ".minus", -10, 10, &real, NULL), QS_OK);
    assert_true(real == -2);
    assert_int_equal(qs_config_flag(config, ".yes", &flag, NULL), QS_OK);
    assert_true(flag);
    assert_int_equal(qs_config_text(config, ".word", text, NULL), QS_OK);
    assert_string_equal(text, "linear");
    assert_true(qs_config_find(config, ".list", &value) && value.type == QS_CONFIG_LIST && value.count == 2);
    assert_true(qs_config_item(&value, 1, &item) && item.type == QS_CONFIG_INTEGER && item.integer == -6);
    assert_false(qs_config_item(&value, 2, &item));
    assert_false(qs_config_find(config, ".absent", &value));
    qs_model_close(model);
}

static void check_refused(const struct qs_config *config, enum qs_status (*read)(const struct qs_config *, const char *,
                                                                                 struct qs_error *),
                          const char *key, const char *text)
{
    struct qs_error err = {0};
    assert_int_equal(read(config, key, &err), QS_BAD_INPUT);
    if (!strstr(err.text, text) || !strstr(err.text, config->path)) {
        fail_msg("%s", err.text);
    }
}

static enum qs_status count_at(const struct qs_config *config, const char *key, struct qs_error *err)
{
    uint64_t out = 5;
    enum qs_status status = qs_config_count(config, key, 1, 10, &out, err);
    assert_int_equal(out, 5);
    return status;
}

static enum qs_status real_at(const struct qs_config *config, const char *key, struct qs_error *err)
{
    double out = 5;
    return qs_config_real(config, key, 0, 1, &out, err);
}

static enum qs_status flag_at(const struct qs_config *config, const char *key, struct qs_error *err)
{
    bool out = true;
    return qs_config_flag(config, key, &out, err);
}

static enum qs_status text_at(const struct qs_config *config, const char *key, struct qs_error *err)
{
    char out[QS_CONFIG_TEXT_MAX];
    return qs_config_text(config, key, out, err);
}

static void wrong_values_are_refused(void **state)
{
    (void)state;
    struct qs_model *json = open_json(config_text);
    struct qs_model *gguf = open_gguf();
    const struct qs_config *config = qs_model_config(json);
    const struct qs_config *keys = qs_model_config(gguf);
    check_refused(config, count_at, "rms_norm_eps", "rms_norm_eps: is not a whole number");
    check_refused(config, count_at, "hidden_size", "hidden_size: 32 is out of range (1 to 10)");
    check_refused(config, count_at, "negative", "negative: -3 is out of range");
    check_refused(config, real_at, "odd", "odd: is not a number");
    check_refused(config, real_at, "rope_scaling.factor", "rope_scaling.factor: 4 is out of range (0 to 1)");
    check_refused(config, flag_at, "hidden_size", "is neither true nor false");
    check_refused(config, text_at, "hidden_size", "is not a string");
    check_refused(keys, count_at, ".huge", "llama.huge: 18446744073709551616 is out of range");
    check_refused(keys, count_at, ".half", "llama.half: is not a whole number");
    check_refused(keys, real_at, ".list", "llama.list: is not a number");
    check_refused(keys, text_at, ".yes", "llama.yes: is not a string");
    qs_model_close(json);
    qs_model_close(gguf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_keys_are_found),
        cmocka_unit_test(gguf_keys_are_found),
        cmocka_unit_test(wrong_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
