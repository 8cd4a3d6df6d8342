// Reading plans: see file.h. A plan may come from anybody: every field is looked at before it is believed.
#include "plan/file.h"

#include "plan/reading.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The value of a parameter as the text that a user would type.
static enum qs_status param_text(const struct qs_field_place *place, enum qs_plan_param param, char *out, size_t size)
{
    const struct qs_plan_param_info *info = qs_plan_param_info(param);
    const json_t *value = json_object_get(place->object, info->name);
    const char *string = "";
    switch (info->type) {
    case QS_PLAN_TEXT:
        if (qs_field_string(place, info->name, &string) != QS_OK) {
            return QS_BAD_INPUT;
        }
        snprintf(out, size, "%.60s", string);
        return QS_OK;
    case QS_PLAN_WHOLE:
        if (!json_is_integer(value)) {
            return qs_field_fail_type(place, info->name, value, "a whole number");
        }
        snprintf(out, size, "%lld", (long long)json_integer_value(value));
        return QS_OK;
    case QS_PLAN_REAL:
        if (!json_is_number(value)) {
            return qs_field_fail_type(place, info->name, value, "a number");
        }
        snprintf(out, size, "%.17g", json_number_value(value));
        return QS_OK;
    case QS_PLAN_FLAG:
        break;
    }
    if (!json_is_boolean(value)) {
        return qs_field_fail_type(place, info->name, value, "true or false");
    }
    snprintf(out, size, "%s", json_is_true(value) ? "yes" : "no");
    return QS_OK;
}

static enum qs_status read_method(const struct qs_field_place *place, struct qs_plan_params *out)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    const char *names[QS_PLAN_PARAM_COUNT];
    size_t count = 0;
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        enum qs_plan_param param = (enum qs_plan_param)i; // the method's name comes first: it tells what else there is
        char text[QS_PLAN_PARAM_TEXT_MAX];
        struct qs_error why = {0};
        if (!qs_plan_param_used(params.method, param)) {
            continue;
        }
        const char *name = qs_plan_param_info(param)->name;
        if (param_text(place, param, text, sizeof text) != QS_OK) {
            return QS_BAD_INPUT;
        }
        if (qs_plan_param_parse(&params, param, text, &why) != QS_OK) {
            return qs_field_fail(place, name, "%s", why.text);
        }
        names[count++] = name;
    }
    enum qs_status status = qs_field_known(place, names, count);
    if (status == QS_OK) {
        *out = params;
    }
    return status;
}

