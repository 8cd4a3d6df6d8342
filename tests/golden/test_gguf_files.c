// The GGUF reader on files that llama.cpp and gguf-py wrote: models in every type, one in parts, vocabularies without
// tensors, importance matrices. What is expected was read off with gguf-py.
#include "../unit/cmocka_all.h"
#include "base/attr.h"
#include "base/file.h"
#include "model/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *shared_file(const char *name)
{
    static char path[4096];
    const char *shared = getenv("QS_SHARED");
    snprintf(path, sizeof path, "%s/golden/%s", shared ? shared : "", name);
    if (!shared || !*shared || !qs_path_exists(path)) {
        print_message("no reference data: golden/%s\n", name);
        skip();
    }
    return path;
}

static struct qs_reading read_shared(const char *name)
{
    struct qs_reading reading;
    struct qs_error err = {0};
    if (qs_gguf_read(shared_file(name), &reading, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(qs_text_chars(&reading.warnings), "");
    return reading;
}

static const struct qs_tensor *find(const struct qs_reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->tensor_count; i++) {
        if (strcmp(reading->tensors[i].name, name) == 0) {
            return &reading->tensors[i];
        }
    }
    fail_msg("no tensor %s", name);
    return NULL;
}

static void models_metadata_and_counts(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *name;
        const char *architecture;
        uint64_t layers;
        uint64_t heads;
        uint64_t kv_heads;
        size_t tensors;
        bool permuted;
    } files[] = {
        {"gguf/demo-bf16.gguf", "quantscope-demo-5m", "llama", 24, 4, 2, 218, true},
        {"gguf/demo-Q4_K_M.gguf", "quantscope-demo-5m", "llama", 24, 4, 2, 218, true},
        {"gguf/demo.imatrix.gguf", NULL, NULL, 0, 0, 0, 336, false},
        {"stories260K/stories260K.gguf", "llama", "llama", 5, 8, 4, 48, true},
        {"stories260K/stories260K.imatrix.gguf", NULL, NULL, 0, 0, 0, 72, false},
        {"tokenizers/ggml-vocab-gpt-2.gguf", "gpt-2", "gpt2", 12, 12, 12, 0, false},
        {"tokenizers/ggml-vocab-llama-bpe.gguf", "llama-bpe", "llama", 32, 32, 8, 0, true},
        {"tokenizers/ggml-vocab-llama-spm.gguf", "llama-spm", "llama", 32, 32, 32, 0, true},
        {"tokenizers/ggml-vocab-qwen2.gguf", "qwen2", "qwen2", 32, 32, 32, 0, false},
    };
    for (size_t i = 0; i < QS_COUNT_OF(files); i++) {
        struct qs_reading r = read_shared(files[i].file);
        assert_int_equal(r.name != NULL, files[i].name != NULL);
        if (r.name) {
            assert_string_equal(r.name, files[i].name);
            assert_string_equal(r.architecture, files[i].architecture);
        }
        assert_int_equal(r.layers, files[i].layers);
        assert_int_equal(r.heads, files[i].heads);
        assert_int_equal(r.kv_heads, files[i].kv_heads);
        assert_int_equal(r.tensor_count, files[i].tensors);
        assert_int_equal(r.permuted_qk, files[i].permuted);
        qs_reading_free(&r);
    }
}

static void parts_hold_what_the_whole_holds(void **state)
{
    (void)state;
    struct qs_reading whole = read_shared("stories260K/stories260K.gguf");
    struct qs_reading parts = read_shared("stories260K/stories260K-split-00001-of-00003.gguf");
    assert_int_equal(parts.map_count, 3);
    assert_int_equal(parts.tensor_count, whole.tensor_count);
    assert_memory_equal(parts.config_hash, whole.config_hash, sizeof whole.config_hash);
    for (size_t i = 0; i < whole.tensor_count; i++) {
        const struct qs_tensor *a = &whole.tensors[i];
        const struct qs_tensor *b = find(&parts, a->name);
        assert_int_equal(a->dtype, b->dtype);
        assert_int_equal(a->ndim, b->ndim);
        assert_memory_equal(a->dims, b->dims, sizeof a->dims);
        assert_int_equal(a->bytes, b->bytes);
        assert_memory_equal(a->data, b->data, (size_t)a->bytes);
    }
    qs_reading_free(&parts);
    qs_reading_free(&whole);
    struct qs_error err = {0};
    assert_int_equal(qs_gguf_read(shared_file("stories260K/stories260K-split-00002-of-00003.gguf"), &parts, &err),
                     QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "give the first part, "));
    assert_non_null(strstr(err.text, "stories260K-split-00001-of-00003.gguf"));
}

static double norm_of_difference(const struct qs_tensor *a, const struct qs_tensor *b, double *norm)
{
    size_t count = (size_t)a->values;
    float *x = malloc(count * sizeof *x);
    float *y = malloc(count * sizeof *y);
    assert_true(x && y);
    qs_dtype_to_f32(a->dtype, a->data, count, x);
    qs_dtype_to_f32(b->dtype, b->data, count, y);
    double difference = 0;
    *norm = 0;
    for (size_t i = 0; i < count; i++) {
        difference += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
        *norm += (double)x[i] * (double)x[i];
    }
    *norm = sqrt(*norm);
    free(y);
    free(x);
    return sqrt(difference);
}

// Every quantized tensor lies as near its bf16 original as its bits allow. The bound is the relative error that the
// widest step of the type gives for weights like these (largest about 4 to 6 times the standard deviation of a block of
// 32): a misread block would be off by about the whole norm.
static void quantized_models_lie_near_the_original(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        double bound;
    } files[] = {
        {"gguf/demo-f16.gguf", 1e-6},   {"gguf/demo-Q8_0.gguf", 0.01},  {"gguf/demo-Q5_1.gguf", 0.05},
        {"gguf/demo-Q5_0.gguf", 0.06},  {"gguf/demo-Q4_1.gguf", 0.1},   {"gguf/demo-Q4_0.gguf", 0.12},
        {"gguf/demo-IQ4_NL.gguf", 0.1}, {"gguf/demo-Q4_K_M.gguf", 0.1}, {"gguf/demo-IM-Q4_0.gguf", 0.12},
        {"gguf/demo-IM-IQ4_NL.gguf", 0.1},
    };
    struct qs_reading original = read_shared("gguf/demo-bf16.gguf");
    for (size_t f = 0; f < QS_COUNT_OF(files); f++) {
        struct qs_reading r = read_shared(files[f].file);
        assert_memory_equal(r.config_hash, original.config_hash, sizeof r.config_hash);
        double worst = 0;
        for (size_t i = 0; i < original.tensor_count; i++) {
            double norm = 0;
            double difference = norm_of_difference(&original.tensors[i], find(&r, original.tensors[i].name), &norm);
            worst = difference / norm > worst ? difference / norm : worst;
        }
        if (worst > files[f].bound) {
            fail_msg("%s: relative error %g above %g", files[f].file, worst, files[f].bound);
        }
        print_message("%s: relative error at most %.3g\n", files[f].file, worst);
        qs_reading_free(&r);
    }
    qs_reading_free(&original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_metadata_and_counts),
        cmocka_unit_test(parts_hold_what_the_whole_holds),
        cmocka_unit_test(quantized_models_lie_near_the_original),
    };
    return cmocka_run_group_tests_name("gguf files", tests, NULL, NULL);
}
