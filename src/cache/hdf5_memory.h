// HDF5 files that exist in memory only.
#ifndef QS_CACHE_HDF5_MEMORY_H
#define QS_CACHE_HDF5_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#define H5_USE_110_API
#include <hdf5.h>

// Must outlive the file.
struct qs_hdf5_memory {
    void *bytes;
};

// A new file in the format of HDF5 1.8, whose metadata has checksums. When it is closed, memory->bytes is what would be
// on disk, freed by the caller (NULL where that failed); its size is that of H5Fget_file_image after a flush. (The
// bytes that H5Fget_file_image of 1.10 gives have a superblock whose checksum is that of other flags.)
hid_t qs_hdf5_create_in_memory(struct qs_hdf5_memory *memory);

// A file of memory->bytes, which stay the caller's, to read. Where that fails, why is what HDF5 says of it.
enum { QS_HDF5_WHY_MAX = 160 };
hid_t qs_hdf5_open_in_memory(struct qs_hdf5_memory *memory, size_t size, char why[static QS_HDF5_WHY_MAX]);

#endif
