// A line editor over code points: see prompt.h.
#include "tui/prompt.h"

#include <stdlib.h>
#include <string.h>

static void load(struct qs_prompt *prompt, const char *text)
{
    prompt->length = 0;
    for (unsigned codepoint; prompt->length < QS_PROMPT_CHARS_MAX && (codepoint = qs_text_next(&text)) != 0;) {
        prompt->chars[prompt->length++] = codepoint;
    }
    prompt->cursor = prompt->length;
}

static void encode(const uint32_t *chars, size_t count, char *out)
{
    for (size_t i = 0; i < count; i++) {
        out += qs_codepoint_encode(chars[i], out);
    }
    *out = '\0';
}

void qs_prompt_open(struct qs_prompt *prompt, enum qs_prompt_kind kind, const char *label, const char *text)
{
    prompt->kind = kind;
    size_t length = strlen(label);
    if (length >= sizeof prompt->label) {
        length = sizeof prompt->label - 1;
    }
    memcpy(prompt->label, label, length);
    prompt->label[length] = '\0';
    prompt->recalled = 0;
    load(prompt, text);
}

void qs_prompt_close(struct qs_prompt *prompt)
{
    prompt->kind = QS_PROMPT_NONE;
}

void qs_prompt_free(struct qs_prompt *prompt)
{
    for (size_t kind = 0; kind < QS_PROMPT_COUNT; kind++) {
        for (size_t i = 0; i < prompt->histories[kind].count; i++) {
            free(prompt->histories[kind].lines[i]);
        }
        prompt->histories[kind].count = 0;
    }
}

void qs_prompt_text(const struct qs_prompt *prompt, char out[static QS_PROMPT_BYTES_MAX])
{
    encode(prompt->chars, prompt->length, out);
}

void qs_prompt_before(const struct qs_prompt *prompt, char out[static QS_PROMPT_BYTES_MAX])
{
    encode(prompt->chars, prompt->cursor, out);
}

static void erase(struct qs_prompt *prompt, size_t first, size_t end)
{
    memmove(prompt->chars + first, prompt->chars + end, (prompt->length - end) * sizeof prompt->chars[0]);
    prompt->length -= end - first;
    prompt->cursor = first;
}

static void insert(struct qs_prompt *prompt, uint32_t codepoint)
{
    if (prompt->length == QS_PROMPT_CHARS_MAX) {
        return;
    }
    memmove(prompt->chars + prompt->cursor + 1, prompt->chars + prompt->cursor,
            (prompt->length - prompt->cursor) * sizeof prompt->chars[0]);
    prompt->chars[prompt->cursor++] = codepoint;
    prompt->length++;
}

void qs_prompt_set_before(struct qs_prompt *prompt, const char *text)
{
    erase(prompt, 0, prompt->cursor);
    for (unsigned codepoint; (codepoint = qs_text_next(&text)) != 0;) {
        insert(prompt, codepoint);
    }
}

// Keeps the newest QS_HISTORY_MAX lines, each once. A line that memory cannot keep is not remembered.
static void remember(struct qs_history *history, const char *line)
{
    if (!line[0]) {
        return;
    }
    char *copy = strdup(line);
    if (!copy) {
        return;
    }
    size_t out = history->count == QS_HISTORY_MAX; // the slot that has to go, where no equal line goes
    for (size_t i = 0; i < history->count; i++) {
        if (strcmp(history->lines[i], line) == 0) {
            out = i + 1;
            break;
        }
    }
    if (out) {
        free(history->lines[out - 1]);
        memmove(history->lines + out - 1, history->lines + out, (history->count - out) * sizeof history->lines[0]);
        history->count--;
    }
    history->lines[history->count++] = copy;
}

static void recall(struct qs_prompt *prompt, size_t recalled)
{
    const struct qs_history *history = &prompt->histories[prompt->kind];
    if (recalled > history->count) {
        return;
    }
    if (prompt->recalled == 0) {
        qs_prompt_text(prompt, prompt->draft);
    }
    prompt->recalled = recalled;
    load(prompt, recalled ? history->lines[history->count - recalled] : prompt->draft);
}

