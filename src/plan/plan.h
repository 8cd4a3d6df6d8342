// A plan: a rung of a ladder for every module of a model.
#ifndef QS_PLAN_PLAN_H
#define QS_PLAN_PLAN_H

#include "model/info.h"
#include "plan/method.h"
#include "quant/ladder.h"
#include "quant/quantizer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QS_PLAN_NO_RUNG = 255 }; // of a cell without a module

struct qs_plan_cell { // one module
    uint8_t rung;     // index in the plan's ladder; QS_PLAN_NO_RUNG: there is no such module
    uint8_t axis;     // of the groups, 0 or 1
    bool boosted;     // above the base rung because the method chose it for that
    bool locked;      // set by hand
};

struct qs_plan {
    struct qs_model_info model; // name, architecture, fingerprint, modules' rows and cols; owned. See "counts" below
    struct qs_ladder ladder;
    enum qs_quantizer_kind quantizer;
    enum qs_storage storage;
    struct qs_plan_params params;
    struct qs_rung base;        // what it is compared with: the method's base, else the rung that the budget names
    struct qs_plan_cell *cells; // [layers][kinds]
};

// Where only numbers of weights are known of a model, its modules have rows = that number and cols = 1.

// A plan of this model without any choice yet: every module at rung 0, axis 0. The model is copied.
enum qs_status qs_plan_init(struct qs_plan *plan, const struct qs_model_info *model, const struct qs_ladder *ladder,
                            struct qs_error *err) QS_MUST_USE;
enum qs_status qs_plan_copy(struct qs_plan *to, const struct qs_plan *from, struct qs_error *err) QS_MUST_USE;
void qs_plan_free(struct qs_plan *plan); // zeroes it; NULL is fine

struct qs_plan_cell *qs_plan_cell(const struct qs_plan *plan, uint32_t layer, uint32_t kind);
struct qs_rung qs_plan_rung(const struct qs_plan *plan, uint32_t layer, uint32_t kind); // of a module that is there

// Weights of one module; 0 where there is none. Of all.
uint64_t qs_module_params(const struct qs_model_info *model, uint32_t layer, uint32_t kind);
uint64_t qs_modules_params(const struct qs_model_info *model);

struct qs_plan_totals {
    uint64_t modules;
    uint64_t params;
    uint64_t units;      // 2^-10 bit, exact
    uint64_t base_units; // of every module at the base rung
    uint64_t bytes;      // units rounded up over the whole plan
    uint64_t base_bytes;
    double bits_per_weight;
    double memory_increase; // (units - base units) / base units
    uint64_t boosted;       // modules
    uint64_t locked;
};
void qs_plan_totals(const struct qs_plan *plan, struct qs_plan_totals *out);

// What a plan under a budget is compared with: the rung that the budget names ("b3g64", "b3g64+2%", "3.25"), else the
// largest whose uniform plan of so many weights takes no more than these units.
struct qs_rung qs_plan_budget_base(const struct qs_ladder *ladder, enum qs_storage storage, uint64_t params,
                                   const char *budget, uint64_t units);

// QS_USAGE where a quantizer has no plans on this ladder, along this axis, in this storage: nf4 has 4 bits, axis 1, and
// one float32 scale for each block, which is what fp16 counts for scale and zero.
enum qs_status qs_plan_check_quantizer(enum qs_quantizer_kind quantizer, const struct qs_ladder *ladder, uint32_t axis,
                                       enum qs_storage storage, struct qs_error *err) QS_MUST_USE;

// Sets plan->base from its parameters: the method's base, or that of the budget. False where it is none of the ladder.
bool qs_plan_find_base(struct qs_plan *plan);

// Whether the same modules have the same rungs, axes and marks on the same ladder.
bool qs_plan_same_cells(const struct qs_plan *a, const struct qs_plan *b);

// Whether they are also made by the same parameters for the same quantizer and storage: they are written alike.
bool qs_plan_same(const struct qs_plan *a, const struct qs_plan *b);

// Lays the plan over a model: its cells in the order of the model's kinds, its description the model's. QS_BAD_INPUT,
// naming `where` (the plan's file) and the first difference, unless it fits: modules of the same names and shapes
// (numbers of weights, where only those are known of either), and, unless any_model, no other fingerprint.
enum qs_status qs_plan_fit(struct qs_plan *plan, const struct qs_model_info *model, bool any_model, const char *where,
                           struct qs_error *err) QS_MUST_USE;

#endif
