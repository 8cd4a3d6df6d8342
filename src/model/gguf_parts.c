// The files of one GGUF model: see gguf_parts.h.
//
// A split model names its parts PREFIX-00001-of-00003.gguf; each part is a GGUF file of its own with the keys split.no
// (from 0), split.count and split.tensors.count, and the first part holds the model's keys (llama.cpp, gguf-split).
#include "model/gguf_parts.h"

#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SUFFIX_LENGTH = 20 }; // "-00001-of-00003.gguf"

void qs_gguf_parts_free(struct qs_gguf_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        qs_gguf_file_free(&parts->files[i]);
        qs_map_close(parts->maps[i]);
        free(parts->maps[i]);
    }
    free(parts->files);
    free(parts->maps);
    *parts = (struct qs_gguf_parts){0};
}

static enum qs_status open_part(struct qs_gguf_parts *parts, const char *path, struct qs_error *err)
{
    struct qs_gguf_file *files = realloc(parts->files, (parts->count + 1) * sizeof *files);
    if (files) {
        parts->files = files;
    }
    struct qs_map **maps = realloc(parts->maps, (parts->count + 1) * sizeof *maps);
    if (maps) {
        parts->maps = maps;
    }
    struct qs_map *map = calloc(1, sizeof *map);
    if (!files || !maps || !map) {
        free(map);
        return qs_fail_memory(err, "a part of a model", sizeof *map);
    }
    enum qs_status status = qs_map_open(path, map, err);
    if (status != QS_OK) {
        free(map);
        return status;
    }
    parts->maps[parts->count] = map;
    status = qs_gguf_parse(map, &parts->files[parts->count], err);
    parts->count++; // also where parsing failed: the map is to be closed, the file is empty
    return status;
}

// True where path ends in "-NNNNN-of-MMMMM.gguf".
static bool parse_suffix(const char *path, unsigned *out_part, unsigned *out_count)
{
    size_t length = strlen(path);
    if (length <= SUFFIX_LENGTH) {
        return false;
    }
    const char *suffix = path + length - SUFFIX_LENGTH;
    for (int i = 0; i < SUFFIX_LENGTH; i++) {
        char want = "-00000-of-00000.gguf"[i];
        if (want == '0' ? !isdigit((unsigned char)suffix[i]) : suffix[i] != want) {
            return false;
        }
    }
    *out_part = (unsigned)strtoul(suffix + 1, NULL, 10);
    *out_count = (unsigned)strtoul(suffix + 10, NULL, 10);
    return true;
}

// The name of a part (from 1), after that of another; NULL where memory ran out.
static char *part_path(const char *path, unsigned part, unsigned count)
{
    struct qs_text text = {0};
    qs_text_add_bytes(&text, path, strlen(path) - SUFFIX_LENGTH);
    qs_text_addf(&text, "-%05u-of-%05u.gguf", part, count);
    return qs_text_take(&text);
}

// Says which file to give instead of a later part.
static enum qs_status refuse_later_part(const char *path, uint64_t number, uint64_t count, struct qs_error *err)
{
    unsigned named_part = 0;
    unsigned named_count = 0;
    char *first = parse_suffix(path, &named_part, &named_count) ? part_path(path, 1, named_count) : NULL;
    enum qs_status status = qs_fail(err, QS_BAD_INPUT, "%s: key split.no: is part %" PRIu64 " of %" PRIu64
                                    "; give the first part%s%s", path, number + 1, count, first ? ", " : "",
                                    first ? first : "");
    free(first);
    return status;
}

// Opens parts 2 to count beside the first, which is open.
static enum qs_status open_later_parts(struct qs_gguf_parts *parts, const char *path, uint64_t count,
                                       struct qs_error *err)
{
    unsigned named_part = 0;
    unsigned named_count = 0;
    if (!parse_suffix(path, &named_part, &named_count) || named_part != 1 || named_count != count) {
        return qs_fail(err, QS_BAD_INPUT, "%s: key split.count: is the first of %" PRIu64 " parts, so its name has to "
                       "end in -00001-of-%05" PRIu64 ".gguf for the others to be found", path, count, count);
    }
    enum qs_status status = QS_OK;
    for (unsigned part = 2; part <= named_count && status == QS_OK; part++) {
        char *name = part_path(path, part, named_count);
        if (!name) {
            return qs_fail_memory(err, "a path", strlen(path) + 1);
        }
        uint64_t number = UINT64_MAX;
        uint64_t of = UINT64_MAX;
        if (!qs_path_exists(name)) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: is missing: part %u of the %u of %s", name, part, named_count,
                             path);
        }
        if (status == QS_OK) {
            status = open_part(parts, name, err);
        }
        if (status == QS_OK) {
            status = qs_gguf_integer_at(&parts->files[part - 1], "split.no", &number, err);
        }
        if (status == QS_OK) {
            status = qs_gguf_integer_at(&parts->files[part - 1], "split.count", &of, err);
        }
        if (status == QS_OK && (number != part - 1 || of != count)) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: keys split.no and split.count: are not those of part %u of %u: "
                             "the file belongs to another model, or was renamed", name, part, named_count);
        }
        free(name);
    }
    return status;
}

static enum qs_status open_parts(struct qs_gguf_parts *parts, const char *path, struct qs_error *err)
{
    uint64_t number = 0;
    uint64_t count = 1;
    uint64_t tensors = UINT64_MAX;
    enum qs_status status = open_part(parts, path, err);
    if (status == QS_OK) {
        status = qs_gguf_integer_at(&parts->files[0], "split.no", &number, err);
    }
    if (status == QS_OK) {
        status = qs_gguf_integer_at(&parts->files[0], "split.count", &count, err);
    }
    if (status == QS_OK) {
        status = qs_gguf_integer_at(&parts->files[0], "split.tensors.count", &tensors, err);
    }
    if (status != QS_OK) {
        return status;
    }
    if (number > 0) {
        return refuse_later_part(path, number, count, err);
    }
    if (count > 1) {
        status = open_later_parts(parts, path, count, err);
    }
    uint64_t have = 0;
    for (size_t i = 0; i < parts->count; i++) {
        have += parts->files[i].entry_count;
    }
    if (status == QS_OK && tensors != UINT64_MAX && tensors != have) {
        return qs_fail(err, QS_BAD_INPUT, "%s: key split.tensors.count: is %" PRIu64 ", but the parts hold %" PRIu64
                       " tensors", path, tensors, have);
    }
    return status;
}

enum qs_status qs_gguf_parts_open(const char *path, struct qs_gguf_parts *out, struct qs_error *err)
{
    *out = (struct qs_gguf_parts){0};
    struct qs_gguf_parts parts = {0};
    enum qs_status status = open_parts(&parts, path, err);
    if (status != QS_OK) {
        qs_gguf_parts_free(&parts);
        return status;
    }
    *out = parts;
    return QS_OK;
}
