// Unicode's Normalization Form C, which some tokenizers ask for. Internal to src/model.
#ifndef QS_MODEL_NFC_H
#define QS_MODEL_NFC_H

#include "base/text.h"

// True where the text is surely composed already: it is returned for most texts, at a price of one look at each byte.
bool qs_nfc_is_plain(const char *text, size_t size);

// Adds the composed text to *out. What is no UTF-8 stays as it is, and separates what stands on its sides.
void qs_nfc_compose(const char *text, size_t size, struct qs_text *out);

#endif
