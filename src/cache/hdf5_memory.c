// HDF5 files in memory: see hdf5_memory.h. The core driver's image callbacks decide where the bytes lie.
#include "cache/hdf5_memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { GROWTH_BYTES = 1 << 20 }; // a new file grows by this much

// HDF5 first looks whether there is a file of the name, and would take it in. Nothing can be below a device.
static const char no_file[] = "/dev/null/quantscope";

static void *share_context(void *context)
{
    return context;
}

static herr_t keep_context(void *context)
{
    (void)context;
    return 0;
}

static void *grow(void *bytes, size_t size, H5FD_file_image_op_t operation, void *context)
{
    (void)operation;
    (void)context;
    return realloc(bytes, size);
}

static void *make(size_t size, H5FD_file_image_op_t operation, void *context)
{
    return grow(NULL, size, operation, context);
}

static herr_t keep_at_close(void *bytes, H5FD_file_image_op_t operation, void *context)
{
    struct qs_hdf5_memory *memory = context;
    if (operation == H5FD_FILE_IMAGE_OP_FILE_CLOSE && !memory->bytes) {
        memory->bytes = bytes;
    } else {
        free(bytes);
    }
    return 0;
}

hid_t qs_hdf5_create_in_memory(struct qs_hdf5_memory *memory)
{
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = make,
        .image_realloc = grow,
        .image_free = keep_at_close,
        .udata_copy = share_context,
        .udata_free = keep_context,
        .udata = memory,
    };
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t create = H5Pcreate(H5P_FILE_CREATE);
    hid_t file = -1;
    if (H5Pset_fapl_core(access, GROWTH_BYTES, false) >= 0 && H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18) >= 0 &&
        H5Pset_obj_track_times(create, false) >= 0) {
        file = H5Fcreate(no_file, H5F_ACC_TRUNC, create, access);
    }
    H5Pclose(create);
    H5Pclose(access);
    return file;
}

// For a file that is only read every copy of the image is the image.
static void *same(size_t size, H5FD_file_image_op_t operation, void *context)
{
    (void)size;
    (void)operation;
    return ((struct qs_hdf5_memory *)context)->bytes;
}

static void *copy_nothing(void *to, const void *from, size_t size, H5FD_file_image_op_t operation, void *context)
{
    (void)from;
    (void)size;
    (void)operation;
    (void)context;
    return to;
}

static void *never_grow(void *bytes, size_t size, H5FD_file_image_op_t operation, void *context)
{
    (void)bytes;
    (void)size;
    (void)operation;
    (void)context;
    return NULL;
}

static herr_t free_nothing(void *bytes, H5FD_file_image_op_t operation, void *context)
{
    (void)bytes;
    (void)operation;
    (void)context;
    return 0;
}

// The deepest of HDF5's own messages, copied: its text goes with the next call.
static herr_t keep_first(unsigned number, const H5E_error2_t *error, void *context)
{
    if (number == 0 && error->desc) {
        snprintf(context, QS_HDF5_WHY_MAX, "%s", error->desc);
    }
    return 0;
}

hid_t qs_hdf5_open_in_memory(struct qs_hdf5_memory *memory, size_t size, char why[static QS_HDF5_WHY_MAX])
{
    snprintf(why, QS_HDF5_WHY_MAX, "it does not say why");
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = same,
        .image_memcpy = copy_nothing,
        .image_realloc = never_grow,
        .image_free = free_nothing,
        .udata_copy = share_context,
        .udata_free = keep_context,
        .udata = memory,
    };
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t file = -1;
    if (H5Pset_fapl_core(access, GROWTH_BYTES, false) >= 0 && H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, memory->bytes, size) >= 0) {
        file = H5Fopen(no_file, H5F_ACC_RDONLY, access);
    }
    if (file < 0) {
        H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, why);
    }
    H5Pclose(access);
    return file;
}
