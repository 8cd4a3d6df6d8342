// src/plan: plans and their totals, and plans laid over a model.
#include "../cmocka_all.h"
#include "plan_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 6, KINDS = 3 };

// A plan whose cells all differ from their neighbours.
static void make_plan(struct plan_case *made, bool counts, struct qs_plan *out)
{
    plan_case_make(made, LAYERS, KINDS, "hqq", 4);
    if (counts) {
        plan_case_count_only(made);
    }
    plan_case_plan(made, "uniform base=b3g64", NULL, out, NULL);
    for (uint32_t cell = 0; cell < LAYERS * KINDS; cell++) {
        out->cells[cell] = (struct qs_plan_cell){
            .rung = (uint8_t)(cell % 12), .axis = cell % 2, .boosted = cell % 3 == 0, .locked = cell % 5 == 0};
    }
}

// The model with its kinds the other way round.
static void turn_kinds(struct qs_model_info *info)
{
    for (uint32_t kind = 0; kind < KINDS / 2; kind++) {
        uint32_t other = KINDS - 1 - kind;
        char *name = info->kind_names[kind];
        info->kind_names[kind] = info->kind_names[other];
        info->kind_names[other] = name;
        for (uint32_t layer = 0; layer < LAYERS; layer++) {
            struct qs_module_info module = info->modules[layer * KINDS + kind];
            info->modules[layer * KINDS + kind] = info->modules[layer * KINDS + other];
            info->modules[layer * KINDS + other] = module;
        }
    }
}

static void set_text(char **text, const char *to)
{
    free(*text);
    *text = strdup(to);
    assert_non_null(*text);
}

static void kinds_in_another_order_are_remapped(void **state)
{
    (void)state;
    for (int counts = 0; counts < 4; counts++) { // of the plan, of the model, of both
        struct plan_case made;
        struct plan_case other;
        struct qs_plan plan;
        struct qs_plan fitted;
        make_plan(&made, counts & 1, &plan);
        plan_case_make(&other, LAYERS, KINDS, "hqq", 4);
        if (counts & 2) {
            plan_case_count_only(&other);
        }
        turn_kinds(&other.info);
        set_text(&other.info.name, "the other way round");
        assert_int_equal(qs_plan_copy(&fitted, &plan, NULL), QS_OK);
        assert_int_equal(qs_plan_fit(&fitted, &other.info, false, "p", NULL), QS_OK);
        assert_string_equal(fitted.model.name, "the other way round");
        assert_string_equal(fitted.model.format, other.info.format);
        for (uint32_t layer = 0; layer < LAYERS; layer++) {
            for (uint32_t kind = 0; kind < KINDS; kind++) {
                assert_memory_equal(qs_plan_cell(&fitted, layer, KINDS - 1 - kind), qs_plan_cell(&plan, layer, kind),
                                    sizeof(struct qs_plan_cell));
            }
        }
        assert_true(qs_rung_equal(fitted.base, plan.base) && qs_plan_params_equal(&fitted.params, &plan.params));
        qs_plan_free(&fitted);
        qs_plan_free(&plan);
        plan_case_free(&other);
        plan_case_free(&made);
    }
}

// What is changed in the model, whether any_model helps, and what the message says.
enum change { PRINT, NO_PRINT, NO_OWN_PRINT, TURNED_SHAPE, OTHER_SHAPE, KIND, MISSING, MORE, LAYER, CHANGES };

static const struct {
    bool fits, fits_any;
    const char *says;
} expected[CHANGES] = {
    [PRINT] = {false, true, "--any-model"},
    [NO_PRINT] = {true, true, ""},
    [NO_OWN_PRINT] = {true, true, ""},
    [TURNED_SHAPE] = {false, false, "its layer 2, self_attn.k_proj, is 64 x 128, that of other 128 x 64"},
    [OTHER_SHAPE] = {false, false, "its layer 2, self_attn.k_proj, is 64 x 128, that of other 64 x 129"},
    [KIND] = {false, false, "other has no self_attn.k_proj"},
    [MISSING] = {false, false, "layer 2, self_attn.k_proj"},
    [MORE] = {false, false, "6 layers of 3 module kinds, where other has 6 of 4"},
    [LAYER] = {false, false, "6 layers of 3 module kinds, where other has 7 of 3"},
};

static void change_model(enum change change, struct qs_plan *plan, struct plan_case *other)
{
    struct qs_module_info *module = &other->info.modules[2 * KINDS + 1];
    uint64_t rows = module->rows;
    switch (change) {
    case PRINT:
        other->info.fingerprint[0] = 'f';
        break;
    case NO_PRINT:
        other->info.fingerprint[0] = '\0';
        break;
    case NO_OWN_PRINT:
        plan->model.fingerprint[0] = '\0';
        break;
    case TURNED_SHAPE:
        module->rows = module->cols;
        module->cols = rows;
        break;
    case OTHER_SHAPE:
        module->cols++;
        break;
    case KIND:
        set_text(&other->info.kind_names[1], "self_attn.x_proj");
        break;
    case MISSING:
        plan_case_remove(other, 2, 1);
        break;
    case MORE:
    case LAYER:
    case CHANGES:
        break;
    }
}

