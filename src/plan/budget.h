// Budgets and bases as users write them.
//
//     budget := BITS          bits per weight over all modules, taken literally: 3.13, 3.4
//             | RUNG          the rung's exact bits per weight: b3g128
//             | SIZE UNIT     bytes: 3.2GiB, 1857536B (B, KB, MB, GB, TB, KiB, MiB, GiB, TiB)
//             | RUNG SIGN PERCENT '%'    over a uniform plan of the rung: b3g128+2%, b4g64-1.5%
//     base   := RUNG | BITS   bits exactly, or rounded to two decimals as the paper writes them: 3.13 is b3g128
//
// Letters in any case, no blanks.
#ifndef QS_PLAN_BUDGET_H
#define QS_PLAN_BUDGET_H

#include "base/error.h"
#include "quant/rung.h"

#include <stdbool.h>
#include <stdint.h>

enum qs_budget_kind { QS_BUDGET_BITS, QS_BUDGET_RUNG, QS_BUDGET_BYTES, QS_BUDGET_PERCENT };

struct qs_budget {
    enum qs_budget_kind kind;
    struct qs_rung rung; // QS_BUDGET_RUNG, QS_BUDGET_PERCENT
    long double value;   // bits per weight, bytes, or percent over the rung (0 for a rung itself)
};

// QS_USAGE where it is no budget; *out is unchanged then.
enum qs_status qs_budget_parse(const char *text, struct qs_budget *out, struct qs_error *err) QS_MUST_USE;

// The most units (2^-10 bit) that modules of `params` weights in all may take: the budget rounded down, but never
// below a decimal that the binary fraction misses by less than 2^-10 unit.
uint64_t qs_budget_capacity(const struct qs_budget *budget, uint64_t params, enum qs_storage storage);

// QS_USAGE where the text is no base.
enum qs_status qs_budget_base(const char *text, struct qs_rung *out, struct qs_error *err) QS_MUST_USE;

#endif
