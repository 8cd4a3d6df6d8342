// The tensor types of GGUF: ids, names and block sizes as in ggml (enum ggml_type in ggml.h, the blocks of
// ggml-common.h, 2026-08). Ids 4, 5, 31 to 33 and 36 to 38 were taken back.
#include "model/gguf_file.h"

static const struct qs_gguf_tensor_type types[] = {
    {0, "F32", QS_DTYPE_F32, 1, 4},
    {1, "F16", QS_DTYPE_F16, 1, 2},
    {2, "Q4_0", QS_DTYPE_Q4_0, 32, 18},
    {3, "Q4_1", QS_DTYPE_Q4_1, 32, 20},
    {6, "Q5_0", QS_DTYPE_Q5_0, 32, 22},
    {7, "Q5_1", QS_DTYPE_Q5_1, 32, 24},
    {8, "Q8_0", QS_DTYPE_Q8_0, 32, 34},
    {9, "Q8_1", QS_DTYPE_OTHER, 32, 36},
    {10, "Q2_K", QS_DTYPE_Q2_K, 256, 84},
    {11, "Q3_K", QS_DTYPE_Q3_K, 256, 110},
    {12, "Q4_K", QS_DTYPE_Q4_K, 256, 144},
    {13, "Q5_K", QS_DTYPE_Q5_K, 256, 176},
    {14, "Q6_K", QS_DTYPE_Q6_K, 256, 210},
    {15, "Q8_K", QS_DTYPE_OTHER, 256, 292},
    {16, "IQ2_XXS", QS_DTYPE_OTHER, 256, 66},
    {17, "IQ2_XS", QS_DTYPE_OTHER, 256, 74},
    {18, "IQ3_XXS", QS_DTYPE_OTHER, 256, 98},
    {19, "IQ1_S", QS_DTYPE_OTHER, 256, 50},
    {20, "IQ4_NL", QS_DTYPE_IQ4_NL, 32, 18},
    {21, "IQ3_S", QS_DTYPE_OTHER, 256, 110},
    {22, "IQ2_S", QS_DTYPE_OTHER, 256, 82},
    {23, "IQ4_XS", QS_DTYPE_IQ4_XS, 256, 136},
    {24, "I8", QS_DTYPE_OTHER, 1, 1},
    {25, "I16", QS_DTYPE_OTHER, 1, 2},
    {26, "I32", QS_DTYPE_OTHER, 1, 4},
    {27, "I64", QS_DTYPE_OTHER, 1, 8},
    {28, "F64", QS_DTYPE_F64, 1, 8},
    {29, "IQ1_M", QS_DTYPE_OTHER, 256, 56},
    {30, "BF16", QS_DTYPE_BF16, 1, 2},
    {34, "TQ1_0", QS_DTYPE_OTHER, 256, 54},
    {35, "TQ2_0", QS_DTYPE_OTHER, 256, 66},
    {39, "MXFP4", QS_DTYPE_OTHER, 32, 17},
    {40, "NVFP4", QS_DTYPE_OTHER, 64, 36},
    {41, "Q1_0", QS_DTYPE_OTHER, 128, 18},
    {42, "Q2_0", QS_DTYPE_OTHER, 64, 18},
};

const struct qs_gguf_tensor_type *qs_gguf_tensor_type(uint32_t id)
{
    for (size_t i = 0; i < QS_COUNT_OF(types); i++) {
        if (types[i].id == id) {
            return &types[i];
        }
    }
    return NULL;
}