static void other_models_are_refused(void **state)
{
    (void)state;
    for (int change = 0; change < CHANGES; change++) {
        for (int any = 0; any < 2; any++) {
            struct plan_case made;
            struct plan_case other;
            struct qs_plan plan;
            struct qs_plan kept;
            struct qs_error err = {0};
            make_plan(&made, false, &plan);
            plan_case_make(&other, LAYERS + (change == LAYER), KINDS + (change == MORE), "hqq", 4);
            change_model((enum change)change, &plan, &other);
            set_text(&other.info.name, "other");
            assert_int_equal(qs_plan_copy(&kept, &plan, NULL), QS_OK);
            bool fits = any ? expected[change].fits_any : expected[change].fits;
            enum qs_status status = qs_plan_fit(&plan, &other.info, any, "a/plan.json", &err);
            assert_int_equal(status, fits ? QS_OK : QS_BAD_INPUT);
            assert_true(qs_plan_same_cells(&plan, &kept));
            assert_string_equal(plan.model.name, fits ? "other" : "case");
            if (!fits && (strncmp(err.text, "a/plan.json: ", 13) != 0 || !strstr(err.text, expected[change].says))) {
                fail_msg("\"%s\" does not say \"%s\"", err.text, expected[change].says);
            }
            qs_plan_free(&kept);
            qs_plan_free(&plan);
            plan_case_free(&other);
            plan_case_free(&made);
        }
    }
}

// Where one of them knows no more than numbers of weights, those count.
static void counts_fit_shapes(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct plan_case made;
        struct plan_case other;
        struct qs_plan plan;
        struct qs_error err = {0};
        make_plan(&made, side == 0, &plan);
        plan_case_make(&other, LAYERS, KINDS, "hqq", 4);
        other.info.modules[7].rows = 128;
        other.info.modules[7].cols = 64;
        if (side == 1) {
            plan_case_count_only(&other);
        }
        assert_int_equal(qs_plan_fit(&plan, &other.info, false, "p", NULL), QS_OK);
        assert_int_equal(qs_module_params(&plan.model, 2, 1), 8192);
        qs_plan_free(&plan);
        plan_case_free(&made);
        make_plan(&made, side == 0, &plan);
        other.info.modules[7].rows++;
        assert_int_equal(qs_plan_fit(&plan, &other.info, true, "p", &err), QS_BAD_INPUT);
        assert_non_null(strstr(err.text, side == 0 ? "is of 8192 weights" : "that of case of 8193 weights"));
        qs_plan_free(&plan);
        plan_case_free(&other);
        plan_case_free(&made);
    }
}

// Units are exact; bytes are rounded up once, over the whole plan.
static void bytes_are_rounded_up_over_the_whole_plan(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan_totals totals;
    plan_case_make(&made, 1, 2, "b3g64,b4g64", 1);
    for (int cell = 0; cell < 2; cell++) {
        made.info.modules[cell].rows = 1;
        made.info.modules[cell].cols = 64;
    }
    plan_case_plan(&made, "uniform base=b3g64", NULL, &plan, NULL);
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.units, 2 * 64 * 3332); // 26.03 bytes each
    assert_int_equal(totals.bytes, 53);
    plan.cells[1].rung = 1; // and 34.03
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.bytes, 61);
    assert_int_equal(totals.base_bytes, 53);
    assert_true(totals.bits_per_weight == 3.75390625);
    assert_true(totals.memory_increase == 64 * 1024 / (2 * 64 * 3332.0));
    plan.storage = QS_STORAGE_FP16; // half a bit a weight
    qs_plan_totals(&plan, &totals);
    assert_int_equal(totals.bytes, 64);
    assert_int_equal(totals.base_bytes, 56);
    qs_plan_free(&plan);
    plan_case_free(&made);
}

static void cells_are_the_same_or_not(void **state)
{
    (void)state;
    struct plan_case made;
    struct qs_plan plan;
    struct qs_plan copy;
    make_plan(&made, false, &plan);
    assert_int_equal(qs_plan_copy(&copy, &plan, NULL), QS_OK);
    assert_true(qs_plan_same_cells(&plan, &copy));
    for (int change = 0; change < 5; change++) {
        struct qs_plan_cell *cell = &copy.cells[8];
        struct qs_plan_cell kept = *cell;
        cell->rung = (uint8_t)(change == 0 ? 2 : change == 1 ? QS_PLAN_NO_RUNG : cell->rung);
        cell->axis ^= change == 2;
        cell->boosted ^= change == 3;
        cell->locked ^= change == 4;
        assert_false(qs_plan_same_cells(&plan, &copy));
        *cell = kept;
    }
    memmove(&copy.ladder.rungs[1], &copy.ladder.rungs[0], 12 * sizeof copy.ladder.rungs[0]); // another index, same rung
    copy.ladder.rungs[0] = (struct qs_rung){1, 64};
    copy.ladder.count++;
    for (uint32_t cell = 0; cell < LAYERS * KINDS; cell++) {
        copy.cells[cell].rung++;
    }
    assert_true(qs_plan_same_cells(&plan, &copy));
    copy.ladder.rungs[5].bits = 5;
    assert_false(qs_plan_same_cells(&plan, &copy));
    qs_plan_free(&copy);
    qs_plan_free(&plan);
    qs_plan_free(NULL);
    plan_case_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_in_another_order_are_remapped),
        cmocka_unit_test(other_models_are_refused),
        cmocka_unit_test(counts_fit_shapes),
        cmocka_unit_test(bytes_are_rounded_up_over_the_whole_plan),
        cmocka_unit_test(cells_are_the_same_or_not),
    };
    return cmocka_run_group_tests_name("plan/fit", tests, NULL, NULL);
}
