// A harness for tokenizers: whatever the bytes of a tokenizer.json or a GGUF file, each is refused or makes of any text
// ids of its vocabulary.
//
//     fuzz_tokenizer           makes its own corpus: right files and fixed random changes of them (TAP, for make check)
//     fuzz_tokenizer FILE...   reads these
// With clang -fsanitize=fuzzer and -DQS_LIBFUZZER it is a libFuzzer target.
#include "../unit/model/gguf_build.h"
#include "base/attr.h"
#include "base/text.h"
#include "model/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const char text[] = "It's a<u>ab </s>  \n\nabab 1234567!\xc3\xa9" "e\xcc\x81\xff\xed\xa0\x80 \xe2\x96\x81"
                           "a\0b <s>\xe4\xb8\x80    <w>  bababbaabb\r\n\t";

static void use(const struct qs_tokenizer *tokenizer)
{
    struct qs_token_ids ids = {0};
    uint32_t bos;
    check(!qs_tokenizer_bos(tokenizer, &bos) || bos < qs_tokenizer_size(tokenizer));
    for (unsigned flags = 0; flags < 4; flags++) {
        struct qs_error err = {0};
        enum qs_status status = qs_tokenizer_encode(tokenizer, text, sizeof text - 1, flags, &ids, &err);
        check(status == QS_OK || (status == QS_BAD_INPUT && err.text[0]));
    }
    for (size_t i = 0; i < ids.count; i++) {
        size_t size;
        check(ids.items[i] < qs_tokenizer_size(tokenizer));
        const char *token = qs_tokenizer_text(tokenizer, ids.items[i], &size);
        check(size == 0 || memchr(token, token[size - 1], size));
    }
    qs_token_ids_free(&ids);
}

