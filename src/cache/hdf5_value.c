// Single values of HDF5 files: see hdf5_value.h.
#include "cache/hdf5_value.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_BYTES_MAX = 64 << 20,
    DEFLATE_RATIO_MAX = 1100, // deflate cannot shrink by more than 1032
};

static const char no_memory[] = "does not fit in memory";

// A copy of at most size bytes up to a NUL, without the padding of Fortran's strings.
static char *copy_text(const char *bytes, size_t size, H5T_str_t padding)
{
    size_t length = strnlen(bytes, size);
    while (padding == H5T_STR_SPACEPAD && length && bytes[length - 1] == ' ') {
        length--;
    }
    return strndup(bytes, length);
}

// Text `index` of an attribute whose type is a string.
static char *read_text(hid_t attribute, hid_t type, size_t count, size_t index, size_t max, const char **why)
{
    char *text = NULL;
    size_t size = H5Tget_size(type);
    if (H5Tis_variable_str(type) > 0) {
        char **texts = calloc(count, sizeof *texts);
        hid_t space = H5Aget_space(attribute);
        if (!texts) {
            *why = no_memory;
        } else if (H5Aread(attribute, type, texts) < 0) {
            *why = "cannot be read";
        } else if (texts[index] && strnlen(texts[index], max) == max) {
            *why = "is too long";
        } else {
            text = strdup(texts[index] ? texts[index] : "");
        }
        if (texts) {
            H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
        }
        free(texts);
        H5Sclose(space);
        return text;
    }
    if (size == 0 || size >= max) {
        *why = "is too long";
        return NULL;
    }
    char *bytes = malloc(count * size);
    if (!bytes) {
        *why = no_memory;
    } else if (H5Aread(attribute, type, bytes) < 0) {
        *why = "cannot be read";
    } else {
        text = copy_text(bytes + index * size, size, H5Tget_strpad(type));
    }
    free(bytes);
    return text;
}

// Opens an attribute of exactly `count` values.
static hid_t open_attribute(hid_t object, const char *name, hsize_t count, const char **why)
{
    if (H5Aexists(object, name) <= 0) {
        *why = "is missing";
        return -1;
    }
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t space = attribute < 0 ? -1 : H5Aget_space(attribute);
    if (space < 0) {
        *why = "cannot be read";
    } else if (H5Sget_simple_extent_npoints(space) != (hssize_t)count) {
        *why = count == 1 ? "is not a single value" : "has another number of values";
    } else {
        H5Sclose(space);
        return attribute;
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    if (attribute >= 0) {
        H5Aclose(attribute);
    }
    return -1;
}

char *qs_hdf5_text_of(hid_t object, const char *name, hsize_t count, hsize_t index, size_t max, const char **why)
{
    *why = no_memory;
    hid_t attribute = open_attribute(object, name, count, why);
    if (attribute < 0) {
        return NULL;
    }
    char *text = NULL;
    hid_t type = H5Aget_type(attribute);
    if (type < 0 || H5Tget_class(type) != H5T_STRING) {
        *why = "is not a text";
    } else {
        text = read_text(attribute, type, (size_t)count, (size_t)index, max, why);
    }
    if (type >= 0) {
        H5Tclose(type);
    }
    H5Aclose(attribute);
    return text;
}

char *qs_hdf5_text(hid_t object, const char *name, size_t max, const char **why)
{
    return qs_hdf5_text_of(object, name, 1, 0, max, why);
}

bool qs_hdf5_number(hid_t object, const char *name, uint64_t *out, const char **why)
{
    hid_t attribute = open_attribute(object, name, 1, why);
    if (attribute < 0) {
        return false;
    }
    bool good = false;
    hid_t type = H5Aget_type(attribute);
    H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    *why = "is not a whole number of 0 or more";
    // h5py writes a bool as an enumeration of signed bytes.
    if ((class != H5T_INTEGER && class != H5T_ENUM) || H5Tget_size(type) > sizeof(uint64_t)) {
        good = false;
    } else if (class == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE) {
        uint64_t number = 0;
        good = H5Aread(attribute, H5T_NATIVE_UINT64, &number) >= 0;
        *out = good ? number : *out;
    } else {
        int64_t number = 0;
        good = H5Aread(attribute, H5T_NATIVE_INT64, &number) >= 0 && number >= 0;
        *out = good ? (uint64_t)number : *out;
    }
    if (type >= 0) {
        H5Tclose(type);
    }
    H5Aclose(attribute);
    return good;
}

hid_t qs_hdf5_open(hid_t group, const char *name, H5I_type_t wanted, const char **why)
{
    H5L_info_t link;
    if (H5Lexists(group, name, H5P_DEFAULT) <= 0 || H5Lget_info(group, name, &link, H5P_DEFAULT) < 0) {
        *why = "is missing";
        return -1;
    }
    if (link.type != H5L_TYPE_HARD) {
        *why = "is a link to elsewhere, which is not followed";
        return -1;
    }
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0) {
        *why = "cannot be opened";
        return -1;
    }
    if (H5Iget_type(object) != wanted) {
        *why = wanted == H5I_GROUP ? "is not a group" : "is not a dataset";
        H5Oclose(object);
        return -1;
    }
    return object;
}

static bool known_filters(hid_t create)
{
    int count = H5Pget_nfilters(create);
    for (int i = 0; i < count; i++) {
        unsigned flags = 0;
        unsigned config = 0;
        size_t values = 0;
        H5Z_filter_t filter = H5Pget_filter2(create, (unsigned)i, &flags, &values, NULL, 0, NULL, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
            return false;
        }
    }
    return count >= 0;
}

