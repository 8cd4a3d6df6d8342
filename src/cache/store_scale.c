// Dimensions of a cache in memory: see store.h.
#include "cache/store.h"

#include "base/array.h"
#include "cache/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum qs_status qs_store_scale(struct qs_cache *cache, const char *name, const double *values, uint32_t width,
                              bool *changed, struct qs_error *err)
{
    if (!qs_name_is_plain(name, QS_ARRAY_SCALE_MAX) || qs_name_is_reserved(name) || width < 1 ||
        width > QS_CACHE_WIDTH_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: dimension \"%.*s\" of %u values: no such dimension can be", cache->path,
                       QS_ARRAY_SCALE_MAX, name, width);
    }
    for (size_t i = 0; i < cache->array_count; i++) {
        const struct qs_array_spec *spec = &cache->arrays[i]->array.spec;
        if (qs_name_overlap(name, spec->path) ||
            (spec->width > 1 && strcmp(name, spec->scale) == 0 && spec->width != width)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: dimension \"%s\" of %u values: does not fit the array \"%s\"",
                           cache->path, name, width, spec->path);
        }
    }
    for (size_t i = 0; i < cache->attribute_count; i++) {
        if (qs_name_in(cache->attributes[i].group, name)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: dimension \"%s\": is the name of a group with attributes",
                           cache->path, name);
        }
    }
    struct qs_stored_scale *scale = NULL;
    for (size_t i = 0; i < cache->scale_count && !scale; i++) {
        scale = strcmp(cache->scales[i].name, name) == 0 ? &cache->scales[i] : NULL;
    }
    if (scale && scale->width != width) {
        return qs_fail(err, QS_BAD_INPUT, "%s: dimension \"%s\": has %u values already, not %u", cache->path, name,
                       scale->width, width);
    }
    if (scale) {
        if (changed) {
            *changed = memcmp(scale->values, values, width * sizeof *values) != 0;
        }
        memcpy(scale->values, values, width * sizeof *values);
        return QS_OK;
    }
    if (cache->scale_count >= QS_CACHE_SCALES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: dimension \"%s\": there are %d already", cache->path, name,
                       QS_CACHE_SCALES_MAX);
    }
    double *copy = malloc(width * sizeof *copy);
    if (!copy || !qs_array_reserve(&cache->scales, &cache->scale_capacity, cache->scale_count + 1, sizeof *scale)) {
        free(copy);
        return qs_fail_memory(err, name, width * sizeof *copy);
    }
    memcpy(copy, values, width * sizeof *copy);
    scale = &cache->scales[cache->scale_count++];
    *scale = (struct qs_stored_scale){.values = copy, .width = width};
    snprintf(scale->name, sizeof scale->name, "%s", name);
    if (changed) {
        *changed = true;
    }
    return QS_OK;
}
