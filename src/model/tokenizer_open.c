// Opening a model's tokenizer (qs_tokenizer_open and _close of tokenizer.h): which file it is in.
#include "model/tokenizer_parts.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static const char file_name[] = "tokenizer.json";

// QS_BAD_INPUT with what the folder has instead.
static enum qs_status fail_missing(const char *folder, struct qs_error *err)
{
    static const char *const others[] = {"tokenizer.model", "tiktoken.model", "vocab.json", "vocab.txt"};
    for (size_t i = 0; i < QS_COUNT_OF(others); i++) {
        char *path = qs_path_join(folder, others[i]);
        bool there = path && qs_path_exists(path);
        free(path);
        if (there) {
            return qs_fail(err, QS_BAD_INPUT, "%s: has no tokenizer.json, only %s, which is not supported", folder,
                           others[i]);
        }
    }
    return qs_fail(err, QS_BAD_INPUT, "%s: has no tokenizer.json", folder);
}

static enum qs_status read_folder(const char *folder, struct qs_tokenizer *out, struct qs_error *err)
{
    char *path = qs_path_join(folder, file_name);
    if (!path) {
        return qs_fail_memory(err, "a path", strlen(folder));
    }
    enum qs_status status =
        qs_path_exists(path) ? qs_tokenizer_read_json(path, out, err) : fail_missing(folder, err);
    free(path);
    return status;
}

// The folder of a weight file.
static enum qs_status read_beside(const char *path, struct qs_tokenizer *out, struct qs_error *err)
{
    char *folder = qs_path_folder(path);
    if (!folder) {
        return qs_fail_memory(err, "a path", strlen(path));
    }
    enum qs_status status = read_folder(folder, out, err);
    free(folder);
    return status;
}

static enum qs_status read_any(const char *path, struct qs_tokenizer *out, struct qs_error *err)
{
    if (qs_path_is_directory(path)) {
        return read_folder(path, out, err);
    }
    if (qs_has_suffix(path, ".json")) {
        return qs_tokenizer_read_json(path, out, err);
    }
    struct qs_map map;
    enum qs_status status = qs_map_open(path, &map, err);
    if (status != QS_OK) {
        return status;
    }
    bool gguf = qs_has_suffix(path, ".gguf") || (map.size >= 4 && memcmp(map.data, "GGUF", 4) == 0);
    bool safetensors = qs_has_suffix(path, ".safetensors") || (map.size > 8 && map.data[8] == '{' && map.data[7] == 0);
    if (gguf) {
        status = qs_tokenizer_read_gguf(&map, out, err);
    } else if (safetensors) {
        status = read_beside(path, out, err);
    } else {
        status = qs_fail(err, QS_BAD_INPUT, "%s: is no model with a tokenizer: a Hugging Face directory, a "
                         ".safetensors file in one, or a .gguf file", path);
    }
    qs_map_close(&map);
    return status;
}

enum qs_status qs_tokenizer_open(const char *path, struct qs_tokenizer **out, struct qs_error *err)
{
    struct qs_tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    if (!tokenizer) {
        return qs_fail_memory(err, "a tokenizer", sizeof *tokenizer);
    }
    tokenizer->unknown = QS_TOKEN_NONE;
    for (unsigned byte = 0; byte < 256; byte++) {
        tokenizer->byte_ids[byte] = QS_TOKEN_NONE;
    }
    enum qs_status status = read_any(path, tokenizer, err);
    if (status != QS_OK) {
        qs_tokenizer_close(tokenizer);
        return status;
    }
    *out = tokenizer;
    return QS_OK;
}

void qs_tokenizer_close(struct qs_tokenizer *tokenizer)
{
    if (!tokenizer) {
        return;
    }
    qs_vocabulary_free(&tokenizer->vocabulary);
    qs_added_tokens_free(&tokenizer->added);
    qs_split_free(&tokenizer->split);
    qs_merges_free(&tokenizer->merges);
    free(tokenizer->ranks);
    free(tokenizer);
}
