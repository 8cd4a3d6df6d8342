// src/model: layers and modules of models of many kinds, their values, names and fingerprints.
#include "../cmocka_all.h"
#include "make_model.h"
#include "model/model.h"

#include <math.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static alignas(64) float scratch[QS_SPAN_MAX];

static struct qs_model *opened(const char *path)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_model_open(path, &model, &err);
    if (status != QS_OK) {
        print_message("# %s\n", err.text);
    }
    assert_int_equal(status, QS_OK);
    return model;
}

static void refused(const char *path, const char *word)
{
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    assert_int_equal(qs_model_open(path, &model, &err), QS_BAD_INPUT);
    if (!strstr(err.text, word)) {
        print_message("# \"%s\" is not in: %s\n", word, err.text);
    }
    assert_non_null(strstr(err.text, word));
}

// The module of a kind by name; NULL where the layer has none.
static const struct qs_weight *module(const struct qs_model *model, uint32_t layer, const char *kind)
{
    int index = qs_model_info_kind(qs_model_info(model), kind);
    assert_true(index >= 0);
    return qs_model_module(model, layer, (uint32_t)index);
}

static void assert_shape(const struct qs_weight *weight, uint64_t rows, uint64_t cols)
{
    assert_non_null(weight);
    assert_int_equal(weight->rows, rows);
    assert_int_equal(weight->cols, cols);
}

// F32 values 0, 1, 2, ... in the tensor's own order.
static void add_counting(struct st *st, const char *name, const char *shape, size_t count)
{
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++) {
        values[i] = (float)i;
    }
    st_add(st, name, "F32", shape, values, count * sizeof *values);
    free(values);
}

static float value_of(const struct qs_weight *weight, uint64_t row, uint64_t col)
{
    float values[64];
    assert_true(weight->cols <= 64);
    qs_weight_row(weight, row, values);
    enum qs_dtype dtype;
    const void *span = qs_weight_span(weight, row * weight->cols + col, 1, scratch, &dtype);
    float same;
    assert_int_equal(dtype, QS_DTYPE_F32);
    memcpy(&same, span, sizeof same);
    assert_true(same == values[col]);
    return values[col];
}

static const char *demo_path(void)
{
    static char path[4096];
    const char *source = getenv("QS_SRCDIR");
    snprintf(path, sizeof path, "%s/data/demo", source ? source : ".");
    return path;
}

// The numbers are those of the model card and of the file's header.
static void the_demo_model_is_described(void **state)
{
    (void)state;
    static const char *const kinds[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                                        "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"};
    static const uint64_t shapes[][2] = {{128, 128}, {64, 128}, {64, 128}, {128, 128}, {384, 128},
                                         {384, 128}, {128, 384}};
    struct qs_model *model = opened(demo_path());
    const struct qs_model_info *info = qs_model_info(model);
    assert_string_equal(info->name, "demo");
    assert_string_equal(info->architecture, "LlamaForCausalLM");
    assert_string_equal(info->format, "safetensors");
    assert_int_equal(info->layers, 24);
    assert_int_equal(info->kinds, 7);
    assert_int_equal(qs_model_info_module_count(info), 168);
    assert_int_equal(info->params, 4987008);
    assert_int_equal(info->module_params, 4718592);
    assert_int_equal(info->bytes, 2 * 4987008);
    assert_int_equal(strspn(info->fingerprint, "0123456789abcdef"), 32);
    assert_string_equal(qs_model_warnings(model), "");
    for (uint32_t kind = 0; kind < 7; kind++) {
        assert_string_equal(info->kind_names[kind], kinds[kind]);
        for (uint32_t layer = 0; layer < 24; layer++) {
            const struct qs_weight *weight = qs_model_module(model, layer, kind);
            assert_shape(weight, shapes[kind][0], shapes[kind][1]);
            assert_true(weight->readable);
            assert_int_equal(weight->heads, 0);
            assert_int_equal(weight->tensor->layer, layer);
            assert_string_equal(qs_model_info_module(info, layer, kind)->dtype, "BF16");
            assert_int_equal(qs_model_info_module(info, layer, kind)->bytes, 2 * shapes[kind][0] * shapes[kind][1]);
        }
    }
    assert_null(qs_model_module(model, 24, 0));
    assert_null(qs_model_module(model, 0, 7));
    assert_int_equal(qs_model_tensor_count(model), 218);
    assert_string_equal(qs_model_tensor(model, 0)->name, "model.embed_tokens.weight");
    assert_int_equal(qs_model_tensor(model, 0)->layer, -1);
    assert_string_equal(qs_model_tensor(model, 1)->part, "input_layernorm.weight");
    assert_string_equal(qs_model_tensor(model, 9)->part, "self_attn.v_proj.weight");
    // Layer 2 comes before layer 10.
    assert_string_equal(qs_model_tensor(model, 1 + 9 * 2)->name, "model.layers.2.input_layernorm.weight");
    assert_string_equal(qs_model_tensor(model, 217)->name, "model.norm.weight");
    qs_model_close(model);
}

