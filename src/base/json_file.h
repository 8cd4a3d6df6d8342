// JSON from files, with the place named where it is bad.
#ifndef QS_BASE_JSON_FILE_H
#define QS_BASE_JSON_FILE_H

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

// Parses size bytes of an object. path and what ("header", or "" for the whole file) go into the message; flags as for
// json_loadb. QS_BAD_INPUT where it is no object. *out is given back with json_decref.
enum qs_status qs_json_parse(const char *path, const char *what, const char *data, size_t size, size_t flags,
                             json_t **out, struct qs_error *err) QS_MUST_USE;

// The same for a whole file of at most max_bytes. Python writes NaN, Infinity and -Infinity, which JSON lacks: they
// are read as [], [1] and [-1], so that files with them open and still differ.
enum qs_status qs_json_read(const char *path, uint64_t max_bytes, size_t flags, json_t **out,
                            struct qs_error *err) QS_MUST_USE;

#endif
