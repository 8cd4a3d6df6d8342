// The table of options: see options.h.
#include "cli/options.h"

#include "base/pool.h"
#include "plan/method.h"
#include "session/session.h"
#include "tui/ui.h"

#define AT(member) offsetof(struct qs_arguments, member)
#define NAMES(...) (const char *const[]){__VA_ARGS__, NULL}

static const char *metric_name(size_t index)
{
    if (index < qs_metric_count()) {
        return qs_metric_at(index)->name;
    }
    return index == qs_metric_count() ? "all" : NULL;
}

static const char *view_name(size_t index)
{
    return qs_ui_view_name(index);
}

static const char *quantizer_name(size_t index)
{
    return index < QS_QUANTIZER_COUNT ? qs_quantizer_name((enum qs_quantizer_kind)index) : NULL;
}

static const char *method_name(size_t index)
{
    return index < QS_METHOD_COUNT ? qs_method_name((enum qs_method)index) : NULL;
}

static const char *objective_name(size_t index)
{
    return index < QS_OBJECTIVE_COUNT ? qs_objective_name((enum qs_objective)index) : NULL;
}

static const char *rung_name(size_t index)
{
    static char name[QS_RUNG_NAME_MAX];
    return index < qs_ladder_hqq.count ? qs_rung_name(qs_ladder_hqq.rungs[index], name) : NULL;
}