static void values_are_the_files_own(void **state)
{
    (void)state;
    struct qs_model *model = opened(demo_path());
    const struct qs_weight *weight = module(model, 3, "mlp.down_proj");
    uint64_t values = weight->rows * weight->cols;
    enum qs_dtype dtype;
    for (uint64_t first = 0; first < values; first += QS_SPAN_MAX) {
        // BF16 is used in place: no copy.
        assert_ptr_equal(qs_weight_span(weight, first, QS_SPAN_MAX, scratch, &dtype), weight->data + 2 * first);
        assert_int_equal(dtype, QS_DTYPE_BF16);
    }
    float row[384];
    for (uint64_t r = 0; r < weight->rows; r++) {
        qs_weight_row(weight, r, row);
        for (uint64_t c = 0; c < weight->cols; c++) {
            uint16_t bits;
            memcpy(&bits, weight->data + 2 * (r * weight->cols + c), sizeof bits);
            uint32_t wide = (uint32_t)bits << 16;
            assert_memory_equal(&row[c], &wide, sizeof wide);
        }
    }
    qs_model_close(model);
}

static void names_and_caches_follow_the_path(void **state)
{
    (void)state;
    char here[4096];
    char path[4300];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(chdir(demo_path()), 0);
    struct qs_model *model = opened(".");
    assert_string_equal(qs_model_info(model)->name, "demo");
    assert_string_equal(qs_model_default_cache(model), "./quantscope.h5");
    assert_string_equal(qs_model_path(model), ".");
    qs_model_close(model);
    model = opened("model.safetensors");
    assert_string_equal(qs_model_info(model)->name, "demo");
    assert_string_equal(qs_model_default_cache(model), "model.safetensors.quantscope.h5");
    qs_model_close(model);
    assert_int_equal(chdir(here), 0);
    snprintf(path, sizeof path, "%s/", demo_path());
    model = opened(path);
    assert_string_equal(qs_model_info(model)->name, "demo");
    assert_true(qs_has_suffix(qs_model_default_cache(model), "/data/demo/quantscope.h5"));
    qs_model_close(model);

    write_llama(temp_path("my.tiny.safetensors"), 1, 1);
    model = opened(temp_path("my.tiny.safetensors"));
    assert_string_equal(qs_model_info(model)->name, "my.tiny");
    assert_true(qs_has_suffix(qs_model_default_cache(model), "/my.tiny.safetensors.quantscope.h5"));
    qs_model_close(model);
    // A file whose name does not tell what it is.
    write_llama(temp_path("weights.data"), 1, 1);
    model = opened(temp_path("weights.data"));
    assert_string_equal(qs_model_info(model)->name, "weights.data");
    qs_model_close(model);
    // As Hugging Face's download cache lays models out.
    make_folder(temp_path("models--org--Tiny-Llama"));
    make_folder(temp_path("models--org--Tiny-Llama/snapshots"));
    make_folder(temp_path("models--org--Tiny-Llama/snapshots/0123abc"));
    write_llama(temp_path("models--org--Tiny-Llama/snapshots/0123abc/model.safetensors"), 1, 1);
    write_text(temp_path("models--org--Tiny-Llama/snapshots/0123abc/config.json"), "{}");
    model = opened(temp_path("models--org--Tiny-Llama/snapshots/0123abc"));
    assert_string_equal(qs_model_info(model)->name, "Tiny-Llama");
    qs_model_close(model);
}

