// src/session: errors of quantization in caches: what a scan measures, goes on with, and refuses.
#include "scratch.h"

#include "session/errors.h"
#include "session/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct qs_session *open_session(const char *model, const char *cache)
{
    struct qs_session_options options = {.model = model, .caches = &cache, .cache_count = 1, .threads = 2};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return session;
}

static struct qs_scan_options options_of(uint32_t quantizers, uint32_t axis, const char *ladder)
{
    struct qs_scan_options options = {.quantizers = quantizers, .parameters = qs_quantizer_defaults};
    options.parameters.axis = axis;
    assert_int_equal(qs_ladder_parse(ladder, &options.ladder, NULL), QS_OK);
    return options;
}

enum { HQQ = 1 << QS_QUANTIZER_HQQ, RTN = 1 << QS_QUANTIZER_RTN, NF4 = 1 << QS_QUANTIZER_NF4 };

static void scan(struct qs_session *session, uint32_t quantizers, uint32_t axis, const char *ladder)
{
    struct qs_scan_options options = options_of(quantizers, axis, ladder);
    struct qs_error err = {0};
    if (qs_session_set_scan_options(session, &options, &err) != QS_OK || qs_scan_run(session, NULL, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(qs_session_scan(session)->finished);
    assert_true(qs_session_scan(session)->bytes_done == qs_session_scan(session)->bytes_total);
}

static struct qs_config config_of(enum qs_quantizer_kind quantizer, uint32_t axis, const char *rung)
{
    struct qs_config config = {.quantizer = quantizer, .axis = axis};
    assert_true(qs_rung_parse(rung, &config.rung));
    return config;
}

static double value(const struct qs_session *session, const char *metric, struct qs_config config, uint32_t layer,
                    uint32_t kind)
{
    return qs_session_value_at(session, qs_metric_find(metric), &config, layer, kind);
}

// enum qs_rung_state of a module, -1 where it was not tried.
static int state_of(const char *path, struct qs_config config, uint32_t layer, uint32_t kind)
{
    struct qs_cache *cache = NULL;
    assert_int_equal(qs_cache_read(path, &cache, NULL), QS_OK);
    struct qs_rung_place place = qs_errors_place(&config, QS_ERRORS_STATE);
    const struct qs_array *array = qs_cache_array(cache, place.path);
    uint64_t state = array ? qs_array_u64(cache, array, layer, kind)[place.element] : QS_ABSENT_U64;
    qs_cache_close(cache);
    return state == QS_ABSENT_U64 ? -1 : (int)state;
}

static void every_rung_has_one_place(void **state)
{
    (void)state;
    struct qs_ladder all;
    assert_int_equal(qs_ladder_hqq.count + qs_shelves[1].ladder->count, QS_LADDER_MAX);
    for (size_t i = 0; i < qs_shelves[1].ladder->count; i++) {
        assert_int_equal(qs_ladder_find(&qs_ladder_hqq, qs_shelves[1].ladder->rungs[i]), -1);
        assert_int_equal(qs_ladder_find(qs_shelves[1].ladder, qs_shelves[1].ladder->rungs[i]), i);
        assert_true(i == 0 || qs_rung_bpw(qs_shelves[1].ladder->rungs[i], QS_STORAGE_META8) >
                                  qs_rung_bpw(qs_shelves[1].ladder->rungs[i - 1], QS_STORAGE_META8));
    }
    assert_int_equal(qs_ladder_parse("hqq", &all, NULL), QS_OK);
    assert_int_equal(all.count, 12);
    struct qs_config config = config_of(QS_QUANTIZER_RTN, 0, "b4g64");
    struct qs_rung_place place = qs_errors_place(&config, "fnorm");
    assert_string_equal(place.path, "error/rtn/axis0/fnorm");
    assert_int_equal(place.element, 7);
    config = config_of(QS_QUANTIZER_HQQ, 1, "b1g256");
    place = qs_errors_place(&config, "steps");
    assert_string_equal(place.path, "error/hqq/axis1/extra_steps");
    assert_int_equal(place.element, 0);
}

static void the_config_chooses_values(void **state)
{
    (void)state;
    write_model(scratch("chosen"), 3, 1, "F32", NULL, 0);
    struct qs_session *session = open_session(scratch("chosen"), scratch("chosen.h5"));
    const struct qs_config *config = qs_session_config(session);
    assert_true(config->quantizer == QS_QUANTIZER_HQQ && config->axis == 1);
    assert_true(config->rung.bits == 4 && config->rung.group_size == 64);
    assert_int_equal(qs_session_scan_options(session)->quantizers, HQQ | RTN);
    assert_int_equal(qs_session_scan_options(session)->ladder.count, 12);
    assert_false(qs_session_has_metric(session, qs_metric_find("fnorm")));
    struct qs_error err = {0};
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_OK);
    assert_true(qs_session_has_metric(session, qs_metric_find("fnorm")));
    assert_ptr_equal(qs_metric_find("SNR_dB"), qs_metric_find("snr"));

    struct qs_config coarse = config_of(QS_QUANTIZER_RTN, 1, "b2g128");
    uint64_t revision = qs_session_revision(session);
    double fine_value = qs_session_value(session, qs_metric_find("fnorm"), 2, 1);
    double coarse_value = value(session, "fnorm", coarse, 2, 1);
    assert_true(coarse_value > fine_value && fine_value > 0);
    assert_true(qs_session_revision(session) == revision);
    qs_session_set_config(session, &coarse);
    assert_true(qs_session_revision(session) > revision);
    assert_true(qs_session_value(session, qs_metric_find("fnorm"), 2, 1) == coarse_value);
    double curve[3];
    qs_session_curve(session, qs_metric_find("fnorm"), 1, curve);
    assert_true(curve[2] == coarse_value);
    assert_true(isnan(qs_session_value(session, qs_metric_find("steps"), 0, 0))); // RTN takes none
    assert_true(value(session, "steps", config_of(QS_QUANTIZER_HQQ, 1, "b4g64"), 0, 0) >= 1);
    double kurtosis = qs_session_value(session, qs_metric_find("kurtosis"), 0, 0);
    assert_true(value(session, "kurtosis", coarse, 0, 0) == kurtosis);
    // The four are of one error: 256 values.
    double fnorm = value(session, "fnorm", coarse, 0, 0);
    assert_true(value(session, "mean_abs", coarse, 0, 0) <= fnorm / sqrt(MODEL_VALUES));
    assert_true(value(session, "max_abs", coarse, 0, 0) <= fnorm);
    double norm = qs_session_value(session, qs_metric_find("norm"), 0, 0);
    assert_true(fabs(value(session, "snr", coarse, 0, 0) - 20 * log10(norm / fnorm)) < 1e-6);

    struct qs_ladder rungs;
    qs_session_rungs(session, QS_QUANTIZER_HQQ, 1, &rungs);
    assert_int_equal(rungs.count, 12);
    qs_session_rungs(session, QS_QUANTIZER_HQQ, 0, &rungs);
    assert_int_equal(rungs.count, 0);
    struct qs_config other = config_of(QS_QUANTIZER_NF4, 1, "b4g64");
    assert_false(qs_session_has_config(session, &other));
    scan(session, NF4, 1, "b4g16,b4g64,b3g64");
    qs_session_rungs(session, QS_QUANTIZER_NF4, 1, &rungs);
    assert_int_equal(rungs.count, 2);
    assert_true(rungs.rungs[0].group_size == 64 && rungs.rungs[1].group_size == 16);
    qs_session_close(session);
}

static void only_what_is_missing_is_measured(void **state)
{
    (void)state;
    const char *model = scratch("missing");
    uint64_t weights = 10 * MODEL_VALUES * sizeof(float);
    write_model(model, 5, 2, "F32", NULL, 0);
    struct qs_session *session = open_session(model, scratch("parts.h5"));
    scan(session, 0, 1, "hqq");
    assert_true(qs_session_scan(session)->bytes_total == weights);
    scan(session, RTN, 1, "b4g64,b6g16");
    assert_true(qs_session_scan(session)->bytes_total == 2 * weights);
    scan(session, HQQ | RTN, 1, "b3g32,b4g64");
    // HQQ's two rungs have RTN with them.
    assert_true(qs_session_scan(session)->bytes_total == 2 * 21 * weights);
    scan(session, HQQ | RTN | NF4, 1, "hqq,b6g16,b4g256");
    scan(session, HQQ | RTN | NF4, 1, "hqq,b6g16,b4g256");
    assert_true(qs_session_scan(session)->total == 0);
    qs_session_close(session);

    session = open_session(model, scratch("whole.h5"));
    scan(session, HQQ | RTN | NF4, 1, "hqq,b6g16,b4g256");
    qs_session_close(session);
    struct qs_cache *parts = NULL;
    struct qs_cache *whole = NULL;
    assert_int_equal(qs_cache_read(scratch("parts.h5"), &parts, NULL), QS_OK);
    assert_int_equal(qs_cache_read(scratch("whole.h5"), &whole, NULL), QS_OK);
    assert_same_arrays(parts, whole);
    uint32_t width = 0;
    const double *bpw = qs_cache_scale(whole, "rung", &width);
    assert_int_equal(width, 12);
    assert_true(bpw[7] == 4 + 16.25 / 64);
    assert_string_equal(qs_cache_attribute(whole, "error", "rungs"),
                        "b2g128,b2g64,b2g32,b3g128,b3g64,b3g32,b4g128,b4g64,b4g32,b8g128,b8g64,b8g32");
    assert_string_equal(qs_cache_attribute(whole, "error/hqq/axis1", "lp_norm"), "0.7");
    qs_cache_close(parts);
    qs_cache_close(whole);
}

// A module that lost its errors, and one that lost a rung, are all that the next scan does.
static void gaps_are_filled(void **state)
{
    (void)state;
    const char *model = scratch("gaps");
    const char *path = scratch("gaps.h5");
    write_model(model, 4, 3, "F32", NULL, 0);
    struct qs_session *session = open_session(model, path);
    scan(session, HQQ | RTN, 1, "hqq");
    copy_file(path, scratch("gapless.h5"));
    struct qs_cache *cache = NULL;
    uint64_t absent[12];
    uint64_t one[12];
    assert_int_equal(qs_cache_extend(path, qs_session_info(session), &cache, NULL), QS_OK);
    for (int rung = 0; rung < 12; rung++) {
        absent[rung] = QS_ABSENT_U64;
        one[rung] = rung == 4 ? QS_ABSENT_U64 : 1;
    }
    assert_int_equal(qs_cache_put(cache, "error/hqq/axis1/state", 2, 0, absent, NULL), QS_OK);
    assert_int_equal(qs_cache_put(cache, "error/rtn/axis1/state", 3, 1, one, NULL), QS_OK);
    assert_int_equal(qs_cache_checkpoint(cache, NULL), QS_OK);
    qs_cache_close(cache);
    qs_session_close(session);
    session = open_session(model, path);
    assert_int_equal(qs_session_scan(session)->total, 2);
    assert_true(qs_session_scan(session)->bytes_total == (12 * 21 + 1) * MODEL_VALUES * sizeof(float));
    scan(session, HQQ | RTN, 1, "hqq");
    qs_session_close(session);
    struct qs_cache *filled = NULL;
    assert_int_equal(qs_cache_read(path, &filled, NULL), QS_OK);
    assert_int_equal(qs_cache_read(scratch("gapless.h5"), &cache, NULL), QS_OK);
    assert_same_arrays(filled, cache);
    qs_cache_close(filled);
    qs_cache_close(cache);
}

static void other_parameters_need_another_cache(void **state)
{
    (void)state;
    const char *model = scratch("tuned");
    write_model(model, 3, 4, "F32", NULL, 0);
    struct qs_session *session = open_session(model, scratch("tuned.h5"));
    struct qs_scan_options options = options_of(HQQ, 1, "hqq");
    struct qs_error err = {0};
    options.parameters.growth = 1.01;
    assert_int_equal(qs_session_set_scan_options(session, &options, &err), QS_OK);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_OK);
    options.parameters = qs_quantizer_defaults;
    assert_int_equal(qs_session_set_scan_options(session, &options, &err), QS_OK);
    assert_int_equal(qs_scan_run(session, NULL, &err), QS_USAGE);
    assert_non_null(strstr(err.text, "tuned.h5"));
    assert_non_null(strstr(err.text, "growing by 1.01"));
    assert_non_null(strstr(err.text, "-o"));
    assert_false(qs_session_scan(session)->running);
    // What HQQ's parameters do not touch can be added.
    scan(session, RTN, 1, "hqq");
    scan(session, HQQ, 0, "b4g64");
    qs_session_close(session);
    // Who opens the cache goes on with what it has.
    session = open_session(model, scratch("tuned.h5"));
    assert_true(qs_session_scan_options(session)->parameters.growth == 1.01);
    assert_true(qs_session_scan(session)->finished);
    qs_session_close(session);
}

