// Progress: see progress.h.
#include "base/progress.h"

#include <stddef.h>

void qs_progress_report(const struct qs_progress *progress, const char *what, uint64_t done, uint64_t total)
{
    if (progress && progress->report) {
        progress->report(progress->context, what, done, total);
    }
}

bool qs_progress_stopped(const struct qs_progress *progress)
{
    return progress && progress->stop && atomic_load_explicit(progress->stop, memory_order_relaxed);
}
