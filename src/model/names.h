// What the name of a tensor says: the decoder layer it belongs to and the module it is, whatever the architecture and
// the file format.
//
//     qs_name_split       "model.layers.7.self_attn.q_proj.weight" is PREFIX "model.", layer 7, REST "self_attn..."
//     qs_name_inside      REST as one canonical name: "attn_q.weight" and "attention.wq.weight" become
//                         "self_attn.q_proj.weight"
//     qs_name_outside     the same for tensors of no layer: "token_embd.weight" becomes "model.embed_tokens.weight"
//     qs_name_compare     name order with numbers compared as numbers
//
// Internal to src/model. All functions are pure.
#ifndef QS_MODEL_NAMES_H
#define QS_MODEL_NAMES_H

#include "model/info.h"

#include <stdbool.h>

struct qs_layer_name {
    size_t prefix_length; // bytes of the name up to the layer number: "model.layers."
    uint64_t layer;       // UINT64_MAX where the number does not fit
    const char *rest;     // behind the number and its dot; borrowed from the name
};

// True where name is PREFIX.MARKER.N.REST: MARKER is one of layers, h, blocks, block, layer, blk, or, with any_marker,
// any word; the leftmost such place counts. PREFIX. may be missing. N has no leading zeros.
bool qs_name_split(const char *name, bool any_marker, struct qs_layer_name *out);

enum qs_name_role {
    QS_NAME_WEIGHT, // a weight: a module where it has two dimensions
    QS_NAME_STACK,  // weights of all experts of a layer in one tensor of three dimensions
    QS_NAME_SCALE,  // scales or zero points that belong to a weight
    QS_NAME_OTHER,  // a bias, a norm, a table
};

struct qs_inside_name {
    enum qs_name_role role;
    char kind[QS_NAME_MAX]; // without ".weight" or ".bias"; a stack has '*' where the expert's number belongs
    const char *suffix;     // ".weight", ".bias" or ""; static
};

// False where the canonical name does not fit. post_norms: the layers norm both what goes into a block and what comes
// out of it (GGUF's post_attention_norm), which decides what ffn_norm is.
bool qs_name_inside(const char *rest, bool post_norms, struct qs_inside_name *out);

// The canonical name; name itself where none is known. Borrowed.
const char *qs_name_outside(const char *name);

// Less than, equal to or greater than 0. Zero only for equal strings.
int qs_name_compare(const char *a, const char *b);

#endif
