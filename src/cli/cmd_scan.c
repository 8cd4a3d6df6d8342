// The command `scan`: the statistics of every module's weights, and the errors of quantization, into a cache.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/config.h"
#include "cli/console.h"
#include "cli/meter.h"
#include "cli/work.h"

#include <stdio.h>
#include <strings.h>

// "hqq,rtn" and so on, as the session's options; nothing but weights with --no-error.
static enum qs_status set_options(const struct qs_work *work, const struct qs_arguments *arguments,
                                  struct qs_error *err)
{
    struct qs_scan_options options = {.parameters = qs_quantizer_defaults, .ladder = qs_ladder_hqq};
    struct qs_error why = {0};
    enum qs_status status = QS_OK;
    if (arguments->axis != UINT64_MAX) {
        options.parameters.axis = (uint32_t)arguments->axis;
    }
    options.parameters.steps = (uint32_t)arguments->iters;
    options.parameters.lp_norm = arguments->lp_norm;
    options.parameters.growth = arguments->beta_growth;
    if (arguments->no_error && (arguments->quantizer || arguments->ladder)) {
        return qs_fail(err, QS_USAGE, "scan: --no-error leaves out what --quantizer and --ladder ask for: choose one");
    }
    if (!arguments->no_error) {
        status = qs_config_quantizers(arguments->quantizer ? arguments->quantizer : "hqq", &options.quantizers, err);
    }
    if (status == QS_OK && arguments->ladder && strcasecmp(arguments->ladder, "gguf") == 0) {
        return qs_fail(err, QS_USAGE, "scan: --ladder gguf: the ladder of GGUF types is not available yet; hqq and "
                                      "lists of rungs such as b3g64,b4g64 are");
    }
    if (status == QS_OK && arguments->ladder && qs_ladder_parse(arguments->ladder, &options.ladder, &why) != QS_OK) {
        return qs_fail(err, QS_USAGE, "scan: --ladder: %s", why.text);
    }
    if (status == QS_OK && qs_session_set_scan_options(work->session, &options, &why) != QS_OK) {
        return qs_fail(err, why.status, "scan: %s", why.text);
    }
    return status;
}

// "scanned 68 modules, 9.00 MiB at 2.31 GB/s; 100 were there already; cache PATH; next: quantscope show PATH --plot"
static void tell_summary(const struct qs_work *work, uint64_t missing)
{
    const struct qs_scan_state *state = qs_session_scan(work->session);
    const char *cache = qs_session_cache_path(work->session);
    uint64_t modules = qs_model_info_module_count(qs_session_info(work->session));
    uint64_t there = modules > missing ? modules - missing : 0;
    char bytes[QS_NUMBER_MAX];
    char rate[32];
    struct qs_text text = {0};
    if (missing == 0) {
        qs_text_addf(&text, "nothing to scan, all %llu modules were there already", (unsigned long long)modules);
    } else {
        bool errors = qs_session_scan_options(work->session)->quantizers != 0;
        qs_text_addf(&text, "scanned %llu modules, %s%s at %s", (unsigned long long)state->done,
                     errors ? "in all passes " : "", qs_format_bytes(state->bytes_done, bytes),
                     qs_meter_rate(state->bytes_done, state->seconds, rate));
        if (there > 0) {
            qs_text_addf(&text, "; %llu were there already", (unsigned long long)there);
        }
    }
    qs_text_addf(&text, "; cache %s; next: quantscope show %s --plot", cache, cache);
    fputs("quantscope: ", stderr);
    qs_console_print(stderr, qs_text_chars(&text));
    fputs("\n", stderr);
    qs_text_free(&text);
}

enum qs_status qs_cmd_scan(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_work work;
    enum qs_status status = qs_work_open(arguments, &work, err);
    if (status != QS_OK) {
        return status;
    }
    uint64_t missing = 0;
    if (!qs_session_model_path(work.session)[0]) {
        status = qs_fail(err, QS_USAGE, "scan: %s: is a cache; name the model that it is of, and the cache with -o",
                         work.path);
        goto out;
    }
    status = set_options(&work, arguments, err);
    if (status == QS_OK) {
        missing = qs_session_scan(work.session)->total;
        status = qs_work_scan(&work, err);
    }
    if (status == QS_OK && !work.quiet) {
        tell_summary(&work, missing);
    }
out:
    qs_work_close(&work);
    return status;
}
