// Small models: see plan_case.h.
#include "plan_case.h"

#include "../cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds_of[PLAN_CASE_KINDS] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                      "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                      "mlp.down_proj"};

uint32_t plan_case_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    uint64_t x = *state;
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdU;
    return (uint32_t)(x >> 32);
}

static char *text_of(char *old, const char *text)
{
    free(old);
    char *copy = strdup(text);
    assert_non_null(copy);
    return copy;
}

static double *numbers(size_t count)
{
    double *made = calloc(count ? count : 1, sizeof *made);
    assert_non_null(made);
    return made;
}

static void fill_curves(struct plan_case *made)
{
    uint32_t layers = made->info.layers;
    for (uint32_t kind = 0; kind < made->info.kinds; kind++) {
        for (uint32_t layer = 0; layer < layers; layer++) {
            double wave = 0.1 * (layer % 3);
            made->kurtosis[kind * layers + layer] = 3 + wave + (layer >= 5 + kind ? 100 : 0);
            made->sensitivity[kind * layers + layer] = (1 + wave) * (layer >= 9 + 2 * kind ? 10 : 1);
        }
    }
}

static void fill_objectives(struct plan_case *made, uint64_t seed)
{
    size_t rungs = made->source.ladder.count;
    for (size_t i = 0; i < (size_t)made->info.layers * made->info.kinds * rungs; i++) {
        double fall = exp2(-qs_rung_bpw(made->source.ladder.rungs[i % rungs], QS_STORAGE_META8));
        double *const values[] = {made->fnorm, made->of_module, made->loss};
        for (size_t v = 0; v < 3; v++) {
            values[v][i] = fall * (1 + plan_case_random(&seed) * 0x1p-32);
        }
    }
}

void plan_case_make(struct plan_case *out, uint32_t layers, uint32_t kinds, const char *ladder, uint64_t seed)
{
    struct qs_ladder parsed;
    *out = (struct plan_case){0};
    assert_true(kinds <= PLAN_CASE_KINDS);
    assert_int_equal(qs_ladder_parse(ladder, &parsed, NULL), QS_OK);
    assert_int_equal(qs_model_info_init(&out->info, layers, kinds, kinds_of, NULL), QS_OK);
    out->info.name = text_of(out->info.name, "case");
    out->info.architecture = text_of(out->info.architecture, "CaseForCausalLM");
    out->info.format = text_of(out->info.format, "safetensors");
    memcpy(out->info.fingerprint, "0123456789abcdef0123456789abcdef", sizeof out->info.fingerprint);
    for (size_t cell = 0; cell < (size_t)layers * kinds; cell++) {
        out->info.modules[cell].rows = 64;
        out->info.modules[cell].cols = 64 * (1 + cell % kinds % 3);
    }
    size_t cells = (size_t)layers * kinds;
    out->kurtosis = numbers(cells);
    out->sensitivity = numbers(cells);
    out->fnorm = numbers(cells * parsed.count);
    out->of_module = numbers(cells * parsed.count);
    out->loss = numbers(cells * parsed.count);
    out->curves[0] = (struct qs_source_curves){"kurtosis", out->kurtosis, QS_DIFFERENCE_STEP};
    out->curves[1] = (struct qs_source_curves){"sensitivity", out->sensitivity, QS_DIFFERENCE_RATIO};
    out->source = (struct qs_source){
        .model = &out->info,
        .ladder = parsed,
        .quantizer = QS_QUANTIZER_HQQ,
        .axis = 1,
        .storage = QS_STORAGE_META8,
        .curves = out->curves,
        .curve_count = 2,
        .fnorm = out->fnorm,
        .sensitivity = out->of_module,
        .loss = out->loss,
    };
    fill_curves(out);
    fill_objectives(out, seed);
}

void plan_case_free(struct plan_case *made)
{
    qs_model_info_free(&made->info);
    free(made->kurtosis);
    free(made->sensitivity);
    free(made->fnorm);
    free(made->of_module);
    free(made->loss);
}

void plan_case_count_only(struct plan_case *made)
{
    made->info.format = text_of(made->info.format, "");
    for (size_t cell = 0; cell < (size_t)made->info.layers * made->info.kinds; cell++) {
        made->info.modules[cell].rows *= made->info.modules[cell].cols;
        made->info.modules[cell].cols = 1;
    }
}

void plan_case_remove(struct plan_case *made, uint32_t layer, uint32_t kind)
{
    size_t cell = (size_t)layer * made->info.kinds + kind;
    size_t rungs = made->source.ladder.count;
    made->info.modules[cell].rows = 0;
    made->info.modules[cell].cols = 0;
    made->kurtosis[kind * made->info.layers + layer] = NAN;
    made->sensitivity[kind * made->info.layers + layer] = NAN;
    for (size_t rung = 0; rung < rungs; rung++) {
        made->fnorm[cell * rungs + rung] = NAN;
        made->of_module[cell * rungs + rung] = NAN;
        made->loss[cell * rungs + rung] = NAN;
    }
}

struct qs_plan_params plan_case_params(const char *words)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    char copy[256];
    char *rest = NULL;
    struct qs_error err = {0};
    assert_true(snprintf(copy, sizeof copy, "name=%s", words) < (int)sizeof copy);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        assert_non_null(value);
        *value++ = '\0';
        if (qs_plan_param_parse(&params, qs_plan_param_find(word), value, &err) != QS_OK) {
            fail_msg("%s=%s: %s", word, value, err.text);
        }
    }
    return params;
}

void plan_case_plan(const struct plan_case *made, const char *words, const uint8_t *locks, struct qs_plan *plan,
                    struct qs_plan_report *report)
{
    struct qs_plan_params params = plan_case_params(words);
    struct qs_error err = {0};
    if (qs_plan_make(&made->source, &params, locks, NULL, plan, report, &err) != QS_OK) {
        fail_msg("%s: %s", words, err.text);
    }
}

const char *plan_case_refusal(const struct plan_case *made, const char *words, const uint8_t *locks)
{
    static struct qs_error err;
    struct qs_plan_params params = plan_case_params(words);
    struct qs_plan plan = {.quantizer = QS_QUANTIZER_COUNT};
    struct qs_plan_report report = {.states = 99};
    err = (struct qs_error){0};
    enum qs_status status = qs_plan_make(&made->source, &params, locks, NULL, &plan, &report, &err);
    // What is not known has to be measured; everything else is a wrong wish.
    assert_int_equal(status, strstr(err.text, "not known") && !strstr(err.text, "budget") ? QS_FAILED : QS_USAGE);
    assert_int_equal(plan.quantizer, QS_QUANTIZER_COUNT);
    assert_null(plan.cells);
    assert_int_equal(report.states, 99);
    return err.text;
}
