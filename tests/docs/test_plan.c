// What quantscope-plan(5) and quantscope-plan.schema.json say of plan files, against what the program writes and reads:
// fields, methods, names, and the manual's example.
#include "../unit/cmocka_all.h"
#include "../unit/plan/plan_case.h"
#include "base/file.h"
#include "plan/file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const methods[QS_METHOD_COUNT] = {
    "uniform",
    "sensiboost",
    "kurtboost",
    "ablation",
    "decline",
    "mxq budget=3.4",
    "mxq-kurt budget=3.4",
    "mxq-sensi budget=3.4",
    "optimal budget=b3g128+2%",
};

static char *read_source(const char *name)
{
    char path[4096];
    char *text;
    size_t size;
    struct qs_error err = {0};
    const char *folder = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    if (qs_file_read(path, 1 << 20, &text, &size, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return text;
}

static json_t *read_schema(void)
{
    char *text = read_source("data/quantscope-plan.schema.json");
    json_t *schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    free(text);
    return schema;
}

static char *plan_text(const char *words, bool counts)
{
    struct plan_case made;
    struct qs_plan plan;
    struct qs_text text = {0};
    plan_case_make(&made, 4, 2, "hqq", 1);
    if (counts) {
        plan_case_count_only(&made);
    }
    plan_case_plan(&made, words, NULL, &plan, NULL);
    qs_plan_cell(&plan, 0, 0)->locked = counts;
    qs_plan_write(&plan, &text);
    qs_plan_free(&plan);
    plan_case_free(&made);
    return qs_text_take(&text);
}

static bool lists(const json_t *array, const char *name)
{
    size_t i;
    json_t *value;
    json_array_foreach(array, i, value)
    {
        if (strcmp(json_string_value(value), name) == 0) {
            return true;
        }
    }
    return false;
}

// What is written has all that is required and nothing else than is described; *met gathers what was.
static void check_object(const json_t *schema, const json_t *object, json_t *met)
{
    const char *key;
    json_t *value;
    size_t i;
    assert_true(json_is_object(schema) && json_is_object(object));
    assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    json_object_foreach((json_t *)object, key, value)
    {
        if (!json_object_get(json_object_get(schema, "properties"), key)) {
            fail_msg("the schema has no %s", key);
        }
        json_object_set(met, key, json_true());
    }
    json_array_foreach(json_object_get(schema, "required"), i, value)
    {
        if (!json_object_get(object, json_string_value(value))) {
            fail_msg("%s is not written", json_string_value(value));
        }
    }
}

// The description of one method.
static const json_t *method_schema(const json_t *schema, const char *name)
{
    const json_t *all = json_object_get(json_object_get(json_object_get(schema, "$defs"), "method"), "oneOf");
    size_t i;
    json_t *one;
    assert_int_equal(json_array_size(all), QS_METHOD_COUNT);
    json_array_foreach(all, i, one)
    {
        const json_t *constant = json_object_get(json_object_get(json_object_get(one, "properties"), "name"), "const");
        if (strcmp(json_string_value(constant), name) == 0) {
            return one;
        }
    }
    fail_msg("the schema has no %s", name);
    return NULL;
}

static void the_schema_has_the_fields_that_are_written(void **state)
{
    (void)state;
    static const char *const parts[] = {"model", "module", "totals"};
    json_t *schema = read_schema();
    const json_t *defs = json_object_get(schema, "$defs");
    json_t *met[4] = {json_object(), json_object(), json_object(), json_object()};
    for (int plan = 0; plan < 2 * QS_METHOD_COUNT; plan++) {
        enum qs_method method = (enum qs_method)(plan / 2);
        char *text = plan_text(methods[method], plan % 2);
        json_t *root = json_loads(text, 0, NULL);
        assert_non_null(root);
        const json_t *modules = json_object_get(root, "modules");
        check_object(json_object_get(defs, "model"), json_object_get(root, "model"), met[0]);
        check_object(json_object_get(defs, "module"), json_array_get(modules, 0), met[1]);
        check_object(json_object_get(defs, "totals"), json_object_get(root, "totals"), met[2]);
        check_object(schema, root, met[3]);
        const json_t *one = method_schema(schema, qs_method_name(method));
        json_t *all = json_object();
        check_object(one, json_object_get(root, "method"), all);
        assert_int_equal(json_object_size(all), json_object_size(json_object_get(one, "properties")));
        assert_int_equal(json_object_size(all), json_array_size(json_object_get(one, "required")));
        json_decref(all);
        json_decref(root);
        free(text);
    }
    for (size_t i = 0; i < 4; i++) { // nor does it have others
        const json_t *part = i < 3 ? json_object_get(defs, parts[i]) : schema;
        assert_int_equal(json_object_size(met[i]), json_object_size(json_object_get(part, "properties")));
        json_decref(met[i]);
    }
    json_decref(schema);
}

static void the_schema_has_the_names_that_are_read(void **state)
{
    (void)state;
    json_t *schema = read_schema();
    const json_t *defs = json_object_get(schema, "$defs");
    const json_t *root = json_object_get(schema, "properties");
    const json_t *quantizers = json_object_get(json_object_get(root, "quantizer"), "enum");
    const json_t *storages = json_object_get(json_object_get(root, "storage"), "enum");
    const json_t *objectives = json_object_get(json_object_get(defs, "objective"), "enum");
    assert_int_equal(json_array_size(quantizers), QS_QUANTIZER_COUNT);
    assert_int_equal(json_array_size(storages), QS_STORAGE_COUNT);
    assert_int_equal(json_array_size(objectives), QS_OBJECTIVE_COUNT);
    for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
        assert_true(lists(quantizers, qs_quantizer_name((enum qs_quantizer_kind)i)));
    }
    for (int i = 0; i < QS_STORAGE_COUNT; i++) {
        assert_true(lists(storages, qs_storage_name((enum qs_storage)i)));
    }
    for (int i = 0; i < QS_OBJECTIVE_COUNT; i++) {
        assert_true(lists(objectives, qs_objective_name((enum qs_objective)i)));
    }
    for (int param = QS_PLAN_METHOD + 1; param < QS_PLAN_PARAM_COUNT; param++) {
        const struct qs_plan_param_info *info = qs_plan_param_info((enum qs_plan_param)param);
        static const char *const types[] = {"string", "integer", "number", "boolean"};
        const json_t *type = json_object_get(json_object_get(defs, info->name), "type");
        assert_non_null(json_object_get(defs, info->name));
        assert_true(!type || strcmp(json_string_value(type), types[info->type]) == 0); // none of names
    }
    json_decref(schema);
}

// "\n.It Va NAME\n"
static void check_told(const char *manual, const char *name)
{
    char item[64];
    snprintf(item, sizeof item, "\n.It Va %s\n", name);
    if (!strstr(manual, item)) {
        fail_msg("the manual has no %s", name);
    }
}

static void the_manual_has_every_field_and_method(void **state)
{
    (void)state;
    json_t *schema = read_schema();
    char *manual = read_source("man/quantscope-plan.5");
    const json_t *defs = json_object_get(schema, "$defs");
    const json_t *const parts[] = {schema, json_object_get(defs, "model"), json_object_get(defs, "module"),
                                   json_object_get(defs, "totals")};
    for (size_t i = 0; i < QS_COUNT_OF(parts); i++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_object_get(parts[i], "properties"), key, value)
        {
            check_told(manual, key);
        }
    }
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        check_told(manual, qs_plan_param_info((enum qs_plan_param)i)->name);
    }
    for (int method = 0; method < QS_METHOD_COUNT; method++) {
        struct qs_text row = {0};
        qs_text_addf(&row, "\n.It Li %s Ta Va ", qs_method_name((enum qs_method)method));
        const char *comma = "";
        for (int param = QS_PLAN_METHOD + 1; param < QS_PLAN_PARAM_COUNT; param++) {
            if (qs_plan_param_used((enum qs_method)method, (enum qs_plan_param)param)) {
                qs_text_addf(&row, "%s%s", comma, qs_plan_param_info((enum qs_plan_param)param)->name);
                comma = " , ";
            }
        }
        qs_text_add(&row, "\n");
        if (!strstr(manual, qs_text_chars(&row))) {
            fail_msg("the manual has no%s", qs_text_chars(&row));
        }
        qs_text_free(&row);
    }
    free(manual);
    json_decref(schema);
}

