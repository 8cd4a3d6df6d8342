// The decoder of a model: see decoder.h.
#include "model/decoder.h"

#include <stdlib.h>
#include <string.h>

static enum qs_status fail_memory(struct qs_error *err, size_t bytes)
{
    return qs_fail_memory(err, "the list of a model's layers", bytes);
}

struct group {
    const char *prefix;
    size_t length;
    uint64_t values;
};

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a;
    const struct group *y = b;
    size_t common = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->prefix, y->prefix, common);
    if (order != 0) {
        return order;
    }
    return x->length < y->length ? -1 : x->length > y->length;
}

static enum qs_status find_prefix(const struct qs_reading *reading, struct qs_decoder *decoder, struct qs_error *err)
{
    struct group *groups = calloc(reading->tensor_count + 1, sizeof *groups);
    if (!groups) {
        return fail_memory(err, reading->tensor_count * sizeof *groups);
    }
    size_t count = 0;
    for (size_t i = 0; i < reading->tensor_count; i++) {
        const struct qs_tensor *tensor = &reading->tensors[i];
        struct qs_layer_name name;
        if (qs_name_split(tensor->name, decoder->any_marker, &name)) {
            groups[count++] = (struct group){tensor->name, name.prefix_length, tensor->values};
        }
    }
    if (count > 1) {
        qsort(groups, count, sizeof *groups, compare_groups);
    }
    const struct group *best = NULL;
    for (size_t i = 0, start = 0; i < count; i++) {
        if (i > start && compare_groups(&groups[i], &groups[start]) == 0) {
            groups[start].values += groups[i].values; // at most the model's parameters, which fit
        } else {
            start = i;
        }
        if (!best || groups[start].values > best->values) {
            best = &groups[start];
        }
    }
    if (best) {
        decoder->prefix = best->prefix;
        decoder->prefix_length = best->length;
    }
    free(groups);
    return QS_OK;
}

bool qs_decoder_has(const struct qs_decoder *decoder, const char *tensor_name, struct qs_layer_name *out)
{
    return qs_name_split(tensor_name, decoder->any_marker, out) && out->prefix_length == decoder->prefix_length &&
           memcmp(tensor_name, decoder->prefix, out->prefix_length) == 0;
}

bool qs_has_own_name(const char *rest, const char *own)
{
    const char *end = rest + strlen(rest);
    if (qs_has_suffix(rest, ".weight")) {
        end -= strlen(".weight");
    }
    size_t length = strlen(own);
    return (size_t)(end - rest) >= length && memcmp(end - length, own, length) == 0 &&
           (end - length == rest || end[-(ptrdiff_t)length - 1] == '.');
}

// What the tensors' shapes and names say of the whole. GPT-2 and GPT-BigCode use the same names, but only the former's
// weights are (in, out): its c_attn is wider than high. Of stacked experts, gate_up has twice down's inner size.
static enum qs_status look_at_decoder(const struct qs_reading *reading, struct qs_decoder *decoder,
                                      struct qs_error *err)
{
    const struct qs_tensor *gate_up = NULL;
    const struct qs_tensor *down = NULL;
    for (size_t i = 0; i < reading->tensor_count; i++) {
        const struct qs_tensor *tensor = &reading->tensors[i];
        struct qs_layer_name name;
        struct qs_inside_name inside;
        if (!qs_decoder_has(decoder, tensor->name, &name)) {
            continue;
        }
        if (!qs_name_inside(name.rest, false, &inside)) {
            return qs_fail(err, QS_BAD_INPUT, "%s: tensor %.64s...: the name inside the layer is longer than %d bytes",
                           tensor->map->path, tensor->name, QS_NAME_MAX - 1);
        }
        decoder->post_norms = decoder->post_norms || strncmp(name.rest, "post_attention_norm.", 20) == 0;
        decoder->conv1d = decoder->conv1d || (tensor->ndim == 2 && tensor->dims[1] > tensor->dims[0] &&
                                              inside.role == QS_NAME_WEIGHT && qs_has_own_name(name.rest, "c_attn"));
        if (inside.role == QS_NAME_STACK && tensor->ndim == 3) {
            gate_up = !gate_up && strcmp(inside.kind, "mlp.experts.*.gate_up_proj") == 0 ? tensor : gate_up;
            down = !down && strcmp(inside.kind, "mlp.experts.*.down_proj") == 0 ? tensor : down;
        }
    }
    if (gate_up && down) {
        decoder->stacks_transposed =
            gate_up->dims[1] == down->dims[2] && gate_up->dims[2] / 2 == down->dims[1] && gate_up->dims[2] % 2 == 0;
    }
    return QS_OK;
}

enum qs_status qs_decoder_find(const struct qs_reading *reading, struct qs_decoder *out, struct qs_error *err)
{
    struct qs_decoder decoder = {0};
    enum qs_status status = find_prefix(reading, &decoder, err);
    if (status == QS_OK && !decoder.prefix) {
        decoder.any_marker = true;
        status = find_prefix(reading, &decoder, err);
    }
    if (status == QS_OK && decoder.prefix) {
        status = look_at_decoder(reading, &decoder, err);
    }
    if (status == QS_OK) {
        *out = decoder;
    }
    return status;
}
