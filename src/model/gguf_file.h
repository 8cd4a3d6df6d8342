// One GGUF file taken apart: its key-value pairs and its tensors, all checked against the file's bytes. What the keys
// mean, and files in several parts, is gguf.c's business. Internal to src/model.
// Format: ggml's docs/gguf.md and gguf.cpp, versions 2 and 3, little-endian.
#ifndef QS_MODEL_GGUF_FILE_H
#define QS_MODEL_GGUF_FILE_H

#include "model/model.h"

enum qs_gguf_type {
    QS_GGUF_U8,
    QS_GGUF_I8,
    QS_GGUF_U16,
    QS_GGUF_I16,
    QS_GGUF_U32,
    QS_GGUF_I32,
    QS_GGUF_F32,
    QS_GGUF_BOOL,
    QS_GGUF_STRING,
    QS_GGUF_ARRAY,
    QS_GGUF_U64,
    QS_GGUF_I64,
    QS_GGUF_F64,
    QS_GGUF_TYPE_COUNT
};

struct qs_gguf_pair {
    const char *key;       // in the map: no NUL behind it
    size_t key_length;     // bytes, without NUL among them
    uint32_t type;         // enum qs_gguf_type
    uint64_t at;           // where the pair begins in the file
    const uint8_t *value;  // as stored, complete
    uint64_t value_bytes;
};

struct qs_gguf_entry {
    struct qs_tensor tensor; // layer -1, part NULL, name the same as below
    char *name;              // owned
    uint64_t at;             // where its description begins in the file
};

struct qs_gguf_file {
    const struct qs_map *map;     // borrowed
    struct qs_gguf_pair *pairs;   // [pair_count], sorted by key, keys unique
    size_t pair_count;
    struct qs_gguf_entry *entries; // [entry_count], in the file's order; inside the file, no two overlap
    size_t entry_count;
};

// map outlives *out. QS_BAD_INPUT with the byte offset and the key or tensor; *out is zeroed on failure.
enum qs_status qs_gguf_parse(const struct qs_map *map, struct qs_gguf_file *out, struct qs_error *err) QS_MUST_USE;
void qs_gguf_file_free(struct qs_gguf_file *file); // NULL is fine

// The second half of qs_gguf_parse: the cursor stands at count descriptions, file->pairs are there.
struct qs_gguf_cursor;
enum qs_status qs_gguf_read_entries(struct qs_gguf_cursor *cursor, uint64_t count,
                                    struct qs_gguf_file *file) QS_MUST_USE;

// NULL where there is no such key.
const struct qs_gguf_pair *qs_gguf_find(const struct qs_gguf_file *file, const char *key);

// The bytes of a number of this type; 0 for strings and arrays.
unsigned qs_gguf_type_bytes(uint32_t type);

// *out = the integer of the given type at value; false (*out unchanged) where it is negative or the type is none.
bool qs_gguf_integer(uint32_t type, const uint8_t *value, uint64_t *out);

// The same for the value of a key: QS_BAD_INPUT where it is no such integer; *out unchanged where there is no such key.
enum qs_status qs_gguf_integer_at(const struct qs_gguf_file *file, const char *key, uint64_t *out,
                                  struct qs_error *err) QS_MUST_USE;

// QS_BAD_INPUT, "FILE: byte AT: key KEY: TEXT", about the pair as a whole.
enum qs_status qs_gguf_bad_pair(const struct qs_gguf_file *file, const struct qs_gguf_pair *pair, const char *text,
                                struct qs_error *err);

// How ggml stores a tensor type; read: by which dtype, QS_DTYPE_OTHER where its values are not read.
struct qs_gguf_tensor_type {
    uint32_t id;
    const char *name;
    enum qs_dtype dtype;
    uint32_t block_values;
    uint32_t block_bytes;
};

// NULL for an id that ggml does not have, or no longer.
const struct qs_gguf_tensor_type *qs_gguf_tensor_type(uint32_t id);

#endif
