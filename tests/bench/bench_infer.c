// Tokens per second of perplexity, beside the machine's own sgemm rate, measured in turns in the same run.
//
//     bench_infer MODEL|- [TOKENS [CONTEXT [REPETITIONS]]]
//
// MODEL: a model of the Llama family; -: one that is made for the purpose and removed again, of 160 million random BF16
// weights (hidden 768, 12 layers, 12 heads, inner 3072, vocabulary 32000, untied). TOKENS (8192) random ids in windows
// of CONTEXT (256), every position but a window's first scored. The rate is of the products that a pass cannot do
// without: 2 operations per weight of the layers for each token, 2 per weight of the head for each that is scored; that
// of attention is not counted. sgemm: every thread multiplies matrices of 1024 x 1024.
#include "base/number.h"
#include "base/text.h"
#include "infer/perplexity.h"
#include "infer/product.h"
#include "infer/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIDE = 1024, ROUNDS = 8, REPETITIONS_MAX = 101, HIDDEN = 768, LAYERS = 12, INNER = 3072, WORDS = 32000 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void must(enum qs_status status, const struct qs_error *err)
{
    if (status != QS_OK) {
        fprintf(stderr, "bench_infer: %s\n", err->text);
        exit(1);
    }
}

static float *floats(size_t count)
{
    float *out = qs_floats_new(count);
    if (!out) {
        fputs("bench_infer: out of memory\n", stderr);
        exit(1);
    }
    return out;
}

struct products {
    float *x; // one for all
    float *y; // [threads]
};

static void multiply(void *context, size_t index, unsigned worker)
{
    struct products *products = context;
    struct qs_matrix x = {products->x, SIDE};
    (void)index;
    qs_product_rows(SIDE, SIDE, SIDE, x, x, 0, products->y + (size_t)worker * SIDE * SIDE, SIDE);
}

// Operations per second.
static double sgemm_rate(struct qs_pool *pool, struct products *products)
{
    size_t count = (size_t)qs_pool_threads(pool) * ROUNDS;
    double start = now();
    qs_pool_for(pool, count, multiply, products);
    return 2.0 * SIDE * SIDE * SIDE * (double)count / (now() - start);
}

static struct products make_products(unsigned threads)
{
    struct products products = {floats(SIDE * SIDE), floats((size_t)threads * SIDE * SIDE)};
    for (size_t i = 0; i < SIDE * SIDE; i++) {
        products.x[i] = (float)(i % 17) * 0.1f - 0.8f;
    }
    return products;
}

// BF16 values near a normal distribution of this width; of norms, ones.
static void write_values(FILE *file, size_t count, bool ones)
{
    static uint64_t state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        float value = ones ? 1 : ((float)(state >> 40) - (float)((state >> 16) & 0xffffff)) * (0.05f / 0x1p24f);
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        uint16_t half = (uint16_t)(bits >> 16);
        fwrite(&half, sizeof half, 1, file);
    }
}

struct made {
    char name[64];
    size_t rows;
    size_t cols; // 0: a vector
};

static size_t list_tensors(struct made *out)
{
    static const struct made inside[] = {
        {"input_layernorm", HIDDEN, 0},       {"post_attention_layernorm", HIDDEN, 0},
        {"self_attn.q_proj", HIDDEN, HIDDEN}, {"self_attn.k_proj", HIDDEN, HIDDEN},
        {"self_attn.v_proj", HIDDEN, HIDDEN}, {"self_attn.o_proj", HIDDEN, HIDDEN},
        {"mlp.gate_proj", INNER, HIDDEN},     {"mlp.up_proj", INNER, HIDDEN},
        {"mlp.down_proj", HIDDEN, INNER},
    };
    size_t count = 0;
    out[count++] = (struct made){"lm_head", WORDS, HIDDEN};
    out[count++] = (struct made){"model.embed_tokens", WORDS, HIDDEN};
    out[count++] = (struct made){"model.norm", HIDDEN, 0};
    for (int layer = 0; layer < LAYERS; layer++) {
        for (size_t i = 0; i < QS_COUNT_OF(inside); i++) {
            out[count] = inside[i];
            snprintf(out[count++].name, sizeof out->name, "model.layers.%d.%.40s", layer, inside[i].name);
        }
    }
    return count;
}

