// Plans: see plan.h.
#include "plan/plan.h"

#include "plan/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum qs_status qs_plan_init(struct qs_plan *plan, const struct qs_model_info *model, const struct qs_ladder *ladder,
                            struct qs_error *err)
{
    struct qs_plan made = {.ladder = *ladder, .params = qs_plan_params_defaults, .base = ladder->rungs[0]};
    enum qs_status status = qs_model_info_copy(&made.model, model, err);
    if (status != QS_OK) {
        return status;
    }
    size_t cells = (size_t)model->layers * model->kinds;
    made.cells = calloc(cells ? cells : 1, sizeof *made.cells);
    if (!made.cells) {
        qs_plan_free(&made);
        return qs_fail_memory(err, "a plan", cells * sizeof *made.cells);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        if (model->modules[cell].rows == 0) {
            made.cells[cell].rung = QS_PLAN_NO_RUNG;
        }
    }
    *plan = made;
    return QS_OK;
}

enum qs_status qs_plan_copy(struct qs_plan *to, const struct qs_plan *from, struct qs_error *err)
{
    struct qs_plan made;
    enum qs_status status = qs_plan_init(&made, &from->model, &from->ladder, err);
    if (status != QS_OK) {
        return status;
    }
    made.quantizer = from->quantizer;
    made.storage = from->storage;
    made.params = from->params;
    made.base = from->base;
    memcpy(made.cells, from->cells, (size_t)from->model.layers * from->model.kinds * sizeof *made.cells);
    *to = made;
    return QS_OK;
}

void qs_plan_free(struct qs_plan *plan)
{
    if (plan) {
        qs_model_info_free(&plan->model);
        free(plan->cells);
        *plan = (struct qs_plan){0};
    }
}

struct qs_plan_cell *qs_plan_cell(const struct qs_plan *plan, uint32_t layer, uint32_t kind)
{
    return &plan->cells[(size_t)layer * plan->model.kinds + kind];
}

struct qs_rung qs_plan_rung(const struct qs_plan *plan, uint32_t layer, uint32_t kind)
{
    return plan->ladder.rungs[qs_plan_cell(plan, layer, kind)->rung];
}

uint64_t qs_module_params(const struct qs_model_info *model, uint32_t layer, uint32_t kind)
{
    const struct qs_module_info *module = qs_model_info_module(model, layer, kind);
    return module->rows * module->cols;
}

uint64_t qs_modules_params(const struct qs_model_info *model)
{
    uint64_t params = 0;
    for (size_t cell = 0; cell < (size_t)model->layers * model->kinds; cell++) {
        params += model->modules[cell].rows * model->modules[cell].cols;
    }
    return params;
}

static uint64_t bytes_of(uint64_t units)
{
    return units / QS_UNITS_PER_BYTE + (units % QS_UNITS_PER_BYTE != 0);
}

void qs_plan_totals(const struct qs_plan *plan, struct qs_plan_totals *out)
{
    struct qs_plan_totals totals = {0};
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
            if (cell->rung == QS_PLAN_NO_RUNG) {
                continue;
            }
            uint64_t params = qs_module_params(&plan->model, layer, kind);
            totals.modules++;
            totals.params += params;
            totals.units += params * qs_rung_units(plan->ladder.rungs[cell->rung], plan->storage);
            totals.boosted += cell->boosted;
            totals.locked += cell->locked;
        }
    }
    totals.base_units = totals.params * qs_rung_units(plan->base, plan->storage);
    totals.bytes = bytes_of(totals.units);
    totals.base_bytes = bytes_of(totals.base_units);
    if (totals.params > 0) {
        totals.bits_per_weight = (double)totals.units / QS_UNITS_PER_BIT / (double)totals.params;
        totals.memory_increase = ((double)totals.units - (double)totals.base_units) / (double)totals.base_units;
    }
    *out = totals;
}

