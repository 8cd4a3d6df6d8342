// Win, tie, loss: how often one method's perplexity is below, equal to or above another's (METHODS section 7).
//
// Two methods are compared on a model wherever both have a perplexity of one budget, setting and dataset; one without a
// setting (a method that has none) is compared with every setting of the other. Perplexities are rounded to two
// decimals before. Lower wins.
#ifndef QS_PLAN_WTL_H
#define QS_PLAN_WTL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QS_BUDGET_MAX = 64,       // bytes of a budget, NUL included
    QS_WTL_MODELS_MAX = 4096,
    QS_WTL_METHODS_MAX = 256,
};

// One perplexity. Texts are borrowed; methods, settings and datasets are the same in any case of letters.
struct qs_perplexity {
    const char *model;
    const char *method;
    char budget[QS_BUDGET_MAX]; // "3.13", "b3g128+2%": compared as text
    const char *setting;        // "" where the method has none
    const char *dataset;
    uint64_t hundredths;        // rounded by qs_parse_hundredths
    uint64_t line;              // of the file it is from, for messages
};

struct qs_wtl_row {
    const char *model;   // borrowed from the perplexities
    const char *method;
    const char *against;
    uint64_t wins, ties, losses; // one at least is not 0
};

struct qs_wtl {
    struct qs_wtl_row *rows; // [count], by models as they came first
    size_t count;
};

enum qs_wtl_pairs {
    QS_WTL_PAPER, // sensiboost, then kurtboost, against hqq, mxq and their own ablation; sensiboost against kurtboost
    QS_WTL_ALL,   // every method against every other, as they came first
};

// against: every other method against this one, whatever the pairs; NULL: the pairs. Where the paper's pairs have
// nothing in common, all are taken. where: the file, for messages. QS_USAGE where no method is called `against`, with
// all there are; QS_BAD_INPUT where one model, method, budget, setting and dataset has two perplexities, or beyond the
// limits.
enum qs_status qs_wtl_compare(const struct qs_perplexity *items, size_t count, enum qs_wtl_pairs pairs,
                              const char *against, const char *where, struct qs_wtl *out,
                              struct qs_error *err) QS_MUST_USE;
void qs_wtl_free(struct qs_wtl *wtl); // zeroes it; NULL is fine

#endif
