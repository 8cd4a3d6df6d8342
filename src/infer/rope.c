// Rotary embeddings: see rope.h.
#include "infer/rope.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

enum { KEY_MAX = 96 };

// Where the scaling stands, and under which names.
struct place {
    const struct qs_config *config;
    const char *object; // "rope_scaling", "rope_parameters" or ".rope.scaling"
};

static const char *key_of(const struct place *place, const char *name, char out[static KEY_MAX])
{
    snprintf(out, KEY_MAX, "%s.%s", place->object, name);
    return out;
}

static enum qs_status read_real(const struct place *place, const char *name, double min, double max, double *inout,
                                struct qs_error *err)
{
    char key[KEY_MAX];
    return qs_config_real(place->config, key_of(place, name, key), min, max, inout, err);
}

static enum qs_status read_needed(const struct place *place, const char *name, double min, double max, double *out,
                                  struct qs_error *err)
{
    char key[KEY_MAX];
    *out = -1;
    enum qs_status status = read_real(place, name, min, max, out, err);
    if (status == QS_OK && *out < 0) {
        status = qs_config_fail(place->config, key_of(place, name, key), err, "is missing, which this scaling needs");
    }
    return status;
}

static double yarn_scale(double factor, double weight)
{
    return factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1;
}

static enum qs_status read_llama3(const struct place *place, struct qs_rope *rope, struct qs_error *err)
{
    char key[KEY_MAX];
    enum qs_status status = read_needed(place, "low_freq_factor", 1e-6, 1e6, &rope->low_freq_factor, err);
    if (status == QS_OK) {
        status = read_needed(place, "high_freq_factor", 1e-6, 1e6, &rope->high_freq_factor, err);
    }
    if (status == QS_OK) {
        status = read_needed(place, "original_max_position_embeddings", 1, 1e12, &rope->original, err);
    }
    if (status == QS_OK && rope->high_freq_factor <= rope->low_freq_factor) {
        status = qs_config_fail(place->config, key_of(place, "high_freq_factor", key), err,
                                "%g is not above low_freq_factor, %g", rope->high_freq_factor, rope->low_freq_factor);
    }
    return status;
}

static enum qs_status read_yarn(const struct place *place, uint64_t context, struct qs_rope *rope,
                                struct qs_error *err)
{
    bool gguf = place->config->keys != NULL;
    char key[KEY_MAX];
    double given = 0;       // attention factor
    double mscale[2] = {0}; // mscale, mscale_all_dim
    double extrapolation = 1;
    rope->original = (double)context;
    rope->beta_fast = 32;
    rope->beta_slow = 1;
    rope->truncate = true;
    enum qs_status status = read_real(
        place, gguf ? "original_context_length" : "original_max_position_embeddings", 1, 1e12, &rope->original, err);
    if (status == QS_OK) {
        status = read_real(place, gguf ? "yarn_beta_fast" : "beta_fast", 1e-6, 1e6, &rope->beta_fast, err);
    }
    if (status == QS_OK) {
        status = read_real(place, gguf ? "yarn_beta_slow" : "beta_slow", 1e-6, 1e6, &rope->beta_slow, err);
    }
    if (status == QS_OK) {
        status = read_real(place, gguf ? "attn_factor" : "attention_factor", 1e-6, 1e6, &given, err);
    }
    if (status == QS_OK && gguf) {
        status = read_real(place, "yarn_ext_factor", 1, 1, &extrapolation, err);
    }
    for (size_t i = 0; i < 2 && !gguf && status == QS_OK; i++) {
        status = read_real(place, i ? "mscale_all_dim" : "mscale", 0, 1e6, &mscale[i], err);
    }
    if (status == QS_OK && !gguf) {
        status = qs_config_flag(place->config, key_of(place, "truncate", key), &rope->truncate, err);
    }
    if (status == QS_OK && rope->original < 1) {
        status = qs_config_fail(place->config, place->object, err, "yarn: neither its original positions nor the "
                                "model's are said");
    }
    double own = yarn_scale(rope->factor, 1);
    if (mscale[0] > 0 && mscale[1] > 0) {
        own = yarn_scale(rope->factor, mscale[0]) / yarn_scale(rope->factor, mscale[1]);
    }
    // What is given: llama.cpp multiplies with it, transformers takes it instead.
    rope->attention_factor = given <= 0 ? own : gguf ? given * own : given;
    return status;
}

// The scaling's name, "default" where there is none.
static enum qs_status read_type(struct place *place, char type[static QS_CONFIG_TEXT_MAX], struct qs_error *err)
{
    struct qs_config_value value;
    char key[KEY_MAX];
    enum qs_status status = QS_OK;
    snprintf(type, QS_CONFIG_TEXT_MAX, "default");
    if (place->config->keys) {
        place->object = ".rope.scaling";
        return qs_config_text(place->config, key_of(place, "type", key), type, err);
    }
    place->object = qs_config_find(place->config, "rope_scaling", &value) ? "rope_scaling" : "rope_parameters";
    if (!qs_config_find(place->config, place->object, &value)) {
        return QS_OK;
    }
    if (value.type != QS_CONFIG_OTHER) {
        return qs_config_fail(place->config, place->object, err, "is no object");
    }
    status = qs_config_text(place->config, key_of(place, "type", key), type, err);
    return status == QS_OK ? qs_config_text(place->config, key_of(place, "rope_type", key), type, err) : status;
}

