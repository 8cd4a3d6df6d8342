// The public calls on an open cache: see cache.h. What is put changes the memory at once and waits as items for the
// next flush; a flush is one journal record.
#include "cache/image.h"
#include "cache/item.h"
#include "cache/journal.h"
#include "cache/seal.h"
#include "cache/store.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

const char *qs_cache_path(const struct qs_cache *cache)
{
    return cache->path;
}

const struct qs_model_info *qs_cache_model(const struct qs_cache *cache)
{
    return &cache->model;
}

bool qs_cache_frozen(const struct qs_cache *cache)
{
    return cache->frozen;
}

const char *qs_cache_warnings(const struct qs_cache *cache)
{
    return qs_text_chars(&cache->warnings);
}

size_t qs_cache_array_count(const struct qs_cache *cache)
{
    return cache->array_count;
}

const struct qs_array *qs_cache_array_at(const struct qs_cache *cache, size_t index)
{
    return index < cache->array_count ? &cache->arrays[index]->array : NULL;
}

const struct qs_array *qs_cache_array(const struct qs_cache *cache, const char *path)
{
    const struct qs_stored *stored = qs_store_find(cache, path);
    return stored ? &stored->array : NULL;
}

const double *qs_array_f64(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind)
{
    size_t offset = 0;
    return array->f64 && qs_store_offset(cache, array, layer, kind, &offset) ? array->f64 + offset : NULL;
}

const uint64_t *qs_array_u64(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind)
{
    size_t offset = 0;
    return array->u64 && qs_store_offset(cache, array, layer, kind, &offset) ? array->u64 + offset : NULL;
}

const double *qs_cache_scale(const struct qs_cache *cache, const char *scale, uint32_t *out_width)
{
    for (size_t i = 0; i < cache->scale_count; i++) {
        if (strcmp(cache->scales[i].name, scale) == 0) {
            if (out_width) {
                *out_width = cache->scales[i].width;
            }
            return cache->scales[i].values;
        }
    }
    return NULL;
}

const char *qs_cache_attribute(const struct qs_cache *cache, const char *group, const char *name)
{
    for (size_t i = 0; i < cache->attribute_count; i++) {
        const struct qs_stored_attribute *attribute = &cache->attributes[i];
        if (strcmp(attribute->group, group) == 0 && strcmp(attribute->name, name) == 0) {
            return attribute->value;
        }
    }
    return NULL;
}

static enum qs_status check_writer(const struct qs_cache *cache, struct qs_error *err)
{
    return cache->journal ? QS_OK : qs_fail(err, QS_FAILED, "%s: is open for reading only", cache->path);
}

// After items were added behind the first `before` bytes of what waits: takes them away again where memory ran out.
static enum qs_status check_pending(struct qs_cache *cache, size_t before, struct qs_error *err)
{
    struct qs_text *pending = &cache->pending;
    if (!pending->failed) {
        return QS_OK;
    }
    pending->failed = false;
    pending->length = before;
    return qs_fail_memory(err, "what waits to be written", before);
}

enum qs_status qs_cache_set_frozen(struct qs_cache *cache, bool frozen, struct qs_error *err)
{
    enum qs_status status = check_writer(cache, err);
    if (status != QS_OK || cache->frozen == frozen) {
        return status;
    }
    size_t before = cache->pending.length;
    qs_item_frozen(&cache->pending, frozen);
    status = check_pending(cache, before, err);
    if (status == QS_OK) {
        cache->frozen = frozen;
    }
    return status;
}

enum qs_status qs_cache_set_scale(struct qs_cache *cache, const char *scale, const double *values, uint32_t width,
                                  struct qs_error *err)
{
    bool changed = false;
    enum qs_status status = check_writer(cache, err);
    if (status == QS_OK) {
        status = qs_store_scale(cache, scale, values, width, &changed, err);
    }
    if (status != QS_OK || !changed) {
        return status;
    }
    size_t before = cache->pending.length;
    qs_item_scale(&cache->pending, scale, values, width);
    return check_pending(cache, before, err);
}