static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    refused(temp_path("absent"), "cannot open");
    refused(temp_path("absent.safetensors"), "cannot open");
    write_text(temp_path("text.txt"), "Once upon a time");
    refused(temp_path("text.txt"), "neither a safetensors nor a GGUF file");
    write_text(temp_path("empty"), "");
    refused(temp_path("empty"), "neither a safetensors nor a GGUF file");
    write_text(temp_path("weights.pth"), "x");
    refused(temp_path("weights.pth"), "convert it to safetensors");
    write_text(temp_path("pytorch_model.bin"), "PK\003\004");
    refused(temp_path("pytorch_model.bin"), "convert it to safetensors");
    write_text(temp_path("zip"), "PK\003\004");
    refused(temp_path("zip"), "convert it to safetensors");
    write_text(temp_path("some.json"), "{}");
    refused(temp_path("some.json"), "opened by its directory");
    write_text(temp_path("x.h5"), "\x89HDF\r\n\x1a\n");
    refused(temp_path("x.h5"), "is an HDF5 file");
    struct st st = {0};
    st_add_zeros(&st, "model.embed_tokens.weight", "F32", "[2,2]", 16);
    st_add_zeros(&st, "model.layers.0.input_layernorm.weight", "F32", "[2]", 8);
    st_write(&st, temp_path("layerless.safetensors"));
    refused(temp_path("layerless.safetensors"), "holds no weights of decoder layers");
    st_add_zeros(&st, "model.layers.65536.up.weight", "F32", "[2,2]", 16);
    st_write(&st, temp_path("far.safetensors"));
    refused(temp_path("far.safetensors"), "model.layers.65536.up.weight: layer numbers beyond 65535");
    char name[400];
    snprintf(name, sizeof name, "model.layers.0.%0300d.weight", 0);
    st_add_zeros(&st, name, "F32", "[2,2]", 16);
    st_write(&st, temp_path("long.safetensors"));
    refused(temp_path("long.safetensors"), "longer than 255 bytes");
    // Few tensors that span a huge table of layers and kinds.
    st_add_zeros(&st, "model.layers.65535.up.weight", "F32", "[1,1]", 4);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "model.layers.0.m%u.weight", i);
        st_add_zeros(&st, name, "F32", "[1,1]", 4);
    }
    st_write(&st, temp_path("sparse.safetensors"));
    refused(temp_path("sparse.safetensors"), "65536 layers and 101 module kinds");
    // A stack of more experts than there can be kinds.
    st_add_zeros(&st, "model.layers.0.mlp.experts.up_proj", "U8", "[70000,1,1]", 70000);
    st_write(&st, temp_path("experts.safetensors"));
    refused(temp_path("experts.safetensors"), "70000 experts");
}

