// Sequences of tokens on their way through a model: their hidden states between two layers.
#ifndef QS_INFER_BATCH_H
#define QS_INFER_BATCH_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct qs_batch {
    size_t sequences;
    size_t *starts;   // [sequences + 1]: sequence s is tokens [starts[s], starts[s + 1])
    uint32_t *ids;    // [tokens]
    size_t tokens;
    size_t longest;   // tokens of the longest sequence
    size_t width;
    float *hidden;    // f32[tokens][width]: undefined until qs_forward_embed
};

// ids: the sequences after each other, lengths[sequences] tokens each, none of them empty. QS_BAD_INPUT where an id is
// not below `vocabulary`.
enum qs_status qs_batch_new(const uint32_t *ids, const size_t *lengths, size_t sequences, size_t vocabulary,
                            size_t width, struct qs_batch *out, struct qs_error *err) QS_MUST_USE;
void qs_batch_free(struct qs_batch *batch); // zeroes it

#endif
