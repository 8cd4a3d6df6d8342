// The command `tokenize`: a text's token ids.
#include "cli/commands.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/console.h"
#include "cli/work.h"
#include "model/tokenizer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES_MAX = 1 << 30, READ_BYTES = 1 << 16 };

static enum qs_status read_input(char **out, size_t *out_size, struct qs_error *err)
{
    struct qs_text text = {0};
    char bytes[READ_BYTES];
    size_t count;
    while ((count = fread(bytes, 1, sizeof bytes, stdin)) > 0 && text.length < TEXT_BYTES_MAX) {
        qs_text_add_bytes(&text, bytes, count);
    }
    if (ferror(stdin)) {
        qs_text_free(&text);
        return qs_fail_errno(err, "standard input", "reading");
    }
    *out_size = text.length;
    *out = qs_text_take(&text);
    return *out ? QS_OK : qs_fail_memory(err, "a text", *out_size);
}

static enum qs_status read_text(const char *path, char **out, size_t *out_size, struct qs_error *err)
{
    if (strcmp(path, "-") == 0) {
        return read_input(out, out_size, err);
    }
    return qs_file_read(path, TEXT_BYTES_MAX, out, out_size, err);
}

static void print_ids(const struct qs_token_ids *ids)
{
    for (size_t i = 0; i < ids->count; i++) {
        printf(i ? " %" PRIu32 : "%" PRIu32, ids->items[i]);
    }
    puts("");
}

static void warn_invalid(const char *name, const char *text, size_t size)
{
    size_t at = qs_text_invalid(text, size);
    struct qs_text line = {0};
    if (at < size) {
        qs_text_addf(&line, "%s: byte %zu: is no UTF-8; what is none becomes tokens of single bytes\n", name, at);
        qs_console_warn(qs_text_chars(&line));
    }
    qs_text_free(&line);
}

enum qs_status qs_cmd_tokenize(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_work work = {0};
    struct qs_tokenizer *tokenizer = NULL;
    struct qs_token_ids ids = {0};
    struct qs_error why = {0};
    char *text = NULL;
    size_t size = 0;
    const char *name = arguments->text && strcmp(arguments->text, "-") != 0 ? arguments->text : "standard input";
    if (!arguments->text) {
        return qs_fail(err, QS_USAGE, "tokenize: which text? --text FILE, or --text - for standard input");
    }
    unsigned flags = (arguments->no_bos ? 0 : QS_ENCODE_BOS) | (arguments->parse_special ? QS_ENCODE_PARSE_SPECIAL : 0);
    enum qs_status status = qs_work_find(arguments, &work, err);
    if (status == QS_OK) {
        status = qs_tokenizer_open(work.path, &tokenizer, err);
    }
    if (status == QS_OK) {
        status = read_text(arguments->text, &text, &size, err);
    }
    if (status == QS_OK) {
        warn_invalid(name, text, size);
        status = qs_tokenizer_encode(tokenizer, text, size, flags, &ids, &why);
        if (status != QS_OK) {
            qs_fail(err, status, "%s: %s", name, why.text);
        }
    }
    if (status == QS_OK) {
        print_ids(&ids);
    }
    qs_token_ids_free(&ids);
    free(text);
    qs_tokenizer_close(tokenizer);
    qs_work_close(&work);
    return status;
}
