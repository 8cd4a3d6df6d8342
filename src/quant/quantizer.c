// Quantizers and their parameters: see quantizer.h.
#include "quant/quantizer.h"

#include "kernel/nf4.h"

#include <math.h>
#include <strings.h>

const struct qs_quantizer qs_quantizer_defaults = {
    .kind = QS_QUANTIZER_HQQ, .axis = 1, .steps = 20, .lp_norm = 0.7, .beta = 10, .growth = 1};

static const char *const names[QS_QUANTIZER_COUNT] = {"hqq", "rtn", "nf4"};

const char *qs_quantizer_name(enum qs_quantizer_kind kind)
{
    return names[kind];
}

bool qs_quantizer_find(const char *name, enum qs_quantizer_kind *out)
{
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        if (strcasecmp(name, names[i]) == 0) {
            *out = (enum qs_quantizer_kind)i;
            return true;
        }
    }
    return false;
}

enum qs_status qs_quantizer_check(const struct qs_quantizer *quantizer, struct qs_error *err)
{
    if (quantizer->axis > 1) {
        return qs_fail(err, QS_USAGE, "axis is %u; it is 0 or 1", quantizer->axis);
    }
    if (quantizer->steps > QS_TILE_STEPS_MAX) {
        return qs_fail(err, QS_USAGE, "%u iterations; HQQ takes 0 to %d", quantizer->steps, QS_TILE_STEPS_MAX);
    }
    if (!(quantizer->lp_norm > 0 && quantizer->lp_norm <= 1)) {
        return qs_fail(err, QS_USAGE, "lp-norm is %g; it lies above 0 and at most at 1", quantizer->lp_norm);
    }
    if (!(quantizer->beta >= 1e-6 && quantizer->beta <= 1e6) || !(quantizer->growth >= 1 && quantizer->growth <= 2)) {
        return qs_fail(err, QS_USAGE, "beta %g growing by %g; beta lies in [1e-6, 1e6], its growth in [1, 2]",
                       quantizer->beta, quantizer->growth);
    }
    return QS_OK;
}

size_t qs_quantizer_levels(enum qs_quantizer_kind kind, struct qs_rung rung, double *out)
{
    if (kind == QS_QUANTIZER_NF4) {
        for (size_t i = 0; i < QS_NF4_CODES; i++) {
            out[i] = (double)qs_nf4_codebook[i];
        }
        return QS_NF4_CODES;
    }
    size_t count = (size_t)1 << rung.bits;
    for (size_t i = 0; i < count; i++) {
        out[i] = 2 * (double)i / (double)(count - 1) - 1;
    }
    return count;
}

enum qs_tile_order qs_quantizer_order(const struct qs_quantizer *quantizer)
{
    return quantizer->axis == 1 ? QS_TILE_ALONG_ROWS : QS_TILE_DOWN_COLUMNS;
}

void qs_quantizer_shrink(const struct qs_quantizer *quantizer, struct qs_tile_shrink *out)
{
    out->p = (float)quantizer->lp_norm;
    double beta = quantizer->beta;
    for (size_t step = 0; step < QS_TILE_STEPS_MAX; step++) {
        out->beta[step] = (float)beta;
        // A shade low, so that rounding never skips a step in which the shrinkage acts.
        out->threshold[step] = (float)(pow(beta, -1 / (2 - quantizer->lp_norm)) * (1 - 1e-5));
        beta *= quantizer->growth;
    }
}
