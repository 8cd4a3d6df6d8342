// Instances of the knapsack: see knapsack_case.h.
#include "knapsack_case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 512, NAME_BYTES = 64 };

uint32_t knapsack_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    uint64_t x = *state;
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdU;
    return (uint32_t)(x >> 32);
}

static uint64_t up_to(uint64_t *state, uint64_t most)
{
    return ((uint64_t)knapsack_random(state) << 32 | knapsack_random(state)) % (most + 1);
}

static double unit(uint64_t *state)
{
    return ((double)knapsack_random(state) + 0.5) * 0x1p-32;
}

static void allocate(struct knapsack_case *out, size_t modules, size_t choices)
{
    *out = (struct knapsack_case){0};
    out->first = calloc(modules + 1, sizeof *out->first);
    out->weight = calloc(choices, sizeof *out->weight);
    out->cost = calloc(choices, sizeof *out->cost);
    out->params = calloc(modules, sizeof *out->params);
    if (!out->first || !out->weight || !out->cost || !out->params) {
        abort();
    }
    out->problem = (struct qs_knapsack){modules, out->first, out->weight, out->cost};
}

static void make_choice(enum knapsack_kind kind, uint64_t *state, uint64_t size, struct knapsack_case *out, size_t i)
{
    uint64_t weight = size * (1 + up_to(state, 20)) + up_to(state, 3);
    double cost = 100 * unit(state);
    switch (kind) {
    case KNAPSACK_CURVES:
        cost = sqrt((double)size) * exp(-0.2 * (double)weight / (double)size) * (1 + 0.05 * unit(state));
        break;
    case KNAPSACK_CORRELATED:
        cost = 1000 - (double)weight + 10 * (double)up_to(state, 2);
        break;
    case KNAPSACK_SUBSET_SUM:
        cost = -(double)weight;
        break;
    case KNAPSACK_TIES:
        weight = up_to(state, 4);
        cost = (double)up_to(state, 4);
        break;
    case KNAPSACK_EQUAL_WEIGHTS:
        weight = size;
        break;
    case KNAPSACK_NEGATIVE:
        cost = rint(cost) / 4 - 12;
        break;
    default:
        break;
    }
    out->weight[i] = weight;
    out->cost[i] = cost;
}

static uint64_t size_of_module(enum knapsack_kind kind, uint64_t *state, size_t module, size_t modules)
{
    if (kind == KNAPSACK_HUGE) {
        uint64_t most = QS_KNAPSACK_WEIGHT_MAX / 64;
        return module == 0 ? most : most / modules / 1000 + up_to(state, most / modules / 10);
    }
    return 1 + up_to(state, 30);
}

void knapsack_case_make(enum knapsack_kind kind, uint64_t seed, size_t modules, uint32_t choices,
                        struct knapsack_case *out)
{
    allocate(out, modules, modules * choices);
    uint64_t state = seed * 977 + (uint64_t)kind;
    uint32_t end = 0;
    for (size_t module = 0; module < modules; module++) {
        out->first[module] = end;
        if (kind == KNAPSACK_IDENTICAL && module > 0) {
            memcpy(out->weight + end, out->weight, out->first[1] * sizeof *out->weight);
            memcpy(out->cost + end, out->cost, out->first[1] * sizeof *out->cost);
            end += out->first[1];
            out->first[module + 1] = end;
            continue;
        }
        uint32_t count = 1 + (uint32_t)up_to(&state, choices - 1);
        if (kind == KNAPSACK_SINGLES && up_to(&state, 2)) {
            count = 1;
        }
        uint64_t size = size_of_module(kind, &state, module, modules);
        for (uint32_t i = 0; i < count; i++) {
            make_choice(kind, &state, size, out, end++);
        }
        out->first[module + 1] = end;
    }
}

