// Progress on standard error: one line that is drawn again where that is a terminal, a line now and then where not.
//
//     qs_meter_open(&meter, quiet)
//     qs_meter_show(&meter, &reading)   as often as one likes
//     qs_meter_close(&meter)            the drawn line goes away
#ifndef QS_CLI_METER_H
#define QS_CLI_METER_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct qs_meter_reading {
    const char *task;      // "scanning demo"
    const char *what;      // the piece at hand, "layer 7"; "" for none
    uint64_t done, total;  // pieces
    const char *pieces;    // "modules"
    uint64_t bytes_done, bytes_total;
    double seconds;        // since the start of the work
};

struct qs_meter {
    bool quiet;
    bool terminal;
    bool drawn;     // a line stands on the terminal
    double shown_s; // when it was shown last, on the monotonic clock
};

void qs_meter_open(struct qs_meter *meter, bool quiet);
void qs_meter_show(struct qs_meter *meter, const struct qs_meter_reading *reading);
void qs_meter_close(struct qs_meter *meter);

// The lines themselves, without an end of line: a bar of at most cols columns; a sentence.
void qs_meter_bar(const struct qs_meter_reading *reading, int cols, struct qs_text *out);
void qs_meter_sentence(const struct qs_meter_reading *reading, struct qs_text *out);

// Bytes per second over the whole work, 0 while nothing is known; "2.31 GB/s".
const char *qs_meter_rate(uint64_t bytes, double seconds, char out[static 32]);

#endif
