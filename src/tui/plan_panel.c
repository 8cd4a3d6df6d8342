// The panel of Plan: see plan_panel.h.
#include "tui/plan_panel.h"

#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LEAD_COLS = 13, VALUE_MAX = 96, TOTALS_MAX = 11 };

struct total {
    const char *lead;
    char text[VALUE_MAX]; // behind the lead, in a panel
    char line[VALUE_MAX]; // in a line with the others; "": not there
};

struct totals {
    struct total items[TOTALS_MAX];
    size_t count;
};

static struct total *add(struct totals *totals, const char *lead)
{
    struct total *total = &totals->items[totals->count++];
    *total = (struct total){.lead = lead};
    return total;
}

static void add_sizes(const struct qs_planned *planned, struct totals *out)
{
    const struct qs_plan_totals *totals = &planned->totals;
    char bytes[QS_NUMBER_MAX];
    char count[QS_NUMBER_MAX];
    char rung[QS_RUNG_NAME_MAX];
    struct total *total = add(out, "memory");
    snprintf(total->text, VALUE_MAX, "%s", qs_format_bytes(totals->bytes, bytes));
    snprintf(total->line, VALUE_MAX, "%s", bytes);
    total = add(out, "");
    snprintf(total->text, VALUE_MAX, "%s bytes", qs_format_count(totals->bytes, count));
    total = add(out, "bits/weight");
    snprintf(total->text, VALUE_MAX, "%.4f", totals->bits_per_weight);
    snprintf(total->line, VALUE_MAX, "%.4f bits", totals->bits_per_weight);
    total = add(out, "over base");
    snprintf(total->text, VALUE_MAX, "%+.2f %% of %s", 100 * totals->memory_increase,
             qs_rung_name(planned->plan.base, rung));
    snprintf(total->line, VALUE_MAX, "%+.2f %% over %s", 100 * totals->memory_increase, rung);
    total = add(out, "boosted");
    snprintf(total->text, VALUE_MAX, "%llu of %llu", (unsigned long long)totals->boosted,
             (unsigned long long)totals->modules);
    snprintf(total->line, VALUE_MAX, "%llu boosted", (unsigned long long)totals->boosted);
    if (totals->locked > 0) {
        total = add(out, "locked");
        snprintf(total->text, VALUE_MAX, "%llu", (unsigned long long)totals->locked);
        snprintf(total->line, VALUE_MAX, "%llu locked", (unsigned long long)totals->locked);
    }
}

static void add_measure(const struct qs_planning *planning, struct totals *out)
{
    const struct qs_plan_measure *measure = &planning->measure;
    char number[QS_NUMBER_MAX];
    if (planning->objective == QS_OBJECTIVE_COUNT || isnan(measure->objective)) {
        struct total *none = add(out, "error");
        snprintf(none->text, VALUE_MAX, "not measured");
        return;
    }
    const char *name = qs_objective_name(planning->objective);
    struct total *total = add(out, name);
    snprintf(total->text, VALUE_MAX, "%s in all", qs_format_short(measure->objective, 6, number));
    snprintf(total->line, VALUE_MAX, "%s %s", name, number);
    if (!isnan(measure->gap)) {
        double percent = 100 * measure->gap;
        bool best = measure->proven && percent < 5e-4;
        total = add(out, "optimum");
        qs_format_short(measure->best, 6, number);
        snprintf(total->text, VALUE_MAX, "%s%s", number,
                 !measure->proven ? ", not proven"
                 : best           ? ", this is it"
                                  : "");
        snprintf(total->line, VALUE_MAX, best ? "optimal at these bytes" : "%.2f %% over the %s", percent,
                 measure->proven ? "optimum" : "best known");
        snprintf(add(out, "gap")->text, VALUE_MAX, "%.2f %%", percent);
    }
}

// What the plan is for: it comes from the cache, or with a plan that was read.
static void add_setup(const struct qs_ui *ui, struct totals *out)
{
    const struct qs_plan_setup *setup = qs_session_plan_setup(ui->session);
    struct total *total = add(out, "for");
    snprintf(total->text, VALUE_MAX, "%s axis %u, %s", qs_quantizer_name(setup->quantizer), setup->axis,
             qs_storage_name(setup->storage));
    if (!qs_ladder_equal(&setup->ladder, &qs_ladder_hqq)) {
        total = add(out, "");
        snprintf(total->text, VALUE_MAX, "a ladder of %zu %s", setup->ladder.count,
                 setup->ladder.count == 1 ? "rung" : "rungs");
    }
}

