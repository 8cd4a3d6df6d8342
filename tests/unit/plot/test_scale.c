// src/plot: scales, ticks and layer steps.
#include "../cmocka_all.h"
#include "base/text.h"
#include "plot/scale.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void check_ticks(double min, double max, bool log, bool fixed, int most, const char *want)
{
    struct qs_scale scale;
    qs_scale_make(min, max, log, fixed, most, &scale);
    struct qs_text text = {0};
    qs_text_addf(&text, "%.6g..%.6g:", scale.min, scale.max);
    for (int i = 0; i < scale.count; i++) {
        qs_text_addf(&text, " %s", scale.ticks[i].label);
    }
    assert_string_equal(qs_text_chars(&text), want);
    qs_text_free(&text);
}

static void linear_ticks_are_1_2_5(void **state)
{
    (void)state;
    check_ticks(0, 10, false, false, 6, "0..10: 0 2 4 6 8 10");
    check_ticks(2.9, 6.3, false, false, 5, "2.5..6.5: 3 4 5 6");
    check_ticks(2.9, 6.3, false, false, 10, "2.75..6.5: 3.0 3.5 4.0 4.5 5.0 5.5 6.0 6.5");
    check_ticks(-0.31, 0.29, false, false, 4, "-0.4..0.3: -0.4 -0.2 0.0 0.2");
    check_ticks(-3, 70.9, false, false, 5, "-10..80: 0 20 40 60 80");
    check_ticks(1e6, 4e6, false, false, 5, "1e+06..4e+06: 1e6 2e6 3e6 4e6");
    check_ticks(1e6, 1.2e6, false, false, 5, "1e+06..1.2e+06: 1.00e6 1.05e6 1.10e6 1.15e6 1.20e6");
    check_ticks(-2e-7, 1.1e-7, false, false, 4, "-2e-07..1.5e-07: -2e-7 -1e-7 0 1e-7");
    check_ticks(100.001, 100.002, false, false, 3, "100.001..100.002: 100.0010 100.0015 100.0020");
}

static void log_ticks_are_decades(void **state)
{
    (void)state;
    check_ticks(2e-7, 0.02, true, false, 6, "2e-07..0.02: 1e-6 1e-5 1e-4 0.001 0.01");
    check_ticks(2e-7, 0.02, true, false, 3, "2e-07..0.02: 1e-6 1e-4 0.01");
    check_ticks(3, 70, true, false, 12, "2..100: 2 5 10 20 50 100");
    check_ticks(3, 70, true, false, 4, "2..100: 10 100");
    check_ticks(0.5, 1e6, true, false, 12, "0.5..1e+06: 1 10 100 1000 10000 100000 1e6");
    check_ticks(3.2, 6.1, true, false, 5, "3..6.5: 3 4 5 6"); // under a decade: linear ticks at logarithmic places
    check_ticks(0.1, 0.9, true, false, 3, "0.1..1: 0.5 1.0"); // never down to 0
}

static void fixed_ranges_stay(void **state)
{
    (void)state;
    check_ticks(2.93, 6.31, false, true, 5, "2.93..6.31: 3 4 5 6");
    check_ticks(3, 70, true, true, 9, "3..70: 5 10 20 50");
    check_ticks(1.1, 1.9, true, true, 2, "1.1..1.9: 1.5");
}

static void ranges_without_extent_are_widened(void **state)
{
    (void)state;
    check_ticks(0, 0, false, false, 5, "-1..1: -1.0 -0.5 0.0 0.5 1.0");
    check_ticks(3, 3, false, false, 3, "2.85..3.15: 2.9 3.0 3.1");
    check_ticks(-7, -7, false, false, 3, "-7.5..-6.5: -7.5 -7.0 -6.5");
    check_ticks(5, 5, true, false, 3, "4.7..5.3: 4.8 5.0 5.2");
}

// Whatever the range: increasing ticks inside it, all different, and the range holds what it must.
static void any_range_has_a_scale(void **state)
{
    (void)state;
    static const double values[] = {-DBL_MAX, -1e300, -12345.678, -1, -1e-12, -DBL_TRUE_MIN, 0, DBL_TRUE_MIN, 1e-300,
                                    1e-12, 0.99999999999, 1, 1.0000000001, 2, 3.14, 1e5, 1e17, 1e300, DBL_MAX};
    for (size_t i = 0; i < QS_COUNT_OF(values); i++) {
        for (size_t j = i; j < QS_COUNT_OF(values); j++) {
            for (int most = 0; most < 40; most += 3) {
                for (int form = 0; form < 4; form++) {
                    bool log = form & 1;
                    if (log && values[i] <= 0) {
                        continue;
                    }
                    struct qs_scale scale;
                    qs_scale_make(values[i], values[j], log, form & 2, most, &scale);
                    assert_true(scale.min < scale.max && (!log || scale.min > 0));
                    assert_true(scale.count <= (most < 2 ? 2 : most) && scale.count <= QS_TICKS_MAX);
                    assert_true((form & 2) || scale.count >= 1);
                    for (int t = 0; t < scale.count; t++) {
                        double at = qs_scale_at(&scale, scale.ticks[t].value);
                        if (!(at > -1e-6 && at < 1 + 1e-6)) {
                            fail_msg("%g..%g form %d most %d: tick %s lies at %g", values[i], values[j], form, most,
                                     scale.ticks[t].label, at);
                        }
                        assert_true(t == 0 || scale.ticks[t].value > scale.ticks[t - 1].value);
                        assert_true(t == 0 || strcmp(scale.ticks[t].label, scale.ticks[t - 1].label) != 0);
                    }
                }
            }
        }
    }
}

static void places_are_linear_or_logarithmic(void **state)
{
    (void)state;
    struct qs_scale scale;
    qs_scale_make(0, 8, false, true, 5, &scale);
    assert_true(qs_scale_at(&scale, 2) == 0.25 && qs_scale_at(&scale, 12) == 1.5);
    qs_scale_make(1, 1e4, true, true, 5, &scale);
    assert_true(fabs(qs_scale_at(&scale, 100) - 0.5) < 1e-15); // two roundings of logarithms
    assert_true(qs_scale_at(&scale, 0) == 0 && qs_scale_at(&scale, -3) == 0);
}

static void layer_steps(void **state)
{
    (void)state;
    assert_int_equal(qs_layer_step(24, 72, 2), 2);  // 3 columns a layer, labels of 2 columns and 2 between them
    assert_int_equal(qs_layer_step(24, 96, 2), 1);
    assert_int_equal(qs_layer_step(32, 55, 2), 4);
    assert_int_equal(qs_layer_step(126, 75, 2), 10);
    assert_int_equal(qs_layer_step(126, 197, 2), 4);
    assert_int_equal(qs_layer_step(24, 4, 2), 32);
    assert_int_equal(qs_layer_step(1, 1, 2), 1);
    assert_int_equal(qs_layer_step(0, 0, 2), 1);
    assert_true(qs_layer_step(UINT32_MAX, 200, 2) > 1000);
    assert_true(qs_layer_step(UINT32_MAX, 0, 2) > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_ticks_are_1_2_5),
        cmocka_unit_test(log_ticks_are_decades),
        cmocka_unit_test(fixed_ranges_stay),
        cmocka_unit_test(ranges_without_extent_are_widened),
        cmocka_unit_test(any_range_has_a_scale),
        cmocka_unit_test(places_are_linear_or_logarithmic),
        cmocka_unit_test(layer_steps),
    };
    return cmocka_run_group_tests_name("plot/scale", tests, NULL, NULL);
}
