// The parts of reading a plan file, between read*.c. Internal to src/plan.
#ifndef QS_PLAN_READING_H
#define QS_PLAN_READING_H

#include "plan/field.h"
#include "plan/plan.h"

// Weights of a plan, so that no sum of units overflows: the heaviest rung has less than 2^14 units a weight.
#define QS_PLAN_PARAMS_MAX (UINT64_C(1) << 47)

// What the fields before the modules say.
struct qs_plan_head {
    const char *name, *architecture, *fingerprint;
    uint64_t layers, params;
    struct qs_ladder ladder;
    enum qs_quantizer_kind quantizer;
    enum qs_storage storage;
    struct qs_plan_params method;
};

// One row of the modules.
struct qs_plan_row {
    uint64_t layer, rows, cols;
    uint32_t kind;
    bool counted; // only the number of weights is told
    struct qs_plan_cell cell;
};

// All rows, which the caller frees, also after a failure. kinds: an object from names to indices, which grows in the
// order of their first appearance.
enum qs_status qs_plan_read_rows(const struct qs_field_place *root, const struct qs_plan_head *head, json_t *kinds,
                                 struct qs_plan_row **rows, size_t *count) QS_MUST_USE;

#endif
