// Signals: see interrupt.h.
#include "cli/interrupt.h"

#include "base/file.h"

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
static void end_cut_short(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    static const char before[] = "quantscope: ";
    static const char after[] = ": was cut short while it was being read\n";
    char text[512];
    size_t length = sizeof before - 1;
    const char *path = qs_map_path_at(info->si_addr);
    memcpy(text, before, length);
    for (path = path ? path : "a file"; *path && length < sizeof text - sizeof after; path++) {
        text[length++] = (unsigned char)*path < 0x20 || *path == 0x7f ? '?' : *path;
    }
    memcpy(text + length, after, sizeof after - 1);
    ssize_t ignored = write(STDERR_FILENO, text, length + sizeof after - 1);
    (void)ignored;
    _exit(1);
}

// A signal that was ignored when the program began (nohup, a shell's background job) stays so.
static void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
        return;
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void qs_interrupt_install(void)
{
    signal(SIGPIPE, SIG_IGN);
    handle(SIGINT, ask_to_stop);
    handle(SIGTERM, ask_to_stop);
    struct sigaction fault = {.sa_sigaction = end_cut_short, .sa_flags = (int)(SA_RESETHAND | SA_SIGINFO)};
    sigemptyset(&fault.sa_mask);
    sigaction(SIGBUS, &fault, NULL);
}

const atomic_bool *qs_interrupt_flag(void)
{
    return &stop;
}
