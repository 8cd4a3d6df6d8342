// Bytes into pieces of a cache: see item.h. Nothing is believed: a cursor never leaves the bytes, texts must fit the
// fields they are for, and whatever passes goes through the same checks as a call from outside.
#include "cache/item.h"
#include "cache/item_type.h"

#include <stdlib.h>
#include <string.h>

struct cursor {
    const unsigned char *at;
    size_t left;
    bool bad; // an attempt to read beyond the end, or a text that cannot be
};

static const unsigned char *take(struct cursor *cursor, size_t size)
{
    if (cursor->bad || size > cursor->left) {
        cursor->bad = true;
        return NULL;
    }
    const unsigned char *at = cursor->at;
    cursor->at += size;
    cursor->left -= size;
    return at;
}

static uint32_t take_u32(struct cursor *cursor)
{
    uint32_t value = 0;
    const unsigned char *at = take(cursor, sizeof value);
    if (at) {
        memcpy(&value, at, sizeof value);
    }
    return value;
}

static uint64_t take_u64(struct cursor *cursor)
{
    uint64_t value = 0;
    const unsigned char *at = take(cursor, sizeof value);
    if (at) {
        memcpy(&value, at, sizeof value);
    }
    return value;
}

// A text with its NUL into out[max]; "" where it is none.
static void take_text(struct cursor *cursor, char *out, size_t max)
{
    out[0] = '\0';
    uint32_t length = take_u32(cursor);
    const unsigned char *at = take(cursor, length);
    if (!at || length >= max || memchr(at, '\0', length)) {
        cursor->bad = true;
        return;
    }
    memcpy(out, at, length);
    out[length] = '\0';
}

static enum qs_status fail_malformed(struct qs_error *err, const char *what)
{
    return qs_fail(err, QS_BAD_INPUT, "malformed record (%s)", what);
}

// A text field of the description, exchanged for its new value.
static bool take_string(struct cursor *cursor, char **field)
{
    char text[QS_NAME_MAX];
    take_text(cursor, text, sizeof text);
    char *copy = strdup(text);
    if (!copy) {
        return false;
    }
    free(*field);
    *field = copy;
    return true;
}

enum { MODULE_BYTES = 3 * 8 + 16 };

static void take_modules(struct cursor *cursor, struct qs_model_info *info)
{
    for (size_t i = 0; i < (size_t)info->layers * info->kinds; i++) {
        struct qs_module_info *module = &info->modules[i];
        module->rows = take_u64(cursor);
        module->cols = take_u64(cursor);
        module->bytes = take_u64(cursor);
        const unsigned char *dtype = take(cursor, sizeof module->dtype);
        if (dtype) {
            memcpy(module->dtype, dtype, sizeof module->dtype - 1);
        }
    }
}

// The kinds' names lie between the numbers and the modules, and init wants them first.
static enum qs_status take_kinds(struct cursor *cursor, uint32_t kinds, char ***out_names, struct qs_error *err)
{
    *out_names = calloc(kinds ? kinds : 1, sizeof **out_names);
    if (!*out_names) {
        return qs_fail_memory(err, "module kinds", kinds * sizeof **out_names);
    }
    for (uint32_t kind = 0; kind < kinds && !cursor->bad; kind++) {
        if (!take_string(cursor, &(*out_names)[kind])) {
            return qs_fail_memory(err, "module kinds", QS_NAME_MAX);
        }
    }
    return cursor->bad ? fail_malformed(err, "model") : QS_OK;
}

static enum qs_status apply_model(struct qs_cache *cache, struct cursor *cursor, bool *other_model,
                                  struct qs_error *err)
{
    struct qs_model_info texts = {0}; // its strings, until the description exists
    struct qs_model_info info = {0};
    char **names = NULL;
    char fingerprint[sizeof info.fingerprint];
    enum qs_status status = QS_OK;
    uint32_t layers = take_u32(cursor);
    uint32_t kinds = take_u32(cursor);
    if (!take_string(cursor, &texts.name) || !take_string(cursor, &texts.architecture) ||
        !take_string(cursor, &texts.format)) {
        status = qs_fail_memory(err, "a model's description", QS_NAME_MAX);
        goto out;
    }
    take_text(cursor, fingerprint, sizeof fingerprint);
    uint64_t params = take_u64(cursor);
    uint64_t module_params = take_u64(cursor);
    uint64_t bytes = take_u64(cursor);
    uint64_t modules = (uint64_t)layers * kinds;
    // Names take 4 bytes at least: what is allocated below is bounded by what is there.
    if (cursor->bad || modules > QS_CACHE_CELLS_MAX || kinds > QS_KINDS_MAX || layers > QS_LAYERS_MAX ||
        cursor->left < (uint64_t)kinds * 4 + modules * MODULE_BYTES) {
        status = fail_malformed(err, "model");
        goto out;
    }
    status = take_kinds(cursor, kinds, &names, err);
    if (status != QS_OK) {
        goto out;
    }
    if (cursor->left != modules * MODULE_BYTES) {
        status = fail_malformed(err, "model");
        goto out;
    }
    status = qs_model_info_init(&info, layers, kinds, (const char *const *)names, err);
    if (status != QS_OK) {
        goto out;
    }
    char *swap[3] = {info.name, info.architecture, info.format};
    info.name = texts.name;
    info.architecture = texts.architecture;
    info.format = texts.format;
    texts.name = swap[0];
    texts.architecture = swap[1];
    texts.format = swap[2];
    memcpy(info.fingerprint, fingerprint, sizeof fingerprint);
    info.params = params;
    info.module_params = module_params;
    info.bytes = bytes;
    take_modules(cursor, &info);
    if (cache->described) {
        status = qs_store_meet(cache, &info, cache->path, err);
        *other_model = status == QS_BAD_INPUT;
    } else {
        status = qs_store_describe(cache, &info, err);
    }
out:
    for (uint32_t kind = 0; names && kind < kinds; kind++) {
        free(names[kind]);
    }
    free(names);
    free(texts.name);
    free(texts.architecture);
    free(texts.format);
    qs_model_info_free(&info);
    return status;
}

