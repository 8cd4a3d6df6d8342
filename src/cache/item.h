// Items: the pieces of a cache as bytes, in journals and in what a contained reader hands back.
//
// An item is a type (u32), the size of its body in bytes (u32) and the body; integers little-endian, reals IEEE
// doubles, texts a u32 length and that many bytes without a NUL. Types and bodies are tabled in quantscope-cache(5).
#ifndef QS_CACHE_ITEM_H
#define QS_CACHE_ITEM_H

#include "cache/store.h"

// Each adds one item to `to`; a failure for want of memory is told by to->failed.
void qs_item_model(struct qs_text *to, const struct qs_model_info *info);
void qs_item_frozen(struct qs_text *to, bool frozen);
void qs_item_array(struct qs_text *to, const struct qs_array_spec *spec);
void qs_item_scale(struct qs_text *to, const char *name, const double *values, uint32_t width);
void qs_item_attribute(struct qs_text *to, const char *group, const char *name, const char *value);

// `bytes` bytes of values of the array, from the cell (layer, kind) on; whole cells.
void qs_item_values(struct qs_text *to, const char *path, uint32_t layer, uint32_t kind, const void *values,
                    size_t bytes);

// The whole cache.
void qs_item_everything(struct qs_text *to, const struct qs_cache *cache);

// Applies items to a cache; those of unknown types are passed over. QS_BAD_INPUT where one is malformed or does not
// fit the cache (those before it are applied), and then *other_model tells whether it describes another model.
enum qs_status qs_items_apply(struct qs_cache *cache, const void *items, size_t size, bool *other_model,
                              struct qs_error *err) QS_MUST_USE;

#endif
