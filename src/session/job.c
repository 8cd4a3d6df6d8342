// The weight scan as the owner of a session sees it: see session.h. A thread computes (scan.h); here its layers go to
// the cache, each made safe by one flush, and into the HDF5 file at checkpoints.
#include "session/state.h"

#include "kernel/dtype.h"
#include "session/place.h"
#include "session/weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Seconds of work between checkpoints: journals stay short, and a checkpoint costs nothing beside that.
static const double checkpoint_seconds = 30;

enum { NOTED_MAX = 8 }; // modules of one line of the log

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Without the model at hand the name of the type tells whether a scan could read it.
static bool readable(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    if (session->model) {
        const struct qs_weight *weight = qs_model_module(session->model, layer, kind);
        return weight && weight->readable;
    }
    const struct qs_module_info *module = qs_model_info_module(session->info, layer, kind);
    for (int dtype = 0; module->rows > 0 && dtype < QS_DTYPE_OTHER; dtype++) {
        if (strcmp(module->dtype, qs_dtype_traits((enum qs_dtype)dtype)->name) == 0) {
            return true;
        }
    }
    return false;
}

void qs_session_survey(struct qs_session *session, bool *wanted)
{
    const struct qs_model_info *info = session->info;
    session->state = (struct qs_scan_state){0};
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            bool missing = readable(session, layer, kind) && !qs_session_scanned(session, layer, kind);
            if (missing) {
                session->state.total++;
                session->state.bytes_total += qs_model_info_module(info, layer, kind)->bytes;
            }
            if (wanted) {
                wanted[(size_t)layer * info->kinds + kind] = missing;
            }
        }
    }
    session->state.finished = session->state.total == 0;
}

static uint64_t cell_count(const struct qs_session *session, const char *metric, uint32_t layer, uint32_t kind)
{
    double value = qs_session_value(session, qs_metric_find(metric), layer, kind);
    return value > 0 ? (uint64_t)value : 0; // NaN, absent, is not
}

static void note_layer(struct qs_session *session, uint32_t layer)
{
    const struct qs_model_info *info = session->info;
    uint32_t found = 0;
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        uint64_t nan = cell_count(session, "nan_count", layer, kind);
        uint64_t inf = cell_count(session, "inf_count", layer, kind);
        bool *noted = &session->noted[(size_t)layer * info->kinds + kind];
        if (nan + inf == 0 || *noted) {
            continue;
        }
        *noted = true;
        if (found == 0) {
            qs_text_addf(&session->log, "%s: layer %u: left out of all statistics:", info->name, layer);
        }
        if (found < NOTED_MAX) {
            qs_text_addf(&session->log, "%s %s: %llu NaN and %llu infinite weights", found ? "," : "",
                         info->kind_names[kind], (unsigned long long)nan, (unsigned long long)inf);
        }
        found++;
    }
    if (found > NOTED_MAX) {
        qs_text_addf(&session->log, ", and such weights in %u more modules", found - NOTED_MAX);
    }
    if (found) {
        qs_text_add(&session->log, "\n");
    }
}

void qs_session_note(struct qs_session *session)
{
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        note_layer(session, layer);
    }
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
static enum qs_status open_target(struct qs_session *session, struct qs_cache **out, struct qs_error *err)
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
static enum qs_status release_target(struct qs_session *session, struct qs_error *err)
{
    qs_cache_close(session->caches[0]);
    session->caches[0] = NULL;
    session->revision++;
    return qs_place_read_if_any(session->target, &session->caches[0], err);
}

enum qs_status qs_session_scan_start(struct qs_session *session, struct qs_error *err)
{
    if (session->scan) {
        return QS_OK;
    }
    if (!session->model) {
        return qs_fail(err, QS_USAGE, "%s: is a cache; a scan needs the model itself", session->target);
    }
    qs_session_survey(session, NULL);
    bool complete = session->state.finished;
    if (complete && !(session->target && qs_place_has_journal(session->target))) {
        return QS_OK;
    }
    size_t cells = (size_t)session->info->layers * session->info->kinds;
    bool *wanted = calloc(cells ? cells : 1, sizeof *wanted);
    if (!wanted) {
        return qs_fail_memory(err, "a scan", cells);
    }
    struct qs_cache *writer = NULL;
    struct qs_error why = {0};
    enum qs_status status = open_target(session, &writer, &why);
    if (status == QS_OK) {
        status = qs_weights_declare(writer, &why);
    }
    if (status != QS_OK) {
        // A journal that somebody else is still writing is theirs to finish.
        qs_cache_close(writer);
        free(wanted);
        return complete ? QS_OK : qs_fail(err, status, "%s", why.text);
    }
    qs_cache_close(session->caches[0]);
    session->caches[0] = writer;
    session->revision++;
    // The file may hold more than when it was read: another process may have scanned meanwhile.
    qs_session_survey(session, wanted);
    qs_session_note(session);
    if (session->state.finished) {
        status = qs_cache_checkpoint(writer, err);
    } else {
        status = qs_scan_start(session->model, wanted, session->threads, &session->scan, err);
    }
    if (session->scan) {
        session->stopping = false;
        session->started = session->checkpointed = now();
        session->state.running = true;
    } else {
        enum qs_status released = release_target(session, status == QS_OK ? err : NULL);
        status = status == QS_OK ? released : status;
    }
    free(wanted);
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
        status = qs_weights_put(cache, layer->layer, layer->kinds[i], &layer->stats[i], err);
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
    note_layer(session, layer->layer);
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
    if (release_target(session, &error) != QS_OK && state->error.status == QS_OK) {
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
