// src/cache: HDF5 files that lie, are damaged, or were changed by other programs.
#include "sample.h"

#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define H5_USE_110_API
#include <hdf5.h>

enum { LAYERS = 5, KINDS = 3 };

// A good cache opened with HDF5 to be changed.
static hid_t open_good(const char *path)
{
    sample_file(path, LAYERS, KINDS);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void put_text(hid_t object, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    hid_t space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(text) + 1);
    if (H5Aexists(object, name) > 0) {
        H5Adelete(object, name);
    }
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, text) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_numbers(hid_t object, const char *name, hid_t type, hsize_t count, const void *values)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    if (H5Aexists(object, name) > 0) {
        H5Adelete(object, name);
    }
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0 && H5Awrite(attribute, type, values) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void put_i64(hid_t file, const char *group, const char *name, int64_t value)
{
    hid_t object = H5Oopen(file, group, H5P_DEFAULT);
    put_numbers(object, name, H5T_NATIVE_INT64, 1, &value);
    H5Oclose(object);
}

// Puts a dataset of one value, repeated by its fill value, in place of another. create may be 0.
static void put_dataset(hid_t file, const char *path, hid_t type, int rank, const hsize_t *lengths, hid_t create)
{
    hid_t space = rank ? H5Screate_simple(rank, lengths, NULL) : H5Screate(H5S_SCALAR);
    if (H5Lexists(file, path, H5P_DEFAULT) > 0) {
        H5Ldelete(file, path, H5P_DEFAULT);
    }
    hid_t dataset = H5Dcreate2(file, path, type, space, H5P_DEFAULT, create > 0 ? create : H5P_DEFAULT, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void no_format(hid_t file)
{
    H5Adelete(file, "format");
}

static void other_format(hid_t file)
{
    put_text(file, "format", "netCDF");
}

static void number_as_format(hid_t file)
{
    put_numbers(file, "format", H5T_NATIVE_INT, 1, &(int){1});
}

static void two_formats(hid_t file)
{
    put_numbers(file, "format_version", H5T_NATIVE_INT, 2, (int[]){1, 1});
}

static void newer_version(hid_t file)
{
    put_i64(file, "/", "format_version", 2);
}

static void version_zero(hid_t file)
{
    put_i64(file, "/", "format_version", 0);
}

static void text_as_version(hid_t file)
{
    put_text(file, "format_version", "1");
}

static void no_frozen(hid_t file)
{
    H5Adelete(file, "frozen");
}

static void no_model(hid_t file)
{
    H5Ldelete(file, "model", H5P_DEFAULT);
}

static void model_is_a_dataset(hid_t file)
{
    H5Ldelete(file, "model", H5P_DEFAULT);
    put_dataset(file, "model", H5T_NATIVE_DOUBLE, 0, NULL, 0);
}

static void model_is_elsewhere(hid_t file)
{
    H5Ldelete(file, "model", H5P_DEFAULT);
    H5Lcreate_external("/etc/passwd", "/", file, "model", H5P_DEFAULT, H5P_DEFAULT);
}

static void model_is_a_soft_link(hid_t file)
{
    H5Lmove(file, "model", file, "modell", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/modell", file, "model", H5P_DEFAULT, H5P_DEFAULT);
}

static void negative_layers(hid_t file)
{
    put_i64(file, "model", "layers", -1);
}

static void more_layers(hid_t file)
{
    put_i64(file, "model", "layers", LAYERS + 1);
}

static void endless_layers(hid_t file)
{
    put_i64(file, "model", "layers", INT64_MAX);
}

static void endless_kinds(hid_t file)
{
    put_i64(file, "model", "kinds", 65537);
}

static void many_modules(hid_t file)
{
    put_i64(file, "model", "layers", 65536);
    put_i64(file, "model", "kinds", 65536);
}

// Every number fits every other, and nothing is stored.
static void claimed_modules(hid_t file)
{
    put_i64(file, "model", "layers", 65536);
    put_i64(file, "model", "kinds", 64);
    put_dataset(file, "model/rows", H5T_NATIVE_UINT64, 2, (hsize_t[]){65536, 64}, 0);
    put_dataset(file, "layer", H5T_NATIVE_INT64, 1, (hsize_t[]){65536}, 0);
}

static void no_fingerprint(hid_t file)
{
    hid_t model = H5Gopen2(file, "model", H5P_DEFAULT);
    H5Adelete(model, "fingerprint");
    H5Gclose(model);
}

static void long_fingerprint(hid_t file)
{
    hid_t model = H5Gopen2(file, "model", H5P_DEFAULT);
    put_text(model, "fingerprint", "0123456789abcdef0123456789abcdef0");
    H5Gclose(model);
}

static void no_kind(hid_t file)
{
    H5Ldelete(file, "kind", H5P_DEFAULT);
}

static void numbers_as_kind(hid_t file)
{
    put_dataset(file, "kind", H5T_NATIVE_INT64, 1, (hsize_t[]){KINDS}, 0);
}

static void short_kind(hid_t file)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    put_dataset(file, "kind", type, 1, (hsize_t[]){KINDS - 1}, 0);
    H5Tclose(type);
}

static void long_kind(hid_t file)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 256);
    put_dataset(file, "kind", type, 1, (hsize_t[]){KINDS}, 0);
    H5Tclose(type);
}

