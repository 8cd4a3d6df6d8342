// Tokenizers from tokenizer.json and GGUF files that are made here: what each setting does, and what is refused.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "base/text.h"
#include "gguf_build.h"
#include "model/tokenizer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *temp_file(const char *name)
{
    static char path[4096];
    const char *folder = getenv("QS_TMP");
    snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "/tmp", name);
    return path;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static enum qs_status open_json(const char *json, struct qs_tokenizer **out, struct qs_error *err)
{
    const char *path = temp_file("tokenizer.json");
    write_file(path, json, strlen(json));
    return qs_tokenizer_open(path, out, err);
}

static struct qs_tokenizer *need_json(const char *json)
{
    struct qs_tokenizer *tokenizer = NULL;
    struct qs_error err = {0};
    if (open_json(json, &tokenizer, &err) != QS_OK) {
        fail_msg("%s\n%s", err.text, json);
    }
    return tokenizer;
}

static void expect_bytes(const struct qs_tokenizer *tokenizer, const char *text, size_t size, unsigned flags,
                         const char *wanted)
{
    struct qs_token_ids ids = {0};
    struct qs_error err = {0};
    struct qs_text got = {0};
    if (qs_tokenizer_encode(tokenizer, text, size, flags, &ids, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < ids.count; i++) {
        qs_text_addf(&got, i ? " %u" : "%u", ids.items[i]);
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
    qs_token_ids_free(&ids);
}

static void expect(const struct qs_tokenizer *tokenizer, const char *text, unsigned flags, const char *wanted)
{
    expect_bytes(tokenizer, text, strlen(text), flags, wanted);
}

#define MARK "\xe2\x96\x81"
#define SMALL_MODEL \
    "\"model\": {\"type\": \"BPE\", \"unk_token\": \"<unk>\", \"fuse_unk\": true, \"byte_fallback\": true, " \
    "\"vocab\": " \
    "{\"<unk>\": 0, \"<s>\": 1, \"</s>\": 2, \"" MARK "\": 3, \"a\": 4, \"b\": 5, \"" MARK "a\": 6, \"ab\": 7, " \
    "\"<0xC3>\": 8, \"<0xA9>\": 9, \"<0xFF>\": 10, \"" MARK "ab\": 11}, " \
    "\"merges\": [\"" MARK " a\", \"a b\", [\"" MARK "a\", \"b\"]]}"
#define ADDED \
    "\"added_tokens\": [{\"id\": 0, \"content\": \"<unk>\", \"special\": true}, {\"id\": 1, \"content\": \"<s>\", " \
    "\"special\": true}, {\"id\": 2, \"content\": \"</s>\", \"special\": true}, {\"id\": 12, \"content\": \"<u>\", " \
    "\"special\": false}, {\"id\": 13, \"content\": \"<w>\", \"special\": false, \"lstrip\": true, \"rstrip\": true}]"
#define BOS_TEMPLATE \
    "\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<s>\", " \
    "\"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}], \"special_tokens\": {\"<s>\": {\"id\": " \
    "\"<s>\", \"ids\": [1], \"tokens\": [\"<s>\"]}}}"
#define PREPEND \
    "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"" MARK "\"}, " \
    "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"" MARK "\"}]}"

static void characters_with_bytes_behind_them(void **state)
{
    (void)state;
    struct qs_tokenizer *t = need_json("{" SMALL_MODEL ", " ADDED ", " BOS_TEMPLATE ", " PREPEND "}");
    uint32_t bos = 0;
    size_t size;
    assert_true(qs_tokenizer_bos(t, &bos));
    assert_int_equal(bos, 1);
    assert_int_equal(qs_tokenizer_size(t), 14);
    assert_string_equal(qs_tokenizer_kind(t), "tokenizer.json: BPE");
    assert_memory_equal(qs_tokenizer_text(t, 12, &size), "<u>", 3);
    assert_int_equal(size, 3);
    qs_tokenizer_text(t, 14, &size);
    assert_int_equal(size, 0);
    expect(t, "ab", QS_ENCODE_BOS, "1 11");
    expect(t, "ab", 0, "11");
    expect(t, "", QS_ENCODE_BOS, "");
    expect(t, " ab a", 0, "3 11 6");
    expect(t, "\xc3\xa9", 0, "3 8 9");                  // a character without a token: its bytes
    expect(t, "\xff" "b", 0, "3 10 5");                 // no UTF-8: the byte
    expect(t, "xyb", 0, "3 0 5");                       // bytes without tokens: unknown, fused
    expect_bytes(t, "a\0b", 3, 0, "6 0 5");
    expect(t, "a<u>a", 0, "6 12 6");                    // each stretch has its mark
    expect(t, "a <w>\n ab", 0, "6 13 11");              // takes white space along
    expect(t, "</s>", QS_ENCODE_PARSE_SPECIAL, "2");
    expect(t, "</s>", 0, "3 0");
    expect(t, "a</s><s>", QS_ENCODE_BOS | QS_ENCODE_PARSE_SPECIAL, "1 6 2 1");
    qs_tokenizer_close(t);
    qs_tokenizer_close(NULL);
}

static void ids_are_appended_or_untouched(void **state)
{
    (void)state;
    struct qs_tokenizer *t = need_json("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": []}}");
    struct qs_token_ids ids = {0};
    struct qs_error err = {0};
    uint32_t bos;
    assert_false(qs_tokenizer_bos(t, &bos));
    assert_int_equal(qs_tokenizer_encode(t, "aa", 2, QS_ENCODE_BOS, &ids, &err), QS_OK);
    assert_int_equal(ids.count, 2);
    assert_int_equal(qs_tokenizer_encode(t, "aab", 3, 0, &ids, &err), QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "no token for the byte 0x62"));
    assert_int_equal(ids.count, 2);
    assert_int_equal(qs_tokenizer_encode(t, "a", 1, 0, &ids, NULL), QS_OK);
    assert_int_equal(ids.count, 3);
    qs_token_ids_free(&ids);
    qs_tokenizer_close(t);
}

