// From tensors to decoder layers and modules. Internal to src/model.
#ifndef QS_MODEL_MODULES_H
#define QS_MODEL_MODULES_H

#include "model/reader.h"

struct qs_modules {
    uint32_t layers;
    uint32_t kinds;
    const char **kind_names;    // [kinds], in model order; point into the places
    struct qs_weight *weights;  // [count], of the places
    struct qs_module_place {
        uint32_t layer;
        uint32_t kind;
        char *kind_name;
        size_t tensor; // its index in the reading
        uint64_t slice; // of a stack of experts
    } *places;                  // [count], by layer
    size_t count;
    char **parts;               // [part_count], the strings that tensors' `part` points to
    size_t part_count;
};

// Finds the decoder among the reading's tensors (in name order), sets their layer and part, and lists the modules:
// weights of two dimensions, and the slices of stacked experts. The decoder is the group of layers, of the same prefix,
// that has the most parameters. Adds to the reading's warnings. path goes into messages. QS_BAD_INPUT where there is
// no decoder, or where its layers contradict the configuration.
enum qs_status qs_modules_find(struct qs_reading *reading, const char *path, struct qs_modules *out,
                               struct qs_error *err) QS_MUST_USE;
void qs_modules_free(struct qs_modules *modules); // zeroes it

#endif
