#if defined(__x86_64__)
// AVX-512's product of bytes with its dot product: the rest of its table stands in avx512.c.
#include "../families/common.h"
#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma,avx2,f16c"))), apply_to = function)
#define INT8_DOT 1
#include "avx512.h"
#include "avx512_int8.h"
#include "avx512_blocks.h"
#define WEFT_INT8_TABLE weft_int8_avx512vnni
#define WEFT_BLOCK_TABLE weft_block_avx512vnni
#include "../families/vector.h"
#include "../families/math.h"
#include "../families/tile.h"
#include "../families/gemm_epilogue.h"
#include "../families/int8.h"
#include "../families/blocks.h"
#pragma clang attribute pop
#endif
