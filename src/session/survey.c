// What a scan has to do, and what the log tells of odd modules: see state.h.
#include "session/state.h"

#include "kernel/dtype.h"
#include "session/errors.h"
#include "session/weights.h"

#include <stdlib.h>
#include <string.h>

enum { NOTED_MAX = 8 }; // modules of one line of the log

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

// The rungs of the ladder that a quantizer has at all.
static uint64_t rungs_of(const struct qs_scan_options *options, enum qs_quantizer_kind quantizer)
{
    uint64_t rungs = 0;
    for (size_t rung = 0; (options->quantizers >> quantizer & 1) && rung < options->ladder.count; rung++) {
        bool has = quantizer != QS_QUANTIZER_NF4 || options->ladder.rungs[rung].bits == 4;
        rungs |= (uint64_t)has << rung;
    }
    return rungs;
}

// Where the states of each rung stand.
struct places {
    uint64_t rungs[QS_QUANTIZER_COUNT];
    struct qs_rung_place at[QS_QUANTIZER_COUNT][QS_LADDER_MAX];
};

static void find_places(const struct qs_scan_options *options, struct places *out)
{
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        struct qs_config config = {.quantizer = (enum qs_quantizer_kind)quantizer, .axis = options->parameters.axis};
        out->rungs[quantizer] = rungs_of(options, config.quantizer);
        for (size_t rung = 0; rung < options->ladder.count; rung++) {
            config.rung = options->ladder.rungs[rung];
            out->at[quantizer][rung] = qs_errors_place(&config, QS_ERRORS_STATE);
        }
    }
}

static struct qs_scan_need need_of(const struct qs_session *session, const struct places *places, uint32_t layer,
                                   uint32_t kind, bool can_read)
{
    struct qs_scan_need need = {.stats = can_read && !qs_session_scanned(session, layer, kind)};
    const struct qs_array *array;
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        for (size_t rung = 0; rung < session->options.ladder.count; rung++) {
            const struct qs_rung_place *place = &places->at[quantizer][rung];
            if ((places->rungs[quantizer] >> rung & 1) &&
                !qs_session_cell(session, place->path, layer, kind, place->element, &array)) {
                need.rungs[quantizer] |= (uint64_t)1 << rung;
            }
        }
    }
    return need;
}

void qs_session_survey(struct qs_session *session, struct qs_scan_need *needs)
{
    const struct qs_model_info *info = session->info;
    struct places places;
    find_places(&session->options, &places);
    session->state = (struct qs_scan_state){0};
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const struct qs_module_info *module = qs_model_info_module(info, layer, kind);
            struct qs_scan_need need = {.stats = false};
            bool can_read = readable(session, layer, kind);
            if (module->rows > 0) {
                need = need_of(session, &places, layer, kind, can_read);
            }
            if (qs_scan_needs_any(&need)) {
                session->state.total++;
                session->state.bytes_total += qs_scan_work(&need, &session->options, can_read ? module->bytes : 0);
            }
            if (needs) {
                needs[(size_t)layer * info->kinds + kind] = need;
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

static void note_values(struct qs_session *session, uint32_t layer)
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

// The rungs of a job that ended in one state, of any quantizer.
static uint64_t rungs_in(const struct qs_session *session, const struct qs_error_job *job, enum qs_rung_state state)
{
    uint64_t rungs = 0;
    for (int quantizer = 0; quantizer < QS_QUANTIZER_COUNT; quantizer++) {
        for (size_t rung = 0; rung < session->options.ladder.count; rung++) {
            if ((job->wanted[quantizer] >> rung & 1) && job->results[quantizer][rung].state == state) {
                rungs |= (uint64_t)1 << rung;
            }
        }
    }
    return rungs;
}

// Types that cannot be read at all are told of when a model is opened.
static void note_refused(struct qs_session *session, uint32_t layer, uint32_t kind, const struct qs_error_job *job)
{
    static const enum qs_rung_state states[] = {QS_RUNG_INDIVISIBLE, QS_RUNG_NOT_FINITE};
    const struct qs_model_info *info = session->info;
    for (size_t i = 0; i < QS_COUNT_OF(states); i++) {
        uint64_t rungs = rungs_in(session, job, states[i]);
        unsigned char bit = (unsigned char)(1u << states[i]);
        if (!rungs || (session->refused[kind] & bit)) {
            continue;
        }
        session->refused[kind] |= bit;
        qs_text_addf(&session->log, "%s: layer %u, %s: no quantization errors", info->name, layer,
                     info->kind_names[kind]);
        if (states[i] == QS_RUNG_INDIVISIBLE) {
            const char *comma = " at ";
            bool all = rungs == ((uint64_t)1 << session->options.ladder.count) - 1;
            if (all) {
                qs_text_add(&session->log, " at any rung");
            }
            for (size_t rung = 0; rung < session->options.ladder.count; rung++) {
                char name[QS_RUNG_NAME_MAX];
                if (!all && (rungs >> rung & 1)) {
                    qs_text_addf(&session->log, "%s%s", comma, qs_rung_name(session->options.ladder.rungs[rung], name));
                    comma = ", ";
                }
            }
            const struct qs_module_info *module = qs_model_info_module(info, layer, kind);
            qs_text_addf(&session->log, ": its %llu x %llu weights are no whole number of groups",
                         (unsigned long long)module->rows, (unsigned long long)module->cols);
        } else {
            qs_text_add(&session->log, ": it has weights that are NaN, infinite or of 2^57 and more");
        }
        qs_text_add(&session->log, " (the same in other layers is not told again)\n");
    }
}

void qs_session_note(struct qs_session *session)
{
    for (uint32_t layer = 0; layer < session->info->layers; layer++) {
        note_values(session, layer);
    }
}

void qs_session_note_layer(struct qs_session *session, const struct qs_scan_layer *layer)
{
    note_values(session, layer->layer);
    for (uint32_t i = 0; i < layer->count; i++) {
        note_refused(session, layer->layer, layer->kinds[i], &layer->jobs[i]);
    }
}
