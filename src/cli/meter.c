// Progress on standard error: see meter.h.
#include "cli/meter.h"

#include "base/number.h"
#include "cli/console.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const double TERMINAL_EVERY_S = 0.1;
static const double LINE_EVERY_S = 4;

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void qs_meter_open(struct qs_meter *meter, bool quiet)
{
    const char *term = getenv("TERM");
    bool terminal = isatty(STDERR_FILENO) == 1 && term && strcmp(term, "dumb") != 0;
    *meter = (struct qs_meter){.quiet = quiet, .terminal = terminal, .shown_s = now_s()};
}

const char *qs_meter_rate(uint64_t bytes, double seconds, char out[static 32])
{
    double rate = seconds > 0 ? (double)bytes / seconds : 0;
    snprintf(out, 32, rate < 1e9 ? "%.0f MB/s" : "%.2f GB/s", rate < 1e9 ? rate / 1e6 : rate / 1e9);
    return out;
}

// The part that is done, 0 to 1, by bytes where they are known.
static double part_done(const struct qs_meter_reading *reading)
{
    uint64_t done = reading->bytes_total ? reading->bytes_done : reading->done;
    uint64_t total = reading->bytes_total ? reading->bytes_total : reading->total;
    return total ? fmin((double)done / (double)total, 1) : 0;
}

static double seconds_left(const struct qs_meter_reading *reading)
{
    double part = part_done(reading);
    return part > 0 ? reading->seconds * (1 - part) / part : NAN;
}

void qs_meter_bar(const struct qs_meter_reading *reading, int cols, struct qs_text *out)
{
    char rate[32];
    char left[QS_NUMBER_MAX];
    double part = part_done(reading);
    struct qs_text tail = {0};
    qs_text_addf(&tail, "%3.0f %%  %s  %s left", floor(100 * part),
                 qs_meter_rate(reading->bytes_done, reading->seconds, rate),
                 qs_format_duration(seconds_left(reading), left));
    int room = cols - (int)qs_text_columns(reading->task) - (int)tail.length - 4;
    if (room >= 4) {
        int length = room < 40 ? room : 40;
        int full = (int)(part * length);
        qs_text_addf(out, "%s [", reading->task);
        for (int i = 0; i < length; i++) {
            qs_text_add(out, i < full ? "#" : "-");
        }
        qs_text_addf(out, "] %s", qs_text_chars(&tail));
    } else if (cols >= (int)tail.length) {
        qs_text_add(out, qs_text_chars(&tail));
    } else {
        qs_text_addf(out, "%.0f %%", floor(100 * part));
    }
    out->failed |= tail.failed;
    qs_text_free(&tail);
}

void qs_meter_sentence(const struct qs_meter_reading *reading, struct qs_text *out)
{
    char rate[32];
    char left[QS_NUMBER_MAX];
    qs_text_addf(out, "%s: %s%s%llu of %llu %s, %.0f %%, %s, %s left", reading->task, reading->what,
                 reading->what[0] ? ", " : "", (unsigned long long)reading->done, (unsigned long long)reading->total,
                 reading->pieces, floor(100 * part_done(reading)),
                 qs_meter_rate(reading->bytes_done, reading->seconds, rate),
                 qs_format_duration(seconds_left(reading), left));
}

void qs_meter_show(struct qs_meter *meter, const struct qs_meter_reading *reading)
{
    double now = now_s();
    if (meter->quiet || now - meter->shown_s < (meter->terminal ? TERMINAL_EVERY_S : LINE_EVERY_S)) {
        return;
    }
    meter->shown_s = now;
    struct qs_text line = {0};
    if (meter->terminal) {
        int cols;
        int rows;
        qs_console_size(STDERR_FILENO, &cols, &rows);
        qs_meter_bar(reading, cols - 1, &line);
        fputs("\r", stderr);
        qs_console_print(stderr, qs_text_chars(&line));
        fputs("\033[K", stderr);
        meter->drawn = true;
    } else {
        qs_meter_sentence(reading, &line);
        fputs("quantscope: ", stderr);
        qs_console_print(stderr, qs_text_chars(&line));
        fputs("\n", stderr);
    }
    qs_text_free(&line);
    fflush(stderr);
}

void qs_meter_close(struct qs_meter *meter)
{
    if (meter->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        meter->drawn = false;
    }
}
