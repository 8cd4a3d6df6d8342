// Small models that the tests write themselves: see make_model.h.
#include "make_model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// A test that cannot prepare its files must not pass.
static void must(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

const char *temp_path(const char *name)
{
    static char paths[16][512];
    static unsigned next;
    char *path = paths[next++ % 16];
    const char *folder = getenv("QS_TMP");
    int length = snprintf(path, sizeof paths[0], "%s/%s", folder && folder[0] ? folder : ".", name);
    must(length > 0 && (size_t)length < sizeof paths[0], name);
    return path;
}

void make_folder(const char *path)
{
    must(mkdir(path, 0777) == 0 || errno == EEXIST, path);
}

void write_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    must(file != NULL, path);
    must(count == 0 || fwrite(bytes, 1, count, file) == count, path);
    must(fclose(file) == 0, path);
}

void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

void st_add(struct st *st, const char *name, const char *dtype, const char *shape, const void *bytes, size_t count)
{
    qs_text_addf(&st->header, "%s\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%zu,%zu]}",
                 st->header.length ? "," : "", name, dtype, shape, st->data.length, st->data.length + count);
    qs_text_add_bytes(&st->data, bytes, count);
}

void st_add_zeros(struct st *st, const char *name, const char *dtype, const char *shape, size_t count)
{
    char *zeros = calloc(count + 1, 1);
    must(zeros != NULL, name);
    st_add(st, name, dtype, shape, zeros, count);
    free(zeros);
}

static void put_length(struct qs_text *file, uint64_t length)
{
    qs_text_add_bytes(file, (const char *)&length, sizeof length);
}

void st_write(struct st *st, const char *path)
{
    struct qs_text file = {0};
    put_length(&file, st->header.length + 2);
    qs_text_addf(&file, "{%s}", qs_text_chars(&st->header));
    qs_text_add_bytes(&file, qs_text_chars(&st->data), st->data.length);
    must(!file.failed, path);
    write_bytes(path, file.chars, file.length);
    qs_text_free(&file);
    qs_text_free(&st->header);
    qs_text_free(&st->data);
}

void write_header(const char *path, const char *header, uint64_t stated_length, size_t data_bytes)
{
    struct qs_text file = {0};
    put_length(&file, stated_length);
    qs_text_add(&file, header);
    for (size_t i = 0; i < data_bytes; i++) {
        qs_text_add_bytes(&file, "", 1);
    }
    must(!file.failed, path);
    write_bytes(path, file.chars, file.length);
    qs_text_free(&file);
}

// Any values will do, as long as they differ.
static void add_random(struct st *st, const char *name, unsigned rows, unsigned cols, uint64_t *state)
{
    uint16_t values[64 * 64];
    char shape[32];
    for (unsigned i = 0; i < rows * cols; i++) {
        *state = *state * 6364136223846793005U + 1442695040888963407U;
        values[i] = (uint16_t)(0x3c00 | (*state >> 40 & 0x80ff)); // BF16 of about +-0.01
    }
    snprintf(shape, sizeof shape, rows > 1 ? "[%u,%u]" : "[%u]", rows > 1 ? rows : cols, cols);
    st_add(st, name, "BF16", shape, values, (size_t)rows * cols * 2);
}

void write_llama(const char *path, unsigned layers, unsigned seed)
{
    static const struct {
        const char *name;
        unsigned rows, cols;
    } tensors[] = {
        {"self_attn.q_proj", 8, 8}, {"self_attn.k_proj", 4, 8}, {"self_attn.v_proj", 4, 8}, {"self_attn.o_proj", 8, 8},
        {"mlp.gate_proj", 16, 8},   {"mlp.up_proj", 16, 8},     {"mlp.down_proj", 8, 16},   {"input_layernorm", 1, 8},
        {"post_attention_layernorm", 1, 8},
    };
    struct st st = {0};
    uint64_t state = seed;
    bool split = strstr(path, "%u") != NULL;
    add_random(&st, "model.embed_tokens.weight", 32, 8, &state);
    add_random(&st, "model.norm.weight", 1, 8, &state);
    for (unsigned layer = 0; layer < layers; layer++) {
        for (size_t i = 0; i < QS_COUNT_OF(tensors); i++) {
            char name[96];
            snprintf(name, sizeof name, "model.layers.%u.%s.weight", layer, tensors[i].name);
            add_random(&st, name, tensors[i].rows, tensors[i].cols, &state);
        }
        if (split) {
            char part[512];
            const char *percent = strstr(path, "%u");
            snprintf(part, sizeof part, "%.*s%u%s", (int)(percent - path), path, layer, percent + 2);
            st_write(&st, part);
        }
    }
    if (!split) {
        st_write(&st, path);
    }
}
