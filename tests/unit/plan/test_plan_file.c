// src/plan: plan files, written and read again, and what is wrong with others.
#include "../cmocka_all.h"
#include "plan/file.h"
#include "plan_case.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[] = {
    "uniform base=b2g64",
    "sensiboost base=3.13 boost-stop=3 top-m=2 z=2.1234567890123457 trim=0.1 attribution=peak",
    "kurtboost metric=sensitivity",
    "ablation seed=9223372036854775807",
    "decline base=b4g64 decline-stop=2",
    "decline base=b4g64 neutral=yes",
    "mxq budget=3.4",
    "mxq-kurt budget=B3G128+2%",
    "mxq-sensi budget=b4g64-1.5% factor=1000000",
    "optimal budget=3.2539 objective=fnorm",
    "optimal budget=0.0625MiB",
};

static void copy_name(char **name, const char *text)
{
    free(*name);
    *name = strdup(text);
    assert_non_null(*name);
}

// What a file holds, written again.
static char *rewritten(const char *json, struct qs_plan *out)
{
    struct qs_text text = {0};
    struct qs_error err = {0};
    if (qs_plan_parse("plan.json", json, strlen(json), out, &err) != QS_OK) {
        fail_msg("%s\n%s", err.text, json);
    }
    qs_plan_write(out, &text);
    return qs_text_take(&text);
}

static char *written(const struct qs_plan *plan)
{
    struct qs_text text = {0};
    qs_plan_write(plan, &text);
    return qs_text_take(&text);
}

static void check_round_trip(const struct plan_case *made, const char *words, const uint8_t *locks)
{
    struct qs_plan plan;
    struct qs_plan back;
    struct qs_plan_totals totals[2];
    plan_case_plan(made, words, locks, &plan, NULL);
    char *first = written(&plan);
    char *second = rewritten(first, &back);
    assert_string_equal(first, second);
    qs_plan_totals(&plan, &totals[0]);
    qs_plan_totals(&back, &totals[1]);
    assert_memory_equal(&totals[0], &totals[1], sizeof totals[0]);
    assert_true(qs_rung_equal(plan.base, back.base));
    assert_int_equal(plan.quantizer, back.quantizer);
    assert_int_equal(plan.storage, back.storage);
    for (int param = 0; param < QS_PLAN_PARAM_COUNT; param++) {
        char texts[2][QS_PLAN_PARAM_TEXT_MAX];
        if (qs_plan_param_used(plan.params.method, (enum qs_plan_param)param)) {
            assert_string_equal(qs_plan_param_text(&plan.params, (enum qs_plan_param)param, texts[0]),
                                qs_plan_param_text(&back.params, (enum qs_plan_param)param, texts[1]));
        }
    }
    assert_int_equal(qs_plan_fit(&back, &made->info, false, "plan.json", NULL), QS_OK);
    assert_true(qs_plan_same_cells(&plan, &back));
    assert_string_equal(back.model.format, made->info.format);
    free(first);
    free(second);
    qs_plan_free(&plan);
    qs_plan_free(&back);
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    for (int shape = 0; shape < 2; shape++) {
        struct plan_case made;
        uint8_t locks[32 * 7];
        plan_case_make(&made, 32, 7, "hqq,b5g64", 11);
        made.source.storage = shape ? QS_STORAGE_META8 : QS_STORAGE_FP16;
        made.source.quantizer = shape ? QS_QUANTIZER_HQQ : QS_QUANTIZER_RTN;
        made.source.axis = (uint32_t)shape;
        memset(locks, QS_PLAN_NO_RUNG, sizeof locks);
        locks[15] = 4;
        plan_case_remove(&made, 0, 2); // a kind that layer 1 adds between others
        plan_case_remove(&made, 0, 6);
        plan_case_remove(&made, 1, 6);
        plan_case_remove(&made, 31, 0);
        if (!shape) {
            plan_case_count_only(&made);
            made.info.fingerprint[0] = '\0';
        }
        for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
            bool tiny = strstr(methods[i], "MiB") != NULL;
            check_round_trip(&made, tiny ? "optimal budget=0.75MiB" : methods[i], locks);
        }
        plan_case_free(&made);
    }
}

