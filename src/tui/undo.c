// The history of settings: see undo.h.
#include "tui/undo.h"

#include <string.h>

enum qs_status qs_undo_item_take(struct qs_session *session, struct qs_undo_item *out, struct qs_error *err)
{
    out->setup = *qs_session_plan_setup(session);
    return qs_session_plan_settings(session, &out->settings, err);
}

void qs_undo_item_free(struct qs_undo_item *item)
{
    qs_plan_settings_free(&item->settings);
    *item = (struct qs_undo_item){0};
}

enum qs_status qs_undo_item_restore(struct qs_session *session, const struct qs_undo_item *item, struct qs_error *err)
{
    enum qs_status status = qs_session_set_plan_setup(session, &item->setup, err);
    return status == QS_OK ? qs_session_set_plan_settings(session, &item->settings, err) : status;
}

static void forget(struct qs_undo *undo, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        qs_undo_item_free(&undo->items[i]);
    }
}

void qs_undo_record(struct qs_undo *undo, struct qs_undo_item *before)
{
    forget(undo, undo->past, undo->count);
    if (undo->past == QS_UNDO_MAX) {
        forget(undo, 0, 1);
        memmove(undo->items, undo->items + 1, (QS_UNDO_MAX - 1) * sizeof undo->items[0]);
        undo->past--;
    }
    undo->items[undo->past++] = *before;
    undo->count = undo->past;
    *before = (struct qs_undo_item){0};
}

static void swap(struct qs_undo_item *a, struct qs_undo_item *b)
{
    struct qs_undo_item item = *a;
    *a = *b;
    *b = item;
}

bool qs_undo_back(struct qs_undo *undo, struct qs_undo_item *item)
{
    if (undo->past == 0) {
        return false;
    }
    swap(item, &undo->items[--undo->past]);
    return true;
}

bool qs_undo_forth(struct qs_undo *undo, struct qs_undo_item *item)
{
    if (undo->past == undo->count) {
        return false;
    }
    swap(item, &undo->items[undo->past++]);
    return true;
}

void qs_undo_free(struct qs_undo *undo)
{
    forget(undo, 0, undo->count);
    undo->past = 0;
    undo->count = 0;
}
