// A session without a model: see fake_session.h.
#include "fake_session.h"

#include "session/planner.h"
#include "session/state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64, MODULE_BYTES = 8192, BINS = 256 };

// Plans are the real ones (session/plans.c, source.c) and look into the real struct; the made-up numbers stand behind
// it.
struct fake {
    struct qs_session session;
    struct fake_options options;
    struct qs_model_info info;
    char (*names)[NAME_BYTES];
    uint32_t scanned;
    struct qs_scan_options scan_options;
    uint64_t histogram[BINS];
    struct qs_scan_state scan;
    char failure[256];
};

static struct fake *fake_of(const struct qs_session *session)
{
    return (struct fake *)(uintptr_t)session; // session is its first member
}

// splitmix64 (Vigna), as a hash.
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

// In [0, 1), of a place in a table.
static double noise(uint64_t metric, uint32_t layer, uint32_t kind)
{
    return (double)(mix(metric << 40 ^ (uint64_t)kind << 20 ^ layer) >> 11) / 9007199254740992.0;
}

static void count_totals(struct qs_session *session)
{
    struct fake *fake = fake_of(session);
    uint64_t all = qs_model_info_module_count(&fake->info);
    uint64_t left = 0;
    for (uint32_t layer = fake->scanned; layer < fake->info.layers; layer++) {
        for (uint32_t kind = 0; kind < fake->info.kinds; kind++) {
            left += qs_model_info_module(&fake->info, layer, kind)->rows > 0;
        }
    }
    fake->scan.total = fake->scan.running || fake->scan.done ? fake->scan.total : left;
    fake->scan.finished = left == 0;
    fake->scan.bytes_total = all * MODULE_BYTES;
    fake->scan.bytes_done = (all - left) * MODULE_BYTES;
}

static void make_modules(struct qs_session *session)
{
    static const uint64_t shapes[7][2] = {{64, 64}, {32, 64}, {32, 64}, {64, 64}, {192, 64}, {192, 64}, {64, 192}};
    struct fake *fake = fake_of(session);
    struct qs_model_info *info = &fake->info;
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            struct qs_module_info *module = &info->modules[(size_t)layer * info->kinds + kind];
            module->rows = shapes[kind % 7][0];
            module->cols = shapes[kind % 7][1];
            module->bytes = module->rows * module->cols * 2;
            snprintf(module->dtype, sizeof module->dtype, "%s", layer % 8 == 7 ? "F16" : "BF16");
            if (fake->options.odd && layer == 2 && kind == 1) {
                *module = (struct qs_module_info){0};
            }
            info->module_params += module->rows * module->cols;
            info->bytes += module->bytes;
        }
    }
    info->params = info->module_params + 4096;
}

struct qs_session *fake_session_new(const struct fake_options *options)
{
    static const char *const llama[7] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                         "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                         "mlp.down_proj"};
    struct fake *fake = calloc(1, sizeof *fake);
    if (!fake) {
        return NULL;
    }
    struct qs_session *session = &fake->session;
    fake->options = *options;
    session->detect = qs_detect_defaults;
    session->config = (struct qs_config){QS_QUANTIZER_HQQ, 1, {4, 64}};
    fake->scan_options = (struct qs_scan_options){
        .quantizers = 1u << QS_QUANTIZER_HQQ | 1u << QS_QUANTIZER_RTN,
        .parameters = qs_quantizer_defaults,
        .ladder = qs_ladder_hqq,
    };
    // A triangle of weights, with one outlier at either end.
    for (uint32_t bin = 0; bin < BINS; bin++) {
        uint32_t far = bin < BINS / 2 ? BINS / 2 - 1 - bin : bin - BINS / 2;
        fake->histogram[bin] = far < 60 ? (uint64_t)(60 - far) * 8 : far == BINS / 2 - 1;
    }
    session->revision = 1;
    fake->scanned = options->scanned < options->layers ? options->scanned : options->layers;
    uint32_t kinds = options->kinds;
    fake->names = calloc(kinds ? kinds : 1, sizeof *fake->names);
    const char **pointers = calloc(kinds ? kinds : 1, sizeof *pointers);
    enum qs_status status = fake->names && pointers ? QS_OK : QS_FAILED;
    for (uint32_t kind = 0; status == QS_OK && kind < kinds; kind++) {
        if (kind < 7) {
            snprintf(fake->names[kind], NAME_BYTES, "%s", llama[kind]);
        } else {
            snprintf(fake->names[kind], NAME_BYTES, "mlp.experts.%u.%s", (kind - 7) / 3,
                     (kind - 7) % 3 == 0 ? "gate_proj" : (kind - 7) % 3 == 1 ? "up_proj" : "down_proj");
        }
        if (options->odd && kind == 6) {
            snprintf(fake->names[kind], NAME_BYTES, "mlp.\u5c42\u00e9\x01_proj");
        }
        pointers[kind] = fake->names[kind];
    }
    if (status == QS_OK) {
        status = qs_model_info_init(&fake->info, options->layers, kinds, pointers, NULL);
    }
    free(pointers);
    if (status == QS_OK) {
        free(fake->info.name);
        free(fake->info.architecture);
        free(fake->info.format);
        fake->info.name = strdup("made-up-126");
        fake->info.architecture = strdup("LlamaForCausalLM");
        fake->info.format = strdup("safetensors");
        snprintf(fake->info.fingerprint, sizeof fake->info.fingerprint, "0123456789abcdef0123456789abcdef");
    }
    if (status != QS_OK || !fake->info.name || !fake->info.architecture || !fake->info.format) {
        fake_session_free(session);
        return NULL;
    }
    make_modules(session);
    count_totals(session);
    session->info = &fake->info;
    session->planner = qs_planner_new((size_t)options->layers * options->kinds);
    if (!session->planner) {
        fake_session_free(session);
        return NULL;
    }
    return session;
}

