// SensiBoost, KurtBoost and their ablation: see allocate.h (METHODS sections 5 and 6).
#include "plan/allocating.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum qs_status fail_missing(const char *metric, struct qs_error *err)
{
    bool calibrated = strcasecmp(metric, "sensitivity") == 0 || strcasecmp(metric, "module_sensitivity") == 0 ||
                      strcasecmp(metric, "loss") == 0;
    return calibrated
               ? qs_fail(err, QS_FAILED,
                         "%s: is not known of this model; `quantscope import METRICS.csv -o CACHE` takes it from "
                         "a table",
                         metric)
               : qs_fail(err, QS_FAILED, "%s: is not known of this model; `quantscope scan MODEL -o CACHE` measures it",
                         metric);
}

enum qs_status qs_plan_select(const struct qs_source *source, const struct qs_plan_params *params, const char *metric,
                              uint8_t **out, struct qs_error *err)
{
    const struct qs_model_info *model = source->model;
    const struct qs_source_curves *curves = qs_source_find(source, metric);
    if (!curves) {
        return fail_missing(metric, err);
    }
    if (params->detect.top_m > model->layers) {
        return qs_fail(err, QS_USAGE, "top-m is %u, and the model has %u layers; 0 keeps all", params->detect.top_m,
                       model->layers);
    }
    uint8_t *selected = calloc((size_t)model->layers * model->kinds + 1, 1);
    if (!selected) {
        return qs_fail_memory(err, "the sensitive layers", (size_t)model->layers * model->kinds);
    }
    struct qs_detect_params detect = params->detect;
    detect.difference = curves->difference;
    enum qs_status status = QS_OK;
    for (uint32_t kind = 0; status == QS_OK && kind < model->kinds; kind++) {
        struct qs_detection found;
        status = qs_detect(curves->values + (size_t)kind * model->layers, model->layers, &detect, &found, err);
        for (uint32_t i = 0; status == QS_OK && i < found.count; i++) {
            selected[(size_t)kind * model->layers + found.detected[i].layer] = 1;
        }
        if (status == QS_OK) {
            qs_detection_free(&found);
        }
    }
    if (status != QS_OK) {
        free(selected);
        return status;
    }
    *out = selected;
    return QS_OK;
}

uint8_t qs_allocating_moved(const struct qs_allocating *at, uint32_t layer, uint32_t kind, int64_t stops)
{
    uint8_t own[QS_LADDER_MAX];
    int64_t count = (int64_t)qs_source_rungs(at->source, layer, kind, own);
    uint8_t now = qs_plan_cell(at->plan, layer, kind)->rung;
    int64_t place = 0;
    while (place + 1 < count && own[place] != now) {
        place++;
    }
    place += stops;
    place = place < 0 ? 0 : place >= count ? count - 1 : place;
    return own[place];
}

// Moves one module up, unless it is locked or not there.
static void boost(struct qs_allocating *at, uint32_t layer, uint32_t kind)
{
    struct qs_plan_cell *cell = qs_plan_cell(at->plan, layer, kind);
    if (cell->rung != QS_PLAN_NO_RUNG && !cell->locked) {
        uint8_t rung = qs_allocating_moved(at, layer, kind, at->params->boost_stop);
        cell->boosted = rung > cell->rung; // not at the top of the ladder
        cell->rung = rung;
    }
}

// Tells where the ladder ended before the stops were climbed.
static void note_clamped(struct qs_allocating *at, size_t selected)
{
    const struct qs_ladder *ladder = &at->source->ladder;
    int base = qs_ladder_find(ladder, at->params->base);
    uint64_t room = ladder->count - 1 - (uint64_t)(base < 0 ? 0 : base);
    if (selected > 0 && at->params->boost_stop > room) {
        char top[QS_RUNG_NAME_MAX];
        qs_text_addf(&at->report->notes, "boost-stop %u leads beyond the ladder: the boosted end at %s, %llu above\n",
                     at->params->boost_stop, qs_rung_name(ladder->rungs[ladder->count - 1], top),
                     (unsigned long long)room);
    }
}

