// Small models with known answers, for tests of plans.
#ifndef QS_TESTS_PLAN_CASE_H
#define QS_TESTS_PLAN_CASE_H

#include "plan/allocate.h"

// Everything that is known of a made-up model. Its kinds are self_attn.q_proj, k, v, o, mlp.gate, up, down, at most 7;
// a module of kind k has 64 rows and 64 * (1 + k % 3) columns.
//
// In 32 layers and more, the rule's defaults (z 3, trim 0.05) select for kind k the one layer 5 + k by kurtosis, which
// steps up there, and the one layer 9 + 2k by sensitivity, which grows tenfold there. Elsewhere both waver a little.
//
// Objectives fall with bits, differ from module to module, and are random but for the seed.
struct plan_case {
    struct qs_model_info info;
    struct qs_source source; // hqq, axis 1, meta8, the paper's ladder
    struct qs_source_curves curves[2];
    double *kurtosis;    // [kinds][layers]
    double *sensitivity; // [kinds][layers]
    double *fnorm;       // [layers][kinds][rungs]
    double *of_module;   // sensitivity of each module alone, the same shape
    double *loss;        // the same shape
};

enum { PLAN_CASE_KINDS = 7 };

void plan_case_make(struct plan_case *out, uint32_t layers, uint32_t kinds, const char *ladder, uint64_t seed);
void plan_case_free(struct plan_case *made);

// Numbers of weights only, as of a model that is known from metrics.
void plan_case_count_only(struct plan_case *made);

// Makes the layer's module of a kind one that is not there.
void plan_case_remove(struct plan_case *made, uint32_t layer, uint32_t kind);

// "kurtboost base=3.13 boost-stop=2": the defaults otherwise. A value that is refused fails the test at hand.
struct qs_plan_params plan_case_params(const char *words);

// qs_plan_make that must succeed.
void plan_case_plan(const struct plan_case *made, const char *words, const uint8_t *locks, struct qs_plan *plan,
                    struct qs_plan_report *report);

// qs_plan_make that must end in QS_USAGE and leave its outputs alone; the message.
const char *plan_case_refusal(const struct plan_case *made, const char *words, const uint8_t *locks);

uint32_t plan_case_random(uint64_t *state);

#endif
