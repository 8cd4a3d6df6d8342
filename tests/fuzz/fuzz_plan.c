// A harness for plan files: whatever the bytes, they are a plan that is written, read and written the same, or
// QS_BAD_INPUT with a message that names the file.
//
//     fuzz_plan            makes its own corpus: right plans and fixed random changes of them (TAP, for make check)
//     fuzz_plan FILE...    reads these
// With clang -fsanitize=fuzzer and -DQS_LIBFUZZER it is a libFuzzer target.
#include "base/attr.h"
#include "base/file.h"
#include "plan/file.h"

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

// What the headers promise of a plan.
static void use_plan(const struct qs_plan *plan)
{
    struct qs_plan_totals totals;
    qs_plan_totals(plan, &totals);
    check(totals.modules > 0 && totals.params > 0 && totals.params == qs_modules_params(&plan->model));
    check(totals.units / totals.params >= QS_UNITS_PER_BIT && totals.units / totals.params < 1 << 14);
    check(totals.bytes >= totals.units / QS_UNITS_PER_BYTE && totals.boosted <= totals.modules);
    check(qs_ladder_find(&plan->ladder, plan->base) >= 0);
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
            uint64_t params = qs_module_params(&plan->model, layer, kind);
            check((cell->rung == QS_PLAN_NO_RUNG) == (params == 0) && cell->axis <= 1);
            check(params == 0 ||
                  (cell->rung < plan->ladder.count && params % plan->ladder.rungs[cell->rung].group_size == 0));
        }
    }
}

// A plan that was read is one that can be written; *out_kept counts those.
static void read_bytes(const char *json, size_t size, size_t *out_kept)
{
    struct qs_plan plan;
    struct qs_plan back;
    struct qs_error err = {0};
    enum qs_status status = qs_plan_parse("fuzz.json", json, size, &plan, &err);
    if (status != QS_OK) {
        check(status == QS_BAD_INPUT && strncmp(err.text, "fuzz.json: ", strlen("fuzz.json: ")) == 0);
        return;
    }
    struct qs_text texts[2] = {0};
    struct qs_text csv = {0};
    use_plan(&plan);
    qs_plan_write(&plan, &texts[0]);
    qs_plan_write_csv(&plan, &csv);
    check(qs_plan_parse("back.json", texts[0].chars, texts[0].length, &back, &err) == QS_OK);
    qs_plan_write(&back, &texts[1]);
    check(strcmp(texts[0].chars, texts[1].chars) == 0);
    check(qs_plan_fit(&back, &plan.model, false, "back.json", &err) == QS_OK);
    check(qs_plan_same_cells(&plan, &back));
    qs_text_free(&csv);
    qs_text_free(&texts[0]);
    qs_text_free(&texts[1]);
    qs_plan_free(&plan);
    qs_plan_free(&back);
    ++*out_kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t kept = 0;
    read_bytes((const char *)data, size, &kept);
    return 0;
}

#ifndef QS_LIBFUZZER
#define MODEL(params)                                                                                                  \
    "{\"quantscope_plan\": 1, \"model\": {\"name\": \"m\", \"architecture\": \"\", \"layers\": 3, \"fingerprint\": "   \
    "\"\", \"quantizable_params\": " params "}, \"ladder\": [\"b2g64\", \"b3g128\", \"b4g32\"], "
#define ROW(layer, module, shape, rung)                                                                                \
    "{\"layer\": " layer ", \"module\": \"" module "\", " shape ", \"rung\": \"" rung "\", \"axis\": 1, "              \
    "\"boosted\": false}"

