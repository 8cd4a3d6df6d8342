// A view that is only lines of text: overview, jobs, log, help.
#ifndef QS_TUI_PAGE_H
#define QS_TUI_PAGE_H

#include "base/text.h"
#include "plot/grid.h"

#include <stddef.h>

struct qs_page_line {
    size_t start;       // in the page's text
    size_t length;      // bytes
    enum qs_role role;
    int indent;         // columns before it
    size_t lead_start;  // what stands before it, from column lead_indent
    size_t lead_length; // 0: nothing
    enum qs_role lead_role;
    int lead_indent;
};

// Zeroed but for cols: an empty page. Lines longer than cols are broken between words.
struct qs_page {
    int cols;
    struct qs_text text;
    struct qs_page_line *lines;
    size_t count;
    size_t capacity; // a line that memory has no room for is left out
};

void qs_page_line(struct qs_page *page, enum qs_role role, const char *format, ...) QS_PRINTF(3, 4);

// lead, and from column indent on the formatted text; its further lines keep the indent.
void qs_page_pair(struct qs_page *page, enum qs_role lead_role, const char *lead, int indent, enum qs_role role,
                  const char *format, ...) QS_PRINTF(6, 7);
void qs_page_free(struct qs_page *page);

// Text into a rectangle, broken between words. Returns the rows used.
int qs_page_draw_text(struct qs_grid *grid, struct qs_rect rect, enum qs_role role, const char *text);

// What every view of lines has in common: members of struct qs_view.
struct qs_ui;
struct qs_list;
void qs_page_view_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect);
void qs_page_view_lines(const struct qs_ui *ui, struct qs_text *out);
struct qs_list *qs_page_view_list(struct qs_ui *ui);
size_t qs_page_view_count(const struct qs_ui *ui);
int qs_page_view_height(const struct qs_ui *ui, struct qs_rect rect);

#define QS_PAGE_VIEW                                                                                                   \
    .draw = qs_page_view_draw, .lines = qs_page_view_lines, .list = qs_page_view_list, .count = qs_page_view_count,    \
    .height = qs_page_view_height

#endif
