// Tokens and their texts: see vocabulary.h. The hash table has open addressing and is never more than half full.
#include "model/vocabulary.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

uint64_t qs_hash_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
        seed = (uint64_t)(uintptr_t)&seed; // the stack's place, which is random as well
    }
    return seed;
}

enum qs_status qs_vocabulary_init(struct qs_vocabulary *vocabulary, uint64_t count, struct qs_error *err)
{
    *vocabulary = (struct qs_vocabulary){0};
    if (count > QS_VOCABULARY_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "has %llu tokens; at most %d are possible", (unsigned long long)count,
                       QS_VOCABULARY_MAX);
    }
    uint32_t slots = 16;
    while (slots < 2 * count) {
        slots *= 2;
    }
    vocabulary->texts = calloc((size_t)count + 1, sizeof *vocabulary->texts);
    vocabulary->slots = calloc(slots, sizeof *vocabulary->slots);
    if (!vocabulary->texts || !vocabulary->slots) {
        qs_vocabulary_free(vocabulary);
        return qs_fail_memory(err, "a vocabulary", (size_t)count * sizeof *vocabulary->texts);
    }
    vocabulary->count = (uint32_t)count;
    vocabulary->slot_mask = slots - 1;
    vocabulary->seed = qs_hash_seed();
    return QS_OK;
}

void qs_vocabulary_free(struct qs_vocabulary *vocabulary)
{
    free(vocabulary->bytes);
    free(vocabulary->texts);
    free(vocabulary->slots);
    *vocabulary = (struct qs_vocabulary){0};
}

bool qs_vocabulary_set(struct qs_vocabulary *vocabulary, uint32_t id, const char *text, size_t size)
{
    if (size > UINT32_MAX ||
        !qs_array_reserve(&vocabulary->bytes, &vocabulary->capacity, vocabulary->size + size + 1, 1)) {
        return false;
    }
    if (size) {
        memcpy(vocabulary->bytes + vocabulary->size, text, size);
    }
    vocabulary->texts[id] = (struct qs_token_text){.at = vocabulary->size, .size = (uint32_t)size};
    vocabulary->size += size;
    return true;
}

const char *qs_vocabulary_text(const struct qs_vocabulary *vocabulary, uint32_t id, size_t *out_size)
{
    *out_size = vocabulary->texts[id].size;
    return *out_size ? vocabulary->bytes + vocabulary->texts[id].at : "";
}

// The slot that holds this text, or the empty one where it would be.
static uint32_t *slot_of(const struct qs_vocabulary *vocabulary, const char *text, size_t size)
{
    uint32_t at = (uint32_t)XXH3_64bits_withSeed(text, size, vocabulary->seed) & vocabulary->slot_mask;
    for (;; at = (at + 1) & vocabulary->slot_mask) {
        uint32_t *slot = &vocabulary->slots[at];
        if (*slot == 0) {
            return slot;
        }
        const struct qs_token_text *there = &vocabulary->texts[*slot - 1];
        if (there->size == size && memcmp(vocabulary->bytes + there->at, text, size) == 0) {
            return slot;
        }
    }
}

void qs_vocabulary_list(struct qs_vocabulary *vocabulary, uint32_t id)
{
    size_t size;
    const char *text = qs_vocabulary_text(vocabulary, id, &size);
    if (size == 0 || size > QS_TOKEN_BYTES_MAX) {
        return;
    }
    *slot_of(vocabulary, text, size) = id + 1;
    if (size > vocabulary->longest) {
        vocabulary->longest = (uint32_t)size;
    }
}

uint32_t qs_vocabulary_find(const struct qs_vocabulary *vocabulary, const char *text, size_t size)
{
    if (size == 0 || size > vocabulary->longest) {
        return QS_TOKEN_NONE;
    }
    return *slot_of(vocabulary, text, size) - 1; // of an empty slot: UINT32_MAX
}
