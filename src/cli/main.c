// The program: parses, runs one command, says what went wrong, and makes sure that what was printed arrived.
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

// A program started with a standard descriptor closed would get it for the first file it opens, and print into that.
// The holes are filled so that using them fails.
static void fill_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            int got = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
            if (got > STDERR_FILENO) {
                close(got);
            }
        }
    }
}

static void say(const char *text)
{
    fputs("quantscope: ", stderr);
    qs_console_print(stderr, text);
    fputs("\n", stderr);
}

// Whether whoever read standard output has gone away, as `head` does: nothing to complain about.
static bool reader_gone(int number)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return number == EPIPE || (poll(&output, 1, 0) == 1 && output.revents & (POLLERR | POLLHUP));
}

static enum qs_status close_stdout(enum qs_status status)
{
    bool pending = __fpending(stdout) > 0;
    bool failed = ferror(stdout) != 0;
    errno = 0;
    bool closed = fclose(stdout) == 0;
    int number = errno;
    if ((!failed && closed) || (!failed && !pending && number == EBADF) || reader_gone(number)) {
        return status;
    }
    struct qs_error err;
    qs_fail(&err, QS_FAILED, "standard output: cannot write%s%s", number ? ": " : "", number ? strerror(number) : "");
    say(err.text);
    return status == QS_OK ? QS_FAILED : status;
}

static enum qs_status run(const struct qs_arguments *arguments, struct qs_error *err)
{
    if (arguments->version) {
        puts(PACKAGE_STRING);
        return QS_OK;
    }
    if (arguments->help) {
        struct qs_text text = {0};
        if (arguments->command_named) {
            qs_help_command(arguments->command, &text);
        } else {
            qs_help_program(&text);
        }
        return qs_help_print(&text, err);
    }
    return arguments->command->run(arguments, err);
}

int main(int argc, char **argv)
{
    fill_standard_descriptors();
    qs_interrupt_install();
    setlocale(LC_CTYPE, "");
    struct qs_arguments arguments;
    struct qs_error err;
    enum qs_status status = qs_arguments_parse(argc, argv, &arguments, &err);
    bool parsed = status == QS_OK;
    if (parsed) {
        status = run(&arguments, &err);
    }
    if (status != QS_OK) {
        say(err.text);
    }
    if (!parsed) {
        fprintf(stderr, "Try `quantscope%s%s --help`.\n", arguments.command_named ? " " : "",
                arguments.command_named ? arguments.command->name : "");
    }
    qs_arguments_free(&arguments);
    return (int)close_stdout(status);
}
