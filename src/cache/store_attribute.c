// Text attributes of a cache in memory: see store.h.
#include "cache/store.h"

#include "base/array.h"
#include "cache/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// At the root the format's own attributes are not for others.
static bool own_attribute(const char *group, const char *name)
{
    static const char *const names[] = {"format", "format_version", "program_version", "frozen"};
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        if (!group[0] && strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum qs_status check_attribute(const struct qs_cache *cache, const char *group, const char *name,
                                      const char *value, struct qs_error *err)
{
    if ((group[0] && (!qs_name_is_path(group, QS_ARRAY_PATH_MAX, 1) || qs_name_is_reserved(group))) ||
        !qs_name_is_plain(name, QS_ARRAY_SCALE_MAX) || own_attribute(group, name)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: attribute \"%.*s\" of \"%.*s\": is no name for one", cache->path,
                       QS_ARRAY_SCALE_MAX, name, QS_ARRAY_PATH_MAX, group);
    }
    if (strnlen(value, QS_CACHE_VALUE_MAX) == QS_CACHE_VALUE_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: attribute \"%s\" of \"%s\": is longer than %d bytes", cache->path, name,
                       group, QS_CACHE_VALUE_MAX - 1);
    }
    bool clash = false;
    for (size_t i = 0; i < cache->array_count && group[0]; i++) {
        const struct qs_array_spec *spec = &cache->arrays[i]->array.spec;
        clash = clash || qs_name_in(group, spec->path) || (spec->width > 1 && qs_name_in(group, spec->scale));
    }
    for (size_t i = 0; i < cache->scale_count && group[0]; i++) {
        clash = clash || qs_name_in(group, cache->scales[i].name);
    }
    if (clash) {
        return qs_fail(err, QS_BAD_INPUT, "%s: attribute \"%s\" of \"%s\": that is not a group", cache->path, name,
                       group);
    }
    return QS_OK;
}

enum qs_status qs_store_attribute(struct qs_cache *cache, const char *group, const char *name, const char *value,
                                  bool *changed, struct qs_error *err)
{
    enum qs_status status = check_attribute(cache, group, name, value, err);
    if (status != QS_OK) {
        return status;
    }
    size_t at = 0;
    int order = -1;
    for (; at < cache->attribute_count; at++) {
        order = strcmp(cache->attributes[at].group, group);
        order = order ? order : strcmp(cache->attributes[at].name, name);
        if (order >= 0) {
            break;
        }
    }
    bool there = at < cache->attribute_count && order == 0;
    if (there && strcmp(cache->attributes[at].value, value) == 0) {
        if (changed) {
            *changed = false;
        }
        return QS_OK;
    }
    if (!there && cache->attribute_count >= QS_CACHE_ATTRIBUTES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: attribute \"%s\" of \"%s\": there are %d already", cache->path, name,
                       group, QS_CACHE_ATTRIBUTES_MAX);
    }
    char *copy = strdup(value);
    if (!copy || (!there && !qs_array_reserve(&cache->attributes, &cache->attribute_capacity,
                                              cache->attribute_count + 1, sizeof *cache->attributes))) {
        free(copy);
        return qs_fail_memory(err, name, strlen(value) + 1);
    }
    struct qs_stored_attribute *attribute = &cache->attributes[at];
    if (there) {
        free(attribute->value);
    } else {
        memmove(attribute + 1, attribute, (cache->attribute_count - at) * sizeof *attribute);
        cache->attribute_count++;
        *attribute = (struct qs_stored_attribute){0};
        snprintf(attribute->group, sizeof attribute->group, "%s", group);
        snprintf(attribute->name, sizeof attribute->name, "%s", name);
    }
    attribute->value = copy;
    if (changed) {
        *changed = true;
    }
    return QS_OK;
}
