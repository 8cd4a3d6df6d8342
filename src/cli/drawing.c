// Curves as a drawing: see drawing.h.
#include "cli/drawing.h"

#include "cli/console.h"
#include "plot/legend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct qs_drawing_style qs_drawing_style(const struct qs_arguments *arguments)
{
    struct qs_drawing_style style = {
        .cols = arguments->size[0],
        .rows = arguments->size[1],
        .log_scale = arguments->log_scale,
        .glyphs = arguments->glyphs < 0 ? qs_console_glyphs() : (enum qs_glyphs)arguments->glyphs,
    };
    if (style.cols == 0) {
        qs_console_size(STDOUT_FILENO, &style.cols, &style.rows);
        style.rows = style.rows > 24 ? 24 : style.rows;
    }
    return style;
}

enum qs_status qs_drawing_marks(const struct qs_work *work, const struct qs_metric *metric, uint8_t **out,
                               struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    uint8_t *marks = calloc((size_t)info->kinds * info->layers + 1, 1);
    if (!marks) {
        return qs_fail_memory(err, "marks", (size_t)info->kinds * info->layers);
    }
    for (uint32_t kind = 0; kind < info->kinds; kind++) {
        struct qs_detection detection;
        enum qs_status status = qs_session_detect(work->session, metric, kind, &detection, err);
        if (status != QS_OK) {
            free(marks);
            return status;
        }
        for (uint32_t i = 0; i < detection.count; i++) {
            marks[(size_t)kind * info->layers + detection.detected[i].layer] = 1;
        }
        qs_detection_free(&detection);
    }
    *out = marks;
    return QS_OK;
}

enum qs_status qs_drawing_print(const struct qs_work *work, const struct qs_metric *metric, int kind,
                               const struct qs_drawing_style *style, struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    size_t layers = info->layers;
    uint8_t *marks = NULL;
    double *values = calloc(layers * info->kinds + 1, sizeof *values);
    struct qs_series *series = calloc((size_t)info->kinds + 1, sizeof *series);
    struct qs_text title = {0};
    struct qs_grid grid = {0};
    bool taken[128] = {false};
    size_t count = 0;
    enum qs_status status = qs_grid_resize(&grid, style->cols, style->rows, err);
    if (!values || !series) {
        status = qs_fail_memory(err, "curves", layers * info->kinds * sizeof *values);
    }
    if (status == QS_OK) {
        status = qs_drawing_marks(work, metric, &marks, err);
    }
    if (status != QS_OK) {
        goto out;
    }
    for (uint32_t i = 0; i < info->kinds; i++) {
        char letter = qs_series_letter(info->kind_names[i], taken);
        if (kind >= 0 && i != (uint32_t)kind) {
            continue;
        }
        qs_session_curve(work->session, metric, i, values + layers * i);
        series[count++] = (struct qs_series){
            .name = info->kind_names[i],
            .letter = letter,
            .role = QS_ROLE_SERIES_0 + i % QS_SERIES_ROLES,
            .values = values + layers * i,
            .count = info->layers,
            .marked = marks + layers * i,
        };
    }
    qs_text_addf(&title, "%s: %s", info->name, metric->name);
    struct qs_chart chart = {
        .title = qs_text_chars(&title),
        .x_label = "layer",
        .y_label = metric->units[0] ? metric->units : metric->name,
        .series = series,
        .series_count = count,
        .log_y = style->log_scale,
        .glyphs = style->glyphs,
        .crosshair = -1,
        .y_min = NAN,
        .y_max = NAN,
        .legend = true,
    };
    qs_chart_draw(&grid, (struct qs_rect){0, 0, grid.cols, grid.rows}, &chart, NULL);
    status = qs_console_print_grid(&grid, style->glyphs, err);
out:
    qs_grid_free(&grid);
    qs_text_free(&title);
    free(marks);
    free(series);
    free(values);
    return status;
}
