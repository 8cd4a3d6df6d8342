// Which of a model's tensors are the decoder's layers, and what holds for all of them. Internal to src/model.
#ifndef QS_MODEL_DECODER_H
#define QS_MODEL_DECODER_H

#include "model/names.h"
#include "model/reader.h"

struct qs_decoder {
    const char *prefix; // prefix_length bytes of a tensor's name, borrowed; NULL where no tensor has a layer number
    size_t prefix_length;
    bool any_marker;
    bool post_norms;         // see qs_name_inside
    bool conv1d;             // GPT-2's: c_attn, c_proj and c_fc are stored as (in, out)
    bool stacks_transposed;  // stacks of experts are stored as (expert, in, out)
};

// The group of tensors with the same prefix before the layer number that has the most parameters. The usual words for a
// layer are tried first, then any word before a number. QS_BAD_INPUT where a name is too long.
enum qs_status qs_decoder_find(const struct qs_reading *reading, struct qs_decoder *out,
                               struct qs_error *err) QS_MUST_USE;

// Whether a tensor of this name is in a layer of the decoder; if so, *out says in which.
bool qs_decoder_has(const struct qs_decoder *decoder, const char *tensor_name, struct qs_layer_name *out);

// Whether the last word of a name inside a layer, before ".weight", is `own`: "c_attn".
bool qs_has_own_name(const char *rest, const char *own);

#endif
