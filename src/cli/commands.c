// The table of commands: see commands.h.
#include "cli/commands.h"

#include "cli/suggest.h"

#include <string.h>
#include <strings.h>

#define BIT(id) (UINT64_C(1) << QS_OPTION_##id)
#define ERRORS (BIT(CONFIG) | BIT(QUANTIZER) | BIT(AXIS))
#define EVERYWHERE (BIT(THREADS) | BIT(QUIET) | BIT(HELP) | BIT(VERSION))

_Static_assert(QS_OPTION_COUNT <= 64, "the options of a command are bits of a uint64_t");

static const struct qs_command command_table[] = {
    {.name = "open", .operands = "[MODEL] [CACHE]...", .operands_max = SIZE_MAX, .run = qs_cmd_open,
     .options = BIT(METRIC) | ERRORS | BIT(GLYPHS) | EVERYWHERE,
     .about = "look at a model in the workbench",
     .text = "Opens a model or its caches in the workbench and scans, in the background, what has not been scanned. "
             "Where there is no terminal, scans and prints the kurtosis curves as text. `quantscope MODEL` is short "
             "for `quantscope open MODEL`. Without operands: the model in this directory, else the bundled one, which "
             "the word `demo` names everywhere."},
    {.name = "inspect", .operands = "[MODEL]", .operands_max = 1, .run = qs_cmd_inspect,
     .options = BIT(TENSORS) | BIT(FORMAT) | EVERYWHERE,
     .about = "what a model file holds: layers, modules, tensors, types, sizes",
     .text = "Reads a model's description, not its weights. MODEL is a Hugging Face directory, a .safetensors or a "
             ".gguf file."},
    {.name = "tokenize", .operands = "[MODEL]", .operands_max = 1, .run = qs_cmd_tokenize,
     .options = BIT(TEXT) | BIT(NO_BOS) | BIT(PARSE_SPECIAL) | EVERYWHERE,
     .about = "print the token ids of a text",
     .text = "Prints the ids that the model's own tokenizer makes of a text, on one line, separated by blanks. The "
             "text is taken byte by byte as it is, a last newline included."},
    {.name = "scan", .operands = "[MODEL]", .operands_max = 1, .run = qs_cmd_scan,
     .options = BIT(OUTPUT) | BIT(NO_ERROR) | BIT(QUANTIZER) | BIT(AXIS) | BIT(LADDER) | BIT(ITERS) | BIT(LP_NORM) |
                BIT(BETA_GROWTH) | EVERYWHERE,
     .about = "measure weights and quantization errors into a cache",
     .text = "Measures every module of every layer: kurtosis and the other statistics of its weights, and the errors "
             "that quantization makes at every rung of a ladder. What the cache has already is not measured again. "
             "Results are kept as they come; a scan that was interrupted goes on where it was."},
    {.name = "import", .operands = "FILE...", .operands_min = 1, .operands_max = SIZE_MAX, .run = qs_cmd_import,
     .options = BIT(OUTPUT) | BIT(NAME) | EVERYWHERE,
     .about = "read metrics made elsewhere into a cache",
     .text = "Reads metrics of one model from tables (csv), such as the paper's authors publish: columns layer, "
             "module, nbit1, gsize1, params or memmb, and fnorm, kurtosis, sensitivity, module_sensitivity or loss, in "
             "any order. Several files are brought together. What the cache holds already stays as it is."},
    {.name = "show", .operands = "[CACHE|MODEL]", .operands_max = 1, .run = qs_cmd_show,
     .options = BIT(METRIC) | BIT(MODULE) | ERRORS | BIT(FORMAT) | BIT(PLOT) | BIT(LOG) | BIT(SIZE) | BIT(GLYPHS) |
                EVERYWHERE,
     .about = "print the curves of a cache: a table, csv, json, or a drawing",
     .text = "Prints metrics over layers, a number per module. Errors of quantization (fnorm, mean_abs, max_abs, snr, "
             "steps) are those of a quantizer at a rung: --quantizer, --axis, --config."},
    {.name = "detect", .operands = "[CACHE|MODEL]", .operands_max = 1, .run = qs_cmd_detect,
     .options = BIT(METRIC) | ERRORS | BIT(Z) | BIT(TRIM) | BIT(TOP_M) | BIT(ATTRIBUTION) | BIT(DIFFERENCE) |
                BIT(FORMAT) | EVERYWHERE,
     .about = "list the sensitive layers of every module kind",
     .text = "Compares neighbouring layers, for every module kind apart: where their difference lies far from the "
             "trimmed mean of all, a layer is sensitive."},
    {.name = "plan", .operands = "[CACHE|MODEL]", .operands_max = 1, .run = qs_cmd_plan,
     .options = BIT(METHOD) | BIT(BASE) | BIT(BUDGET) | BIT(BOOST_STOP) | BIT(TOP_M) | BIT(Z) | BIT(TRIM) |
                BIT(METRIC) | BIT(ATTRIBUTION) | BIT(SEED) | BIT(DECLINE_STOP) | BIT(NEUTRAL) | BIT(FACTOR) |
                BIT(OBJECTIVE) | BIT(QUANTIZER) | BIT(AXIS) | BIT(LADDER) | BIT(STORAGE) | BIT(TIME_LIMIT) |
                BIT(PLAN_OUTPUT) | BIT(KEEP) | BIT(FORCE) | BIT(FORMAT) | EVERYWHERE,
     .about = "give every module a rung of the ladder: make a plan",
     .text = "Makes a plan from what a cache knows of its model. The boosts start from a base rung and let sensitive "
             "layers climb; mxq* and optimal solve for the least sum of errors under a budget, exactly. Without -o "
             "and --keep, the plan is shown only; --format json and csv print it."},
    {.name = "compare", .operands = "PLAN...", .operands_min = 1, .operands_max = SIZE_MAX, .run = qs_cmd_compare,
     .options = BIT(CACHE) | BIT(OBJECTIVE) | BIT(ANY_MODEL) | BIT(FORMAT) | EVERYWHERE,
     .about = "plans side by side: size, errors, distance from the optimum",
     .text = "Lists plans of one model. With --cache, also what they lose, and how far each lies from the best plan "
             "that exists at its bytes; a PLAN may then be the name of one that is kept there. Of two plans, shows "
             "where they differ."},
    {.name = "export", .operands = "PLAN", .operands_min = 1, .operands_max = 1, .run = qs_cmd_export,
     .options = BIT(TO) | BIT(PLAN_OUTPUT) | BIT(CACHE) | BIT(ANY_MODEL) | BIT(FORCE) | EVERYWHERE,
     .about = "write a plan in another format",
     .text = "Writes a plan file, or a plan that is kept in the cache, as csv. Without -o it is printed."},
    {.name = "snapshot", .operands = "[MODEL] [CACHE]...", .operands_max = SIZE_MAX, .run = qs_cmd_snapshot,
     .options = BIT(METRIC) | ERRORS | BIT(VIEW) | BIT(KEYS) | BIT(SIZE) | BIT(GLYPHS) | EVERYWHERE,
     .about = "print a view of the workbench as text",
     .text = "Draws one view of the workbench without a terminal, in exactly as many lines as --size says. Scans "
             "first the weights that have not been scanned, and their errors where an option asks for them."},
    {.name = "wtl", .operands = "RESULTS.csv", .operands_min = 1, .operands_max = 1, .run = qs_cmd_wtl,
     .options = BIT(AGAINST) | BIT(FORMAT) | EVERYWHERE,
     .about = "count wins, ties and losses in a table of perplexities",
     .text = "Compares methods model by model, wherever both have a perplexity of the same budget, setting and "
             "dataset, rounded to two decimals: the lower one wins. Reads the table that the paper's authors publish "
             "(model, algo, bpp, attempt, ppl_...), and one of model, method, budget, setting, dataset, perplexity."},
    {.name = "completion", .operands = "bash", .operands_min = 1, .operands_max = 1, .run = qs_cmd_completion,
     .options = EVERYWHERE,
     .about = "print the completion script of a shell",
     .text = "For a shell that does not find the installed one: source <(quantscope completion bash)"},
    {.name = "help", .operands = "[COMMAND|keys]", .operands_max = 1, .run = qs_cmd_help, .options = EVERYWHERE,
     .about = "explain a command, or the keys of the workbench",
     .text = "Prints what `quantscope COMMAND --help` prints, the list of commands, or (`keys`) every key of the "
             "workbench."},
};

size_t qs_command_count(void)
{
    return QS_COUNT_OF(command_table);
}

const struct qs_command *qs_command_at(size_t index)
{
    return &command_table[index];
}

const struct qs_command *qs_command_find(const char *name)
{
    for (size_t i = 0; i < QS_COUNT_OF(command_table); i++) {
        if (strcasecmp(command_table[i].name, name) == 0) {
            return &command_table[i];
        }
    }
    return NULL;
}

bool qs_command_takes(const struct qs_command *command, enum qs_option_id id)
{
    return command->options >> id & 1;
}

enum qs_status qs_fail_command(const char *word, const char *wrong, struct qs_error *err)
{
    struct qs_suggestion near = {.typed = word};
    for (size_t i = 0; i < QS_COUNT_OF(command_table); i++) {
        qs_suggest(&near, command_table[i].name);
    }
    struct qs_text hint = {0};
    qs_suggestion_add(&near, "", &hint);
    qs_fail(err, QS_USAGE, "%s: %s%s", word, wrong, qs_text_chars(&hint));
    qs_text_free(&hint);
    return QS_USAGE;
}
