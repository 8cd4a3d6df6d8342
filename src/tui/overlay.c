// Several configs over one another, and the lines of Curves in general: see overlay.h and state.h.
#include "tui/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const qs_overlay_names[QS_OVERLAY_COUNT] = {"kinds", "rungs", "quantizers"};

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

void qs_overlay_clear(struct qs_overlay *overlay)
{
    free(overlay->curves);
    *overlay = (struct qs_overlay){0};
}

bool qs_curve_lines_overlaid(const struct qs_ui *ui)
{
    return ui->curves.overlay != QS_OVERLAY_KINDS && ui->metric->per_config && ui->info->kinds > 0;
}

static void list_rungs(const struct qs_ui *ui, struct qs_overlay *made)
{
    const struct qs_config *config = qs_session_config(ui->session);
    struct qs_ladder ladder;
    qs_session_metric_rungs(ui->session, qs_ui_rung_metric(ui), config->quantizer, config->axis, &ladder);
    for (size_t i = 0; i < ladder.count; i++) {
        struct qs_overlay_line *line = &made->lines[made->count++];
        line->config = *config;
        line->config.rung = ladder.rungs[i];
        char name[QS_RUNG_NAME_MAX];
        snprintf(line->name, sizeof line->name, "%s", qs_rung_name(ladder.rungs[i], name));
    }
}

static void list_quantizers(const struct qs_ui *ui, struct qs_overlay *made)
{
    for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
        struct qs_config config = *qs_session_config(ui->session);
        config.quantizer = (enum qs_quantizer_kind)i;
        // NF4 knows axis 1 only: beside the others' axis 0 it stands as what it is.
        bool other_axis = config.quantizer == QS_QUANTIZER_NF4 && config.axis == 0;
        config.axis = other_axis ? 1 : config.axis;
        if (qs_session_has_metric_at(ui->session, qs_ui_rung_metric(ui), &config)) {
            struct qs_overlay_line *line = &made->lines[made->count++];
            line->config = config;
            snprintf(line->name, sizeof line->name, "%s%s", qs_quantizer_name(config.quantizer),
                     other_axis ? " axis 1" : "");
        }
    }
}

enum qs_status qs_overlay_refresh(struct qs_ui *ui)
{
    struct qs_overlay *overlay = &ui->overlay;
    if (!qs_curve_lines_overlaid(ui)) {
        qs_overlay_clear(overlay);
        return QS_OK;
    }
    uint64_t revision = qs_session_revision(ui->session);
    if (overlay->of == ui->curves.overlay && overlay->revision == revision && overlay->metric == ui->metric &&
        overlay->kind == ui->curves.kind) {
        return QS_OK;
    }
    qs_overlay_clear(overlay);
    struct qs_overlay made = {
        .of = ui->curves.overlay,
        .revision = revision,
        .metric = ui->metric,
        .kind = ui->curves.kind,
    };
    (made.of == QS_OVERLAY_RUNGS ? list_rungs : list_quantizers)(ui, &made);
    size_t layers = ui->info->layers;
    made.curves = calloc(made.count * layers + 1, sizeof *made.curves);
    if (!made.curves) {
        return QS_FAILED;
    }
    for (size_t i = 0; i < made.count; i++) {
        qs_session_curve_at(ui->session, made.metric, &made.lines[i].config, made.kind, made.curves + i * layers);
    }
    *overlay = made;
    return QS_OK;
}

static bool is_config(const struct qs_config *a, const struct qs_config *b)
{
    return a->quantizer == b->quantizer && a->axis == b->axis && qs_rung_equal(a->rung, b->rung);
}

uint32_t qs_curve_lines(const struct qs_ui *ui)
{
    return qs_curve_lines_overlaid(ui) ? (uint32_t)ui->overlay.count : ui->info->kinds;
}

struct qs_curve_line qs_curve_line(const struct qs_ui *ui, uint32_t index)
{
    const struct qs_analysis *analysis = &ui->analysis;
    uint32_t kind = qs_curve_lines_overlaid(ui) ? ui->curves.kind : index;
    const uint8_t *marked = analysis->metric ? analysis->marked + (size_t)kind * analysis->layers : NULL;
    if (!qs_curve_lines_overlaid(ui)) {
        return (struct qs_curve_line){
            .name = ui->short_names[index],
            .letter = ui->letters[index],
            .role = QS_ROLE_SERIES_0 + index % QS_SERIES_ROLES,
            .values = analysis->metric ? qs_analysis_curve(analysis, index) : NULL,
            .marked = marked,
            .focused = index == ui->curves.kind,
            .hidden = ui->curves.hidden[index],
        };
    }
    const struct qs_overlay_line *line = &ui->overlay.lines[index];
    bool focused = is_config(&line->config, qs_session_config(ui->session));
    return (struct qs_curve_line){
        .name = line->name,
        .letter = ui->overlay.of == QS_OVERLAY_QUANTIZERS ? line->name[0] : letters[index % (sizeof letters - 1)],
        .role = QS_ROLE_SERIES_0 + index % QS_SERIES_ROLES,
        .values = ui->overlay.curves + (size_t)index * ui->info->layers,
        .marked = focused ? marked : NULL, // sensitive layers are searched at the config on show
        .focused = focused,
    };
}

uint32_t qs_curve_line_focused(const struct qs_ui *ui)
{
    if (!qs_curve_lines_overlaid(ui)) {
        return ui->curves.kind;
    }
    for (uint32_t i = 0; i < ui->overlay.count; i++) {
        if (is_config(&ui->overlay.lines[i].config, qs_session_config(ui->session))) {
            return i;
        }
    }
    return 0;
}
