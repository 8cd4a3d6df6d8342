// src/plan: budgets, bases, and the table of methods and parameters.
//
// Capacities are exact: compared with whole-number arithmetic, without a tolerance.
#include "../cmocka_all.h"
#include "plan/budget.h"
#include "plan/method.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct qs_budget parsed(const char *text)
{
    struct qs_budget budget = {0};
    struct qs_error err = {0};
    if (qs_budget_parse(text, &budget, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return budget;
}

static void every_form_of_budget(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum qs_budget_kind kind;
        double value;
        struct qs_rung rung;
    } cases[] = {
        {"3.13", QS_BUDGET_BITS, 3.13, {0, 0}},
        {"3", QS_BUDGET_BITS, 3, {0, 0}},
        {".5", QS_BUDGET_BITS, 0.5, {0, 0}},
        {"1024", QS_BUDGET_BITS, 1024, {0, 0}},
        {"b3g128", QS_BUDGET_RUNG, 0, {3, 128}},
        {"B8G32", QS_BUDGET_RUNG, 0, {8, 32}},
        {"b3g128+2%", QS_BUDGET_PERCENT, 2, {3, 128}},
        {"b4g64-1.5%", QS_BUDGET_PERCENT, -1.5, {4, 64}},
        {"b4g64+0%", QS_BUDGET_PERCENT, 0, {4, 64}},
        {"b2g16-99.9%", QS_BUDGET_PERCENT, -99.9, {2, 16}},
        {"1857536B", QS_BUDGET_BYTES, 1857536, {0, 0}},
        {"1b", QS_BUDGET_BYTES, 1, {0, 0}},
        {"2kb", QS_BUDGET_BYTES, 2e3, {0, 0}},
        {"2MB", QS_BUDGET_BYTES, 2e6, {0, 0}},
        {"2GB", QS_BUDGET_BYTES, 2e9, {0, 0}},
        {"2tB", QS_BUDGET_BYTES, 2e12, {0, 0}},
        {"2KiB", QS_BUDGET_BYTES, 2048, {0, 0}},
        {"1.5mib", QS_BUDGET_BYTES, 1572864, {0, 0}},
        {"3.25GiB", QS_BUDGET_BYTES, 3489660928, {0, 0}},
        {"1TIB", QS_BUDGET_BYTES, 1099511627776, {0, 0}},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_budget budget = parsed(cases[i].text);
        assert_int_equal(budget.kind, cases[i].kind);
        assert_true((double)budget.value == cases[i].value);
        assert_int_equal(budget.rung.bits, cases[i].rung.bits);
        assert_int_equal(budget.rung.group_size, cases[i].rung.group_size);
    }
}

static void nonsense_is_no_budget(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        " 3",
        "3 ",
        "0",
        "-3",
        "+3",
        "1024.1",
        "nan",
        "inf",
        "1e3",
        "0x10",
        "3.1.3",
        ".",
        "3,13",
        "b3",
        "b3g",
        "g128",
        "b3g128 ",
        "b3g129",
        "b7g64",
        "b3g128+",
        "b3g128+2",
        "b3g128+%",
        "b3g128+2%%",
        "b3g128+2% ",
        "b3g128*2%",
        "b3g128-100%",
        "b3g128+-2%",
        "2%",
        "+2%",
        "3.2 GiB",
        "3.2Gi",
        "3.2PiB",
        "GiB",
        "0B",
        "0.5B",
        "-1B",
        "999999999TB",
        "b3g128+2%+2",
        "b3g64g64",
        "b03g128",
        "b3g128+1e1%",
        "b3g128+.%",
        "b3g1281+2%",
        "3%",
        "b3g128\n",
        "3.13bits",
        "3.13\xc2\xa0",
        "33333333333333333333333333333333333333333333.1",
    };
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_budget budget = {.kind = QS_BUDGET_BYTES, .value = 7};
        struct qs_error err = {0};
        if (qs_budget_parse(bad[i], &budget, &err) != QS_USAGE) {
            fail_msg("'%s' is taken for a budget", bad[i]);
        }
        assert_true(budget.kind == QS_BUDGET_BYTES && budget.value == 7);
        assert_non_null(strstr(err.text, "b3g128+2%"));
    }
}

static const uint64_t weights[] = {1, 2, 3, 7, 64, 4096, 16777216, 6476005376, 6979321856, 405000000001, 999999999999};

