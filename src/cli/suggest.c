// The name a user may have meant: see suggest.h. The distance is that of Damerau and Levenshtein in its restricted
// form (optimal string alignment): insert, delete, change, or swap two neighbours, each at cost 1.
#include "cli/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { LENGTH_MAX = 40 }; // longer words are no name of ours

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LENGTH_MAX + 1]; // the last three rows of the table, by turns
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        const size_t *above = rows[(i - 1) % 3];
        const size_t *second = rows[(i + 1) % 3]; // row i-2
        size_t *row = rows[i % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
                row[j] = least(row[j], second[j - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

void qs_suggest(struct qs_suggestion *suggestion, const char *candidate)
{
    size_t typed_length = strlen(suggestion->typed);
    size_t length = strlen(candidate);
    if (typed_length > LENGTH_MAX || length > LENGTH_MAX || typed_length == 0) {
        return;
    }
    size_t longer = typed_length > length ? typed_length : length;
    size_t d = distance(suggestion->typed, typed_length, candidate, length);
    // A beginning of a name is near too ("snap" for "snapshot"), though nearer names are preferred.
    bool begins = typed_length >= 3 && typed_length < length &&
                  strncasecmp(suggestion->typed, candidate, typed_length) == 0;
    if ((d <= longer / 3 || d <= 1 || begins) && d < longer && (!suggestion->nearest || d < suggestion->distance)) {
        suggestion->nearest = candidate;
        suggestion->distance = d;
    }
}

void qs_suggestion_add(const struct qs_suggestion *suggestion, const char *prefix, struct qs_text *out)
{
    if (suggestion->nearest) {
        qs_text_addf(out, "; did you mean %s%s?", prefix, suggestion->nearest);
    }
}
