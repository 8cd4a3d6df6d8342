// What commands share: the model or cache that was named, an open session, the scan with its progress, the metrics.
#ifndef QS_CLI_WORK_H
#define QS_CLI_WORK_H

#include "cli/arguments.h"
#include "session/session.h"

// What a command works on.
struct qs_work {
    struct qs_session *session; // NULL until qs_work_open
    char *path;                 // the first operand, or what stands for it
    bool bundled;               // it is the bundled model, not named by its path
    char *argument;             // how another command is told of it: " demo", with the blank; "" where that finds it
    size_t log_told;            // bytes of the session's log that were printed
    bool quiet;
};

// Finds the model or cache: the first operand ("demo" is the bundled model where nothing here has that name); without
// one, the model in this directory, else its quantscope.h5, else the bundled model. Opens nothing. QS_BAD_INPUT where
// the bundled model is wanted and not installed.
enum qs_status qs_work_find(const struct qs_arguments *arguments, struct qs_work *out,
                            struct qs_error *err) QS_MUST_USE;

// The same, and opens a session on it, with the other operands and --output as its caches. Warnings go to standard
// error.
enum qs_status qs_work_open(const struct qs_arguments *arguments, struct qs_work *out,
                            struct qs_error *err) QS_MUST_USE;
void qs_work_close(struct qs_work *work); // zeroed is fine

// Scans what is missing, with progress on standard error, until done or interrupted.
enum qs_status qs_work_scan(struct qs_work *work, struct qs_error *err) QS_MUST_USE;

// Makes sure that there is something to show: scans the bundled model where that is missing, fails (QS_FAILED, with
// the command that makes it) where another model was not scanned, and warns where it was only in part.
enum qs_status qs_work_need_scan(struct qs_work *work, struct qs_error *err) QS_MUST_USE;

// Prints what the session's log has gained to standard error.
void qs_work_tell_log(struct qs_work *work);

// Whether this metric was measured anywhere. Statistics that are defined nowhere (of constants) were, too.
bool qs_work_has_metric(const struct qs_work *work, const struct qs_metric *metric);

// Fails (QS_FAILED) where it was not, with the command that does it.
enum qs_status qs_work_need_metric(const struct qs_work *work, const struct qs_metric *metric, struct qs_error *err);

// QS_USAGE where the name is no metric's, with all there are and the nearest.
enum qs_status qs_work_metric(const char *command, const char *name, const struct qs_metric **out,
                              struct qs_error *err) QS_MUST_USE;

// The kind that --module names; -1 in *out where name is NULL. QS_USAGE where it names none or several.
enum qs_status qs_work_kind(const struct qs_work *work, const char *command, const char *name, int *out,
                            struct qs_error *err) QS_MUST_USE;

#endif
