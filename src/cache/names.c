// Names: see names.h.
#include "cache/names.h"

#include <string.h>

bool qs_name_is_path(const char *path, size_t max, unsigned least)
{
    unsigned parts = 0;
    size_t length = strnlen(path, max);
    if (length == max) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool begins = i == 0 || path[i - 1] == '/';
        if (path[i] == '/') {
            if (begins || i + 1 == length) {
                return false;
            }
        } else if (!((path[i] >= 'a' && path[i] <= 'z') || (path[i] >= '0' && path[i] <= '9') || path[i] == '_')) {
            return false;
        }
        parts += begins;
    }
    return parts >= least;
}

bool qs_name_in(const char *path, const char *of)
{
    size_t length = strlen(of);
    return strncmp(path, of, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

bool qs_name_overlap(const char *a, const char *b)
{
    return qs_name_in(a, b) || qs_name_in(b, a);
}

bool qs_name_is_reserved(const char *path)
{
    return qs_name_overlap(path, "model") || qs_name_overlap(path, "layer") || qs_name_overlap(path, "kind");
}

bool qs_name_is_plain(const char *name, size_t max)
{
    return qs_name_is_path(name, max, 1) && !strchr(name, '/');
}
