// The tensors of a GGUF file: descriptions read, then placed in the data; see gguf_file.h.
#include "model/gguf_file.h"

#include "base/array.h"
#include "model/gguf_cursor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_ALIGNMENT = 32 };

// The number of dimensions and the dimensions; tensor->values becomes their product.
static enum qs_status read_shape(struct qs_gguf_cursor *cursor, struct qs_tensor *tensor)
{
    uint64_t at = cursor->at;
    enum qs_status status = qs_gguf_take_u32(cursor, "its shape", &tensor->ndim);
    if (status != QS_OK) {
        return status;
    }
    if (tensor->ndim < 1 || tensor->ndim > QS_TENSOR_DIMS_MAX) {
        return qs_gguf_bad(cursor, at, "%" PRIu32 " dimensions; 1 to %d are possible", tensor->ndim,
                           QS_TENSOR_DIMS_MAX);
    }
    tensor->values = 1;
    for (uint32_t i = 0; i < tensor->ndim; i++) {
        uint64_t *dim = &tensor->dims[tensor->ndim - 1 - i]; // the file begins with the innermost
        at = cursor->at;
        status = qs_gguf_take_u64(cursor, "its shape", dim);
        if (status != QS_OK) {
            return status;
        }
        if (*dim == 0) {
            return qs_gguf_bad(cursor, at, "dimension %" PRIu32 " is 0", i);
        }
        if (!qs_mul_u64(tensor->values, *dim, &tensor->values)) {
            return qs_gguf_bad(cursor, at, "dimension %" PRIu32 " is %" PRIu64 ": more values than can be counted", i,
                               *dim);
        }
    }
    return QS_OK;
}

// The type, and with it the bytes.
static enum qs_status read_type(struct qs_gguf_cursor *cursor, struct qs_tensor *tensor)
{
    uint64_t at = cursor->at;
    uint32_t id = 0;
    enum qs_status status = qs_gguf_take_u32(cursor, "its type", &id);
    if (status != QS_OK) {
        return status;
    }
    const struct qs_gguf_tensor_type *type = qs_gguf_tensor_type(id);
    if (!type) {
        return qs_gguf_bad(cursor, at, "type %" PRIu32 " is unknown", id);
    }
    uint64_t row = tensor->dims[tensor->ndim - 1];
    if (row % type->block_values) {
        return qs_gguf_bad(cursor, at, "rows of %" PRIu64 " values, but %s has blocks of %" PRIu32, row, type->name,
                           type->block_values);
    }
    if (!qs_mul_u64(tensor->values / type->block_values, type->block_bytes, &tensor->bytes)) {
        return qs_gguf_bad(cursor, at, "more bytes than can be counted");
    }
    tensor->dtype = type->dtype;
    snprintf(tensor->dtype_name, sizeof tensor->dtype_name, "%s", type->name);
    return QS_OK;
}

// One description; *out_offset is where its data begin, from the start of all data.
static enum qs_status read_entry(struct qs_gguf_cursor *cursor, struct qs_gguf_entry *out, uint64_t *out_offset)
{
    struct qs_gguf_entry entry = {.at = cursor->at, .tensor = {.map = cursor->map, .layer = -1}};
    const char *name = NULL;
    size_t length = 0;
    enum qs_status status = qs_gguf_take_name(cursor, "a tensor's name", QS_NAME_MAX - 1, &name, &length);
    if (status != QS_OK) {
        return status;
    }
    struct qs_gguf_cursor inside = *cursor;
    inside.subject = "tensor";
    inside.name = name;
    inside.name_length = length;
    status = read_shape(&inside, &entry.tensor);
    if (status == QS_OK) {
        status = read_type(&inside, &entry.tensor);
    }
    if (status == QS_OK) {
        status = qs_gguf_take_u64(&inside, "its offset", out_offset);
    }
    if (status != QS_OK) {
        return status;
    }
    entry.name = strndup(name, length);
    if (!entry.name) {
        return qs_fail_memory(cursor->err, "a tensor's name", length + 1);
    }
    entry.tensor.name = entry.name;
    cursor->at = inside.at;
    *out = entry;
    return QS_OK;
}

