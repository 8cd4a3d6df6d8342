// The table of pre-tokenizers: see pre_tokenizers.h.
//
// Names and patterns are facts of the models' own tokenizer.json files and of llama.cpp (llama-vocab.cpp); where the
// two differ because llama.cpp's regular expressions know less of Unicode, the model's own pattern stands here.
// Where a look ahead over digits or white space would take quadratic time, an equivalent that does not is used.
#include "model/pre_tokenizers.h"

#include "base/attr.h"

#include <string.h>

#define CONTRACTIONS "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
#define WORD "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
#define SIGNS " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
#define SIGNS_SLASH " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*"
#define SPACE "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

// A word that ends in small letters, and one that begins with capitals; what stands behind either.
#define CASED(behind) \
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+" behind \
    "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*" behind

#define PUNCTUATED "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
#define HAN_KANA "[\\x{4e00}-\\x{9fa5}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+"
#define HAN_HANGUL "[\\x{4e00}-\\x{9fa5}\\x{800}-\\x{4e00}\\x{ac00}-\\x{d7ff}]+"
#define SENTENCE " ?[^(\\s|.,!?\\x{2026}\\x{3002}\\x{ff0c}\\x{3001}\\x{964}\\x{6d4}\\x{60c})]+"

#define GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define LLAMA3 CONTRACTIONS "|" WORD "|\\p{N}{1,3}|" SIGNS "|" SPACE
#define QWEN2 CONTRACTIONS "|" WORD "|\\p{N}|" SIGNS "|" SPACE
#define DEEPSEEK3 PUNCTUATED "| ?[\\p{P}\\p{S}]+[\\r\\n]*|" SPACE

const char qs_pattern_gpt2[] = GPT2;

// DeepSeek's cased letters.
static const char cased_letters[] =
    "\\s?[A-Za-z\\x{b5}\\x{c0}-\\x{d6}\\x{d8}-\\x{f6}\\x{f8}-\\x{1ba}\\x{1bc}-\\x{1bf}\\x{1c4}-\\x{293}\\x{295}-"
    "\\x{2af}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37b}-\\x{37d}\\x{37f}\\x{386}\\x{388}-\\x{38a}\\x{38c}\\x{38e}-"
    "\\x{3a1}\\x{3a3}-\\x{3f5}\\x{3f7}-\\x{481}\\x{48a}-\\x{52f}\\x{531}-\\x{556}\\x{10a0}-\\x{10c5}\\x{13a0}-"
    "\\x{13f5}\\x{13f8}-\\x{13fd}\\x{1c90}-\\x{1cba}\\x{1cbd}-\\x{1cbf}\\x{1d00}-\\x{1d2b}\\x{1d6b}-\\x{1d77}"
    "\\x{1d79}-\\x{1d9a}\\x{1e00}-\\x{1f15}\\x{1f18}-\\x{1f1d}\\x{1f20}-\\x{1f45}\\x{1f48}-\\x{1f4d}\\x{1f50}-"
    "\\x{1f57}\\x{1f59}\\x{1f5b}\\x{1f5d}\\x{1f5f}-\\x{1f7d}\\x{1f80}-\\x{1fb4}\\x{1fb6}-\\x{1fbc}\\x{1fbe}\\x{1fc2}"
    "-\\x{1fc4}\\x{1fc6}-\\x{1fcc}\\x{1fd0}-\\x{1fd3}\\x{1fd6}-\\x{1fdb}\\x{1fe0}-\\x{1fec}\\x{1ff2}-\\x{1ff4}"
    "\\x{1ff6}-\\x{1ffc}\\x{2102}\\x{2107}\\x{210a}-\\x{2113}\\x{2115}\\x{2119}-\\x{211d}\\x{2124}\\x{2126}\\x{2128}"
    "\\x{212a}-\\x{212d}\\x{212f}-\\x{2134}\\x{2139}\\x{213c}-\\x{213f}\\x{2145}-\\x{2149}\\x{214e}\\x{2183}"
    "\\x{2184}\\x{2c00}-\\x{2c7b}\\x{2c7e}-\\x{2ce4}\\x{2ceb}-\\x{2cee}\\x{2cf2}\\x{2cf3}\\x{a640}-\\x{a66d}"
    "\\x{a680}-\\x{a69b}\\x{a722}-\\x{a76f}\\x{a771}-\\x{a787}\\x{a78b}-\\x{a78e}\\x{ab70}-\\x{abbf}\\x{fb00}-"
    "\\x{fb06}\\x{fb13}-\\x{fb17}\\x{ff21}-\\x{ff3a}\\x{ff41}-\\x{ff5a}\\x{10400}-\\x{1044f}\\x{104b0}-\\x{104d3}"
    "\\x{104d8}-\\x{104fb}\\x{10c80}-\\x{10cb2}\\x{10cc0}-\\x{10cf2}\\x{118a0}-\\x{118df}\\x{1e900}-\\x{1e943}]+";

