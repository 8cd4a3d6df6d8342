// The scan as the owner of a session sees it: see session.h. A thread computes (scan.h); here its layers go to
// the cache, each made safe by one flush, and into the HDF5 file at checkpoints.
#include "session/state.h"

#include "session/errors.h"
#include "session/place.h"
#include "session/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Seconds of work between checkpoints: journals stay short, and a checkpoint costs nothing beside that.
static const double checkpoint_seconds = 30;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

const struct qs_scan_state *qs_session_scan(const struct qs_session *session)
{
    return &session->state;
}

// Another place for results, where the default one turned out not to be writable; what is there is still read. False
// where there is no other place.
static bool move_target(struct qs_session *session, const struct qs_error *why)
{
    char *fallback = qs_place_fallback_cache(session->info->fingerprint);
    if (!fallback || strcmp(fallback, session->target) == 0) {
        free(fallback);
        return false;
    }
    qs_text_addf(&session->log, "%s; results are kept in %s\n", why->text, fallback);
    // Default caches are at most one so far, and there is room for two.
    session->caches[1] = session->caches[0];
    session->caches[0] = NULL;
    session->cache_count = 2;
    free(session->target);
    session->target = fallback;
    return true;
}

// The target, open for writing.
enum qs_status qs_session_open_target(struct qs_session *session, struct qs_cache **out, struct qs_error *err)
{
    if (!session->target) {
        return qs_fail(err, QS_FAILED,
                       "%s: its cache cannot be written, and neither XDG_CACHE_HOME nor HOME says where else results "
                       "could be kept; name a cache",
                       qs_model_path(session->model));
    }
    for (;;) {
        struct qs_error why = {0};
        enum qs_status status = session->target_default ? qs_place_make_folder(session->target, &why) : QS_OK;
        if (status == QS_OK) {
            status = qs_cache_extend(session->target, session->info, out, &why);
        }
        if (status == QS_OK) {
            return QS_OK;
        }
        if (status != QS_FAILED || !session->target_default || !move_target(session, &why)) {
            bool elsewhere = status == QS_FAILED && session->target_default;
            return qs_fail(err, status, "%s%s", why.text, elsewhere ? "; name a cache where results can be kept" : "");
        }
    }
}

// Closes the target, so that others can write it, and reads what is on disk.
enum qs_status qs_session_release_target(struct qs_session *session, struct qs_error *err)
{
    qs_cache_close(session->caches[0]);
    session->caches[0] = NULL;
    session->revision++;
    session->data++;
    enum qs_status status = qs_place_read_if_any(session->target, &session->caches[0], err);
    qs_session_find_datasets(session);
    return status;
}

enum qs_status qs_session_scan_start(struct qs_session *session, struct qs_error *err)
{
    if (session->scan) {
        return QS_OK;
    }
    if (!session->model) {
        return qs_fail(err, QS_USAGE, "%s: is a cache; a scan needs the model itself", session->target);
    }
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < session->cache_count; i++) {
        status = session->caches[i] ? qs_errors_check(session->caches[i], &session->options, err) : QS_OK;
    }
    if (status != QS_OK) {
        return status;
    }
    qs_session_survey(session, NULL);
    bool complete = session->state.finished;
    if (complete && !(session->target && qs_place_has_journal(session->target))) {
        return QS_OK;
    }
    size_t cells = (size_t)session->info->layers * session->info->kinds;
    struct qs_scan_need *needs = calloc(cells ? cells : 1, sizeof *needs);
    if (!needs) {
        return qs_fail_memory(err, "a scan", cells);
    }
    struct qs_cache *writer = NULL;
    struct qs_error why = {0};
    status = qs_session_open_target(session, &writer, &why);
    if (status == QS_OK) {
        status = qs_weights_declare(writer, &why);
    }
    if (status == QS_OK) {
        status = qs_errors_declare(writer, &session->options, &why);
    }
    if (status != QS_OK) {
        // A journal that somebody else is still writing is theirs to finish.
        qs_cache_close(writer);
        free(needs);
        return complete ? QS_OK : qs_fail(err, status, "%s", why.text);
    }
    qs_cache_close(session->caches[0]);
    session->caches[0] = writer;
    session->revision++;
    session->data++;
    // The file may hold more than when it was read: another process may have scanned meanwhile.
    qs_session_survey(session, needs);
    qs_session_note(session);
    if (session->state.finished) {
        status = qs_cache_checkpoint(writer, err);
    } else {
        status = qs_scan_start(session->model, &session->options, needs, session->threads, &session->scan, err);
    }
    if (session->scan) {
        session->stopping = false;
        session->started = session->checkpointed = now();
        session->state.running = true;
    } else {
        enum qs_status released = qs_session_release_target(session, status == QS_OK ? err : NULL);
        status = status == QS_OK ? released : status;
    }
    free(needs);
    return status;
}

