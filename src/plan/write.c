// Writing plans: see file.h. Written by hand, so that a module takes a line and nothing else of the layout is left to a
// library; strings are escaped here.
#include "plan/file.h"

#include <stdio.h>
#include <stdlib.h>

// What is no UTF-8, as the names of files and of GGUF's tensors may be, becomes U+FFFD: JSON has nothing else.
static void add_string(struct qs_text *out, const char *string)
{
    qs_text_add(out, "\"");
    for (const char *p = string; *p;) {
        unsigned c = qs_text_next(&p);
        if (c == '"' || c == '\\') {
            qs_text_addf(out, "\\%c", (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            qs_text_addf(out, "\\u%04x", c);
        } else {
            char utf8[4];
            qs_text_add_bytes(out, utf8, qs_codepoint_encode(c, utf8));
        }
    }
    qs_text_add(out, "\"");
}

static void add_real(struct qs_text *out, double value)
{
    char text[QS_NUMBER_MAX];
    qs_text_add(out, qs_format_shortest(value, text));
}

static void add_param(struct qs_text *out, const struct qs_plan_params *params, enum qs_plan_param param)
{
    char text[QS_PLAN_PARAM_TEXT_MAX];
    const struct qs_plan_param_info *info = qs_plan_param_info(param);
    qs_text_addf(out, "%s\"%s\": ", param == QS_PLAN_METHOD ? "" : ", ", info->name);
    qs_plan_param_text(params, param, text);
    switch (info->type) {
    case QS_PLAN_TEXT:
        add_string(out, text);
        break;
    case QS_PLAN_FLAG:
        qs_text_add(out, params->neutral ? "true" : "false");
        break;
    case QS_PLAN_WHOLE:
    case QS_PLAN_REAL:
        qs_text_add(out, text);
        break;
    }
}

void qs_plan_write_method(const struct qs_plan_params *params, struct qs_text *out)
{
    qs_text_add(out, "{");
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        if (qs_plan_param_used(params->method, (enum qs_plan_param)i)) {
            add_param(out, params, (enum qs_plan_param)i);
        }
    }
    qs_text_add(out, "}");
}

static void add_model(const struct qs_plan *plan, struct qs_text *out)
{
    qs_text_add(out, "  \"model\": {\"name\": ");
    add_string(out, plan->model.name);
    qs_text_add(out, ", \"architecture\": ");
    add_string(out, plan->model.architecture);
    qs_text_addf(out, ", \"layers\": %u, \"fingerprint\": ", plan->model.layers);
    add_string(out, plan->model.fingerprint);
    qs_text_addf(out, ", \"quantizable_params\": %llu},\n", (unsigned long long)qs_modules_params(&plan->model));
}

static void add_ladder(const struct qs_plan *plan, struct qs_text *out)
{
    qs_text_add(out, "  \"ladder\": [");
    for (size_t i = 0; i < plan->ladder.count; i++) {
        char name[QS_RUNG_NAME_MAX];
        qs_text_addf(out, "%s\"%s\"", i ? ", " : "", qs_rung_name(plan->ladder.rungs[i], name));
    }
    qs_text_addf(out, "],\n  \"quantizer\": \"%s\",\n  \"storage\": \"%s\",\n", qs_quantizer_name(plan->quantizer),
                 qs_storage_name(plan->storage));
}

static void add_module(const struct qs_plan *plan, uint32_t layer, uint32_t kind, struct qs_text *out)
{
    const struct qs_plan_cell *cell = qs_plan_cell(plan, layer, kind);
    const struct qs_module_info *module = qs_model_info_module(&plan->model, layer, kind);
    char rung[QS_RUNG_NAME_MAX];
    qs_text_addf(out, "    {\"layer\": %u, \"module\": ", layer);
    add_string(out, plan->model.kind_names[kind]);
    if (plan->model.format[0]) {
        qs_text_addf(out, ", \"shape\": [%llu, %llu]", (unsigned long long)module->rows,
                     (unsigned long long)module->cols);
    } else {
        qs_text_addf(out, ", \"params\": %llu", (unsigned long long)(module->rows * module->cols));
    }
    qs_text_addf(out, ", \"rung\": \"%s\", \"axis\": %u, \"boosted\": %s%s}",
                 qs_rung_name(plan->ladder.rungs[cell->rung], rung), cell->axis, cell->boosted ? "true" : "false",
                 cell->locked ? ", \"locked\": true" : "");
}

static bool is_there(const struct qs_plan *plan, uint32_t layer, uint32_t kind)
{
    return qs_plan_cell(plan, layer, kind)->rung != QS_PLAN_NO_RUNG;
}

// The kinds in the order in which a reader meets them: those of layer 0 in model order, then what layer 1 adds. So a
// plan whose layers differ in their kinds is written the same again after it was read. Returns how many there are.
// met: [kinds], all false.
static uint32_t order_kinds(const struct qs_plan *plan, bool *met, uint32_t *out)
{
    const struct qs_model_info *model = &plan->model;
    uint32_t count = 0;
    for (uint32_t layer = 0; layer < model->layers && count < model->kinds; layer++) {
        for (uint32_t kind = 0; kind < model->kinds; kind++) {
            if (!met[kind] && is_there(plan, layer, kind)) {
                met[kind] = true;
                out[count++] = kind;
            }
        }
    }
    return count;
}

static void add_modules(const struct qs_plan *plan, struct qs_text *out)
{
    uint32_t *kinds = calloc((size_t)plan->model.kinds + 1, sizeof *kinds);
    bool *met = calloc((size_t)plan->model.kinds + 1, sizeof *met);
    uint32_t count = 0;
    if (kinds && met) {
        count = order_kinds(plan, met, kinds);
    } else {
        out->failed = true;
    }
    const char *separator = "\n";
    for (uint32_t layer = 0; count > 0 && layer < plan->model.layers; layer++) {
        for (uint32_t i = 0; i < count; i++) {
            if (is_there(plan, layer, kinds[i])) {
                qs_text_add(out, separator);
                add_module(plan, layer, kinds[i], out);
                separator = ",\n";
            }
        }
    }
    free(met);
    free(kinds);
}

void qs_plan_write(const struct qs_plan *plan, struct qs_text *out)
{
    struct qs_plan_totals totals;
    qs_plan_totals(plan, &totals);
    qs_text_addf(out, "{\n  \"quantscope_plan\": %d,\n", QS_PLAN_VERSION);
    add_model(plan, out);
    add_ladder(plan, out);
    qs_text_add(out, "  \"method\": ");
    qs_plan_write_method(&plan->params, out);
    qs_text_add(out, ",\n  \"modules\": [");
    add_modules(plan, out);
    qs_text_add(out, "\n  ],\n  \"totals\": {\"bits_per_weight\": ");
    add_real(out, totals.bits_per_weight);
    qs_text_addf(out, ", \"bytes\": %llu, \"base_bytes\": %llu}\n}\n", (unsigned long long)totals.bytes,
                 (unsigned long long)totals.base_bytes);
}

void qs_plan_write_csv(const struct qs_plan *plan, struct qs_text *out)
{
    qs_text_add(out, "layer,module,nbits,group_size,memmb\n");
    for (uint32_t layer = 0; layer < plan->model.layers; layer++) {
        for (uint32_t kind = 0; kind < plan->model.kinds; kind++) {
            if (qs_plan_cell(plan, layer, kind)->rung == QS_PLAN_NO_RUNG) {
                continue;
            }
            struct qs_rung rung = qs_plan_rung(plan, layer, kind);
            double units =
                (double)qs_module_params(&plan->model, layer, kind) * (double)qs_rung_units(rung, plan->storage);
            const char *name = plan->model.kind_names[kind];
            bool quoted = false;
            for (const char *p = name; *p; p++) {
                quoted = quoted || *p == ',' || *p == '"' || *p == '\n' || *p == '\r';
            }
            qs_text_addf(out, "%u,", layer);
            for (const char *p = name; quoted && *p; p++) {
                qs_text_addf(out, "%s%s", p == name ? "\"" : "", *p == '"' ? "\"\"" : (char[]){*p, '\0'});
            }
            qs_text_addf(out, "%s,%u,%u,", quoted ? "\"" : name, rung.bits, rung.group_size);
            add_real(out, units / QS_UNITS_PER_BYTE / 0x1p20);
            qs_text_add(out, "\n");
        }
    }
}
