// Fields of JSON objects: see field.h.
#include "plan/field.h"

#include "model/info.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum qs_status qs_field_fail(const struct qs_field_place *place, const char *field, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return qs_fail(place->err, QS_BAD_INPUT, "%s: %s%.64s: %s", place->file, place->name, field, text);
}

const char *qs_field_type(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a real number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

enum qs_status qs_field_fail_type(const struct qs_field_place *place, const char *field, const json_t *value,
                                  const char *wanted)
{
    return value ? qs_field_fail(place, field, "is %s, not %s", qs_field_type(value), wanted)
                 : qs_field_fail(place, field, "is missing; it is %s", wanted);
}

enum qs_status qs_field_string(const struct qs_field_place *place, const char *field, const char **out)
{
    const json_t *value = json_object_get(place->object, field);
    if (!json_is_string(value)) {
        return qs_field_fail_type(place, field, value, "a string");
    }
    if (json_string_length(value) >= QS_NAME_MAX) {
        return qs_field_fail(place, field, "is longer than %d bytes", QS_NAME_MAX - 1);
    }
    *out = json_string_value(value);
    return QS_OK;
}

enum qs_status qs_field_whole(const struct qs_field_place *place, const char *field, uint64_t min, uint64_t max,
                              uint64_t *out)
{
    const json_t *value = json_object_get(place->object, field);
    if (!json_is_integer(value)) {
        return qs_field_fail_type(place, field, value, "a whole number");
    }
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number < min || (uint64_t)number > max) {
        return qs_field_fail(place, field, "is %lld; it lies between %llu and %llu", (long long)number,
                             (unsigned long long)min, (unsigned long long)max);
    }
    *out = (uint64_t)number;
    return QS_OK;
}

enum qs_status qs_field_flag(const struct qs_field_place *place, const char *field, bool *out)
{
    const json_t *value = json_object_get(place->object, field);
    if (!json_is_boolean(value)) {
        return qs_field_fail_type(place, field, value, "true or false");
    }
    *out = json_is_true(value);
    return QS_OK;
}

// Opens an object that is a field of another.
enum qs_status qs_field_enter(const struct qs_field_place *from, const char *field, struct qs_field_place *out)
{
    const json_t *value = json_object_get(from->object, field);
    if (!json_is_object(value)) {
        return qs_field_fail_type(from, field, value, "an object");
    }
    *out = (struct qs_field_place){.file = from->file, .object = value, .err = from->err};
    snprintf(out->name, sizeof out->name, "%.20s%.20s.", from->name, field);
    return QS_OK;
}

// QS_BAD_INPUT where the object has a field that is not in this list.
enum qs_status qs_field_known(const struct qs_field_place *place, const char *const *names, size_t count)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)place->object, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < count; i++) {
            known = known || strcmp(key, names[i]) == 0;
        }
        if (!known) {
            return qs_field_fail(place, key, "no plan of this version has such a field");
        }
    }
    return QS_OK;
}