static size_t word_start(const struct qs_prompt *prompt)
{
    size_t at = prompt->cursor;
    while (at > 0 && prompt->chars[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && prompt->chars[at - 1] != ' ') {
        at--;
    }
    return at;
}

static enum qs_prompt_result accept(struct qs_prompt *prompt)
{
    char line[QS_PROMPT_BYTES_MAX];
    qs_prompt_text(prompt, line);
    remember(&prompt->histories[prompt->kind], line);
    return QS_PROMPT_ACCEPTED;
}

enum qs_prompt_result qs_prompt_key(struct qs_prompt *prompt, uint32_t key)
{
    switch (key) {
    case QS_KEY_ENTER:
        return accept(prompt);
    case QS_KEY_ESC:
    case QS_KEY_CTRL('C'):
    case QS_KEY_CTRL('G'):
        return QS_PROMPT_CANCELLED;
    case QS_KEY_TAB:
        return QS_PROMPT_COMPLETE;
    case QS_KEY_BACKSPACE:
        if (prompt->length == 0) {
            return QS_PROMPT_CANCELLED;
        }
        if (prompt->cursor > 0) {
            erase(prompt, prompt->cursor - 1, prompt->cursor);
        }
        break;
    case QS_KEY_DELETE:
    case QS_KEY_CTRL('D'):
        if (prompt->cursor < prompt->length) {
            erase(prompt, prompt->cursor, prompt->cursor + 1);
        }
        break;
    case QS_KEY_LEFT:
    case QS_KEY_CTRL('B'):
        prompt->cursor -= prompt->cursor > 0;
        break;
    case QS_KEY_RIGHT:
    case QS_KEY_CTRL('F'):
        prompt->cursor += prompt->cursor < prompt->length;
        break;
    case QS_KEY_HOME:
    case QS_KEY_CTRL('A'):
        prompt->cursor = 0;
        break;
    case QS_KEY_END:
    case QS_KEY_CTRL('E'):
        prompt->cursor = prompt->length;
        break;
    case QS_KEY_CTRL('K'):
        prompt->length = prompt->cursor;
        break;
    case QS_KEY_CTRL('U'):
        erase(prompt, 0, prompt->cursor);
        break;
    case QS_KEY_CTRL('W'):
        erase(prompt, word_start(prompt), prompt->cursor);
        break;
    case QS_KEY_UP:
    case QS_KEY_CTRL('P'):
        recall(prompt, prompt->recalled + 1);
        break;
    case QS_KEY_DOWN:
    case QS_KEY_CTRL('N'):
        if (prompt->recalled > 0) {
            recall(prompt, prompt->recalled - 1);
        }
        break;
    default:
        if (key >= 0x20 && key < 0x110000 && (key < 0x7f || key >= 0xa0) && (key < 0xd800 || key >= 0xe000)) {
            insert(prompt, key);
        }
    }
    return QS_PROMPT_TYPING;
}

void qs_prompt_draw(const struct qs_prompt *prompt, struct qs_grid *grid, struct qs_rect rect)
{
    if (rect.cols < 1 || rect.rows < 1) {
        return;
    }
    qs_grid_fill(grid, rect, ' ', QS_ROLE_TEXT);
    int label = qs_grid_text(grid, rect.col, rect.row, rect.cols - 1, QS_ROLE_KEY, prompt->label);
    int room = rect.cols - label;
    // The first character shown: the least that leaves the cursor inside.
    size_t first = prompt->cursor;
    int before = 0;
    while (first > 0) {
        int columns = qs_codepoint_columns(prompt->chars[first - 1]);
        if (before + columns > room - 1) {
            break;
        }
        before += columns;
        first--;
    }
    char line[QS_PROMPT_BYTES_MAX];
    encode(prompt->chars + first, prompt->length - first, line);
    qs_grid_text(grid, rect.col + label, rect.row, room, QS_ROLE_TEXT, line);
    grid->cursor_col = rect.col + label + before;
    grid->cursor_row = rect.row;
}
