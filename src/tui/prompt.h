// The bottom line while something is typed: an editor of one line with a history for each purpose.
#ifndef QS_TUI_PROMPT_H
#define QS_TUI_PROMPT_H

#include "base/text.h"
#include "plot/grid.h"
#include "tui/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qs_prompt_kind {
    QS_PROMPT_NONE,
    QS_PROMPT_COMMAND,
    QS_PROMPT_SEARCH,
    QS_PROMPT_FILTER,
    QS_PROMPT_VALUE,
    QS_PROMPT_NAME,
    QS_PROMPT_FILE,
    QS_PROMPT_ANSWER, // one key: y, or anything else for no
    QS_PROMPT_COUNT
};

enum { QS_PROMPT_CHARS_MAX = 255, QS_PROMPT_BYTES_MAX = 4 * QS_PROMPT_CHARS_MAX + 1, QS_HISTORY_MAX = 100 };

struct qs_history {
    char *lines[QS_HISTORY_MAX]; // oldest first
    size_t count;
};

struct qs_prompt {
    enum qs_prompt_kind kind; // QS_PROMPT_NONE: closed
    char label[128];          // stands before the line: ":", "z (now 3): "
    uint32_t chars[QS_PROMPT_CHARS_MAX];
    size_t length;
    size_t cursor;            // 0..length
    size_t recalled;          // 0: the line being typed; n: the n-th newest of the history
    char draft[QS_PROMPT_BYTES_MAX]; // the line being typed, while an older one is shown
    struct qs_history histories[QS_PROMPT_COUNT];
};

enum qs_prompt_result {
    QS_PROMPT_TYPING,
    QS_PROMPT_ACCEPTED,  // qs_prompt_text is the line; it has been added to the history
    QS_PROMPT_CANCELLED,
    QS_PROMPT_COMPLETE,  // Tab was pressed
};

void qs_prompt_open(struct qs_prompt *prompt, enum qs_prompt_kind kind, const char *label, const char *text);
void qs_prompt_close(struct qs_prompt *prompt);
void qs_prompt_free(struct qs_prompt *prompt); // the histories too

enum qs_prompt_result qs_prompt_key(struct qs_prompt *prompt, uint32_t key);

// The line as UTF-8, and the part before the cursor.
void qs_prompt_text(const struct qs_prompt *prompt, char out[static QS_PROMPT_BYTES_MAX]);
void qs_prompt_before(const struct qs_prompt *prompt, char out[static QS_PROMPT_BYTES_MAX]);

// Replaces what stands before the cursor.
void qs_prompt_set_before(struct qs_prompt *prompt, const char *text);

// One row; the grid's cursor goes to where the next character would stand. Lines longer than the row scroll.
void qs_prompt_draw(const struct qs_prompt *prompt, struct qs_grid *grid, struct qs_rect rect);

#endif