void qs_session_scan_stop(struct qs_session *session)
{
    if (session->scan && !session->stopping) {
        session->stopping = true;
        qs_scan_stop(session->scan);
    }
}

// A finished layer into the cache: all of it or nothing.
static enum qs_status keep_layer(struct qs_session *session, const struct qs_scan_layer *layer, struct qs_error *err)
{
    struct qs_cache *cache = session->caches[0];
    enum qs_status status = QS_OK;
    for (uint32_t i = 0; status == QS_OK && i < layer->count; i++) {
        if (layer->needs[i].stats) {
            status = qs_weights_put(cache, layer->layer, layer->kinds[i], &layer->stats[i], err);
        }
        if (status == QS_OK) {
            status = qs_errors_put(cache, &session->options, layer->layer, layer->kinds[i], &layer->jobs[i], err);
        }
    }
    if (status == QS_OK) {
        status = qs_cache_flush(cache, err);
    }
    if (status != QS_OK) {
        return status;
    }
    struct qs_scan_state *state = &session->state;
    state->done += layer->count;
    state->bytes_done += layer->bytes;
    snprintf(state->what, sizeof state->what, "layer %u", layer->layer);
    qs_session_note_layer(session, layer);
    if (now() - session->checkpointed > checkpoint_seconds) {
        status = qs_cache_checkpoint(cache, err);
        session->checkpointed = now();
    }
    return status;
}

// The thread has ended and its layers are taken.
static void end_scan(struct qs_session *session)
{
    struct qs_scan_state *state = &session->state;
    struct qs_error error = {0};
    enum qs_status status = qs_scan_finish(session->scan, &error);
    session->scan = NULL;
    if (state->error.status == QS_OK && status != QS_OK && status != QS_INTERRUPTED) {
        state->error = error;
    }
    // Where writing has failed the journal keeps what is finished.
    if (state->error.status == QS_OK && state->done > 0 && qs_cache_checkpoint(session->caches[0], &error) != QS_OK) {
        state->error = error;
    }
    if (qs_session_release_target(session, &error) != QS_OK && state->error.status == QS_OK) {
        state->error = error;
    }
    state->running = false;
    state->finished = state->error.status == QS_OK && state->done == state->total;
}

bool qs_session_poll(struct qs_session *session, int max_wait_ms)
{
    if (!session->scan) {
        return false;
    }
    struct qs_scan_state *state = &session->state;
    bool changed = false;
    // A thread that is as fast as the disk must not keep the owner here.
    static const double busy_seconds = 0.02;
    double begin = now();
    bool more;
    struct qs_scan_layer *layer;
    do {
        more = qs_scan_take(session->scan, changed ? 0 : max_wait_ms, &layer);
        if (layer && state->error.status == QS_OK) {
            if (keep_layer(session, layer, &state->error) != QS_OK) {
                qs_session_scan_stop(session);
            }
            session->revision++;
            session->data++;
            changed = true;
        }
        qs_scan_layer_free(layer);
    } while (layer && now() - begin < busy_seconds);
    state->seconds = now() - session->started;
    if (!more) {
        end_scan(session);
        changed = true;
    }
    return changed;
}

enum qs_status qs_scan_run(struct qs_session *session, const struct qs_progress *progress, struct qs_error *err)
{
    enum { WAIT_MS = 50 }; // how late a wish to stop is noticed
    enum qs_status status = qs_session_scan_start(session, err);
    const struct qs_scan_state *state = &session->state;
    while (status == QS_OK && session->scan) {
        if (qs_progress_stopped(progress)) {
            qs_session_scan_stop(session);
        }
        uint64_t before = state->bytes_done;
        if (qs_session_poll(session, WAIT_MS) && state->bytes_done != before) {
            qs_progress_report(progress, state->what, state->bytes_done, state->bytes_total);
        }
    }
    if (status == QS_OK && state->error.status != QS_OK) {
        status = qs_fail(err, state->error.status, "%s", state->error.text);
    } else if (status == QS_OK && !state->finished) {
        status = qs_fail(err, QS_INTERRUPTED,
                         "%s: interrupted: %llu of %llu modules are done and kept; the same "
                         "command goes on from there",
                         session->target, (unsigned long long)state->done, (unsigned long long)state->total);
    }
    return status;
}
