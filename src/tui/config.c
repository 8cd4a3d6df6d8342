// Whose errors are shown: quantizer, axis and rung, and what is laid over one another.
#include "tui/state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void config_text(const struct qs_config *config, char out[static QS_METRIC_TEXT_MAX])
{
    char rung[QS_RUNG_NAME_MAX];
    snprintf(out, QS_METRIC_TEXT_MAX, "%s axis %u, %s", qs_quantizer_name(config->quantizer), config->axis,
             qs_rung_name(config->rung, rung));
}

const char *qs_ui_metric_text(const struct qs_ui *ui, char out[static QS_METRIC_TEXT_MAX])
{
    char config[QS_METRIC_TEXT_MAX];
    config_text(qs_session_config(ui->session), config);
    snprintf(out, QS_METRIC_TEXT_MAX, "%.40s%s%.50s", ui->metric->name, ui->metric->per_config ? ", " : "",
             ui->metric->per_config ? config : "");
    return out;
}

const struct qs_metric *qs_ui_rung_metric(const struct qs_ui *ui)
{
    return ui->metric->data != QS_DATA_NONE ? ui->metric : qs_metric_find("fnorm");
}

bool qs_ui_has_values(const struct qs_ui *ui)
{
    const struct qs_config *config = qs_session_config(ui->session);
    return ui->metric->per_config ? qs_session_has_metric_at(ui->session, qs_ui_rung_metric(ui), config)
                                  : qs_session_has_metric(ui->session, ui->metric);
}

bool qs_ui_log_axis(const struct qs_ui *ui)
{
    if (ui->view == QS_VIEW_CURVES && qs_curve_lines_overlaid(ui) && ui->curves.overlay == QS_OVERLAY_RUNGS) {
        return (strcmp(ui->metric->units, "dB") != 0) != ui->curves.linear_rungs; // decibels are logarithms already
    }
    return ui->curves.log_axis;
}

// The command that measures a config, with the options that its defaults do not imply. The rung is last: where the edge
// of a narrow screen cuts it, scan refuses it; without another option it would measure something else.
static void scan_command(const struct qs_config *config, char *out, size_t size)
{
    char rung[QS_RUNG_NAME_MAX];
    bool hqq = config->quantizer == QS_QUANTIZER_HQQ;
    bool usual = qs_ladder_find(&qs_ladder_hqq, config->rung) >= 0;
    qs_rung_name(config->rung, rung);
    snprintf(out, size, "quantscope scan MODEL%s%s%s%s%s", hqq ? "" : " --quantizer ",
             hqq ? "" : qs_quantizer_name(config->quantizer), config->axis == 0 ? " --axis 0" : "",
             usual ? "" : " --ladder ", usual ? "" : rung);
}

void qs_ui_advice(const struct qs_ui *ui, char *out, size_t size)
{
    bool model = qs_session_model_path(ui->session)[0] != '\0';
    const struct qs_config *config = qs_session_config(ui->session);
    const struct qs_scan_options *options = qs_session_scan_options(ui->session);
    bool asked = !ui->metric->per_config ||
                 (options->quantizers >> config->quantizer & 1 && options->parameters.axis == config->axis &&
                  qs_ladder_find(&options->ladder, config->rung) >= 0);
    bool nf4 = ui->metric->per_config && config->quantizer == QS_QUANTIZER_NF4;
    if (ui->metric->data != QS_DATA_NONE) {
        snprintf(out, size, "not measured: quantscope import FILE -o CACHE");
    } else if (nf4 && config->axis != 1) {
        snprintf(out, size, "nf4 has axis 1 only: A turns it");
    } else if (nf4 && config->rung.bits != 4) {
        snprintf(out, size, "nf4 has 4 bits only: :config b4g64");
    } else if (qs_session_scan(ui->session)->running) {
        snprintf(out, size, "nothing measured yet: the scan is running");
    } else if (model && asked) {
        snprintf(out, size, "nothing measured yet: s starts the scan");
    } else if (ui->metric->per_config) {
        char command[QS_METRIC_TEXT_MAX];
        scan_command(config, command, sizeof command);
        snprintf(out, size, "not measured: %s", command);
    } else {
        snprintf(out, size, "nothing measured: quantscope scan MODEL -o CACHE");
    }
}