static void metaspace_schemes(void **state)
{
    (void)state;
    static const struct {
        const char *scheme;
        const char *wanted; // of "a<u>a a"
    } cases[] = {
        {"\"prepend_scheme\": \"always\", \"split\": false", "6 12 6 6"},
        {"\"prepend_scheme\": \"first\", \"split\": false", "6 12 4 6"},
        {"\"prepend_scheme\": \"never\", \"split\": true", "4 12 4 6"},
        {"\"add_prefix_space\": true", "6 12 6 6"},
        {"\"add_prefix_space\": false", "4 12 4 6"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_text json = {0};
        qs_text_addf(&json, "{" SMALL_MODEL ", " ADDED ", \"pre_tokenizer\": {\"type\": \"Metaspace\", "
                            "\"replacement\": \"" MARK "\", %s}}", cases[i].scheme);
        struct qs_tokenizer *t = need_json(qs_text_chars(&json));
        expect(t, "a<u>a a", 0, cases[i].wanted);
        expect(t, " a", 0, "6"); // one that is there already serves
        qs_tokenizer_close(t);
        qs_text_free(&json);
    }
}

// A vocabulary of all bytes, id = byte, then " a" 256, "\n\n" 257, "12" 258, "a1" 259; rules stand behind it.
static void add_byte_model(struct qs_text *json, const char *settings)
{
    qs_text_addf(json, "{\"model\": {\"type\": \"BPE\", %s\"vocab\": {", settings);
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned codepoint = byte <= 0x20 ? 0x100 + byte : byte >= 0x7f && byte <= 0xa0 ? 0x121 + byte - 0x7f
                             : byte == 0xad ? 0x143 : byte;
        qs_text_addf(json, "\"\\u%04x\": %u, ", codepoint, byte);
    }
    qs_text_add(json, "\"\\u0120a\": 256, \"\\u010a\\u010a\": 257, \"12\": 258, \"a1\": 259}, "
                      "\"merges\": [\"\\u0120 a\", \"\\u010a \\u010a\", \"1 2\"]}");
}