enum qs_status qs_rope_read(const struct qs_config *config, uint64_t context, struct qs_rope *out,
                            struct qs_error *err)
{
    struct place place = {.config = config};
    char type[QS_CONFIG_TEXT_MAX];
    struct qs_rope rope = {.theta = 10000, .factor = 1, .attention_factor = 1};
    enum qs_status status = read_type(&place, type, err);
    if (status == QS_OK) {
        status = qs_config_real(config, config->keys ? ".rope.freq_base" : "rope_theta", 1.000001, 1e15, &rope.theta,
                                err);
    }
    if (status == QS_OK && !config->keys) {
        status = qs_config_real(config, "rope_parameters.rope_theta", 1.000001, 1e15, &rope.theta, err);
    }
    if (status != QS_OK) {
        return status;
    }
    if (strcmp(type, "linear") == 0) {
        rope.kind = QS_ROPE_LINEAR;
    } else if (strcmp(type, "llama3") == 0 && !config->keys) {
        rope.kind = QS_ROPE_LLAMA3;
    } else if (strcmp(type, "yarn") == 0) {
        rope.kind = QS_ROPE_YARN;
    } else if (strcmp(type, "default") != 0 && strcmp(type, "none") != 0) {
        char key[KEY_MAX];
        return qs_config_fail(config, key_of(&place, "type", key), err, "%s: only default, linear, llama3 and yarn "
                              "scalings can be run", type);
    } else if (config->keys) {
        // Files older than rope.scaling.type say no more than this.
        status = qs_config_real(config, ".rope.scale_linear", 1e-6, 1e6, &rope.factor, err);
        rope.kind = rope.factor != 1 ? QS_ROPE_LINEAR : QS_ROPE_DEFAULT;
        *out = rope;
        return status;
    }
    if (rope.kind != QS_ROPE_DEFAULT) {
        status = read_needed(&place, "factor", 1, 1e6, &rope.factor, err);
    }
    if (status == QS_OK && rope.kind == QS_ROPE_LLAMA3) {
        status = read_llama3(&place, &rope, err);
    } else if (status == QS_OK && rope.kind == QS_ROPE_YARN) {
        status = read_yarn(&place, context, &rope, err);
    }
    if (status == QS_OK) {
        *out = rope;
    }
    return status;
}

// The dimension that turns `turns` times within the original positions.
static double yarn_dimension(const struct qs_rope *rope, double turns, double head_dim)
{
    return head_dim * log(rope->original / (turns * 2 * pi)) / (2 * log(rope->theta));
}

static void scale_yarn(const struct qs_rope *rope, size_t head_dim, double *frequencies)
{
    double low = yarn_dimension(rope, rope->beta_fast, (double)head_dim);
    double high = yarn_dimension(rope, rope->beta_slow, (double)head_dim);
    low = fmax(rope->truncate ? floor(low) : low, 0);
    high = fmin(rope->truncate ? ceil(high) : high, (double)head_dim - 1);
    double width = high == low ? 0.001 : high - low;
    for (size_t i = 0; i < head_dim / 2; i++) {
        double ramp = fmin(fmax(((double)i - low) / width, 0), 1);
        frequencies[i] = frequencies[i] / rope->factor * ramp + frequencies[i] * (1 - ramp);
    }
}

static double scaled_llama3(const struct qs_rope *rope, double frequency)
{
    double turns = rope->original * frequency / (2 * pi); // original/wavelength
    if (turns < rope->low_freq_factor) {
        return frequency / rope->factor;
    }
    if (turns > rope->high_freq_factor) {
        return frequency;
    }
    double smooth = (turns - rope->low_freq_factor) / (rope->high_freq_factor - rope->low_freq_factor);
    return (1 - smooth) * frequency / rope->factor + smooth * frequency;
}

void qs_rope_frequencies(const struct qs_rope *rope, size_t head_dim, double *out)
{
    for (size_t i = 0; i < head_dim / 2; i++) {
        double frequency = pow(rope->theta, -2.0 * (double)i / (double)head_dim);
        out[i] = rope->kind == QS_ROPE_LINEAR   ? frequency / rope->factor
                 : rope->kind == QS_ROPE_LLAMA3 ? scaled_llama3(rope, frequency)
                                                : frequency;
    }
    if (rope->kind == QS_ROPE_YARN) {
        scale_yarn(rope, head_dim, out);
    }
}

void qs_rope_table(const double *frequencies, size_t half, double attention_factor, size_t first, size_t count,
                   float *cosines, float *sines)
{
    for (size_t row = 0; row < count; row++) {
        for (size_t i = 0; i < half; i++) {
            double angle = (double)(first + row) * frequencies[i];
            cosines[row * half + i] = (float)(cos(angle) * attention_factor);
            sines[row * half + i] = (float)(sin(angle) * attention_factor);
        }
    }
}
