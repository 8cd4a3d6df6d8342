// A directory's weight files: see folder.h.
#include "model/folder.h"

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void qs_names_free(struct qs_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i]);
    }
    free(names->items);
    *names = (struct qs_names){0};
}

bool qs_names_add(struct qs_names *names, const char *name)
{
    if (!qs_array_reserve(&names->items, &names->capacity, names->count + 1, sizeof *names->items)) {
        return false;
    }
    names->items[names->count] = strdup(name);
    if (!names->items[names->count]) {
        return false;
    }
    names->count++;
    return true;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool qs_is_pickle_name(const char *name)
{
    return qs_has_suffix(name, ".bin") || qs_has_suffix(name, ".pt") || qs_has_suffix(name, ".pth") ||
           qs_has_suffix(name, ".ckpt");
}

enum qs_status qs_folder_list(const char *path, struct qs_folder *out, struct qs_error *err)
{
    struct qs_folder folder = {0};
    DIR *dir = opendir(path);
    if (!dir) {
        return qs_fail_errno(err, path, "cannot read the directory");
    }
    bool failed = false;
    for (struct dirent *entry; !failed && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, "config.json") == 0) {
            folder.has_config = true;
        } else if (qs_has_suffix(name, ".safetensors.index.json")) {
            failed = !qs_names_add(&folder.indexes, name);
        } else if (qs_has_suffix(name, ".safetensors")) {
            failed = !qs_names_add(&folder.safetensors, name);
        } else if (qs_has_suffix(name, ".gguf")) {
            failed = !qs_names_add(&folder.ggufs, name);
        } else if (qs_is_pickle_name(name)) {
            failed = !qs_names_add(&folder.pickles, name);
        }
    }
    closedir(dir);
    if (failed) {
        qs_folder_free(&folder);
        return qs_fail_memory(err, path, sizeof folder);
    }
    struct qs_names *lists[] = {&folder.indexes, &folder.safetensors, &folder.ggufs, &folder.pickles};
    for (size_t i = 0; i < QS_COUNT_OF(lists); i++) {
        if (lists[i]->count > 1) {
            qsort(lists[i]->items, lists[i]->count, sizeof *lists[i]->items, compare_strings);
        }
    }
    *out = folder;
    return QS_OK;
}

void qs_folder_free(struct qs_folder *folder)
{
    qs_names_free(&folder->indexes);
    qs_names_free(&folder->safetensors);
    qs_names_free(&folder->ggufs);
    qs_names_free(&folder->pickles);
    *folder = (struct qs_folder){0};
}

char *qs_names_join(const struct qs_names *names)
{
    enum { ROOM = QS_ERROR_TEXT_MAX / 2 };
    struct qs_text text = {0};
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0 && text.length + strlen(names->items[i]) > ROOM) {
            qs_text_addf(&text, " and %zu more", names->count - i);
            break;
        }
        qs_text_addf(&text, "%s%s", i > 0 ? ", " : "", names->items[i]);
    }
    return qs_text_take(&text);
}

enum qs_status qs_folder_fail(const char *path, const struct qs_folder *folder, struct qs_error *err)
{
    enum qs_status status;
    const struct qs_names *others = folder->safetensors.count ? &folder->safetensors
                                    : folder->ggufs.count     ? &folder->ggufs
                                                              : &folder->pickles;
    char *names = qs_names_join(others);
    if (!names) {
        return qs_fail_memory(err, path, QS_ERROR_TEXT_MAX);
    }
    if (others->count == 0) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: holds no weights: neither model.safetensors nor "
                         "model.safetensors.index.json", path);
    } else if (others == &folder->safetensors) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: model.safetensors.index.json is missing, which says how these belong "
                         "together: %s", path, names);
    } else if (others == &folder->ggufs) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: holds GGUF files only: open one by its name: %s", path, names);
    } else {
        status = qs_fail(err, QS_BAD_INPUT, "%s: holds PyTorch pickles only, which are programs and are not read: "
                         "convert them to safetensors: %s", path, names);
    }
    free(names);
    return status;
}
