// Perplexity of a text's token ids, by two protocols (METHODS: of the paper, and of llama.cpp's llama-perplexity).
//
//   sliding   for i = 0, stride, 2*stride, ... < n the window is the tokens [max(i + stride - length, 0),
//             min(i + stride, n)), its last t = min(i + stride, n) - i tokens are targets, and its loss is the mean
//             over those that have a predecessor in the window, times t. exp(sum of losses / n).
//   chunk     floor(n / length) whole chunks, each with bos for its first token where the model adds one; the tokens
//             length/2 + 1 .. length - 1 of each are targets. exp(mean over all targets).
//
// The loss of a token is -log of its probability by a softmax over the whole vocabulary, from float32 logits in double.
#ifndef QS_INFER_PERPLEXITY_H
#define QS_INFER_PERPLEXITY_H

#include "infer/forward.h"

enum qs_protocol { QS_PROTOCOL_SLIDING, QS_PROTOCOL_CHUNK };

struct qs_perplexity_options {
    enum qs_protocol protocol;
    size_t length;       // tokens of a window or chunk, at least 2
    size_t stride;       // sliding: 1 to length
    int64_t bos;         // chunk: the id that begins each chunk; -1: none
    size_t batch_tokens; // windows that go through the model together have at most so many tokens (but one window at
                         // least); 0: all of them. Each batch reads the model anew
};

struct qs_perplexity {
    double value;
    double error;    // value * sqrt((mean(loss^2) - mean(loss)^2) / (scored - 1)) over the scored tokens; as
                     // llama-perplexity prints it. 0 where scored is 1
    double log;      // log of value
    size_t windows;
    size_t scored;
    double *losses;  // [scored], in the order of the text, in nats
    size_t *starts;  // [windows + 1]: window w's are losses[starts[w]] up to losses[starts[w + 1]]
};

// ids: n of them, with the beginning token in front where the model adds one. hooks: as for qs_forward_run, with
// progress counted anew for each batch; NULL is fine. QS_BAD_INPUT where the text is too short for the protocol, an id
// is not in the vocabulary, or a loss is not finite; QS_USAGE where the options are out of range.
enum qs_status qs_perplexity_measure(struct qs_forward *forward, const uint32_t *ids, size_t n,
                                     const struct qs_perplexity_options *options, const struct qs_forward_hooks *hooks,
                                     struct qs_perplexity *out, struct qs_error *err) QS_MUST_USE;
void qs_perplexity_free(struct qs_perplexity *result); // zeroes it

#endif
