// Plans as arrays of a cache, plans/NAME/rung, axis, boosted, locked and attributes of their group: see planner.h and
// quantscope-cache(5).
#include "session/planner.h"

#include "cache/cache.h"
#include "plan/file.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 4 };

static const struct {
    const char *name;
    const char *about;
} columns[COLUMNS] = {
    {"rung", "the module's rung: its place in the ladder that the group's attribute names, from 0"},
    {"axis", "the axis of the module's groups"},
    {"boosted", "1 where the method chose the module for more bits"},
    {"locked", "1 where the rung was set by hand"},
};

static const char *path_of(const char *name, size_t column, char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "plans/%s/%s", name, columns[column].name);
    return out;
}

static const char *group_of(const char *name, char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "plans/%s", name);
    return out;
}

static enum qs_status put_attributes(struct qs_cache *cache, const char *group, const struct qs_plan *plan,
                                     struct qs_error *err)
{
    struct qs_text ladder = {0};
    struct qs_text method = {0};
    for (size_t i = 0; i < plan->ladder.count; i++) {
        char rung[QS_RUNG_NAME_MAX];
        qs_text_addf(&ladder, "%s%s", i ? "," : "", qs_rung_name(plan->ladder.rungs[i], rung));
    }
    qs_plan_write_method(&plan->params, &method);
    enum qs_status status =
        ladder.failed || method.failed ? qs_fail_memory(err, "a plan", ladder.length + method.length) : QS_OK;
    const char *const attributes[][2] = {{"ladder", qs_text_chars(&ladder)},
                                         {"method", qs_text_chars(&method)},
                                         {"quantizer", qs_quantizer_name(plan->quantizer)},
                                         {"storage", qs_storage_name(plan->storage)}};
    for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(attributes); i++) {
        status = qs_cache_set_attribute(cache, group, attributes[i][0], attributes[i][1], err);
    }
    qs_text_free(&ladder);
    qs_text_free(&method);
    return status;
}

static uint64_t value_of(const struct qs_plan_cell *cell, size_t column)
{
    const uint64_t values[COLUMNS] = {cell->rung, cell->axis, cell->boosted, cell->locked};
    return values[column];
}

enum qs_status qs_plan_store_put(struct qs_cache *cache, const char *name, const struct qs_plan *plan,
                                 struct qs_error *err)
{
    char path[QS_ARRAY_PATH_MAX];
    enum qs_status status = put_attributes(cache, group_of(name, path), plan, err);
    for (size_t column = 0; status == QS_OK && column < COLUMNS; column++) {
        struct qs_array_spec spec = {.type = QS_ARRAY_U64, .width = 1};
        path_of(name, column, spec.path);
        snprintf(spec.about, sizeof spec.about, "%s", columns[column].about);
        status = qs_cache_declare(cache, &spec, err);
        for (uint32_t layer = 0; status == QS_OK && layer < plan->model.layers; layer++) {
            for (uint32_t kind = 0; status == QS_OK && kind < plan->model.kinds; kind++) {
                const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
                if (cell->rung != QS_PLAN_NO_RUNG) {
                    uint64_t value = value_of(cell, column);
                    status = qs_cache_put(cache, spec.path, layer, kind, &value, err);
                }
            }
        }
    }
    return status;
}

// The head of a plan from the group's attributes.
static enum qs_status get_head(const struct qs_cache *cache, const char *group, struct qs_plan *plan,
                               struct qs_error *err)
{
    const char *ladder = qs_cache_attribute(cache, group, "ladder");
    const char *method = qs_cache_attribute(cache, group, "method");
    const char *quantizer = qs_cache_attribute(cache, group, "quantizer");
    const char *storage = qs_cache_attribute(cache, group, "storage");
    const char *path = qs_cache_path(cache);
    if (!ladder || qs_ladder_parse(ladder, &plan->ladder, NULL) != QS_OK) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: attribute \"ladder\": is no ladder", path, group);
    }
    if (!quantizer || !qs_quantizer_find(quantizer, &plan->quantizer)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: attribute \"quantizer\": is no quantizer", path, group);
    }
    if (!storage || !qs_storage_find(storage, &plan->storage)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: attribute \"storage\": is no storage", path, group);
    }
    if (!method) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: attribute \"method\": is missing", path, group);
    }
    struct qs_error why = {0};
    if (qs_plan_check_quantizer(plan->quantizer, &plan->ladder, 1, plan->storage, &why) != QS_OK) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: %s", path, group, why.text);
    }
    char where[2 * QS_ARRAY_PATH_MAX];
    snprintf(where, sizeof where, "%.80s: %s: method", path, group);
    return qs_plan_parse_method(where, method, strlen(method), &plan->params, err);
}

// The values of one module, in the order of columns; absent ones are QS_ABSENT_U64.
static void get_values(const struct qs_cache *cache, const struct qs_array *const *arrays, uint32_t layer,
                       uint32_t kind, uint64_t out[static COLUMNS])
{
    for (size_t column = 0; column < COLUMNS; column++) {
        const struct qs_array *array = arrays[column];
        const uint64_t *value = array && array->spec.width == 1 ? qs_array_u64(cache, array, layer, kind) : NULL;
        out[column] = value ? *value : QS_ABSENT_U64;
    }
}

static enum qs_status get_cells(const struct qs_cache *cache, const char *name, struct qs_plan *plan,
                                struct qs_error *err)
{
    char path[QS_ARRAY_PATH_MAX];
    const struct qs_array *arrays[COLUMNS];
    for (size_t column = 0; column < COLUMNS; column++) {
        arrays[column] = qs_cache_array(cache, path_of(name, column, path));
    }
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
            uint64_t values[COLUMNS];
            if (cell->rung == QS_PLAN_NO_RUNG) {
                continue;
            }
            get_values(cache, arrays, layer, kind, values);
            uint64_t least_axis = plan->quantizer == QS_QUANTIZER_NF4;
            bool good = values[0] < plan->ladder.count && values[1] >= least_axis && values[1] <= 1 && values[2] <= 1 &&
                        values[3] <= 1;
            if (!good || qs_module_params(&plan->model, layer, kind) % plan->ladder.rungs[values[0]].group_size != 0) {
                return qs_fail(err, QS_BAD_INPUT, "%s: plans/%s: layer %u, %s: has no rung that it can take",
                               qs_cache_path(cache), name, layer, plan->model.kind_names[kind]);
            }
            *cell = (struct qs_plan_cell){(uint8_t)values[0], (uint8_t)values[1], values[2] == 1, values[3] == 1};
        }
    }
    return QS_OK;
}

enum qs_status qs_plan_store_get(const struct qs_cache *cache, const struct qs_model_info *model, const char *name,
                                 struct qs_plan *out, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    struct qs_plan head = {0};
    struct qs_plan plan;
    enum qs_status status = get_head(cache, group_of(name, group), &head, err);
    if (status == QS_OK) {
        status = qs_plan_init(&plan, model, &head.ladder, err);
    }
    if (status != QS_OK) {
        return status;
    }
    plan.quantizer = head.quantizer;
    plan.storage = head.storage;
    plan.params = head.params;
    status = get_cells(cache, name, &plan, err);
    if (status == QS_OK && !qs_plan_find_base(&plan)) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: %s: its base is no rung of its ladder", qs_cache_path(cache), group);
    }
    if (status == QS_OK) {
        *out = plan;
    } else {
        qs_plan_free(&plan);
    }
    return status;
}
