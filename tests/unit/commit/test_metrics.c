// src/commit/metrics_csv: tables of metrics, alone and brought together, and what is wrong with others.
#include "../cmocka_all.h"
#include "commit/metrics_csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *write_table(const char *name, const char *text)
{
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    const char *folder = getenv("QS_TMP");
    snprintf(path, sizeof paths[0], "%s/%s", folder ? folder : ".", name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return path;
}

static struct qs_metrics read_tables(const char *a, const char *b, const char *name)
{
    struct qs_metrics metrics = {0};
    struct qs_error err = {0};
    const char *paths[] = {write_table("a.b.csv", a), b ? write_table("more.csv", b) : NULL};
    if (qs_metrics_read(paths, b ? 2 : 1, name, &metrics, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return metrics;
}

// Reading fails; the message names the file, and the line and column in it.
static void assert_bad(const char *a, const char *b, const char *message)
{
    struct qs_metrics metrics = {.count = 77};
    struct qs_error err = {0};
    const char *paths[] = {write_table("bad.csv", a), b ? write_table("other.csv", b) : NULL};
    enum qs_status status = qs_metrics_read(paths, b ? 2 : 1, NULL, &metrics, &err);
    if (status != QS_BAD_INPUT || !strstr(err.text, message)) {
        fail_msg("status %d, \"%s\", not \"%s\"", (int)status, err.text, message);
    }
    assert_int_equal(metrics.count, 77);
}

#define HEAD "layer,module,nbit1,gsize1,fnorm,params\n"

static void a_table_in_any_order(void **state)
{
    (void)state;
    struct qs_metrics metrics = read_tables("kurtosis,gsize1,params,nbit1,module,layer,fnorm,sensitivity\n"
                                            "4,64,100,4,mlp.down_proj,1,1.5,0\n"
                                            "3,64,50,4,self_attn.q_proj,0,0.1,7e-7\n"
                                            "4,128,100,3,mlp.down_proj,1,2.5,0\n"
                                            "3.5,64,60,4,self_attn.q_proj,1,,8e-7\n"
                                            "5,64,100,4,mlp.down_proj,0,0,9e-7\n"
                                            "5,128,100,3,mlp.down_proj,0,,9e-7\n",
                                            NULL, NULL);
    assert_string_equal(metrics.info.name, "a.b");
    assert_string_equal(metrics.info.format, "");
    assert_int_equal(metrics.info.layers, 2);
    assert_int_equal(metrics.info.kinds, 2);
    assert_string_equal(metrics.info.kind_names[0], "self_attn.q_proj");
    assert_int_equal(qs_model_info_module(&metrics.info, 1, 0)->rows, 60);
    assert_int_equal(qs_model_info_module(&metrics.info, 1, 1)->rows, 100);
    assert_int_equal(qs_model_info_module(&metrics.info, 1, 1)->cols, 1);
    assert_int_equal(metrics.info.module_params, 310);
    assert_int_equal(metrics.info.params, 310);
    assert_int_equal(metrics.count, 6);
    assert_int_equal(metrics.lines, 6);
    static const uint32_t order[6][4] = {{0, 0, 4, 64}, {0, 1, 3, 128}, {0, 1, 4, 64},
                                         {1, 0, 4, 64}, {1, 1, 3, 128}, {1, 1, 4, 64}};
    for (size_t i = 0; i < 6; i++) {
        const struct qs_metrics_row *row = &metrics.rows[i];
        assert_true(row->layer == order[i][0] && row->kind == order[i][1]);
        assert_true(row->rung.bits == order[i][2] && row->rung.group_size == order[i][3]);
    }
    assert_true(metrics.rows[0].values[QS_MEASURE_FNORM] == 0.1);
    assert_true(isnan(metrics.rows[1].values[QS_MEASURE_FNORM]));
    assert_true(metrics.rows[2].values[QS_MEASURE_FNORM] == 0);
    assert_true(metrics.rows[5].values[QS_MEASURE_KURTOSIS] == 4);
    assert_int_equal(metrics.measures, 1 << QS_MEASURE_FNORM | 1 << QS_MEASURE_KURTOSIS | 1 << QS_MEASURE_SENSITIVITY);
    assert_int_equal(metrics.copied, 1 << QS_MEASURE_KURTOSIS | 1 << QS_MEASURE_SENSITIVITY);
    assert_string_equal(metrics.warnings, "");
    qs_metrics_free(&metrics);
    qs_metrics_free(NULL);
}

static void weights_by_memory(void **state)
{
    (void)state;
    // 16777216 weights at b2g32: 2.5078125 bits each.
    struct qs_metrics metrics = read_tables("layer,module,nbit1,gsize1,nbit2,gsize2,fnorm,memmb,note\n"
                                            "0,q_proj,2,32,8,128,1,5.015625,x\n",
                                            NULL, "named");
    assert_string_equal(metrics.info.name, "named");
    assert_int_equal(metrics.info.module_params, 16777216);
    assert_non_null(strstr(metrics.warnings, "a.b.csv: not read: note\n"));
    assert_int_equal(metrics.copied, 0); // of one rung nothing is a copy
    qs_metrics_free(&metrics);
    assert_bad("layer,module,nbit1,gsize1,fnorm,memmb\n0,q_proj,2,32,1,5.015626\n", NULL,
               "line 2, column memmb: 5.015626 MiB are no whole number of weights at this rung: add a column params");
    assert_bad("layer,module,nbit1,gsize1,fnorm,memmb\n0,q_proj,2,32,1,1e300\n", NULL, "no whole number of weights");
    assert_bad("layer,module,nbit1,gsize1,fnorm,memmb\n0,q_proj,2,32,1,\n", NULL, "is empty");
    assert_bad("layer,module,nbit1,gsize1,fnorm,memmb\n0,q_proj,2,32,1,0\n", NULL, "a module without weights");
    assert_bad("layer,module,nbit1,gsize1,fnorm,memmb,params\n0,q_proj,2,32,1,5.0157,16777216\n", NULL,
               "line 2, column memmb: is 5.0157, where 16777216 weights take 5.015625 MiB at this rung");
    metrics = read_tables("layer,module,nbit1,gsize1,fnorm,memmb,params\n0,q_proj,2,32,1,5.015626,16777216\n", NULL,
                          NULL); // as printed with six decimals
    qs_metrics_free(&metrics);
}

static void files_come_together(void **state)
{
    (void)state;
    struct qs_metrics metrics = read_tables(HEAD "0,q_proj,4,64,1.5,10\n0,q_proj,3,64,2.5,10\n1,q_proj,4,64,3.5,10\n",
                                            "layer,module,nbit1,gsize1,loss,fnorm,params\n"
                                            "2,q_proj,4,64,,4.5,10\n0,q_proj,4,64,0.25,1.5,10\n",
                                            NULL);
    assert_int_equal(metrics.count, 4);
    assert_int_equal(metrics.lines, 5);
    assert_int_equal(metrics.info.layers, 3);
    assert_true(metrics.rows[1].values[QS_MEASURE_LOSS] == 0.25 && metrics.rows[1].values[QS_MEASURE_FNORM] == 1.5);
    assert_int_equal(metrics.measures, 1 << QS_MEASURE_FNORM | 1 << QS_MEASURE_LOSS);
    qs_metrics_free(&metrics);
    assert_bad(HEAD "0,q_proj,4,64,1.5,10\n", HEAD "1,q_proj,4,64,1,10\n0,q_proj,4,64,1.25,10\n",
               "other.csv: line 3: layer 0 q_proj: has two values of fnorm at b4g64, 1.25 and 1.5; the other is in ");
    assert_bad(HEAD "0,q_proj,4,64,1.5,10\n", HEAD "0,q_proj,3,64,1.25,11\n",
               "bad.csv: line 2: layer 0 q_proj: has two numbers of weights, 10 and 11; the other is in ");
}

static void contradictions(void **state)
{
    (void)state;
    assert_bad(HEAD "0,q_proj,4,64,1.5,10\n0,k_proj,4,64,1.5,10\n0,q_proj,4,64,1.5,10\n", NULL,
               "bad.csv: line 4: layer 0 q_proj: is there twice at b4g64; the other is in line 2");
    assert_bad(HEAD "0,q_proj,4,64,1.5,10\n0,q_proj,3,64,1.5,12\n", NULL, "has two numbers of weights, 10 and 12");
    assert_bad("layer,module,nbit1,gsize1,kurtosis,params\n0,q_proj,4,64,3,10\n0,q_proj,3,64,,10\n0,q_proj,2,64,4,10\n",
               NULL, "has two kurtoses, 3 and 4");
    assert_bad(HEAD "0,q_proj,4,64,1,10\n2,q_proj,4,64,1,10\n", NULL, "bad.csv: layer 1 is missing");
    assert_bad(HEAD "1,q_proj,4,64,1,10\n", NULL, "layer 0 is missing");
    assert_bad(HEAD "0,q_proj,4,64,1,10\n0,k_proj,4,64,1,10\n1,k_proj,4,64,1,10\n2,q_proj,4,64,1,10\n", NULL,
               "layer 1 has no q_proj, which layers 0 and 2 have");
    // Late and early ends are a model's own.
    struct qs_metrics metrics = read_tables(
        HEAD "0,q_proj,4,64,1,10\n1,q_proj,4,64,1,10\n2,q_proj,4,64,1,10\n1,x.mlp,4,64,1,10\n", NULL, NULL);
    assert_int_equal(qs_model_info_module_count(&metrics.info), 4);
    assert_int_equal(qs_model_info_module(&metrics.info, 2, 1)->rows, 0);
    qs_metrics_free(&metrics);
}

static void bad_fields(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *message;
    } rows[] = {
        {"x,q_proj,4,64,1,10", "line 2, column layer: \"x\" is no whole number from 0 to 65535"},
        {"65536,q_proj,4,64,1,10", "column layer: \"65536\" is no whole number"},
        {"-1,q_proj,4,64,1,10", "column layer: \"-1\""},
        {"0,,4,64,1,10", "column module: is empty"},
        {"0,a\x01,4,64,1,10", "column module: the name has a control character in it"},
        {"0,q_proj,7,64,1,10", "column nbit1: 7 is no number of bits: 1, 2, 3, 4, 5, 6 or 8 is"},
        {"0,q_proj,4,63,1,10", "column gsize1: 63 is no group size: 16, 32, 64, 128 or 256 is"},
        {"0,q_proj,4.5,64,1,10", "column nbit1: \"4.5\" is no whole number"},
        {"0,q_proj,4,64,-1,10", "column fnorm: -1 is negative"},
        {"0,q_proj,4,64,nan,10", "column fnorm: \"nan\" is no number"},
        {"0,q_proj,4,64,inf,10", "column fnorm: \"inf\" is no number"},
        {"0,q_proj,4,64,1e999,10", "column fnorm: 1e999 is beyond"},
        {"0,q_proj,4,64,1,0", "column params: a module without weights"},
        {"0,q_proj,4,64,1,1.5", "column params: \"1.5\" is no whole number"},
        {"0,q_proj,4,64,1,9007199254740993", "column params:"},
        {"0,q_proj,4,64,1,", "column params: is empty"},
        {"0,q_proj,4,64,,10", "has no value of any metric"},
        {"0,q_proj,4,64,1", "line 2, column params: is missing"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(rows); i++) {
        char text[256];
        snprintf(text, sizeof text, "%s%s\n", HEAD, rows[i].row);
        assert_bad(text, NULL, rows[i].message);
    }
    assert_bad(HEAD, NULL, "bad.csv: has no rows behind its header");
    assert_bad("layer,module,nbit1,fnorm,params\n", NULL, "there is no column gsize1");
    assert_bad("layer,module,nbit1,gsize1,fnorm\n", NULL, "has neither a column params nor memmb");
    assert_bad("layer,module,nbit1,gsize1,fnrom,params\n", NULL, "has no metric: none of the columns fnorm, kurtosis");
    assert_bad("layer,module,nbit1,gsize1,nbit2,fnorm,params\n0,q,4,64,4,1,10\n", NULL,
               "column nbit2: is 4: only metrics with scale and zero in 8 bits");
    assert_bad("layer,module,nbit1,gsize1,gsize2,fnorm,params\n0,q,4,64,64,1,10\n", NULL, "column gsize2: is 64");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_in_any_order), cmocka_unit_test(weights_by_memory),
        cmocka_unit_test(files_come_together),  cmocka_unit_test(contradictions),
        cmocka_unit_test(bad_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