static void bits_and_percent_are_exact_decimals(void **state)
{
    (void)state;
    for (size_t w = 0; w < QS_COUNT_OF(weights); w++) {
        for (uint64_t hundredths = 1; hundredths < 900; hundredths += hundredths % 7 + 1) {
            char text[16];
            snprintf(text, sizeof text, "%d.%02d", (int)(hundredths / 100), (int)(hundredths % 100));
            struct qs_budget budget = parsed(text);
            assert_int_equal(qs_budget_capacity(&budget, weights[w], QS_STORAGE_META8),
                             hundredths * QS_UNITS_PER_BIT * weights[w] / 100);
        }
        for (uint64_t tenths = 1; tenths < 999; tenths += tenths % 7 + 1) { // of a percent
            static const struct qs_rung rung = {3, 128};
            char text[32];
            for (int storage = 0; storage < QS_STORAGE_COUNT; storage++) {
                uint64_t units = qs_rung_units(rung, (enum qs_storage)storage);
                snprintf(text, sizeof text, "b3g128+%d.%d%%", (int)(tenths / 10), (int)(tenths % 10));
                struct qs_budget over = parsed(text);
                assert_int_equal(qs_budget_capacity(&over, weights[w], (enum qs_storage)storage),
                                 units * weights[w] * (1000 + tenths) / 1000);
                text[strcspn(text, "+")] = '-';
                struct qs_budget under = parsed(text);
                assert_int_equal(qs_budget_capacity(&under, weights[w], (enum qs_storage)storage),
                                 units * weights[w] * (1000 - tenths) / 1000);
            }
        }
    }
}

static void rungs_and_bytes_are_exact(void **state)
{
    (void)state;
    for (size_t w = 0; w < QS_COUNT_OF(weights); w++) {
        for (size_t i = 0; i < qs_ladder_hqq.count; i++) {
            for (int storage = 0; storage < QS_STORAGE_COUNT; storage++) {
                char name[QS_RUNG_NAME_MAX];
                struct qs_rung rung = qs_ladder_hqq.rungs[i];
                struct qs_budget budget = parsed(qs_rung_name(rung, name));
                uint64_t units = qs_rung_units(rung, (enum qs_storage)storage) * weights[w];
                assert_int_equal(qs_budget_capacity(&budget, weights[w], (enum qs_storage)storage), units);
                // The bytes of such a plan, rounded up, admit it.
                char text[32];
                uint64_t bytes = (units + QS_UNITS_PER_BYTE - 1) / QS_UNITS_PER_BYTE;
                snprintf(text, sizeof text, "%lluB", (unsigned long long)bytes);
                struct qs_budget size = parsed(text);
                assert_int_equal(qs_budget_capacity(&size, weights[w], QS_STORAGE_META8), bytes * QS_UNITS_PER_BYTE);
                // So do its bits per weight, as 17 digits.
                char bits[QS_NUMBER_MAX];
                qs_format_exact((double)units / QS_UNITS_PER_BIT / (double)weights[w], bits);
                struct qs_budget literal = parsed(bits);
                assert_int_equal(qs_budget_capacity(&literal, weights[w], QS_STORAGE_META8), units);
            }
        }
    }
    struct qs_budget budget = parsed("3.2GiB"); // 3435973836.8 bytes: whole bytes count
    assert_int_equal(qs_budget_capacity(&budget, 1, QS_STORAGE_META8), UINT64_C(3435973836) * 8192);
    budget = parsed("1024");
    assert_true(qs_budget_capacity(&budget, UINT64_MAX, QS_STORAGE_META8) > UINT64_C(1) << 61); // no wrapping
    budget = parsed("b8g16+99999999999999999999999999%");
    assert_true(qs_budget_capacity(&budget, UINT64_C(1) << 40, QS_STORAGE_FP16) > UINT64_C(1) << 61);
}

static void bases_by_name_and_by_the_papers_bits(void **state)
{
    (void)state;
    static const char *const bits[] = {"2.13", "2.25", "2.51", "3.13", "3.25", "3.51",
                                       "4.13", "4.25", "4.51", "8.13", "8.25", "8.51"};
    for (size_t i = 0; i < qs_ladder_hqq.count; i++) {
        struct qs_rung rung = qs_ladder_hqq.rungs[i];
        char name[QS_RUNG_NAME_MAX];
        char exact[QS_NUMBER_MAX];
        char longer[16];
        snprintf(longer, sizeof longer, "%s0", bits[i]);
        const char *const texts[] = {bits[i], longer, qs_rung_name(rung, name),
                                     qs_format_exact(qs_rung_bpw(rung, QS_STORAGE_META8), exact)};
        for (size_t t = 0; t < QS_COUNT_OF(texts); t++) {
            struct qs_rung got = {0};
            assert_int_equal(qs_budget_base(texts[t], &got, NULL), QS_OK);
            assert_true(qs_rung_equal(got, rung));
        }
    }
    struct qs_rung got = {5, 16};
    assert_int_equal(qs_budget_base("B6G256", &got, NULL), QS_OK); // any rung, on a ladder or not
    assert_true(got.bits == 6 && got.group_size == 256);
    static const char *const bad[] = {"",      "3",     "3.12",  "3.14", "3.127",  "b3",    "b3g128+2%", "3.13x",
                                      " 3.13", "-3.13", "3.13.", "nan",  "3.2GiB", "b7g64", "31.3e-1"};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_error err = {0};
        if (qs_budget_base(bad[i], &got, &err) != QS_USAGE) {
            fail_msg("'%s' is taken for a base", bad[i]);
        }
        assert_true(got.bits == 6 && got.group_size == 256);
        assert_non_null(strstr(err.text, "3.13"));
    }
}

