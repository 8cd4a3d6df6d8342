// Numbers as text: see number.h.
#include "base/number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool qs_parse_u64(const char *text, uint64_t *out)
{
    if (!isdigit((unsigned char)text[0])) {
        return false;
    }
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end) {
        return false;
    }
    *out = value;
    return true;
}

bool qs_parse_double(const char *text, double *out)
{
    if (!text[0] || isspace((unsigned char)text[0])) {
        return false;
    }
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end) {
        return false;
    }
    *out = value;
    return true;
}

enum { WHOLE_DIGITS_MAX = 13, EXPONENT_MAX = 10000 };

// The digits of a number without leading zeros, and where its point is: 0.DIGITS * 10^point.
struct decimal {
    char digits[WHOLE_DIGITS_MAX + 4]; // as many as decide
    long count;
    long point;
};

static bool parse_decimal(const char *text, struct decimal *out)
{
    struct decimal decimal = {.count = 0};
    const char *p = text + (*text == '+');
    bool any = false;
    bool behind = false; // the point
    for (; isdigit((unsigned char)*p) || (*p == '.' && !behind); p++) {
        if (*p == '.') {
            behind = true;
            continue;
        }
        any = true;
        bool leading = *p == '0' && decimal.count == 0;
        decimal.point += behind ? (leading ? -1 : 0) : (leading ? 0 : 1);
        if (!leading && decimal.count < (long)sizeof decimal.digits) {
            decimal.digits[decimal.count++] = *p;
        }
    }
    if (any && (*p == 'e' || *p == 'E')) {
        char *end;
        bool digits = isdigit((unsigned char)p[1]) || ((p[1] == '+' || p[1] == '-') && isdigit((unsigned char)p[2]));
        long exponent = digits ? strtol(p + 1, &end, 10) : 0;
        if (!digits || exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX) {
            return false;
        }
        decimal.point += exponent;
        p = end;
    }
    *out = decimal;
    return any && !*p;
}

bool qs_parse_hundredths(const char *text, uint64_t *out)
{
    struct decimal decimal;
    if (!parse_decimal(text, &decimal) || (decimal.count > 0 && decimal.point > WHOLE_DIGITS_MAX)) {
        return false;
    }
    long whole = decimal.point + 2; // digits that count hundredths
    uint64_t hundredths = 0;
    for (long i = 0; decimal.count > 0 && i < whole; i++) {
        hundredths = hundredths * 10 + (i < decimal.count ? (uint64_t)(decimal.digits[i] - '0') : 0);
    }
    bool up = whole >= 0 && whole < decimal.count && decimal.digits[whole] >= '5';
    *out = hundredths + up;
    return true;
}

const char *qs_format_exact(double value, char out[static QS_NUMBER_MAX])
{
    if (isnan(value)) {
        return strcpy(out, "nan");
    }
    snprintf(out, QS_NUMBER_MAX, "%.17g", value);
    return out;
}

const char *qs_format_shortest(double value, char out[static QS_NUMBER_MAX])
{
    double back;
    for (int digits = 1; digits < 17; digits++) {
        snprintf(out, QS_NUMBER_MAX, "%.*g", digits, value);
        if (qs_parse_double(out, &back) && back == value) {
            return out;
        }
    }
    return qs_format_exact(value, out);
}

const char *qs_format_short(double value, int digits, char out[static QS_NUMBER_MAX])
{
    if (isnan(value)) {
        return strcpy(out, "nan");
    }
    double size = fabs(value);
    if (size == 0 || isinf(value)) {
        snprintf(out, QS_NUMBER_MAX, "%g", value);
    } else if (size < 1e-4 || size >= 1e7) {
        snprintf(out, QS_NUMBER_MAX, "%.*e", digits - 1, value);
    } else {
        int decimals = digits - 1 - (int)floor(log10(size));
        snprintf(out, QS_NUMBER_MAX, "%.*f", decimals < 0 ? 0 : decimals, value);
    }
    return out;
}

const char *qs_format_count(uint64_t count, char out[static QS_NUMBER_MAX])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *to = out;
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return out;
}

const char *qs_format_bytes(uint64_t bytes, char out[static QS_NUMBER_MAX])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1024;
        unit++;
    }
    if (unit == 0) {
        snprintf(out, QS_NUMBER_MAX, "%llu B", (unsigned long long)bytes);
    } else {
        snprintf(out, QS_NUMBER_MAX, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, units[unit]);
    }
    return out;
}

const char *qs_format_duration(double seconds, char out[static QS_NUMBER_MAX])
{
    if (!(seconds >= 0) || seconds > 1e9) {
        return strcpy(out, "-:--");
    }
    unsigned long whole = (unsigned long)(seconds + 0.5);
    unsigned long hours = whole / 3600;
    unsigned long minutes = whole / 60 % 60;
    if (hours) {
        snprintf(out, QS_NUMBER_MAX, "%lu:%02lu:%02lu", hours, minutes, whole % 60);
    } else {
        snprintf(out, QS_NUMBER_MAX, "%lu:%02lu", minutes, whole % 60);
    }
    return out;
}
