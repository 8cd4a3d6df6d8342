// Budgets and bases: see budget.h.
//
// Values are long doubles, so that a decimal times the bits of a model of 10^12 weights is still right to the unit on
// processors with 64 bits of mantissa.
#include "plan/budget.h"

#include "quant/ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    long double bytes;
} units[] = {
    {"B", 1.0L},      {"KB", 1e3L},     {"MB", 1e6L},     {"GB", 1e9L},     {"TB", 1e12L},
    {"KiB", 1024.0L}, {"MiB", 0x1p20L}, {"GiB", 0x1p30L}, {"TiB", 0x1p40L},
};

enum { DIGITS_MAX = 40 };

// A decimal number at the beginning of text; what is behind it, NULL where there is none.
static const char *decimal(const char *text, long double *out)
{
    char copy[DIGITS_MAX];
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || length >= sizeof copy) {
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *end; // a second point ends the number before its time
    long double value = strtold(copy, &end);
    if (*end || end == copy) {
        return NULL;
    }
    *out = value;
    return text + length;
}

// "+2%" behind a rung; 0 percent behind nothing.
static bool percent(const char *text, long double *out)
{
    *out = 0;
    if (!text[0]) {
        return true;
    }
    bool minus = text[0] == '-';
    if (!minus && text[0] != '+') {
        return false;
    }
    const char *behind = decimal(text + 1, out);
    *out = minus ? -*out : *out;
    return behind && strcmp(behind, "%") == 0 && *out > -100;
}

static bool parse_rung(const char *text, struct qs_budget *out)
{
    char word[QS_RUNG_NAME_MAX] = "";
    size_t length = strcspn(text, "+-");
    if (length < sizeof word) {
        memcpy(word, text, length);
    }
    if (!qs_rung_parse(word, &out->rung) || !percent(text + length, &out->value)) {
        return false;
    }
    out->kind = text[length] ? QS_BUDGET_PERCENT : QS_BUDGET_RUNG;
    return true;
}

static bool parse_amount(const char *text, struct qs_budget *out)
{
    long double value;
    const char *unit = decimal(text, &value);
    if (!unit || !(value > 0)) {
        return false;
    }
    if (!unit[0]) {
        out->kind = QS_BUDGET_BITS;
        out->value = value;
        return value <= 1024;
    }
    for (size_t i = 0; i < QS_COUNT_OF(units); i++) {
        if (strcasecmp(unit, units[i].name) == 0) {
            out->kind = QS_BUDGET_BYTES;
            out->value = value * units[i].bytes;
            return out->value >= 1 && out->value < 0x1p50L;
        }
    }
    return false;
}

enum qs_status qs_budget_parse(const char *text, struct qs_budget *out, struct qs_error *err)
{
    struct qs_budget budget = {0};
    if (strlen(text) >= DIGITS_MAX || !(parse_rung(text, &budget) || parse_amount(text, &budget))) {
        return qs_fail(err, QS_USAGE,
                       "budget %.64s: is not understood; write bits per weight (3.4), a rung (b3g128), bytes with a "
                       "unit (3.2GiB, 1857536B) or percent over a rung (b3g128+2%%), without blanks",
                       text);
    }
    *out = budget;
    return QS_OK;
}

uint64_t qs_budget_capacity(const struct qs_budget *budget, uint64_t params, enum qs_storage storage)
{
    long double exact = 0;
    switch (budget->kind) {
    case QS_BUDGET_BITS:
        exact = budget->value * QS_UNITS_PER_BIT * (long double)params;
        break;
    case QS_BUDGET_BYTES:
        exact = floorl(budget->value) * QS_UNITS_PER_BYTE;
        break;
    case QS_BUDGET_RUNG:
    case QS_BUDGET_PERCENT:
        exact = (long double)qs_rung_units(budget->rung, storage) * (long double)params * (1 + budget->value / 100);
        break;
    }
    exact = floorl(exact + 0x1p-10L);
    return exact < 0x1p63L ? (uint64_t)exact : UINT64_MAX / 2;
}

enum qs_status qs_budget_base(const char *text, struct qs_rung *out, struct qs_error *err)
{
    struct qs_rung rung;
    if (qs_rung_parse(text, &rung)) {
        *out = rung;
        return QS_OK;
    }
    long double value;
    const char *behind = decimal(text, &value);
    for (size_t i = 0; behind && !behind[0] && i < qs_ladder_hqq.count; i++) {
        double bits = qs_rung_bpw(qs_ladder_hqq.rungs[i], QS_STORAGE_META8);
        if ((double)value == bits || fabs(round(bits * 100) - (double)value * 100) < 1e-9) {
            *out = qs_ladder_hqq.rungs[i];
            return QS_OK;
        }
    }
    return qs_fail(err, QS_USAGE,
                   "base %.64s: is no rung; write one such as b3g128, or its bits as the paper rounds them: 2.13 2.25 "
                   "2.51 3.13 3.25 3.51 4.13 4.25 4.51 8.13 8.25 8.51",
                   text);
}