static void impossible_rungs_do_not_end_a_scan(void **state)
{
    (void)state;
    struct poison nan = {.layer = 1, .kind = 0, .index = 5, .value = NAN};
    const char *model = scratch("poisoned");
    const char *path = scratch("poisoned.h5");
    struct qs_config config = config_of(QS_QUANTIZER_HQQ, 1, "b4g64");
    write_model(model, 4, 5, "F32", &nan, 1);
    struct qs_session *session = open_session(model, path);
    scan(session, HQQ | RTN, 1, "hqq");
    assert_int_equal(qs_session_scan(session)->done, 8);
    assert_non_null(strstr(qs_session_log(session), "layer 1, self_attn.q_proj: no quantization errors"));
    assert_true(isnan(value(session, "fnorm", config, 1, 0)));
    assert_non_null(strstr(qs_session_refusal(session, &config, 1, 0), "not finite"));
    assert_null(qs_session_refusal(session, &config, 1, 1));
    struct qs_config untried = config_of(QS_QUANTIZER_HQQ, 0, "b4g64");
    assert_null(qs_session_refusal(session, &untried, 1, 0));
    assert_true(value(session, "fnorm", config, 1, 1) > 0 && value(session, "fnorm", config, 3, 0) > 0);
    qs_session_close(session);
    assert_int_equal(state_of(path, config, 1, 0), QS_RUNG_NOT_FINITE);
    assert_int_equal(state_of(path, config, 2, 0), QS_RUNG_DONE);
    session = open_session(model, path);
    assert_true(qs_session_scan(session)->finished); // what cannot be done is not tried again
    qs_session_close(session);

    // A type that is not read.
    model = scratch("integers");
    path = scratch("integers.h5");
    write_model(model, 3, 6, "I32", NULL, 0);
    session = open_session(model, path);
    scan(session, HQQ, 1, "hqq");
    assert_false(qs_session_has_config(session, &config));
    qs_session_close(session);
    assert_int_equal(state_of(path, config, 2, 1), QS_RUNG_NO_FORM);
}

