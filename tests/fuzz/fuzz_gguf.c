// A harness for the GGUF reader: whatever the bytes, it answers with a reading or QS_BAD_INPUT.
//
//     fuzz_gguf            makes its own corpus: a right model and fixed random changes of it (TAP, for make check)
//     fuzz_gguf FILE...    reads these
// With clang -fsanitize=fuzzer and -DQS_LIBFUZZER it is a libFuzzer target.
#include "../unit/model/gguf_build.h"
#include "base/attr.h"
#include "model/gguf_file.h"
#include "model/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Touches every byte that the reading promises.
static void use(const struct qs_reading *reading)
{
    uint64_t sum = 0;
    float values[256];
    for (size_t i = 0; i < reading->tensor_count; i++) {
        const struct qs_tensor *tensor = &reading->tensors[i];
        const struct qs_dtype_traits *traits = qs_dtype_traits(tensor->dtype);
        if (tensor->bytes) {
            sum += tensor->data[0] + tensor->data[tensor->bytes - 1];
        }
        if (traits->block_values) {
            qs_dtype_to_f32(tensor->dtype, tensor->data, traits->block_values, values);
        }
        sum += strlen(tensor->name);
    }
    volatile uint64_t sink = sum;
    (void)sink;
}

static void check(enum qs_status status)
{
    if (status != QS_OK && status != QS_BAD_INPUT) {
        abort();
    }
}

static void read_file(const char *path)
{
    struct qs_reading reading;
    struct qs_error err;
    enum qs_status status = qs_gguf_read(path, &reading, &err);
    check(status);
    if (status == QS_OK) {
        use(&reading);
        qs_reading_free(&reading);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // In memory that ends with the last byte, where a sanitizer sees one read too far; then the whole reader on a file.
    char name[] = "memory";
    struct qs_map map = {.data = size ? data : NULL, .size = size, .path = name};
    struct qs_gguf_file file;
    struct qs_error err;
    check(qs_gguf_parse(&map, &file, &err));
    qs_gguf_file_free(&file);

    char path[4096];
    const char *folder = getenv("QS_TMP");
    snprintf(path, sizeof path, "%s/fuzz.gguf", folder ? folder : "/tmp");
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        abort();
    }
    read_file(path);
    return 0;
}

#ifndef QS_LIBFUZZER
// splitmix64 (Steele, Lea, Flood 2014)
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

// One to four changes: a byte, a number of 4 or 8 bytes made extreme, a piece copied elsewhere, the end cut off.
static size_t change(uint8_t *bytes, size_t size, uint64_t *seed)
{
    static const uint64_t extremes[] = {0, 1, 2, 9, 255, 0x7fffffff, 0x80000000, 0xffffffff, INT64_MAX, UINT64_MAX};
    for (uint64_t left = 1 + next_random(seed) % 4; left && size > 16; left--) {
        size_t at = next_random(seed) % (size - 8);
        uint64_t extreme = extremes[next_random(seed) % QS_COUNT_OF(extremes)];
        switch (next_random(seed) % 5) {
        case 0:
            bytes[at] = (uint8_t)next_random(seed);
            break;
        case 1:
            memcpy(bytes + at, &extreme, 4);
            break;
        case 2:
            memcpy(bytes + at, &extreme, 8);
            break;
        case 3: {
            size_t from = next_random(seed) % (size - 8);
            size_t most = size - (at > from ? at : from);
            memmove(bytes + at, bytes + from, next_random(seed) % most);
            break;
        }
        default:
            if (next_random(seed) % 8 == 0) {
                size = at;
            }
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
    static struct build model;
    uint64_t seed = 1;
    for (int round = 0; round < 4000; round++) {
        put_model(&model, 2 + (uint32_t)round % 2);
        size_t size = round ? change(model.bytes, model.size, &seed) : model.size;
        uint8_t *copy = malloc(size ? size : 1);
        if (!copy) {
            return 1;
        }
        memcpy(copy, model.bytes, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
    }
    puts("1..1\nok 1 - gguf_survives_changed_files");
    return 0;
}
#endif
