#if defined(__x86_64__)
// Attention with products in bf16: the rest of AVX-512's table stands in avx512.c.
#include "../families/common.h"
#include <immintrin.h>

#pragma clang attribute push( \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,avx2,f16c"))), apply_to = function)
#include "avx512.h"
#include "avx512_bf16.h"
#define WEFT_BF16_TABLE weft_bf16_avx512
#define WEFT_BF16_NAME "avx512bf16"
#include "../families/vector.h"
#include "../families/math.h"
#include "../families/tile.h"
#include "../families/attention_bf16.h"
#pragma clang attribute pop
#endif