enum qs_status qs_cache_set_attribute(struct qs_cache *cache, const char *group, const char *name, const char *value,
                                      struct qs_error *err)
{
    bool changed = false;
    enum qs_status status = check_writer(cache, err);
    if (status == QS_OK) {
        status = qs_store_attribute(cache, group, name, value, &changed, err);
    }
    if (status != QS_OK || !changed) {
        return status;
    }
    size_t before = cache->pending.length;
    qs_item_attribute(&cache->pending, group, name, value);
    return check_pending(cache, before, err);
}

// The array's spec goes before its first values in every journal, so that a journal can be read without the file.
static enum qs_status tell_spec(struct qs_cache *cache, struct qs_stored *stored, struct qs_error *err)
{
    if (stored->journaled) {
        return QS_OK;
    }
    size_t before = cache->pending.length;
    qs_item_array(&cache->pending, &stored->array.spec);
    enum qs_status status = check_pending(cache, before, err);
    stored->journaled = status == QS_OK;
    return status;
}

enum qs_status qs_cache_declare(struct qs_cache *cache, const struct qs_array_spec *spec, struct qs_error *err)
{
    bool changed = false;
    enum qs_status status = check_writer(cache, err);
    if (status == QS_OK) {
        status = qs_store_declare(cache, spec, &changed, err);
    }
    if (status != QS_OK || !changed) {
        return status;
    }
    return tell_spec(cache, qs_store_find(cache, spec->path), err);
}

enum qs_status qs_cache_put(struct qs_cache *cache, const char *path, uint32_t layer, uint32_t kind, const void *cell,
                            struct qs_error *err)
{
    size_t offset = 0;
    enum qs_status status = check_writer(cache, err);
    if (status != QS_OK) {
        return status;
    }
    struct qs_stored *stored = qs_store_find(cache, path);
    if (!stored || !qs_store_offset(cache, &stored->array, layer, kind, &offset)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: array \"%s\": has no cell for layer %u, module kind %u", cache->path,
                       path, layer, kind);
    }
    status = tell_spec(cache, stored, err);
    if (status != QS_OK) {
        return status;
    }
    size_t before = cache->pending.length;
    size_t bytes = stored->array.spec.width * (size_t)8;
    qs_item_values(&cache->pending, path, layer, kind, cell, bytes);
    status = check_pending(cache, before, err);
    if (status == QS_OK) {
        memcpy((char *)qs_store_values(&stored->array) + offset * 8, cell, bytes);
    }
    return status;
}

enum qs_status qs_cache_flush(struct qs_cache *cache, struct qs_error *err)
{
    enum qs_status status = check_writer(cache, err);
    if (status != QS_OK || cache->pending.length == 0) {
        return status;
    }
    struct qs_text first = {0};
    const struct qs_text *items = &cache->pending;
    if (cache->journal->records == 0) { // a journal begins with the model
        qs_item_model(&first, &cache->model);
        qs_text_add_bytes(&first, cache->pending.chars, cache->pending.length);
        items = &first;
    }
    if (items->failed) {
        status = qs_fail_memory(err, "a journal record", cache->pending.length);
    } else {
        status = qs_journal_append(cache->journal, items->chars, items->length, err);
    }
    if (status == QS_OK) {
        qs_text_clear(&cache->pending);
    }
    qs_text_free(&first);
    return status;
}

enum qs_status qs_cache_checkpoint(struct qs_cache *cache, struct qs_error *err)
{
    void *image = NULL;
    size_t size = 0;
    // First into the journal: then its records bring any file of this cache, old or new, to the state of now.
    enum qs_status status = qs_cache_flush(cache, err);
    if (status != QS_OK || (cache->journal->records == 0 && qs_path_exists(cache->file))) {
        return status;
    }
    if (!qs_journal_current(cache->journal)) {
        return qs_fail(err, QS_FAILED, "%s: was removed or replaced by somebody while it was in use; start again",
                       cache->journal->path);
    }
    status = qs_image_write(cache, &image, &size, err);
    if (status == QS_OK) {
        status = qs_seal_write(cache->file, image, size, err);
    }
    free(image);
    if (status == QS_OK && qs_journal_renew(cache->journal)) {
        for (size_t i = 0; i < cache->array_count; i++) {
            cache->arrays[i]->journaled = false;
        }
    }
    return status;
}
