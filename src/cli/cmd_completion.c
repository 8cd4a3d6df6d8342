// The command `completion`: the completion script of a shell.
#include "cli/help.h"

#include <string.h>
#include <strings.h>

enum qs_status qs_cmd_completion(const struct qs_arguments *arguments, struct qs_error *err)
{
    if (strcasecmp(arguments->operands[0], "bash") != 0) {
        return qs_fail(err, QS_USAGE, "completion: %s: is no shell with a script here; there is one for bash",
                       arguments->operands[0]);
    }
    struct qs_text text = {0};
    qs_completion_bash(&text);
    return qs_help_print(&text, err);
}
