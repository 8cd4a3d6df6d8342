// src/session: the source of plans, the plan that follows the parameters, locks, kept and stored plans.
#include "scratch.h"

#include "plan/file.h"
#include "session/import.h"
#include "session/plans.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 8 };

static struct qs_session *open_cache(const char *path)
{
    struct qs_session_options options = {.caches = &path, .cache_count = 1};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return session;
}

// Two kinds of eight layers; kurtosis of q_proj jumps at layer 3, fnorm falls by half from rung to rung.
static const char *make_cache(const char *name)
{
    struct qs_text table = {0};
    struct qs_metrics metrics = {0};
    struct qs_import result;
    struct qs_error err = {0};
    const char *csv = scratch("plans.csv");
    const char *cache = scratch(name);
    qs_text_add(&table, "layer,module,nbit1,gsize1,params,fnorm,kurtosis\n");
    for (int layer = 0; layer < LAYERS; layer++) {
        for (int rung = 0; rung < 12; rung++) {
            struct qs_rung at = qs_ladder_hqq.rungs[rung];
            qs_text_addf(&table, "%d,q_proj,%u,%u,4096,%g,%g\n", layer, at.bits, at.group_size,
                         (layer + 1) * ldexp(1, -rung), layer < 3 ? 3 + 0.01 * (layer % 2) : 9 + 0.01 * (layer % 2));
            qs_text_addf(&table, "%d,down_proj,%u,%u,8192,%g,3\n", layer, at.bits, at.group_size,
                         (LAYERS - layer) * ldexp(1, -rung));
        }
    }
    write_file(csv, table.chars, table.length);
    if (qs_metrics_read(&csv, 1, NULL, &metrics, &err) != QS_OK ||
        qs_import_metrics(&metrics, "plans.csv", cache, &result, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_metrics_free(&metrics);
    qs_text_free(&table);
    return cache;
}

static const struct qs_planned *planned(struct qs_session *session)
{
    const struct qs_planned *found = NULL;
    struct qs_error err = {0};
    if (qs_session_planned(session, &found, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return found;
}

static void set(struct qs_session *session, const char *name, const char *text)
{
    struct qs_plan_params params = qs_session_plan_params(session);
    struct qs_error err = {0};
    if (qs_plan_param_parse(&params, qs_plan_param_find(name), text, &err) != QS_OK ||
        qs_session_set_plan_params(session, &params, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
}

static void the_source_is_what_is_known(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("source.h5"));
    const struct qs_source *source;
    assert_int_equal(qs_session_source(session, &source, NULL), QS_OK);
    assert_int_equal(source->axis, 0); // imported errors are of axis 0
    assert_int_equal(source->ladder.count, 12);
    assert_int_equal(source->storage, QS_STORAGE_META8);
    assert_null(source->loss);
    assert_null(source->sensitivity);
    const struct qs_source_curves *kurtosis = qs_source_find(source, "kurtosis");
    assert_non_null(kurtosis);
    assert_true(kurtosis->values[4] == 9.0); // q_proj, layer 4
    assert_null(qs_source_find(source, "absmax"));
    assert_non_null(qs_source_find(source, "fnorm")); // any curve can be searched
    assert_true(source->fnorm[(2 * 2 + 0) * 12 + 7] == 3 * ldexp(1, -7));
    // A change of a threshold reads nothing again.
    const double *before = source->fnorm;
    set(session, "z", "2");
    assert_int_equal(qs_session_source(session, &source, NULL), QS_OK);
    assert_ptr_equal(source->fnorm, before);
    qs_session_close(session);
}

static void the_plan_follows_the_parameters(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("follows.h5"));
    assert_int_equal(planned(session)->totals.boosted, 0);
    set(session, "z", "2"); // of seven differences none lies further off than (7 - 1) / sqrt(7)
    assert_int_equal(planned(session)->totals.boosted, 1);
    assert_int_equal(qs_plan_cell(&planned(session)->plan, 3, 0)->rung, 5);
    const struct qs_planned *first = planned(session);
    uint64_t units = first->totals.units;
    assert_ptr_equal(first, planned(session));
    set(session, "boost-stop", "1");
    assert_int_equal(qs_plan_cell(&planned(session)->plan, 3, 0)->rung, 4);
    assert_true(planned(session)->totals.units < units);

    // Thresholds are the session's: changing them anywhere plans again.
    struct qs_detect_params detect = *qs_session_detect_params(session);
    detect.z = 1e6;
    assert_int_equal(qs_session_set_detect_params(session, &detect, NULL), QS_OK);
    assert_int_equal(planned(session)->totals.boosted, 0);
    assert_true(qs_session_plan_params(session).detect.z == 1e6);

    // What cannot be made says why, the same every time, until something changes.
    struct qs_error err = {0};
    const struct qs_planned *none = NULL;
    set(session, "method", "sensiboost");
    assert_int_equal(qs_session_planned(session, &none, &err), QS_FAILED);
    assert_non_null(strstr(err.text, "sensitivity: is not known"));
    assert_int_equal(qs_session_planned(session, &none, NULL), QS_FAILED);
    assert_null(none);
    set(session, "method", "optimal");
    set(session, "budget", "3.4");
    assert_true(planned(session)->report.proven);
    assert_int_equal(planned(session)->report.objective, QS_OBJECTIVE_FNORM);

    struct qs_plan_params bad = qs_session_plan_params(session);
    bad.detect.top_m = LAYERS + 1;
    assert_int_equal(qs_session_set_plan_params(session, &bad, &err), QS_USAGE);
    bad = qs_session_plan_params(session);
    snprintf(bad.metric, sizeof bad.metric, "nonsense");
    assert_int_equal(qs_session_set_plan_params(session, &bad, &err), QS_USAGE);
    assert_int_equal(qs_session_plan_params(session).method, QS_METHOD_OPTIMAL);
    qs_session_close(session);
}

static void locks_survive_and_come_back(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("locks.h5"));
    struct qs_error err = {0};
    struct qs_plan_settings before;
    assert_int_equal(qs_session_plan_settings(session, &before, NULL), QS_OK);
    assert_int_equal(before.lock_count, 0);
    assert_int_equal(qs_session_set_lock(session, 0, 1, 11, &err), QS_OK);
    assert_int_equal(qs_session_lock(session, 0, 1), 11);
    static const char *const methods[] = {"uniform", "kurtboost", "ablation", "decline", "mxq", "mxq-kurt", "optimal"};
    for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
        set(session, "method", methods[i]);
        const struct qs_plan_cell *cell = qs_plan_cell(&planned(session)->plan, 0, 1);
        assert_int_equal(cell->rung, 11);
        assert_true(cell->locked);
        assert_int_equal(planned(session)->totals.locked, 1);
    }
    struct qs_plan_settings after;
    assert_int_equal(qs_session_plan_settings(session, &after, NULL), QS_OK);
    assert_int_equal(after.lock_count, 1);
    assert_int_equal(qs_session_set_plan_settings(session, &before, &err), QS_OK); // undo
    assert_int_equal(planned(session)->totals.locked, 0);
    assert_int_equal(planned(session)->plan.params.method, QS_METHOD_KURTBOOST);
    assert_int_equal(qs_session_set_plan_settings(session, &after, &err), QS_OK); // redo
    assert_int_equal(planned(session)->totals.locked, 1);
    assert_int_equal(qs_session_set_lock(session, 0, 1, QS_PLAN_NO_RUNG, &err), QS_OK);
    assert_int_equal(planned(session)->totals.locked, 0);

    assert_int_equal(qs_session_set_lock(session, LAYERS, 0, 1, &err), QS_USAGE);
    assert_int_equal(qs_session_set_lock(session, 0, 2, 1, &err), QS_USAGE);
    assert_int_equal(qs_session_set_lock(session, 0, 0, 12, &err), QS_USAGE);
    qs_plan_settings_free(&before);
    qs_plan_settings_free(&after);
    qs_session_close(session);
}

static void assert_same_plan(const struct qs_plan *a, const struct qs_plan *b)
{
    struct qs_text x = {0};
    struct qs_text y = {0};
    qs_plan_write(a, &x);
    qs_plan_write(b, &y);
    assert_string_equal(qs_text_chars(&x), qs_text_chars(&y));
    qs_text_free(&x);
    qs_text_free(&y);
}

static void kept_plans_go_to_the_cache_and_back(void **state)
{
    (void)state;
    const char *path = make_cache("kept.h5");
    struct qs_session *session = open_cache(path);
    struct qs_error err = {0};
    assert_int_equal(qs_session_set_lock(session, 2, 0, 9, NULL), QS_OK);
    assert_int_equal(qs_session_keep(session, "by_hand", &planned(session)->plan, &err), QS_OK);
    set(session, "method", "mxq");
    assert_int_equal(qs_session_keep(session, "solved", &planned(session)->plan, &err), QS_OK);
    assert_int_equal(qs_session_keep(session, "Not A Name", &planned(session)->plan, &err), QS_USAGE);
    assert_int_equal(qs_session_kept_count(session), 2);
    assert_false(qs_session_kept(session, 0)->stored);
    for (size_t i = 0; i < 2; i++) {
        if (qs_session_store_kept(session, qs_session_kept(session, i)->name, &err) != QS_OK) {
            fail_msg("%s", err.text);
        }
        assert_true(qs_session_kept(session, i)->stored);
    }
    // The session goes on with the cache as it is now.
    assert_int_equal(planned(session)->plan.params.method, QS_METHOD_MXQ);
    struct qs_session *again = open_cache(path);
    assert_int_equal(qs_session_kept_count(again), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct qs_kept_plan *kept = qs_session_kept(session, i);
        const struct qs_kept_plan *read = qs_session_find_kept(again, kept->name);
        assert_non_null(read);
        assert_true(read->stored);
        assert_same_plan(&kept->plan, &read->plan);
    }
    // A name again: the new plan takes its place, in the cache too.
    set(session, "method", "uniform");
    assert_int_equal(qs_session_keep(session, "solved", &planned(session)->plan, &err), QS_OK);
    assert_int_equal(qs_session_store_kept(session, "solved", &err), QS_OK);
    struct qs_session *third = open_cache(path);
    assert_same_plan(&qs_session_find_kept(third, "solved")->plan, &planned(session)->plan);
    qs_session_drop_kept(third, 0);
    assert_int_equal(qs_session_kept_count(third), 1);
    qs_session_close(third);
    qs_session_close(again);
    qs_session_close(session);
}

static void a_damaged_stored_plan_is_told_and_left_out(void **state)
{
    (void)state;
    const char *path = make_cache("damaged.h5");
    struct qs_session *session = open_cache(path);
    struct qs_error err = {0};
    assert_int_equal(qs_session_keep(session, "good", &planned(session)->plan, &err), QS_OK);
    assert_int_equal(qs_session_keep(session, "bad", &planned(session)->plan, &err), QS_OK);
    assert_int_equal(qs_session_store_kept(session, "good", &err), QS_OK);
    assert_int_equal(qs_session_store_kept(session, "bad", &err), QS_OK);
    struct qs_model_info info = {0};
    struct qs_cache *cache = NULL;
    assert_int_equal(qs_model_info_copy(&info, qs_session_info(session), NULL), QS_OK);
    qs_session_close(session);
    static const struct {
        const char *attribute;
        const char *value;
        const char *complaint;
    } damages[] = {
        {"ladder", "b4g64,b9g1", "is no ladder"},      {"ladder", "b4g64", "has no rung that it can take"},
        {"quantizer", "nonsense", "is no quantizer"},  {"storage", "", "is no storage"},
        {"quantizer", "nf4", "nf4 has 4 bits"},
        {"method", "{\"name\": \"uniform\", \"base\": \"b5g64\"}", "base is no rung"},
        {"method", "{\"name\": \"uniform\"}", "base"}, {"method", "[[[", "JSON"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(damages); i++) {
        assert_int_equal(qs_cache_extend(path, &info, &cache, NULL), QS_OK);
        char kept[4096];
        snprintf(kept, sizeof kept, "%s", qs_cache_attribute(cache, "plans/bad", damages[i].attribute));
        assert_int_equal(qs_cache_set_attribute(cache, "plans/bad", damages[i].attribute, damages[i].value, NULL),
                         QS_OK);
        assert_int_equal(qs_cache_checkpoint(cache, NULL), QS_OK);
        struct qs_session *read = open_cache(path);
        assert_int_equal(qs_session_kept_count(read), 1);
        assert_non_null(qs_session_find_kept(read, "good"));
        assert_non_null(strstr(qs_session_log(read), damages[i].complaint));
        qs_session_close(read);
        assert_int_equal(qs_cache_set_attribute(cache, "plans/bad", damages[i].attribute, kept, NULL), QS_OK);
        assert_int_equal(qs_cache_checkpoint(cache, NULL), QS_OK);
        qs_cache_close(cache);
    }
    qs_model_info_free(&info);
}

static void a_plan_can_be_adopted(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("adopt.h5"));
    struct qs_error err = {0};
    const char *path = scratch("adopt.json");
    set(session, "base", "b4g64");
    assert_int_equal(qs_session_set_lock(session, 7, 1, 0, NULL), QS_OK);
    struct qs_plan plan;
    assert_int_equal(qs_plan_copy(&plan, &planned(session)->plan, NULL), QS_OK);
    qs_plan_cell(&plan, 6, 0)->rung = 10; // somebody else's choice, which no method makes
    assert_int_equal(qs_session_write_plan(&plan, path, false, &err), QS_OK);
    assert_int_equal(qs_session_write_plan(&plan, path, false, &err), QS_USAGE); // is there
    struct qs_session *other = open_cache(make_cache("adopt2.h5"));
    struct qs_plan read;
    if (qs_session_read_plan(other, path, false, &read, &err) != QS_OK ||
        qs_session_adopt_plan(other, &read, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    const struct qs_plan *now = &planned(other)->plan;
    for (size_t cell = 0; cell < (size_t)LAYERS * 2; cell++) {
        assert_int_equal(now->cells[cell].rung, plan.cells[cell].rung);
    }
    assert_int_equal(qs_session_lock(other, 7, 1), 0);
    assert_int_equal(qs_session_lock(other, 6, 0), 10);
    assert_int_equal(qs_session_lock(other, 5, 0), QS_PLAN_NO_RUNG);
    qs_plan_free(&read);
    qs_plan_free(&plan);
    qs_session_close(other);
    qs_session_close(session);
}

// Edited by hand, the plan of a method that solves is still taken as it is: also where it takes more than its budget.
static void a_solved_plan_is_adopted_as_it_is(void **state)
{
    (void)state;
    static const uint8_t edits[] = {0, 5, 11};
    for (size_t edit = 0; edit < QS_COUNT_OF(edits); edit++) {
        struct qs_session *session = open_cache(make_cache("solved.h5"));
        struct qs_error err = {0};
        struct qs_plan plan;
        set(session, "method", "optimal");
        set(session, "budget", "b3g64");
        assert_int_equal(qs_plan_copy(&plan, &planned(session)->plan, NULL), QS_OK);
        for (uint32_t layer = 0; layer < 3; layer++) {
            qs_plan_cell(&plan, layer, 1)->rung = edits[edit];
        }
        if (qs_session_adopt_plan(session, &plan, &err) != QS_OK) {
            fail_msg("%s", err.text);
        }
        struct qs_plan_totals totals;
        qs_plan_totals(&plan, &totals);
        assert_int_equal(planned(session)->totals.units, totals.units);
        for (size_t cell = 0; cell < (size_t)LAYERS * 2; cell++) {
            assert_int_equal(planned(session)->plan.cells[cell].rung, plan.cells[cell].rung);
        }
        qs_plan_free(&plan);
        qs_session_close(session);
    }
}

static void what_cannot_be_adopted_changes_nothing(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("refused.h5"));
    struct qs_error err = {0};
    struct qs_plan plan;
    set(session, "z", "2");
    assert_int_equal(qs_session_set_lock(session, 1, 1, 4, NULL), QS_OK);
    assert_int_equal(qs_plan_copy(&plan, &planned(session)->plan, NULL), QS_OK);
    struct qs_plan bad;
    assert_int_equal(qs_plan_copy(&bad, &plan, NULL), QS_OK);
    bad.params.method = QS_METHOD_SENSIBOOST; // nothing is known of sensitivity
    bad.storage = QS_STORAGE_FP16;
    assert_int_equal(qs_session_adopt_plan(session, &bad, &err), QS_FAILED);
    assert_true(qs_plan_same(&planned(session)->plan, &plan));
    assert_int_equal(qs_session_plan_setup(session)->storage, QS_STORAGE_META8);
    bad.quantizer = QS_QUANTIZER_NF4;
    assert_int_equal(qs_session_adopt_plan(session, &bad, &err), QS_USAGE);
    assert_true(qs_plan_same(&planned(session)->plan, &plan));
    assert_int_equal(qs_session_lock(session, 1, 1), 4);

    // Another ladder takes the lock along by its rung, or frees the module.
    struct qs_plan_setup setup = *qs_session_plan_setup(session);
    assert_int_equal(qs_ladder_parse("b2g64,b3g128,b3g64,b8g32", &setup.ladder, NULL), QS_OK);
    assert_int_equal(qs_session_set_plan_setup(session, &setup, &err), QS_OK);
    assert_int_equal(qs_session_lock(session, 1, 1), 2); // b3g64
    assert_int_equal(qs_ladder_parse("b2g64,b3g128,b4g64,b8g32", &setup.ladder, NULL), QS_OK);
    assert_int_equal(qs_session_set_plan_setup(session, &setup, &err), QS_OK);
    assert_int_equal(qs_session_lock(session, 1, 1), QS_PLAN_NO_RUNG);
    qs_plan_free(&bad);
    qs_plan_free(&plan);
    qs_session_close(session);
}

static void the_frontier_bounds_every_plan(void **state)
{
    (void)state;
    struct qs_session *session = open_cache(make_cache("frontier.h5"));
    const struct qs_frontier *frontier;
    const struct qs_source *source;
    assert_int_equal(qs_session_frontier(session, &frontier, NULL), QS_OK);
    assert_int_equal(frontier->objective, QS_OBJECTIVE_FNORM);
    assert_int_equal(qs_session_source(session, &source, NULL), QS_OK);
    static const char *const bases[] = {"b2g128", "b2g32", "b3g64", "b4g128", "b8g32"};
    for (size_t i = 0; i < QS_COUNT_OF(bases); i++) {
        set(session, "base", bases[i]);
        struct qs_plan_measure exact;
        struct qs_plan_measure quick;
        const struct qs_plan *plan = &planned(session)->plan;
        assert_int_equal(qs_plan_measure(plan, source, frontier, true, NULL, &exact, NULL), QS_OK);
        assert_int_equal(qs_plan_measure(plan, source, frontier, false, NULL, &quick, NULL), QS_OK);
        assert_true(exact.proven);
        assert_true(exact.objective == exact.fnorm && exact.gap >= 0);
        assert_true(quick.best >= exact.best && quick.objective == exact.objective);
        assert_true(isnan(exact.sensitivity));
    }
    // Of plans for another axis the cache knows nothing.
    struct qs_plan other;
    struct qs_plan_measure none;
    assert_int_equal(qs_plan_copy(&other, &planned(session)->plan, NULL), QS_OK);
    qs_plan_cell(&other, 0, 0)->axis = 1;
    assert_int_equal(qs_plan_measure(&other, source, frontier, true, NULL, &none, NULL), QS_OK);
    assert_true(isnan(none.fnorm) && isnan(none.gap) && isnan(none.best));
    qs_plan_free(&other);
    qs_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_source_is_what_is_known),
        cmocka_unit_test(the_plan_follows_the_parameters),
        cmocka_unit_test(locks_survive_and_come_back),
        cmocka_unit_test(kept_plans_go_to_the_cache_and_back),
        cmocka_unit_test(a_damaged_stored_plan_is_told_and_left_out),
        cmocka_unit_test(a_plan_can_be_adopted),
        cmocka_unit_test(a_solved_plan_is_adopted_as_it_is),
        cmocka_unit_test(what_cannot_be_adopted_changes_nothing),
        cmocka_unit_test(the_frontier_bounds_every_plan),
    };
    return cmocka_run_group_tests_name("session/plans", tests, NULL, NULL);
}
