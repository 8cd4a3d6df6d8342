// What the user typed: see arguments.h. Two walks over argv: the first looks for the command, which may stand behind
// options, the second parses by that command's options.
#include "cli/arguments.h"

#include "base/file.h"
#include "base/number.h"
#include "cli/commands.h"
#include "cli/suggest.h"
#include "plan/detect.h"
#include "plot/grid.h"
#include "quant/quantizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// One walk: where it is, and what it fills.
struct walk {
    int argc;
    char **argv;
    int at;
    int command_at; // index of the command in argv, 0 where there is none
    struct qs_arguments *out;
    struct qs_error *err;
};

// An option of this name or letter; where commands have different ones of the same, the command's own.
static const struct qs_option *find_long(const struct qs_command *command, const char *name, size_t length)
{
    const struct qs_option *found = NULL;
    for (enum qs_option_id id = 0; id < QS_OPTION_COUNT; id++) {
        const struct qs_option *option = qs_option_at(id);
        if (strlen(option->name) == length && memcmp(option->name, name, length) == 0 &&
            (!found || qs_command_takes(command, id))) {
            found = option;
        }
    }
    return found;
}

static const struct qs_option *find_letter(const struct qs_command *command, char letter)
{
    const struct qs_option *found = NULL;
    for (enum qs_option_id id = 0; id < QS_OPTION_COUNT; id++) {
        if (qs_option_at(id)->letter == letter && (!found || qs_command_takes(command, id))) {
            found = qs_option_at(id);
        }
    }
    return found;
}

// Whether the option in argument `text` takes its value from the next argument.
static bool value_follows(const struct qs_command *command, const char *text)
{
    if (text[1] == '-') {
        const struct qs_option *option = find_long(command, text + 2, strlen(text + 2));
        return option && option->value;
    }
    for (const char *letter = text + 1; *letter; letter++) {
        const struct qs_option *option = find_letter(command, *letter);
        if (option && option->value) {
            return !letter[1];
        }
    }
    return false;
}

static int find_command(const struct qs_command *none, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            return 0;
        }
        if (argv[i][0] != '-' || !argv[i][1]) {
            return i;
        }
        if (value_follows(none, argv[i])) {
            i++;
        }
    }
    return 0;
}

// "open: unknown option --quite; did you mean --quiet?"
static enum qs_status fail_unknown(const struct walk *walk, const char *typed, bool is_long)
{
    const struct qs_command *command = walk->out->command;
    struct qs_suggestion near = {.typed = typed};
    for (enum qs_option_id id = 0; is_long && id < QS_OPTION_COUNT; id++) {
        if (qs_command_takes(command, id)) {
            qs_suggest(&near, qs_option_at(id)->name);
        }
    }
    struct qs_text hint = {0};
    qs_suggestion_add(&near, "--", &hint);
    qs_fail(walk->err, QS_USAGE, "%s: unknown option %s%s%s", command->name, is_long ? "--" : "-", typed,
            qs_text_chars(&hint));
    qs_text_free(&hint);
    return QS_USAGE;
}

// An option of other commands: "inspect: --plot is no option of this command, but of: show".
static enum qs_status fail_foreign(const struct walk *walk, const struct qs_option *option, enum qs_option_id id)
{
    struct qs_text others = {0};
    for (size_t i = 0; i < qs_command_count(); i++) {
        if (qs_command_takes(qs_command_at(i), id)) {
            qs_text_addf(&others, "%s%s", others.length ? ", " : "", qs_command_at(i)->name);
        }
    }
    qs_fail(walk->err, QS_USAGE, "%s: --%s is no option of this command, but of: %s", walk->out->command->name,
            option->name, qs_text_chars(&others));
    qs_text_free(&others);
    return QS_USAGE;
}

