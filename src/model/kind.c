// Module kinds: see kind.h.
#include "model/kind.h"

#include "model/names.h"

#include <stdio.h>
#include <string.h>

// The place of a module's own name in model order, and past the end where it has none.
static size_t own_rank(const char *own)
{
    static const char *const order[] = {"q_proj",    "k_proj",  "v_proj",    "o_proj",      "qkv_proj",
                                        "gate_proj", "up_proj", "down_proj", "gate_up_proj"};
    size_t rank = 0;
    while (rank < QS_COUNT_OF(order) && strcmp(order[rank], own) != 0) {
        rank++;
    }
    return rank;
}

int qs_kind_compare(const char *a, const char *b)
{
    const char *names[2] = {a, b};
    const char *own[2];
    size_t rank[2];
    bool of_layer[2];
    for (int i = 0; i < 2; i++) {
        const char *dot = strrchr(names[i], '.');
        own[i] = dot ? dot + 1 : names[i];
        rank[i] = own_rank(own[i]);
        size_t length = (size_t)(own[i] - names[i]);
        bool attention = length == strlen("self_attn.") && memcmp(names[i], "self_attn.", length) == 0;
        bool mlp = length == strlen("mlp.") && memcmp(names[i], "mlp.", length) == 0;
        of_layer[i] = (attention && rank[i] < own_rank("gate_proj")) ||
                      (mlp && rank[i] >= own_rank("gate_proj") && rank[i] <= own_rank("gate_up_proj"));
    }
    if (of_layer[0] != of_layer[1]) {
        return of_layer[0] ? -1 : 1;
    }
    if (of_layer[0]) {
        return rank[0] != rank[1] ? (rank[0] < rank[1] ? -1 : 1) : 0;
    }
    // Families first, so that the order is total: what stands before the module's own name.
    char family[2][QS_NAME_MAX];
    for (int i = 0; i < 2; i++) {
        snprintf(family[i], sizeof family[i], "%.*s", (int)(own[i] - names[i]), names[i]);
    }
    int order = qs_name_compare(family[0], family[1]);
    if (order == 0 && rank[0] != rank[1]) {
        order = rank[0] < rank[1] ? -1 : 1;
    }
    return order != 0 ? order : qs_name_compare(a, b);
}
