// The command `plan`: from what a cache knows to a rung for every module.
#include "cli/commands.h"

#include "base/number.h"
#include "cli/config.h"
#include "cli/console.h"
#include "cli/interrupt.h"
#include "cli/plans.h"
#include "cli/suggest.h"
#include "cli/table.h"
#include "plan/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The options that are parameters of methods, as texts; NULL where one was not given.
struct given {
    const char *texts[QS_PLAN_PARAM_COUNT];
    char numbers[QS_PLAN_PARAM_COUNT][QS_NUMBER_MAX];
};

static void give_real(struct given *given, enum qs_plan_param param, double value)
{
    if (!isnan(value)) {
        given->texts[param] = qs_format_shortest(value, given->numbers[param]);
    }
}

static void collect(const struct qs_arguments *arguments, struct given *out)
{
    *out = (struct given){0};
    out->texts[QS_PLAN_BASE] = arguments->base;
    out->texts[QS_PLAN_BUDGET] = arguments->budget;
    out->texts[QS_PLAN_BOOST_STOP] = arguments->boost_stop;
    out->texts[QS_PLAN_METRIC] = arguments->metric;
    out->texts[QS_PLAN_SEED] = arguments->seed;
    out->texts[QS_PLAN_DECLINE_STOP] = arguments->decline_stop;
    out->texts[QS_PLAN_NEUTRAL] = arguments->neutral ? "yes" : NULL;
    out->texts[QS_PLAN_FACTOR] = arguments->factor;
    out->texts[QS_PLAN_OBJECTIVE] = arguments->objective;
    give_real(out, QS_PLAN_Z, arguments->z);
    give_real(out, QS_PLAN_TRIM, arguments->trim);
    if (arguments->top_m != UINT64_MAX) {
        snprintf(out->numbers[QS_PLAN_TOP_M], QS_NUMBER_MAX, "%llu", (unsigned long long)arguments->top_m);
        out->texts[QS_PLAN_TOP_M] = out->numbers[QS_PLAN_TOP_M];
    }
    if (arguments->attribution >= 0) {
        out->texts[QS_PLAN_ATTRIBUTION] = arguments->attribution == QS_ATTRIBUTION_PEAK ? "peak" : "next";
    }
}

static enum qs_status find_method(const char *name, enum qs_method *out, struct qs_error *err)
{
    struct qs_suggestion near = {.typed = name ? name : ""};
    struct qs_text names = {0};
    if (name && qs_method_find(name, out)) {
        return QS_OK;
    }
    for (int i = 0; i < QS_METHOD_COUNT; i++) {
        const char *method = qs_method_name((enum qs_method)i);
        qs_suggest(&near, method);
        qs_text_addf(&names, "%s%s", i ? ", " : "", method);
    }
    if (name) {
        qs_suggestion_add(&near, "", &names);
        qs_fail(err, QS_USAGE, "plan: --method %s: is none of %s", name, qs_text_chars(&names));
    } else {
        qs_fail(err, QS_USAGE, "plan: how? --method takes %s", qs_text_chars(&names));
    }
    qs_text_free(&names);
    return QS_USAGE;
}

// Parameters that this method has no use for are refused: a plan must not look as if it followed them.
static enum qs_status check_used(enum qs_method method, const struct given *given, struct qs_error *err)
{
    for (int i = 0; i < QS_PLAN_PARAM_COUNT; i++) {
        enum qs_plan_param param = (enum qs_plan_param)i;
        if (given->texts[param] && !qs_plan_param_used(method, param)) {
            struct qs_text others = {0};
            for (int m = 0; m < QS_METHOD_COUNT; m++) {
                if (qs_plan_param_used((enum qs_method)m, param)) {
                    qs_text_addf(&others, "%s%s", others.length ? ", " : "", qs_method_name((enum qs_method)m));
                }
            }
            qs_fail(err, QS_USAGE, "plan: --%s is no parameter of %s, but of: %s", qs_plan_param_info(param)->option,
                    qs_method_name(method), qs_text_chars(&others));
            qs_text_free(&others);
            return QS_USAGE;
        }
    }
    return QS_OK;
}

