// Growing arrays and sizes that cannot overflow.
#ifndef QS_BASE_ARRAY_H
#define QS_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Makes room for at least `need` items of item_bytes each. *items (NULL at first) and *capacity change only on
// success; false where memory ran out or the size overflows. Grows geometrically.
bool qs_array_reserve(void *items, size_t *capacity, size_t need, size_t item_bytes);

// *out = a*b or a+b; false (and *out unchanged) where the result does not fit. For numbers that come from files.
static inline bool qs_mul_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t r;
    if (__builtin_mul_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

static inline bool qs_add_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    uint64_t r;
    if (__builtin_add_overflow(a, b, &r)) {
        return false;
    }
    *out = r;
    return true;
}

// The greatest common divisor; that of 0 and a is a.
static inline uint64_t qs_gcd_u64(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

#endif
