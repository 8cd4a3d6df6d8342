// Instances of the knapsack for tests and benchmarks: made at random, resampled, or read from the table of a model.
#ifndef QS_TESTS_KNAPSACK_CASE_H
#define QS_TESTS_KNAPSACK_CASE_H

#include "plan/knapsack.h"

enum knapsack_kind {
    KNAPSACK_RANDOM,        // weights and costs know nothing of each other
    KNAPSACK_CURVES,        // costs fall with the weight, convexly but for noise: errors over bits
    KNAPSACK_CORRELATED,    // costs fall linearly with the weight, plus one of a few constants
    KNAPSACK_SUBSET_SUM,    // cost = -weight: only what fits best counts
    KNAPSACK_TIES,          // few different weights and costs
    KNAPSACK_EQUAL_WEIGHTS, // a module's choices all weigh the same
    KNAPSACK_SINGLES,       // most modules have one choice
    KNAPSACK_NEGATIVE,      // costs of both signs, zeros
    KNAPSACK_HUGE,          // one module outweighs all others; weights near the limit
    KNAPSACK_IDENTICAL,     // all modules are the same
    KNAPSACK_KINDS,
};

struct knapsack_case {
    struct qs_knapsack problem; // its arrays are those below
    uint32_t *first;
    uint64_t *weight;
    double *cost;
    uint64_t *params; // u64[modules]: weights of the model's modules, where there is a model; else 0
};

// Of at most `choices` choices a module. Aborts where memory runs out. The same for the same seed.
void knapsack_case_make(enum knapsack_kind kind, uint64_t seed, size_t modules, uint32_t choices,
                        struct knapsack_case *out);

// A model's modules at the rungs of its table (columns layer, module, nbit1, gsize1, -, -, fnorm, -, params). Weights
// are in units of 1/1024 bit: params * (1024*b + 16640/g). False where the file cannot be read or is none.
bool knapsack_case_read(const char *path, struct knapsack_case *out);

// The shapes of Llama 3.1 405B, `layers` of them, at 12 rungs from b2g128 to b8g32, with errors made up.
void knapsack_case_imitate(uint64_t seed, size_t layers, struct knapsack_case *out);

// `modules` modules drawn from those of another case, each with its costs scaled by a factor within 2/3 .. 3/2, every
// cost off by up to 1 percent.
void knapsack_case_resample(const struct knapsack_case *from, uint64_t seed, size_t modules,
                            struct knapsack_case *out);

// What so many bits per weight over all modules amount to. A smaller problem.modules cuts the model short.
uint64_t knapsack_case_capacity(const struct knapsack_case *made, double budget);

void knapsack_case_free(struct knapsack_case *made);

// A small generator: 32 random bits.
uint32_t knapsack_random(uint64_t *state);

#endif
