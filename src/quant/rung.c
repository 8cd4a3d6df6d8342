// Rungs: see rung.h.
#include "quant/rung.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static const uint32_t known_bits[] = {1, 2, 3, 4, 5, 6, 8};
static const uint32_t known_groups[] = {16, 32, 64, 128, 256};

static bool parse_number(const char **cursor, const uint32_t *known, size_t count, uint32_t *out)
{
    uint32_t value = 0;
    const char *p = *cursor;
    for (; isdigit((unsigned char)*p) && value < 10000; p++) {
        value = value * 10 + (uint32_t)(*p - '0');
    }
    if (p == *cursor || **cursor == '0') {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (known[i] == value) {
            *out = value;
            *cursor = p;
            return true;
        }
    }
    return false;
}

bool qs_rung_parse(const char *text, struct qs_rung *out)
{
    struct qs_rung rung;
    if (tolower((unsigned char)*text++) != 'b' ||
        !parse_number(&text, known_bits, QS_COUNT_OF(known_bits), &rung.bits) ||
        tolower((unsigned char)*text++) != 'g' ||
        !parse_number(&text, known_groups, QS_COUNT_OF(known_groups), &rung.group_size) || *text) {
        return false;
    }
    *out = rung;
    return true;
}

const char *qs_rung_name(struct qs_rung rung, char out[static QS_RUNG_NAME_MAX])
{
    snprintf(out, QS_RUNG_NAME_MAX, "b%ug%u", rung.bits % 100, rung.group_size % 10000);
    return out;
}

double qs_rung_bpw(struct qs_rung rung, enum qs_storage storage)
{
    double g = rung.group_size;
    return storage == QS_STORAGE_META8 ? rung.bits + 16 / g + 32 / (g * 128) : rung.bits + 32 / g;
}

uint64_t qs_rung_units(struct qs_rung rung, enum qs_storage storage)
{
    // 1024 * (16 + 32/128) = 16640 and 1024 * 32 = 32768: whole numbers for every group size there is.
    uint64_t meta = storage == QS_STORAGE_META8 ? 16640 : 32768;
    return (uint64_t)rung.bits * QS_UNITS_PER_BIT + meta / rung.group_size;
}

static const char *const storage_names[QS_STORAGE_COUNT] = {"meta8", "fp16"};

const char *qs_storage_name(enum qs_storage storage)
{
    return storage_names[storage];
}

bool qs_storage_find(const char *name, enum qs_storage *out)
{
    for (size_t i = 0; i < QS_STORAGE_COUNT; i++) {
        if (strcasecmp(name, storage_names[i]) == 0) {
            *out = (enum qs_storage)i;
            return true;
        }
    }
    return false;
}

float qs_rung_top(struct qs_rung rung)
{
    return (float)((1u << rung.bits) - 1);
}

bool qs_rung_equal(struct qs_rung a, struct qs_rung b)
{
    return a.bits == b.bits && a.group_size == b.group_size;
}