// A budget that holds a uniform plan exactly, and an optimum that leaves some of it: the base is the budget's.
static void the_base_of_a_byte_budget_reads_back(void **state)
{
    (void)state;
    struct plan_case made;
    char words[64];
    plan_case_make(&made, 5, 1, "b2g64,b3g64,b4g64", 2);
    made.info.modules[4].cols = 96;
    uint64_t params = qs_modules_params(&made.info);
    struct qs_rung rung = {3, 64};
    uint64_t units = params * qs_rung_units(rung, QS_STORAGE_META8);
    for (uint64_t seed = 0; seed < 20; seed++) {
        for (size_t i = 0; i < 5 * 3; i++) {
            uint64_t random = seed * 100 + i;
            made.loss[i] = (double)(plan_case_random(&random) % 1000) + (i % 3 == 0 ? 3000 : i % 3 == 1 ? 1500 : 0);
        }
        snprintf(words, sizeof words, "optimal budget=%lluB", (unsigned long long)((units + 8191) / 8192));
        check_round_trip(&made, words, NULL);
    }
    plan_case_free(&made);
}

static void names_of_any_bytes_make_json(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan back;
    plan_case_make(&made, 4, 2, "b3g128", 1);
    copy_name(&made.info.name, "a\"b\\c\n\x01\x7f/\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80 \xff\xc3 \xed\xa0\x80");
    plan_case_plan(&made, "uniform", NULL, &plan, NULL);
    char *first = written(&plan);
    char *second = rewritten(first, &back);
    assert_string_equal(first, second);
    assert_string_equal(back.model.name,
                        "a\"b\\c\n\x01\x7f/\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80 \xef\xbf\xbd\xef\xbf\xbd "
                        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    free(first);
    free(second);
    qs_plan_free(&plan);
    qs_plan_free(&back);
    plan_case_free(&made);
}

static void the_text_is_as_documented(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_text csv = {0};
    plan_case_make(&made, 5, 2, "b3g128,b3g64,b4g128", 1);
    uint8_t locks[10];
    memset(locks, QS_PLAN_NO_RUNG, sizeof locks);
    locks[1] = 2;
    for (uint32_t layer = 1; layer < 5; layer++) {
        plan_case_remove(&made, layer, layer % 2);
    }
    plan_case_plan(&made, "kurtboost", locks, &plan, NULL);
    char *text = written(&plan);
    assert_string_equal(
        text,
        "{\n"
        "  \"quantscope_plan\": 1,\n"
        "  \"model\": {\"name\": \"case\", \"architecture\": \"CaseForCausalLM\", \"layers\": 5, "
        "\"fingerprint\": \"0123456789abcdef0123456789abcdef\", \"quantizable_params\": 36864},\n"
        "  \"ladder\": [\"b3g128\", \"b3g64\", \"b4g128\"],\n"
        "  \"quantizer\": \"hqq\",\n"
        "  \"storage\": \"meta8\",\n"
        "  \"method\": {\"name\": \"kurtboost\", \"base\": \"b3g128\", \"boost_stop\": 2, \"top_m\": 0, \"z\": 3, "
        "\"trim\": 0.05, \"metric\": \"kurtosis\", \"attribution\": \"next\"},\n"
        "  \"modules\": [\n"
        "    {\"layer\": 0, \"module\": \"self_attn.q_proj\", \"shape\": [64, 64], \"rung\": \"b3g128\", \"axis\": 1, "
        "\"boosted\": false},\n"
        "    {\"layer\": 0, \"module\": \"self_attn.k_proj\", \"shape\": [64, 128], \"rung\": \"b4g128\", \"axis\": 1, "
        "\"boosted\": false, \"locked\": true},\n"
        "    {\"layer\": 1, \"module\": \"self_attn.q_proj\", \"shape\": [64, 64], \"rung\": \"b3g128\", \"axis\": 1, "
        "\"boosted\": false},\n"
        "    {\"layer\": 2, \"module\": \"self_attn.k_proj\", \"shape\": [64, 128], \"rung\": \"b3g128\", \"axis\": 1, "
        "\"boosted\": false},\n"
        "    {\"layer\": 3, \"module\": \"self_attn.q_proj\", \"shape\": [64, 64], \"rung\": \"b3g128\", \"axis\": 1, "
        "\"boosted\": false},\n"
        "    {\"layer\": 4, \"module\": \"self_attn.k_proj\", \"shape\": [64, 128], \"rung\": \"b3g128\", \"axis\": 1, "
        "\"boosted\": false}\n"
        "  ],\n"
        "  \"totals\": {\"bits_per_weight\": 3.3491753472222223, \"bytes\": 15433, \"base_bytes\": 14409}\n"
        "}\n");
    qs_plan_write_csv(&plan, &csv);
    assert_string_equal(qs_text_chars(&csv), "layer,module,nbits,group_size,memmb\n"
                                             "0,self_attn.q_proj,3,128,0.0015268325805664062\n"
                                             "0,self_attn.k_proj,4,128,0.0040302276611328125\n"
                                             "1,self_attn.q_proj,3,128,0.0015268325805664062\n"
                                             "2,self_attn.k_proj,3,128,0.0030536651611328125\n"
                                             "3,self_attn.q_proj,3,128,0.0015268325805664062\n"
                                             "4,self_attn.k_proj,3,128,0.0030536651611328125\n");
    qs_text_free(&csv);
    free(text);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void csv_quotes_names_that_need_it(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_text csv = {0};
    plan_case_make(&made, 1, 2, "b3g128", 1);
    copy_name(&made.info.kind_names[0], "a,\"b\"");
    plan_case_plan(&made, "uniform", NULL, &plan, NULL);
    qs_plan_write_csv(&plan, &csv);
    assert_non_null(strstr(qs_text_chars(&csv), "\n0,\"a,\"\"b\"\"\",3,128,"));
    assert_non_null(strstr(qs_text_chars(&csv), "\n0,self_attn.k_proj,3,128,"));
    qs_text_free(&csv);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

// The message with which these bytes are refused; the output stays as it was.
static const char *refusal(const char *json, size_t size)
{
    static struct qs_error err;
    struct qs_plan plan = {.quantizer = QS_QUANTIZER_COUNT};
    err = (struct qs_error){0};
    enum qs_status status = qs_plan_parse("plan.json", json, size, &plan, &err);
    if (status != QS_BAD_INPUT || strncmp(err.text, "plan.json: ", strlen("plan.json: ")) != 0) {
        fail_msg("status %d, \"%s\" of %.3000s", (int)status, err.text, json);
    }
    assert_true(plan.quantizer == QS_QUANTIZER_COUNT && !plan.cells);
    return err.text;
}

static void assert_refused(const json_t *root, const char *says)
{
    char *json = json_dumps(root, 0);
    assert_non_null(json);
    const char *text = refusal(json, strlen(json));
    if (!strstr(text, says)) {
        fail_msg("\"%s\" does not say \"%s\"", text, says);
    }
    free(json);
}

// A small plan of a method as JSON; shapes or counts. The caller releases it.
static json_t *plan_json(const char *words, bool counts)
{
    struct plan_case made;
    struct qs_plan plan;
    plan_case_make(&made, 4, 2, "hqq", 1);
    if (counts) {
        plan_case_count_only(&made);
    }
    plan_case_plan(&made, strstr(words, "MiB") ? "optimal budget=0.02MiB" : words, NULL, &plan, NULL);
    qs_plan_cell(&plan, 0, 0)->locked = true;
    char *text = written(&plan);
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    free(text);
    qs_plan_free(&plan);
    plan_case_free(&made);
    return root;
}

// Every field of this object in turn: left out, and of every other type.
static void check_fields(const json_t *root, json_t *object)
{
    static const char *const others[] = {"null", "true", "17", "17.5", "\"17\"", "[]", "{}"};
    json_t *kept = json_copy(object);
    const char *key;
    json_t *value;
    json_object_foreach(kept, key, value)
    {
        bool optional = strcmp(key, "locked") == 0 || strcmp(key, "totals") == 0;
        json_object_del(object, key);
        if (!optional) {
            assert_refused(root, key);
        }
        for (size_t i = 0; i < QS_COUNT_OF(others); i++) {
            json_t *other = json_loads(others[i], JSON_DECODE_ANY, NULL);
            bool flags = json_is_boolean(other) && json_is_boolean(value);
            bool numbers = json_is_number(other) && (strcmp(key, "z") == 0 || strcmp(key, "factor") == 0);
            json_object_set(object, key, other);
            if (!flags && !numbers && json_typeof(other) != json_typeof(value)) {
                assert_refused(root, strcmp(key, "bits_per_weight") == 0 ? "totals" : key);
            }
            json_decref(other);
        }
        json_object_set(object, key, value);
    }
    json_object_set_new(object, "surprise", json_true());
    assert_refused(root, "surprise");
    json_object_del(object, "surprise");
    json_decref(kept);
}

static void every_field_is_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
        for (int counts = 0; counts < 2; counts++) {
            json_t *root = plan_json(methods[i], counts);
            check_fields(root, root);
            check_fields(root, json_object_get(root, "model"));
            check_fields(root, json_object_get(root, "method"));
            check_fields(root, json_object_get(root, "totals"));
            check_fields(root, json_array_get(json_object_get(root, "modules"), 0));
            char *json = json_dumps(root, 0); // all as it was
            struct qs_plan plan;
            assert_int_equal(qs_plan_parse("plan.json", json, strlen(json), &plan, NULL), QS_OK);
            qs_plan_free(&plan);
            free(json);
            json_decref(root);
        }
    }
}

// Every field of a written file a second time.
static void doubled_fields_are_refused(void **state)
{
    (void)state;
    json_t *root = plan_json("kurtboost", false);
    char *json = json_dumps(root, 0);
    size_t length = strlen(json);
    char *longer = malloc(length + 64);
    size_t count = 0;
    assert_non_null(longer);
    for (const char *at = json; (at = strstr(at, "\": ")); at++) {
        const char *key = at;
        while (key[-1] != '"') {
            key--;
        }
        int name = (int)(at - key);
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%.*s\"", name, key);
        size_t before = (size_t)(key - 1 - json);
        snprintf(longer, length + 64, "%.*s%s: 1, %s", (int)before, json, quoted, json + before);
        const char *text = refusal(longer, strlen(longer));
        if (!strstr(text, quoted)) {
            fail_msg("\"%s\" does not name %s", text, quoted);
        }
        count++;
    }
    assert_in_range(count, 70, 100);
    free(longer);
    free(json);
    json_decref(root);
}

