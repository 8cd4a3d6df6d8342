// A model's configuration: see config.h. Both forms are turned into the same values on the way out; nothing is copied.
#include "model/config.h"

#include "model/gguf_file.h"
#include "model/hf_config.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_MAX = 2 * QS_NAME_MAX };

static void set_integer(struct qs_config_value *out, int64_t integer)
{
    out->type = QS_CONFIG_INTEGER;
    out->integer = integer;
    out->real = (double)integer;
}

static void set_json(const json_t *json, struct qs_config_value *out)
{
    *out = (struct qs_config_value){.type = QS_CONFIG_OTHER};
    if (json_is_boolean(json)) {
        out->type = QS_CONFIG_FLAG;
        out->flag = json_is_true(json);
    } else if (json_is_integer(json)) {
        set_integer(out, json_integer_value(json));
    } else if (json_is_real(json)) {
        out->type = QS_CONFIG_REAL;
        out->real = json_real_value(json);
    } else if (json_is_string(json)) {
        out->type = QS_CONFIG_TEXT;
        out->chars = json_string_value(json);
        out->length = json_string_length(json);
    } else if (json_is_array(json)) {
        out->type = QS_CONFIG_LIST;
        out->count = json_array_size(json);
        out->list = json;
        out->item_type = QS_GGUF_TYPE_COUNT; // marks a list of JSON
    }
}

static void set_gguf_integer(uint32_t type, const uint8_t *stored, struct qs_config_value *out)
{
    uint64_t bits = 0;
    unsigned bytes = qs_gguf_type_bytes(type);
    if (qs_gguf_integer(type, stored, &bits)) {
        if (bits <= INT64_MAX) {
            set_integer(out, (int64_t)bits);
        } else {
            out->type = QS_CONFIG_REAL;
            out->real = (double)bits;
        }
        return;
    }
    memcpy(&bits, stored, bytes); // negative: the upper bytes are ones
    bits |= bytes < 8 ? UINT64_MAX << (8 * bytes) : 0;
    int64_t integer;
    memcpy(&integer, &bits, sizeof integer);
    set_integer(out, integer);
}

// stored: a complete value of this type.
static void set_gguf(uint32_t type, const uint8_t *stored, struct qs_config_value *out)
{
    float single;
    uint64_t length;
    *out = (struct qs_config_value){.type = QS_CONFIG_OTHER};
    switch (type) {
    case QS_GGUF_BOOL:
        out->type = QS_CONFIG_FLAG;
        out->flag = stored[0] != 0;
        break;
    case QS_GGUF_F32:
        memcpy(&single, stored, sizeof single);
        out->type = QS_CONFIG_REAL;
        out->real = (double)single;
        break;
    case QS_GGUF_F64:
        out->type = QS_CONFIG_REAL;
        memcpy(&out->real, stored, sizeof out->real);
        break;
    case QS_GGUF_STRING:
        memcpy(&length, stored, sizeof length);
        out->type = QS_CONFIG_TEXT;
        out->chars = (const char *)stored + sizeof length;
        out->length = (size_t)length;
        break;
    case QS_GGUF_ARRAY:
        out->type = QS_CONFIG_LIST;
        memcpy(&out->item_type, stored, sizeof out->item_type);
        memcpy(&out->count, stored + sizeof out->item_type, sizeof out->count);
        out->list = stored + sizeof out->item_type + sizeof out->count;
        break;
    default:
        set_gguf_integer(type, stored, out);
    }
}

// The key in full, as the file has it.
static const char *full_key(const struct qs_config *config, const char *key, char out[static KEY_MAX])
{
    if (key[0] != '.') {
        return key;
    }
    snprintf(out, KEY_MAX, "%s%s", config->architecture ? config->architecture : "", key);
    return out;
}

bool qs_config_find(const struct qs_config *config, const char *key, struct qs_config_value *out)
{
    char buffer[KEY_MAX];
    if (config->root) {
        const json_t *json = qs_hf_config_at(config->root, key);
        if (json) {
            set_json(json, out);
        }
        return json != NULL;
    }
    const struct qs_gguf_pair *pair = config->keys ? qs_gguf_find(config->keys, full_key(config, key, buffer)) : NULL;
    if (pair) {
        set_gguf(pair->type, pair->value, out);
    }
    return pair != NULL;
}