static void every_parameter_reads_what_it_tells(void **state)
{
    (void)state;
    static const struct {
        enum qs_plan_param param;
        const char *texts[6]; // as they are told; then another spelling of the last one, as it is typed
        const char *typed;
    } cases[] = {
        {QS_PLAN_METHOD, {"uniform", "mxq-kurt", "optimal", "decline", "sensiboost"}, "SensiBoost"},
        {QS_PLAN_BASE, {"b2g16", "b8g256", "b3g128"}, "3.13"},
        {QS_PLAN_BUDGET, {"3.4", "b3g64", "3.2GiB", "b3g128+2%", "1857536B"}, "1857536B"},
        {QS_PLAN_BOOST_STOP, {"1", "2", "4294967295"}, "4294967295"},
        {QS_PLAN_TOP_M, {"0", "3", "4294967295"}, "4294967295"},
        {QS_PLAN_Z, {"3", "2.5", "1e-300", "3.1234567890123457", "0.1"}, "1e-1"},
        {QS_PLAN_TRIM, {"0", "0.05", "0.49999999999999994", "0.125"}, ".125"},
        {QS_PLAN_METRIC, {"kurtosis", "sensitivity", "module_sensitivity", "abs_p99.9"}, "abs_p99.9"},
        {QS_PLAN_ATTRIBUTION, {"next", "peak"}, "PEAK"},
        {QS_PLAN_SEED, {"0", "1", "9223372036854775807"}, "9223372036854775807"},
        {QS_PLAN_DECLINE_STOP, {"1", "7"}, "7"},
        {QS_PLAN_NEUTRAL, {"no", "yes"}, "True"},
        {QS_PLAN_FACTOR, {"2", "0.001", "1.5"}, "1.5"},
        {QS_PLAN_OBJECTIVE, {"best", "fnorm", "sensitivity", "loss"}, "LOSS"},
    };
    assert_int_equal(QS_COUNT_OF(cases), QS_PLAN_PARAM_COUNT);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_plan_params params = qs_plan_params_defaults;
        char text[QS_PLAN_PARAM_TEXT_MAX];
        size_t t = 0;
        for (; t < 6 && cases[i].texts[t]; t++) {
            assert_int_equal(qs_plan_param_parse(&params, cases[i].param, cases[i].texts[t], NULL), QS_OK);
            assert_string_equal(qs_plan_param_text(&params, cases[i].param, text), cases[i].texts[t]);
        }
        struct qs_plan_params other = qs_plan_params_defaults;
        assert_int_equal(qs_plan_param_parse(&other, cases[i].param, cases[i].typed, NULL), QS_OK);
        assert_string_equal(qs_plan_param_text(&other, cases[i].param, text), cases[i].texts[t - 1]);
        assert_true(qs_plan_params_equal(&params, &other));
        assert_int_equal(qs_plan_param_parse(&other, cases[i].param, cases[i].texts[0], NULL), QS_OK);
        assert_false(qs_plan_params_equal(&params, &other));
        assert_true(strlen(qs_plan_param_info(cases[i].param)->hint) > 0);
    }
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum qs_plan_param param;
        const char *texts[12];
    } cases[] = {
        {QS_PLAN_METHOD, {"", "kurt", "mxq_kurt", "mxq "}},
        {QS_PLAN_BASE, {"", "3.14", "b3"}},
        {QS_PLAN_BUDGET, {"", "0", "b3", "x"}},
        {QS_PLAN_BOOST_STOP, {"", "0", "-1", "4294967296", "1.5", " 1", "x"}},
        {QS_PLAN_TOP_M, {"", "-1", "4294967296", "1.0", "+1"}},
        {QS_PLAN_Z, {"", "0", "-3", "inf", "nan", "3 ", "z"}},
        {QS_PLAN_TRIM, {"", "-0.1", "0.5", "1", "nan", "5%"}},
        {QS_PLAN_METRIC, {"", "a b", "a,b", "\"", "a\n", "ninety-nine-bottles-of-beer-on-the-wall", "\xc3\xa9"}},
        {QS_PLAN_ATTRIBUTION, {"", "nex", "both"}},
        {QS_PLAN_SEED, {"", "-1", "9223372036854775808", "18446744073709551616", "1e3"}},
        {QS_PLAN_DECLINE_STOP, {"", "0", "-1", "4294967296"}},
        {QS_PLAN_NEUTRAL, {"", "maybe", "2", "y"}},
        {QS_PLAN_FACTOR, {"", "0", "-2", "inf", "nan", "1e13"}},
        {QS_PLAN_OBJECTIVE, {"", "kurtosis", "ppl"}},
    };
    assert_int_equal(QS_COUNT_OF(cases), QS_PLAN_PARAM_COUNT);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        for (size_t t = 0; t < 12 && cases[i].texts[t]; t++) {
            struct qs_plan_params params = qs_plan_params_defaults;
            struct qs_error err = {0};
            if (qs_plan_param_parse(&params, cases[i].param, cases[i].texts[t], &err) != QS_USAGE) {
                fail_msg("%s takes '%s'", qs_plan_param_info(cases[i].param)->name, cases[i].texts[t]);
            }
            assert_true(err.text[0] && qs_plan_params_equal(&params, &qs_plan_params_defaults));
        }
    }
}

