// The command `help`: the list of commands, one command explained, or the keys of the workbench.
#include "cli/help.h"

#include "cli/table.h"
#include "tui/ui.h"

#include <string.h>
#include <strings.h>

// The workbench's own table, whose lines are VIEWS, KEYS, NAME, ARGUMENT and HELP with tabs between; "-" for nothing.
static enum qs_status print_keys(struct qs_error *err)
{
    static const struct qs_column columns[] = {{"keys", false}, {"command", false}, {"views", false}, {"does", false}};
    enum { VIEWS, KEYS, NAME, ARGUMENT, HELP, FIELDS };
    struct qs_text lines = {0};
    struct qs_table table;
    qs_ui_keys_table(&lines);
    if (lines.failed) {
        qs_text_free(&lines);
        return qs_fail_memory(err, "keys", lines.length);
    }
    qs_table_begin(&table, QS_FORMAT_TEXT, columns, QS_COUNT_OF(columns));
    char *rest = lines.chars;
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line;) {
        char *fields[FIELDS] = {NULL};
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = strsep(&line, "\t");
        }
        if (!fields[HELP]) {
            continue;
        }
        struct qs_text command = {0};
        bool plain = strcmp(fields[ARGUMENT], "-") == 0;
        qs_text_addf(&command, "%s%s%s", fields[NAME], plain ? "" : " ", plain ? "" : fields[ARGUMENT]);
        qs_table_text(&table, fields[KEYS]);
        qs_table_text(&table, qs_text_chars(&command));
        qs_table_text(&table, fields[VIEWS]);
        qs_table_text(&table, fields[HELP]);
        qs_text_free(&command);
    }
    qs_text_free(&lines);
    return qs_table_end(&table, err);
}

enum qs_status qs_cmd_help(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_text text = {0};
    if (arguments->operand_count == 0) {
        qs_help_program(&text);
        return qs_help_print(&text, err);
    }
    if (strcasecmp(arguments->operands[0], "keys") == 0) {
        return print_keys(err);
    }
    const struct qs_command *command = qs_command_find(arguments->operands[0]);
    if (!command) {
        return qs_fail_command(arguments->operands[0], "is no command", err);
    }
    qs_help_command(command, &text);
    return qs_help_print(&text, err);
}
