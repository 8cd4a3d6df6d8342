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

// Curves that are drawn together, as they are put together.
struct curves {
    struct qs_series *series; // [room]
    double *values;           // [room][layers]
    uint8_t *marks;           // [room][layers]
    size_t count;
    bool taken[128];          // letters
};

static enum qs_status new_curves(size_t room, size_t layers, struct curves *out, struct qs_error *err)
{
    *out = (struct curves){
        .series = calloc(room + 1, sizeof *out->series),
        .values = calloc(room * layers + 1, sizeof *out->values),
        .marks = calloc(room * layers + 1, 1),
    };
    return out->series && out->values && out->marks ? QS_OK
                                                    : qs_fail_memory(err, "curves", room * layers * sizeof(double));
}

static void free_curves(struct curves *curves)
{
    free(curves->series);
    free(curves->values);
    free(curves->marks);
}

// Adds the curve of a kind under the session's config, with its sensitive layers.
static enum qs_status add_curve(const struct qs_work *work, const struct qs_metric *metric, uint32_t kind,
                                const char *name, char letter, uint32_t colour, struct curves *curves,
                                struct qs_error *err)
{
    size_t layers = qs_session_info(work->session)->layers;
    double *values = curves->values + layers * curves->count;
    uint8_t *marks = curves->marks + layers * curves->count;
    struct qs_detection detection;
    enum qs_status status = qs_session_detect(work->session, metric, kind, &detection, err);
    if (status != QS_OK) {
        return status;
    }
    for (uint32_t i = 0; i < detection.count; i++) {
        marks[detection.detected[i].layer] = 1;
    }
    qs_detection_free(&detection);
    qs_session_curve(work->session, metric, kind, values);
    curves->series[curves->count++] = (struct qs_series){
        .name = name,
        .letter = letter,
        .role = QS_ROLE_SERIES_0 + colour % QS_SERIES_ROLES,
        .values = values,
        .count = (uint32_t)layers,
        .marked = marks,
    };
    return QS_OK;
}

static enum qs_status draw_curves(const struct curves *curves, const struct qs_metric *metric, const char *title,
                                  const struct qs_drawing_style *style, struct qs_error *err)
{
    struct qs_grid grid = {0};
    enum qs_status status = qs_grid_resize(&grid, style->cols, style->rows, err);
    if (status == QS_OK) {
        struct qs_chart chart = {
            .title = title,
            .x_label = "layer",
            .y_label = metric->units[0] ? metric->units : metric->name,
            .series = curves->series,
            .series_count = curves->count,
            .log_y = style->log_scale,
            .glyphs = style->glyphs,
            .crosshair = -1,
            .y_min = NAN,
            .y_max = NAN,
            .legend = true,
        };
        qs_chart_draw(&grid, (struct qs_rect){0, 0, grid.cols, grid.rows}, &chart, NULL);
        status = qs_console_print_grid(&grid, style->glyphs, err);
    }
    qs_grid_free(&grid);
    return status;
}

enum qs_status qs_drawing_print(const struct qs_work *work, const struct qs_metric *metric, int kind,
                               const struct qs_drawing_style *style, struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    struct curves curves;
    struct qs_text title = {0};
    enum qs_status status = new_curves(info->kinds, info->layers, &curves, err);
    for (uint32_t i = 0; i < info->kinds && status == QS_OK; i++) {
        char letter = qs_series_letter(info->kind_names[i], curves.taken);
        if (kind < 0 || i == (uint32_t)kind) {
            status = add_curve(work, metric, i, info->kind_names[i], letter, i, &curves, err);
        }
    }
    qs_text_addf(&title, "%s: %s", info->name, metric->name);
    if (metric->per_config) {
        const struct qs_config *config = qs_session_config(work->session);
        char rung[QS_RUNG_NAME_MAX];
        qs_text_addf(&title, " of %s, axis %u, %s", qs_quantizer_name(config->quantizer), config->axis,
                     qs_rung_name(config->rung, rung));
    }
    if (status == QS_OK) {
        status = draw_curves(&curves, metric, qs_text_chars(&title), style, err);
    }
    qs_text_free(&title);
    free_curves(&curves);
    return status;
}

enum qs_status qs_drawing_print_rungs(const struct qs_work *work, const struct qs_metric *metric,
                                      const struct qs_config_choice *choice, uint32_t kind,
                                      const struct qs_drawing_style *style, struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    char names[QS_LADDER_MAX][QS_RUNG_NAME_MAX];
    struct curves curves;
    struct qs_text title = {0};
    enum qs_status status = new_curves(choice->rungs.count, info->layers, &curves, err);
    for (size_t rung = 0; rung < choice->rungs.count && status == QS_OK; rung++) {
        struct qs_config config = qs_config_at(choice, rung);
        qs_session_set_config(work->session, &config);
        qs_rung_name(config.rung, names[rung]);
        // All names begin with b: letters by the alphabet tell more.
        char letter = qs_series_letter("", curves.taken);
        status = add_curve(work, metric, kind, names[rung], letter, (uint32_t)rung, &curves, err);
    }
    qs_text_addf(&title, "%s: %s of %s, %s, axis %u", info->name, metric->name, info->kind_names[kind],
                 qs_quantizer_name(choice->quantizer), choice->axis);
    if (status == QS_OK) {
        status = draw_curves(&curves, metric, qs_text_chars(&title), style, err);
    }
    qs_text_free(&title);
    free_curves(&curves);
    return status;
}
