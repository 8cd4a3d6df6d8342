// Quantized matrices: see quantized.h.
//
// HQQ's early stop looks at the whole matrix, so all groups take all steps first, for their errors alone; when the
// number of steps is known, they take so many once more and the codes are made. Keeping every step's zeros instead
// would save that time, and take many times the memory of the result.
#include "quant/quantized.h"

#include "kernel/nf4.h"
#include "quant/early_stop.h"
#include "quant/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { META_GROUP = 128 };

struct work {
    const struct qs_weight *weight;
    const struct qs_quantizer *quantizer;
    struct qs_quantized *q;
    float *scratch; // f32[QS_SPAN_MAX]
    float *values;  // f32[QS_SPAN_MAX]
    float *tile;    // f32[QS_GROUP_SIZE_MAX * 16]
    double abs[QS_TILE_STEPS_MAX + 1]; // sum |d| after each step
    struct qs_tile_shrink shrink;
};

// Reads the groups [group, group + lanes) into the tile; false where a value is not usable.
static bool load_tile(struct work *work, uint64_t group, size_t lanes)
{
    size_t group_size = work->q->rung.group_size;
    if (work->q->axis == 1) {
        size_t count = lanes * group_size;
        qs_values_read(work->weight, group * group_size, count, work->values, work->scratch);
        qs_tile_from_runs(work->values, group_size, lanes, work->tile);
        return qs_values_usable(work->values, count);
    }
    bool usable = true;
    for (size_t row = 0; row < group_size; row++) {
        float *values = work->tile + row * QS_TILE_LANES;
        qs_values_read(work->weight, row * work->q->groups + group, lanes, values, work->scratch);
        usable = usable && qs_values_usable(values, lanes);
        for (size_t lane = lanes; lane < QS_TILE_LANES; lane++) {
            values[lane] = values[lanes - 1];
        }
    }
    return usable;
}

static void store_codes(struct qs_quantized *q, uint64_t group, size_t lanes, const uint8_t *codes)
{
    size_t group_size = q->rung.group_size;
    for (size_t row = 0; row < group_size; row++) {
        for (size_t lane = 0; lane < lanes; lane++) {
            uint64_t at = q->axis == 1 ? (group + lane) * group_size + row : row * q->groups + group + lane;
            q->codes[at] = codes[row * QS_TILE_LANES + lane];
        }
    }
}

static size_t lanes_at(const struct qs_quantized *q, uint64_t group)
{
    return (size_t)(q->groups - group < QS_TILE_LANES ? q->groups - group : QS_TILE_LANES);
}

// RTN's start and `steps` steps of the groups in the tile. Returns how many evaluations were made (kernel/tile.h).
static size_t take_steps(struct work *work, size_t steps, float *scale, float *zero, struct qs_tile_errors *errors)
{
    float top = qs_rung_top(work->q->rung);
    size_t group_size = work->q->rung.group_size;
    qs_tile_start(work->tile, QS_TILE_LANES, group_size, top, scale, zero);
    return qs_tile_steps(work->tile, QS_TILE_LANES, group_size, qs_quantizer_order(work->quantizer), top, scale, zero,
                         steps, &work->shrink, errors, NULL);
}

// First pass: every step's error over the matrix; for NF4 the codes at once.
static enum qs_status measure_steps(struct work *work, size_t steps, struct qs_error *err)
{
    struct qs_quantized *q = work->q;
    for (uint64_t group = 0; group < q->groups; group += QS_TILE_LANES) {
        size_t lanes = lanes_at(q, group);
        if (!load_tile(work, group, lanes)) {
            return qs_fail(err, QS_BAD_INPUT, "has weights that are not finite or beyond 2^57; it cannot be quantized");
        }
        float scale[QS_TILE_LANES];
        float zero[QS_TILE_LANES];
        if (q->kind == QS_QUANTIZER_NF4) {
            uint8_t codes[QS_GROUP_SIZE_MAX * QS_TILE_LANES];
            qs_nf4_tile(work->tile, QS_TILE_LANES, q->rung.group_size, scale, NULL, codes);
            store_codes(q, group, lanes, codes);
            memcpy(q->scale + group, scale, lanes * sizeof *scale);
            continue;
        }
        struct qs_tile_errors errors[QS_TILE_STEPS_MAX + 1];
        size_t made = take_steps(work, steps, scale, zero, errors);
        for (size_t step = 0; step <= steps; step++) {
            const struct qs_tile_errors *at = &errors[step < made ? step : made - 1];
            for (size_t lane = 0; lane < lanes; lane++) {
                work->abs[step] += (double)at->abs[lane];
            }
        }
    }
    return QS_OK;
}

