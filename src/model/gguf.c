// GGUF models: see reader.h. The files are taken apart by gguf_file.c and found by gguf_parts.c; here is what their
// keys say of the model.
#include "model/reader.h"

#include "model/gguf_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

// Architectures whose converter in llama.cpp stores the rows of q and k interleaved: the users of permute(),
// _reverse_hf_permute() and undo_permute in conversion/*.py and convert_hf_to_gguf.py (2026-08). A file converted from
// Meta's or Mistral's own weights, which are interleaved from the start, has the same order.
static const char *const permuted_architectures[] = {
    "llama", "llama-embed", "arcee", "arctic", "baichuan", "bailingmoe", "chameleon",
    "deci", "deepseek", "eagle3", "granite", "granitehybrid", "granitemoe", "internlm2",
    "llada", "minicpm", "mistral3", "nanbeige", "olmo", "smollm3", "xverse",
};

// A string as a new C string in *out, which stays NULL where there is no such key. Longer ones than a name may be, and
// such with a NUL, are left out with a warning.
static enum qs_status name_at(const struct qs_gguf_file *file, const char *key, char **out, struct qs_text *warnings,
                              struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    if (!pair) {
        return QS_OK;
    }
    if (pair->type != QS_GGUF_STRING) {
        return qs_gguf_bad_pair(file, pair, "is not a string", err);
    }
    const char *chars = (const char *)pair->value + sizeof(uint64_t);
    size_t length = (size_t)pair->value_bytes - sizeof(uint64_t);
    if (length >= QS_NAME_MAX || memchr(chars, 0, length)) {
        qs_text_addf(warnings, "%s: key %s: %zu bytes are too long for a name, or hold a NUL: left out\n",
                     file->map->path, key, length);
        return QS_OK;
    }
    if (length) {
        *out = strndup(chars, length);
        if (!*out) {
            return qs_fail_memory(err, "a name", length + 1);
        }
    }
    return QS_OK;
}

// *out = the number at ARCHITECTURE.what; of an array with a number per layer, the one that all layers with attention
// (not 0) have, or 0 with a warning. Unchanged where there is none.
static enum qs_status layer_integer(const struct qs_gguf_file *file, const char *architecture, const char *what,
                                    uint64_t *out, struct qs_text *warnings, struct qs_error *err)
{
    char key[QS_NAME_MAX + 64];
    snprintf(key, sizeof key, "%s.%s", architecture, what);
    const struct qs_gguf_pair *pair = qs_gguf_find(file, key);
    if (!pair || pair->type != QS_GGUF_ARRAY) {
        return qs_gguf_integer_at(file, key, out, err);
    }
    uint32_t type;
    uint64_t count;
    memcpy(&type, pair->value, sizeof type);
    memcpy(&count, pair->value + sizeof type, sizeof count);
    const uint8_t *items = pair->value + sizeof type + sizeof count;
    uint64_t common = 0;
    bool differ = false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = 0;
        if (!qs_gguf_integer(type, items + i * qs_gguf_type_bytes(type), &number)) {
            return qs_gguf_bad_pair(file, pair, "is not an array of whole numbers of at least 0", err);
        }
        differ |= number && common && number != common;
        common = number ? number : common;
    }
    if (differ) {
        qs_text_addf(warnings, "%s: key %s: differs from layer to layer\n", file->map->path, key);
    }
    *out = differ ? 0 : common;
    return QS_OK;
}

// Keys that say nothing of what the model computes: how it was named, quantized and cut.
static bool is_noise(const struct qs_gguf_pair *pair)
{
    static const char *const kept[] = {"general.architecture", "general.type"};
    static const char *const dropped[] = {"general.", "split.", "quantize."};
    for (size_t i = 0; i < QS_COUNT_OF(kept); i++) {
        if (pair->key_length == strlen(kept[i]) && memcmp(pair->key, kept[i], pair->key_length) == 0) {
            return false;
        }
    }
    for (size_t i = 0; i < QS_COUNT_OF(dropped); i++) {
        size_t length = strlen(dropped[i]);
        if (pair->key_length >= length && memcmp(pair->key, dropped[i], length) == 0) {
            return true;
        }
    }
    return false;
}

// XXH3-128 over the pairs in the order of their keys: length and bytes of the key, type, length and bytes of the value.
static enum qs_status hash_pairs(const struct qs_gguf_file *file, uint64_t out[static 2], struct qs_error *err)
{
    XXH3_state_t *hash = XXH3_createState();
    if (!hash) {
        return qs_fail_memory(err, "a hash", sizeof(uint64_t[72]));
    }
    XXH3_128bits_reset(hash);
    for (size_t i = 0; i < file->pair_count; i++) {
        const struct qs_gguf_pair *pair = &file->pairs[i];
        if (is_noise(pair)) {
            continue;
        }
        uint64_t numbers[3] = {pair->key_length, pair->type, pair->value_bytes};
        XXH3_128bits_update(hash, numbers, sizeof numbers);
        XXH3_128bits_update(hash, pair->key, pair->key_length);
        XXH3_128bits_update(hash, pair->value, (size_t)pair->value_bytes);
    }
    XXH128_hash_t sum = XXH3_128bits_digest(hash);
    XXH3_freeState(hash);
    out[0] = sum.high64;
    out[1] = sum.low64;
    return QS_OK;
}

