// The journal's bytes, and exact reads and writes of them: for journal.c and journal_record.c.
#ifndef QS_CACHE_JOURNAL_FORMAT_H
#define QS_CACHE_JOURNAL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JOURNAL_VERSION = 1,
    JOURNAL_RECORD_MAX = 1 << 28, // bytes of items in one record
};

// Integers are little-endian, as on every machine that configure lets pass.
struct journal_header {
    char magic[8];
    uint32_t version;
    uint32_t pid;         // the holder; rewritten in place, so not under the checksum
    char fingerprint[32]; // NULs where unknown
    uint64_t seed;
    uint64_t hash; // XXH64, seed 0, of the bytes before it, with pid 0
};
_Static_assert(sizeof(struct journal_header) == 64, "written as it lies in memory");

struct journal_record {
    uint64_t size;   // of the items that follow
    uint64_t number; // 1, 2, 3...
    uint64_t hash;   // XXH64 of the items, seeded by the XXH64 of size and number, seeded by the header's seed
};
_Static_assert(sizeof(struct journal_record) == 24, "written as it lies in memory");

// Both move all bytes or return false with errno; a file that ends before is errno 0.
bool qs_journal_read_at(int fd, void *out, size_t size, uint64_t offset);
bool qs_journal_write_at(int fd, const void *bytes, size_t size, uint64_t offset);

uint64_t qs_journal_file_size(int fd); // 0 where that is not known

#endif