static void real_rows(hid_t file)
{
    put_dataset(file, "model/rows", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){LAYERS, KINDS}, 0);
}

static void long_dtype(hid_t file)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 17);
    put_dataset(file, "model/dtype", type, 2, (hsize_t[]){LAYERS, KINDS}, 0);
    H5Tclose(type);
}

static void real32_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_FLOAT, 2, (hsize_t[]){LAYERS, KINDS}, 0);
}

static void signed_array(hid_t file)
{
    put_dataset(file, "weights/count", H5T_NATIVE_INT64, 2, (hsize_t[]){LAYERS, KINDS}, 0);
}

static void text_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_C_S1, 2, (hsize_t[]){LAYERS, KINDS}, 0);
}

static void scalar_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 0, NULL, 0);
}

static void flat_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 1, (hsize_t[]){LAYERS * KINDS}, 0);
}

static void turned_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){KINDS, LAYERS}, 0);
}

static void deep_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 4, (hsize_t[]){LAYERS, KINDS, 2, 2}, 0);
}

static void nameless_dimension(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 3, (hsize_t[]){LAYERS, KINDS, 2}, 0);
}

static void wide_array(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 3, (hsize_t[]){LAYERS, KINDS, 65537}, 0);
}

static void huge_array(hid_t file)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 3, (hsize_t[]){1, 1, 64});
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 3, (hsize_t[]){LAYERS, KINDS, UINT64_C(1) << 60}, create);
    H5Pclose(create);
}

static void empty_promise(hid_t file)
{
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 3, (hsize_t[]){LAYERS, KINDS, 65536}, 0);
}

static void huge_chunks(hid_t file)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, (hsize_t[]){LAYERS, UINT64_C(1) << 25});
    hid_t space = H5Screate_simple(2, (hsize_t[]){LAYERS, KINDS}, (hsize_t[]){LAYERS, H5S_UNLIMITED});
    H5Ldelete(file, "weights/kurtosis", H5P_DEFAULT);
    hid_t dataset = H5Dcreate2(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(create);
}

static void array_in_another_file(hid_t file)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(create, "/etc/passwd", 0, LAYERS * KINDS * 8);
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){LAYERS, KINDS}, create);
    H5Pclose(create);
}

static void virtual_array(hid_t file)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(2, (hsize_t[]){LAYERS, KINDS}, NULL);
    H5Pset_virtual(create, space, "/tmp/other.h5", "x", space);
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){LAYERS, KINDS}, create);
    H5Sclose(space);
    H5Pclose(create);
}

static void unknown_filter(hid_t file)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, (hsize_t[]){LAYERS, KINDS});
    H5Pset_nbit(create);
    put_dataset(file, "weights/kurtosis", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){LAYERS, KINDS}, create);
    H5Pclose(create);
}