static void bad_options_are_refused(void **state)
{
    (void)state;
    write_model(scratch("options"), 2, 7, "F32", NULL, 0);
    struct qs_session *session = open_session(scratch("options"), scratch("options.h5"));
    struct qs_scan_options bad[] = {
        options_of(NF4, 0, "hqq"),
        options_of(NF4 | RTN, 1, "b3g64"),
        options_of(HQQ, 2, "hqq"),
        options_of(1 << QS_QUANTIZER_COUNT, 1, "hqq"),
        options_of(HQQ, 1, "hqq"),
        options_of(HQQ, 1, "hqq"),
    };
    bad[4].ladder.count = 0;
    bad[5].parameters.lp_norm = 0;
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_error err = {0};
        assert_int_equal(qs_session_set_scan_options(session, &bad[i], &err), QS_USAGE);
        assert_true(err.text[0]);
        assert_int_equal(qs_session_scan_options(session)->quantizers, HQQ | RTN);
    }
    qs_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rung_has_one_place),
        cmocka_unit_test(the_config_chooses_values),
        cmocka_unit_test(only_what_is_missing_is_measured),
        cmocka_unit_test(gaps_are_filled),
        cmocka_unit_test(other_parameters_need_another_cache),
        cmocka_unit_test(impossible_rungs_do_not_end_a_scan),
        cmocka_unit_test(bad_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
