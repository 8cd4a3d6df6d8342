// Pieces of a cache into bytes: see item.h. The body's size is filled in when the body is complete.
#include "cache/item.h"
#include "cache/item_type.h"

#include <string.h>

static void add_u32(struct qs_text *to, uint32_t value)
{
    qs_text_add_bytes(to, (const char *)&value, sizeof value); // little-endian machines only: configure says so
}

static void add_u64(struct qs_text *to, uint64_t value)
{
    qs_text_add_bytes(to, (const char *)&value, sizeof value);
}

static void add_text(struct qs_text *to, const char *text)
{
    size_t length = strlen(text);
    add_u32(to, (uint32_t)length);
    qs_text_add_bytes(to, text, length);
}

// Returns where the body begins.
static size_t begin(struct qs_text *to, enum item_type type)
{
    add_u32(to, type);
    add_u32(to, 0);
    return to->length;
}

static void end(struct qs_text *to, size_t body)
{
    size_t size = to->length - body;
    if (size > UINT32_MAX) {
        to->failed = true;
    }
    if (!to->failed) {
        uint32_t stored = (uint32_t)size;
        memcpy(to->chars + body - sizeof stored, &stored, sizeof stored);
    }
}

void qs_item_model(struct qs_text *to, const struct qs_model_info *info)
{
    size_t body = begin(to, ITEM_MODEL);
    add_u32(to, info->layers);
    add_u32(to, info->kinds);
    add_text(to, info->name);
    add_text(to, info->architecture);
    add_text(to, info->format);
    add_text(to, info->fingerprint);
    add_u64(to, info->params);
    add_u64(to, info->module_params);
    add_u64(to, info->bytes);
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        add_text(to, info->kind_names[kind]);
    }
    for (size_t i = 0; i < (size_t)info->layers * info->kinds; i++) {
        const struct qs_module_info *module = &info->modules[i];
        char dtype[sizeof module->dtype] = {0};
        memcpy(dtype, module->dtype, strnlen(module->dtype, sizeof dtype - 1));
        add_u64(to, module->rows);
        add_u64(to, module->cols);
        add_u64(to, module->bytes);
        qs_text_add_bytes(to, dtype, sizeof dtype);
    }
    end(to, body);
}

void qs_item_frozen(struct qs_text *to, bool frozen)
{
    size_t body = begin(to, ITEM_FROZEN);
    add_u32(to, frozen);
    end(to, body);
}

void qs_item_array(struct qs_text *to, const struct qs_array_spec *spec)
{
    size_t body = begin(to, ITEM_ARRAY);
    add_text(to, spec->path);
    add_u32(to, spec->type);
    add_u32(to, spec->width);
    add_text(to, spec->scale);
    add_text(to, spec->units);
    add_text(to, spec->about);
    end(to, body);
}

void qs_item_scale(struct qs_text *to, const char *name, const double *values, uint32_t width)
{
    size_t body = begin(to, ITEM_SCALE);
    add_text(to, name);
    add_u32(to, width);
    qs_text_add_bytes(to, (const char *)values, width * sizeof *values);
    end(to, body);
}

void qs_item_attribute(struct qs_text *to, const char *group, const char *name, const char *value)
{
    size_t body = begin(to, ITEM_ATTRIBUTE);
    add_text(to, group);
    add_text(to, name);
    add_text(to, value);
    end(to, body);
}

void qs_item_values(struct qs_text *to, const char *path, uint32_t layer, uint32_t kind, const void *values,
                    size_t bytes)
{
    size_t body = begin(to, ITEM_VALUES);
    add_text(to, path);
    add_u32(to, layer);
    add_u32(to, kind);
    qs_text_add_bytes(to, values, bytes);
    end(to, body);
}

void qs_item_everything(struct qs_text *to, const struct qs_cache *cache)
{
    qs_item_model(to, &cache->model);
    qs_item_frozen(to, cache->frozen);
    for (size_t i = 0; i < cache->scale_count; i++) {
        qs_item_scale(to, cache->scales[i].name, cache->scales[i].values, cache->scales[i].width);
    }
    for (size_t i = 0; i < cache->array_count; i++) {
        const struct qs_array *array = &cache->arrays[i]->array;
        qs_item_array(to, &array->spec);
        qs_item_values(to, array->spec.path, 0, 0, qs_store_values(array), qs_store_length(cache, array) * 8);
    }
    for (size_t i = 0; i < cache->attribute_count; i++) {
        const struct qs_stored_attribute *attribute = &cache->attributes[i];
        qs_item_attribute(to, attribute->group, attribute->name, attribute->value);
    }
}
