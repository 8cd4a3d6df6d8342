// Ladders: see ladder.h.
#include "quant/ladder.h"

#include <string.h>
#include <strings.h>

const struct qs_ladder qs_ladder_hqq = {
    .rungs = {{2, 128}, {2, 64}, {2, 32}, {3, 128}, {3, 64}, {3, 32},
              {4, 128}, {4, 64}, {4, 32}, {8, 128}, {8, 64}, {8, 32}},
    .count = 12,
};

int qs_ladder_find(const struct qs_ladder *ladder, struct qs_rung rung)
{
    for (size_t i = 0; i < ladder->count; i++) {
        if (qs_rung_equal(ladder->rungs[i], rung)) {
            return (int)i;
        }
    }
    return -1;
}

bool qs_ladder_equal(const struct qs_ladder *a, const struct qs_ladder *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = qs_rung_equal(a->rungs[i], b->rungs[i]);
    }
    return same;
}

static void insert(struct qs_ladder *ladder, struct qs_rung rung)
{
    if (qs_ladder_find(ladder, rung) >= 0) {
        return;
    }
    double bpw = qs_rung_bpw(rung, QS_STORAGE_META8);
    size_t at = ladder->count++;
    for (; at > 0 && qs_rung_bpw(ladder->rungs[at - 1], QS_STORAGE_META8) > bpw; at--) {
        ladder->rungs[at] = ladder->rungs[at - 1];
    }
    ladder->rungs[at] = rung;
}

enum qs_status qs_ladder_parse(const char *list, struct qs_ladder *out, struct qs_error *err)
{
    struct qs_ladder ladder = {.count = 0};
    for (const char *at = list;;) {
        size_t length = strcspn(at, ",");
        char word[QS_RUNG_NAME_MAX] = "";
        struct qs_rung rung;
        if (length < sizeof word) {
            memcpy(word, at, length);
        }
        if (strcasecmp(word, "hqq") == 0) {
            for (size_t i = 0; i < qs_ladder_hqq.count; i++) {
                insert(&ladder, qs_ladder_hqq.rungs[i]);
            }
        } else if (qs_rung_parse(word, &rung)) {
            insert(&ladder, rung);
        } else {
            return qs_fail(err, QS_USAGE,
                           "'%.*s' is no rung; write bits and group size as in b4g64 (bits 1 2 3 4 5 6 8, groups "
                           "16 32 64 128 256), or hqq for the paper's twelve",
                           (int)(length < 64 ? length : 64), at);
        }
        if (!at[length]) {
            break;
        }
        at += length + 1;
    }
    *out = ladder;
    return QS_OK;
}
