// One history of all that can be undone: the parameters of plans and of the search for sensitive layers, and locks.
#ifndef QS_TUI_UNDO_H
#define QS_TUI_UNDO_H

#include "session/plans.h"

// What was, and what was undone. The oldest is forgotten. A zeroed struct is an empty history.
enum { QS_UNDO_MAX = 256 };
struct qs_undo {
    struct qs_plan_settings items[QS_UNDO_MAX];
    size_t past;  // items[0..past-1], oldest first, can be undone
    size_t count; // items[past..count-1] can be redone, the next first
};

// To be called with the settings as they were before a change; they are the history's from here on.
void qs_undo_record(struct qs_undo *undo, struct qs_plan_settings *before);

// Swaps *settings for what stands in the past (or the future); false where there is nothing.
bool qs_undo_back(struct qs_undo *undo, struct qs_plan_settings *settings);
bool qs_undo_forth(struct qs_undo *undo, struct qs_plan_settings *settings);

void qs_undo_free(struct qs_undo *undo); // empties it

#endif
