// What is said of a model without its weights: the plain data that caches keep and views show.
#ifndef QS_MODEL_INFO_H
#define QS_MODEL_INFO_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QS_LAYERS_MAX = 65536,     // more decoder layers than any model has; larger numbers are refused
    QS_KINDS_MAX = 65536,      // module kinds, experts counted singly
    QS_MODULES_MAX = 4194304,  // layers x kinds, so that no file can ask for a table without end
    QS_NAME_MAX = 256,         // bytes of any name of a model, kind or dtype, NUL included; longer ones are refused
};

// One 2-D linear weight of one decoder layer. rows = out features, cols = in features, as in y = W x. Of a model that
// is known from metrics only (qs_model_info_counts_only), rows = number of weights, cols = 1, bytes = 0, dtype = "".
struct qs_module_info {
    uint64_t rows;   // 0: this layer has no module of this kind
    uint64_t cols;
    uint64_t bytes;  // as stored in the file
    char dtype[16];  // "BF16", "Q4_K", ...
};

struct qs_model_info {
    char *name;                      // "demo", "Llama-2-7b-hf"
    char *architecture;              // config's architectures[0] or GGUF's general.architecture
    char *format;                    // "safetensors" or "gguf"; "" where the model is known from metrics only
    char fingerprint[33];            // 32 hexadecimal digits; "" where unknown
    uint32_t layers;                 // L
    uint32_t kinds;                  // K
    char **kind_names;               // [K], "self_attn.q_proj", in model order: q k v o gate up down, then others
    struct qs_module_info *modules;  // [L][K]
    uint64_t params;                 // of the whole model, everything counted once; where unknown, module_params
    uint64_t module_params;          // of the modules alone
    uint64_t bytes;                  // of all tensors as stored
};

// layers x kinds empty modules, strings "". kind_names are copied. QS_BAD_INPUT beyond the limits above.
enum qs_status qs_model_info_init(struct qs_model_info *info, uint32_t layers, uint32_t kinds,
                                  const char *const *kind_names, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_model_info_copy(struct qs_model_info *to, const struct qs_model_info *from,
                                  struct qs_error *err) QS_MUST_USE;
void qs_model_info_free(struct qs_model_info *info); // zeroes it; NULL is fine

const struct qs_module_info *qs_model_info_module(const struct qs_model_info *info, uint32_t layer, uint32_t kind);

// Whether the model is known from metrics only, its modules by their numbers of weights: its format is "".
bool qs_model_info_counts_only(const struct qs_model_info *info);

// The first module, as layer * kinds + kind, in which two models of the same layers and kinds differ: in its shape, or
// in its number of weights where one of them knows no more. layers * kinds where there is none.
size_t qs_model_info_difference(const struct qs_model_info *a, const struct qs_model_info *b);

// "4096 x 1024", or "4194304 weights" where counts.
enum { QS_MODULE_TEXT_MAX = 48 };
const char *qs_module_info_text(const struct qs_module_info *module, bool counts, char out[static QS_MODULE_TEXT_MAX]);

// The number of modules with rows > 0.
uint64_t qs_model_info_module_count(const struct qs_model_info *info);

// The index of a kind by its full name, else by an unambiguous end of it after a dot ("q_proj"); -1 where there is
// none, -2 where several would do. Case-insensitive.
int qs_model_info_kind(const struct qs_model_info *info, const char *name);

// A kind's name for people: the part after its last dot where no other kind ends so, else the whole. Borrowed.
const char *qs_model_info_short_name(const struct qs_model_info *info, uint32_t kind);

#endif
