// What commands on plans share: see plans.h.
#include "cli/plans.h"

#include "base/file.h"
#include "cli/interrupt.h"
#include "plan/file.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum qs_status qs_plans_open(const struct qs_arguments *arguments, const char *cache, struct qs_work *work,
                             struct qs_error *err)
{
    *work = (struct qs_work){0};
    if (!cache) {
        return QS_OK;
    }
    struct qs_arguments of_cache = *arguments;
    of_cache.operands = &cache;
    of_cache.operand_count = 1;
    of_cache.output = NULL;
    return qs_work_open(&of_cache, work, err);
}

static enum qs_status load_kept(const struct qs_work *work, const char *command, const char *name, struct qs_plan *out,
                                struct qs_error *err)
{
    const struct qs_kept_plan *kept = work->session ? qs_session_find_kept(work->session, name) : NULL;
    if (kept) {
        return qs_plan_copy(out, &kept->plan, err);
    }
    if (!work->session) {
        return qs_fail(err, QS_BAD_INPUT, "%s: %s: there is no such file; a plan that is kept in a cache needs --cache",
                       command, name);
    }
    struct qs_text names = {0};
    for (size_t i = 0; i < qs_session_kept_count(work->session); i++) {
        qs_text_addf(&names, "%s%s", i ? ", " : "", qs_session_kept(work->session, i)->name);
    }
    qs_fail(err, QS_BAD_INPUT, "%s: %s: is no file, and no plan of this name is kept in %s%s%s", command, name,
            qs_session_cache_path(work->session), names.length ? "; it has " : ", which has none",
            qs_text_chars(&names));
    qs_text_free(&names);
    return QS_BAD_INPUT;
}

enum qs_status qs_plans_load(const struct qs_work *work, const char *command, const char *name, bool any_model,
                             struct qs_plan *out, struct qs_error *err)
{
    if (!qs_path_exists(name)) {
        return load_kept(work, command, name, out, err);
    }
    return work->session ? qs_session_read_plan(work->session, name, any_model, out, err)
                         : qs_plan_read(name, out, err);
}

static char rung_sign(size_t rung)
{
    return "0123456789abcdefghijklmnopqrstuvwxyz"[rung < 36 ? rung : 35];
}

// The names of the kinds, right-aligned, and a sign for every layer.
static void add_rows(const struct qs_model_info *model,
                     char (*sign)(const struct qs_plan *a, const struct qs_plan *b, uint32_t layer, uint32_t kind),
                     const struct qs_plan *a, const struct qs_plan *b, struct qs_text *out)
{
    int width = 0;
    for (uint32_t kind = 0; kind < model->kinds; kind++) {
        int columns = (int)qs_text_columns(qs_model_info_short_name(model, kind));
        width = columns > width ? columns : width;
    }
    for (uint32_t kind = 0; kind < model->kinds; kind++) {
        const char *name = qs_model_info_short_name(model, kind);
        qs_text_addf(out, "  %*s%s  ", width - (int)qs_text_columns(name), "", name);
        for (uint32_t layer = 0; layer < model->layers; layer++) {
            qs_text_addf(out, "%c", sign(a, b, layer, kind));
        }
        qs_text_add(out, "\n");
    }
}

static char sign_of_rung(const struct qs_plan *a, const struct qs_plan *b, uint32_t layer, uint32_t kind)
{
    (void)b;
    uint8_t rung = qs_plan_cell(a, layer, kind)->rung;
    return rung == QS_PLAN_NO_RUNG ? ' ' : rung_sign(rung);
}

static char sign_of_difference(const struct qs_plan *a, const struct qs_plan *b, uint32_t layer, uint32_t kind)
{
    double difference = qs_plan_difference(a, b, layer, kind);
    return isnan(difference) ? ' ' : difference > 0 ? '+' : difference < 0 ? '-' : '.';
}

void qs_plans_add_map(const struct qs_plan *plan, struct qs_text *out)
{
    bool used[QS_LADDER_MAX] = {false};
    for (size_t cell = 0; cell < (size_t)plan->model.layers * plan->model.kinds; cell++) {
        if (plan->cells[cell].rung != QS_PLAN_NO_RUNG) {
            used[plan->cells[cell].rung] = true;
        }
    }
    qs_text_add(out, "  a sign for every layer:");
    for (size_t rung = 0; rung < plan->ladder.count; rung++) {
        char name[QS_RUNG_NAME_MAX];
        if (used[rung]) {
            qs_text_addf(out, "  %c %s", rung_sign(rung), qs_rung_name(plan->ladder.rungs[rung], name));
        }
    }
    qs_text_add(out, "\n");
    add_rows(&plan->model, sign_of_rung, plan, plan, out);
}

void qs_plans_add_difference(const struct qs_plan *a, const struct qs_plan *b, struct qs_text *out)
{
    qs_text_add(out, "  a sign for every layer: + more bits in the second, - fewer, . the same\n");
    add_rows(&a->model, sign_of_difference, a, b, out);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool is_over(void *context)
{
    const struct qs_plans_clock *clock = context;
    return *qs_interrupt_flag() || (clock->until > 0 && now() >= clock->until);
}

void qs_plans_clock_start(struct qs_plans_clock *clock, double seconds)
{
    clock->until = seconds > 0 ? now() + seconds : 0;
    clock->limits = (struct qs_knapsack_limits){.stop = is_over, .context = clock};
}