static enum qs_status read_ladder(const struct qs_field_place *root, struct qs_ladder *out)
{
    const json_t *list = json_object_get(root->object, "ladder");
    struct qs_text text = {0};
    struct qs_error why = {0};
    struct qs_ladder ladder;
    if (!json_is_array(list)) {
        return qs_field_fail_type(root, "ladder", list, "an array of rungs");
    }
    size_t count = json_array_size(list);
    if (count < 1 || count > QS_LADDER_MAX) {
        return qs_field_fail(root, "ladder", "has %zu rungs; 1 to %d are possible", count, QS_LADDER_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *rung = json_array_get(list, i);
        struct qs_rung parsed;
        if (!json_is_string(rung) || !qs_rung_parse(json_string_value(rung), &parsed)) {
            qs_text_free(&text);
            return qs_field_fail(root, "ladder", "its element %zu is no rung such as \"b4g64\"", i);
        }
        qs_text_addf(&text, "%s%s", i ? "," : "", json_string_value(rung));
    }
    enum qs_status status = qs_ladder_parse(qs_text_chars(&text), &ladder, &why);
    qs_text_free(&text);
    if (status != QS_OK) {
        return qs_field_fail(root, "ladder", "%s", why.text);
    }
    if (ladder.count != count) {
        return qs_field_fail(root, "ladder", "names a rung twice");
    }
    *out = ladder;
    return QS_OK;
}

static enum qs_status read_model(const struct qs_field_place *root, struct qs_plan_head *head)
{
    static const char *const fields[] = {"name", "architecture", "layers", "fingerprint", "quantizable_params"};
    struct qs_field_place model;
    enum qs_status status = qs_field_enter(root, "model", &model);
    if (status == QS_OK) {
        status = qs_field_known(&model, fields, QS_COUNT_OF(fields));
    }
    if (status == QS_OK) {
        status = qs_field_string(&model, "name", &head->name);
    }
    if (status == QS_OK) {
        status = qs_field_string(&model, "architecture", &head->architecture);
    }
    if (status == QS_OK) {
        status = qs_field_whole(&model, "layers", 1, QS_LAYERS_MAX, &head->layers);
    }
    if (status == QS_OK) {
        status = qs_field_string(&model, "fingerprint", &head->fingerprint);
    }
    size_t length = status == QS_OK ? strlen(head->fingerprint) : 0;
    if (status == QS_OK && length != 0 && (length != 32 || strspn(head->fingerprint, "0123456789abcdef") != 32)) {
        status = qs_field_fail(&model, "fingerprint", "is neither empty nor 32 hexadecimal digits");
    }
    if (status == QS_OK) {
        status = qs_field_whole(&model, "quantizable_params", 1, QS_PLAN_PARAMS_MAX, &head->params);
    }
    return status;
}

static enum qs_status read_head(const struct qs_field_place *root, struct qs_plan_head *head)
{
    static const char *const fields[] = {"quantscope_plan", "model",  "ladder",  "quantizer",
                                         "storage",         "method", "modules", "totals"};
    uint64_t version;
    const char *quantizer;
    const char *storage;
    struct qs_field_place method;
    enum qs_status status = qs_field_whole(root, "quantscope_plan", 1, UINT32_MAX, &version);
    if (status == QS_OK && version != QS_PLAN_VERSION) {
        return qs_field_fail(root, "quantscope_plan", "is version %llu; this program reads version %d",
                             (unsigned long long)version, QS_PLAN_VERSION);
    }
    if (status == QS_OK) {
        status = qs_field_known(root, fields, QS_COUNT_OF(fields));
    }
    if (status == QS_OK) {
        status = read_model(root, head);
    }
    if (status == QS_OK) {
        status = read_ladder(root, &head->ladder);
    }
    if (status == QS_OK) {
        status = qs_field_string(root, "quantizer", &quantizer);
    }
    if (status == QS_OK && !qs_quantizer_find(quantizer, &head->quantizer)) {
        status = qs_field_fail(root, "quantizer", "%s is none of hqq, rtn, nf4", quantizer);
    }
    if (status == QS_OK) {
        status = qs_field_string(root, "storage", &storage);
    }
    if (status == QS_OK && !qs_storage_find(storage, &head->storage)) {
        status = qs_field_fail(root, "storage", "%s is neither meta8 nor fp16", storage);
    }
    struct qs_error why = {0};
    if (status == QS_OK && qs_plan_check_quantizer(head->quantizer, &head->ladder, 1, head->storage, &why) != QS_OK) {
        status = qs_field_fail(root, "quantizer", "%s", why.text);
    }
    if (status == QS_OK) {
        status = qs_field_enter(root, "method", &method);
    }
    return status == QS_OK ? read_method(&method, &head->method) : status;
}

// The names of the kinds by index: borrowed from the object.
static enum qs_status name_kinds(json_t *kinds, const char ***out, struct qs_error *err)
{
    const char *key;
    json_t *value;
    const char **names = calloc(json_object_size(kinds) + 1, sizeof *names);
    if (!names) {
        return qs_fail_memory(err, "module kinds", json_object_size(kinds) * sizeof *names);
    }
    json_object_foreach(kinds, key, value)
    {
        names[json_integer_value(value)] = key;
    }
    *out = names;
    return QS_OK;
}

static enum qs_status set_text(char **member, const char *text, struct qs_error *err)
{
    free(*member);
    *member = strdup(text);
    return *member ? QS_OK : qs_fail_memory(err, "a name", strlen(text));
}

static enum qs_status describe(const struct qs_field_place *root, const struct qs_plan_head *head,
                               const struct qs_plan_row *rows, size_t count, const char *const *names, uint32_t kinds,
                               struct qs_model_info *model)
{
    struct qs_error why = {0};
    enum qs_status status = qs_model_info_init(model, (uint32_t)head->layers, kinds, names, &why);
    if (status != QS_OK) {
        return qs_fail(root->err, status, "%s: modules: %s", root->file, why.text);
    }
    status = set_text(&model->name, head->name, root->err);
    if (status == QS_OK) {
        status = set_text(&model->architecture, head->architecture, root->err);
    }
    // Shapes are known of all modules, or numbers of weights only.
    if (status == QS_OK && !rows[0].counted) {
        status = set_text(&model->format, "plan", root->err);
    }
    snprintf(model->fingerprint, sizeof model->fingerprint, "%s", head->fingerprint);
    uint64_t params = 0;
    for (size_t i = 0; status == QS_OK && i < count; i++) {
        struct qs_module_info *module = &model->modules[rows[i].layer * kinds + rows[i].kind];
        if (module->rows) {
            return qs_fail(root->err, QS_BAD_INPUT, "%s: modules[%zu]: layer %llu, %s, stands here a second time",
                           root->file, i, (unsigned long long)rows[i].layer, names[rows[i].kind]);
        }
        if (rows[i].counted != rows[0].counted) {
            return qs_fail(root->err, QS_BAD_INPUT, "%s: modules[%zu]: has %s, and the first module %s", root->file, i,
                           rows[i].counted ? "\"params\"" : "\"shape\"", rows[0].counted ? "\"params\"" : "\"shape\"");
        }
        module->rows = rows[i].rows;
        module->cols = rows[i].cols;
        params += rows[i].rows * rows[i].cols;
        if (params > QS_PLAN_PARAMS_MAX) { // told at once, so that the sum cannot wrap
            break;
        }
    }
    if (status == QS_OK && params != head->params) {
        return qs_fail(root->err, QS_BAD_INPUT, "%s: model.quantizable_params: is %llu, and the modules have %s%llu",
                       root->file, (unsigned long long)head->params, params > QS_PLAN_PARAMS_MAX ? "more than " : "",
                       (unsigned long long)(params > QS_PLAN_PARAMS_MAX ? QS_PLAN_PARAMS_MAX : params));
    }
    return status;
}

// What the totals say must be what the modules come to; a file edited by hand may leave them out.
static enum qs_status check_totals(const struct qs_field_place *root, const struct qs_plan *plan)
{
    static const char *const fields[] = {"bits_per_weight", "bytes", "base_bytes"};
    struct qs_plan_totals totals;
    struct qs_field_place place;
    uint64_t bytes = 0;
    uint64_t base_bytes = 0;
    if (!json_object_get(root->object, "totals")) {
        return QS_OK;
    }
    qs_plan_totals(plan, &totals);
    enum qs_status status = qs_field_enter(root, "totals", &place);
    if (status == QS_OK) {
        status = qs_field_known(&place, fields, QS_COUNT_OF(fields));
    }
    if (status == QS_OK) {
        status = qs_field_whole(&place, "bytes", 0, UINT64_MAX, &bytes);
    }
    if (status == QS_OK) {
        status = qs_field_whole(&place, "base_bytes", 0, UINT64_MAX, &base_bytes);
    }
    const json_t *bits = status == QS_OK ? json_object_get(place.object, "bits_per_weight") : NULL;
    if (status == QS_OK && !json_is_number(bits)) {
        status = qs_field_fail_type(&place, "bits_per_weight", bits, "a number");
    }
    if (status != QS_OK) {
        return status;
    }
    bool good = bytes == totals.bytes && base_bytes == totals.base_bytes &&
                fabs(json_number_value(bits) - totals.bits_per_weight) <= 1e-9 * totals.bits_per_weight;
    return good ? QS_OK
                : qs_fail(root->err, QS_BAD_INPUT,
                          "%s: totals: are %llu bytes over %llu, and the modules come to %llu over %llu; a plan that "
                          "was edited by hand needs no totals: delete them",
                          root->file, (unsigned long long)bytes, (unsigned long long)base_bytes,
                          (unsigned long long)totals.bytes, (unsigned long long)totals.base_bytes);
}

static enum qs_status build(const struct qs_field_place *root, const struct qs_plan_head *head,
                            const struct qs_plan_row *rows, size_t count, const struct qs_model_info *model,
                            struct qs_plan *out)
{
    enum qs_status status = qs_plan_init(out, model, &head->ladder, root->err);
    if (status != QS_OK) {
        return status;
    }
    out->quantizer = head->quantizer;
    out->storage = head->storage;
    out->params = head->method;
    for (size_t i = 0; i < count; i++) {
        *qs_plan_cell(out, (uint32_t)rows[i].layer, rows[i].kind) = rows[i].cell;
    }
    if (!qs_plan_find_base(out)) {
        status = qs_fail(root->err, QS_BAD_INPUT, "%s: method.base: is no rung of the plan's ladder", root->file);
    }
    if (status == QS_OK) {
        status = check_totals(root, out);
    }
    if (status != QS_OK) {
        qs_plan_free(out);
    }
    return status;
}

static enum qs_status read_root(const char *where, const json_t *object, struct qs_plan *out, struct qs_error *err)
{
    struct qs_field_place root = {.file = where, .object = object, .err = err};
    struct qs_plan_head head = {0};
    struct qs_plan_row *rows = NULL;
    const char **names = NULL;
    size_t count = 0;
    struct qs_model_info model = {0};
    struct qs_plan plan;
    json_t *kinds = json_object();
    enum qs_status status = kinds ? read_head(&root, &head) : qs_fail_memory(err, "module kinds", 1);
    if (status == QS_OK) {
        status = qs_plan_read_rows(&root, &head, kinds, &rows, &count);
    }
    if (status == QS_OK) {
        status = name_kinds(kinds, &names, err);
    }
    if (status == QS_OK) {
        status = describe(&root, &head, rows, count, names, (uint32_t)json_object_size(kinds), &model);
    }
    if (status == QS_OK) {
        status = build(&root, &head, rows, count, &model, &plan);
    }
    if (status == QS_OK) {
        *out = plan;
    }
    qs_model_info_free(&model);
    free(names);
    free(rows);
    json_decref(kinds);
    return status;
}

enum qs_status qs_plan_parse(const char *where, const char *json, size_t size, struct qs_plan *out,
                             struct qs_error *err)
{
    json_t *object = NULL;
    enum qs_status status = qs_json_parse(where, "", json, size, JSON_REJECT_DUPLICATES, &object, err);
    if (status == QS_OK) {
        status = read_root(where, object, out, err);
    }
    json_decref(object);
    return status;
}

enum qs_status qs_plan_parse_method(const char *where, const char *json, size_t size, struct qs_plan_params *out,
                                    struct qs_error *err)
{
    json_t *object = NULL;
    enum qs_status status = qs_json_parse(where, "", json, size, JSON_REJECT_DUPLICATES, &object, err);
    if (status == QS_OK) {
        struct qs_field_place place = {.file = where, .object = object, .err = err};
        status = read_method(&place, out);
    }
    json_decref(object);
    return status;
}

enum qs_status qs_plan_read(const char *path, struct qs_plan *out, struct qs_error *err)
{
    json_t *object = NULL;
    enum qs_status status = qs_json_read(path, QS_PLAN_BYTES_MAX, JSON_REJECT_DUPLICATES, &object, err);
    if (status == QS_OK) {
        status = read_root(path, object, out, err);
    }
    json_decref(object);
    return status;
}
