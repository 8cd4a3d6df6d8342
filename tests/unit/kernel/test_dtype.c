// src/kernel: storage types to float32. Every comparison is of bits: the conversions are exact, or (blocks, F64) round
// in a fixed order, so there is no tolerance. Only where arithmetic meets a NaN scale any NaN will do: which payload
// survives an operation on two NaNs is the processor's choice.
#include "../cmocka_all.h"
#include "base/attr.h"
#include "blocks_golden.h"
#include "kernel/dtype.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float convert_one(enum qs_dtype dtype, const void *src)
{
    float value = 0;
    float reference = 0;
    qs_dtype_to_f32(dtype, src, 1, &value);
    qs_dtype_to_f32_reference(dtype, src, 1, &reference);
    assert_int_equal(bits_of(value), bits_of(reference));
    return value;
}

// splitmix64 (Steele, Lea, Flood 2014): fixed numbers for every run.
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void traits_agree_with_the_formats(void **state)
{
    (void)state;
    static const struct {
        enum qs_dtype dtype;
        const char *name;
        unsigned values;
        double bits_per_weight; // as the formats' descriptions say
    } want[] = {
        {QS_DTYPE_F64, "F64", 1, 64},         {QS_DTYPE_F32, "F32", 1, 32},       {QS_DTYPE_F16, "F16", 1, 16},
        {QS_DTYPE_BF16, "BF16", 1, 16},       {QS_DTYPE_F8_E4M3, "F8_E4M3", 1, 8}, {QS_DTYPE_F8_E5M2, "F8_E5M2", 1, 8},
        {QS_DTYPE_Q4_0, "Q4_0", 32, 4.5},     {QS_DTYPE_Q4_1, "Q4_1", 32, 5.0},   {QS_DTYPE_Q5_0, "Q5_0", 32, 5.5},
        {QS_DTYPE_Q5_1, "Q5_1", 32, 6.0},     {QS_DTYPE_Q8_0, "Q8_0", 32, 8.5},   {QS_DTYPE_Q2_K, "Q2_K", 256, 2.625},
        {QS_DTYPE_Q3_K, "Q3_K", 256, 3.4375}, {QS_DTYPE_Q4_K, "Q4_K", 256, 4.5},  {QS_DTYPE_Q5_K, "Q5_K", 256, 5.5},
        {QS_DTYPE_Q6_K, "Q6_K", 256, 6.5625}, {QS_DTYPE_IQ4_NL, "IQ4_NL", 32, 4.5},
        {QS_DTYPE_IQ4_XS, "IQ4_XS", 256, 4.25}, {QS_DTYPE_OTHER, "OTHER", 0, 0},
    };
    assert_int_equal(QS_COUNT_OF(want), QS_DTYPE_COUNT);
    for (size_t i = 0; i < QS_COUNT_OF(want); i++) {
        const struct qs_dtype_traits *traits = qs_dtype_traits(want[i].dtype);
        assert_string_equal(traits->name, want[i].name);
        assert_int_equal(traits->block_values, want[i].values);
        assert_true(traits->block_bytes * 8 == want[i].bits_per_weight * traits->block_values);
    }
    assert_true(qs_dtype_is_float(QS_DTYPE_F8_E5M2));
    assert_false(qs_dtype_is_float(QS_DTYPE_Q4_0));
}

static void every_f16_converts(void **state)
{
    (void)state;
    uint16_t *all = malloc(65536 * sizeof *all);
    float *got = malloc(65536 * sizeof *got);
    float *reference = malloc(65536 * sizeof *reference);
    assert_true(all && got && reference);
    for (unsigned i = 0; i < 65536; i++) {
        all[i] = (uint16_t)i;
    }
    qs_dtype_to_f32(QS_DTYPE_F16, all, 65536, got);
    qs_dtype_to_f32_reference(QS_DTYPE_F16, all, 65536, reference);
    assert_memory_equal(got, reference, 65536 * sizeof *got);
    // Landmarks of IEEE 754: the order of the finite ones, and single values.
    for (unsigned i = 1; i <= 0x7c00; i++) {
        assert_true(got[i] > got[i - 1]);
        assert_true(got[0x8000 + i] == -got[i]);
    }
    assert_true(got[0x0001] == 0x1p-24F && got[0x03ff] == 0x1.ff8p-15F && got[0x0400] == 0x1p-14F);
    assert_true(got[0x3c00] == 1 && got[0x3555] == 0x1.554p-2F && got[0x7bff] == 65504);
    assert_int_equal(bits_of(got[0x8000]), 0x80000000);
    assert_true(got[0x7c00] == INFINITY && got[0xfc00] == -INFINITY);
    assert_int_equal(bits_of(got[0x7e01]), 0x7fc02000);
    assert_int_equal(bits_of(got[0xfc01]), 0xff802000); // a signalling NaN stays one on every CPU
    free(reference);
    free(got);
    free(all);
}

static void every_bf16_converts(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 65536; i++) {
        uint16_t bf16 = (uint16_t)i;
        assert_int_equal(bits_of(convert_one(QS_DTYPE_BF16, &bf16)), i << 16);
    }
}

