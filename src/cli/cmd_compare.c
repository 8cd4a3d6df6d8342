// The command `compare`: plans side by side.
#include "cli/commands.h"

#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/plans.h"
#include "cli/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct qs_column columns[] = {
    {"plan", false},           {"method", false},      {"base", false},
    {"bytes", true},           {"packed_bytes", true}, {"bits_per_weight", true},
    {"memory_increase", true}, {"fnorm_sum", true},    {"sensitivity_sum", true},
    {"boosted", true},         {"gap", true},
};

struct comparison {
    const struct qs_arguments *arguments;
    struct qs_work work;
    struct qs_plan *plans; // [arguments->operand_count]
    enum qs_objective objective;
    struct qs_ladder ladder;        // of all plans
    struct qs_frontier frontier;    // of the plan at hand's quantizer, axis and storage, as the source is
    const struct qs_source *source; // NULL without a cache
};

// All plans, those behind the first over its model where there is no cache.
static enum qs_status load(struct comparison *comparison, struct qs_error *err)
{
    const struct qs_arguments *arguments = comparison->arguments;
    enum qs_status status = QS_OK;
    for (size_t i = 0; status == QS_OK && i < arguments->operand_count; i++) {
        const char *name = arguments->operands[i];
        struct qs_plan *plan = &comparison->plans[i];
        status = qs_plans_load(&comparison->work, "compare", name, arguments->any_model, plan, err);
        if (status == QS_OK && i > 0 && !comparison->work.session) {
            status = qs_plan_fit(plan, &comparison->plans[0].model, arguments->any_model, name, err);
        }
    }
    return status;
}

// The rungs of all plans.
static enum qs_status join_ladders(const struct comparison *comparison, struct qs_ladder *out, struct qs_error *err)
{
    struct qs_text list = {0};
    for (size_t i = 0; i < comparison->arguments->operand_count; i++) {
        const struct qs_ladder *ladder = &comparison->plans[i].ladder;
        for (size_t rung = 0; rung < ladder->count; rung++) {
            char name[QS_RUNG_NAME_MAX];
            qs_text_addf(&list, "%s%s", list.length ? "," : "", qs_rung_name(ladder->rungs[rung], name));
        }
    }
    enum qs_status status =
        list.failed ? qs_fail_memory(err, "a ladder", list.length) : qs_ladder_parse(qs_text_chars(&list), out, err);
    qs_text_free(&list);
    return status;
}

// The first module's; every plan has one.
static uint32_t axis_of(const struct qs_plan *plan)
{
    size_t cell = 0;
    while (plan->cells[cell].rung == QS_PLAN_NO_RUNG) {
        cell++;
    }
    return plan->cells[cell].axis;
}

// What the cache knows of one plan's quantizer and axis at the rungs of all, in its storage, and the best there is.
static enum qs_status find_source(struct comparison *comparison, const struct qs_plan *plan, struct qs_error *err)
{
    bool own = plan->quantizer == QS_QUANTIZER_NF4; // which has no rungs of other bits
    struct qs_plan_setup setup = {own ? plan->ladder : comparison->ladder, plan->quantizer, axis_of(plan),
                                  plan->storage};
    if (comparison->source && qs_plan_setup_equal(&setup, qs_session_plan_setup(comparison->work.session))) {
        return QS_OK;
    }
    qs_frontier_free(&comparison->frontier);
    comparison->source = NULL;
    enum qs_status status = qs_session_set_plan_setup(comparison->work.session, &setup, err);
    const struct qs_source *source = NULL;
    if (status == QS_OK) {
        status = qs_session_source(comparison->work.session, &source, err);
    }
    if (status == QS_OK) {
        status = qs_frontier_make(source, comparison->objective, &comparison->frontier, err);
    }
    comparison->source = status == QS_OK ? source : NULL;
    return status;
}

static enum qs_status parse_objective(struct comparison *comparison, struct qs_error *err)
{
    const char *named = comparison->arguments->objective;
    if (named && !qs_objective_find(named, &comparison->objective)) {
        return qs_fail(err, QS_USAGE, "compare: --objective %s: is none of best, fnorm, sensitivity, loss", named);
    }
    if (named && !comparison->arguments->cache) {
        return qs_fail(err, QS_USAGE, "compare: --objective needs a --cache that knows it");
    }
    return QS_OK;
}

static void add_number(struct qs_table *table, double value)
{
    if (isnan(value)) {
        qs_table_none(table);
    } else {
        qs_table_number(table, value);
    }
}

