// The configuration of a Hugging Face model, config.json: see hf_config.h.
//
// The hash is taken over the file's keys and values with keys sorted and no white space, so formatting does not count;
// what only tells where and with what a file was saved is left out. Field names: the configuration classes of Hugging
// Face transformers.
#include "model/hf_config.h"

#include "model/info.h"
#include "base/json_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { CONFIG_BYTES_MAX = 16 * 1024 * 1024, HEADS_MAX = 65536 };

// The object that describes the language model, inside a multimodal configuration; NULL where there is none.
static const json_t *language_part(const json_t *root, const char **out_name)
{
    static const char *const names[] = {"text_config", "llm_config", "language_config"};
    const json_t *thinker = json_object_get(root, "thinker_config"); // one level deeper in the Omni models
    const json_t *holder = json_is_object(thinker) ? thinker : root;
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        const json_t *part = json_object_get(holder, names[i]);
        if (json_is_object(part)) {
            *out_name = names[i];
            return part;
        }
    }
    return NULL;
}

struct field {
    const char *part; // "text_config" or ""
    const char *name;
    const json_t *value;
};

// The first of the names that is there and not null, the language part's before the whole's.
static bool find_field(const json_t *root, const char *const *names, size_t count, struct field *out)
{
    const char *part_name = "";
    const json_t *part = language_part(root, &part_name);
    const json_t *places[] = {part, root};
    for (size_t place = 0; place < QS_COUNT_OF(places); place++) {
        for (size_t i = 0; places[place] && i < count; i++) {
            const json_t *value = json_object_get(places[place], names[i]);
            if (value && !json_is_null(value)) {
                *out = (struct field){place == 0 ? part_name : "", names[i], value};
                return true;
            }
        }
    }
    return false;
}

// A count from 1 to max; 0 where it is not said, or said as a list (one number per layer).
static enum qs_status read_count(const char *path, const json_t *root, const char *const *names, size_t count,
                                 json_int_t max, uint64_t *out, struct qs_error *err)
{
    struct field field;
    *out = 0;
    if (!find_field(root, names, count, &field) || json_is_array(field.value)) {
        return QS_OK;
    }
    const char *dot = field.part[0] ? "." : "";
    if (!json_is_integer(field.value)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s%s%s: is not a whole number", path, field.part, dot, field.name);
    }
    json_int_t value = json_integer_value(field.value);
    if (value < 1 || value > max) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s%s%s: %lld is out of range (1 to %lld)", path, field.part, dot,
                       field.name, (long long)value, (long long)max);
    }
    *out = (uint64_t)value;
    return QS_OK;
}

static enum qs_status read_architecture(const char *path, const json_t *root, char **out, struct qs_error *err)
{
    const json_t *list = json_object_get(root, "architectures");
    const char *name = json_string_value(json_array_get(list, 0));
    if (!name) {
        name = json_string_value(json_object_get(root, "model_type"));
    }
    if (!name) {
        return QS_OK;
    }
    if (strlen(name) >= QS_NAME_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: architectures: the name is longer than %d bytes", path,
                       QS_NAME_MAX - 1);
    }
    *out = strdup(name);
    return *out ? QS_OK : qs_fail_memory(err, "an architecture's name", strlen(name) + 1);
}

// Removes what tells how the file was saved, in the whole and in its parts.
static void remove_circumstances(json_t *object)
{
    static const char *const circumstances[] = {"_name_or_path", "transformers_version", "torch_dtype", "dtype"};
    for (size_t i = 0; i < QS_COUNT_OF(circumstances); i++) {
        json_object_del(object, circumstances[i]);
    }
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (json_is_object(value)) {
            remove_circumstances(value);
        }
    }
}

static enum qs_status hash_config(json_t *root, uint64_t out[2], struct qs_error *err)
{
    remove_circumstances(root);
    char *text = json_dumps(root, JSON_SORT_KEYS | JSON_COMPACT);
    if (!text) {
        return qs_fail_memory(err, "a configuration", CONFIG_BYTES_MAX);
    }
    XXH128_hash_t hash = XXH3_128bits(text, strlen(text));
    out[0] = hash.low64;
    out[1] = hash.high64;
    free(text);
    return QS_OK;
}

enum qs_status qs_hf_config_read(const char *path, struct qs_hf_config *out, struct qs_error *err)
{
    static const char *const layers[] = {"num_decoder_layers", "decoder_layers", "num_hidden_layers",
                                         "n_layer",            "n_layers",       "num_layers"};
    static const char *const heads[] = {"num_attention_heads", "n_head", "n_heads", "num_heads"};
    static const char *const kv_heads[] = {"num_key_value_heads", "num_kv_heads", "n_head_kv"};
    json_t *root = NULL;
    struct qs_hf_config config = {0};
    enum qs_status status = qs_json_read(path, CONFIG_BYTES_MAX, 0, &root, err);
    if (status != QS_OK) {
        goto out;
    }
    status = read_architecture(path, root, &config.architecture, err);
    if (status == QS_OK) {
        status = read_count(path, root, layers, QS_COUNT_OF(layers), QS_LAYERS_MAX, &config.layers, err);
    }
    if (status == QS_OK) {
        status = read_count(path, root, heads, QS_COUNT_OF(heads), HEADS_MAX, &config.heads, err);
    }
    if (status == QS_OK) {
        status = read_count(path, root, kv_heads, QS_COUNT_OF(kv_heads), HEADS_MAX, &config.kv_heads, err);
    }
    if (status == QS_OK && config.heads && config.kv_heads && config.heads % config.kv_heads != 0) {
        status = qs_fail(err, QS_BAD_INPUT,
                         "%s: num_key_value_heads: %llu does not divide num_attention_heads (%llu)", path,
                         (unsigned long long)config.kv_heads, (unsigned long long)config.heads);
    }
    if (status == QS_OK) {
        status = hash_config(root, config.hash, err);
    }
    if (status == QS_OK) {
        *out = config;
        out->root = json_incref(root);
        config = (struct qs_hf_config){0};
    }
out:
    qs_hf_config_free(&config);
    json_decref(root);
    return status;
}

const json_t *qs_hf_config_at(const json_t *root, const char *path)
{
    const char *part_name;
    const json_t *places[] = {language_part(root, &part_name), root};
    for (size_t place = 0; place < QS_COUNT_OF(places); place++) {
        const json_t *at = places[place];
        const char *name = path;
        while (at) {
            size_t length = strcspn(name, ".");
            char key[QS_NAME_MAX];
            if (length >= sizeof key) {
                return NULL;
            }
            memcpy(key, name, length);
            key[length] = '\0';
            at = json_object_get(at, key);
            if (name[length] == '\0') {
                break;
            }
            name += length + 1;
        }
        if (at && !json_is_null(at)) {
            return at;
        }
    }
    return NULL;
}

void qs_hf_config_free(struct qs_hf_config *config)
{
    json_decref(config->root);
    free(config->architecture);
    *config = (struct qs_hf_config){0};
}