static const char asian_scripts[] =
    "[\\x{4e00}-\\x{9fff}\\x{3400}-\\x{4dbf}\\x{8c48}-\\x{faff}\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}\\x{ff65}-"
    "\\x{ff9f}\\x{2f00}-\\x{2fdf}\\x{e40}-\\x{e7f}\\x{e80}-\\x{eff}\\x{1780}-\\x{17ff}\\x{1000}-\\x{109f}\\x{aa60}-"
    "\\x{aa7f}\\x{a9e0}-\\x{a9ff}\\x{ac00}-\\x{d7af}\\x{1100}-\\x{11ff}]+";

static const char youtu_scripts[] =
    "[\\x{ac00}-\\x{d7a3}\\x{3131}-\\x{318e}]+|[\\x{ff01}\\x{2026}\\x{201c}\\x{201d}\\x{2018}\\x{2019}\\x{2014}"
    "\\x{ff1a}\\x{ff1b}\\x{ff0c}\\x{3001}-\\x{303f}\\x{fe30}-\\x{fe4f}]+|[\\x{3105}-\\x{312f}]+|[\\x{4e00}-\\x{9fa5}"
    "\\x{3040}-\\x{309f}\\x{30a0}-\\x{30ff}]+";

static const struct qs_pre_tokenizer table[] = {
    {.names = "default",
     .steps = {"[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"}},
    {.names = "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano",
     .steps = {LLAMA3}, .ignore_merges = true, .bos = true},
    {.names = "glm4 glm5", .steps = {LLAMA3}, .ignore_merges = true},
    {.names = "chatglm-bpe dbrx smaug-bpe", .steps = {LLAMA3}},
    {.names = "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan solar-open megrez grok-2", .steps = {QWEN2}},
    {.names = "qwen35",
     .steps = {CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
               "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|" SPACE}},
    {.names = "ufakzeka", .steps = {WORD "|\\p{N}|" SIGNS "|" SPACE}},
    {.names = "laguna", .steps = {"[^\\n]+|[\\n]+", QWEN2}},
    {.names = "minicpm5", .steps = {"\\p{N}{1,3}", CONTRACTIONS "|" WORD "|\\p{N}+|" SIGNS "|" SPACE},
     .ignore_merges = true},
    {.names = "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert jina-v1-en "
              "jina-v2-code roberta-bpe mpt olmo jais trillion granite-docling exaone4",
     .steps = {GPT2}},
    {.names = "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2",
     .steps = {"\\p{N}", GPT2}},
    {.names = "falcon", .steps = {"[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]"}},
    {.names = "deepseek-llm",
     .steps = {"[\\r\\n]", cased_letters,
               "\\s?[!-/:-~\\x{ff01}-\\x{ff0f}\\x{ff1a}-\\x{ff5e}\\x{2018}-\\x{201f}"
               "\\x{3000}-\\x{3002}]+",
               "\\s+$", HAN_HANGUL, "\\p{N}+"}},
    {.names = "deepseek-coder",
     .steps = {"[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", HAN_HANGUL, "\\p{N}"}},
    {.names = "deepseek-v3 hunyuan-dense hy_v4 joyai-llm",
     .steps = {"\\p{N}{1,3}", HAN_KANA, DEEPSEEK3}},
    {.names = "spark2_5",
     .steps = {"\\p{N}{1,3}", HAN_KANA,
               PUNCTUATED "| ?[\\p{P}\\p{S}]+|[\\r\\n]|\\s+(?!\\S)|\\s+",
               "\\p{N}"}},
    {.names = "youtu",
     .steps = {youtu_scripts, CASED(CONTRACTIONS "?") "|\\p{N}|" SIGNS_SLASH "|" SPACE},
     .ignore_merges = true},
    {.names = "tekken", .steps = {CASED("") "|\\p{N}|" SIGNS_SLASH "|" SPACE}, .ignore_merges = true, .bos = true},
    {.names = "gpt-4o llama4 kanana2 talkie minimax-m2",
     .steps = {CASED(CONTRACTIONS "?") "|\\p{N}{1,3}|" SIGNS_SLASH "|" SPACE}},
    {.names = "granite-embed-multi-97m",
     .steps = {CASED(CONTRACTIONS "?") "|\\p{N}{1,3}|" SIGNS_SLASH "|" SPACE}, .ignore_merges = true},
    {.names = "tiny_aya cohere2moe",
     .steps = {"(?<!\\d)\\d++(?![\\p{L}\\p{M}\\p{Nl}\\p{Pc}])",
               CASED(CONTRACTIONS "?") "|\\p{N}{1,3}|" SIGNS_SLASH "|" SPACE},
     .threes = 1 << 0},
    {.names = "afmoe", .steps = {"\\p{N}++", asian_scripts, DEEPSEEK3}, .threes = 1 << 0},
    {.names = "superbpe", .steps = {"\\p{N}++", "\\d++"}, .threes = 1 << 1},
    {.names = "bailingmoe bailingmoe2 llada-moe",
     .steps = {CONTRACTIONS "|" WORD "|\\p{N}|" SIGNS "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"}},
    {.names = "seed-coder",
     .steps = {CONTRACTIONS "|" WORD "|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|" SPACE}},
    {.names = "exaone-moe",
     .steps = {CONTRACTIONS "|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}"
               "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"}},
    {.names = "jais-2",
     .steps = {CONTRACTIONS "|" WORD "|\\p{N}{1,3}|" SIGNS
               "|\\s*[\\r\\n]+|\\s{512}(?!\\S)|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)"
               "|\\s{16}(?!\\S)|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}"}},
    {.names = "poro-chat bloom gpt3-finnish", .steps = {SENTENCE}},
    {.names = "viking", .steps = {SENTENCE, "\\p{N}"}},
    {.names = "chameleon",
     .steps = {"<sentinel:[0-9]+>|IMGIMG[A-I]{1,4}Z", "[\\t\\n]|    |  ", "\\p{N}",
               "[\\p{P}!-/:-@\\[-`{-~]", GPT2},
     .bos = true},
};

const struct qs_pre_tokenizer *qs_pre_tokenizer_find(const char *name, size_t length)
{
    for (size_t i = 0; i < QS_COUNT_OF(table) && length; i++) {
        for (const char *at = table[i].names; *at; at += strspn(at, " ")) {
            size_t size = strcspn(at, " ");
            if (size == length && memcmp(at, name, size) == 0) {
                return &table[i];
            }
            at += size;
        }
    }
    return NULL;
}

enum qs_status qs_pre_tokenizer_add(const struct qs_pre_tokenizer *pre, struct qs_split *split, struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (size_t i = 0; i < QS_COUNT_OF(pre->steps) && pre->steps[i] && status == QS_OK; i++) {
        enum qs_split_kind kind = pre->threes >> i & 1 ? QS_SPLIT_THREES : QS_SPLIT_ISOLATED;
        status = qs_split_add(split, pre->steps[i], kind, err);
    }
    return status;
}