static void every_method_has_its_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *params; // besides its name
        const char *metric;
        bool solves, selects;
    } methods[] = {
        {"uniform", " base", "kurtosis", false, false},
        {"sensiboost", " base boost_stop top_m z trim metric attribution", "sensitivity", false, true},
        {"kurtboost", " base boost_stop top_m z trim metric attribution", "kurtosis", false, true},
        {"ablation", " base boost_stop top_m z trim metric attribution seed", "kurtosis", false, true},
        {"decline", " base boost_stop top_m z trim metric attribution decline_stop neutral", "kurtosis", false, true},
        {"mxq", " budget", "kurtosis", true, false},
        {"mxq-kurt", " budget", "kurtosis", true, false},
        {"mxq-sensi", " budget top_m z trim metric attribution factor", "sensitivity", true, true},
        {"optimal", " budget objective", "kurtosis", true, false},
    };
    assert_int_equal(QS_COUNT_OF(methods), QS_METHOD_COUNT);
    for (size_t i = 0; i < QS_COUNT_OF(methods); i++) {
        enum qs_method method;
        char used[256] = "";
        assert_true(qs_method_find(methods[i].name, &method));
        assert_int_equal(method, i);
        assert_string_equal(qs_method_name(method), methods[i].name);
        assert_true(strlen(qs_method_about(method)) > 0);
        assert_true(qs_plan_param_used(method, QS_PLAN_METHOD));
        for (int param = QS_PLAN_METHOD + 1; param < QS_PLAN_PARAM_COUNT; param++) {
            if (qs_plan_param_used(method, (enum qs_plan_param)param)) {
                size_t length = strlen(used);
                snprintf(used + length, sizeof used - length, " %s",
                         qs_plan_param_info((enum qs_plan_param)param)->name);
            }
        }
        assert_string_equal(used, methods[i].params);
        assert_int_equal(qs_method_solves(method), methods[i].solves);
        assert_int_equal(qs_method_selects(method), methods[i].selects);
        struct qs_plan_params params = qs_plan_params_defaults;
        params.method = method;
        assert_string_equal(qs_plan_params_metric(&params), methods[i].metric);
        snprintf(params.metric, sizeof params.metric, "norm");
        assert_string_equal(qs_plan_params_metric(&params), "norm");
    }
}

static void parameters_are_found_by_name(void **state)
{
    (void)state;
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s", qs_plan_param_info((enum qs_plan_param)i)->name);
        assert_int_equal(qs_plan_param_find(name), i);
        for (char *p = name; *p; p++) {
            *p = *p == '_' ? '-' : *p;
        }
        assert_int_equal(qs_plan_param_find(name), i);
        name[strlen(name) - 1] = '\0';
        assert_int_equal(qs_plan_param_find(name), QS_PLAN_PARAM_COUNT);
    }
    assert_int_equal(qs_plan_param_find("BOOST-Stop"), QS_PLAN_BOOST_STOP);
    assert_int_equal(qs_plan_param_find("boost stop"), QS_PLAN_PARAM_COUNT);
    assert_int_equal(qs_plan_param_find("zz"), QS_PLAN_PARAM_COUNT);
    assert_int_equal(qs_plan_param_find(""), QS_PLAN_PARAM_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_of_budget),
        cmocka_unit_test(nonsense_is_no_budget),
        cmocka_unit_test(bits_and_percent_are_exact_decimals),
        cmocka_unit_test(rungs_and_bytes_are_exact),
        cmocka_unit_test(bases_by_name_and_by_the_papers_bits),
        cmocka_unit_test(every_parameter_reads_what_it_tells),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(every_method_has_its_parameters),
        cmocka_unit_test(parameters_are_found_by_name),
    };
    return cmocka_run_group_tests_name("plan/budget", tests, NULL, NULL);
}
