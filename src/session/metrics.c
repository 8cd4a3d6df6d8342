// The metrics by name: see session.h. The table is also what the arrays of the cache are described with (weights.c).
#include "session/session.h"

#include <string.h>
#include <strings.h>

struct entry {
    struct qs_metric metric;
    const char *alias; // or NULL
};

// Weights have no unit of their own: "" is theirs and that of ratios.
static const struct entry entries[] = {
    {{"kurtosis", "weights/kurtosis", 0, "",
      "Pearson kurtosis m4/m2^2 of the weights, biased; a normal distribution has 3", false, QS_DIFFERENCE_STEP, false},
     NULL},
    {{"mean", "weights/mean", 0, "", "mean of the weights", false, QS_DIFFERENCE_STEP, false}, NULL},
    {{"std", "weights/std", 0, "", "standard deviation of the weights, with n in the denominator", false,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"skewness", "weights/skewness", 0, "", "skewness m3/m2^1.5 of the weights, biased", false,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"min", "weights/min", 0, "", "smallest weight", false, QS_DIFFERENCE_STEP, false}, NULL},
    {{"max", "weights/max", 0, "", "largest weight", false, QS_DIFFERENCE_STEP, false}, NULL},
    {{"absmax", "weights/absmax", 0, "", "largest magnitude of a weight", false, QS_DIFFERENCE_STEP, false}, NULL},
    {{"norm", "weights/norm", 0, "", "Frobenius norm of the weights", false, QS_DIFFERENCE_STEP, false}, NULL},
    {{"p99", "weights/abs_percentile", 0, "", "99th percentile of the magnitudes of the weights", false,
      QS_DIFFERENCE_STEP, false},
     "percentile99"},
    {{"p99.9", "weights/abs_percentile", 1, "", "99.9th percentile of the magnitudes of the weights", false,
      QS_DIFFERENCE_STEP, false},
     "percentile99.9"},
    {{"p99.99", "weights/abs_percentile", 2, "", "99.99th percentile of the magnitudes of the weights", false,
      QS_DIFFERENCE_STEP, false},
     "percentile99.99"},
    {{"count", "weights/count", 0, "values", "finite weights; present where the module has been scanned", true,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"nan_count", "weights/nan_count", 0, "values", "weights that are NaN, left out of every statistic", true,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"inf_count", "weights/inf_count", 0, "values", "infinite weights, left out of every statistic", true,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"zero_count", "weights/zero_count", 0, "values", "weights that are exactly zero", true,
      QS_DIFFERENCE_STEP, false},
     NULL},
    {{"fnorm", "fnorm", 0, "", "Frobenius norm of what quantization changes, ||W - dequantize(quantize(W))||", false,
      QS_DIFFERENCE_RATIO, true},
     NULL},
    {{"mean_abs", "mean_abs", 0, "", "mean magnitude of what quantization changes", false, QS_DIFFERENCE_RATIO, true},
     NULL},
    {{"max_abs", "max_abs", 0, "", "largest magnitude of what quantization changes", false, QS_DIFFERENCE_RATIO, true},
     NULL},
    {{"snr", "snr_db", 0, "dB",
      "signal to noise, 10 log10 of the weights' energy over that of what quantization changes", false,
      QS_DIFFERENCE_STEP, true},
     "snr_db"},
    {{"steps", "steps", 0, "steps", "steps that HQQ took before its error stopped falling", true, QS_DIFFERENCE_STEP,
      true},
     NULL},
};

size_t qs_metric_count(void)
{
    return QS_COUNT_OF(entries);
}

const struct qs_metric *qs_metric_at(size_t index)
{
    return index < QS_COUNT_OF(entries) ? &entries[index].metric : NULL;
}

const struct qs_metric *qs_metric_find(const char *name)
{
    for (size_t i = 0; i < QS_COUNT_OF(entries); i++) {
        const char *alias = entries[i].alias;
        if (strcasecmp(name, entries[i].metric.name) == 0 || (alias && strcasecmp(name, alias) == 0)) {
            return &entries[i].metric;
        }
    }
    return NULL;
}
