// Normalization Form C: see nfc.h. Algorithm: Unicode Standard Annex 15 and chapter 3.11, 3.12 (Hangul).
//
// A text is taken in runs: from a code point that never combines with what is before it to the next one. Within a run
// everything is decomposed, marks are sorted by their class, and what composes is composed.
#include "model/nfc.h"

#include "base/array.h"
#include "base/attr.h"
#include "model/nfc_tables.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    HANGUL = 0xac00, HANGUL_COUNT = 11172, // syllables
    LEAD = 0x1100, LEAD_COUNT = 19, VOWEL = 0x1161, VOWEL_COUNT = 21, TAIL = 0x11a7, TAIL_COUNT = 28,
    FIRST_AFFECTED = 0x300,                // everything below is composed as it stands,
    CJK = 0x3100, CJK_END = 0xa640,        // and everything from here to there
};

// One code point of a run: class << 56 | place << 24 | code point, so that sorting numbers sorts marks.
struct run {
    uint64_t *items;
    size_t count;
    size_t capacity;
    bool failed;
};

static unsigned codepoint_of(uint64_t item)
{
    return (unsigned)(item & 0xffffff);
}

static unsigned class_of(unsigned codepoint)
{
    size_t low = 0;
    size_t high = QS_COUNT_OF(nfc_classes);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct nfc_class *range = &nfc_classes[middle];
        if (codepoint >= range->from && codepoint <= range->to) {
            return range->combining;
        }
        if (codepoint > range->to) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

static const struct nfc_pair *pair_of(unsigned codepoint)
{
    size_t low = 0;
    size_t high = QS_COUNT_OF(nfc_pairs);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nfc_pairs[middle].whole == codepoint) {
            return &nfc_pairs[middle];
        }
        if (nfc_pairs[middle].whole < codepoint) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static unsigned ideograph_of(unsigned codepoint)
{
    if (codepoint >= 0xf900 && codepoint - 0xf900 < QS_COUNT_OF(nfc_ideographs)) {
        return nfc_ideographs[codepoint - 0xf900];
    }
    if (codepoint >= 0x2f800 && codepoint - 0x2f800 < QS_COUNT_OF(nfc_supplement)) {
        return nfc_supplement[codepoint - 0x2f800];
    }
    return 0;
}

// What two code points make together, 0 where nothing.
static unsigned compose_pair(unsigned first, unsigned second)
{
    if (first >= LEAD && first < LEAD + LEAD_COUNT && second >= VOWEL && second < VOWEL + VOWEL_COUNT) {
        return HANGUL + ((first - LEAD) * VOWEL_COUNT + (second - VOWEL)) * TAIL_COUNT;
    }
    if (first >= HANGUL && first < HANGUL + HANGUL_COUNT && (first - HANGUL) % TAIL_COUNT == 0 && second > TAIL &&
        second < TAIL + TAIL_COUNT) {
        return first + (second - TAIL);
    }
    size_t low = 0;
    size_t high = QS_COUNT_OF(nfc_composing);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct nfc_pair *pair = &nfc_pairs[nfc_composing[middle]];
        if (pair->first == first && pair->second == second) {
            return pair->whole;
        }
        if (pair->first < first || (pair->first == first && pair->second < second)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return 0;
}

// Whether it can be the second of a pair though its class is 0.
static bool joins_before(unsigned codepoint)
{
    if ((codepoint >= VOWEL && codepoint < VOWEL + VOWEL_COUNT) ||
        (codepoint > TAIL && codepoint < TAIL + TAIL_COUNT)) {
        return true;
    }
    size_t low = 0;
    size_t high = QS_COUNT_OF(nfc_joining);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nfc_joining[middle] == codepoint) {
            return true;
        }
        if (nfc_joining[middle] < codepoint) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

// Whether it stays as it is whatever stands before it; a mark behind it may still join it.
static bool is_inert(unsigned codepoint)
{
    if (codepoint < FIRST_AFFECTED || (codepoint >= CJK && codepoint < CJK_END) ||
        (codepoint >= HANGUL && codepoint < HANGUL + HANGUL_COUNT)) {
        return true;
    }
    if (class_of(codepoint) || ideograph_of(codepoint)) {
        return false;
    }
    const struct nfc_pair *pair = pair_of(codepoint);
    if (pair && compose_pair(pair->first, pair->second) != codepoint) {
        return false; // it is always written as what it stands for
    }
    return !joins_before(codepoint);
}

bool qs_nfc_is_plain(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        unsigned codepoint = 0;
        size_t length = (unsigned char)text[at] < 0xcc ? 1 : qs_codepoint_decode(text + at, size - at, &codepoint);
        if (length > 1 && !is_inert(codepoint)) {
            return false;
        }
        at += length ? length : 1;
    }
    return true;
}

static void add_raw(struct run *run, unsigned codepoint)
{
    if (run->failed || !qs_array_reserve(&run->items, &run->capacity, run->count + 1, sizeof *run->items)) {
        run->failed = true;
        return;
    }
    uint64_t place = run->count & 0xffffffff;
    run->items[run->count++] = (uint64_t)class_of(codepoint) << 56 | place << 24 | codepoint;
}

static void add_decomposed(struct run *run, unsigned codepoint)
{
    unsigned ideograph = ideograph_of(codepoint);
    const struct nfc_pair *pair = pair_of(codepoint);
    if (codepoint >= HANGUL && codepoint < HANGUL + HANGUL_COUNT) {
        unsigned index = codepoint - HANGUL;
        add_raw(run, LEAD + index / (VOWEL_COUNT * TAIL_COUNT));
        add_raw(run, VOWEL + index / TAIL_COUNT % VOWEL_COUNT);
        if (index % TAIL_COUNT) {
            add_raw(run, TAIL + index % TAIL_COUNT);
        }
    } else if (ideograph) {
        add_raw(run, ideograph);
    } else if (pair) {
        add_decomposed(run, pair->first); // the table's chains are at most three long
        if (pair->second) {
            add_raw(run, pair->second);
        }
    } else {
        add_raw(run, codepoint);
    }
}

static int by_class(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_marks(struct run *run)
{
    for (size_t at = 0; at < run->count;) {
        size_t end = at;
        while (end < run->count && run->items[end] >> 56) {
            end++;
        }
        if (end - at > 1) {
            qsort(run->items + at, end - at, sizeof *run->items, by_class);
        }
        at = end + 1;
    }
}

static void add_codepoint(struct qs_text *out, unsigned codepoint)
{
    char bytes[4];
    size_t length = qs_codepoint_encode(codepoint, bytes);
    qs_text_add_bytes(out, bytes, length);
}

// Composes the run and empties it.
static void flush(struct run *run, struct qs_text *out)
{
    size_t kept = 0;
    size_t starter = SIZE_MAX;
    unsigned last = 0; // the class of what was kept last
    sort_marks(run);
    for (size_t i = 0; i < run->count; i++) {
        unsigned combining = (unsigned)(run->items[i] >> 56);
        unsigned codepoint = codepoint_of(run->items[i]);
        bool blocked = starter == SIZE_MAX || (kept > starter + 1 && last >= combining);
        unsigned whole = blocked ? 0 : compose_pair(codepoint_of(run->items[starter]), codepoint);
        if (whole) {
            run->items[starter] = whole;
            continue;
        }
        if (combining == 0) {
            starter = kept;
        }
        last = combining;
        run->items[kept++] = codepoint;
    }
    for (size_t i = 0; i < kept; i++) {
        add_codepoint(out, codepoint_of(run->items[i]));
    }
    out->failed |= run->failed;
    run->count = 0;
}

void qs_nfc_compose(const char *text, size_t size, struct qs_text *out)
{
    struct run run = {0};
    for (size_t at = 0; at < size;) {
        unsigned codepoint = 0;
        size_t length = qs_codepoint_decode(text + at, size - at, &codepoint);
        if (length == 0 || is_inert(codepoint)) {
            flush(&run, out);
        }
        if (length == 0) {
            qs_text_add_bytes(out, text + at, 1);
        } else {
            add_decomposed(&run, codepoint);
        }
        at += length ? length : 1;
    }
    flush(&run, out);
    free(run.items);
}
