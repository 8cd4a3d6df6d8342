// A cache into an HDF5 image: see image.h.
//
// Dimension scales are written attribute by attribute as the HDF5 Dimension Scale Specification has them, not through
// H5DS: that library writes padding it never set, and rewrites a scale's list of users for every user. Objects keep no
// times. Strings are of variable length and UTF-8, except the dtypes, of which there is one per module.
#include "cache/hdf5_memory.h"
#include "cache/hdf5_put.h"
#include "cache/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One use of a dimension by a dataset.
struct use {
    hobj_ref_t dataset;
    int32_t dimension;
    int32_t padding;
};

// A dimension while the file is written, with the datasets that use it.
struct dimension {
    const char *name;
    hid_t dataset;
    hobj_ref_t ref;
    hsize_t length;
    struct use *uses;
    size_t use_count;
};

struct writer {
    const struct qs_cache *cache;
    const char *at; // what is being written, for the message
    hid_t file;
    hid_t text;                   // the type of texts
    struct dimension *dimensions; // layer, kind, then the cache's own
    size_t dimension_count;
};

enum { LAYER, KIND, OWN_DIMENSIONS };

static bool put_text(const struct writer *writer, hid_t object, const char *name, const char *text)
{
    return qs_hdf5_put_attribute(object, name, writer->text, 0, &text);
}

// Notes that the dataset uses the dimensions, and tells the dataset so.
static bool attach(struct writer *writer, hid_t dataset, const char *path, int rank, struct dimension *const *uses)
{
    hobj_ref_t ref;
    hvl_t lists[3];
    const char *labels[3];
    if (H5Rcreate(&ref, writer->file, path, H5R_OBJECT, -1) < 0) {
        return false;
    }
    for (int i = 0; i < rank; i++) {
        struct dimension *dimension = uses[i];
        dimension->uses[dimension->use_count++] = (struct use){.dataset = ref, .dimension = i};
        lists[i] = (hvl_t){.len = 1, .p = &dimension->ref};
        labels[i] = dimension->name;
    }
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    bool good = qs_hdf5_put_attribute(dataset, "DIMENSION_LIST", type, (hsize_t)rank, lists) &&
                qs_hdf5_put_attribute(dataset, "DIMENSION_LABELS", writer->text, (hsize_t)rank, labels);
    H5Tclose(type);
    return good;
}

static bool put_array(struct writer *writer, const struct qs_array *array)
{
    const struct qs_array_spec *spec = &array->spec;
    struct dimension *uses[3] = {&writer->dimensions[LAYER], &writer->dimensions[KIND], NULL};
    hsize_t lengths[3] = {writer->cache->model.layers, writer->cache->model.kinds, spec->width};
    int rank = spec->width > 1 ? 3 : 2;
    for (size_t i = OWN_DIMENSIONS; rank == 3 && i < writer->dimension_count; i++) {
        if (strcmp(writer->dimensions[i].name, spec->scale) == 0) {
            uses[2] = &writer->dimensions[i];
        }
    }
    static const double no_f64 = (double)NAN;
    static const uint64_t no_u64 = QS_ABSENT_U64;
    char folder[QS_ARRAY_PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(spec->path, '/') - spec->path), spec->path);
    writer->at = spec->path;
    hid_t group = qs_hdf5_put_group(writer->file, folder);
    if (group < 0) {
        return false;
    }
    H5Gclose(group);
    hid_t dataset =
        qs_hdf5_put_dataset(writer->file, spec->path, array->f64 ? H5T_IEEE_F64LE : H5T_STD_U64LE, rank, lengths,
                            array->f64 ? (const void *)&no_f64 : (const void *)&no_u64, qs_store_values(array));
    if (dataset < 0) {
        return false;
    }
    bool good = attach(writer, dataset, spec->path, rank, uses) && put_text(writer, dataset, "units", spec->units) &&
                put_text(writer, dataset, "about", spec->about);
    return H5Dclose(dataset) >= 0 && good;
}

// A table [layer][kind] of one field of the modules.
static bool put_module_table(struct writer *writer, const char *path, hid_t type, size_t offset)
{
    const struct qs_model_info *model = &writer->cache->model;
    size_t count = (size_t)model->layers * model->kinds;
    size_t size = H5Tget_size(type);
    char *values = calloc(count ? count : 1, size);
    writer->at = path;
    if (!values) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(values + i * size, (const char *)&model->modules[i] + offset, size);
    }
    hsize_t lengths[2] = {model->layers, model->kinds};
    struct dimension *uses[2] = {&writer->dimensions[LAYER], &writer->dimensions[KIND]};
    hid_t dataset = qs_hdf5_put_dataset(writer->file, path, type, 2, lengths, NULL, values);
    free(values);
    bool good = dataset >= 0 && attach(writer, dataset, path, 2, uses);
    return dataset >= 0 && H5Dclose(dataset) >= 0 && good;
}

