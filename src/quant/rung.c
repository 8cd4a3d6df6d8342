// Rungs: see rung.h.
#include "quant/rung.h"

#include <ctype.h>
#include <stdio.h>

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

float qs_rung_top(struct qs_rung rung)
{
    return (float)((1u << rung.bits) - 1);
}

bool qs_rung_equal(struct qs_rung a, struct qs_rung b)
{
    return a.bits == b.bits && a.group_size == b.group_size;
}