// The value at a path such as modules[1].shape is set; "-" removes it.
static void edit(json_t *root, const char *path, const char *value)
{
    char name[64];
    json_t *object = root;
    size_t index = SIZE_MAX;
    for (;;) {
        size_t length = strcspn(path, ".[");
        snprintf(name, sizeof name, "%.*s", (int)length, path);
        path += length;
        index = SIZE_MAX;
        if (*path == '[') {
            index = strtoul(path + 1, NULL, 10);
            path = strchr(path, ']') + 1;
        }
        if (!*path) {
            break;
        }
        path++;
        object = json_object_get(object, name);
        object = index == SIZE_MAX ? object : json_array_get(object, index);
        assert_non_null(object);
    }
    json_t *made = value[0] == '-' && !value[1] ? NULL : json_loads(value, JSON_DECODE_ANY, NULL);
    if (index != SIZE_MAX) {
        assert_int_equal(json_array_set_new(json_object_get(object, name), index, made), 0);
    } else if (made) {
        assert_int_equal(json_object_set_new(object, name, made), 0);
    } else {
        assert_int_equal(json_object_del(object, name), 0);
    }
}

struct bad_value {
    const char *path, *value, *says;
};

static void check_bad(const struct bad_value *bad, size_t count, const char *words, bool counts)
{
    for (size_t i = 0; i < count; i++) {
        json_t *root = plan_json(words, counts);
        edit(root, bad[i].path, bad[i].value);
        assert_refused(root, bad[i].says ? bad[i].says : bad[i].path);
        json_decref(root);
    }
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct bad_value bad[] = {
        {"quantscope_plan", "0", NULL},
        {"quantscope_plan", "2", "version 2; this program reads version 1"},
        {"quantscope_plan", "-1", NULL},
        {"quantscope_plan", "4294967297", NULL},
        {"model.layers", "0", NULL},
        {"model.layers", "-4", NULL},
        {"model.layers", "65537", NULL},
        {"model.layers", "3", "modules[6].layer: is 3"},
        {"model.fingerprint", "\"0123\"", NULL},
        {"model.fingerprint", "\"0123456789ABCDEF0123456789abcdef\"", NULL},
        {"model.fingerprint", "\"0123456789abcdef0123456789abcdef0\"", NULL},
        {"model.quantizable_params", "0", NULL},
        {"model.quantizable_params", "-1", NULL},
        {"model.quantizable_params", "4611686018427387904", NULL},
        {"model.quantizable_params", "49153", "quantizable_params: is 49153, and the modules have 49152"},
        {"ladder", "[]", "ladder: has 0 rungs"},
        {"ladder", "[\"b4g64\"]", "modules[0].rung: b3g128 is no rung"},
        {"ladder", "[\"b3g128\", \"b3g128\"]", "ladder: names a rung twice"},
        {"ladder", "[\"b3g128\", \"b9g64\"]", "ladder: its element 1"},
        {"ladder", "[\"b3g128,b3g64\"]", "ladder: its element 0"},
        {"ladder", "[\"hqq\"]", "ladder: its element 0"},
        {"ladder", "[3]", "ladder: its element 0"},
        {"quantizer", "\"gguf\"", "quantizer: gguf is none of"},
        {"quantizer", "\"\"", "quantizer: "},
        {"quantizer", "\"nf4\"", "quantizer: nf4 has 4 bits"},
        {"storage", "\"blocks\"", "storage: blocks is neither"},
        {"method.name", "\"gptq\"", "method.name: method gptq"},
        {"method.name", "\"uniform\"", "method.boost_stop: no plan"},
        {"method.base", "\"b5g64\"", "method.base: "},
        {"method.base", "\"3.14\"", "method.base: base 3.14"},
        {"method.boost_stop", "0", NULL},
        {"method.boost_stop", "4294967296", NULL},
        {"method.top_m", "-1", NULL},
        {"method.z", "0", NULL},
        {"method.z", "-1e300", NULL},
        {"method.trim", "0.5", NULL},
        {"method.trim", "-0.1", NULL},
        {"method.metric", "\"\"", NULL},
        {"method.metric", "\"kurtosis,skewness\"", NULL},
        {"method.attribution", "\"last\"", NULL},
        {"method.seed", "1", "method.seed: no plan"},
        {"modules", "[]", "modules: has 0 elements"},
        {"modules[3]", "5", "modules[3].: is a whole number, not an object"},
        {"modules[3]", "{}", "modules[3].layer"},
        {"modules[1].layer", "-1", NULL},
        {"modules[1].layer", "4", NULL},
        {"modules[1].layer", "9223372036854775807", NULL},
        {"modules[1].module", "\"\"", NULL},
        {"modules[1].module", "\"self_attn.q_proj\"", "modules[1]: layer 0, self_attn.q_proj, stands here a second"},
        {"modules[1].shape", "[64]", NULL},
        {"modules[1].shape", "[64, 64, 2]", NULL},
        {"modules[1].shape", "[0, 64]", NULL},
        {"modules[1].shape", "[64, -64]", NULL},
        {"modules[1].shape", "[-64, -128]", NULL},
        {"modules[1].shape", "[64.0, 128]", NULL},
        {"modules[1].shape", "[4294967296, 4294967296]", NULL},
        {"modules[1].shape", "[9223372036854775807, 9223372036854775807]", NULL},
        {"modules[1].shape", "[2147483648, 131072]", NULL},
        {"modules[1].shape", "[64, 130]", "model.quantizable_params"},
        {"modules[1].shape", "[63, 129]", "modules[1].rung: groups of 128 do not divide"},
        {"modules[1].params", "8192", NULL},
        {"modules[1].rung", "\"b3g127\"", NULL},
        {"modules[1].rung", "\"b5g64\"", NULL},
        {"modules[1].axis", "2", NULL},
        {"modules[1].axis", "-1", NULL},
        {"modules[1].locked", "null", NULL},
        {"modules[1].surprise", "1", NULL},
        {"totals.bytes", "19220", "totals: "},
        {"totals.bytes", "-1", NULL},
        {"totals.base_bytes", "1", "totals: "},
        {"totals.bits_per_weight", "3.12", "totals: "},
        {"totals.bits_per_weight", "1e308", "totals: "},
        {"totals.packed_bytes", "1", "totals.packed_bytes: no plan"},
    };
    static const struct bad_value counted[] = {
        {"modules[1].params", "0", NULL},
        {"modules[1].params", "-8192", NULL},
        {"modules[1].params", "140737488355329", NULL},
        {"modules[1].params", "140737488355328", "the modules have more than 140737488355328"},
        {"modules[1].params", "8191", "modules[1].rung"},
        {"modules[1].shape", "[64, 128]", "modules[1].params"},
        {"modules[0].params", "-", "modules[0].shape: is missing"},
    };
    static const struct bad_value solved[] = {
        {"method.budget", "\"\"", NULL},
        {"method.budget", "\"b3\"", NULL},
        {"method.budget", "\"3.3333333333333333333333333333333333333333333333333333333333333333\"", NULL},
        {"method.factor", "0", NULL},
        {"method.base", "\"b3g128\"", "method.base: no plan"},
        {"method.objective", "\"loss\"", "method.objective: no plan"},
    };
    check_bad(bad, QS_COUNT_OF(bad), "kurtboost", false);
    check_bad(counted, QS_COUNT_OF(counted), "kurtboost", true);
    check_bad(solved, QS_COUNT_OF(solved), "mxq-sensi budget=3.4", false);
    static const struct bad_value drawn[] = {{"method.seed", "-1", NULL}};
    check_bad(drawn, 1, "ablation", false);
    static const struct bad_value down[] = {{"method.decline_stop", "0", NULL}, {"method.neutral", "0", NULL}};
    check_bad(down, 2, "decline", false);
    static const struct bad_value best[] = {{"method.objective", "\"ppl\"", NULL}};
    check_bad(best, 1, "optimal budget=3.4", false);
}