static struct qs_tokenizer *need_byte_level(const char *settings, const char *rules)
{
    struct qs_text json = {0};
    add_byte_model(&json, settings);
    qs_text_addf(&json, ", %s}", rules);
    struct qs_tokenizer *t = need_json(qs_text_chars(&json));
    qs_text_free(&json);
    return t;
}

static void byte_level(void **state)
{
    (void)state;
    struct qs_tokenizer *t =
        need_byte_level("", "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false}");
    assert_string_equal(qs_tokenizer_kind(t), "tokenizer.json: byte-level BPE");
    expect(t, "a a1212", 0, "97 256 258 258");
    expect(t, "a\n\n", 0, "97 257");
    expect(t, "\n\na", 0, "10 10 97"); // the last of a run is left to what follows
    expect_bytes(t, "\0\xff\xc3\xa9\xad", 5, 0, "0 255 195 169 173");
    qs_tokenizer_close(t);

    t = need_byte_level("", "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true}");
    expect(t, "a", 0, "256");
    expect(t, " a", 0, "256");
    expect(t, "", 0, "");
    qs_tokenizer_close(t);

    t = need_byte_level("\"ignore_merges\": true, ",
                        "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", "
                        "\"pattern\": {\"Regex\": \"a1|.\"}, \"behavior\": \"Isolated\", \"invert\": false}, "
                        "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}]}");
    expect(t, "a112", 0, "259 49 50");
    qs_tokenizer_close(t);

    t = need_byte_level("", "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Digits\", "
                            "\"individual_digits\": true}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false}]}");
    expect(t, "a12", 0, "97 49 50");
    qs_tokenizer_close(t);

    t = need_byte_level("", "\"normalizer\": {\"type\": \"NFC\"}, \"pre_tokenizer\": {\"type\": \"ByteLevel\", "
                            "\"add_prefix_space\": false}");
    expect(t, "e\xcc\x81", 0, "195 169");
    expect(t, "e\xff\xcc\x81", 0, "101 255 204 129");
    qs_tokenizer_close(t);
}

