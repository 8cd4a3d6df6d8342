// Whole pieces of an HDF5 file: see hdf5_put.h.
#include "cache/hdf5_put.h"

#include <stdio.h>
#include <string.h>

enum {
    CHUNK_BYTES = 1 << 20, // at most, of a wide array
    SMALL_BYTES = 16384,   // a wide array up to this size stays contiguous
    DEFLATE_LEVEL = 6,
};

bool qs_hdf5_put_attribute(hid_t object, const char *name, hid_t type, hsize_t count, const void *values)
{
    hid_t space = count ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    bool good = attribute >= 0 && H5Awrite(attribute, type, values) >= 0;
    if (attribute >= 0) {
        good = H5Aclose(attribute) >= 0 && good;
    }
    H5Sclose(space);
    return good;
}

bool qs_hdf5_put_ascii(hid_t object, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    bool good = H5Tset_size(type, strlen(text) + 1) >= 0 && qs_hdf5_put_attribute(object, name, type, 0, text);
    H5Tclose(type);
    return good;
}

bool qs_hdf5_put_u64(hid_t object, const char *name, uint64_t value)
{
    return qs_hdf5_put_attribute(object, name, H5T_STD_U64LE, 0, &value); // memory is little-endian too
}

hid_t qs_hdf5_put_group(hid_t file, const char *path)
{
    char part[QS_ARRAY_PATH_MAX];
    hid_t made = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(made, false);
    hid_t group = -1;
    for (size_t length = 1; length <= strlen(path); length++) {
        if (path[length] != '/' && path[length] != '\0') {
            continue;
        }
        snprintf(part, sizeof part, "%.*s", (int)length, path);
        if (group >= 0) {
            H5Gclose(group);
        }
        group = H5Lexists(file, part, H5P_DEFAULT) > 0 ? H5Gopen2(file, part, H5P_DEFAULT)
                                                       : H5Gcreate2(file, part, H5P_DEFAULT, made, H5P_DEFAULT);
        if (group < 0) {
            break;
        }
    }
    H5Pclose(made);
    return group;
}

// Wide arrays in chunks of whole layers, or of a part of one.
static bool set_layout(hid_t create, int rank, const hsize_t *lengths, size_t value_bytes)
{
    hsize_t bytes = value_bytes;
    for (int i = 0; i < rank; i++) {
        bytes *= lengths[i];
    }
    if (rank < 3 || bytes <= SMALL_BYTES) {
        return true;
    }
    hsize_t chunk[3] = {lengths[0], lengths[1], lengths[2]};
    hsize_t layer = chunk[1] * chunk[2] * value_bytes;
    hsize_t layers = layer < CHUNK_BYTES ? CHUNK_BYTES / layer : 1;
    chunk[0] = layers < lengths[0] ? layers : lengths[0];
    hsize_t cell = chunk[2] * value_bytes;
    if (layer > CHUNK_BYTES) {
        chunk[1] = cell < CHUNK_BYTES ? CHUNK_BYTES / cell : 1;
    }
    return H5Pset_chunk(create, rank, chunk) >= 0 && H5Pset_shuffle(create) >= 0 &&
           H5Pset_deflate(create, DEFLATE_LEVEL) >= 0;
}

hid_t qs_hdf5_put_dataset(hid_t file, const char *path, hid_t type, int rank, const hsize_t *lengths, const void *fill,
                          const void *values)
{
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(rank, lengths, NULL);
    bool good = H5Pset_obj_track_times(create, false) >= 0 && (!fill || H5Pset_fill_value(create, type, fill) >= 0) &&
                set_layout(create, rank, lengths, H5Tget_size(type));
    hid_t dataset = good ? H5Dcreate2(file, path, type, space, H5P_DEFAULT, create, H5P_DEFAULT) : -1;
    if (dataset >= 0 && H5Sget_simple_extent_npoints(space) > 0 &&
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
        H5Dclose(dataset);
        dataset = -1;
    }
    if (dataset >= 0 && fill && !qs_hdf5_put_attribute(dataset, "_FillValue", type, 1, fill)) {
        H5Dclose(dataset);
        dataset = -1;
    }
    H5Sclose(space);
    H5Pclose(create);
    return dataset;
}
