// One .safetensors file: its header, checked. Internal to src/model.
#ifndef QS_MODEL_SAFETENSORS_H
#define QS_MODEL_SAFETENSORS_H

#include "model/model.h"

struct qs_safetensors {
    struct qs_tensor *tensors; // [count], in header order; layer and part are not set
    char **names;              // [count]: tensors[i].name is names[i]
    size_t count;
};

// Reads the header of a mapped file. The tensors point into the map and to it. Each name is unique; each tensor's
// bytes agree with its shape and dtype; together they cover the file's data exactly, as the format demands.
// QS_BAD_INPUT names the file and the tensor or the byte. Thread-safe.
// Source: the format's description and safetensors/src/tensor.rs in github.com/huggingface/safetensors.
enum qs_status qs_safetensors_parse(const struct qs_map *map, struct qs_safetensors *out,
                                    struct qs_error *err) QS_MUST_USE;
void qs_safetensors_free(struct qs_safetensors *file); // zeroes it

#endif
