// How a protocol cuts a text into windows. Internal to src/infer.
#ifndef QS_INFER_WINDOWS_H
#define QS_INFER_WINDOWS_H

#include "infer/perplexity.h"

struct qs_window {
    size_t first;    // tokens [first, first + length) of the text
    size_t length;
    size_t targets;  // the last so many of them are scored; below length: each has a predecessor
    double weight;   // tokens that the mean of its losses stands for
};

// *out: allocated, [*count]. total_weight is the sum of weights that the protocol divides by. Fails as
// qs_perplexity_measure says of options and n.
enum qs_status qs_windows_cut(size_t n, const struct qs_perplexity_options *options, struct qs_window **out,
                              size_t *count, double *total_weight, struct qs_error *err) QS_MUST_USE;

#endif