void fake_session_free(struct qs_session *session)
{
    struct fake *fake = fake_of(session);
    if (session) {
        qs_planner_free(session->planner);
        qs_model_info_free(&fake->info);
        free(fake->names);
        free(fake_of(session));
    }
}

void fake_session_break_scan(struct qs_session *session, const char *text)
{
    struct fake *fake = fake_of(session);
    snprintf(fake->failure, sizeof fake->failure, "%s", text);
}

const struct qs_model_info *qs_session_info(const struct qs_session *session)
{
    return &fake_of(session)->info;
}

const char *qs_session_model_path(const struct qs_session *session)
{
    return fake_of(session)->options.cache_only ? "" : "/models/made-up";
}

const char *qs_session_cache_path(const struct qs_session *session)
{
    (void)session;
    return "/models/made-up/quantscope.h5";
}

const char *qs_session_log(const struct qs_session *session)
{
    return fake_of(session)->options.warnings ? "/models/made-up/extra.safetensors: not in the index: skipped\n"
                                       "layer 3 self_attn.k_proj: 3 weights are NaN: left out of every statistic\n"
                                     : "";
}

bool qs_session_scanned(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    struct fake *fake = fake_of(session);
    return layer < fake->scanned && qs_model_info_module(&fake->info, layer, kind)->rows > 0;
}

bool qs_session_has_metric(const struct qs_session *session, const struct qs_metric *metric)
{
    struct fake *fake = fake_of(session);
    return fake->scanned > 0 && metric->data == QS_DATA_NONE && (!metric->per_config || fake->options.errors);
}

bool qs_session_has_metric_at(const struct qs_session *session, const struct qs_metric *metric,
                              const struct qs_config *config)
{
    return metric->per_config && metric->data == QS_DATA_NONE && qs_session_has_config(session, config);
}

const char *qs_session_dataset(const struct qs_session *session, const struct qs_metric *metric)
{
    (void)session;
    (void)metric;
    return "";
}

const struct qs_config *qs_session_config(const struct qs_session *session)
{
    return &session->config;
}

void qs_session_set_config(struct qs_session *session, const struct qs_config *config)
{
    session->config = *config;
    session->revision++;
}

// The paper's rungs by HQQ and RTN on both axes, NF4 at b4g64 on axis 1.
const char *qs_session_refusal(const struct qs_session *session, const struct qs_config *config, uint32_t layer,
                               uint32_t kind)
{
    struct fake *fake = fake_of(session);
    bool refused = fake->options.odd && layer == 3 && kind == 1 && fake->scanned > layer;
    return refused && qs_session_has_config(session, config) ? "not finite, or 2^57 and more" : NULL;
}

bool qs_session_has_config(const struct qs_session *session, const struct qs_config *config)
{
    struct fake *fake = fake_of(session);
    bool nf4 = config->axis == 1 && config->rung.bits == 4 && config->rung.group_size == 64;
    return fake->options.errors && fake->scanned > 0 &&
           (config->quantizer == QS_QUANTIZER_NF4 ? nf4 : qs_ladder_find(&qs_ladder_hqq, config->rung) >= 0);
}

