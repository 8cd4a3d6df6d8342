// A session without a model: made-up curves, the same on every machine, for tests of the workbench.
//
// It implements session/session.h (all but opening and closing by path) over numbers from an integer hash.
#ifndef QS_TESTS_UI_FAKE_SESSION_H
#define QS_TESTS_UI_FAKE_SESSION_H

#include "session/session.h"

struct fake_options {
    uint32_t layers;        // 0 is allowed
    uint32_t kinds;         // the first 7 are those of a Llama, the rest experts
    uint32_t scanned;       // layers that are measured
    uint32_t layers_a_poll; // while a scan runs; 0: it stands still
    bool cache_only;        // no model is open: a scan cannot start
    bool warnings;          // the log holds two lines
    bool errors;            // quantization errors are measured too
    bool odd;               // NaN and infinite weights, a missing module, a constant one, names that are not ASCII
};

// NULL where memory ran out. Freed by fake_session_free.
struct qs_session *fake_session_new(const struct fake_options *options);
void fake_session_free(struct qs_session *session);

// The next scan to end fails with this text.
void fake_session_break_scan(struct qs_session *session, const char *text);

#endif
