// One history of all that can be undone: the parameters of plans and of the search for sensitive layers, locks, and
// what plans are made for, which a plan that is adopted may change.
#ifndef QS_TUI_UNDO_H
#define QS_TUI_UNDO_H

#include "session/plans.h"

struct qs_undo_item {
    struct qs_plan_setup setup;
    struct qs_plan_settings settings;
};

// What was, and what was undone. The oldest is forgotten. A zeroed struct is an empty history.
enum { QS_UNDO_MAX = 256 };
struct qs_undo {
    struct qs_undo_item items[QS_UNDO_MAX];
    size_t past;  // items[0..past-1], oldest first, can be undone
    size_t count; // items[past..count-1] can be redone, the next first
};

// Takes an item of what is, for a change to come; freed by qs_undo_item_free, unless it is recorded.
enum qs_status qs_undo_item_take(struct qs_session *session, struct qs_undo_item *out,
                                 struct qs_error *err) QS_MUST_USE;
void qs_undo_item_free(struct qs_undo_item *item); // zeroes it

// Makes the session be as the item says.
enum qs_status qs_undo_item_restore(struct qs_session *session, const struct qs_undo_item *item,
                                    struct qs_error *err) QS_MUST_USE;

// To be called after a change with what was before; it is the history's from here on.
void qs_undo_record(struct qs_undo *undo, struct qs_undo_item *before);

// Swaps *item for what stands in the past (or the future); false where there is nothing.
bool qs_undo_back(struct qs_undo *undo, struct qs_undo_item *item);
bool qs_undo_forth(struct qs_undo *undo, struct qs_undo_item *item);

void qs_undo_free(struct qs_undo *undo); // empties it

#endif