void qs_session_rungs(const struct qs_session *session, enum qs_quantizer_kind quantizer, uint32_t axis,
                      struct qs_ladder *out)
{
    out->count = 0;
    for (size_t i = 0; i < qs_ladder_hqq.count; i++) {
        struct qs_config config = {quantizer, axis, qs_ladder_hqq.rungs[i]};
        if (qs_session_has_config(session, &config)) {
            out->rungs[out->count++] = config.rung;
        }
    }
}

void qs_session_metric_rungs(const struct qs_session *session, const struct qs_metric *metric,
                             enum qs_quantizer_kind quantizer, uint32_t axis, struct qs_ladder *out)
{
    out->count = 0;
    if (metric->data == QS_DATA_NONE) {
        qs_session_rungs(session, quantizer, axis, out);
    }
}

const struct qs_scan_options *qs_session_scan_options(const struct qs_session *session)
{
    return &fake_of(session)->scan_options;
}

enum qs_status qs_session_set_scan_options(struct qs_session *session, const struct qs_scan_options *options,
                                           struct qs_error *err)
{
    (void)err;
    fake_of(session)->scan_options = *options;
    return QS_OK;
}

// A level per kind, a slow rise, some noise, and a few layers that stand out.
static double smooth(uint64_t metric, uint32_t layers, uint32_t layer, uint32_t kind)
{
    double at = layers > 1 ? (double)layer / (layers - 1) : 0;
    double value = (3 + (double)(kind % 7)) * (1 + 0.5 * at * at) + 0.3 * noise(metric, layer, kind);
    if (mix(kind * 1000003u + metric) % layers == layer || (kind == 6 && layer == 1)) {
        value += 20 + 10 * noise(metric + 1, layer, kind);
    }
    return value;
}

// Each bit more halves an error, larger groups and RTN make it larger, as they do in life.
static double made_up_error(const struct qs_session *session, const char *name, const struct qs_config *config,
                            uint32_t layer, uint32_t kind)
{
    double error = smooth(77, fake_of(session)->info.layers, layer, kind) * pow(2, -(double)config->rung.bits) *
                   sqrt(1 + log2(config->rung.group_size)) / 8;
    error *= config->quantizer == QS_QUANTIZER_RTN   ? 1.15 + 0.1 * noise(5, layer, kind)
             : config->quantizer == QS_QUANTIZER_NF4 ? 0.9 + 0.1 * noise(6, layer, kind)
                                                     : 1;
    error *= config->axis == 0 ? 1.05 : 1;
    return strcmp(name, "snr") == 0       ? 20 - 20 * log10(error)
           : strcmp(name, "fnorm") == 0   ? error
           : strcmp(name, "max_abs") == 0 ? error / 50
           : strcmp(name, "steps") == 0   ? floor(3 + 10 * noise(9, layer, kind))
                                          : error / 500;
}

double qs_session_value(const struct qs_session *session, const struct qs_metric *metric, uint32_t layer, uint32_t kind)
{
    struct fake *fake = fake_of(session);
    if (!qs_session_scanned(session, layer, kind)) {
        return NAN;
    }
    const struct qs_module_info *module = qs_model_info_module(&fake->info, layer, kind);
    bool odd = fake->options.odd;
    if (strcmp(metric->name, "count") == 0) {
        return (double)(module->rows * module->cols);
    }
    if (metric->per_config) {
        return qs_session_value_at(session, metric, &session->config, layer, kind);
    }
    if (metric->integer) {
        bool nan = strcmp(metric->name, "nan_count") == 0 && odd && layer == 3 && kind == 1;
        bool inf = strcmp(metric->name, "inf_count") == 0 && odd && layer == 4 && kind == 0;
        return nan ? 3 : inf ? 1 : 0;
    }
    if (odd && layer == 5 && kind == 2 && strcmp(metric->name, "kurtosis") == 0) {
        return NAN; // of a constant
    }
    uint64_t hash = 0;
    for (const char *p = metric->name; *p; p++) {
        hash = mix(hash ^ (unsigned char)*p);
    }
    double value = smooth(hash & 0xffff, fake->info.layers, layer, kind);
    if (strcmp(metric->name, "mean") == 0 || strcmp(metric->name, "skewness") == 0) {
        return (value - 8) * 1e-5;
    }
    return strcmp(metric->name, "kurtosis") == 0 ? value : strcmp(metric->name, "min") == 0 ? -value / 10 : value / 100;
}

