// src/model/info: descriptions of models.
#include "../cmocka_all.h"
#include "model/info.h"

#include <stdlib.h>
#include <string.h>

static const char *const llama_kinds[] = {"self_attn.q_proj", "self_attn.o_proj", "mlp.down_proj",
                                          "mlp.experts.0.down_proj"};

static void starts_empty(void **state)
{
    (void)state;
    struct qs_model_info info;
    assert_int_equal(qs_model_info_init(&info, 3, 4, llama_kinds, NULL), QS_OK);
    assert_int_equal(info.layers, 3);
    assert_int_equal(info.kinds, 4);
    assert_string_equal(info.name, "");
    assert_string_equal(info.architecture, "");
    assert_string_equal(info.format, "");
    assert_string_equal(info.fingerprint, "");
    assert_string_equal(info.kind_names[2], "mlp.down_proj");
    assert_int_equal(qs_model_info_module_count(&info), 0);
    assert_int_equal(qs_model_info_module(&info, 2, 3)->rows, 0);
    qs_model_info_free(&info);
    assert_null(info.modules);
    qs_model_info_free(&info);
    qs_model_info_free(NULL);
}

static void copies_everything(void **state)
{
    (void)state;
    struct qs_model_info info;
    struct qs_model_info copy;
    assert_int_equal(qs_model_info_init(&info, 2, 4, llama_kinds, NULL), QS_OK);
    free(info.name);
    info.name = strdup("demo");
    strcpy(info.fingerprint, "00112233445566778899aabbccddeeff");
    info.modules[1 * 4 + 2] = (struct qs_module_info){.rows = 5, .cols = 7, .bytes = 70, .dtype = "BF16"};
    info.params = 100;
    info.module_params = 35;
    info.bytes = 200;
    assert_int_equal(qs_model_info_copy(&copy, &info, NULL), QS_OK);
    qs_model_info_free(&info);
    assert_string_equal(copy.name, "demo");
    assert_string_equal(copy.fingerprint, "00112233445566778899aabbccddeeff");
    const struct qs_module_info *module = qs_model_info_module(&copy, 1, 2);
    assert_int_equal(module->rows, 5);
    assert_int_equal(module->cols, 7);
    assert_int_equal(module->bytes, 70);
    assert_string_equal(module->dtype, "BF16");
    assert_int_equal(qs_model_info_module_count(&copy), 1);
    assert_int_equal(copy.params, 100);
    assert_int_equal(copy.module_params, 35);
    assert_int_equal(copy.bytes, 200);
    qs_model_info_free(&copy);
}

static void refuses_sizes_beyond_the_limits(void **state)
{
    (void)state;
    struct qs_model_info info = {.layers = 77};
    struct qs_error err = {0};
    assert_int_equal(qs_model_info_init(&info, QS_LAYERS_MAX + 1, 1, llama_kinds, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "65537 layers"));
    assert_int_equal(qs_model_info_init(&info, 1, QS_KINDS_MAX + 1, llama_kinds, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "65537 module kinds"));
    // Each within its limit, but not together: nothing may be allocated by such a product.
    assert_int_equal(qs_model_info_init(&info, QS_LAYERS_MAX, QS_KINDS_MAX, llama_kinds, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "modules are supported"));
    char name[QS_NAME_MAX + 1];
    memset(name, 'a', QS_NAME_MAX);
    name[QS_NAME_MAX] = '\0';
    const char *names[] = {name};
    assert_int_equal(qs_model_info_init(&info, 1, 1, names, &err), QS_BAD_INPUT);
    assert_int_equal(info.layers, 77);
    name[QS_NAME_MAX - 1] = '\0';
    assert_int_equal(qs_model_info_init(&info, 1, 1, names, &err), QS_OK);
    qs_model_info_free(&info);
}

static void finds_kinds_by_name_or_by_its_end(void **state)
{
    (void)state;
    struct qs_model_info info;
    assert_int_equal(qs_model_info_init(&info, 1, 4, llama_kinds, NULL), QS_OK);
    assert_int_equal(qs_model_info_kind(&info, "self_attn.o_proj"), 1);
    assert_int_equal(qs_model_info_kind(&info, "Self_Attn.O_Proj"), 1);
    assert_int_equal(qs_model_info_kind(&info, "q_proj"), 0);
    assert_int_equal(qs_model_info_kind(&info, "Q_PROJ"), 0);
    assert_int_equal(qs_model_info_kind(&info, "down_proj"), -2);
    assert_int_equal(qs_model_info_kind(&info, "mlp.down_proj"), 2);
    assert_int_equal(qs_model_info_kind(&info, "0.down_proj"), 3);
    assert_int_equal(qs_model_info_kind(&info, "proj"), -1);
    assert_int_equal(qs_model_info_kind(&info, "_proj"), -1);
    assert_int_equal(qs_model_info_kind(&info, ""), -1);
    qs_model_info_free(&info);
}

static void differences_go_by_counts_where_shapes_are_unknown(void **state)
{
    (void)state;
    struct qs_model_info shapes;
    struct qs_model_info counts;
    char text[QS_MODULE_TEXT_MAX];
    assert_int_equal(qs_model_info_init(&shapes, 2, 2, llama_kinds, NULL), QS_OK);
    assert_int_equal(qs_model_info_copy(&counts, &shapes, NULL), QS_OK);
    free(shapes.format);
    shapes.format = strdup("gguf");
    assert_true(qs_model_info_counts_only(&counts));
    assert_false(qs_model_info_counts_only(&shapes));
    assert_int_equal(qs_model_info_difference(&shapes, &counts), 4);
    shapes.modules[3] = (struct qs_module_info){.rows = 5, .cols = 7};
    assert_int_equal(qs_model_info_difference(&shapes, &counts), 3);
    counts.modules[3] = (struct qs_module_info){.rows = 35, .cols = 1};
    assert_int_equal(qs_model_info_difference(&shapes, &counts), 4);
    assert_int_equal(qs_model_info_difference(&counts, &shapes), 4);
    free(counts.format);
    counts.format = strdup("safetensors");
    assert_int_equal(qs_model_info_difference(&shapes, &counts), 3);
    // Products beyond 64 bits are never equal.
    counts.format[0] = '\0';
    shapes.modules[1] = (struct qs_module_info){.rows = UINT64_MAX, .cols = 2};
    counts.modules[1] = (struct qs_module_info){.rows = UINT64_MAX - 1, .cols = 1};
    assert_int_equal(qs_model_info_difference(&shapes, &counts), 1);
    assert_string_equal(qs_module_info_text(&shapes.modules[3], false, text), "5 x 7");
    assert_string_equal(qs_module_info_text(&shapes.modules[3], true, text), "35 weights");
    qs_model_info_free(&shapes);
    qs_model_info_free(&counts);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(copies_everything),
        cmocka_unit_test(refuses_sizes_beyond_the_limits),
        cmocka_unit_test(finds_kinds_by_name_or_by_its_end),
        cmocka_unit_test(differences_go_by_counts_where_shapes_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