static bool put_model(struct writer *writer)
{
    const struct qs_model_info *model = &writer->cache->model;
    writer->at = "model";
    hid_t group = qs_hdf5_put_group(writer->file, "model");
    bool good =
        group >= 0 && put_text(writer, group, "name", model->name) &&
        put_text(writer, group, "architecture", model->architecture) &&
        put_text(writer, group, "format", model->format) &&
        put_text(writer, group, "fingerprint", model->fingerprint) && qs_hdf5_put_u64(group, "layers", model->layers) &&
        qs_hdf5_put_u64(group, "kinds", model->kinds) && qs_hdf5_put_u64(group, "params", model->params) &&
        qs_hdf5_put_u64(group, "module_params", model->module_params) && qs_hdf5_put_u64(group, "bytes", model->bytes);
    if (group >= 0) {
        H5Gclose(group);
    }
    hid_t dtype = H5Tcopy(H5T_C_S1);
    good = good && H5Tset_size(dtype, sizeof model->modules->dtype) >= 0 && H5Tset_cset(dtype, H5T_CSET_UTF8) >= 0 &&
           put_module_table(writer, "model/rows", H5T_STD_U64LE, offsetof(struct qs_module_info, rows)) &&
           put_module_table(writer, "model/cols", H5T_STD_U64LE, offsetof(struct qs_module_info, cols)) &&
           put_module_table(writer, "model/bytes", H5T_STD_U64LE, offsetof(struct qs_module_info, bytes)) &&
           put_module_table(writer, "model/dtype", dtype, offsetof(struct qs_module_info, dtype));
    H5Tclose(dtype);
    return good;
}

// values NULL: only the length is known.
static bool add_dimension(struct writer *writer, const char *name, hid_t type, hsize_t length, const void *values)
{
    struct dimension *dimension = &writer->dimensions[writer->dimension_count++];
    char title[96];
    writer->at = name;
    *dimension = (struct dimension){.name = name, .length = length};
    // Every array uses it at most once; the four tables of the model use layers and kinds.
    dimension->uses = calloc(writer->cache->array_count + 4, sizeof *dimension->uses);
    double *unknown = values ? NULL : malloc((size_t)length * sizeof *unknown);
    for (hsize_t i = 0; unknown && i < length; i++) {
        unknown[i] = (double)NAN;
    }
    if (values) {
        snprintf(title, sizeof title, "%s", name);
    } else {
        snprintf(title, sizeof title, QS_IMAGE_NO_VALUES "%10u", (unsigned)length);
    }
    dimension->dataset =
        values || unknown ? qs_hdf5_put_dataset(writer->file, name, type, 1, &length, NULL, values ? values : unknown)
                          : -1;
    free(unknown);
    return dimension->dataset >= 0 && dimension->uses &&
           qs_hdf5_put_ascii(dimension->dataset, "CLASS", "DIMENSION_SCALE") &&
           qs_hdf5_put_ascii(dimension->dataset, "NAME", title) &&
           H5Rcreate(&dimension->ref, writer->file, name, H5R_OBJECT, -1) >= 0;
}

static bool add_model_dimensions(struct writer *writer)
{
    const struct qs_model_info *model = &writer->cache->model;
    int64_t *numbers = malloc((model->layers ? model->layers : 1) * sizeof *numbers);
    if (!numbers) {
        return false;
    }
    for (uint32_t layer = 0; layer < model->layers; layer++) {
        numbers[layer] = layer;
    }
    bool good = add_dimension(writer, "layer", H5T_STD_I64LE, model->layers, numbers) &&
                add_dimension(writer, "kind", writer->text, model->kinds, model->kind_names);
    free(numbers);
    return good;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The third dimensions of the arrays, and those set without an array, in name order.
static bool add_own_dimensions(struct writer *writer)
{
    const struct qs_cache *cache = writer->cache;
    size_t count = 0;
    const char **names = malloc((cache->array_count + cache->scale_count + 1) * sizeof *names);
    if (!names) {
        return false;
    }
    for (size_t i = 0; i < cache->scale_count; i++) {
        names[count++] = cache->scales[i].name;
    }
    for (size_t i = 0; i < cache->array_count; i++) {
        const struct qs_array_spec *spec = &cache->arrays[i]->array.spec;
        if (spec->width > 1) {
            names[count++] = spec->scale;
        }
    }
    qsort(names, count, sizeof *names, compare_names);
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        if (i > 0 && strcmp(names[i], names[i - 1]) == 0) {
            continue;
        }
        uint32_t width = 0;
        const double *values = qs_cache_scale(cache, names[i], &width);
        for (size_t k = 0; k < cache->array_count && !values; k++) {
            const struct qs_array_spec *spec = &cache->arrays[k]->array.spec;
            width = spec->width > 1 && strcmp(spec->scale, names[i]) == 0 ? spec->width : width;
        }
        good = add_dimension(writer, names[i], H5T_IEEE_F64LE, width, values);
    }
    free(names);
    return good;
}