double qs_session_value_at(const struct qs_session *session, const struct qs_metric *metric,
                           const struct qs_config *config, uint32_t layer, uint32_t kind)
{
    config = config ? config : &session->config;
    if (!metric->per_config) {
        return qs_session_value(session, metric, layer, kind);
    }
    return qs_session_scanned(session, layer, kind) && qs_session_has_metric_at(session, metric, config) &&
                   !qs_session_refusal(session, config, layer, kind)
               ? made_up_error(session, metric->name, config, layer, kind)
               : NAN;
}

void qs_session_curve_at(const struct qs_session *session, const struct qs_metric *metric,
                         const struct qs_config *config, uint32_t kind, double *out)
{
    for (uint32_t layer = 0; layer < fake_of(session)->info.layers; layer++) {
        out[layer] = qs_session_value_at(session, metric, config, layer, kind);
    }
}

const uint64_t *qs_session_histogram(const struct qs_session *session, uint32_t layer, uint32_t kind)
{
    return qs_session_scanned(session, layer, kind) ? fake_of(session)->histogram : NULL;
}

void qs_session_curve(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind, double *out)
{
    for (uint32_t layer = 0; layer < fake_of(session)->info.layers; layer++) {
        out[layer] = qs_session_value(session, metric, layer, kind);
    }
}

const struct qs_detect_params *qs_session_detect_params(const struct qs_session *session)
{
    return &session->detect;
}

enum qs_status qs_session_set_detect_params(struct qs_session *session, const struct qs_detect_params *params,
                                            struct qs_error *err)
{
    static const double nothing[1] = {0};
    struct qs_detection detection;
    enum qs_status status = qs_detect(nothing, 1, params, &detection, err); // checks the ranges
    if (status == QS_OK) {
        qs_detection_free(&detection);
        session->detect = *params;
        session->revision++;
    }
    return status;
}

enum qs_status qs_session_detect(const struct qs_session *session, const struct qs_metric *metric, uint32_t kind,
                                 struct qs_detection *out, struct qs_error *err)
{
    struct fake *fake = fake_of(session);
    struct qs_detect_params params = session->detect;
    params.difference = metric->difference;
    double *curve = calloc(fake->info.layers ? fake->info.layers : 1, sizeof *curve);
    if (!curve) {
        return qs_fail_memory(err, "a curve", fake->info.layers * sizeof *curve);
    }
    qs_session_curve(session, metric, kind, curve);
    enum qs_status status = qs_detect(curve, fake->info.layers, &params, out, err);
    free(curve);
    return status;
}

uint64_t qs_session_revision(const struct qs_session *session)
{
    return session->revision;
}

const struct qs_scan_state *qs_session_scan(const struct qs_session *session)
{
    return &fake_of(session)->scan;
}

enum qs_status qs_session_scan_start(struct qs_session *session, struct qs_error *err)
{
    struct fake *fake = fake_of(session);
    if (fake->options.cache_only) {
        return qs_fail(err, QS_USAGE, "only a cache is open: name the model to scan it");
    }
    fake->scan.error = (struct qs_error){0};
    if (!fake->scan.running && !fake->scan.finished) {
        fake->scan.running = true;
        fake->scan.done = 0;
        fake->scan.seconds = 0;
    }
    return QS_OK;
}

void qs_session_scan_stop(struct qs_session *session)
{
    struct fake *fake = fake_of(session);
    fake->options.layers_a_poll = 0;
    fake->scan.running = false;
}

bool qs_session_poll(struct qs_session *session, int max_wait_ms)
{
    struct fake *fake = fake_of(session);
    (void)max_wait_ms;
    if (!fake->scan.running) {
        return false;
    }
    fake->scan.seconds += 0.5;
    if (fake->failure[0]) {
        qs_fail(&fake->scan.error, QS_FAILED, "%s", fake->failure);
        fake->scan.running = false;
        return true;
    }
    uint32_t before = fake->scanned;
    uint32_t left = fake->info.layers - before;
    fake->scanned += left < fake->options.layers_a_poll ? left : fake->options.layers_a_poll;
    fake->scan.done += (uint64_t)(fake->scanned - before) * fake->info.kinds;
    uint64_t left_modules = (uint64_t)(fake->info.layers - fake->scanned) * fake->info.kinds;
    fake->scan.total = fake->scan.done + left_modules;
    snprintf(fake->scan.what, sizeof fake->scan.what, "layer %u", fake->scanned ? fake->scanned - 1 : 0);
    count_totals(session);
    if (fake->scan.finished) {
        fake->scan.running = false;
    }
    session->revision += fake->scanned != before;
    session->data = session->revision;
    return fake->scanned != before || !fake->scan.running;
}
