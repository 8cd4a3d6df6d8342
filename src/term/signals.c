// Signals while the workbench holds the terminal: see signals.h.
//
// A handler only notes its signal and writes a byte to a pipe, on which the loop waits. Faults are different: their
// handler gives the terminal back with calls that are safe in one, hands over to whoever handled the fault before, and
// lets it happen again.
#include "term/signals.h"

#include "term/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int noted[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT, SIGTSTP, SIGPIPE};
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

enum { NOTED = QS_COUNT_OF(noted), FAULTS = QS_COUNT_OF(faults) };
enum { FAULT_STACK_BYTES = 65536, STOP_WAITS = 20, STOP_WAIT_MS = 10 };

// Handlers have no argument of ours: this is the one piece of global state, as there is one terminal.
static volatile sig_atomic_t came[NOTED];
static int pipe_ends[2] = {-1, -1};
static struct sigaction before_noted[NOTED];
static struct sigaction before_faults[FAULTS];
static volatile sig_atomic_t armed;
static struct qs_rescue rescue;
static char fault_stack[FAULT_STACK_BYTES];
static stack_t before_stack;

static int index_of(int number)
{
    int i = 0;
    while (noted[i] != number) {
        i++;
    }
    return i;
}

static void note(int number)
{
    int saved = errno;
    came[index_of(number)] = 1;
    ssize_t written = write(pipe_ends[1], "", 1); // a full pipe wakes the loop as well
    (void)written;
    errno = saved;
}

static void rescue_terminal(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (armed) {
        armed = 0;
        ssize_t written = write(STDOUT_FILENO, rescue.bytes, rescue.count);
        (void)written;
        tcsetattr(STDIN_FILENO, TCSANOW, &rescue.settings);
        qs_capture_rescue();
    }
    for (int i = 0; i < FAULTS; i++) {
        if (faults[i] == number) {
            sigaction(number, &before_faults[i], NULL);
        }
    }
    // A fault of an instruction happens again on return; one that was sent has to be sent again.
    if (info->si_code <= 0) {
        raise(number);
    }
}

static enum qs_status open_pipe(struct qs_error *err)
{
    if (pipe(pipe_ends) != 0) {
        return qs_fail_errno(err, "terminal", "making a pipe for signals");
    }
    for (int i = 0; i < 2; i++) {
        fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
        fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
    }
    return QS_OK;
}

enum qs_status qs_signals_begin(struct qs_error *err)
{
    enum qs_status status = open_pipe(err);
    if (status != QS_OK) {
        return status;
    }
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART}; // a scan's thread may be the one hit
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < NOTED; i++) {
        came[i] = 0;
        sigaction(noted[i], &action, &before_noted[i]);
        // nohup and the like: what was ignored stays ignored.
        if (before_noted[i].sa_handler == SIG_IGN && noted[i] != SIGPIPE) {
            sigaction(noted[i], &before_noted[i], NULL);
        }
    }
    return QS_OK;
}

void qs_signals_arm(const struct qs_rescue *new_rescue)
{
    rescue = *new_rescue;
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < NOTED; i++) { // curses takes SIGTSTP whatever stands there
        if (noted[i] == SIGTSTP && before_noted[i].sa_handler != SIG_IGN) {
            sigaction(SIGTSTP, &action, NULL);
        }
    }
    stack_t stack = {.ss_sp = fault_stack, .ss_size = sizeof fault_stack};
    sigaltstack(&stack, &before_stack); // a fault may be that the stack is used up
    struct sigaction fault = {.sa_sigaction = rescue_terminal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&fault.sa_mask);
    for (int i = 0; i < FAULTS; i++) {
        sigaction(faults[i], &fault, &before_faults[i]);
    }
    armed = 1;
}

void qs_signals_end(void)
{
    if (armed) {
        armed = 0;
        for (int i = 0; i < FAULTS; i++) {
            sigaction(faults[i], &before_faults[i], NULL);
        }
        sigaltstack(&before_stack, NULL);
    }
    for (int i = 0; i < NOTED; i++) {
        sigaction(noted[i], &before_noted[i], NULL);
    }
    for (int i = 0; i < 2; i++) {
        close(pipe_ends[i]);
        pipe_ends[i] = -1;
    }
}

int qs_signals_fd(void)
{
    return pipe_ends[0];
}

struct qs_signals qs_signals_take(void)
{
    char bytes[64];
    while (read(pipe_ends[0], bytes, sizeof bytes) > 0) {
    }
    struct qs_signals taken = {0};
    for (int i = 0; i < NOTED; i++) {
        if (!came[i]) {
            continue;
        }
        came[i] = 0;
        switch (noted[i]) {
        case SIGWINCH:
            taken.resized = true;
            break;
        case SIGCONT:
            taken.resumed = true;
            break;
        case SIGTSTP:
            taken.suspend = true;
            break;
        case SIGPIPE:
            break;
        default:
            taken.quit = taken.quit ? taken.quit : noted[i];
        }
    }
    return taken;
}

void qs_signals_stop_here(void)
{
    struct sigaction stop = {.sa_handler = SIG_DFL};
    struct sigaction before;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, &stop, &before);
    // The whole group, as ^Z would: a script that started us must stop too, or the shell behind it waits for ever.
    came[index_of(SIGCONT)] = 0;
    kill(0, SIGTSTP);
    // With threads the signal may arrive a little later than kill returns, and must not meet our own handler. A group
    // that cannot be stopped (nobody would continue it) goes on after the wait.
    for (int i = 0; i < STOP_WAITS && !came[index_of(SIGCONT)]; i++) {
        poll(NULL, 0, STOP_WAIT_MS);
    }
    sigaction(SIGTSTP, &before, NULL);
}
