// Positions in lists: see list.h.
#include "tui/list.h"

void qs_list_clamp(struct qs_list *list, size_t count, int height)
{
    size_t window = height < 1 ? 1 : (size_t)height;
    size_t last = count ? count - 1 : 0;
    size_t last_top = count > window ? count - window : 0;
    if (list->cursor > last) {
        list->cursor = last;
    }
    if (list->cursor < list->top) {
        list->top = list->cursor;
    }
    if (list->cursor - list->top >= window) {
        list->top = list->cursor - window + 1;
    }
    if (list->top > last_top) {
        list->top = last_top;
    }
}

// at + delta, kept within 0..SIZE_MAX.
static size_t moved(size_t at, int64_t delta)
{
    if (delta < 0) {
        uint64_t back = -(uint64_t)delta;
        return back > at ? 0 : at - (size_t)back;
    }
    return (uint64_t)delta > SIZE_MAX - at ? SIZE_MAX : at + (size_t)delta;
}

void qs_list_move(struct qs_list *list, size_t count, int height, int64_t delta)
{
    list->cursor = moved(list->cursor, delta);
    qs_list_clamp(list, count, height);
}

void qs_list_scroll(struct qs_list *list, size_t count, int height, int64_t delta)
{
    size_t window = height < 1 ? 1 : (size_t)height;
    size_t last_top = count > window ? count - window : 0;
    list->top = moved(list->top, delta);
    if (list->top > last_top) {
        list->top = last_top;
    }
    if (list->cursor < list->top) {
        list->cursor = list->top;
    }
    if (list->cursor - list->top >= window) {
        list->cursor = list->top + window - 1;
    }
    qs_list_clamp(list, count, height);
}
