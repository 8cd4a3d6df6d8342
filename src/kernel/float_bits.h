// The short floating-point formats as float32, in integer operations without branches or tables, so that loops over
// them vectorise on every CPU and give the same bits with and without hardware conversions: payloads of NaN are kept.
// Layouts: IEEE 754-2019 binary16; bfloat16 is the upper half of a binary32; OCP 8-bit Floating Point Specification
// (OFP8) 1.0 for E4M3 and E5M2.
#ifndef QS_KERNEL_FLOAT_BITS_H
#define QS_KERNEL_FLOAT_BITS_H

#include <stdint.h>
#include <string.h>

static inline float qs_f32_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t qs_f32_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline uint16_t qs_load_u16(const uint8_t *src)
{
    uint16_t value;
    memcpy(&value, src, sizeof value);
    return value;
}

static inline uint32_t qs_load_u32(const uint8_t *src)
{
    uint32_t value;
    memcpy(&value, src, sizeof value);
    return value;
}

// yes where condition is 1, no where it is 0; a mask rather than ?: because compilers make a branch of that where one
// side has floating-point operations, and then the loop does not vectorise.
static inline uint32_t qs_choose_bits(uint32_t condition, uint32_t yes, uint32_t no)
{
    return no ^ ((yes ^ no) & (0U - condition));
}

static inline float qs_bf16_to_f32(uint16_t bf16)
{
    return qs_f32_from_bits((uint32_t)bf16 << 16);
}

static inline float qs_f16_to_f32(uint16_t f16)
{
    uint32_t sign = (uint32_t)(f16 & 0x8000) << 16;
    uint32_t magnitude = f16 & 0x7fff;
    uint32_t rebias = 112U << 23; // 127 - 15
    uint32_t normal = (magnitude << 13) + qs_choose_bits(magnitude >= 0x7c00, 2 * rebias, rebias);
    uint32_t subnormal = qs_f32_bits((float)(int32_t)magnitude * 0x1p-24F); // exact
    return qs_f32_from_bits(sign | qs_choose_bits(magnitude < 0x0400, subnormal, normal));
}

static inline float qs_f8_e4m3_to_f32(uint8_t f8)
{
    uint32_t sign = (uint32_t)(f8 & 0x80) << 24;
    uint32_t magnitude = f8 & 0x7f;
    uint32_t normal = (magnitude << 20) + (120U << 23); // 127 - 7
    uint32_t subnormal = qs_f32_bits((float)(int32_t)magnitude * 0x1p-9F);
    uint32_t finite = qs_choose_bits(magnitude < 0x08, subnormal, normal);
    return qs_f32_from_bits(sign | qs_choose_bits(magnitude == 0x7f, 0x7fc00000, finite));
}

static inline float qs_f8_e5m2_to_f32(uint8_t f8)
{
    return qs_f16_to_f32((uint16_t)(f8 << 8));
}

#endif