static void refused_json(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *message;
    } cases[] = {
        {"[]", "not a JSON object"},
        {"{}", "model: is missing or no object"},
        {"{\"model\": {\"type\": \"Unigram\"}}", "model.type: Unigram is not supported"},
        {"{\"model\": {\"vocab\": {}}}", "model.type: a model without a type is not supported"},
        {"{\"model\": {\"type\": \"BPE\"}}", "model.vocab: is missing, empty or no object"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}", "the id of \"a\""},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0.5}}}", "the id of \"a\""},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4194304}}}", "the id of \"a\""},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 0}}}", "two tokens have the id 0"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}}}", "model.merges: is missing or no array"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"aa\"]}}", "item 0 is no pair"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [[\"a\", 1]]}}", "item 0 is no pair"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a a\"]}}", "item 0 joins or makes"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"unk_token\": \"u\"}}",
         "model.unk_token: is no token"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"dropout\": 0.1}}",
         "dropout is not supported"},
        {"{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"byte_fallback\": 1}}",
         "byte_fallback is neither true nor false"},
        {"{\"model\": {\"type\": \"BPE\", \"end_of_word_suffix\": \"</w>\", \"vocab\": {\"a\": 0}, \"merges\": []}}",
         "end_of_word_suffix is not supported"},
        {"{" SMALL_MODEL ", \"added_tokens\": {}}", "added_tokens: is no array"},
        {"{" SMALL_MODEL ", \"added_tokens\": [{\"id\": 1}]}", "item 0 has no id"},
        {"{" SMALL_MODEL ", \"added_tokens\": [{\"id\": 4, \"content\": \"q\"}]}", "belongs to \"a\" already"},
        {"{" SMALL_MODEL ", \"added_tokens\": [{\"id\": 14, \"content\": \"q\", \"single_word\": true}]}",
         "single_word is not supported"},
        {"{" SMALL_MODEL ", \"normalizer\": {\"type\": \"Lowercase\"}}", "normalizer: Lowercase"},
        {"{" SMALL_MODEL ", \"normalizer\": {\"type\": \"Prepend\", \"prepend\": \"x\"}}", "normalizer: Prepend"},
        {"{" SMALL_MODEL ", \"normalizer\": 1}", "normalizer: an item without a type"},
        {"{" SMALL_MODEL ", \"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}}", "BertPreTokenizer is not supported"},
        {"{" SMALL_MODEL ", \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\"}, \"behavior\": "
         "\"MergedWithNext\"}}", "Split: behavior MergedWithNext is not supported"},
        {"{" SMALL_MODEL ", \"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"_\"}}", "Metaspace"},
        {"{" SMALL_MODEL ", \"post_processor\": {\"type\": \"RobertaProcessing\"}}", "RobertaProcessing is not"},
        {"{" SMALL_MODEL ", \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": "
         "{\"id\": \"x\"}}], \"special_tokens\": {\"x\": {\"ids\": [99]}}}}", "the id of x is none"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_tokenizer *t = NULL;
        struct qs_error err = {0};
        assert_int_equal(open_json(cases[i].json, &t, &err), QS_BAD_INPUT);
        assert_null(t);
        if (!strstr(err.text, cases[i].message)) {
            fail_msg("%s\nis answered by: %s", cases[i].json, err.text);
        }
    }
}

// What put_gguf is to get wrong.
struct flaws {
    const char *model;      // NULL: llama
    const char *pre;        // NULL: no such key
    bool no_scores, short_scores, nan_score, short_types, odd_tokens, no_merges, odd_merge, bad_bos, no_prefix, no_bos;
};

static const char *const tokens[] = {"<unk>", "<s>", "</s>", "<0x0A>", "<0xFF>", MARK, "a", "b", MARK "a", "ab", "<u>",
                                     "a<u>", "\xc3\xa9"};
static const float scores[] = {0, 0, 0, 0, 0, -1, -2, -3, -4, -5, 0, 0, -6};
static const int32_t types[] = {2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 4, 4, 1};

static void put_gguf(struct build *b, const struct flaws *flaws)
{
    bool gpt2 = flaws->model && strcmp(flaws->model, "gpt2") == 0;
    uint64_t count = QS_COUNT_OF(tokens);
    int pairs = 5 + (flaws->pre != NULL) + (gpt2 && !flaws->no_merges) + !flaws->no_scores + flaws->no_prefix;
    put_header(b, 3, 0, (uint64_t)pairs);
    put_string_pair(b, "tokenizer.ggml.model", flaws->model ? flaws->model : "llama");
    put_key(b, "tokenizer.ggml.tokens", ARRAY);
    put_u32(b, flaws->odd_tokens ? U64 : STRING);
    put_u64(b, flaws->odd_tokens ? 0 : count);
    for (size_t i = 0; i < count && !flaws->odd_tokens; i++) {
        put_string(b, tokens[i]);
    }
    put_i32_array_pair(b, "tokenizer.ggml.token_type", types, flaws->short_types ? 3 : count);
    put_u32_pair(b, "tokenizer.ggml.bos_token_id", flaws->bad_bos ? 1000 : 1);
    put_key(b, "tokenizer.ggml.add_bos_token", BOOL);
    put_number(b, !flaws->no_bos, 1);
    if (flaws->no_prefix) {
        put_key(b, "tokenizer.ggml.add_space_prefix", BOOL);
        put_number(b, 0, 1);
    }
    if (!flaws->no_scores) {
        put_key(b, "tokenizer.ggml.scores", ARRAY);
        put_u32(b, F32);
        put_u64(b, flaws->short_scores ? 4 : count);
        for (size_t i = 0; i < (flaws->short_scores ? 4 : count); i++) {
            float score = flaws->nan_score && i == 2 ? 0.0F / 0.0F : scores[i];
            put(b, &score, sizeof score);
        }
    }
    if (flaws->pre) {
        put_string_pair(b, "tokenizer.ggml.pre", flaws->pre);
    }
    if (gpt2 && !flaws->no_merges) {
        put_key(b, "tokenizer.ggml.merges", ARRAY);
        put_u32(b, STRING);
        put_u64(b, 1);
        put_string(b, flaws->odd_merge ? "ab" : "a b");
    }
}

