// Axes: see scale.h.
//
//     qs_scale_make -> widen -> linear_ticks | log_ticks -> label
//
// Linear: the smallest step of 1, 2, 5 times a power of ten that needs no more ticks than allowed; the range is then
// rounded outwards to half steps, which keeps the curve off the frame and wastes less than whole steps would.
#include "plot/scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Ranges are kept where steps and powers of ten neither overflow nor vanish.
static const double magnitude_max = 1e300;
static const double magnitude_min = 1e-300;
static const double constant_span = 1e-9; // relative: below it, labels would need more digits than anyone reads

static double nice_step(int mantissa, int exponent)
{
    return exponent < 0 ? mantissa / pow(10, -exponent) : mantissa * pow(10, exponent);
}

// printf's "1.2e-07" as "1.2e-7".
static void trim_exponent(char *label)
{
    char *e = strchr(label, 'e');
    if (!e) {
        return;
    }
    char *to = e + 1;
    char *from = e + 1;
    if (*from == '-') {
        to++;
    }
    from++; // the sign is always there
    while (*from == '0' && from[1]) {
        from++;
    }
    memmove(to, from, strlen(from) + 1);
}

// step is a 1-2-5 multiple of 10^exponent.
static void label_linear(double value, int exponent, double largest, char out[static QS_TICK_LABEL_MAX])
{
    bool plain = largest == 0 || (largest < 1e6 && largest >= 1e-3);
    if (value == 0) {
        snprintf(out, QS_TICK_LABEL_MAX, "%.*f", plain && exponent < 0 ? -exponent : 0, 0.0);
    } else if (plain) {
        snprintf(out, QS_TICK_LABEL_MAX, "%.*f", exponent < 0 ? -exponent : 0, value);
    } else {
        int digits = (int)floor(log10(fabs(value)) + 1e-9) - exponent;
        snprintf(out, QS_TICK_LABEL_MAX, "%.*e", digits < 0 ? 0 : digits > 12 ? 12 : digits, value);
        trim_exponent(out);
    }
}

static void label_log(int mantissa, int exponent, struct qs_tick *tick)
{
    tick->value = nice_step(mantissa, exponent);
    if (exponent >= -3 && exponent <= 5) {
        snprintf(tick->label, sizeof tick->label, "%.*f", exponent < 0 ? -exponent : 0, tick->value);
    } else {
        snprintf(tick->label, sizeof tick->label, "%de%d", mantissa, exponent);
    }
}

static void linear_ticks(struct qs_scale *scale, bool fixed, int most)
{
    static const int mantissas[] = {1, 2, 5};
    double min = scale->min;
    double max = scale->max;
    int exponent = (int)floor(log10((max - min) / most)) - 1;
    for (int i = 0;; i++) {
        int mantissa = mantissas[i % 3];
        int power = exponent + i / 3;
        double step = nice_step(mantissa, power);
        double half = step / 2;
        double lo = fixed ? min : fmin(min, floor(min / half + 1e-9) * half);
        double hi = fixed ? max : fmax(max, ceil(max / half - 1e-9) * half);
        double first = ceil(lo / step - 1e-9);
        double last = floor(hi / step + 1e-9);
        if (last - first + 1 > most) {
            continue;
        }
        scale->min = lo;
        scale->max = hi;
        scale->count = 0;
        for (double at = first; at <= last; at++) {
            struct qs_tick *tick = &scale->ticks[scale->count++];
            tick->value = at == 0 ? 0 : at * step;
            label_linear(tick->value, power, fmax(fabs(lo), fabs(hi)), tick->label);
        }
        return;
    }
}

// The largest of 1, 2, 5 times a power of ten that is <= value, as value = mantissa * 10^exponent.
static double floor_125(double value)
{
    int exponent = (int)floor(log10(value) + 1e-9);
    double rest = value / nice_step(1, exponent);
    return nice_step(rest > 5 - 1e-9 ? 5 : rest > 2 - 1e-9 ? 2 : 1, exponent);
}

