// src/plan: the sensitive layers of a curve.
//
// Expected means, deviations and z were computed with numpy 1.24 in float64, apart from this code:
//     d = np.diff(s)  or  s[1:] / s[:-1];  k = int(np.floor(trim * n));  t = np.sort(d)[k:n-k]
//     z = abs(d - t.mean()) / t.std(ddof=1)
// Tolerance 1e-14 relative: both sum ten numbers in double, in different orders.
#include "../cmocka_all.h"
#include "plan/detect.h"

#include <math.h>
#include <string.h>

static const double close_enough = 1e-14;

static void assert_close(double got, double want)
{
    if (!(fabs(got - want) <= close_enough * fabs(want))) {
        fail_msg("got %.17g, not %.17g", got, want);
    }
}

static struct qs_detection detect(const double *curve, uint32_t layers, struct qs_detect_params params)
{
    struct qs_detection detection = {0};
    assert_int_equal(qs_detect(curve, layers, &params, &detection, NULL), QS_OK);
    return detection;
}

// One outlier in eleven layers; trim 0.1 of 10 differences drops one at each end. By hand: the kept ones are four 1s
// and four 2s, mean 1.5, std sqrt(8 * 0.25 / 7).
static void steps_by_hand(void **state)
{
    (void)state;
    static const double curve[] = {1, 2, 4, 5, 7, 8, 10, 11, 13, 33, 34};
    struct qs_detect_params params = qs_detect_defaults;
    params.trim = 0.1;
    struct qs_detection found = detect(curve, 11, params);
    assert_int_equal(found.differences, 10);
    assert_int_equal(found.undefined, 0);
    assert_true(found.mean == 1.5);
    assert_close(found.std, sqrt(2.0 / 7));
    for (uint32_t i = 0; i < 10; i++) {
        assert_true(found.d[i] == curve[i + 1] - curve[i]);
        assert_close(found.z[i], i == 8 ? 34.610330827658956 : 0.9354143466934853);
        assert_int_equal(found.trimmed[i], i == 0 || i == 8); // of equal values the first goes
    }
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 9);
    assert_int_equal(found.detected[0].difference, 8);
    assert_close(found.detected[0].z, 34.610330827658956);
    qs_detection_free(&found);

    // Untrimmed, the outlier widens its own yardstick: of n values none lies beyond (n-1)/sqrt(n) = 2.85 deviations.
    params.trim = 0;
    found = detect(curve, 11, params);
    assert_close(found.mean, 3.3);
    assert_int_equal(found.count, 0);
    qs_detection_free(&found);
}

// A peak: up by 25 (z 16 2/3) and down by 24 (z 16). mean 0 and std 1.5 are exact.
static const double peak_curve[] = {4, 3, 5, 4, 6, 5, 30, 6, 5, 7, 6, 5};

static void a_drop_selects_the_layer_after_or_the_peak(void **state)
{
    (void)state;
    struct qs_detect_params params = qs_detect_defaults;
    params.trim = 0.1;
    struct qs_detection found = detect(peak_curve, 12, params);
    assert_true(found.mean == 0);
    assert_true(found.std == 1.5);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.detected[0].layer, 6);
    assert_int_equal(found.detected[1].layer, 7);
    assert_int_equal(found.detected[1].difference, 6);
    assert_true(found.detected[1].z == 16);
    qs_detection_free(&found);

    params.attribution = QS_ATTRIBUTION_PEAK; // both select layer 6, which appears once with its larger z
    found = detect(peak_curve, 12, params);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 6);
    assert_int_equal(found.detected[0].difference, 5);
    assert_close(found.detected[0].z, 50.0 / 3);
    qs_detection_free(&found);

    double mirrored[12]; // the larger z comes second
    for (int i = 0; i < 12; i++) {
        mirrored[i] = peak_curve[11 - i];
    }
    found = detect(mirrored, 12, params);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 5);
    assert_int_equal(found.detected[0].difference, 5);
    qs_detection_free(&found);
}

static void the_threshold_is_strict_and_top_m_keeps_the_first(void **state)
{
    (void)state;
    struct qs_detect_params params = qs_detect_defaults;
    params.trim = 0.1;
    params.z = 16; // the drop's z exactly
    struct qs_detection found = detect(peak_curve, 12, params);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 6);
    qs_detection_free(&found);

    params.z = 1; // 16.7, 16, then three of 4/3, in layer order
    static const uint32_t layers[] = {6, 7, 2, 4, 9};
    for (uint32_t m = 0; m < 8; m++) {
        params.top_m = m;
        found = detect(peak_curve, 12, params);
        assert_int_equal(found.count, m == 0 || m > 5 ? 5 : m);
        for (uint32_t i = 0; i < found.count; i++) {
            assert_int_equal(found.detected[i].layer, layers[i]);
        }
        qs_detection_free(&found);
    }
}

static void layer_0_needs_peak(void **state)
{
    (void)state;
    static const double curve[] = {50, 4, 5, 4, 6, 5, 6, 5, 7, 6, 5};
    struct qs_detect_params params = qs_detect_defaults;
    params.trim = 0.1;
    struct qs_detection found = detect(curve, 11, params);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 1);
    qs_detection_free(&found);
    params.attribution = QS_ATTRIBUTION_PEAK;
    found = detect(curve, 11, params);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.detected[0].layer, 0);
    qs_detection_free(&found);
}

