// The metrics by name: see session.h. The table is also what the arrays of the cache are described with (weights.c).
#include "session/session.h"

#include <string.h>
#include <strings.h>

struct entry {
    struct qs_metric metric;
    const char *alias; // or NULL
};

// A statistic of the weights, an error of quantization, and what takes data to measure.
#define WEIGHTS(name, array, element, units, about, integer, alias)                                                    \
    {{name, "weights/" array, element, units, about, integer, QS_DIFFERENCE_STEP, false, QS_DATA_NONE}, alias}
#define ERRORS(name, array, units, about, integer, difference, alias)                                                  \
    {{name, array, 0, units, about, integer, difference, true, QS_DATA_NONE}, alias}
#define DATA(name, data, units, about) {{name, "value", 0, units, about, false, QS_DIFFERENCE_RATIO, true, data}, NULL}

// Weights have no unit of their own: "" is theirs and that of ratios.
static const struct entry entries[] = {
    WEIGHTS("kurtosis", "kurtosis", 0, "",
            "Pearson kurtosis m4/m2^2 of the weights, biased; a normal distribution has 3", false, NULL),
    WEIGHTS("mean", "mean", 0, "", "mean of the weights", false, NULL),
    WEIGHTS("std", "std", 0, "", "standard deviation of the weights, with n in the denominator", false, NULL),
    WEIGHTS("skewness", "skewness", 0, "", "skewness m3/m2^1.5 of the weights, biased", false, NULL),
    WEIGHTS("min", "min", 0, "", "smallest weight", false, NULL),
    WEIGHTS("max", "max", 0, "", "largest weight", false, NULL),
    WEIGHTS("absmax", "absmax", 0, "", "largest magnitude of a weight", false, NULL),
    WEIGHTS("norm", "norm", 0, "", "Frobenius norm of the weights", false, NULL),
    WEIGHTS("p99", "abs_percentile", 0, "", "99th percentile of the magnitudes of the weights", false, "percentile99"),
    WEIGHTS("p99.9", "abs_percentile", 1, "", "99.9th percentile of the magnitudes of the weights", false,
            "percentile99.9"),
    WEIGHTS("p99.99", "abs_percentile", 2, "", "99.99th percentile of the magnitudes of the weights", false,
            "percentile99.99"),
    WEIGHTS("count", "count", 0, "values", "finite weights; present where the module has been scanned", true, NULL),
    WEIGHTS("nan_count", "nan_count", 0, "values", "weights that are NaN, left out of every statistic", true, NULL),
    WEIGHTS("inf_count", "inf_count", 0, "values", "infinite weights, left out of every statistic", true, NULL),
    WEIGHTS("zero_count", "zero_count", 0, "values", "weights that are exactly zero", true, NULL),
    ERRORS("fnorm", "fnorm", "", "Frobenius norm of what quantization changes, ||W - dequantize(quantize(W))||", false,
           QS_DIFFERENCE_RATIO, NULL),
    ERRORS("mean_abs", "mean_abs", "", "mean magnitude of what quantization changes", false, QS_DIFFERENCE_RATIO, NULL),
    ERRORS("max_abs", "max_abs", "", "largest magnitude of what quantization changes", false, QS_DIFFERENCE_RATIO,
           NULL),
    ERRORS("snr", "snr_db", "dB",
           "signal to noise, 10 log10 of the weights' energy over that of what quantization changes", false,
           QS_DIFFERENCE_STEP, "snr_db"),
    ERRORS("steps", "steps", "steps", "steps that HQQ took before its error stopped falling", true, QS_DIFFERENCE_STEP,
           NULL),
    DATA("sensitivity", QS_DATA_PART, "",
         "mean squared change of a part's output (attn_in, attn_out, mlp_gate, mlp_down) when it is quantized"),
    DATA("module_sensitivity", QS_DATA_MODULE, "", "mean squared change of a module's own output when it is quantized"),
    DATA("loss", QS_DATA_LOSS, "nats",
         "KL divergence of the next-token distribution when this module alone is quantized"),
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
