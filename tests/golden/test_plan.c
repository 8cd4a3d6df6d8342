// Plans against those that the method's authors published.
//
// boost.csv: every rung and every size of their SensiBoost and KurtBoost plans, as the rows of a plan's own csv, to the
// last digit. mxq-optima.csv: the least sums of fnorm under their budgets, which another solver proved. Those are
// printed with 6 decimals: a sum may differ by half of the last one, and by 1e-9 of itself.
//
// Reads QS_SHARED/reference/metrics/MODEL.csv, allocations/boost.csv and allocations/mxq-optima.csv.
#include "../unit/cmocka_all.h"
#include "plan/allocate.h"
#include "plan/file.h"
#include "published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MODELS = PUBLISHED_MODELS,
    KINDS = PUBLISHED_KINDS,
    LAYERS = PUBLISHED_LAYERS,
    MODULES = LAYERS * KINDS,
    ROW_MAX = 128,
    OPTIMA = 18,
};

// A model known from its metrics only, as imported ones are.
struct model {
    struct published_metrics metrics;
    struct qs_model_info info;
    struct qs_source_curves curves[2];
    struct qs_source source;
};

static void make_model(size_t index, struct model *out)
{
    published_load(index, &out->metrics);
    assert_int_equal(qs_model_info_init(&out->info, LAYERS, KINDS, published_kinds, NULL), QS_OK);
    free(out->info.name);
    out->info.name = strdup(published_models[index]);
    for (size_t cell = 0; cell < MODULES; cell++) {
        out->info.modules[cell].rows = out->metrics.params[cell / KINDS][cell % KINDS];
        out->info.modules[cell].cols = 1;
    }
    out->curves[0] = (struct qs_source_curves){"kurtosis", out->metrics.kurtosis[0], QS_DIFFERENCE_STEP};
    out->curves[1] = (struct qs_source_curves){"sensitivity", out->metrics.sensitivity[0], QS_DIFFERENCE_RATIO};
    out->source = (struct qs_source){
        .model = &out->info,
        .ladder = qs_ladder_hqq,
        .quantizer = QS_QUANTIZER_HQQ,
        .storage = QS_STORAGE_META8,
        .curves = out->curves,
        .curve_count = 2,
        .fnorm = out->metrics.fnorm[0][0],
    };
}