static enum qs_status apply_frozen(struct qs_cache *cache, struct cursor *cursor, struct qs_error *err)
{
    uint32_t frozen = take_u32(cursor);
    if (cursor->bad || frozen > 1) {
        return fail_malformed(err, "frozen");
    }
    cache->frozen = frozen;
    return QS_OK;
}

static enum qs_status apply_array(struct qs_cache *cache, struct cursor *cursor, struct qs_error *err)
{
    struct qs_array_spec spec = {0};
    take_text(cursor, spec.path, sizeof spec.path);
    uint32_t type = take_u32(cursor);
    spec.width = take_u32(cursor);
    take_text(cursor, spec.scale, sizeof spec.scale);
    take_text(cursor, spec.units, sizeof spec.units);
    take_text(cursor, spec.about, sizeof spec.about);
    if (cursor->bad || cursor->left || (type != QS_ARRAY_F64 && type != QS_ARRAY_U64)) {
        return fail_malformed(err, "array");
    }
    spec.type = (enum qs_array_type)type;
    return qs_store_declare(cache, &spec, NULL, err);
}

static enum qs_status apply_scale(struct qs_cache *cache, struct cursor *cursor, struct qs_error *err)
{
    char name[QS_ARRAY_SCALE_MAX];
    take_text(cursor, name, sizeof name);
    uint32_t width = take_u32(cursor);
    if (cursor->bad || width < 1 || width > QS_CACHE_WIDTH_MAX || cursor->left != width * sizeof(double)) {
        return fail_malformed(err, "dimension");
    }
    double *values = malloc(width * sizeof *values); // the bytes may not be aligned
    if (!values) {
        return qs_fail_memory(err, name, width * sizeof *values);
    }
    memcpy(values, take(cursor, width * sizeof *values), width * sizeof *values);
    enum qs_status status = qs_store_scale(cache, name, values, width, NULL, err);
    free(values);
    return status;
}

static enum qs_status apply_attribute(struct qs_cache *cache, struct cursor *cursor, struct qs_error *err)
{
    char group[QS_ARRAY_PATH_MAX];
    char name[QS_ARRAY_SCALE_MAX];
    take_text(cursor, group, sizeof group);
    take_text(cursor, name, sizeof name);
    uint32_t length = take_u32(cursor);
    const unsigned char *bytes = take(cursor, length);
    if (!bytes || cursor->left || length >= QS_CACHE_VALUE_MAX || memchr(bytes, '\0', length)) {
        return fail_malformed(err, "attribute");
    }
    char *value = strndup((const char *)bytes, length);
    if (!value) {
        return qs_fail_memory(err, name, length);
    }
    enum qs_status status = qs_store_attribute(cache, group, name, value, NULL, err);
    free(value);
    return status;
}

static enum qs_status apply_values(struct qs_cache *cache, struct cursor *cursor, struct qs_error *err)
{
    char path[QS_ARRAY_PATH_MAX];
    take_text(cursor, path, sizeof path);
    uint32_t layer = take_u32(cursor);
    uint32_t kind = take_u32(cursor);
    struct qs_stored *stored = cursor->bad ? NULL : qs_store_find(cache, path);
    size_t offset = 0;
    // A cache without modules has arrays without cells, whose first cell does not exist.
    bool nothing = !cursor->bad && cursor->left == 0;
    if (!stored || (!nothing && !qs_store_offset(cache, &stored->array, layer, kind, &offset))) {
        return fail_malformed(err, "values of no array");
    }
    size_t room = (qs_store_length(cache, &stored->array) - offset) * 8;
    if (cursor->left > room || cursor->left % (stored->array.spec.width * (size_t)8) != 0) {
        return fail_malformed(err, "values");
    }
    if (cursor->left) {
        memcpy((unsigned char *)qs_store_values(&stored->array) + offset * 8, cursor->at, cursor->left);
    }
    return QS_OK;
}

static enum qs_status apply_one(struct qs_cache *cache, uint32_t type, struct cursor *body, bool *other_model,
                                struct qs_error *err)
{
    if (type == ITEM_MODEL) {
        return apply_model(cache, body, other_model, err);
    }
    if (type >= ITEM_FROZEN && type <= ITEM_VALUES && !cache->described) {
        return fail_malformed(err, "no model before it");
    }
    switch (type) {
    case ITEM_FROZEN:
        return apply_frozen(cache, body, err);
    case ITEM_ARRAY:
        return apply_array(cache, body, err);
    case ITEM_SCALE:
        return apply_scale(cache, body, err);
    case ITEM_ATTRIBUTE:
        return apply_attribute(cache, body, err);
    case ITEM_VALUES:
        return apply_values(cache, body, err);
    default:
        return QS_OK; // of a later version that says nothing this one needs
    }
}

enum qs_status qs_items_apply(struct qs_cache *cache, const void *items, size_t size, bool *other_model,
                              struct qs_error *err)
{
    *other_model = false;
    struct cursor cursor = {.at = items, .left = size};
    while (cursor.left) {
        uint32_t type = take_u32(&cursor);
        uint32_t length = take_u32(&cursor);
        struct cursor body = {.left = length};
        body.at = take(&cursor, length);
        if (!body.at) {
            return fail_malformed(err, "length");
        }
        enum qs_status status = apply_one(cache, type, &body, other_model, err);
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}