// bytes: of one value. lengths and rank: of the dataset.
static const char *check_layout(hid_t create, int rank, uint64_t bytes)
{
    H5D_layout_t layout = H5Pget_layout(create);
    if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED) {
        return "is stored in a way that is not read here (virtual?)";
    }
    if (H5Pget_external_count(create) != 0) {
        return "is stored in other files, which are not opened";
    }
    if (!known_filters(create)) {
        return "is stored with filters that are not known here";
    }
    hsize_t chunk[3];
    if (layout == H5D_CHUNKED) {
        if (rank < 1 || H5Pget_chunk(create, 3, chunk) != rank) {
            return "has chunks of another shape";
        }
        for (int i = 0; i < rank; i++) {
            if (chunk[i] == 0 || chunk[i] > CHUNK_BYTES_MAX / bytes) {
                return "is stored in chunks that are too large";
            }
            bytes *= chunk[i];
        }
    }
    return NULL;
}

bool qs_hdf5_shape(hid_t dataset, int *out_rank, hsize_t out_lengths[static 3], const char **why)
{
    *why = "has no simple shape";
    bool good = false;
    hid_t space = H5Dget_space(dataset);
    hid_t create = H5Dget_create_plist(dataset);
    hid_t type = H5Dget_type(dataset);
    if (space < 0 || create < 0 || type < 0 || H5Sget_simple_extent_type(space) != H5S_SIMPLE) {
        goto out;
    }
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1 || rank > 3) {
        *why = "does not have one to three dimensions";
        goto out;
    }
    hsize_t lengths[3] = {0, 0, 0};
    uint64_t bytes = H5Tget_size(type);
    if (bytes == 0 || bytes > QS_NAME_MAX || H5Sget_simple_extent_dims(space, lengths, NULL) != rank) {
        goto out;
    }
    const char *refused = check_layout(create, rank, bytes);
    if (refused) {
        *why = refused;
        goto out;
    }
    for (int i = 0; i < rank; i++) {
        if (lengths[i] > QS_CACHE_BYTES_MAX || (bytes *= lengths[i]) > QS_CACHE_BYTES_MAX) {
            *why = "is larger than a cache can be";
            goto out;
        }
    }
    if (bytes / DEFLATE_RATIO_MAX > H5Dget_storage_size(dataset)) {
        *why = "claims to be larger than what is stored of it";
        goto out;
    }
    *out_rank = rank;
    memcpy(out_lengths, lengths, sizeof lengths);
    good = true;
out:
    if (space >= 0) {
        H5Sclose(space);
    }
    if (create >= 0) {
        H5Pclose(create);
    }
    if (type >= 0) {
        H5Tclose(type);
    }
    return good;
}

bool qs_hdf5_is(hid_t dataset, H5T_class_t wanted, size_t size_bytes, bool is_signed)
{
    hid_t type = H5Dget_type(dataset);
    bool good = type >= 0 && H5Tget_class(type) == wanted && H5Tget_size(type) == size_bytes &&
                (wanted != H5T_INTEGER || (H5Tget_sign(type) != H5T_SGN_NONE) == is_signed);
    if (type >= 0) {
        H5Tclose(type);
    }
    return good;
}

// The texts of a dataset of strings of variable length.
static bool read_variable(hid_t dataset, hid_t type, size_t count, size_t max, char **texts, const char **why)
{
    char **read = calloc(count ? count : 1, sizeof *read);
    hid_t space = H5Dget_space(dataset);
    bool good = read && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) >= 0;
    for (size_t i = 0; i < count && good; i++) {
        const char *text = read[i] ? read[i] : "";
        good = strnlen(text, max) < max && (texts[i] = strdup(text)) != NULL;
    }
    if (!good) {
        *why = "holds texts that cannot be read, or are too long";
    }
    if (read) {
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, read);
    }
    free(read);
    H5Sclose(space);
    return good;
}

static bool read_fixed(hid_t dataset, hid_t type, size_t count, size_t max, char **texts, const char **why)
{
    size_t size = H5Tget_size(type);
    char *bytes = size && size < max ? malloc(count ? count * size : 1) : NULL;
    bool good = bytes && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    for (size_t i = 0; i < count && good; i++) {
        texts[i] = copy_text(bytes + i * size, size, H5Tget_strpad(type));
        good = texts[i] != NULL;
    }
    if (!good) {
        *why = "holds texts that cannot be read, or are too long";
    }
    free(bytes);
    return good;
}

char **qs_hdf5_texts(hid_t dataset, size_t count, size_t max, const char **why)
{
    hid_t type = H5Dget_type(dataset);
    if (type < 0 || H5Tget_class(type) != H5T_STRING) {
        *why = "does not hold texts";
        if (type >= 0) {
            H5Tclose(type);
        }
        return NULL;
    }
    char **texts = calloc(count ? count : 1, sizeof *texts);
    bool good = texts != NULL;
    if (!good) {
        *why = no_memory;
    } else if (count) {
        good = H5Tis_variable_str(type) > 0 ? read_variable(dataset, type, count, max, texts, why)
                                            : read_fixed(dataset, type, count, max, texts, why);
    }
    for (size_t i = 0; i < count && texts && !good; i++) {
        free(texts[i]);
    }
    H5Tclose(type);
    if (!good) {
        free(texts);
        return NULL;
    }
    return texts;
}