static void read_file(const char *path)
{
    struct qs_tokenizer *tokenizer = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_tokenizer_open(path, &tokenizer, &err);
    check(status == QS_OK || status == QS_BAD_INPUT);
    check((status == QS_OK) == (tokenizer != NULL));
    if (tokenizer) {
        use(tokenizer);
        qs_tokenizer_close(tokenizer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[4096];
    const char *folder = getenv("QS_TMP");
    bool gguf = size >= 4 && memcmp(data, "GGUF", 4) == 0;
    snprintf(path, sizeof path, "%s/fuzz.%s", folder ? folder : "/tmp", gguf ? "gguf" : "json");
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        abort();
    }
    read_file(path);
    return 0;
}

#ifndef QS_LIBFUZZER
static const char *const jsons[] = {
    "{\"added_tokens\": [{\"id\": 1, \"content\": \"<s>\", \"special\": true}, {\"id\": 9, \"content\": \"<u>\", "
    "\"special\": false, \"lstrip\": true}], \"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": "
    "\"Prepend\", \"prepend\": \"\xe2\x96\x81\"}, {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, "
    "\"content\": \"\xe2\x96\x81\"}]}, \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": "
    "[{\"SpecialToken\": {\"id\": \"<s>\"}}, {\"Sequence\": {\"id\": \"A\"}}], \"special_tokens\": {\"<s>\": "
    "{\"ids\": [1]}}}, \"model\": {\"type\": \"BPE\", \"unk_token\": \"<unk>\", \"fuse_unk\": true, "
    "\"byte_fallback\": true, \"vocab\": {\"<unk>\": 0, \"<s>\": 1, \"\xe2\x96\x81\": 2, \"a\": 3, \"b\": 4, "
    "\"ab\": 5, \"\xe2\x96\x81" "a\": 6, \"<0xFF>\": 7, \"abab\": 8}, \"merges\": [\"\xe2\x96\x81 a\", \"a b\", "
    "[\"ab\", \"ab\"]]}}",
    "{\"added_tokens\": [{\"id\": 9, \"content\": \"<w>\", \"rstrip\": true}], \"normalizer\": {\"type\": \"NFC\"}, "
    "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\": {\"Regex\": "
    "\"(?i:'s)|\\\\p{N}{1,3}|\\\\s+(?!\\\\S)|\\\\s+\"}, \"behavior\": \"Isolated\", \"invert\": false}, {\"type\": "
    "\"Digits\", \"individual_digits\": true}, {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": "
    "true}]}, \"post_processor\": {\"type\": \"ByteLevel\"}, \"model\": {\"type\": \"BPE\", \"unk_token\": \"u\", "
    "\"ignore_merges\": true, \"vocab\": {\"u\": 0, \"a\": 1, \"b\": 2, \"\xc4\xa0\": 3, \"\xc4\xa0" "a\": 4, "
    "\"ab\": 5, \"\xc3\x83\": 6, \"1\": 7}, \"merges\": [\"a b\", \"\xc4\xa0 a\"]}}",
    "{\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": \"\xe2\x96\x81\", \"prepend_scheme\": \"first\", "
    "\"split\": true}, \"model\": {\"type\": \"BPE\", \"unk_token\": \"a\", \"vocab\": {\"a\": 0, \"b\": 1, \"ab\": "
    "2, \"\xe2\x96\x81\": 3}, \"merges\": [\"a b\"]}}",
};

static void put_vocabulary(struct build *b, bool gpt2)
{
    static const char *const tokens[] = {"<unk>", "<s>", "</s>", "<0xFF>", "\xe2\x96\x81", "a", "b", "ab", "<u>", "  "};
    static const int32_t types[] = {2, 3, 3, 6, 1, 1, 1, 1, 4, 4};
    put_header(b, 3, 0, gpt2 ? 7 : 6);
    put_string_pair(b, "tokenizer.ggml.model", gpt2 ? "gpt2" : "llama");
    put_key(b, "tokenizer.ggml.tokens", ARRAY);
    put_u32(b, STRING);
    put_u64(b, QS_COUNT_OF(tokens));
    for (size_t i = 0; i < QS_COUNT_OF(tokens); i++) {
        put_string(b, tokens[i]);
    }
    put_i32_array_pair(b, "tokenizer.ggml.token_type", types, QS_COUNT_OF(types));
    put_u32_pair(b, "tokenizer.ggml.bos_token_id", 1);
    put_key(b, "tokenizer.ggml.add_bos_token", BOOL);
    put_number(b, 1, 1);
    if (gpt2) {
        put_string_pair(b, "tokenizer.ggml.pre", "llama-bpe");
        put_key(b, "tokenizer.ggml.merges", ARRAY);
        put_u32(b, STRING);
        put_u64(b, 2);
        put_string(b, "a b");
        put_string(b, "ab a");
        return;
    }
    put_key(b, "tokenizer.ggml.scores", ARRAY);
    put_u32(b, F32);
    put_u64(b, QS_COUNT_OF(tokens));
    for (size_t i = 0; i < QS_COUNT_OF(tokens); i++) {
        float score = (float)i;
        put(b, &score, sizeof score);
    }
}

// splitmix64 (Steele, Lea, Flood 2014)
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// One to four changes: a byte, one that matters to JSON, an extreme number, a piece copied elsewhere, the end cut off.
static size_t change(uint8_t *bytes, size_t size, uint64_t *seed)
{
    static const char telling[] = "{}[]\",:\\0123456789-enutrfalse <>ab ";
    static const uint64_t extremes[] = {0, 1, 2, 9, 255, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX, UINT64_MAX};
    for (uint64_t left = 1 + next_random(seed) % 4; left && size > 16; left--) {
        size_t at = next_random(seed) % (size - 8);
        size_t from = next_random(seed) % (size - 8);
        uint64_t extreme = extremes[next_random(seed) % QS_COUNT_OF(extremes)];
        switch (next_random(seed) % 6) {
        case 0:
            bytes[at] = (uint8_t)next_random(seed);
            break;
        case 1:
            memcpy(bytes + at, &extreme, next_random(seed) % 2 ? 4 : 8);
            break;
        case 2:
            memmove(bytes + at, bytes + from, next_random(seed) % 16 % (size - (at > from ? at : from)));
            break;
        case 3:
            size = next_random(seed) % 8 == 0 ? at : size;
            break;
        default:
            bytes[at] = (uint8_t)telling[next_random(seed) % (sizeof telling - 1)];
        }
    }
    return size;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            read_file(argv[i]);
        }
        return 0;
    }
    enum { KINDS = QS_COUNT_OF(jsons) + 2 };
    static struct build model;
    uint64_t seed = 1;
    for (size_t round = 0; round < 8000; round++) {
        size_t kind = round % KINDS;
        if (kind < QS_COUNT_OF(jsons)) {
            model.size = 0;
            put(&model, jsons[kind], strlen(jsons[kind]));
        } else {
            put_vocabulary(&model, kind == KINDS - 1);
        }
        size_t size = round < KINDS ? model.size : change(model.bytes, model.size, &seed);
        uint8_t *copy = malloc(size ? size : 1);
        if (!copy) {
            return 1;
        }
        memcpy(copy, model.bytes, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
    }
    puts("1..1\nok 1 - tokenizers_survive_changed_files");
    return 0;
}
#endif
