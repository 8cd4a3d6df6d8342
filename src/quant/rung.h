// A rung of the HQQ ladder: a number of bits and a group size, written b4g64.
#ifndef QS_QUANT_RUNG_H
#define QS_QUANT_RUNG_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How the scale and zero of a group are counted (METHODS section 1).
enum qs_storage {
    QS_STORAGE_META8, // both in 8 bits, in groups of 128, each of those with an fp16 scale and zero (the paper)
    QS_STORAGE_FP16,  // both in fp16 (today's HQQ library)
    QS_STORAGE_COUNT
};

struct qs_rung {
    uint32_t bits;       // 1, 2, 3, 4, 5, 6 or 8
    uint32_t group_size; // 16, 32, 64, 128 or 256
};

enum { QS_RUNG_NAME_MAX = 12, QS_GROUP_SIZE_MAX = 256 };

// "b4g64", any case; false where it is no rung.
bool qs_rung_parse(const char *text, struct qs_rung *out);
const char *qs_rung_name(struct qs_rung rung, char out[static QS_RUNG_NAME_MAX]);

// Bits per weight: b + 2*8/g + 32/(g*128), or b + 32/g.
double qs_rung_bpw(struct qs_rung rung, enum qs_storage storage);

// The same in exact integers: units of 2^-10 bit per weight, so that a module takes params times this, and 8192 of them
// are a byte.
enum { QS_UNITS_PER_BIT = 1024, QS_UNITS_PER_BYTE = 8192 };
uint64_t qs_rung_units(struct qs_rung rung, enum qs_storage storage);

const char *qs_storage_name(enum qs_storage storage);           // "meta8", "fp16"
bool qs_storage_find(const char *name, enum qs_storage *out);   // any case

// The largest code, 2^bits - 1.
float qs_rung_top(struct qs_rung rung);

bool qs_rung_equal(struct qs_rung a, struct qs_rung b);

#endif
