// The panel beside the heat map: see grid_panel.h.
#include "tui/grid_panel.h"

#include "plot/bars.h"
#include "plot/xy.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BINS = 256, LEVELS_MAX = 256, CURVE_ROWS_MIN = 6, BARS_ROWS_MIN = 4 };

// The error on show, else the first there is.
static const struct qs_metric *error_metric(const struct qs_ui *ui)
{
    if (ui->metric->per_config) {
        return ui->metric;
    }
    for (size_t i = 0; i < qs_metric_count(); i++) {
        if (qs_metric_at(i)->per_config) {
            return qs_metric_at(i);
        }
    }
    return NULL;
}

// A quantizer's errors of the module under the crosshair at all rungs; NF4 knows axis 1 only.
static size_t error_curve(const struct qs_ui *ui, const struct qs_metric *metric, enum qs_quantizer_kind quantizer,
                          double *bpw, double *errors)
{
    struct qs_config config = *qs_session_config(ui->session);
    struct qs_ladder ladder;
    config.quantizer = quantizer;
    config.axis = quantizer == QS_QUANTIZER_NF4 ? 1 : config.axis;
    qs_session_metric_rungs(ui->session, qs_ui_rung_metric(ui), quantizer, config.axis, &ladder);
    for (size_t i = 0; i < ladder.count; i++) {
        config.rung = ladder.rungs[i];
        bpw[i] = qs_rung_bpw(config.rung, QS_STORAGE_META8);
        errors[i] = qs_session_value_at(ui->session, metric, &config, ui->curves.layer, ui->curves.kind);
    }
    return ladder.count;
}

static void draw_errors(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect,
                        const struct qs_metric *metric)
{
    double bpw[QS_QUANTIZER_COUNT][QS_LADDER_MAX];
    double errors[QS_QUANTIZER_COUNT][QS_LADDER_MAX];
    struct qs_xy_series series[QS_QUANTIZER_COUNT];
    size_t count = 0;
    for (int i = 0; i < QS_QUANTIZER_COUNT; i++) {
        enum qs_quantizer_kind quantizer = (enum qs_quantizer_kind)i;
        size_t points = error_curve(ui, metric, quantizer, bpw[i], errors[i]);
        if (points > 0) {
            series[count++] = (struct qs_xy_series){
                .name = qs_quantizer_name(quantizer),
                .letter = qs_quantizer_name(quantizer)[0],
                .role = QS_ROLE_SERIES_0 + (enum qs_role)i,
                .x = bpw[i],
                .y = errors[i],
                .count = points,
            };
        }
    }
    const struct qs_config *config = qs_session_config(ui->session);
    struct qs_xy xy = {
        .y_label = metric->name,
        .x_label = "bits",
        .series = series,
        .series_count = count,
        .log_y = strcmp(metric->units, "dB") != 0,
        .x = qs_rung_bpw(config->rung, QS_STORAGE_META8),
        .y = qs_session_value_at(ui->session, metric, config, ui->curves.layer, ui->curves.kind),
        .glyphs = ui->glyphs,
    };
    qs_xy_draw(grid, rect, &xy);
}

// What the ticks under the histogram are, in at most two lines.
static void draw_caption(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, size_t levels, bool dense)
{
    const struct qs_config *config = qs_session_config(ui->session);
    char name[QS_RUNG_NAME_MAX];
    const char *rung = config->quantizer == QS_QUANTIZER_NF4 ? "nf4" : qs_rung_name(config->rung, name);
    char lines[2][64] = {"", ""};
    if (dense) {
        snprintf(lines[0], sizeof lines[0], "%s: %zu levels, too dense to draw", rung, levels);
    } else {
        snprintf(lines[0], sizeof lines[0], "%s levels of %s, of a group that",
                 ui->glyphs == QS_GLYPHS_ASCII ? "^" : "\u2534", rung);
        snprintf(lines[1], sizeof lines[1], "spans the whole range");
    }
    for (int i = 0; i < 2 && i < rect.rows; i++) {
        qs_grid_text(grid, rect.col, rect.row + i, rect.cols, QS_ROLE_DIM, lines[i]);
    }
}

static void draw_weights(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    const struct qs_metric *absmax_metric = qs_metric_find("absmax");
    const uint64_t *counts = qs_session_histogram(ui->session, ui->curves.layer, ui->curves.kind);
    double absmax = absmax_metric ? qs_session_value(ui->session, absmax_metric, ui->curves.layer, ui->curves.kind)
                                  : NAN;
    qs_grid_text(grid, rect.col, rect.row, rect.cols, QS_ROLE_DIM, "weights, logarithm of their number");
    if (!counts || !(absmax > 0) || !isfinite(absmax)) {
        qs_grid_text(grid, rect.col + 1, rect.row + 1, rect.cols - 1, QS_ROLE_DIM,
                     counts ? "all are zero" : "no histogram yet");
        return;
    }
    const struct qs_config *config = qs_session_config(ui->session);
    double levels[LEVELS_MAX];
    size_t count = qs_quantizer_levels(config->quantizer, config->rung, levels);
    for (size_t i = 0; i < count; i++) {
        levels[i] *= absmax;
    }
    struct qs_bars bars = {
        .counts = counts,
        .bins = BINS,
        .min = -absmax,
        .max = absmax,
        .levels = levels,
        .level_count = count,
        .glyphs = ui->glyphs,
    };
    int caption = rect.rows >= BARS_ROWS_MIN + 3 ? 2 : 0;
    bool dense;
    qs_bars_draw(grid, (struct qs_rect){rect.col, rect.row + 1, rect.cols, rect.rows - 1 - caption}, &bars, &dense);
    draw_caption(ui, grid, (struct qs_rect){rect.col, rect.row + rect.rows - caption, rect.cols, caption}, count,
                 dense);
}

void qs_grid_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_rect head = {rect.col, rect.row, rect.cols, 1};
    qs_grid_fill(grid, head, ' ', QS_ROLE_HEADER);
    qs_grid_textf(grid, head.col, head.row, head.cols, QS_ROLE_HEADER, "%s, layer %u",
                  ui->short_names[ui->curves.kind], ui->curves.layer);
    int rows = rect.rows - 1;
    const struct qs_metric *metric = error_metric(ui);
    bool both = rows >= CURVE_ROWS_MIN + BARS_ROWS_MIN;
    int above = !metric ? 0 : both ? rows - rows * 2 / 5 : rows;
    if (above > 0) {
        draw_errors(ui, grid, (struct qs_rect){rect.col, rect.row + 1, rect.cols, above}, metric);
    }
    if (rows - above >= BARS_ROWS_MIN) {
        draw_weights(ui, grid, (struct qs_rect){rect.col, rect.row + 1 + above, rect.cols, rows - above});
    }
}