static enum qs_status parse_params(const struct qs_arguments *arguments, struct qs_plan_params *out,
                                   struct qs_error *err)
{
    struct qs_plan_params params = qs_plan_params_defaults;
    struct given given;
    struct qs_error why = {0};
    collect(arguments, &given);
    enum qs_status status = find_method(arguments->method, &params.method, err);
    if (status != QS_OK) {
        return status;
    }
    bool solves = qs_method_solves(params.method);
    if (!solves && given.texts[QS_PLAN_BUDGET] && given.texts[QS_PLAN_BASE]) {
        return qs_fail(err, QS_USAGE, "plan: --base and --budget both name the rung that %s starts from: choose one",
                       qs_method_name(params.method));
    }
    if (!solves && given.texts[QS_PLAN_BUDGET]) {
        given.texts[QS_PLAN_BASE] = given.texts[QS_PLAN_BUDGET];
        given.texts[QS_PLAN_BUDGET] = NULL;
    }
    const char *start = solves ? given.texts[QS_PLAN_BUDGET] : given.texts[QS_PLAN_BASE];
    if (!start) {
        return qs_fail(err, QS_USAGE, "plan: %s needs --%s", qs_method_name(params.method),
                       solves ? "budget, such as 3.4, 3.2GiB or b3g128+2%" : "base, a rung such as b3g128");
    }
    status = check_used(params.method, &given, err);
    for (int i = 0; status == QS_OK && i < QS_PLAN_PARAM_COUNT; i++) {
        if (given.texts[i] && qs_plan_param_parse(&params, (enum qs_plan_param)i, given.texts[i], &why) != QS_OK) {
            status = qs_fail(err, QS_USAGE, "plan: --%s", why.text);
        }
    }
    if (status == QS_OK && params.metric[0]) {
        const struct qs_metric *metric;
        status = qs_work_metric("plan", params.metric, &metric, err);
    }
    if (status == QS_OK) {
        *out = params;
    }
    return status;
}

// Quantizer, axis, ladder and storage, as far as they were named.
static enum qs_status set_up(const struct qs_work *work, const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_config_choice choice;
    struct qs_error why = {0};
    struct qs_plan_setup setup = *qs_session_plan_setup(work->session);
    enum qs_status status = qs_config_parse(arguments, false, &choice, err);
    if (status != QS_OK) {
        return status;
    }
    setup.quantizer = choice.quantizer;
    setup.axis = choice.axis_given ? choice.axis : qs_session_axis(work->session, NULL, choice.quantizer);
    setup.storage = (enum qs_storage)arguments->storage;
    if (arguments->ladder && qs_ladder_parse(arguments->ladder, &setup.ladder, &why) != QS_OK) {
        return qs_fail(err, QS_USAGE, "plan: --ladder: %s", why.text);
    }
    status = qs_session_set_plan_setup(work->session, &setup, &why);
    if (status != QS_OK) {
        return qs_fail(err, status, "plan: %s", why.text);
    }
    choice.axis = setup.axis;
    choice.rungs = setup.ladder;
    return qs_config_prepare_scan(work, &choice, true, err);
}

// What a solved plan's costs come to, and how far it can be from the least; of other plans how far it is from the
// optimum at the same bytes, in what the cache knows best.
static void add_objective(const struct qs_plan *plan, const struct qs_plan_report *report,
                          const struct qs_plan_measure *measure, const struct qs_frontier *frontier,
                          struct qs_text *out)
{
    enum qs_method method = plan->params.method;
    bool weighted = method == QS_METHOD_MXQ_KURT || method == QS_METHOD_MXQ_SENSI;
    char label[32];
    char number[QS_NUMBER_MAX];
    char best[QS_NUMBER_MAX];
    if (report->objective != QS_OBJECTIVE_COUNT) {
        snprintf(label, sizeof label, "%s %s", weighted ? "weighted" : "sum of", qs_objective_name(report->objective));
        qs_text_addf(out, "  %-17s %s%s\n", label, qs_format_short(report->cost, 8, number),
                     report->proven ? ", the least within the budget (proven)" : "");
    }
    if ((weighted || report->objective != frontier->objective) && !isnan(measure->gap)) {
        qs_text_addf(out, "  %-17s %s %s at these bytes; this plan has %s, %.2f %% more\n",
                     measure->proven ? "optimum" : "best found", qs_objective_name(frontier->objective),
                     qs_format_short(measure->best, 8, best), qs_format_short(measure->objective, 8, number),
                     100 * measure->gap);
    }
}