static struct totals totals_of(const struct qs_ui *ui)
{
    struct totals totals = {.count = 0};
    if (ui->planning.planned) {
        add_setup(ui, &totals);
        add_sizes(ui->planning.planned, &totals);
        add_measure(&ui->planning, &totals);
    }
    return totals;
}

static void draw_head(struct qs_grid *grid, struct qs_rect rect, int row, const char *text, const char *keys)
{
    qs_grid_fill(grid, (struct qs_rect){rect.col, row, rect.cols, 1}, ' ', QS_ROLE_HEADER);
    qs_grid_text(grid, rect.col, row, rect.cols, QS_ROLE_HEADER, text);
    qs_grid_text_right(grid, rect.col, row, rect.cols, QS_ROLE_HEADER, keys);
}

enum qs_plan_param qs_plan_panel_at(const struct qs_ui *ui, struct qs_rect rect, int row)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    int count = (int)qs_params_shown(ui, shown);
    int at = row - rect.row - 1;
    return at >= 0 && at < count && at < rect.rows - 1 ? shown[at] : QS_PLAN_PARAM_COUNT;
}

// What planning has to say, in the rows of rect from `row` on.
static void draw_notes(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect, int row)
{
    const char *notes = ui->planning.planned ? qs_text_chars(&ui->planning.planned->report.notes) : "";
    while (*notes && row < rect.row + rect.rows) {
        char line[512];
        size_t length = strcspn(notes, "\n");
        snprintf(line, sizeof line, "%.*s", (int)length, notes);
        row += qs_page_draw_text(grid, (struct qs_rect){rect.col, row, rect.cols, rect.row + rect.rows - row},
                                 QS_ROLE_WARNING, line);
        notes += length + (notes[length] == '\n');
    }
}

void qs_plan_panel_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    enum qs_plan_param shown[QS_PLAN_PARAM_COUNT];
    size_t count = qs_params_shown(ui, shown);
    size_t chosen = qs_params_chosen(ui);
    struct qs_plan_params params = qs_session_plan_params(ui->session);
    int end = rect.row + rect.rows;
    int row = rect.row;
    draw_head(grid, rect, row++, "Parameters", "Tab + - =");
    for (size_t i = 0; i < count && row < end; i++, row++) {
        char value[QS_PLAN_PARAM_TEXT_MAX];
        bool here = i == chosen;
        enum qs_role role = here ? QS_ROLE_CURSOR : QS_ROLE_TEXT;
        qs_grid_fill(grid, (struct qs_rect){rect.col, row, rect.cols, 1}, ' ', role);
        qs_grid_textf(grid, rect.col, row, rect.cols, role, "%s%-*s %s", here ? "> " : "  ", LEAD_COLS - 1,
                      qs_param_name(shown[i]), qs_param_text(&params, shown[i], value));
    }
    struct totals totals = totals_of(ui);
    row++;
    if (totals.count > 0 && row + 1 < end) {
        draw_head(grid, rect, row++, "Totals", "");
        for (size_t i = 0; i < totals.count && row < end; i++, row++) {
            qs_grid_textf(grid, rect.col + 2, row, rect.cols - 2, QS_ROLE_DIM, "%s", totals.items[i].lead);
            qs_grid_text(grid, rect.col + 2 + LEAD_COLS, row, rect.cols - 2 - LEAD_COLS, QS_ROLE_TEXT,
                         totals.items[i].text);
        }
    }
    draw_notes(ui, grid, rect, row + 1);
}

void qs_plan_totals_draw(const struct qs_ui *ui, struct qs_grid *grid, struct qs_rect rect)
{
    struct totals totals = totals_of(ui);
    int col = rect.col + 1;
    int row = rect.row;
    for (size_t i = 0; i < totals.count; i++) {
        const char *text = totals.items[i].line;
        int cols = (int)qs_text_columns(text);
        if (!text[0]) {
            continue;
        }
        if (col > rect.col + 1 && col + cols > rect.col + rect.cols) {
            col = rect.col + 1;
            row++;
        }
        if (row >= rect.row + rect.rows) {
            return;
        }
        enum qs_role role = i == 0 ? QS_ROLE_TITLE : QS_ROLE_TEXT;
        col += qs_grid_text(grid, col, row, rect.col + rect.cols - col, role, text) + 3;
    }
    draw_notes(ui, grid, (struct qs_rect){rect.col + 1, rect.row, rect.cols - 1, rect.rows}, row + 1);
}
