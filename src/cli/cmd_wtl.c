// The command `wtl`: how often methods win, tie and lose against others, from a table of perplexities.
#include "cli/commands.h"

#include "cli/table.h"
#include "commit/results_csv.h"

static const struct qs_column columns[] = {
    {"model", false}, {"method", false}, {"against", false}, {"wins", true}, {"ties", true}, {"losses", true},
};

enum qs_status qs_cmd_wtl(const struct qs_arguments *arguments, struct qs_error *err)
{
    const char *path = arguments->operands[0];
    struct qs_results results = {0};
    struct qs_wtl wtl = {0};
    struct qs_table table = {0};
    enum qs_status status = qs_results_read(path, &results, err);
    if (status == QS_OK) {
        status = qs_wtl_compare(results.items, results.count, results.published ? QS_WTL_PAPER : QS_WTL_ALL,
                                arguments->against, path, &wtl, err);
    }
    if (status == QS_OK && wtl.count == 0) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: no two methods have a perplexity at the same budget%s%s", path,
                         arguments->against ? " as " : "", arguments->against ? arguments->against : "");
    }
    if (status != QS_OK) {
        goto out;
    }
    qs_table_begin(&table, (enum qs_format)arguments->format, columns, QS_COUNT_OF(columns));
    for (size_t i = 0; i < wtl.count; i++) {
        qs_table_text(&table, wtl.rows[i].model);
        qs_table_text(&table, wtl.rows[i].method);
        qs_table_text(&table, wtl.rows[i].against);
        qs_table_count(&table, wtl.rows[i].wins);
        qs_table_count(&table, wtl.rows[i].ties);
        qs_table_count(&table, wtl.rows[i].losses);
    }
    status = qs_table_end(&table, err);
out:
    qs_table_free(&table);
    qs_wtl_free(&wtl);
    qs_results_free(&results);
    return status;
}
