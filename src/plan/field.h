// Fields of JSON objects from files, each looked at before it is believed; failures name file, place and field.
// Internal to src/plan.
#ifndef QS_PLAN_FIELD_H
#define QS_PLAN_FIELD_H

#include "base/error.h"
#include "base/json_file.h"

#include <stdbool.h>
#include <stdint.h>

// An object, and what stands before its fields' names in messages: "", "model.", "modules[7].".
struct qs_field_place {
    const char *file;
    char name[48];
    const json_t *object;
    struct qs_error *err;
};

// QS_BAD_INPUT with "FILE: PLACE.FIELD: ..."
enum qs_status qs_field_fail(const struct qs_field_place *place, const char *field, const char *format, ...)
    QS_PRINTF(3, 4);

// The same for a field that is missing (value NULL) or of another type than `wanted`, "a string".
enum qs_status qs_field_fail_type(const struct qs_field_place *place, const char *field, const json_t *value,
                                  const char *wanted);
const char *qs_field_type(const json_t *value); // "an object"

// A field that must be there: a string below QS_NAME_MAX bytes (borrowed from the object), a whole number in
// [min, max], true or false, an object. Outputs change only on success.
enum qs_status qs_field_string(const struct qs_field_place *place, const char *field, const char **out) QS_MUST_USE;
enum qs_status qs_field_whole(const struct qs_field_place *place, const char *field, uint64_t min, uint64_t max,
                              uint64_t *out) QS_MUST_USE;
enum qs_status qs_field_flag(const struct qs_field_place *place, const char *field, bool *out) QS_MUST_USE;
enum qs_status qs_field_enter(const struct qs_field_place *from, const char *field,
                              struct qs_field_place *out) QS_MUST_USE;

// QS_BAD_INPUT where the object has a field that is not one of these names.
enum qs_status qs_field_known(const struct qs_field_place *place, const char *const *names, size_t count) QS_MUST_USE;

#endif
