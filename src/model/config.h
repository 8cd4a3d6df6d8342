// What a model's configuration says, key by key: config.json of a Hugging Face model, or the keys of a GGUF file.
//
//     qs_model_config(model)                      the configuration, borrowed from the model (model.h)
//     qs_config_count(config, "hidden_size", ...) a number, checked; the same for reals, flags and texts
//     qs_config_find(config, key, &value)         whatever stands there
//
// Keys: of config.json the names from the outside in with dots between them ("rope_scaling.factor"), looked up in a
// multimodal model's language part before the whole; null counts as absent. Of a GGUF file the key itself, where one
// that begins with a dot stands behind the architecture's name (".block_count" is "llama.block_count").
// What is read is checked by type and range, and nothing else; all functions are read-only and thread-safe.
#ifndef QS_MODEL_CONFIG_H
#define QS_MODEL_CONFIG_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct json_t;
struct qs_gguf_file;

struct qs_config {
    char *path;                 // the file that is read; NULL: there is none, and every key is absent
    struct json_t *root;        // config.json, or NULL
    struct qs_gguf_file *keys;  // the key-value pairs of a GGUF file, in its map, or NULL
    const char *architecture;   // GGUF's general.architecture; NULL where it has none
};

enum qs_config_type {
    QS_CONFIG_FLAG,
    QS_CONFIG_INTEGER, // fits int64_t
    QS_CONFIG_REAL,    // finite or not
    QS_CONFIG_TEXT,
    QS_CONFIG_LIST,
    QS_CONFIG_OTHER,   // an object
};

struct qs_config_value {
    enum qs_config_type type;
    bool flag;
    int64_t integer;
    double real;        // of integers, too
    const char *chars;  // a text: borrowed, length bytes, no NUL need follow
    size_t length;
    uint64_t count;     // items of a list
    const void *list;   // for qs_config_item
    uint32_t item_type;
};

// False where there is no such key; *out unchanged.
bool qs_config_find(const struct qs_config *config, const char *key, struct qs_config_value *out);

// Item `index` of a list. False beyond its end, and for lists of texts or lists in a GGUF file, whose items cannot be
// found by number.
bool qs_config_item(const struct qs_config_value *list, uint64_t index, struct qs_config_value *out);

// Each leaves *inout as it is where there is no such key, and fails with QS_BAD_INPUT, "FILE: KEY: what is wrong",
// where the value is of another type or out of range.
//   count  a whole number in [min, max]
//   real   a finite number in [min, max]
enum qs_status qs_config_count(const struct qs_config *config, const char *key, uint64_t min, uint64_t max,
                               uint64_t *inout, struct qs_error *err) QS_MUST_USE;
enum qs_status qs_config_real(const struct qs_config *config, const char *key, double min, double max, double *inout,
                              struct qs_error *err) QS_MUST_USE;
enum qs_status qs_config_flag(const struct qs_config *config, const char *key, bool *inout,
                              struct qs_error *err) QS_MUST_USE;

// text: at most QS_CONFIG_TEXT_MAX - 1 bytes without a NUL among them, else QS_BAD_INPUT.
enum { QS_CONFIG_TEXT_MAX = 64 };
enum qs_status qs_config_text(const struct qs_config *config, const char *key, char inout[static QS_CONFIG_TEXT_MAX],
                              struct qs_error *err) QS_MUST_USE;

// QS_BAD_INPUT, "FILE: KEY: TEXT", the key in full.
enum qs_status qs_config_fail(const struct qs_config *config, const char *key, struct qs_error *err,
                              const char *format, ...) QS_PRINTF(4, 5);

void qs_config_free(struct qs_config *config); // zeroes it

#endif
