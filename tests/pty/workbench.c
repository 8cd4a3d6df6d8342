// The workbench over a made-up session, for the terminal tests: workbench [noisy]. `noisy` writes to stderr every
// tenth of a second from a thread of its own.
#include "../ui/fake_session.h"
#include "term/term.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void *write_lines(void *argument)
{
    (void)argument;
    for (int i = 0;; i++) {
        fprintf(stderr, "noise %d\n", i);
        usleep(100000);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    struct qs_session *session = fake_session_new(&(struct fake_options){.layers = 24, .kinds = 7, .scanned = 24});
    struct qs_ui *ui = NULL;
    struct qs_error err;
    pthread_t thread;
    if (argc > 1 && strcmp(argv[1], "noisy") == 0) {
        pthread_create(&thread, NULL, write_lines, NULL);
    }
    enum qs_status status = session ? qs_ui_new(session, NULL, &ui, &err) : QS_FAILED;
    if (status == QS_OK) {
        status = qs_term_run(ui, NULL, &err);
    }
    if (status != QS_OK) {
        fprintf(stderr, "workbench: %s\n", err.text);
    }
    qs_ui_free(ui);
    fake_session_free(session);
    return (int)status;
}
