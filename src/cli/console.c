// The terminal's size and locale: see console.h.
#include "cli/console.h"

#include "base/number.h"
#include "base/text.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

// A side from the environment, or fallback.
static int environment_side(const char *name, int fallback)
{
    const char *text = getenv(name);
    uint64_t side;
    return text && qs_parse_u64(text, &side) && side >= 1 && side <= QS_GRID_SIDE_MAX ? (int)side : fallback;
}

void qs_console_size(int fd, int *out_cols, int *out_rows)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *out_cols = size.ws_col < QS_GRID_SIDE_MAX ? size.ws_col : QS_GRID_SIDE_MAX;
        *out_rows = size.ws_row < QS_GRID_SIDE_MAX ? size.ws_row : QS_GRID_SIDE_MAX;
    } else {
        *out_cols = environment_side("COLUMNS", 80);
        *out_rows = environment_side("LINES", 24);
    }
}

bool qs_console_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

enum qs_glyphs qs_console_glyphs(void)
{
    return qs_console_is_utf8() ? QS_GLYPHS_BRAILLE : QS_GLYPHS_ASCII;
}

bool qs_console_is_usable(void)
{
    const char *term = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && term[0] && strcmp(term, "dumb") != 0;
}

void qs_console_print(FILE *file, const char *utf8)
{
    bool wide = qs_console_is_utf8();
    for (unsigned codepoint; (codepoint = qs_text_next(&utf8)) != 0;) {
        bool control = codepoint != '\n' && qs_codepoint_is_control(codepoint);
        if (control || (codepoint > 0x7f && !wide)) {
            codepoint = '?';
        }
        char bytes[4];
        fwrite(bytes, 1, qs_codepoint_encode(codepoint, bytes), file);
    }
}

void qs_console_warn(const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        struct qs_text line = {0};
        qs_text_add_bytes(&line, lines, length);
        fputs("quantscope: warning: ", stderr);
        qs_console_print(stderr, qs_text_chars(&line));
        fputs("\n", stderr);
        qs_text_free(&line);
        lines += length + (lines[length] == '\n');
    }
}

enum qs_status qs_console_print_grid(struct qs_grid *grid, enum qs_glyphs glyphs, struct qs_error *err)
{
    if (glyphs == QS_GLYPHS_ASCII || !qs_console_is_utf8()) {
        qs_grid_to_ascii(grid);
    }
    struct qs_text text = {0};
    qs_grid_to_text(grid, &text);
    enum qs_status status = text.failed ? qs_fail_memory(err, "a drawing", text.length) : QS_OK;
    if (status == QS_OK) {
        fputs(qs_text_chars(&text), stdout);
    }
    qs_text_free(&text);
    return status;
}