// Writes the model into folder.
static void make_model(const char *folder)
{
    static struct made tensors[3 + LAYERS * 9];
    char path[256];
    struct qs_text header = {0};
    size_t count = list_tensors(tensors);
    uint64_t at = 0;
    qs_text_add(&header, "{");
    for (size_t i = 0; i < count; i++) {
        char shape[64];
        uint64_t bytes = 2 * (uint64_t)tensors[i].rows * (tensors[i].cols ? tensors[i].cols : 1);
        snprintf(shape, sizeof shape, tensors[i].cols ? "%zu,%zu" : "%zu", tensors[i].rows, tensors[i].cols);
        qs_text_addf(&header, "%s\"%s.weight\":{\"dtype\":\"BF16\",\"shape\":[%s],\"data_offsets\":[%" PRIu64
                     ",%" PRIu64 "]}", i ? "," : "", tensors[i].name, shape, at, at + bytes);
        at += bytes;
    }
    qs_text_add(&header, "}");
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    FILE *file = fopen(path, "wb");
    uint64_t length = header.length;
    if (!file) {
        perror(path);
        exit(1);
    }
    fwrite(&length, sizeof length, 1, file);
    fwrite(header.chars, 1, header.length, file);
    for (size_t i = 0; i < count; i++) {
        write_values(file, tensors[i].rows * (tensors[i].cols ? tensors[i].cols : 1), tensors[i].cols == 0);
    }
    fclose(file);
    qs_text_free(&header);
    snprintf(path, sizeof path, "%s/config.json", folder);
    file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    fprintf(file, "{\"architectures\":[\"LlamaForCausalLM\"],\"hidden_size\":%d,\"num_hidden_layers\":%d,"
            "\"num_attention_heads\":12,\"intermediate_size\":%d,\"vocab_size\":%d,\"rms_norm_eps\":1e-5}", HIDDEN,
            LAYERS, INNER, WORDS);
    fclose(file);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

// One thread count: tokens per second and the share of sgemm's rate.
static void measure(const struct qs_graph *graph, unsigned threads, size_t tokens, size_t context, size_t repetitions)
{
    struct qs_pool *pool = NULL;
    struct qs_forward *forward = NULL;
    struct qs_error err = {0};
    double seconds[REPETITIONS_MAX];
    double rates[REPETITIONS_MAX];
    uint32_t *ids = malloc((tokens + 1) * sizeof *ids);
    double layer = 0;
    for (enum qs_linear linear = 0; linear < QS_LINEAR_COUNT; linear++) {
        layer += (double)qs_linear_rows(graph, linear) * (double)qs_linear_cols(graph, linear);
    }
    for (size_t i = 0; i < tokens; i++) {
        ids[i] = (uint32_t)(i * 2654435761u % graph->vocabulary);
    }
    must(qs_pool_new(threads, &pool, &err), &err);
    must(qs_forward_new(graph, pool, &forward, &err), &err);
    struct products products = make_products(threads);
    struct qs_perplexity_options options = {.protocol = QS_PROTOCOL_SLIDING, .length = context, .stride = context};
    struct qs_perplexity result = {0};
    sgemm_rate(pool, &products);
    for (size_t i = 0; i < repetitions; i++) {
        rates[i] = sgemm_rate(pool, &products);
        double start = now();
        qs_perplexity_free(&result);
        must(qs_perplexity_measure(forward, ids, tokens, &options, NULL, &result, &err), &err);
        seconds[i] = now() - start;
    }
    double time = median(seconds, repetitions);
    double rate = median(rates, repetitions);
    double operations = 2 * layer * graph->layers * (double)tokens +
                        2 * (double)graph->hidden * (double)graph->vocabulary * (double)result.scored;
    printf("%u thread%s  %9.0f tokens/s  %7.1f GFLOP/s in products, %4.1f %% of sgemm's %.1f\n", threads,
           threads > 1 ? "s" : " ", (double)tokens / time, operations / time * 1e-9, 100 * operations / time / rate,
           rate * 1e-9);
    qs_perplexity_free(&result);
    qs_forward_free(forward);
    qs_pool_free(pool);
    free(products.x);
    free(products.y);
    free(ids);
}

static size_t argument(int count, char **arguments, int index, size_t otherwise)
{
    uint64_t value = 0;
    return count > index && qs_parse_u64(arguments[index], &value) && value > 0 ? (size_t)value : otherwise;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/bench_infer_XXXXXX";
    bool made = argc < 2 || strcmp(argv[1], "-") == 0;
    struct qs_model *model = NULL;
    struct qs_graph *graph = NULL;
    struct qs_error err = {0};
    size_t tokens = argument(argc, argv, 2, 8192);
    size_t context = argument(argc, argv, 3, 256);
    size_t repetitions = argument(argc, argv, 4, 5);
    if (made && !mkdtemp(folder)) {
        perror(folder);
        return 1;
    }
    if (made) {
        make_model(folder);
    }
    enum qs_status status = qs_model_open(made ? folder : argv[1], &model, &err);
    if (made) { // what is mapped stays
        char path[64];
        snprintf(path, sizeof path, "%s/model.safetensors", folder);
        unlink(path);
        snprintf(path, sizeof path, "%s/config.json", folder);
        unlink(path);
        rmdir(folder);
    }
    must(status, &err);
    must(qs_graph_new(model, &graph, &err), &err);
    printf("perplexity of %s: %zu tokens in windows of %zu, %zu repetitions\n",
           made ? "a model of 160 M weights, BF16" : argv[1], tokens, context, repetitions);
    repetitions = repetitions < REPETITIONS_MAX ? repetitions : REPETITIONS_MAX;
    measure(graph, 1, tokens, context, repetitions);
    if (qs_cpu_count() > 1) {
        measure(graph, qs_cpu_count(), tokens, context, repetitions);
    }
    qs_graph_free(graph);
    qs_model_close(model);
    return 0;
}