// QS_BAD_INPUT about an entry that was read before: "FILE: byte AT: tensor NAME: TEXT".
QS_PRINTF(3, 4)
static enum qs_status bad_entry(const struct qs_gguf_cursor *cursor, const struct qs_gguf_entry *entry,
                                const char *format, ...)
{
    char text[QS_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct qs_gguf_cursor about = *cursor;
    about.subject = "tensor";
    about.name = entry->name;
    about.name_length = strlen(entry->name);
    return qs_gguf_bad(&about, entry->at, "%s", text);
}

// *out stays as it is where the file does not say.
static enum qs_status data_alignment(const struct qs_gguf_file *file, uint64_t *out, struct qs_error *err)
{
    const struct qs_gguf_pair *pair = qs_gguf_find(file, "general.alignment");
    uint64_t alignment = *out;
    if (pair && (!qs_gguf_integer(pair->type, pair->value, &alignment) || alignment == 0 || alignment > UINT32_MAX
                 || (alignment & (alignment - 1)) != 0)) {
        return qs_gguf_bad_pair(file, pair, "is not a power of two below 2^32", err);
    }
    *out = alignment;
    return QS_OK;
}

static int by_data(const void *a, const void *b)
{
    const struct qs_tensor *x = &(*(const struct qs_gguf_entry *const *)a)->tensor;
    const struct qs_tensor *y = &(*(const struct qs_gguf_entry *const *)b)->tensor;
    return (x->data > y->data) - (x->data < y->data);
}

static enum qs_status refuse_overlaps(const struct qs_gguf_cursor *cursor, const struct qs_gguf_file *file)
{
    size_t count = file->entry_count;
    const struct qs_gguf_entry **sorted = malloc((count + 1) * sizeof *sorted);
    if (!sorted) {
        return qs_fail_memory(cursor->err, "the tensors of a GGUF file", count * sizeof *sorted);
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &file->entries[i];
    }
    qsort(sorted, count, sizeof *sorted, by_data);
    enum qs_status status = QS_OK;
    for (size_t i = 1; i < count && status == QS_OK; i++) {
        const struct qs_tensor *a = &sorted[i - 1]->tensor;
        const struct qs_tensor *b = &sorted[i]->tensor;
        if ((uint64_t)(b->data - a->data) < a->bytes) {
            status = bad_entry(cursor, sorted[i], "its data at byte %" PRIu64 " overlap those of tensor %.*s",
                               (uint64_t)(b->data - cursor->map->data), QS_GGUF_SHOWN_MAX, a->name);
        }
    }
    free(sorted);
    return status;
}

// Gives every tensor its place in the data, which begin at `start`. offsets: [entry_count], from there.
static enum qs_status place_entries(const struct qs_gguf_cursor *cursor, uint64_t start, uint64_t alignment,
                                    const uint64_t *offsets, struct qs_gguf_file *file)
{
    for (size_t i = 0; i < file->entry_count; i++) {
        struct qs_gguf_entry *entry = &file->entries[i];
        uint64_t from = 0;
        uint64_t end = 0;
        if (offsets[i] % alignment) {
            return bad_entry(cursor, entry, "offset %" PRIu64 " is no multiple of the alignment, %" PRIu64, offsets[i],
                             alignment);
        }
        if (!qs_add_u64(start, offsets[i], &from) || !qs_add_u64(from, entry->tensor.bytes, &end)
            || end > cursor->map->size) {
            return bad_entry(cursor, entry, "offset %" PRIu64 " and %" PRIu64 " bytes of data lie beyond the end of "
                             "the file, byte %" PRIu64 "; is it complete?", offsets[i], entry->tensor.bytes,
                             cursor->map->size);
        }
        entry->tensor.data = cursor->map->data + from;
    }
    return refuse_overlaps(cursor, file);
}

enum qs_status qs_gguf_read_entries(struct qs_gguf_cursor *cursor, uint64_t count, struct qs_gguf_file *file)
{
    uint64_t alignment = DEFAULT_ALIGNMENT;
    size_t capacity = 0;
    size_t offset_capacity = 0;
    uint64_t *offsets = NULL;
    enum qs_status status = data_alignment(file, &alignment, cursor->err);
    for (uint64_t i = 0; i < count && status == QS_OK; i++) {
        size_t have = file->entry_count;
        if (!qs_array_reserve(&file->entries, &capacity, have + 1, sizeof *file->entries)
            || !qs_array_reserve(&offsets, &offset_capacity, have + 1, sizeof *offsets)) {
            status = qs_fail_memory(cursor->err, "the tensors of a GGUF file", (size_t)count * sizeof *file->entries);
            break;
        }
        status = read_entry(cursor, &file->entries[have], &offsets[have]);
        file->entry_count += status == QS_OK;
    }
    if (status == QS_OK) {
        uint64_t start = (cursor->at + alignment - 1) / alignment * alignment;
        status = place_entries(cursor, start, alignment, offsets, file);
    }
    free(offsets);
    return status;
}
