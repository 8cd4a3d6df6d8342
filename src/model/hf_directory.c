// A model in safetensors: a Hugging Face directory, or one file (qs_safetensors_read of reader.h).
//
// A directory has model.safetensors, or an index whose weight_map gives each tensor's shard. The map decides: it must
// name only tensors that are there, and what it does not name is left out. Shards are mapped one by one; nothing but
// their headers is read here.
#include "model/reader.h"

#include "base/array.h"
#include "model/folder.h"
#include "model/hf_config.h"
#include "base/json_file.h"
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>

enum { INDEX_BYTES_MAX = 100000000 };

static enum qs_status fail_memory(struct qs_error *err, size_t bytes)
{
    return qs_fail_memory(err, "the description of a model's tensors", bytes);
}

// Growth of the reading's arrays, which themselves have no capacity.
struct capacities {
    size_t maps;
    size_t tensors;
    size_t names;
};

// Maps a file and parses it. The map belongs to the reading; the rest to the caller.
static enum qs_status open_file(const char *path, struct qs_reading *reading, struct capacities *capacities,
                                struct qs_safetensors *out, struct qs_error *err)
{
    if (!qs_array_reserve(&reading->maps, &capacities->maps, reading->map_count + 1, sizeof *reading->maps)) {
        return fail_memory(err, sizeof *reading->maps);
    }
    struct qs_map *map = calloc(1, sizeof *map);
    if (!map) {
        return fail_memory(err, sizeof *map);
    }
    enum qs_status status = qs_map_open(path, map, err);
    if (status != QS_OK) {
        free(map);
        return status;
    }
    reading->maps[reading->map_count++] = map;
    return qs_safetensors_parse(map, out, err);
}

// Moves tensor i of a file to the reading.
static enum qs_status take_tensor(struct qs_reading *reading, struct capacities *capacities,
                                  struct qs_safetensors *file, size_t i, struct qs_error *err)
{
    size_t need = reading->tensor_count + 1;
    if (!qs_array_reserve(&reading->tensors, &capacities->tensors, need, sizeof *reading->tensors) ||
        !qs_array_reserve(&reading->names, &capacities->names, need, sizeof *reading->names)) {
        return fail_memory(err, need * sizeof *reading->tensors);
    }
    reading->tensors[reading->tensor_count] = file->tensors[i];
    reading->names[reading->tensor_count++] = file->names[i];
    file->names[i] = NULL;
    return QS_OK;
}

static enum qs_status read_single(const char *path, struct qs_reading *reading, struct qs_error *err)
{
    struct capacities capacities = {0};
    struct qs_safetensors file = {0};
    enum qs_status status = open_file(path, reading, &capacities, &file, err);
    for (size_t i = 0; status == QS_OK && i < file.count; i++) {
        status = take_tensor(reading, &capacities, &file, i, err);
    }
    qs_safetensors_free(&file);
    return status;
}

// The distinct shards of a weight map, checked to be plain names; the missing ones are all told.
static enum qs_status list_shards(const char *folder, const char *index_path, json_t *weight_map, json_t **out,
                                  struct qs_error *err)
{
    json_t *shards = json_object();
    struct qs_names missing = {0};
    char *missing_text = NULL;
    enum qs_status status = shards ? QS_OK : fail_memory(err, sizeof *shards);
    const char *name;
    json_t *value;
    json_object_foreach(weight_map, name, value) {
        const char *shard = json_string_value(value);
        if (status != QS_OK) {
            break;
        }
        if (!shard) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: weight_map: %s: its shard is no string", index_path, name);
        } else if (shard[0] == '\0' || strchr(shard, '/') || strcmp(shard, ".") == 0 || strcmp(shard, "..") == 0) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: weight_map: %s: the shard \"%s\" is no file name in the model's "
                             "directory", index_path, name, shard);
        } else if (!json_object_get(shards, shard) && json_object_set_new(shards, shard, json_true()) != 0) {
            status = fail_memory(err, strlen(shard));
        }
    }
    json_object_foreach(shards, name, value) {
        char *path = status == QS_OK ? qs_path_join(folder, name) : NULL;
        if (status == QS_OK && !path) {
            status = fail_memory(err, strlen(name));
        } else if (status == QS_OK && !qs_path_exists(path)) {
            status = qs_names_add(&missing, name) ? QS_OK : fail_memory(err, strlen(name));
        }
        free(path);
    }
    if (status == QS_OK && missing.count > 0) {
        missing_text = qs_names_join(&missing);
        status = missing_text ? qs_fail(err, QS_BAD_INPUT, "%s: %zu of %zu shards are missing: %s", folder,
                                        missing.count, json_object_size(shards), missing_text)
                              : fail_memory(err, missing.count);
    }
    if (status == QS_OK) {
        *out = shards;
        shards = NULL;
    }
    free(missing_text);
    qs_names_free(&missing);
    json_decref(shards);
    return status;
}

