// The numbers of the item types: part of the journal's format, never given to another type.
#ifndef QS_CACHE_ITEM_TYPE_H
#define QS_CACHE_ITEM_TYPE_H

enum item_type {
    ITEM_MODEL = 1,
    ITEM_FROZEN = 2,
    ITEM_ARRAY = 3,
    ITEM_SCALE = 4,
    ITEM_ATTRIBUTE = 5,
    ITEM_VALUES = 6,
};

#endif
