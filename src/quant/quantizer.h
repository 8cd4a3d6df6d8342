// A quantizer and its parameters (METHODS section 3).
#ifndef QS_QUANT_QUANTIZER_H
#define QS_QUANT_QUANTIZER_H

#include "base/error.h"
#include "kernel/tile.h"
#include "quant/rung.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_quantizer_kind {
    QS_QUANTIZER_HQQ,
    QS_QUANTIZER_RTN,
    QS_QUANTIZER_NF4, // at 4 bits only: a rung b4gG is NF4 with blocks of G; always along rows (axis 1)
    QS_QUANTIZER_COUNT
};

struct qs_quantizer {
    enum qs_quantizer_kind kind;
    uint32_t axis;   // 0: groups run down the columns of W.reshape(g, -1); 1: g consecutive values of W.reshape(-1, g)
    uint32_t steps;  // HQQ's at most, 0 .. QS_TILE_STEPS_MAX; 20
    double lp_norm;  // p, 0 < p <= 1; 0.7
    double beta;     // 1e-6 .. 1e6; 10
    double growth;   // beta is multiplied by this after each step; 1 upstream, 1.01 in the paper's fork
};

extern const struct qs_quantizer qs_quantizer_defaults; // HQQ, axis 1

const char *qs_quantizer_name(enum qs_quantizer_kind kind); // "hqq", "rtn", "nf4"
bool qs_quantizer_find(const char *name, enum qs_quantizer_kind *out); // any case

// QS_USAGE where a parameter is out of range.
enum qs_status qs_quantizer_check(const struct qs_quantizer *quantizer, struct qs_error *err) QS_MUST_USE;

// The values that a group of a rung is restored to, ascending, where its range is -1 .. 1: the steps of hqq and rtn lie
// evenly, those of nf4 are its codebook. out: f64[2^bits]. Returns how many there are.
size_t qs_quantizer_levels(enum qs_quantizer_kind kind, struct qs_rung rung, double *out);

// In which order a group's values are added (kernel/tile.h), by the axis.
enum qs_tile_order qs_quantizer_order(const struct qs_quantizer *quantizer);

// The shrinkage of each step, from beta, growth and p.
void qs_quantizer_shrink(const struct qs_quantizer *quantizer, struct qs_tile_shrink *out);

#endif
