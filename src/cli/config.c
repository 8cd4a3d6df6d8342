// Errors of quantization on the command line: see config.h.
#include "cli/config.h"

#include "cli/commands.h"
#include "cli/suggest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static enum qs_status find_quantizer(const char *command, const char *name, enum qs_quantizer_kind *out,
                                     struct qs_error *err)
{
    if (qs_quantizer_find(name, out)) {
        return QS_OK;
    }
    struct qs_suggestion near = {.typed = name};
    struct qs_text names = {0};
    for (int kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
        qs_suggest(&near, qs_quantizer_name((enum qs_quantizer_kind)kind));
        qs_text_addf(&names, "%s%s", kind ? ", " : "", qs_quantizer_name((enum qs_quantizer_kind)kind));
    }
    qs_suggestion_add(&near, "", &names);
    qs_fail(err, QS_USAGE, "%s: --quantizer %s: is none of %s", command, name, qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}

enum qs_status qs_config_quantizers(const char *list, uint32_t *out, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    uint32_t quantizers = 0;
    char *copy = strdup(list);
    if (!copy) {
        return qs_fail_memory(err, "a list", strlen(list));
    }
    for (char *name = copy; name && status == QS_OK;) {
        enum qs_quantizer_kind kind = QS_QUANTIZER_HQQ;
        char *comma = strchr(name, ',');
        if (comma) {
            *comma = '\0';
        }
        status = find_quantizer("scan", name, &kind, err);
        quantizers |= 1u << kind;
        name = comma ? comma + 1 : NULL;
    }
    free(copy);
    if (status == QS_OK) {
        *out = quantizers;
    }
    return status;
}

enum qs_status qs_config_parse(const struct qs_arguments *arguments, bool several, struct qs_config_choice *out,
                               struct qs_error *err)
{
    const char *command = arguments->command->name;
    struct qs_config_choice choice = {
        .quantizer = QS_QUANTIZER_HQQ,
        .axis = arguments->axis == UINT64_MAX ? qs_quantizer_defaults.axis : (uint32_t)arguments->axis,
        .axis_given = arguments->axis != UINT64_MAX,
        .rungs = {.rungs = {{4, 64}}, .count = 1},
        .given = arguments->config || arguments->quantizer || arguments->axis != UINT64_MAX,
    };
    enum qs_status status = QS_OK;
    if (arguments->quantizer) {
        status = find_quantizer(command, arguments->quantizer, &choice.quantizer, err);
    }
    if (status == QS_OK && choice.quantizer == QS_QUANTIZER_NF4 && choice.axis != 1) {
        status = qs_fail(err, QS_USAGE, "%s: --quantizer nf4 has axis 1 only: its blocks run along rows", command);
    }
    if (status == QS_OK && arguments->config && several && strcasecmp(arguments->config, "all") == 0) {
        choice.all = true;
        choice.rungs.count = 0;
    } else if (status == QS_OK && arguments->config) {
        struct qs_error why;
        if (qs_ladder_parse(arguments->config, &choice.rungs, &why) != QS_OK) {
            status = qs_fail(err, QS_USAGE, "%s: --config: %s", command, why.text);
        } else if (!several && choice.rungs.count != 1) {
            status = qs_fail(err, QS_USAGE, "%s: --config %s: takes one rung, such as b4g64", command,
                             arguments->config);
        }
    }
    if (status == QS_OK) {
        *out = choice;
    }
    return status;
}

struct qs_config qs_config_at(const struct qs_config_choice *choice, size_t index)
{
    return (struct qs_config){choice->quantizer, choice->axis, choice->rungs.rungs[index]};
}

bool qs_config_is_error(const struct qs_metric *metric)
{
    return metric->per_config && metric->data == QS_DATA_NONE;
}

struct qs_config_choice qs_config_settle(const struct qs_work *work, const struct qs_config_choice *choice,
                                         const struct qs_metric *metric)
{
    struct qs_config_choice settled = *choice;
    if (!choice->axis_given) {
        settled.axis = qs_session_axis(work->session, metric, choice->quantizer);
    }
    if (choice->all && metric && metric->per_config) {
        qs_session_metric_rungs(work->session, metric, choice->quantizer, settled.axis, &settled.rungs);
    }
    return settled;
}

// The rungs that are not among the paper's are added to those.
static enum qs_status add_rungs(const struct qs_ladder *rungs, struct qs_ladder *out, struct qs_error *err)
{
    struct qs_text list = {0};
    qs_text_add(&list, "hqq");
    for (size_t rung = 0; rung < rungs->count; rung++) {
        char name[QS_RUNG_NAME_MAX];
        qs_text_addf(&list, ",%s", qs_rung_name(rungs->rungs[rung], name));
    }
    enum qs_status status = list.failed ? qs_fail_memory(err, "a ladder", list.length)
                                        : qs_ladder_parse(qs_text_chars(&list), out, err);
    qs_text_free(&list);
    return status;
}

enum qs_status qs_config_prepare_scan(const struct qs_work *work, const struct qs_config_choice *choice, bool errors,
                                      struct qs_error *err)
{
    struct qs_scan_options options = *qs_session_scan_options(work->session);
    enum qs_status status = QS_OK;
    if (errors) {
        options.quantizers |= 1u << choice->quantizer;
        options.parameters.axis = choice->axis;
        if (choice->axis != 1) {
            options.quantizers &= ~(1u << QS_QUANTIZER_NF4);
        }
        status = add_rungs(&choice->rungs, &options.ladder, err);
    } else {
        options.quantizers = 0;
    }
    return status == QS_OK ? qs_session_set_scan_options(work->session, &options, err) : status;
}

// Modules that have the metric at the rung.
static uint64_t count_modules(const struct qs_work *work, const struct qs_metric *metric,
                              const struct qs_config *config)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    uint64_t count = 0;
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            count += !isnan(qs_session_value_at(work->session, metric, config, layer, kind)) ? 1 : 0;
        }
    }
    return count;
}

