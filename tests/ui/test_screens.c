// Scripts of keys and the screens they give: NAME.keys gives NAME.screens, both in tests/ui, both meant to be read.
// QS_UPDATE_GOLDEN=1 writes the screens anew.
#include "../unit/cmocka_all.h"
#include "base/file.h"
#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 22 };

static char *path_of(const char *name, const char *end)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/tests/ui/%s.%s", getenv("QS_SRCDIR"), name, end) > 0);
    return path;
}

// Tells where two texts part, with a line of each.
static void assert_same(const char *name, const char *got, const char *wanted)
{
    size_t line = 1;
    while (*got && *wanted) {
        size_t got_length = strcspn(got, "\n");
        size_t wanted_length = strcspn(wanted, "\n");
        if (got_length != wanted_length || memcmp(got, wanted, got_length) != 0) {
            break;
        }
        got += got_length + (got[got_length] != '\0');
        wanted += wanted_length + (wanted[wanted_length] != '\0');
        line++;
    }
    if (*got || *wanted) {
        print_message("# %s.screens:%zu\n# wanted: %.*s\n# got:    %.*s\n", name, line, (int)strcspn(wanted, "\n"),
                      wanted, (int)strcspn(got, "\n"), got);
        fail();
    }
}

static void run_script(const char *name)
{
    char *script_path = path_of(name, "keys");
    char *screens_path = path_of(name, "screens");
    char *script = NULL;
    size_t size;
    struct qs_error err;
    if (qs_file_read(script_path, FILE_BYTES_MAX, &script, &size, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    struct driver driver = {0};
    for (char *save = NULL, *line = strtok_r(script, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (!driver_line(&driver, line)) {
            fail_msg("%s: %s", script_path, driver.problem);
        }
    }
    assert_false(driver.screens.failed);
    if (getenv("QS_UPDATE_GOLDEN")) {
        FILE *file = fopen(screens_path, "w");
        assert_non_null(file);
        assert_true(fputs(qs_text_chars(&driver.screens), file) >= 0);
        assert_int_equal(fclose(file), 0);
    } else {
        char *wanted = NULL;
        if (qs_file_read(screens_path, FILE_BYTES_MAX, &wanted, &size, &err) != QS_OK) {
            fail_msg("%s", err.text);
        }
        assert_same(name, qs_text_chars(&driver.screens), wanted);
        free(wanted);
    }
    driver_close(&driver);
    free(script);
    free(screens_path);
    free(script_path);
}

static void script(void **state)
{
    run_script(*state);
}

int main(void)
{
    static char names[][16] = {"curves", "layers", "detect", "overview", "help",
                               "prompt", "scan",   "small",  "mouse",    "errors", "grid",
                               "plan",   "compare"};
    struct CMUnitTest tests[QS_COUNT_OF(names)] = {{0}};
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        tests[i] = (struct CMUnitTest){.name = names[i], .test_func = script, .initial_state = names[i]};
    }
    return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
