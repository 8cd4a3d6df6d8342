// What tokenizers are made of: vocabulary, merges, added tokens, patterns, normalization.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "base/text.h"
#include "model/added_tokens.h"
#include "model/merges.h"
#include "model/nfc.h"
#include "model/pre_tokenizers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct qs_vocabulary make_vocabulary(const char *const *texts, uint32_t count)
{
    struct qs_vocabulary vocabulary;
    struct qs_error err;
    assert_int_equal(qs_vocabulary_init(&vocabulary, count, &err), QS_OK);
    for (uint32_t id = 0; id < count; id++) {
        assert_true(qs_vocabulary_set(&vocabulary, id, texts[id], strlen(texts[id])));
        qs_vocabulary_list(&vocabulary, id);
    }
    return vocabulary;
}

static void vocabulary_finds_what_is_listed(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "ab", "", "b", "a"};
    struct qs_vocabulary v = make_vocabulary(texts, QS_COUNT_OF(texts));
    assert_int_equal(qs_vocabulary_find(&v, "ab", 2), 1);
    assert_int_equal(qs_vocabulary_find(&v, "a", 1), 4); // the last of the same text
    assert_int_equal(qs_vocabulary_find(&v, "", 0), QS_TOKEN_NONE);
    assert_int_equal(qs_vocabulary_find(&v, "abc", 3), QS_TOKEN_NONE);
    assert_int_equal(qs_vocabulary_find(&v, "c", 1), QS_TOKEN_NONE);
    qs_vocabulary_free(&v);
    struct qs_error err;
    assert_int_equal(qs_vocabulary_init(&v, (uint64_t)QS_VOCABULARY_MAX + 1, &err), QS_BAD_INPUT);
    assert_int_equal(qs_vocabulary_init(&v, UINT64_MAX, &err), QS_BAD_INPUT);
}

static void vocabulary_leaves_long_texts_out(void **state)
{
    (void)state;
    struct qs_vocabulary v;
    struct qs_error err;
    char *text = calloc(QS_TOKEN_BYTES_MAX + 2, 1);
    assert_non_null(text);
    memset(text, 'x', QS_TOKEN_BYTES_MAX + 1);
    assert_int_equal(qs_vocabulary_init(&v, 2, &err), QS_OK);
    for (uint32_t id = 0; id < 2; id++) {
        assert_true(qs_vocabulary_set(&v, id, text, QS_TOKEN_BYTES_MAX + id));
        qs_vocabulary_list(&v, id);
    }
    assert_int_equal(qs_vocabulary_find(&v, text, QS_TOKEN_BYTES_MAX), 0);
    assert_int_equal(qs_vocabulary_find(&v, text, QS_TOKEN_BYTES_MAX + 1), QS_TOKEN_NONE);
    size_t size;
    qs_vocabulary_text(&v, 1, &size);
    assert_int_equal(size, QS_TOKEN_BYTES_MAX + 1);
    qs_vocabulary_free(&v);
    free(text);
}

