// Signals: see interrupt.h.
#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static atomic_bool stop;

_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "a signal handler sets the flag");

static void ask_to_stop(int number)
{
    (void)number;
    atomic_store_explicit(&stop, true, memory_order_relaxed);
}

// Reading a page of a mapping whose file became shorter raises SIGBUS. Nothing can be repaired from here: what was
// flushed is safe, the rest is dropped. Only calls that are safe in a handler.
static void end_cut_short(int number)
{
    (void)number;
    static const char text[] = "quantscope: a file was cut short while it was being read\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    _exit(1);
}

// A signal that was ignored when the program began (nohup, a shell's background job) stays so.
static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
        return;
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void qs_interrupt_install(void)
{
    signal(SIGPIPE, SIG_IGN);
    handle(SIGINT, ask_to_stop, (int)SA_RESETHAND);
    handle(SIGTERM, ask_to_stop, (int)SA_RESETHAND);
    handle(SIGBUS, end_cut_short, (int)SA_RESETHAND);
}

const atomic_bool *qs_interrupt_flag(void)
{
    return &stop;
}
