// Views that are only lines of text: see page.h.
#include "tui/page.h"

#include "base/array.h"
#include "tui/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_BYTES = 4096, BREAK_COLS_MIN = 8 };

// The bytes of text that fit into cols columns, cut behind the last blank where there is one.
static size_t fitting(const char *text, int cols)
{
    const char *p = text;
    const char *cut = NULL;
    int used = 0;
    while (*p) {
        const char *at = p;
        unsigned codepoint = qs_text_next(&p);
        used += qs_codepoint_columns(codepoint);
        if (used > cols) {
            return (size_t)((cut ? cut : at > text ? at : p) - text);
        }
        if (codepoint == ' ') {
            cut = p;
        }
    }
    return (size_t)(p - text);
}

static void add_lines(struct qs_page *page, struct qs_page_line line, const char *text)
{
    int room = page->cols - line.indent;
    room = room < BREAK_COLS_MIN ? BREAK_COLS_MIN : room;
    do {
        size_t length = fitting(text, room);
        line.start = page->text.length;
        qs_text_add_bytes(&page->text, text, length);
        line.length = page->text.length - line.start;
        if (page->text.failed || !qs_array_reserve(&page->lines, &page->capacity, page->count + 1, sizeof line)) {
            return;
        }
        page->lines[page->count++] = line;
        line.lead_length = 0;
        text += length;
    } while (*text);
}

void qs_page_line(struct qs_page *page, enum qs_role role, const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    add_lines(page, (struct qs_page_line){.role = role, .indent = 1}, text);
}

void qs_page_pair(struct qs_page *page, enum qs_role lead_role, const char *lead, int indent, enum qs_role role,
                  const char *format, ...)
{
    char text[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct qs_page_line line = {.role = role, .indent = indent, .lead_role = lead_role, .lead_indent = 2};
    line.lead_start = page->text.length;
    qs_text_add(&page->text, lead);
    line.lead_length = page->text.length - line.lead_start;
    add_lines(page, line, text);
}

void qs_page_free(struct qs_page *page)
{
    free(page->lines);
    qs_text_free(&page->text);
}

static struct qs_page build(const struct qs_ui *ui, int cols)
{
    struct qs_page page = {.cols = cols};
    qs_views[ui->view]->page(ui, &page);
    return page;
}

static int draw_part(const struct qs_page *page, struct qs_grid *grid, int col, int row, int room, enum qs_role role,
                     size_t start, size_t length)
{
    char text[LINE_MAX_BYTES];
    snprintf(text, sizeof text, "%.*s", (int)length, qs_text_chars(&page->text) + start);
    return qs_grid_text(grid, col, row, room, role, text);
}

int qs_page_draw_text(struct qs_grid *grid, struct qs_rect rect, enum qs_role role, const char *text)
{
    struct qs_page page = {.cols = rect.cols + 1}; // lines of pages keep a column free
    qs_page_line(&page, role, "%s", text);
    int row = 0;
    for (; row < rect.rows && (size_t)row < page.count; row++) {
        draw_part(&page, grid, rect.col, rect.row + row, rect.cols, role, page.lines[row].start,
                  page.lines[row].length);
    }
    qs_page_free(&page);
    return row;
}

void qs_page_view_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct qs_page page = build(ui, rect.cols);
    struct qs_list list = ui->pages[ui->view];
    qs_list_clamp(&list, page.count, rect.rows);
    for (int row = 0; row < rect.rows && list.top + (size_t)row < page.count; row++) {
        const struct qs_page_line *line = &page.lines[list.top + (size_t)row];
        // What was searched is shown by its line; without a search no line of a page is in focus.
        bool found = ui->search[0] && list.top + (size_t)row == list.cursor;
        int lead_room = line->indent - 1 < rect.cols ? line->indent - 1 : rect.cols;
        draw_part(&page, grid, rect.col + line->lead_indent, rect.row + row, lead_room - line->lead_indent,
                  line->lead_role, line->lead_start, line->lead_length);
        draw_part(&page, grid, rect.col + line->indent, rect.row + row, rect.cols - line->indent,
                  found ? QS_ROLE_CURSOR : line->role, line->start, line->length);
        if (list.top + (size_t)row == list.cursor) {
            grid->cursor_col = rect.col;
            grid->cursor_row = rect.row + row;
        }
    }
    size_t below = page.count > list.top + (size_t)rect.rows ? page.count - list.top - (size_t)rect.rows : 0;
    if (below && rect.rows > 1) {
        char more[32];
        snprintf(more, sizeof more, "[%zu more]", below);
        qs_grid_text_right(grid, rect.col, rect.row + rect.rows - 1, rect.cols, QS_ROLE_KEY, more);
    }
    qs_page_free(&page);
}

void qs_page_view_lines(const struct qs_ui *ui, struct qs_text *out)
{
    struct qs_page page = build(ui, qs_ui_body(ui).cols);
    for (size_t i = 0; i < page.count; i++) {
        const struct qs_page_line *line = &page.lines[i];
        qs_text_add_bytes(out, page.text.chars + line->lead_start, line->lead_length);
        qs_text_add(out, " ");
        qs_text_add_bytes(out, page.text.chars + line->start, line->length);
        qs_text_add(out, "\n");
    }
    qs_page_free(&page);
}

struct qs_list *qs_page_view_list(struct qs_ui *ui)
{
    return &ui->pages[ui->view];
}

size_t qs_page_view_count(const struct qs_ui *ui)
{
    struct qs_page page = build(ui, qs_ui_body(ui).cols);
    size_t count = page.count;
    qs_page_free(&page);
    return count;
}

int qs_page_view_height(const struct qs_ui *ui, struct qs_rect rect)
{
    (void)ui;
    return rect.rows;
}
