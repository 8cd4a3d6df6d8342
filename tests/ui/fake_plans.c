// What a session without caches cannot do: plans are stored in words only.
#include "session/planner.h"
#include "session/state.h"

uint32_t qs_session_axis(const struct qs_session *session, const struct qs_metric *metric,
                         enum qs_quantizer_kind quantizer)
{
    (void)session;
    (void)metric;
    (void)quantizer;
    return 1;
}

enum qs_status qs_session_store_kept(struct qs_session *session, const char *name, struct qs_error *err)
{
    struct qs_kept_plan *kept = qs_session_kept_named(session, name);
    if (!kept) {
        return qs_fail(err, QS_USAGE, "%s: no plan of this name is kept", name);
    }
    kept->stored = true;
    return QS_OK;
}
