// What tokenizer.json says to do with a text before its bytes are joined, and what to put before it: see
// tokenizer_json.h.
//
// Format: huggingface/tokenizers, its normalizers, pre_tokenizers and processors. A piece of it that is not known here
// is refused by its name: to leave it out would give other ids.
#include "model/tokenizer_json.h"

#include "base/text.h"
#include "model/pre_tokenizers.h"

#include <string.h>

enum { NESTED_MAX = 4 };

static const char *type_of(json_t *object)
{
    const char *type = json_string_value(json_object_get(object, "type"));
    return type ? type : "an item without a type";
}

static bool is_string(json_t *value, const char *wanted)
{
    return json_is_string(value) && strcmp(json_string_value(value), wanted) == 0;
}

static enum qs_status read_normalizer(const struct qs_tokenizer_reading *reading, json_t *normalizer, int depth)
{
    static const char where[] = "normalizer";
    struct qs_tokenizer *out = reading->out;
    if (!normalizer || json_is_null(normalizer)) {
        return QS_OK;
    }
    const char *type = type_of(normalizer);
    if (strcmp(type, "Sequence") == 0 && depth < NESTED_MAX) {
        enum qs_status status = QS_OK;
        size_t index;
        json_t *item;
        json_array_foreach(json_object_get(normalizer, "normalizers"), index, item) {
            status = status == QS_OK ? read_normalizer(reading, item, depth + 1) : status;
        }
        return status;
    }
    if (strcmp(type, "NFC") == 0 && out->prefix == QS_PREFIX_NONE && !out->mark_blanks) {
        out->nfc = true;
        return QS_OK;
    }
    if (strcmp(type, "Prepend") == 0 && is_string(json_object_get(normalizer, "prepend"), QS_BLANK_MARK)) {
        out->prefix = QS_PREFIX_ALWAYS;
        return QS_OK;
    }
    json_t *pattern = json_object_get(json_object_get(normalizer, "pattern"), "String");
    if (strcmp(type, "Replace") == 0 && is_string(pattern, " ") &&
        is_string(json_object_get(normalizer, "content"), QS_BLANK_MARK)) {
        out->mark_blanks = true;
        return QS_OK;
    }
    return qs_tokenizer_bad(reading, where, "%.64s, as it stands there, is not supported", type);
}

static enum qs_status add_step(const struct qs_tokenizer_reading *reading, const char *pattern, enum qs_split_kind kind)
{
    struct qs_error why = {0};
    enum qs_status status = qs_split_add(&reading->out->split, pattern, kind, &why);
    return qs_tokenizer_told(reading, "pre_tokenizer", status, &why);
}

// A pattern that matches this string as it is.
static enum qs_status add_literal(const struct qs_tokenizer_reading *reading, const char *string,
                                  enum qs_split_kind kind)
{
    struct qs_text pattern = {0};
    for (const char *p = string; *p; p++) {
        qs_text_addf(&pattern, strchr("\\^$.[]|()?*+{}#-", *p) ? "\\%c" : "%c", *p);
    }
    enum qs_status status = pattern.failed ? qs_fail_memory(reading->err, "a pattern", strlen(string))
                                           : add_step(reading, qs_text_chars(&pattern), kind);
    qs_text_free(&pattern);
    return status;
}

static enum qs_status read_split(const struct qs_tokenizer_reading *reading, json_t *item)
{
    json_t *pattern = json_object_get(item, "pattern");
    json_t *behavior = json_object_get(item, "behavior");
    const char *regex = json_string_value(json_object_get(pattern, "Regex"));
    const char *string = json_string_value(json_object_get(pattern, "String"));
    bool invert = false;
    enum qs_status status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "invert", false, &invert);
    if (status != QS_OK) {
        return status;
    }
    bool isolated = is_string(behavior, "Isolated");
    bool removed = is_string(behavior, "Removed") && invert;
    if ((!regex && !string) || (!isolated && !removed)) {
        return qs_tokenizer_bad(reading, "pre_tokenizer", "Split: behavior %.32s%s is not supported",
                                json_is_string(behavior) ? json_string_value(behavior) : "(none)",
                                invert ? ", inverted," : "");
    }
    enum qs_split_kind kind = removed ? QS_SPLIT_MATCHES : QS_SPLIT_ISOLATED;
    return regex ? add_step(reading, regex, kind) : add_literal(reading, string, kind);
}

static enum qs_status read_byte_level(const struct qs_tokenizer_reading *reading, json_t *item)
{
    struct qs_tokenizer *out = reading->out;
    bool prefix = false;
    bool use_regex = true;
    enum qs_status status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "add_prefix_space", true, &prefix);
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "use_regex", true, &use_regex);
    }
    if (status == QS_OK && prefix && out->split.count) {
        status = qs_tokenizer_bad(reading, "pre_tokenizer", "ByteLevel with add_prefix_space behind others is not "
                                  "supported");
    }
    if (status == QS_OK && prefix) {
        out->prefix = QS_PREFIX_ALWAYS;
        out->prefix_unless_marked = true;
        out->blank_prefix = true;
    }
    out->byte_level = true;
    return status == QS_OK && use_regex ? add_step(reading, qs_pattern_gpt2, QS_SPLIT_ISOLATED) : status;
}

