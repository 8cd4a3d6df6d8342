// The command `export`: a plan in another format.
#include "cli/commands.h"

#include "base/output.h"
#include "cli/plans.h"
#include "plan/file.h"

#include <stdio.h>
#include <string.h>

enum qs_status qs_cmd_export(const struct qs_arguments *arguments, struct qs_error *err)
{
    struct qs_work work = {0};
    struct qs_plan plan = {0};
    struct qs_text text = {0};
    struct qs_output output = {0};
    if (arguments->to < 0) {
        return qs_fail(err, QS_USAGE, "export: to which format? --to csv");
    }
    bool print = !arguments->file || strcmp(arguments->file, "-") == 0;
    enum qs_status status = qs_plans_open(arguments, arguments->cache, &work, err);
    if (status == QS_OK) {
        status = qs_plans_load(&work, "export", arguments->operands[0], arguments->any_model, &plan, err);
    }
    if (status == QS_OK) {
        qs_plan_write_csv(&plan, &text);
        status = text.failed ? qs_fail_memory(err, "a plan", text.length) : QS_OK;
    }
    if (status == QS_OK && !print) {
        status = qs_output_open(arguments->file, arguments->force, &output, err);
    }
    if (status == QS_OK) {
        fwrite(text.chars, 1, text.length, print ? stdout : output.file);
        status = print ? QS_OK : qs_output_commit(&output, err);
    }
    qs_text_free(&text);
    qs_plan_free(&plan);
    qs_work_close(&work);
    return status;
}
