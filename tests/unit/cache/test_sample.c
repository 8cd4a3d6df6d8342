// Writes a sample cache, for tests in other languages: test_sample PATH LAYERS KINDS.
// Or reads one and prints its first kurtosis, its attribute "note" and its warnings: test_sample PATH.
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *path;
static const char *layers;
static const char *kinds;

static void run(void **state)
{
    (void)state;
    if (kinds) {
        sample_file(path, (uint32_t)strtoul(layers, NULL, 10), (uint32_t)strtoul(kinds, NULL, 10));
        return;
    }
    struct qs_cache *cache = NULL;
    ok(qs_cache_read(path, &cache, err));
    const char *note = qs_cache_attribute(cache, "", "note");
    printf("%g %s %d\n%s\n", *qs_array_f64(cache, qs_cache_array(cache, "weights/kurtosis"), 0, 1), note ? note : "-",
           qs_cache_frozen(cache), qs_cache_warnings(cache));
    qs_cache_close(cache);
}

int main(int argc, char **argv)
{
    path = argc > 1 ? argv[1] : "";
    layers = argc > 3 ? argv[2] : NULL;
    kinds = argc > 3 ? argv[3] : NULL;
    const struct CMUnitTest tests[] = {cmocka_unit_test(run)};
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
