// Win, tie, loss: see wtl.h.
//
//     qs_wtl_compare -> number_texts -> check_twice -> add_pairs -> compare_methods -> compare_group
//
// Texts become numbers, so that one sort brings together what is compared: of a method, all of one budget and dataset
// is a group, ordered by settings, the one without a setting first. Two methods' groups are walked side by side.
#include "plan/wtl.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A perplexity by numbers: texts in the order of their first appearance.
struct entry {
    uint32_t model, method, budget, dataset;
    uint32_t setting; // 0: none
    uint64_t hundredths;
    const struct qs_perplexity *from;
};

// A text of one perplexity, while they are numbered.
struct text {
    const char *text;
    size_t index; // of the perplexity
    bool any_case;
};

static int compare_texts(const void *a, const void *b)
{
    const struct text *x = a;
    const struct text *y = b;
    int order = x->any_case ? strcasecmp(x->text, y->text) : strcmp(x->text, y->text);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

enum member { MODEL, METHOD, BUDGET, DATASET, SETTING };

static const char *text_of(const struct qs_perplexity *item, enum member member)
{
    return member == MODEL     ? item->model
           : member == METHOD  ? item->method
           : member == BUDGET  ? item->budget
           : member == DATASET ? item->dataset
                               : item->setting;
}

static uint32_t *number_of(struct entry *entry, enum member member)
{
    return member == MODEL     ? &entry->model
           : member == METHOD  ? &entry->method
           : member == BUDGET  ? &entry->budget
           : member == DATASET ? &entry->dataset
                               : &entry->setting;
}

// Fills one member of all entries. texts, firsts: [count], for work; firsts[number] is then the perplexity that came
// first with it. Returns how many texts there are.
static uint32_t number_texts(const struct qs_perplexity *items, size_t count, enum member member, struct text *texts,
                             size_t *firsts, struct entry *entries)
{
    for (size_t i = 0; i < count; i++) {
        texts[i] = (struct text){text_of(&items[i], member), i, member != MODEL};
    }
    qsort(texts, count, sizeof *texts, compare_texts);
    // Each text's first perplexity stands in its entry until all are numbered in that order.
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        bool next = i == 0 || (texts[i].any_case ? strcasecmp(texts[i].text, texts[i - 1].text)
                                                 : strcmp(texts[i].text, texts[i - 1].text)) != 0;
        first = next ? texts[i].index : first;
        firsts[texts[i].index] = first;
    }
    uint32_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        *number_of(&entries[i], member) = firsts[i] == i ? numbers++ : *number_of(&entries[firsts[i]], member);
    }
    for (size_t i = 0, next = 0; i < count; i++) { // next <= i: what is read is never what was written here
        if (firsts[i] == i) {
            firsts[next++] = i;
        }
    }
    return numbers;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    const uint32_t keys[5][2] = {{x->model, y->model}, {x->method, y->method}, {x->budget, y->budget},
                                 {x->dataset, y->dataset}, {x->setting, y->setting}};
    for (size_t i = 0; i < QS_COUNT_OF(keys); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return (x->from > y->from) - (x->from < y->from);
}

// All perplexities, numbered and sorted.
struct table {
    const struct qs_perplexity *items;
    const char *where;
    struct entry *entries; // [count]
    size_t count;
    uint32_t models, methods;
    const char *method_names[QS_WTL_METHODS_MAX];
};

static enum qs_status number_all(struct table *table, struct qs_error *err)
{
    size_t room = table->count ? table->count : 1;
    struct text *texts = calloc(room, sizeof *texts);
    size_t *firsts = calloc(room, sizeof *firsts);
    enum qs_status status = QS_OK;
    if (!texts || !firsts) {
        status = qs_fail_memory(err, "perplexities", room * sizeof *texts);
        goto out;
    }
    for (size_t i = 0; i < table->count; i++) {
        table->entries[i] = (struct entry){.hundredths = table->items[i].hundredths, .from = &table->items[i]};
    }
    table->models = number_texts(table->items, table->count, MODEL, texts, firsts, table->entries);
    number_texts(table->items, table->count, BUDGET, texts, firsts, table->entries);
    number_texts(table->items, table->count, DATASET, texts, firsts, table->entries);
    number_texts(table->items, table->count, SETTING, texts, firsts, table->entries);
    for (size_t i = 0; i < table->count; i++) { // none is 0, whatever the order
        table->entries[i].setting = table->items[i].setting[0] ? table->entries[i].setting + 1 : 0;
    }
    table->methods = number_texts(table->items, table->count, METHOD, texts, firsts, table->entries);
    if (table->models > QS_WTL_MODELS_MAX || table->methods > QS_WTL_METHODS_MAX) {
        status = qs_fail(err, QS_BAD_INPUT, "%s: has %u models and %u methods: at most %d and %d are compared",
                         table->where, table->models, table->methods, QS_WTL_MODELS_MAX, QS_WTL_METHODS_MAX);
        goto out;
    }
    for (uint32_t method = 0; method < table->methods; method++) {
        table->method_names[method] = table->items[firsts[method]].method;
    }
    qsort(table->entries, table->count, sizeof *table->entries, compare_entries);
out:
    free(texts);
    free(firsts);
    return status;
}

