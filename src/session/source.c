// What the caches know as a source for allocators: see plans.h.
#include "session/planner.h"
#include "session/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct qs_rung curve_rung = {4, 64}; // where layers are searched at (METHODS section 5)

// The paper's ladder; where none of it is measured but other rungs are, those.
static struct qs_plan_setup default_setup(const struct qs_session *session)
{
    struct qs_plan_setup setup = {
        .ladder = qs_ladder_hqq,
        .quantizer = QS_QUANTIZER_HQQ,
        .axis = qs_session_axis(session, NULL, QS_QUANTIZER_HQQ),
        .storage = QS_STORAGE_META8,
    };
    struct qs_ladder measured;
    bool paper = false;
    qs_session_rungs(session, setup.quantizer, setup.axis, &measured);
    for (size_t i = 0; i < measured.count; i++) {
        paper = paper || qs_ladder_find(&qs_ladder_hqq, measured.rungs[i]) >= 0;
    }
    if (measured.count > 0 && !paper) {
        setup.ladder = measured;
    }
    return setup;
}

const struct qs_plan_setup *qs_session_plan_setup(struct qs_session *session)
{
    struct qs_planner *planner = session->planner;
    if (!planner->set_up) {
        planner->setup = default_setup(session);
        planner->set_up = true;
    }
    return &planner->setup;
}

bool qs_plan_setup_equal(const struct qs_plan_setup *a, const struct qs_plan_setup *b)
{
    return a->quantizer == b->quantizer && a->axis == b->axis && a->storage == b->storage &&
           qs_ladder_equal(&a->ladder, &b->ladder);
}

// Locks are places in the ladder: another ladder has the same rungs elsewhere, or not at all.
static void translate_locks(struct qs_session *session, const struct qs_ladder *to)
{
    struct qs_planner *planner = session->planner;
    const struct qs_ladder *from = &planner->setup.ladder;
    for (size_t cell = 0; cell < (size_t)session->info->layers * session->info->kinds; cell++) {
        uint8_t lock = planner->locks[cell];
        int there = lock < from->count ? qs_ladder_find(to, from->rungs[lock]) : -1;
        planner->locks[cell] = there < 0 ? QS_PLAN_NO_RUNG : (uint8_t)there;
    }
}

enum qs_status qs_session_set_plan_setup(struct qs_session *session, const struct qs_plan_setup *setup,
                                         struct qs_error *err)
{
    if (setup->ladder.count == 0 || setup->axis > 1) {
        return qs_fail(err, QS_USAGE, "a plan needs a ladder of at least one rung, and axis 0 or 1");
    }
    enum qs_status status = qs_plan_check_quantizer(setup->quantizer, &setup->ladder, setup->axis, setup->storage, err);
    if (status != QS_OK) {
        return status;
    }
    if (qs_plan_setup_equal(setup, qs_session_plan_setup(session))) {
        return QS_OK;
    }
    struct qs_planner *planner = session->planner;
    translate_locks(session, &setup->ladder);
    planner->setup = *setup;
    planner->set_up = true;
    planner->changes++;
    qs_planner_forget_source(planner);
    session->revision++;
    return QS_OK;
}

void qs_planner_forget_source(struct qs_planner *planner)
{
    qs_frontier_free(&planner->frontier);
    free(planner->curves);
    free(planner->values);
    planner->curves = NULL;
    planner->values = NULL;
    planner->source = (struct qs_source){0};
    planner->sourced = false;
    planner->measured = false;
}

// The config that a metric's curves are searched at.
static struct qs_config curve_config(const struct qs_session *session, const struct qs_metric *metric)
{
    const struct qs_plan_setup *setup = &session->planner->setup;
    struct qs_config config = {setup->quantizer, setup->axis, curve_rung};
    if (metric->per_config && !qs_session_has_metric_at(session, metric, &config)) {
        config.axis = qs_session_axis(session, metric, setup->quantizer);
    }
    return config;
}