bool qs_config_has(const struct qs_work *work, const struct qs_metric *metric, const struct qs_config *config)
{
    return count_modules(work, metric, config) > 0;
}

// " --quantizer rtn --axis 0 --ladder b5g64", as far as the defaults are others.
static void add_options(const struct qs_config_choice *choice, struct qs_text *out)
{
    bool usual = true;
    for (size_t rung = 0; rung < choice->rungs.count; rung++) {
        usual = usual && qs_ladder_find(&qs_ladder_hqq, choice->rungs.rungs[rung]) >= 0;
    }
    if (choice->quantizer != QS_QUANTIZER_HQQ) {
        qs_text_addf(out, " --quantizer %s", qs_quantizer_name(choice->quantizer));
    }
    if (choice->axis != qs_quantizer_defaults.axis) {
        qs_text_addf(out, " --axis %u", choice->axis);
    }
    for (size_t rung = 0; !usual && rung < choice->rungs.count; rung++) {
        char name[QS_RUNG_NAME_MAX];
        qs_text_addf(out, "%s%s", rung ? "," : " --ladder ", qs_rung_name(choice->rungs.rungs[rung], name));
    }
}

static enum qs_status fail_missing(const struct qs_work *work, const struct qs_metric *metric,
                                   const struct qs_config_choice *choice, const char *rung, struct qs_error *err)
{
    const char *model = qs_session_model_path(work->session);
    if (metric->data != QS_DATA_NONE) {
        return qs_fail(err, QS_FAILED, "%s: holds no %s of %s, axis %u%s%s; quantscope import reads it from a table",
                       work->path, metric->name, qs_quantizer_name(choice->quantizer), choice->axis,
                       rung[0] ? ", " : "", rung);
    }
    struct qs_text options = {0};
    add_options(choice, &options);
    qs_fail(err, QS_FAILED, "%s: holds no %s of %s, axis %u%s%s; this measures it: quantscope scan %s%s -o %s",
            work->path, metric->name, qs_quantizer_name(choice->quantizer), choice->axis, rung[0] ? ", " : "", rung,
            model[0] ? model : "MODEL", qs_text_chars(&options), qs_session_cache_path(work->session));
    qs_text_free(&options);
    return QS_FAILED;
}

static uint64_t count_refused(const struct qs_work *work, const struct qs_metric *metric,
                              const struct qs_config *config)
{
    const struct qs_model_info *info = qs_session_info(work->session);
    uint64_t count = 0;
    for (uint32_t layer = 0; qs_config_is_error(metric) && layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            count += qs_session_refusal(work->session, config, layer, kind) ? 1 : 0;
        }
    }
    return count;
}

enum qs_status qs_config_need(const struct qs_work *work, const struct qs_metric *metric,
                              const struct qs_config_choice *choice, struct qs_error *err)
{
    if (strcmp(metric->path, "steps") == 0 && choice->quantizer != QS_QUANTIZER_HQQ) {
        return qs_fail(err, QS_USAGE, "%s: only hqq takes steps; %s has none", metric->name,
                       qs_quantizer_name(choice->quantizer));
    }
    for (size_t i = 0; i < choice->rungs.count; i++) {
        if (choice->quantizer == QS_QUANTIZER_NF4 && choice->rungs.rungs[i].bits != 4) {
            char name[QS_RUNG_NAME_MAX];
            return qs_fail(err, QS_USAGE, "--config %s: nf4 has 4 bits only, such as b4g64",
                           qs_rung_name(choice->rungs.rungs[i], name));
        }
    }
    if (choice->rungs.count == 0) {
        return fail_missing(work, metric, choice, "", err);
    }
    uint64_t modules = qs_model_info_module_count(qs_session_info(work->session));
    for (size_t i = 0; i < choice->rungs.count; i++) {
        struct qs_config config = qs_config_at(choice, i);
        char name[QS_RUNG_NAME_MAX];
        qs_rung_name(config.rung, name);
        uint64_t count = count_modules(work, metric, &config);
        uint64_t refused = count_refused(work, metric, &config);
        if (count == 0 && refused == modules) {
            return qs_fail(err, QS_FAILED, "%s: no module can have %s of %s, axis %u, %s: see what a scan warned of",
                           work->path, metric->name, qs_quantizer_name(choice->quantizer), choice->axis, name);
        }
        if (count == 0 && qs_config_is_error(metric) && qs_session_has_config(work->session, &config)) {
            return qs_fail(err, QS_FAILED,
                           "%s: of %s, axis %u, %s it holds an imported fnorm and no %s: scan the model into another "
                           "cache",
                           work->path, qs_quantizer_name(choice->quantizer), choice->axis, name, metric->name);
        }
        if (count == 0) {
            return fail_missing(work, metric, choice, name, err);
        }
        if (count < modules) {
            fprintf(stderr, "quantscope: warning: only %llu of %llu modules have %s of %s, axis %u, %s%s\n",
                    (unsigned long long)count, (unsigned long long)modules, metric->name,
                    qs_quantizer_name(choice->quantizer), choice->axis, name,
                    metric->data != QS_DATA_NONE ? ""
                    : count + refused < modules  ? "; scan again for the others"
                                                 : ": the others cannot have it");
        }
    }
    return QS_OK;
}
