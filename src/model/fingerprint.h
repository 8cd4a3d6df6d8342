// The fingerprint that tells the same model from another. Internal to src/model.
#ifndef QS_MODEL_FINGERPRINT_H
#define QS_MODEL_FINGERPRINT_H

#include "model/reader.h"

// XXH3-128, as 32 hexadecimal digits, over the configuration's hash and, for every tensor in the order given, its name,
// dtype, dims, and evenly spaced samples of its bytes. With the tensors in name order it does not depend on how they
// are spread over files. Reads few pages of a tensor. out holds 33 bytes.
enum qs_status qs_fingerprint(const struct qs_reading *reading, char out[static 33], struct qs_error *err) QS_MUST_USE;

#endif
