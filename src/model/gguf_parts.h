// The files of one GGUF model, one or several, mapped and parsed. Internal to src/model.
#ifndef QS_MODEL_GGUF_PARTS_H
#define QS_MODEL_GGUF_PARTS_H

#include "model/gguf_file.h"

struct qs_gguf_parts {
    struct qs_gguf_file *files; // [count]; the first holds the model's keys
    struct qs_map **maps;       // [count], each allocated
    size_t count;
};

// path: the only file, or the first of several. QS_BAD_INPUT where a part is missing, is no part of this model, or path
// is a later one. *out is zeroed on failure.
enum qs_status qs_gguf_parts_open(const char *path, struct qs_gguf_parts *out, struct qs_error *err) QS_MUST_USE;
void qs_gguf_parts_free(struct qs_gguf_parts *parts);

#endif
