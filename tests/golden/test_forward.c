// The forward pass and perplexity: against PyTorch's numbers for the demo model, and llama.cpp's for the same model in
// GGUF files and for a model that was trained elsewhere (reference data). Skipped without the reference data.
#include "../unit/cmocka_all.h"
#include "infer/perplexity.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS = 24, TOKENS = 64, WORDS = 2048, WIDTH_MAX = 384, EVAL_TOKENS = 8192, WORKERS = 2 };

// The path of a reference file; skips the test where there are none.
static const char *shared(const char *name)
{
    static char path[4096];
    const char *folder = getenv("QS_SHARED");
    if (!folder || !folder[0]) {
        print_message("# no reference data beside the project\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/golden/%s", folder, name);
    return path;
}

static const char *demo_path(void)
{
    static char path[4096];
    const char *source = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/data/demo", source ? source : ".");
    return path;
}

// A model ready to run.
struct rig {
    struct qs_pool *pool;
    struct qs_model *model;
    struct qs_graph *graph;
    struct qs_forward *forward;
};

static void must(enum qs_status status, const struct qs_error *err)
{
    if (status != QS_OK) {
        fail_msg("%s", err->text);
    }
}

static struct rig rig_open(const char *path)
{
    struct rig rig = {0};
    struct qs_error err = {0};
    must(qs_pool_new(WORKERS, &rig.pool, &err), &err);
    must(qs_model_open(path, &rig.model, &err), &err);
    must(qs_graph_new(rig.model, &rig.graph, &err), &err);
    must(qs_forward_new(rig.graph, rig.pool, &rig.forward, &err), &err);
    return rig;
}

static void rig_close(struct rig *rig)
{
    qs_forward_free(rig->forward);
    qs_graph_free(rig->graph);
    qs_model_close(rig->model);
    qs_pool_free(rig->pool);
}

// A whole dataset of demo.h5, which must have `count` values.
static void read_golden(const char *name, hid_t type, size_t count, void *out)
{
    hid_t file = H5Fopen(shared("demo.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(dataset >= 0);
    hid_t space = H5Dget_space(dataset);
    assert_int_equal(H5Sget_simple_extent_npoints(space), count);
    assert_true(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static double golden_number(const char *name)
{
    double value;
    read_golden(name, H5T_NATIVE_DOUBLE, 1, &value);
    return value;
}

// The larger one; NaN is larger than all.
static double worse(double a, double b)
{
    return isnan(a) || a > b ? a : b;
}

// What the watch and the head of one short pass leave.
struct seen {
    double square[LAYERS][QS_PART_COUNT];
    float input12[QS_PART_COUNT][TOKENS * WIDTH_MAX];
    const struct qs_graph *graph;
    float *logits; // [TOKENS][WORDS]
};

static void see_input(void *context, uint32_t layer, enum qs_part part, size_t token, size_t rows, const float *x,
                      unsigned worker)
{
    struct seen *seen = context;
    size_t width = qs_part_width(seen->graph, part);
    (void)worker;
    for (size_t i = 0; i < rows * width; i++) {
        seen->square[layer][part] += (double)x[i] * (double)x[i];
    }
    if (layer == 12) {
        memcpy(seen->input12[part] + token * width, x, rows * width * sizeof *x);
    }
}

static void see_logits(void *context, size_t row, size_t rows, size_t word, size_t words, const float *logits,
                       unsigned worker)
{
    struct seen *seen = context;
    (void)worker;
    for (size_t i = 0; i < rows; i++) {
        memcpy(seen->logits + (row + i) * WORDS + word, logits + i * words, words * sizeof *logits);
    }
}

static void check_inputs(const struct seen *seen)
{
    for (enum qs_part part = 0; part < QS_PART_COUNT; part++) {
        char name[64];
        double want[LAYERS];
        double worst = 0;
        double apart = 0;
        double largest = 0;
        size_t width = qs_part_width(seen->graph, part);
        float *golden = malloc(TOKENS * width * sizeof *golden);
        snprintf(name, sizeof name, "forward/input_ms/%s", qs_part_name(part));
        read_golden(name, H5T_NATIVE_DOUBLE, LAYERS, want);
        for (uint32_t layer = 0; layer < LAYERS; layer++) {
            worst = worse(worst, fabs(seen->square[layer][part] / (double)(TOKENS * width) / want[layer] - 1));
        }
        snprintf(name, sizeof name, "forward/input_layer12/%s", qs_part_name(part));
        read_golden(name, H5T_NATIVE_FLOAT, TOKENS * width, golden);
        for (size_t i = 0; i < TOKENS * width; i++) {
            apart = worse(apart, fabs((double)(seen->input12[part][i] - golden[i])));
            largest = worse(largest, fabs((double)golden[i]));
        }
        print_message("# %s: mean squares within %.1e, layer 12 within %.1e of at most %.3g\n", qs_part_name(part),
                      worst, apart, largest);
        assert_true(worst < 1e-4);            // both are float32 passes whose products add in different orders
        assert_true(apart < 1e-4 * largest);
        free(golden);
    }
}

static void demo_agrees_with_pytorch(void **state)
{
    (void)state;
    uint32_t ids[TOKENS];
    size_t length = TOKENS;
    size_t all[TOKENS];
    struct qs_error err = {0};
    struct qs_batch batch;
    read_golden("forward/tokens", H5T_NATIVE_UINT32, TOKENS, ids);
    struct rig rig = rig_open(demo_path());
    struct seen *seen = calloc(1, sizeof *seen);
    float *golden = malloc(TOKENS * WORDS * sizeof *golden);
    seen->logits = malloc(TOKENS * WORDS * sizeof *seen->logits);
    seen->graph = rig.graph;
    struct qs_watch watch = {see_input, seen};
    struct qs_forward_hooks hooks = {.watch = &watch};
    must(qs_batch_new(ids, &length, 1, rig.graph->vocabulary, rig.graph->hidden, &batch, &err), &err);
    must(qs_forward_run(rig.forward, &batch, &hooks, &err), &err);
    for (size_t i = 0; i < TOKENS; i++) {
        all[i] = i;
    }
    must(qs_forward_head(rig.forward, &batch, all, TOKENS, see_logits, seen, &err), &err);
    read_golden("forward/logits", H5T_NATIVE_FLOAT, TOKENS * WORDS, golden);
    double largest = 0;
    for (size_t i = 0; i < TOKENS * WORDS; i++) {
        largest = worse(largest, fabs((double)(seen->logits[i] - golden[i])));
    }
    print_message("# logits: largest difference %.2e\n", largest);
    assert_true(largest < 2e-3);
    check_inputs(seen);
    free(seen->logits);
    free(seen);
    free(golden);
    qs_batch_free(&batch);
    rig_close(&rig);
}

static struct qs_perplexity measure(const struct rig *rig, const uint32_t *ids, size_t n, enum qs_protocol protocol,
                                    size_t length, size_t stride)
{
    struct qs_perplexity result;
    struct qs_error err = {0};
    struct qs_perplexity_options options = {.protocol = protocol, .length = length, .stride = stride, .bos = 1};
    must(qs_perplexity_measure(rig->forward, ids, n, &options, NULL, &result, &err), &err);
    return result;
}

static double check_running(const struct qs_perplexity *result, const double *want, size_t count)
{
    double sum = 0;
    double worst = 0;
    assert_int_equal(result->windows, count);
    for (size_t w = 0; w < count; w++) {
        for (size_t i = result->starts[w]; i < result->starts[w + 1]; i++) {
            sum += result->losses[i];
        }
        worst = worse(worst, fabs(exp(sum / (double)result->starts[w + 1]) / want[w] - 1));
    }
    return worst;
}

static void demo_has_pytorchs_perplexity(void **state)
{
    (void)state;
    static const char *const texts[] = {"eval-sotu", "eval-moby"};
    shared("");
    uint32_t *ids = malloc(EVAL_TOKENS * sizeof *ids);
    struct rig rig = rig_open(demo_path());
    for (size_t i = 0; i < QS_COUNT_OF(texts); i++) {
        char name[64];
        double running[EVAL_TOKENS / 256];
        snprintf(name, sizeof name, "tokens/%s", texts[i]);
        read_golden(name, H5T_NATIVE_UINT32, EVAL_TOKENS, ids);
        struct qs_perplexity sliding = measure(&rig, ids, EVAL_TOKENS, QS_PROTOCOL_SLIDING, 256, 128);
        struct qs_perplexity chunk = measure(&rig, ids, EVAL_TOKENS, QS_PROTOCOL_CHUNK, 256, 0);
        snprintf(name, sizeof name, "perplexity/%s/sliding_256_128", texts[i]);
        double a = fabs(sliding.value / golden_number(name) - 1);
        snprintf(name, sizeof name, "perplexity/%s/chunk_256", texts[i]);
        double b = fabs(chunk.value / golden_number(name) - 1);
        snprintf(name, sizeof name, "perplexity/%s/chunk_256_running", texts[i]);
        read_golden(name, H5T_NATIVE_DOUBLE, QS_COUNT_OF(running), running);
        double c = check_running(&chunk, running, QS_COUNT_OF(running));
        print_message("# %s: sliding %.5f +/- %.5f (%.1e), chunk %.5f +/- %.5f (%.1e, running %.1e)\n", texts[i],
                      sliding.value, sliding.error, a, chunk.value, chunk.error, b, c);
        assert_true(a < 1e-4 && b < 1e-4 && c < 1e-4);
        qs_perplexity_free(&sliding);
        qs_perplexity_free(&chunk);
    }
    free(ids);
    rig_close(&rig);
}

// The estimate after `chunks` chunks in a log of llama-perplexity: "[32]30.5264,".
static double logged(const char *name, size_t chunks)
{
    char mark[32];
    FILE *file = fopen(shared(name), "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    snprintf(mark, sizeof mark, "[%zu]", chunks);
    const char *at = strstr(text, mark);
    assert_non_null(at);
    double value = strtod(at + strlen(mark), NULL);
    free(text);
    fclose(file);
    return value;
}

static void gguf_has_llama_cpps_perplexity(void **state)
{
    (void)state;
    static const char *const files[] = {"gguf/demo-f16.gguf", "gguf/demo-bf16.gguf"};
    static const char *const texts[] = {"eval-sotu", "eval-moby"};
    shared("");
    uint32_t *ids = malloc(EVAL_TOKENS * sizeof *ids);
    for (size_t f = 0; f < QS_COUNT_OF(files); f++) {
        struct rig rig = rig_open(shared(files[f]));
        for (size_t i = 0; i < QS_COUNT_OF(texts); i++) {
            char name[96];
            snprintf(name, sizeof name, "tokens/%s", texts[i]);
            read_golden(name, H5T_NATIVE_UINT32, EVAL_TOKENS, ids);
            snprintf(name, sizeof name, "gguf/demo-f16.%s.perplexity.log", texts[i]);
            double want = logged(name, EVAL_TOKENS / 256); // bf16's whole-text results differ from f16's by 2e-5
            struct qs_perplexity got = measure(&rig, ids, EVAL_TOKENS, QS_PROTOCOL_CHUNK, 256, 0);
            print_message("# %s, %s: %.4f, llama.cpp %.4f (%.1e)\n", files[f], texts[i], got.value, want,
                          fabs(got.value / want - 1));
            assert_true(fabs(got.value / want - 1) < 3e-4); // asked for: 3e-3
            qs_perplexity_free(&got);
        }
        rig_close(&rig);
    }
    free(ids);
}

static size_t read_ids(const char *name, uint32_t *ids, size_t max)
{
    FILE *file = fopen(shared(name), "r");
    size_t count = 0;
    assert_non_null(file);
    for (unsigned id; count < max && fscanf(file, "%u", &id) == 1;) {
        ids[count++] = id;
    }
    fclose(file);
    return count;
}

static void stories_have_llama_cpps_perplexity(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t length;
        double want;
        double error;
    } cases[] = {
        {"hf", 128, 44.4304, 0.97651},
        {"hf", 256, 42.5456, 0.91075},
        {"hf", 512, 41.8912, 0.90114},
        {"stories260K.gguf", 128, 44.4304, 0.97651},
        {"stories260K.gguf", 256, 42.5456, 0.91075},
        {"stories260K.gguf", 512, 41.8912, 0.90114},
        {"stories260K-split-00001-of-00003.gguf", 128, 44.4304, 0.97651},
        {"stories260K-Q8_0.gguf", 128, 44.3890, 0}, // the quantized ones dequantized to float32 first, as we do
        {"stories260K-Q5_0.gguf", 128, 43.9983, 0},
        {"stories260K-Q4_0.gguf", 128, 46.2427, 0},
        {"stories260K-IQ4_NL.gguf", 128, 45.2965, 0},
        {"stories260K-Q4_0-imatrix.gguf", 128, 44.1714, 0},
    };
    enum { MAX = 65536 };
    shared("");
    uint32_t *ids = malloc(MAX * sizeof *ids);
    size_t n = read_ids("stories260K/calib-moby.ids", ids, MAX);
    assert_int_equal(n, 36300);
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        char name[96];
        snprintf(name, sizeof name, "stories260K/%s", cases[i].file);
        struct rig rig = rig_open(shared(name));
        struct qs_perplexity got = measure(&rig, ids, n, QS_PROTOCOL_CHUNK, cases[i].length, 0);
        print_message("# %s at %zu: %.4f +/- %.5f, llama.cpp %.4f (%.1e)\n", cases[i].file, cases[i].length, got.value,
                      got.error, cases[i].want, fabs(got.value / cases[i].want - 1));
        assert_true(fabs(got.value / cases[i].want - 1) < 1e-4); // asked for: 3e-3
        assert_true(cases[i].error == 0 || fabs(got.error / cases[i].error - 1) < 1e-3);
        qs_perplexity_free(&got);
        rig_close(&rig);
    }
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(demo_agrees_with_pytorch),
        cmocka_unit_test(demo_has_pytorchs_perplexity),
        cmocka_unit_test(gguf_has_llama_cpps_perplexity),
        cmocka_unit_test(stories_have_llama_cpps_perplexity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