static void every_f8_converts(void **state)
{
    (void)state;
    float e4m3[256];
    float e5m2[256];
    for (unsigned i = 0; i < 256; i++) {
        uint8_t f8 = (uint8_t)i;
        e4m3[i] = convert_one(QS_DTYPE_F8_E4M3, &f8);
        e5m2[i] = convert_one(QS_DTYPE_F8_E5M2, &f8);
    }
    // The values that the OFP8 specification lists, and the order between them.
    assert_true(e4m3[0x7e] == 448 && e4m3[0x08] == 0x1p-6F && e4m3[0x07] == 0x1.cp-7F && e4m3[0x01] == 0x1p-9F);
    assert_true(e4m3[0x38] == 1 && e4m3[0xb8] == -1 && isnan(e4m3[0x7f]) && isnan(e4m3[0xff]));
    assert_true(e5m2[0x7b] == 57344 && e5m2[0x04] == 0x1p-14F && e5m2[0x03] == 0x1.8p-15F && e5m2[0x01] == 0x1p-16F);
    assert_true(e5m2[0x3c] == 1 && e5m2[0x7c] == INFINITY && e5m2[0xfc] == -INFINITY);
    assert_true(isnan(e5m2[0x7d]) && isnan(e5m2[0x7f]) && isnan(e5m2[0xff]));
    for (unsigned i = 1; i <= 0x7e; i++) {
        assert_true(e4m3[i] > e4m3[i - 1] && e4m3[0x80 + i] == -e4m3[i]);
    }
    for (unsigned i = 1; i <= 0x7c; i++) {
        assert_true(e5m2[i] > e5m2[i - 1] && e5m2[0x80 + i] == -e5m2[i]);
    }
}

static void f64_rounds_to_nearest_even(void **state)
{
    (void)state;
    static const struct {
        double in;
        float out;
    } cases[] = {
        {0.1, 0.1F},
        {1 + 0x1p-24, 1},                      // a tie goes to the even neighbour
        {1 + 0x1.8p-23, 1 + 0x1p-22F},
        {1 + 0x1.0000001p-24, 1 + 0x1p-23F},
        {0x1p-149, 0x1p-149F},                 // subnormal float32
        {0x1p-150, 0},
        {0x1.8p-150, 0x1p-149F},
        {0x1.fffffep127, 0x1.fffffep127F},
        {0x1.ffffffp127, INFINITY},
        {-1e300, -INFINITY},
        {-INFINITY, -INFINITY},
    };
    for (size_t i = 0; i < QS_COUNT_OF(cases); i++) {
        assert_int_equal(bits_of(convert_one(QS_DTYPE_F64, &cases[i].in)), bits_of(cases[i].out));
    }
    double not_a_number = NAN;
    assert_true(isnan(convert_one(QS_DTYPE_F64, &not_a_number)));
}

static void blocks_agree_with_another_implementation(void **state)
{
    (void)state;
    assert_int_equal(QS_COUNT_OF(blocks_golden), QS_DTYPE_OTHER - QS_DTYPE_Q4_0);
    for (size_t i = 0; i < QS_COUNT_OF(blocks_golden); i++) {
        enum qs_dtype dtype = blocks_golden[i].dtype;
        size_t count = qs_dtype_traits(dtype)->block_values;
        float got[256];
        float reference[256];
        qs_dtype_to_f32(dtype, blocks_golden[i].block, count, got);
        qs_dtype_to_f32_reference(dtype, blocks_golden[i].block, count, reference);
        for (size_t k = 0; k < count; k++) {
            if (bits_of(reference[k]) != blocks_golden[i].values[k]) {
                fail_msg("%s value %zu: %a", qs_dtype_traits(dtype)->name, k, (double)reference[k]);
            }
        }
        assert_memory_equal(got, reference, count * sizeof *got);
    }
}

// Random bytes are every kind of scale: subnormal, infinite, NaN, negative. Lengths with and without a tail, at every
// misalignment of the source; nothing is written behind the last value.
static void dispatched_agrees_with_the_reference(void **state)
{
    (void)state;
    enum { VALUES = 2048, CANARY = 0x5a5a5a5a };
    uint8_t *bytes = malloc(VALUES * 8 + 16);
    float *got = malloc((VALUES + 1) * sizeof *got);
    float *reference = malloc(VALUES * sizeof *reference);
    assert_true(bytes && got && reference);
    uint64_t seed = 7;
    for (int dtype = 0; dtype < QS_DTYPE_OTHER; dtype++) {
        const struct qs_dtype_traits *traits = qs_dtype_traits((enum qs_dtype)dtype);
        for (size_t round = 0; round < 40; round++) {
            for (size_t i = 0; i < VALUES * 8 + 16; i++) {
                bytes[i] = (uint8_t)next_random(&seed);
            }
            size_t count = traits->block_values == 1 ? next_random(&seed) % (VALUES + 1)
                                                     : next_random(&seed) % (VALUES / traits->block_values + 1)
                                                           * traits->block_values;
            const uint8_t *src = bytes + round % 16;
            uint32_t canary = CANARY;
            memcpy(got + count, &canary, sizeof canary);
            qs_dtype_to_f32((enum qs_dtype)dtype, src, count, got);
            qs_dtype_to_f32_reference((enum qs_dtype)dtype, src, count, reference);
            assert_int_equal(bits_of(got[count]), CANARY);
            bool keeps_payloads = qs_dtype_is_float((enum qs_dtype)dtype) && dtype != QS_DTYPE_F64;
            for (size_t i = 0; i < count; i++) {
                bool same = bits_of(got[i]) == bits_of(reference[i]);
                if (!same && (keeps_payloads || !isnan(got[i]) || !isnan(reference[i]))) {
                    fail_msg("%s value %zu of %zu: %a, reference %a", traits->name, i, count, (double)got[i],
                             (double)reference[i]);
                }
            }
        }
    }
    free(reference);
    free(got);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traits_agree_with_the_formats),
        cmocka_unit_test(every_f16_converts),
        cmocka_unit_test(every_bf16_converts),
        cmocka_unit_test(every_f8_converts),
        cmocka_unit_test(f64_rounds_to_nearest_even),
        cmocka_unit_test(blocks_agree_with_another_implementation),
        cmocka_unit_test(dispatched_agrees_with_the_reference),
    };
    return cmocka_run_group_tests_name("dtype", tests, NULL, NULL);
}
