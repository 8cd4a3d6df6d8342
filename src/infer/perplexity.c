// Perplexity: see perplexity.h. Windows go through the model as sequences of a batch; then the head is run for the
// predecessors of the targets, and a streaming log-sum-exp per row gives each target's loss.
#include "infer/perplexity.h"

#include "infer/windows.h"
#include "kernel/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Rows that are scored: what of the softmax has been seen of each.
struct score {
    const uint32_t *targets; // [rows]
    double *max;             // [rows]
    double *sum;             // [rows]
    double *logit;           // [rows], the target's
};

static void see_logits(void *context, size_t row, size_t rows, size_t word, size_t words, const float *logits,
                       unsigned worker)
{
    struct score *score = context;
    (void)worker;
    for (size_t i = 0; i < rows; i++) {
        const float *line = logits + i * words;
        size_t target = score->targets[row + i];
        qs_rows_sum_exp(line, words, &score->max[row + i], &score->sum[row + i]);
        if (target >= word && target < word + words) {
            score->logit[row + i] = (double)line[target - word];
        }
    }
}

// The windows [first, first + count) as a batch, with its rows to score.
struct piece {
    struct qs_batch batch;
    size_t rows;
    size_t *tokens;    // [rows], predecessors of the targets
    uint32_t *targets; // [rows]
};

static void free_piece(struct piece *piece)
{
    qs_batch_free(&piece->batch);
    free(piece->tokens);
    free(piece->targets);
}

static enum qs_status make_piece(const struct qs_graph *graph, const uint32_t *ids, const struct qs_window *windows,
                                 size_t count, int64_t bos, struct piece *out, struct qs_error *err)
{
    size_t tokens = 0;
    size_t rows = 0;
    for (size_t w = 0; w < count; w++) {
        tokens += windows[w].length;
        rows += windows[w].targets;
    }
    struct piece piece = {.rows = rows};
    uint32_t *joined = malloc((tokens + 1) * sizeof *joined);
    size_t *lengths = malloc((count + 1) * sizeof *lengths);
    piece.tokens = malloc((rows + 1) * sizeof *piece.tokens);
    piece.targets = malloc((rows + 1) * sizeof *piece.targets);
    enum qs_status status = QS_OK;
    if (!joined || !lengths || !piece.tokens || !piece.targets) {
        status = qs_fail_memory(err, "a batch of windows", tokens * sizeof *joined);
        goto out;
    }
    size_t at = 0;
    size_t row = 0;
    for (size_t w = 0; w < count; w++) {
        size_t length = windows[w].length;
        memcpy(joined + at, ids + windows[w].first, length * sizeof *joined);
        for (size_t target = length - windows[w].targets; target < length; target++, row++) {
            piece.tokens[row] = at + target - 1;
            piece.targets[row] = joined[at + target];
        }
        if (bos >= 0) {
            joined[at] = (uint32_t)bos;
        }
        lengths[w] = length;
        at += length;
    }
    status = qs_batch_new(joined, lengths, count, graph->vocabulary, graph->hidden, &piece.batch, err);
    if (status == QS_OK) {
        *out = piece;
        piece = (struct piece){0};
    }
out:
    free(joined);
    free(lengths);
    free_piece(&piece);
    return status;
}

// losses: f64[piece->rows].
static enum qs_status score_piece(struct qs_forward *forward, struct piece *piece,
                                  const struct qs_forward_hooks *hooks, double *losses, struct qs_error *err)
{
    double *numbers = malloc((3 * piece->rows + 1) * sizeof *numbers);
    if (!numbers) {
        return qs_fail_memory(err, "the losses of a text", 3 * piece->rows * sizeof *numbers);
    }
    struct score score = {piece->targets, numbers, numbers + piece->rows, numbers + 2 * piece->rows};
    for (size_t row = 0; row < piece->rows; row++) {
        score.max[row] = -INFINITY;
        score.sum[row] = 0;
    }
    enum qs_status status = qs_forward_run(forward, &piece->batch, hooks, err);
    if (status == QS_OK) {
        status = qs_forward_head(forward, &piece->batch, piece->tokens, piece->rows, see_logits, &score, err);
    }
    for (size_t row = 0; status == QS_OK && row < piece->rows; row++) {
        losses[row] = score.max[row] + log(score.sum[row]) - score.logit[row];
        if (!isfinite(losses[row])) {
            status = qs_fail(err, QS_BAD_INPUT, "%s: the head's output is infinite or NaN",
                             qs_model_path(qs_forward_graph(forward)->model));
        }
    }
    free(numbers);
    return status;
}