static enum qs_status open_gguf(const struct flaws *flaws, struct qs_tokenizer **out, struct qs_error *err)
{
    static struct build b;
    put_gguf(&b, flaws);
    const char *path = temp_file("tokenizer.gguf");
    write_file(path, b.bytes, b.size);
    return qs_tokenizer_open(path, out, err);
}

static struct qs_tokenizer *need_gguf(const struct flaws *flaws)
{
    struct qs_tokenizer *tokenizer = NULL;
    struct qs_error err = {0};
    if (open_gguf(flaws, &tokenizer, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    return tokenizer;
}

static void gguf_by_scores(void **state)
{
    (void)state;
    struct qs_tokenizer *t = need_gguf(&(struct flaws){0});
    assert_string_equal(qs_tokenizer_kind(t), "gguf: llama");
    expect(t, "ab", QS_ENCODE_BOS, "1 8 7");          // the mark and a have the higher score
    expect(t, "bab\xc3\xa9", 0, "5 7 9 12");
    expect(t, "\n\xff", 0, "5 3 4");
    expect(t, "x", 0, "5 0");                          // no token, no byte: unknown
    expect(t, "a<u>b", 0, "11 5 7");                   // the longer of two that overlap, then a mark
    expect(t, "</s>", QS_ENCODE_PARSE_SPECIAL, "2");
    expect(t, "<s>", 0, "5 0 0 0");
    qs_tokenizer_close(t);
    t = need_gguf(&(struct flaws){.no_prefix = true, .no_bos = true});
    expect(t, "ab a", QS_ENCODE_BOS, "9 8");
    qs_tokenizer_close(t);
}

static void gguf_by_merges(void **state)
{
    (void)state;
    struct qs_tokenizer *t = need_gguf(&(struct flaws){.model = "gpt2", .pre = "gpt-2", .no_scores = true});
    assert_string_equal(qs_tokenizer_kind(t), "gguf: gpt2");
    expect(t, "abba", QS_ENCODE_BOS, "1 9 7 6");
    expect(t, "a<u>a", 0, "11 6");
    struct qs_token_ids ids = {0};
    struct qs_error err = {0};
    assert_int_equal(qs_tokenizer_encode(t, "c", 1, 0, &ids, &err), QS_BAD_INPUT);
    qs_token_ids_free(&ids);
    qs_tokenizer_close(t);
    t = need_gguf(&(struct flaws){.model = "gpt2", .no_bos = true}); // without a name the default one
    expect(t, "ab<u>ab", QS_ENCODE_BOS, "9 10 9");
    qs_tokenizer_close(t);
}

static void added_tokens_of_bounded_length(void **state)
{
    (void)state;
    char content[1026] = "";
    for (size_t size = 1024; size <= 1025; size++) {
        struct qs_text json = {0};
        struct qs_tokenizer *t = NULL;
        struct qs_error err = {0};
        memset(content, 'q', size);
        qs_text_addf(&json, "{" SMALL_MODEL ", \"added_tokens\": [{\"id\": 12, \"content\": \"%s\"}]}", content);
        assert_int_equal(open_json(qs_text_chars(&json), &t, &err), size == 1024 ? QS_OK : QS_BAD_INPUT);
        assert_int_equal(t != NULL, size == 1024);
        if (t) {
            expect(t, content, 0, "12");
        } else {
            assert_non_null(strstr(err.text, "added_tokens: item 0: token 12 has 1025 bytes"));
        }
        qs_tokenizer_close(t);
        qs_text_free(&json);
    }
}

static void refused_gguf(void **state)
{
    (void)state;
    static const struct {
        struct flaws flaws;
        const char *message;
    } cases[] = {
        {{.model = "bert"}, "tokenizer.ggml.model: the tokenizer bert is not supported; llama and gpt2 are"},
        {{.model = ""}, "tokenizer.ggml.model: is missing"},
        {{.no_scores = true}, "tokenizer.ggml.scores: is missing"},
        {{.short_scores = true}, "tokenizer.ggml.scores: has fewer items"},
        {{.nan_score = true}, "tokenizer.ggml.scores: holds a NaN"},
        {{.short_types = true}, "tokenizer.ggml.token_type: has fewer items"},
        {{.odd_tokens = true}, "tokenizer.ggml.tokens: is no array of strings"},
        {{.bad_bos = true}, "tokenizer.ggml.bos_token_id: is none of the vocabulary's"},
        {{.model = "gpt2", .pre = "gemma4"}, "tokenizer.ggml.pre: the pre-tokenizer gemma4 is not supported"},
        {{.model = "gpt2", .no_merges = true}, "tokenizer.ggml.merges: is missing"},
        {{.model = "gpt2", .odd_merge = true}, "tokenizer.ggml.merges: holds an item that is no pair"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_tokenizer *t = NULL;
        struct qs_error err = {0};
        assert_int_equal(open_gguf(&cases[i].flaws, &t, &err), QS_BAD_INPUT);
        assert_null(t);
        if (!strstr(err.text, cases[i].message)) {
            fail_msg("case %zu is answered by: %s", i, err.text);
        }
    }
}

static void *encode_often(void *context)
{
    const struct qs_tokenizer *t = context;
    static const char text[] = "a a1212 e\xcc\x81\n\n";
    bool *fine = malloc(sizeof *fine);
    struct qs_token_ids ids = {0};
    struct qs_error err;
    if (fine) {
        *fine = true;
        for (int i = 0; i < 500; i++) {
            ids.count = 0;
            *fine &= qs_tokenizer_encode(t, text, strlen(text), 0, &ids, &err) == QS_OK && ids.count == 8;
        }
    }
    qs_token_ids_free(&ids);
    return fine;
}

static void threads_share_a_tokenizer(void **state)
{
    (void)state;
    pthread_t threads[4];
    struct qs_tokenizer *t = need_byte_level("", "\"normalizer\": {\"type\": \"NFC\"}, \"pre_tokenizer\": {\"type\": "
                                                 "\"ByteLevel\", \"add_prefix_space\": false}");
    for (size_t i = 0; i < QS_COUNT_OF(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, encode_often, t), 0);
    }
    for (size_t i = 0; i < QS_COUNT_OF(threads); i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
        assert_true(*(bool *)result);
        free(result);
    }
    qs_tokenizer_close(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_with_bytes_behind_them),
        cmocka_unit_test(ids_are_appended_or_untouched),
        cmocka_unit_test(metaspace_schemes),
        cmocka_unit_test(byte_level),
        cmocka_unit_test(refused_json),
        cmocka_unit_test(added_tokens_of_bounded_length),
        cmocka_unit_test(gguf_by_scores),
        cmocka_unit_test(gguf_by_merges),
        cmocka_unit_test(refused_gguf),
        cmocka_unit_test(threads_share_a_tokenizer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
