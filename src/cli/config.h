// Errors of quantization on the command line: which ones --config, --quantizer and --axis name, whether a cache has
// them, and the scan that makes them.
#ifndef QS_CLI_CONFIG_H
#define QS_CLI_CONFIG_H

#include "cli/work.h"

struct qs_config_choice {
    enum qs_quantizer_kind quantizer;
    uint32_t axis;          // 1 where none is named, until qs_config_settle
    bool axis_given;
    struct qs_ladder rungs; // b4g64 where none is named; with `all` empty until qs_config_settle
    bool all;               // every rung that the cache has
    bool given;             // one of the three options was
};

// several: whether --config may be a list or "all". QS_USAGE where a name is none.
enum qs_status qs_config_parse(const struct qs_arguments *arguments, bool several, struct qs_config_choice *out,
                               struct qs_error *err) QS_MUST_USE;

// --quantizer of scan: "hqq,rtn" as bits 1 << enum qs_quantizer_kind.
enum qs_status qs_config_quantizers(const char *list, uint32_t *out, struct qs_error *err) QS_MUST_USE;

struct qs_config qs_config_at(const struct qs_config_choice *choice, size_t index);

// The choice as it is meant for a metric (NULL: for errors) of this cache: the rungs that "all" stands for, and, where
// no axis was named, the one that the metric is known along.
struct qs_config_choice qs_config_settle(const struct qs_work *work, const struct qs_config_choice *choice,
                                         const struct qs_metric *metric);

// Whether a scan can measure the metric at the choice: it is an error of quantization.
bool qs_config_is_error(const struct qs_metric *metric);

// What a scan that this command starts itself is to measure: nothing but weights, or (errors) the choice as well.
enum qs_status qs_config_prepare_scan(const struct qs_work *work, const struct qs_config_choice *choice, bool errors,
                                      struct qs_error *err) QS_MUST_USE;

// Whether any module has this metric at this rung.
bool qs_config_has(const struct qs_work *work, const struct qs_metric *metric, const struct qs_config *config);

// QS_FAILED with the command that measures it where no module has the metric at one of the chosen rungs; a warning on
// standard error where only some have.
enum qs_status qs_config_need(const struct qs_work *work, const struct qs_metric *metric,
                              const struct qs_config_choice *choice, struct qs_error *err) QS_MUST_USE;

#endif