// The manual's example, without what is around it.
static char *example(void)
{
    char *manual = read_source("man/quantscope-plan.5");
    char *begin = strstr(manual, "\n.Bd -literal\n{");
    char *end = begin ? strstr(begin, "\n.Ed\n") : NULL;
    assert_non_null(end);
    *end = '\0';
    char *text = strdup(strchr(begin, '{'));
    free(manual);
    assert_non_null(text);
    return text;
}

static void the_manuals_example_is_a_plan(void **state)
{
    (void)state;
    char *text = example();
    struct qs_plan plan;
    struct qs_plan_totals totals;
    struct qs_error err = {0};
    if (qs_plan_parse("the example", text, strlen(text), &plan, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.modules, 4);
    assert_int_equal(totals.locked, 1);
    qs_plan_free(&plan);
    free(text);
}

static void save(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

// By a validator of JSON Schemas that is not ours, in the current folder, which is the test's own.
static void plans_are_valid_by_the_schema(void **state)
{
    (void)state;
    static const char validate[] =
        "import json, os, sys\n"
        "from jsonschema import Draft202012Validator\n"
        "schema = json.load(open(os.environ.get('QS_SRCDIR', '.') + '/data/quantscope-plan.schema.json'))\n"
        "Draft202012Validator.check_schema(schema)\n"
        "validator = Draft202012Validator(schema)\n"
        "for name in sys.argv[1:]:\n"
        "    plan = json.load(open(name))\n"
        "    validator.validate(plan)\n"
        "    for at in [plan, plan['model'], plan['method'], plan['totals'], plan['modules'][0]]:\n"
        "        for key in list(at):\n"
        "            value = at.pop(key)\n"
        "            optional = key in ('totals', 'locked')\n"
        "            assert validator.is_valid(plan) == optional, name + ' without ' + key\n"
        "            at[key] = {}\n"
        "            assert not validator.is_valid(plan), name + ' with another ' + key\n"
        "            at[key] = value\n"
        "        at['surprise'] = 1\n"
        "        assert not validator.is_valid(plan), name + ' with a surprise'\n"
        "        del at['surprise']\n";
    if (system("python3 -c 'from jsonschema import Draft202012Validator' 2>schema.log") != 0) {
        print_message("# no python3-jsonschema: plans are not validated by the schema\n");
        skip();
    }
    struct qs_text command = {0};
    save("validate.py", validate);
    qs_text_add(&command, "python3 validate.py");
    for (int plan = 0; plan <= 2 * QS_METHOD_COUNT; plan++) {
        char name[32];
        char *text = plan < 2 * QS_METHOD_COUNT ? plan_text(methods[plan / 2], plan % 2) : example();
        snprintf(name, sizeof name, "plan-%d.json", plan);
        save(name, text);
        qs_text_addf(&command, " %s", name);
        free(text);
    }
    assert_int_equal(system(qs_text_chars(&command)), 0);
    qs_text_free(&command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_has_the_fields_that_are_written),
        cmocka_unit_test(the_schema_has_the_names_that_are_read),
        cmocka_unit_test(the_manual_has_every_field_and_method),
        cmocka_unit_test(the_manuals_example_is_a_plan),
        cmocka_unit_test(plans_are_valid_by_the_schema),
    };
    return cmocka_run_group_tests_name("docs/plan", tests, NULL, NULL);
}