// Takes from one shard what the map says is there.
static enum qs_status read_shard(const char *path, const char *shard, json_t *weight_map, json_t *found,
                                 struct qs_reading *reading, struct capacities *capacities, size_t *unlisted,
                                 struct qs_error *err)
{
    struct qs_safetensors file = {0};
    enum qs_status status = open_file(path, reading, capacities, &file, err);
    for (size_t i = 0; status == QS_OK && i < file.count; i++) {
        const char *name = file.names[i];
        const char *wanted = json_string_value(json_object_get(weight_map, name));
        if (!wanted) {
            ++*unlisted;
        } else if (strcmp(wanted, shard) == 0) {
            status = json_object_set_new(found, name, json_true()) == 0 ? QS_OK : fail_memory(err, strlen(name));
            if (status == QS_OK) {
                status = take_tensor(reading, capacities, &file, i, err);
            }
        }
    }
    qs_safetensors_free(&file);
    return status;
}

static enum qs_status read_sharded(const char *folder, const char *index_name, struct qs_reading *reading,
                                   struct qs_error *err)
{
    struct capacities capacities = {0};
    size_t unlisted = 0;
    json_t *index = NULL;
    json_t *shards = NULL;
    json_t *found = json_object();
    char *index_path = qs_path_join(folder, index_name);
    enum qs_status status = index_path && found ? QS_OK : fail_memory(err, strlen(folder));
    if (status == QS_OK) {
        status = qs_json_read(index_path, INDEX_BYTES_MAX, JSON_REJECT_DUPLICATES, &index, err);
    }
    json_t *weight_map = json_object_get(index, "weight_map");
    if (status == QS_OK && (!json_is_object(weight_map) || json_object_size(weight_map) == 0)) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: weight_map: is missing, empty or no object", index_path);
    }
    if (status == QS_OK) {
        status = list_shards(folder, index_path, weight_map, &shards, err);
    }
    const char *name;
    json_t *value;
    json_object_foreach(shards, name, value) {
        char *path = status == QS_OK ? qs_path_join(folder, name) : NULL;
        if (path) {
            status = read_shard(path, name, weight_map, found, reading, &capacities, &unlisted, err);
        } else if (status == QS_OK) {
            status = fail_memory(err, strlen(name));
        }
        free(path);
    }
    json_object_foreach(weight_map, name, value) {
        if (status == QS_OK && !json_object_get(found, name)) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: weight_map: tensor %s is not in its shard %s", index_path, name,
                             json_string_value(value));
        }
    }
    if (status == QS_OK && unlisted > 0) {
        qs_text_addf(&reading->warnings, "%s: %zu tensors of the shards are not in weight_map and are left out\n",
                     index_path, unlisted);
    }
    json_decref(index);
    json_decref(shards);
    json_decref(found);
    free(index_path);
    return status;
}