// Tells every dimension who uses it.
static bool put_uses(struct writer *writer)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct use));
    bool good = H5Tinsert(type, "dataset", offsetof(struct use, dataset), H5T_STD_REF_OBJ) >= 0 &&
                H5Tinsert(type, "dimension", offsetof(struct use, dimension), H5T_STD_I32LE) >= 0;
    for (size_t i = 0; i < writer->dimension_count && good; i++) {
        const struct dimension *dimension = &writer->dimensions[i];
        writer->at = dimension->name;
        good = dimension->use_count == 0 ||
               qs_hdf5_put_attribute(dimension->dataset, "REFERENCE_LIST", type, dimension->use_count, dimension->uses);
    }
    H5Tclose(type);
    return good;
}

static bool put_root(struct writer *writer)
{
    int32_t version = QS_CACHE_VERSION;
    int32_t frozen = writer->cache->frozen;
    writer->at = "/";
    return put_text(writer, writer->file, "format", QS_IMAGE_FORMAT) &&
           qs_hdf5_put_attribute(writer->file, "format_version", H5T_STD_I32LE, 0, &version) &&
           put_text(writer, writer->file, "program_version", PACKAGE_VERSION) &&
           qs_hdf5_put_attribute(writer->file, "frozen", H5T_STD_I32LE, 0, &frozen);
}

static bool put_attributes(struct writer *writer)
{
    for (size_t i = 0; i < writer->cache->attribute_count; i++) {
        const struct qs_stored_attribute *attribute = &writer->cache->attributes[i];
        writer->at = attribute->group[0] ? attribute->group : "/";
        hid_t group = attribute->group[0] ? qs_hdf5_put_group(writer->file, attribute->group)
                                          : H5Gopen2(writer->file, "/", H5P_DEFAULT);
        bool good = group >= 0 && put_text(writer, group, attribute->name, attribute->value);
        if (group >= 0) {
            H5Gclose(group);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool put_everything(struct writer *writer)
{
    bool good = put_root(writer) && add_model_dimensions(writer) && add_own_dimensions(writer) && put_model(writer);
    for (size_t i = 0; i < writer->cache->array_count && good; i++) {
        good = put_array(writer, &writer->cache->arrays[i]->array);
    }
    return good && put_attributes(writer) && put_uses(writer);
}

enum qs_status qs_image_write(const struct qs_cache *cache, void **out_image, size_t *out_size, struct qs_error *err)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    struct qs_hdf5_memory memory = {0};
    struct writer writer = {
        .cache = cache, .at = "/", .file = qs_hdf5_create_in_memory(&memory), .text = H5Tcopy(H5T_C_S1)};
    writer.dimensions = calloc(OWN_DIMENSIONS + cache->array_count + cache->scale_count, sizeof *writer.dimensions);
    bool good = writer.file >= 0 && writer.dimensions && H5Tset_size(writer.text, H5T_VARIABLE) >= 0 &&
                H5Tset_cset(writer.text, H5T_CSET_UTF8) >= 0 && put_everything(&writer);
    for (size_t i = 0; i < writer.dimension_count; i++) {
        if (writer.dimensions[i].dataset >= 0) {
            H5Dclose(writer.dimensions[i].dataset);
        }
        free(writer.dimensions[i].uses);
    }
    free(writer.dimensions);
    H5Tclose(writer.text);
    ssize_t size = good && H5Fflush(writer.file, H5F_SCOPE_GLOBAL) >= 0 ? H5Fget_file_image(writer.file, NULL, 0) : -1;
    if (writer.file >= 0 && H5Fclose(writer.file) < 0) {
        size = -1;
    }
    if (size <= 0 || !memory.bytes) {
        free(memory.bytes);
        return qs_fail(err, QS_FAILED, "%s: %s: HDF5 cannot write it (out of memory?)", cache->path, writer.at);
    }
    *out_image = memory.bytes;
    *out_size = (size_t)size;
    return QS_OK;
}
