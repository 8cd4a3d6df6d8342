// Detection against the allocations that the method's authors published: a module is boosted in their plans exactly
// where detection at z = 3, trim = 0.05 selects its layer, for every budget, stop and top-m. No tolerance: a layer is
// selected or not.
//
// Reads QS_SHARED/reference/metrics/MODEL.csv (curves) and QS_SHARED/reference/allocations/boost.csv (plans).
#include "../unit/cmocka_all.h"
#include "plan/detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS = 2, KINDS = 7, LAYERS = 32, RUNGS = 12, FIELDS_MAX = 16 };

static const char *const models[MODELS] = {"Llama-2-7b-hf", "Meta-Llama-3-8B"};
static const char *const kinds[KINDS] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                         "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"};
static const char *const rungs[RUNGS] = {"2,128", "2,64", "2,32", "3,128", "3,64", "3,32",
                                         "4,128", "4,64", "4,32", "8,128", "8,64", "8,32"};
static const char *const budgets[RUNGS] = {"2.13", "2.25", "2.51", "3.13", "3.25", "3.51",
                                           "4.13", "4.25", "4.51", "8.13", "8.25", "8.51"};

struct curves {
    double values[MODELS][KINDS][LAYERS];
};

static size_t index_of(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    fail_msg("unexpected '%s'", name);
    return 0;
}

static size_t split(char *line, char *fields[static FIELDS_MAX])
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; count < FIELDS_MAX; at++) {
        fields[count++] = at;
        at += strcspn(at, ",");
        if (!*at) {
            break;
        }
        *at = '\0';
    }
    return count;
}

static FILE *open_table(const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reference/%s", getenv("QS_SHARED"), name);
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("%s: cannot be read", path);
        return NULL;
    }
    char line[512];
    assert_non_null(fgets(line, sizeof line, file));
    line[strcspn(line, "\r\n")] = '\0';
    assert_string_equal(line, header);
    return file;
}

// The kurtosis or sensitivity at b4g64.
static void load_curves(const char *metric, struct curves *out)
{
    size_t column = strcmp(metric, "kurtosis") == 0 ? 9 : 10;
    for (size_t model = 0; model < MODELS; model++) {
        char name[64];
        snprintf(name, sizeof name, "metrics/%s.csv", models[model]);
        FILE *file =
            open_table(name, "layer,module,nbit1,gsize1,nbit2,gsize2,fnorm,memmb,params,kurtosis,sensitivity");
        char line[512];
        char *fields[FIELDS_MAX];
        size_t rows = 0;
        while (fgets(line, sizeof line, file)) {
            assert_int_equal(split(line, fields), 11);
            if (strcmp(fields[2], "4") == 0 && strcmp(fields[3], "64") == 0) {
                size_t layer = strtoul(fields[0], NULL, 10);
                assert_true(layer < LAYERS);
                out->values[model][index_of(kinds, KINDS, fields[1])][layer] = strtod(fields[column], NULL);
                rows++;
            }
        }
        fclose(file);
        assert_int_equal(rows, KINDS * LAYERS);
    }
}

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
static size_t compare(const char *method, const char *metric, enum qs_difference difference, size_t *out_boosted)
{
    static struct curves curves;
    static struct qs_detection found[MODELS][KINDS][4];
    load_curves(metric, &curves);
    for (size_t model = 0; model < MODELS; model++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            for (uint32_t top_m = 0; top_m < 4; top_m++) {
                struct qs_detect_params params = qs_detect_defaults;
                params.difference = difference;
                params.top_m = top_m;
                assert_int_equal(qs_detect(curves.values[model][kind], LAYERS, &params, &found[model][kind][top_m],
                                           NULL), QS_OK);
            }
        }
    }
    FILE *file = open_table("allocations/boost.csv",
                            "model,method,boost_stop,top_m,bit_budget,layer,module,nbits,group_size,memmb");
    char line[512];
    char *fields[FIELDS_MAX];
    size_t rows = 0;
    *out_boosted = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(split(line, fields), 10);
        if (strcmp(fields[1], method) != 0) {
            continue;
        }
        char config[32];
        snprintf(config, sizeof config, "%s,%s", fields[7], fields[8]);
        size_t base = index_of(budgets, RUNGS, fields[4]);
        size_t boosted = base + strtoul(fields[2], NULL, 10);
        size_t top_m = strtoul(fields[3], NULL, 10);
        assert_true(top_m < 4);
        const struct qs_detection *detection =
            &found[index_of(models, MODELS, fields[0])][index_of(kinds, KINDS, fields[6])][top_m];
        bool selected = is_selected(detection, (uint32_t)strtoul(fields[5], NULL, 10));
        size_t want = !selected ? base : boosted < RUNGS ? boosted : RUNGS - 1; // clamped to the top of the ladder
        if (index_of(rungs, RUNGS, config) != want) {
            fail_msg("%s %s stop %s top-m %s budget %s: layer %s %s is published at %s, detection says %s", fields[0],
                     method, fields[2], fields[3], fields[4], fields[5], fields[6], config, rungs[want]);
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

static bool have_reference(void)
{
    const char *shared = getenv("QS_SHARED");
    if (shared && *shared) {
        return true;
    }
    print_message("# no QS_SHARED: the published allocations are not at hand\n");
    return false;
}

// Plans per method: 2 models x 6 budgets x 2 stops x 4 top-m, of 224 modules.
static void kurtboost_boosts_what_is_detected(void **state)
{
    (void)state;
    if (!have_reference()) {
        skip();
    }
    size_t boosted = 0;
    size_t rows = compare("kurtboost", "kurtosis", QS_DIFFERENCE_STEP, &boosted);
    print_message("# kurtboost: %zu rows compared, %zu of them boosted\n", rows, boosted);
    assert_int_equal(rows, 96 * 224);
    assert_true(boosted > 0);
}

static void sensiboost_boosts_what_is_detected(void **state)
{
    (void)state;
    if (!have_reference()) {
        skip();
    }
    size_t boosted = 0;
    size_t rows = compare("sensiboost", "sensitivity", QS_DIFFERENCE_RATIO, &boosted);
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
