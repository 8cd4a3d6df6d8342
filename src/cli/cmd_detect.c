// The command `detect`: the sensitive layers of every module kind, with their z-scores.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/config.h"
#include "cli/table.h"
#include "cli/work.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct qs_column columns[] = {{"module", false}, {"layer", true}, {"z", true}, {"rank", true}};

// One curve's sensitive layers: by the session's parameters, with the kind of difference that was asked for.
static enum qs_status detect_kind(const struct qs_work *work, const struct qs_metric *metric, uint32_t kind,
                                  int difference, double *curve, struct qs_detection *out, struct qs_error *err)
{
    struct qs_detect_params params = *qs_session_detect_params(work->session);
    params.difference = difference < 0 ? metric->difference : (enum qs_difference)difference;
    qs_session_curve(work->session, metric, kind, curve);
    return qs_detect(curve, qs_session_info(work->session)->layers, &params, out, err);
}

static enum qs_status detect_all(const struct qs_work *work, const struct qs_metric *metric, int difference,
                                 struct qs_table *table, size_t *found, struct qs_error *err)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    double *curve = calloc((size_t)info->layers + 1, sizeof *curve);
    if (!curve) {
        return qs_fail_memory(err, "a curve", info->layers * sizeof *curve);
    }
    enum qs_status status = QS_OK;
    for (uint32_t kind = 0; kind < info->kinds && status == QS_OK; kind++) {
        struct qs_detection detection;
        status = detect_kind(work, metric, kind, difference, curve, &detection, err);
        if (status != QS_OK) {
            break;
        }
        for (uint32_t i = 0; i < detection.count; i++) {
            qs_table_text(table, info->kind_names[kind]);
            qs_table_count(table, detection.detected[i].layer);
            qs_table_number(table, detection.detected[i].z);
            qs_table_count(table, i + 1);
        }
        *found += detection.count;
        qs_detection_free(&detection);
    }
    free(curve);
    return status;
}

static struct qs_detect_params given_params(const struct qs_arguments *arguments)
{
    struct qs_detect_params params = qs_detect_defaults;
    params.z = isnan(arguments->z) ? params.z : arguments->z;
    params.trim = isnan(arguments->trim) ? params.trim : arguments->trim;
    params.top_m = arguments->top_m == UINT64_MAX ? params.top_m : (uint32_t)arguments->top_m;
    params.attribution = arguments->attribution < 0 ? params.attribution : (enum qs_attribution)arguments->attribution;
    return params;
}

enum qs_status qs_cmd_detect(const struct qs_arguments *arguments, struct qs_error *err)
{
    const struct qs_metric *metric = NULL;
    struct qs_config_choice choice;
    struct qs_work work = {0};
    struct qs_table table = {0};
    size_t found = 0;
    char z[QS_NUMBER_MAX];
    enum qs_status status = qs_work_metric("detect", arguments->metric ? arguments->metric : "kurtosis", &metric, err);
    if (status == QS_OK) {
        status = qs_config_parse(arguments, false, &choice, err);
    }
    if (status == QS_OK && choice.given && !metric->per_config) {
        status = qs_fail(err, QS_USAGE,
                         "detect: --config, --quantizer and --axis choose errors of quantization: name "
                         "one with --metric, such as fnorm");
    }
    if (status != QS_OK) {
        return status;
    }
    status = qs_work_open(arguments, &work, err);
    if (status != QS_OK) {
        return status;
    }
    struct qs_detect_params params = given_params(arguments);
    status = qs_session_set_detect_params(work.session, &params, err);
    if (status == QS_OK) {
        status = qs_config_prepare_scan(&work, &choice, qs_config_is_error(metric), err);
    }
    if (status == QS_OK) {
        status = qs_work_need_scan(&work, err);
    }
    if (status == QS_OK) {
        choice = qs_config_settle(&work, &choice, metric);
        struct qs_config config = qs_config_at(&choice, 0);
        qs_session_set_config(work.session, &config);
        status =
            metric->per_config ? qs_config_need(&work, metric, &choice, err) : qs_work_need_metric(&work, metric, err);
    }
    if (status != QS_OK) {
        goto out;
    }
    qs_table_begin(&table, (enum qs_format)arguments->format, columns, QS_COUNT_OF(columns));
    status = detect_all(&work, metric, arguments->difference, &table, &found, err);
    if (status == QS_OK && found == 0 && arguments->format == QS_FORMAT_TEXT) {
        printf("No sensitive layer: no difference of %s between neighbouring layers has a z above %s.\n", metric->name,
               qs_format_short(params.z, 3, z));
    } else if (status == QS_OK) {
        status = qs_table_end(&table, err);
    }
out:
    qs_table_free(&table);
    qs_work_close(&work);
    return status;
}