static void shapes_and_counts_do_not_mix(void **state)
{
    (void)state;
    json_t *root = plan_json("uniform", false);
    edit(root, "modules[2].shape", "-");
    edit(root, "modules[2].params", "4096");
    assert_refused(root, "modules[2]: has \"params\", and the first module \"shape\"");
    json_decref(root);
    root = plan_json("uniform", true);
    edit(root, "modules[2].params", "-");
    edit(root, "modules[2].shape", "[64, 64]");
    assert_refused(root, "modules[2]: has \"shape\", and the first module \"params\"");
    json_decref(root);
}

static void what_may_be_left_out_or_said_otherwise(void **state)
{
    (void)state;
    json_t *root = plan_json("mxq budget=3.4", false);
    char *first = json_dumps(root, 0);
    edit(root, "totals", "-");
    edit(root, "modules[0].locked", "-");
    edit(root, "modules[1].locked", "false");
    edit(root, "modules[1].rung", "\"B8G32\""); // by hand
    edit(root, "modules[1].boosted", "true");
    edit(root, "quantizer", "\"RTN\"");
    edit(root, "storage", "\"FP16\"");
    edit(root, "model.fingerprint", "\"\"");
    edit(root, "method.name", "\"MXQ\"");
    json_array_insert_new(json_object_get(root, "ladder"), 0, json_string("B8G16"));
    char *json = json_dumps(root, 0);
    struct qs_plan plan;
    char *text = rewritten(json, &plan);
    assert_non_null(strstr(text, "\"b8g32\", \"b8g16\"]")); // the ladder is put in order
    assert_non_null(strstr(text, "\"rung\": \"b8g32\", \"axis\": 1, \"boosted\": true}"));
    assert_null(strstr(text, "locked"));
    assert_non_null(strstr(text, "\"rtn\""));
    assert_non_null(strstr(text, "\"totals\""));
    free(text);
    free(json);
    free(first);
    qs_plan_free(&plan);
    json_decref(root);
}

