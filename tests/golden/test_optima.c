// The knapsack's optima against those of the published MXQ problems, which another solver proved.
//
// Reads QS_SHARED/reference/metrics/MODEL.csv (the costs: fnorm) and QS_SHARED/reference/allocations/mxq-optima.csv
// (the optima). They are printed with 6 decimals: a sum may differ by half of the last one, and by 1e-9 of itself.
#include "../unit/cmocka_all.h"
#include "../unit/plan/knapsack_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 2, OPTIMA = 18 };

static const char *const models[MODELS] = {"Llama-2-7b-hf", "Meta-Llama-3-8B"};

struct model {
    struct knapsack_case made;
    struct qs_hull *hull;
};

static void load_models(struct model loaded[static MODELS])
{
    for (size_t i = 0; i < MODELS; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/reference/metrics/%s.csv", getenv("QS_SHARED"), models[i]);
        if (!knapsack_case_read(path, &loaded[i].made)) {
            fail_msg("%s: cannot be read", path);
        }
        assert_int_equal(loaded[i].made.problem.modules, 224);
        assert_int_equal(qs_hull_make(&loaded[i].made.problem, &loaded[i].hull, NULL), QS_OK);
    }
}

static void check_optimum(const struct model *model, const char *name, double budget, double published)
{
    struct qs_knapsack_solution solution;
    uint64_t capacity = knapsack_case_capacity(&model->made, budget);
    assert_int_equal(qs_knapsack_solve(model->hull, capacity, NULL, &solution, NULL), QS_OK);
    double difference = solution.cost - published;
    if (!solution.proven || !(fabs(difference) <= 0.5e-6 + 1e-9 * published) || solution.weight > capacity ||
        solution.cost - solution.bound > 1e-9 * solution.cost) {
        fail_msg("%s at %.2f: published %.6f, found %.9f, bound %.9f%s, weight %llu of %llu", name, budget, published,
                 solution.cost, solution.bound, solution.proven ? "" : ", unproven",
                 (unsigned long long)solution.weight, (unsigned long long)capacity);
    }
    qs_knapsack_solution_free(&solution);
}

static void published_optima_are_found_and_proven(void **state)
{
    (void)state;
    const char *shared = getenv("QS_SHARED");
    if (!shared || !*shared) {
        print_message("# no QS_SHARED: the published optima are not at hand\n");
        skip();
        return;
    }
    struct model loaded[MODELS];
    load_models(loaded);
    char path[4096];
    snprintf(path, sizeof path, "%s/reference/allocations/mxq-optima.csv", shared);
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("%s: cannot be read", path);
        return;
    }
    char line[512];
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "model,bit_budget,published_fnorm_sum,published_use,optimal_fnorm_sum,optimal_use,gap\n");
    size_t rows = 0;
    while (fgets(line, sizeof line, file)) {
        char name[64];
        double budget = 0;
        double published = 0;
        assert_int_equal(sscanf(line, "%63[^,],%lf,%*f,%*f,%lf", name, &budget, &published), 3);
        size_t model = 0;
        while (model < MODELS && strcmp(models[model], name) != 0) {
            model++;
        }
        assert_true(model < MODELS);
        check_optimum(&loaded[model], name, budget, published);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, OPTIMA);
    for (size_t i = 0; i < MODELS; i++) {
        qs_hull_free(loaded[i].hull);
        knapsack_case_free(&loaded[i].made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_optima_are_found_and_proven),
    };
    return cmocka_run_group_tests_name("golden/optima", tests, NULL, NULL);
}
