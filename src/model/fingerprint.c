// The fingerprint: see fingerprint.h.
//
// Integers go in as 64 bits little-endian, strings with their NUL, so no two descriptions give the same bytes.
#include "model/fingerprint.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

enum {
    SAMPLE_BYTES = 64,
    SAMPLES_MIN = 2, // the first and the last bytes
    SAMPLES_MAX = 16,
    // A sample costs a page from the disk, so models of very many tensors (experts) take fewer from each.
    SAMPLES_OF_MODEL = 32768,
};

static void add_u64(XXH3_state_t *state, uint64_t value)
{
    XXH3_128bits_update(state, &value, sizeof value);
}

static void add_string(XXH3_state_t *state, const char *string)
{
    XXH3_128bits_update(state, string, strlen(string) + 1);
}

static void add_samples(XXH3_state_t *state, const struct qs_tensor *tensor, uint64_t samples)
{
    if (tensor->bytes <= samples * SAMPLE_BYTES) {
        if (tensor->bytes > 0) {
            XXH3_128bits_update(state, tensor->data, (size_t)tensor->bytes);
        }
        return;
    }
    uint64_t last = tensor->bytes - SAMPLE_BYTES; // where the last sample begins
    for (uint64_t i = 0; i < samples; i++) {
        uint64_t at = last / (samples - 1) * i + last % (samples - 1) * i / (samples - 1);
        XXH3_128bits_update(state, tensor->data + at, SAMPLE_BYTES);
    }
}

enum qs_status qs_fingerprint(const struct qs_reading *reading, char out[static 33], struct qs_error *err)
{
    XXH3_state_t *state = XXH3_createState();
    if (!state) {
        return qs_fail_memory(err, "a fingerprint", 1);
    }
    uint64_t samples = SAMPLES_OF_MODEL / (reading->tensor_count + 1);
    samples = samples < SAMPLES_MIN ? SAMPLES_MIN : samples > SAMPLES_MAX ? SAMPLES_MAX : samples;
    XXH3_128bits_reset(state);
    add_u64(state, reading->config_hash[0]);
    add_u64(state, reading->config_hash[1]);
    for (size_t i = 0; i < reading->tensor_count; i++) {
        const struct qs_tensor *tensor = &reading->tensors[i];
        add_string(state, tensor->name);
        add_string(state, tensor->dtype_name);
        add_u64(state, tensor->ndim);
        for (uint32_t d = 0; d < tensor->ndim; d++) {
            add_u64(state, tensor->dims[d]);
        }
        add_samples(state, tensor, samples);
    }
    XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return QS_OK;
}
