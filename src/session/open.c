// Opening and closing a session: which model, which caches, where results go. See session.h.
//
// Without named caches the model's default cache is read; where it cannot be extended, results go to a cache of the
// user's own, named by the fingerprint and read over the default one.
#include "session/state.h"

#include "base/array.h"
#include "session/errors.h"
#include "session/place.h"
#include "session/planner.h"

#include <stdlib.h>
#include <string.h>

static const char *or_unknown(const char *text)
{
    return text[0] ? text : "unknown";
}

static bool same_kinds(const struct qs_model_info *a, const struct qs_model_info *b)
{
    if (a->layers != b->layers || a->kinds != b->kinds) {
        return false;
    }
    for (uint32_t kind = 0; kind < a->kinds; kind++) {
        if (strcmp(a->kind_names[kind], b->kind_names[kind]) != 0) {
            return false;
        }
    }
    return true;
}

// QS_BAD_INPUT, naming both, where a module is of another size: models of one family share layers and kinds.
static enum qs_status check_sizes(const struct qs_cache *cache, const struct qs_model_info *info, struct qs_error *err)
{
    const struct qs_model_info *theirs = qs_cache_model(cache);
    size_t at = qs_model_info_difference(theirs, info);
    if (at == (size_t)info->layers * info->kinds) {
        return QS_OK;
    }
    bool counts = qs_model_info_counts_only(theirs) || qs_model_info_counts_only(info);
    char a[QS_MODULE_TEXT_MAX];
    char b[QS_MODULE_TEXT_MAX];
    return qs_fail(err, QS_BAD_INPUT,
                   "%s: is the cache of another model: layer %zu %s of %s is %s, that of %s %s; name another cache, or "
                   "move this one away",
                   qs_cache_path(cache), at / info->kinds, info->kind_names[at % info->kinds],
                   or_unknown(theirs->name), qs_module_info_text(&theirs->modules[at], counts, a),
                   or_unknown(info->name), qs_module_info_text(&info->modules[at], counts, b));
}

// QS_BAD_INPUT, naming both, where the cache is not of this model.
static enum qs_status check_cache(const struct qs_cache *cache, const struct qs_model_info *info, struct qs_error *err)
{
    const struct qs_model_info *theirs = qs_cache_model(cache);
    bool known = theirs->fingerprint[0] && info->fingerprint[0];
    if (known && strcmp(theirs->fingerprint, info->fingerprint) != 0) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: is the cache of another model: %s, fingerprint %s, where %s, fingerprint %s, is open; name "
                       "another cache, or move this one away",
                       qs_cache_path(cache), or_unknown(theirs->name), theirs->fingerprint, or_unknown(info->name),
                       info->fingerprint);
    }
    if (!same_kinds(theirs, info)) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: its modules (%u layers of %u kinds, of the model %s) are not those of %s (%u layers of %u "
                       "kinds); name another cache, or move this one away",
                       qs_cache_path(cache), theirs->layers, theirs->kinds, or_unknown(theirs->name),
                       or_unknown(info->name), info->layers, info->kinds);
    }
    return check_sizes(cache, info, err);
}

// Reads a cache and puts it last; NULL where it may be missing and is. The first one of a session without a model says
// what the model is.
static enum qs_status add_cache(struct qs_session *session, const char *path, bool may_be_missing, struct qs_error *err)
{
    struct qs_cache *cache = NULL;
    enum qs_status status = may_be_missing ? qs_place_read_if_any(path, &cache, err) : qs_cache_read(path, &cache, err);
    if (status != QS_OK || !cache) {
        session->caches[session->cache_count] = NULL;
        session->cache_count += status == QS_OK;
        return status;
    }
    if (!session->info) {
        session->info = qs_cache_model(cache);
    }
    status = check_cache(cache, session->info, err);
    if (status == QS_OK) {
        bool tells_more = qs_model_info_counts_only(session->info);
        session->info = tells_more ? qs_cache_model(cache) : session->info;
        const char *warnings = qs_cache_warnings(cache);
        qs_text_addf(&session->log, "%s%s", warnings, warnings[0] ? "\n" : "");
        session->caches[session->cache_count++] = cache;
        return QS_OK;
    }
    if (session->info == qs_cache_model(cache)) {
        session->info = NULL;
    }
    qs_cache_close(cache);
    return status;
}

static enum qs_status set_target(struct qs_session *session, const char *path, struct qs_error *err)
{
    session->target = strdup(path);
    return session->target ? QS_OK : qs_fail_memory(err, "a path", strlen(path) + 1);
}

// The first one added is where results go; where a model is open there may be nothing yet.
static enum qs_status add_named(struct qs_session *session, const char *path, struct qs_error *err)
{
    bool is_target = !session->target;
    enum qs_status status = is_target ? set_target(session, path, err) : QS_OK;
    return status == QS_OK ? add_cache(session, path, is_target && session->model, err) : status;
}

static enum qs_status add_default(struct qs_session *session, struct qs_error *err)
{
    const char *path = qs_model_default_cache(session->model);
    session->target_default = true;
    enum qs_status status = add_cache(session, path, true, err);
    if (status != QS_OK) {
        return status;
    }
    struct qs_cache *below = session->caches[0];
    if (qs_place_can_write(path) && !(below && qs_cache_frozen(below))) {
        return set_target(session, path, err);
    }
    // Results go to the fallback, which goes in front of what was read.
    char *fallback = qs_place_fallback_cache(session->info->fingerprint);
    session->cache_count = 0;
    if (fallback) {
        status = add_named(session, fallback, err);
        free(fallback);
    } else {
        session->caches[session->cache_count++] = NULL;
    }
    session->caches[session->cache_count++] = below; // also where that failed: it is closed with the others
    return status;
}

