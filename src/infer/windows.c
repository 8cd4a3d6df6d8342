// The protocols' windows: see windows.h.
#include "infer/windows.h"

#include <stdint.h>
#include <stdlib.h>

static enum qs_status check(size_t n, const struct qs_perplexity_options *options, struct qs_error *err)
{
    bool sliding = options->protocol == QS_PROTOCOL_SLIDING;
    if (options->length < (sliding ? 2 : 4) || options->length > INT32_MAX) {
        return qs_fail(err, QS_USAGE, "windows of %zu tokens: must be %d to %d", options->length, sliding ? 2 : 4,
                       INT32_MAX);
    }
    if (sliding && (options->stride < 1 || options->stride > options->length)) {
        return qs_fail(err, QS_USAGE, "a stride of %zu tokens: must be 1 to the window's %zu", options->stride,
                       options->length);
    }
    if (n < (sliding ? 2 : options->length)) {
        return qs_fail(err, QS_BAD_INPUT, "the text has %zu tokens, too few to score: at least %zu are needed", n,
                       sliding ? (size_t)2 : options->length);
    }
    return QS_OK;
}

static struct qs_window sliding_window(size_t n, const struct qs_perplexity_options *options, size_t i)
{
    size_t end = n - i < options->stride ? n : i + options->stride;
    size_t first = i + options->stride > options->length ? i + options->stride - options->length : 0;
    size_t targets = end - i;
    struct qs_window window = {.first = first, .length = end - first, .weight = (double)targets};
    window.targets = targets < window.length ? targets : window.length - 1; // the first token of all has none before it
    return window;
}

enum qs_status qs_windows_cut(size_t n, const struct qs_perplexity_options *options, struct qs_window **out,
                              size_t *out_count, double *total_weight, struct qs_error *err)
{
    enum qs_status status = check(n, options, err);
    if (status != QS_OK) {
        return status;
    }
    bool sliding = options->protocol == QS_PROTOCOL_SLIDING;
    size_t step = sliding ? options->stride : options->length;
    size_t count = sliding ? (n - 1) / step + 1 : n / step;
    struct qs_window *windows = malloc(count * sizeof *windows);
    if (!windows) {
        return qs_fail_memory(err, "a text's windows", count * sizeof *windows);
    }
    for (size_t w = 0; w < count; w++) {
        if (sliding) {
            windows[w] = sliding_window(n, options, w * step);
        } else {
            size_t targets = step - 1 - step / 2;
            windows[w] = (struct qs_window){w * step, step, targets, (double)targets};
        }
    }
    *total_weight = sliding ? (double)n : (double)count * windows[0].weight;
    *out = windows;
    *out_count = count;
    return QS_OK;
}
