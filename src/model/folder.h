// What lies in a directory that should be a model: which weight files, and of which kind. Internal to src/model.
#ifndef QS_MODEL_FOLDER_H
#define QS_MODEL_FOLDER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct qs_names {
    char **items;
    size_t count;
    size_t capacity;
};

bool qs_names_add(struct qs_names *names, const char *name); // copies it; false where memory ran out
void qs_names_free(struct qs_names *names);                  // zeroes it

// The names, as many as fit into a message: "a, b and 7 more". The caller frees it; NULL where memory ran out.
char *qs_names_join(const struct qs_names *names);

struct qs_folder { // each list sorted
    bool has_config;             // config.json
    struct qs_names indexes;     // *.safetensors.index.json
    struct qs_names safetensors;
    struct qs_names ggufs;
    struct qs_names pickles;     // PyTorch's *.bin, *.pt, *.pth, *.ckpt
};

enum qs_status qs_folder_list(const char *path, struct qs_folder *out, struct qs_error *err) QS_MUST_USE;
void qs_folder_free(struct qs_folder *folder); // zeroes it

bool qs_is_pickle_name(const char *name);

// QS_BAD_INPUT with what a directory without usable safetensors files holds instead, and what to do.
enum qs_status qs_folder_fail(const char *path, const struct qs_folder *folder, struct qs_error *err);

#endif
