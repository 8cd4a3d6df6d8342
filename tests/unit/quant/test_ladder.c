// src/quant: names and costs of rungs, lists of them, quantizers' parameters.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "quant/ladder.h"
#include "quant/quantizer.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static void rungs_are_parsed(void **state)
{
    (void)state;
    static const uint32_t bits[] = {1, 2, 3, 4, 5, 6, 8};
    static const uint32_t groups[] = {16, 32, 64, 128, 256};
    for (size_t b = 0; b < QS_COUNT_OF(bits); b++) {
        for (size_t g = 0; g < QS_COUNT_OF(groups); g++) {
            struct qs_rung want = {bits[b], groups[g]};
            struct qs_rung got = {0};
            char name[QS_RUNG_NAME_MAX];
            assert_true(qs_rung_parse(qs_rung_name(want, name), &got));
            assert_true(qs_rung_equal(got, want));
            assert_true(qs_rung_top(got) == (float)((1 << bits[b]) - 1));
        }
    }
    struct qs_rung rung = {7, 7};
    assert_true(qs_rung_parse("B4G64", &rung) && rung.bits == 4 && rung.group_size == 64);
    static const char *const bad[] = {
        "", "b", "b4", "b4g", "4g64", "b4g64 ", " b4g64", "b7g64", "b0g64", "b4g48", "b4g0", "b04g64", "b4g064",
        "b4g64x", "b-4g64", "b4 g64", "g64b4", "b4g999999999999999999999", "b4294967300g64", "b4b64", "hqq",
    };
    rung = (struct qs_rung){3, 32};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        if (qs_rung_parse(bad[i], &rung)) {
            fail_msg("'%s' was taken", bad[i]);
        }
        assert_true(rung.bits == 3 && rung.group_size == 32);
    }
}

// METHODS section 1.
static void bits_per_weight(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double bpw;
    } table[] = {
        {"b2g128", 2.127}, {"b2g64", 2.254}, {"b2g32", 2.508}, {"b3g128", 3.127}, {"b3g64", 3.254}, {"b3g32", 3.508},
        {"b4g128", 4.127}, {"b4g64", 4.254}, {"b4g32", 4.508}, {"b8g128", 8.127}, {"b8g64", 8.254}, {"b8g32", 8.508},
    };
    assert_int_equal(qs_ladder_hqq.count, QS_COUNT_OF(table));
    for (size_t i = 0; i < QS_COUNT_OF(table); i++) {
        char name[QS_RUNG_NAME_MAX];
        struct qs_rung rung = qs_ladder_hqq.rungs[i];
        assert_string_equal(qs_rung_name(rung, name), table[i].name);
        assert_true(fabs(qs_rung_bpw(rung, QS_STORAGE_META8) - table[i].bpw) <= 0.0005); // the table has three decimals
        assert_true(qs_rung_bpw(rung, QS_STORAGE_FP16) == rung.bits + 32.0 / rung.group_size);
    }
    assert_true(qs_rung_bpw((struct qs_rung){4, 64}, QS_STORAGE_META8) == 4 + 0.25 + 32.0 / 8192);
}

static void assert_ascending(const struct qs_ladder *ladder)
{
    for (size_t i = 1; i < ladder->count; i++) {
        assert_true(qs_rung_bpw(ladder->rungs[i - 1], QS_STORAGE_META8) <
                    qs_rung_bpw(ladder->rungs[i], QS_STORAGE_META8));
    }
}

static void lists_are_parsed(void **state)
{
    (void)state;
    struct qs_ladder ladder;
    assert_int_equal(qs_ladder_parse("hqq", &ladder, NULL), QS_OK);
    assert_int_equal(ladder.count, 12);
    for (size_t i = 0; i < ladder.count; i++) {
        assert_true(qs_rung_equal(ladder.rungs[i], qs_ladder_hqq.rungs[i]));
    }
    assert_int_equal(qs_ladder_parse("b8g32,b4g64,B4G64,b1g16", &ladder, NULL), QS_OK);
    assert_int_equal(ladder.count, 3);
    assert_ascending(&ladder);
    assert_int_equal(qs_ladder_find(&ladder, (struct qs_rung){4, 64}), 1);
    assert_int_equal(qs_ladder_find(&ladder, (struct qs_rung){4, 32}), -1);
    assert_int_equal(qs_ladder_parse("b5g64,HQQ,hqq", &ladder, NULL), QS_OK);
    assert_int_equal(ladder.count, 13);
    assert_ascending(&ladder);

    // Every rung there is.
    char all[QS_LADDER_MAX * QS_RUNG_NAME_MAX] = "";
    static const uint32_t bits[] = {8, 6, 5, 4, 3, 2, 1};
    for (size_t b = 0; b < QS_COUNT_OF(bits); b++) {
        for (uint32_t group = 16; group <= 256; group *= 2) {
            char name[QS_RUNG_NAME_MAX];
            strcat(strcat(all, all[0] ? "," : ""), qs_rung_name((struct qs_rung){bits[b], group}, name));
        }
    }
    assert_int_equal(qs_ladder_parse(all, &ladder, NULL), QS_OK);
    assert_int_equal(ladder.count, QS_LADDER_MAX);
    assert_ascending(&ladder);
}

