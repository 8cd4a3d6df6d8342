// The published tables: see published.h.
#include "published.h"

#include "../unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

const char *const published_models[PUBLISHED_MODELS] = {"Llama-2-7b-hf", "Meta-Llama-3-8B"};
const char *const published_kinds[PUBLISHED_KINDS] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                                      "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                                      "mlp.down_proj"};
const char *const published_rungs[PUBLISHED_RUNGS] = {"2,128", "2,64", "2,32", "3,128", "3,64", "3,32",
                                                      "4,128", "4,64", "4,32", "8,128", "8,64", "8,32"};
const char *const published_budgets[PUBLISHED_RUNGS] = {"2.13", "2.25", "2.51", "3.13", "3.25", "3.51",
                                                        "4.13", "4.25", "4.51", "8.13", "8.25", "8.51"};

bool published_here(void)
{
    const char *shared = getenv("QS_SHARED");
    if (shared && *shared) {
        return true;
    }
    print_message("# no QS_SHARED: the published tables are not at hand\n");
    return false;
}

size_t published_index(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return i;
        }
    }
    fail_msg("unexpected '%s'", name);
    return 0;
}

size_t published_split(char *line, char *fields[static PUBLISHED_FIELDS_MAX])
{
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; count < PUBLISHED_FIELDS_MAX; at++) {
        fields[count++] = at;
        at += strcspn(at, ",");
        if (!*at) {
            break;
        }
        *at = '\0';
    }
    return count;
}

FILE *published_open(const char *name, const char *header)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/reference/%s", getenv("QS_SHARED"), name);
    FILE *file = fopen(path, "r");
    if (!file) {
        fail_msg("%s: cannot be read", path);
        return NULL;
    }
    char line[512];
    assert_non_null(fgets(line, sizeof line, file));
    line[strcspn(line, "\r\n")] = '\0';
    assert_string_equal(line, header);
    return file;
}

void published_load(size_t model, struct published_metrics *out)
{
    char name[64];
    snprintf(name, sizeof name, "metrics/%s.csv", published_models[model]);
    FILE *file = published_open(name, "layer,module,nbit1,gsize1,nbit2,gsize2,fnorm,memmb,params,kurtosis,sensitivity");
    char line[512];
    char *fields[PUBLISHED_FIELDS_MAX];
    size_t rows = 0;
    while (fgets(line, sizeof line, file)) {
        assert_int_equal(published_split(line, fields), 11);
        char config[32];
        snprintf(config, sizeof config, "%s,%s", fields[2], fields[3]);
        size_t rung = published_index(published_rungs, PUBLISHED_RUNGS, config);
        size_t kind = published_index(published_kinds, PUBLISHED_KINDS, fields[1]);
        size_t layer = strtoul(fields[0], NULL, 10);
        assert_true(layer < PUBLISHED_LAYERS);
        out->fnorm[layer][kind][rung] = strtod(fields[6], NULL);
        out->params[layer][kind] = strtoull(fields[8], NULL, 10);
        if (strcmp(config, "4,64") == 0) {
            out->kurtosis[kind][layer] = strtod(fields[9], NULL);
            out->sensitivity[kind][layer] = strtod(fields[10], NULL);
        }
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, PUBLISHED_KINDS * PUBLISHED_LAYERS * PUBLISHED_RUNGS);
}