static enum qs_status check_twice(const struct table *table, struct qs_error *err)
{
    for (size_t i = 1; i < table->count; i++) {
        const struct entry *a = &table->entries[i - 1];
        const struct entry *b = &table->entries[i];
        if (a->model == b->model && a->method == b->method && a->budget == b->budget && a->dataset == b->dataset &&
            a->setting == b->setting) {
            const struct qs_perplexity *item = b->from;
            return qs_fail(err, QS_BAD_INPUT,
                           "%s: line %llu: %s has a second perplexity of %s at %s%s%s on %s; the other is in line %llu",
                           table->where, (unsigned long long)item->line, item->model, item->method, item->budget,
                           item->setting[0] ? ", setting " : "", item->setting, item->dataset,
                           (unsigned long long)a->from->line);
        }
    }
    return QS_OK;
}

// The entries of one method on one model, or of one of its groups.
struct range {
    const struct entry *begin;
    const struct entry *end;
};

static struct range method_range(const struct table *table, uint32_t model, uint32_t method)
{
    size_t low = 0;
    size_t high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct entry *entry = &table->entries[middle];
        if (entry->model < model || (entry->model == model && entry->method < method)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    struct range range = {table->entries + low, table->entries + low};
    const struct entry *end = table->entries + table->count;
    while (range.end < end && range.end->model == model && range.end->method == method) {
        range.end++;
    }
    return range;
}

static struct range first_group(struct range of)
{
    struct range group = {of.begin, of.begin};
    while (group.end < of.end && group.end->budget == of.begin->budget && group.end->dataset == of.begin->dataset) {
        group.end++;
    }
    return group;
}

static void count_one(const struct entry *a, const struct entry *b, struct qs_wtl_row *row)
{
    row->wins += a->hundredths < b->hundredths;
    row->ties += a->hundredths == b->hundredths;
    row->losses += a->hundredths > b->hundredths;
}

// Settings ascend in both; only the first can be none.
static void compare_group(struct range a, struct range b, struct qs_wtl_row *row)
{
    const struct entry *any = b.begin->setting == 0 ? b.begin : NULL;
    const struct entry *same = b.begin + (any ? 1 : 0);
    for (const struct entry *entry = a.begin; entry < a.end; entry++) {
        if (entry->setting == 0) {
            for (const struct entry *other = b.begin; other < b.end; other++) {
                count_one(entry, other, row);
            }
            continue;
        }
        if (any) {
            count_one(entry, any, row);
        }
        while (same < b.end && same->setting < entry->setting) {
            same++;
        }
        if (same < b.end && same->setting == entry->setting) {
            count_one(entry, same, row);
        }
    }
}

static void compare_methods(struct range a, struct range b, struct qs_wtl_row *row)
{
    while (a.begin < a.end && b.begin < b.end) {
        const struct entry *x = a.begin;
        const struct entry *y = b.begin;
        int order = (x->budget > y->budget) - (x->budget < y->budget);
        order = order ? order : (x->dataset > y->dataset) - (x->dataset < y->dataset);
        struct range group_a = first_group(a);
        struct range group_b = first_group(b);
        if (order == 0) {
            compare_group(group_a, group_b, row);
        }
        a.begin = order <= 0 ? group_a.end : a.begin;
        b.begin = order >= 0 ? group_b.end : b.begin;
    }
}

// Compares two methods on one model; no row where they have nothing in common.
static enum qs_status add_pair(const struct table *table, uint32_t model, uint32_t method, uint32_t against,
                               struct qs_wtl *out, size_t *capacity, struct qs_error *err)
{
    struct range a = method_range(table, model, method);
    struct range b = method_range(table, model, against);
    struct qs_wtl_row row = {.method = table->method_names[method], .against = table->method_names[against]};
    compare_methods(a, b, &row);
    if (row.wins + row.ties + row.losses == 0) {
        return QS_OK;
    }
    row.model = a.begin->from->model;
    if (!qs_array_reserve(&out->rows, capacity, out->count + 1, sizeof *out->rows)) {
        return qs_fail_memory(err, "a comparison", (out->count + 1) * sizeof *out->rows);
    }
    out->rows[out->count++] = row;
    return QS_OK;
}

static int find_method(const struct table *table, const char *name)
{
    for (uint32_t method = 0; method < table->methods; method++) {
        if (strcasecmp(table->method_names[method], name) == 0) {
            return (int)method;
        }
    }
    return -1;
}

static enum qs_status add_paper_pairs(const struct table *table, struct qs_wtl *out, size_t *capacity,
                                      struct qs_error *err)
{
    static const char *const pairs[][2] = {
        {"sensiboost", "hqq"}, {"sensiboost", "mxq"}, {"sensiboost", "sensiboost-ablation"},
        {"kurtboost", "hqq"},  {"kurtboost", "mxq"},  {"kurtboost", "kurtboost-ablation"},
        {"sensiboost", "kurtboost"},
    };
    enum qs_status status = QS_OK;
    for (uint32_t model = 0; model < table->models; model++) {
        for (size_t i = 0; status == QS_OK && i < QS_COUNT_OF(pairs); i++) {
            int method = find_method(table, pairs[i][0]);
            int against = find_method(table, pairs[i][1]);
            if (method >= 0 && against >= 0) {
                status = add_pair(table, model, (uint32_t)method, (uint32_t)against, out, capacity, err);
            }
        }
    }
    return status;
}

// Every method against every other, or (only >= 0) against that one.
static enum qs_status add_all_pairs(const struct table *table, int only, struct qs_wtl *out, size_t *capacity,
                                    struct qs_error *err)
{
    enum qs_status status = QS_OK;
    for (uint32_t model = 0; model < table->models; model++) {
        for (uint32_t method = 0; method < table->methods; method++) {
            for (uint32_t against = 0; status == QS_OK && against < table->methods; against++) {
                if (method != against && (only < 0 || against == (uint32_t)only)) {
                    status = add_pair(table, model, method, against, out, capacity, err);
                }
            }
        }
    }
    return status;
}

static enum qs_status fail_unknown(const struct table *table, const char *against, struct qs_error *err)
{
    struct qs_text names = {0};
    for (uint32_t method = 0; method < table->methods; method++) {
        qs_text_addf(&names, "%s%s", method ? ", " : "", table->method_names[method]);
    }
    qs_fail(err, QS_USAGE, "%s: has no method %s, but %s", table->where, against, qs_text_chars(&names));
    qs_text_free(&names);
    return QS_USAGE;
}

enum qs_status qs_wtl_compare(const struct qs_perplexity *items, size_t count, enum qs_wtl_pairs pairs,
                              const char *against, const char *where, struct qs_wtl *out, struct qs_error *err)
{
    struct table table = {.items = items, .where = where, .count = count};
    struct qs_wtl made = {0};
    size_t capacity = 0;
    int only = -1;
    table.entries = calloc(count ? count : 1, sizeof *table.entries);
    enum qs_status status = table.entries ? number_all(&table, err)
                                          : qs_fail_memory(err, "perplexities", count * sizeof *table.entries);
    if (status == QS_OK) {
        status = check_twice(&table, err);
    }
    if (status == QS_OK && against) {
        only = find_method(&table, against);
        status = only < 0 ? fail_unknown(&table, against, err) : QS_OK;
    }
    if (status == QS_OK && !against && pairs == QS_WTL_PAPER) {
        status = add_paper_pairs(&table, &made, &capacity, err);
    }
    if (status == QS_OK && made.count == 0) {
        status = add_all_pairs(&table, only, &made, &capacity, err);
    }
    if (status == QS_OK) {
        *out = made;
        made = (struct qs_wtl){0};
    }
    free(table.entries);
    qs_wtl_free(&made);
    return status;
}

void qs_wtl_free(struct qs_wtl *wtl)
{
    if (wtl) {
        free(wtl->rows);
        *wtl = (struct qs_wtl){0};
    }
}
