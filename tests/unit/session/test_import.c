// src/session: metrics made elsewhere in caches, the datasets they are of, and the axis they are known along.
#include "scratch.h"

#include "session/import.h"
#include "session/scores.h"
#include "session/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct qs_session *open_caches(const char *a, const char *b)
{
    const char *caches[] = {a, b};
    struct qs_session_options options = {.caches = caches, .cache_count = b ? 2 : 1};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return session;
}

static struct qs_import import_text(const char *text, const char *cache)
{
    struct qs_metrics metrics = {0};
    struct qs_import result = {0};
    struct qs_error err = {0};
    const char *path = scratch("table.csv");
    write_file(path, text, strlen(text));
    if (qs_metrics_read(&path, 1, NULL, &metrics, &err) != QS_OK ||
        qs_import_metrics(&metrics, "table.csv", cache, &result, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_metrics_free(&metrics);
    return result;
}

// One value of a dataset, by the calls that a command that measures makes.
static void put_score(const char *path, const char *metric, const char *dataset, uint32_t axis, double value)
{
    struct qs_cache *cache = NULL;
    struct qs_error err = {0};
    struct qs_model_info info = {0};
    struct qs_ladder ladder;
    assert_int_equal(qs_ladder_parse("b4g64,b5g64", &ladder, NULL), QS_OK);
    assert_int_equal(qs_model_info_init(&info, 2, 1, (const char *const[]){"q_proj"}, NULL), QS_OK);
    info.modules[0] = info.modules[1] = (struct qs_module_info){.rows = 8, .cols = 1};
    const struct qs_metric *found = qs_metric_find(metric);
    const double values[] = {value, value / 2};
    if (qs_cache_extend(path, &info, &cache, &err) != QS_OK ||
        qs_scores_declare(cache, found, dataset, QS_QUANTIZER_HQQ, axis, &ladder, &err) != QS_OK ||
        qs_scores_put(cache, found, dataset, QS_QUANTIZER_HQQ, axis, 1, 0, &ladder, values, &err) != QS_OK ||
        qs_cache_checkpoint(cache, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

static void scores_have_their_places(void **state)
{
    (void)state;
    struct qs_config config = {QS_QUANTIZER_HQQ, 1, {4, 64}};
    struct qs_rung_place place = qs_scores_place(qs_metric_find("sensitivity"), "pileval", &config, "value");
    assert_string_equal(place.path, "sensitivity/pileval/part/hqq/axis1/value");
    assert_int_equal(place.element, 7);
    config = (struct qs_config){QS_QUANTIZER_RTN, 0, {1, 256}};
    place = qs_scores_place(qs_metric_find("loss"), "c4", &config, "stderr");
    assert_string_equal(place.path, "loss/c4/rtn/axis0/extra_stderr");
    assert_int_equal(place.element, 0);
    place = qs_scores_place(qs_metric_find("module_sensitivity"), "", &config, "value");
    assert_int_equal(place.element, UINT32_MAX);
    assert_true(qs_dataset_is_name("wiki_2") && qs_dataset_is_name("0"));
    assert_false(qs_dataset_is_name("") || qs_dataset_is_name("Wiki") || qs_dataset_is_name("a/b"));
    assert_false(qs_dataset_is_name("a23456789012345678901234567890123"));
}

static void the_first_dataset_counts(void **state)
{
    (void)state;
    const char *first = scratch("first.h5");
    const char *second = scratch("second.h5");
    put_score(first, "sensitivity", "wiki", 1, 0.5);
    put_score(first, "sensitivity", "c4", 1, 0.25);
    put_score(first, "sensitivity", "bos", 1, NAN); // declared, and nothing in it
    put_score(second, "sensitivity", "aaa", 1, 0.125);
    put_score(second, "loss", "wiki", 0, 2);
    struct qs_session *session = open_caches(first, second);
    const struct qs_metric *sensitivity = qs_metric_find("sensitivity");
    const struct qs_metric *loss = qs_metric_find("LOSS");
    assert_string_equal(qs_session_dataset(session, sensitivity), "c4");
    assert_string_equal(qs_session_dataset(session, loss), "wiki");
    assert_string_equal(qs_session_dataset(session, qs_metric_find("module_sensitivity")), "");
    assert_string_equal(qs_session_dataset(session, qs_metric_find("fnorm")), "");
    assert_true(qs_session_value(session, sensitivity, 1, 0) == 0.25);
    assert_true(isnan(qs_session_value(session, sensitivity, 0, 0)));
    assert_true(qs_session_measured(session, 1, 0));
    assert_false(qs_session_measured(session, 0, 0));
    assert_false(qs_session_scanned(session, 1, 0));
    // The axis is each metric's own; errors have the default where there are none.
    assert_int_equal(qs_session_axis(session, sensitivity, QS_QUANTIZER_HQQ), 1);
    assert_int_equal(qs_session_axis(session, loss, QS_QUANTIZER_HQQ), 0);
    assert_int_equal(qs_session_axis(session, loss, QS_QUANTIZER_RTN), 1);
    assert_int_equal(qs_session_axis(session, NULL, QS_QUANTIZER_HQQ), 1);
    assert_false(qs_session_has_metric(session, loss));
    struct qs_ladder rungs;
    qs_session_metric_rungs(session, loss, QS_QUANTIZER_HQQ, 0, &rungs);
    assert_int_equal(rungs.count, 2);
    assert_true(rungs.rungs[1].bits == 5);
    struct qs_config config = {QS_QUANTIZER_HQQ, 0, {5, 64}};
    assert_true(qs_session_has_metric_at(session, loss, &config));
    assert_true(qs_session_value_at(session, loss, &config, 1, 0) == 1);
    qs_session_rungs(session, QS_QUANTIZER_HQQ, 0, &rungs);
    assert_int_equal(rungs.count, 0);
    qs_session_close(session);
}

static void what_is_there_stays(void **state)
{
    (void)state;
    const char *path = scratch("stays.h5");
    struct qs_import result = import_text("layer,module,nbit1,gsize1,params,fnorm,kurtosis,sensitivity\n"
                                          "0,q_proj,4,64,8,1,3,5\n0,q_proj,5,16,8,2,3,5\n1,q_proj,4,64,8,3,,6\n",
                                          path);
    assert_int_equal(result.values, 3 + 1 + 2); // the copied sensitivity once
    assert_int_equal(result.known + result.kept, 0);
    result = import_text("layer,module,nbit1,gsize1,params,fnorm,kurtosis\n"
                         "0,q_proj,4,64,8,1,4\n0,q_proj,3,64,8,7,4\n1,q_proj,4,64,8,9,5\n",
                         path);
    assert_int_equal(result.values, 2);
    assert_int_equal(result.known, 1);
    assert_int_equal(result.kept, 2);
    struct qs_session *session = open_caches(path, NULL);
    const struct qs_metric *fnorm = qs_metric_find("fnorm");
    assert_int_equal(qs_session_config(session)->axis, 0);
    assert_true(qs_session_value(session, fnorm, 1, 0) == 3);
    struct qs_config config = {QS_QUANTIZER_HQQ, 0, {3, 64}};
    assert_true(qs_session_value_at(session, fnorm, &config, 0, 0) == 7);
    config.rung = (struct qs_rung){5, 16};
    assert_true(qs_session_value_at(session, fnorm, &config, 0, 0) == 2);
    assert_true(qs_session_value(session, qs_metric_find("kurtosis"), 0, 0) == 3);
    assert_true(qs_session_value(session, qs_metric_find("kurtosis"), 1, 0) == 5);
    assert_true(qs_session_value(session, qs_metric_find("sensitivity"), 0, 0) == 5);
    assert_null(qs_session_refusal(session, &config, 0, 0));
    qs_session_close(session);
    freeze_cache(path);
    struct qs_metrics metrics = {0};
    struct qs_error err = {0};
    const char *table = scratch("table.csv");
    assert_int_equal(qs_metrics_read(&table, 1, NULL, &metrics, NULL), QS_OK);
    assert_int_equal(qs_import_metrics(&metrics, "table.csv", path, &result, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "is frozen"));
    assert_int_equal(result.kept, 2);
    qs_metrics_free(&metrics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_have_their_places),
        cmocka_unit_test(the_first_dataset_counts),
        cmocka_unit_test(what_is_there_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