// The texts of the symbols that are left, between bars.
static void expect_symbols(const struct qs_symbols *symbols, const char *piece, const char *wanted)
{
    struct qs_text got = {0};
    for (size_t i = 0; i < symbols->count; i++) {
        if (symbols->items[i].size) {
            qs_text_add_bytes(&got, piece + symbols->items[i].at, symbols->items[i].size);
            qs_text_add(&got, "|");
        }
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
}

static void symbols_of(struct qs_symbols *symbols, const struct qs_vocabulary *vocabulary, const char *piece)
{
    symbols->count = 0;
    for (uint32_t at = 0; piece[at]; at++) {
        assert_true(qs_symbols_add(symbols, qs_vocabulary_find(vocabulary, piece + at, 1), at, 1));
    }
}

static void merges_go_by_rank_then_place(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "b", "c", "ab", "bc", "aa", "abc", "aaa"};
    enum { A, B, C, AB, BC, AA, ABC, AAA };
    static const struct qs_merge table[] = {
        {B, C, 0, BC}, {A, B, 1, AB}, {AB, C, 2, ABC}, {A, A, 3, AA}, {AA, A, 4, AAA}, {B, C, 5, ABC},
    };
    struct qs_vocabulary vocabulary = make_vocabulary(texts, QS_COUNT_OF(texts));
    struct qs_merges merges;
    struct qs_error err;
    assert_int_equal(qs_merges_init(&merges, QS_COUNT_OF(table), &err), QS_OK);
    for (size_t i = 0; i < QS_COUNT_OF(table); i++) {
        qs_merges_add(&merges, &table[i], false); // of the two for b c, the first stays
    }
    assert_int_equal(merges.count, 5);
    assert_int_equal(qs_merges_find(&merges, B, C)->id, BC);
    assert_null(qs_merges_find(&merges, C, B));
    assert_null(qs_merges_find(&merges, QS_TOKEN_NONE, B));
    struct qs_merge last = {B, C, 0, ABC};
    struct qs_symbols symbols = {0};
    struct qs_merge_rules rules = {.merges = &merges, .vocabulary = &vocabulary};
    static const struct {
        const char *piece;
        const char *wanted;
    } cases[] = {
        {"abc", "a|bc|"}, {"ab", "ab|"}, {"aaaaa", "aa|aaa|"}, {"aabab", "a|ab|ab|"}, {"xabx", "x|ab|x|"},
        {"c", "c|"}, {"", ""}, {"aaaa", "aa|aa|"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        symbols_of(&symbols, &vocabulary, cases[i].piece);
        assert_true(qs_symbols_merge(&symbols, &rules, cases[i].piece));
        expect_symbols(&symbols, cases[i].piece, cases[i].wanted);
    }
    qs_merges_add(&merges, &last, true);
    assert_int_equal(qs_merges_find(&merges, B, C)->id, ABC);
    qs_symbols_free(&symbols);
    qs_merges_free(&merges);
    qs_vocabulary_free(&vocabulary);
}

static void scores_join_what_makes_a_token(void **state)
{
    (void)state;
    static const char *const texts[] = {"a", "ab", "bc", "abc", "xy"}; // x, y, b, c alone are no tokens
    static const uint32_t ranks[] = {9, 2, 1, 0, 3};
    struct qs_vocabulary vocabulary = make_vocabulary(texts, QS_COUNT_OF(texts));
    struct qs_merge_rules rules = {.vocabulary = &vocabulary, .ranks = ranks};
    struct qs_symbols symbols = {0};
    symbols_of(&symbols, &vocabulary, "abcabxyb");
    assert_true(qs_symbols_merge(&symbols, &rules, "abcabxyb"));
    expect_symbols(&symbols, "abcabxyb", "abc|ab|xy|b|");
    qs_symbols_free(&symbols);
    qs_vocabulary_free(&vocabulary);
}

static void find_added(enum qs_added_order order, bool controls, const char *text, const char *wanted)
{
    static const char *const texts[] = {"ab", "bcd", "<s>", "  ", "    ", "abx", "<s>"};
    struct qs_vocabulary vocabulary = make_vocabulary(texts, QS_COUNT_OF(texts));
    struct qs_added_tokens added = {.order = order};
    struct qs_added_matches matches = {0};
    struct qs_text got = {0};
    for (uint32_t id = 0; id < QS_COUNT_OF(texts); id++) {
        struct qs_added_token token = {.id = id, .control = texts[id][0] == '<', .strip_left = id == 5,
                                       .strip_right = id == 5};
        assert_int_equal(qs_added_tokens_add(&added, &vocabulary, &token, NULL), QS_OK);
    }
    qs_added_tokens_sort(&added, &vocabulary);
    assert_int_equal(added.count, 6);
    assert_true(qs_added_tokens_find(&added, &vocabulary, text, strlen(text), controls, &matches));
    for (size_t i = 0; i < matches.count; i++) {
        qs_text_addf(&got, "%zu+%zu:%u ", matches.items[i].at, matches.items[i].size, matches.items[i].id);
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
    qs_added_matches_free(&matches);
    qs_added_tokens_free(&added);
    qs_vocabulary_free(&vocabulary);
}

static void added_tokens_by_either_order(void **state)
{
    (void)state;
    find_added(QS_ADDED_LEFTMOST, false, "abcd", "0+2:0 ");
    find_added(QS_ADDED_LONGEST, false, "abcd", "1+3:1 ");
    find_added(QS_ADDED_LEFTMOST, false, "a<s>", "");
    find_added(QS_ADDED_LONGEST, true, "a<s><s", "1+3:6 ");
    find_added(QS_ADDED_LEFTMOST, false, "x       y", "1+4:4 5+2:3 ");
    find_added(QS_ADDED_LONGEST, false, "x       y", "1+4:4 5+2:3 ");
    find_added(QS_ADDED_LONGEST, false, "abababcdab", "0+2:0 2+2:0 5+3:1 8+2:0 ");
    find_added(QS_ADDED_LEFTMOST, false, "q \tabx \n abq", "1+8:5 9+2:0 ");
    find_added(QS_ADDED_LEFTMOST, false, "", "");
}

static void expect_pieces(const struct qs_split *split, const char *text, size_t size, const char *wanted)
{
    struct qs_pieces pieces = {0};
    struct qs_error err = {0};
    struct qs_text got = {0};
    if (qs_split_run(split, text, size, &pieces, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < pieces.count; i++) {
        qs_text_add_bytes(&got, text + pieces.items[i].at, pieces.items[i].size);
        qs_text_add(&got, "|");
    }
    assert_string_equal(qs_text_chars(&got), wanted);
    qs_text_free(&got);
    qs_pieces_free(&pieces);
}

static void split_by(const char *pattern, enum qs_split_kind kind, const char *text, const char *wanted)
{
    struct qs_split split = {0};
    struct qs_error err = {0};
    if (qs_split_add(&split, pattern, kind, &err) != QS_OK) {
        fail_msg("%s", err.text);
    }
    expect_pieces(&split, text, strlen(text), wanted);
    qs_split_free(&split);
}

static void patterns_cut(void **state)
{
    (void)state;
    split_by("[0-9]+", QS_SPLIT_ISOLATED, "a12b3", "a|12|b|3|");
    split_by("[0-9]+", QS_SPLIT_MATCHES, "a12b3", "12|3|");
    split_by("[0-9]++", QS_SPLIT_THREES, "x1234567y12", "x|1|234|567|y|12|");
    split_by("x*", QS_SPLIT_ISOLATED, "axxb", "a|xx|b|"); // empty matches do not count
    split_by("\\s+", QS_SPLIT_ISOLATED, "a\xe2\x80\x83" "b\xe1\xa0\x8e" "c\xc2\x85" "d",
             "a|\xe2\x80\x83|b\xe1\xa0\x8e" "c|\xc2\x85|d|"); // U+2003 and U+0085 are white space, U+180E is none
    split_by("[^\\s]+", QS_SPLIT_ISOLATED, "a\xff\xfe b", "a|\xff\xfe| |b|");
    split_by(qs_pattern_gpt2, QS_SPLIT_ISOLATED, "I'm  12\n\tx", "I|'m| | 12|\n|\t|x|");
    split_by("\\p{L}+", QS_SPLIT_ISOLATED, "", "");
}

static void patterns_that_are_refused(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(", "[\\p{L}&&[^a]]", "a\\Kb", "(*ACCEPT)", "[^\\S]", "(?C1)", "\\p{Nope}"};
    struct qs_split split = {0};
    struct qs_error err;
    for (size_t i = 0; i < QS_COUNT_OF(patterns); i++) {
        assert_int_equal(qs_split_add(&split, patterns[i], QS_SPLIT_ISOLATED, &err), QS_BAD_INPUT);
        assert_non_null(strstr(err.text, "not supported"));
        assert_int_equal(split.count, 0);
    }
    for (int i = 0; i < QS_SPLIT_STEPS_MAX; i++) {
        assert_int_equal(qs_split_add(&split, "a", QS_SPLIT_ISOLATED, &err), QS_OK);
    }
    assert_int_equal(qs_split_add(&split, "a", QS_SPLIT_ISOLATED, &err), QS_BAD_INPUT);
    qs_split_free(&split);
    assert_int_equal(qs_split_add(&split, "(a+)+$", QS_SPLIT_ISOLATED, &err), QS_OK);
    struct qs_pieces pieces = {0};
    assert_int_equal(qs_split_run(&split, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 43, &pieces, &err),
                     QS_BAD_INPUT);
    assert_non_null(strstr(err.text, "takes too long"));
    qs_pieces_free(&pieces);
    qs_split_free(&split);
}

static struct qs_split open_pre(const char *name)
{
    const struct qs_pre_tokenizer *pre = qs_pre_tokenizer_find(name, strlen(name));
    struct qs_split split = {0};
    struct qs_error err = {0};
    assert_non_null(pre);
    if (qs_pre_tokenizer_add(pre, &split, &err) != QS_OK) {
        fail_msg("%s: %s", name, err.text);
    }
    return split;
}

static void pre_tokenizers_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *wanted;
    } cases[] = {
        {"default", "a1234, b", "a|123|4|,| b|"},
        {"llama-bpe", "It's 12345\n\n  x", "It|'s| |123|45|\n\n| | x|"},
        {"qwen2", "IT'S 12", "IT|'S| |1|2|"},
        {"gpt-2", "it's 123  x", "it|'s| 123| | x|"},
        {"mpt", "IT'S", "IT|'|S|"},
        {"starcoder", "a 12", "a| |1|2|"},
        {"smollm", "x12 y", "x|1|2| y|"},
        {"falcon", "a 1234!?", "a| |123|4|!?|"},
        {"deepseek-llm", "ab 12\n x  ", "ab| |12|\n| x|  |"},
        {"deepseek-coder", "ab 12, x", "ab| |1|2|,| x|"},
        {"deepseek-v3", "ab1234.x", "ab|123|4|.x|"},
        {"tekken", "HelloWorld 12", "Hello|World| |1|2|"},
        {"gpt-4o", "HelloWorld's 1234", "Hello|World's| |123|4|"},
        {"superbpe", "1234567", "1|234|567|"},
        {"tiny_aya", "a1234", "a|1|234|"},
        {"tiny_aya", "1234a", "123|4|a|"},
        {"seed-coder", "a!\nb", "a|!|\n|b|"},
        {"viking", "ab 12.", "ab| |1|2|.|"},
        {"bailingmoe", "\n\n x", "\n\n| x|"},
        {"chameleon", "a    1", "a|    |1|"},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        struct qs_split split = open_pre(cases[i].name);
        expect_pieces(&split, cases[i].text, strlen(cases[i].text), cases[i].wanted);
        qs_split_free(&split);
    }
    assert_null(qs_pre_tokenizer_find("gpt", 3));
    assert_null(qs_pre_tokenizer_find("", 0));
    assert_null(qs_pre_tokenizer_find("gpt-2 phi-2", 11));
    assert_true(qs_pre_tokenizer_find("llama3", 6)->ignore_merges);
}

// A pattern of quadratic time would take hours for these.
static void pre_tokenizers_take_long_runs(void **state)
{
    (void)state;
    static const char *const names[] = {
        "default", "llama-bpe", "qwen2", "qwen35", "ufakzeka", "laguna", "minicpm5", "gpt-2", "starcoder", "falcon",
        "deepseek-llm", "deepseek-coder", "deepseek-v3", "spark2_5", "youtu", "tekken", "gpt-4o", "tiny_aya", "afmoe",
        "superbpe", "bailingmoe", "seed-coder", "exaone-moe", "jais-2", "bloom", "viking", "chameleon",
    };
    static const char *const units[] = {
        " ", "\n", "a", "A", "1", "!", "\xe4\xb8\x80", " \n", "aA", "'", "\xcc\x81", "a ",
    };
    enum { SIZE = 300000 };
    char *text = malloc(SIZE + 1);
    struct qs_pieces pieces = {0};
    struct qs_error err = {0};
    assert_non_null(text);
    for (size_t i = 0; i < QS_COUNT_OF(names); i++) {
        struct qs_split split = open_pre(names[i]);
        for (size_t u = 0; u < QS_COUNT_OF(units); u++) {
            size_t length = strlen(units[u]);
            size_t size = 0;
            size_t covered = 0;
            for (; size + length <= SIZE; size += length) {
                memcpy(text + size, units[u], length);
            }
            text[size++] = 'x';
            if (qs_split_run(&split, text, size, &pieces, &err) != QS_OK) {
                fail_msg("%s, unit %zu: %s", names[i], u, err.text);
            }
            for (size_t k = 0; k < pieces.count; k++) {
                assert_int_equal(pieces.items[k].at, covered);
                covered += pieces.items[k].size;
            }
            assert_int_equal(covered, size);
        }
        qs_split_free(&split);
    }
    qs_pieces_free(&pieces);
    free(text);
}

static void compose(const char *text, const char *wanted)
{
    struct qs_text out = {0};
    qs_nfc_compose(text, strlen(text), &out);
    assert_string_equal(qs_text_chars(&out), wanted);
    qs_text_free(&out);
    if (strcmp(text, wanted) != 0) {
        assert_false(qs_nfc_is_plain(text, strlen(text)));
    }
}

static void normalization_form_c(void **state)
{
    (void)state;
    compose("", "");
    compose("plain", "plain");
    compose("e\xcc\x81", "\xc3\xa9");                                  // e, acute
    compose("\xc3\xa9", "\xc3\xa9");
    compose("a\xcc\xa3\xcc\x87", "\xe1\xba\xa1\xcc\x87");              // dot below, dot above
    compose("a\xcc\x87\xcc\xa3", "\xe1\xba\xa1\xcc\x87");              // the same in the other order
    compose("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c");   // Hangul from its letters
    compose("\xed\x95\x98\xe1\x86\xab", "\xed\x95\x9c");
    compose("\xe2\x84\xa6", "\xce\xa9");                               // the ohm sign is an omega
    compose("\xe0\xa5\x98", "\xe0\xa4\x95\xe0\xa4\xbc");               // never composed
    compose("\xef\xa4\x80", "\xe8\xb1\x88");                           // a compatibility ideograph
    compose("\xcc\x81" "e", "\xcc\x81" "e");
    compose("e\xff\xcc\x81", "e\xff\xcc\x81");                         // what is no UTF-8 separates
    compose("\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8c");               // ka, voiced
    assert_true(qs_nfc_is_plain("\xe4\xb8\x80 caf\xc3\xa9 \xed\x95\x9c", 14));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocabulary_finds_what_is_listed),
        cmocka_unit_test(vocabulary_leaves_long_texts_out),
        cmocka_unit_test(merges_go_by_rank_then_place),
        cmocka_unit_test(scores_join_what_makes_a_token),
        cmocka_unit_test(added_tokens_by_either_order),
        cmocka_unit_test(patterns_cut),
        cmocka_unit_test(patterns_that_are_refused),
        cmocka_unit_test(pre_tokenizers_by_name),
        cmocka_unit_test(pre_tokenizers_take_long_runs),
        cmocka_unit_test(normalization_form_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
