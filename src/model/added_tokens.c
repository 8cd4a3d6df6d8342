// Finding added tokens: see added_tokens.h.
//
// Sorted texts serve as a trie: a walk along the text narrows the range of those that begin so. The longest-first order
// takes places off a heap, longest match first; a place whose match meets what was taken meanwhile is tried again with
// what is left before that.
#include "model/added_tokens.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

enum qs_status qs_added_tokens_add(struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary,
                                   const struct qs_added_token *token, struct qs_error *err)
{
    size_t size;
    qs_vocabulary_text(vocabulary, token->id, &size);
    if (size > QS_ADDED_BYTES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "token %u has %zu bytes; an added or control token has at most %d", token->id,
                       size, QS_ADDED_BYTES_MAX);
    }
    if (!qs_array_reserve(&added->items, &added->capacity, added->count + 1, sizeof *added->items)) {
        return qs_fail_memory(err, "a vocabulary", (added->count + 1) * sizeof *added->items);
    }
    added->items[added->count++] = *token;
    return QS_OK;
}

void qs_added_tokens_free(struct qs_added_tokens *added)
{
    free(added->items);
    *added = (struct qs_added_tokens){0};
}

void qs_added_matches_free(struct qs_added_matches *matches)
{
    free(matches->items);
    *matches = (struct qs_added_matches){0};
}

static int compare_texts(const void *a, const void *b, void *context)
{
    const struct qs_vocabulary *vocabulary = context;
    const struct qs_added_token *x = a;
    const struct qs_added_token *y = b;
    size_t x_size;
    size_t y_size;
    const char *x_text = qs_vocabulary_text(vocabulary, x->id, &x_size);
    const char *y_text = qs_vocabulary_text(vocabulary, y->id, &y_size);
    int order = memcmp(x_text, y_text, x_size < y_size ? x_size : y_size);
    if (order == 0 && x_size == y_size) {
        return (x->id > y->id) - (x->id < y->id);
    }
    return order ? order : (x_size > y_size) - (x_size < y_size);
}

void qs_added_tokens_sort(struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary)
{
    size_t kept = 0;
    if (added->count) {
        qsort_r(added->items, added->count, sizeof *added->items, compare_texts, (void *)(uintptr_t)vocabulary);
    }
    for (size_t i = 0; i < added->count; i++) {
        size_t size;
        size_t next_size = 0;
        const char *text = qs_vocabulary_text(vocabulary, added->items[i].id, &size);
        const char *next = i + 1 < added->count ? qs_vocabulary_text(vocabulary, added->items[i + 1].id, &next_size)
                                                : "";
        if (size == 0 || (size == next_size && memcmp(text, next, size) == 0)) {
            continue;
        }
        added->first[(unsigned char)text[0]] = 1;
        added->items[kept++] = added->items[i];
    }
    added->count = kept;
}

// The first of items[low, high), which all agree in their first `depth` bytes, whose byte there is at least `byte`.
static size_t lower_bound(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, size_t low,
                          size_t high, size_t depth, unsigned byte)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        size_t size;
        const char *text = qs_vocabulary_text(vocabulary, added->items[middle].id, &size);
        if (size <= depth || (unsigned char)text[depth] < byte) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

// The longest token that begins the text, NULL where none does.
static const struct qs_added_token *longest_at(const struct qs_added_tokens *added,
                                               const struct qs_vocabulary *vocabulary, const char *text, size_t size,
                                               bool controls, size_t *out_size)
{
    const struct qs_added_token *best = NULL;
    size_t low = 0;
    size_t high = added->count;
    for (size_t depth = 0; depth < size && low < high; depth++) {
        unsigned byte = (unsigned char)text[depth];
        low = lower_bound(added, vocabulary, low, high, depth, byte);
        high = lower_bound(added, vocabulary, low, high, depth, byte + 1);
        size_t first_size = 0;
        if (low < high) {
            qs_vocabulary_text(vocabulary, added->items[low].id, &first_size);
        }
        if (first_size == depth + 1 && (controls || !added->items[low].control)) {
            best = &added->items[low];
            *out_size = first_size;
        }
    }
    return best;
}

static bool append(struct qs_added_matches *matches, size_t at, size_t size, uint32_t id)
{
    if (!qs_array_reserve(&matches->items, &matches->capacity, matches->count + 1, sizeof *matches->items)) {
        return false;
    }
    matches->items[matches->count++] = (struct qs_added_match){.at = at, .size = size, .id = id};
    return true;
}