static void add_summary(const struct qs_work *work, const struct qs_plan *plan, const struct qs_plan_report *report,
                        const struct qs_plan_measure *measure, const struct qs_frontier *frontier, bool map,
                        struct qs_text *out)
{
    struct qs_plan_totals totals;
    char count[QS_NUMBER_MAX];
    char bytes[QS_NUMBER_MAX];
    char rung[QS_RUNG_NAME_MAX];
    qs_plan_totals(plan, &totals);
    qs_text_addf(out, "%s of %s:", qs_method_name(plan->params.method), qs_session_info(work->session)->name);
    for (int i = 1; i < QS_PLAN_PARAM_COUNT; i++) {
        enum qs_plan_param param = (enum qs_plan_param)i;
        char text[QS_PLAN_PARAM_TEXT_MAX];
        if (qs_plan_param_used(plan->params.method, param)) {
            qs_text_addf(out, " %s %s", qs_plan_param_info(param)->option,
                         qs_plan_param_text(&plan->params, param, text));
        }
    }
    qs_text_addf(out, "; %s, axis %u, %s\n", qs_quantizer_name(plan->quantizer),
                 qs_session_plan_setup(work->session)->axis, qs_storage_name(plan->storage));
    qs_text_addf(out, "  modules           %s, %llu boosted\n", qs_format_count(totals.modules, count),
                 (unsigned long long)totals.boosted);
    qs_text_addf(out, "  bits per weight   %.6g\n", totals.bits_per_weight);
    qs_text_addf(out, "  bytes             %s (%s)\n", qs_format_count(totals.bytes, count),
                 qs_format_bytes(totals.bytes, bytes));
    qs_text_addf(out, "  over %-12s %+.3f %%\n", qs_rung_name(plan->base, rung), 100 * totals.memory_increase);
    add_objective(plan, report, measure, frontier, out);
    qs_text_add(out, qs_text_chars(&report->notes));
    if (map) {
        qs_plans_add_map(plan, out);
    }
}

static enum qs_status print_plan(const struct qs_plan *plan, enum qs_format format, struct qs_error *err)
{
    struct qs_text text = {0};
    (format == QS_FORMAT_CSV ? qs_plan_write_csv : qs_plan_write)(plan, &text);
    enum qs_status status = text.failed ? qs_fail_memory(err, "a plan", text.length) : QS_OK;
    if (status == QS_OK) {
        fwrite(text.chars, 1, text.length, stdout);
    }
    qs_text_free(&text);
    return status;
}

// Where the plan lies; all unknown where the cache's numbers do not allow to tell. It has the time of a search of its
// own.
static enum qs_status measure_plan(struct qs_work *work, const struct qs_plan *plan, double seconds,
                                   const struct qs_frontier **frontier, struct qs_plan_measure *out,
                                   struct qs_error *err)
{
    static const struct qs_frontier nothing = {.objective = QS_OBJECTIVE_COUNT};
    const struct qs_source *source = NULL;
    struct qs_plans_clock clock;
    *out = (struct qs_plan_measure){NAN, NAN, NAN, NAN, NAN, false};
    qs_plans_clock_start(&clock, seconds);
    if (qs_session_source(work->session, &source, err) != QS_OK) {
        return QS_FAILED;
    }
    if (qs_session_frontier(work->session, frontier, NULL) != QS_OK ||
        qs_plan_measure(plan, source, *frontier, true, &clock.limits, out, NULL) != QS_OK) {
        *frontier = &nothing;
    }
    return *qs_interrupt_flag() ? qs_fail(err, QS_INTERRUPTED, "interrupted; nothing was written") : QS_OK;
}

// A plan that is kept already stays, unless --force says otherwise.
static enum qs_status check_name(const struct qs_work *work, const struct qs_arguments *arguments,
                                 const struct qs_plan *plan, struct qs_error *err)
{
    const struct qs_kept_plan *kept = arguments->keep ? qs_session_find_kept(work->session, arguments->keep) : NULL;
    if (kept && !arguments->force && !qs_plan_same(&kept->plan, plan)) {
        return qs_fail(err, QS_USAGE, "%s: another plan is kept as %s; choose another name, or replace it with --force",
                       qs_session_cache_path(work->session), arguments->keep);
    }
    return QS_OK;
}

