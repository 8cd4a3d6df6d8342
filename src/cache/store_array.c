// Arrays of a cache in memory: see store.h. Kept in path order and found by binary search.
#include "cache/store.h"

#include "base/array.h"
#include "cache/names.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The index of the first array whose path is not before `path`.
static size_t lower_bound(const struct qs_cache *cache, const char *path)
{
    size_t low = 0;
    size_t high = cache->array_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(cache->arrays[middle]->array.spec.path, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct qs_stored *qs_store_find(const struct qs_cache *cache, const char *path)
{
    size_t at = lower_bound(cache, path);
    if (at < cache->array_count && strcmp(cache->arrays[at]->array.spec.path, path) == 0) {
        return cache->arrays[at];
    }
    return NULL;
}

static enum qs_status check_spec(const struct qs_cache *cache, const struct qs_array_spec *spec, struct qs_error *err)
{
    if (!qs_name_is_path(spec->path, sizeof spec->path, 2) || qs_name_is_reserved(spec->path)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%.*s\": is no name for an array (\"group/name\", lower case)",
                       cache->path, QS_ARRAY_PATH_MAX, spec->path);
    }
    if (spec->type != QS_ARRAY_F64 && spec->type != QS_ARRAY_U64) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": type %d is unknown", cache->path, spec->path,
                       (int)spec->type);
    }
    if (spec->width < 1 || spec->width > QS_CACHE_WIDTH_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": %u values in a cell are not between 1 and %d", cache->path,
                       spec->path, spec->width, QS_CACHE_WIDTH_MAX);
    }
    if (strnlen(spec->units, sizeof spec->units) == sizeof spec->units ||
        strnlen(spec->about, sizeof spec->about) == sizeof spec->about) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": units or description too long", cache->path, spec->path);
    }
    if (spec->width == 1) {
        return QS_OK; // a scale is then ignored
    }
    if (!qs_name_is_plain(spec->scale, sizeof spec->scale) || qs_name_is_reserved(spec->scale) ||
        qs_name_overlap(spec->scale, spec->path)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": \"%.*s\" is no name for its dimension", cache->path,
                       spec->path, QS_ARRAY_SCALE_MAX, spec->scale);
    }
    uint32_t width = 0;
    if (qs_cache_scale(cache, spec->scale, &width) && width != spec->width) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": has %u values in a cell, but its dimension \"%s\" has %u",
                       cache->path, spec->path, spec->width, spec->scale, width);
    }
    return QS_OK;
}

// An array must not be another's group, nor a dimension; arrays of one dimension have one width.
static enum qs_status check_others(const struct qs_cache *cache, const struct qs_array_spec *spec, struct qs_error *err)
{
    for (size_t i = 0; i < cache->array_count; i++) {
        const struct qs_array_spec *other = &cache->arrays[i]->array.spec;
        const char *clash = qs_name_overlap(spec->path, other->path)                        ? other->path
                            : other->width > 1 && qs_name_overlap(spec->path, other->scale) ? other->scale
                            : spec->width > 1 && qs_name_overlap(spec->scale, other->path)  ? other->path
                                                                                            : NULL;
        if (clash) {
            return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": its names clash with \"%s\", which is there already",
                           cache->path, spec->path, clash);
        }
        if (spec->width > 1 && other->width > 1 && spec->width != other->width &&
            strcmp(spec->scale, other->scale) == 0) {
            return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": has %u values along \"%s\", but \"%s\" has %u",
                           cache->path, spec->path, spec->width, spec->scale, other->path, other->width);
        }
    }
    for (size_t i = 0; i < cache->scale_count; i++) {
        if (qs_name_overlap(spec->path, cache->scales[i].name)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": its name clashes with the dimension \"%s\"",
                           cache->path, spec->path, cache->scales[i].name);
        }
    }
    for (size_t i = 0; i < cache->attribute_count; i++) {
        const char *group = cache->attributes[i].group;
        if (qs_name_in(group, spec->path) || (spec->width > 1 && qs_name_in(group, spec->scale))) {
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: array \"%s\": its names clash with the group \"%s\", which has "
                           "attributes",
                           cache->path, spec->path, group);
        }
    }
    return QS_OK;
}

// NaN, or UINT64_MAX.
static void fill_absent(struct qs_array *array, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (array->f64) {
            array->f64[i] = (double)NAN;
        } else {
            array->u64[i] = QS_ABSENT_U64;
        }
    }
}

enum qs_status qs_store_declare(struct qs_cache *cache, const struct qs_array_spec *spec, bool *changed,
                                struct qs_error *err)
{
    enum qs_status status = check_spec(cache, spec, err);
    if (status != QS_OK) {
        return status;
    }
    const struct qs_stored *old = qs_store_find(cache, spec->path);
    if (old) {
        if (old->array.spec.type != spec->type || old->array.spec.width != spec->width) {
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: array \"%s\": is there already, with %u values of another kind in "
                           "a cell",
                           cache->path, spec->path, old->array.spec.width);
        }
        if (changed) {
            *changed = false;
        }
        return QS_OK;
    }
    status = check_others(cache, spec, err);
    if (status != QS_OK) {
        return status;
    }
    // At most 2^22 * 2^16 * 8 bytes: no overflow.
    uint64_t length = (uint64_t)cache->model.layers * cache->model.kinds * spec->width;
    uint64_t bytes = length * 8;
    if (cache->array_count >= QS_CACHE_ARRAYS_MAX || bytes > QS_CACHE_BYTES_MAX - cache->array_bytes) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: array \"%s\": %llu bytes are too much beside the %llu of the %zu arrays "
                       "there (at most %d arrays and %d bytes in all)",
                       cache->path, spec->path, (unsigned long long)bytes, (unsigned long long)cache->array_bytes,
                       cache->array_count, QS_CACHE_ARRAYS_MAX, QS_CACHE_BYTES_MAX);
    }
    struct qs_stored *stored = calloc(1, sizeof *stored);
    void *values = malloc(bytes ? (size_t)bytes : 1);
    if (!stored || !values ||
        !qs_array_reserve(&cache->arrays, &cache->array_capacity, cache->array_count + 1, sizeof(struct qs_stored *))) {
        free(stored);
        free(values);
        return qs_fail_memory(err, spec->path, (size_t)bytes);
    }
    stored->array.spec = *spec;
    if (spec->width == 1) {
        memset(stored->array.spec.scale, 0, sizeof stored->array.spec.scale);
    }
    if (spec->type == QS_ARRAY_F64) {
        stored->array.f64 = values;
    } else {
        stored->array.u64 = values;
    }
    fill_absent(&stored->array, (size_t)length);
    size_t at = lower_bound(cache, spec->path);
    memmove(cache->arrays + at + 1, cache->arrays + at, (cache->array_count - at) * sizeof(struct qs_stored *));
    cache->arrays[at] = stored;
    cache->array_count++;
    cache->array_bytes += bytes;
    if (changed) {
        *changed = true;
    }
    return QS_OK;
}

bool qs_store_offset(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind,
                     size_t *out_offset)
{
    if (layer >= cache->model.layers || kind >= cache->model.kinds) {
        return false;
    }
    *out_offset = ((size_t)layer * cache->model.kinds + kind) * array->spec.width;
    return true;
}

void *qs_store_values(const struct qs_array *array)
{
    return array->f64 ? (void *)array->f64 : (void *)array->u64;
}

size_t qs_store_length(const struct qs_cache *cache, const struct qs_array *array)
{
    return (size_t)cache->model.layers * cache->model.kinds * array->spec.width;
}
