// A small cache that the tests of the room fill and check.
#ifndef QS_TESTS_CACHE_SAMPLE_H
#define QS_TESTS_CACHE_SAMPLE_H

#include "../cmocka_all.h"
#include "cache/cache.h"

#include <stdbool.h>

// Fails the test, printing the message, unless the call returns QS_OK.
#define ok(call)                                                                                                       \
    do {                                                                                                               \
        struct qs_error ok_error = {0};                                                                                \
        struct qs_error *err = &ok_error;                                                                              \
        if ((call) != QS_OK) {                                                                                         \
            fail_msg("%s: %s", #call, ok_error.text);                                                                  \
        }                                                                                                              \
    } while (0)

// Fails the test unless the call returns `wanted` and its message contains `text`.
#define refused(call, wanted, part)                                                                                    \
    do {                                                                                                               \
        struct qs_error refused_error = {0};                                                                           \
        struct qs_error *err = &refused_error;                                                                         \
        int refused_status = (int)(call);                                                                              \
        if (refused_status != (int)(wanted) || !strstr(refused_error.text, part)) {                                    \
            fail_msg("%s: status %d, \"%s\"", #call, refused_status, refused_error.text);                              \
        }                                                                                                              \
    } while (0)

// QS_TMP/name, where there is then no such file, nor a journal of it. Borrowed for the next few dozen calls.
const char *scratch(const char *name);

// QS_TMP/name.journal and so on: a path with something behind it, borrowed as long.
const char *beside(const char *path, const char *suffix);

// A model of layers x kinds; where there are several kinds, the last is missing in the even layers. Fails the test
// where that cannot be made.
struct qs_model_info sample_model(uint32_t layers, uint32_t kinds);

// The arrays "weights/kurtosis" (f64), "weights/count" (u64), "weights/percentile" (f64[3]) and "weights/histogram"
// (u64[256]), a dimension and some attributes.
void sample_declare(struct qs_cache *cache);

// What value `index` of a cell of an array has: every kind of real, NaN among them.
double sample_f64(uint32_t layer, uint32_t kind, uint32_t index);
uint64_t sample_u64(uint32_t layer, uint32_t kind, uint32_t index);

// All arrays' cells of one layer and kind.
void sample_put(struct qs_cache *cache, uint32_t layer, uint32_t kind);

// Whether every value of the cells is what was put, or absent; in both cases all of them. -1: neither.
int sample_state(const struct qs_cache *cache, uint32_t layer, uint32_t kind);

// Makes a whole cache file of layers x kinds at path, without a journal.
void sample_file(const char *path, uint32_t layers, uint32_t kinds);

// Everything in both caches is the same, bit for bit.
void assert_same(const struct qs_cache *a, const struct qs_cache *b);

// A file's bytes (freed by the caller), and a file of such bytes.
char *slurp(const char *path, size_t *out_size);
void spill(const char *path, const void *bytes, size_t size);

// The next of a seeded sequence (xorshift64*).
uint64_t draw(uint64_t *state);

#endif
