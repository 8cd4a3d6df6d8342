// The model order of module kinds: how kinds stand in descriptions, tables and files.
#ifndef QS_MODEL_KIND_H
#define QS_MODEL_KIND_H

// Less than, equal to or greater than 0; zero only for equal names, which are shorter than QS_NAME_MAX. q k v o, qkv,
// gate up down, gate_up first where they belong to the layer itself; then the rest in name order, with the same order
// inside an expert. Pure.
int qs_kind_compare(const char *a, const char *b);

#endif