// f64[kinds][layers] into out; false where nothing is known.
static bool fill_curves(const struct qs_session *session, const struct qs_metric *metric, double *out)
{
    const struct qs_model_info *info = session->info;
    struct qs_config config = curve_config(session, metric);
    bool any = false;
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        double *curve = out + (size_t)kind * info->layers;
        qs_session_curve_at(session, metric, &config, kind, curve);
        for (uint32_t layer = 0; layer < info->layers; layer++) {
            any = any || !isnan(curve[layer]);
        }
    }
    return any;
}

// f64[layers][kinds][ladder.count] into out; false where nothing is known.
static bool fill_grid(const struct qs_session *session, const char *name, double *out)
{
    const struct qs_model_info *info = session->info;
    const struct qs_plan_setup *setup = &session->planner->setup;
    const struct qs_metric *metric = qs_metric_find(name);
    uint32_t axis = setup->axis;
    bool any = false;
    if (metric->data != QS_DATA_NONE) { // measured along another axis, they still tell which module matters
        struct qs_ladder known;
        qs_session_metric_rungs(session, metric, setup->quantizer, axis, &known);
        axis = known.count ? axis : qs_session_axis(session, metric, setup->quantizer);
    }
    for (size_t rung = 0; rung < setup->ladder.count; rung++) {
        struct qs_config config = {setup->quantizer, axis, setup->ladder.rungs[rung]};
        bool known = qs_session_has_metric_at(session, metric, &config);
        for (size_t cell = 0; cell < (size_t)info->layers * info->kinds; cell++) {
            out[cell * setup->ladder.count + rung] =
                known ? qs_session_value_at(session, metric, &config, (uint32_t)(cell / info->kinds),
                                            (uint32_t)(cell % info->kinds))
                      : NAN;
        }
        any = any || known;
    }
    return any;
}

static enum qs_status make_source(struct qs_session *session, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    const struct qs_model_info *info = session->info;
    const struct qs_plan_setup *setup = qs_session_plan_setup(session);
    size_t cells = (size_t)info->layers * info->kinds;
    size_t metrics = qs_metric_count();
    qs_planner_forget_source(planner);
    planner->curves = calloc(metrics, sizeof *planner->curves);
    planner->values = malloc((cells * (metrics + 3 * setup->ladder.count) + 1) * sizeof *planner->values);
    if (!planner->curves || !planner->values) {
        qs_planner_forget_source(planner);
        return qs_fail_memory(err, "what plans are made of", cells * metrics * sizeof *planner->values);
    }
    struct qs_source source = {
        .model = info,
        .ladder = setup->ladder,
        .quantizer = setup->quantizer,
        .axis = setup->axis,
        .storage = setup->storage,
        .curves = planner->curves,
    };
    double *free_values = planner->values;
    for (size_t i = 0; i < metrics; i++) {
        const struct qs_metric *metric = qs_metric_at(i);
        if (fill_curves(session, metric, free_values)) {
            planner->curves[source.curve_count++] =
                (struct qs_source_curves){metric->name, free_values, metric->difference};
            free_values += cells;
        }
    }
    static const char *const names[] = {"fnorm", "module_sensitivity", "loss"};
    const double **grids[] = {&source.fnorm, &source.sensitivity, &source.loss};
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        if (fill_grid(session, names[i], free_values)) {
            *grids[i] = free_values;
            free_values += cells * setup->ladder.count;
        }
    }
    planner->source = source;
    planner->sourced = true;
    planner->sourced_data = session->data;
    return QS_OK;
}

enum qs_status qs_session_source(struct qs_session *session, const struct qs_source **out, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    if (!planner->sourced || planner->sourced_data != session->data) {
        enum qs_status status = make_source(session, err);
        if (status != QS_OK) {
            return status;
        }
    }
    planner->source.model = session->info; // may have moved with the cache that it came from
    *out = &planner->source;
    return QS_OK;
}

enum qs_status qs_session_frontier(struct qs_session *session, const struct qs_frontier **out, struct qs_error *err)
{
    struct qs_planner *planner = session->planner;
    const struct qs_source *source;
    enum qs_status status = qs_session_source(session, &source, err);
    if (status == QS_OK && !planner->measured) {
        status = qs_frontier_make(source, QS_OBJECTIVE_BEST, &planner->frontier, err);
        planner->measured = status == QS_OK;
    }
    if (status == QS_OK) {
        *out = &planner->frontier;
    }
    return status;
}
