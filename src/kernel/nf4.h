// NF4: groups scaled by their absolute maximum to [-1, 1], each value to the nearest of 16 quantiles of a normal
// distribution (Dettmers et al., QLoRA, arXiv 2305.14314, appendix E).
#ifndef QS_KERNEL_NF4_H
#define QS_KERNEL_NF4_H

#include "kernel/tile.h"

enum { QS_NF4_CODES = 16 };

extern const float qs_nf4_codebook[QS_NF4_CODES]; // ascending, -1 .. 1, qs_nf4_codebook[7] = 0

// Quantizes a tile (kernel/tile.h). A value halfway between two goes to the smaller. A group of zeros keeps zeros.
//   absmax  f32[16], out
//   errors  the sums of d = w - codebook[code]*absmax; may be NULL
//   codes   u8[group_size][16]; may be NULL
void qs_nf4_tile(const float *tile, size_t stride, size_t group_size, float *absmax, struct qs_tile_errors *errors,
                 unsigned char *codes);

#endif
