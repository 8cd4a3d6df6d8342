// The name a user may have meant.
#ifndef QS_CLI_SUGGEST_H
#define QS_CLI_SUGGEST_H

#include "base/text.h"

#include <stddef.h>

// Collects the nearest of the names it is shown. Zeroed with `typed` set: nothing near yet.
struct qs_suggestion {
    const char *typed;   // what the user wrote
    const char *nearest; // borrowed; NULL where no name is near enough to be worth naming
    size_t distance;     // of nearest
};

// Considers one candidate. Near enough: at most a third of the longer name's letters (and at least one) changed,
// inserted, dropped or swapped with a neighbour, or a name that begins with what was typed (3 letters or more). Upper
// and lower case are equal.
void qs_suggest(struct qs_suggestion *suggestion, const char *candidate);

// Adds "; did you mean PREFIXNEAREST?" to out, or nothing where there is none.
void qs_suggestion_add(const struct qs_suggestion *suggestion, const char *prefix, struct qs_text *out);

#endif