static enum qs_status read_config(const char *path, struct qs_reading *reading, struct qs_error *err)
{
    struct qs_hf_config config = {0};
    enum qs_status status = qs_hf_config_read(path, &config, err);
    if (status == QS_OK) {
        reading->architecture = config.architecture;
        config.architecture = NULL;
        reading->layers = config.layers;
        reading->heads = config.heads;
        reading->kv_heads = config.kv_heads;
        memcpy(reading->config_hash, config.hash, sizeof reading->config_hash);
        reading->config.root = config.root;
        config.root = NULL;
        reading->config.path = strdup(path);
        status = reading->config.path ? QS_OK : fail_memory(err, strlen(path) + 1);
    }
    qs_hf_config_free(&config);
    return status;
}

static bool has_name(const struct qs_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

// "model-00001-of-00003.safetensors": one of several.
static bool is_shard_name(const char *name)
{
    size_t length = strlen(name);
    size_t tail = strlen("-00001-of-00003.safetensors");
    if (length <= tail || !qs_has_suffix(name, ".safetensors")) {
        return false;
    }
    const char *end = name + length - tail;
    return end[0] == '-' && strspn(end + 1, "0123456789") == 5 && memcmp(end + 6, "-of-", 4) == 0 &&
           strspn(end + 10, "0123456789") == 5 && memcmp(end + 1, "00001-of-00001", 14) != 0;
}

static enum qs_status read_directory(const char *folder, struct qs_reading *reading, struct qs_error *err)
{
    struct qs_folder files = {0};
    char *path = NULL;
    enum qs_status status = qs_folder_list(folder, &files, err);
    if (status != QS_OK) {
        return status;
    }
    // The usual names first; otherwise the only file that can be meant.
    const char *single = NULL;
    const char *index = NULL;
    if (has_name(&files.safetensors, "model.safetensors")) {
        single = "model.safetensors";
    } else if (has_name(&files.indexes, "model.safetensors.index.json")) {
        index = "model.safetensors.index.json";
    } else if (files.indexes.count == 1) {
        index = files.indexes.items[0];
    } else if (files.safetensors.count == 1 && !is_shard_name(files.safetensors.items[0])) {
        single = files.safetensors.items[0];
    }
    if (!single && !index) {
        status = qs_folder_fail(folder, &files, err);
        goto out;
    }
    if (!files.has_config) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: config.json is missing, which a model's directory needs%s%s", folder,
                         single ? "; to do without it, open the file itself: " : "", single ? single : "");
        goto out;
    }
    path = qs_path_join(folder, "config.json");
    status = path ? read_config(path, reading, err) : fail_memory(err, strlen(folder));
    if (status == QS_OK && single) {
        if (files.safetensors.count > 1 || files.indexes.count > 0) {
            qs_text_addf(&reading->warnings, "%s: only %s is read of several weight files\n", folder, single);
        }
        free(path);
        path = qs_path_join(folder, single);
        status = path ? read_single(path, reading, err) : fail_memory(err, strlen(folder));
    } else if (status == QS_OK) {
        status = read_sharded(folder, index, reading, err);
    }
out:
    free(path);
    qs_folder_free(&files);
    return status;
}

static enum qs_status read_file(const char *path, struct qs_reading *reading, struct qs_error *err)
{
    char *folder = qs_path_folder(path);
    char *config = folder ? qs_path_join(folder, "config.json") : NULL;
    enum qs_status status = config ? QS_OK : fail_memory(err, strlen(path));
    if (status == QS_OK && qs_path_exists(config)) {
        status = read_config(config, reading, err);
    }
    if (status == QS_OK) {
        status = read_single(path, reading, err);
    }
    if (status == QS_OK && is_shard_name(qs_path_base(path))) {
        reading->layers = 0; // those of the whole model, not of this part
        qs_text_addf(&reading->warnings, "%s: is one shard of several: open its directory for the whole model\n",
                     path);
    }
    free(folder);
    free(config);
    return status;
}

enum qs_status qs_safetensors_read(const char *path, struct qs_reading *out, struct qs_error *err)
{
    struct qs_reading reading = {.format = "safetensors"};
    enum qs_status status =
        qs_path_is_directory(path) ? read_directory(path, &reading, err) : read_file(path, &reading, err);
    if (status != QS_OK) {
        qs_reading_free(&reading);
    }
    *out = reading;
    return status;
}