static double ceil_125(double value)
{
    int exponent = (int)floor(log10(value) + 1e-9);
    double rest = value / nice_step(1, exponent);
    return rest < 1 + 1e-9 ? nice_step(1, exponent) : rest < 2 + 1e-9 ? nice_step(2, exponent)
         : rest < 5 + 1e-9 ? nice_step(5, exponent) : nice_step(1, exponent + 1);
}

static void log_ticks(struct qs_scale *scale, bool fixed, int most)
{
    if (!fixed) {
        scale->min = fmin(scale->min, floor_125(scale->min));
        scale->max = fmax(scale->max, ceil_125(scale->max));
    }
    int first = (int)ceil(log10(scale->min) - 1e-9);
    int last = (int)floor(log10(scale->max) + 1e-9);
    int decades = last - first + 1;
    // The decades below the first and above the last can hold a 2 and a 5 as well.
    bool minors = decades * 3 + 2 <= most;
    int stride = decades > most ? (decades + most - 1) / most : 1;
    scale->count = 0;
    for (int exponent = first - 1; exponent <= last; exponent++) {
        for (int mantissa = 1; mantissa <= 5; mantissa += mantissa == 1 ? 1 : 3) {
            struct qs_tick tick;
            label_log(mantissa, exponent, &tick);
            bool wanted = mantissa == 1 ? exponent % stride == 0 : minors;
            bool holds = tick.value >= scale->min * (1 - 1e-9) && tick.value <= scale->max * (1 + 1e-9);
            if (wanted && holds && scale->count < QS_TICKS_MAX) {
                scale->ticks[scale->count++] = tick;
            }
        }
    }
}

static double clamp_magnitude(double value, bool log)
{
    double least = log ? magnitude_min : -magnitude_max;
    return value > magnitude_max ? magnitude_max : value < least ? least : value;
}

// A range without extent gets one around its value.
static void widen(double *min, double *max, bool log)
{
    double largest = fmax(fabs(*min), fabs(*max));
    if (*max - *min > largest * constant_span && *max - *min > magnitude_min) {
        return;
    }
    double margin = largest > magnitude_min * 100 ? largest * 0.05 : 1;
    if (log) { // stays above 0
        *min *= 0.95;
        *max *= 1.05;
    } else {
        *min -= margin;
        *max += margin;
    }
}

void qs_scale_make(double min, double max, bool log, bool fixed, int most_ticks, struct qs_scale *out)
{
    int most = most_ticks < 2 ? 2 : most_ticks > QS_TICKS_MAX ? QS_TICKS_MAX : most_ticks;
    min = clamp_magnitude(min, log);
    max = clamp_magnitude(max, log);
    widen(&min, &max, log);
    *out = (struct qs_scale){.log = log, .min = min, .max = max};
    if (log && log10(max) - log10(min) >= 1) {
        log_ticks(out, fixed, most);
    } else {
        linear_ticks(out, fixed, most);
        if (log && out->min <= 0) { // rounding outwards must not reach 0
            out->min = min;
            while (out->count && out->ticks[0].value <= 0) {
                out->count--;
                memmove(out->ticks, out->ticks + 1, (size_t)out->count * sizeof *out->ticks);
            }
        }
    }
}

double qs_scale_at(const struct qs_scale *scale, double value)
{
    if (!scale->log) {
        return (value - scale->min) / (scale->max - scale->min);
    }
    double low = log(scale->min); // a difference of logarithms: the quotient itself may overflow
    return value > 0 ? (log(value) - low) / (log(scale->max) - low) : 0;
}

uint32_t qs_layer_step(uint32_t layers, int cols, int gap)
{
    static const uint32_t steps[] = {1, 2, 4, 5, 8, 10, 16, 20, 32, 40, 50, 64, 80, 100, 128};
    int width = 1;
    for (uint32_t n = layers ? layers - 1 : 0; n >= 10; n /= 10) {
        width++;
    }
    uint32_t step = 1;
    for (uint32_t i = 0;; i++) {
        step = i < sizeof steps / sizeof *steps ? steps[i] : step * 2;
        // (step / layers) * cols columns from one tick to the next
        if (step >= layers || (uint64_t)step * (uint64_t)(cols > 0 ? cols : 0) >= (uint64_t)(width + gap) * layers) {
            return step;
        }
        if (step > UINT32_MAX / 2) {
            return step;
        }
    }
}
