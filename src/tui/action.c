// The table of actions and the spelling of keys: see action.h.
#include "tui/action.h"

#include "base/attr.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct qs_action qs_actions[QS_ACTION_COUNT] = {
#define X(id, name, argument, keys, views, label, help) {name, QS_ARGUMENT_##argument, keys, views, label, help},
    QS_ACTIONS(X)
#undef X
};

const char *const qs_view_names[QS_VIEW_COUNT] = {"overview", "layers", "curves", "detect", "grid",
                                                  "plan",     "compare", "jobs",  "log",    "help"};

const char *qs_argument_name(enum qs_argument argument)
{
    static const char *const names[] = {"", "VIEW", "METRIC", "KIND", "LAYER", "PARAMETER VALUE", "COLUMN", "GLYPHS",
                                        "RUNG", "QUANTIZER", "AXIS", "WHAT", "METHOD", "NAME", "FILE", "TEXT"};
    return names[argument];
}

enum qs_action_id qs_action_find(const char *name, size_t length)
{
    size_t found = QS_ACTION_COUNT;
    bool ambiguous = false;
    if (length == 1 && (name[0] == 'q' || name[0] == 'Q')) {
        return QS_ACTION_QUIT; // whatever else begins so: many fingers know no other way out
    }
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        const char *candidate = qs_actions[i].name;
        if (strchr(candidate, ' ') || length == 0 || strncasecmp(candidate, name, length) != 0) {
            continue;
        }
        if (!candidate[length]) {
            return (enum qs_action_id)i;
        }
        // Rows that share a name are one action with keys that differ by view: the first of them is meant.
        if (found == QS_ACTION_COUNT) {
            found = i;
        } else if (strcmp(qs_actions[found].name, candidate) != 0) {
            ambiguous = true;
        }
    }
    return ambiguous ? QS_ACTION_COUNT : (enum qs_action_id)found;
}

static uint32_t named_key(const char *name, size_t length)
{
    static const struct {
        const char *name;
        uint32_t key;
    } names[] = {
        {"Up", QS_KEY_UP},         {"Down", QS_KEY_DOWN},       {"Left", QS_KEY_LEFT},
        {"Right", QS_KEY_RIGHT},   {"Home", QS_KEY_HOME},       {"End", QS_KEY_END},
        {"PgUp", QS_KEY_PAGE_UP},  {"PgDn", QS_KEY_PAGE_DOWN},  {"Ins", QS_KEY_INSERT},
        {"Del", QS_KEY_DELETE},    {"Tab", QS_KEY_TAB},         {"S-Tab", QS_KEY_BACK_TAB},
        {"Enter", QS_KEY_ENTER},   {"Esc", QS_KEY_ESC},         {"Backspace", QS_KEY_BACKSPACE},
        {"Space", ' '},
    };
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        if (strlen(names[i].name) == length && strncmp(names[i].name, name, length) == 0) {
            return names[i].key;
        }
    }
    unsigned number = 0;
    if (length >= 2 && length <= 3 && sscanf(name, "F%2u", &number) == 1 && number >= 1 && number <= 12) {
        return QS_KEY_F1 + number - 1;
    }
    return 0;
}

bool qs_key_parse(const char **cursor, uint32_t *out_first, uint32_t *out_second)
{
    const char *p = *cursor + strspn(*cursor, " ");
    size_t length = strcspn(p, " ");
    *cursor = p + length;
    if (length == 0) {
        return false;
    }
    *out_second = 0;
    *out_first = length == 2 && p[0] == '^' ? QS_KEY_CTRL(p[1]) : named_key(p, length);
    if (!*out_first) {
        *out_first = (unsigned char)p[0];
        *out_second = length > 1 ? (unsigned char)p[1] : 0;
    }
    return true;
}

enum qs_action_id qs_action_of_keys(enum qs_view_id view, uint32_t first, uint32_t second, bool *out_prefix)
{
    bool prefix = false;
    size_t found = QS_ACTION_COUNT;
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        if (!(qs_actions[i].views & 1u << view)) {
            continue;
        }
        const char *cursor = qs_actions[i].keys;
        uint32_t a;
        uint32_t b;
        while (qs_key_parse(&cursor, &a, &b)) {
            if (a == first && b == second) {
                found = found < i ? found : i;
            }
            prefix = prefix || (a == first && b && !second);
        }
    }
    if (out_prefix) {
        *out_prefix = prefix;
    }
    return (enum qs_action_id)found;
}
