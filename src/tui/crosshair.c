// The crosshair that Curves and Grid share: a layer, a module kind, and what stands under it.
#include "tui/state.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void qs_crosshair_set_layer(struct qs_ui *ui, int64_t layer)
{
    int64_t last = (int64_t)ui->info->layers - 1;
    ui->curves.layer = (uint32_t)(layer < 0 || last < 0 ? 0 : layer > last ? last : layer);
}

// Advice without its first words, where a narrow screen would cut the options that matter.
static const char *shortened(const char *advice, int cols)
{
    static const char *const leads[] = {"not measured: ", "quantscope "};
    for (size_t i = 0; i < QS_COUNT_OF(leads); i++) {
        size_t length = strlen(leads[i]);
        if (strlen(advice) > (size_t)(cols > 0 ? cols : 0) && strncmp(advice, leads[i], length) == 0) {
            advice += length;
        }
    }
    return advice;
}

void qs_crosshair_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, uint64_t floored)
{
    uint32_t layer = ui->curves.layer;
    uint32_t kind = ui->curves.kind;
    double value = qs_analysis_curve(&ui->analysis, kind)[layer];
    grid->cursor_col = rect.col;
    grid->cursor_row = rect.row;
    const struct qs_config *config = qs_session_config(ui->session);
    const char *refusal = ui->metric->per_config ? qs_session_refusal(ui->session, config, layer, kind) : NULL;
    if (!qs_ui_has_values(ui) && !refusal) {
        char advice[QS_MESSAGE_MAX];
        qs_ui_advice(ui, advice, sizeof advice);
        qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE, shortened(advice, rect.cols));
        return;
    }
    struct qs_text text = {0};
    qs_text_addf(&text, "layer %u %s ", layer, ui->short_names[kind]);
    char number[QS_NUMBER_MAX];
    if (!isnan(value)) {
        qs_text_add(&text, qs_format_exact(value, number));
        qs_text_addf(&text, "%s%s", ui->metric->units[0] && !ui->metric->integer ? " " : "",
                     ui->metric->integer ? "" : ui->metric->units);
    } else if (ui->missing[(size_t)kind * ui->info->layers + layer]) {
        qs_text_add(&text, "has no such module");
    } else if (refusal) {
        qs_text_add(&text, refusal);
    } else {
        bool undefined = qs_session_scanned(ui->session, layer, kind) && !ui->metric->per_config;
        qs_text_add(&text, undefined ? "undefined" : "not measured");
    }
    double z = qs_analysis_z(&ui->analysis, layer, kind);
    if (!isnan(z)) {
        qs_text_addf(&text, "  z %s", qs_format_short(z, 4, number));
    }
    int used = qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_TITLE, qs_text_chars(&text));
    qs_text_free(&text);
    if (qs_analysis_marked(&ui->analysis, layer, kind)) {
        if (used + 1 < rect.cols) {
            qs_grid_put(grid, rect.col + used + 1, rect.row, qs_ui_mark(ui), QS_ROLE_MARK);
        }
        used += 2;
    }
    if (floored > 0) {
        qs_grid_textf(grid, rect.col + used + 2, rect.row, rect.cols - used - 2, QS_ROLE_WARNING,
                      "%llu not above 0", (unsigned long long)floored);
    }
}

static void step_kind(struct qs_ui *ui, int direction)
{
    uint32_t kinds = ui->info->kinds;
    if (kinds > 0) {
        ui->curves.kind = (ui->curves.kind + (direction > 0 ? 1 : kinds - 1)) % kinds;
    }
}

// The next sensitive layer of the focused kind, from the end on to the beginning.
static void step_mark(struct qs_ui *ui, int direction)
{
    uint32_t layers = ui->info->layers;
    for (uint32_t i = 1; i <= layers; i++) {
        uint32_t layer = (ui->curves.layer + (direction > 0 ? i : layers - i)) % layers;
        if (qs_analysis_marked(&ui->analysis, layer, ui->curves.kind)) {
            ui->curves.layer = layer;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_TEXT, "this kind has no sensitive layer");
}

static void set_glyphs(struct qs_ui *ui, const char *argument)
{
    static const char *const names[QS_GLYPHS_COUNT] = {"braille", "block", "ascii"};
    if (!argument || !argument[0]) {
        ui->glyphs = (ui->glyphs + 1) % QS_GLYPHS_COUNT;
        return;
    }
    for (int i = 0; i < QS_GLYPHS_COUNT; i++) {
        if (strcasecmp(argument, names[i]) == 0) {
            ui->glyphs = (enum qs_glyphs)i;
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_ERROR, "glyphs: braille, block or ascii");
}

static void focus_named(struct qs_ui *ui, const char *name)
{
    int kind = name && name[0] ? qs_model_info_kind(ui->info, name) : -1;
    if (kind >= 0) {
        qs_ui_focus(ui, ui->curves.layer, (uint32_t)kind);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "kind: %s; Tab behind \":kind \" lists them",
                  kind == -2 ? "more than one ends like this" : "there is no such module kind");
    }
}

static void go_to(struct qs_ui *ui, const char *argument)
{
    uint64_t layer;
    if (argument && qs_parse_u64(argument, &layer) && layer < ui->info->layers) {
        qs_crosshair_set_layer(ui, (int64_t)layer);
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "layer: a number below %u", ui->info->layers);
    }
}

static void turn_axis(struct qs_ui *ui)
{
    bool rungs = ui->view == QS_VIEW_CURVES && qs_curve_lines_overlaid(ui) && ui->curves.overlay == QS_OVERLAY_RUNGS;
    bool *flag = rungs ? &ui->curves.linear_rungs : &ui->curves.log_axis;
    *flag = !*flag;
}

bool qs_crosshair_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    int64_t layer = ui->curves.layer;
    int64_t tenth = ui->info->layers >= 20 ? ui->info->layers / 10 : 2;
    switch (id) {
    case QS_ACTION_LAYER_BACK:
        qs_crosshair_set_layer(ui, layer - tenth);
        return true;
    case QS_ACTION_LAYER_FORTH:
        qs_crosshair_set_layer(ui, layer + tenth);
        return true;
    case QS_ACTION_LAYER_FIRST:
        qs_crosshair_set_layer(ui, 0);
        return true;
    case QS_ACTION_LAYER_LAST:
        qs_crosshair_set_layer(ui, ui->info->layers);
        return true;
    case QS_ACTION_LAYER:
        go_to(ui, argument);
        return true;
    case QS_ACTION_MARK_NEXT:
    case QS_ACTION_MARK_PREVIOUS:
        step_mark(ui, id == QS_ACTION_MARK_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_KIND_NEXT:
    case QS_ACTION_KIND_PREVIOUS:
        step_kind(ui, id == QS_ACTION_KIND_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_KIND:
        focus_named(ui, argument);
        return true;
    case QS_ACTION_LOG_AXIS:
        turn_axis(ui);
        return true;
    case QS_ACTION_GLYPHS:
        set_glyphs(ui, argument);
        return true;
    default:
        return false;
    }
}