static void long_units(hid_t file)
{
    hid_t dataset = H5Dopen2(file, "weights/kurtosis", H5P_DEFAULT);
    put_text(dataset, "units", "0123456789012345678901234567890123456789");
    H5Dclose(dataset);
}

static void group_in_a_circle(hid_t file)
{
    H5Lcreate_hard(file, "weights", file, "weights/again", H5P_DEFAULT, H5P_DEFAULT);
}

static void two_widths(hid_t file)
{
    hid_t dataset = H5Dopen2(file, "weights/histogram", H5P_DEFAULT);
    H5Adelete(dataset, "DIMENSION_LABELS");
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 16);
    put_numbers(dataset, "DIMENSION_LABELS", type, 3,
                "layer\0\0\0\0\0\0\0\0\0\0\0kind\0\0\0\0\0\0\0\0\0\0\0\0percentile\0\0\0\0\0");
    H5Tclose(type);
    H5Dclose(dataset);
}

static void real32_scale(hid_t file)
{
    put_dataset(file, "percentile", H5T_NATIVE_FLOAT, 1, (hsize_t[]){3}, 0);
    hid_t dataset = H5Dopen2(file, "percentile", H5P_DEFAULT);
    put_text(dataset, "CLASS", "DIMENSION_SCALE");
    H5Dclose(dataset);
}

