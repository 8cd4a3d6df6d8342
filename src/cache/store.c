// The cache in memory: see store.h. Its arrays, dimensions and attributes are in store_*.c.
#include "cache/store.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qs_cache *qs_store_new(const char *path)
{
    struct qs_cache *cache = calloc(1, sizeof *cache);
    if (!cache) {
        return NULL;
    }
    cache->path = strdup(path);
    cache->file = qs_path_real(path);
    if (!cache->path || !cache->file) {
        qs_store_free(cache);
        return NULL;
    }
    return cache;
}

void qs_store_free(struct qs_cache *cache)
{
    if (!cache) {
        return;
    }
    for (size_t i = 0; i < cache->array_count; i++) {
        free(cache->arrays[i]->array.f64);
        free(cache->arrays[i]->array.u64);
        free(cache->arrays[i]);
    }
    for (size_t i = 0; i < cache->scale_count; i++) {
        free(cache->scales[i].values);
    }
    for (size_t i = 0; i < cache->attribute_count; i++) {
        free(cache->attributes[i].value);
    }
    free(cache->arrays);
    free(cache->scales);
    free(cache->attributes);
    qs_model_info_free(&cache->model);
    qs_text_free(&cache->warnings);
    qs_text_free(&cache->foreign);
    qs_text_free(&cache->pending);
    free(cache->path);
    free(cache->file);
    free(cache);
}

enum qs_status qs_store_describe(struct qs_cache *cache, const struct qs_model_info *info, struct qs_error *err)
{
    if ((uint64_t)info->layers * info->kinds > QS_CACHE_CELLS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %u layers of %u module kinds are more than the %d modules of a cache",
                       cache->path, info->layers, info->kinds, QS_CACHE_CELLS_MAX);
    }
    struct qs_model_info copy = {0};
    enum qs_status status = qs_model_info_copy(&copy, info, err);
    if (status == QS_OK) {
        // What stands behind a dtype's NUL is not part of it, and must not make files differ.
        for (size_t i = 0; i < (size_t)copy.layers * copy.kinds; i++) {
            char *dtype = copy.modules[i].dtype;
            size_t length = strnlen(dtype, sizeof copy.modules[i].dtype - 1);
            memset(dtype + length, 0, sizeof copy.modules[i].dtype - length);
        }
        qs_model_info_free(&cache->model);
        cache->model = copy;
        cache->described = true;
    }
    return status;
}

enum qs_status qs_store_same_model(const struct qs_cache *cache, const struct qs_model_info *info, const char *where,
                                   struct qs_error *err)
{
    const struct qs_model_info *mine = &cache->model;
    if (mine->fingerprint[0] && info->fingerprint[0] && strcmp(mine->fingerprint, info->fingerprint) != 0) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: belongs to another model (\"%s\", fingerprint %s), not to \"%s\" (%s); "
                       "name another cache",
                       where, mine->name, mine->fingerprint, info->name, info->fingerprint);
    }
    if (mine->layers != info->layers || mine->kinds != info->kinds) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: belongs to another model: \"%s\" has %u layers of %u module kinds, "
                       "\"%s\" has %u of %u; name another cache",
                       where, mine->name, mine->layers, mine->kinds, info->name, info->layers, info->kinds);
    }
    for (uint32_t kind = 0; kind < mine->kinds; kind++) {
        if (strcmp(mine->kind_names[kind], info->kind_names[kind]) != 0) {
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: belongs to another model: its module kind %u is %s, not %s; name "
                           "another cache",
                           where, kind, mine->kind_names[kind], info->kind_names[kind]);
        }
    }
    size_t i = qs_model_info_difference(mine, info);
    if (i < (size_t)mine->layers * mine->kinds) {
        bool counts = qs_model_info_counts_only(mine) || qs_model_info_counts_only(info);
        char a[QS_MODULE_TEXT_MAX];
        char b[QS_MODULE_TEXT_MAX];
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: belongs to another model: its layer %zu %s is %s, not %s; name another cache", where,
                       i / mine->kinds, mine->kind_names[i % mine->kinds],
                       qs_module_info_text(&mine->modules[i], counts, a),
                       qs_module_info_text(&info->modules[i], counts, b));
    }
    return QS_OK;
}

enum qs_status qs_store_meet(struct qs_cache *cache, const struct qs_model_info *info, const char *where,
                             struct qs_error *err)
{
    enum qs_status status = qs_store_same_model(cache, info, where, err);
    bool tells_more = qs_model_info_counts_only(&cache->model) && !qs_model_info_counts_only(info);
    return status == QS_OK && tells_more ? qs_store_describe(cache, info, err) : status;
}

void qs_store_warn(struct qs_cache *cache, const char *format, ...)
{
    char text[QS_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (cache->warnings.length) {
        qs_text_add(&cache->warnings, "\n");
    }
    qs_text_add(&cache->warnings, text);
}
