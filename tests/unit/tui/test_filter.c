// src/tui: filters of the table of modules.
#include "../../ui/fake_session.h"
#include "../cmocka_all.h"
#include "tui/filter.h"

#include <string.h>

static struct qs_session *session;
static struct qs_columns columns;

// How many of the modules a filter lets through; -1 where it is none.
static int matches(const char *text)
{
    struct qs_filter *filter = NULL;
    struct qs_error err = {0};
    if (qs_filter_new(text, &columns, &filter, &err) != QS_OK) {
        assert_int_equal(err.status, QS_USAGE);
        assert_true(err.text[0] != '\0');
        return -1;
    }
    int count = 0;
    const struct qs_model_info *info = qs_session_info(session);
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            count += qs_filter_matches(filter, session, layer, kind);
        }
    }
    qs_filter_free(filter);
    return count;
}

static void expressions_match_layer_and_module(void **state)
{
    (void)state;
    assert_int_equal(matches(""), 24 * 7);
    assert_int_equal(matches("q_proj"), 24);
    assert_int_equal(matches("Q_PROJ|down"), 48);
    assert_int_equal(matches("^3 "), 7 * 1 + 0); // "3 self..." and not 13 or 23
    assert_int_equal(matches("^1[0-9] mlp"), 10 * 3);
    assert_int_equal(matches("nothing"), 0);
    assert_int_equal(matches("("), -1);
    assert_int_equal(matches("a{99999999}"), -1);
}

static void comparisons_hold(void **state)
{
    (void)state;
    assert_int_equal(matches("layer>=20"), 4 * 7);
    assert_int_equal(matches("layer > 20 layer != 22"), 2 * 7);
    assert_int_equal(matches("rows=192"), 2 * 24);
    assert_int_equal(matches("params==12288 up_proj"), 24);
    assert_int_equal(matches("dtype=f16"), 3 * 7);
    assert_int_equal(matches("dtype!=F16 layer<8"), 7 * 7);
    assert_int_equal(matches("kurtosis<1e9"), 10 * 7); // what is not measured is less than nothing
    assert_int_equal(matches("kurt<0"), 0);            // a beginning of a name will do
    assert_int_equal(matches("module=mlp.up_proj"), 24);
    assert_int_equal(matches("kurtosis>"), -1);
    assert_int_equal(matches("kurtosis>x"), -1);
    assert_int_equal(matches("dtype>BF16"), -1);
    assert_int_equal(matches("nonsense>3"), -1);
    assert_int_equal(matches("m>3"), -1); // module, mean, min, max
    assert_int_equal(matches("layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 layer>0 "
                             "layer>0 layer>0 layer>0 layer>0 layer>0 layer>0"),
                     -1);
}

// An expression that backtracks without end is given up, not waited for.
static void matching_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(matches("(((([a-z_.]+)+)+)+)+[!]$"), 0);
}

static int setup(void **state)
{
    (void)state;
    session = fake_session_new(&(struct fake_options){.layers = 24, .kinds = 7, .scanned = 10});
    return session && qs_columns_init(&columns, qs_session_info(session), NULL) == QS_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    qs_columns_free(&columns);
    fake_session_free(session);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_match_layer_and_module),
        cmocka_unit_test(comparisons_hold),
        cmocka_unit_test(matching_is_bounded),
    };
    return cmocka_run_group_tests_name("filter", tests, setup, teardown);
}
