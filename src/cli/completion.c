// The bash completion script: see help.h. The script finds the command among the words before the cursor, then offers
// that command's options, an option's values, or files.
#include "cli/help.h"

#include <string.h>

static void add_options(uint64_t options, struct qs_text *out)
{
    const char *space = "";
    for (enum qs_option_id id = 0; id < QS_OPTION_COUNT; id++) {
        if (options >> id & 1) {
            qs_text_addf(out, "%s--%s", space, qs_option_at(id)->name);
            space = " ";
        }
    }
}

static void add_commands(const char *separator, struct qs_text *out)
{
    for (size_t i = 0; i < qs_command_count(); i++) {
        qs_text_addf(out, "%s%s", i ? separator : "", qs_command_at(i)->name);
    }
}

// Whether an option before this one has the same name, for other commands: what completes it is the same.
static bool is_repeated(enum qs_option_id id)
{
    for (enum qs_option_id before = 0; before < id; before++) {
        if (strcmp(qs_option_at(before)->name, qs_option_at(id)->name) == 0) {
            return true;
        }
    }
    return false;
}

// "    --output|-o) ..." for every option that takes a value.
static void add_values(struct qs_text *out)
{
    for (enum qs_option_id id = 0; id < QS_OPTION_COUNT; id++) {
        const struct qs_option *option = qs_option_at(id);
        if (!option->value || is_repeated(id)) {
            continue;
        }
        qs_text_addf(out, "    --%s", option->name);
        if (option->letter) {
            qs_text_addf(out, "|-%c", option->letter);
        }
        qs_text_add(out, ")\n");
        if (option->type == QS_VALUE_FILE) {
            qs_text_add(out, "        _quantscope_files \"$cur\"\n");
        } else if (qs_option_name_at(option, 0)) {
            qs_text_add(out, "        COMPREPLY=($(compgen -W '");
            for (size_t i = 0; qs_option_name_at(option, i); i++) {
                qs_text_addf(out, "%s%s", i ? " " : "", qs_option_name_at(option, i));
            }
            qs_text_add(out, "' -- \"$cur\"))\n");
        }
        qs_text_add(out, "        return ;;\n");
    }
}

void qs_completion_bash(struct qs_text *out)
{
    qs_text_add(out,
        "# bash completion for quantscope, as `quantscope completion bash` prints it.\n"
        "_quantscope_files()\n"
        "{\n"
        "    compopt -o filenames 2>/dev/null\n"
        "    COMPREPLY+=($(compgen -f -- \"$1\"))\n"
        "}\n"
        "\n"
        "_quantscope()\n"
        "{\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= options i\n"
        "    COMPREPLY=()\n"
        "    # \"--format=csv\" comes as three words.\n"
        "    if [[ $cur == = ]]; then\n"
        "        cur=\n"
        "    elif [[ $prev == = ]]; then\n"
        "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    fi\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        ");
    add_commands("|", out);
    qs_text_add(out,
        ")\n"
        "            command=${COMP_WORDS[i]}\n"
        "            break ;;\n"
        "        esac\n"
        "    done\n"
        "    case $prev in\n");
    add_values(out);
    qs_text_add(out,
        "    esac\n"
        "    case $command in\n");
    for (size_t i = 0; i < qs_command_count(); i++) {
        qs_text_addf(out, "    %s) options='", qs_command_at(i)->name);
        add_options(qs_command_at(i)->options, out);
        qs_text_add(out, "' ;;\n");
    }
    qs_text_add(out, "    *) options='");
    add_options(qs_command_find("open")->options, out);
    qs_text_add(out,
        "' ;;\n"
        "    esac\n"
        "    if [[ $cur == -* ]]; then\n"
        "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
        "        return\n"
        "    fi\n"
        "    case $command in\n"
        "    completion) COMPREPLY=($(compgen -W bash -- \"$cur\")) ;;\n"
        "    help) COMPREPLY=($(compgen -W '");
    add_commands(" ", out);
    qs_text_add(out,
        " keys' -- \"$cur\")) ;;\n"
        "    '')\n"
        "        COMPREPLY=($(compgen -W '");
    add_commands(" ", out);
    qs_text_add(out,
        "' -- \"$cur\"))\n"
        "        _quantscope_files \"$cur\" ;;\n"
        "    *) _quantscope_files \"$cur\" ;;\n"
        "    esac\n"
        "}\n"
        "complete -F _quantscope quantscope\n");
}