static void ratios(void **state)
{
    (void)state;
    static const double curve[] = {2, 2.2, 2, 2.1, 2.3, 2.2, 8, 2, 2.2, 2.1, 2.2};
    struct qs_detect_params params = qs_detect_defaults;
    params.trim = 0.1;
    params.difference = QS_DIFFERENCE_RATIO;
    struct qs_detection found = detect(curve, 11, params);
    assert_close(found.mean, 1.0266269057029926);
    assert_close(found.std, 0.075957572088291306);
    assert_int_equal(found.count, 2);
    assert_int_equal(found.detected[0].layer, 6);
    assert_close(found.detected[0].z, 34.35782185911823);
    assert_int_equal(found.detected[1].layer, 7);
    assert_close(found.detected[1].z, 10.224483015337295);
    qs_detection_free(&found);

    double with_zeros[11];
    memcpy(with_zeros, curve, sizeof curve);
    with_zeros[2] = 0; // 2 -> 0 is a ratio of 0, 0 -> 3 is undefined
    found = detect(with_zeros, 11, params);
    assert_int_equal(found.undefined, 1);
    assert_true(found.d[1] == 0);
    assert_true(isnan(found.d[2]) && isnan(found.z[2]) && found.trimmed[2]);
    qs_detection_free(&found);
    static const double zeros[6] = {0};
    found = detect(zeros, 6, params);
    assert_int_equal(found.undefined, 5);
    assert_true(isnan(found.mean) && isnan(found.std));
    assert_int_equal(found.count, 0);
    qs_detection_free(&found);
}

// What is undefined is left out: the rest gives what it gives without the gap.
static void nan_and_infinity_are_left_out(void **state)
{
    (void)state;
    static const double bad_values[] = {NAN, INFINITY, -INFINITY};
    for (size_t b = 0; b < QS_COUNT_OF(bad_values); b++) {
        double curve[14];
        memcpy(curve, peak_curve, sizeof peak_curve);
        curve[12] = bad_values[b]; // 2 of 13 differences are lost, 11 remain as above
        curve[13] = 5;
        struct qs_detect_params params = qs_detect_defaults;
        params.trim = 0.1;
        struct qs_detection found = detect(curve, 14, params);
        assert_int_equal(found.differences, 13);
        assert_int_equal(found.undefined, 2);
        assert_true(found.mean == 0 && found.std == 1.5);
        assert_int_equal(found.count, 2);
        assert_true(isnan(found.d[11]) && isnan(found.z[12]) && found.trimmed[11] && found.trimmed[12]);
        qs_detection_free(&found);
    }
}

static void no_spread_detects_nothing(void **state)
{
    (void)state;
    double curve[40];
    for (int i = 0; i < 40; i++) {
        curve[i] = i < 20 ? 3.3 : 4.4; // one step among equal values: it is trimmed, the rest have no spread
    }
    struct qs_detection found = detect(curve, 40, qs_detect_defaults);
    assert_true(found.mean == 0 && found.std == 0);
    assert_true(isnan(found.z[0]) && isnan(found.z[19]));
    assert_int_equal(found.count, 0);
    qs_detection_free(&found);
    struct qs_detect_params params = qs_detect_defaults;
    params.difference = QS_DIFFERENCE_RATIO;
    params.z = 0.1;
    found = detect(curve, 20, params); // all ratios 1
    assert_true(found.mean == 1 && found.std == 0);
    assert_int_equal(found.count, 0);
    qs_detection_free(&found);
}

static void short_curves_detect_nothing(void **state)
{
    (void)state;
    static const double curve[] = {1, 2, 100, 1};
    struct qs_detect_params params = qs_detect_defaults;
    params.z = 1e-9;
    for (uint32_t layers = 0; layers <= 3; layers++) {
        struct qs_detection found = detect(layers ? curve : NULL, layers, params);
        assert_int_equal(found.differences, layers ? layers - 1 : 0);
        assert_int_equal(found.count, 0);
        assert_int_equal(isnan(found.mean) != 0, layers < 3);
        qs_detection_free(&found);
    }
    struct qs_detection found = detect(curve, 4, params);
    assert_int_equal(found.count, 3);
    qs_detection_free(&found);
    double gap[] = {1, 2, NAN, 5, 9}; // two differences are left
    found = detect(gap, 5, params);
    assert_int_equal(found.undefined, 2);
    assert_int_equal(found.count, 0);
    qs_detection_free(&found);
}

static void parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    static const double curve[] = {1, 2, 3, 4, 5};
    const struct qs_detect_params good = qs_detect_defaults;
    struct qs_detect_params bad[11];
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].z = 0;
    bad[1].z = -1;
    bad[2].z = NAN;
    bad[3].z = INFINITY;
    bad[4].trim = -0.01;
    bad[5].trim = 0.5;
    bad[6].trim = NAN;
    bad[7].trim = INFINITY;
    bad[8].attribution = (enum qs_attribution)7;
    bad[9].difference = (enum qs_difference)7;
    bad[10].difference = (enum qs_difference)2;
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_detection untouched = {.count = 99};
        struct qs_error err = {0};
        assert_int_equal(qs_detect(curve, 5, &bad[i], &untouched, &err), QS_USAGE);
        assert_true(err.text[0] != '\0');
        assert_int_equal(untouched.count, 99);
        assert_null(untouched.d);
    }
    qs_detection_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_by_hand),
        cmocka_unit_test(a_drop_selects_the_layer_after_or_the_peak),
        cmocka_unit_test(the_threshold_is_strict_and_top_m_keeps_the_first),
        cmocka_unit_test(layer_0_needs_peak),
        cmocka_unit_test(ratios),
        cmocka_unit_test(nan_and_infinity_are_left_out),
        cmocka_unit_test(no_spread_detects_nothing),
        cmocka_unit_test(short_curves_detect_nothing),
        cmocka_unit_test(parameters_out_of_range_are_refused),
    };
    return cmocka_run_group_tests_name("plan/detect", tests, NULL, NULL);
}
