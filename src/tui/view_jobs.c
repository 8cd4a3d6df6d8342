// Jobs: the scan of the weights and how far it is.
#include "tui/state.h"

#include "base/number.h"

#include <stdio.h>

enum { LEAD_COLS = 14, BAR_COLS = 40 };

static void add_bar(const struct qs_ui *ui, const struct qs_scan_state *scan, struct qs_page *page)
{
    double part = scan->bytes_total ? (double)scan->bytes_done / (double)scan->bytes_total : 0;
    struct qs_text bar = {0};
    for (int i = 0; i < BAR_COLS; i++) {
        bool full = part * BAR_COLS >= i + 1;
        qs_text_add(&bar, ui->glyphs == QS_GLYPHS_ASCII ? (full ? "#" : ".") : full ? "\u2588" : "\u2591");
    }
    qs_page_pair(page, QS_ROLE_DIM, "progress", LEAD_COLS, QS_ROLE_GOOD, "%s %3.0f%%", qs_text_chars(&bar),
                 100 * (part > 1 ? 1 : part));
    qs_text_free(&bar);
}

static void page(const struct qs_ui *ui, struct qs_page *page)
{
    const struct qs_scan_state *scan = qs_session_scan(ui->session);
    char a[QS_NUMBER_MAX];
    char b[QS_NUMBER_MAX];
    qs_page_line(page, QS_ROLE_HEADER, "Scan of the weights");
    const char *state = scan->running                  ? "running"
                        : scan->error.status != QS_OK  ? "failed"
                        : scan->finished               ? "finished"
                        : scan->done > 0               ? "stopped"
                                                       : "not started";
    enum qs_role role = scan->error.status != QS_OK ? QS_ROLE_ERROR : QS_ROLE_TEXT;
    qs_page_pair(page, QS_ROLE_DIM, "state", LEAD_COLS, role, "%s", state);
    if (scan->error.status != QS_OK) {
        qs_page_pair(page, QS_ROLE_DIM, "error", LEAD_COLS, QS_ROLE_ERROR, "%s", scan->error.text);
    }
    if (scan->total > 0) {
        qs_page_pair(page, QS_ROLE_DIM, "modules", LEAD_COLS, QS_ROLE_TEXT, "%s of %s", qs_format_count(scan->done, a),
                     qs_format_count(scan->total, b));
    }
    if (scan->running || scan->done > 0) {
        add_bar(ui, scan, page);
        qs_page_pair(page, QS_ROLE_DIM, "read", LEAD_COLS, QS_ROLE_TEXT, "%s of %s",
                     qs_format_bytes(scan->bytes_done, a), qs_format_bytes(scan->bytes_total, b));
        double rate = scan->seconds > 0 ? (double)scan->bytes_done / scan->seconds : 0;
        qs_page_pair(page, QS_ROLE_DIM, "rate", LEAD_COLS, QS_ROLE_TEXT, "%s/s", qs_format_bytes((uint64_t)rate, a));
        qs_page_pair(page, QS_ROLE_DIM, "time", LEAD_COLS, QS_ROLE_TEXT, "%s", qs_format_duration(scan->seconds, a));
        double left = scan->bytes_total > scan->bytes_done ? (double)(scan->bytes_total - scan->bytes_done) : 0;
        if (scan->running) {
            qs_page_pair(page, QS_ROLE_DIM, "time left", LEAD_COLS, QS_ROLE_TEXT, "%s",
                         qs_format_duration(rate > 0 ? left / rate : -1, a));
            qs_page_pair(page, QS_ROLE_DIM, "last", LEAD_COLS, QS_ROLE_TEXT, "%s", scan->what);
        }
    }
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    if (scan->running) {
        qs_page_line(page, QS_ROLE_TEXT, "x stops it; what is finished is kept, and s goes on from there.");
    } else if (!scan->finished) {
        qs_page_line(page, QS_ROLE_TEXT, qs_session_model_path(ui->session)[0]
                                             ? "s starts it."
                                             : "Only a cache is open: name the model too, then it can be scanned.");
    }
}

const struct qs_view qs_view_jobs = {.title = "Jobs", .key = '9', QS_PAGE_VIEW, .page = page};