static void bad_lists_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", ",", "b4g64,", ",b4g64", "b4g64,,b3g64", "b4g64 b3g64", "b4g64, b3g64", "gguf", "b4g65", "hqqq",
        "b4g64,nonsense-of-more-than-sixty-four-characters-that-must-be-cut-somewhere-before-the-end",
    };
    struct qs_ladder ladder = {.count = 77};
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_error err = {0};
        assert_int_equal(qs_ladder_parse(bad[i], &ladder, &err), QS_USAGE);
        assert_non_null(strstr(err.text, "is no rung"));
        assert_int_equal(ladder.count, 77);
    }
}

static void quantizers_are_found_and_checked(void **state)
{
    (void)state;
    enum qs_quantizer_kind kind = QS_QUANTIZER_COUNT;
    for (enum qs_quantizer_kind i = 0; i < QS_QUANTIZER_COUNT; i++) {
        assert_true(qs_quantizer_find(qs_quantizer_name(i), &kind) && kind == i);
    }
    assert_true(qs_quantizer_find("NF4", &kind) && kind == QS_QUANTIZER_NF4);
    assert_false(qs_quantizer_find("", &kind) || qs_quantizer_find("hqq2", &kind) || qs_quantizer_find("gptq", &kind));

    struct qs_quantizer good = qs_quantizer_defaults;
    assert_int_equal(qs_quantizer_check(&good, NULL), QS_OK);
    struct qs_quantizer bad[12];
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        bad[i] = good;
    }
    bad[0].axis = 2;
    bad[1].steps = QS_TILE_STEPS_MAX + 1;
    bad[2].lp_norm = 0;
    bad[3].lp_norm = 1.01;
    bad[4].lp_norm = NAN;
    bad[5].beta = 0;
    bad[6].beta = -10;
    bad[7].beta = INFINITY;
    bad[8].beta = NAN;
    bad[9].growth = 0.99;
    bad[10].growth = 3;
    bad[11].growth = NAN;
    for (size_t i = 0; i < QS_COUNT_OF(bad); i++) {
        struct qs_error err = {0};
        assert_int_equal(qs_quantizer_check(&bad[i], &err), QS_USAGE);
        assert_true(err.text[0]);
    }
    // The far corners stay finite.
    struct qs_tile_shrink shrink;
    good = (struct qs_quantizer){.axis = 0, .steps = 0, .lp_norm = 1e-3, .beta = 1e6, .growth = 2};
    assert_int_equal(qs_quantizer_check(&good, NULL), QS_OK);
    qs_quantizer_shrink(&good, &shrink);
    assert_true(isfinite(shrink.beta[QS_TILE_STEPS_MAX - 1]) && shrink.threshold[QS_TILE_STEPS_MAX - 1] > 0);
    good.beta = 1e-6;
    good.lp_norm = 1;
    qs_quantizer_shrink(&good, &shrink);
    assert_true(fabs((double)shrink.threshold[0] / 1e6 - 1) < 2e-5);
}

static void levels_ascend_over_the_range(void **state)
{
    (void)state;
    static const struct qs_rung rungs[] = {{1, 16}, {2, 64}, {4, 64}, {8, 256}};
    double levels[256];
    for (size_t i = 0; i < QS_COUNT_OF(rungs); i++) {
        for (int kind = 0; kind < QS_QUANTIZER_COUNT; kind++) {
            size_t count = qs_quantizer_levels((enum qs_quantizer_kind)kind, rungs[i], levels);
            assert_int_equal(count, kind == QS_QUANTIZER_NF4 ? 16 : 1 << rungs[i].bits);
            assert_true(levels[0] == -1 && levels[count - 1] == 1);
            for (size_t level = 1; level < count; level++) {
                assert_true(levels[level] > levels[level - 1]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rungs_are_parsed),
        cmocka_unit_test(bits_per_weight),
        cmocka_unit_test(lists_are_parsed),
        cmocka_unit_test(bad_lists_are_refused),
        cmocka_unit_test(quantizers_are_found_and_checked),
        cmocka_unit_test(levels_ascend_over_the_range),
    };
    return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
