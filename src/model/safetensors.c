// One .safetensors file: see safetensors.h.
//
// Layout: u64 little-endian n, n bytes of JSON {"NAME": {"dtype", "shape", "data_offsets": [begin, end]}, ...,
// "__metadata__": {...}}, then data; offsets count from the data's first byte. The official reader refuses headers
// beyond 100 MB, data that overlaps or leaves holes, and bytes behind the last tensor; so does this one.
#include "model/safetensors.h"

#include "base/array.h"
#include "base/json_file.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, HEADER_BYTES_MAX = 100000000 };

static const struct stored_type {
    const char *name;
    enum qs_dtype dtype;
    unsigned bits;
} stored_types[] = {
    {"F64", QS_DTYPE_F64, 64},
    {"F32", QS_DTYPE_F32, 32},
    {"F16", QS_DTYPE_F16, 16},
    {"BF16", QS_DTYPE_BF16, 16},
    {"F8_E4M3", QS_DTYPE_F8_E4M3, 8},
    {"F8_E5M2", QS_DTYPE_F8_E5M2, 8},
    {"F8_E8M0", QS_DTYPE_OTHER, 8},
    {"F8_E4M3FNUZ", QS_DTYPE_OTHER, 8},
    {"F8_E5M2FNUZ", QS_DTYPE_OTHER, 8},
    {"F6_E2M3", QS_DTYPE_OTHER, 6},
    {"F6_E3M2", QS_DTYPE_OTHER, 6},
    {"F4", QS_DTYPE_OTHER, 4},
    {"C64", QS_DTYPE_OTHER, 64},
    {"I64", QS_DTYPE_OTHER, 64},
    {"U64", QS_DTYPE_OTHER, 64},
    {"I32", QS_DTYPE_OTHER, 32},
    {"U32", QS_DTYPE_OTHER, 32},
    {"I16", QS_DTYPE_OTHER, 16},
    {"U16", QS_DTYPE_OTHER, 16},
    {"I8", QS_DTYPE_OTHER, 8},
    {"U8", QS_DTYPE_OTHER, 8},
    {"BOOL", QS_DTYPE_OTHER, 8},
};

// Where a tensor says its bytes lie.
struct extent {
    uint64_t begin;
    uint64_t end;
    const char *name;
};

