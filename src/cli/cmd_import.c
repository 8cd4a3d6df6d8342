// The command `import`: metrics made elsewhere into a cache.
#include "cli/commands.h"

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/console.h"
#include "session/import.h"

#include <stdio.h>
#include <string.h>

// "Llama-2-7b-hf.csv, more.csv": without their folders, which mean nothing to who reads the cache later.
static void name_sources(const struct qs_arguments *arguments, struct qs_text *out)
{
    for (size_t i = 0; i < arguments->operand_count; i++) {
        qs_text_addf(out, "%s%s", i ? ", " : "", qs_path_base(arguments->operands[i]));
    }
}

// "fnorm, kurtosis"
static void name_measures(const struct qs_metrics *metrics, struct qs_text *out)
{
    size_t before = out->length;
    for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
        if (metrics->measures >> measure & 1) {
            qs_text_addf(out, "%s%s", out->length > before ? ", " : "", qs_measure_name((enum qs_measure)measure));
        }
    }
}

static size_t count_rungs(const struct qs_metrics *metrics)
{
    bool seen[100][QS_GROUP_SIZE_MAX + 1] = {{false}};
    size_t count = 0;
    for (size_t i = 0; i < metrics->count; i++) {
        struct qs_rung at = metrics->rows[i].rung;
        bool *rung = &seen[at.bits % 100][at.group_size % (QS_GROUP_SIZE_MAX + 1)];
        count += !*rung;
        *rung = true;
    }
    return count;
}

// "imported Llama-2-7b-hf: fnorm, kurtosis of 32 layers, 224 modules, 12 rungs; cache PATH; next: ..."
static void tell_summary(const struct qs_metrics *metrics, const struct qs_import *result, const char *cache)
{
    struct qs_text text = {0};
    char modules[QS_NUMBER_MAX];
    char rows[QS_NUMBER_MAX];
    char kept[QS_NUMBER_MAX];
    size_t rungs = count_rungs(metrics);
    qs_text_addf(&text, "imported %s: ", metrics->info.name);
    name_measures(metrics, &text);
    qs_text_addf(&text, " of %u layers, %s modules, %zu %s, from %s rows", metrics->info.layers,
                 qs_format_count(qs_model_info_module_count(&metrics->info), modules), rungs,
                 rungs == 1 ? "rung" : "rungs", qs_format_count(metrics->lines, rows));
    if (result->values == 0 && result->kept == 0) {
        qs_text_add(&text, "; the cache had it all already");
    }
    if (result->kept > 0) {
        qs_text_addf(&text, "; %s values stay as the cache has them, which is otherwise",
                     qs_format_count(result->kept, kept));
    }
    // What is searched for sensitive layers goes before what is only drawn.
    bool detects = metrics->measures & (1u << QS_MEASURE_SENSITIVITY | 1u << QS_MEASURE_KURTOSIS);
    int measure = metrics->measures >> QS_MEASURE_SENSITIVITY & 1 ? QS_MEASURE_SENSITIVITY : 0;
    while (!(metrics->measures >> measure & 1)) {
        measure++;
    }
    measure = detects && measure == QS_MEASURE_FNORM ? QS_MEASURE_KURTOSIS : measure;
    qs_text_addf(&text, "; cache %s; next: quantscope %s %s --metric %s%s", cache, detects ? "detect" : "show", cache,
                 qs_measure_name((enum qs_measure)measure), detects ? "" : " --plot");
    fputs("quantscope: ", stderr);
    qs_console_print(stderr, qs_text_chars(&text));
    fputs("\n", stderr);
    qs_text_free(&text);
}

enum qs_status qs_cmd_import(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_metrics metrics = {0};
    struct qs_text sources = {0};
    struct qs_import result = {0};
    if (!arguments->output) {
        return qs_fail(err, QS_USAGE, "import: name the cache to make or extend: -o CACHE");
    }
    if (arguments->name && strlen(arguments->name) >= QS_NAME_MAX) {
        return qs_fail(err, QS_USAGE, "import: --name: is longer than %d bytes", QS_NAME_MAX - 1);
    }
    enum qs_status status =
        qs_metrics_read(arguments->operands, arguments->operand_count, arguments->name, &metrics, err);
    if (status == QS_OK) {
        qs_console_warn(metrics.warnings);
        name_sources(arguments, &sources);
        status = sources.failed ? qs_fail_memory(err, "names of files", sources.length)
                                : qs_import_metrics(&metrics, qs_text_chars(&sources), arguments->output, &result, err);
    }
    if (status == QS_OK && !arguments->quiet) {
        tell_summary(&metrics, &result, arguments->output);
    }
    qs_text_free(&sources);
    qs_metrics_free(&metrics);
    return status;
}
