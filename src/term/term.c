// The workbench in a terminal: see term.h. One loop: wait for input, a signal or a tick; update; draw once.
#include "term/term.h"

#include "term/capture.h"
#include "term/screen.h"
#include "term/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

// How long to wait for input while something runs, and while nothing does.
enum { BUSY_WAIT_MS = 40, IDLE_WAIT_MS = 1000 };

struct loop {
    struct qs_ui *ui;
    struct qs_grid grid;
    unsigned effects;  // collected since the last frame
    int quit_signal;   // 0: none
    bool hung_up;      // the terminal is gone
};

static void send(struct loop *loop, const struct qs_event *event)
{
    loop->effects |= qs_ui_update(loop->ui, event);
}

static enum qs_status take_size(struct loop *loop, struct qs_error *err)
{
    int cols;
    int rows;
    qs_screen_resize(&cols, &rows);
    send(loop, &(struct qs_event){.kind = QS_EVENT_RESIZE, .cols = cols, .rows = rows});
    return loop->grid.cols == cols && loop->grid.rows == rows ? QS_OK : qs_grid_resize(&loop->grid, cols, rows, err);
}

static enum qs_status come_back(struct loop *loop, struct qs_error *err)
{
    qs_screen_return();
    return take_size(loop, err);
}

static void take_quit(struct loop *loop, int signal)
{
    if (signal) {
        loop->quit_signal = signal;
        send(loop, &(struct qs_event){.kind = QS_EVENT_QUIT});
    }
}

static enum qs_status suspend(struct loop *loop, struct qs_error *err)
{
    qs_screen_leave();
    qs_signals_stop_here();
    enum qs_status status = come_back(loop, err);
    // The SIGCONT that ended it is done with; who was to end meanwhile ends now.
    take_quit(loop, qs_signals_take().quit);
    return status;
}

static enum qs_status take_signals(struct loop *loop, struct qs_error *err)
{
    struct qs_signals signals = qs_signals_take();
    enum qs_status status = QS_OK;
    take_quit(loop, signals.quit);
    if (signals.suspend) {
        status = suspend(loop, err);
    } else if (signals.resumed) {
        status = come_back(loop, err);
    } else if (signals.resized) {
        status = take_size(loop, err);
    }
    return status;
}

// Everything that has been typed, then time and what was written to stderr.
static void take_input(struct loop *loop, bool readable)
{
    struct qs_event event;
    int waiting = 0;
    // A terminal that is readable without a byte in it has come to its end.
    if (readable && ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting == 0) {
        loop->hung_up = true;
        return;
    }
    while (!(loop->effects & (QS_EFFECT_QUIT | QS_EFFECT_SUSPEND)) && qs_screen_event(&event)) {
        send(loop, &event);
    }
    struct qs_text line = {0};
    while (qs_capture_line(&line)) {
        send(loop, &(struct qs_event){.kind = QS_EVENT_TEXT, .text = qs_text_chars(&line)});
    }
    qs_text_free(&line);
    send(loop, &(struct qs_event){.kind = QS_EVENT_TICK});
}

static enum qs_status carry_out(struct loop *loop, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    unsigned effects = loop->effects;
    loop->effects = 0;
    if (effects & QS_EFFECT_MOUSE) {
        qs_screen_mouse(qs_ui_mouse(loop->ui));
    }
    if (effects & QS_EFFECT_SUSPEND) {
        status = suspend(loop, err);
        effects |= loop->effects;
        loop->effects &= QS_EFFECT_QUIT;
    }
    if (effects & QS_EFFECT_FULL_REDRAW) {
        qs_screen_forget();
    }
    if (status == QS_OK && effects & (QS_EFFECT_REDRAW | QS_EFFECT_FULL_REDRAW)) {
        qs_ui_draw(loop->ui, &loop->grid);
        qs_screen_show(&loop->grid);
    }
    return status;
}

static enum qs_status run(struct loop *loop, struct qs_error *err)
{
    enum qs_status status = take_size(loop, err);
    qs_screen_mouse(qs_ui_mouse(loop->ui));
    while (status == QS_OK && !(loop->effects & QS_EFFECT_QUIT) && !loop->hung_up) {
        status = carry_out(loop, err);
        if (status != QS_OK || loop->effects & QS_EFFECT_QUIT) {
            break;
        }
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = qs_signals_fd(), .events = POLLIN}};
        int ready = poll(fds, QS_COUNT_OF(fds), qs_ui_busy(loop->ui) ? BUSY_WAIT_MS : IDLE_WAIT_MS);
        if (ready < 0 && errno != EINTR) {
            return qs_fail_errno(err, "terminal", "waiting for input");
        }
        loop->hung_up = ready > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL));
        status = take_signals(loop, err);
        if (status == QS_OK && !loop->hung_up) {
            take_input(loop, ready > 0 && (fds[0].revents & POLLIN));
        }
    }
    if (status == QS_OK && (loop->quit_signal || loop->hung_up)) {
        status = qs_fail(err, QS_INTERRUPTED, "%s", loop->hung_up ? "the terminal is gone" : "ended by a signal");
    }
    return status;
}

enum qs_status qs_term_run(struct qs_ui *ui, const struct qs_term_options *options, struct qs_error *err)
{
    const char *no_color = getenv("NO_COLOR");
    bool plain = (options && options->no_color) || (no_color && no_color[0]);
    enum qs_status status = qs_signals_begin(err);
    if (status != QS_OK) {
        return status;
    }
    status = qs_screen_open(plain, options && options->ascii, err);
    if (status != QS_OK) {
        qs_signals_end();
        return status;
    }
    qs_signals_arm(qs_screen_rescue());
    qs_capture_begin();
    struct loop loop = {.ui = ui};
    status = run(&loop, err);
    qs_grid_free(&loop.grid);
    qs_screen_close();
    qs_capture_end();
    qs_signals_end();
    return status;
}
