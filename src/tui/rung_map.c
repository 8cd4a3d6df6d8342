// Maps of rungs: see rung_map.h.
#include "tui/rung_map.h"

#include <math.h>
#include <stdio.h>

const struct qs_heat_mark qs_plan_marks[QS_PLAN_MARKS] = {{"boosted", 0x25b2, '^'}, {"locked", 0x25a0, '#'}};

const struct qs_heat_level qs_difference_levels[QS_DIFFERENCE_LEVELS] = {
    {"1 bit down", "--", 'D', QS_ROLE_SERIES_5}, {"down", "- ", 'd', QS_ROLE_SERIES_0},
    {"the same", ". ", '.', QS_ROLE_DIM},        {"up", "+ ", 'u', QS_ROLE_SERIES_1},
    {"1 bit up", "++", 'U', QS_ROLE_SERIES_4},
};

double qs_difference_level(double bits)
{
    if (isnan(bits)) {
        return NAN;
    }
    bool far = fabs(bits) >= 0.9; // b3g32 to b4g128 is a bit, for who thinks in bits
    return bits == 0 ? 2 : bits < 0 ? (far ? 0 : 1) : far ? 4 : 3;
}

static char group_sign(uint32_t group_size)
{
    switch (group_size) {
    case 16:
        return '*';
    case 32:
        return ':';
    case 64:
        return '.';
    case 128:
        return ' ';
    default:
        return '_';
    }
}

void qs_rung_levels(const struct qs_ladder *ladder, struct qs_heat_level out[static QS_LADDER_MAX])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i < ladder->count; i++) {
        char name[QS_RUNG_NAME_MAX];
        struct qs_heat_level *level = &out[i];
        size_t step = i * QS_HEAT_ROLES / ladder->count;
        *level = (struct qs_heat_level){.letter = letters[i], .role = QS_ROLE_HEAT_0 + (enum qs_role)step};
        snprintf(level->name, sizeof level->name, "%s", qs_rung_name(ladder->rungs[i], name));
        level->sign[0] = (char)('0' + ladder->rungs[i].bits % 10);
        level->sign[1] = group_sign(ladder->rungs[i].group_size);
    }
}