// at_least: the number is not known to be larger, and text says so.
static void add_percent(struct qs_table *table, double part, bool at_least)
{
    char text[32];
    snprintf(text, sizeof text, "%s%+.3f %%", at_least ? ">= " : "", 100 * part);
    if (isnan(part)) {
        qs_table_none(table);
    } else if (table->format == QS_FORMAT_TEXT) {
        qs_table_text(table, text);
    } else {
        qs_table_number(table, part);
    }
}

static enum qs_status add_plan(struct comparison *comparison, struct qs_table *table, size_t index,
                               struct qs_error *err)
{
    const struct qs_plan *plan = &comparison->plans[index];
    struct qs_plan_totals totals;
    struct qs_plan_measure measure = {NAN, NAN, NAN, NAN, NAN, false};
    struct qs_plans_clock clock;
    char rung[QS_RUNG_NAME_MAX];
    qs_plan_totals(plan, &totals);
    if (comparison->work.session) {
        qs_plans_clock_start(&clock, 0);
        enum qs_status status = find_source(comparison, plan, err);
        if (status == QS_OK) {
            status =
                qs_plan_measure(plan, comparison->source, &comparison->frontier, true, &clock.limits, &measure, err);
        }
        if (status == QS_OK && *qs_interrupt_flag()) {
            status = qs_fail(err, QS_INTERRUPTED, "interrupted");
        }
        if (status != QS_OK) {
            return status;
        }
    }
    qs_table_text(table, comparison->arguments->operands[index]);
    qs_table_text(table, qs_method_name(plan->params.method));
    qs_table_text(table, qs_rung_name(plan->base, rung));
    qs_table_count(table, totals.bytes);
    qs_table_none(table); // packed_bytes: the targets' packing is not counted here
    qs_table_number(table, totals.bits_per_weight);
    add_percent(table, totals.memory_increase, false);
    add_number(table, measure.fnorm);
    add_number(table, measure.sensitivity);
    qs_table_count(table, totals.boosted);
    add_percent(table, measure.gap, !measure.proven);
    return QS_OK;
}

// How every other plan differs from the first; of two plans, where.
static void print_differences(const struct comparison *comparison)
{
    const struct qs_arguments *arguments = comparison->arguments;
    struct qs_text text = {0};
    for (size_t i = 1; i < arguments->operand_count; i++) {
        uint64_t count = qs_plan_differences(&comparison->plans[0], &comparison->plans[i]);
        qs_text_addf(&text, "%s%s against %s: %llu %s\n", i == 1 ? "\n" : "", arguments->operands[i],
                     arguments->operands[0], (unsigned long long)count,
                     count == 1 ? "module differs" : "modules differ");
    }
    if (!comparison->work.session) {
        qs_text_add(&text, "Errors and gaps need what knows them: --cache CACHE.\n");
    }
    if (arguments->operand_count == 2) {
        qs_plans_add_difference(&comparison->plans[0], &comparison->plans[1], &text);
    }
    qs_console_print(stdout, qs_text_chars(&text));
    qs_text_free(&text);
}

enum qs_status qs_cmd_compare(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct comparison comparison = {.arguments = arguments, .frontier = {.objective = QS_OBJECTIVE_COUNT}};
    struct qs_table table = {0};
    enum qs_format format = (enum qs_format)arguments->format;
    comparison.plans = calloc(arguments->operand_count, sizeof *comparison.plans);
    enum qs_status status =
        comparison.plans ? parse_objective(&comparison, err) : qs_fail_memory(err, "plans", arguments->operand_count);
    if (status == QS_OK) {
        status = qs_plans_open(arguments, arguments->cache, &comparison.work, err);
    }
    if (status == QS_OK) {
        status = load(&comparison, err);
    }
    if (status == QS_OK) {
        status = join_ladders(&comparison, &comparison.ladder, err);
    }
    if (status == QS_OK) {
        qs_table_begin(&table, format, columns, QS_COUNT_OF(columns));
        for (size_t i = 0; status == QS_OK && i < arguments->operand_count; i++) {
            status = add_plan(&comparison, &table, i, err);
        }
    }
    if (status == QS_OK) {
        status = qs_table_end(&table, err);
    }
    if (status == QS_OK && format == QS_FORMAT_TEXT) {
        print_differences(&comparison);
    }
    qs_table_free(&table);
    for (size_t i = 0; comparison.plans && i < arguments->operand_count; i++) {
        qs_plan_free(&comparison.plans[i]);
    }
    free(comparison.plans);
    qs_frontier_free(&comparison.frontier);
    qs_work_close(&comparison.work);
    return status;
}