// Second pass: the zeros after q->steps steps, their codes, and the scale as it is stored.
static void make_codes(struct work *work)
{
    struct qs_quantized *q = work->q;
    for (uint64_t group = 0; group < q->groups; group += QS_TILE_LANES) {
        size_t lanes = lanes_at(q, group);
        load_tile(work, group, lanes);
        float scale[QS_TILE_LANES];
        float zero[QS_TILE_LANES];
        struct qs_tile_errors errors[QS_TILE_STEPS_MAX + 1];
        uint8_t codes[QS_GROUP_SIZE_MAX * QS_TILE_LANES];
        take_steps(work, q->steps, scale, zero, errors);
        qs_tile_codes(work->tile, QS_TILE_LANES, q->rung.group_size, qs_rung_top(q->rung), scale, zero, codes);
        store_codes(q, group, lanes, codes);
        for (size_t lane = 0; lane < lanes; lane++) {
            q->scale[group + lane] = 1.0f / scale[lane];
            q->zero[group + lane] = zero[lane];
        }
    }
}

static enum qs_status check_form(const struct qs_weight *weight, const struct qs_quantizer *quantizer,
                                 struct qs_rung rung, struct qs_error *err)
{
    enum qs_status status = qs_quantizer_check(quantizer, err);
    if (status != QS_OK) {
        return status;
    }
    if (!weight->readable) {
        return qs_fail(err, QS_BAD_INPUT, "is stored as %s, whose values are not read here",
                       weight->tensor->dtype_name);
    }
    if (quantizer->kind == QS_QUANTIZER_NF4 && (rung.bits != 4 || quantizer->axis != 1)) {
        return qs_fail(err, QS_BAD_INPUT, "NF4 has 4 bits and blocks along rows (axis 1)");
    }
    uint64_t values = weight->rows * weight->cols;
    if (values == 0 || values % rung.group_size) {
        return qs_fail(err, QS_BAD_INPUT, "has %llu weights, which groups of %u do not divide",
                       (unsigned long long)values, rung.group_size);
    }
    return QS_OK;
}

enum qs_status qs_quantize(const struct qs_weight *weight, const struct qs_quantizer *quantizer, struct qs_rung rung,
                           struct qs_quantized *out, struct qs_error *err)
{
    enum qs_status status = check_form(weight, quantizer, rung, err);
    if (status != QS_OK) {
        return status;
    }
    uint64_t values = weight->rows * weight->cols;
    struct qs_quantized q = {.rows = weight->rows, .cols = weight->cols, .rung = rung, .kind = quantizer->kind,
                             .axis = quantizer->axis, .groups = values / rung.group_size};
    size_t steps = quantizer->kind == QS_QUANTIZER_HQQ ? quantizer->steps : 0;
    bool nf4 = quantizer->kind == QS_QUANTIZER_NF4;
    struct work work = {.weight = weight, .quantizer = quantizer, .q = &q};
    qs_quantizer_shrink(quantizer, &work.shrink);
    q.codes = malloc(values);
    q.scale = calloc(q.groups, sizeof *q.scale);
    q.zero = nf4 ? NULL : calloc(q.groups, sizeof *q.zero);
    work.scratch = aligned_alloc(64, QS_SPAN_MAX * sizeof(float));
    work.values = aligned_alloc(64, QS_SPAN_MAX * sizeof(float));
    work.tile = aligned_alloc(64, QS_GROUP_SIZE_MAX * QS_TILE_LANES * sizeof(float));
    if (!q.codes || !q.scale || !work.scratch || !work.values || !work.tile || (!nf4 && !q.zero)) {
        status = qs_fail_memory(err, "a quantized module", (size_t)values);
        goto out;
    }
    status = measure_steps(&work, steps, err);
    if (status != QS_OK) {
        goto out;
    }
    if (!nf4) {
        q.steps = (uint32_t)qs_early_stop(work.abs, steps, values);
        make_codes(&work);
    }
    *out = q;
    q = (struct qs_quantized){0};
out:
    free(work.scratch);
    free(work.values);
    free(work.tile);
    qs_quantized_free(&q);
    return status;
}

static void meta8_free(struct qs_meta8 *meta)
{
    free(meta->codes);
    free(meta->scale);
    free(meta->zero);
    *meta = (struct qs_meta8){0};
}

void qs_quantized_free(struct qs_quantized *quantized)
{
    if (!quantized) {
        return;
    }
    free(quantized->codes);
    free(quantized->scale);
    free(quantized->zero);
    meta8_free(&quantized->scale8);
    meta8_free(&quantized->zero8);
    *quantized = (struct qs_quantized){0};
}

