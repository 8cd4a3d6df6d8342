// The table of commands. To add one: a cmd_NAME.c with its run function, a declaration and a row here, and a section
// in man/quantscope.1; `make update-completions` makes the completion script again.
#ifndef QS_CLI_COMMANDS_H
#define QS_CLI_COMMANDS_H

#include "cli/options.h"

struct qs_command {
    const char *name;
    const char *operands;   // "[MODEL] [CACHE]..." as help shows it
    size_t operands_min;
    size_t operands_max;
    uint64_t options;       // bit 1 << enum qs_option_id; those of every command included
    const char *about;      // one line, no period
    const char *text;       // a paragraph for --help
    enum qs_status (*run)(const struct qs_arguments *arguments, struct qs_error *err);
};

size_t qs_command_count(void);
const struct qs_command *qs_command_at(size_t index);
const struct qs_command *qs_command_find(const char *name); // NULL where there is none
bool qs_command_takes(const struct qs_command *command, enum qs_option_id id);

// QS_USAGE with "WORD: WRONG; did you mean COMMAND?"
enum qs_status qs_fail_command(const char *word, const char *wrong, struct qs_error *err);

enum qs_status qs_cmd_open(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_inspect(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_scan(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_import(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_show(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_detect(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_plan(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_compare(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_export(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_tokenize(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_snapshot(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_wtl(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_completion(const struct qs_arguments *arguments, struct qs_error *err);
enum qs_status qs_cmd_help(const struct qs_arguments *arguments, struct qs_error *err);

#endif
