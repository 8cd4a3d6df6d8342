// Plan files: see quantscope-plan(5).
#ifndef QS_PLAN_FILE_H
#define QS_PLAN_FILE_H

#include "base/text.h"
#include "plan/plan.h"

enum {
    QS_PLAN_VERSION = 1,
    QS_PLAN_BYTES_MAX = 1 << 30, // of a file that is read
};

// The whole plan as JSON, one module a line, in a fixed order: the same plan gives the same bytes. A failure for want
// of memory is told by out->failed.
void qs_plan_write(const struct qs_plan *plan, struct qs_text *out);

// layer,module,nbits,group_size,memmb: a header and a row for every module; memmb in MiB.
void qs_plan_write_csv(const struct qs_plan *plan, struct qs_text *out);

// The object `method` alone, on one line: the method's name and every parameter that shapes it.
void qs_plan_write_method(const struct qs_plan_params *params, struct qs_text *out);

// QS_BAD_INPUT, naming file and field, where anything is missing, doubled, unknown, of the wrong type, out of range or
// at odds with the rest. *out is freed by qs_plan_free. Its kinds are in the order in which the file first names them.
enum qs_status qs_plan_read(const char *path, struct qs_plan *out, struct qs_error *err) QS_MUST_USE;

// The same of bytes that are at hand; `where` names them in messages.
enum qs_status qs_plan_parse(const char *where, const char *json, size_t size, struct qs_plan *out,
                             struct qs_error *err) QS_MUST_USE;
enum qs_status qs_plan_parse_method(const char *where, const char *json, size_t size, struct qs_plan_params *out,
                                    struct qs_error *err) QS_MUST_USE;

#endif
