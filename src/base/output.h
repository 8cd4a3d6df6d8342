// Files that are written: complete under their final name, or absent.
//
//     struct qs_output output;
//     qs_output_open(path, force, &output, err)   a new file beside path
//     fwrite(..., output.file) and so on; or write to output.temp_path by other means
//     qs_output_commit(&output, err)              flushed to disk, then renamed to path
//     qs_output_abort(&output)                    in every other case; after a commit it does nothing
#ifndef QS_BASE_OUTPUT_H
#define QS_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct qs_output {
    FILE *file;      // open for writing; the owner may close it early by setting it to NULL after fclose
    char *path;      // the final name
    char *temp_path; // the name until then, in the same folder
    bool force;
};

// Writes all bytes, or returns false with errno.
bool qs_write_all(int fd, const void *bytes, size_t size) QS_MUST_USE;

// Makes the name of a file that was made or renamed survive a power cut, where the file system can do that.
void qs_sync_folder(const char *path);

// QS_USAGE where path exists and force is false; QS_FAILED where the file cannot be made. The check is made again,
// atomically, at commit. On failure *out is zeroed.
enum qs_status qs_output_open(const char *path, bool force, struct qs_output *out, struct qs_error *err) QS_MUST_USE;

// Writes what is buffered, syncs, renames. On failure the temporary file is removed and path is as it was.
enum qs_status qs_output_commit(struct qs_output *output, struct qs_error *err) QS_MUST_USE;
void qs_output_abort(struct qs_output *output); // NULL or zeroed is fine

#endif
