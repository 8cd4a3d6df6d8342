// The method's authors' published tables, as the golden tests read them from QS_SHARED/reference.
#ifndef QS_TESTS_PUBLISHED_H
#define QS_TESTS_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    PUBLISHED_MODELS = 2,
    PUBLISHED_KINDS = 7,
    PUBLISHED_LAYERS = 32,
    PUBLISHED_RUNGS = 12,
    PUBLISHED_FIELDS_MAX = 16,
};

extern const char *const published_models[PUBLISHED_MODELS];
extern const char *const published_kinds[PUBLISHED_KINDS];
extern const char *const published_rungs[PUBLISHED_RUNGS];   // "3,128": bits and group size, by bits per weight
extern const char *const published_budgets[PUBLISHED_RUNGS]; // "3.13": the same rungs as the paper names them

// One model's metrics.
struct published_metrics {
    double kurtosis[PUBLISHED_KINDS][PUBLISHED_LAYERS];    // at b4g64
    double sensitivity[PUBLISHED_KINDS][PUBLISHED_LAYERS]; // at b4g64
    double fnorm[PUBLISHED_LAYERS][PUBLISHED_KINDS][PUBLISHED_RUNGS];
    uint64_t params[PUBLISHED_LAYERS][PUBLISHED_KINDS];
};

// Whether there is a QS_SHARED; says so where there is none.
bool published_here(void);

// What is amiss in the tables fails the test at hand.
void published_load(size_t model, struct published_metrics *out);
FILE *published_open(const char *name, const char *header); // "allocations/boost.csv", behind its header line

// Cuts a line at its commas; returns the number of fields.
size_t published_split(char *line, char *fields[static PUBLISHED_FIELDS_MAX]);
size_t published_index(const char *const *names, size_t count, const char *name);

#endif
