// Which modules are shown: a regular expression, comparisons, or both.
//
//     down_proj                   "LAYER MODULE" matches it, upper or lower case
//     ^1[0-9] kurtosis>10         and every comparison holds: COLUMN OP NUMBER, OP one of < <= > >= = !=
//     dtype=BF16 nan_count>0      text columns compare as a whole
#ifndef QS_TUI_FILTER_H
#define QS_TUI_FILTER_H

#include "tui/columns.h"

struct qs_filter;

// QS_USAGE where the text is no filter: what is wrong and where. columns are borrowed.
enum qs_status qs_filter_new(const char *text, const struct qs_columns *columns, struct qs_filter **out,
                             struct qs_error *err) QS_MUST_USE;
void qs_filter_free(struct qs_filter *filter); // NULL is fine

// NULL matches everything.
bool qs_filter_matches(const struct qs_filter *filter, const struct qs_session *session, uint32_t layer,
                       uint32_t kind);

#endif
