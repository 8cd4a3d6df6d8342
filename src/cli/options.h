// The table of options: what parsing, --help, the completion script and the tests of the man page all read.
#ifndef QS_CLI_OPTIONS_H
#define QS_CLI_OPTIONS_H

#include "cli/arguments.h"

enum qs_option_id {
    QS_OPTION_OUTPUT,
    QS_OPTION_NO_ERROR,
    QS_OPTION_LADDER,
    QS_OPTION_ITERS,
    QS_OPTION_LP_NORM,
    QS_OPTION_BETA_GROWTH,
    QS_OPTION_TENSORS,
    QS_OPTION_TEXT,
    QS_OPTION_NO_BOS,
    QS_OPTION_PARSE_SPECIAL,
    QS_OPTION_METRIC,
    QS_OPTION_MODULE,
    QS_OPTION_CONFIG,
    QS_OPTION_QUANTIZER,
    QS_OPTION_AXIS,
    QS_OPTION_Z,
    QS_OPTION_TRIM,
    QS_OPTION_TOP_M,
    QS_OPTION_ATTRIBUTION,
    QS_OPTION_DIFFERENCE,
    QS_OPTION_METHOD,
    QS_OPTION_BASE,
    QS_OPTION_BUDGET,
    QS_OPTION_BOOST_STOP,
    QS_OPTION_DECLINE_STOP,
    QS_OPTION_NEUTRAL,
    QS_OPTION_SEED,
    QS_OPTION_FACTOR,
    QS_OPTION_OBJECTIVE,
    QS_OPTION_STORAGE,
    QS_OPTION_TIME_LIMIT,
    QS_OPTION_PLAN_OUTPUT,
    QS_OPTION_KEEP,
    QS_OPTION_CACHE,
    QS_OPTION_ANY_MODEL,
    QS_OPTION_TO,
    QS_OPTION_FORCE,
    QS_OPTION_VIEW,
    QS_OPTION_KEYS,
    QS_OPTION_FORMAT,
    QS_OPTION_PLOT,
    QS_OPTION_LOG,
    QS_OPTION_SIZE,
    QS_OPTION_GLYPHS,
    QS_OPTION_NAME,
    QS_OPTION_AGAINST,
    QS_OPTION_THREADS, // this and the following belong to every command
    QS_OPTION_QUIET,
    QS_OPTION_HELP,
    QS_OPTION_VERSION,
    QS_OPTION_COUNT
};

enum qs_option_type {
    QS_VALUE_NONE,   // a flag: bool
    QS_VALUE_TEXT,   // const char *, anything
    QS_VALUE_FILE,   // const char *, a path
    QS_VALUE_COUNT,  // uint64_t in [min, max]
    QS_VALUE_REAL,   // double
    QS_VALUE_CHOICE, // int: the position in choices
    QS_VALUE_SIZE,   // two ints: cols, rows
};

struct qs_option {
    const char *name;    // without the dashes
    char letter;         // 0: none
    const char *value;   // the value's name in help, NULL for a flag
    enum qs_option_type type;
    size_t offset;       // of the value in struct qs_arguments
    uint64_t min, max;   // of a count
    const char *const *choices; // the names of a choice, NULL-terminated
    const char *(*name_at)(size_t index); // the names a text may be, for completion; NULL beyond the last
    const char *about;   // one line or two for --help, with the default
};

const struct qs_option *qs_option_at(enum qs_option_id id);

// The names that an option's value may be, one by one; NULL beyond the last, or where any value will do.
const char *qs_option_name_at(const struct qs_option *option, size_t index);

#endif