static char *repeated(const char *piece, size_t bytes)
{
    size_t length = strlen(piece);
    char *made = malloc(bytes + length + 1);
    assert_non_null(made);
    for (size_t i = 0; i < bytes; i += length) {
        memcpy(made + i, piece, length + 1);
    }
    return made;
}

static void what_is_no_json_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "[]",
        "1",
        "\"plan\"",
        "null",
        "{",
        "{}x",
        "{\"a\"",
        "\xff\xfe",
        "\xef\xbb\xbf{}",
        "{\"a\": NaN}",
        "{\"quantscope_plan\": 1e999}",
        "{\"quantscope_plan\": 99999999999999999999}",
        "{'a': 1}",
        "{\"\xff\": 1}",
        "{\"quantscope_plan\": 1} {}",
        "{\"quantscope_plan\\u0000\": 1}",
    };
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        refusal(bad[i], strlen(bad[i]));
    }
    static const char binary[] = "\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\4\0\x10\0";
    refusal(binary, sizeof binary);
    static const char *const nests[] = {"[", "{\"a\":", "{\"modules\":[", "[{\"layer\":"};
    for (size_t i = 0; i < QS_COUNT_OF(nests); i++) {
        char *deep = repeated(nests[i], 10000000);
        refusal(deep, strlen(deep));
        free(deep);
    }
    json_t *root = plan_json("ablation", false); // cut anywhere
    char *json = json_dumps(root, 0);
    for (size_t size = 0; size < strlen(json); size++) {
        refusal(json, size);
    }
    free(json);
    json_decref(root);
}