struct qs_rung qs_plan_budget_base(const struct qs_ladder *ladder, enum qs_storage storage, uint64_t params,
                                   const char *budget, uint64_t units)
{
    struct qs_budget parsed;
    struct qs_rung base;
    bool good = qs_budget_parse(budget, &parsed, NULL) == QS_OK;
    bool rung = good && (parsed.kind == QS_BUDGET_RUNG || parsed.kind == QS_BUDGET_PERCENT);
    if (rung && qs_ladder_find(ladder, parsed.rung) >= 0) {
        return parsed.rung;
    }
    if (good && parsed.kind == QS_BUDGET_BITS && storage == QS_STORAGE_META8 &&
        qs_budget_base(budget, &base, NULL) == QS_OK && qs_ladder_find(ladder, base) >= 0) {
        return base;
    }
    base = ladder->rungs[0];
    uint64_t most = 0;
    for (size_t i = 0; i < ladder->count; i++) { // by bits of meta8, which need not be the order of this storage
        uint64_t own = qs_rung_units(ladder->rungs[i], storage);
        if (own > most && params * own <= units) {
            most = own;
            base = ladder->rungs[i];
        }
    }
    return base;
}

enum qs_status qs_plan_check_quantizer(enum qs_quantizer_kind quantizer, const struct qs_ladder *ladder, uint32_t axis,
                                       enum qs_storage storage, struct qs_error *err)
{
    bool four = true;
    for (size_t i = 0; i < ladder->count; i++) {
        four = four && ladder->rungs[i].bits == 4;
    }
    if (quantizer == QS_QUANTIZER_NF4 && (!four || axis != 1 || storage != QS_STORAGE_FP16)) {
        return qs_fail(err, QS_USAGE,
                       "nf4 has 4 bits, groups along axis 1 and one float32 scale for each: a ladder such as "
                       "b4g128,b4g64, axis 1, storage fp16");
    }
    return QS_OK;
}

bool qs_plan_find_base(struct qs_plan *plan)
{
    plan->base = plan->params.base;
    if (qs_method_solves(plan->params.method)) { // by the budget as when it was made, not by what the modules come to
        struct qs_budget budget;
        uint64_t params = qs_modules_params(&plan->model);
        bool good = qs_budget_parse(plan->params.budget, &budget, NULL) == QS_OK;
        uint64_t capacity = good ? qs_budget_capacity(&budget, params, plan->storage) : 0;
        plan->base = qs_plan_budget_base(&plan->ladder, plan->storage, params, plan->params.budget, capacity);
    }
    return qs_ladder_find(&plan->ladder, plan->base) >= 0;
}

bool qs_plan_same_cells(const struct qs_plan *a, const struct qs_plan *b)
{
    if (a->model.layers != b->model.layers || a->model.kinds != b->model.kinds) {
        return false;
    }
    for (size_t i = 0; i < (size_t)a->model.layers * a->model.kinds; i++) {
        const struct qs_plan_cell *x = &a->cells[i];
        const struct qs_plan_cell *y = &b->cells[i];
        bool there = x->rung != QS_PLAN_NO_RUNG;
        if (there != (y->rung != QS_PLAN_NO_RUNG) || x->axis != y->axis || x->boosted != y->boosted ||
            x->locked != y->locked || (there && !qs_rung_equal(a->ladder.rungs[x->rung], b->ladder.rungs[y->rung]))) {
            return false;
        }
    }
    return true;
}

bool qs_plan_same(const struct qs_plan *a, const struct qs_plan *b)
{
    return a->quantizer == b->quantizer && a->storage == b->storage && qs_plan_params_equal(&a->params, &b->params) &&
           qs_ladder_equal(&a->ladder, &b->ladder) && qs_plan_same_cells(a, b);
}

// Whether two modules can be the same; counts are all that is known where a model has no format.
static bool same_shape(const struct qs_model_info *a, const struct qs_module_info *x, const struct qs_model_info *b,
                       const struct qs_module_info *y)
{
    bool counts = !a->format[0] || !b->format[0];
    return counts ? x->rows * x->cols == y->rows * y->cols : x->rows == y->rows && x->cols == y->cols;
}

