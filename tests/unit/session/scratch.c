// Scratch paths and small models: see scratch.h.
#include "scratch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *scratch(const char *name)
{
    static char paths[8][4096];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", getenv("QS_TMP"), name);
    return path;
}

const char *demo(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/data/demo", getenv("QS_SRCDIR"));
    return path;
}

void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void copy_file(const char *from, const char *to)
{
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    char buffer[65536];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, in)) > 0;) {
        assert_int_equal(fwrite(buffer, 1, got, out), got);
    }
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
}

bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static const char *const parts[MODEL_KINDS] = {"self_attn.q_proj", "mlp.down_proj"};

static void write_tensors(FILE *file, uint32_t layers, uint32_t seed, const struct poison *poison, size_t poison_count)
{
    uint64_t state = seed;
    for (uint32_t layer = 0; layer < layers; layer++) {
        for (uint32_t kind = 0; kind < MODEL_KINDS; kind++) {
            float values[MODEL_VALUES];
            for (uint32_t i = 0; i < MODEL_VALUES; i++) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                values[i] = (float)((double)(state >> 40) / 8388608.0 - 1.0);
            }
            for (size_t i = 0; i < poison_count; i++) {
                if (poison[i].layer == layer && poison[i].kind == kind) {
                    values[poison[i].index] = poison[i].value;
                }
            }
            assert_int_equal(fwrite(values, sizeof values, 1, file), 1);
        }
    }
}

void write_model(const char *folder, uint32_t layers, uint32_t seed, const char *dtype, const struct poison *poison,
                 size_t poison_count)
{
    char path[4200];
    char header[65536];
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/config.json", folder);
    int length = snprintf(header, sizeof header,
                          "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\", "
                          "\"num_hidden_layers\": %u, \"hidden_size\": %d, \"num_attention_heads\": 2}",
                          layers, MODEL_COLS);
    write_file(path, header, (size_t)length);

    size_t end = 0;
    size_t offset = 0;
    for (uint32_t layer = 0; layer < layers; layer++) {
        for (uint32_t kind = 0; kind < MODEL_KINDS; kind++) {
            end += (size_t)snprintf(header + end, sizeof header - end,
                                    "%s\"model.layers.%u.%s.weight\": {\"dtype\": \"%s\", \"shape\": [%d, %d], "
                                    "\"data_offsets\": [%zu, %zu]}",
                                    end ? ", " : "{", layer, parts[kind], dtype, MODEL_ROWS, MODEL_COLS, offset,
                                    offset + MODEL_VALUES * sizeof(float));
            offset += MODEL_VALUES * sizeof(float);
        }
    }
    end += (size_t)snprintf(header + end, sizeof header - end, "}");
    assert_true(end < sizeof header);
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    uint64_t size = end;
    assert_int_equal(fwrite(&size, sizeof size, 1, file), 1);
    assert_int_equal(fwrite(header, end, 1, file), 1);
    write_tensors(file, layers, seed, poison, poison_count);
    assert_int_equal(fclose(file), 0);
}

void freeze_cache(const char *path)
{
    struct qs_cache *cache = NULL;
    struct qs_model_info info = {0};
    assert_int_equal(qs_cache_read(path, &cache, NULL), QS_OK);
    assert_int_equal(qs_model_info_copy(&info, qs_cache_model(cache), NULL), QS_OK);
    qs_cache_close(cache);
    assert_int_equal(qs_cache_extend(path, &info, &cache, NULL), QS_OK);
    assert_int_equal(qs_cache_set_frozen(cache, true, NULL), QS_OK);
    assert_int_equal(qs_cache_checkpoint(cache, NULL), QS_OK);
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

static const void *cell(const struct qs_cache *cache, const struct qs_array *array, uint32_t layer, uint32_t kind)
{
    const void *f64 = qs_array_f64(cache, array, layer, kind);
    return f64 ? f64 : qs_array_u64(cache, array, layer, kind);
}

void assert_same_arrays(const struct qs_cache *a, const struct qs_cache *b)
{
    assert_int_equal(qs_cache_array_count(a), qs_cache_array_count(b));
    const struct qs_model_info *info = qs_cache_model(a);
    for (size_t i = 0; i < qs_cache_array_count(a); i++) {
        const struct qs_array *left = qs_cache_array_at(a, i);
        const struct qs_array *right = qs_cache_array(b, left->spec.path);
        assert_non_null(right);
        assert_true(left->spec.type == right->spec.type && left->spec.width == right->spec.width);
        size_t bytes = (size_t)info->layers * info->kinds * left->spec.width * 8;
        assert_memory_equal(cell(a, left, 0, 0), cell(b, right, 0, 0), bytes);
    }
}

// Whether the module's cell is still what a declared array is filled with.
static bool is_absent(const struct qs_array *array, const void *values)
{
    const double *f64 = values;
    const uint64_t *u64 = values;
    for (uint32_t i = 0; i < array->spec.width; i++) {
        if (array->spec.type == QS_ARRAY_F64 ? !isnan(f64[i]) : u64[i] != QS_ABSENT_U64) {
            return false;
        }
    }
    return true;
}

uint64_t assert_part_of(const struct qs_cache *part, const struct qs_cache *whole)
{
    const struct qs_model_info *info = qs_cache_model(whole);
    const struct qs_array *done = qs_cache_array(part, "weights/count");
    uint64_t modules = 0;
    for (uint32_t layer = 0; done && layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            bool scanned = !is_absent(done, cell(part, done, layer, kind));
            modules += scanned;
            for (size_t i = 0; i < qs_cache_array_count(whole); i++) {
                const struct qs_array *wanted = qs_cache_array_at(whole, i);
                const struct qs_array *got = qs_cache_array(part, wanted->spec.path);
                assert_non_null(got);
                const void *values = cell(part, got, layer, kind);
                if (scanned) {
                    assert_memory_equal(values, cell(whole, wanted, layer, kind), wanted->spec.width * 8);
                } else {
                    assert_true(is_absent(got, values));
                }
            }
        }
    }
    return modules;
}
