// What the user typed, parsed.
//
//     qs_arguments_parse(argc, argv, &arguments, err)   by the tables of commands.h and options.h
//     arguments.command->run(&arguments, err)
//     qs_arguments_free(&arguments)
//
// GNU habits: "--opt value", "--opt=value", "-o value", "-ovalue", single letters joined ("-qh"), options and operands
// in any order, everything behind "--" an operand. Of an option given twice the last counts.
#ifndef QS_CLI_ARGUMENTS_H
#define QS_CLI_ARGUMENTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qs_command;

struct qs_arguments {
    const struct qs_command *command; // `open` where none was named
    bool command_named;
    const char **operands; // [operand_count], pointing into argv; owned
    size_t operand_count;
    bool help;    // --help or --version stood somewhere: nothing was looked at from there on
    bool version;

    // The options' values, or their defaults.
    bool quiet;
    uint64_t threads;   // 0: all that this process may use
    const char *output; // NULL: not given; so are the other texts
    bool no_error;
    const char *quantizer; // a name; for scan a list
    uint64_t axis;         // UINT64_MAX: not given
    const char *ladder;    // "hqq", or rungs
    const char *config;    // a rung, a list of them, "all"
    uint64_t iters;
    double lp_norm;
    double beta_growth;
    bool tensors;
    int format;         // enum qs_format
    const char *metric;
    const char *module;
    bool plot;
    bool log_scale;
    int glyphs;         // enum qs_glyphs, -1: not given
    int size[2];        // columns, rows; 0: not given
    double z;           // NaN: not given
    double trim;        // the same
    uint64_t top_m;     // UINT64_MAX: not given
    int attribution;    // enum qs_attribution, -1: not given
    int difference;     // enum qs_difference, -1: the metric's own
    const char *method; // of plans; texts are parsed by plan/method.h
    const char *base;
    const char *budget;
    const char *boost_stop;
    const char *decline_stop;
    bool neutral;
    const char *seed;
    const char *factor;
    const char *objective;
    int storage;        // enum qs_storage
    double time_limit;  // seconds; 0: none
    const char *file;   // a file to write that is no cache
    const char *keep;
    const char *cache;
    bool any_model;
    int to;             // enum of the formats of `export`, -1: not given
    bool force;
    const char *name;
    const char *against;
    const char *text;   // "-": standard input
    bool no_bos;
    bool parse_special;
    const char *view;
    const char *keys;
};

// argv[0] is skipped. Without a command the operands go to `open`. QS_USAGE with a text that says what is wrong; *out
// is then freed, but keeps the command where one was recognised.
enum qs_status qs_arguments_parse(int argc, char **argv, struct qs_arguments *out, struct qs_error *err) QS_MUST_USE;
void qs_arguments_free(struct qs_arguments *arguments);

#endif