static const struct qs_option option_table[QS_OPTION_COUNT] = {
    [QS_OPTION_OUTPUT] = {.name = "output", .letter = 'o', .value = "CACHE", .type = QS_VALUE_FILE,
        .offset = AT(output),
        .about = "the cache to make or extend (default: the model's own, see FILES in the manual; import needs one)"},
    [QS_OPTION_NO_ERROR] = {.name = "no-error", .type = QS_VALUE_NONE, .offset = AT(no_error),
        .about = "leave quantization errors out: weight statistics only"},
    [QS_OPTION_LADDER] = {.name = "ladder", .value = "LADDER", .type = QS_VALUE_TEXT, .offset = AT(ladder),
        .about = "the rungs: hqq, the paper's twelve (default), or a list such as b3g64,b4g64; bits 1 2 3 "
                 "4 5 6 8, groups of 16 32 64 128 256"},
    [QS_OPTION_ITERS] = {.name = "iters", .value = "N", .type = QS_VALUE_COUNT, .offset = AT(iters),
        .max = QS_TILE_STEPS_MAX, .about = "HQQ's steps at most (default 20)"},
    [QS_OPTION_LP_NORM] = {.name = "lp-norm", .value = "P", .type = QS_VALUE_REAL, .offset = AT(lp_norm),
        .about = "the norm that HQQ minimises, above 0 and at most 1 (default 0.7)"},
    [QS_OPTION_BETA_GROWTH] = {.name = "beta-growth", .value = "FACTOR", .type = QS_VALUE_REAL,
        .offset = AT(beta_growth),
        .about = "what HQQ's beta, 10 at first, is multiplied by after each step, 1 to 2 (default 1; the paper's fork: "
                 "1.01)"},
    [QS_OPTION_TENSORS] = {.name = "tensors", .type = QS_VALUE_NONE, .offset = AT(tensors),
        .about = "list every tensor (csv and json always do)"},
    [QS_OPTION_TEXT] = {.name = "text", .value = "FILE", .type = QS_VALUE_FILE, .offset = AT(text),
        .about = "the text to read; - is standard input"},
    [QS_OPTION_NO_BOS] = {.name = "no-bos", .type = QS_VALUE_NONE, .offset = AT(no_bos),
        .about = "leave out the token that texts of this model begin with"},
    [QS_OPTION_PARSE_SPECIAL] = {.name = "parse-special", .type = QS_VALUE_NONE, .offset = AT(parse_special),
        .about = "take control tokens that are spelled out in the text for these tokens (default: plain text)"},
    [QS_OPTION_METRIC] = {.name = "metric", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(metric),
        .name_at = metric_name,
        .about = "the metric (default kurtosis, of sensiboost and mxq-sensi sensitivity); show takes several, "
                 "separated by commas, or all"},
    [QS_OPTION_MODULE] = {.name = "module", .value = "KIND", .type = QS_VALUE_TEXT, .offset = AT(module),
        .about = "only modules of this kind, such as q_proj"},
    [QS_OPTION_CONFIG] = {.name = "config", .value = "RUNG", .type = QS_VALUE_TEXT, .offset = AT(config),
        .about = "the rung that errors are of: bits and group size (default b4g64); show takes several, separated by "
                 "commas, or all"},
    [QS_OPTION_QUANTIZER] = {.name = "quantizer", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(quantizer),
        .name_at = quantizer_name,
        .about = "the quantizer that errors are of: hqq (default), rtn or nf4; scan takes several, separated by "
                 "commas"},
    [QS_OPTION_AXIS] = {.name = "axis", .value = "AXIS", .type = QS_VALUE_COUNT, .offset = AT(axis), .max = 1,
        .about = "how groups run: 1, along rows (default), or 0, down columns, as in the paper's runs and imported "
                 "metrics, which are found without it"},
    [QS_OPTION_Z] = {.name = "z", .value = "Z", .type = QS_VALUE_REAL, .offset = AT(z),
        .about = "how many standard deviations a difference must lie off the mean (default 3)"},
    [QS_OPTION_TRIM] = {.name = "trim", .value = "FRACTION", .type = QS_VALUE_REAL, .offset = AT(trim),
        .about = "the part of the differences left out at each end for mean and deviation (default 0.05)"},
    [QS_OPTION_TOP_M] = {.name = "top-m", .value = "M", .type = QS_VALUE_COUNT, .offset = AT(top_m),
        .max = UINT32_MAX, .about = "keep the first M layers of a module kind; 0 keeps all (default 0)"},
    [QS_OPTION_ATTRIBUTION] = {.name = "attribution", .value = "RULE", .type = QS_VALUE_CHOICE,
        .offset = AT(attribution), .choices = NAMES("next", "peak"),
        .about = "which layer a difference points to: next, the later one (default), or peak, the larger one"},
    [QS_OPTION_DIFFERENCE] = {.name = "difference", .value = "KIND", .type = QS_VALUE_CHOICE,
        .offset = AT(difference), .choices = NAMES("step", "ratio"),
        .about = "how neighbouring layers are compared: step, b - a, or ratio, b / a (default: what suits the metric)"},
    [QS_OPTION_METHOD] = {.name = "method", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(method),
        .name_at = method_name,
        .about = "how the plan is made: uniform, sensiboost, kurtboost, ablation, decline, mxq, mxq-kurt, mxq-sensi or "
                 "optimal"},
    [QS_OPTION_BASE] = {.name = "base", .value = "RUNG", .type = QS_VALUE_TEXT, .offset = AT(base),
        .name_at = rung_name,
        .about = "the rung that a method starts from: b3g128, or its bits as the paper rounds them, 3.13"},
    [QS_OPTION_BUDGET] = {.name = "budget", .value = "BUDGET", .type = QS_VALUE_TEXT, .offset = AT(budget),
        .about = "what mxq* and optimal may spend: bits per weight (3.4), a rung (b3g64), bytes (3.2GiB), or percent "
                 "over a rung (b3g128+2%); for other methods the same as --base"},
    [QS_OPTION_BOOST_STOP] = {.name = "boost-stop", .value = "N", .type = QS_VALUE_TEXT, .offset = AT(boost_stop),
        .about = "how many rungs the boosted modules climb (default 2)"},
    [QS_OPTION_DECLINE_STOP] = {.name = "decline-stop", .value = "N", .type = QS_VALUE_TEXT,
        .offset = AT(decline_stop), .about = "how many rungs declined modules step down (default 1)"},
    [QS_OPTION_NEUTRAL] = {.name = "neutral", .type = QS_VALUE_NONE, .offset = AT(neutral),
        .about = "decline gives back what was spent: exactly the base's memory, or the nearest below"},
    [QS_OPTION_SEED] = {.name = "seed", .value = "N", .type = QS_VALUE_TEXT, .offset = AT(seed),
        .about = "of the layers that ablation draws (default 1)"},
    [QS_OPTION_FACTOR] = {.name = "factor", .value = "F", .type = QS_VALUE_TEXT, .offset = AT(factor),
        .about = "what mxq-sensi multiplies the errors of sensitive layers by (default 2)"},
    [QS_OPTION_OBJECTIVE] = {.name = "objective", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(objective),
        .name_at = objective_name,
        .about = "what is to be least: fnorm, sensitivity or loss (default best: the last of these that is known)"},
    [QS_OPTION_STORAGE] = {.name = "storage", .value = "MODEL", .type = QS_VALUE_CHOICE, .offset = AT(storage),
        .choices = NAMES("meta8", "fp16"),
        .about = "how scale and zero are counted: meta8, in 8 bits, as the paper does (default), or fp16"},
    [QS_OPTION_TIME_LIMIT] = {.name = "time-limit", .value = "SECONDS", .type = QS_VALUE_REAL,
        .offset = AT(time_limit),
        .about = "end the search for the optimum early, with its best plan and bound (default: only by its work)"},
    [QS_OPTION_PLAN_OUTPUT] = {.name = "output", .letter = 'o', .value = "FILE", .type = QS_VALUE_FILE,
        .offset = AT(file), .about = "the file to write; it is complete or absent"},
    [QS_OPTION_KEEP] = {.name = "keep", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(keep),
        .about = "keep the plan in the cache under a name of lower-case letters, digits and _"},
    [QS_OPTION_CACHE] = {.name = "cache", .value = "CACHE", .type = QS_VALUE_FILE, .offset = AT(cache),
        .about = "the cache of the plans' model, or the model: for errors, and for plans that are kept there by name"},
    [QS_OPTION_ANY_MODEL] = {.name = "any-model", .type = QS_VALUE_NONE, .offset = AT(any_model),
        .about = "take plans of a model of another fingerprint where all modules fit"},
    [QS_OPTION_TO] = {.name = "to", .value = "FORMAT", .type = QS_VALUE_CHOICE, .offset = AT(to),
        .choices = NAMES("csv"), .about = "the format: csv, a row a module (layer, module, nbits, group_size, memmb)"},
    [QS_OPTION_FORCE] = {.name = "force", .type = QS_VALUE_NONE, .offset = AT(force),
        .about = "overwrite a file that exists"},
    [QS_OPTION_VIEW] = {.name = "view", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(view),
        .name_at = view_name,
        .about = "overview, layers, curves (the default), detect, grid, plan, compare, jobs, log or help"},
    [QS_OPTION_KEYS] = {.name = "keys", .value = "KEYS", .type = QS_VALUE_TEXT, .offset = AT(keys),
        .about = "keys to press before printing, such as \"j j Enter\""},
    [QS_OPTION_FORMAT] = {.name = "format", .value = "FORMAT", .type = QS_VALUE_CHOICE, .offset = AT(format),
        .choices = NAMES("text", "csv", "json"), .about = "text, csv or json (default text)"},
    [QS_OPTION_PLOT] = {.name = "plot", .type = QS_VALUE_NONE, .offset = AT(plot),
        .about = "draw the curves, sensitive layers marked"},
    [QS_OPTION_LOG] = {.name = "log", .type = QS_VALUE_NONE, .offset = AT(log_scale),
        .about = "draw with a logarithmic axis"},
    [QS_OPTION_SIZE] = {.name = "size", .value = "COLSxROWS", .type = QS_VALUE_SIZE, .offset = AT(size),
        .about = "the size of the drawing (default: 24 lines in the terminal's width, else 80x24)"},
    [QS_OPTION_GLYPHS] = {.name = "glyphs", .value = "SET", .type = QS_VALUE_CHOICE, .offset = AT(glyphs),
        .choices = NAMES("braille", "block", "ascii"),
        .about = "what curves are drawn with: braille, block or ascii (default braille; ascii where the locale is not "
                 "UTF-8)"},
    [QS_OPTION_NAME] = {.name = "name", .value = "NAME", .type = QS_VALUE_TEXT, .offset = AT(name),
        .about = "the model's name (default: the first file's, without its extension)"},
    [QS_OPTION_AGAINST] = {.name = "against", .value = "METHOD", .type = QS_VALUE_TEXT, .offset = AT(against),
        .about = "compare every method with this one (default: the boosts with hqq, mxq, their ablations and each "
                 "other; of a study all with all)"},
    [QS_OPTION_THREADS] = {.name = "threads", .value = "N", .type = QS_VALUE_COUNT, .offset = AT(threads),
        .min = 1, .max = QS_THREADS_MAX,
        .about = "threads to compute with (default: the processors this process may use)"},
    [QS_OPTION_QUIET] = {.name = "quiet", .letter = 'q', .type = QS_VALUE_NONE, .offset = AT(quiet),
        .about = "show no progress"},
    [QS_OPTION_HELP] = {.name = "help", .letter = 'h', .type = QS_VALUE_NONE, .offset = AT(help),
        .about = "show this help"},
    [QS_OPTION_VERSION] = {.name = "version", .letter = 'V', .type = QS_VALUE_NONE, .offset = AT(version),
        .about = "show the version"},
};

const struct qs_option *qs_option_at(enum qs_option_id id)
{
    return &option_table[id];
}

const char *qs_option_name_at(const struct qs_option *option, size_t index)
{
    if (option->choices) {
        for (size_t i = 0; i < index; i++) {
            if (!option->choices[i]) {
                return NULL;
            }
        }
        return option->choices[index];
    }
    return option->name_at ? option->name_at(index) : NULL;
}