static void set(struct qs_plan_params *params, enum qs_plan_param param, const char *text)
{
    struct qs_error err = {0};
    if (qs_plan_param_parse(params, param, text, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
}

// The rows of a plan's csv, by layer and kind.
static void make_rows(const struct qs_plan *plan, char rows[static MODULES][ROW_MAX])
{
    struct qs_text csv = {0};
    qs_plan_write_csv(plan, &csv);
    const char *at = strchr(qs_text_chars(&csv), '\n') + 1;
    for (size_t row = 0; row < MODULES; row++) {
        size_t length = strcspn(at, "\n");
        assert_true(at[length] == '\n' && length < ROW_MAX);
        memcpy(rows[row], at, length);
        rows[row][length] = '\0';
        at += length + 1;
    }
    assert_string_equal(at, "");
    qs_text_free(&csv);
}

// The plan that the first five fields of boost.csv name.
static void make_boost(const struct model *model, char *fields[static 5], struct qs_plan *out)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    struct qs_error err = {0};
    set(&params, QS_PLAN_METHOD, fields[1]);
    set(&params, QS_PLAN_BOOST_STOP, fields[2]);
    set(&params, QS_PLAN_TOP_M, fields[3]);
    set(&params, QS_PLAN_BASE, fields[4]);
    if (qs_plan_make(&model->source, &params, NULL, NULL, out, NULL, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
}

// The cell's own numbers, apart from what the csv makes of them.
static void check_cell(const struct qs_plan *plan, uint32_t layer, uint32_t kind, char *fields[static 10])
{
    struct qs_rung rung = qs_plan_rung(plan, layer, kind);
    assert_int_equal(rung.bits, strtoul(fields[7], NULL, 10));
    assert_int_equal(rung.group_size, strtoul(fields[8], NULL, 10));
    double mib = qs_rung_bpw(rung, plan->storage) * (double)qs_module_params(&plan->model, layer, kind) / 8 / 0x1p20;
    assert_true(mib == strtod(fields[9], NULL)); // all are binary fractions: no tolerance
}

// Compares every row of one method; returns how many there were.
static size_t compare_boosts(const char *method, size_t *out_plans)
{
    static struct model models[MODELS];
    static char rows[MODULES][ROW_MAX];
    char name[ROW_MAX] = "";
    struct qs_plan plan = {0};
    size_t count = 0;
    for (size_t model = 0; model < MODELS; model++) {
        make_model(model, &models[model]);
    }
    FILE *file = published_open("allocations/boost.csv",
                                "model,method,boost_stop,top_m,bit_budget,layer,module,nbits,group_size,memmb");
    char line[512];
    char *fields[PUBLISHED_FIELDS_MAX];
    *out_plans = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(published_split(line, fields), 10);
        if (strcmp(fields[1], method) != 0) {
            continue;
        }
        char next[ROW_MAX];
        snprintf(next, sizeof next, "%s %s stop %s top-m %s at %s", fields[0], method, fields[2], fields[3], fields[4]);
        if (strcmp(next, name) != 0) {
            qs_plan_free(&plan);
            make_boost(&models[published_index(published_models, MODELS, fields[0])], fields, &plan);
            make_rows(&plan, rows);
            memcpy(name, next, sizeof name);
            ++*out_plans;
        }
        uint32_t layer = (uint32_t)strtoul(fields[5], NULL, 10);
        uint32_t kind = (uint32_t)published_index(published_kinds, KINDS, fields[6]);
        char want[ROW_MAX];
        snprintf(want, sizeof want, "%s,%s,%s,%s,%s", fields[5], fields[6], fields[7], fields[8], fields[9]);
        if (strcmp(rows[layer * KINDS + kind], want) != 0) {
            fail_msg("%s: published %s, planned %s", name, want, rows[layer * KINDS + kind]);
        }
        check_cell(&plan, layer, kind, fields);
        count++;
    }
    fclose(file);
    qs_plan_free(&plan);
    for (size_t model = 0; model < MODELS; model++) {
        qs_model_info_free(&models[model].info);
    }
    return count;
}

// Plans per method: 2 models x 6 budgets x 2 stops x 4 top-m, of 224 modules.
static void kurtboost_gives_the_published_plans(void **state)
{
    (void)state;
    if (!published_here()) {
        skip();
    }
    size_t plans;
    size_t rows = compare_boosts("kurtboost", &plans);
    print_message("# kurtboost: %zu rows of %zu plans compared\n", rows, plans);
    assert_int_equal(rows, 96 * 224);
    assert_int_equal(plans, 96);
}

static void sensiboost_gives_the_published_plans(void **state)
{
    (void)state;
    if (!published_here()) {
        skip();
    }
    size_t plans;
    size_t rows = compare_boosts("sensiboost", &plans);
    print_message("# sensiboost: %zu rows of %zu plans compared\n", rows, plans);
    assert_int_equal(rows, 95 * 224); // one published plan belongs to another experiment and is not in the file
    assert_int_equal(plans, 95);
}

// The sum of fnorm over a plan's cells, in module order.
static double sum_of(const struct model *model, const struct qs_plan *plan)
{
    double sum = 0;
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        for (uint32_t kind = 0; kind < KINDS; kind++) {
            sum += model->metrics.fnorm[layer][kind][qs_plan_cell(plan, layer, kind)->rung];
        }
    }
    return sum;
}

static void check_optimum(const struct model *model, const char *budget, double published)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    struct qs_plan plan;
    struct qs_plan_report report;
    struct qs_plan_totals totals;
    struct qs_error err = {0};
    set(&params, QS_PLAN_METHOD, "mxq");
    set(&params, QS_PLAN_BUDGET, budget);
    if (qs_plan_make(&model->source, &params, NULL, NULL, &plan, &report, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_plan_totals(&plan, &totals);
    double sum = sum_of(model, &plan);
    assert_true(report.proven);
    assert_int_equal(report.objective, QS_OBJECTIVE_FNORM);
    assert_true(sum == report.cost); // the same sum in the same order
    if (!(fabs(sum - published) <= 0.5e-6 + 1e-9 * published)) {
        fail_msg("%s at %s: published %.6f, planned %.9f", model->info.name, budget, published, sum);
    }
    // The decimal budget, exactly: hundredths of a bit a weight.
    uint64_t hundredths = (uint64_t)lround(strtod(budget, NULL) * 100);
    assert_true(totals.units * 100 <= hundredths * QS_UNITS_PER_BIT * totals.params);
    assert_true(report.capacity_units == hundredths * QS_UNITS_PER_BIT * totals.params / 100);
    assert_string_equal(qs_text_chars(&report.notes), "");
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
}

static void mxq_reaches_the_published_optima(void **state)
{
    (void)state;
    static struct model models[MODELS];
    if (!published_here()) {
        skip();
    }
    for (size_t model = 0; model < MODELS; model++) {
        make_model(model, &models[model]);
    }
    FILE *file = published_open("allocations/mxq-optima.csv",
                                "model,bit_budget,published_fnorm_sum,published_use,optimal_fnorm_sum,optimal_use,gap");
    char line[512];
    char *fields[PUBLISHED_FIELDS_MAX];
    size_t rows = 0;
    for (; fgets(line, sizeof line, file); rows++) {
        assert_int_equal(published_split(line, fields), 7);
        check_optimum(&models[published_index(published_models, MODELS, fields[0])], fields[1],
                      strtod(fields[4], NULL));
    }
    fclose(file);
    print_message("# mxq: %zu optima reached and proven\n", rows);
    assert_int_equal(rows, OPTIMA);
    for (size_t model = 0; model < MODELS; model++) {
        qs_model_info_free(&models[model].info);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kurtboost_gives_the_published_plans),
        cmocka_unit_test(sensiboost_gives_the_published_plans),
        cmocka_unit_test(mxq_reaches_the_published_optima),
    };
    return cmocka_run_group_tests_name("golden/plan", tests, NULL, NULL);
}
