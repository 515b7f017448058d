#if defined(__x86_64__)
#include "../families/common.h"
#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,avx2,f16c"))), apply_to = function)
#include "avx512.h"
#include "avx512_int8.h"
#include "avx512_blocks.h"
#define WEFT_TABLE weft_table_avx512
#define WEFT_INT8_TABLE weft_int8_avx512
#define WEFT_BLOCK_TABLE weft_block_avx512
#define WEFT_TABLE_ISA WEFT_ISA_AVX512
#define WEFT_TABLE_NAME "avx512"
#include "../families/all.h"
#pragma clang attribute pop
#endif
