// Signals: an interrupt asks work to stop; a mapped file that was cut short ends the program with a message.
#ifndef QS_CLI_INTERRUPT_H
#define QS_CLI_INTERRUPT_H

#include <stdatomic.h>
#include <stdbool.h>

// Called once, first thing. SIGPIPE is ignored: writing to a closed pipe is seen as EPIPE.
void qs_interrupt_install(void);

// Becomes true with the first SIGINT or SIGTERM. A second one ends the program at once.
const atomic_bool *qs_interrupt_flag(void);

#endif