static void sum_up(const struct qs_window *windows, double total_weight, struct qs_perplexity *result)
{
    double weighted = 0;
    double sum = 0;
    double squares = 0;
    for (size_t w = 0; w < result->windows; w++) {
        double loss = 0;
        for (size_t i = result->starts[w]; i < result->starts[w + 1]; i++) {
            loss += result->losses[i];
            squares += result->losses[i] * result->losses[i];
        }
        sum += loss;
        if (windows[w].targets) {
            weighted += loss / (double)windows[w].targets * windows[w].weight;
        }
    }
    double mean = sum / (double)result->scored;
    double variance = fmax(squares / (double)result->scored - mean * mean, 0);
    result->log = weighted / total_weight;
    result->value = exp(result->log);
    result->error = result->scored > 1 ? result->value * sqrt(variance / (double)(result->scored - 1)) : 0;
}

// How many windows from the first on go through the model together.
static size_t batch_of(const struct qs_window *windows, size_t count, size_t tokens)
{
    size_t sum = windows[0].length;
    size_t taken = 1;
    while (taken < count && (tokens == 0 || sum + windows[taken].length <= tokens)) {
        sum += windows[taken++].length;
    }
    return taken;
}

static enum qs_status make_result(const struct qs_window *windows, size_t count, struct qs_perplexity *out,
                                  struct qs_error *err)
{
    out->windows = count;
    out->starts = malloc((count + 1) * sizeof *out->starts);
    if (!out->starts) {
        return qs_fail_memory(err, "a text's windows", count * sizeof *out->starts);
    }
    for (size_t w = 0; w < count; w++) {
        out->starts[w] = out->scored;
        out->scored += windows[w].targets;
    }
    out->starts[count] = out->scored;
    out->losses = malloc((out->scored + 1) * sizeof *out->losses);
    return out->losses ? QS_OK : qs_fail_memory(err, "the losses of a text", out->scored * sizeof *out->losses);
}

enum qs_status qs_perplexity_measure(struct qs_forward *forward, const uint32_t *ids, size_t n,
                                     const struct qs_perplexity_options *options, const struct qs_forward_hooks *hooks,
                                     struct qs_perplexity *out, struct qs_error *err)
{
    const struct qs_graph *graph = qs_forward_graph(forward);
    struct qs_window *windows = NULL;
    struct qs_perplexity result = {0};
    size_t count = 0;
    double total_weight = 0;
    int64_t bos = options->protocol == QS_PROTOCOL_CHUNK ? options->bos : -1;
    if (bos >= 0 && (uint64_t)bos >= graph->vocabulary) {
        return qs_fail(err, QS_USAGE, "the beginning token %lld is beyond the model's vocabulary of %zu",
                       (long long)bos, graph->vocabulary);
    }
    enum qs_status status = qs_windows_cut(n, options, &windows, &count, &total_weight, err);
    if (status == QS_OK) {
        status = make_result(windows, count, &result, err);
    }
    for (size_t first = 0; status == QS_OK && first < count;) {
        struct piece piece;
        size_t taken = batch_of(windows + first, count - first, options->batch_tokens);
        status = make_piece(graph, ids, windows + first, taken, bos, &piece, err);
        if (status == QS_OK) {
            status = score_piece(forward, &piece, hooks, result.losses + result.starts[first], err);
            free_piece(&piece);
        }
        first += taken;
    }
    if (status == QS_OK) {
        sum_up(windows, total_weight, &result);
        *out = result;
        result = (struct qs_perplexity){0};
    }
    free(windows);
    qs_perplexity_free(&result);
    return status;
}

void qs_perplexity_free(struct qs_perplexity *result)
{
    free(result->losses);
    free(result->starts);
    *result = (struct qs_perplexity){0};
}