static enum qs_status set_choice(const struct walk *walk, const struct qs_option *option, const char *value)
{
    struct qs_suggestion near = {.typed = value};
    struct qs_text names = {0};
    for (int i = 0; option->choices[i]; i++) {
        if (strcasecmp(value, option->choices[i]) == 0) {
            memcpy((char *)walk->out + option->offset, &i, sizeof i);
            qs_text_free(&names);
            return QS_OK;
        }
        qs_suggest(&near, option->choices[i]);
        qs_text_addf(&names, "%s%s", i ? ", " : "", option->choices[i]);
    }
    qs_suggestion_add(&near, "", &names);
    qs_fail(walk->err, QS_USAGE, "%s: --%s %s: is none of %s", walk->out->command->name, option->name, value,
            qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}

// "120x40"
static bool parse_size(const char *text, int out[static 2])
{
    const char *x = strpbrk(text, "xX");
    char first[8] = "";
    uint64_t cols;
    uint64_t rows;
    if (!x || (size_t)(x - text) >= sizeof first) {
        return false;
    }
    memcpy(first, text, (size_t)(x - text));
    if (!qs_parse_u64(first, &cols) || !qs_parse_u64(x + 1, &rows) || cols < 1 || rows < 1 ||
        cols > QS_GRID_SIDE_MAX || rows > QS_GRID_SIDE_MAX) {
        return false;
    }
    out[0] = (int)cols;
    out[1] = (int)rows;
    return true;
}

// value is NULL exactly for flags.
static enum qs_status set_value(const struct walk *walk, const struct qs_option *option, const char *value)
{
    char *member = (char *)walk->out + option->offset;
    const char *command = walk->out->command->name;
    uint64_t count;
    double real;
    int size[2];
    switch (option->type) {
    case QS_VALUE_NONE:
        memcpy(member, &(bool){true}, sizeof(bool));
        break;
    case QS_VALUE_TEXT:
    case QS_VALUE_FILE:
        if (!value[0]) {
            return qs_fail(walk->err, QS_USAGE, "%s: --%s: the %s is empty", command, option->name, option->value);
        }
        memcpy(member, &value, sizeof value);
        break;
    case QS_VALUE_COUNT:
        if (!qs_parse_u64(value, &count) || count < option->min || count > option->max) {
            return qs_fail(walk->err, QS_USAGE, "%s: --%s %s: is no whole number from %llu to %llu", command,
                           option->name, value, (unsigned long long)option->min, (unsigned long long)option->max);
        }
        memcpy(member, &count, sizeof count);
        break;
    case QS_VALUE_REAL:
        if (!qs_parse_double(value, &real) || !isfinite(real)) {
            return qs_fail(walk->err, QS_USAGE, "%s: --%s %s: is no number", command, option->name, value);
        }
        memcpy(member, &real, sizeof real);
        break;
    case QS_VALUE_CHOICE:
        return set_choice(walk, option, value);
    case QS_VALUE_SIZE:
        if (!parse_size(value, size)) {
            return qs_fail(walk->err, QS_USAGE, "%s: --%s %s: is no size such as 80x24, sides from 1 to %d", command,
                           option->name, value, QS_GRID_SIDE_MAX);
        }
        memcpy(member, size, sizeof size);
        break;
    }
    return QS_OK;
}

// The option is known to the table. attached: the value in the same argument, NULL where there is none there.
static enum qs_status take_option(struct walk *walk, const struct qs_option *option, const char *attached)
{
    enum qs_option_id id = (enum qs_option_id)(option - qs_option_at(0));
    if (!qs_command_takes(walk->out->command, id)) {
        return fail_foreign(walk, option, id);
    }
    if (!option->value) {
        if (attached) {
            return qs_fail(walk->err, QS_USAGE, "%s: --%s takes no value", walk->out->command->name, option->name);
        }
        return set_value(walk, option, NULL);
    }
    if (!attached && walk->at + 1 < walk->argc) {
        attached = walk->argv[++walk->at];
    }
    if (!attached) {
        return qs_fail(walk->err, QS_USAGE, "%s: --%s needs a %s", walk->out->command->name, option->name,
                       option->value);
    }
    return set_value(walk, option, attached);
}

static enum qs_status take_argument(struct walk *walk)
{
    const char *text = walk->argv[walk->at];
    if (text[1] == '-') {
        size_t length = strcspn(text + 2, "=");
        const struct qs_option *option = find_long(walk->out->command, text + 2, length);
        if (!option) {
            char name[64];
            if (length >= sizeof name) {
                length = sizeof name - 1;
            }
            memcpy(name, text + 2, length);
            name[length] = '\0';
            return fail_unknown(walk, name, true);
        }
        return take_option(walk, option, text[2 + length] == '=' ? text + 2 + length + 1 : NULL);
    }
    for (const char *letter = text + 1; *letter; letter++) {
        const struct qs_option *option = find_letter(walk->out->command, *letter);
        if (!option) {
            return fail_unknown(walk, (char[]){*letter, '\0'}, false);
        }
        if (option->value) {
            return take_option(walk, option, letter[1] ? letter + 1 : NULL);
        }
        enum qs_status status = take_option(walk, option, NULL);
        if (status != QS_OK) {
            return status;
        }
    }
    return QS_OK;
}

static enum qs_status check_operands(const struct qs_arguments *arguments, struct qs_error *err)
{
    const struct qs_command *command = arguments->command;
    if (arguments->operand_count > command->operands_max) {
        return qs_fail(err, QS_USAGE, "%s: too many arguments, from %s on", command->name,
                       arguments->operands[command->operands_max]);
    }
    if (arguments->operand_count < command->operands_min) {
        return qs_fail(err, QS_USAGE, "%s: needs an argument: %s", command->name, command->operands);
    }
    for (size_t i = 0; i < arguments->operand_count; i++) {
        if (!arguments->operands[i][0]) {
            return qs_fail(err, QS_USAGE, "%s: an argument is empty", command->name);
        }
    }
    return QS_OK;
}

enum qs_status qs_arguments_parse(int argc, char **argv, struct qs_arguments *out, struct qs_error *err)
{
    *out = (struct qs_arguments){
        .command = qs_command_find("open"),
        .glyphs = -1,
        .axis = UINT64_MAX,
        .iters = qs_quantizer_defaults.steps,
        .lp_norm = qs_quantizer_defaults.lp_norm,
        .beta_growth = qs_quantizer_defaults.growth,
        .z = NAN,
        .trim = NAN,
        .top_m = UINT64_MAX,
        .attribution = -1,
        .difference = -1,
        .to = -1,
    };
    struct walk walk = {.argc = argc, .argv = argv, .at = 1, .out = out, .err = err};
    enum qs_status status = QS_OK;
    out->operands = calloc((size_t)argc + 1, sizeof *out->operands);
    if (!out->operands) {
        return qs_fail_memory(err, "arguments", (size_t)argc * sizeof *out->operands);
    }
    int first = find_command(out->command, argc, argv);
    if (first) {
        const struct qs_command *command = qs_command_find(argv[first]);
        if (command) {
            out->command = command;
            out->command_named = true;
            walk.command_at = first;
        } else if (!qs_path_exists(argv[first]) && strcmp(argv[first], "demo") != 0) {
            status = qs_fail_command(argv[first], "is neither a command nor an existing file", err);
            goto out;
        }
    }
    for (bool operands_only = false; walk.at < argc; walk.at++) {
        const char *text = argv[walk.at];
        if (walk.at == walk.command_at) {
            continue;
        }
        if (operands_only || text[0] != '-' || !text[1]) {
            out->operands[out->operand_count++] = text;
        } else if (strcmp(text, "--") == 0) {
            operands_only = true;
        } else {
            status = take_argument(&walk);
            if (status != QS_OK || out->help || out->version) {
                goto out;
            }
        }
    }
    status = check_operands(out, err);
out:
    if (status != QS_OK) {
        qs_arguments_free(out);
    }
    return status;
}

void qs_arguments_free(struct qs_arguments *arguments)
{
    free(arguments->operands);
    arguments->operands = NULL;
    arguments->operand_count = 0;
}
