// Growing arrays: see array.h.
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

bool qs_array_reserve(void *items, size_t *capacity, size_t need, size_t item_bytes)
{
    if (need <= *capacity) {
        return true;
    }
    size_t grown = *capacity < 8 ? 8 : *capacity + *capacity / 2;
    if (grown < need) {
        grown = need;
    }
    void *old;
    memcpy(&old, items, sizeof old); // items is a T **; copied as bytes, so that any T will do
    void *now = reallocarray(old, grown, item_bytes);
    if (!now) {
        return false;
    }
    memcpy(items, &now, sizeof now);
    *capacity = grown;
    return true;
}