static enum qs_status add_caches(struct qs_session *session, const struct qs_session_options *options,
                                 const char *first, struct qs_error *err)
{
    size_t room = options->cache_count + 2; // `first`, or a default cache and what is read over it
    session->caches = calloc(room, sizeof *session->caches);
    if (!session->caches) {
        return qs_fail_memory(err, "caches", room * sizeof *session->caches);
    }
    if (options->cache_count == 0 && !first) {
        return add_default(session, err);
    }
    enum qs_status status = first ? add_named(session, first, err) : QS_OK;
    for (size_t i = 0; status == QS_OK && i < options->cache_count; i++) {
        status = add_named(session, options->caches[i], err);
    }
    return status;
}

// Where a cache has errors of HQQ already, a scan goes on with their parameters until it is told others.
static void adopt_parameters(struct qs_session *session)
{
    bool found = false;
    for (size_t i = 0; !found && i < session->cache_count; i++) {
        struct qs_quantizer *parameters = &session->options.parameters;
        found = session->caches[i] && qs_errors_parameters(session->caches[i], parameters->axis, parameters);
    }
}

// Tells of modules that a scan leaves alone: each dtype that is not read, once.
static void note_unreadable(struct qs_session *session)
{
    const struct qs_model_info *info = session->info;
    const char *named = ""; // the dtype of the last line
    for (uint32_t layer = 0; session->model && layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const struct qs_weight *weight = qs_model_module(session->model, layer, kind);
            if (weight && !weight->readable && strcmp(named, weight->tensor->dtype_name) != 0) {
                named = weight->tensor->dtype_name;
                qs_text_addf(&session->log, "%s: layer %u, %s: weights of type %s are listed but not analysed\n",
                             qs_model_path(session->model), layer, info->kind_names[kind], named);
            }
        }
    }
}

enum qs_status qs_session_open(const struct qs_session_options *options, struct qs_session **out, struct qs_error *err)
{
    if (!options->model && options->cache_count == 0) {
        return qs_fail(err, QS_USAGE, "no model and no cache is named");
    }
    struct qs_session *session = calloc(1, sizeof *session);
    if (!session) {
        return qs_fail_memory(err, "a session", sizeof *session);
    }
    session->threads = options->threads;
    session->detect = qs_detect_defaults;
    session->config = (struct qs_config){QS_QUANTIZER_HQQ, 1, {4, 64}};
    session->options = (struct qs_scan_options){
        .quantizers = 1u << QS_QUANTIZER_HQQ | 1u << QS_QUANTIZER_RTN,
        .parameters = qs_quantizer_defaults,
        .ladder = qs_ladder_hqq,
    };
    session->revision = 1;

    enum qs_status status = QS_OK;
    const char *first = NULL;
    if (options->model && qs_place_is_cache(options->model)) {
        first = options->model;
    } else if (options->model) {
        status = qs_model_open(options->model, &session->model, err);
        if (status != QS_OK) {
            goto out;
        }
        session->info = qs_model_info(session->model);
        qs_text_add(&session->log, qs_model_warnings(session->model));
    }
    status = add_caches(session, options, first, err);
    if (status != QS_OK) {
        goto out;
    }
    size_t cells = (size_t)session->info->layers * session->info->kinds;
    session->noted = calloc(cells ? cells : 1, sizeof *session->noted);
    session->refused = calloc((size_t)session->info->kinds + 1, sizeof *session->refused);
    session->planner = qs_planner_new(cells);
    if (!session->noted || !session->refused || !session->planner) {
        status = qs_fail_memory(err, "a session", cells);
        goto out;
    }
    adopt_parameters(session);
    qs_session_find_datasets(session);
    session->config.axis = qs_session_axis(session, NULL, session->config.quantizer);
    note_unreadable(session);
    qs_session_note(session);
    qs_session_survey(session, NULL);
    status = qs_session_load_stored(session, err);
    if (status != QS_OK) {
        goto out;
    }
    *out = session;
    session = NULL;
out:
    qs_session_close(session);
    return status;
}

void qs_session_close(struct qs_session *session)
{
    if (!session) {
        return;
    }
    qs_session_scan_stop(session);
    while (session->scan) {
        qs_session_poll(session, 1000);
    }
    for (size_t i = 0; i < session->cache_count; i++) {
        qs_cache_close(session->caches[i]);
    }
    free(session->caches);
    free(session->target);
    qs_planner_free(session->planner);
    free(session->noted);
    free(session->refused);
    qs_text_free(&session->log);
    qs_model_close(session->model);
    free(session);
}

const struct qs_model_info *qs_session_info(const struct qs_session *session)
{
    return session->info;
}

const char *qs_session_model_path(const struct qs_session *session)
{
    return session->model ? qs_model_path(session->model) : "";
}

const char *qs_session_cache_path(const struct qs_session *session)
{
    // A finished default cache that cannot be extended is where the results are; nothing will be kept elsewhere.
    for (size_t i = 0; session->state.finished && i < session->cache_count; i++) {
        if (session->caches[i]) {
            return qs_cache_path(session->caches[i]);
        }
    }
    return session->target ? session->target : "";
}

const char *qs_session_log(const struct qs_session *session)
{
    return qs_text_chars(&session->log);
}
