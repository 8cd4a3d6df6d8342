// Log: warnings of the model, the cache and the scan, and what was written to stderr meanwhile.
#include "tui/state.h"

#include <string.h>

enum { SHOWN_MAX = 2000 };

// Adds the lines of text, at most the last SHOWN_MAX.
static void add(struct qs_page *page, const char *text, enum qs_role role)
{
    size_t count = 0;
    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
        count++;
    }
    for (const char *p = text; *p; count--) {
        size_t length = strcspn(p, "\n");
        if (length > 0 && count <= SHOWN_MAX) {
            qs_page_line(page, role, "%.*s", (int)(length > 4000 ? 4000 : length), p);
        }
        p += length + (p[length] == '\n');
        if (count == 0) {
            break; // a last line without its end
        }
    }
}

static void page(const struct qs_ui *ui, struct qs_page *page)
{
    const char *session = qs_session_log(ui->session);
    const char *outside = qs_text_chars(&ui->log);
    if (!session[0] && !outside[0]) {
        qs_page_line(page, QS_ROLE_DIM, "No warnings.");
    }
    if (session[0]) {
        qs_page_line(page, QS_ROLE_HEADER, "Warnings");
        add(page, session, QS_ROLE_WARNING);
    }
    if (outside[0]) {
        qs_page_line(page, QS_ROLE_HEADER, "Written to stderr");
        add(page, outside, QS_ROLE_TEXT);
    }
}

const struct qs_view qs_view_log = {.title = "Log", .key = '!', QS_PAGE_VIEW, .page = page};