static enum qs_status read_configuration(const struct qs_gguf_file *file, struct qs_reading *reading,
                                         struct qs_error *err)
{
    enum qs_status status = name_at(file, "general.name", &reading->name, &reading->warnings, err);
    if (status == QS_OK) {
        status = name_at(file, "general.architecture", &reading->architecture, &reading->warnings, err);
    }
    if (status == QS_OK) {
        status = hash_pairs(file, reading->config_hash, err);
    }
    const char *architecture = reading->architecture;
    if (status != QS_OK || !architecture) {
        return status;
    }
    for (size_t i = 0; i < QS_COUNT_OF(permuted_architectures); i++) {
        reading->permuted_qk |= strcmp(architecture, permuted_architectures[i]) == 0;
    }
    status = layer_integer(file, architecture, "block_count", &reading->layers, &reading->warnings, err);
    if (status == QS_OK) {
        status = layer_integer(file, architecture, "attention.head_count", &reading->heads, &reading->warnings, err);
    }
    reading->kv_heads = reading->heads; // what llama.cpp takes where the next key is not there
    if (status == QS_OK) {
        status = layer_integer(file, architecture, "attention.head_count_kv", &reading->kv_heads, &reading->warnings,
                               err);
    }
    return status;
}

static int by_name(const void *a, const void *b)
{
    const struct qs_gguf_entry *x = *(const struct qs_gguf_entry *const *)a;
    const struct qs_gguf_entry *y = *(const struct qs_gguf_entry *const *)b;
    return strcmp(x->name, y->name);
}

static enum qs_status refuse_duplicates(const struct qs_gguf_parts *parts, size_t count, struct qs_error *err)
{
    const struct qs_gguf_entry **sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted) {
        return qs_fail_memory(err, "the tensors of a GGUF file", count * sizeof *sorted);
    }
    size_t at = 0;
    for (size_t i = 0; i < parts->count; i++) {
        for (size_t k = 0; k < parts->files[i].entry_count; k++) {
            sorted[at++] = &parts->files[i].entries[k];
        }
    }
    qsort(sorted, count, sizeof *sorted, by_name);
    enum qs_status status = QS_OK;
    for (size_t i = 1; i < count && status == QS_OK; i++) {
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: byte %" PRIu64 ": tensor %s: is also at byte %" PRIu64 " of %s",
                             sorted[i]->tensor.map->path, sorted[i]->at, sorted[i]->name, sorted[i - 1]->at,
                             sorted[i - 1]->tensor.map->path);
        }
    }
    free(sorted);
    return status;
}

// Moves maps, names and tensors from the parts to the reading.
static enum qs_status collect_tensors(struct qs_gguf_parts *parts, struct qs_reading *reading, struct qs_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < parts->count; i++) {
        count += parts->files[i].entry_count;
    }
    enum qs_status status = refuse_duplicates(parts, count, err);
    if (status != QS_OK) {
        return status;
    }
    struct qs_tensor *tensors = malloc((count + 1) * sizeof *tensors);
    char **names = malloc((count + 1) * sizeof *names);
    if (!tensors || !names) {
        free(tensors);
        free(names);
        return qs_fail_memory(err, "the tensors of a model", count * sizeof *tensors);
    }
    reading->config.keys = calloc(1, sizeof *reading->config.keys);
    reading->config.path = strdup(parts->files[0].map->path);
    reading->config.architecture = reading->architecture;
    if (!reading->config.keys || !reading->config.path) {
        free(tensors);
        free(names);
        return qs_fail_memory(err, "the configuration of a model", sizeof *reading->config.keys);
    }
    reading->tensors = tensors;
    reading->names = names;
    for (size_t i = 0; i < parts->count; i++) {
        for (size_t k = 0; k < parts->files[i].entry_count; k++) {
            struct qs_gguf_entry *entry = &parts->files[i].entries[k];
            tensors[reading->tensor_count] = entry->tensor;
            names[reading->tensor_count++] = entry->name;
            entry->name = NULL;
        }
        if (i == 0) {
            *reading->config.keys = parts->files[0];
            parts->files[0] = (struct qs_gguf_file){0};
        } else {
            qs_gguf_file_free(&parts->files[i]);
        }
    }
    reading->maps = parts->maps;
    reading->map_count = parts->count;
    free(parts->files);
    *parts = (struct qs_gguf_parts){0};
    return QS_OK;
}

enum qs_status qs_gguf_read(const char *path, struct qs_reading *out, struct qs_error *err)
{
    *out = (struct qs_reading){0};
    struct qs_gguf_parts parts = {0};
    struct qs_reading reading = {.format = "gguf"};
    enum qs_status status = qs_gguf_parts_open(path, &parts, err);
    if (status == QS_OK) {
        status = read_configuration(&parts.files[0], &reading, err);
    }
    if (status == QS_OK) {
        status = collect_tensors(&parts, &reading, err);
    }
    if (status == QS_OK && reading.warnings.failed) {
        status = qs_fail_memory(err, "warnings", reading.warnings.length);
    }
    if (status != QS_OK) {
        qs_reading_free(&reading);
        qs_gguf_parts_free(&parts);
        return status;
    }
    *out = reading;
    return QS_OK;
}
