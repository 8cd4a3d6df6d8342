// Detection against the allocations that the method's authors published: a module is boosted in their plans exactly
// where detection at z = 3, trim = 0.05 selects its layer, for every budget, stop and top-m. No tolerance: a layer is
// selected or not.
//
// Reads QS_SHARED/reference/metrics/MODEL.csv (curves) and QS_SHARED/reference/allocations/boost.csv (plans).
#include "../unit/cmocka_all.h"
#include "plan/detect.h"
#include "published.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = PUBLISHED_MODELS, KINDS = PUBLISHED_KINDS, LAYERS = PUBLISHED_LAYERS, RUNGS = PUBLISHED_RUNGS };

static bool is_selected(const struct qs_detection *detection, uint32_t layer)
{
    for (uint32_t i = 0; i < detection->count; i++) {
        if (detection->detected[i].layer == layer) {
            return true;
        }
    }
    return false;
}

// Compares every row of one method; returns how many there were.
static size_t compare(const char *method, enum qs_difference difference, size_t *out_boosted)
{
    static struct published_metrics metrics[MODELS];
    static struct qs_detection found[MODELS][KINDS][4];
    for (size_t model = 0; model < MODELS; model++) {
        published_load(model, &metrics[model]);
        for (size_t kind = 0; kind < KINDS; kind++) {
            const double *curve =
                difference == QS_DIFFERENCE_STEP ? metrics[model].kurtosis[kind] : metrics[model].sensitivity[kind];
            for (uint32_t top_m = 0; top_m < 4; top_m++) {
                struct qs_detect_params params = qs_detect_defaults;
                params.difference = difference;
                params.top_m = top_m;
                assert_int_equal(qs_detect(curve, LAYERS, &params, &found[model][kind][top_m], NULL), QS_OK);
            }
        }
    }
    FILE *file = published_open("allocations/boost.csv",
                                "model,method,boost_stop,top_m,bit_budget,layer,module,nbits,group_size,memmb");
    char line[512];
    char *fields[PUBLISHED_FIELDS_MAX];
    size_t rows = 0;
    *out_boosted = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(published_split(line, fields), 10);
        if (strcmp(fields[1], method) != 0) {
            continue;
        }
        char config[32];
        snprintf(config, sizeof config, "%s,%s", fields[7], fields[8]);
        size_t base = published_index(published_budgets, RUNGS, fields[4]);
        size_t boosted = base + strtoul(fields[2], NULL, 10);
        size_t top_m = strtoul(fields[3], NULL, 10);
        assert_true(top_m < 4);
        const struct qs_detection *detection = &found[published_index(published_models, MODELS, fields[0])]
                                                     [published_index(published_kinds, KINDS, fields[6])][top_m];
        bool selected = is_selected(detection, (uint32_t)strtoul(fields[5], NULL, 10));
        size_t want = !selected ? base : boosted < RUNGS ? boosted : RUNGS - 1; // clamped to the top of the ladder
        if (published_index(published_rungs, RUNGS, config) != want) {
            fail_msg("%s %s stop %s top-m %s budget %s: layer %s %s is published at %s, detection says %s", fields[0],
                     method, fields[2], fields[3], fields[4], fields[5], fields[6], config, published_rungs[want]);
        }
        rows++;
        *out_boosted += selected;
    }
    fclose(file);
    for (size_t model = 0; model < MODELS; model++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            for (size_t top_m = 0; top_m < 4; top_m++) {
                qs_detection_free(&found[model][kind][top_m]);
            }
        }
    }
    return rows;
}

// Plans per method: 2 models x 6 budgets x 2 stops x 4 top-m, of 224 modules.
static void kurtboost_boosts_what_is_detected(void **state)
{
    (void)state;
    if (!published_here()) {
        skip();
    }
    size_t boosted = 0;
    size_t rows = compare("kurtboost", QS_DIFFERENCE_STEP, &boosted);
    print_message("# kurtboost: %zu rows compared, %zu of them boosted\n", rows, boosted);
    assert_int_equal(rows, 96 * 224);
    assert_true(boosted > 0);
}

static void sensiboost_boosts_what_is_detected(void **state)
{
    (void)state;
    if (!published_here()) {
        skip();
    }
    size_t boosted = 0;
    size_t rows = compare("sensiboost", QS_DIFFERENCE_RATIO, &boosted);
    print_message("# sensiboost: %zu rows compared, %zu of them boosted\n", rows, boosted);
    assert_int_equal(rows, 95 * 224); // one published plan belongs to another experiment and is not in the file
    assert_true(boosted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kurtboost_boosts_what_is_detected),
        cmocka_unit_test(sensiboost_boosts_what_is_detected),
    };
    return cmocka_run_group_tests_name("golden/detect", tests, NULL, NULL);
}
