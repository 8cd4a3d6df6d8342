// Small models that the tests write themselves.
#ifndef QS_TESTS_MAKE_MODEL_H
#define QS_TESTS_MAKE_MODEL_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

// "QS_TMP/name"; the string stays valid for the next 15 calls. QS_TMP is the current folder where it is not set.
const char *temp_path(const char *name);

void make_folder(const char *path);
void write_bytes(const char *path, const void *bytes, size_t count);
void write_text(const char *path, const char *text);

// A .safetensors file in the making. A zeroed struct is empty.
struct st {
    struct qs_text header;
    struct qs_text data;
};

// shape: "[2,3]"; the bytes are appended to the data.
void st_add(struct st *st, const char *name, const char *dtype, const char *shape, const void *bytes, size_t count);
void st_add_zeros(struct st *st, const char *name, const char *dtype, const char *shape, size_t count);
void st_write(struct st *st, const char *path); // and empties it

// A file of any header text and length, and data_bytes zeros behind it.
void write_header(const char *path, const char *header, uint64_t stated_length, size_t data_bytes);

// A Llama of `layers` layers, 8 wide, BF16, whose values depend on `seed`: one file at path, or layer by layer into
// path with the layer's number in place of "%u".
void write_llama(const char *path, unsigned layers, unsigned seed);

#endif