static int compare_extents(const void *a, const void *b)
{
    const struct extent *x = a;
    const struct extent *y = b;
    if (x->begin != y->begin) {
        return x->begin < y->begin ? -1 : 1;
    }
    if (x->end != y->end) {
        return x->end < y->end ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

static enum qs_status bad_tensor(struct qs_error *err, const struct qs_map *map, const char *name, const char *what)
{
    return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: %s", map->path, name, what);
}

static enum qs_status parse_dtype(const struct qs_map *map, const json_t *entry, struct qs_tensor *tensor,
                                  const struct stored_type **out, struct qs_error *err)
{
    const char *name = json_string_value(json_object_get(entry, "dtype"));
    if (!name) {
        return bad_tensor(err, map, tensor->name, "dtype: is missing or no string");
    }
    for (size_t i = 0; i < QS_COUNT_OF(stored_types); i++) {
        if (strcmp(stored_types[i].name, name) == 0) {
            tensor->dtype = stored_types[i].dtype;
            memcpy(tensor->dtype_name, stored_types[i].name, strlen(stored_types[i].name) + 1);
            *out = &stored_types[i];
            return QS_OK;
        }
    }
    return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: dtype: %.64s is unknown", map->path, tensor->name, name);
}

static enum qs_status parse_shape(const struct qs_map *map, const json_t *entry, struct qs_tensor *tensor,
                                  struct qs_error *err)
{
    const json_t *shape = json_object_get(entry, "shape");
    if (!json_is_array(shape)) {
        return bad_tensor(err, map, tensor->name, "shape: is missing or no list");
    }
    size_t ndim = json_array_size(shape);
    if (ndim > QS_TENSOR_DIMS_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: shape: %zu dimensions, at most %d are supported", map->path,
                       tensor->name, ndim, QS_TENSOR_DIMS_MAX);
    }
    tensor->ndim = (uint32_t)ndim;
    tensor->values = 1;
    for (size_t i = 0; i < ndim; i++) {
        const json_t *dim = json_array_get(shape, i);
        if (!json_is_integer(dim) || json_integer_value(dim) < 0) {
            return bad_tensor(err, map, tensor->name, "shape: a dimension is no whole number of 0 or more");
        }
        tensor->dims[i] = (uint64_t)json_integer_value(dim);
        if (!qs_mul_u64(tensor->values, tensor->dims[i], &tensor->values)) {
            return bad_tensor(err, map, tensor->name, "shape: the number of values overflows");
        }
    }
    return QS_OK;
}

static enum qs_status parse_offsets(const struct qs_map *map, const json_t *entry, uint64_t data_size,
                                    const struct qs_tensor *tensor, struct extent *out, struct qs_error *err)
{
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const json_t *begin = json_array_get(offsets, 0);
    const json_t *end = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) ||
        json_integer_value(begin) < 0 || json_integer_value(end) < json_integer_value(begin)) {
        return bad_tensor(err, map, tensor->name, "data_offsets: is not [begin, end] with 0 <= begin <= end");
    }
    *out = (struct extent){(uint64_t)json_integer_value(begin), (uint64_t)json_integer_value(end), tensor->name};
    if (out->end > data_size) {
        return qs_fail(err, QS_BAD_INPUT,
                       "%s: tensor %s: data_offsets: end at byte %llu of the data, which has %llu (is the file cut "
                       "short?)",
                       map->path, tensor->name, (unsigned long long)out->end, (unsigned long long)data_size);
    }
    return QS_OK;
}

// One entry of the header. tensor->name is set.
static enum qs_status parse_tensor(const struct qs_map *map, const json_t *entry, uint64_t data_offset,
                                   struct qs_tensor *tensor, struct extent *extent, struct qs_error *err)
{
    if (!json_is_object(entry)) {
        return bad_tensor(err, map, tensor->name, "its header entry is no object");
    }
    const struct stored_type *type = NULL;
    enum qs_status status = parse_dtype(map, entry, tensor, &type, err);
    if (status == QS_OK) {
        status = parse_shape(map, entry, tensor, err);
    }
    if (status == QS_OK) {
        status = parse_offsets(map, entry, map->size - data_offset, tensor, extent, err);
    }
    if (status != QS_OK) {
        return status;
    }
    uint64_t bits = 0;
    if (!qs_mul_u64(tensor->values, type->bits, &bits)) {
        return bad_tensor(err, map, tensor->name, "shape: the number of bytes overflows");
    }
    if (bits % 8 != 0) {
        return bad_tensor(err, map, tensor->name, "shape: its values do not fill whole bytes");
    }
    tensor->bytes = bits / 8;
    if (tensor->bytes != extent->end - extent->begin) {
        return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: data_offsets: give %llu bytes, shape and dtype need %llu",
                       map->path, tensor->name, (unsigned long long)(extent->end - extent->begin),
                       (unsigned long long)tensor->bytes);
    }
    tensor->data = tensor->bytes ? map->data + data_offset + extent->begin : NULL;
    tensor->map = map;
    tensor->layer = -1;
    return QS_OK;
}

// The tensors must follow each other from the data's first byte to its last.
static enum qs_status check_cover(const struct qs_map *map, struct extent *extents, size_t count, uint64_t data_size,
                                  struct qs_error *err)
{
    uint64_t at = 0;
    if (count > 0) {
        qsort(extents, count, sizeof *extents, compare_extents);
    }
    for (size_t i = 0; i < count; i++) {
        if (extents[i].begin < at) {
            return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: data_offsets: its data overlaps that of tensor %s",
                           map->path, extents[i].name, extents[i - 1].name);
        }
        if (extents[i].begin > at) {
            return qs_fail(err, QS_BAD_INPUT, "%s: tensor %s: data_offsets: leave a hole of %llu bytes before it",
                           map->path, extents[i].name, (unsigned long long)(extents[i].begin - at));
        }
        at = extents[i].end;
    }
    if (at != data_size) {
        return qs_fail(err, QS_BAD_INPUT, "%s: byte %llu: %llu bytes behind the last tensor belong to none", map->path,
                       (unsigned long long)(map->size - (data_size - at)), (unsigned long long)(data_size - at));
    }
    return QS_OK;
}

