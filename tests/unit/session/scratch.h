// Scratch paths and small models for the tests of src/session.
#ifndef QS_TESTS_SESSION_SCRATCH_H
#define QS_TESTS_SESSION_SCRATCH_H

#include "../cmocka_all.h"

#include "cache/cache.h"

#include <stdbool.h>
#include <stdint.h>

// QS_TMP/name, in one of eight buffers that are used in turn.
const char *scratch(const char *name);

// QS_SRCDIR/data/demo
const char *demo(void);

void write_file(const char *path, const void *bytes, size_t size);
void copy_file(const char *from, const char *to);
bool exists(const char *path);

// A Hugging Face directory of a Llama-like model: per layer q_proj (ROWS, COLS) and down_proj (ROWS, COLS) in float32,
// values from a fixed generator seeded by `seed`; dtype is "F32", or "I32" which is listed but not analysed.
enum { MODEL_ROWS = 8, MODEL_COLS = 32, MODEL_VALUES = MODEL_ROWS * MODEL_COLS, MODEL_KINDS = 2 };

struct poison {
    uint32_t layer;
    uint32_t kind; // 0: q_proj, 1: down_proj
    uint32_t index;
    float value;
};
void write_model(const char *folder, uint32_t layers, uint32_t seed, const char *dtype, const struct poison *poison,
                 size_t poison_count);

// Marks a cache as read-only.
void freeze_cache(const char *path);

// Both caches have the same arrays, bit for bit.
void assert_same_arrays(const struct qs_cache *a, const struct qs_cache *b);

// Every module that has been scanned in `part` has all the values that it has in `whole`, bit for bit, and no other
// has any. Returns the number of such modules.
uint64_t assert_part_of(const struct qs_cache *part, const struct qs_cache *whole);

#endif
