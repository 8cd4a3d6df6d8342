// Arrays and dimensions in an HDF5 file: see hdf5_reader.h.
#include "cache/hdf5_reader.h"

#include "cache/image.h"
#include "cache/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Copies an optional text attribute of an array.
static enum qs_status read_note(struct qs_hdf5_reader *reader, hid_t dataset, const char *path, const char *name,
                                char *out, size_t max)
{
    const char *why = NULL;
    if (H5Aexists(dataset, name) <= 0) {
        return QS_OK;
    }
    char *text = qs_hdf5_text(dataset, name, max, &why);
    if (!text) {
        return qs_hdf5_fail_at(reader, path, name, why);
    }
    snprintf(out, max, "%s", text);
    free(text);
    return QS_OK;
}

enum qs_status qs_hdf5_read_array(struct qs_hdf5_reader *reader, hid_t dataset, const char *path)
{
    const struct qs_model_info *model = &reader->cache->model;
    const char *why = NULL;
    int rank = 0;
    hsize_t lengths[3] = {0, 0, 0};
    struct qs_array_spec spec = {.width = 1};
    if (!qs_hdf5_shape(dataset, &rank, lengths, &why)) {
        return qs_hdf5_fail_at(reader, path, "", why);
    }
    if (rank < 2 || lengths[0] != model->layers || lengths[1] != model->kinds ||
        (rank == 3 && (lengths[2] < 2 || lengths[2] > QS_CACHE_WIDTH_MAX))) {
        char text[160];
        snprintf(text, sizeof text, "has the shape %llu x %llu x %llu, which does not fit %u layers of %u module kinds",
                 (unsigned long long)lengths[0], (unsigned long long)lengths[1], (unsigned long long)lengths[2],
                 model->layers, model->kinds);
        return qs_hdf5_fail_at(reader, path, "", text);
    }
    if (qs_hdf5_is(dataset, H5T_FLOAT, 8, true)) {
        spec.type = QS_ARRAY_F64;
    } else if (qs_hdf5_is(dataset, H5T_INTEGER, 8, false)) {
        spec.type = QS_ARRAY_U64;
    } else {
        return qs_hdf5_fail_at(reader, path, "", "holds neither 64-bit reals nor unsigned 64-bit numbers");
    }
    snprintf(spec.path, sizeof spec.path, "%s", path);
    if (rank == 3) {
        char *scale = qs_hdf5_text_of(dataset, "DIMENSION_LABELS", 3, 2, sizeof spec.scale, &why);
        if (!scale) {
            return qs_hdf5_fail_at(reader, path, "attribute DIMENSION_LABELS", why);
        }
        snprintf(spec.scale, sizeof spec.scale, "%s", scale);
        free(scale);
        spec.width = (uint32_t)lengths[2];
    }
    enum qs_status status = read_note(reader, dataset, path, "units", spec.units, sizeof spec.units);
    if (status == QS_OK) {
        status = read_note(reader, dataset, path, "about", spec.about, sizeof spec.about);
    }
    if (status == QS_OK) {
        status = qs_store_declare(reader->cache, &spec, NULL, reader->err);
    }
    if (status != QS_OK) {
        return status;
    }
    const struct qs_array *array = &qs_store_find(reader->cache, path)->array;
    if (qs_store_length(reader->cache, array) && H5Dread(dataset, array->f64 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT64,
                                                         H5S_ALL, H5S_ALL, H5P_DEFAULT, qs_store_values(array)) < 0) {
        return qs_hdf5_fail_at(reader, path, "", "cannot be read: damaged");
    }
    return QS_OK;
}

// A dataset of the root: the values of a dimension.
enum qs_status qs_hdf5_read_scale(struct qs_hdf5_reader *reader, hid_t dataset, const char *name)
{
    const char *why = NULL;
    int rank = 0;
    hsize_t lengths[3];
    char *class = qs_hdf5_text(dataset, "CLASS", 32, &why);
    bool is_scale = class && strcmp(class, "DIMENSION_SCALE") == 0 && qs_name_is_plain(name, QS_ARRAY_SCALE_MAX);
    free(class);
    if (!is_scale) {
        qs_hdf5_note_foreign(reader, "", name);
        return QS_OK;
    }
    char *title = qs_hdf5_text(dataset, "NAME", QS_NAME_MAX, &why);
    bool has_values = !title || strncmp(title, QS_IMAGE_NO_VALUES, strlen(QS_IMAGE_NO_VALUES)) != 0;
    free(title);
    if (!has_values) {
        return QS_OK;
    }
    if (!qs_hdf5_shape(dataset, &rank, lengths, &why)) {
        return qs_hdf5_fail_at(reader, name, "", why);
    }
    if (rank != 1 || lengths[0] < 1 || lengths[0] > QS_CACHE_WIDTH_MAX ||
        !qs_hdf5_is(dataset, H5T_FLOAT, sizeof(double), true)) {
        return qs_hdf5_fail_at(reader, name, "", "is no list of 64-bit reals, as a dimension must be");
    }
    double *values = malloc((size_t)lengths[0] * sizeof *values);
    if (!values) {
        return qs_fail_memory(reader->err, name, (size_t)lengths[0] * sizeof *values);
    }
    enum qs_status status = H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0
                                ? qs_hdf5_fail_at(reader, name, "", "cannot be read: damaged")
                                : qs_store_scale(reader->cache, name, values, (uint32_t)lengths[0], NULL, reader->err);
    free(values);
    return status;
}
