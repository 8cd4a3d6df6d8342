// An HDF5 image into a cache: see image.h.
//
// First the root and the model, which everything else is measured by, then every group in turn. Only hard links are
// followed, and a group that two links lead to is refused, so that the walk ends. What the format does not know is not
// read but noted, so that a writer can refuse to lose it.
#include "cache/hdf5_memory.h"
#include "cache/hdf5_reader.h"
#include "cache/image.h"

#include "cache/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTS_MAX = 65536 };

enum qs_status qs_hdf5_fail_at(struct qs_hdf5_reader *reader, const char *where, const char *what, const char *why)
{
    reader->status = qs_fail(reader->err, QS_BAD_INPUT, "%s: %s%s%s: %s", reader->cache->path, where[0] ? where : "/",
                             what[0] ? ": " : "", what, why);
    return reader->status;
}

void qs_hdf5_note_foreign(struct qs_hdf5_reader *reader, const char *path, const char *name)
{
    struct qs_text *foreign = &reader->cache->foreign;
    if (foreign->length > QS_ERROR_TEXT_MAX / 2) {
        return; // enough to tell
    }
    qs_text_addf(foreign, "%s%s/%.64s", foreign->length ? ", " : "", path, name);
}

static enum qs_status read_root(struct qs_hdf5_reader *reader)
{
    const char *why = NULL;
    uint64_t number = 0;
    char *format = qs_hdf5_text(reader->file, "format", 64, &why);
    bool ours = format && strcmp(format, QS_IMAGE_FORMAT) == 0;
    if (format && !ours) {
        why = "is not \"" QS_IMAGE_FORMAT "\": this is an HDF5 file, but no cache";
    }
    free(format);
    if (!ours && H5Aexists(reader->file, "format") <= 0) {
        why = "is missing: this is an HDF5 file, but no cache";
    }
    if (!ours) {
        return qs_hdf5_fail_at(reader, "attribute format", "", why);
    }
    if (!qs_hdf5_number(reader->file, "format_version", &number, &why)) {
        return qs_hdf5_fail_at(reader, "attribute format_version", "", why);
    }
    if (number != QS_CACHE_VERSION) {
        char text[128];
        snprintf(text, sizeof text, "is %llu, this quantscope reads %d%s", (unsigned long long)number, QS_CACHE_VERSION,
                 number > QS_CACHE_VERSION ? ": made by a newer quantscope; update quantscope" : "");
        return qs_hdf5_fail_at(reader, "attribute format_version", "", text);
    }
    if (!qs_hdf5_number(reader->file, "frozen", &number, &why)) {
        return qs_hdf5_fail_at(reader, "attribute frozen", "", why);
    }
    reader->cache->frozen = number != 0;
    return QS_OK;
}

enum place_kind { ROOT, MODEL, GROUP, DATASET };

// A group or dataset while it is walked through.
struct place {
    struct qs_hdf5_reader *reader;
    enum place_kind kind;
    const char *path; // "" for the root
};

static bool among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

// Attributes that the format, HDF5's dimension scales or netCDF put there.
static bool known_attribute(enum place_kind kind, const char *name)
{
    static const char *const root[] = {"format", "format_version", "program_version", "frozen"};
    static const char *const model[] = {"name",  "architecture", "format",        "fingerprint", "layers",
                                        "kinds", "params",       "module_params", "bytes"};
    static const char *const dataset[] = {"CLASS",      "NAME",  "REFERENCE_LIST", "DIMENSION_LIST", "DIMENSION_LABELS",
                                          "_FillValue", "units", "about"};
    static const char *const netcdf[] = {"_NCProperties", "_nc3_strict", "_Netcdf4Dimid", "_Netcdf4Coordinates"};
    return among(name, netcdf, QS_COUNT_OF(netcdf)) || (kind == ROOT && among(name, root, QS_COUNT_OF(root))) ||
           (kind == MODEL && among(name, model, QS_COUNT_OF(model))) ||
           (kind == DATASET && among(name, dataset, QS_COUNT_OF(dataset)));
}

// Returns 0 to go on, -1 to stop with reader->status.
static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context)
{
    const struct place *place = context;
    struct qs_hdf5_reader *reader = place->reader;
    const char *why = NULL;
    (void)info;
    if (known_attribute(place->kind, name)) {
        return 0;
    }
    bool ours = (place->kind == ROOT || place->kind == GROUP) && qs_name_is_plain(name, QS_ARRAY_SCALE_MAX);
    char *text = ours ? qs_hdf5_text(object, name, QS_CACHE_VALUE_MAX, &why) : NULL;
    if (!text) {
        qs_hdf5_note_foreign(reader, place->path, name);
        return 0;
    }
    reader->status = qs_store_attribute(reader->cache, place->path, name, text, NULL, reader->err);
    free(text);
    return reader->status == QS_OK ? 0 : -1;
}

static enum qs_status read_attributes(struct qs_hdf5_reader *reader, hid_t object, enum place_kind kind,
                                      const char *path)
{
    struct place place = {.reader = reader, .kind = kind, .path = path};
    reader->status = QS_OK;
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_attribute, &place) < 0 && reader->status == QS_OK) {
        return qs_hdf5_fail_at(reader, path, "", "its attributes cannot be read: damaged");
    }
    return reader->status;
}

