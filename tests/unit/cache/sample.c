// See sample.h.
#include "sample.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char paths[64][4096];
static unsigned path_next;

const char *beside(const char *path, const char *suffix)
{
    char *out = paths[path_next++ % QS_COUNT_OF(paths)];
    char text[4096];
    snprintf(text, sizeof text, "%s", path); // path may be the oldest of the buffers
    snprintf(out, sizeof *paths, "%.4000s%.90s", text, suffix);
    return out;
}

const char *scratch(const char *name)
{
    const char *folder = getenv("QS_TMP");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
    static const char *const suffixes[] = {"", ".journal", ".new", ".journal.new"};
    for (size_t i = 0; i < QS_COUNT_OF(suffixes); i++) {
        unlink(beside(path, suffixes[i]));
    }
    return beside(path, "");
}

struct qs_model_info sample_model(uint32_t layers, uint32_t kinds)
{
    static const char *const parts[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                                        "mlp.gate_proj",    "mlp.up_proj",      "mlp.down_proj"};
    char **names = calloc(kinds ? kinds : 1, sizeof *names);
    assert_non_null(names);
    for (uint32_t kind = 0; kind < kinds; kind++) {
        char name[64];
        snprintf(name, sizeof name, kind < 7 ? "%s" : "%s.%u", parts[kind % 7], kind / 7);
        names[kind] = strdup(name);
    }
    struct qs_model_info info = {0};
    ok(qs_model_info_init(&info, layers, kinds, (const char *const *)names, err));
    for (uint32_t kind = 0; kind < kinds; kind++) {
        free(names[kind]);
    }
    free(names);
    free(info.name);
    free(info.architecture);
    free(info.format);
    info.name = strdup("s\xc3\xa1mple");
    info.architecture = strdup("LlamaForCausalLM");
    info.format = strdup("safetensors");
    strcpy(info.fingerprint, "0123456789abcdef0123456789abcdef");
    info.params = UINT64_C(70553706496);
    info.bytes = UINT64_MAX - 1;
    for (uint32_t layer = 0; layer < layers; layer++) {
        for (uint32_t kind = 0; kind < kinds; kind++) {
            struct qs_module_info *module = &info.modules[(size_t)layer * kinds + kind];
            if (kinds > 1 && kind + 1 == kinds && layer % 2 == 0) {
                continue;
            }
            *module = (struct qs_module_info){.rows = 128 + kind, .cols = 64 + layer, .bytes = 16384 + layer};
            strcpy(module->dtype, layer % 3 ? "BF16" : "Q4_K");
            info.module_params += module->rows * module->cols;
        }
    }
    return info;
}

void sample_declare(struct qs_cache *cache)
{
    static const struct qs_array_spec specs[] = {
        {.path = "weights/kurtosis", .width = 1, .about = "Pearson's kurtosis, m4/m2\xc2\xb2: 3 for a normal"},
        {.path = "weights/count", .type = QS_ARRAY_U64, .width = 1, .units = "weights"},
        {.path = "weights/percentile", .width = 3, .scale = "percentile"},
        {.path = "weights/histogram", .type = QS_ARRAY_U64, .width = 256, .scale = "bin", .units = "weights"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(specs); i++) {
        ok(qs_cache_declare(cache, &specs[i], err));
    }
    ok(qs_cache_set_scale(cache, "percentile", (const double[]){99, 99.9, 99.99}, 3, err));
    ok(qs_cache_set_attribute(cache, "weights", "program", "quantscope", err));
    ok(qs_cache_set_attribute(cache, "weights", "empty", "", err));
    ok(qs_cache_set_attribute(cache, "error/hqq", "axis", "1", err));
    ok(qs_cache_set_attribute(cache, "", "note", "of the whole file", err));
}

double sample_f64(uint32_t layer, uint32_t kind, uint32_t index)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY, -0.0, 5e-324, 1.7976931348623157e308, -1.0 / 3};
    uint32_t mixed = layer * 31 + kind * 7 + index;
    return mixed % 3 == 0 ? odd[mixed / 3 % QS_COUNT_OF(odd)] : sqrt(mixed + 1.0);
}

uint64_t sample_u64(uint32_t layer, uint32_t kind, uint32_t index)
{
    return UINT64_C(0x9e3779b97f4a7c15) * (layer * 65536 + kind * 256 + index + 1) >> (index % 60);
}

void sample_put(struct qs_cache *cache, uint32_t layer, uint32_t kind)
{
    double f64[3];
    uint64_t u64[256];
    for (uint32_t i = 0; i < 256; i++) {
        f64[i % 3] = sample_f64(layer, kind, i % 3);
        u64[i] = sample_u64(layer, kind, i);
    }
    ok(qs_cache_put(cache, "weights/kurtosis", layer, kind, f64, err));
    ok(qs_cache_put(cache, "weights/count", layer, kind, u64, err));
    ok(qs_cache_put(cache, "weights/percentile", layer, kind, f64, err));
    ok(qs_cache_put(cache, "weights/histogram", layer, kind, u64, err));
}

