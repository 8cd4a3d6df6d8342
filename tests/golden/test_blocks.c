// Block types against llama.cpp: the bytes that its reference quantizers made of a random 64 x 512 matrix, and what its
// own dequantization makes of them (golden/gguf/quant256.h5). The arithmetic is float32 in a fixed order: bit for bit.
#include "../unit/cmocka_all.h"
#include "base/attr.h"
#include "base/file.h"
#include "kernel/dtype.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 64 * 512 };

static void *read_whole(hid_t file, const char *type, const char *variant, const char *what, hid_t memory_type,
                        size_t item_bytes, size_t *out_count)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s/%s", type, variant, what);
    hid_t set = H5Dopen2(file, path, H5P_DEFAULT);
    assert_true(set >= 0);
    hid_t space = H5Dget_space(set);
    *out_count = (size_t)H5Sget_simple_extent_npoints(space);
    void *data = malloc(*out_count * item_bytes);
    assert_non_null(data);
    assert_true(H5Dread(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Sclose(space);
    H5Dclose(set);
    return data;
}

static void blocks_agree_with_llama_cpp(void **state)
{
    (void)state;
    const char *shared = getenv("QS_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/golden/gguf/quant256.h5", shared ? shared : "");
    if (!shared || !*shared || !qs_path_exists(path)) {
        print_message("no reference data: golden/gguf/quant256.h5\n");
        skip();
    }
    static const struct {
        const char *group;
        enum qs_dtype dtype;
    } types[] = {
        {"q4_0", QS_DTYPE_Q4_0}, {"q4_1", QS_DTYPE_Q4_1}, {"q5_0", QS_DTYPE_Q5_0},     {"q5_1", QS_DTYPE_Q5_1},
        {"q8_0", QS_DTYPE_Q8_0}, {"q2_K", QS_DTYPE_Q2_K}, {"q3_K", QS_DTYPE_Q3_K},     {"q4_K", QS_DTYPE_Q4_K},
        {"q5_K", QS_DTYPE_Q5_K}, {"q6_K", QS_DTYPE_Q6_K}, {"iq4_nl", QS_DTYPE_IQ4_NL}, {"iq4_xs", QS_DTYPE_IQ4_XS},
    };
    static const char *const variants[] = {"plain", "weighted"};
    float *got = malloc(VALUES * sizeof *got);
    assert_non_null(got);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    for (size_t t = 0; t < QS_COUNT_OF(types); t++) {
        const struct qs_dtype_traits *traits = qs_dtype_traits(types[t].dtype);
        for (size_t v = 0; v < QS_COUNT_OF(variants); v++) {
            size_t byte_count = 0;
            size_t value_count = 0;
            uint8_t *bytes = read_whole(file, types[t].group, variants[v], "bytes", H5T_NATIVE_UINT8, 1, &byte_count);
            float *want = read_whole(file, types[t].group, variants[v], "dequantized", H5T_NATIVE_FLOAT, sizeof *want,
                                     &value_count);
            assert_int_equal(value_count, VALUES);
            assert_int_equal(byte_count, VALUES / traits->block_values * traits->block_bytes);
            qs_dtype_to_f32(types[t].dtype, bytes, VALUES, got);
            assert_memory_equal(got, want, VALUES * sizeof *got);
            qs_dtype_to_f32_reference(types[t].dtype, bytes, VALUES, got);
            assert_memory_equal(got, want, VALUES * sizeof *got);
            free(want);
            free(bytes);
        }
    }
    H5Fclose(file);
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_agree_with_llama_cpp)};
    return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
