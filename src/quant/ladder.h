// A ladder: the storage formats a plan may use, strictly ordered by bits per weight.
#ifndef QS_QUANT_LADDER_H
#define QS_QUANT_LADDER_H

#include "quant/rung.h"

enum { QS_LADDER_MAX = 35 }; // 7 numbers of bits x 5 group sizes

struct qs_ladder {
    struct qs_rung rungs[QS_LADDER_MAX]; // by bits per weight (meta8), ascending
    size_t count;
};

// The paper's 12 rungs: b{2,3,4,8} x g{32,64,128}.
extern const struct qs_ladder qs_ladder_hqq;

// A list: rungs ("b3g128,b4g64"), the word "hqq" for the paper's 12, or both ("hqq,b5g64"); doubles are taken once, the
// order does not matter. QS_USAGE for anything else.
enum qs_status qs_ladder_parse(const char *list, struct qs_ladder *out, struct qs_error *err) QS_MUST_USE;

// Whether both have the same rungs.
bool qs_ladder_equal(const struct qs_ladder *a, const struct qs_ladder *b);

// The index of a rung, or -1.
int qs_ladder_find(const struct qs_ladder *ladder, struct qs_rung rung);

#endif
