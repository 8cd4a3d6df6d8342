// Help, made from the tables of commands and options.
#ifndef QS_CLI_HELP_H
#define QS_CLI_HELP_H

#include "base/text.h"
#include "cli/commands.h"

// What `quantscope --help` prints.
void qs_help_program(struct qs_text *out);

// What `quantscope COMMAND --help` prints.
void qs_help_command(const struct qs_command *command, struct qs_text *out);

// Prints one of these on standard output and frees it.
enum qs_status qs_help_print(struct qs_text *text, struct qs_error *err) QS_MUST_USE;

// The bash completion script, made from the same tables.
void qs_completion_bash(struct qs_text *out);

#endif