static enum qs_status read_metaspace(const struct qs_tokenizer_reading *reading, json_t *item)
{
    struct qs_tokenizer *out = reading->out;
    json_t *scheme = json_object_get(item, "prepend_scheme");
    bool old_prefix = true;
    bool split = true;
    enum qs_status status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "add_prefix_space", true, &old_prefix);
    if (status == QS_OK) {
        status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "split", true, &split);
    }
    if (status != QS_OK) {
        return status;
    }
    if (!is_string(json_object_get(item, "replacement"), QS_BLANK_MARK) || out->split.count || out->mark_blanks) {
        return qs_tokenizer_bad(reading, "pre_tokenizer", "Metaspace, as it stands there, is not supported");
    }
    out->mark_blanks = true;
    out->split_marks = split;
    out->prefix_unless_marked = true;
    out->prefix = is_string(scheme, "first") ? QS_PREFIX_FIRST
                  : is_string(scheme, "never") || (!json_is_string(scheme) && !old_prefix) ? QS_PREFIX_NONE
                                                                                           : QS_PREFIX_ALWAYS;
    return QS_OK;
}

static enum qs_status read_pre_tokenizer(const struct qs_tokenizer_reading *reading, json_t *item, int depth)
{
    if (!item || json_is_null(item)) {
        return QS_OK;
    }
    const char *type = type_of(item);
    if (strcmp(type, "Sequence") == 0 && depth < NESTED_MAX) {
        enum qs_status status = QS_OK;
        size_t index;
        json_t *inner;
        json_array_foreach(json_object_get(item, "pretokenizers"), index, inner) {
            status = status == QS_OK ? read_pre_tokenizer(reading, inner, depth + 1) : status;
        }
        return status;
    }
    if (reading->out->byte_level || reading->out->split_marks) {
        return qs_tokenizer_bad(reading, "pre_tokenizer", "%.64s behind ByteLevel or Metaspace is not supported", type);
    }
    if (strcmp(type, "Split") == 0) {
        return read_split(reading, item);
    }
    if (strcmp(type, "ByteLevel") == 0) {
        return read_byte_level(reading, item);
    }
    if (strcmp(type, "Metaspace") == 0) {
        return read_metaspace(reading, item);
    }
    if (strcmp(type, "Digits") == 0) {
        bool single = false;
        enum qs_status status = qs_tokenizer_flag(reading, "pre_tokenizer", item, "individual_digits", false, &single);
        return status == QS_OK ? add_step(reading, single ? "\\p{N}" : "\\p{N}+", QS_SPLIT_ISOLATED) : status;
    }
    return qs_tokenizer_bad(reading, "pre_tokenizer", "%.64s is not supported", type);
}

enum qs_status qs_tokenizer_read_rules(const struct qs_tokenizer_reading *reading)
{
    enum qs_status status = read_normalizer(reading, json_object_get(reading->root, "normalizer"), 0);
    return status == QS_OK ? read_pre_tokenizer(reading, json_object_get(reading->root, "pre_tokenizer"), 0) : status;
}

// The token that a template puts before a text: its first items, up to the text itself.
static enum qs_status read_single(const struct qs_tokenizer_reading *reading, json_t *processor)
{
    struct qs_tokenizer *out = reading->out;
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(processor, "single"), index, item) {
        const char *name = json_string_value(json_object_get(json_object_get(item, "SpecialToken"), "id"));
        if (!name) {
            break;
        }
        json_t *ids = json_object_get(json_object_get(json_object_get(processor, "special_tokens"), name), "ids");
        json_t *id = json_array_get(ids, 0);
        if (out->has_bos || json_array_size(ids) != 1) {
            return qs_tokenizer_bad(reading, "post_processor", "a template with several tokens before the text is not "
                                    "supported");
        }
        if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) >= out->vocabulary.count) {
            return qs_tokenizer_bad(reading, "post_processor", "the id of %.64s is none of the vocabulary's", name);
        }
        out->has_bos = true;
        out->bos = (uint32_t)json_integer_value(id);
    }
    return QS_OK;
}

static enum qs_status read_processor(const struct qs_tokenizer_reading *reading, json_t *processor, int depth)
{
    if (!processor || json_is_null(processor)) {
        return QS_OK;
    }
    const char *type = type_of(processor);
    if (strcmp(type, "Sequence") == 0 && depth < NESTED_MAX) {
        enum qs_status status = QS_OK;
        size_t index;
        json_t *item;
        json_array_foreach(json_object_get(processor, "processors"), index, item) {
            status = status == QS_OK ? read_processor(reading, item, depth + 1) : status;
        }
        return status;
    }
    if (strcmp(type, "ByteLevel") == 0) {
        return QS_OK; // about offsets, not ids
    }
    if (strcmp(type, "TemplateProcessing") == 0) {
        return read_single(reading, processor);
    }
    return qs_tokenizer_bad(reading, "post_processor", "%.64s is not supported", type);
}

enum qs_status qs_tokenizer_read_template(const struct qs_tokenizer_reading *reading)
{
    return read_processor(reading, json_object_get(reading->root, "post_processor"), 0);
}
