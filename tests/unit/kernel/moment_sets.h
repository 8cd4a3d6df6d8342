// Small sets of numbers that anybody can make again, and their statistics computed elsewhere.
//
// The generator is Knuth's 64-bit LCG, of which the upper 24 bits are used:
//     x = x*6364136223846793005 + 1442695040888963407 mod 2^64;  u = x >> 40
// and the sets, in numpy (N = 10007):
//     normal(seed) = [sum(u[4*i:4*i+4]) - 2**25 for i in range(N)]   sums of four: nearly normal, exact integers
//     SET_NORMAL   (normal(1) * 2.0**-29).astype(float32)
//     SET_CUBES    k = u(2)//256 - 2**15;  (k.astype(float64)**3 * 2.0**-50).astype(float32)
//     SET_FAR      (1.0 + normal(3) * 2.0**-34).astype(float32)              |mean| = 1774 standard deviations
//     SET_FAR_F64  1.0 + normal(3) * 2.0**-34
//     SET_F16      (u(4)//256 & 0xbfff).astype(uint16).view(float16)         half of all patterns, subnormals with them
//     SET_BF16     the upper 16 bits of (normal(5) * 2.0**-29).astype(float32)
// Moments: exact rational arithmetic (Python's fractions), rounded once; scipy.stats.kurtosis(fisher=False) and
// numpy.var agree to 3e-15. Percentiles: numpy.percentile(abs(x), [99, 99.9, 99.99]). Histogram:
//     numpy.bincount(minimum(floor((x + absmax) * (256/(2*absmax))).astype(int), 255))
#ifndef QS_TESTS_MOMENT_SETS_H
#define QS_TESTS_MOMENT_SETS_H

#include "kernel/dtype.h"

#include <stdint.h>
#include <string.h>

enum { SET_VALUES = 10007, SET_BINS = 9 };
enum set { SET_NORMAL, SET_CUBES, SET_FAR, SET_FAR_F64, SET_F16, SET_BF16, SET_COUNT };

static const unsigned set_bin[SET_BINS] = {0, 1, 64, 100, 127, 128, 200, 254, 255};

static const struct {
    const char *name;
    enum qs_dtype dtype;
    uint64_t seed;
    double mean, m2, m3, m4, min, max;
    double percentile[3];
    double skewness, kurtosis, fnorm, std;
    uint64_t bins[SET_BINS]; // of set_bin
} sets[SET_COUNT] = {
    [SET_NORMAL] = {"nearly normal, F32", QS_DTYPE_F32, 1,
                    0.00012362081372494868, 3.2194879861007366, 0.0013181689378815129, 0.0027799153138579613,
                    -0.055433429777622223, 0.058450836688280106,
                    {0.043191278949379935, 0.051609664663672478, 0.057303393782672997},
                    0.022826683127446411, 2.6838723005355978, 1.794335786337478, 0.017936654986245533,
                    {0, 0, 36, 82, 101, 117, 21, 0, 1}},
    [SET_CUBES] = {"cubes, F32", QS_DTYPE_F32, 2,
                   -0.00013551165511816287, 1.3679163833411756, -0.00022358899242924221, 0.00071546149612030795,
                   -0.031247138977050781, 0.03121568076312542,
                   {0.030298183597624304, 0.03112992314994336, 0.03124427280537783},
                   -0.013980188981681324, 3.8262299251041774, 1.1696581320932049, 0.011691704373969594,
                   {11, 13, 23, 36, 1039, 1015, 16, 10, 11}},
    [SET_FAR] = {"mean far from zero, F32", QS_DTYPE_F32, 3,
                 0.99998788092297675, 0.0031809743237868043, 4.0463229485679838e-08, 2.7836729628113463e-09,
                 0.99828940629959106, 1.0018424987792969,
                 {1.0012676501274109, 1.0016091797351838, 1.0018268458127975},
                 0.022561722154264746, 2.7529719340834062, 100.03379744484626, 0.00056380397296819937,
                 {0, 0, 0, 0, 0, 0, 0, 0, 10007}},
    [SET_FAR_F64] = {"mean far from zero, F64", QS_DTYPE_F64, 3,
                     0.99998788099801217, 0.0031809714651935802, 4.0464220244751813e-08, 2.7836650152839843e-09,
                     0.99828941834857687, 1.0018424855079502,
                     {1.0012676925852428, 1.001609211815754, 1.0018268817292992},
                     0.022562305000983329, 2.752969022136468, 100.03379745233813, 0.00056380371963597861,
                     {0, 0, 0, 0, 0, 0, 0, 0, 10007}},
    [SET_F16] = {"half of all patterns, F16", QS_DTYPE_F16, 4,
                 0.00032467262911918077, 1947.834470582274, 108.51149786363807, 4117.6257146950784,
                 -1.990234375, 1.9990234375,
                 {1.8408203125, 1.9716796875, 1.9951166015624988},
                 0.1262698421245694, 10.860421298587521, 44.134289678699048, 0.44118838835854657,
                 {1, 2, 6, 20, 2775, 2809, 6, 4, 6}},
    [SET_BF16] = {"nearly normal, BF16", QS_DTYPE_BF16, 5,
                  0.00019007164024861171, 3.1851047251108322, 0.00010960334289422613, 0.0026953821679037669,
                  -0.052978515625, 0.053955078125,
                  {0.043198242187500124, 0.050535644531250146, 0.053222509765624704},
                  0.0019288132273181343, 2.6587458064565652, 1.7847874524115466, 0.017840618575074248,
                  {0, 0, 36, 68, 97, 87, 34, 1, 1}},
};

static inline uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 40);
}

static inline double next_normal(uint64_t *state)
{
    double sum = -0x1p25;
    for (int i = 0; i < 4; i++) {
        sum += next_random(state);
    }
    return sum;
}

// Writes a set as stored; out has room for SET_VALUES values of 8 bytes. Returns the bytes of a value.
static inline size_t make_set(enum set set, uint8_t *out)
{
    uint64_t state = sets[set].seed;
    size_t bytes = sets[set].dtype == QS_DTYPE_F64 ? 8 : sets[set].dtype == QS_DTYPE_F32 ? 4 : 2;
    for (size_t i = 0; i < SET_VALUES; i++) {
        double wide = 0;
        uint16_t half = 0;
        if (set == SET_NORMAL || set == SET_BF16) {
            wide = next_normal(&state) * 0x1p-29;
        } else if (set == SET_CUBES) {
            double k = (double)(next_random(&state) / 256) - 32768;
            wide = k * k * k * 0x1p-50;
        } else if (set == SET_F16) {
            half = (uint16_t)(next_random(&state) / 256 & 0xbfff);
        } else {
            wide = 1 + next_normal(&state) * 0x1p-34;
        }
        float narrow = (float)wide;
        if (set == SET_BF16) {
            memcpy(&half, (const uint8_t *)&narrow + 2, sizeof half);
        }
        const void *from = bytes == 8 ? (const void *)&wide : bytes == 4 ? (const void *)&narrow : (const void *)&half;
        memcpy(out + i * bytes, from, bytes);
    }
    return bytes;
}

#endif
