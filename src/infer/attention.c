// Attention: see attention.h.
//
// A block of queries of one head meets all keys that any of them sees in two products, with the exponentials of each
// row between them over what that row sees; the rest of the row is zero. Rows are divided by their sums at the end,
// where they are shorter. The causal triangle is cut by blocks of rows.
#include "infer/attention.h"

#include "infer/product.h"
#include "kernel/rows.h"

#include <math.h>
#include <string.h>

// The first key that the query at `position` sees.
static size_t first_key(const struct qs_attention *attention, size_t position)
{
    return attention->window && position >= attention->window ? position + 1 - (size_t)attention->window : 0;
}

static void attend_block(const struct qs_attention *attention, size_t head, const float *q, size_t first, size_t rows,
                         float *scores, float *out)
{
    size_t dim = attention->head_dim;
    size_t width = attention->heads * dim;
    size_t at = head / (attention->heads / attention->kv_heads) * dim;
    size_t begin = first_key(attention, first); // keys [begin, begin + keys)
    size_t keys = first + rows - begin;
    float inverse[QS_ATTENTION_ROWS];
    struct qs_matrix k = {attention->keys + begin * attention->kv_stride + at, attention->kv_stride};
    struct qs_matrix v = {attention->values + begin * attention->kv_stride + at, attention->kv_stride};
    qs_product_rows(rows, keys, dim, (struct qs_matrix){q + head * dim, width}, k, 0, scores, keys);
    for (size_t row = 0; row < rows; row++) {
        float *score = scores + row * keys;
        size_t from = first_key(attention, first + row) - begin;
        size_t to = first + row + 1 - begin;
        memset(score, 0, from * sizeof *score);
        inverse[row] = (float)(1 / qs_rows_softmax(score + from, to - from, (float)(1 / sqrt((double)dim))));
        memset(score + to, 0, (keys - to) * sizeof *score);
    }
    qs_product_plain(rows, dim, keys, (struct qs_matrix){scores, keys}, v, out + head * dim, width);
    for (size_t row = 0; row < rows; row++) {
        qs_rows_scale(out + row * width + head * dim, dim, inverse[row]);
    }
}

void qs_attention_rows(const struct qs_attention *attention, const float *q, size_t first, size_t rows, float *scores,
                       float *out)
{
    size_t width = attention->heads * attention->head_dim;
    for (size_t done = 0; done < rows; done += QS_ATTENTION_ROWS) {
        size_t block = rows - done < QS_ATTENTION_ROWS ? rows - done : QS_ATTENTION_ROWS;
        for (size_t head = 0; head < attention->heads; head++) {
            attend_block(attention, head, q + done * width, first + done, block, scores, out + done * width);
        }
    }
}