void qs_ui_set_config(struct qs_ui *ui, struct qs_config config)
{
    const struct qs_config *now = qs_session_config(ui->session);
    if (now->quantizer != config.quantizer || now->axis != config.axis || !qs_rung_equal(now->rung, config.rung)) {
        qs_session_set_config(ui->session, &config);
    }
    char text[QS_METRIC_TEXT_MAX];
    config_text(&config, text);
    if (!qs_session_has_metric_at(ui->session, qs_ui_rung_metric(ui), &config)) {
        qs_ui_say(ui, QS_ROLE_WARNING, "%s: no %s of it are measured", text, // the readout tells what to do
                  ui->metric->data != QS_DATA_NONE ? "values" : "errors");
    } else if (!ui->metric->per_config) {
        qs_ui_say(ui, QS_ROLE_TEXT, "%s; %s does not depend on it: :metric fnorm", text, ui->metric->name);
    }
}

// The rung of a ladder whose bits per weight are nearest.
static struct qs_rung nearest(const struct qs_ladder *ladder, struct qs_rung rung)
{
    double bpw = qs_rung_bpw(rung, QS_STORAGE_META8);
    struct qs_rung best = rung;
    double distance = INFINITY;
    for (size_t i = 0; i < ladder->count; i++) {
        double d = fabs(qs_rung_bpw(ladder->rungs[i], QS_STORAGE_META8) - bpw);
        if (d < distance) {
            distance = d;
            best = ladder->rungs[i];
        }
    }
    return best;
}

static void measured_rungs(const struct qs_ui *ui, enum qs_quantizer_kind quantizer, uint32_t axis,
                           struct qs_ladder *out)
{
    qs_session_metric_rungs(ui->session, qs_ui_rung_metric(ui), quantizer, axis, out);
}

void qs_config_follow(struct qs_ui *ui)
{
    struct qs_config config = *qs_session_config(ui->session);
    struct qs_ladder ladder;
    if (!ui->metric->per_config) {
        return;
    }
    measured_rungs(ui, config.quantizer, config.axis, &ladder);
    if (ladder.count == 0) {
        config.axis = 1 - config.axis;
        measured_rungs(ui, config.quantizer, config.axis, &ladder);
    } else if (ui->metric->data == QS_DATA_NONE) {
        return; // of errors a rung may be looked at that is still to be measured
    }
    if (ladder.count > 0) {
        config.rung = qs_ladder_find(&ladder, config.rung) < 0 ? nearest(&ladder, config.rung) : config.rung;
        qs_session_set_config(ui->session, &config);
    }
}

// Quantizer and axis as they are; the rung stays where it is measured, else the nearest one that is.
static void set_near(struct qs_ui *ui, struct qs_config config)
{
    struct qs_ladder ladder;
    measured_rungs(ui, config.quantizer, config.axis, &ladder);
    if (ladder.count > 0 && qs_ladder_find(&ladder, config.rung) < 0) {
        config.rung = nearest(&ladder, config.rung);
    }
    qs_ui_set_config(ui, config);
}

static void set_quantizer(struct qs_ui *ui, enum qs_quantizer_kind quantizer)
{
    struct qs_config config = *qs_session_config(ui->session);
    struct qs_ladder here;
    struct qs_ladder there;
    measured_rungs(ui, quantizer, config.axis, &here);
    measured_rungs(ui, quantizer, 1 - config.axis, &there);
    config.quantizer = quantizer;
    config.axis = here.count == 0 && there.count > 0 ? 1 - config.axis : config.axis;
    set_near(ui, config);
}

static void set_axis(struct qs_ui *ui, uint32_t axis)
{
    struct qs_config config = *qs_session_config(ui->session);
    config.axis = axis;
    set_near(ui, config);
}

