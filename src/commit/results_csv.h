// Tables of perplexities: the paper authors' and those of `study`.
//
// The published table has a row for every model and attempt: columns model, algo, bpp, attempt, and a ppl_DATASET for
// each dataset, which may be empty. The attempt names method and setting: sensi-boost-STOP-TOPM is sensiboost with
// setting STOP-TOPM, kurt-boost-... kurtboost, sensi-abl-... and kurt-abl-... their ablations, mxq1 (and so on) mxq;
// any other is a method's name, and without an attempt algo is. bpp is the budget.
//
// A study's has a row for every perplexity: columns model, method, budget, setting (may be missing or empty), dataset,
// perplexity.
#ifndef QS_COMMIT_RESULTS_CSV_H
#define QS_COMMIT_RESULTS_CSV_H

#include "plan/wtl.h"

struct qs_csv;

struct qs_results {
    struct qs_perplexity *items; // [count], in the order of the file; their texts belong to it
    size_t count;
    bool published;              // which of the two tables it was
    struct qs_csv *file;
};

// QS_BAD_INPUT, with file, line and column, where the file is neither table, has no perplexity, or a field is empty or
// no number above 0.
enum qs_status qs_results_read(const char *path, struct qs_results *out, struct qs_error *err) QS_MUST_USE;
void qs_results_free(struct qs_results *results); // zeroes it; NULL is fine

#endif
