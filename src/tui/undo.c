// The history of settings: see undo.h.
#include "tui/undo.h"

#include <string.h>

static void forget(struct qs_undo *undo, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        qs_plan_settings_free(&undo->items[i]);
    }
}

void qs_undo_record(struct qs_undo *undo, struct qs_plan_settings *before)
{
    forget(undo, undo->past, undo->count);
    if (undo->past == QS_UNDO_MAX) {
        forget(undo, 0, 1);
        memmove(undo->items, undo->items + 1, (QS_UNDO_MAX - 1) * sizeof undo->items[0]);
        undo->past--;
    }
    undo->items[undo->past++] = *before;
    undo->count = undo->past;
    *before = (struct qs_plan_settings){0};
}

static void swap(struct qs_plan_settings *a, struct qs_plan_settings *b)
{
    struct qs_plan_settings item = *a;
    *a = *b;
    *b = item;
}

bool qs_undo_back(struct qs_undo *undo, struct qs_plan_settings *settings)
{
    if (undo->past == 0) {
        return false;
    }
    swap(settings, &undo->items[--undo->past]);
    return true;
}

bool qs_undo_forth(struct qs_undo *undo, struct qs_plan_settings *settings)
{
    if (undo->past == undo->count) {
        return false;
    }
    swap(settings, &undo->items[undo->past++]);
    return true;
}

void qs_undo_free(struct qs_undo *undo)
{
    forget(undo, 0, undo->count);
    undo->past = 0;
    undo->count = 0;
}