bool qs_config_item(const struct qs_config_value *list, uint64_t index, struct qs_config_value *out)
{
    if (list->type != QS_CONFIG_LIST || index >= list->count) {
        return false;
    }
    if (list->item_type == QS_GGUF_TYPE_COUNT) {
        const json_t *array = list->list;
        set_json(json_array_get(array, (size_t)index), out);
        return true;
    }
    unsigned bytes = qs_gguf_type_bytes(list->item_type);
    if (bytes == 0) {
        return false;
    }
    const uint8_t *items = list->list;
    set_gguf(list->item_type, items + index * bytes, out);
    return true;
}

enum qs_status qs_config_fail(const struct qs_config *config, const char *key, struct qs_error *err,
                              const char *format, ...)
{
    char text[QS_ERROR_TEXT_MAX];
    char buffer[KEY_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return qs_fail(err, QS_BAD_INPUT, "%s: %s: %s", config->path ? config->path : "no configuration",
                   full_key(config, key, buffer), text);
}

enum qs_status qs_config_count(const struct qs_config *config, const char *key, uint64_t min, uint64_t max,
                               uint64_t *inout, struct qs_error *err)
{
    struct qs_config_value value;
    if (!qs_config_find(config, key, &value)) {
        return QS_OK;
    }
    bool huge = value.type == QS_CONFIG_REAL && value.real > 9.2e18 && config->keys; // U64 beyond int64_t
    if (value.type != QS_CONFIG_INTEGER && !huge) {
        return qs_config_fail(config, key, err, "is not a whole number");
    }
    if (huge || value.integer < 0 || (uint64_t)value.integer < min || (uint64_t)value.integer > max) {
        return qs_config_fail(config, key, err, "%.0f is out of range (%" PRIu64 " to %" PRIu64 ")", value.real, min,
                              max);
    }
    *inout = (uint64_t)value.integer;
    return QS_OK;
}

enum qs_status qs_config_real(const struct qs_config *config, const char *key, double min, double max, double *inout,
                              struct qs_error *err)
{
    struct qs_config_value value;
    if (!qs_config_find(config, key, &value)) {
        return QS_OK;
    }
    if (value.type != QS_CONFIG_INTEGER && value.type != QS_CONFIG_REAL) {
        return qs_config_fail(config, key, err, "is not a number");
    }
    if (!(value.real >= min && value.real <= max)) {
        return qs_config_fail(config, key, err, "%g is out of range (%g to %g)", value.real, min, max);
    }
    *inout = value.real;
    return QS_OK;
}

enum qs_status qs_config_flag(const struct qs_config *config, const char *key, bool *inout, struct qs_error *err)
{
    struct qs_config_value value;
    if (!qs_config_find(config, key, &value)) {
        return QS_OK;
    }
    if (value.type != QS_CONFIG_FLAG) {
        return qs_config_fail(config, key, err, "is neither true nor false");
    }
    *inout = value.flag;
    return QS_OK;
}

enum qs_status qs_config_text(const struct qs_config *config, const char *key, char inout[static QS_CONFIG_TEXT_MAX],
                              struct qs_error *err)
{
    struct qs_config_value value;
    if (!qs_config_find(config, key, &value)) {
        return QS_OK;
    }
    if (value.type != QS_CONFIG_TEXT) {
        return qs_config_fail(config, key, err, "is not a string");
    }
    if (value.length >= QS_CONFIG_TEXT_MAX || memchr(value.chars, 0, value.length)) {
        return qs_config_fail(config, key, err, "is longer than %d bytes, or holds a NUL", QS_CONFIG_TEXT_MAX - 1);
    }
    memcpy(inout, value.chars, value.length);
    inout[value.length] = '\0';
    return QS_OK;
}

void qs_config_free(struct qs_config *config)
{
    json_decref(config->root);
    if (config->keys) {
        qs_gguf_file_free(config->keys);
    }
    free(config->keys);
    free(config->path);
    *config = (struct qs_config){0};
}
