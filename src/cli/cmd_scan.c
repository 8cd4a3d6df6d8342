// The command `scan`: the statistics of every module's weights, into a cache.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/console.h"
#include "cli/meter.h"
#include "cli/work.h"

#include <stdio.h>

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
        qs_text_addf(&text, "scanned %llu modules, %s at %s", (unsigned long long)state->done,
                     qs_format_bytes(state->bytes_done, bytes), qs_meter_rate(state->bytes_done, state->seconds, rate));
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
    uint64_t missing = qs_session_scan(work.session)->total;
    if (!qs_session_model_path(work.session)[0]) {
        status = qs_fail(err, QS_USAGE, "scan: %s: is a cache; name the model that it is of, and the cache with -o",
                         work.path);
        goto out;
    }
    status = qs_work_scan(&work, err);
    if (status == QS_OK && !work.quiet) {
        tell_summary(&work, missing);
    }
out:
    qs_work_close(&work);
    return status;
}
