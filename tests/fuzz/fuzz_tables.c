// A harness for the readers of tables: whatever the bytes, each answers with a table or QS_BAD_INPUT.
//
//     fuzz_tables            makes its own corpus: right tables and fixed random changes of them (TAP, for make check)
//     fuzz_tables FILE...    reads these
// With clang -fsanitize=fuzzer and -DQS_LIBFUZZER it is a libFuzzer target.
#include "base/attr.h"
#include "commit/metrics_csv.h"
#include "commit/results_csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

// What the headers promise of a table.
static void use_metrics(const struct qs_metrics *metrics)
{
    check(metrics->count > 0 && metrics->measures != 0);
    for (size_t i = 0; i < metrics->count; i++) {
        const struct qs_metrics_row *row = &metrics->rows[i];
        check(row->layer < metrics->info.layers && row->kind < metrics->info.kinds);
        check(qs_model_info_module(&metrics->info, row->layer, row->kind)->rows == row->params && row->params > 0);
        for (int measure = 0; measure < QS_MEASURE_COUNT; measure++) {
            check(isnan(row->values[measure]) || (row->values[measure] >= 0 && isfinite(row->values[measure])));
        }
    }
}

static void read_file(const char *path)
{
    struct qs_metrics metrics;
    struct qs_results results;
    struct qs_error err;
    const char *paths[] = {path, path};
    for (size_t count = 1; count <= 2; count++) {
        enum qs_status status = qs_metrics_read(paths, count, NULL, &metrics, &err);
        check(status == QS_OK || status == QS_BAD_INPUT);
        if (status == QS_OK) {
            use_metrics(&metrics);
            qs_metrics_free(&metrics);
        }
    }
    enum qs_status status = qs_results_read(path, &results, &err);
    check(status == QS_OK || status == QS_BAD_INPUT);
    if (status == QS_OK) {
        struct qs_wtl wtl = {0};
        status = qs_wtl_compare(results.items, results.count, results.published ? QS_WTL_PAPER : QS_WTL_ALL, NULL, path,
                                &wtl, &err);
        check(status == QS_OK || status == QS_BAD_INPUT);
        qs_wtl_free(&wtl);
        qs_results_free(&results);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[4096];
    const char *folder = getenv("QS_TMP");
    snprintf(path, sizeof path, "%s/fuzz.csv", folder ? folder : "/tmp");
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        abort();
    }
    read_file(path);
    return 0;
}

#ifndef QS_LIBFUZZER
static const char *const tables[] = {
    "layer,module,nbit1,gsize1,nbit2,gsize2,fnorm,memmb,params,kurtosis,sensitivity\n"
    "0,self_attn.q_proj,2,32,8,128,23.5625,5.015625,16777216,70.89,3.5e-7\n"
    "0,self_attn.q_proj,4,64,8,128,6.25,8.5078125,16777216,70.89,3.5e-7\n"
    "1,self_attn.q_proj,4,64,8,128,7.25,8.5078125,16777216,9.5,\n"
    "1,\"mlp.down_proj\",4,64,8,128,7.5,,100,3,1e-6\r\n",
    "model,algo,config,bpp,attempt,ppl_wikitext,ppl_c4\n"
    "m,hqq,b3g128,3.13,,6.31,8.29\nm,mxq,3_13,3.13,mxq1,6.2,8.1\n"
    "m,mxq,3_13,3.13,sensi-boost-2-0,6.1,\nm,mxq,3_13,3.13,kurt-abl-2-0,6.15,8.2\n",
    "\xef\xbb\xbfmodel,method,budget,setting,dataset,perplexity\n"
    "m,a,3.13,,w,6.3\nm,b,3.13,1,w,6.305\nm,b,b3g64,2,\"w\"\"x\",1e2\n",
};

// splitmix64 (Steele, Lea, Flood 2014)
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// One to four changes: a byte that matters to tables, any byte, a piece copied elsewhere, the end cut off.
static size_t change(uint8_t *bytes, size_t size, uint64_t *seed)
{
    static const char telling[] = ",\"\r\n \t0123456789.-+eEgb_\x7f";
    for (uint64_t left = 1 + next_random(seed) % 4; left && size > 1; left--) {
        size_t at = next_random(seed) % size;
        size_t from = next_random(seed) % size;
        switch (next_random(seed) % 8) {
        case 0:
            bytes[at] = (uint8_t)next_random(seed);
            break;
        case 1:
        case 2:
            memmove(bytes + at, bytes + from, next_random(seed) % (size - (at > from ? at : from)));
            break;
        case 3:
            size = next_random(seed) % 4 == 0 ? at + 1 : size;
            break;
        default:
            bytes[at] = (uint8_t)telling[next_random(seed) % (sizeof telling - 1)];
        }
    }
    return size;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            read_file(argv[i]);
        }
        return 0;
    }
    uint64_t seed = 1;
    for (size_t round = 0; round < 6000; round++) {
        const char *table = tables[round % QS_COUNT_OF(tables)];
        size_t size = strlen(table);
        uint8_t *copy = malloc(size);
        if (!copy) {
            return 1;
        }
        memcpy(copy, table, size);
        size = round < QS_COUNT_OF(tables) ? size : change(copy, size, &seed);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
    }
    puts("1..1\nok 1 - tables_survive_changes");
    return 0;
}
#endif
