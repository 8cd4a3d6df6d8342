// Rotary embeddings: by how much each pair of a head turns from one position to the next.
//
//     angle(position, i) = position * frequency[i],   i < head_dim/2;   default: frequency[i] = theta^(-2i/head_dim)
//
// Scalings, as Hugging Face's modeling_rope_utils.py defines them (llama.cpp's agree):
//   linear   frequency / factor
//   llama3   of wavelength w = 2 pi/frequency: w > original/low: frequency/factor; w < original/high: frequency;
//            between, s = (original/w - low)/(high - low): (1 - s)*frequency/factor + s*frequency
//   yarn     a ramp over i from frequency to frequency/factor between the dimensions that turn beta_fast and beta_slow
//            times within `original` positions; cos and sin are multiplied by an attention factor,
//            0.1 ln(factor) + 1 where none is given (Peng et al., arXiv 2309.00071)
#ifndef QS_INFER_ROPE_H
#define QS_INFER_ROPE_H

#include "model/config.h"

#include <stddef.h>

enum qs_rope_kind { QS_ROPE_DEFAULT, QS_ROPE_LINEAR, QS_ROPE_LLAMA3, QS_ROPE_YARN };

struct qs_rope {
    enum qs_rope_kind kind;
    double theta;
    double factor;
    double original;         // positions the model was first trained for
    double low_freq_factor;  // llama3
    double high_freq_factor;
    double beta_fast;        // yarn
    double beta_slow;
    bool truncate;           // yarn: the ramp begins and ends at whole dimensions
    double attention_factor; // of cos and sin; 1 but for yarn
};

// context: the model's positions (0: not said), yarn's `original` where it says none. QS_BAD_INPUT names the key; a
// scaling that is none of these is refused by name.
enum qs_status qs_rope_read(const struct qs_config *config, uint64_t context, struct qs_rope *out,
                            struct qs_error *err) QS_MUST_USE;

// out: f64[head_dim/2], radians per position.
void qs_rope_frequencies(const struct qs_rope *rope, size_t head_dim, double *out);

// cos and sin of `count` positions from `first` on, times the attention factor: f32[count][half], from double.
void qs_rope_table(const double *frequencies, size_t half, double attention_factor, size_t first, size_t count,
                   float *cos, float *sin);

#endif
