// Files that are read: memory maps and paths.
#ifndef QS_BASE_FILE_H
#define QS_BASE_FILE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

// A file mapped read-only. Its pages belong to the page cache; a file cut short by somebody else while it is mapped
// raises SIGBUS, which the program turns into a message (qs_map_path_at).
struct qs_map {
    const uint8_t *data; // NULL where size is 0
    uint64_t size;       // bytes
    char *path;          // owned; as given
};

// On failure *out is zeroed: QS_BAD_INPUT where the path does not exist or is no regular file, else QS_FAILED.
enum qs_status qs_map_open(const char *path, struct qs_map *out, struct qs_error *err) QS_MUST_USE;
void qs_map_close(struct qs_map *map); // NULL or zeroed is fine

// The path of the map that holds this address, for a signal handler: takes no lock and calls nothing. NULL where there
// is none, or where so many maps were open that this one is not remembered.
const char *qs_map_path_at(const void *address);

// Tells the kernel that the bytes [offset, offset + size) will be read soon, or are done with (their pages may leave
// the process). Hints: nothing can fail. Thread-safe.
void qs_map_will_need(const struct qs_map *map, uint64_t offset, uint64_t size);
void qs_map_done_with(const struct qs_map *map, uint64_t offset, uint64_t size);

// Reads a whole file of at most max_bytes into *out (freed by the caller; a NUL is put behind the last byte).
enum qs_status qs_file_read(const char *path, uint64_t max_bytes, char **out, size_t *out_size,
                            struct qs_error *err) QS_MUST_USE;

bool qs_path_exists(const char *path);
bool qs_path_is_directory(const char *path);
bool qs_path_is_link(const char *path); // behind qs_path_real: one that leads in a circle

// New strings, freed by the caller; NULL where memory ran out.
char *qs_path_join(const char *folder, const char *name); // name alone where it is absolute
char *qs_path_folder(const char *path);                   // "." where there is none
char *qs_path_real(const char *path); // links resolved, also to a file that is still to be made; else a copy of path

// The last component; borrowed from path. "/a/b/" gives "b/": normalise with qs_path_real first where that matters.
const char *qs_path_base(const char *path);

bool qs_has_suffix(const char *text, const char *suffix);

#endif