static void boost_all(struct qs_allocating *at, const uint8_t *selected)
{
    const struct qs_model_info *model = at->source->model;
    size_t count = 0;
    for (uint32_t kind = 0; kind < model->kinds; kind++) {
        for (uint32_t layer = 0; layer < model->layers; layer++) {
            if (selected[(size_t)kind * model->layers + layer]) {
                boost(at, layer, kind);
                count++;
            }
        }
    }
    note_clamped(at, count);
}

enum qs_status qs_allocate_boost(struct qs_allocating *at, struct qs_error *err)
{
    uint8_t *selected = NULL;
    enum qs_status status = qs_plan_select(at->source, at->params, qs_plan_params_metric(at->params), &selected, err);
    if (status == QS_OK) {
        boost_all(at, selected);
    }
    free(selected);
    return status;
}

// splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014), the same everywhere.
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

// Below limit, every number as likely as another.
static uint32_t draw_below(uint64_t *state, uint32_t limit)
{
    uint64_t edge = UINT64_MAX - UINT64_MAX % limit; // values from here on would favour small results
    uint64_t value;
    do {
        value = draw(state);
    } while (value >= edge);
    return (uint32_t)(value % limit);
}

// Replaces what was selected of a kind by as many layers of those that `taken` has not.
static void redraw_kind(struct qs_allocating *at, uint32_t kind, uint8_t *selected, const uint8_t *taken,
                        uint32_t *pool, uint64_t *state)
{
    const struct qs_model_info *model = at->source->model;
    uint32_t wanted = 0;
    uint32_t size = 0;
    for (uint32_t layer = 0; layer < model->layers; layer++) {
        bool held = qs_plan_cell(at->plan, layer, kind)->locked; // neither would climb
        wanted += selected[layer] && !held;
        if (!selected[layer] && !taken[layer] && !held && qs_module_params(model, layer, kind) > 0) {
            pool[size++] = layer;
        }
        selected[layer] = 0;
    }
    if (wanted > size) {
        qs_text_addf(&at->report->notes, "%s: only %u of %u layers can be drawn\n", model->kind_names[kind], size,
                     wanted);
    }
    for (uint32_t i = 0; i < wanted && size > 0; i++) {
        uint32_t at_pool = draw_below(state, size);
        selected[pool[at_pool]] = 1;
        pool[at_pool] = pool[--size];
    }
}

// What the other method would select, so that it is not drawn: of kurtosis and sensitivity the one that is not in use;
// nothing where its metric is not known.
static enum qs_status select_other(struct qs_allocating *at, uint8_t **out, struct qs_error *err)
{
    bool sensitivity = strcasecmp(qs_plan_params_metric(at->params), "sensitivity") == 0;
    const char *other = sensitivity ? "kurtosis" : "sensitivity";
    if (qs_source_find(at->source, other)) {
        return qs_plan_select(at->source, at->params, other, out, err);
    }
    size_t cells = (size_t)at->source->model->layers * at->source->model->kinds;
    qs_text_addf(&at->report->notes, "%s is not known: only what %s selects is kept out of the draw\n", other,
                 qs_plan_params_metric(at->params));
    *out = calloc(cells + 1, 1);
    return *out ? QS_OK : qs_fail_memory(err, "the sensitive layers", cells);
}

enum qs_status qs_allocate_ablation(struct qs_allocating *at, struct qs_error *err)
{
    const struct qs_model_info *model = at->source->model;
    uint8_t *selected = NULL;
    uint8_t *other = NULL;
    uint32_t *pool = NULL;
    enum qs_status status = qs_plan_select(at->source, at->params, qs_plan_params_metric(at->params), &selected, err);
    if (status == QS_OK) {
        status = select_other(at, &other, err);
    }
    if (status == QS_OK) {
        pool = calloc((size_t)model->layers + 1, sizeof *pool);
        status = pool ? QS_OK : qs_fail_memory(err, "layers to draw from", model->layers * sizeof *pool);
    }
    uint64_t state = at->params->seed;
    for (uint32_t kind = 0; status == QS_OK && kind < model->kinds; kind++) {
        size_t row = (size_t)kind * model->layers;
        redraw_kind(at, kind, selected + row, other + row, pool, &state);
    }
    if (status == QS_OK) {
        boost_all(at, selected);
    }
    free(pool);
    free(other);
    free(selected);
    return status;
}