static bool find_leftmost(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                          size_t size, bool controls, struct qs_added_matches *out)
{
    for (size_t at = 0; at < size;) {
        size_t length = 1;
        const struct qs_added_token *token = NULL;
        if (added->first[(unsigned char)text[at]]) {
            token = longest_at(added, vocabulary, text + at, size - at, controls, &length);
        }
        if (token && !append(out, at, length, token->id)) {
            return false;
        }
        at += token ? length : 1;
    }
    return true;
}

// Whether a goes before b: longer, or as long and further left.
static bool goes_before(const struct qs_added_match *a, const struct qs_added_match *b)
{
    return a->size != b->size ? a->size > b->size : a->at < b->at;
}

static void sift_down(struct qs_added_match *heap, size_t count, size_t at)
{
    struct qs_added_match moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && goes_before(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!goes_before(&heap[child], &moved)) {
            break;
        }
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static int by_place(const void *a, const void *b)
{
    const struct qs_added_match *x = a;
    const struct qs_added_match *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

// The free bytes from `at` on, at most `want`.
static size_t free_bytes(const uint8_t *taken, size_t at, size_t want)
{
    size_t count = 0;
    while (count < want && !(taken[(at + count) / 8] >> (at + count) % 8 & 1)) {
        count++;
    }
    return count;
}

static bool take_longest(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                         bool controls, struct qs_added_matches *heap, uint8_t *taken, struct qs_added_matches *out)
{
    for (size_t i = heap->count / 2; i-- > 0;) {
        sift_down(heap->items, heap->count, i);
    }
    while (heap->count) {
        struct qs_added_match *top = &heap->items[0];
        size_t room = free_bytes(taken, top->at, top->size);
        const struct qs_added_token *shorter = NULL;
        if (room == top->size) {
            if (!append(out, top->at, top->size, top->id)) {
                return false;
            }
            for (size_t i = top->at; i < top->at + top->size; i++) {
                taken[i / 8] |= (uint8_t)(1U << i % 8);
            }
        } else {
            shorter = longest_at(added, vocabulary, text + top->at, room, controls, &top->size);
        }
        if (shorter) {
            top->id = shorter->id;
        } else {
            *top = heap->items[--heap->count];
        }
        if (heap->count) {
            sift_down(heap->items, heap->count, 0);
        }
    }
    return true;
}

static bool find_longest(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                         size_t size, bool controls, struct qs_added_matches *out)
{
    struct qs_added_matches heap = {0};
    uint8_t *taken = NULL;
    bool fine = true;
    for (size_t at = 0; at < size && fine; at++) {
        size_t length = 0;
        if (added->first[(unsigned char)text[at]]) {
            const struct qs_added_token *token = longest_at(added, vocabulary, text + at, size - at, controls, &length);
            fine = !token || append(&heap, at, length, token->id);
        }
    }
    if (fine && heap.count) {
        taken = calloc(size / 8 + 1, 1);
        fine = taken && take_longest(added, vocabulary, text, controls, &heap, taken, out);
    }
    if (fine && out->count) {
        qsort(out->items, out->count, sizeof *out->items, by_place);
    }
    free(taken);
    qs_added_matches_free(&heap);
    return fine;
}

// ASCII's, whatever the locale.
static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static const struct qs_added_token *token_of(const struct qs_added_tokens *added,
                                             const struct qs_vocabulary *vocabulary, const struct qs_added_match *match,
                                             const char *text)
{
    size_t size;
    return longest_at(added, vocabulary, text + match->at, match->size, true, &size);
}

// Widens matches over the white space that their tokens take along.
static void strip(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                  size_t size, struct qs_added_matches *matches)
{
    size_t end = 0; // of the match before
    for (size_t i = 0; i < matches->count; i++) {
        struct qs_added_match *match = &matches->items[i];
        const struct qs_added_token *token = token_of(added, vocabulary, match, text);
        size_t next = i + 1 < matches->count ? matches->items[i + 1].at : size;
        while (token->strip_left && match->at > end && is_space(text[match->at - 1])) {
            match->at--;
            match->size++;
        }
        while (token->strip_right && match->at + match->size < next && is_space(text[match->at + match->size])) {
            match->size++;
        }
        end = match->at + match->size;
    }
}

bool qs_added_tokens_find(const struct qs_added_tokens *added, const struct qs_vocabulary *vocabulary, const char *text,
                          size_t size, bool controls, struct qs_added_matches *out)
{
    out->count = 0;
    if (added->count == 0) {
        return true;
    }
    bool fine = added->order == QS_ADDED_LEFTMOST ? find_leftmost(added, vocabulary, text, size, controls, out)
                                                  : find_longest(added, vocabulary, text, size, controls, out);
    if (fine) {
        strip(added, vocabulary, text, size, out);
    }
    return fine;
}