// A table of 65536 layers and 65 kinds is more than any model has; the file is named.
static void few_modules_cannot_ask_for_a_huge_table(void **state)
{
    (void)state;
    json_t *root = plan_json("uniform", true);
    json_t *modules = json_object_get(root, "modules");
    edit(root, "model.layers", "65536");
    for (int i = 0; i < 65; i++) {
        json_t *copy = json_deep_copy(json_array_get(modules, 0));
        char name[32];
        snprintf(name, sizeof name, "kind.%d", i);
        json_object_set_new(copy, "module", json_string(name));
        json_array_append_new(modules, copy);
    }
    assert_refused(root, "modules: a model of 65536 layers and 67 module kinds");
    json_decref(root);
}

static void sums_of_weights_do_not_wrap(void **state)
{
    (void)state;
    json_t *root = plan_json("uniform", true);
    json_t *modules = json_object_get(root, "modules");
    edit(root, "model.layers", "65536");
    json_array_clear(modules);
    for (int i = 0; i < 131072; i++) { // 2^17 modules of 2^47 weights are 2^64, or 0
        char text[160];
        snprintf(text, sizeof text,
                 "{\"layer\": %d, \"module\": \"%s\", \"params\": 140737488355328, \"rung\": \"b3g128\", \"axis\": 1, "
                 "\"boosted\": false}",
                 i / 2, i % 2 ? "a" : "b");
        json_array_append_new(modules, json_loads(text, 0, NULL));
    }
    json_array_append_new(modules,
                          json_loads("{\"layer\": 0, \"module\": \"c\", \"params\": 128, \"rung\": \"b3g128\", "
                                     "\"axis\": 1, \"boosted\": false}",
                                     0, NULL));
    edit(root, "model.quantizable_params", "128");
    assert_refused(root, "model.quantizable_params: is 128, and the modules have more than");
    json_decref(root);
}

