// Arrays with a value for each rung: see shelf.h.
#include "session/shelf.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct qs_ladder extra = {
    .rungs = {{1, 256}, {1, 128}, {1, 64}, {1, 32}, {1, 16}, {2, 256}, {2, 16}, {3, 256},
              {3, 16},  {4, 256}, {4, 16}, {5, 256}, {5, 128}, {5, 64}, {5, 32}, {5, 16},
              {6, 256}, {6, 128}, {6, 64}, {6, 32}, {6, 16}, {8, 256}, {8, 16}},
    .count = 23,
};

const struct qs_shelf qs_shelves[QS_SHELVES] = {
    {&qs_ladder_hqq, "", "rung", "rungs"},
    {&extra, "extra_", "extra_rung", "extra_rungs"},
};

const char *qs_shelf_path(const struct qs_shelf *shelf, const char *group, const char *name,
                          char out[static QS_ARRAY_PATH_MAX])
{
    snprintf(out, QS_ARRAY_PATH_MAX, "%s/%s%s", group, shelf->prefix, name);
    return out;
}

struct qs_rung_place qs_shelf_place(const char *group, const char *name, struct qs_rung rung)
{
    struct qs_rung_place place = {.element = UINT32_MAX};
    for (size_t i = 0; i < QS_SHELVES && place.element == UINT32_MAX; i++) {
        int element = qs_ladder_find(qs_shelves[i].ladder, rung);
        place.element = element < 0 ? UINT32_MAX : (uint32_t)element;
        qs_shelf_path(&qs_shelves[i], group, name, place.path);
    }
    return place;
}

bool qs_shelf_has_any(const struct qs_shelf *shelf, const struct qs_ladder *ladder)
{
    for (size_t i = 0; i < ladder->count; i++) {
        if (qs_ladder_find(shelf->ladder, ladder->rungs[i]) >= 0) {
            return true;
        }
    }
    return false;
}

// The scale of a shelf, and the attribute that names its rungs: of "error" for a path error/....
static enum qs_status set_scale(struct qs_cache *cache, const struct qs_shelf *shelf, const char *group,
                                struct qs_error *err)
{
    double bpw[QS_LADDER_MAX];
    char first[QS_ARRAY_PATH_MAX];
    struct qs_text names = {0};
    snprintf(first, sizeof first, "%.*s", (int)strcspn(group, "/"), group);
    for (size_t rung = 0; rung < shelf->ladder->count; rung++) {
        char name[QS_RUNG_NAME_MAX];
        bpw[rung] = qs_rung_bpw(shelf->ladder->rungs[rung], QS_STORAGE_META8);
        qs_text_addf(&names, "%s%s", rung ? "," : "", qs_rung_name(shelf->ladder->rungs[rung], name));
    }
    enum qs_status status = names.failed ? qs_fail_memory(err, "a ladder", names.length)
                                         : qs_cache_set_scale(cache, shelf->scale, bpw, (uint32_t)shelf->ladder->count,
                                                              err);
    if (status == QS_OK) {
        status = qs_cache_set_attribute(cache, first, shelf->names, qs_text_chars(&names), err);
    }
    qs_text_free(&names);
    return status;
}

enum qs_status qs_shelf_declare(struct qs_cache *cache, const struct qs_shelf *shelf, const char *group,
                                const char *name, const struct qs_array_spec *about, struct qs_error *err)
{
    enum qs_status status = set_scale(cache, shelf, group, err);
    struct qs_array_spec spec = *about;
    spec.width = (uint32_t)shelf->ladder->count;
    qs_shelf_path(shelf, group, name, spec.path);
    snprintf(spec.scale, sizeof spec.scale, "%s", shelf->scale);
    return status == QS_OK ? qs_cache_declare(cache, &spec, err) : status;
}

enum qs_status qs_shelf_put_f64(struct qs_cache *cache, const char *group, const char *name, uint32_t layer,
                                uint32_t kind, const struct qs_ladder *ladder, const double *values,
                                struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < QS_SHELVES; i++) {
        if (!qs_shelf_has_any(&qs_shelves[i], ladder)) {
            continue;
        }
        double cell[QS_LADDER_MAX];
        char path[QS_ARRAY_PATH_MAX];
        const struct qs_array *array = qs_cache_array(cache, qs_shelf_path(&qs_shelves[i], group, name, path));
        memcpy(cell, qs_array_f64(cache, array, layer, kind), array->spec.width * sizeof *cell);
        for (size_t rung = 0; rung < ladder->count; rung++) {
            int at = qs_ladder_find(qs_shelves[i].ladder, ladder->rungs[rung]);
            if (at >= 0 && !isnan(values[rung])) {
                cell[at] = values[rung];
            }
        }
        status = qs_cache_put(cache, path, layer, kind, cell, err);
    }
    return status;
}

enum qs_status qs_shelf_put_u64(struct qs_cache *cache, const char *group, const char *name, uint32_t layer,
                                uint32_t kind, const struct qs_ladder *ladder, const uint64_t *values,
                                struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < QS_SHELVES; i++) {
        if (!qs_shelf_has_any(&qs_shelves[i], ladder)) {
            continue;
        }
        uint64_t cell[QS_LADDER_MAX];
        char path[QS_ARRAY_PATH_MAX];
        const struct qs_array *array = qs_cache_array(cache, qs_shelf_path(&qs_shelves[i], group, name, path));
        memcpy(cell, qs_array_u64(cache, array, layer, kind), array->spec.width * sizeof *cell);
        for (size_t rung = 0; rung < ladder->count; rung++) {
            int at = qs_ladder_find(qs_shelves[i].ladder, ladder->rungs[rung]);
            if (at >= 0 && values[rung] != QS_ABSENT_U64) {
                cell[at] = values[rung];
            }
        }
        status = qs_cache_put(cache, path, layer, kind, cell, err);
    }
    return status;
}