static void shape_text(const struct qs_model_info *model, const struct qs_module_info *module, char *out, size_t size)
{
    if (model->format[0]) {
        snprintf(out, size, "%llu x %llu", (unsigned long long)module->rows, (unsigned long long)module->cols);
    } else {
        snprintf(out, size, "of %llu weights", (unsigned long long)(module->rows * module->cols));
    }
}

// Begins where it most likely is.
static int find_kind(const struct qs_model_info *model, const char *name, uint32_t guess)
{
    if (guess < model->kinds && strcmp(model->kind_names[guess], name) == 0) {
        return (int)guess;
    }
    for (uint32_t kind = 0; kind < model->kinds; kind++) {
        if (strcmp(model->kind_names[kind], name) == 0) {
            return (int)kind;
        }
    }
    return -1;
}

static enum qs_status check_names(const struct qs_model_info *own, const struct qs_model_info *model, bool any_model,
                                  const char *where, struct qs_error *err)
{
    if (!any_model && own->fingerprint[0] && model->fingerprint[0] &&
        strcmp(own->fingerprint, model->fingerprint) != 0) {
        return qs_fail(
            err, QS_BAD_INPUT,
            "%s: is a plan of another model: %s, fingerprint %s, where %s has %s; --any-model (:read!) applies "
            "it all the same, where all modules fit",
            where, own->name, own->fingerprint, model->name, model->fingerprint);
    }
    for (uint32_t kind = 0; kind < own->kinds; kind++) {
        if (find_kind(model, own->kind_names[kind], kind) < 0) {
            return qs_fail(err, QS_BAD_INPUT, "%s: is a plan of another model: %s has no %s", where, model->name,
                           own->kind_names[kind]);
        }
    }
    if (own->layers != model->layers || own->kinds != model->kinds) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: is a plan of another model: of %u layers of %u module kinds, where %s has %u of %u", where,
                       own->layers, own->kinds, model->name, model->layers, model->kinds);
    }
    return QS_OK;
}

// One kind of the plan's into the fitted cells.
static enum qs_status fit_kind(const struct qs_plan *plan, uint32_t kind, const struct qs_plan *fitted,
                               const char *where, struct qs_error *err)
{
    const struct qs_model_info *own = &plan->model;
    const struct qs_model_info *model = &fitted->model;
    int to = find_kind(model, own->kind_names[kind], kind); // check_names has found it
    for (uint32_t layer = 0; layer < own->layers; layer++) {
        const struct qs_module_info *mine = qs_model_info_module(own, layer, kind);
        const struct qs_module_info *theirs = qs_model_info_module(model, layer, (uint32_t)to);
        if (!same_shape(own, mine, model, theirs)) {
            char texts[2][64];
            shape_text(own, mine, texts[0], sizeof texts[0]);
            shape_text(model, theirs, texts[1], sizeof texts[1]);
            return qs_fail(err, QS_BAD_INPUT, "%s: is a plan of another model: its layer %u, %s, is %s, that of %s %s",
                           where, layer, own->kind_names[kind], texts[0], model->name, texts[1]);
        }
        *qs_plan_cell(fitted, layer, (uint32_t)to) = *qs_plan_cell(plan, layer, kind);
    }
    return QS_OK;
}

enum qs_status qs_plan_fit(struct qs_plan *plan, const struct qs_model_info *model, bool any_model, const char *where,
                           struct qs_error *err)
{
    struct qs_plan fitted;
    enum qs_status status = check_names(&plan->model, model, any_model, where, err);
    if (status != QS_OK) {
        return status;
    }
    status = qs_plan_init(&fitted, model, &plan->ladder, err);
    if (status != QS_OK) {
        return status;
    }
    for (uint32_t kind = 0; status == QS_OK && kind < plan->model.kinds; kind++) {
        status = fit_kind(plan, kind, &fitted, where, err);
    }
    if (status != QS_OK) {
        qs_plan_free(&fitted);
        return status;
    }
    struct qs_plan_cell *cells = fitted.cells;
    fitted.cells = plan->cells;
    plan->cells = cells;
    struct qs_model_info info = fitted.model;
    fitted.model = plan->model;
    plan->model = info;
    qs_plan_free(&fitted);
    return QS_OK;
}
