// The demo model's cache as a scan makes it, read by HDF5 alone, against errors that the HQQ library and PyTorch made.
// Skipped without the reference data.
#include "../unit/cmocka_all.h"
#include "session/session.h"

#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LAYERS = 24, KINDS = 7, MODULES = LAYERS * KINDS, RUNGS = 12 };

// A path in the folder that an environment variable names.
static void path_in(const char *variable, const char *name, char out[static 4096])
{
    const char *folder = getenv(variable);
    snprintf(out, 4096, "%s/%s", folder ? folder : ".", name);
}

static void scan_axis(const char *model, const char *cache, uint32_t axis)
{
    struct qs_session_options options = {.model = model, .caches = &cache, .cache_count = 1, .threads = 2};
    struct qs_session *session = NULL;
    struct qs_error err = {0};
    if (qs_session_open(&options, &session, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    struct qs_scan_options scan = *qs_session_scan_options(session);
    scan.parameters.axis = axis;
    scan.quantizers |= axis == 1 ? 1u << QS_QUANTIZER_NF4 : 0;
    if (qs_session_set_scan_options(session, &scan, &err) != QS_OK || qs_scan_run(session, NULL, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    qs_session_close(session);
}

static void read_array(hid_t file, const char *path, double *out, hssize_t count)
{
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    if (set < 0) {
        fail_msg("no %s", path);
    }
    hid_t space = H5Dget_space(set);
    assert_int_equal(H5Sget_simple_extent_npoints(space), count);
    assert_true(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >= 0);
    H5Sclose(space);
    H5Dclose(set);
}

// The worst relative difference must be at most `everywhere`, and 99 % at most `mostly`.
static void compare(const char *what, const double *got, const double *want, size_t count, double everywhere,
                    double mostly)
{
    double worst = 0;
    size_t beyond = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = fabs(got[i] / want[i] - 1);
        if (isnan(difference)) {
            fail_msg("%s: value %zu is %g, not %g", what, i, got[i], want[i]);
        }
        worst = fmax(worst, difference);
        beyond += difference > mostly;
    }
    print_message("# %s: largest relative difference %.3g; %zu of %zu beyond %g\n", what, worst, beyond, count, mostly);
    assert_true(worst <= everywhere);
    assert_true(beyond * 100 <= count);
}

static void the_cache_holds_the_reference_errors(void **state)
{
    (void)state;
    const char *shared = getenv("QS_SHARED");
    if (!shared || !shared[0]) {
        print_message("# no reference data beside the project\n");
        skip();
    }
    char model[4096];
    char cache[4096];
    char path[4096];
    path_in("QS_SRCDIR", "data/demo", model);
    path_in("QS_TMP", "golden-scan.h5", cache);
    path_in("QS_SHARED", "golden/demo.h5", path);
    unlink(cache);
    scan_axis(model, cache, 1);
    scan_axis(model, cache, 0);
    hid_t golden = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t made = H5Fopen(cache, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(golden >= 0 && made >= 0);

    static double got[MODULES * RUNGS];
    static double ordered[MODULES * RUNGS];
    static double want[MODULES * RUNGS];
    for (int axis = 0; axis < 2; axis++) {
        for (int hqq = 0; hqq < 2; hqq++) {
            snprintf(path, sizeof path, "error/%s/axis%d", hqq ? "hqq" : "rtn", axis);
            read_array(golden, path, want, MODULES * RUNGS);
            strcat(path, "/fnorm");
            read_array(made, path, got, MODULES * RUNGS);
            // The reference has the groups of each number of bits the other way round.
            for (size_t i = 0; i < MODULES * RUNGS; i++) {
                ordered[i] = got[i - i % 3 + (2 - i % 3)];
            }
            // HQQ's early stop may fall one step apart where two errors agree to float32.
            compare(path, ordered, want, MODULES * RUNGS, hqq ? 1e-3 : 1e-5, hqq ? 1e-4 : 1e-5);
        }
    }
    read_array(made, "error/nf4/axis1/fnorm", got, MODULES * RUNGS);
    for (size_t rung = 6; rung < 8; rung++) {
        snprintf(path, sizeof path, "error/nf4/block%d", rung == 6 ? 128 : 64);
        read_array(golden, path, want, MODULES);
        for (size_t i = 0; i < MODULES; i++) {
            ordered[i] = got[i * RUNGS + rung];
        }
        compare(path, ordered, want, MODULES, 1e-5, 1e-5);
    }
    H5Fclose(made);
    H5Fclose(golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cache_holds_the_reference_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
