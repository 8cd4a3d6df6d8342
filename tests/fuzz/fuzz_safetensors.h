// The entry point of the fuzzer of .safetensors files; a name that libFuzzer demands.
#ifndef QS_TESTS_FUZZ_SAFETENSORS_H
#define QS_TESTS_FUZZ_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

// 0; aborts where a promise of the reader is broken. Writes its input below QS_TMP, else in the current folder.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