static void lies_are_told_by_name(void **state)
{
    (void)state;
    static const struct {
        void (*change)(hid_t file);
        const char *message;
    } cases[] = {
        {no_format, "attribute format: is missing"},
        {other_format, "attribute format: is not \"quantscope cache\""},
        {number_as_format, "attribute format: is not a text"},
        {two_formats, "attribute format_version: is not a single value"},
        {newer_version, "made by a newer quantscope; update"},
        {version_zero, "attribute format_version: is 0"},
        {text_as_version, "attribute format_version: is not a whole number"},
        {no_frozen, "attribute frozen: is missing"},
        {no_model, "/model: is missing"},
        {model_is_a_dataset, "/model: is not a group"},
        {model_is_elsewhere, "/model: is a link to elsewhere"},
        {model_is_a_soft_link, "/model: is a link to elsewhere"},
        {negative_layers, "attribute layers: is not a whole number of 0 or more"},
        {more_layers, "/model/rows: has another shape"},
        {endless_layers, "are more than a cache can hold"},
        {endless_kinds, "are more than a cache can hold"},
        {many_modules, "are more than a cache can hold"},
        {claimed_modules, "/model/rows: claims to be larger than what is stored"},
        {no_fingerprint, "fingerprint: is missing"},
        {long_fingerprint, "fingerprint: is too long"},
        {no_kind, "/kind: is missing"},
        {numbers_as_kind, "/kind: does not hold texts"},
        {short_kind, "/kind: has another shape"},
        {long_kind, "/kind: holds texts that"},
        {real_rows, "/model/rows: does not hold unsigned"},
        {long_dtype, "/model/dtype: holds texts that"},
        {real32_array, "weights/kurtosis: holds neither"},
        {signed_array, "weights/count: holds neither"},
        {text_array, "weights/kurtosis: holds neither"},
        {scalar_array, "weights/kurtosis: has no simple shape"},
        {flat_array, "weights/kurtosis: has the shape 15 x 0 x 0"},
        {turned_array, "weights/kurtosis: has the shape 3 x 5 x 0"},
        {deep_array, "weights/kurtosis: does not have one to three dimensions"},
        {nameless_dimension, "attribute DIMENSION_LABELS: is missing"},
        {wide_array, "weights/kurtosis: "},
        {huge_array, "weights/kurtosis: is larger than a cache can be"},
        {empty_promise, "weights/kurtosis: claims to be larger"},
        {huge_chunks, "weights/kurtosis: is stored in chunks that are too large"},
        {array_in_another_file, "weights/kurtosis: is stored in other files"},
        {virtual_array, "weights/kurtosis: is stored in a way that is not read"},
        {unknown_filter, "weights/kurtosis: is stored with filters"},
        {long_units, "weights/kurtosis: units: is too long"},
        {group_in_a_circle, "weights: is a group of two names"},
        {two_widths, "\"weights/histogram\": has 256 values"},
        {real32_scale, "percentile: is no list of 64-bit reals"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        const char *path = scratch("lies.h5");
        hid_t file = open_good(path);
        cases[i].change(file);
        assert_true(H5Fclose(file) >= 0);
        struct qs_cache *cache = NULL;
        struct qs_error why = {0};
        enum qs_status status = qs_cache_read(path, &cache, &why);
        if (status != QS_BAD_INPUT || !strstr(why.text, cases[i].message) || !strstr(why.text, "lies.h5")) {
            fail_msg("case %zu (%s): status %d, \"%s\"", i, cases[i].message, (int)status, why.text);
        }
    }
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

// Small edits by hand are taken; what would be lost by a rewrite keeps writers out.
static void edits_by_others_are_read(void **state)
{
    (void)state;
    const char *path = scratch("edited.h5");
    hid_t file = open_good(path);
    put_text(file, "note", "edited by hand");
    hid_t group = H5Gopen2(file, "weights", H5P_DEFAULT);
    put_text(group, "program", "another");
    H5Gclose(group);
    put_i64(file, "/", "frozen", 1);
    H5Fclose(file);
    struct qs_cache *cache = NULL;
    struct qs_model_info info = sample_model(LAYERS, KINDS);
    ok(qs_cache_read(path, &cache, err));
    assert_non_null(strstr(qs_cache_warnings(cache), "written by another program"));
    assert_string_equal(qs_cache_attribute(cache, "", "note"), "edited by hand");
    assert_string_equal(qs_cache_attribute(cache, "weights", "program"), "another");
    assert_true(qs_cache_frozen(cache));
    assert_int_equal(sample_state(cache, 3, 1), 1);
    qs_cache_close(cache);
    refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, "frozen");

    static const char *const foreign[] = {"/extra", "/numbers",  "weights/size", "weights/kurtosis/scale_factor",
                                          "/soft",  "model/note"};
    for (size_t i = 0; i < QS_COUNT_OF(foreign); i++) {
        path = scratch("foreign.h5");
        file = open_good(path);
        group = H5Gopen2(file, "weights", H5P_DEFAULT);
        hid_t model = H5Gopen2(file, "model", H5P_DEFAULT);
        hid_t dataset = H5Dopen2(file, "weights/kurtosis", H5P_DEFAULT);
        switch (i) {
        case 0:
            put_dataset(file, "extra", H5T_NATIVE_DOUBLE, 2, (hsize_t[]){7, 7}, 0);
            break;
        case 1:
            put_numbers(file, "numbers", H5T_NATIVE_INT, 3, (int[]){1, 2, 3});
            break;
        case 2:
            put_numbers(group, "size", H5T_NATIVE_DOUBLE, 1, &(double){1});
            break;
        case 3:
            put_numbers(dataset, "scale_factor", H5T_NATIVE_DOUBLE, 1, &(double){1});
            break;
        case 4:
            H5Lcreate_soft("/nowhere", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
            break;
        default:
            put_text(model, "note", "x");
            break;
        }
        H5Dclose(dataset);
        H5Gclose(model);
        H5Gclose(group);
        H5Fclose(file);
        ok(qs_cache_read(path, &cache, err));
        assert_int_equal(sample_state(cache, 3, 1), 1);
        qs_cache_close(cache);
        refused(qs_cache_extend(path, &info, &cache, err), QS_BAD_INPUT, foreign[i]);
    }

    // An edit that fits is kept by the next checkpoint, which seals the file again.
    path = scratch("sealed.h5");
    file = open_good(path);
    put_text(file, "note", "kept");
    H5Fclose(file);
    ok(qs_cache_extend(path, &info, &cache, err));
    sample_put(cache, 0, 0);
    ok(qs_cache_checkpoint(cache, err));
    qs_cache_close(cache);
    ok(qs_cache_read(path, &cache, err));
    assert_string_equal(qs_cache_warnings(cache), "");
    assert_string_equal(qs_cache_attribute(cache, "", "note"), "kept");
    qs_cache_close(cache);
    qs_model_info_free(&info);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}

static void every_changed_bit_is_noticed(void **state)
{
    (void)state;
    const char *path = scratch("bits.h5");
    sample_file(path, LAYERS, KINDS);
    size_t size = 0;
    char *bytes = slurp(path, &size);
    uint64_t seed = 1;
    for (int i = 0; i < 400; i++) {
        size_t at = (size_t)(draw(&seed) % (size - 24)); // the seal itself comes last
        char bit = (char)(1 << draw(&seed) % 8);
        bytes[at] = (char)(bytes[at] ^ bit);
        spill(path, bytes, size);
        bytes[at] = (char)(bytes[at] ^ bit);
        struct qs_cache *cache = NULL;
        struct qs_error why = {0};
        assert_int_equal(qs_cache_read(path, &cache, &why), QS_BAD_INPUT);
        assert_true(strstr(why.text, "checksum") || at < 8);
    }
    for (size_t at = size - 24; at < size; at++) {
        bytes[at] = (char)~bytes[at];
        spill(path, bytes, size);
        bytes[at] = (char)~bytes[at];
        struct qs_cache *cache = NULL;
        if (at < size - 16) { // no seal: as if another program had written it
            ok(qs_cache_read(path, &cache, err));
            assert_non_null(strstr(qs_cache_warnings(cache), "written by another program"));
            assert_int_equal(sample_state(cache, 1, 1), 1);
            qs_cache_close(cache);
        } else {
            refused(qs_cache_read(path, &cache, err), QS_BAD_INPUT, "checksum");
        }
    }
    free(bytes);
}

// Damaged files without a seal, as another program could leave them: HDF5 itself must find the damage, or not, but
// nothing may happen to us. What HDF5 crashed on is told.
static void damage_stays_in_the_child(void **state)
{
    (void)state;
    const char *path = scratch("damaged.h5");
    sample_file(path, LAYERS, KINDS);
    size_t size = 0;
    char *bytes = slurp(path, &size);
    char *changed = malloc(size);
    size -= 24;
    uint64_t seed = 4;
    int crashed = 0;
    int read = 0;
    for (int i = 0; i < 400; i++) {
        size_t length = size;
        size_t at = (size_t)(draw(&seed) % size);
        memcpy(changed, bytes, size);
        switch (i % 4) {
        case 0:
            changed[at] = (char)(changed[at] ^ (1 << draw(&seed) % 8));
            break;
        case 1:
            length = at;
            break;
        case 2:
            for (uint64_t n = 1 + draw(&seed) % 8; n > 0; n--) {
                changed[draw(&seed) % size] = (char)draw(&seed);
            }
            break;
        default:
            memset(changed + at, i % 8 < 4 ? 0xff : 0, size - at < 16 ? size - at : 16);
            break;
        }
        spill(path, changed, length);
        struct qs_cache *cache = NULL;
        struct qs_error why = {0};
        enum qs_status status = qs_cache_read(path, &cache, &why);
        if (status == QS_OK) {
            read++;
            qs_cache_close(cache);
        } else {
            assert_int_equal(status, QS_BAD_INPUT);
            assert_non_null(strstr(why.text, "damaged.h5"));
            crashed += strstr(why.text, "HDF5 cannot read it") != NULL;
        }
    }
    print_message("# of 400 damaged files HDF5 crashed on %d, and read %d\n", crashed, read);
    free(changed);
    free(bytes);
}

int main(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lies_are_told_by_name),
        cmocka_unit_test(edits_by_others_are_read),
        cmocka_unit_test(every_changed_bit_is_noticed),
        cmocka_unit_test(damage_stays_in_the_child),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
