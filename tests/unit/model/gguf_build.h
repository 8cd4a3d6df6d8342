// Writes GGUF files byte by byte, right ones and wrong ones, for the tests of their reader.
#ifndef QS_TESTS_GGUF_BUILD_H
#define QS_TESTS_GGUF_BUILD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Type numbers of the format.
enum { U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 };

struct build {
    uint8_t bytes[16384];
    size_t size;
};

static inline void put(struct build *b, const void *bytes, size_t count)
{
    if (count > sizeof b->bytes - b->size) {
        abort();
    }
    memcpy(b->bytes + b->size, bytes, count);
    b->size += count;
}

static inline void put_number(struct build *b, uint64_t number, size_t bytes)
{
    put(b, &number, bytes); // little-endian, as the machine
}

static inline void put_u32(struct build *b, uint32_t number)
{
    put_number(b, number, 4);
}

static inline void put_u64(struct build *b, uint64_t number)
{
    put_number(b, number, 8);
}

static inline void put_string(struct build *b, const char *string)
{
    put_u64(b, strlen(string));
    put(b, string, strlen(string));
}

static inline void put_header(struct build *b, uint32_t version, uint64_t tensors, uint64_t pairs)
{
    b->size = 0;
    put(b, "GGUF", 4);
    put_u32(b, version);
    put_u64(b, tensors);
    put_u64(b, pairs);
}

static inline void put_key(struct build *b, const char *key, uint32_t type)
{
    put_string(b, key);
    put_u32(b, type);
}

static inline void put_string_pair(struct build *b, const char *key, const char *value)
{
    put_key(b, key, STRING);
    put_string(b, value);
}

static inline void put_u32_pair(struct build *b, const char *key, uint32_t value)
{
    put_key(b, key, U32);
    put_u32(b, value);
}

static inline void put_i32_array_pair(struct build *b, const char *key, const int32_t *values, uint64_t count)
{
    put_key(b, key, ARRAY);
    put_u32(b, I32);
    put_u64(b, count);
    for (uint64_t i = 0; i < count; i++) {
        put_number(b, (uint32_t)values[i], 4);
    }
}

// ne: innermost first, as the file has it
static inline void put_tensor(struct build *b, const char *name, uint32_t ndim, const uint64_t *ne, uint32_t type,
                              uint64_t offset)
{
    put_string(b, name);
    put_u32(b, ndim);
    for (uint32_t i = 0; i < ndim && i < 16; i++) {
        put_u64(b, ne[i]);
    }
    put_u32(b, type);
    put_u64(b, offset);
}

static inline void pad_to(struct build *b, size_t alignment)
{
    while (b->size % alignment) {
        put(b, "", 1);
    }
}

// count bytes 0, 1, 2 and so on
static inline void put_data(struct build *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        put_number(b, i & 0xff, 1);
    }
}

// A small right model: two tensors, F32 3 x 4 and Q8_0 2 x 32, and a value of every type.
static inline void put_model(struct build *b, uint32_t version)
{
    put_header(b, version, 2, 14);
    put_string_pair(b, "general.architecture", "llama");
    put_string_pair(b, "general.name", "tiny");
    put_u32_pair(b, "llama.block_count", 1);
    put_u32_pair(b, "llama.attention.head_count", 4);
    put_key(b, "llama.attention.head_count_kv", U64);
    put_u64(b, 2);
    put_key(b, "x.u8", U8);
    put_number(b, 200, 1);
    put_key(b, "x.i8", I8);
    put_number(b, 0xff, 1);
    put_key(b, "x.u16", U16);
    put_number(b, 1, 2);
    put_key(b, "x.i16", I16);
    put_number(b, 1, 2);
    put_key(b, "x.f32", F32);
    put_number(b, 0x3f800000, 4);
    put_key(b, "x.bool", BOOL);
    put_number(b, 1, 1);
    put_key(b, "x.i64", I64);
    put_u64(b, 5);
    put_key(b, "x.f64", F64);
    put_u64(b, 0x3ff0000000000000);
    put_key(b, "x.nested", ARRAY); // [["a", ""], [], [true, false]]
    put_u32(b, ARRAY);
    put_u64(b, 3);
    put_u32(b, STRING);
    put_u64(b, 2);
    put_string(b, "a");
    put_string(b, "");
    put_u32(b, I32);
    put_u64(b, 0);
    put_u32(b, BOOL);
    put_u64(b, 2);
    put_number(b, 1, 2);
    put_tensor(b, "first", 2, (const uint64_t[]){4, 3}, 0, 0);
    put_tensor(b, "second", 2, (const uint64_t[]){32, 2}, 8, 64);
    pad_to(b, 32);
    put_data(b, 64 + 68);
}

#endif
