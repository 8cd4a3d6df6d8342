// Sequences on their way: see batch.h.
#include "infer/batch.h"

#include "base/array.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum qs_status qs_batch_new(const uint32_t *ids, const size_t *lengths, size_t sequences, size_t vocabulary,
                            size_t width, struct qs_batch *out, struct qs_error *err)
{
    struct qs_batch batch = {.sequences = sequences, .width = width};
    enum qs_status status = QS_OK;
    uint64_t bytes = 0;
    batch.starts = malloc((sequences + 1) * sizeof *batch.starts);
    if (!batch.starts) {
        return qs_fail_memory(err, "sequences", sequences * sizeof *batch.starts);
    }
    for (size_t s = 0; s < sequences; s++) {
        batch.starts[s] = batch.tokens;
        batch.tokens += lengths[s];
        batch.longest = lengths[s] > batch.longest ? lengths[s] : batch.longest;
    }
    batch.starts[sequences] = batch.tokens;
    for (size_t i = 0; i < batch.tokens; i++) {
        if (ids[i] >= vocabulary) {
            status = qs_fail(err, QS_BAD_INPUT, "token %zu: id %" PRIu32 " is beyond the model's vocabulary of %zu", i,
                             ids[i], vocabulary);
            goto out;
        }
    }
    batch.ids = malloc((batch.tokens + 1) * sizeof *batch.ids);
    if (qs_mul_u64(batch.tokens, width * sizeof *batch.hidden, &bytes) && bytes <= SIZE_MAX - 64) {
        batch.hidden = aligned_alloc(64, ((size_t)bytes + 64) / 64 * 64);
    }
    if (!batch.ids || !batch.hidden) {
        status = qs_fail_memory(err, "the hidden states of all tokens", (size_t)bytes);
        goto out;
    }
    if (batch.tokens) {
        memcpy(batch.ids, ids, batch.tokens * sizeof *ids);
    }
    *out = batch;
    batch = (struct qs_batch){0};
out:
    qs_batch_free(&batch);
    return status;
}

void qs_batch_free(struct qs_batch *batch)
{
    free(batch->starts);
    free(batch->ids);
    free(batch->hidden);
    *batch = (struct qs_batch){0};
}