// Into file and cache as asked, then the summary: on standard output where it is the result.
static enum qs_status deliver(struct qs_work *work, const struct qs_arguments *arguments, const struct qs_plan *plan,
                              const struct qs_plan_report *report, struct qs_error *err)
{
    const struct qs_frontier *frontier;
    struct qs_plan_measure measure;
    struct qs_text summary = {0};
    bool kept = arguments->file || arguments->keep;
    enum qs_status status = QS_OK;
    bool print = arguments->file && strcmp(arguments->file, "-") == 0;
    if (print || arguments->format != QS_FORMAT_TEXT) {
        return print_plan(plan, (enum qs_format)arguments->format, err);
    }
    if (!(work->quiet && kept)) {
        status = measure_plan(work, plan, arguments->time_limit, &frontier, &measure, err);
    }
    if (status == QS_OK) {
        status = check_name(work, arguments, plan, err);
    }
    if (status == QS_OK && arguments->file) {
        status = qs_session_write_plan(plan, arguments->file, arguments->force, err);
    }
    if (status == QS_OK && arguments->keep) {
        status = qs_session_keep(work->session, arguments->keep, plan, err);
    }
    if (status == QS_OK && arguments->keep) {
        struct qs_error why = {0};
        status = qs_session_store_kept(work->session, arguments->keep, &why);
        status = status == QS_OK ? QS_OK : qs_fail(err, status, "%s; or write the plan to a file with -o", why.text);
    }
    if (status != QS_OK || (work->quiet && kept)) {
        return status;
    }
    add_summary(work, plan, report, &measure, frontier, !kept, &summary);
    if (arguments->keep) {
        qs_text_addf(&summary, "kept as %s in %s\n", arguments->keep, qs_session_cache_path(work->session));
    }
    if (arguments->file) {
        qs_text_addf(&summary, "written to %s\n", arguments->file);
    }
    qs_console_print(kept ? stderr : stdout, qs_text_chars(&summary));
    qs_text_free(&summary);
    return QS_OK;
}

// What is asked for makes sense before anything is opened.
static enum qs_status check_outputs(const struct qs_arguments *arguments, struct qs_error *err)
{
    if (arguments->format != QS_FORMAT_TEXT && (arguments->file || arguments->keep)) {
        return qs_fail(err, QS_USAGE, "plan: --format prints the plan, -o and --keep keep it: choose one of them");
    }
    if (arguments->keep && !qs_plan_name_is_good(arguments->keep)) {
        return qs_fail(err, QS_USAGE,
                       "plan: --keep %.64s: is no name: write 1 to %d lower-case letters, digits and '_'",
                       arguments->keep, QS_PLAN_NAME_MAX - 1);
    }
    if (!(arguments->time_limit >= 0)) {
        return qs_fail(err, QS_USAGE, "plan: --time-limit %g: is no number of seconds", arguments->time_limit);
    }
    return QS_OK;
}

enum qs_status qs_cmd_plan(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_plan_params params;
    struct qs_work work = {0};
    struct qs_plan plan = {0};
    struct qs_plan_report report = {0};
    struct qs_plans_clock clock;
    const struct qs_source *source = NULL;
    enum qs_status status = check_outputs(arguments, err);
    if (status == QS_OK) {
        status = parse_params(arguments, &params, err);
    }
    if (status == QS_OK) {
        status = qs_work_open(arguments, &work, err);
    }
    if (status == QS_OK) {
        status = set_up(&work, arguments, err);
    }
    if (status == QS_OK && params.method != QS_METHOD_UNIFORM) {
        status = qs_work_need_scan(&work, err);
    }
    if (status == QS_OK) {
        status = qs_session_source(work.session, &source, err);
    }
    if (status == QS_OK) {
        struct qs_error why = {0};
        qs_plans_clock_start(&clock, arguments->time_limit);
        status = qs_plan_make(source, &params, NULL, &clock.limits, &plan, &report, &why);
        status = status == QS_OK ? QS_OK : qs_fail(err, status, "%s: %s", work.path, why.text);
    }
    if (status == QS_OK && *qs_interrupt_flag()) {
        status = qs_fail(err, QS_INTERRUPTED, "interrupted; nothing was written");
    }
    if (status == QS_OK) {
        status = deliver(&work, arguments, &plan, &report, err);
    }
    qs_plan_report_free(&report);
    qs_plan_free(&plan);
    qs_work_close(&work);
    return status;
}