static void the_largest_tower_is_the_decoder(void **state)
{
    (void)state;
    struct st st = {0};
    st_add_zeros(&st, "vision_tower.encoder.layers.0.mlp.fc1.weight", "F32", "[4,4]", 64);
    st_add_zeros(&st, "vision_tower.encoder.layers.1.mlp.fc1.weight", "F32", "[4,4]", 64);
    st_add_zeros(&st, "vision_tower.encoder.layers.2.mlp.fc1.weight", "F32", "[4,4]", 64);
    st_add_zeros(&st, "language_model.model.layers.0.mlp.up_proj.weight", "F32", "[8,8]", 256);
    st_add_zeros(&st, "language_model.model.layers.1.mlp.up_proj.weight", "F32", "[8,8]", 256);
    st_add_zeros(&st, "language_model.lm_head.weight", "F32", "[100,8]", 3200);
    st_write(&st, temp_path("towers.safetensors"));
    struct qs_model *model = opened(temp_path("towers.safetensors"));
    assert_int_equal(qs_model_info(model)->layers, 2);
    assert_int_equal(qs_model_info(model)->kinds, 1);
    assert_int_equal(qs_model_info(model)->module_params, 128);
    assert_int_equal(qs_model_info(model)->params, 128 + 48 + 800);
    for (size_t i = 0; i < qs_model_tensor_count(model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(model, i);
        assert_int_equal(tensor->layer >= 0, strstr(tensor->name, "language_model.model.layers") != NULL);
    }
    assert_string_equal(qs_model_tensor(model, 0)->part, "lm_head.weight");
    qs_model_close(model);

    // No usual word for a layer: any word before a number.
    st_add_zeros(&st, "backbone.cells.0.proj.weight", "F32", "[4,4]", 64);
    st_add_zeros(&st, "backbone.cells.1.proj.weight", "F32", "[4,4]", 64);
    st_write(&st, temp_path("cells.safetensors"));
    model = opened(temp_path("cells.safetensors"));
    assert_int_equal(qs_model_info(model)->layers, 2);
    assert_string_equal(qs_model_info(model)->kind_names[0], "proj");
    qs_model_close(model);
}

static void gpt2_weights_are_presented_as_out_by_in(void **state)
{
    (void)state;
    struct st st = {0};
    // Conv1D stores (in, out): hidden size 4, inner size 16.
    add_counting(&st, "transformer.h.0.attn.c_attn.weight", "[4,12]", 48);
    add_counting(&st, "transformer.h.0.attn.c_proj.weight", "[4,4]", 16);
    add_counting(&st, "transformer.h.0.mlp.c_fc.weight", "[4,16]", 64);
    add_counting(&st, "transformer.h.0.mlp.c_proj.weight", "[16,4]", 64);
    add_counting(&st, "transformer.h.0.attn.c_attn.bias", "[12]", 12);
    st_add_zeros(&st, "transformer.h.0.attn.bias", "BOOL", "[1,1,4,4]", 16);
    st_write(&st, temp_path("gpt2.safetensors"));
    struct qs_model *model = opened(temp_path("gpt2.safetensors"));
    static const char *const kinds[] = {"self_attn.o_proj", "self_attn.qkv_proj", "mlp.up_proj", "mlp.down_proj"};
    assert_int_equal(qs_model_info(model)->kinds, 4);
    for (uint32_t kind = 0; kind < 4; kind++) {
        assert_string_equal(qs_model_info(model)->kind_names[kind], kinds[kind]);
    }
    const struct qs_weight *qkv = module(model, 0, "qkv_proj");
    assert_shape(qkv, 12, 4);
    assert_shape(module(model, 0, "o_proj"), 4, 4);
    assert_shape(module(model, 0, "up_proj"), 16, 4);
    assert_shape(module(model, 0, "down_proj"), 4, 16);
    for (uint64_t row = 0; row < 12; row++) {
        for (uint64_t col = 0; col < 4; col++) {
            assert_true(value_of(qkv, row, col) == (float)(col * 12 + row));
        }
    }
    // A span that crosses rows is the same as the rows.
    enum qs_dtype dtype;
    float row[4];
    const float *span = qs_weight_span(qkv, 0, 48, scratch, &dtype);
    for (uint64_t r = 0; r < 12; r++) {
        qs_weight_row(qkv, r, row);
        assert_memory_equal(row, span + 4 * r, sizeof row);
    }
    qs_model_close(model);

    // GPT-BigCode has the same names on nn.Linear.
    add_counting(&st, "transformer.h.0.attn.c_attn.weight", "[6,4]", 24);
    add_counting(&st, "transformer.h.0.attn.c_proj.weight", "[4,4]", 16);
    st_write(&st, temp_path("bigcode.safetensors"));
    model = opened(temp_path("bigcode.safetensors"));
    assert_shape(module(model, 0, "qkv_proj"), 6, 4);
    assert_true(value_of(module(model, 0, "o_proj"), 1, 2) == 6);
    qs_model_close(model);
}

static void experts_are_modules_however_they_are_stored(void **state)
{
    (void)state;
    struct st st = {0};
    // Mixtral: one tensor per expert.
    add_counting(&st, "model.layers.0.block_sparse_moe.gate.weight", "[2,4]", 8);
    for (unsigned expert = 0; expert < 2; expert++) {
        char name[96];
        for (unsigned w = 1; w <= 3; w++) {
            snprintf(name, sizeof name, "model.layers.0.block_sparse_moe.experts.%u.w%u.weight", expert, w);
            add_counting(&st, name, w == 2 ? "[4,6]" : "[6,4]", 24);
        }
    }
    st_write(&st, temp_path("mixtral.safetensors"));
    static const char *const kinds[] = {"mlp.gate", "mlp.experts.0.gate_proj", "mlp.experts.0.up_proj",
                                        "mlp.experts.0.down_proj", "mlp.experts.1.gate_proj", "mlp.experts.1.up_proj",
                                        "mlp.experts.1.down_proj"};
    struct qs_model *model = opened(temp_path("mixtral.safetensors"));
    assert_int_equal(qs_model_info(model)->kinds, 7);
    for (uint32_t kind = 0; kind < 7; kind++) {
        assert_string_equal(qs_model_info(model)->kind_names[kind], kinds[kind]);
    }
    assert_shape(module(model, 0, "mlp.experts.1.gate_proj"), 6, 4);
    assert_shape(module(model, 0, "mlp.experts.1.down_proj"), 4, 6);
    qs_model_close(model);

    // The same stacked, as GGUF does it.
    add_counting(&st, "blk.0.ffn_gate_inp.weight", "[2,4]", 8);
    add_counting(&st, "blk.0.ffn_gate_exps.weight", "[2,6,4]", 48);
    add_counting(&st, "blk.0.ffn_up_exps.weight", "[2,6,4]", 48);
    add_counting(&st, "blk.0.ffn_down_exps.weight", "[2,4,6]", 48);
    st_write(&st, temp_path("stacked.safetensors"));
    model = opened(temp_path("stacked.safetensors"));
    assert_int_equal(qs_model_info(model)->kinds, 7);
    for (uint32_t kind = 0; kind < 7; kind++) {
        assert_string_equal(qs_model_info(model)->kind_names[kind], kinds[kind]);
    }
    const struct qs_weight *down = module(model, 0, "mlp.experts.1.down_proj");
    assert_shape(down, 4, 6);
    assert_int_equal(qs_model_info(model)->module_params, 8 + 3 * 48);
    assert_true(value_of(down, 0, 0) == 24);
    assert_true(value_of(down, 3, 5) == 47);
    assert_string_equal(down->tensor->part, "mlp.experts.*.down_proj.weight");
    qs_model_close(model);

    // Stacks for x @ W, (expert, in, out), as Llama 4 and gpt-oss: hidden size 4, inner size 6.
    add_counting(&st, "model.layers.0.mlp.experts.gate_up_proj", "[2,4,12]", 96);
    add_counting(&st, "model.layers.0.mlp.experts.down_proj", "[2,6,4]", 48);
    st_write(&st, temp_path("xw.safetensors"));
    model = opened(temp_path("xw.safetensors"));
    assert_shape(module(model, 0, "mlp.experts.1.gate_up_proj"), 12, 4);
    down = module(model, 0, "mlp.experts.1.down_proj");
    assert_shape(down, 4, 6);
    assert_true(value_of(down, 1, 2) == 24 + 2 * 4 + 1);
    qs_model_close(model);

    // Stacks for W x, (expert, out, in).
    add_counting(&st, "model.layers.0.mlp.experts.gate_up_proj", "[2,12,4]", 96);
    add_counting(&st, "model.layers.0.mlp.experts.down_proj", "[2,4,6]", 48);
    st_write(&st, temp_path("wx.safetensors"));
    model = opened(temp_path("wx.safetensors"));
    assert_shape(module(model, 0, "mlp.experts.0.gate_up_proj"), 12, 4);
    assert_true(value_of(module(model, 0, "mlp.experts.1.down_proj"), 1, 2) == 24 + 1 * 6 + 2);
    qs_model_close(model);
}

static void layers_may_differ(void **state)
{
    (void)state;
    struct st st = {0};
    st_add_zeros(&st, "model.layers.0.mlp.up_proj.weight", "F32", "[2,4]", 32);
    st_add_zeros(&st, "model.layers.0.mlp.down_proj.weight", "I32", "[4,2]", 32);
    st_add_zeros(&st, "model.layers.0.mlp.down_proj.scales", "F32", "[2,2]", 16);
    st_add_zeros(&st, "model.layers.2.mlp.up_proj.weight", "F32", "[2,4]", 32);
    // Both spell self_attn.o_proj: the second keeps its own name.
    st_add_zeros(&st, "model.layers.2.attn.c_proj.weight", "F32", "[2,2]", 16);
    st_add_zeros(&st, "model.layers.2.self_attn.o_proj.weight", "F32", "[3,3]", 36);
    st_write(&st, temp_path("differ.safetensors"));
    struct qs_model *model = opened(temp_path("differ.safetensors"));
    const struct qs_model_info *info = qs_model_info(model);
    assert_int_equal(info->layers, 3);
    assert_int_equal(info->kinds, 4);
    assert_int_equal(qs_model_info_module_count(info), 5);
    assert_null(module(model, 1, "up_proj"));
    assert_null(module(model, 2, "down_proj"));
    assert_shape(module(model, 2, "self_attn.o_proj"), 2, 2);
    assert_shape(module(model, 2, "self_attn.o_proj.weight"), 3, 3);
    const struct qs_weight *integers = module(model, 0, "down_proj");
    assert_shape(integers, 4, 2);
    assert_false(integers->readable);
    assert_non_null(strstr(qs_model_warnings(model), "1 of 3 layers have no weights, the first is layer 1"));
    assert_non_null(strstr(qs_model_warnings(model), "1 tensors of scales or zero points are not applied"));
    qs_model_close(model);

    // Gate and up in one matrix under the name of up, as GGUF has Phi-3.
    st_add_zeros(&st, "blk.0.ffn_up.weight", "F32", "[12,4]", 192);
    st_add_zeros(&st, "blk.0.ffn_down.weight", "F32", "[4,6]", 96);
    st_write(&st, temp_path("fused.safetensors"));
    model = opened(temp_path("fused.safetensors"));
    assert_int_equal(qs_model_info(model)->kinds, 2);
    assert_shape(module(model, 0, "mlp.gate_up_proj"), 12, 4);
    assert_string_equal(module(model, 0, "mlp.gate_up_proj")->tensor->part, "mlp.gate_up_proj.weight");
    qs_model_close(model);
}

static void get_fingerprint(const char *path, char out[33])
{
    struct qs_model *model = opened(path);
    memcpy(out, qs_model_info(model)->fingerprint, 33);
    qs_model_close(model);
}

static void the_fingerprint_is_the_models(void **state)
{
    (void)state;
    char first[33];
    char other[33];
    const char *weights = temp_path("print/model.safetensors");
    const char *config = temp_path("print/config.json");
    const char *folder = temp_path("print");
    make_folder(folder);
    write_llama(weights, 2, 1);
    write_text(config, "{\"num_hidden_layers\":2,\"rope\":{\"theta\":10000.0,\"torch_dtype\":\"a\"},\"dtype\":\"a\"}");
    get_fingerprint(folder, first);

    // Not changed by: the file's name, the configuration's layout, what tells only where it was saved.
    write_text(config, " {\"rope\": {\"torch_dtype\": \"b\", \"theta\":\n10000.0}, \"num_hidden_layers\": 2,"
                       "\"transformers_version\":\"9\",\"_name_or_path\":\"/x\",\"torch_dtype\":\"float16\"}");
    get_fingerprint(folder, other);
    assert_string_equal(other, first);
    assert_int_equal(rename(weights, temp_path("print/other.safetensors")), 0);
    get_fingerprint(folder, other);
    assert_string_equal(other, first);
    assert_int_equal(rename(folder, temp_path("moved")), 0);
    folder = temp_path("moved");
    weights = temp_path("moved/other.safetensors");
    config = temp_path("moved/config.json");
    get_fingerprint(folder, other);
    assert_string_equal(other, first);
    get_fingerprint(weights, other);
    assert_string_equal(other, first);

    // Changed by: a value of the configuration, a weight, a name, a shape, a dtype.
    write_text(config, "{\"num_hidden_layers\":2,\"rope\":{\"theta\":10001.0}}");
    get_fingerprint(folder, other);
    assert_string_not_equal(other, first);
    unlink(config);
    get_fingerprint(weights, first);
    assert_string_not_equal(other, first);
    write_llama(weights, 2, 2);
    get_fingerprint(weights, other);
    assert_string_not_equal(other, first);

    // One bit of a large tensor, where a sample is taken (its last bytes), and the order of nothing else.
    struct st st = {0};
    static uint8_t bytes[64 * 1024];
    static const char *const variants[][3] = {
        {"layers.0.up.weight", "F32", "[128,128]"},  {"layers.0.up.weight", "F32", "[128,128]"},
        {"layers.0.ups.weight", "F32", "[128,128]"}, {"layers.0.up.weight", "F32", "[256,64]"},
        {"layers.0.up.weight", "F16", "[256,128]"},
    };
    char prints[QS_COUNT_OF(variants)][33];
    for (size_t i = 0; i < QS_COUNT_OF(variants); i++) {
        bytes[sizeof bytes - 1] = i == 1;
        st_add(&st, variants[i][0], variants[i][1], variants[i][2], bytes, sizeof bytes);
        st_write(&st, weights);
        get_fingerprint(weights, prints[i]);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(prints[i], prints[j]);
        }
    }
}

