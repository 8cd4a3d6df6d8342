// The modules of a plan file, row by row: see reading.h.
#include "plan/reading.h"

#include "base/array.h"

#include <stdio.h>
#include <stdlib.h>

static enum qs_status read_shape(const struct qs_field_place *place, struct qs_plan_row *row)
{
    const json_t *shape = json_object_get(place->object, "shape");
    uint64_t params;
    row->counted = !shape;
    if (!shape) {
        row->cols = 1;
        return json_object_get(place->object, "params")
                   ? qs_field_whole(place, "params", 1, QS_PLAN_PARAMS_MAX, &row->rows)
                   : qs_field_fail(place, "shape",
                                   "is missing; it is [rows, columns], or else \"params\" their product");
    }
    const json_t *rows = json_array_get(shape, 0);
    const json_t *cols = json_array_get(shape, 1);
    if (json_array_size(shape) != 2 || !json_is_integer(rows) || !json_is_integer(cols)) {
        return qs_field_fail(place, "shape", "is not [rows, columns]");
    }
    if (json_object_get(place->object, "params")) {
        return qs_field_fail(place, "params", "stands beside \"shape\"; one of them is enough");
    }
    row->rows = json_integer_value(rows) > 0 ? (uint64_t)json_integer_value(rows) : 0;
    row->cols = json_integer_value(cols) > 0 ? (uint64_t)json_integer_value(cols) : 0;
    if (!row->rows || !row->cols || !qs_mul_u64(row->rows, row->cols, &params) || params > QS_PLAN_PARAMS_MAX) {
        return qs_field_fail(place, "shape", "is no shape of a weight");
    }
    return QS_OK;
}

// kinds: an object from names to indices, which grows.
static enum qs_status find_kind(const struct qs_field_place *place, json_t *kinds, uint32_t *out)
{
    const char *name;
    enum qs_status status = qs_field_string(place, "module", &name);
    if (status != QS_OK) {
        return status;
    }
    if (!name[0]) {
        return qs_field_fail(place, "module", "is empty");
    }
    const json_t *known = json_object_get(kinds, name);
    *out = (uint32_t)(known ? (size_t)json_integer_value(known) : json_object_size(kinds));
    if (!known && *out >= QS_KINDS_MAX) {
        return qs_field_fail(place, "module", "is one of more than %d kinds", QS_KINDS_MAX);
    }
    if (!known && json_object_set_new(kinds, name, json_integer(*out)) != 0) {
        return qs_fail_memory(place->err, "module kinds", *out);
    }
    return QS_OK;
}

static enum qs_status read_rung(const struct qs_field_place *place, const struct qs_plan_head *head,
                                struct qs_plan_row *row)
{
    const char *name;
    struct qs_rung rung;
    enum qs_status status = qs_field_string(place, "rung", &name);
    if (status != QS_OK) {
        return status;
    }
    int index = qs_rung_parse(name, &rung) ? qs_ladder_find(&head->ladder, rung) : -1;
    if (index < 0) {
        return qs_field_fail(place, "rung", "%s is no rung of the plan's ladder", name);
    }
    if (row->rows * row->cols % rung.group_size != 0) {
        return qs_field_fail(place, "rung", "groups of %u do not divide its %llu weights", rung.group_size,
                             (unsigned long long)(row->rows * row->cols));
    }
    row->cell.rung = (uint8_t)index;
    return QS_OK;
}

static enum qs_status read_row(const struct qs_field_place *place, const struct qs_plan_head *head, json_t *kinds,
                               struct qs_plan_row *out)
{
    static const char *const fields[] = {"layer", "module", "shape", "params", "rung", "axis", "boosted", "locked"};
    struct qs_plan_row row = {0};
    uint64_t axis = 0;
    enum qs_status status = qs_field_known(place, fields, QS_COUNT_OF(fields));
    if (status == QS_OK) {
        status = qs_field_whole(place, "layer", 0, head->layers - 1, &row.layer);
    }
    if (status == QS_OK) {
        status = find_kind(place, kinds, &row.kind);
    }
    if (status == QS_OK) {
        status = read_shape(place, &row);
    }
    if (status == QS_OK) {
        status = read_rung(place, head, &row);
    }
    if (status == QS_OK) {
        status = qs_field_whole(place, "axis", head->quantizer == QS_QUANTIZER_NF4, 1, &axis);
    }
    if (status == QS_OK) {
        status = qs_field_flag(place, "boosted", &row.cell.boosted);
    }
    if (status == QS_OK && json_object_get(place->object, "locked")) {
        status = qs_field_flag(place, "locked", &row.cell.locked);
    }
    row.cell.axis = (uint8_t)axis;
    *out = row;
    return status;
}

enum qs_status qs_plan_read_rows(const struct qs_field_place *root, const struct qs_plan_head *head, json_t *kinds,
                                 struct qs_plan_row **rows, size_t *count)
{
    const json_t *list = json_object_get(root->object, "modules");
    if (!json_is_array(list)) {
        return qs_field_fail_type(root, "modules", list, "an array");
    }
    *count = json_array_size(list);
    if (*count < 1 || *count > QS_MODULES_MAX) {
        return qs_field_fail(root, "modules", "has %zu elements; 1 to %d are possible", *count, QS_MODULES_MAX);
    }
    *rows = calloc(*count, sizeof **rows);
    if (!*rows) {
        return qs_fail_memory(root->err, "modules", *count * sizeof **rows);
    }
    for (size_t i = 0; i < *count; i++) {
        struct qs_field_place place = {.file = root->file, .object = json_array_get(list, i), .err = root->err};
        snprintf(place.name, sizeof place.name, "modules[%zu].", i);
        if (!json_is_object(place.object)) {
            return qs_field_fail(&place, "", "is %s, not an object", qs_field_type(place.object));
        }
        enum qs_status status = read_row(&place, head, kinds, &(*rows)[i]);
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}
