// Fuzzing of .safetensors files: whatever the bytes are, a model opens and every value it claims can be read, or it is
// refused with a message.
//   libFuzzer:  clang -fsanitize=fuzzer,address -DQS_LIBFUZZER, with the sources of base, kernel and model
//   by hand:    tests/fuzz/fuzz_safetensors FILE...
#include "fuzz_safetensors.h"

#include "base/file.h"
#include "model/model.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALUES_READ_MAX = 1 << 20 };

static void demand(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

// Reads every byte, so that a sanitizer sees those that do not exist.
static unsigned sum_bytes(const void *bytes, uint64_t count)
{
    const uint8_t *p = bytes;
    unsigned sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        sum += p[i];
    }
    return sum;
}

static unsigned read_weight(const struct qs_weight *weight)
{
    static alignas(64) float scratch[QS_SPAN_MAX];
    unsigned sum = 0;
    uint64_t values = weight->rows * weight->cols;
    if (!weight->readable) {
        return 0;
    }
    for (uint64_t first = 0; first < values && first < VALUES_READ_MAX; first += QS_SPAN_MAX) {
        size_t count = values - first < QS_SPAN_MAX ? (size_t)(values - first) : QS_SPAN_MAX;
        enum qs_dtype dtype = QS_DTYPE_OTHER;
        const void *span = qs_weight_span(weight, first, count, scratch, &dtype);
        demand(dtype <= QS_DTYPE_BF16, "a span is F64, F32, F16 or BF16");
        sum += sum_bytes(span, count * qs_dtype_traits(dtype)->block_bytes);
    }
    if (weight->cols <= QS_SPAN_MAX) {
        qs_weight_row(weight, weight->rows - 1, scratch);
        sum += sum_bytes(scratch, weight->cols * sizeof *scratch);
    }
    return sum;
}

static unsigned read_model(const struct qs_model *model)
{
    const struct qs_model_info *info = qs_model_info(model);
    uint64_t bytes = 0;
    unsigned sum = 0;
    for (size_t i = 0; i < qs_model_tensor_count(model); i++) {
        const struct qs_tensor *tensor = qs_model_tensor(model, i);
        demand(tensor->part != NULL && tensor->layer >= -1 && tensor->layer < (int)info->layers, "tensors have places");
        sum += sum_bytes(tensor->data, tensor->bytes);
        bytes += tensor->bytes;
    }
    demand(bytes == info->bytes, "bytes add up");
    demand(strlen(info->fingerprint) == 32, "there is a fingerprint");
    uint64_t params = 0;
    for (uint32_t layer = 0; layer < info->layers; layer++) {
        for (uint32_t kind = 0; kind < info->kinds; kind++) {
            const struct qs_weight *weight = qs_model_module(model, layer, kind);
            const struct qs_module_info *module = qs_model_info_module(info, layer, kind);
            demand((weight != NULL) == (module->rows > 0), "modules and their descriptions agree");
            if (weight) {
                params += weight->rows * weight->cols;
                sum += read_weight(weight);
            }
        }
    }
    demand(params == info->module_params && params <= info->params, "parameters add up");
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[512];
    if (!path[0]) {
        const char *folder = getenv("QS_TMP");
        snprintf(path, sizeof path, "%s/fuzz-%ld.safetensors", folder && folder[0] ? folder : ".", (long)getpid());
    }
    FILE *file = fopen(path, "wb");
    demand(file && (size == 0 || fwrite(data, 1, size, file) == size), "the input can be written");
    demand(fclose(file) == 0, "the input can be written");
    struct qs_model *model = NULL;
    struct qs_error err = {0};
    enum qs_status status = qs_model_open(path, &model, &err);
    unlink(path); // the map keeps it
    if (status == QS_OK) {
        volatile unsigned sum = read_model(model);
        (void)sum;
        qs_model_close(model);
    } else {
        demand(status == QS_BAD_INPUT && err.status == status && err.text[0] != '\0', "a refusal says why");
        demand(model == NULL, "a refusal leaves nothing");
    }
    return 0;
}

#ifndef QS_LIBFUZZER
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *data = NULL;
        size_t size = 0;
        struct qs_error err;
        if (qs_file_read(argv[i], SIZE_MAX / 2, &data, &size, &err) != QS_OK) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)data, size);
        free(data);
    }
    return 0;
}
#endif
