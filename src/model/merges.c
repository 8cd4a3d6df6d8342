// Joining symbols: see merges.h.
//
// The heap holds pairs that were neighbours once. One is out of date when either symbol is gone or has grown since; as
// a symbol grows only to its right, the sum of both sizes tells.
#include "model/merges.h"

#include "base/array.h"

#include <stdlib.h>
#include <xxhash.h>

enum { MERGES_MAX = 1 << 22 };

struct qs_candidate {
    uint64_t order; // rank, then index of the left symbol
    uint32_t right;
    uint32_t id;
    uint32_t size;  // bytes of both
};

enum qs_status qs_merges_init(struct qs_merges *merges, uint64_t count, struct qs_error *err)
{
    *merges = (struct qs_merges){0};
    if (count > MERGES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "has %llu merges; at most %d are possible", (unsigned long long)count,
                       MERGES_MAX);
    }
    uint32_t places = 16;
    while (places < 2 * count) {
        places *= 2;
    }
    merges->places = malloc(places * sizeof *merges->places);
    if (!merges->places) {
        return qs_fail_memory(err, "a tokenizer's merges", places * sizeof *merges->places);
    }
    for (uint32_t i = 0; i < places; i++) {
        merges->places[i].left = QS_TOKEN_NONE;
    }
    merges->mask = places - 1;
    merges->seed = qs_hash_seed();
    return QS_OK;
}

void qs_merges_free(struct qs_merges *merges)
{
    free(merges->places);
    *merges = (struct qs_merges){0};
}

static struct qs_merge *place_of(const struct qs_merges *merges, uint32_t left, uint32_t right)
{
    uint32_t key[2] = {left, right};
    uint32_t at = (uint32_t)XXH3_64bits_withSeed(key, sizeof key, merges->seed) & merges->mask;
    for (;; at = (at + 1) & merges->mask) {
        struct qs_merge *place = &merges->places[at];
        if (place->left == QS_TOKEN_NONE || (place->left == left && place->right == right)) {
            return place;
        }
    }
}

void qs_merges_add(struct qs_merges *merges, const struct qs_merge *merge, bool replace)
{
    struct qs_merge *place = place_of(merges, merge->left, merge->right);
    bool is_new = place->left == QS_TOKEN_NONE;
    if (is_new || replace) {
        *place = *merge;
    }
    merges->count += is_new;
}

const struct qs_merge *qs_merges_find(const struct qs_merges *merges, uint32_t left, uint32_t right)
{
    if (left == QS_TOKEN_NONE || right == QS_TOKEN_NONE) {
        return NULL;
    }
    const struct qs_merge *place = place_of(merges, left, right);
    return place->left == QS_TOKEN_NONE ? NULL : place;
}

void qs_symbols_free(struct qs_symbols *symbols)
{
    free(symbols->items);
    free(symbols->heap);
    *symbols = (struct qs_symbols){0};
}

bool qs_symbols_add(struct qs_symbols *symbols, uint32_t id, uint32_t at, uint32_t size)
{
    if (!qs_array_reserve(&symbols->items, &symbols->capacity, symbols->count + 1, sizeof *symbols->items)) {
        return false;
    }
    uint32_t index = (uint32_t)symbols->count++;
    symbols->items[index] = (struct qs_symbol){
        .id = id, .at = at, .size = size, .before = index ? index - 1 : QS_TOKEN_NONE, .after = QS_TOKEN_NONE,
    };
    if (index) {
        symbols->items[index - 1].after = index;
    }
    return true;
}

static bool push(struct qs_symbols *symbols, struct qs_candidate candidate)
{
    if (!qs_array_reserve(&symbols->heap, &symbols->heap_capacity, symbols->heap_count + 1, sizeof *symbols->heap)) {
        return false;
    }
    struct qs_candidate *heap = symbols->heap;
    size_t at = symbols->heap_count++;
    for (; at > 0 && heap[(at - 1) / 2].order > candidate.order; at = (at - 1) / 2) {
        heap[at] = heap[(at - 1) / 2];
    }
    heap[at] = candidate;
    return true;
}

static struct qs_candidate pop(struct qs_symbols *symbols)
{
    struct qs_candidate *heap = symbols->heap;
    struct qs_candidate best = heap[0];
    struct qs_candidate last = heap[--symbols->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= symbols->heap_count) {
            break;
        }
        if (child + 1 < symbols->heap_count && heap[child + 1].order < heap[child].order) {
            child++;
        }
        if (heap[child].order >= last.order) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return best;
}

// Puts two neighbours on the heap where they can be joined.
static bool offer(struct qs_symbols *symbols, const struct qs_merge_rules *rules, const char *text, uint32_t left,
                  uint32_t right)
{
    if (left == QS_TOKEN_NONE || right == QS_TOKEN_NONE) {
        return true;
    }
    const struct qs_symbol *a = &symbols->items[left];
    const struct qs_symbol *b = &symbols->items[right];
    struct qs_candidate candidate = {.right = right, .size = a->size + b->size};
    uint32_t rank;
    if (rules->merges) {
        const struct qs_merge *merge = qs_merges_find(rules->merges, a->id, b->id);
        if (!merge) {
            return true;
        }
        candidate.id = merge->id;
        rank = merge->rank;
    } else {
        candidate.id = qs_vocabulary_find(rules->vocabulary, text + a->at, candidate.size);
        if (candidate.id == QS_TOKEN_NONE) {
            return true;
        }
        rank = rules->ranks[candidate.id];
    }
    candidate.order = (uint64_t)rank << 32 | left;
    return push(symbols, candidate);
}

bool qs_symbols_merge(struct qs_symbols *symbols, const struct qs_merge_rules *rules, const char *text)
{
    symbols->heap_count = 0;
    for (size_t i = 1; i < symbols->count; i++) {
        if (!offer(symbols, rules, text, (uint32_t)i - 1, (uint32_t)i)) {
            return false;
        }
    }
    while (symbols->heap_count) {
        struct qs_candidate best = pop(symbols);
        uint32_t left = (uint32_t)best.order;
        struct qs_symbol *a = &symbols->items[left];
        struct qs_symbol *b = &symbols->items[best.right];
        if (a->size == 0 || b->size == 0 || a->size + b->size != best.size) {
            continue;
        }
        a->id = best.id;
        a->size = best.size;
        a->after = b->after;
        b->size = 0;
        if (a->after != QS_TOKEN_NONE) {
            symbols->items[a->after].before = left;
        }
        if (!offer(symbols, rules, text, a->before, left) || !offer(symbols, rules, text, left, a->after)) {
            return false;
        }
    }
    return true;
}
