#if defined(__x86_64__)
#include "../families/common.h"
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#include "avx2.h"
#include "avx2_int8.h"
#include "avx2_blocks.h"
#define WEFT_TABLE weft_table_avx2
#define WEFT_INT8_TABLE weft_int8_avx2
#define WEFT_BLOCK_TABLE weft_block_avx2
#define WEFT_TABLE_ISA WEFT_ISA_AVX2
#define WEFT_TABLE_NAME "avx2"
#include "../families/all.h"
#pragma clang attribute pop
#endif