static const char *const plans[] = {
    MODEL("768") "\"quantizer\": \"hqq\", \"storage\": \"meta8\", \"method\": {\"name\": \"uniform\", \"base\": "
                 "\"b3g128\"}, \"modules\": [" ROW("0", "a", "\"shape\": [16, 16]", "b3g128") ", " ROW(
                     "1", "b", "\"shape\": [16, 16]", "b2g64") ", " ROW("1", "a", "\"shape\": [8, 32]", "b4g32") "]}",
    MODEL("512") "\"quantizer\": \"rtn\", \"storage\": \"fp16\", \"method\": {\"name\": \"ablation\", \"base\": "
                 "\"b2g64\", \"boost_stop\": 1, \"top_m\": 0, \"z\": 3, \"trim\": 0.05, \"metric\": \"kurtosis\", "
                 "\"attribution\": \"peak\", \"seed\": 7}, \"modules\": [" ROW(
                     "2", "a", "\"params\": 256", "b3g128") ", " ROW("0", "a", "\"params\": 256", "b2g64") "]}",
    MODEL("256") "\"quantizer\": \"rtn\", \"storage\": \"fp16\", \"method\": {\"name\": \"optimal\", \"budget\": "
                 "\"3.2B\", \"objective\": \"loss\"}, \"modules\": [" ROW(
                     "0", "\\u00e9\\\"", "\"params\": 256",
                     "b4g32") "], \"totals\": {\"bits_per_weight\": 5, \"bytes\": 160, \"base_bytes\": 80}}",
    MODEL("256") "\"quantizer\": \"hqq\", \"storage\": \"meta8\", \"method\": {\"name\": \"mxq-sensi\", \"budget\": "
                 "\"b3g128+2%\", \"top_m\": 1, \"z\": 2.5, \"trim\": 0, \"metric\": \"sensitivity\", \"attribution\": "
                 "\"next\", \"factor\": 2}, \"modules\": [" ROW("0", "a", "\"params\": 256", "b3g128") "]}",
};

// splitmix64 (Steele, Lea, Flood 2014)
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// One to three changes: a digit for a digit, a byte that matters to JSON, any byte, a piece over another, the end off.
static size_t change(char *bytes, size_t size, uint64_t *seed)
{
    static const char telling[] = ",\"\\{}[]: 0123456789.-+eEgbu%B\x7f\xc3";
    for (uint64_t left = 1 + next_random(seed) % 3; left && size > 1; left--) {
        size_t at = next_random(seed) % size;
        size_t from = next_random(seed) % size;
        switch (next_random(seed) % 10) {
        case 0:
            bytes[at] = (char)next_random(seed);
            break;
        case 1:
            memmove(bytes + at, bytes + from, next_random(seed) % (size - (at > from ? at : from)));
            break;
        case 2:
            size = next_random(seed) % 4 == 0 ? at + 1 : size;
            break;
        case 3:
        case 4:
            bytes[at] = telling[next_random(seed) % (sizeof telling - 1)];
            break;
        default: // most keep the grammar, so that what they say is looked at
            at += strcspn(bytes + at, "0123456789");
            if (at < size) {
                bytes[at] = (char)('0' + next_random(seed) % 10);
            }
        }
    }
    return size;
}

static int read_files(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        char *json;
        size_t size;
        size_t kept = 0;
        struct qs_error err;
        if (qs_file_read(paths[i], QS_PLAN_BYTES_MAX, &json, &size, &err) != QS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        read_bytes(json, size, &kept);
        free(json);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return read_files(argc - 1, argv + 1);
    }
    uint64_t seed = 1;
    size_t kept = 0;
    for (size_t round = 0; round < 40000; round++) {
        const char *plan = plans[round % QS_COUNT_OF(plans)];
        size_t size = strlen(plan);
        char *copy = malloc(size + 1);
        if (!copy) {
            return 1;
        }
        memcpy(copy, plan, size + 1);
        size = round < QS_COUNT_OF(plans) ? size : change(copy, size, &seed);
        char *exact = realloc(copy, size); // without the NUL: a sanitizer sees what is read behind the end
        if (!exact) {
            return 1;
        }
        read_bytes(exact, size, &kept);
        free(exact);
        check(round + 1 != QS_COUNT_OF(plans) || kept == QS_COUNT_OF(plans));
    }
    printf("# %zu of 40000 changed plans are still plans\n1..1\nok 1 - plans_survive_changes\n", kept);
    return kept < 1000;
}
#endif