// A weight over values of the test's own, rows permuted as llama.cpp's converter does: for each head, (2, d/2) rows are
// transposed to (d/2, 2).
static void permuted_rows_come_back_in_order(void **state)
{
    (void)state;
    enum { HEADS = 3, PER_HEAD = 8, ROWS = HEADS * PER_HEAD, COLS = 32, HALF = PER_HEAD / 2, VALUES = ROWS * COLS };
    static const enum qs_dtype dtypes[] = {QS_DTYPE_F64, QS_DTYPE_F32, QS_DTYPE_F16, QS_DTYPE_BF16, QS_DTYPE_F8_E4M3,
                                           QS_DTYPE_Q8_0};
    uint8_t *stored = malloc(VALUES * 8);
    uint8_t *ordered = malloc(VALUES * 8);
    float *want = malloc(VALUES * sizeof *want);
    assert_true(stored && ordered && want);
    for (size_t t = 0; t < QS_COUNT_OF(dtypes); t++) {
        const struct qs_dtype_traits *traits = qs_dtype_traits(dtypes[t]);
        size_t row_bytes = COLS / traits->block_values * traits->block_bytes;
        for (size_t i = 0; i < ROWS * row_bytes; i++) {
            ordered[i] = (uint8_t)(i * 37 % 111); // no NaN in any of the types
        }
        for (size_t head = 0; head < HEADS; head++) {
            for (size_t half = 0; half < 2; half++) {
                for (size_t i = 0; i < HALF; i++) {
                    memcpy(stored + (head * PER_HEAD + 2 * i + half) * row_bytes,
                           ordered + (head * PER_HEAD + half * HALF + i) * row_bytes, row_bytes);
                }
            }
        }
        qs_dtype_to_f32_reference(dtypes[t], ordered, VALUES, want);
        struct qs_tensor tensor = {.dtype = dtypes[t], .data = stored, .bytes = ROWS * row_bytes};
        struct qs_weight weight = {.tensor = &tensor, .rows = ROWS, .cols = COLS, .data = stored,
                                   .row_bytes = row_bytes, .heads = HEADS, .readable = true};
        float row[COLS];
        for (size_t r = 0; r < ROWS; r++) {
            qs_weight_row(&weight, r, row);
            assert_memory_equal(row, want + r * COLS, sizeof row);
        }
        // Spans inside a row, across rows, and of everything; all multiples of the block size.
        static const size_t spans[][2] = {{0, COLS}, {COLS, 2 * COLS}, {5 * COLS, 11 * COLS}, {0, VALUES}};
        for (size_t s = 0; s < QS_COUNT_OF(spans); s++) {
            enum qs_dtype dtype = QS_DTYPE_OTHER;
            const void *span = qs_weight_span(&weight, spans[s][0], spans[s][1], scratch, &dtype);
            float *got = malloc(VALUES * sizeof *got);
            assert_non_null(got);
            assert_true(dtype <= QS_DTYPE_BF16);
            qs_dtype_to_f32_reference(dtype, span, spans[s][1], got);
            assert_memory_equal(got, want + spans[s][0], spans[s][1] * sizeof *got);
            if (dtypes[t] == QS_DTYPE_F16 || dtypes[t] == QS_DTYPE_BF16 || dtypes[t] == QS_DTYPE_F32) {
                assert_int_equal(dtype, dtypes[t]);
                size_t value_bytes = traits->block_bytes;
                assert_memory_equal(span, ordered + spans[s][0] * value_bytes, spans[s][1] * value_bytes);
            }
            free(got);
        }
    }
    free(stored);
    free(ordered);
    free(want);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_model_is_described),
        cmocka_unit_test(values_are_the_files_own),
        cmocka_unit_test(names_and_caches_follow_the_path),
        cmocka_unit_test(what_is_no_model_is_refused),
        cmocka_unit_test(the_largest_tower_is_the_decoder),
        cmocka_unit_test(gpt2_weights_are_presented_as_out_by_in),
        cmocka_unit_test(experts_are_modules_however_they_are_stored),
        cmocka_unit_test(layers_may_differ),
        cmocka_unit_test(the_fingerprint_is_the_models),
        cmocka_unit_test(permuted_rows_come_back_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
