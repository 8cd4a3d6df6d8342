// The model's description in an HDF5 file: see hdf5_reader.h. Shapes are compared with what is stored before memory is
// taken for what the numbers claim.
#include "cache/hdf5_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A dataset of the root or of /model with the wanted lengths; -1 after a failure.
static hid_t open_table(struct qs_hdf5_reader *reader, hid_t group, const char *where, int rank, uint64_t rows,
                        uint64_t cols)
{
    const char *why = NULL;
    const char *name = strrchr(where, '/') + 1;
    hid_t dataset = qs_hdf5_open(group, name, H5I_DATASET, &why);
    int got = 0;
    hsize_t lengths[3];
    if (dataset < 0 || !qs_hdf5_shape(dataset, &got, lengths, &why)) {
        qs_hdf5_fail_at(reader, where, "", why);
    } else if (got != rank || lengths[0] != rows || (rank > 1 && lengths[1] != cols)) {
        qs_hdf5_fail_at(reader, where, "", "has another shape than the model's layers and kinds say");
    } else {
        return dataset;
    }
    if (dataset >= 0) {
        H5Dclose(dataset);
    }
    return -1;
}

// One number of every module, e.g. /model/rows.
static enum qs_status read_numbers(struct qs_hdf5_reader *reader, hid_t group, const char *where,
                                   struct qs_model_info *info, size_t offset)
{
    size_t count = (size_t)info->layers * info->kinds;
    hid_t dataset = open_table(reader, group, where, 2, info->layers, info->kinds);
    if (dataset < 0) {
        return reader->status;
    }
    enum qs_status status = QS_OK;
    uint64_t *values = malloc(count ? count * sizeof *values : 1);
    if (!qs_hdf5_is(dataset, H5T_INTEGER, sizeof *values, false)) {
        status = qs_hdf5_fail_at(reader, where, "", "does not hold unsigned 64-bit numbers");
    } else if (!values) {
        status = qs_fail_memory(reader->err, where, count * sizeof *values);
    } else if (count && H5Dread(dataset, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        status = qs_hdf5_fail_at(reader, where, "", "cannot be read: damaged");
    }
    for (size_t i = 0; i < count && status == QS_OK; i++) {
        memcpy((char *)&info->modules[i] + offset, &values[i], sizeof values[i]);
    }
    free(values);
    H5Dclose(dataset);
    return status;
}

static enum qs_status read_dtypes(struct qs_hdf5_reader *reader, hid_t group, struct qs_model_info *info)
{
    const char *where = "/model/dtype";
    size_t count = (size_t)info->layers * info->kinds;
    hid_t dataset = open_table(reader, group, where, 2, info->layers, info->kinds);
    if (dataset < 0) {
        return reader->status;
    }
    const char *why = NULL;
    char **texts = qs_hdf5_texts(dataset, count, sizeof info->modules->dtype + 1, &why);
    H5Dclose(dataset);
    if (!texts) {
        return qs_hdf5_fail_at(reader, where, "", why);
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(info->modules[i].dtype, sizeof info->modules[i].dtype, "%s", texts[i]);
        free(texts[i]);
    }
    free(texts);
    return QS_OK;
}

// Layers, kinds and their names: what the description is made with.
static enum qs_status read_size(struct qs_hdf5_reader *reader, hid_t group, struct qs_model_info *info)
{
    const char *why = NULL;
    uint64_t layers = 0;
    uint64_t kinds = 0;
    if (!qs_hdf5_number(group, "layers", &layers, &why)) {
        return qs_hdf5_fail_at(reader, "/model", "attribute layers", why);
    }
    if (!qs_hdf5_number(group, "kinds", &kinds, &why)) {
        return qs_hdf5_fail_at(reader, "/model", "attribute kinds", why);
    }
    if (layers > QS_LAYERS_MAX || kinds > QS_KINDS_MAX || layers * kinds > QS_CACHE_CELLS_MAX) {
        return qs_hdf5_fail_at(reader, "/model", "attributes layers and kinds", "are more than a cache can hold");
    }
    // The tables' shapes are checked by what is stored before memory is taken for what they claim.
    hid_t rows = open_table(reader, group, "/model/rows", 2, layers, kinds);
    if (rows < 0) {
        return reader->status;
    }
    H5Dclose(rows);
    hid_t layer = open_table(reader, reader->file, "/layer", 1, layers, 0);
    if (layer < 0) {
        return reader->status;
    }
    H5Dclose(layer);
    hid_t kind = open_table(reader, reader->file, "/kind", 1, kinds, 0);
    if (kind < 0) {
        return reader->status;
    }
    char **names = qs_hdf5_texts(kind, (size_t)kinds, QS_NAME_MAX, &why);
    H5Dclose(kind);
    if (!names) {
        return qs_hdf5_fail_at(reader, "/kind", "", why);
    }
    enum qs_status status =
        qs_model_info_init(info, (uint32_t)layers, (uint32_t)kinds, (const char *const *)names, reader->err);
    for (size_t i = 0; i < kinds; i++) {
        free(names[i]);
    }
    free(names);
    return status;
}

static enum qs_status read_description(struct qs_hdf5_reader *reader, hid_t group, struct qs_model_info *info)
{
    const struct {
        const char *name;
        char **text;
    } texts[] = {{"name", &info->name}, {"architecture", &info->architecture}, {"format", &info->format}};
    const struct {
        const char *name;
        uint64_t *number;
    } numbers[] = {{"params", &info->params}, {"module_params", &info->module_params}, {"bytes", &info->bytes}};
    const char *why = NULL;
    for (size_t i = 0; i < QS_COUNT_OF(texts); i++) {
        char *text = qs_hdf5_text(group, texts[i].name, QS_NAME_MAX, &why);
        if (!text) {
            return qs_hdf5_fail_at(reader, "/model: attribute", texts[i].name, why);
        }
        free(*texts[i].text);
        *texts[i].text = text;
    }
    for (size_t i = 0; i < QS_COUNT_OF(numbers); i++) {
        if (!qs_hdf5_number(group, numbers[i].name, numbers[i].number, &why)) {
            return qs_hdf5_fail_at(reader, "/model: attribute", numbers[i].name, why);
        }
    }
    char *fingerprint = qs_hdf5_text(group, "fingerprint", sizeof info->fingerprint, &why);
    if (!fingerprint) {
        return qs_hdf5_fail_at(reader, "/model: attribute", "fingerprint", why);
    }
    snprintf(info->fingerprint, sizeof info->fingerprint, "%s", fingerprint);
    free(fingerprint);
    return QS_OK;
}

enum qs_status qs_hdf5_read_model(struct qs_hdf5_reader *reader)
{
    const char *why = NULL;
    struct qs_model_info info = {0};
    hid_t group = qs_hdf5_open(reader->file, "model", H5I_GROUP, &why);
    if (group < 0) {
        return qs_hdf5_fail_at(reader, "/model", "", why);
    }
    enum qs_status status = read_size(reader, group, &info);
    if (status == QS_OK) {
        status = read_description(reader, group, &info);
    }
    if (status == QS_OK) {
        status = read_numbers(reader, group, "/model/rows", &info, offsetof(struct qs_module_info, rows));
    }
    if (status == QS_OK) {
        status = read_numbers(reader, group, "/model/cols", &info, offsetof(struct qs_module_info, cols));
    }
    if (status == QS_OK) {
        status = read_numbers(reader, group, "/model/bytes", &info, offsetof(struct qs_module_info, bytes));
    }
    if (status == QS_OK) {
        status = read_dtypes(reader, group, &info);
    }
    if (status == QS_OK) {
        status = qs_store_describe(reader->cache, &info, reader->err);
    }
    qs_model_info_free(&info);
    H5Gclose(group);
    return status;
}
