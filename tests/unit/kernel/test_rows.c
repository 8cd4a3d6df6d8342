// src/kernel/rows, exp: the cloned kernels against their plain references, at every tail and with odd numbers.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "kernel/exp.h"
#include "kernel/rows.h"

#include <math.h>
#include <stdlib.h>

enum { COUNT_MAX = 300 };

static uint64_t seed = 1;

static double uniform(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 11) * 0x1p-53;
}

// Numbers within [-size, size], at an address that is aligned to 4 bytes only.
static float *numbers(size_t count, double size)
{
    static float buffers[8][COUNT_MAX + 1];
    static size_t next;
    float *out = buffers[next++ % 8] + 1;
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)((2 * uniform() - 1) * size);
    }
    return out;
}

static float *copy_of(const float *from, size_t count)
{
    float *out = numbers(0, 0);
    memcpy(out, from, count * sizeof *out);
    return out;
}

static double worst_of(const float *got, const float *want, size_t count, double floor)
{
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        double apart = fabs((double)got[i] - (double)want[i]) / fmax(fabs((double)want[i]), floor);
        worst = isnan(apart) || apart > worst ? apart : worst;
    }
    return worst;
}

static void exponentials_are_near(void **state)
{
    (void)state;
    double worst_single = 0;
    double worst_double = 0;
    for (double x = -86.9; x < 87.9; x += 0.00137) {
        qs_v16f single = (qs_v16f){0} + (float)x;
        qs_v8d both = (qs_v8d){0} + 7.9 * x;
        qs_exp_16(&single);
        qs_exp_8(&both);
        worst_single = fmax(worst_single, fabs((double)single[3] / exp((double)(float)x) - 1));
        worst_double = fmax(worst_double, fabs(both[5] / exp(7.9 * x) - 1));
    }
    print_message("# largest relative errors: float32 %.1e, double %.1e\n", worst_single, worst_double);
    assert_true(worst_single < 2e-7);
    assert_true(worst_double < 1e-15);
    qs_v16f odd = {NAN, INFINITY, -INFINITY, 0, -0.0f, 1e30f, -1e30f};
    qs_v8d odd_double = {(double)NAN, (double)INFINITY, -(double)INFINITY, 0};
    qs_exp_16(&odd);
    qs_exp_8(&odd_double);
    assert_true(isnan(odd[0]) && isnan(odd_double[0]));
    assert_true(odd[1] > 1e38f && odd[2] < 1e-37f && odd[3] == 1 && odd[4] == 1 && odd[5] > 1e38f && odd[6] < 1e-37f);
    assert_true(odd_double[1] > 1e300 && odd_double[2] < 1e-300 && odd_double[3] == 1);
}

static void norms_agree(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_MAX; count++) {
        float *x = numbers(count, count % 3 ? 2 : 1e25); // squares beyond float32
        float *weight = numbers(count, 3);
        float *got = numbers(0, 0);
        float *want = numbers(0, 0);
        qs_rows_norm(x, weight, count, 1e-5, got);
        qs_rows_norm_reference(x, weight, count, 1e-5, want);
        assert_true(worst_of(got, want, count, 1e-3) < 4e-7); // three roundings
        qs_rows_norm(x, weight, count, 1e-5, x);
        assert_memory_equal(x, got, count * sizeof *x);
    }
}

static void rotations_and_sums_agree(void **state)
{
    (void)state;
    for (size_t half = 1; half <= COUNT_MAX / 2; half++) {
        float *x = numbers(2 * half, 2);
        float *want = copy_of(x, 2 * half);
        float *added = copy_of(x, 2 * half);
        float *cosines = numbers(half, 1);
        float *sines = numbers(half, 1);
        float *y = numbers(2 * half, 1);
        qs_rows_add(added, y, 2 * half);
        for (size_t i = 0; i < 2 * half; i++) {
            assert_true(added[i] == x[i] + y[i]);
        }
        qs_rows_rotate(x, cosines, sines, half);
        qs_rows_rotate_reference(want, cosines, sines, half);
        assert_true(worst_of(x, want, 2 * half, 1) < 4e-7);
    }
}

static void gates_agree(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_MAX; count++) {
        float *gate = numbers(count, count % 2 ? 8 : 80);
        float *up = numbers(count, 3);
        float *want = copy_of(gate, count);
        qs_rows_gate(gate, up, count);
        qs_rows_gate_reference(want, up, count);
        assert_true(worst_of(gate, want, count, 1e-30) < 1e-6);
    }
}

static void softmaxes_agree(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_MAX; count++) {
        float *x = numbers(count, count % 5 ? 6 : 1e4);
        float *want = copy_of(x, count);
        double sum = qs_rows_softmax(x, count, 0.3f);
        double wanted_sum = qs_rows_softmax_reference(want, count, 0.3f);
        assert_true(fabs(sum / wanted_sum - 1) < 1e-6);
        assert_true(worst_of(x, want, count, 1e-30) < 2e-6 || count % 5 == 0);
        assert_true(worst_of(x, want, count, 1e-6) < 2e-6); // what is e^-87 instead of less is nothing
        qs_rows_scale(want, count, 0.25f);
        qs_rows_scale(x, count, 0.25f);
        assert_true(worst_of(x, want, count, 1e-6) < 2e-6);
    }
}

static void log_sums_agree(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_MAX; count++) {
        float *x = numbers(count, count % 3 ? 20 : 3e4);
        double max[2] = {-(double)INFINITY, -(double)INFINITY};
        double sum[2] = {0, 0};
        size_t cut = count / 3;
        qs_rows_sum_exp(x, cut, &max[0], &sum[0]);
        qs_rows_sum_exp(x + cut, count - cut, &max[0], &sum[0]);
        qs_rows_sum_exp_reference(x, count, &max[1], &sum[1]);
        assert_true(max[0] == max[1]);
        assert_true(fabs(sum[0] / sum[1] - 1) < 1e-13);
        x[count / 2] = NAN;
        qs_rows_sum_exp(x, count, &max[0], &sum[0]);
        assert_true(isnan(sum[0]));
    }
    float infinite[3] = {1, INFINITY, 2};
    double max = -(double)INFINITY;
    double sum = 0;
    qs_rows_sum_exp(infinite, 3, &max, &sum);
    assert_true(isnan(sum));
}

static void what_is_not_finite_is_found(void **state)
{
    (void)state;
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    for (size_t count = 1; count <= 100; count++) {
        float *x = numbers(count, 3e38);
        assert_true(qs_rows_finite(x, count));
        x[(size_t)(uniform() * (double)count)] = odd[count % 3];
        assert_false(qs_rows_finite(x, count));
    }
    assert_true(qs_rows_finite(odd, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponentials_are_near),    cmocka_unit_test(norms_agree),
        cmocka_unit_test(rotations_and_sums_agree), cmocka_unit_test(gates_agree),
        cmocka_unit_test(softmaxes_agree),          cmocka_unit_test(log_sums_agree),
        cmocka_unit_test(what_is_not_finite_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