static void files_are_read_from_disk(void **state)
{
    (void)state;
    char path[4096];
    const char *folder = getenv("QS_TMP");
    struct qs_plan plan;
    struct qs_error err = {0};
    snprintf(path, sizeof path, "%s/a plan.json", folder ? folder : ".");
    json_t *root = plan_json("kurtboost", false);
    assert_int_equal(json_dump_file(root, path, JSON_INDENT(1)), 0);
    assert_int_equal(qs_plan_read(path, &plan, &err), QS_OK);
    assert_int_equal(plan.model.layers, 4);
    assert_string_equal(plan.model.format, "plan");
    qs_plan_free(&plan);
    edit(root, "modules[5].axis", "7");
    assert_int_equal(json_dump_file(root, path, 0), 0);
    assert_int_equal(qs_plan_read(path, &plan, &err), QS_BAD_INPUT);
    assert_true(strncmp(err.text, path, strlen(path)) == 0);
    assert_non_null(strstr(err.text, ": modules[5].axis: is 7; it lies between 0 and 1"));
    snprintf(path, sizeof path, "%s", folder ? folder : ".");
    assert_int_equal(qs_plan_read(path, &plan, &err), QS_BAD_INPUT);
    assert_int_equal(qs_plan_read("/nowhere/plan.json", &plan, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "/nowhere/plan.json"));
    json_decref(root);
}

