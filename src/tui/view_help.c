// Help: the keys and commands of the view it was called from, made from the table of actions.
#include "tui/state.h"

#include <stdio.h>
#include <string.h>

enum { KEYS_COLS = 18, COMMANDS_COLS = 30 };

// Nearly everywhere counts as everywhere: a view may have a key of its own for the same.
static bool is_everywhere(const struct qs_action *action)
{
    return __builtin_popcount(action->views) >= QS_VIEW_COUNT - 1;
}

static void add_keys(struct qs_page *page, unsigned views, bool everywhere)
{
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        const struct qs_action *action = &qs_actions[i];
        if (action->keys[0] && action->views & views && is_everywhere(action) == everywhere) {
            qs_page_pair(page, QS_ROLE_KEY, action->keys, KEYS_COLS, QS_ROLE_TEXT, "%s", action->help);
        }
    }
}

static void add_commands(struct qs_page *page)
{
    for (size_t i = 0; i < QS_ACTION_COUNT; i++) {
        const struct qs_action *action = &qs_actions[i];
        if (i != QS_ACTION_COMMAND && !strchr(action->name, ' ') &&
            qs_action_find(action->name, strlen(action->name)) == i) {
            char lead[64];
            snprintf(lead, sizeof lead, ":%s %s", action->name, qs_argument_name(action->argument));
            qs_page_pair(page, QS_ROLE_KEY, lead, COMMANDS_COLS, QS_ROLE_TEXT, "%s", action->help);
        }
    }
}

static void page(const struct qs_ui *ui, struct qs_page *page)
{
    qs_page_line(page, QS_ROLE_HEADER, "Keys in %s", qs_views[ui->help_of]->title);
    add_keys(page, 1u << ui->help_of, false);
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Keys everywhere");
    add_keys(page, 1u << ui->help_of, true);
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Commands, typed behind :");
    qs_page_line(page, QS_ROLE_DIM, "A beginning is enough where it is clear; a number alone is a layer.");
    add_commands(page);
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Mouse");
    qs_page_line(page, QS_ROLE_TEXT,
                 "Click a tab, a row, a column's head, a curve's name, a parameter, a key in the bottom line, or into "
                 "the plot or the map for the crosshair. The wheel scrolls; on a parameter it steps.");
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Sensitive layers");
    qs_page_line(page, QS_ROLE_TEXT,
                 "For every module kind, the differences of the metric from layer to layer are compared with their "
                 "trimmed mean and deviation. Where |z| exceeds the threshold, the layer behind the step "
                 "(attribution next) or the higher of the two (peak) is sensitive; top-m keeps the largest of each "
                 "kind.");
    qs_page_line(page, QS_ROLE_TEXT, "%s", "");
    qs_page_line(page, QS_ROLE_HEADER, "Plans");
    qs_page_line(page, QS_ROLE_TEXT,
                 "A plan gives every module a rung, by a method and its parameters; modules locked by hand stay as "
                 "they are. Its error is compared with the least there is at the same bytes, which is solved exactly. "
                 "Plans are kept by name, beside the plan at hand; what is kept lasts once it is stored in the cache "
                 "or written to a file.");
}

const struct qs_view qs_view_help = {.title = "Help", .key = '?', QS_PAGE_VIEW, .page = page};