static enum qs_status read_group(struct qs_hdf5_reader *reader, hid_t group, enum place_kind kind, const char *path);

static enum qs_status read_dataset(struct qs_hdf5_reader *reader, hid_t dataset, const struct place *place,
                                   const char *name, const char *path)
{
    enum qs_status status =
        place->kind == ROOT ? qs_hdf5_read_scale(reader, dataset, name) : qs_hdf5_read_array(reader, dataset, path);
    return status == QS_OK ? read_attributes(reader, dataset, DATASET, path) : status;
}

static enum qs_status read_object(struct qs_hdf5_reader *reader, hid_t object, const struct place *place,
                                  const char *name)
{
    char path[QS_ARRAY_PATH_MAX];
    int length = snprintf(path, sizeof path, "%s%s%s", place->path, place->path[0] ? "/" : "", name);
    H5I_type_t type = H5Iget_type(object);
    H5O_info_t info;
    if (length >= (int)sizeof path || !qs_name_is_plain(name, sizeof path) ||
        (type != H5I_DATASET && type != H5I_GROUP)) {
        qs_hdf5_note_foreign(reader, place->path, name);
        return QS_OK;
    }
    if (type == H5I_DATASET) {
        return read_dataset(reader, object, place, name, path);
    }
    if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0 || info.rc > 1) {
        return qs_hdf5_fail_at(reader, path, "", "is a group of two names, or damaged");
    }
    return read_group(reader, object, GROUP, path);
}

static herr_t visit_link(hid_t group, const char *name, const H5L_info_t *link, void *context)
{
    static const char *const tables[] = {"rows", "cols", "bytes", "dtype"};
    const struct place *place = context;
    struct qs_hdf5_reader *reader = place->reader;
    if (place->kind == MODEL ? among(name, tables, QS_COUNT_OF(tables))
                             : place->kind == ROOT && qs_name_is_reserved(name)) {
        return 0; // read already
    }
    if (place->kind == MODEL || link->type != H5L_TYPE_HARD) {
        qs_hdf5_note_foreign(reader, place->path, name); // links to elsewhere are not followed
        return 0;
    }
    if (++reader->objects > OBJECTS_MAX) {
        qs_hdf5_fail_at(reader, place->path, name, "there are more objects than a cache can have");
        return -1;
    }
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) {
        qs_hdf5_fail_at(reader, place->path, name, "cannot be opened: damaged");
        return -1;
    }
    reader->status = read_object(reader, object, place, name);
    H5Oclose(object);
    return reader->status == QS_OK ? 0 : -1;
}

static enum qs_status read_group(struct qs_hdf5_reader *reader, hid_t group, enum place_kind kind, const char *path)
{
    struct place place = {.reader = reader, .kind = kind, .path = path};
    enum qs_status status = read_attributes(reader, group, kind, path);
    if (status != QS_OK) {
        return status;
    }
    reader->status = QS_OK;
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visit_link, &place) < 0 && reader->status == QS_OK) {
        return qs_hdf5_fail_at(reader, path, "", "cannot be listed: damaged");
    }
    return reader->status;
}

static enum qs_status read_everything(struct qs_hdf5_reader *reader)
{
    enum qs_status status = read_root(reader);
    if (status == QS_OK) {
        status = qs_hdf5_read_model(reader);
    }
    if (status != QS_OK) {
        return status;
    }
    const char *why = NULL;
    hid_t model = qs_hdf5_open(reader->file, "model", H5I_GROUP, &why);
    hid_t root = H5Gopen2(reader->file, "/", H5P_DEFAULT);
    if (model < 0 || root < 0) {
        status = qs_hdf5_fail_at(reader, "/", "", "cannot be opened: damaged");
    } else {
        status = read_group(reader, model, MODEL, "model");
    }
    if (status == QS_OK) {
        status = read_group(reader, root, ROOT, "");
    }
    if (model >= 0) {
        H5Gclose(model);
    }
    if (root >= 0) {
        H5Gclose(root);
    }
    return status;
}

// At the beginning, or behind a user block (HDF5 File Format Specification, II.A).
static bool has_signature(const void *image, size_t size)
{
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    for (size_t at = 0; at < size && size - at >= sizeof signature; at = at ? 2 * at : 512) {
        if (memcmp((const char *)image + at, signature, sizeof signature) == 0) {
            return true;
        }
    }
    return false;
}

enum qs_status qs_image_read(struct qs_cache *cache, void *image, size_t size, struct qs_error *err)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    if (!has_signature(image, size)) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is no cache: not an HDF5 file", cache->path);
    }
    struct qs_hdf5_memory memory = {.bytes = image};
    struct qs_hdf5_reader reader = {.cache = cache, .err = err};
    char why[QS_HDF5_WHY_MAX];
    reader.file = qs_hdf5_open_in_memory(&memory, size, why);
    if (reader.file < 0) {
        return qs_fail(err, QS_BAD_INPUT, "%s: is damaged or cut short: HDF5 cannot open it (%s)", cache->path, why);
    }
    enum qs_status status = read_everything(&reader);
    H5Fclose(reader.file);
    return status;
}
