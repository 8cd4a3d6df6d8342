// An open model: its description and its weights, mapped, whatever the file format.
//
//     qs_model_open(path, &model, err)        a Hugging Face directory, a .safetensors or a .gguf file
//     qs_model_info(model)                    names, shapes, dtypes
//     qs_model_module(model, layer, kind)     one module's weight, NULL where the layer has none of that kind
//     qs_weight_span(weight, ...)             its values
//     qs_model_close(model)
//
// Nothing is trusted: every length, offset and shape is checked against its file before it is used. After open all
// functions are read-only and thread-safe.
#ifndef QS_MODEL_MODEL_H
#define QS_MODEL_MODEL_H

#include "base/file.h"
#include "kernel/dtype.h"
#include "model/info.h"

#include <stdbool.h>

enum { QS_TENSOR_DIMS_MAX = 8 };

// One tensor of a file, as stored.
struct qs_tensor {
    const char *name;                    // the file's own name; borrowed from the model
    enum qs_dtype dtype;
    char dtype_name[16];                 // also for QS_DTYPE_OTHER: "I32", "MXFP4", ...
    uint32_t ndim;
    uint64_t dims[QS_TENSOR_DIMS_MAX];   // outermost first (GGUF's ne reversed); product = values
    uint64_t values;
    const uint8_t *data;                 // NULL where bytes is 0
    uint64_t bytes;
    const struct qs_map *map;            // the file it lies in
    int layer;                           // decoder layer, -1 for what lies outside the layers
    const char *part;                    // canonical name inside the layer ("self_attn.q_proj.weight"), or of the
                                         // whole ("model.embed_tokens.weight"); borrowed
};

// A module's weight: a (rows, cols) row-major slice of a tensor. Rows are in Hugging Face order: where a GGUF file has
// q and k rows permuted for its rotary embedding, `heads` is not 0 and reading undoes it.
struct qs_weight {
    const struct qs_tensor *tensor;
    uint64_t rows;
    uint64_t cols;
    const uint8_t *data;     // rows*cols values, in file order
    uint64_t row_bytes;      // bytes of one row (a whole number of blocks)
    uint32_t heads;          // 0: rows stand as stored. Else row h*d + j*d/2 + i (j in 0..1) is stored at
                             // h*d + 2*i + j, d = rows/heads
    bool transposed;         // stored as (cols, rows), as GPT-2's Conv1D and some stacked experts are: then row_bytes
                             // is what a row holds, not how far the next one is
    bool readable;           // false: dtype is QS_DTYPE_OTHER; listed but not analysed
};

struct qs_model;

// QS_BAD_INPUT where the path is no model or a file of it is bad; the text names file, field or tensor, and offset.
enum qs_status qs_model_open(const char *path, struct qs_model **out, struct qs_error *err) QS_MUST_USE;
void qs_model_close(struct qs_model *model); // NULL is fine

const struct qs_model_info *qs_model_info(const struct qs_model *model);
const char *qs_model_path(const struct qs_model *model);

// Where the model's default cache lies: "quantscope.h5" in its directory; beside a single file, the file's name with
// ".quantscope.h5". Borrowed.
const char *qs_model_default_cache(const struct qs_model *model);

// Its configuration: config.h.
struct qs_config;
const struct qs_config *qs_model_config(const struct qs_model *model);

size_t qs_model_tensor_count(const struct qs_model *model);
const struct qs_tensor *qs_model_tensor(const struct qs_model *model, size_t index); // in name order, layers numeric

const struct qs_weight *qs_model_module(const struct qs_model *model, uint32_t layer, uint32_t kind);

// What open found odd but not wrong (a skipped file, a tensor that no layer claims); lines, "" where nothing.
const char *qs_model_warnings(const struct qs_model *model);

enum { QS_SPAN_MAX = 4096 }; // values; a multiple of every block size

// The values [first, first + count) of the weight in Hugging Face order, row-major, as one contiguous run.
//   first, count   multiples of the dtype's block size; count <= QS_SPAN_MAX; a span may cross rows
//   scratch        f32[QS_SPAN_MAX], 64-byte aligned; used where the values cannot be used in place
//   out_dtype      QS_DTYPE_F64, F32, F16 or BF16: the type of what is returned (other types come as F32)
// Returns the file's own bytes (any alignment) or scratch. Borrowed until scratch is used again.
const void *qs_weight_span(const struct qs_weight *weight, uint64_t first, size_t count, void *scratch,
                           enum qs_dtype *out_dtype);

// One row in Hugging Face order as float32[cols].
void qs_weight_row(const struct qs_weight *weight, uint64_t row, float *out);

#endif