// One row: a choice, and whether its module is another than that of the row before.
static bool read_row(char *line, char name[static NAME_BYTES], bool *another, uint64_t *params, uint64_t *weight,
                     double *cost)
{
    char layer[NAME_BYTES / 2];
    char module[NAME_BYTES / 2];
    unsigned bits = 0;
    unsigned group = 0;
    unsigned long long count = 0;
    if (sscanf(line, "%31[^,],%31[^,],%u,%u,%*u,%*u,%lf,%*f,%llu", layer, module, &bits, &group, cost, &count) != 6 ||
        group == 0) {
        return false;
    }
    char full[NAME_BYTES];
    snprintf(full, sizeof full, "%s,%s", layer, module);
    *another = strcmp(full, name) != 0;
    memcpy(name, full, sizeof full);
    *params = count;
    *weight = count * (1024 * (uint64_t)bits + 16640 / group);
    return true;
}

bool knapsack_case_read(const char *path, struct knapsack_case *out)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        return false;
    }
    char line[LINE_BYTES];
    size_t rows = 0;
    while (fgets(line, sizeof line, file)) {
        rows++;
    }
    rewind(file);
    allocate(out, rows + 1, rows + 1);
    char name[NAME_BYTES] = "";
    size_t modules = 0;
    uint32_t choices = 0;
    bool good = fgets(line, sizeof line, file); // the header
    while (good && fgets(line, sizeof line, file)) {
        bool another = false;
        uint64_t params = 0;
        good = read_row(line, name, &another, &params, &out->weight[choices], &out->cost[choices]);
        if (another) {
            out->params[modules] = params;
            out->first[modules++] = choices;
        }
        choices++;
    }
    fclose(file);
    out->first[modules] = choices;
    out->problem.modules = modules;
    if (!good || !modules) {
        knapsack_case_free(out);
    }
    return good && modules;
}

void knapsack_case_imitate(uint64_t seed, size_t layers, struct knapsack_case *out)
{
    enum { KINDS = 7, RUNGS = 12 };
    static const uint64_t rows[KINDS] = {16384, 1024, 1024, 16384, 53248, 53248, 53248}; // of 16384 columns each
    static const uint32_t bits[] = {2, 3, 4, 8};
    static const uint32_t groups[] = {128, 64, 32};
    uint64_t state = seed;
    allocate(out, layers * KINDS, layers * KINDS * RUNGS);
    uint32_t end = 0;
    for (size_t module = 0; module < layers * KINDS; module++) {
        uint64_t params = 16384 * rows[module % KINDS];
        double scale = 0.02 * sqrt((double)params) * exp(unit(&state) - 0.5);
        out->params[module] = params;
        out->first[module] = end;
        for (uint32_t rung = 0; rung < RUNGS; rung++) {
            uint32_t b = bits[rung / 3];
            uint32_t g = groups[rung % 3];
            // The error of a grid of 2^b - 1 steps over a range that grows a little with the group.
            double error = pow(g, 0.2) / (double)((1U << b) - 1) * (1 + 0.02 * unit(&state));
            out->weight[end] = params * (1024 * b + 16640 / g);
            out->cost[end++] = scale * error;
        }
    }
    out->first[layers * KINDS] = end;
}

void knapsack_case_resample(const struct knapsack_case *from, uint64_t seed, size_t modules,
                            struct knapsack_case *out)
{
    uint64_t state = seed;
    allocate(out, modules, modules * QS_KNAPSACK_CHOICES_MAX);
    uint32_t end = 0;
    for (size_t module = 0; module < modules; module++) {
        size_t source = up_to(&state, from->problem.modules - 1);
        uint32_t first = from->first[source];
        double scale = pow(1.5, 2 * unit(&state) - 1);
        out->first[module] = end;
        out->params[module] = from->params[source];
        for (uint32_t i = first; i < from->first[source + 1]; i++) {
            out->weight[end] = from->weight[i];
            out->cost[end++] = from->cost[i] * scale * (0.99 + 0.02 * unit(&state));
        }
    }
    out->first[modules] = end;
}

uint64_t knapsack_case_capacity(const struct knapsack_case *made, double budget)
{
    uint64_t params = 0;
    for (size_t module = 0; module < made->problem.modules; module++) {
        params += made->params[module];
    }
    return (uint64_t)((long double)budget * 1024 * (long double)params + 1e-3L);
}

void knapsack_case_free(struct knapsack_case *made)
{
    free(made->first);
    free(made->weight);
    free(made->cost);
    free(made->params);
    *made = (struct knapsack_case){0};
}