static void step_rung(struct qs_ui *ui, int direction)
{
    struct qs_config config = *qs_session_config(ui->session);
    struct qs_ladder ladder;
    measured_rungs(ui, config.quantizer, config.axis, &ladder);
    ladder = ladder.count ? ladder : qs_ladder_hqq;
    double bpw = qs_rung_bpw(config.rung, QS_STORAGE_META8);
    for (size_t i = 0; i < ladder.count; i++) {
        struct qs_rung rung = ladder.rungs[direction > 0 ? i : ladder.count - 1 - i];
        double step = qs_rung_bpw(rung, QS_STORAGE_META8) - bpw;
        if (direction > 0 ? step > 0 : step < 0) {
            config.rung = rung;
            qs_ui_set_config(ui, config);
            return;
        }
    }
    char name[QS_RUNG_NAME_MAX];
    qs_ui_say(ui, QS_ROLE_TEXT, "%s is the %s rung", qs_rung_name(config.rung, name),
              direction > 0 ? "highest" : "lowest");
}

static void set_named(struct qs_ui *ui, enum qs_action_id id, const char *text)
{
    struct qs_config config = *qs_session_config(ui->session);
    if (id == QS_ACTION_CONFIG) {
        if (qs_rung_parse(text, &config.rung)) {
            qs_ui_set_config(ui, config);
        } else {
            qs_ui_say(ui, QS_ROLE_ERROR, "config: a rung such as b4g64; Tab behind \":config \" lists them");
        }
    } else if (id == QS_ACTION_QUANTIZER) {
        if (qs_quantizer_find(text, &config.quantizer)) {
            set_quantizer(ui, config.quantizer);
        } else {
            qs_ui_say(ui, QS_ROLE_ERROR, "quantizer: hqq, rtn or nf4");
        }
    } else if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0) {
        set_axis(ui, text[0] == '1');
    } else {
        qs_ui_say(ui, QS_ROLE_ERROR, "axis: 0 or 1");
    }
}

static void set_overlay(struct qs_ui *ui, enum qs_overlay_kind overlay)
{
    ui->curves.overlay = overlay;
    if (overlay != QS_OVERLAY_KINDS && !ui->metric->per_config) {
        qs_ui_say(ui, QS_ROLE_TEXT, "%s is no error of quantization: it has no %s to compare; :metric fnorm",
                  ui->metric->name, qs_overlay_names[overlay]);
    }
}

static void set_overlay_named(struct qs_ui *ui, const char *name)
{
    for (int i = 0; i < QS_OVERLAY_COUNT && name[0]; i++) {
        if (strncasecmp(qs_overlay_names[i], name, strlen(name)) == 0) {
            set_overlay(ui, (enum qs_overlay_kind)i);
            return;
        }
    }
    qs_ui_say(ui, QS_ROLE_ERROR, "overlay: rungs, quantizers, or kinds for none");
}

bool qs_config_act(struct qs_ui *ui, enum qs_action_id id, const char *argument)
{
    const struct qs_config *config = qs_session_config(ui->session);
    switch (id) {
    case QS_ACTION_RUNG_NEXT:
    case QS_ACTION_RUNG_PREVIOUS:
        step_rung(ui, id == QS_ACTION_RUNG_NEXT ? 1 : -1);
        return true;
    case QS_ACTION_QUANTIZER_NEXT:
        set_quantizer(ui, (config->quantizer + 1) % QS_QUANTIZER_COUNT);
        return true;
    case QS_ACTION_AXIS_OTHER:
        set_axis(ui, 1 - config->axis);
        return true;
    case QS_ACTION_CONFIG:
    case QS_ACTION_QUANTIZER:
    case QS_ACTION_AXIS:
        set_named(ui, id, argument ? argument : "");
        return true;
    case QS_ACTION_OVERLAY_NEXT:
        set_overlay(ui, (ui->curves.overlay + 1) % QS_OVERLAY_COUNT);
        return true;
    case QS_ACTION_OVERLAY:
        set_overlay_named(ui, argument ? argument : "");
        return true;
    default:
        return false;
    }
}