// The least number that fp16 holds at or above value > 0; above 65504 where there is none.
static float fp16_above(float value)
{
    // One unit of fp16's last place at this size, at least that of its subnormals.
    int exponent;
    frexpf(value, &exponent);
    float unit = ldexpf(1.0f, (exponent < -13 ? -13 : exponent) - 11);
    return ceilf(value / unit) * unit;
}

static bool meta8_new(uint64_t groups, struct qs_meta8 *out)
{
    *out = (struct qs_meta8){.groups = groups, .meta_groups = (groups + META_GROUP - 1) / META_GROUP};
    out->codes = malloc(groups);
    out->scale = calloc(out->meta_groups, sizeof *out->scale);
    out->zero = calloc(out->meta_groups, sizeof *out->zero);
    return out->codes && out->scale && out->zero;
}

// Quantizes `values`; false where a scale is beyond fp16.
static bool meta8_encode(const float *values, struct qs_meta8 *meta)
{
    for (uint64_t group = 0; group < meta->meta_groups; group++) {
        const float *at = values + group * META_GROUP;
        size_t count = (size_t)(meta->groups - group * META_GROUP);
        count = count < META_GROUP ? count : META_GROUP;
        float low = at[0];
        float high = at[0];
        for (size_t i = 1; i < count; i++) {
            low = fminf(low, at[i]);
            high = fmaxf(high, at[i]);
        }
        // 254 steps leave room for an offset rounded to an integer, so that no value is clipped; a step of at least
        // 1/2000 of the largest value keeps that integer where fp16 holds it exactly.
        float size = fmaxf(fabsf(low), fabsf(high));
        float scale = fp16_above(fmaxf(fmaxf((high - low) / 254, size / 2000), 0x1p-24f));
        if (!(scale <= 65504)) {
            return false;
        }
        float zero = -rintf(low / scale);
        meta->scale[group] = scale;
        meta->zero[group] = zero;
        for (size_t i = 0; i < count; i++) {
            float code = rintf(at[i] / scale) + zero;
            meta->codes[group * META_GROUP + i] = (uint8_t)fminf(fmaxf(code, 0), 255);
        }
    }
    return true;
}

static void meta8_decode(const struct qs_meta8 *meta, float *out)
{
    for (uint64_t i = 0; i < meta->groups; i++) {
        out[i] = ((float)meta->codes[i] - meta->zero[i / META_GROUP]) * meta->scale[i / META_GROUP];
    }
}

enum qs_status qs_quantized_meta8(struct qs_quantized *quantized, struct qs_error *err)
{
    if (quantized->kind == QS_QUANTIZER_NF4) {
        return qs_fail(err, QS_USAGE, "NF4 has no zeros; 8-bit scale and zero are for hqq and rtn");
    }
    if (quantized->scale8.codes) {
        return QS_OK;
    }
    enum qs_status status = QS_OK;
    struct qs_meta8 scale8 = {0};
    struct qs_meta8 zero8 = {0};
    if (!meta8_new(quantized->groups, &scale8) || !meta8_new(quantized->groups, &zero8)) {
        status = qs_fail_memory(err, "8-bit scales and zeros", (size_t)quantized->groups);
        goto out;
    }
    if (!meta8_encode(quantized->scale, &scale8) || !meta8_encode(quantized->zero, &zero8)) {
        status = qs_fail(err, QS_BAD_INPUT, "has a scale or zero beyond what 8 bits with an fp16 scale hold");
        goto out;
    }
    meta8_decode(&scale8, quantized->scale);
    meta8_decode(&zero8, quantized->zero);
    quantized->scale8 = scale8;
    quantized->zero8 = zero8;
    scale8 = (struct qs_meta8){0};
    zero8 = (struct qs_meta8){0};
out:
    meta8_free(&scale8);
    meta8_free(&zero8);
    return status;
}

void qs_dequantize(const struct qs_quantized *q, float *out)
{
    // codes: axis 1: (groups, group_size), axis 0: (group_size, groups)
    uint64_t width = q->axis == 1 ? q->rung.group_size : q->groups;
    for (uint64_t row = 0; row < q->rows * q->cols / width; row++) {
        const uint8_t *codes = q->codes + row * width;
        for (uint64_t col = 0; col < width; col++) {
            uint64_t group = q->axis == 1 ? row : col;
            out[row * width + col] = q->kind == QS_QUANTIZER_NF4
                                         ? qs_nf4_codebook[codes[col]] * q->scale[group]
                                         : ((float)codes[col] - q->zero[group]) * q->scale[group];
        }
    }
}
