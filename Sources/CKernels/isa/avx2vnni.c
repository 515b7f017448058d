#if defined(__x86_64__)
// AVX2's product of bytes with its dot product: the rest of its table stands in avx2.c.
#include "../families/common.h"
#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)
#define INT8_DOT 1
#include "avx2.h"
#include "avx2_int8.h"
#include "avx2_blocks.h"
#define WEFT_INT8_TABLE weft_int8_avx2vnni
#define WEFT_BLOCK_TABLE weft_block_avx2vnni
#include "../families/vector.h"
#include "../families/math.h"
#include "../families/tile.h"
#include "../families/gemm_epilogue.h"
#include "../families/int8.h"
#include "../families/blocks.h"
#pragma clang attribute pop
#endif