static void methods_alone_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
        struct qs_plan_params params = plan_case_params(methods[i]);
        struct qs_plan_params back;
        struct qs_text text = {0};
        struct qs_text again = {0};
        qs_plan_write_method(&params, &text);
        assert_int_equal(qs_plan_parse_method("here", qs_text_chars(&text), text.length, &back, NULL), QS_OK);
        qs_plan_write_method(&back, &again);
        assert_string_equal(qs_text_chars(&text), qs_text_chars(&again));
        assert_null(strchr(qs_text_chars(&text), '\n'));
        qs_text_free(&text);
        qs_text_free(&again);
    }
    struct qs_plan_params untouched = qs_plan_params_defaults;
    struct qs_error err = {0};
    static const char bad[] = "{\"name\": \"mxq\"}";
    assert_int_equal(qs_plan_parse_method("plans/a", bad, strlen(bad), &untouched, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "plans/a: budget: is missing"));
    assert_true(qs_plan_params_equal(&untouched, &qs_plan_params_defaults));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(the_base_of_a_byte_budget_reads_back),
        cmocka_unit_test(names_of_any_bytes_make_json),
        cmocka_unit_test(the_text_is_as_documented),
        cmocka_unit_test(csv_quotes_names_that_need_it),
        cmocka_unit_test(every_field_is_looked_at),
        cmocka_unit_test(doubled_fields_are_refused),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(shapes_and_counts_do_not_mix),
        cmocka_unit_test(what_may_be_left_out_or_said_otherwise),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(few_modules_cannot_ask_for_a_huge_table),
        cmocka_unit_test(sums_of_weights_do_not_wrap),
        cmocka_unit_test(files_are_read_from_disk),
        cmocka_unit_test(methods_alone_read_back),
    };
    return cmocka_run_group_tests_name("plan/file", tests, NULL, NULL);
}