static enum qs_status header_size(const struct qs_map *map, uint64_t *out, struct qs_error *err)
{
    if (map->size < LENGTH_BYTES) {
        return qs_fail(err, QS_BAD_INPUT, "%s: byte 0: %llu bytes are too few for a safetensors file", map->path,
                       (unsigned long long)map->size);
    }
    uint64_t size;
    memcpy(&size, map->data, sizeof size); // little-endian, as this machine
    if (size > HEADER_BYTES_MAX) {
        return qs_fail(err, QS_BAD_INPUT, "%s: byte 0: a header of %llu bytes: the format allows %d (not a safetensors "
                       "file?)", map->path, (unsigned long long)size, HEADER_BYTES_MAX);
    }
    if (size > map->size - LENGTH_BYTES) {
        return qs_fail(err, QS_BAD_INPUT, "%s: byte 0: a header of %llu bytes in a file of %llu (is the file cut "
                       "short?)", map->path, (unsigned long long)size, (unsigned long long)map->size);
    }
    if (size == 0 || map->data[LENGTH_BYTES] != '{') {
        return qs_fail(err, QS_BAD_INPUT, "%s: byte %d: the header does not begin with '{'", map->path, LENGTH_BYTES);
    }
    *out = size;
    return QS_OK;
}

enum qs_status qs_safetensors_parse(const struct qs_map *map, struct qs_safetensors *out, struct qs_error *err)
{
    uint64_t size = 0;
    json_t *header = NULL;
    struct qs_safetensors file = {0};
    struct extent *extents = NULL;
    enum qs_status status = header_size(map, &size, err);
    if (status != QS_OK) {
        return status;
    }
    const char *text = (const char *)map->data + LENGTH_BYTES;
    status = qs_json_parse(map->path, "header", text, (size_t)size, JSON_REJECT_DUPLICATES, &header, err);
    if (status != QS_OK) {
        return status;
    }
    uint64_t data_offset = LENGTH_BYTES + size;
    size_t entries = json_object_size(header); // bounded by the header's own bytes
    file.tensors = calloc(entries + 1, sizeof *file.tensors);
    file.names = calloc(entries + 1, sizeof *file.names);
    extents = calloc(entries + 1, sizeof *extents);
    if (!file.tensors || !file.names || !extents) {
        status = qs_fail_memory(err, map->path, entries * sizeof *file.tensors);
        goto out;
    }
    const char *name;
    json_t *entry;
    json_object_foreach(header, name, entry) {
        if (strcmp(name, "__metadata__") == 0) {
            continue;
        }
        file.names[file.count] = strdup(name);
        if (!file.names[file.count]) {
            status = qs_fail_memory(err, map->path, strlen(name) + 1);
            goto out;
        }
        struct qs_tensor *tensor = &file.tensors[file.count];
        tensor->name = file.names[file.count];
        status = parse_tensor(map, entry, data_offset, tensor, &extents[file.count++], err);
        if (status != QS_OK) {
            goto out;
        }
    }
    status = check_cover(map, extents, file.count, map->size - data_offset, err);
    if (status == QS_OK) {
        *out = file;
        file = (struct qs_safetensors){0};
    }
out:
    qs_safetensors_free(&file);
    free(extents);
    json_decref(header);
    return status;
}

void qs_safetensors_free(struct qs_safetensors *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->names[i]);
    }
    free(file->names);
    free(file->tensors);
    *file = (struct qs_safetensors){0};
}
