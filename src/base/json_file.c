// JSON from files: see json_file.h.
#include "base/json_file.h"

#include "base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum qs_status qs_json_parse(const char *path, const char *what, const char *data, size_t size, size_t flags,
                             json_t **out, struct qs_error *err)
{
    json_error_t error;
    json_t *root = json_loadb(data, size, flags, &error);
    const char *colon = what[0] ? ": " : "";
    if (!root) {
        if (json_error_code(&error) == json_error_out_of_memory) {
            return qs_fail_memory(err, path, size);
        }
        return qs_fail(err, QS_BAD_INPUT, "%s: %s%sbyte %d: not valid JSON: %s", path, what, colon, error.position,
                       error.text);
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return qs_fail(err, QS_BAD_INPUT, "%s: %s%snot a JSON object", path, what, colon);
    }
    *out = root;
    return QS_OK;
}

static void replace_python_numbers(char *text, size_t size)
{
    static const struct {
        const char *python;
        const char *json; // of the same length
    } words[] = {{"NaN", "[] "}, {"-Infinity", "[-1]     "}, {"Infinity", "[1]     "}};
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        if (quoted && text[i] == '\\') {
            i++;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted && (text[i] == 'N' || text[i] == 'I' || text[i] == '-')) {
            for (size_t w = 0; w < QS_COUNT_OF(words); w++) {
                size_t length = strlen(words[w].python);
                if (size - i >= length && memcmp(text + i, words[w].python, length) == 0) {
                    memcpy(text + i, words[w].json, length);
                    break;
                }
            }
        }
    }
}

enum qs_status qs_json_read(const char *path, uint64_t max_bytes, size_t flags, json_t **out, struct qs_error *err)
{
    char *text = NULL;
    size_t size = 0;
    enum qs_status status = qs_file_read(path, max_bytes, &text, &size, err);
    if (status == QS_OK) {
        replace_python_numbers(text, size);
        status = qs_json_parse(path, "", text, size, flags, out, err);
    }
    free(text);
    return status;
}