// Values as bits: NaN is equal to itself.
static int state_of(const void *values, const void *wanted, const void *absent, size_t count)
{
    bool is_wanted = true;
    bool is_absent = true;
    for (size_t i = 0; i < count; i++) {
        is_wanted = is_wanted && memcmp((const char *)values + i * 8, (const char *)wanted + i * 8, 8) == 0;
        is_absent = is_absent && memcmp((const char *)values + i * 8, absent, 8) == 0;
    }
    return is_wanted ? 1 : is_absent ? 0 : -1;
}

int sample_state(const struct qs_cache *cache, uint32_t layer, uint32_t kind)
{
    static const char *const names[] = {"weights/count", "weights/histogram", "weights/kurtosis", "weights/percentile"};
    static const size_t widths[] = {1, 256, 1, 3};
    static const double no_f64 = NAN;
    static const uint64_t no_u64 = QS_ABSENT_U64;
    double f64[3];
    uint64_t u64[256];
    for (uint32_t i = 0; i < 256; i++) {
        f64[i % 3] = sample_f64(layer, kind, i % 3);
        u64[i] = sample_u64(layer, kind, i);
    }
    int all = -2;
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        const struct qs_array *array = qs_cache_array(cache, names[i]);
        int state = 0;
        if (array && i < 2) {
            state = state_of(qs_array_u64(cache, array, layer, kind), u64, &no_u64, widths[i]);
        } else if (array) {
            state = state_of(qs_array_f64(cache, array, layer, kind), f64, &no_f64, widths[i]);
            // A value that is NaN by itself is absent and wanted at once.
            if (all == 0 && isnan(f64[0]) && widths[i] == 1) {
                state = 0;
            }
        }
        if (state < 0 || (all != -2 && state != all)) {
            return -1;
        }
        all = state;
    }
    return all;
}

void sample_file(const char *path, uint32_t layers, uint32_t kinds)
{
    struct qs_model_info info = sample_model(layers, kinds);
    struct qs_cache *cache = NULL;
    ok(qs_cache_extend(path, &info, &cache, err));
    sample_declare(cache);
    for (uint32_t layer = 0; layer < layers; layer++) {
        for (uint32_t kind = 0; kind < kinds; kind++) {
            sample_put(cache, layer, kind);
        }
    }
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    qs_model_info_free(&info);
}

static void assert_same_model(const struct qs_model_info *a, const struct qs_model_info *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->architecture, b->architecture);
    assert_string_equal(a->format, b->format);
    assert_string_equal(a->fingerprint, b->fingerprint);
    assert_int_equal(a->layers, b->layers);
    assert_int_equal(a->kinds, b->kinds);
    assert_true(a->params == b->params && a->module_params == b->module_params && a->bytes == b->bytes);
    for (uint32_t kind = 0; kind < a->kinds; kind++) {
        assert_string_equal(a->kind_names[kind], b->kind_names[kind]);
    }
    for (size_t i = 0; i < (size_t)a->layers * a->kinds; i++) {
        assert_true(a->modules[i].rows == b->modules[i].rows && a->modules[i].cols == b->modules[i].cols &&
                    a->modules[i].bytes == b->modules[i].bytes);
        assert_string_equal(a->modules[i].dtype, b->modules[i].dtype);
    }
}

void assert_same(const struct qs_cache *a, const struct qs_cache *b)
{
    const struct qs_model_info *model = qs_cache_model(a);
    assert_same_model(model, qs_cache_model(b));
    assert_int_equal(qs_cache_frozen(a), qs_cache_frozen(b));
    assert_int_equal(qs_cache_array_count(a), qs_cache_array_count(b));
    for (size_t i = 0; i < qs_cache_array_count(a); i++) {
        const struct qs_array *x = qs_cache_array_at(a, i);
        const struct qs_array *y = qs_cache_array_at(b, i);
        assert_memory_equal(&x->spec, &y->spec, sizeof x->spec);
        size_t bytes = (size_t)model->layers * model->kinds * x->spec.width * 8;
        if (bytes) {
            assert_memory_equal(x->f64 ? (void *)x->f64 : (void *)x->u64, y->f64 ? (void *)y->f64 : (void *)y->u64,
                                bytes);
        }
        uint32_t x_width = 0;
        uint32_t y_width = 0;
        const double *x_scale = qs_cache_scale(a, x->spec.scale, &x_width);
        const double *y_scale = qs_cache_scale(b, x->spec.scale, &y_width);
        assert_int_equal(x_width, y_width);
        assert_int_equal(x_scale == NULL, y_scale == NULL);
        if (x_scale && y_scale) {
            assert_memory_equal(x_scale, y_scale, x_width * sizeof *x_scale);
        }
    }
    static const char *const attributes[][2] = {
        {"weights", "program"}, {"weights", "empty"}, {"error/hqq", "axis"}, {"", "note"}, {"weights", "nothing"}};
    for (size_t i = 0; i < QS_COUNT_OF(attributes); i++) {
        const char *x = qs_cache_attribute(a, attributes[i][0], attributes[i][1]);
        const char *y = qs_cache_attribute(b, attributes[i][0], attributes[i][1]);
        assert_int_equal(x == NULL, y == NULL);
        assert_string_equal(x ? x : "", y ? y : "");
    }
}

char *slurp(const char *path, size_t *out_size)
{
    char *bytes = NULL;
    ok(qs_file_read(path, UINT64_C(1) << 30, &bytes, out_size, err));
    return bytes;
}

void spill(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}
