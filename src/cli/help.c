// Help: see help.h.
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 80, OPTION_COLUMN = 28, COMMAND_COLUMN = 14 };

// Adds words of text from `column` on (where the line stands now), wrapped, later lines indented by `indent`.
static void add_wrapped(struct qs_text *out, const char *text, size_t column, size_t indent)
{
    bool first = true;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (!first && column + 1 + word > WIDTH) {
            qs_text_addf(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        qs_text_addf(out, "%s%.*s", first ? "" : " ", (int)word, text);
        column += word + (first ? 0 : 1);
        first = false;
        text += word;
        text += strspn(text, " ");
    }
    qs_text_add(out, "\n");
}

// "  -o, --output CACHE        about"
static void add_option(const struct qs_option *option, struct qs_text *out)
{
    struct qs_text head = {0};
    if (option->letter) {
        qs_text_addf(&head, "  -%c, --%s", option->letter, option->name);
    } else {
        qs_text_addf(&head, "      --%s", option->name);
    }
    if (option->value) {
        qs_text_addf(&head, " %s", option->value);
    }
    if (head.length + 2 > OPTION_COLUMN) {
        qs_text_addf(out, "%s\n%*s", qs_text_chars(&head), OPTION_COLUMN, "");
    } else {
        qs_text_addf(out, "%-*s", OPTION_COLUMN, qs_text_chars(&head));
    }
    out->failed |= head.failed;
    qs_text_free(&head);
    add_wrapped(out, option->about, OPTION_COLUMN, OPTION_COLUMN);
}

static void add_options(uint64_t options, struct qs_text *out)
{
    for (enum qs_option_id id = 0; id < QS_OPTION_COUNT; id++) {
        if (options >> id & 1) {
            add_option(qs_option_at(id), out);
        }
    }
}

void qs_help_program(struct qs_text *out)
{
    qs_text_add(out, "Usage: quantscope [COMMAND] [OPTION]... [ARGUMENT]...\n"
                     "       quantscope [MODEL] [CACHE]...\n\n");
    add_wrapped(out, "A workbench for mixed-precision quantization of large language models: looks at every layer of a "
                     "model and finds those that quantization would hurt.", 0, 0);
    qs_text_add(out, "\nCommands:\n");
    for (size_t i = 0; i < qs_command_count(); i++) {
        const struct qs_command *command = qs_command_at(i);
        qs_text_addf(out, "  %-*s", COMMAND_COLUMN - 2, command->name);
        add_wrapped(out, command->about, COMMAND_COLUMN, COMMAND_COLUMN);
    }
    qs_text_add(out, "\nOptions of every command:\n");
    add_options(UINT64_MAX << QS_OPTION_THREADS & UINT64_MAX >> (64 - QS_OPTION_COUNT), out);
    qs_text_add(out, "\n`quantscope COMMAND --help` explains a command; the manual is quantscope(1).\n");
}

void qs_help_command(const struct qs_command *command, struct qs_text *out)
{
    qs_text_addf(out, "Usage: quantscope %s [OPTION]... %s\n\n", command->name, command->operands);
    add_wrapped(out, command->text, 0, 0);
    qs_text_add(out, "\nOptions:\n");
    add_options(command->options, out);
}

enum qs_status qs_help_print(struct qs_text *text, struct qs_error *err)
{
    enum qs_status status = text->failed ? qs_fail_memory(err, "help", text->length) : QS_OK;
    fputs(qs_text_chars(text), stdout);
    qs_text_free(text);
    return status;
}
