// Maps of discrete values, layer by module kind: the rungs of a plan, and how two plans differ.
#ifndef QS_TUI_RUNG_MAP_H
#define QS_TUI_RUNG_MAP_H

#include "plot/heat.h"
#include "session/plans.h"

// A level for every rung: its bits and a sign of its group size ("3 " b3g128, "3." b3g64, "3:" b3g32), a letter where
// there is room for one column, and a colour that rises with the bits.
void qs_rung_levels(const struct qs_ladder *ladder, struct qs_heat_level out[static QS_LADDER_MAX]);

// The marks of planning.h.
enum { QS_PLAN_MARKS = 2 };
extern const struct qs_heat_mark qs_plan_marks[QS_PLAN_MARKS];

// Differences of bits per weight as levels: far down, down, none, up, far up (a bit and more).
enum { QS_DIFFERENCE_LEVELS = 5 };
extern const struct qs_heat_level qs_difference_levels[QS_DIFFERENCE_LEVELS];
double qs_difference_level(double bits); // NaN of NaN

#endif
