// How long work tells how far it is, and is asked to stop.
#ifndef QS_BASE_PROGRESS_H
#define QS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Called by the thread that runs the work, after every finished piece; done never falls.
struct qs_progress {
    void (*report)(void *context, const char *what, uint64_t done, uint64_t total); // NULL: nobody listens
    void *context;
    const atomic_bool *stop; // NULL: cannot be stopped. Work that sees it true ends with QS_INTERRUPTED
};

// Both take NULL for a caller that does not care. `what` is the piece at hand, e.g. "layer 7".
void qs_progress_report(const struct qs_progress *progress, const char *what, uint64_t done, uint64_t total);
bool qs_progress_stopped(const struct qs_progress *progress);

#endif
