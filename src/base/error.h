// What a function that can fail returns and says.
//
// Every such function returns enum qs_status and takes an optional last `struct qs_error *` (NULL: the text is not
// wanted). On success the error is untouched. The text is one line without the program's name and without a final
// period or newline: "FILE: WHERE: what is wrong, with the value, and what to do".
#ifndef QS_BASE_ERROR_H
#define QS_BASE_ERROR_H

#include "base/attr.h"

#include <stddef.h>

// The numbers are the program's exit statuses.
enum qs_status {
    QS_OK = 0,
    QS_FAILED = 1,            // the work failed: I/O, memory, disk full
    QS_USAGE = 2,             // wrong usage
    QS_BAD_INPUT = 3,         // an input file is bad or unsupported
    QS_INTERRUPTED = 130,     // stopped on request; what was finished is kept
};

enum { QS_ERROR_TEXT_MAX = 1024 };

struct qs_error {
    enum qs_status status;
    char text[QS_ERROR_TEXT_MAX];
};

// Fills err (may be NULL) and returns status. A text that does not fit is cut. Control characters in it (names
// come from hostile files) are replaced by '?'.
enum qs_status qs_fail(struct qs_error *err, enum qs_status status, const char *format, ...) QS_PRINTF(3, 4);

// QS_FAILED with "PATH: DOING: <errno's text>", errno as it stands on entry.
enum qs_status qs_fail_errno(struct qs_error *err, const char *path, const char *doing);

// QS_FAILED for size_bytes that could not be allocated for `what`.
enum qs_status qs_fail_memory(struct qs_error *err, const char *what, size_t size_bytes);

#endif
