// The HDF5 file as it lies on disk: HDF5's bytes and behind them a seal of 24 bytes, which HDF5 and everybody else's
// programs pass over: "QSSEAL\r\n", the size of HDF5's part (u64), its XXH64 with seed 0 (u64), little-endian.
//
// A file whose seal is right is as this program wrote it. One whose seal is wrong is damaged and is not shown to HDF5.
// One without a seal was changed by another program, since HDF5 cuts it off when it has written to a file; or is cut
// short.
#ifndef QS_CACHE_SEAL_H
#define QS_CACHE_SEAL_H

#include "base/error.h"

#include <stddef.h>

enum qs_seal { QS_SEAL_NONE, QS_SEAL_GOOD, QS_SEAL_BROKEN };

// *out_size: the size of HDF5's part, for QS_SEAL_GOOD; else all of it.
enum qs_seal qs_seal_check(const void *bytes, size_t size, size_t *out_size);

// Puts the image with a seal under the name `file`: written as file.new, synced, renamed. On failure the old file is
// as it was. The caller holds the cache's lock, so nobody else writes file.new; one that is there was left by a killed
// process.
enum qs_status qs_seal_write(const char *file, const void *image, size_t size, struct qs_error *err) QS_MUST_USE;

// Removes what a killed process left half-written. The caller holds the lock.
void qs_seal_sweep(const char *file);

#endif
